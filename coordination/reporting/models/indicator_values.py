"""Indicators as they are read: of places or directorates by period, from figures or, for readers of editions, from those.

Exactly the rights of figures hold, for every report that an indicator draws on: where one of them is not open, in that
place, there is no value and the answer says so. Sums are added up over places and periods first, and then divided.
"""

import datetime
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Protocol

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q

from coordination.reporting.models.consolidation import FigureLevel, Touched
from coordination.reporting.models.contested import contested_across, contested_in, near
from coordination.reporting.models.editions import Edition
from coordination.reporting.models.figures import Borders, Figures, Whose, parts_of, read_figures, whose
from coordination.reporting.models.indicator_editions import from_editions
from coordination.reporting.models.indicators import Drawn
from coordination.reporting.models.measures import WHOLE, Measure, measures_between
from coordination.reporting.models.populations import Populations, read_populations
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.models.unknowns import unknowns
from coordination.reporting.rules.expressions import Cell
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.indicators import Outcome, Part, Reason
from coordination.reporting.rules.periods import Period, PeriodError
from directorates.models import Organisation, Place, User
from directorates.permissions import Permission, rights_of
from policies.models import MandateDispute

Holder = Place | Organisation | None


class DrawnFrom(StrEnum):
    """What indicators are worked out of for a reader."""

    FIGURES = "figures"
    EDITIONS = "editions"


@dataclass(frozen=True)
class Reading:
    """Of which reports an indicator is worked out for a reader, and whether of their figures or their editions."""

    drawn_from: DrawnFrom
    opened: frozenset[int]


@dataclass(frozen=True)
class Question:
    """Which values of an indicator are asked for: what holds in each of some periods (`drawn_in`), of whom, for whom."""

    user: User | AnonymousUser
    periods: tuple[Period, ...]
    drawn: Mapping[Period, Drawn]
    level: FigureLevel
    under: Place | None = None
    borders: Borders = Borders.THEN
    today: datetime.date | None = None
    # The period for which answers that say “not known” are looked for in the reports; that is dear.
    doubted: Period | None = None
    # Settled by whoever asks several times of one reader; else of the reports in question alone.
    reading: Reading | None = None


class Numbers(Protocol):
    """What one report gives to an indicator."""

    @property
    def holders(self) -> Mapping[int, Holder]:
        """Whose figures are open."""

    def part(self, holder: int, cell: Cell, period: Period) -> Part:
        """An operand of a holder in a period."""

    def covered(self, holder: int, period: Period) -> Covered | None:
        """Expected and received in a period; None where that is not told."""

    def present(self) -> Collection[int]:
        """The holders of whom there is anything to tell."""


@dataclass(frozen=True)
class Closed:
    """A report whose figures are not open to the reader."""

    holders: Mapping[int, Holder] = field(default_factory=dict)

    def part(self, holder: int, cell: Cell, period: Period) -> Part:
        """That it is not open."""
        return Part(reason=Reason.NOT_OPEN)

    def covered(self, holder: int, period: Period) -> Covered | None:
        """Nothing."""
        return None

    def present(self) -> Collection[int]:
        """Nobody."""
        return ()


@dataclass
class FromFigures:
    """What consolidation keeps of one report."""

    figures: Figures
    starts: Mapping[Period, list[datetime.date]]
    measures: Mapping[str, Measure]
    # Periods with marks that are not added up yet.
    waiting: Collection[datetime.date]
    doubted: Period | None
    unknown: Mapping[tuple[int, int], int]

    @property
    def holders(self) -> Mapping[int, Holder]:
        """Whose figures are open."""
        return self.figures.whose.holders

    def part(self, holder: int, cell: Cell, period: Period) -> Part:
        """An operand by its own two formulas."""
        starts, measure = self.starts.get(period), self.measures.get(cell[0])
        if starts is None:
            return Part(reason=Reason.WRONG_PERIOD)
        if holder not in self.holders:
            return Part(reason=Reason.NOT_OPEN)
        category = WHOLE if measure is None or cell[1] is None else measure.category(cell[1])
        if measure is None or category is None:
            return Part(reason=Reason.NOT_REPORTED)
        number = self.figures.value(holder, measure, starts, category)
        if number is None:
            late = any(start in self.waiting for start in starts)
            return Part(reason=Reason.NOT_CONSOLIDATED if late else Reason.NOT_REPORTED)
        least = period == self.doubted and (holder, measure.id) in self.unknown
        answers = self._answers(holder, measure, starts, category)
        return Part(number, None, sum(answers.values()), answers, least)

    def _answers(
        self, holder: int, measure: Measure, starts: Sequence[datetime.date], category: int
    ) -> dict[datetime.date, int]:
        """How many reports stand behind an operand, in each period that it is read from."""
        held = self.figures.sums.get(holder, {}).get((measure.id, category), {})
        answered = (self.figures.answered or {}).get(measure.id, list(held))
        days = measure.formula.behind(starts, answered)
        return {day: held[day].n if day in held else 0 for day in days}

    def covered(self, holder: int, period: Period) -> Covered | None:
        """Expected and received over the parts of a period."""
        return self.figures.coverage(holder, self.starts.get(period, ()))

    def present(self) -> Collection[int]:
        """The holders of whom there is anything to tell."""
        return self.figures.present()


@dataclass
class IndicatorValues:
    """The values of an indicator by holder and period, worked out as they are asked for."""

    asked: Question
    drawn_from: DrawnFrom
    numbers: Mapping[int, Numbers]
    populations: Populations

    @property
    def holders(self) -> dict[int, Holder]:
        """Whoever has anything to tell in one of the reports, in the order of their codes, and none last."""
        found: dict[int, Holder] = {}
        for one in self.numbers.values():
            present = set(one.present())
            found |= {key: holder for key, holder in one.holders.items() if key in present}
        return dict(sorted(found.items(), key=lambda one: (one[1] is None, one[1].code if one[1] else "")))

    def outcome(self, holder: int, period: Period) -> Outcome:
        """The indicator of a holder in a period, or why there is none."""
        drawn = self.asked.drawn.get(period)
        if drawn is None:
            return Outcome(reasons=(Reason.NO_FORMULA,))
        parts = {cell: self.numbers[template.pk].part(holder, cell, period) for cell, template in drawn.operands}
        for group in drawn.formula.groups:
            people = self.populations.of(holder, group.value, period)
            parts[group.operand, None] = Part(
                None if people is None else Decimal(people), Reason.NO_POPULATION if people is None else None
            )
        return drawn.formula.outcome(parts, period)

    def covered(self, holder: int, period: Period) -> list[tuple[ReportTemplate, Covered]]:
        """Expected and received of each report that the indicator draws on, as far as it is told."""
        drawn = self.asked.drawn.get(period)
        found = [(one, self.numbers[one.pk].covered(holder, period)) for one in (drawn.templates if drawn else ())]
        return [(template, covered) for template, covered in found if covered is not None]

    def contested(self, period: Period) -> list[MandateDispute]:
        """The disputes over who leads what its reports are about in a period, in or around the place that was asked for."""
        drawn, under = self.asked.drawn.get(period), self.asked.under
        templates = drawn.templates if drawn else []
        if self.drawn_from is DrawnFrom.FIGURES:
            return contested_across(self.asked.user, templates, period, under)
        days = {one.pk: _starts(one, [period]).get(period, []) for one in templates if one.function}
        told = [Q(template=pk, period_start__in=starts) for pk, starts in days.items() if starts]
        if not told:
            return []
        editions = Edition.objects.visible_to(self.asked.user).current().filter(reduce(or_, told))
        found = contested_in(self.asked.user, *editions)
        return [one for one in found if under is None or near(one.place.path, under.path)]


def indicator_values(asked: Question) -> IndicatorValues:
    """The values of an indicator; the same number of queries whatever there is to show, a few a report.

    This is what pages, files, programs and bulletins ask. `Problem`s there are none: what cannot be computed says why.
    """
    every = {id(one): one for one in asked.drawn.values()}.values()
    operands = [operand for one in every for operand in one.operands]
    templates = {template.pk: template for _cell, template in operands}
    elements = {pk: {cell[0] for cell, template in operands if template.pk == pk} for pk in templates}
    reading = asked.reading or reading_of(asked.user, templates)
    opened = reading.opened & templates.keys()
    groups = {group.value for one in every for group in one.formula.groups}
    numbers: dict[int, Numbers] = {pk: Closed() for pk in templates}
    ground = Whose(asked.level, {}, None, asked.borders, asked.today)
    if reading.drawn_from is DrawnFrom.EDITIONS:
        for pk in opened:
            starts = _starts(templates[pk], asked.periods)
            numbers[pk] = from_editions(asked.user, templates[pk], starts, elements[pk], asked.level, asked.under)
    else:
        owners = {
            pk: whose(asked.user, templates[pk], asked.level, asked.under, asked.borders, asked.today) for pk in opened
        }
        if len({_cut(one) for one in owners.values()}) == 1:
            ground = next(iter(owners.values()))
            numbers |= {pk: _from_figures(asked, templates[pk], one, elements[pk]) for pk, one in owners.items()}
    return IndicatorValues(asked, reading.drawn_from, numbers, read_populations(ground, asked.periods, groups))


def _cut(owners: Whose) -> frozenset[int] | None:
    """To which sub-districts directorates are cut: two parts of one indicator are of the same ground, or there is none."""
    return None if owners.within is None else frozenset(owners.within)


def reading_of(user: User | AnonymousUser, templates: Collection[int]) -> Reading:
    """From what a reader's indicators of some reports are worked out, and which of these are open: never from both at once."""
    rows, rights = ReportTemplate.objects.filter(pk__in=templates), rights_of(user)
    figures = frozenset(rows.with_figures_for(user).values_list("pk", flat=True))
    if len(figures) == len(set(templates)):
        return Reading(DrawnFrom.FIGURES, figures)
    published = rows.visible_to(user).filter(rights.datasets(Permission.VIEW_EDITIONS))
    editions = frozenset(published.values_list("pk", flat=True))
    if len(editions) >= len(figures):
        return Reading(DrawnFrom.EDITIONS, editions)
    return Reading(DrawnFrom.FIGURES, figures)


def _starts(template: ReportTemplate, periods: Sequence[Period]) -> dict[Period, list[datetime.date]]:
    """The parts of each period, as far as the report's periods make it up."""
    found = {}
    for period in periods:
        try:
            found[period] = [part.start for part in parts_of(template, period)]
        except PeriodError:
            continue
    return found


def _from_figures(asked: Question, template: ReportTemplate, owners: Whose, elements: Collection[str]) -> FromFigures:
    """What consolidation keeps of a report's elements."""
    starts = _starts(template, asked.periods)
    days = sorted({day for parts in starts.values() for day in parts})
    measures: dict[str, Measure] = {}
    if days:
        known = measures_between(template, days[0], max(period.last_day for period in starts))
        measures = {code: one for code, one in known.items() if code in elements}
    figures = read_figures(template, owners, days, measures.values())
    waiting = set(
        Touched.objects.filter(template=template.pk, period_start__in=days).values_list("period_start", flat=True)
    )
    unknown = {}
    if asked.doubted in starts:
        unknown = unknowns(template, owners, starts[asked.doubted], measures.values())
    return FromFigures(figures, starts, measures, waiting, asked.doubted, unknown)
