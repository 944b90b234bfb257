"""The second wall around answers to programs, each its account's, and around packages, for whoever manages templates."""

from django.db import migrations

SEEN = {
    "reporting_storedrequest": "account_id = (SELECT sight_person())",
    "reporting_packageimport": "'manage_templates' = ANY ((SELECT sight_texts('holds'))::text[])",
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
    """Row-level security for stored answers and packages."""

    dependencies = [("reporting", "0021_wall_beside_reports"), ("directorates", "0018_wall_of_trust")]

    operations = [migrations.RunSQL(WALL, DOWN)]
