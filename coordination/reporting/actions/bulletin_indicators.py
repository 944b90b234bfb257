"""Indicators in a bulletin: whether one fits, and how its values are worked out and frozen with what they were divided by."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from coordination.reporting.models import (
    Bulletin,
    BulletinPopulation,
    BulletinValue,
    Indicator,
    IndicatorVersion,
    Population,
    ReportTemplate,
)
from coordination.reporting.models.bulletin_indicators import (
    elements_in,
    indicators_in,
    period_of,
    taken_of,
    told_of,
    worked,
)
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Whose
from coordination.reporting.models.populations import Populations, read_populations
from coordination.reporting.rules.bulletin_indicators import Told
from coordination.reporting.rules.indicators import Outcome, Reason
from coordination.reporting.rules.numbers import plain
from coordination.reporting.rules.verifications import Finding, Wrong
from directorates.foundation.problems import Fault
from directorates.foundation.sight import unwalled
from directorates.models import Place, User
from directorates.models.places import Level
from directorates.permissions import Permission, may

BATCH = 2000
# What a source says, as a bulletin keeps it.
STATED = ("place_id", "year", "group", "number", "source", "dated")


def faults_of_indicator(held: Bulletin, indicator: Indicator, user: User) -> Iterator[Fault]:
    """An indicator that was retired, has no formula in the period, or draws on figures that cannot stand in the bulletin.

    What corrects a bulletin still holds the indicators of that one, retired or not.
    """
    named = {"indicator": indicator.name}
    if indicator.retired_at is not None and held.corrects_id is None:
        words = _("%(indicator)s: this indicator was retired. Take it out of the layout, or choose another.")
        yield Fault("item", "retired", words % named)
    version = indicator.version_of(held.period)
    if version is None:
        yield Fault("item", "no_formula", _("%(indicator)s: no formula of it holds in this period.") % named)
        return
    for template in version.drawn.templates:
        if not may(user, Permission.PUBLISH_EDITIONS, template):
            words = _("%(indicator)s: it draws on figures that are not yours to publish.")
            yield Fault("item", "unknown", words % named)
        elif template.dataset_id != held.series.dataset_id:
            words = _("%(indicator)s: it draws on figures of another dataset than the bulletin's.")
            yield Fault("item", "other_dataset", words % named)
        elif template.period_type != held.series.period_type:
            words = _("%(indicator)s: it draws on a report with other periods than the bulletin.")
            yield Fault("item", "wrong_period_type", words % named)


def templates_behind(bulletin: Bulletin) -> dict[int, ReportTemplate]:
    """The reports that the indicators of a layout draw on in its period."""
    versions = [one.version_of(bulletin.period) for one in indicators_in(bulletin)]
    return {template.pk: template for one in versions if one for template in one.drawn.templates}


def freeze_indicators(held: Bulletin) -> None:
    """Work out every indicator of a draft's layout from its editions, and keep the values with what they were divided by.

    Of the bulletin's period for each place that the editions tell of; of the periods before it for the country, as far back as
    the formula of the time draws on reports that the bulletin holds.
    """
    indicators = indicators_in(held)
    if not indicators:
        return
    taken = taken_of(held)
    told = told_of(taken, elements_in(version for one in indicators for version in one.formulas))
    reports = {row.template_id for row in taken}
    periods = [period_of(held, start) for start in sorted(told)]
    groups = {group.value for one in indicators for version in one.formulas for group in version.formula.groups}
    people = read_populations(Whose(FigureLevel.COUNTRY, {}), periods, groups)
    work = _Work(held, told, people)
    for indicator in indicators:
        for period in periods:
            version = indicator.version_of(period)
            if version is None or {one.template_id for one in version.operands.all()} <= reports:
                work.add(indicator, version, period.start)
    BulletinPopulation.objects.bulk_create(work.populations, BATCH)
    BulletinValue.objects.bulk_create(work.values, BATCH)


@dataclass
class _Work:
    """What is worked out for a bulletin, until it is kept."""

    held: Bulletin
    told: Mapping[date, Mapping[int, Told]]
    people: Populations
    values: list[BulletinValue] = field(default_factory=list)
    used: set[int] = field(default_factory=set)
    _levels: dict[int, int] = field(default_factory=lambda: dict(Place.objects.values_list("pk", "level")))

    @property
    def populations(self) -> list[BulletinPopulation]:
        """What was divided by, each figure of a source once."""
        return [
            BulletinPopulation(bulletin=self.held, stated=one, **{name: getattr(one, name) for name in STATED})
            for one in Population.objects.filter(pk__in=self.used).order_by("pk")
        ]

    def add(self, indicator: Indicator, version: IndicatorVersion | None, start: date) -> None:
        """The values of a period."""
        own = start == self.held.period_start
        for place in self._places(version, start) if own and version else self._country():
            self.values.append(self._value(indicator, version, start, place))

    def _country(self) -> list[int]:
        return [pk for pk, level in self._levels.items() if level == Level.COUNTRY]

    def _places(self, version: IndicatorVersion, start: date) -> list[int]:
        """The places that editions tell of, but those of so few facilities that nothing of them is shown in any."""
        operands = worked(version).operands
        told = [held for pk in {one.report for one in operands} if (held := self.told[start].get(pk))]
        read = {(one.element, one.category) for one in operands}
        there = {place for one in told for place, *item in one.figures if tuple(item) in read and place not in one.few}
        return sorted(there.union(self._country()))

    def _value(self, indicator: Indicator, version: IndicatorVersion | None, start: date, place: int) -> BulletinValue:
        """A value, and the populations that it takes."""
        period = period_of(self.held, start)
        row = BulletinValue(
            bulletin=self.held, indicator=indicator, version=version, period_start=start, place_id=place
        )
        if version is None:
            row.reasons = [Reason.NO_FORMULA.value]
            return row
        numbers: dict[str, int] = {}
        for group in version.formula.groups:
            behind = self.people.behind(place, group.value, period)
            if behind:
                numbers[group.value] = sum(one.number for one in behind)
            row.people += [one.pk for one in behind]
        self.used.update(row.people)
        take(row, worked(version).outcome(self.told[start], numbers, place, period))
        return row


def take(row: BulletinValue, found: Outcome) -> None:
    """What was worked out, into the row that keeps it."""
    row.value, row.numerator, row.denominator = found.value, found.numerator, found.denominator
    row.reasons = [one.value for one in found.reasons]


@unwalled
def indicator_faults(bulletin: Bulletin, again: Mapping[int, Told]) -> list[Finding]:
    """Populations that are not what their source said, and values that are not what figures and populations give.

    `again` holds what was made again of the bulletin's editions; of earlier periods the editions' own rows are taken.
    """
    rows = list(
        bulletin.indicator_values.select_related("indicator", "version", "place")
        .prefetch_related("version__operands__element", "version__operands__category")
        .order_by("indicator__code", "period_start", "place__code")
    )
    if not rows:
        return []
    kept = {row.stated_id: row for row in bulletin.populations.select_related("stated", "place").order_by("pk")}
    told = told_of(taken_of(bulletin), elements_in(row.version for row in rows if row.version), again)
    found = [fault for row in kept.values() for fault in _fault_of_population(row)]
    for row in rows:
        period = period_of(bulletin, row.period_start)
        made = Outcome(reasons=(Reason.NO_FORMULA,))
        if row.version is not None:
            numbers = people_in(row, kept)
            made = worked(row.version).outcome(told.get(row.period_start, {}), numbers, row.place_id, period)
        fresh = BulletinValue()
        take(fresh, made)
        if (stands := _told(row)) != (remade := _told(fresh)):
            named = f"{row.indicator.code} {period.id} {row.place.code}"
            found.append(Finding(Wrong.VALUE, stands, remade, place=row.place_id, named=named))
    return found


def people_in(row: BulletinValue, kept: Mapping[int, BulletinPopulation]) -> dict[str, int]:
    """How many people of each group a value was divided by, by the frozen figures."""
    numbers: dict[str, int] = defaultdict(int)
    for pk in row.people:
        if (one := kept.get(pk)) is not None:
            numbers[one.group] += one.number
    return numbers


def _fault_of_population(row: BulletinPopulation) -> Iterator[Finding]:
    """A frozen figure that is another than its source said, which is never changed."""
    frozen, said = ([str(getattr(one, name)) for name in STATED] for one in (row, row.stated))
    if frozen != said:
        named = f"{row.place.code} {row.year} {row.group}"
        yield Finding(Wrong.POPULATION, " ".join(frozen[3:]), " ".join(said[3:]), place=row.place_id, named=named)


def _told(row: BulletinValue) -> str:
    """A value with both its sides, or why there is none, in one spelling."""
    numbers = [None if one is None else f"{plain(one):f}" for one in (row.value, row.numerator, row.denominator)]
    return " ".join([*(one or "–" for one in numbers), *row.reasons])
