"""What was settled never changes; double reports are seen with their reports, and by the arbiter while it decides."""

from django.db import migrations

NEVER_CHANGES = """
CREATE TRIGGER settlement_never_changes BEFORE UPDATE OR DELETE ON reporting_settlement
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER event_never_changes BEFORE UPDATE OR DELETE ON reporting_doublereportevent
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON reporting_settlement, reporting_doublereportevent FROM tansiq_app;
REVOKE DELETE ON reporting_doublereport FROM tansiq_app;
"""
CHANGES_AGAIN = """
DROP TRIGGER settlement_never_changes ON reporting_settlement;
DROP TRIGGER event_never_changes ON reporting_doublereportevent;
GRANT UPDATE, DELETE ON reporting_settlement, reporting_doublereportevent TO tansiq_app;
GRANT DELETE ON reporting_doublereport TO tansiq_app;
"""
# Whoever sees one of the reports; the wall around reports asks everything else, seals too.
SEEN = """(SELECT sight_on('portal')) OR EXISTS (SELECT FROM reporting_submission s
        WHERE s.facility_id = reporting_doublereport.facility_id AND s.template_id = reporting_doublereport.template_id
            AND s.period_start = reporting_doublereport.period_start AND s.status IN ('submitted', 'approved'))
    OR (state = 'arbitration' AND arbiter_id = (SELECT sight_acting()))"""
# They are found by the portal alone; settled, the row may stand out of the sight of the arbiter who settled it.
WALL = f"""
ALTER TABLE reporting_doublereport ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_doublereport FOR SELECT TO tansiq_app USING ({SEEN});
CREATE POLICY writing ON reporting_doublereport FOR INSERT TO tansiq_app WITH CHECK ((SELECT sight_on('portal')));
CREATE POLICY changing ON reporting_doublereport FOR UPDATE TO tansiq_app USING ({SEEN})
    WITH CHECK ((SELECT sight_on('portal')) OR (SELECT sight_person()) <> 0);
"""
PART = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} FOR SELECT TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_doublereport d WHERE d.id = {table}.double_id));
CREATE POLICY writing ON {table} FOR INSERT TO tansiq_app
    WITH CHECK ((SELECT sight_on('portal')) OR (SELECT sight_person()) <> 0);
"""
PARTS = ("reporting_settlement", "reporting_doublereportevent")
POLICIES = {"reporting_doublereport": ("sight", "writing", "changing"), **dict.fromkeys(PARTS, ("sight", "writing"))}
DOWN = "".join(
    "".join(f"DROP POLICY {policy} ON {table}; " for policy in policies)
    + f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    for table, policies in POLICIES.items()
)


class Migration(migrations.Migration):
    """Guards and row-level security of double reports."""

    dependencies = [("reporting", "0029_double_reports")]

    operations = [
        migrations.RunSQL(NEVER_CHANGES, CHANGES_AGAIN),
        migrations.RunSQL(WALL + "".join(PART.format(table=table) for table in PARTS), DOWN),
    ]
