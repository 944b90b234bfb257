"""What is done with expected reports: generated for every period that has ended, safely twice."""

import datetime as dt
from collections.abc import Sequence

from django.db import connection, transaction
from django.db.models import Min, Q
from django.db.models.functions import Lower

from coordination.reporting.actions.consolidation import touch
from coordination.reporting.models import Assignment, ExpectedReport, ReportTemplate, TemplateVersion
from coordination.reporting.models.entries import entries_beside
from coordination.reporting.rules.periods import PeriodType, due_date, periods_between
from directorates.foundation.sight import unwalled
from facilities.models.placements import placed_on
from facilities.models.statuses import NOT_EXPECTED

# Two schedulers, or a scheduler and an action, wait for one another: each then sees what the other wrote.
LOCK = 7_204_010

# One statement a template. Who reports: those who support the facility on the period's last day or, with none, the
# competent directorate. All facts are dated, so what was right for a period stays right when they change later; a row
# goes only where the facts of its own last day were corrected. A due date, once set, stays.
EXPECT = f"""
WITH period AS (
    SELECT * FROM unnest(%(starts)s::date[], %(lasts)s::date[], %(dues)s::date[]) AS period(start, last, due)
), candidate AS (
    SELECT p.start, p.last, p.due, f.id AS facility, pl.id AS subdistrict, pl.path, j.organisation_id AS directorate
    FROM period p
    JOIN reporting_templateversion v ON v.template_id = %(template)s AND v.status <> 'draft' AND v.valid @> p.start
    JOIN reporting_assignment a ON a.template_id = %(template)s AND a.valid @> p.last
    JOIN facilities_facility f ON f.id = a.facility_id AND (f.opened IS NULL OR f.opened <= p.last)
    JOIN directorates_place pl ON pl.id = {placed_on("p.last")}
    JOIN directorates_jurisdiction j ON j.place_id = pl.id AND j.valid @> p.last
    WHERE NOT EXISTS (
        SELECT FROM facilities_operatingstatus s
        WHERE s.facility_id = f.id AND s.valid @> p.last AND s.status = ANY(%(closed)s)
    )
    -- Of merged entries one report counts, so beside it nothing is expected of the others.
    AND (f.id <> ALL(%(entries)s::bigint[])
        OR EXISTS (SELECT FROM figures.reporting_countedreport own
            WHERE (own.template_id, own.period_start, own.facility_id) = (%(template)s, p.start, f.id))
        OR NOT EXISTS (SELECT FROM unnest(%(entries)s::bigint[], %(others)s::bigint[]) AS k(entry, other)
            JOIN figures.reporting_countedreport c
                ON (c.template_id, c.period_start, c.facility_id) = (%(template)s, p.start, k.other)
            WHERE k.entry = f.id))
), wanted AS (
    SELECT c.*, s.organisation_id AS reporter
    FROM candidate c JOIN facilities_support s ON s.facility_id = c.facility AND s.valid @> c.last
    UNION ALL
    SELECT c.*, c.directorate FROM candidate c
    WHERE NOT EXISTS (SELECT FROM facilities_support s WHERE s.facility_id = c.facility AND s.valid @> c.last)
), held AS (
    SELECT e.* FROM reporting_expectedreport e JOIN period p ON p.start = e.period_start
    WHERE e.template_id = %(template)s
), gone AS (
    DELETE FROM reporting_expectedreport e USING (
        SELECT h.id FROM held h LEFT JOIN wanted w
            ON (w.start, w.facility, w.reporter) = (h.period_start, h.facility_id, h.reporter_id)
        WHERE w.start IS NULL
    ) g WHERE e.id = g.id
    RETURNING e.period_start, e.subdistrict_id, 0 AS new
), written AS (
    INSERT INTO reporting_expectedreport AS e (template_id, period_start, facility_id, reporter_id, due, subdistrict_id,
        place_path, directorate_id, dataset_id)
    SELECT %(template)s, w.start, w.facility, w.reporter,
        -- What comes again after its facts were corrected keeps the later day it was given.
        coalesce((SELECT max(x.until) FROM reporting_extension x WHERE x.template_id = %(template)s
            AND (x.period_start, x.facility_id, x.reporter_id) = (w.start, w.facility, w.reporter)), w.due),
        w.subdistrict, w.path, w.directorate, %(dataset)s
    FROM wanted w LEFT JOIN held h
        ON (w.start, w.facility, w.reporter) = (h.period_start, h.facility_id, h.reporter_id)
    -- Where the facility lay on the last day is a dated fact too: a place that changed later changes nothing here.
    WHERE h.id IS NULL OR (h.directorate_id, h.subdistrict_id) <> (w.directorate, w.subdistrict)
    ORDER BY w.start, w.facility, w.reporter
    ON CONFLICT (template_id, period_start, facility_id, reporter_id) DO UPDATE SET
        directorate_id = excluded.directorate_id, subdistrict_id = excluded.subdistrict_id, place_path = excluded.place_path
    RETURNING e.period_start, e.subdistrict_id, (xmax = 0)::int AS new
), left_behind AS (
    SELECT h.period_start, h.subdistrict_id, 0 AS new FROM held h JOIN wanted w
        ON (w.start, w.facility, w.reporter) = (h.period_start, h.facility_id, h.reporter_id)
    WHERE h.subdistrict_id <> w.subdistrict
)
SELECT period_start, subdistrict_id, sum(new)
FROM (TABLE gone UNION ALL TABLE written UNION ALL TABLE left_behind) AS changed GROUP BY 1, 2
"""


@transaction.atomic
@unwalled
def expect(*, today: dt.date, first: dt.date | None = None, template: ReportTemplate | None = None) -> int:
    """Bring the expected reports of all periods that ended before today in step with the facts; answer how many are new.

    `first` leaves periods that begin earlier alone. Run twice, or twice at once, it changes nothing the second time.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    rows, same = ReportTemplate.objects.order_by("pk"), entries_beside()
    return sum(_expect(one, first, today, same) for one in ([template] if template else rows))


def _expect(template: ReportTemplate, first: dt.date | None, today: dt.date, same: Sequence[tuple[int, int]]) -> int:
    """One template's periods, in one statement; figures of every place where something changed are marked."""
    period_type = PeriodType(template.period_type)
    begin = max((day for day in (first, _earliest(template)) if day), default=None)
    if begin is None:
        return 0
    periods = [
        period
        for period in periods_between(period_type, begin, today)
        if period.last_day < today and (first is None or period.start >= first)
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            EXPECT,
            {
                "template": template.pk,
                "dataset": template.dataset_id,
                "starts": [period.start for period in periods],
                "lasts": [period.last_day for period in periods],
                "dues": [due_date(period, template.due_days) for period in periods],
                "closed": [status.value for status in NOT_EXPECTED],
                "entries": [entry for entry, _other in same],
                "others": [other for _entry, other in same],
            },
        )
        changed = cursor.fetchall()
    touch((template.pk, start, subdistrict) for start, subdistrict, _new in changed)
    return sum(new for _start, _subdistrict, new in changed)


def _earliest(template: ReportTemplate) -> dt.date | None:
    """The first day on which anything of the template can be, or was, expected; None where nothing ever was."""
    assigned = Assignment.objects.filter(template=template)
    days = [ExpectedReport.objects.filter(template=template).aggregate(day=Min("period_start"))["day"]]
    if assigned.exists():
        versions = TemplateVersion.objects.published().filter(template=template)
        opened = versions.filter(~Q(valid__startswith=None)).aggregate(day=Min(Lower("valid")))["day"]
        begun = assigned.aggregate(day=Min(Lower("valid")))["day"]
        open_ended = assigned.filter(valid__startswith=None).exists()
        days.append(opened if open_ended or begun is None else max(begun, opened or begun))
    return min((day for day in days if day), default=None)
