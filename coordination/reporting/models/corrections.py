"""Correction requests: what is wrong in an approved report, who asked for a corrected one, what was decided, what became of it.

Once a published edition counts a report nothing but this changes it: a new revision beside the old one.
"""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import connection, models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.counted import CountedReport
from coordination.reporting.models.edition_inputs import EditionReport
from coordination.reporting.models.editions import Edition, EditionState
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Revision, Status, Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.readings import Difference, Document, differences
from coordination.reporting.rules.specification import CategorySpec, ElementSpec
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, Place, User
from directorates.permissions import Permission, rights_of


class CorrectionState(models.TextChoices):
    """How far a correction request is."""

    OPEN = "open", pgettext_lazy("correction", "Asked for")
    ACCEPTED = "accepted", pgettext_lazy("correction", "Accepted, being corrected")
    REFUSED = "refused", pgettext_lazy("correction", "Refused")
    WITHDRAWN = "withdrawn", pgettext_lazy("correction", "Withdrawn")
    DONE = "done", pgettext_lazy("correction", "Corrected")


# One of these at a time a report.
UNDER_WAY = (CorrectionState.OPEN, CorrectionState.ACCEPTED)


class CorrectionRequestQuerySet(models.QuerySet["CorrectionRequest"]):
    """Named queries over correction requests."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of reports that the person may read."""
        return self.filter(submission__in=Submission.objects.visible_to(user).order_by())

    def under_way(self) -> Self:
        """Those that are not decided, or accepted and not done."""
        return self.filter(state__in=UNDER_WAY)

    def to_decide(self, user: User) -> Self:
        """Those that wait for a person's decision: of reports that the person reviews, asked for by somebody else.

        Nor by anybody for whom the person stands in; `actions.corrections.may_decide` says the same of one.
        """
        rights, review = rights_of(user), Permission.REVIEW_REPORTS
        if not rights.holds(review):
            return self.none()
        scope = Submission.SCOPES[review]
        mine = Submission.objects.filter(rights.condition(review, scope), status=Status.APPROVED)
        rows = self.filter(state=CorrectionState.OPEN, submission__in=mine.order_by()).exclude(by=user.pk)
        away = rights.stood_in_for(review)
        if not away:
            return rows
        own = Submission.objects.filter(rights.own.condition(review, scope))
        return rows.exclude(~Q(submission__in=own.order_by()), by__in=away)

    def named(self) -> Self:
        """With what a row shows."""
        report = ("submission__facility__place", "submission__reporter", "submission__version")
        template = ("submission__template__programme",)
        people = ("by", "acting", "instead_of", "decided_by", "decided_acting", "ended_by", "revision", "corrected")
        rules = "submission__template__programme__week_rules"
        return self.select_related(*report, *template, *people).prefetch_related(rules)


class CorrectionRequest(models.Model):
    """One request that an approved report be corrected: of which revision, which items (none named: any), and why.

    What was asked never changes; a decision and an end are added once (`migrations/0047_guards_of_corrections.py`). Done, it names the
    corrected revision; a correction of that one is the next request.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="corrections")
    number = models.PositiveSmallIntegerField(_("number"))
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    reason = models.TextField(_("what is wrong, and why"))
    slots = ArrayField(models.CharField(max_length=20), default=list)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("asked"))
    state = models.CharField(_("state"), max_length=10, choices=CorrectionState, default=CorrectionState.OPEN)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_acting = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    answer = models.TextField(_("answer"), blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("ended"), null=True)
    corrected = models.OneToOneField(Revision, models.PROTECT, null=True, related_name="correction")

    objects = CorrectionRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("correction request")
        verbose_name_plural = _("correction requests")
        default_permissions = ()
        ordering = ["-at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "number"], name="one_correction_a_number"),
            models.UniqueConstraint(
                fields=["submission"],
                condition=Q(state__in=["open", "accepted"]),
                name="one_correction_under_way_a_report",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_correction_says_why"),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_acting=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_acting__isnull=False, decided_at__isnull=False),
                name="a_correction_is_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(ended_by=None, ended_at=None) | Q(ended_by__isnull=False, ended_at__isnull=False),
                name="a_correction_is_ended_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at=None, ended_at=None, corrected=None)
                | Q(state="accepted", decided_at__isnull=False, ended_at=None, corrected=None)
                | (Q(state="refused", decided_at__isnull=False, ended_at=None, corrected=None) & ~Q(answer=""))
                | Q(state="withdrawn", ended_at__isnull=False, corrected=None)
                | Q(state="done", decided_at__isnull=False, ended_at__isnull=False, corrected__isnull=False),
                name="a_corrections_state_and_its_deeds",
            ),
            models.CheckConstraint(condition=~Q(decided_by=F("by")), name="nobody_decides_their_own_correction"),
            models.CheckConstraint(condition=~Q(corrected=F("revision")), name="a_correction_is_another_revision"),
        ]

    def __str__(self) -> str:
        """Report and number."""
        return f"{self.submission_id} {self.number}"

    @property
    def look(self) -> str:
        """The name of its state among all states (`coordination/states.py`)."""
        return f"correction_{self.state}"

    @property
    def is_under_way(self) -> bool:
        """Whether it waits for a decision or for the corrected report."""
        return self.state in UNDER_WAY

    @cached_property
    def items(self) -> list[tuple[ElementSpec, CategorySpec | None]]:
        """The items that it names, as they are asked."""
        spec = specification_of(self.submission.version)
        found = []
        for element, (_code, category), slot in spec.questions():
            if slot in self.slots:
                found.append((element, next((one for one in element.categories if one.code == category), None)))
        return found

    @cached_property
    def changes(self) -> tuple[Difference, ...]:
        """Every value that the corrected revision gives otherwise; none before it is approved."""
        if self.corrected is None:
            return ()
        before, after = self.revision, self.corrected
        spec = specification_of(self.submission.version)
        return differences(spec, Document(before.doc, before.notes), Document(after.doc, after.notes))


@unwalled
def correction_needed(submissions: Collection[UUID]) -> set[UUID]:
    """Which of some reports only a correction request changes: a published edition counts them, or one was corrected before.

    An edition of which nobody kept what it counted (older than its inputs) is taken to count whatever counts of its period.
    """
    counted = EditionReport.objects.filter(submission__in=submissions, edition__state=EditionState.PUBLISHED)
    found = set(counted.values_list("submission", flat=True))
    done = CorrectionRequest.objects.filter(submission__in=submissions, state=CorrectionState.DONE)
    found |= set(done.values_list("submission", flat=True))
    older = Edition.objects.published().filter(
        inputs=None, template=models.OuterRef("template"), period_start=models.OuterRef("period_start")
    )
    rows = CountedReport.objects.filter(models.Exists(older), submission__in=set(submissions) - found)
    return found | set(rows.values_list("submission", flat=True))


def corrected_since(revisions: Iterable[int]) -> dict[int, datetime.datetime]:
    """Of some revisions those that correct an earlier one, and since when they count."""
    rows = CorrectionRequest.objects.filter(corrected__in=set(revisions), state=CorrectionState.DONE)
    return {corrected: at for corrected, at in rows.values_list("corrected", "ended_at") if corrected and at}


@dataclass(frozen=True)
class Corrected:
    """How many counted reports stand on a corrected revision, and when the last was corrected: a number, and no names."""

    reports: int
    last: datetime.datetime | None


def corrected_in(template: ReportTemplate, period: Period, place: Place | None) -> Corrected:
    """How many counted reports of a period and place stand on a corrected revision."""
    with connection.cursor() as cursor:
        given = (template.pk, period.start, period.last_day, place.path if place else "")
        cursor.execute("SELECT reports, since FROM corrected_reports(%s, %s, %s, %s)", given)
        reports, last = cursor.fetchone()
    return Corrected(int(reports), last)


def corrected_in_all(templates: Iterable[ReportTemplate], period: Period, place: Place | None) -> Corrected:
    """The same of several reports together."""
    found = [corrected_in(template, period, place) for template in templates]
    last = max((one.last for one in found if one.last is not None), default=None)
    return Corrected(sum(one.reports for one in found), last)


def of_report(submission: Submission, user: User | AnonymousUser) -> list[Any]:
    """The requests about a report that a person may read, the last first."""
    rows = CorrectionRequest.objects.visible_to(user).filter(submission=submission).named()
    return list(rows.order_by("-number"))
