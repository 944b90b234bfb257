"""The reports of one facility, period by period: what its page shows to those who may read them."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, ngettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models import ExpectedReport, ReportTemplate, Submission
from coordination.reporting.models.extensions import Key, key_of
from coordination.reporting.models.missing import MissingReason, Words, words_of
from coordination.reporting.models.submissions import Status
from coordination.reporting.rules.periods import (
    Language,
    Period,
    PeriodType,
    WeekRule,
    WeekRules,
    days_late,
    period_containing,
    period_name,
)
from coordination.reporting.views.figure_drawings import labels_of
from directorates.models import Organisation, User
from facilities.models import Facility

PERIODS = 12


@dataclass(frozen=True)
class Mark:
    """How one report stands: its look in the grid, its words, what stands in the cell, and the report where there is one."""

    look: str
    words: str | Promise
    icon: str = ""
    days: int | None = None
    submission: Submission | None = None


@dataclass(frozen=True)
class Grid:
    """The last periods of a template: their heads, and a line of marks a reporter."""

    template: ReportTemplate
    # Of each period its number, and the year where it begins; and its name in full.
    heads: list[tuple[tuple[str, str], str]]
    lines: list[tuple[Organisation, list[Mark]]]


NOT_EXPECTED = Mark("", _("not expected"))
MISSING = Mark("nodata", _("not received"))
STATES = {
    Status.DRAFT: Mark("", pgettext_lazy("report", "draft"), "edit"),
    Status.SUBMITTED: Mark("s1", pgettext_lazy("report", "waits for review"), "send"),
    Status.RETURNED: Mark("s1", pgettext_lazy("report", "sent back"), "back"),
}


def excused(words: Words) -> Mark:
    """A report that did not come, for a reason that excuses it."""
    reason = {"reason": MissingReason(words.reason).label}
    return Mark("excused", pgettext("report", "not received, excused: %(reason)s") % reason, "info")


def mark_of(
    submission: Submission | None, due: datetime.date | None, today: datetime.date, said: Words | None = None
) -> Mark:
    """How a report stands: what was sent, what is missing or excused, what is not due yet."""
    if submission is not None and submission.counting_id is None:
        held = STATES[Status(submission.status)]
        return Mark(held.look, held.words, held.icon, submission=submission)
    if submission is not None:
        sent = timezone.localdate(submission.first_submitted) if submission.first_submitted else submission.due
        if late := days_late(submission.due, sent):
            words = ngettext("approved, %(count)d day late", "approved, %(count)d days late", late) % {"count": late}
            return Mark("s2", words, days=late, submission=submission)
        return Mark("s4", _("approved, on time"), "check", submission=submission)
    if due is None:
        return NOT_EXPECTED
    if said is not None and said.excused:
        return excused(said)
    return MISSING if due < today else Mark("", _("due by %(day)s") % {"day": due.isoformat()}, "clock")


def week_rules(template: ReportTemplate) -> WeekRules:
    """How a template's programme numbers its weeks."""
    return tuple((rule.since, WeekRule(rule.rule)) for rule in template.programme.week_rules.all())


def last_periods(kind: PeriodType, today: datetime.date) -> list[Period]:
    """The last complete periods, the earliest first: time runs with reading."""
    found = [period_containing(today, kind).previous()]
    while len(found) < PERIODS:
        found.append(found[-1].previous())
    return found[::-1]


def _grid(
    template: ReportTemplate,
    expected: Sequence[ExpectedReport],
    submissions: Iterable[Submission],
    words: Mapping[Key, Words],
    today: datetime.date,
) -> Grid | None:
    """The grid of a template, None where its last periods hold nothing."""
    periods, rules = last_periods(PeriodType(template.period_type), today), week_rules(template)
    starts = {period.start for period in periods}
    due = {(row.reporter, row.period_start): row.due for row in expected if row.period_start in starts}
    said = {(row.reporter, row.period_start): words[key_of(row)] for row in expected if key_of(row) in words}
    sent = {(row.reporter, row.period_start): row for row in submissions if row.period_start in starts}
    reporters = sorted({key[0] for key in (*due, *sent)}, key=lambda organisation: organisation.code)
    if not reporters:
        return None
    language: Language = "en" if get_language() == "en" else "ar"
    names = (period_name(period, language, rules) for period in periods)
    heads = list(zip(labels_of(template, periods), names, strict=True))
    lines = []
    for one in reporters:
        keys = [(one, period.start) for period in periods]
        lines.append((one, [mark_of(sent.get(key), due.get(key), today, said.get(key)) for key in keys]))
    return Grid(template, heads, lines)


def grids(facility: Facility, user: User, today: datetime.date) -> list[Grid]:
    """The grids of a facility's templates, with the reports that the reader may see and nothing of others."""
    first = min(last_periods(kind, today)[0].start for kind in (PeriodType.MONTH, PeriodType.WEEK))
    related = ("template__programme", "reporter")
    recent = {"facility": facility, "period_start__gte": first}
    expected = list(ExpectedReport.objects.visible_to(user).filter(**recent).select_related(*related))
    submissions = list(Submission.objects.visible_to(user).filter(**recent).select_related(*related))
    templates = {row.template for row in expected} | {row.template for row in submissions}
    words, found = words_of(expected) if expected else {}, []
    for template in sorted(templates, key=lambda one: one.code):
        owed = [row for row in expected if row.template_id == template.pk]
        sent = [row for row in submissions if row.template_id == template.pk]
        if grid := _grid(template, owed, sent, words, today):
            found.append(grid)
    return found
