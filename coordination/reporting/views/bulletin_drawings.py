"""The maps of a bulletin's page, by the part that they stand in."""

from coordination.reporting.models.bulletin_reading import ReadBulletin
from coordination.reporting.models.bulletins import PartKind
from coordination.reporting.views.map_drawings import Map, map_of_edition


def maps_of(read: ReadBulletin) -> dict[int, Map]:
    """Each map that there is anything to draw of."""
    found = {
        shown.part.pk: map_of_edition({line.place: line.whole.figure for line in shown.lines if line.place})
        for shown in read.parts
        if shown.part.kind == PartKind.MAP and shown.measure is not None
    }
    return {pk: drawn for pk, drawn in found.items() if drawn is not None}
