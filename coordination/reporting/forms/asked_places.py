"""What pages of places over periods ask alike in their addresses, of figures, of editions and of indicators.

What does not fit gives way to what does; a place that is not there, or not open, is a page that is not there.
"""

import datetime
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby
from typing import ClassVar

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import LEVELS, Borders, open_places
from coordination.reporting.models.figures_compared import Compares
from coordination.reporting.models.saved_views import Picture, Shows, ViewKind
from coordination.reporting.rules.periods import (
    FIRST_SHOWN_YEAR,
    Period,
    PeriodError,
    PeriodType,
    due_date,
    parse_period,
    period_containing,
)
from coordination.reporting.templatetags.figures import BY_LEVEL
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.foundation.reading import by_code
from directorates.models import Place, User
from directorates.models.places import Level, PlaceQuerySet
from directorates.permissions import Permission

BORDERS = (
    (Borders.THEN.value, _("As then: as it was in each period")),
    (Borders.NOW.value, _("As now: as it is today")),
)
# What a period of months can be gathered into.
LONGER = {PeriodType.MONTH: (PeriodType.QUARTER, PeriodType.YEAR), PeriodType.QUARTER: (PeriodType.YEAR,)}
Periods = list[tuple[str, list[tuple[str, str]]]]


class AskedPlaces(ABC):
    """A place, the rows below it, a period and borders, as an address asks for them and as they can be shown."""

    kind: ClassVar[ViewKind]

    def __init__(self, given: Mapping[str, str], user: User, today: datetime.date) -> None:
        """Keep what was given."""
        self.given, self.user, self.today = given, user, today

    @property
    @abstractmethod
    def words_of(self) -> ReportTemplate:
        """The report by whose rules weeks are numbered."""

    @property
    @abstractmethod
    def opens(self) -> ReportTemplate | None:
        """A report whose places are open to the reader; None where none is."""

    @property
    @abstractmethod
    def held(self) -> list[Period]:
        """The periods of which there is anything to tell, the last first."""

    @property
    @abstractmethod
    def name(self) -> str:
        """What is looked at, in the reader's language."""

    @property
    @abstractmethod
    def code(self) -> str:
        """Its code."""

    @abstractmethod
    def shows(self, picture: Picture, period: str) -> Shows:
        """What a kept view of it holds; an empty period is the last complete one."""

    @property
    @abstractmethod
    def compares(self) -> Compares | None:
        """The same, to be laid side by side; None where there is no item."""

    @property
    @abstractmethod
    def filters(self) -> dict[str, str]:
        """What the address would be that asks for just this."""

    @property
    def own_type(self) -> PeriodType:
        """The shortest periods in which it can be asked for."""
        return PeriodType(self.words_of.period_type)

    @property
    def longer(self) -> tuple[PeriodType, ...]:
        """Into what these can be gathered."""
        return LONGER.get(self.own_type, ())

    @property
    def due_days(self) -> int:
        """How many days after its last day a period is complete."""
        return self.words_of.due_days

    @property
    def from_figures(self) -> bool:
        """Whether figures of now are read, which know today's borders and directorates; else published editions are."""
        return True

    @property
    def permission(self) -> Permission:
        """By which right places are open."""
        return Permission.VIEW_FIGURES if self.from_figures else Permission.VIEW_EDITIONS

    @property
    def nothing(self) -> bool:
        """Whether there is nothing of it that the reader may see."""
        return self.opens is None or self.focus is None

    @cached_property
    def places(self) -> PlaceQuerySet:
        """The places that are open to the reader."""
        return open_places(self.user, self.opens, self.permission)

    @cached_property
    def focus(self) -> Place | None:
        """The place asked for, else the greatest that is open to the reader."""
        wanted = self.given.get("under")
        found = by_code(self.places.select_related("parent__parent__parent"), wanted) if wanted else None
        if wanted and found is None:
            raise Http404
        return found or self.places.order_by("level", "code").first()

    @property
    def levels(self) -> list[FigureLevel]:
        """The levels below the place in focus and, where they are known, directorates."""
        first = min(self.focus.level + 1, Level.SUBDISTRICT) if self.focus else Level.GOVERNORATE
        last = FigureLevel.DIRECTORATE if self.from_figures else FigureLevel.SUBDISTRICT
        return [level for level in FigureLevel if first <= level <= last]

    @cached_property
    def level(self) -> FigureLevel:
        """The level asked for, where it lies below the place; else the next one down."""
        found = LEVELS.get(self.given.get("level", ""))
        return found if found is not None and found in self.levels else self.levels[0]

    @property
    def borders(self) -> Borders:
        """By whose borders."""
        return Borders.NOW if self.from_figures and self.given.get("as") == Borders.NOW else Borders.THEN

    @cached_property
    def period(self) -> Period:
        """The period asked for, where it fits; else the last complete one."""
        try:
            wanted = parse_period(self.given.get("period"))
        except PeriodError:
            return self.last
        return wanted if self.fits(wanted) else self.last

    def fits(self, period: Period) -> bool:
        """Whether a period can be shown."""
        possible = period.start.year >= FIRST_SHOWN_YEAR and period.start <= self.today
        return possible and (period.type is self.own_type or period.type in self.longer)

    @property
    def last(self) -> Period:
        """The last period whose due date has passed: of those held or, without one, of all."""
        found = next((one for one in self.held if due_date(one, self.due_days) < self.today), None)
        if found is not None:
            return found
        found = period_containing(self.today, self.own_type).previous()
        while due_date(found, self.due_days) >= self.today:
            found = found.previous()
        return found

    def series(self, most: int) -> tuple[Period, ...]:
        """The periods up to the chosen one, which is the last; those before anything was told of are left out."""
        found, first = [self.period], min((period.start for period in self.held), default=self.period.start)
        while len(found) < most and found[-1].start > first:
            found.append(found[-1].previous())
        return tuple(found[::-1])

    @property
    def where(self) -> dict[str, str]:
        """Period, place, rows and borders, as an address names them."""
        given = {
            "period": self.period.id,
            "under": self.focus.code if self.focus else "",
            "level": self.level.name.lower(),
            "as": self.borders.value if self.from_figures else "",
        }
        return {name: value for name, value in given.items() if value}


def places_offered(asked: AskedPlaces) -> list[Place]:
    """The country, its governorates as far as they are open, and the way to the place in focus."""
    offered = {place.pk: place for place in asked.places.filter(level__lte=1).order_by("path")}
    place = asked.focus
    while place is not None and place.pk not in offered:
        offered[place.pk] = place
        place = place.parent
    return sorted(offered.values(), key=lambda one: one.path)


def periods_offered(asked: AskedPlaces) -> Periods:
    """By year, the last first: the year and its quarters where shorter periods make them up, then these."""
    found = dict.fromkeys([*asked.held, asked.period])
    for kind in asked.longer:
        longer = {period_containing(period.start, kind) for period in asked.held}
        found |= dict.fromkeys(period for period in longer if period.last_day < asked.today)
    order = sorted(found, key=lambda period: (period.last_day.year, period.type.value, period.start), reverse=True)
    return [
        (str(year), [(period.id, words_for_period(asked.words_of, period)) for period in periods])
        for year, periods in groupby(order, key=lambda period: period.last_day.year)
    ]


class PlacesFilter(forms.Form):
    """Every filter in the address, offering what else could be shown."""

    period = forms.ChoiceField(label=_("Period"))
    under = forms.ChoiceField(label=_("Place"))
    level = forms.ChoiceField(label=_("Rows"))

    def __init__(
        self, asked: AskedPlaces, given: Mapping[str, str], offered: Mapping[str, Sequence[tuple[str, str]]]
    ) -> None:
        """The fields with what was settled."""
        super().__init__({**asked.where, **given})
        if asked.from_figures:
            self.fields["as"] = forms.ChoiceField(label=_("Jurisdictions"), choices=BORDERS)
        choices: dict[str, Iterable[object]] = {
            "period": periods_offered(asked),
            "under": [(place.code, place.name) for place in places_offered(asked)],
            "level": [(level.name.lower(), BY_LEVEL[level]) for level in asked.levels],
            **offered,
        }
        for name, choice in choices.items():
            self.fields[name].choices = choice  # type: ignore[attr-defined]
