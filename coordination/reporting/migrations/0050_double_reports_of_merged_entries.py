"""Entries of the register that were merged are one facility: what several bodies reported of them is settled together."""

from django.db import migrations, models

KINDS = [
    ("found", "Found by the portal"),
    ("proposed", "Settlement proposed"),
    ("confirmed", "Settlement confirmed"),
    ("refused", "Settlement refused"),
    ("lapsed", "The proposal lapsed"),
    ("arbiter", "Arbiter named"),
    ("decided", "Decided by the arbiter"),
    ("settled", "Settled"),
    ("back", "The settlement was taken back"),
    ("again", "A report came or was corrected; to be settled again"),
    ("above", "Not settled in time; told to those above"),
    ("over", "Only one report is left"),
    ("silent", "The arbiter did not decide in time"),
    ("joined", "The entry was merged; settled with the reports of the other entries"),
]
BY_ITSELF = ("found", "lapsed", "again", "above", "over", "silent", "joined")

# The entries that stand for the same facility; itself alone, at the cost of one look, where it was never merged.
ENTRIES_OF = """
CREATE FUNCTION entries_of(facility bigint) RETURNS bigint[]
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM facilities_merge m WHERE facility IN (m.merged_id, m.survivor_id)) THEN
        RETURN ARRAY[facility];
    END IF;
    RETURN (WITH RECURSIVE above(id) AS (
        SELECT facility UNION SELECT m.survivor_id FROM facilities_merge m JOIN above ON above.id = m.merged_id
    ), family(id) AS (
        SELECT id FROM above UNION SELECT m.merged_id FROM facilities_merge m JOIN family ON family.id = m.survivor_id
    ) SELECT array_agg(id ORDER BY id) FROM family);
END $$;
REVOKE ALL ON FUNCTION entries_of FROM PUBLIC;
GRANT EXECUTE ON FUNCTION entries_of TO tansiq_app;
"""
SEEN = """(SELECT sight_on('portal')) OR EXISTS (SELECT FROM reporting_submission s
        WHERE s.facility_id = reporting_doublereport.facility_id
            AND s.template_id IN (reporting_doublereport.template_id, reporting_doublereport.other_id)
            AND s.period_start = reporting_doublereport.period_start
            AND (s.status IN ('submitted', 'approved') OR s.kept_revision_id IS NOT NULL)){merged}
    OR (state = 'arbitration' AND arbiter_id = (SELECT sight_acting())
        AND 'arbitrate_double_reports' = ANY ((SELECT sight_texts('holds'))::text[]))"""
# Only what stands for a merged facility is looked at twice.
MERGED = """
    OR (facility_id IN (SELECT merged_id FROM facilities_merge UNION ALL SELECT survivor_id FROM facilities_merge)
        AND EXISTS (SELECT FROM reporting_submission s
            WHERE s.facility_id = ANY (entries_of(reporting_doublereport.facility_id))
                AND s.template_id IN (reporting_doublereport.template_id, reporting_doublereport.other_id)
                AND s.period_start = reporting_doublereport.period_start
                AND (s.status IN ('submitted', 'approved') OR s.kept_revision_id IS NOT NULL)))"""
POLICIES = """
ALTER POLICY sight ON reporting_doublereport USING ({seen});
ALTER POLICY changing ON reporting_doublereport USING ({seen});
"""


def _policies(merged: str) -> str:
    return POLICIES.format(seen=SEEN.format(merged=merged))


class Migration(migrations.Migration):
    """A function, row policies, and one more thing that happens to a double report by itself."""

    dependencies = [("reporting", "0049_opened_editions"), ("facilities", "0008_wall_of_grants")]

    operations = [
        migrations.RunSQL(ENTRIES_OF, "DROP FUNCTION entries_of"),
        migrations.RunSQL(_policies(MERGED), _policies("")),
        migrations.AlterField(
            model_name="doublereportevent", name="kind", field=models.CharField(choices=KINDS, max_length=10)
        ),
        migrations.RemoveConstraint(model_name="doublereportevent", name="somebody_acts_on_a_double_report"),
        migrations.AddConstraint(
            model_name="doublereportevent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("acting__isnull", False), ("by__isnull", False)),
                    models.Q(("acting", None), ("by", None), ("kind__in", BY_ITSELF)),
                    _connector="OR",
                ),
                name="somebody_acts_on_a_double_report",
            ),
        ),
    ]
