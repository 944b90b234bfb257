"""Files and notices behind the second wall: each is its person's, whatever else that person may see."""

from django.db import migrations

OWNER = {"directorates_storedfile": "by_id", "directorates_notice": "person_id"}
WALL = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} TO tansiq_app USING ((SELECT sight_on('portal')) OR {owner} = (SELECT sight_person()));
"""
    for table, owner in OWNER.items()
)
DOWN = "".join(f"DROP POLICY sight ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in OWNER)


class Migration(migrations.Migration):
    """Row-level security for what belongs to one person."""

    dependencies = [("directorates", "0015_roles_by_two")]

    operations = [migrations.RunSQL(WALL, DOWN)]
