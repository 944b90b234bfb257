"""Seals: a directorate closes its data; one row that everything asks at every use."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models.organisations import Organisation
from directorates.models.people import User

# Of a seal `s`: it closes now. `DirectorateSealQuerySet.closing` says the same.
CLOSED = "s.since IS NOT NULL AND s.lifted IS NULL"


class SealState(models.TextChoices):
    """What became of a seal."""

    ASKED = "seal_asked", pgettext_lazy("seal", "waits for a second person")
    SEALED = "seal_sealed", pgettext_lazy("seal", "sealed")
    LIFTED = "seal_lifted", pgettext_lazy("seal", "lifted")
    WITHDRAWN = "seal_withdrawn", pgettext_lazy("seal", "taken back")


class DirectorateSealQuerySet(models.QuerySet["DirectorateSeal"]):
    """Named queries over seals."""

    def open(self) -> Self:
        """Those that are asked for or close."""
        return self.filter(lifted=None, withdrawn=None)

    def closing(self) -> Self:
        """Those that close now."""
        return self.filter(since__isnull=False, lifted=None)

    def named(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("organisation", "asked_as", "confirmed_as", "lift_asked_as", "lifted_as")


class DirectorateSeal(models.Model):
    """A directorate is closed: asked for by whom and as which organisation, confirmed by another, lifted by two again.

    It closes from `since` until `lifted`. Its own director closes it alone.
    """

    organisation = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("directorate"), related_name="seals")
    reason = models.TextField(_("reason"))
    asked = models.DateTimeField(_("asked for"))
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_as = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    since = models.DateTimeField(_("sealed"), null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_as = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    withdrawn = models.DateTimeField(_("withdrawn"), null=True)
    lift_reason = models.TextField(_("why it may be lifted"), blank=True)
    lift_asked = models.DateTimeField(null=True)
    lift_asked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lift_asked_as = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    lifted = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_as = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")

    objects = DirectorateSealQuerySet.as_manager()

    class Meta:
        verbose_name = _("seal of a directorate")
        verbose_name_plural = _("seals of directorates")
        ordering = ["-asked", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["organisation"], condition=Q(lifted=None, withdrawn=None), name="one_open_seal_a_directorate"
            ),
            models.CheckConstraint(
                condition=Q(since=None, confirmed_by=None, confirmed_as=None)
                | Q(since__isnull=False, confirmed_by=None, confirmed_as=None, asked_as=F("organisation"))
                | (
                    Q(since__isnull=False, confirmed_by__isnull=False, confirmed_as__isnull=False)
                    & ~Q(confirmed_by=F("asked_by"))
                    & ~Q(confirmed_as=F("asked_as"))
                ),
                name="sealed_by_its_director_or_by_two",
            ),
            models.CheckConstraint(
                condition=Q(lift_asked=None, lift_asked_by=None, lift_asked_as=None)
                | Q(
                    lift_asked__isnull=False,
                    lift_asked_by__isnull=False,
                    lift_asked_as__isnull=False,
                    since__isnull=False,
                ),
                name="lifting_is_asked_of_what_is_sealed",
            ),
            models.CheckConstraint(
                condition=Q(lifted=None, lifted_by=None, lifted_as=None)
                | (
                    Q(lifted__isnull=False, lifted_by__isnull=False, lifted_as__isnull=False, lift_asked__isnull=False)
                    & ~Q(lifted_by=F("lift_asked_by"))
                    & ~Q(lifted_as=F("lift_asked_as"))
                ),
                name="lifted_by_two_of_two",
            ),
            models.CheckConstraint(condition=Q(withdrawn=None) | Q(since=None), name="no_seal_withdrawn_that_closed"),
        ]

    def __str__(self) -> str:
        """Directorate and when it was asked for."""
        return f"{self.organisation} {self.asked:%Y-%m-%d}"

    @property
    def closes(self) -> bool:
        """Whether it closes now."""
        return self.since is not None and self.lifted is None

    @property
    def state(self) -> SealState:
        """What became of it."""
        if self.lifted is not None:
            return SealState.LIFTED
        if self.since is not None:
            return SealState.SEALED
        return SealState.ASKED if self.withdrawn is None else SealState.WITHDRAWN


def not_sealed(column: str) -> Q:
    """The condition that the organisation that a column names is not sealed now."""
    return ~Q(Exists(DirectorateSeal.objects.closing().filter(organisation=OuterRef(column))))


def sealed(organisations: Iterable[int]) -> set[int]:
    """Which of some organisations are sealed now; asked anew at every use, and never kept."""
    rows = DirectorateSeal.objects.closing().filter(organisation__in=list(organisations))
    return set(rows.values_list("organisation", flat=True))
