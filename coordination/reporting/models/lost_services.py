"""Services lost, as they are read: by place or directorate, apart from figures, and only for whoever reads what they rest on.

A facility counts here that was expected, has no report that counts, and of which all who owe one are excused, as in
coverage. An estimate is shown to whoever may read every report behind it, also those of who reported there before; others
see how many facilities are excused, as coverage tells it, and no number of any report is read for them.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db import connection

from coordination.reporting.models.consolidation import OUTSIDE, FigureLevel
from coordination.reporting.models.counted import CountedReport
from coordination.reporting.models.expected import ExpectedReport
from coordination.reporting.models.figures import Whose, whose
from coordination.reporting.models.measures import WHOLE, Measure
from coordination.reporting.models.missing import with_reasons
from coordination.reporting.models.submissions import APPROVED, Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.lost import MOST_VALUES, Lost, earliest, estimate
from coordination.reporting.rules.missing import excuses
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, Place, User
from directorates.models.places import beneath

Holder = Place | Organisation | None
# By facility and element.
Estimates = Mapping[int, Mapping[int, Lost]]


@dataclass(frozen=True)
class LostRow:
    """The estimates of one place or directorate, by item; None is not open to the reader, what is absent was not estimated."""

    holder: Holder
    # Facilities with an excused missing report, also those of which too little is known for an estimate.
    excused: int
    values: Mapping[int, Lost | None]


@dataclass
class _Excused:
    """Who is excused in a period: where each facility lies, for whom it counts, and which expected reports that are."""

    places: dict[int, int] = field(default_factory=dict)
    directorates: dict[int, int] = field(default_factory=dict)
    expected: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))


class _Behind(NamedTuple):
    """A report that counted before, and every report that what counts of it may tell of."""

    counted: int
    reports: frozenset[UUID]


@dataclass(frozen=True)
class LostServices:
    """What a person sees of one own period of a report, reckoned once for rows of every level."""

    user: User | AnonymousUser
    template: ReportTemplate
    under: Place | None
    asked: Sequence[Measure]
    excused: _Excused
    # Facilities of which the reader may not read every report behind.
    closed: Collection[int]
    estimates: Estimates
    # For each sub-district, itself and everything it lies in.
    lines: Mapping[int, Sequence[int]]

    def rows(self, level: FigureLevel) -> list[LostRow]:
        """The sums of the holders of a level that are open to the person; none where nobody is excused."""
        owners = whose(self.user, self.template, level, self.under)
        within = None if owners.within is None else set(owners.within)
        found = ((holder, self._facilities(owners, key, within)) for key, holder in owners.holders.items())
        return [self._row(holder, facilities) for holder, facilities in found if facilities]

    def _facilities(self, owners: Whose, key: int, within: Collection[int] | None) -> list[int]:
        """Which excused facilities count for a holder, as far as their places are open to the person."""
        if owners.level != FigureLevel.DIRECTORATE:
            return [pk for pk, place in self.excused.places.items() if key in self.lines.get(place, ())]
        theirs = (pk for pk, directorate in self.excused.directorates.items() if directorate == key)
        return [pk for pk in theirs if within is None or self.excused.places[pk] in within]

    def _row(self, holder: Holder, facilities: Sequence[int]) -> LostRow:
        if not self.closed or set(facilities).isdisjoint(self.closed):
            return LostRow(holder, len(facilities), self._summed(facilities))
        # For every item alike: also of which enough is known for an estimate tells of the reports.
        return LostRow(holder, len(facilities), dict.fromkeys((one.id for one in self.asked), None))

    def _summed(self, facilities: Sequence[int]) -> dict[int, Lost | None]:
        values: dict[int, Lost | None] = {}
        for measure in self.asked:
            held = (self.estimates.get(facility, {}).get(measure.id) for facility in facilities)
            if parts := [one for one in held if one is not None]:
                values[measure.id] = sum(parts, Lost())
        return values


def lost_services(
    user: User | AnonymousUser,
    template: ReportTemplate,
    start: datetime.date,
    under: Place | None,
    measures: Iterable[Measure],
) -> LostServices:
    """What excused facilities would usually have given in one own period of a report, as far as it is open to a person."""
    asked = [one for one in measures if one.adds_up]
    excused = _excused(template, start, under)
    behind = _behind(template, start, list(excused.places))
    closed = _closed(user, excused, behind)
    opened = [row.counted for facility, rows in behind.items() if facility not in closed for row in rows]
    estimates = _estimates(opened, asked) if opened else {}
    return LostServices(user, template, under, asked, excused, closed, estimates, _lines(excused.places.values()))


def _closed(user: User | AnonymousUser, excused: _Excused, behind: Mapping[int, Sequence[_Behind]]) -> set[int]:
    """The facilities of which some report behind, or the missing one itself, is not the person's to read."""
    owed = {pk for rows in excused.expected.values() for pk in rows}
    needed = {facility: frozenset[UUID]().union(*(row.reports for row in rows)) for facility, rows in behind.items()}
    reports = frozenset[UUID]().union(*needed.values())
    known = set(ExpectedReport.objects.visible_to(user).filter(pk__in=owed).values_list("pk", flat=True))
    read = set(Submission.objects.visible_to(user).filter(pk__in=reports).values_list("pk", flat=True))
    return {
        facility
        for facility in excused.places
        if not (excused.expected[facility] <= known and needed.get(facility, frozenset()) <= read)
    }


@unwalled
def _excused(template: ReportTemplate, start: datetime.date, under: Place | None) -> _Excused:
    """The facilities in a place that coverage counts as excused."""
    rows = with_reasons(ExpectedReport.objects.filter(template=template, period_start=start))
    if under is not None:
        rows = rows.filter(beneath(under.path, "place_path"))
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
        del found.places[facility], found.directorates[facility], found.expected[facility]
    return found


# Of each facility the last reports that counted, from the index of its reports; no document is read.
_LAST = """SELECT f.facility, l.id, l.submission_id, l.settled, l.period_start
FROM unnest(%(facilities)s::int[]) f(facility)
CROSS JOIN LATERAL (
    SELECT c.id, c.submission_id, c.overlay IS NOT NULL OR c.settlement_id IS NOT NULL AS settled, c.period_start
    FROM reporting_countedreport c
    WHERE c.facility_id = f.facility AND c.template_id = %(template)s
        AND c.period_start < %(start)s AND c.period_start >= %(earliest)s
    ORDER BY c.period_start DESC LIMIT %(most)s
) l
ORDER BY 1, l.period_start DESC"""


@unwalled
def _behind(template: ReportTemplate, start: datetime.date, facilities: list[int]) -> dict[int, list[_Behind]]:
    """By facility, its last counted reports of before, the latest first; what was settled tells of every side's report."""
    if not facilities:
        return {}
    given: dict[str, Any] = {"facilities": facilities, "template": template.pk, "start": start}
    with connection.cursor() as cursor:
        cursor.execute(_LAST, given | {"earliest": earliest(start), "most": MOST_VALUES})
        rows = cursor.fetchall()
    sides = defaultdict[tuple[int, datetime.date], set[UUID]](set)
    if settled := [(facility, day) for facility, _pk, _report, is_settled, day in rows if is_settled]:
        theirs = Submission.objects.filter(
            APPROVED,
            template=template,
            facility__in={one for one, _ in settled},
            period_start__in={d for _, d in settled},
        )
        for facility, day, report in theirs.values_list("facility", "period_start", "pk"):
            sides[facility, day].add(report)
    found = defaultdict[int, list[_Behind]](list)
    for facility, pk, report, is_settled, day in rows:
        others = sides[facility, day] if is_settled else ()
        found[facility].append(_Behind(pk, frozenset({report, *others})))
    return dict(found)


# Each document is unpacked once; the overlay says what counts otherwise, also that nothing does.
_NUMBERS = """SELECT c.facility_id, {columns}
FROM reporting_countedreport c JOIN reporting_revision v ON v.id = c.revision_id
CROSS JOIN LATERAL jsonb_to_record(CASE WHEN c.overlay IS NULL THEN v.doc ELSE v.doc || c.overlay END) r({types})
WHERE c.id = ANY(%(counted)s)
ORDER BY c.facility_id, c.period_start DESC"""


@unwalled
def _estimates(counted: list[int], measures: Sequence[Measure]) -> Estimates:
    """By facility and element, the estimate from some counted reports that the reader may all read, where it is enough."""
    slots = sorted({slot for one in measures for slot in one.parts[WHOLE].own})
    if not slots:
        return {}
    name = connection.ops.quote_name
    columns, types = (", ".join(form.format(name(slot)) for slot in slots) for form in ("r.{}", "{} numeric"))
    with connection.cursor() as cursor:
        cursor.execute(_NUMBERS.format(columns=columns, types=types), {"counted": counted})
        rows = cursor.fetchall()
    found = defaultdict[tuple[int, int], list[Decimal]](list)
    for facility, *numbers in rows:
        doc = dict(zip(slots, numbers, strict=True))
        for measure in measures:
            answers = [doc[slot] for slot in measure.parts[WHOLE].own if doc[slot] is not None]
            if answers:
                found[facility, measure.id].append(sum(answers, Decimal(0)))
    estimates = defaultdict[int, dict[int, Lost]](dict)
    for (facility, element), values in found.items():
        if (one := estimate(values)) is not None:
            estimates[facility][element] = one
    return estimates


def _lines(places: Iterable[int]) -> dict[int, list[int]]:
    """For each sub-district, itself and everything it lies in."""
    rows = Place.objects.filter(pk__in=set(places)).select_related("parent__parent__parent")
    return {place.pk: [one.pk for one in (place, *_above(place))] for place in rows}


def _above(place: Place) -> list[Place]:
    return [place.parent, *_above(place.parent)] if place.parent else []
