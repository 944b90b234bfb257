"""What is said of a missing report follows the expected report; the body's data manager sees what it speaks for."""

from django.db import migrations

# Borders that are recorded late move an expected report to another directorate. What was said stays as it was said; by whom
# it is read follows. A policy that asked the expected report for each word made lists of reasons ten times slower, so the
# columns that the wall compares are brought in step where the expected report is written; they stay while that row is gone.
FOLLOWING = """
DROP TRIGGER said_stays ON reporting_explainedreport;
CREATE TRIGGER said_stays BEFORE DELETE ON reporting_explainedreport FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER what_was_said_stays BEFORE UPDATE ON reporting_explainedreport FOR EACH ROW
    WHEN ((NEW.id, NEW.explanation_id, NEW.template_id, NEW.facility_id, NEW.period_start, NEW.reporter_id, NEW.side,
            NEW.reason)
        IS DISTINCT FROM (OLD.id, OLD.explanation_id, OLD.template_id, OLD.facility_id, OLD.period_start,
            OLD.reporter_id, OLD.side, OLD.reason))
    EXECUTE FUNCTION refuse_change();

CREATE FUNCTION words_follow_reports() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
BEGIN
    UPDATE reporting_explainedreport w
    SET directorate_id = e.directorate_id, place_path = e.place_path, dataset_id = e.dataset_id
    FROM written e
    WHERE (w.template_id, w.period_start, w.facility_id, w.reporter_id)
            = (e.template_id, e.period_start, e.facility_id, e.reporter_id)
        AND (w.directorate_id, w.place_path, w.dataset_id)
            IS DISTINCT FROM (e.directorate_id, e.place_path, e.dataset_id);
    RETURN NULL;
END $$;
CREATE TRIGGER words_follow AFTER INSERT ON reporting_expectedreport
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION words_follow_reports();
CREATE TRIGGER words_follow_moves AFTER UPDATE ON reporting_expectedreport
    REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION words_follow_reports();
"""
STANDING = """
DROP TRIGGER words_follow_moves ON reporting_expectedreport;
DROP TRIGGER words_follow ON reporting_expectedreport;
DROP FUNCTION words_follow_reports;
DROP TRIGGER what_was_said_stays ON reporting_explainedreport;
DROP TRIGGER said_stays ON reporting_explainedreport;
CREATE TRIGGER said_stays BEFORE UPDATE OR DELETE ON reporting_explainedreport
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# Last, since a changed row waits for its foreign keys, and a table with such rows is not altered.
CATCHING_UP = """
UPDATE reporting_explainedreport w
SET directorate_id = e.directorate_id, place_path = e.place_path, dataset_id = e.dataset_id
FROM reporting_expectedreport e
WHERE (w.template_id, w.period_start, w.facility_id, w.reporter_id)
        = (e.template_id, e.period_start, e.facility_id, e.reporter_id)
    AND (w.directorate_id, w.place_path, w.dataset_id) IS DISTINCT FROM (e.directorate_id, e.place_path, e.dataset_id);
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
POLICY = "".join(
    f"""
DROP POLICY sight ON reporting_{table};
CREATE POLICY sight ON reporting_{table} TO tansiq_app USING ((SELECT sight_on('portal'))
    OR (ARRAY[reporter_id, directorate_id] && (SELECT sight_ids('organisations'))::bigint[]
        AND place_path ^@ ANY ((SELECT sight_texts('organisations_within'))::text[]))
    OR ((place_path ^@ ANY ((SELECT sight_texts('places'))::text[])
            AND dataset_id <> ALL ((SELECT sight_ids('by_agreement'))::bigint[]))
        OR (dataset_id || ':' || place_path) ^@ ANY ((SELECT sight_texts('datasets'))::text[])){{more}});
"""
    for table in ("expectedreport", "explainedreport")
)
OWN_ALONE = POLICY.format(more="") + "DROP FUNCTION abandoned_to_sight;"
WITH_ABANDONED = ABANDONED.format(
    policy=POLICY.format(more="\n    OR directorate_id = ANY ((SELECT abandoned_to_sight())::bigint[])")
)


class Migration(migrations.Migration):
    """Row policies of missing reports and of what is said of them."""

    dependencies = [("reporting", "0027_guards_of_missing")]

    operations = [
        migrations.RunSQL(FOLLOWING, STANDING),
        migrations.RunSQL(WITH_ABANDONED, OWN_ALONE),
        migrations.RunSQL(CATCHING_UP, migrations.RunSQL.noop),
    ]
