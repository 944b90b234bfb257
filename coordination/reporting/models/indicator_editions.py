"""What published editions of one report give to an indicator: shown figures only, and where one is hidden there is no value.

An indicator is worked out of numbers that the same reader can read in the editions, so it tells nothing that they hide.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from django.contrib.auth.models import AnonymousUser
from django.db.models import F

from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.editions import Edition, EditionFigure, EditionPlace
from coordination.reporting.models.figures import open_places
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.figures import Covered, Formula, Sums
from coordination.reporting.rules.indicators import Part, Reason
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.specification import OverPlace, OverTime
from directorates.models import Organisation, Place, User
from directorates.models.places import Level
from directorates.permissions import Permission

# A figure in an edition: the day on which its period begins, the place, element and category.
Key = tuple[datetime.date, int, str, str | None]


@dataclass
class FromEditions:
    """What editions of one report show: numbers, and what is hidden there."""

    holders: Mapping[int, Place | Organisation | None]
    starts: Mapping[Period, list[datetime.date]]
    published: frozenset[datetime.date] = frozenset()
    formulas: Mapping[str, Formula] = field(default_factory=dict)
    # None is hidden.
    shown: dict[Key, Decimal | None] = field(default_factory=dict)
    # Sub-districts of so few facilities that each would be told: not shown in an edition at all.
    few: frozenset[tuple[datetime.date, int]] = frozenset()
    told: dict[tuple[datetime.date, int], Covered] = field(default_factory=dict)
    # The periods in which anybody in the country answers an element.
    answered: dict[str, set[datetime.date]] = field(default_factory=dict)

    def part(self, holder: int, cell: Cell, period: Period) -> Part:
        """An operand by its formula over time, of numbers that are shown; hidden where one of them is."""
        starts = self.starts.get(period)
        formula = self.formulas.get(cell[0])
        if starts is None or holder not in self.holders or not self.published.issuperset(starts) or formula is None:
            return Part(reason=self._why_not(holder, starts))
        answered = sorted(self.answered.get(cell[0], ()))
        behind = formula.behind(starts, answered)
        held = {day: self.shown[day, holder, *cell] for day in behind if (day, holder, *cell) in self.shown}
        if any(number is None for number in held.values()) or any((day, holder) in self.few for day in behind):
            return Part(reason=Reason.HIDDEN)
        # How many reports answer is not published; what is published was answered.
        sums = {day: Sums(number, 1) for day, number in held.items()}
        number = formula.of_periods(sums, starts, answered)
        told = {day: int(day in held) for day in behind}
        return Part(number, Reason.NOT_REPORTED if number is None else None, by_period=told)

    def _why_not(self, holder: int, starts: Sequence[datetime.date] | None) -> Reason:
        """Why there is nothing to work with."""
        if starts is None:
            return Reason.WRONG_PERIOD
        if holder not in self.holders:
            return Reason.NOT_OPEN
        return Reason.NOT_REPORTED if self.published.issuperset(starts) else Reason.NOT_PUBLISHED

    def covered(self, holder: int, period: Period) -> Covered | None:
        """Expected and received, as far as editions tell it: not of sub-districts."""
        found = [self.told.get((day, holder)) for day in self.starts.get(period, ())]
        if not found or any(one is None for one in found):
            return None
        return sum((one for one in found if one is not None), Covered())

    def present(self) -> Collection[int]:
        """The places that an edition tells of."""
        return {place for _day, place, _element, _category in self.shown} & self.holders.keys()


def from_editions(
    user: User | AnonymousUser,
    template: ReportTemplate,
    starts: Mapping[Period, list[datetime.date]],
    elements: Collection[str],
    level: FigureLevel,
    under: Place | None,
) -> FromEditions:
    """What the editions of a report that a person may see give to some elements, at a level of places."""
    days = {day for parts in starts.values() for day in parts}
    editions = Edition.objects.visible_to(user).current().filter(template=template, period_start__in=days)
    published = dict(editions.values_list("pk", "period_start"))
    places = open_places(user, template, Permission.VIEW_EDITIONS)
    if under is not None:
        places = places.under(under)
    # Editions hold places only: of directorates there is nothing to tell.
    rows = list(places.filter(level=level).order_by("code")) if level != FigureLevel.DIRECTORATE else []
    found = FromEditions({place.pk: place for place in rows}, starts, frozenset(published.values()))
    _take_figures(found, published, elements, [place.pk for place in rows])
    _take_places(found, published, [place.pk for place in rows])
    return found


def _take_figures(
    found: FromEditions, published: Mapping[int, datetime.date], elements: Collection[str], places: Sequence[int]
) -> None:
    """Read the shown and the hidden figures of some places, and in which periods the country answers."""
    figures = EditionFigure.objects.filter(edition__in=published, element__code__in=elements)
    formulas = figures.order_by().values_list("element__code", "element__over_time", "element__over_place").distinct()
    found.formulas = {code: Formula(OverTime(time), OverPlace(place)) for code, time, place in formulas}
    country = figures.filter(place__level=Level.COUNTRY, category=None)
    for code, edition in country.values_list("element__code", "edition"):
        found.answered.setdefault(code, set()).add(published[edition])
    values = figures.filter(place__in=places).values_list(
        "edition", "place", "element__code", "category__code", "value"
    )
    for edition, place, element, category, value in values:
        found.shown[published[edition], place, element, category] = value


def _take_places(found: FromEditions, published: Mapping[int, datetime.date], places: Sequence[int]) -> None:
    """Read how many reports stand behind, and which sub-districts have too few facilities to be shown."""
    rows = EditionPlace.objects.filter(edition__in=published, place__in=places)
    small = rows.filter(place__level=Level.SUBDISTRICT, expected__lt=F("edition__facilities"))
    found.few = frozenset((published[edition], place) for edition, place in small.values_list("edition", "place"))
    told = rows.filter(place__level__lt=Level.SUBDISTRICT)
    for edition, place, *counts in told.values_list("edition", "place", "expected", "received", "answered"):
        expected, received, answered = counts
        found.told[published[edition], place] = Covered(expected, received, 0, answered)
