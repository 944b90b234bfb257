"""A scanned paper is fixed with its text; what was noted and reviewed stays; each is read as its version is."""

from django.db import migrations

GUARD = """
CREATE TRIGGER adopted_never_changes BEFORE INSERT OR UPDATE OR DELETE ON policies_policypaper
    FOR EACH ROW EXECUTE FUNCTION refuse_change_once_adopted();
CREATE TRIGGER said_stays BEFORE UPDATE OR DELETE ON policies_compliancenote FOR EACH ROW
    EXECUTE FUNCTION refuse_to_unsay();
CREATE TRIGGER said_stays BEFORE UPDATE OR DELETE ON policies_evidence FOR EACH ROW
    EXECUTE FUNCTION refuse_to_unsay();
CREATE TRIGGER done_stays BEFORE UPDATE OR DELETE ON policies_policyreview FOR EACH ROW
    WHEN (OLD.done IS NOT NULL) EXECUTE FUNCTION refuse_to_unsay();
"""
UNDO = """
DROP TRIGGER done_stays ON policies_policyreview;
DROP TRIGGER said_stays ON policies_evidence;
DROP TRIGGER said_stays ON policies_compliancenote;
DROP TRIGGER adopted_never_changes ON policies_policypaper;
"""
OF_VERSION = "EXISTS (SELECT FROM policies_policyversion v WHERE v.id = policies_{table}.version_id)"
SEEN = {
    "policies_policypaper": OF_VERSION.format(table="policypaper"),
    "policies_policyreview": OF_VERSION.format(table="policyreview"),
    # Whoever is open about a lack is not exposed: for the organisation itself and those who keep the policy.
    "policies_compliancenote": """((SELECT sight_acting()) <> 0 AND organisation_id = (SELECT sight_acting()))
        OR ('manage_policies' = ANY ((SELECT sight_texts('holds'))::text[]) AND EXISTS (SELECT FROM policies_policyversion v
            JOIN policies_policy p ON p.id = v.policy_id
            WHERE v.id = policies_compliancenote.version_id AND p.owner_id = (SELECT sight_acting())))""",
    "policies_evidence": "EXISTS (SELECT FROM policies_compliancenote n WHERE n.id = policies_evidence.about_id)",
}
WALL = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} TO tansiq_app USING ((SELECT sight_on('portal')) OR {seen});
"""
    for table, seen in SEEN.items()
)
DOWN = "".join(f"DROP POLICY sight ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in SEEN)


class Migration(migrations.Migration):
    """Guards and row policies."""

    dependencies = [("policies", "0010_papers")]

    operations = [migrations.RunSQL(GUARD, UNDO), migrations.RunSQL(WALL, DOWN)]
