"""Follow-ups: a question about one value of a report, and what both sides said about it until it was settled."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Revision, Status, Submission
from coordination.reporting.models.templates import TemplateVersion, VersionStatus
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.readings import Document, Said, said_under
from coordination.reporting.rules.specification import CategorySpec, ElementSpec, TemplateSpec
from directorates.models import Organisation, User
from directorates.permissions import Permission, may, scoped


class FollowUpState(models.TextChoices):
    """How far a follow-up is."""

    OPEN = "open", pgettext_lazy("follow-up", "Waits for an answer")
    ANSWERED = "answered", pgettext_lazy("follow-up", "Answered")
    CORRECTED = "corrected", pgettext_lazy("follow-up", "Settled: corrected")
    CONFIRMED = "confirmed", pgettext_lazy("follow-up", "Settled: the value is right")
    WITHDRAWN = "withdrawn", pgettext_lazy("follow-up", "Settled: taken back")


UNSETTLED = (FollowUpState.OPEN, FollowUpState.ANSWERED)
SETTLED = (FollowUpState.CORRECTED, FollowUpState.CONFIRMED, FollowUpState.WITHDRAWN)


class FollowUpQuerySet(models.QuerySet["FollowUp"]):
    """Named queries over follow-ups."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those about reports that the person may read."""
        return self.filter(Exists(Submission.objects.visible_to(user).filter(pk=OuterRef("submission"))))

    def unsettled(self) -> Self:
        """Those in which something is still to be said."""
        return self.filter(state__in=UNSETTLED)

    def waiting_for(self, user: User) -> Self:
        """Those that wait for a person: to be answered for the reporter, or to be settled for the organisation that asked."""
        waits = Q(pk__in=())
        if may(user, Permission.SUBMIT_REPORTS):
            mine = _reports_for(user, Permission.SUBMIT_REPORTS).filter(reporter=user.acting_id)
            waits |= Q(Exists(mine), state=FollowUpState.OPEN)
        if may(user, Permission.FOLLOW_UP_REPORTS):
            asked = _reports_for(user, Permission.FOLLOW_UP_REPORTS)
            waits |= Q(Exists(asked), state=FollowUpState.ANSWERED, acting=user.acting_id)
        return self.filter(waits)

    def named(self) -> Self:
        """With what naming each needs."""
        related = (
            "submission__template__programme",
            "submission__facility",
            "submission__reporter",
            "acting",
            "revision",
        )
        weeks = "submission__template__programme__week_rules"
        return self.select_related(*related, "submission__revision", "submission__kept_revision").prefetch_related(
            weeks
        )


def _reports_for(user: User, permission: Permission) -> models.QuerySet[Submission]:
    """The report of a follow-up if a person may do something with it, as a subquery."""
    return Submission.objects.filter(scoped(user, permission, Submission.SCOPES[permission]), pk=OuterRef("submission"))


class FollowUp(models.Model):
    """A question about one value of a report, from its reader's side to its reporter's; seen by all who see the report.

    `revision` is what was read when it was asked; `acting` is the organisation that asked and settles. Of one value one is
    open at a time. What was said stands in its words and never changes; this row says how far it is, each state with its moment.
    """

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="follow_ups", verbose_name=_("report"))
    slot = models.CharField(max_length=6)
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=FollowUpState, default=FollowUpState.OPEN)
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    opened = models.DateTimeField(pgettext_lazy("follow-up", "asked"))
    answered = models.DateTimeField(pgettext_lazy("follow-up", "answered"), null=True)
    settled = models.DateTimeField(pgettext_lazy("follow-up", "settled"), null=True)

    objects = FollowUpQuerySet.as_manager()

    class Meta:
        verbose_name = _("question about a value")
        verbose_name_plural = _("questions about values")
        default_permissions = ()
        ordering = ["-opened", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "slot"], condition=Q(state__in=UNSETTLED), name="one_open_follow_up_a_value"
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNSETTLED, settled=None) | Q(state__in=SETTLED, settled__isnull=False),
                name="a_settled_follow_up_has_its_moment",
            ),
            models.CheckConstraint(
                condition=~Q(state="answered") | Q(answered__isnull=False), name="an_answered_follow_up_has_its_moment"
            ),
        ]
        indexes = [models.Index(fields=["state"], condition=Q(state__in=UNSETTLED), name="follow_up_unsettled")]

    def __str__(self) -> str:
        """Report and slot."""
        return f"{self.submission_id} {self.slot}"

    @property
    def look(self) -> str:
        """The name of its state among all states (`coordination/states.py`)."""
        return f"follow_up_{self.state}"

    @property
    def waits(self) -> bool:
        """Whether something is still to be said."""
        return self.state in UNSETTLED

    @cached_property
    def spec(self) -> TemplateSpec:
        """What was asked; what was sent is of a published version, which is kept by its id."""
        return specification_of(TemplateVersion(pk=self.submission.version_id, status=VersionStatus.PUBLISHED))

    @cached_property
    def element(self) -> ElementSpec | None:
        """The item; None where the report follows a later version, which no longer asks it."""
        cell = self.spec.cell_of.get(self.slot)
        return self.spec.element(cell[0]) if cell else None

    @cached_property
    def category(self) -> CategorySpec | None:
        """The category of the item."""
        cell = self.spec.cell_of.get(self.slot)
        found = self.element.categories if self.element else ()
        return next((one for one in found if cell and one.code == cell[1]), None)

    def _said(self, revision: Revision | None) -> Said:
        if self.element is None or revision is None:
            return Said()
        return said_under(self.element, self.slot, Document(revision.doc, revision.notes))

    @cached_property
    def then(self) -> Said:
        """What the report answered when the question was asked."""
        return self._said(self.revision)

    @cached_property
    def now(self) -> Said:
        """What it answers as it stands."""
        report = self.submission
        # What nobody approved yet answers only what was asked about it.
        asked_of_it = self.revision_id == report.revision_id
        return self._said(report.revision if asked_of_it else report.standing_revision)

    @property
    def changed(self) -> bool:
        """Whether the value is another one by now."""
        return not self.now.same_as(self.then)


class FollowUpDeed(models.TextChoices):
    """What was said: by the side that asks, but for the answer."""

    ASKED = "asked", pgettext_lazy("follow-up", "Asked")
    ANSWERED = "answered", pgettext_lazy("follow-up word", "Answered")
    AGAIN = "again", pgettext_lazy("follow-up", "Asked again")
    CORRECTED = "corrected", pgettext_lazy("follow-up", "Settled: corrected")
    CONFIRMED = "confirmed", pgettext_lazy("follow-up", "Settled: the value is right")
    WITHDRAWN = "withdrawn", pgettext_lazy("follow-up", "Settled: taken back")


class FollowUpWord(models.Model):
    """Something that one side said about a value; appended, never changed."""

    follow_up = models.ForeignKey(FollowUp, models.PROTECT, related_name="words")
    kind = models.CharField(max_length=10, choices=FollowUpDeed)
    text = models.TextField(blank=True)
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("word about a value")
        verbose_name_plural = _("words about values")
        default_permissions = ()
        ordering = ["follow_up", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["corrected", "confirmed", "withdrawn"]) | ~Q(text=""),
                name="a_question_and_an_answer_have_words",
            ),
        ]

    def __str__(self) -> str:
        """What kind, and when."""
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"


def asked_about() -> Q:
    """The reports in which a question about a value is not settled."""
    return Q(Exists(FollowUp.objects.unsettled().filter(submission=OuterRef("pk"))))


class Questions:
    """The questions about the values of one report, as its page shows them beside these."""

    def __init__(self, submission: Submission, user: User) -> None:
        """Keep the report and its reader."""
        self.submission, self.user = submission, user

    @cached_property
    def all(self) -> Sequence[FollowUp]:
        """Those that wait first, the last asked first."""
        rows = FollowUp.objects.visible_to(self.user).filter(submission=self.submission.pk).named()
        return sorted(rows.order_by("-opened", "-pk"), key=lambda one: not one.waits)

    @cached_property
    def by_slot(self) -> dict[str, FollowUp]:
        """Of each value the one that waits or, where none does, the last."""
        return {one.slot: one for one in reversed(self.all)}

    def slot_of(self, element: ElementSpec, category: CategorySpec | None) -> str:
        """Where a value stands in the report's documents."""
        return self._slots.get((element.code, category.code if category else None), "")

    @cached_property
    def _slots(self) -> Mapping[Cell, str]:
        return specification_of(self.submission.version).slots

    @cached_property
    def asks(self) -> bool:
        """Whether the reader may ask."""
        sent = self.submission.status != Status.DRAFT
        return sent and may(self.user, Permission.FOLLOW_UP_REPORTS, self.submission)
