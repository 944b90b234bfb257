"""Hand-overs: a directorate gives sub-districts to another one from a day on, which takes them, some of them, or none."""

import datetime
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models.jurisdictions import JurisdictionDecision
from directorates.models.organisations import Organisation
from directorates.models.places import Place

# An offer that nobody answered so long after its day lapses: periods that ended since would change hands behind their reviewers.
ANSWERED_WITHIN = datetime.timedelta(days=31)


class HandoverState(models.TextChoices):
    """What became of a hand-over."""

    OPEN = "handover_open", pgettext_lazy("handover", "Waits for an answer")
    TAKEN = "handover_taken", pgettext_lazy("handover", "Taken over")
    PARTLY = "handover_partly", pgettext_lazy("handover", "Taken over in part")
    REFUSED = "handover_refused", pgettext_lazy("handover", "Refused")
    WITHDRAWN = "handover_withdrawn", pgettext_lazy("handover", "Withdrawn")
    LAPSED = "handover_lapsed", pgettext_lazy("handover", "Lapsed without an answer")


class HandoverQuerySet(models.QuerySet[Any]):
    """Named queries over hand-overs."""

    def open(self, day: datetime.date) -> Self:
        """Those that wait for an answer on a day."""
        return self.filter(answered=None, withdrawn=None, first__gte=day - ANSWERED_WITHIN)

    def lapsed(self, day: datetime.date) -> Self:
        """Those that nobody answered in time."""
        return self.filter(answered=None, withdrawn=None, first__lt=day - ANSWERED_WITHIN)

    def named(self) -> Self:
        """With the organisations and the sub-districts."""
        return self.select_related("giver", "taker", "offered_as").prefetch_related("parts__place")


class Handover(models.Model):
    """Sub-districts offered by one directorate to another from a day on, and the other one's answer.

    Who did it stands in the record. An answer is given once; what was handed over comes back by another hand-over.
    """

    giver = models.ForeignKey(
        Organisation, models.PROTECT, related_name="handovers_given", verbose_name=_("hands over")
    )
    taker = models.ForeignKey(
        Organisation, models.PROTECT, related_name="handovers_taken", verbose_name=_("takes over")
    )
    first = models.DateField(_("from the day"))
    reason = models.TextField(_("reason"))
    offered = models.DateTimeField(_("offered"))
    # The giver itself, or the body where the giver cannot speak.
    offered_as = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("offered by"))
    answered = models.DateTimeField(_("answered"), null=True)
    answer = models.TextField(_("why it was refused"), blank=True)
    withdrawn = models.DateTimeField(_("withdrawn"), null=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        default_permissions = ()
        ordering = ["-offered", "-pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(giver=F("taker")), name="handed_over_to_another"),
            models.CheckConstraint(condition=~Q(reason=""), name="a_handover_has_a_reason"),
            models.CheckConstraint(condition=Q(answered=None) | Q(withdrawn=None), name="answered_or_withdrawn"),
            models.CheckConstraint(condition=Q(answer="") | Q(answered__isnull=False), name="an_answer_has_its_moment"),
        ]

    def __str__(self) -> str:
        """Who hands over to whom, and from when."""
        return f"{self.giver} → {self.taker} {self.first}"

    def state(self, day: datetime.date) -> HandoverState:
        """What became of it by a day."""
        if self.withdrawn is not None:
            return HandoverState.WITHDRAWN
        if self.answered is None:
            return HandoverState.OPEN if day <= self.first + ANSWERED_WITHIN else HandoverState.LAPSED
        taken = {part.taken for part in self.parts.all()}
        if taken == {True}:
            return HandoverState.TAKEN
        return HandoverState.PARTLY if True in taken else HandoverState.REFUSED

    @property
    def status(self) -> str:
        """What became of it by today, as programs read it."""
        return self.state(timezone.localdate()).removeprefix("handover_")


class HandoverPart(models.Model):
    """One sub-district of a hand-over, whether it was taken over, and the decision on jurisdiction that came of it."""

    handover = models.ForeignKey(Handover, models.CASCADE, related_name="parts")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    taken = models.BooleanField(null=True)
    decision = models.OneToOneField(JurisdictionDecision, models.PROTECT, null=True, related_name="handed_over")

    class Meta:
        verbose_name = _("part of a hand-over")
        verbose_name_plural = _("parts of hand-overs")
        default_permissions = ()
        ordering = ["handover", "place__code"]
        constraints = [
            models.UniqueConstraint(fields=["handover", "place"], name="a_place_once_a_handover"),
            models.UniqueConstraint(fields=["place"], condition=Q(taken=None), name="a_place_offered_once_at_a_time"),
            models.CheckConstraint(
                condition=Q(taken=True, decision__isnull=False)
                | Q(taken=False, decision=None)
                | Q(taken__isnull=True, decision=None),
                name="what_was_taken_has_its_decision",
            ),
        ]

    def __str__(self) -> str:
        """The sub-district."""
        return str(self.place)
