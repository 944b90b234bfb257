"""Saved views: what a person looks at on the page of figures, kept under a name. It holds filters, never a figure.

Whoever opens one reads figures by the own rights: a share gives no right, only the place to find it (`view_shares.py`).
"""

from dataclasses import dataclass
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.elements import Element
from coordination.reporting.models.figures import Borders, open_places
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.models.view_shares import shared_with, standing_owner
from coordination.reporting.rules.periods import Period, parse_period
from directorates.models import Organisation, Place, User


class Picture(models.TextChoices):
    """How a saved view shows its figures; a table stands behind each."""

    TREND = "trend", pgettext_lazy("saved view", "Bars over time")
    MAP = "map", pgettext_lazy("saved view", "Map of the governorates")
    TABLE = "table", pgettext_lazy("saved view", "Table by place")


BORDER_CHOICES = [(Borders.THEN.value, _("As then")), (Borders.NOW.value, _("As now"))]


@dataclass(frozen=True)
class Shows:
    """What a view shows, in one canonical form; without a period the last complete one, whenever it is opened."""

    template: ReportTemplate
    place: Place
    level: FigureLevel
    element: Element | None
    period: str
    borders: Borders
    picture: Picture

    @property
    def fields(self) -> dict[str, Any]:
        """The columns that hold it."""
        return {
            "template": self.template,
            "place": self.place,
            "level": int(self.level),
            "element": self.element,
            "period": self.period,
            "borders": self.borders.value,
            "picture": self.picture.value,
        }


class SavedViewQuerySet(models.QuerySet["SavedView"]):
    """Named queries over saved views."""

    def own(self, user: User | AnonymousUser) -> Self:
        """Those that a person keeps in the organisation acted for; whoever left it keeps nothing."""
        acting = user.acting_id if isinstance(user, User) else None
        return self.filter(owner=user.pk, organisation=acting, organisation__isnull=False)

    def shared_with(self, user: User | AnonymousUser) -> Self:
        """Those of others that a person finds: shared with the person, the organisation or everybody who may see them."""
        everybody = Q(shares__everybody=True, pk__in=SavedView.objects.open_to(user).order_by().values("pk"))
        found = SavedView.objects.filter(shared_with(user) | (Q(shares__withdrawn=None) & everybody), standing_owner())
        return self.filter(pk__in=found.values("pk")).exclude(pk__in=SavedView.objects.own(user).values("pk"))

    def open_to(self, user: User | AnonymousUser) -> Self:
        """Those whose report and place have figures that a person may see, whoever keeps them."""
        return self.filter(template__in=ReportTemplate.objects.with_figures_for(user), place__in=open_places(user))

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The person's own, and what is shared with the person."""
        rows = SavedView.objects
        return self.filter(Q(pk__in=rows.own(user).values("pk")) | Q(pk__in=rows.shared_with(user).values("pk")))

    def named(self) -> Self:
        """With everything that a row shows."""
        related = ("template__programme", "template__dataset__custodian", "place", "element", "owner", "organisation")
        return self.select_related(*related).prefetch_related("template__programme__week_rules")


class SavedView(models.Model):
    """A person's view of figures, kept as one organisation: name and note in the person's words, and what it shows."""

    owner = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("kept by"))
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))
    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True)
    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="+", verbose_name=_("report"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    level = models.PositiveSmallIntegerField(_("rows"), choices=FigureLevel)
    element = models.ForeignKey(Element, models.PROTECT, null=True, related_name="+", verbose_name=_("item"))
    # Empty: the last complete one, whenever it is opened.
    period = models.CharField(_("period"), max_length=12, blank=True)
    borders = models.CharField(_("jurisdictions"), max_length=4, choices=BORDER_CHOICES)
    picture = models.CharField(_("picture"), max_length=5, choices=Picture)
    at = models.DateTimeField(_("kept"))

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        default_permissions = ()
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["owner", "organisation", "name"], name="a_view_once_a_name"),
            models.CheckConstraint(condition=~Q(name=""), name="a_view_has_a_name"),
            models.CheckConstraint(condition=Q(level__in=[one.value for one in FigureLevel]), name="rows_of_a_view"),
            models.CheckConstraint(condition=Q(borders__in=["then", "now"]), name="borders_of_a_view"),
            models.CheckConstraint(condition=Q(picture__in=["trend", "map", "table"]), name="picture_of_a_view"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def kept_period(self) -> Period | None:
        """The period that it keeps; None where it always shows the last complete one."""
        return parse_period(self.period) if self.period else None

    @property
    def filters(self) -> dict[str, str]:
        """The filters of the page of figures that it keeps, as an address names them."""
        given = {
            "template": self.template.code,
            "period": self.period,
            "under": self.place.code,
            "level": FigureLevel(self.level).name.lower(),
            "element": self.element.code if self.element else "",
            "as": self.borders,
            "show": "value" if self.element else "completeness",
        }
        return {name: value for name, value in given.items() if value}
