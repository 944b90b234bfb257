"""Saved views: what a person looks at, kept under a name: figures, published editions or an indicator. Filters, never a figure.

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
from coordination.reporting.models.indicators import Indicator
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.models.view_shares import Kept, KeptQuerySet
from coordination.reporting.rules.periods import Period, parse_period
from directorates.models import Place, User
from directorates.permissions import Permission, rights_of


class ViewKind(models.TextChoices):
    """What a saved view looks at; the reports of an indicator are named by its formula."""

    FIGURES = "figures", pgettext_lazy("saved view", "Figures")
    EDITIONS = "editions", pgettext_lazy("saved view", "Published editions")
    INDICATOR = "indicator", pgettext_lazy("saved view", "Indicator")


class Picture(models.TextChoices):
    """How a saved view shows its figures; a table stands behind each."""

    TREND = "trend", pgettext_lazy("saved view", "Bars over time")
    MAP = "map", pgettext_lazy("saved view", "Map of the governorates")
    TABLE = "table", pgettext_lazy("saved view", "Table by place")


BORDER_CHOICES = [(Borders.THEN.value, _("As then")), (Borders.NOW.value, _("As now"))]


@dataclass(frozen=True)
class Shows:
    """What a view shows, in one canonical form; without a period the last complete one, whenever it is opened."""

    template: ReportTemplate | None
    place: Place
    level: FigureLevel
    element: Element | None
    period: str
    borders: Borders
    picture: Picture
    kind: ViewKind = ViewKind.FIGURES
    indicator: Indicator | None = None

    @property
    def fields(self) -> dict[str, Any]:
        """The columns that hold it."""
        return {
            "kind": self.kind.value,
            "indicator": self.indicator,
            "template": self.template,
            "place": self.place,
            "level": int(self.level),
            "element": self.element,
            "period": self.period,
            "borders": self.borders.value,
            "picture": self.picture.value,
        }


class SavedViewQuerySet(KeptQuerySet["SavedView"]):
    """Named queries over saved views."""

    def open_to(self, user: User | AnonymousUser) -> Self:
        """Those of which a person may see figures, or editions, of the place and of the report or one of the indicator's."""
        figures, editions = _figures_for(user), _published_for(user)
        drawn = Q(kind=ViewKind.INDICATOR)
        return self.filter(
            Q(figures["template"], figures["place"], kind=ViewKind.FIGURES)
            | Q(editions["template"], editions["place"], kind=ViewKind.EDITIONS)
            | (drawn & figures["indicator"] & figures["place"])
            | (drawn & editions["indicator"] & editions["place"])
        )

    def named(self) -> Self:
        """With everything that a row shows."""
        of_report = ("template__programme", "template__dataset__custodian", "element", "indicator")
        related = (*of_report, "place", "owner", "organisation")
        return self.select_related(*related).prefetch_related("template__programme__week_rules")


class SavedView(Kept):
    """A person's view of figures, kept as one organisation: name and note in the person's words, and what it shows."""

    kind = models.CharField(_("of what"), max_length=9, choices=ViewKind, default=ViewKind.FIGURES)
    # An indicator's reports are those of its formula.
    template = models.ForeignKey(ReportTemplate, models.PROTECT, null=True, related_name="+", verbose_name=_("report"))
    indicator = models.ForeignKey(Indicator, models.PROTECT, null=True, related_name="+", verbose_name=_("indicator"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    level = models.PositiveSmallIntegerField(_("rows"), choices=FigureLevel)
    element = models.ForeignKey(Element, models.PROTECT, null=True, related_name="+", verbose_name=_("item"))
    # Empty: the last complete one, whenever it is opened.
    period = models.CharField(_("period"), max_length=12, blank=True)
    borders = models.CharField(_("jurisdictions"), max_length=4, choices=BORDER_CHOICES)
    picture = models.CharField(_("picture"), max_length=5, choices=Picture)

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
            models.CheckConstraint(
                condition=Q(kind="figures", template__isnull=False, indicator=None)
                # Editions hold items of places, by the borders of their period.
                | Q(
                    kind="editions",
                    template__isnull=False,
                    indicator=None,
                    element__isnull=False,
                    level__lt=FigureLevel.DIRECTORATE.value,
                    borders="then",
                )
                | Q(kind="indicator", template=None, element=None, indicator__isnull=False),
                name="a_view_is_of_one_thing",
            ),
        ]

    @property
    def kept_period(self) -> Period | None:
        """The period that it keeps; None where it always shows the last complete one."""
        return parse_period(self.period) if self.period else None

    @property
    def filters(self) -> dict[str, str]:
        """The filters that it keeps, as the addresses of the pages of what it looks at name them."""
        of_figures = self.kind == ViewKind.FIGURES
        given = {
            "template": self.template.code if self.template else "",
            "indicator": self.indicator.code if self.indicator else "",
            "period": self.period,
            "under": self.place.code,
            "level": FigureLevel(self.level).name.lower(),
            "element": self.element.code if self.element else "",
            "as": "" if self.kind == ViewKind.EDITIONS else self.borders,
            "show": ("value" if self.element else "completeness") if of_figures else "",
        }
        return {name: value for name, value in given.items() if value}


def _figures_for(user: User | AnonymousUser) -> dict[str, Q]:
    """By their report, an indicator's reports, and their place: the views whose figures are open."""
    return _conditions(ReportTemplate.objects.with_figures_for(user), open_places(user))


def _published_for(user: User | AnonymousUser) -> dict[str, Q]:
    """The same of published editions."""
    templates = ReportTemplate.objects.visible_to(user).filter(rights_of(user).datasets(Permission.VIEW_EDITIONS))
    return _conditions(templates, open_places(user, None, Permission.VIEW_EDITIONS))


def _conditions(templates: models.QuerySet[ReportTemplate], places: models.QuerySet[Place]) -> dict[str, Q]:
    keys = templates.order_by().values("pk")
    drawing = Indicator.objects.filter(versions__operands__template__in=keys).order_by()
    return {
        "template": Q(template__in=keys),
        "indicator": Q(indicator__in=drawing.values("pk")),
        "place": Q(place__in=places.order_by().values("pk")),
    }
