"""Goals of what stands out: every loaded report laid beside its facility's past, in one pass."""

import datetime
from collections.abc import Iterator

from django.db import connection
from django.utils import timezone

from coordination.benchmarks.measure import Goal, seconds
from coordination.benchmarks.other_outliers import unusual_figures
from coordination.benchmarks.other_side import Plain
from coordination.reporting.actions.outliers import Compared, compare_all
from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.outliers import Kind, asked_of, first_looked_at
from coordination.reporting.rules.periods import Period, PeriodType

# So many reports are to be compared in so many seconds; judged where nearly so many are there.
REPORTS, SECONDS = 300_000, 30
JUDGED_FROM = 200_000
_LAST = """SELECT max(period_start) FROM reporting_submission WHERE template_id = %s"""
_REPORTS = """SELECT count(*) FROM reporting_submission WHERE template_id = %s AND period_start = %s"""
_FOUND = """SELECT k.revision_id, f->>'slot', (f->>'strength')::float8
FROM reporting_submission s JOIN reporting_comparison k ON k.revision_id = s.revision_id
CROSS JOIN LATERAL jsonb_array_elements(k.findings) f
WHERE s.template_id = %s AND s.period_start = %s AND f->>'kind' = %s"""
# A tenth of the loaded reports of the last period get one figure a hundred times too large, as slips of the keyboard.
_SLIPS = """INSERT INTO reporting_revision (submission_id, number, doc, notes, warnings, at, by_id)
SELECT r.submission_id, 2, r.doc || jsonb_build_object('s3', 50000), r.notes, r.warnings, r.at, r.by_id
FROM reporting_submission s JOIN reporting_revision r ON r.id = s.revision_id
WHERE s.template_id = %s AND s.period_start = %s AND s.facility_id %% 10 = 0"""
_STAND = """UPDATE reporting_submission s SET revision_id = r.id FROM reporting_revision r
WHERE r.submission_id = s.id AND r.number = 2 AND s.template_id = %s AND s.period_start = %s AND s.status = 'submitted'"""


def goals(plain: Plain, templates: list[ReportTemplate]) -> Iterator[Goal]:
    """The pass over all reports; the last period's findings are those of plain SQL before times are looked at.

    A report costs us, with reading and keeping, less than it costs plain SQL to find it; and all of them come in time.
    """
    last = {template.pk: plain.rows(_LAST, [template.pk])[0][0] for template in templates}
    for template in templates:
        _make_slips(template, last[template.pk])
    done = Compared()

    def ours() -> None:
        nonlocal done
        for template in templates:
            done = sum(compare_all(template=template, at=timezone.now()), done)

    took = seconds(ours)
    wrong, found, reports, theirs = 0, 0, 0, 0.0
    for template in templates:
        start = last[template.pk]
        one = _same(plain, template, start)
        wrong, found, theirs = wrong + one[0], found + one[1], theirs + one[2]
        reports += plain.rows(_REPORTS, [template.pk, start])[0][0]
    exact = not wrong and bool(found)
    a_report, plainly = took / max(done.reports, 1), theirs / max(reports, 1)
    details = {"ours_ms": a_report * 1000, "theirs_ms": plainly * 1000, "found": found, "wrong": wrong}
    yield Goal("what stands out", a_report / plainly, 0.6, exact=exact, details=details)
    details = {"seconds": took, "reports": done.reports, "standing_out": done.standing_out}
    ratio, judged = a_report * REPORTS / SECONDS, done.reports >= JUDGED_FROM
    yield Goal("what stands out in 300,000 reports", ratio, 1.0, judged=judged, exact=exact, details=details)


def _make_slips(template: ReportTemplate, start: datetime.date) -> None:
    """Figures that must be found."""
    with connection.cursor() as cursor:
        cursor.execute(_SLIPS, [template.pk, start])
        cursor.execute(_STAND, [template.pk, start])


def _same(plain: Plain, template: ReportTemplate, start: datetime.date) -> tuple[int, int, float]:
    """How many unusual figures of a period the two sides find otherwise, how many there are, and how long plain SQL took."""
    period = Period(PeriodType(template.period_type), start)
    asked = asked_of(specification_of(template.versions.get()))
    truth: dict[tuple[int, str], float] = {}

    def theirs() -> None:
        nonlocal truth
        truth = unusual_figures(
            plain.rows,
            template=template.pk,
            start=period.start,
            first=first_looked_at(period),
            slots=[slot for slot, _whole in asked.numbers],
            counts=[slot for slot, whole in asked.numbers if whole],
        )

    took = seconds(theirs)
    ours = {(row[0], row[1]): row[2] for row in plain.rows(_FOUND, [template.pk, start, Kind.UNUSUAL.value])}
    wrong = len(truth.keys() ^ ours.keys()) + sum(abs(truth[key] - ours[key]) > 0.02 for key in truth.keys() & ours)
    return wrong, len(truth), took
