"""The second wall around what is said beside reports: claims, comparisons with the past, looks, later due dates."""

from django.db import migrations

# What belongs to a report is seen with it. Comparisons and looks are of a revision: they are seen while the report stands
# by it, which asks for one row by a unique index and not for two.
CLAIMS = """
ALTER TABLE reporting_claim ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_claim TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_submission s WHERE s.id = reporting_claim.submission_id));
"""
OF_A_REVISION = """((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_submission s WHERE s.revision_id = {table}.revision_id))"""
LOOKS = f"""
ALTER TABLE reporting_look ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_look TO tansiq_app USING {OF_A_REVISION.format(table="reporting_look")};
"""
# Whoever sends a report leaves word that it waits to be compared; only the portal compares and throws away.
COMPARISONS = f"""
ALTER TABLE reporting_comparison ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_comparison FOR SELECT TO tansiq_app
    USING {OF_A_REVISION.format(table="reporting_comparison")};
CREATE POLICY writing ON reporting_comparison FOR INSERT TO tansiq_app
    WITH CHECK ((SELECT sight_on('portal')) OR (SELECT sight_person()) <> 0);
CREATE POLICY changing ON reporting_comparison FOR UPDATE TO tansiq_app USING ((SELECT sight_on('portal')));
CREATE POLICY removing ON reporting_comparison FOR DELETE TO tansiq_app USING ((SELECT sight_on('portal')));
"""
# Seen as what is expected is; besides, whoever reads the report may read why it came later.
EXTENSIONS = """
ALTER TABLE reporting_extension ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_extension TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (ARRAY[reporter_id, directorate_id] && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
    OR (place_path ^@ ANY ((SELECT sight_texts('places'))::text[])
        AND dataset_id <> ALL ((SELECT sight_ids('by_agreement'))::bigint[]))
    OR (dataset_id || ':' || place_path) ^@ ANY ((SELECT sight_texts('datasets'))::text[])
    OR EXISTS (SELECT FROM reporting_submission s
        WHERE s.template_id = reporting_extension.template_id AND s.period_start = reporting_extension.period_start
            AND s.facility_id = reporting_extension.facility_id AND s.reporter_id = reporting_extension.reporter_id));
CREATE POLICY sealed ON reporting_extension AS RESTRICTIVE TO tansiq_app USING (
    directorate_id <> ALL ((SELECT sealed_to_sight())::bigint[])
    OR reporter_id = ANY ((SELECT sight_ids('organisations'))::bigint[]));
"""
POLICIES = {
    "reporting_claim": ("sight",),
    "reporting_look": ("sight",),
    "reporting_comparison": ("sight", "writing", "changing", "removing"),
    "reporting_extension": ("sight", "sealed"),
}
UNDO = "".join(
    "".join(f"DROP POLICY {policy} ON {table}; " for policy in policies)
    + f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    for table, policies in POLICIES.items()
)


class Migration(migrations.Migration):
    """Row-level security for what is said beside reports."""

    dependencies = [("reporting", "0020_datasets_in_one")]

    operations = [migrations.RunSQL(CLAIMS + LOOKS + COMPARISONS + EXTENSIONS, UNDO)]
