"""The second wall around reports: what a query finds of them is what its sight opens (`foundation/sight.py`)."""

from django.db import migrations

# Arrays are read once a query, as its first step. An organisation or a dataset that was given for some places only
# opens what lies in these.
REACHED = """
    ({mine}
        OR dataset_id = ANY ((SELECT sight_ids('datasets'))::bigint[])
        OR place_path ^@ ANY ((SELECT sight_texts('paths'))::text[])
        OR ({bounded} OR dataset_id = ANY ((SELECT sight_ids('bounded_datasets'))::bigint[]))
            AND place_path ^@ ANY ((SELECT sight_texts('within'))::text[]))
"""


def _any(columns: tuple[str, ...], name: str) -> str:
    return " OR ".join(f"{column} = ANY ((SELECT sight_ids('{name}'))::bigint[])" for column in columns)


def _reached(*columns: str) -> str:
    return REACHED.format(mine=_any(columns, "organisations"), bounded=f"({_any(columns, 'bounded')})")


PORTAL = "(SELECT sight_on('portal'))"

REPORTS = f"""
ALTER TABLE reporting_submission ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_submission TO tansiq_app USING ({PORTAL} OR (
    (status <> 'draft' OR {_any(("reporter_id",), "drafts")})
    AND {_reached("reporter_id", "reviewer_id", "directorate_id")}));

ALTER TABLE reporting_expectedreport ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_expectedreport TO tansiq_app USING ({PORTAL}
    OR {_reached("reporter_id", "directorate_id")});
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

# Counted reports lie in places; whoever sees figures of a place sees which facilities they were counted from.
COUNTED = f"""
ALTER TABLE figures.reporting_countedreport ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON figures.reporting_countedreport TO tansiq_app USING ({PORTAL} OR subdistrict_id = ANY (ARRAY(
    SELECT p.id FROM public.directorates_place p
    WHERE p.path ^@ ANY ((SELECT sight_texts('counted'))::text[]))));
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
