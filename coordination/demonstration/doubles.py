"""Facilities of the demonstration that two NGOs reported: one is settled, one proposed, one waits, one was not settled in time."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

from coordination.demonstration.people import Cast
from coordination.reporting.actions.double_reports import attend, escalate_double_reports
from coordination.reporting.actions.filing import FiledReport, submit_many
from coordination.reporting.actions.reviews import approve_many
from coordination.reporting.actions.settlements import Said, confirm_settlement, propose_settlement
from coordination.reporting.models import Assignment, DoubleReport, ReportTemplate, Submission
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Status
from coordination.reporting.rules.answers import Answer
from coordination.reporting.rules.periods import PeriodType, period_containing
from coordination.reporting.rules.settlements import Way
from coordination.reporting.rules.values import answers_of
from directorates.models import Organisation
from directorates.models.organisations import Kind
from facilities.actions.support import begin_support, end_support

ONE, OTHER, REVIEWER = "uossm", "sams", "idlib"
DAY = dt.timedelta(days=1)
# What the second NGO counted otherwise; no rule of the template bounds it from above.
COUNTED = ("consultations", "f_5p")
LATE = "تعدّ الجهتان المراجعين أنفسهم؛ الأكبر هو المسجَّل في سجل الاستقبال."
KEEPS = "سجل الاستقبال لدى هذه الجهة وحدها؛ أرقام الجهة الأخرى منقولة عنه."
AGREED = "لكل جهة جناح، ولا مريض مسجَّل عند الجهتين."


def report_twice(cast: Cast, now: dt.datetime) -> None:
    """Four facilities with a second report each, found by the portal; the first of them so long ago that those above were told."""
    reports = list(_reported(now))[:4]
    if not reports:
        return
    second, officer = Organisation.objects.get(code=OTHER), cast.reviewer(REVIEWER)
    for report in reports:
        support = begin_support(facility=report.facility, organisation=second, since=report.period_start, by=officer)
        end_support(support=support, last_day=report.period.last_day, by=officer)
    for moment, some in ((now - 20 * DAY, reports[:1]), (now - 2 * DAY, reports[1:])):
        _send(cast, some, second, moment)
        attend(at=moment, everything=True)
    _settle_older(cast, min(report.period_start for report in reports), now - 16 * DAY)
    escalate_double_reports(at=now)
    _settle(cast, reports[2:], now)


def _settle_older(cast: Cast, before: dt.date, at: dt.datetime) -> None:
    """What two NGOs reported of earlier periods is settled: of each the report of whoever keeps the register of patients."""
    for number, double in enumerate(DoubleReport.objects.named().waiting().filter(period_start__lt=before)):
        sides = [report.reporter for report in double.reports]
        if len(sides) != 2 or any(side.kind != Kind.NGO for side in sides):
            continue
        said = Said(Way.TAKE, KEEPS, taken=sides[number % 2])
        made = propose_settlement(double=double, said=said, by=cast.reporter(sides[0].code), at=at)
        confirm_settlement(double=double, settlement=made, by=cast.reporter(sides[1].code), at=at + DAY)


def _reported(now: dt.datetime) -> "Sequence[Submission]":
    """Approved reports of one NGO about the month before last, of facilities that report monthly alone."""
    template = ReportTemplate.objects.get(code="services-monthly")
    month = period_containing(now.date(), PeriodType.MONTH).previous().previous()
    weekly = Assignment.objects.exclude(template=template).values("facility")
    rows = Submission.objects.filter(template=template, period_start=month.start, status=Status.APPROVED)
    rows = rows.filter(reporter__code=ONE, reviewer__code=REVIEWER).exclude(facility__in=weekly)
    known = (
        DoubleReport.objects.of_one_template().filter(template=template, period_start=month.start).values("facility")
    )
    related = ("template", "facility__place", "revision", "version")
    return list(rows.exclude(facility__in=known).select_related(*related).order_by("facility__code"))


def _send(cast: Cast, reports: Sequence[Submission], reporter: Organisation, at: dt.datetime) -> None:
    """The second report about each, a little otherwise, and approved."""
    filed = [FiledReport(one.template, one.facility, one.period, reporter, _otherwise(one), at) for one in reports]
    if filed:
        made = submit_many(by=cast.reporter(OTHER), reports=filed, at=at)
        approve_many(by=cast.reviewer(REVIEWER), submissions=made, at=at)


def _otherwise(report: Submission) -> list[Answer]:
    """The answers of a report with another count of consultations."""
    if report.revision is None:
        return []
    answers = answers_of(specification_of(report.version), report.revision.doc, report.revision.notes)
    return [
        replace(one, value=int(str(one.value)) + 17) if (one.element, one.category) == COUNTED and one.value else one
        for one in answers
    ]


def _settle(cast: Cast, reports: Sequence[Submission], now: dt.datetime) -> None:
    """What is proposed of the first of these, and settled of the second."""
    for number, report in enumerate(reports):
        double = DoubleReport.objects.of_one_template().get(
            template=report.template, facility=report.facility, period_start=report.period_start
        )
        said = Said(Way.ADD, AGREED) if number else Said(Way.LARGER, LATE)
        made = propose_settlement(double=double, said=said, by=cast.reporter(ONE), at=now - DAY)
        if number:
            confirm_settlement(double=double, settlement=made, by=cast.reporter(OTHER), at=now - dt.timedelta(hours=5))
