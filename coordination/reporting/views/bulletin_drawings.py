"""The maps of a bulletin's page, by the part that they stand in."""

from coordination.reporting.models.bulletin_rates import Rate
from coordination.reporting.models.bulletin_reading import ReadBulletin, ShownPart
from coordination.reporting.models.bulletins import PartKind
from coordination.reporting.views.map_drawings import Map, map_of_edition, map_of_rates


def maps_of(read: ReadBulletin) -> dict[int, Map]:
    """Each map that there is anything to draw of."""
    found = {shown.part.pk: _map(shown) for shown in read.parts if shown.part.kind == PartKind.MAP and shown.is_made}
    return {pk: drawn for pk, drawn in found.items() if drawn is not None}


def _map(shown: ShownPart) -> Map | None:
    """The map of an item, or of an indicator."""
    named = [(line.place, line.whole) for line in shown.lines if line.place]
    if shown.version is not None:
        return map_of_rates({place: one for place, one in named if isinstance(one, Rate)}, shown.version)
    return map_of_edition({place: one.figure for place, one in named if not isinstance(one, Rate)})
