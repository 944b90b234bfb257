"""The maps of a bulletin on paper: governorates in the tones of their figures, and what each tone stands for."""

from collections.abc import Mapping
from decimal import Decimal

from django.utils.html import escape
from django.utils.translation import gettext as _

from coordination.reporting.models.bulletin_reading import ShownPart
from coordination.reporting.models.bulletins import PartKind
from coordination.reporting.outline_files import governorate_outlines
from coordination.reporting.rules.scales import Scale, quantiles

# From the lowest class to the highest; what is hidden or unknown has none.
TONES = ("#d8edeb", "#a5d3cf", "#62afab", "#237b79", "#0a5252")
BLANK, EDGE = "#edf1f4", "#8a97a3"


def map_name(shown: ShownPart) -> str:
    """The name under which the paper finds a map."""
    return f"map-{shown.part.pk}.svg"


def map_of(shown: ShownPart) -> bytes | None:
    """The governorates in the tones of their figures, without words: the table below names them. None for what is no map."""
    if shown.part.kind != PartKind.MAP or not shown.is_made:
        return None
    outlines, numbers = governorate_outlines(), _numbers(shown)
    scale = quantiles(numbers.values())
    paths = "".join(
        f'<path d="{escape(shape.path)}" fill="{_tone(numbers.get(shape.code), scale)}" stroke="{EDGE}" stroke-width="1.5"/>'
        for shape in outlines.shapes
    )
    box = f"0 0 {outlines.width} {outlines.height}"
    return f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}">{paths}</svg>'.encode()


def legend_of(shown: ShownPart, words: Mapping[Decimal | None, str]) -> list[dict[str, str]]:
    """The legend of a map: each tone with the figures that it stands for, by their words, and the one of what has no figure."""
    if shown.part.kind != PartKind.MAP or not shown.lines:
        return []
    keys = []
    for step in quantiles(_numbers(shown).values()).steps:
        low, high = words[step.low], words[step.high]
        told = low if low == high else _("from %(low)s to %(high)s") % {"low": low, "high": high}
        keys.append({"tone": TONES[step.tone - 1], "words": told})
    return [*keys, {"tone": BLANK, "words": _("No figure: hidden, or nobody answered")}]


def _numbers(shown: ShownPart) -> dict[str, Decimal]:
    """What a map shows of each governorate that has a figure."""
    return {line.place.code: line.whole.number for line in shown.lines if line.place and line.whole.number is not None}


def _tone(number: Decimal | None, scale: Scale) -> str:
    return BLANK if number is None else TONES[scale.tone(number) - 1]
