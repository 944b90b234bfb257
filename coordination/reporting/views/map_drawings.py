"""What pages draw of the governorates: a map in the tones of a figure, as templates take it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.formats.dates import short_day
from coordination.reporting.forms.indicator_values import AskedIndicator
from coordination.reporting.models.bulletin_rates import Rate
from coordination.reporting.models.editions import EditionFigure
from coordination.reporting.models.indicators import IndicatorVersion
from coordination.reporting.models.measures import Measure
from coordination.reporting.models.overviews import Overview, Row
from coordination.reporting.outline_files import governorate_outlines
from coordination.reporting.rules.outlines import Shape
from coordination.reporting.rules.scales import Scale, by_bounds, quantiles
from coordination.reporting.templatetags.figures import edition_text, figure_text
from coordination.reporting.templatetags.indicators import value_text
from directorates.models import Place

# Completeness is compared between maps, so its classes do not follow the values.
BOUNDS = tuple(Decimal(bound) / 100 for bound in (60, 70, 80, 90))
# A name needs so much room within its outline; narrower places are named beside the coast, with a line.
ROOM, MARGIN, LINE = 110, -92, 64


@dataclass(frozen=True)
class Spot:
    """What a map says of a governorate: its value, or the look (`nodata`, `away`, `hidden`) of one without and its words."""

    words: str
    value: Decimal | None = None
    look: str = "outside"
    below: str = ""


@dataclass(frozen=True)
class Area:
    """A governorate on the map: its look, its words and where they stand."""

    shape: Shape
    look: str
    words: str
    below: str
    label: tuple[int, int] | None
    beside: bool


@dataclass(frozen=True)
class Key:
    """A class in the legend."""

    tone: int
    low: str
    high: str


@dataclass(frozen=True)
class Map:
    """The governorates of the country in the tones of a figure."""

    areas: list[Area]
    keys: list[Key]
    width: int
    height: int
    highest: Area | None

    @property
    def looks(self) -> set[str]:
        """The looks that occur, for the legend."""
        return {area.look for area in self.areas}


def map_of(overview: Overview, *, show_completeness: bool) -> Map | None:
    """The map of an element or of completeness; None where no governorate of it is open."""
    measure = None if show_completeness else overview.measure
    spots = {
        row.holder.code: _spot(row, row.holder, measure)
        for row in overview.governorates
        if isinstance(row.holder, Place)
    }
    return _drawn(spots, lambda value: _written(value, measure), BOUNDS if show_completeness else ())


def map_of_edition(figures: Mapping[Place, EditionFigure | None]) -> Map | None:
    """The map of the governorates' figures in an edition, those that it hides without a tone; None where none is open."""
    return _drawn({place.code: _spot_of_edition(place, one) for place, one in figures.items()}, edition_text)


def map_of_rates(rates: Mapping[Place, Rate], version: IndicatorVersion) -> Map | None:
    """The map of an indicator's values in a bulletin, those that are not computable without a tone; None where none is open."""
    spots = {place.code: _spot_of_rate(place, one) for place, one in rates.items()}
    return _drawn(spots, lambda value: value_text(value, version))


def map_of_indicator(asked: AskedIndicator) -> Map | None:
    """The map of an indicator by governorate; where it is not computable there is no tone. None where none is open."""
    values, version = asked.governorates, asked.version
    if version is None:
        return None
    found = {one: values.outcome(key, asked.period).value for key, one in values.holders.items()}
    spots = {
        place.code: Spot(place.name, value)
        if value is not None
        else Spot(place.name, look="nodata", below=pgettext("indicator", "not computable"))
        for place, value in found.items()
        if isinstance(place, Place)
    }
    return _drawn(spots, lambda value: value_text(value, version))


def _spot(row: Row, place: Place, measure: Measure | None) -> Spot:
    value = _value(row, measure)
    if value is not None:
        return Spot(place.name, value)
    if row.gone and row.ending and row.ending.last_period:
        return Spot(place.name, look="away", below=_("since %(day)s") % {"day": short_day(row.ending.since)})
    if row.covered.anything:
        return Spot(place.name, look="nodata", below=_("no data"))
    return Spot(place.name)


def _value(row: Row, measure: Measure | None) -> Decimal | None:
    """The element's figure or, without one, completeness."""
    if measure is None:
        return row.covered.complete
    if row.silent:
        return None
    return next((value.number for value in row.values if value.measure is measure), None)


def _written(value: Decimal, measure: Measure | None) -> str:
    return f"{round(value * 100)}%" if measure is None else figure_text(value, measure)


def _spot_of_edition(place: Place, figure: EditionFigure | None) -> Spot:
    if figure is None:
        return Spot(place.name, look="nodata", below=_("no data"))
    if figure.value is None:
        return Spot(place.name, look="hidden", below=pgettext("edition", "hidden"))
    return Spot(place.name, figure.value)


def _spot_of_rate(place: Place, rate: Rate) -> Spot:
    if rate.number is not None:
        return Spot(place.name, rate.number)
    if rate.hidden:
        return Spot(place.name, look="hidden", below=pgettext("edition", "hidden"))
    return Spot(place.name, look="nodata", below=_("no data"))


def _drawn(spots: Mapping[str, Spot], write: Callable[[Decimal], str], bounds: tuple[Decimal, ...] = ()) -> Map | None:
    """The map of some governorates by their codes, in classes between fixed bounds or in five with as many values each."""
    outlines = governorate_outlines()
    if not any(shape.code in spots for shape in outlines.shapes):
        return None
    known = {code: spot.value for code, spot in spots.items() if spot.value is not None}
    scale = by_bounds(known.values(), bounds) if bounds else quantiles(known.values())
    taken: list[int] = []
    areas = [
        _area(shape, spots.get(shape.code), scale, write, taken)
        for shape in sorted(outlines.shapes, key=lambda one: one.middle[1])
    ]
    keys = [Key(step.tone, write(step.low), write(step.high)) for step in scale.steps]
    greatest = max(known, key=lambda code: known[code]) if len(known) > 1 else None
    highest = next((area for area in areas if area.shape.code == greatest), None)
    return Map(areas, keys, outlines.width, outlines.height, highest)


def _area(shape: Shape, spot: Spot | None, scale: Scale, write: Callable[[Decimal], str], taken: list[int]) -> Area:
    """How a governorate looks, and where its words stand without touching others."""
    if spot is None or (spot.value is None and spot.look == "outside"):
        return Area(shape, "outside", spot.words if spot else "", "", None, beside=False)
    look, below = spot.look, spot.below
    if spot.value is not None:
        look, below = f"s{scale.tone(spot.value)}", write(spot.value)
    beside = shape.room < ROOM
    x, y = (MARGIN, shape.middle[1] - 4) if beside else (shape.middle[0], shape.middle[1] - 4)
    if beside:
        y = max([y, *(other + LINE for other in taken)])
        taken.append(y)
        # There is no room for the day beside the coast; the table has it.
        below = "" if look == "away" else below
    return Area(shape, look, spot.words, below, (x, y), beside)
