"""What someone who reports or reviews has to do: to send, sent back, on its way, accepted; the reports to review."""

import datetime
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery

from coordination.reporting.models import Attachment, ExpectedReport, ReportTemplate, Submission, SubmissionEvent
from coordination.reporting.models.due import DueStatus, reports_due
from coordination.reporting.models.extensions import key_of
from coordination.reporting.models.missing import Words, not_received, with_reasons, words_of
from coordination.reporting.models.reviews import WEEK_RULES, named, waiting
from coordination.reporting.models.submissions import APPROVED, Status, What
from coordination.reporting.rules.counting import completeness
from coordination.reporting.rules.missing import Reason
from directorates.models import Organisation, User
from facilities.models import Facility

# How many lines a list of a home shows before it points to the whole.
LINES, FEW = 8, 5
SENT = (Status.SUBMITTED, Status.APPROVED)


@dataclass(frozen=True)
class Share:
    """How much of what was expected of a template and period is there."""

    template: ReportTemplate
    period_start: datetime.date
    part: int
    whole: int
    excused: int = 0

    @property
    def percent(self) -> float:
        """The share, from 0 to 100."""
        return float(completeness(self.whole, self.part) or 0) * 100

    @property
    def percent_unexcused(self) -> float | None:
        """The share of what nothing excuses; None where all is excused."""
        share = completeness(self.whole - self.excused, self.part)
        return None if share is None else float(share) * 100


def templates_for(user: User) -> list[ReportTemplate]:
    """The report templates with what naming their periods needs."""
    return _named(ReportTemplate.objects.visible_to(user))


def figures_for(user: User) -> list[ReportTemplate]:
    """Those of them whose figures a person may see."""
    return _named(ReportTemplate.objects.with_figures_for(user))


def _named(rows: QuerySet[ReportTemplate]) -> list[ReportTemplate]:
    return list(rows.select_related("programme").prefetch_related("programme__week_rules").order_by("code"))


class Reporter:
    """What an organisation that reports has to do."""

    def __init__(self, user: User, organisation: Organisation, today: datetime.date) -> None:
        """Keep who asks."""
        self.user, self.organisation, self.today = user, organisation, today

    @cached_property
    def _owed(self) -> QuerySet[Any]:
        return reports_due(self.user, self.today).filter(reporter=self.organisation)

    @cached_property
    def counts(self) -> dict[str, int]:
        """How many are to send, and how many of those are late without an excuse."""
        still = not_received(ExpectedReport.objects.visible_to(self.user).filter(reporter=self.organisation))
        back = Submission.objects.filter(
            template=OuterRef("template"), period_start=OuterRef("period_start"), facility=OuterRef("facility"),
            reporter=OuterRef("reporter"), status=Status.RETURNED,
        )  # fmt: skip
        late = Q(due__lt=self.today, ruling__in=("", Reason.NOT_EXCUSED))
        rows = with_reasons(still.exclude(Exists(back)))
        return rows.aggregate(to_send=Count("pk"), late=Count("pk", filter=late))

    @cached_property
    def to_send(self) -> list[ExpectedReport]:
        """What was not sent yet, the most overdue first."""
        rows = self._owed.filter(status__in=(DueStatus.DUE, DueStatus.OVERDUE, DueStatus.DRAFT))
        rows = rows.select_related("template__programme", "facility__place", "reporter").prefetch_related(WEEK_RULES)
        return list(rows[:LINES])

    @cached_property
    def to_send_words(self) -> list[tuple[ExpectedReport, Words]]:
        """The same, each with what is said of why it did not come."""
        words = words_of(self.to_send) if self.to_send else {}
        return [(row, words.get(key_of(row), Words())) for row in self.to_send]

    @cached_property
    def _sent(self) -> QuerySet[Submission]:
        return named(Submission.objects.visible_to(self.user).filter(reporter=self.organisation))

    @cached_property
    def came_back(self) -> list[Submission]:
        """What was sent back, with the reviewer's words, the longest waiting first."""
        last = SubmissionEvent.objects.filter(
            submission=OuterRef("pk"), what__in=(What.RETURNED, What.CORRECTING)
        ).order_by("-id")
        rows = self._sent.filter(status=Status.RETURNED).select_related("reviewer").annotate(
            reason=Subquery(last.values("note")[:1]), returned_at=Subquery(last.values("at")[:1])
        )  # fmt: skip
        return list(rows.order_by("returned_at", "pk"))

    @cached_property
    def on_its_way(self) -> list[Submission]:
        """What waits for review, the last sent first."""
        return list(self._sent.filter(status=Status.SUBMITTED).order_by("-submitted", "pk")[:FEW])

    @cached_property
    def waiting(self) -> int:
        """How many wait for review."""
        return self._sent.filter(status=Status.SUBMITTED).count()

    @cached_property
    def accepted(self) -> list[Share]:
        """Of the last periods: how many of the expected reports are approved."""
        approved = Submission.objects.filter(
            template=OuterRef("template"), period_start=OuterRef("period_start"), facility=OuterRef("facility"),
            reporter=OuterRef("reporter"),
        ).filter(APPROVED)  # fmt: skip
        first = self.today - datetime.timedelta(days=75)
        rows = ExpectedReport.objects.visible_to(self.user).filter(reporter=self.organisation, period_start__gte=first)
        counted = rows.values("template", "period_start").annotate(
            whole=Count("pk"), part=Count("pk", filter=Exists(approved))
        )
        templates = {row.pk: row for row in templates_for(self.user)}
        found: dict[int, list[Share]] = {}
        for row in counted.order_by("-period_start"):
            if row["template"] in templates:
                share = Share(templates[row["template"]], row["period_start"], row["part"], row["whole"])
                found.setdefault(row["template"], []).append(share)
        return [share for shares in found.values() for share in shares[:2]]

    @cached_property
    def facilities(self) -> list[Facility]:
        """The facilities that the organisation supports, each with the last report it sent about them."""
        return list(with_last_report(self._supported, self.organisation)[: LINES + 2])

    @cached_property
    def facility_count(self) -> int:
        """How many there are."""
        return self._supported.count()

    @cached_property
    def _supported(self) -> QuerySet[Facility]:
        return Facility.objects.visible_to(self.user).standing().supported_by(self.organisation, self.today)


def with_last_report(rows: QuerySet[Facility], reporter: Organisation) -> QuerySet[Facility]:
    """With place, and the moment at which the reporter last sent a report about each."""
    sent = Submission.objects.filter(facility=OuterRef("pk"), reporter=reporter, status__in=SENT).order_by("-submitted")
    return (
        rows.select_related("place__parent").annotate(last_sent=Subquery(sent.values("submitted")[:1])).order_by("code")
    )


class Reviewer:
    """What waits for someone who reviews."""

    def __init__(self, user: User) -> None:
        """Keep who asks."""
        self.user = user

    @cached_property
    def counts(self) -> dict[str, Any]:
        """How many wait, how many of them are marked, and since when the oldest does."""
        return waiting(self.user).aggregate(
            total=Count("pk"), to_read=Count("pk", filter=Q(marked=True)), oldest=Min("submitted")
        )

    @cached_property
    def held(self) -> int:
        """How many files under review the person may judge."""
        return Attachment.objects.to_judge(self.user).count()

    @property
    def clean(self) -> int:
        """How many pass every check."""
        return int(self.counts["total"] - self.counts["to_read"])

    @cached_property
    def marked(self) -> list[Submission]:
        """The first that are marked."""
        rows = named(waiting(self.user).filter(marked=True)).select_related("revision")
        return list(rows.defer("revision__doc", "revision__notes")[:FEW])
