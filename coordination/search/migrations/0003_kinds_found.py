"""Which kinds of things hold what is asked for, in one look: most words stand in few of them, and the others need no query."""

from django.db import migrations

THINGS = ("version", "decision", "minutes", "mandate", "dispute", "agreement", "sharing")
FOUND = ", ".join(f"CASE WHEN bool_or({thing}_id IS NOT NULL) THEN '{thing}' END" for thing in THINGS)
# As `texts_with`: the owner's, so that the index of words is used.
FIND = f"""
CREATE FUNCTION kinds_with(wanted tsquery) RETURNS text[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF sight_person() = 0 AND NOT sight_on('portal') THEN RETURN '{{}}'; END IF;
    RETURN (SELECT array_remove(ARRAY[{FOUND}], NULL) FROM search_searchentry WHERE words @@ wanted);
END $$;
REVOKE ALL ON FUNCTION kinds_with FROM PUBLIC;
GRANT EXECUTE ON FUNCTION kinds_with TO tansiq_app;
"""


class Migration(migrations.Migration):
    """The function that tells which kinds of things are found."""

    dependencies = [("search", "0002_wall")]

    operations = [migrations.RunSQL(FIND, "DROP FUNCTION kinds_with;")]
