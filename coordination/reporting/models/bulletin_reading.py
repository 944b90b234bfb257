"""A bulletin as it is read: page, PDF, workbook, CSV and API all show these rows, so that what is hidden is hidden in all."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Q

from coordination.reporting.models.bulletin_completeness import Completeness
from coordination.reporting.models.bulletin_rates import Rate, Rates
from coordination.reporting.models.bulletins import (
    Bulletin,
    BulletinAnswer,
    BulletinEdition,
    BulletinPart,
    BulletinSigner,
    PartKind,
    signatures,
)
from coordination.reporting.models.contested import contested_in
from coordination.reporting.models.edition_inputs import EditionInputs
from coordination.reporting.models.editions import Edition, EditionFigure, EditionPlace
from coordination.reporting.models.elements import Category
from coordination.reporting.models.errata import Erratum
from coordination.reporting.models.figures import open_places
from coordination.reporting.models.indicators import IndicatorVersion
from coordination.reporting.models.measures import Measure, measures_of
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.edition_corrections import Difference, differences
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.suppression import Limits
from coordination.reporting.rules.ties import Key
from directorates.models import Place, User
from directorates.models.place_names import named_as_of
from directorates.models.places import Level
from directorates.permissions import Permission, may
from policies.models import MandateDispute


@dataclass(frozen=True)
class Value:
    """A figure as it is shown: hidden, unknown (nobody answered), or a number; `percent` of the largest beside it."""

    figure: EditionFigure | None
    measure: Measure
    percent: Decimal | None = None

    @property
    def number(self) -> Decimal | None:
        """The number; None where there is none to show."""
        return self.figure.value if self.figure else None

    @property
    def hidden(self) -> bool:
        """Whether it is hidden."""
        return bool(self.figure and self.figure.hidden)


@dataclass(frozen=True)
class Line:
    """A row of a part: a place or a period, its figure, and those of its categories."""

    place: Place | None
    period: Period | None
    whole: Value | Rate
    parts: tuple[Value, ...] = ()


@dataclass(frozen=True)
class ShownPart:
    """A part with what it shows: one of figures that are made has the measure of its item, or the version of its indicator."""

    part: BulletinPart
    edition: Edition | None = None
    measure: Measure | None = None
    categories: tuple[Category, ...] = ()
    lines: tuple[Line, ...] = ()
    version: IndicatorVersion | None = None

    @property
    def is_made(self) -> bool:
        """Whether there are figures to show."""
        return self.measure is not None or self.version is not None

    @property
    def rates(self) -> list[Rate]:
        """Of an indicator, its values."""
        return [line.whole for line in self.lines if isinstance(line.whole, Rate)]

    @property
    def not_computable(self) -> int:
        """How many of them there are none of."""
        return sum(one.number is None for one in self.rates)

    @property
    def is_text(self) -> bool:
        """Whether it is a text alone."""
        return self.part.kind == PartKind.TEXT

    @property
    def hidden(self) -> int:
        """How many of its figures are hidden."""
        return sum(one.hidden for line in self.lines for one in (line.whole, *line.parts))


@dataclass(frozen=True)
class Changed:
    """A figure that a correction shows otherwise."""

    template: ReportTemplate
    place: Place
    measure: Measure
    category: Category | None
    difference: Difference


class ReadBulletin:
    """One bulletin for one reader, read in a handful of queries whatever its length."""

    def __init__(self, bulletin: Bulletin, user: User) -> None:
        """Keep both."""
        self.bulletin, self.user = bulletin, user

    @cached_property
    def whole(self) -> bool:
        """Whether the reader sees all of it: whoever makes or signs it, and whom editions are open to in the whole country."""
        if may(self.user, Permission.PUBLISH_EDITIONS, self.bulletin) or self.signs:
            return True
        places = open_places(self.user, self._any_template, Permission.VIEW_EDITIONS)
        return places.filter(level=Level.COUNTRY).exists()

    @cached_property
    def signs(self) -> bool:
        """Whether the organisation acted for is asked to sign, by this person."""
        mine = self.bulletin.signers.filter(organisation=self.user.acting_id).first()
        return mine is not None and may(self.user, Permission.SIGN_BULLETINS, mine)

    @cached_property
    def _any_template(self) -> ReportTemplate | None:
        """All are of one dataset, by which editions are open."""
        return next((edition.template for edition in self.editions.values()), None)

    @cached_property
    def _taken(self) -> list[BulletinEdition]:
        rows = self.bulletin.editions.select_related("edition__template__programme", "edition__template__dataset")
        return list(rows.prefetch_related("template__programme__week_rules"))

    @cached_property
    def editions(self) -> dict[int, Edition]:
        """By report."""
        return {row.template_id: row.edition for row in self._taken}

    @cached_property
    def errata(self) -> list[Erratum]:
        """What its custodian said of these editions since they were published."""
        rows = Erratum.objects.published().filter(edition__in=self.editions.values())
        return list(rows.select_related("edition__template", "acting").order_by("edition__template__code", "number"))

    @cached_property
    def corrected_by(self) -> Bulletin | None:
        """The published bulletin that corrects it."""
        return self.bulletin.corrections.published().first()

    @cached_property
    def limits(self) -> list[tuple[str, Limits]]:
        """Under which its figures were hidden, with the reports' names where not all have the same."""
        named: dict[Limits, list[str]] = defaultdict(list)
        for edition in sorted(self.editions.values(), key=lambda one: one.template.code):
            named[edition.limits].append(edition.template.name)
        if len(named) < 2:
            return [("", next(iter(named), self.bulletin.limits))]
        return [(report, limits) for limits, reports in named.items() for report in reports]

    @cached_property
    def _places(self) -> dict[int, Place]:
        """The places that are shown to the reader, without sub-districts of so few facilities that each would be told."""
        rows = Place.objects.filter(
            pk__in=EditionPlace.objects.filter(edition__in=self.editions.values()).values("place")
        )
        if not self.whole:
            rows = rows.filter(pk__in=open_places(self.user, self._any_template, Permission.VIEW_EDITIONS).values("pk"))
        found = {row.pk: row for row in rows.order_by("code")}
        named_as_of(found.values(), self.bulletin.period.last_day)
        return found

    @cached_property
    def _few(self) -> set[tuple[int, int]]:
        """Edition and sub-district of which nothing is shown."""
        limits = {edition.pk: edition.facilities for edition in self.editions.values()}
        rows = EditionPlace.objects.filter(edition__in=limits, place__level=Level.SUBDISTRICT)
        return {
            (edition, place)
            for edition, place, expected in rows.values_list("edition", "place", "expected")
            if expected < limits[edition]
        }

    @cached_property
    def _measures(self) -> dict[int, dict[int, Measure]]:
        """What each report's items are, by report and item."""
        return {
            pk: {one.id: one for one in measures_of(edition.template, self.bulletin.period).values()}
            for pk, edition in self.editions.items()
        }

    @cached_property
    def _figures(self) -> dict[tuple[int, int], list[EditionFigure]]:
        """The figures of all parts, by edition and item."""
        parts = [one for one in self._parts if one.element_id]
        found: dict[tuple[int, int], list[EditionFigure]] = defaultdict(list)
        if not parts:
            return found
        rows = EditionFigure.objects.filter(
            edition__in=self.editions.values(),
            element__in={one.element_id for one in parts},
            place__level__in={Level.COUNTRY, *(one.level for one in parts)},
        )
        for row in rows.select_related("category"):
            found[row.edition_id, row.element_id].append(row)
        return found

    @cached_property
    def _parts(self) -> list[BulletinPart]:
        return list(self.bulletin.parts.select_related("template", "element", "indicator").order_by("order"))

    @cached_property
    def rates(self) -> Rates:
        """Its indicators."""
        return Rates(self.bulletin, self._parts, self._places)

    @cached_property
    def parts(self) -> list[ShownPart]:
        """The layout, filled."""
        return [self._shown(part) for part in self._parts]

    def _shown(self, part: BulletinPart) -> ShownPart:
        if part.indicator_id:
            return self._of_indicator(part)
        edition = self.editions.get(part.template_id or 0)
        measure = self._measures.get(part.template_id or 0, {}).get(part.element_id or 0)
        if edition is None or measure is None:
            return ShownPart(part)
        if part.over_time:
            return ShownPart(part, edition, measure, (), tuple(self._trend(edition, measure)))
        level = part.told_level
        rows: dict[int, dict[int | None, EditionFigure]] = defaultdict(dict)
        for row in self._figures[edition.pk, measure.id]:
            if row.place_id in self._places and (edition.pk, row.place_id) not in self._few:
                rows[row.place_id][row.category_id] = row
        places = [place for pk, place in self._places.items() if place.level == level and pk in rows]
        wanted = (row.category for held in rows.values() for row in held.values() if row.category)
        categories = tuple(sorted(set(wanted), key=lambda one: (one.order, one.pk))) if part.categories else ()
        lines = tuple(_lines(places, rows, categories, measure))
        return ShownPart(part, edition, measure, categories, lines)

    def _of_indicator(self, part: BulletinPart) -> ShownPart:
        """A part of an indicator; the first edition tells how its periods are named."""
        edition, version, over_time = next(iter(self.editions.values()), None), self.rates.version(part), part.over_time
        lines = (
            Line(None if over_time else self._places[one.row.place_id], self._period(one) if over_time else None, one)
            for one in self.rates.rates(part)
        )
        return ShownPart(part, edition, lines=tuple(lines), version=version)

    def _period(self, rate: Rate) -> Period:
        return Period(self.bulletin.period.type, rate.row.period_start)

    def _trend(self, edition: Edition, measure: Measure) -> Iterable[Line]:
        """The country's figure in this and the periods before it, each as the edition has it that held when figures were made."""
        behind = next(row.behind for row in self._taken if row.edition_id == edition.pk)
        kept = Edition.objects.in_bulk(behind) | {edition.pk: edition}
        rows = EditionFigure.objects.filter(
            edition__in=kept, element=measure.id, category=None, place__level=Level.COUNTRY, place__in=self._places
        )
        held = {row.edition_id: row for row in rows}
        largest = max((row.value or Decimal() for row in held.values()), default=Decimal())
        for row in sorted(kept.values(), key=lambda one: one.period_start):
            period = Period(PeriodType(edition.template.period_type), row.period_start)
            yield Line(None, period, _value(held.get(row.pk), measure, largest))

    @property
    def rows(self) -> int:
        """How long it is."""
        lines = sum(len(part.lines) for part in self.parts)
        return lines + len(self.differences) + len(self.rates.divided_by) + len(self.rates.changes)

    @cached_property
    def country(self) -> Place | None:
        """The whole country, where it is open to the reader."""
        return next((place for place in self._places.values() if place.level == Level.COUNTRY), None)

    @cached_property
    def completeness(self) -> list[Completeness]:
        """Of each report, for the greatest place that is open to the reader; of sub-districts nothing is told."""
        top = min(self._places.values(), key=lambda one: (one.level, one.code), default=None)
        wide = EditionPlace.objects.filter(place__level__lt=Level.SUBDISTRICT)
        rows = wide.filter(edition__in=self.editions.values(), place=top)
        held = {row.edition_id: row for row in rows}
        return [
            Completeness(edition.template, held[edition.pk])
            for edition in sorted(self.editions.values(), key=lambda one: one.template.code)
            if edition.pk in held
        ]

    @cached_property
    def contested(self) -> list[MandateDispute]:
        """The disputes over who leads what its figures are about, as its editions tell of them."""
        return contested_in(self.user, *self.editions.values())

    @cached_property
    def signatures(self) -> list[tuple[BulletinSigner, BulletinAnswer | None]]:
        """Whom it asks, and what they said."""
        return signatures(self.bulletin)

    @cached_property
    def inputs(self) -> dict[int, EditionInputs]:
        """The hashes of each edition."""
        return EditionInputs.objects.in_bulk([one.pk for one in self.editions.values()])

    @cached_property
    def differences(self) -> list[Changed]:
        """What a correction shows otherwise than the bulletin that it corrects: of its layout, and of places open to the reader."""
        if self.bulletin.corrects is None:
            return []
        before = dict(self.bulletin.corrects.editions.values_list("template", "edition"))
        return [
            one
            for template, edition in self.editions.items()
            if template in before and before[template] != edition.pk
            for one in self._changed(before[template], edition)
        ]

    def _changed(self, corrected: int, edition: Edition) -> Iterable[Changed]:
        parts = [one for one in self._parts if one.template_id == edition.template_id and one.element_id]
        before, after = _by_key(corrected, parts), _by_key(edition.pk, parts)
        measures = self._measures[edition.template_id]
        found = [
            one for one in differences(before, after) if one.key.place in self._places and one.key.item in measures
        ]
        categories = Category.objects.in_bulk({one.key.category for one in found if one.key.category})
        for one in found:
            if (edition.pk, one.key.place) in self._few:
                continue
            place, category = self._places[one.key.place], categories.get(one.key.category)
            yield Changed(edition.template, place, measures[one.key.item], category, one)


def _lines(
    places: Sequence[Place],
    rows: Mapping[int, Mapping[int | None, EditionFigure]],
    categories: Sequence[Category],
    measure: Measure,
) -> Iterable[Line]:
    """The rows of a table, a chart or a map, in the order of the places' codes."""
    shown = {place.pk for place in places}
    inside = [held[None].value or Decimal() for pk, held in rows.items() if pk in shown and None in held]
    largest = max(inside, default=Decimal())
    for place in places:
        held = rows[place.pk]
        parts = tuple(_value(held.get(one.pk), measure, Decimal()) for one in categories)
        yield Line(place, None, _value(held.get(None), measure, largest), parts)


def _value(figure: EditionFigure | None, measure: Measure, largest: Decimal) -> Value:
    """A figure, and how long its bar is."""
    number = figure.value if figure else None
    return Value(figure, measure, 100 * number / largest if number is not None and largest > 0 else None)


def _by_key(edition: int, parts: Sequence[BulletinPart]) -> dict[Key, Decimal | None]:
    """The figures of an edition that some parts show, and the country's of their items; None where they are hidden."""
    asked = Q(pk__in=())
    for one in {(part.element_id, part.told_level, part.categories) for part in parts}:
        item, level, categories = one
        shown = Q(element=item, place__level__in={Level.COUNTRY, level})
        asked |= shown if categories else shown & Q(category=None)
    rows = EditionFigure.objects.filter(asked, edition=edition)
    told = rows.values_list("place__level", "place", "element", "category", "value")
    return {Key(level, one is None, place, item, one or 0): value for level, place, item, one, value in told}
