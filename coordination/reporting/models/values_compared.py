"""What else is laid side by side as figures are: an item of published editions, and an indicator."""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.contested import around, contested_in
from coordination.reporting.models.corrections import corrected_in_all
from coordination.reporting.models.edition_values import PublishedValue, published_values, standing_editions
from coordination.reporting.models.editions import Edition
from coordination.reporting.models.elements import Element
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.figures_compared import Side
from coordination.reporting.models.indicator_values import (
    DrawnFrom,
    IndicatorValues,
    Question,
    Reading,
    indicator_values,
)
from coordination.reporting.models.indicators import Indicator, IndicatorVersion, drawn_in
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.indicators import Outcome
from coordination.reporting.rules.periods import Period
from directorates.models import Place, User
from policies.models import MandateDispute


@dataclass(frozen=True)
class AskingEditions:
    """An item as it was published, compared for a person; editions hold places by the borders of their period."""

    user: User
    template: ReportTemplate
    element: Element
    today: datetime.date
    borders: Borders = Borders.THEN

    @property
    def code(self) -> str:
        """The item's code."""
        return self.element.code

    @property
    def name(self) -> str:
        """The item."""
        return self.element.name

    def sides(self, places: Sequence[Place], periods: Sequence[Period]) -> list[Side]:
        """Each place in each period: hidden figures and periods that were not published have no number, and say so."""
        standing = standing_editions(self.user, self.template)
        editions = {period: standing[period.start] for period in periods if period.start in standing}
        found = published_values(self.user, self.template, self.element, places, editions)
        told = {
            (place, period): found.get((place.pk, period), PublishedValue(published=False))
            for place in places
            for period in periods
        }
        kept = Edition.objects.in_bulk(editions.values())
        disputes = {period: contested_in(self.user, kept[edition]) for period, edition in editions.items()}
        return [
            Side(place, period, value, value.covered, contested=around(disputes.get(period, ()), place))
            for (place, period), value in told.items()
        ]


@dataclass(frozen=True)
class IndicatorValue:
    """An indicator in a place and period, with the version by which it is computed."""

    outcome: Outcome
    version: IndicatorVersion | None

    @property
    def number(self) -> Decimal | None:
        """The value; None where it is not computable."""
        return self.outcome.value

    @property
    def least(self) -> bool:
        """A quotient of sums that are at least so much may be more or less: it is marked as uneven."""
        return False


@dataclass(frozen=True)
class AskingIndicator:
    """An indicator, compared for a person; `template` numbers its weeks, `reading` is what it is worked out of."""

    user: User
    indicator: Indicator
    template: ReportTemplate
    reading: Reading
    borders: Borders
    today: datetime.date

    @property
    def code(self) -> str:
        """The indicator's code."""
        return self.indicator.code

    @property
    def name(self) -> str:
        """The indicator."""
        return self.indicator.name

    def sides(self, places: Sequence[Place], periods: Sequence[Period]) -> list[Side]:
        """Each place in each period; a few queries a report for each level of places and each period."""
        values = {
            (level, period): self._read(FigureLevel(level), period)
            for level in dict.fromkeys(place.level for place in places)
            for period in periods
        }
        # One level's values say what all of them are worked out of.
        disputes = {period: values[places[0].level, period].contested(period) for period in periods}
        return [
            self._side(values[place.level, period], place, period, around(disputes[period], place))
            for place in places
            for period in periods
        ]

    def _read(self, level: FigureLevel, period: Period) -> IndicatorValues:
        """The values of a level in a period, with who says that a number is not known."""
        return indicator_values(
            Question(
                self.user,
                (period,),
                drawn_in(self.indicator, [period]),
                level,
                borders=self.borders,
                today=self.today,
                doubted=period,
                reading=self.reading,
            )
        )

    def _side(self, values: IndicatorValues, place: Place, period: Period, disputes: Sequence[MandateDispute]) -> Side:
        told, value = values.covered(place.pk, period), values.outcome(place.pk, period)
        version = self.indicator.version_of(period)
        return Side(
            place,
            period,
            IndicatorValue(value, version),
            sum((covered for _template, covered in told), start=Covered()) if told else None,
            contested=disputes,
            corrected=self._corrected(version, period, place),
        )

    def _corrected(self, version: IndicatorVersion | None, period: Period, place: Place) -> int:
        """How many of the counted reports that are open are corrected."""
        if version is None or self.reading.drawn_from is DrawnFrom.EDITIONS:
            return 0
        opened = [one for one in version.drawn.templates if one.pk in self.reading.opened]
        return corrected_in_all(opened, period, place).reports
