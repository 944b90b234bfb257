"""What is said of missing reports stays, is seen with what is expected, and is counted beside it."""

from django.db import migrations

APPENDED = ("explanation", "explainedreport", "missingevidence")
GUARD = "".join(
    f"""
CREATE TRIGGER said_stays BEFORE UPDATE OR DELETE ON reporting_{table} FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE UPDATE, DELETE ON reporting_{table} FROM tansiq_app;
"""
    for table in APPENDED
)
UNGUARD = "".join(
    f"DROP TRIGGER said_stays ON reporting_{table}; GRANT UPDATE, DELETE ON reporting_{table} TO tansiq_app;"
    for table in APPENDED
)

# Texts and files may tell of attacks: only who may know of one of the reports reads them. Readers of totals see counts.
WALL = """
ALTER TABLE reporting_explainedreport ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_explainedreport TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (ARRAY[reporter_id, directorate_id] && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
    OR (place_path ^@ ANY ((SELECT sight_texts('places'))::text[])
        AND dataset_id <> ALL ((SELECT sight_ids('by_agreement'))::bigint[]))
    OR (dataset_id || ':' || place_path) ^@ ANY ((SELECT sight_texts('datasets'))::text[]));
CREATE POLICY sealed ON reporting_explainedreport AS RESTRICTIVE TO tansiq_app USING (
    directorate_id <> ALL ((SELECT sealed_to_sight())::bigint[])
    OR reporter_id = ANY ((SELECT sight_ids('organisations'))::bigint[]));

ALTER TABLE reporting_explanation ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_explanation TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_explainedreport r WHERE r.explanation_id = reporting_explanation.id));

ALTER TABLE reporting_missingevidence ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_missingevidence TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_explanation e WHERE e.id = reporting_missingevidence.about_id));
"""
UNWALL = """
DROP POLICY sight ON reporting_missingevidence; ALTER TABLE reporting_missingevidence DISABLE ROW LEVEL SECURITY;
DROP POLICY sight ON reporting_explanation; ALTER TABLE reporting_explanation DISABLE ROW LEVEL SECURITY;
DROP POLICY sealed ON reporting_explainedreport; DROP POLICY sight ON reporting_explainedreport;
ALTER TABLE reporting_explainedreport DISABLE ROW LEVEL SECURITY;
"""

# Consolidation reads which reason counts of which report, and neither texts nor files.
COUNTED = """
ALTER TABLE figures.belonging ADD excused int NOT NULL DEFAULT 0;
ALTER TABLE figures.coverage ADD excused int NOT NULL DEFAULT 0;
GRANT SELECT ON reporting_explainedreport TO tansiq_figures;
CREATE POLICY consolidation ON reporting_explainedreport FOR SELECT TO tansiq_figures USING (true);
"""
UNCOUNTED = """
DROP POLICY consolidation ON reporting_explainedreport;
REVOKE SELECT ON reporting_explainedreport FROM tansiq_figures;
ALTER TABLE figures.coverage DROP excused;
ALTER TABLE figures.belonging DROP excused;
"""


class Migration(migrations.Migration):
    """Guards, row policies, and a column of coverage."""

    dependencies = [("reporting", "0026_missing"), ("directorates", "0025_agreements")]

    operations = [
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(WALL, UNWALL),
        migrations.RunSQL(COUNTED, UNCOUNTED),
    ]
