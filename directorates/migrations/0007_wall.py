"""The second wall (`foundation/sight.py`): how policies read the sight, and the rows of people."""

from django.db import migrations

SIGHT = """
-- Settings of the connection; nothing where none was made, or where it ended with its transaction.
CREATE FUNCTION sight_on(name text) RETURNS boolean LANGUAGE sql STABLE AS
    $$ SELECT coalesce(current_setting('sight.' || name, true), '') = 'on' $$;
CREATE FUNCTION sight_person() RETURNS bigint LANGUAGE sql STABLE AS
    $$ SELECT coalesce(nullif(current_setting('sight.person', true), ''), '0')::bigint $$;
CREATE FUNCTION sight_ids(name text) RETURNS bigint[] LANGUAGE sql STABLE AS
    $$ SELECT coalesce(nullif(current_setting('sight.' || name, true), ''), '{}')::bigint[] $$;
CREATE FUNCTION sight_texts(name text) RETURNS text[] LANGUAGE sql STABLE AS
    $$ SELECT coalesce(nullif(current_setting('sight.' || name, true), ''), '{}')::text[] $$;
"""

PEOPLE = """
ALTER TABLE directorates_user ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON directorates_user TO tansiq_app
    USING ((SELECT sight_on('people')) OR id = (SELECT sight_person()));
-- Whoever a session or a key belongs to is found before anything is known of the request.
CREATE FUNCTION person_with_id(wanted bigint) RETURNS SETOF directorates_user
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
    $$ SELECT * FROM directorates_user WHERE id = wanted $$;
REVOKE ALL ON FUNCTION person_with_id FROM PUBLIC;
GRANT EXECUTE ON FUNCTION person_with_id TO tansiq_app;
"""

UNDO = """
DROP FUNCTION person_with_id;
DROP POLICY sight ON directorates_user;
ALTER TABLE directorates_user DISABLE ROW LEVEL SECURITY;
DROP FUNCTION sight_on, sight_person, sight_ids, sight_texts;
"""


class Migration(migrations.Migration):
    """Row-level security for people."""

    dependencies = [("directorates", "0006_propose_facilities")]

    operations = [migrations.RunSQL(SIGHT + PEOPLE, UNDO)]
