"""Indicators: what is divided by what, in dated versions; which report answers each of their operands."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.elements import Category, Element
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules import indicators
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.indicators import FACTORS, MOST_DECIMALS, IndicatorFormula, formula_of
from coordination.reporting.rules.periods import Period
from directorates.models import Organisation, User
from directorates.models.naming import TwoNames, in_language
from directorates.permissions import open_to_members


class BetterWay(models.TextChoices):
    """Which way an indicator should go."""

    HIGHER = indicators.Better.HIGHER.value, pgettext_lazy("indicator", "Higher is better")
    LOWER = indicators.Better.LOWER.value, pgettext_lazy("indicator", "Lower is better")
    NEUTRAL = indicators.Better.NEUTRAL.value, pgettext_lazy("indicator", "Neither is better by itself")


class IndicatorQuerySet(models.QuerySet["Indicator"]):
    """Named queries over indicators."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All of them, for whoever has any role: how something is computed is no secret, its figures may be."""
        return open_to_members(user, self)

    def in_use(self) -> Self:
        """Those that were not retired."""
        return self.filter(retired_at=None)

    def named(self) -> Self:
        """With every version and what answers its operands."""
        parts = ("versions__operands__template__programme__week_rules", "versions__operands__template__dataset")
        beside = ("versions__operands__element", "versions__operands__category", "versions__acting")
        return self.prefetch_related(*parts, *beside)


class Indicator(TwoNames):
    """A rate or a mean that is worked out of figures, with how it is read; how it is computed stands in its versions."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    reading_ar = models.TextField(_("how it is read, in Arabic"), blank=True)
    reading_en = models.TextField(_("how it is read, in English"), blank=True)
    better = models.CharField(pgettext_lazy("indicator", "better"), max_length=8, choices=BetterWay)
    retired_at = models.DateTimeField(pgettext_lazy("indicator", "retired"), null=True)
    # Who did it stands in the record; here, for which organisation.
    retired_acting = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, verbose_name=_("retired by")
    )

    objects = IndicatorQuerySet.as_manager()

    class Meta:
        verbose_name = _("indicator")
        verbose_name_plural = _("indicators")
        default_permissions = ()
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(retired_at=None, retired_acting=None)
                | Q(retired_at__isnull=False, retired_acting__isnull=False),
                name="who_retired_an_indicator_and_when",
            )
        ]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name

    @property
    def reading(self) -> str:
        """How it is read, in the reader's language."""
        return in_language(self.reading_ar, self.reading_en)

    @property
    def formulas(self) -> "list[IndicatorVersion]":
        """Its versions, the last one first."""
        return sorted(self.versions.all(), key=lambda one: one.number, reverse=True)

    @property
    def last(self) -> "IndicatorVersion":
        """The version that was written last."""
        return self.formulas[0]

    def version_of(self, period: Period) -> "IndicatorVersion | None":
        """The version that holds in a period: the last written of those that hold from its first day or earlier on."""
        return next((one for one in self.formulas if one.since <= period.start), None)


class IndicatorVersion(models.Model):
    """How an indicator is computed for periods that begin on a day or later; never changed."""

    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    since = models.DateField(_("for periods from"))
    numerator = models.CharField(_("numerator"), max_length=500)
    denominator = models.CharField(_("denominator"), max_length=500)
    factor = models.PositiveIntegerField(_("multiplied by"))
    unit_ar = models.CharField(_("unit in Arabic"), max_length=60, blank=True)
    unit_en = models.CharField(_("unit in English"), max_length=60, blank=True)
    decimals = models.PositiveSmallIntegerField(_("decimals"))
    why = models.TextField(pgettext_lazy("indicator", "why it was changed"), blank=True)
    at = models.DateTimeField(_("written"))
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("written by"))

    class Meta:
        verbose_name = _("version of an indicator")
        verbose_name_plural = _("versions of indicators")
        default_permissions = ()
        ordering = ["indicator", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["indicator", "number"], name="a_version_of_an_indicator_once"),
            models.CheckConstraint(
                condition=Q(factor__in=FACTORS, decimals__lte=MOST_DECIMALS), name="an_indicator_that_can_be_shown"
            ),
        ]

    def __str__(self) -> str:
        """Indicator and number."""
        return f"{self.indicator_id} v{self.number}"

    @cached_property
    def formula(self) -> IndicatorFormula:
        """The same as rules take it."""
        return formula_of(self.numerator, self.denominator, self.factor)

    @property
    def unit(self) -> str:
        """The unit in the reader's language."""
        return in_language(self.unit_ar, self.unit_en)

    @property
    def drawn(self) -> "Drawn":
        """Its formula with the report of each operand."""
        return Drawn(self.formula, tuple((one.cell, one.template) for one in self.operands.all()), self.number)


class IndicatorOperand(models.Model):
    """Which report answers an operand of a version: so a formula never counts two reports of one facility."""

    version = models.ForeignKey(IndicatorVersion, models.PROTECT, related_name="operands")
    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="+")
    element = models.ForeignKey(Element, models.PROTECT, related_name="indicators")
    # None for the whole of the element.
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("operand of an indicator")
        verbose_name_plural = _("operands of indicators")
        default_permissions = ()
        ordering = ["version", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "element", "category"], nulls_distinct=False, name="an_operand_has_one_report"
            )
        ]

    def __str__(self) -> str:
        """Version and element."""
        return f"{self.version_id} {self.element_id}"

    @property
    def cell(self) -> Cell:
        """How the formula names it."""
        return self.element.code, self.category.code if self.category else None

    @property
    def name(self) -> str:
        """Element and category in the reader's language."""
        return f"{self.element.name}: {self.category.name}" if self.category else self.element.name


@dataclass(frozen=True)
class Drawn:
    """A formula with the report that answers each of its elements; `number` is its version, none where it is only tried."""

    formula: IndicatorFormula
    operands: tuple[tuple[Cell, ReportTemplate], ...]
    number: int | None = None

    @property
    def templates(self) -> list[ReportTemplate]:
        """The reports, by code."""
        found = {template.pk: template for _cell, template in self.operands}
        return sorted(found.values(), key=lambda one: one.code)


def drawn_in(indicator: Indicator, periods: Iterable[Period], number: int | None = None) -> dict[Period, Drawn]:
    """What holds in each period, or the version of a number in all: an old figure is computed again as it was."""
    asked = list(periods)
    if number is not None:
        chosen = next((one.drawn for one in indicator.formulas if one.number == number), None)
        return dict.fromkeys(asked, chosen) if chosen else {}
    held = {version.pk: version.drawn for version in indicator.formulas}
    found = {period: indicator.version_of(period) for period in asked}
    return {period: held[version.pk] for period, version in found.items() if version is not None}
