"""The second wall knows of agreements: each dataset inside its own places, and places open nothing that needs one."""

from django.db import migrations

# The sight is read once a query for each array named here, so each is named once.
GRANTED = """(dataset_id = ANY ((SELECT sight_ids('datasets'))::bigint[])
        OR (dataset_id = ANY ((SELECT sight_ids('datasets_limited'))::bigint[])
            AND (dataset_id || ':' || place_path) ^@ ANY ((SELECT sight_texts('datasets_within'))::text[]))
        OR (place_path ^@ ANY ((SELECT sight_texts('places'))::text[])
            AND dataset_id <> ALL ((SELECT sight_ids('by_agreement'))::bigint[])))"""
WITHIN_BEFORE = """(dataset_id = ANY ((SELECT sight_ids('datasets'))::bigint[])
            AND place_path ^@ ANY ((SELECT sight_texts('datasets_within'))::text[])
        OR place_path ^@ ANY ((SELECT sight_texts('places'))::text[]))"""

REPORTS = """
DROP POLICY sight ON reporting_submission;
CREATE POLICY sight ON reporting_submission TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (CASE status WHEN 'draft' THEN ARRAY[reporter_id] ELSE ARRAY[reporter_id, reviewer_id, directorate_id] END
            && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
    OR (status <> 'draft' AND {granted}));

DROP POLICY sight ON reporting_expectedreport;
CREATE POLICY sight ON reporting_expectedreport TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (ARRAY[reporter_id, directorate_id] && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
    OR {granted});
"""

# Whoever sees figures of a place sees which facilities they were counted from; what is read by agreement by it alone.
COUNTED = """
CREATE FUNCTION templates_in_sight(name text) RETURNS bigint[] LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN cardinality(sight_ids(name)) = 0 THEN '{}' ELSE ARRAY(
        SELECT id FROM reporting_reporttemplate WHERE dataset_id = ANY (sight_ids(name))
    ) END
$$;
DROP POLICY sight ON figures.reporting_countedreport;
CREATE POLICY sight ON figures.reporting_countedreport TO tansiq_app USING (
    (((SELECT sight_on('figures')) OR subdistrict_id = ANY ((SELECT sight_ids('subdistricts'))::bigint[]))
        AND template_id <> ALL ((SELECT templates_in_sight('by_agreement'))::bigint[]))
    OR template_id = ANY ((SELECT templates_in_sight('figures_agreed'))::bigint[])
    OR (subdistrict_id = ANY ((SELECT sight_ids('figures_places'))::bigint[])
        AND template_id = ANY ((SELECT templates_in_sight('figures_limited'))::bigint[])));

-- Whoever sees a report may know whether it counts, and by which rule: also where the figures it counts in are closed.
CREATE FUNCTION counting_rule(report uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, figures AS
    $$ SELECT rule FROM reporting_countedreport WHERE submission_id = report $$;
REVOKE ALL ON FUNCTION counting_rule FROM PUBLIC;
GRANT EXECUTE ON FUNCTION counting_rule TO tansiq_app;
"""
COUNTED_BEFORE = """
DROP FUNCTION counting_rule;
DROP POLICY sight ON figures.reporting_countedreport;
CREATE POLICY sight ON figures.reporting_countedreport TO tansiq_app
    USING ((SELECT sight_on('figures')) OR subdistrict_id = ANY ((SELECT sight_ids('subdistricts'))::bigint[]));
DROP FUNCTION templates_in_sight;
"""


class Migration(migrations.Migration):
    """Row policies that tell datasets apart."""

    dependencies = [("reporting", "0014_sealed"), ("directorates", "0012_sharing")]

    operations = [
        migrations.RunSQL(
            REPORTS.format(granted=GRANTED) + COUNTED, REPORTS.format(granted=WITHIN_BEFORE) + COUNTED_BEFORE
        )
    ]
