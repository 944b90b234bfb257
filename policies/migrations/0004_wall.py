"""The second wall around drafts of policies: adopted texts are for everybody with a role, drafts for those who prepare them."""

from django.db import migrations

SEEN = {
    # Lists tell places apart besides; preparing is a right of the whole organisation.
    "policies_policyversion": """(valid IS NOT NULL AND (SELECT sight_on('people') AND sight_person() <> 0))
        OR ('manage_policies' = ANY ((SELECT sight_texts('holds'))::text[]) AND EXISTS (SELECT FROM policies_policy p
            WHERE p.id = policies_policyversion.policy_id AND p.owner_id = (SELECT sight_acting())))""",
    "policies_policysection": """EXISTS (SELECT FROM policies_policyversion v
        WHERE v.id = policies_policysection.version_id)""",
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
    """Row-level security for versions of policies and their sections."""

    dependencies = [("policies", "0003_called_off"), ("directorates", "0018_wall_of_trust")]

    operations = [migrations.RunSQL(WALL, DOWN)]
