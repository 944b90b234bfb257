"""The second wall around reports: what a query finds of them is what its sight opens (`foundation/sight.py`)."""

from django.db import migrations

# The sight is read once a query for each array named here, so each is named once.
OWN = """(ARRAY[{columns}] && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))"""
GRANTED = """(dataset_id = ANY ((SELECT sight_ids('datasets'))::bigint[])
            AND place_path ^@ ANY ((SELECT sight_texts('datasets_within'))::text[])
        OR place_path ^@ ANY ((SELECT sight_texts('places'))::text[]))"""

# What is not sent yet is its reporter's alone.
REPORTS = f"""
ALTER TABLE reporting_submission ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_submission TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (CASE status WHEN 'draft' THEN ARRAY[reporter_id] ELSE ARRAY[reporter_id, reviewer_id, directorate_id] END
            && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
    OR (status <> 'draft' AND {GRANTED}));

ALTER TABLE reporting_expectedreport ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_expectedreport TO tansiq_app USING ((SELECT sight_on('portal'))
    OR {OWN.format(columns="reporter_id, directorate_id")} OR {GRANTED});
"""

# What belongs to a report is seen with it. It is written in one statement with it, which does not see its own rows yet:
# whoever is known, or the portal, may write. Nothing of it is changed afterwards but a draft.
OF_A_REPORT = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON {table} TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_submission s WHERE s.id = {table}.submission_id));
CREATE POLICY writing ON {table} FOR INSERT TO tansiq_app
    WITH CHECK ((SELECT sight_on('portal')) OR (SELECT sight_person()) <> 0);
"""

# Whoever sees figures of a place sees which facilities they were counted from.
COUNTED = """
ALTER TABLE figures.reporting_countedreport ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON figures.reporting_countedreport TO tansiq_app
    USING ((SELECT sight_on('figures')) OR subdistrict_id = ANY ((SELECT sight_ids('subdistricts'))::bigint[]));
"""

# Consolidation reads reports as the role that only it assumes; whoever assumes it sees none of their people.
CONSOLIDATION = """
CREATE POLICY consolidation ON reporting_submission FOR SELECT TO tansiq_figures USING (true);
CREATE POLICY consolidation ON reporting_revision FOR SELECT TO tansiq_figures USING (true);
CREATE POLICY consolidation ON reporting_expectedreport FOR SELECT TO tansiq_figures USING (true);
"""

PARTS = ("reporting_draft", "reporting_revision", "reporting_submissionevent")
TABLES = ("reporting_submission", "reporting_expectedreport", *PARTS, "figures.reporting_countedreport")
WALL = REPORTS + "".join(OF_A_REPORT.format(table=table) for table in PARTS) + COUNTED + CONSOLIDATION
UNDO = "".join(
    f"DROP POLICY IF EXISTS sight ON {table}; DROP POLICY IF EXISTS writing ON {table}; "
    f"DROP POLICY IF EXISTS consolidation ON {table}; ALTER TABLE {table} DISABLE ROW LEVEL SECURITY;"
    for table in TABLES
)


class Migration(migrations.Migration):
    """Row-level security for reports and what counts of them."""

    dependencies = [("reporting", "0012_template_head_changed"), ("directorates", "0007_wall")]

    operations = [migrations.RunSQL(WALL, UNDO)]
