"""Embedded figures: what the custodian lets named web sites show of a published edition, to anybody, until a day.

An edition is for those who are entitled to it. So each embedded figure is a decision of its own, by an address that nobody
guesses; it shows what the edition shows, what is hidden there is hidden here, and no sub-district ever.
"""

import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.editions import Edition, EditionFigure, EditionPlace
from coordination.reporting.models.elements import Element
from coordination.reporting.models.errata import Erratum
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, Place, User
from directorates.models.places import Level
from directorates.permissions import Columns, Permission, scoped

MOST_SITES = 10


class EmbeddedState(models.TextChoices):
    """What an embedded figure is on a day."""

    SHOWN = "embedded_shown", pgettext_lazy("embedded figure", "Shown")
    ENDED = "embedded_ended", pgettext_lazy("embedded figure", "Its last day is past")
    REVOKED = "embedded_revoked", pgettext_lazy("embedded figure", "Revoked")


class EmbeddedFigureQuerySet(models.QuerySet["EmbeddedFigure"]):
    """Named queries over embedded figures."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of data of which the person publishes editions for the custodian."""
        return self.filter(scoped(user, Permission.PUBLISH_EDITIONS, self.model.SCOPES[Permission.PUBLISH_EDITIONS]))

    def named(self) -> Self:
        """With everything that a row and a figure show."""
        related = ("edition__template__programme", "edition__template__dataset__custodian", "edition__acting")
        return self.select_related(*related, "element", "acting").prefetch_related(
            "edition__template__programme__week_rules"
        )


class EmbeddedFigure(models.Model):
    """One item of an edition at one level, shown to anybody on some web sites from its making to its last day."""

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="embedded", verbose_name=_("edition"))
    element = models.ForeignKey(Element, models.PROTECT, related_name="+", verbose_name=_("item"))
    level = models.PositiveSmallIntegerField(_("rows"), choices=Level)
    sites = ArrayField(models.CharField(max_length=260), verbose_name=_("web sites"))
    token = models.CharField(max_length=43, unique=True, editable=False)
    until = models.DateField(_("last day"))
    at = models.DateTimeField(_("made"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("made by"))
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))
    revoked = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("revoked by"))

    objects = EmbeddedFigureQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.PUBLISH_EDITIONS: Columns(dataset="edition__template__dataset_id")
    }

    class Meta:
        verbose_name = _("embedded figure")
        verbose_name_plural = _("embedded figures")
        default_permissions = ()
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(level__lt=Level.SUBDISTRICT), name="no_subdistrict_is_embedded"),
            models.CheckConstraint(
                condition=Q(sites__len__gte=1, sites__len__lte=MOST_SITES), name="embedded_on_named_sites"
            ),
            models.CheckConstraint(condition=Q(until__gte=F("at__date")), name="an_embedded_figure_has_a_last_day"),
            models.CheckConstraint(
                condition=Q(revoked=None, revoked_by=None) | Q(revoked__isnull=False, revoked_by__isnull=False),
                name="who_revoked_and_when_stand_together",
            ),
        ]

    def __str__(self) -> str:
        """Edition and item; never the token."""
        return f"{self.edition_id} {self.element_id}"

    def state(self, day: datetime.date) -> EmbeddedState:
        """What it is on a day."""
        if self.revoked is not None:
            return EmbeddedState.REVOKED
        return EmbeddedState.SHOWN if day <= self.until else EmbeddedState.ENDED


@unwalled
def embedded_by(token: str) -> EmbeddedFigure | None:
    """The figure of a token, also for visitors; None where the token is nobody's."""
    return EmbeddedFigure.objects.named().filter(token=token).first()


@unwalled
def was_disputed(held: EmbeddedFigure) -> bool:
    """Whether the edition tells of a dispute over who leads what it is about."""
    return held.edition.disputes.exists()


@unwalled
def corrected_at(edition: Edition) -> datetime.datetime | None:
    """When another edition corrected one that was published; None while it stands."""
    return edition.corrections.published().values_list("at", flat=True).first()


@unwalled
def errata_of(edition: Edition) -> list[Erratum]:
    """What the custodian said since of an edition's figures, to every reader of it."""
    return list(edition.errata.published())


@unwalled
def rows_of(held: EmbeddedFigure) -> list[tuple[Place, EditionPlace | None, EditionFigure]]:
    """Its places with their coverage and their figure, in the order of their codes; a hidden one has no value.

    Where in any place fewer facilities were expected than the edition shows, the coverage of no place is told: with that of
    the place around, the others' would yield it.
    """
    rows = held.edition.figures.filter(element=held.element, category=None, place__level=held.level)
    figures = list(rows.select_related("place").order_by("place__code"))
    covered = {one.place_id: one for one in held.edition.places.filter(place__level=held.level)}
    if any(0 < one.expected < held.edition.facilities for one in covered.values()):
        covered = {}
    return [(one.place, covered.get(one.place_id), one) for one in figures]
