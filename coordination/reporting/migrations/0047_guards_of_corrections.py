"""What was asked and decided stays; requests are seen with their reports; double reports stand meanwhile."""

from django.db import migrations

# What was asked never changes, what was decided is decided once, and what came to an end ended for good.
STAYS = """
CREATE TRIGGER corrections_stay BEFORE DELETE ON reporting_correctionrequest
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER what_was_asked_stays BEFORE UPDATE ON reporting_correctionrequest FOR EACH ROW
    WHEN (OLD.state IN ('refused', 'withdrawn', 'done')
        OR (OLD.decided_at IS NOT NULL AND (NEW.decided_by_id, NEW.decided_acting_id, NEW.decided_at, NEW.answer)
            IS DISTINCT FROM (OLD.decided_by_id, OLD.decided_acting_id, OLD.decided_at, OLD.answer))
        OR (NEW.id, NEW.submission_id, NEW.number, NEW.revision_id, NEW.reason, NEW.slots, NEW.by_id, NEW.acting_id,
                NEW.instead_of_id, NEW.at)
            IS DISTINCT FROM (OLD.id, OLD.submission_id, OLD.number, OLD.revision_id, OLD.reason, OLD.slots, OLD.by_id,
                OLD.acting_id, OLD.instead_of_id, OLD.at))
    EXECUTE FUNCTION refuse_change();
CREATE TRIGGER errata_stay BEFORE UPDATE OR DELETE ON reporting_erratum FOR EACH ROW EXECUTE FUNCTION refuse_change();
REVOKE DELETE ON reporting_correctionrequest FROM tansiq_app;
REVOKE UPDATE, DELETE ON reporting_erratum FROM tansiq_app;
"""
GOES = """
GRANT UPDATE, DELETE ON reporting_erratum TO tansiq_app;
GRANT DELETE ON reporting_correctionrequest TO tansiq_app;
DROP TRIGGER errata_stay ON reporting_erratum;
DROP TRIGGER what_was_asked_stays ON reporting_correctionrequest;
DROP TRIGGER corrections_stay ON reporting_correctionrequest;
"""
# Texts of requests tell of a facility: whoever sees the report reads them, rivals do not. Errata are as open as editions.
WALL = """
ALTER TABLE reporting_correctionrequest ENABLE ROW LEVEL SECURITY;
CREATE POLICY sight ON reporting_correctionrequest TO tansiq_app USING ((SELECT sight_on('portal'))
    OR EXISTS (SELECT FROM reporting_submission s WHERE s.id = reporting_correctionrequest.submission_id));
"""
DOWN = """
DROP POLICY sight ON reporting_correctionrequest; ALTER TABLE reporting_correctionrequest DISABLE ROW LEVEL SECURITY;
"""
# A page of figures says how many counted reports stand on a corrected revision, to whoever sees figures: a number, no names.
CORRECTED = """
CREATE FUNCTION corrected_reports(template bigint, first date, last date, path text, OUT reports bigint, OUT since timestamptz)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, figures AS
    $$ SELECT count(*), max(k.ended_at) FROM reporting_correctionrequest k
        JOIN reporting_countedreport c ON c.revision_id = k.corrected_id
        JOIN directorates_place p ON p.id = c.subdistrict_id
        WHERE k.state = 'done' AND c.template_id = $1 AND c.period_start BETWEEN $2 AND $3 AND starts_with(p.path, $4) $$;
REVOKE ALL ON FUNCTION corrected_reports FROM PUBLIC;
GRANT EXECUTE ON FUNCTION corrected_reports TO tansiq_app;
"""
# While one of several reports is corrected, its approved revision stands: the double report stays in sight of its sides.
SEEN = """(SELECT sight_on('portal')) OR EXISTS (SELECT FROM reporting_submission s
        WHERE s.facility_id = reporting_doublereport.facility_id
            AND s.template_id IN (reporting_doublereport.template_id, reporting_doublereport.other_id)
            AND s.period_start = reporting_doublereport.period_start
            AND (s.status IN ('submitted', 'approved'){kept}))
    OR (state = 'arbitration' AND arbiter_id = (SELECT sight_acting())
        AND 'arbitrate_double_reports' = ANY ((SELECT sight_texts('holds'))::text[]))"""
POLICIES = """
ALTER POLICY sight ON reporting_doublereport USING ({seen});
ALTER POLICY changing ON reporting_doublereport USING ({seen});
"""


def _policies(kept: str) -> str:
    return POLICIES.format(seen=SEEN.format(kept=kept))


class Migration(migrations.Migration):
    """Guards, row policies, and a number for the page of figures."""

    dependencies = [("reporting", "0046_corrections")]

    operations = [
        migrations.RunSQL(STAYS, GOES),
        migrations.RunSQL(WALL, DOWN),
        migrations.RunSQL(CORRECTED, "DROP FUNCTION corrected_reports"),
        migrations.RunSQL(_policies(" OR s.kept_revision_id IS NOT NULL"), _policies("")),
    ]
