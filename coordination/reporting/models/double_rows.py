"""Double reports read many at once, as a number beside a figure, and by which right an arbiter of them is named."""

from collections import defaultdict
from collections.abc import Iterable

from django.db import connection
from django.db.models import F

from coordination.reporting.models.double_reports import DoubleReport, Key, two_bodies
from coordination.reporting.models.submissions import Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period
from directorates.models import Organisation, Place
from directorates.models.organisations import Kind
from directorates.permissions import Permission


def naming_right(reviewer: Organisation) -> Permission:
    """By which right an arbiter is named, who will read: a directorate agrees on its data; what the body reviews it names for."""
    return Permission.REVIEW_REPORTS if reviewer.kind == Kind.BODY else Permission.AGREE_ON_SHARING


def with_reports(doubles: Iterable[DoubleReport]) -> list[DoubleReport]:
    """Double reports with their reports read for all together, without what they say: for telling of many at once."""
    held = list(doubles)
    rows = Submission.objects.standing().filter(
        template__in={one.pk for double in held for one in double.templates},
        period_start__in={double.period_start for double in held},
        facility__in={double.facility_id for double in held},
    )
    found: dict[Key, list[Submission]] = defaultdict(list)
    order = (F("counted_report").asc(nulls_last=True), "-submitted", "-pk")
    for row in rows.select_related("reporter", "reviewer", "dataset").order_by(*order):
        found[row.template_id, row.period_start, row.facility_id].append(row)
    for double in held:
        theirs = [found[one.pk, double.period_start, double.facility_id] for one in double.templates]
        if double.other_id is None:
            double.reports = sorted(theirs[0], key=lambda one: one.reporter.code)
        else:
            double.reports = two_bodies([rows[0] for rows in theirs if rows])
    return held


def counted_by_rule(template: ReportTemplate, period: Period, place: Place | None) -> int:
    """How many facilities and periods count by rule until they are settled, in a place or anywhere: a number, and no names."""
    with connection.cursor() as cursor:
        given = (template.pk, period.start, period.last_day, place.path if place else "")
        cursor.execute("SELECT counted_by_rule(%s, %s, %s, %s)", given)
        return int(cursor.fetchone()[0])
