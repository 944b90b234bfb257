"""The second wall around grants of exact positions, their approvals and readings, and around the register's reasons."""

from django.db import migrations

# The recipient, and whoever keeps or approves positions there: `PositionGrantQuerySet.visible_to` in SQL.
GRANTS = """
ALTER TABLE facilities_positiongrant ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON facilities_positiongrant TO tansiq_app USING ((SELECT sight_on('portal'))
    OR organisation_id = ANY ((SELECT sight_ids('positions_read'))::bigint[])
    OR (directorate_id = ANY ((SELECT sight_ids('overseen'))::bigint[])
        AND path ^@ ANY ((SELECT sight_texts('overseen_within'))::text[]))
    OR path ^@ ANY ((SELECT sight_texts('overseen_places'))::text[]));
"""
# An approval is seen with its grant.
APPROVALS = """
ALTER TABLE facilities_positionapproval ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON facilities_positionapproval TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM facilities_positiongrant g WHERE g.id = facilities_positionapproval.grant_id));
"""
# So is a reading; one's own are counted whatever became of the right to read.
READINGS = """
ALTER TABLE facilities_positionreading ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON facilities_positionreading TO tansiq_app USING ((SELECT sight_on('portal'))
    OR by_id = (SELECT sight_person())
    OR EXISTS (SELECT FROM facilities_positiongrant g WHERE g.id = facilities_positionreading.grant_id));
"""
# The register is open to whoever has a role, at the precision of the role: so are these to the same, and to nobody else.
REGISTER = (
    "facilities_changeproposal",
    "facilities_fieldchange",
    "facilities_proposalevent",
    "facilities_operatingstatus",
    "facilities_merge",
    "facilities_notduplicate",
)
OF_THE_REGISTER = "".join(
    f"""
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} TO tansiq_app
    USING ((SELECT sight_on('portal')) OR (SELECT sight_on('people') AND sight_person() <> 0));
"""
    for table in REGISTER
)
TABLES = ("facilities_positionreading", "facilities_positionapproval", "facilities_positiongrant", *REGISTER)
DOWN = "".join(f"DROP POLICY sight ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;" for table in TABLES)


class Migration(migrations.Migration):
    """Row-level security for whatever names people beside facilities."""

    dependencies = [("facilities", "0007_position_grants"), ("directorates", "0018_wall_of_trust")]

    operations = [migrations.RunSQL(GRANTS + APPROVALS + READINGS + OF_THE_REGISTER, DOWN)]
