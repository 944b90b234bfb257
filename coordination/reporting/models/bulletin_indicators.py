"""Indicators in a bulletin: the values that it shows, and the populations that they were divided by, frozen with it."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.bulletins import Bulletin, BulletinEdition
from coordination.reporting.models.editions import Edition, EditionFigure, EditionPlace
from coordination.reporting.models.indicators import Indicator, IndicatorVersion
from coordination.reporting.models.populations import Population, PopulationGroup
from coordination.reporting.rules.bulletin_indicators import (
    FormulaSaid,
    Operand,
    PeopleSaid,
    Told,
    ValueSaid,
    Worked,
    digest_of_indicators,
)
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.models import Place
from directorates.models.places import Level


class BulletinPopulation(models.Model):
    """How many people a source said live in a place in a year, as a bulletin divided by it; what it says later changes nothing here."""

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="populations")
    stated = models.ForeignKey(Population, models.PROTECT, related_name="in_bulletins")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    year = models.PositiveSmallIntegerField(_("year"))
    group = models.CharField(pgettext_lazy("population", "group"), max_length=24, choices=PopulationGroup)
    number = models.PositiveIntegerField(pgettext_lazy("population", "number"))
    source = models.CharField(pgettext_lazy("population", "source"), max_length=200)
    dated = models.DateField(_("date of the source"))

    class Meta:
        verbose_name = _("population in a bulletin")
        verbose_name_plural = _("populations in bulletins")
        default_permissions = ()
        constraints = [
            # Of several sources one counts.
            models.UniqueConstraint(fields=["bulletin", "place", "year", "group"], name="a_population_once_a_bulletin"),
            models.CheckConstraint(condition=~Q(source=""), name="a_population_in_a_bulletin_has_its_source"),
        ]

    def __str__(self) -> str:
        """Bulletin, place, year and group."""
        return f"{self.bulletin_id} {self.place_id} {self.year} {self.group}"


class BulletinValue(models.Model):
    """The value of an indicator in a bulletin, of a place and period, or every reason why there is none.

    It is worked out when the figures are made, of shown figures of the bulletin's editions alone, and never again. `people` holds the
    populations (`BulletinPopulation.stated`) whose sum it was divided by; `version` is the formula that held.
    """

    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="indicator_values")
    indicator = models.ForeignKey(Indicator, models.PROTECT, related_name="+", verbose_name=_("indicator"))
    version = models.ForeignKey(
        IndicatorVersion, models.PROTECT, null=True, related_name="+", verbose_name=_("version")
    )
    period_start = models.DateField(_("first day of the period"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("place"))
    value = models.DecimalField(max_digits=60, decimal_places=10, null=True)
    numerator = models.DecimalField(_("numerator"), max_digits=60, decimal_places=10, null=True)
    denominator = models.DecimalField(_("denominator"), max_digits=60, decimal_places=10, null=True)
    reasons = ArrayField(models.CharField(max_length=24), default=list)
    people = ArrayField(models.BigIntegerField(), default=list)

    class Meta:
        verbose_name = _("value of an indicator in a bulletin")
        verbose_name_plural = _("values of indicators in bulletins")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["bulletin", "indicator", "period_start", "place"], name="an_indicator_has_one_value_a_place"
            ),
            models.CheckConstraint(
                condition=Q(value__isnull=False, reasons__len=0) | Q(value=None, reasons__len__gte=1),
                name="a_value_or_why_there_is_none",
            ),
            models.CheckConstraint(condition=Q(version__isnull=False) | Q(value=None), name="a_value_has_its_formula"),
        ]

    def __str__(self) -> str:
        """Bulletin, indicator and place."""
        return f"{self.bulletin_id} {self.indicator_id} {self.place_id}"


def period_of(bulletin: Bulletin, start: datetime.date) -> Period:
    """The period of a bulletin's series that begins on a day."""
    return Period(PeriodType(bulletin.series.period_type), start)


def worked(version: IndicatorVersion) -> Worked:
    """A version as rules take it, its operands by their ids."""
    return Worked(
        version.formula,
        [Operand(one.cell, one.template_id, one.element_id, one.category_id or 0) for one in version.operands.all()],
    )


def indicators_in(bulletin: Bulletin) -> list[Indicator]:
    """The indicators of a bulletin's layout, with every version and what answers its operands."""
    asked = bulletin.parts.exclude(indicator=None).values("indicator")
    return list(Indicator.objects.filter(pk__in=asked).named().order_by("code"))


def unmade_indicators(bulletin: Bulletin) -> bool:
    """Whether the layout names an indicator that was not worked out with the figures."""
    made = bulletin.indicator_values.values("indicator")
    return bulletin.parts.exclude(indicator=None).exclude(indicator__in=made).exists()


def indicators_are_behind(bulletin: Bulletin) -> bool:
    """Whether a population or formula that a bulletin's indicators use was changed since its figures were made."""
    if bulletin.made is None or not bulletin.indicator_values.exists():
        return False
    used = bulletin.populations.values_list("year", "group").distinct()
    asked = Q(pk__in=())
    for year, group in used:
        asked |= Q(year=year, group=group)
    people = Population.objects.filter(asked, Q(at__gt=bulletin.made) | Q(taken_back_at__gt=bulletin.made))
    shown = bulletin.parts.exclude(indicator=None).values("indicator")
    return people.exists() or IndicatorVersion.objects.filter(indicator__in=shown, at__gt=bulletin.made).exists()


def taken_of(bulletin: Bulletin) -> list[BulletinEdition]:
    """The editions that a bulletin takes figures from."""
    return list(bulletin.editions.select_related("edition"))


def told_of(
    taken: Sequence[BulletinEdition], elements: Collection[int], again: Mapping[int, Told] | None = None
) -> dict[datetime.date, dict[int, Told]]:
    """What editions of a bulletin tell of some items, by period and report; of earlier periods of the country alone.

    `again` holds what was made again of some editions, by their ids: it is taken in the place of their rows.
    """
    own = {row.edition_id: row.edition for row in taken}
    behind = Edition.objects.in_bulk({pk for row in taken for pk in row.behind})
    wide = Q(edition__in=own) | Q(edition__in=behind, place__level=Level.COUNTRY)
    rows = EditionFigure.objects.filter(wide, element__in=elements)
    figures: dict[int, dict[Any, Any]] = defaultdict(dict)
    for number, value, *key in rows.values_list("edition", "value", "place", "element", "category"):
        figures[number][key[0], key[1], key[2] or 0] = value
    small = EditionPlace.objects.filter(
        edition__in=own, place__level=Level.SUBDISTRICT, expected__lt=F("edition__facilities")
    )
    few: dict[int, set[int]] = defaultdict(set)
    for number, place in small.values_list("edition", "place"):
        few[number].add(place)
    found: dict[datetime.date, dict[int, Told]] = defaultdict(dict)
    for pk, edition in (behind | own).items():
        told = Told(figures[pk], frozenset(few[pk]))
        found[edition.period_start][edition.template_id] = (again or {}).get(pk, told)
    return found


def elements_in(versions: Iterable[IndicatorVersion]) -> set[int]:
    """The items that some versions read."""
    return {one.element_id for version in versions for one in version.operands.all()}


def indicators_digest(bulletin: Bulletin) -> str:
    """The hash of all that a bulletin keeps of indicators; "" where it keeps none."""
    values = list(
        bulletin.indicator_values.select_related("indicator", "version__indicator", "place").prefetch_related(
            "version__operands__template", "version__operands__element", "version__operands__category"
        )
    )
    if not values:
        return ""
    people = {row.stated_id: row for row in bulletin.populations.select_related("place")}
    versions = {row.version_id: row.version for row in values if row.version}
    return digest_of_indicators(
        map(_formula_said, versions.values()),
        (_value_said(bulletin, row, people) for row in values),
        map(_people_said, people.values()),
    )


def _formula_said(version: IndicatorVersion) -> FormulaSaid:
    """A version as it is signed."""
    operands = sorted(
        (f"{element}.{group}" if group else element, one.template.code)
        for one in version.operands.all()
        for element, group in [one.cell]
    )
    return FormulaSaid(
        *(version.indicator.code, version.number, version.numerator, version.denominator, version.factor),
        *(version.decimals, version.unit_ar, version.unit_en, operands),
    )


def _people_said(row: BulletinPopulation) -> PeopleSaid:
    """A population as it is signed."""
    return PeopleSaid(row.place.code, row.year, row.group, row.number, row.source, row.dated)


def _value_said(bulletin: Bulletin, row: BulletinValue, people: Mapping[int, BulletinPopulation]) -> ValueSaid:
    """A value as it is signed; a population that it names and that is not there has no place."""
    held = [people.get(pk) for pk in row.people]
    return ValueSaid(
        indicator=row.indicator.code,
        version=row.version.number if row.version else None,
        period=period_of(bulletin, row.period_start).id,
        place=row.place.code,
        value=row.value,
        numerator=row.numerator,
        denominator=row.denominator,
        reasons=row.reasons,
        people=[(one.place.code, one.year, one.group) if one else ("", 0, "") for one in held],
    )
