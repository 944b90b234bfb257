"""The second wall around what people and bodies ask of one another: offers of roles, lost second steps, agreements, jobs."""

from django.db import migrations

# Whoever founds organisations is asked everywhere; whoever manages people, about those of the own organisation.
FOUNDS = "'manage_organisations' = ANY ((SELECT sight_texts('holds'))::text[])"
RUNS = "'run_consolidation' = ANY ((SELECT sight_texts('holds'))::text[])"
OF_THE_HOUSE = "ANY ((SELECT sight_ids('people_of'))::bigint[])"
# Said to everybody who has a role, and to nobody else.
WITH_A_ROLE = "(SELECT sight_on('people') AND sight_person() <> 0)"

SIGHT = """
CREATE FUNCTION sight_acting() RETURNS bigint LANGUAGE plpgsql STABLE AS $$ BEGIN
    RETURN coalesce(nullif(current_setting('sight.acting', true), ''), '0')::bigint; END $$;
-- Rights are resolved before anything is seen, and some of them hold as long as an agreement does.
CREATE FUNCTION agreement_with_id(wanted bigint) RETURNS SETOF directorates_sharingagreement
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public AS
    $$ SELECT * FROM directorates_sharingagreement WHERE id = wanted $$;
REVOKE ALL ON FUNCTION agreement_with_id FROM PUBLIC;
GRANT EXECUTE ON FUNCTION agreement_with_id TO tansiq_app;
"""
SEEN = {
    "directorates_invitation": f"{FOUNDS} OR organisation_id = {OF_THE_HOUSE} OR by_id = (SELECT sight_person())",
    "directorates_invitation_places": """EXISTS (SELECT FROM directorates_invitation i
        WHERE i.id = directorates_invitation_places.invitation_id)""",
    "directorates_factorreset": f"""{FOUNDS} OR EXISTS (SELECT FROM directorates_membership m
        WHERE m.person_id = directorates_factorreset.person_id AND m.organisation_id = {OF_THE_HOUSE})""",
    "directorates_sharingagreement": "(SELECT sight_acting()) IN (custodian_id, recipient_id)",
    # That figures are computed anew is said to everybody beside the figures.
    "directorates_job": f"""{FOUNDS} OR {RUNS} OR by_id = (SELECT sight_person())
        OR (kind = 'reporting.rebuild' AND {WITH_A_ROLE})""",
    "directorates_recordwitness": WITH_A_ROLE,
    "directorates_organisationstatuschange": FOUNDS,
}
WALL = SIGHT + "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} TO tansiq_app USING ((SELECT sight_on('portal')) OR {seen});
"""
    for table, seen in SEEN.items()
)
DOWN = "".join(
    f"DROP POLICY sight ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in reversed(SEEN)
)


class Migration(migrations.Migration):
    """Row-level security for what is asked, offered and agreed."""

    dependencies = [("directorates", "0017_subdistricts_by_right")]

    operations = [migrations.RunSQL(WALL, DOWN + "DROP FUNCTION agreement_with_id, sight_acting;")]
