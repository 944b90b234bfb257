"""What row policies ask of the sight is no longer inlined into every plan: inlining took a third of what the wall costs."""

from django.db import migrations

BODY = {
    "sight_on(name text) RETURNS boolean": "coalesce(current_setting('sight.' || name, true), '') = 'on'",
    "sight_person() RETURNS bigint": "coalesce(nullif(current_setting('sight.person', true), ''), '0')::bigint",
    "sight_ids(name text) RETURNS bigint[]": "coalesce(nullif(current_setting('sight.' || name, true), ''), '{}')::bigint[]",
    "sight_texts(name text) RETURNS text[]": "coalesce(nullif(current_setting('sight.' || name, true), ''), '{}')::text[]",
}
PLANNED = "".join(
    f"CREATE OR REPLACE FUNCTION {head} LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN {body}; END $$;"
    for head, body in BODY.items()
)
INLINED = "".join(
    f"CREATE OR REPLACE FUNCTION {head} LANGUAGE sql STABLE AS $$ SELECT {body} $$;" for head, body in BODY.items()
)


class Migration(migrations.Migration):
    """Functions of the second wall that a plan calls."""

    dependencies = [("directorates", "0013_more_roles")]

    operations = [migrations.RunSQL(PLANNED, INLINED)]
