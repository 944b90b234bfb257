"""Whatever holds the words is asked for once, and always by the index: a word that stands everywhere had every text compared."""

from django.db import migrations

THINGS = ("version", "decision", "minutes", "mandate", "dispute", "agreement", "sharing")
COLUMNS = ", ".join(f"{thing} bigint[]" for thing in THINGS)
FOUND = ", ".join(f"array_agg({thing}_id) FILTER (WHERE {thing}_id IS NOT NULL)" for thing in THINGS)
# As the function that it replaces: the owner's, so that an index is used behind row policies; it answers ids alone.
FIND = f"""
DROP FUNCTION texts_with;
CREATE FUNCTION texts_with(wanted tsquery) RETURNS TABLE ({COLUMNS})
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public SET enable_seqscan = off AS $$
BEGIN
    IF sight_person() = 0 AND NOT sight_on('portal') THEN RETURN; END IF;
    RETURN QUERY SELECT {FOUND} FROM search_searchentry WHERE words @@ wanted;
END $$;
REVOKE ALL ON FUNCTION texts_with FROM PUBLIC;
GRANT EXECUTE ON FUNCTION texts_with TO tansiq_app;
"""
BEFORE = """
DROP FUNCTION texts_with;
CREATE FUNCTION texts_with(thing text, wanted tsquery) RETURNS SETOF bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF sight_person() = 0 AND NOT sight_on('portal') THEN RETURN; END IF;
    RETURN QUERY EXECUTE format('SELECT %1$I FROM search_searchentry WHERE words @@ $1 AND %1$I IS NOT NULL', thing)
        USING wanted;
END $$;
REVOKE ALL ON FUNCTION texts_with FROM PUBLIC;
GRANT EXECUTE ON FUNCTION texts_with TO tansiq_app;
"""


class Migration(migrations.Migration):
    """One look for all kinds of things."""

    dependencies = [("search", "0002_wall")]

    operations = [migrations.RunSQL(FIND, BEFORE)]
