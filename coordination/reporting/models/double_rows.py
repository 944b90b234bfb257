"""Double reports read many at once, as a number beside a figure, and by which right an arbiter of them is named."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.db import connection
from django.db.models import F, Value

from coordination.reporting.models.double_reports import DoubleReport, DoubleState, Key, Settlement
from coordination.reporting.models.double_sides import AmongEntries, one_a_body, two_bodies
from coordination.reporting.models.submissions import Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period
from directorates.models import Organisation, Place
from directorates.models.organisations import Kind
from directorates.permissions import Permission
from facilities.models.duplicates import entries_of


def naming_right(reviewer: Organisation) -> Permission:
    """By which right an arbiter is named, who will read: a directorate agrees on its data; what the body reviews it names for."""
    return Permission.REVIEW_REPORTS if reviewer.kind == Kind.BODY else Permission.AGREE_ON_SHARING


def with_reports(doubles: Iterable[DoubleReport]) -> list[DoubleReport]:
    """Double reports with their reports read for all together, without what they say: for telling of many at once."""
    held = list(doubles)
    facilities = {double.facility_id for double in held}
    entries = entries_of(facilities) if held else {}
    rows = Submission.objects.standing().filter(
        template__in={one.pk for double in held for one in double.templates},
        period_start__in={double.period_start for double in held},
        facility__in=facilities | entries.keys(),
    )
    found: dict[Key, list[Submission]] = defaultdict(list)
    order = (F("counted_report").asc(nulls_last=True), "-submitted", "-pk")
    for row in rows.select_related("reporter", "reviewer", "dataset").order_by(*order):
        found[row.template_id, row.period_start, entries.get(row.facility_id, row.facility_id)].append(row)
    for double in held:
        facility = entries.get(double.facility_id, double.facility_id)
        theirs = [found[one.pk, double.period_start, facility] for one in double.templates]
        if double.other_id is None:
            double.reports = one_a_body(theirs[0])
        else:
            double.reports = two_bodies([rows[0] for rows in theirs if rows])
    return held


def first_of(double: DoubleReport) -> int:
    """The double report that stands for its facility: itself, or another one's, where the entries of both were merged."""
    same = DoubleReport.objects.filter(
        AmongEntries("facility", Value(double.facility_id)),
        template=double.template_id,
        other=double.other_id,
        period_start=double.period_start,
    )
    return same.as_they_stand().values_list("pk", flat=True)[:1].get()


def otherwise_among(entries: Mapping[int, int]) -> list[int]:
    """The double reports about merged entries that stand otherwise than their reports say, or that another one stands for."""
    rows = DoubleReport.objects.filter(facility__in=entries).select_related(
        "template", "other", "settlement", "proposal"
    )
    found, first = list[int](), dict[tuple[object, ...], int]()
    for double in with_reports(rows.as_they_stand()):
        key = (double.template_id, double.other_id, double.period_start, entries[double.facility_id])
        if first.setdefault(key, double.pk) != double.pk:
            stands = double.state == DoubleState.OVER and double.settlement_id is None
        else:
            stands = _as_its_reports(double)
        found += [] if stands else [double.pk]
    return sorted(found)


def _as_its_reports(double: DoubleReport) -> bool:
    """Whether a double report stands as its reports say."""
    now = sorted(report.revision_id or 0 for report in double.reports)
    if len(now) < 2 or double.state == DoubleState.OVER:
        return len(now) < 2 and double.state == DoubleState.OVER
    settled = double.settlement if double.state == DoubleState.SETTLED else None
    said: list[Settlement] = [one for one in (settled, double.proposal) if one is not None]
    return all(sorted(one.revisions) == now for one in said)


def counted_by_rule(template: ReportTemplate, period: Period, place: Place | None) -> int:
    """How many facilities and periods count by rule until they are settled, in a place or anywhere: a number, and no names."""
    with connection.cursor() as cursor:
        given = (template.pk, period.start, period.last_day, place.path if place else "")
        cursor.execute("SELECT counted_by_rule(%s, %s, %s, %s)", given)
        return int(cursor.fetchone()[0])
