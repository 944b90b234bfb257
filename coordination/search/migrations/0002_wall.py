"""The words of a text behind the second wall, seen with the thing itself; and how texts are found by an index all the same."""

from django.db import migrations

THINGS = {
    "version_id": "policies_policyversion",
    "decision_id": "meetings_decision",
    "minutes_id": "meetings_minutes",
    "mandate_id": "policies_mandate",
    "dispute_id": "policies_mandatedispute",
    "agreement_id": "policies_agreement",
    "sharing_id": "directorates_sharingagreement",
}
SEEN = " OR ".join(
    f"({column} IS NOT NULL AND EXISTS (SELECT FROM {table} t WHERE t.id = search_searchentry.{column}))"
    for column, table in THINGS.items()
)
WALL = f"""
ALTER TABLE search_searchentry ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON search_searchentry TO tansiq_app USING ((SELECT sight_on('portal')) OR {SEEN});
"""
# Row policies come before whatever could tell of a row, and comparing words could: behind them no index of words is used.
# So the owner's function asks the index, and answers ids alone. The things themselves stay behind their own policies.
FIND = """
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
UNDO = """
DROP FUNCTION texts_with;
DROP POLICY sight ON search_searchentry;
ALTER TABLE search_searchentry DISABLE ROW LEVEL SECURITY;
"""


class Migration(migrations.Migration):
    """Row-level security for words of texts, and the function that finds them."""

    dependencies = [("search", "0001_initial"), ("meetings", "0003_wall"), ("policies", "0015_guards_of_agreements")]

    operations = [migrations.RunSQL(WALL + FIND, UNDO)]
