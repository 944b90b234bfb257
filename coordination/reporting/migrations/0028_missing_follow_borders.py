"""What is said of a missing report is seen with the expected report; the body's data manager sees what it speaks for."""

from django.db import migrations

# Borders that are recorded late move an expected report to another directorate, and what was said of it stays as it was
# written: so the wall asks the expected report, behind its own wall, by the key that is unique there. The copied columns tell
# only where that row is gone.
FOLLOWING = """
CREATE FUNCTION still_expected(template bigint, start date, facility bigint, reporter bigint) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public AS $$
BEGIN
    RETURN EXISTS (SELECT FROM reporting_expectedreport e
        WHERE (e.template_id, e.period_start, e.facility_id, e.reporter_id) = (template, start, facility, reporter));
END $$;

DROP POLICY sealed ON reporting_explainedreport;
DROP POLICY sight ON reporting_explainedreport;
CREATE POLICY sight ON reporting_explainedreport TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_expectedreport e
        WHERE e.template_id = reporting_explainedreport.template_id
            AND e.period_start = reporting_explainedreport.period_start
            AND e.facility_id = reporting_explainedreport.facility_id
            AND e.reporter_id = reporting_explainedreport.reporter_id)
    OR (((ARRAY[reporter_id, directorate_id] && (SELECT sight_ids('organisations'))::bigint[]
                AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
            OR (place_path ^@ ANY ((SELECT sight_texts('places'))::text[])
                AND dataset_id <> ALL ((SELECT sight_ids('by_agreement'))::bigint[]))
            OR (dataset_id || ':' || place_path) ^@ ANY ((SELECT sight_texts('datasets'))::text[]))
        AND (directorate_id <> ALL ((SELECT sealed_to_sight())::bigint[])
            OR reporter_id = ANY ((SELECT sight_ids('organisations'))::bigint[]))
        AND NOT still_expected(template_id, period_start, facility_id, reporter_id)));
"""
BY_COPIES = """
DROP POLICY sight ON reporting_explainedreport;
CREATE POLICY sight ON reporting_explainedreport TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (ARRAY[reporter_id, directorate_id] && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
    OR (place_path ^@ ANY ((SELECT sight_texts('places'))::text[])
        AND dataset_id <> ALL ((SELECT sight_ids('by_agreement'))::bigint[]))
    OR (dataset_id || ':' || place_path) ^@ ANY ((SELECT sight_texts('datasets'))::text[]));
CREATE POLICY sealed ON reporting_explainedreport AS RESTRICTIVE TO tansiq_app USING (
    directorate_id <> ALL ((SELECT sealed_to_sight())::bigint[])
    OR reporter_id = ANY ((SELECT sight_ids('organisations'))::bigint[]));
DROP FUNCTION still_expected;
"""

# The body reviews for a directorate that no longer acts or is sealed, and speaks for it: of every dataset, as a reviewer's
# column opens the reports themselves. A handful of rows, read once a query, for one role.
ABANDONED = """
CREATE FUNCTION abandoned_to_sight() RETURNS bigint[] LANGUAGE plpgsql STABLE AS $$
BEGIN
    IF NOT sight_on('sealed') THEN
        RETURN '{{}}';
    END IF;
    RETURN ARRAY(
        SELECT id FROM directorates_organisation WHERE status <> 'active'
        UNION SELECT organisation_id FROM directorates_directorateseal WHERE since IS NOT NULL AND lifted IS NULL
    );
END $$;
{policy}
"""
POLICY = """
DROP POLICY sight ON reporting_expectedreport;
CREATE POLICY sight ON reporting_expectedreport TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (ARRAY[reporter_id, directorate_id] && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
    OR ((place_path ^@ ANY ((SELECT sight_texts('places'))::text[])
            AND dataset_id <> ALL ((SELECT sight_ids('by_agreement'))::bigint[]))
        OR (dataset_id || ':' || place_path) ^@ ANY ((SELECT sight_texts('datasets'))::text[])){more});
"""
OWN_ALONE = POLICY.format(more="") + "DROP FUNCTION abandoned_to_sight;"
WITH_ABANDONED = ABANDONED.format(
    policy=POLICY.format(more="\n    OR directorate_id = ANY ((SELECT abandoned_to_sight())::bigint[])")
)


class Migration(migrations.Migration):
    """Row policies of missing reports and of what is said of them."""

    dependencies = [("reporting", "0027_guards_of_missing")]

    operations = [
        migrations.RunSQL(FOLLOWING, BY_COPIES),
        migrations.RunSQL(WITH_ABANDONED, OWN_ALONE),
    ]
