"""Services lost, as they are read: by place or directorate, apart from figures, and small ones for few eyes only.

A facility counts here that was expected, has no report that counts, and of which all who owe one are excused, as in
coverage. Whoever may read every report behind an estimate sees it; to others it is shown as an edition would show it:
hidden where few facilities, a small number or mostly one facility stands behind it, and where it could be worked out.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models.fields.json import KeyTextTransform

from coordination.reporting.models.consolidation import OUTSIDE, FigureLevel
from coordination.reporting.models.counted import CountedReport
from coordination.reporting.models.expected import ExpectedReport
from coordination.reporting.models.figures import whose
from coordination.reporting.models.measures import WHOLE, Measure
from coordination.reporting.models.missing import with_reasons
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.lost import MOST_VALUES, Lost, earliest, estimate
from coordination.reporting.rules.missing import excuses
from coordination.reporting.rules.suppression import Behind, Limits, hide
from coordination.reporting.rules.ties import Key, over_places
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, Place, User
from directorates.models.places import Level

Holder = Place | Organisation | None
# Those of editions, where nothing else is said.
LIMITS = Limits()


@dataclass(frozen=True)
class LostRow:
    """The estimates of one place or directorate, by item; None is hidden, and what is not there was not estimated."""

    holder: Holder
    # Facilities with an excused missing report, also those of which too little is known for an estimate; None is hidden.
    excused: int | None
    values: Mapping[int, Lost | None]


@dataclass
class _Excused:
    """Who is excused in a period: where each facility lies, for whom it counts, and which expected reports that are."""

    places: dict[int, int] = field(default_factory=dict)
    directorates: dict[int, int] = field(default_factory=dict)
    expected: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


def lost_services(
    user: User | AnonymousUser,
    template: ReportTemplate,
    start: datetime.date,
    level: FigureLevel,
    under: Place | None,
    measures: Iterable[Measure],
) -> list[LostRow]:
    """What excused facilities would usually have given in one own period of a report, of the holders open to a person."""
    asked = [one for one in measures if one.adds_up]
    excused = _excused(template, start)
    owed = {pk for rows in excused.expected.values() for pk in rows}
    seen = set(ExpectedReport.objects.visible_to(user).filter(pk__in=owed).values_list("pk", flat=True))
    estimates = _estimates(template, start, excused.places, asked)
    lines = _lines(excused.places.values())
    reckoned = _Reckoned(level, excused, estimates, lines, _hidden(excused, estimates, lines), seen)
    rows = (reckoned.row(key, holder, asked) for key, holder in whose(user, template, level, under).holders.items())
    return [row for row in rows if row is not None]


@dataclass(frozen=True)
class _Reckoned:
    """All estimates of a period, what of them an edition would hide, and which expected reports the reader may know of."""

    level: FigureLevel
    excused: _Excused
    estimates: Mapping[int, Mapping[int, Lost]]
    # For each sub-district, itself and everything it lies in.
    lines: Mapping[int, Sequence[int]]
    hidden: Collection[tuple[int, int]]
    seen: Collection[int]

    def row(self, key: int, holder: Holder, asked: Sequence[Measure]) -> LostRow | None:
        """The sums of one holder, as far as they are shown; none where nobody is excused."""
        inside = {facility for facility in self.excused.places if self._counts_for(key, facility)}
        if not inside:
            return None
        reads_all = all(self.excused.expected[facility].issubset(self.seen) for facility in inside)
        values: dict[int, Lost | None] = {}
        for measure in asked:
            held = (self.estimates.get(facility, {}).get(measure.id) for facility in inside)
            if parts := [one for one in held if one is not None]:
                values[measure.id] = sum(parts, Lost()) if reads_all or self._is_shown(key, measure) else None
        told = reads_all or len(inside) >= LIMITS.facilities
        return LostRow(holder, len(inside) if told else None, values)

    def _counts_for(self, key: int, facility: int) -> bool:
        if self.level == FigureLevel.DIRECTORATE:
            return self.excused.directorates[facility] == key
        return key in self.lines.get(self.excused.places[facility], ())

    def _is_shown(self, key: int, measure: Measure) -> bool:
        """Whether an edition would show it; directorates are another division of the same numbers."""
        return self.level != FigureLevel.DIRECTORATE and (key, measure.id) not in self.hidden


@unwalled
def _excused(template: ReportTemplate, start: datetime.date) -> _Excused:
    """The facilities that coverage counts as excused."""
    rows = with_reasons(ExpectedReport.objects.filter(template=template, period_start=start))
    counted = set(
        CountedReport.objects.filter(template=template, period_start=start).values_list("facility", flat=True)
    )
    found, refused = _Excused(), set[int]()
    for pk, facility, place, directorate, ruling in rows.values_list(
        "pk", "facility", "subdistrict", "directorate", "ruling"
    ):
        if facility in counted:
            continue
        if not excuses(ruling):
            refused.add(facility)
        found.places[facility], found.directorates[facility] = place, directorate or OUTSIDE
        found.expected[facility].add(pk)
    for facility in refused:
        del found.places[facility], found.expected[facility]
    return found


@unwalled
def _estimates(
    template: ReportTemplate, start: datetime.date, facilities: Iterable[int], measures: Sequence[Measure]
) -> dict[int, dict[int, Lost]]:
    """By facility and element, the estimate from its accepted values of before, where there are enough."""
    slots = sorted({slot for one in measures for slot in one.parts[WHOLE].own})
    rows = CountedReport.objects.filter(
        template=template, facility__in=list(facilities), period_start__lt=start, period_start__gte=earliest(start)
    ).order_by("-period_start")
    numbers = {slot: KeyTextTransform(slot, "revision__doc") for slot in slots}
    found = defaultdict[tuple[int, int], list[Decimal]](list)
    for row in rows.annotate(**numbers).values("facility", "overlay", *slots):
        doc = {slot: number for slot in slots if (number := _number(row, slot)) is not None}
        for measure in measures:
            answers = [doc[slot] for slot in measure.parts[WHOLE].own if slot in doc]
            if answers and len(found[row["facility"], measure.id]) < MOST_VALUES:
                found[row["facility"], measure.id].append(sum(answers, Decimal(0)))
    estimates = defaultdict[int, dict[int, Lost]](dict)
    for (facility, element), values in found.items():
        if (one := estimate(values)) is not None:
            estimates[facility][element] = one
    return estimates


def _number(row: Mapping[str, Any], slot: str) -> Decimal | None:
    """What counts under a slot: the overlay's where it says something, also that nothing counts."""
    overlay: Mapping[str, Any] = row["overlay"] or {}
    given = overlay[slot] if slot in overlay else row[slot]
    return None if given is None else Decimal(str(given))


def _lines(places: Iterable[int]) -> dict[int, list[int]]:
    """For each sub-district, itself and everything it lies in."""
    rows = Place.objects.filter(pk__in=set(places)).select_related("parent__parent__parent")
    return {place.pk: [one.pk for one in (place, *_above(place))] for place in rows}


def _above(place: Place) -> list[Place]:
    return [place.parent, *_above(place.parent)] if place.parent else []


def _hidden(
    excused: _Excused, estimates: Mapping[int, Mapping[int, Lost]], lines: Mapping[int, Sequence[int]]
) -> set[tuple[int, int]]:
    """Which estimates of places an edition would hide: by place and element."""
    parts = defaultdict[Key, list[Lost]](list)
    parents: dict[int, int | None] = {}
    for facility, place in excused.places.items():
        line = lines[place]
        for number, one in enumerate(line):
            parents[one] = line[number + 1] if number + 1 < len(line) else None
            for element, lost in estimates.get(facility, {}).items():
                parts[Key(Level.SUBDISTRICT - number, True, one, element)].append(lost)
    behind = {
        key: Behind(sum((one.middle for one in held), Decimal(0)), len(held), max(one.middle for one in held))
        for key, held in parts.items()
    }
    return {(key.place, key.item) for key in hide(behind, over_places(behind.keys(), parents), LIMITS)}
