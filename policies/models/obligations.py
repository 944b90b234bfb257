"""Obligations: what a party owes by an agreement, until when, and all that was said about it."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.models.naming import in_language
from directorates.permissions import Columns, Permission, rights_of
from policies.models.agreements import Agreement
from policies.models.parties import Party


class ObligationState(models.TextChoices):
    """What became of an obligation."""

    OPEN = "obligation_open", pgettext_lazy("obligation", "Open")
    DONE = "obligation_done", pgettext_lazy("obligation", "Met")
    WAIVED = "obligation_waived", pgettext_lazy("obligation", "Waived")


# How one that is open looks once its day has passed.
OVERDUE = "obligation_overdue"


def _bound() -> Exists:
    """That an obligation is one of a party that signed and does not object to what was entered for it."""
    return Exists(
        Party.objects.counted().filter(agreement=OuterRef("agreement"), organisation=OuterRef("organisation"))
    )


class ObligationQuerySet(models.QuerySet[Any]):
    """Named queries over obligations."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the agreements that a person sees."""
        return self.filter(Exists(Agreement.objects.visible_to(user).filter(pk=OuterRef("agreement"))))

    def owed(self, day: datetime.date) -> Self:
        """Those of parties, by agreements that came into force and were not called off, begun by a day.

        Who never signed, or objects to what was entered for it, owes nothing.
        """
        return self.filter(_bound(), agreement__valid__startswith__lte=day, agreement__called_off=None)

    def asked(self, day: datetime.date) -> Self:
        """Those whose party stands on a day: what is over, or is owed by one that left, asks nobody any more."""
        parties = Party.objects.at(day).filter(agreement=OuterRef("agreement"), organisation=OuterRef("organisation"))
        return self.filter(Exists(parties))

    def with_state(self) -> Self:
        """With what was said last (`said_last`); nothing where nobody said anything."""
        last = ObligationEvent.objects.filter(obligation=OuterRef("pk")).order_by("-pk")
        return self.annotate(said_last=Subquery(last.values("state")[:1]))

    def said(self, state: str) -> Self:
        """Those of which a state was said last."""
        return self.with_state().filter(said_last=state)

    def open(self) -> Self:
        """Those that are neither met nor waived."""
        return self.with_state().filter(Q(said_last=None) | Q(said_last=ObligationState.OPEN))

    def overdue(self, day: datetime.date) -> Self:
        """Those that are open, and were due before a day."""
        return self.open().owed(day).filter(due__lt=day)

    def waiting_for(self, user: User | AnonymousUser, day: datetime.date) -> Self:
        """Those that the organisation acted for owes and that are due within a month, or overdue, the first due first."""
        own = rights_of(user).condition(Permission.MAKE_AGREEMENTS, self.model.SCOPES[Permission.MAKE_AGREEMENTS])
        soon = day + datetime.timedelta(days=30)
        return self.open().asked(day).filter(own, due__lte=soon).order_by("due", "pk")

    def due_first(self) -> Self:
        """The first due first; those without a day behind them."""
        return self.order_by(F("due").asc(nulls_last=True), "pk")

    def named(self) -> Self:
        """With everything that a row shows, and whether who is to owe it ever signed (`bound`)."""
        return self.select_related("agreement", "organisation").prefetch_related("events").annotate(bound=_bound())


class Obligation(models.Model):
    """Something that one party owes by an agreement. What all of them owe is one of these for each."""

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="obligations", verbose_name=_("agreement"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="obligations", verbose_name=pgettext_lazy("obligation", "owed by")
    )
    text_ar = models.TextField(_("text in Arabic"))
    text_en = models.TextField(_("text in English"))
    due: Any = models.DateField(_("due"), null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    at = models.DateTimeField(_("written"))

    objects = ObligationQuerySet.as_manager()
    # Of those that are `named()`.
    bound: bool

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.MAKE_AGREEMENTS: Columns(("organisation_id",))}

    class Meta:
        verbose_name = _("obligation")
        verbose_name_plural = _("obligations")
        default_permissions = ()
        ordering = ["agreement", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(text_ar="") & ~Q(text_en=""), name="an_obligation_is_written_in_both_languages"
            )
        ]

    def __str__(self) -> str:
        """What is owed, in the reader's language."""
        return self.text

    @property
    def text(self) -> str:
        """What is owed, in the reader's language."""
        return in_language(self.text_ar, self.text_en)

    @property
    def state(self) -> ObligationState:
        """What was said of it last."""
        last = max(self.events.all(), key=lambda one: one.pk, default=None)
        return ObligationState(last.state) if last else ObligationState.OPEN

    def is_overdue(self, day: datetime.date) -> bool:
        """Whether it is open and its day has passed, of one that is `named()`: who never signed is late with nothing."""
        return self.due is not None and self.due < day and self.bound and self.state is ObligationState.OPEN


class ObligationEvent(models.Model):
    """What was said of an obligation: met, waived or open again, with what shows it; appended, never changed."""

    obligation = models.ForeignKey(Obligation, models.PROTECT, related_name="events")
    state = models.CharField(_("state"), max_length=20, choices=ObligationState)
    evidence = models.TextField(_("evidence"))
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("said by"))
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("said"))

    class Meta:
        verbose_name = _("state of an obligation")
        verbose_name_plural = _("states of obligations")
        default_permissions = ()
        ordering = ["obligation", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(evidence=""), name="what_is_said_of_an_obligation_is_shown")]

    def __str__(self) -> str:
        """The state."""
        return str(ObligationState(self.state).label)
