"""How many people of a group live in a place in a year, as a source says; and what that gives for places and directorates."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders, Whose
from coordination.reporting.rules import indicators
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.populations import FIRST_YEAR, LAST_YEAR, MOST, Stated, counting, made_up, together
from directorates.models import Jurisdiction, Organisation, Place, User
from directorates.models.places import Level
from directorates.permissions import open_to_members


class PopulationGroup(models.TextChoices):
    """Of whom a population counts."""

    TOTAL = indicators.Group.TOTAL.value, pgettext_lazy("population", "All people")
    UNDER_ONE = indicators.Group.UNDER_ONE.value, pgettext_lazy("population", "Children under 1")
    UNDER_FIVE = indicators.Group.UNDER_FIVE.value, pgettext_lazy("population", "Children under 5")
    WOMEN = indicators.Group.WOMEN.value, pgettext_lazy("population", "Women of 15 to 49")
    BIRTHS = indicators.Group.BIRTHS.value, pgettext_lazy("population", "Births expected in the year")
    PREGNANCIES = indicators.Group.PREGNANCIES.value, pgettext_lazy("population", "Pregnancies expected in the year")


class PopulationQuerySet(models.QuerySet["Population"]):
    """Named queries over populations."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All of them, for whoever has any role: they are estimates of others, and no secret."""
        return open_to_members(user, self)

    def standing(self) -> Self:
        """Those that were not taken back."""
        return self.filter(taken_back_at=None)

    def named(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("place", "acting")


class Population(models.Model):
    """How many people of a group a source says live in a place in a year; never changed, but taken back where it was wrong."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="populations", verbose_name=_("place"))
    year = models.PositiveSmallIntegerField(_("year"))
    group = models.CharField(pgettext_lazy("population", "group"), max_length=24, choices=PopulationGroup)
    number = models.PositiveIntegerField(pgettext_lazy("population", "number"))
    source = models.CharField(pgettext_lazy("population", "source"), max_length=200)
    dated = models.DateField(_("date of the source"))
    at = models.DateTimeField(_("entered"))
    # Who did it stands in the record; here, for which organisation.
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    taken_back_at = models.DateTimeField(pgettext_lazy("population", "taken back"), null=True)
    taken_back_acting = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", null=True, verbose_name=_("taken back by")
    )

    objects = PopulationQuerySet.as_manager()

    class Meta:
        verbose_name = _("population")
        verbose_name_plural = _("populations")
        default_permissions = ()
        ordering = ["place__path", "-year", "group", "-dated", "-at", "-pk"]
        indexes = [models.Index(fields=["year", "group", "place"], name="population_of_a_year")]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "year", "group", "source", "dated"],
                condition=Q(taken_back_at=None),
                name="a_source_says_one_number",
            ),
            models.CheckConstraint(
                condition=Q(year__gte=FIRST_YEAR, year__lte=LAST_YEAR, number__lte=MOST),
                name="a_population_that_can_be",
            ),
            models.CheckConstraint(
                condition=Q(taken_back_at=None, taken_back_acting=None)
                | Q(taken_back_at__isnull=False, taken_back_acting__isnull=False),
                name="who_took_a_population_back_and_when",
            ),
            models.CheckConstraint(condition=~Q(source=""), name="a_population_has_its_source"),
        ]

    def __str__(self) -> str:
        """Place, year and group."""
        return f"{self.place_id} {self.year} {self.group}"

    @property
    def stated(self) -> Stated:
        """The same as rules take it."""
        return Stated(self.place_id, self.number, self.dated, self.at, self.pk)


@dataclass
class Populations:
    """The populations that indicators of some periods need, read once: every place's own, and the tree to add them up by."""

    whose: Whose
    # By year and group, what counts of each place.
    own: dict[tuple[int, str], dict[int, Stated]] = field(default_factory=lambda: defaultdict(dict))
    places: list[tuple[int, int, int | None, datetime.date | None, datetime.date | None]] = field(default_factory=list)
    _made_up: dict[tuple[int, str, datetime.date], dict[int, tuple[int, ...]]] = field(default_factory=dict)
    _held: dict[datetime.date, Mapping[int, int]] = field(default_factory=dict)

    def of(self, holder: int, group: str, period: Period) -> int | None:
        """How many live with a holder in the year in which a period ends; None where that is not known.

        By the borders of then, sub-districts count as they were on the period's last day; by today's, as they are today.
        """
        day, key = self._day(period), (period.last_day.year, group)
        known = self._places_made_up(*key, day)
        if self.whose.level != FigureLevel.DIRECTORATE:
            return self._number(key, known.get(holder))
        within = None if self.whose.within is None else set(self.whose.within)
        parts = [
            place
            for place, holds in self._holds(day).items()
            if holds == holder and (within is None or place in within)
        ]
        numbers = {place: number for place in parts if (number := self._number(key, known.get(place))) is not None}
        return together(parts, numbers)

    def behind(self, place: int, group: str, period: Period) -> list[Stated]:
        """The figures of sources that add up to the population of a place, its own or those of its parts; none where it is not known."""
        year = period.last_day.year
        return [
            self.own[year, group][one] for one in self._places_made_up(year, group, self._day(period)).get(place, ())
        ]

    def _number(self, key: tuple[int, str], parts: Collection[int] | None) -> int | None:
        """What some places' own figures make together."""
        return None if parts is None else sum(self.own[key][part].number for part in parts)

    def _day(self, period: Period) -> datetime.date:
        now = self.whose.borders is Borders.NOW and self.whose.today is not None
        return self.whose.today if now and self.whose.today else period.last_day

    def _holds(self, day: datetime.date) -> Mapping[int, int]:
        """By sub-district that is one on a day, the directorate that is competent for it."""
        if day not in self._held:
            standing = {pk for pk, *_rest in self._standing(day)}
            found = Jurisdiction.objects.competent_by_place(day)
            self._held[day] = {place: holder for place, holder in found.items() if place in standing}
        return self._held[day]

    def _standing(self, day: datetime.date) -> Sequence[tuple[int, int, int | None]]:
        """The places of a day: their ids, levels and what they lie in."""
        return [
            (pk, level, parent)
            for pk, level, parent, began, ended in self.places
            if (began is None or began <= day) and (ended is None or day < ended)
        ]

    def _places_made_up(self, year: int, group: str, day: datetime.date) -> dict[int, tuple[int, ...]]:
        key = year, group, day
        if key not in self._made_up:
            inside, tops = defaultdict[int, list[int]](list), []
            for pk, level, parent in self._standing(day):
                if level == Level.COUNTRY or parent is None:
                    tops.append(pk)
                else:
                    inside[parent].append(pk)
            self._made_up[key] = made_up(self.own[year, group], inside, tops)
        return self._made_up[key]


def read_populations(whose: Whose, periods: Collection[Period], groups: Collection[str]) -> Populations:
    """What indicators of some holders and periods need to know of who lives there; two queries, none without a group."""
    found = Populations(whose)
    if not groups:
        return found
    years = {period.last_day.year for period in periods}
    rows = Population.objects.standing().filter(year__in=years, group__in=groups)
    stated = defaultdict[tuple[int, str], list[Stated]](list)
    for row in rows:
        stated[row.year, row.group].append(row.stated)
    for key, held in stated.items():
        found.own[key] = counting(held)
    found.places = list(Place.objects.values_list("pk", "level", "parent", "began", "ended"))
    return found


def counting_ids(rows: Sequence[Population]) -> set[int]:
    """Which of some rows count, among all that sources say of the same places and years; one query."""
    held = Population.objects.standing().filter(
        place__in={row.place_id for row in rows}, year__in={row.year for row in rows}
    )
    found = defaultdict[tuple[int, str], list[Stated]](list)
    for row in held:
        found[row.year, row.group].append(row.stated)
    return {one.pk for stated in found.values() for one in counting(stated).values()}


def stated_of(place: Place, years: Collection[int], groups: Collection[str]) -> list[Population]:
    """What sources say of a place itself, the one that counts first; all of them, where they do not agree."""
    rows = Population.objects.standing().filter(place=place, year__in=years, group__in=groups).named()
    return list(rows.order_by("-year", "group", F("dated").desc(), "-at", "-pk"))
