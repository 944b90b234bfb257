"""Figures as they are read: places or directorates by period, from the cells that consolidation keeps.

Whoever holds `Permission.VIEW_FIGURES` sees the places of the grant and no others; of a dataset that is read by agreement
only where its custodian agreed. Places keep their figures whoever is
competent; of directorates there are two views: as then (stored: who was competent in each period) and as now (computed
on reading: the sub-districts' cells joined to today's jurisdictions).
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import connection
from django.db.models import Exists, OuterRef, Q, QuerySet

from coordination.reporting.models.consolidation import OUTSIDE, FigureLevel
from coordination.reporting.models.counted import CountedReport
from coordination.reporting.models.measures import WHOLE, Measure
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.figures import Covered, Sums
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType
from coordination.reporting.rules.specification import OverTime
from directorates.foundation.prepared import Prepared
from directorates.foundation.sight import unwalled
from directorates.models import Jurisdiction, Organisation, Place, User
from directorates.models.organisations import Kind
from directorates.models.places import Level, PlaceQuerySet, beneath
from directorates.permissions import Permission, rights_of
from directorates.rights import Scope, distinct

LEVELS = {level.name.lower(): level for level in FigureLevel}
# An element's id and a category's, 0 for the whole.
Question = tuple[int, int]


class Borders(StrEnum):
    """Whose jurisdictions: those of each period, or today's."""

    THEN = "then"
    NOW = "now"


def open_places(
    user: User | AnonymousUser,
    template: ReportTemplate | None = None,
    permission: Permission = Permission.VIEW_FIGURES,
) -> PlaceQuerySet:
    """The places whose figures of a template a person may see (or editions, by the permission); without one, of any."""
    rights = rights_of(user)
    if template is None:
        scopes = tuple(scope for scope in rights.scopes if scope.permission is permission)
    else:
        scopes = rights.of_dataset(permission, template.dataset_id)
    return Place.objects.filter(inside(path for scope in scopes for path in _paths_of(scope)))


def inside(paths: Iterable[str], column: str = "path") -> Q:
    """What lies in one of some places; all of it, where one of them is everywhere ("")."""
    found, everywhere = Q(pk__in=()), Q()
    for path in dict.fromkeys(paths):
        if not path:
            return everywhere
        found |= beneath(path, column)
    return found


def _paths_of(scope: Scope) -> Sequence[str]:
    """The places that a grant opens figures of: a dataset's everywhere, but for what limits it."""
    return scope.paths() if scope.dataset is None else scope.within or ("",)


def facility_paths(user: User | AnonymousUser, template: ReportTemplate) -> Sequence[str]:
    """The places in which a person may see which facilities reported: everywhere ("") whose role opens figures of places.

    Whom only the data are open to, by custody or agreement, it is those from the level on that shows facilities.
    """
    rights = rights_of(user)
    if any(scope.path is not None for scope in rights.of_dataset(Permission.VIEW_FIGURES, template.dataset_id)):
        return ("",)
    wanted = (Permission.VIEW_REPORTS, Permission.VIEW_FACILITY_FIGURES)
    scopes = (scope for permission in wanted for scope in rights.of_dataset(permission, template.dataset_id))
    return distinct(path for scope in scopes for path in _paths_of(scope))


def directorates() -> QuerySet[Organisation]:
    """Whoever can be competent: directorates, and whatever other organisation was given a jurisdiction."""
    given = Jurisdiction.objects.filter(organisation=OuterRef("pk"))
    return Organisation.objects.filter(Q(kind=Kind.DIRECTORATE) | Exists(given)).order_by("code")


def parts_of(template: ReportTemplate, period: Period) -> tuple[Period, ...]:
    """The periods of the template's own type that make up a period; an error where they do not."""
    own = PeriodType(template.period_type)
    if period.type == own:
        return (period,)
    try:
        return period.children(own)
    except PeriodError as problem:
        raise PeriodError("wrong_period_type", given=period.id, expected=own.value) from problem


@dataclass(frozen=True)
class Whose:
    """Whose figures are asked for: places of one level or directorates, under a place, as one person may see them."""

    level: FigureLevel
    holders: dict[int, Place | Organisation | None]
    # Directorates are cut to these sub-districts; None where the whole country is open and asked for.
    within: list[int] | None = None
    borders: Borders = Borders.THEN
    today: datetime.date | None = None

    @property
    def stored(self) -> bool:
        """Whether the cells of this level are kept as they are asked for."""
        return self.level != FigureLevel.DIRECTORATE or (self.within is None and self.borders is Borders.THEN)


def whose(
    user: User | AnonymousUser,
    template: ReportTemplate,
    level: FigureLevel,
    under: Place | None = None,
    borders: Borders = Borders.THEN,
    today: datetime.date | None = None,
) -> Whose:
    """The places of a level whose figures of a template a person may see, by code; or every directorate, and none last."""
    places = open_places(user, template)
    if under is not None:
        places = places.under(under)
    if level != FigureLevel.DIRECTORATE:
        return Whose(level, {place.pk: place for place in places.filter(level=level).order_by("code")})
    everything = (under is None or under.level == Level.COUNTRY) and places.filter(level=Level.COUNTRY).exists()
    within = None if everything else list(places.filter(level=Level.SUBDISTRICT).values_list("pk", flat=True))
    holders: dict[int, Place | Organisation | None] = {row.pk: row for row in directorates()}
    return Whose(level, holders | {OUTSIDE: None}, within, borders, today)


# Thousands of cells are read: a day comes as its number from this one on, which is read four times as fast as a date.
FIRST = datetime.date(2000, 1, 1)
WITHOUT_PARTS = 6
_DAY = "c.period_start - date '2000-01-01'"
# The page of figures asks for these: planned once a connection. Most elements have no parts.
_CELLS = """FROM cell c
WHERE c.template = %(template)s AND c.level = %(level)s AND c.period_start = ANY(%(periods)s)
    AND c.place = ANY(%(places)s) AND c.n > 0 AND c.element = ANY(%(elements)s)"""
_OF_CELLS = {"template": "int", "level": "int", "periods": "date[]", "places": "int[]", "elements": "int[]"}
_STORED = Prepared(
    "stored_figures",
    f"SELECT c.place, {_DAY}, c.element, c.category, c.total, c.n, c.numerator, c.denominator {_CELLS}",
    **_OF_CELLS,
)
_STORED_WITHOUT_PARTS = Prepared(
    "stored_sums", f"SELECT c.place, {_DAY}, c.element, c.category, c.total, c.n {_CELLS}", **_OF_CELLS
)
_COVERED = Prepared(
    "stored_coverage",
    """SELECT c.place, c.period_start, c.expected, c.received, c.on_time, c.answered,
    c.answered_on_time, c.excused FROM coverage c
WHERE c.template = %(template)s AND c.level = %(level)s AND c.period_start = ANY(%(periods)s)
    AND c.place = ANY(%(places)s)""",
    template="int",
    level="int",
    periods="date[]",
    places="int[]",
)
# Sub-districts of several directorates in one period (a jurisdiction was corrected between two reviews) are left out:
# their reports are read one by one.
_THEN = f"""SELECT b.directorate, {_DAY}, c.element, c.category, sum(c.total), sum(c.n)::int, sum(c.numerator),
    sum(c.denominator)
FROM belonging b JOIN cell c ON c.period_start = b.period_start AND c.template = b.template AND c.level = 3
    AND c.place = b.subdistrict
WHERE b.template = %(template)s AND b.period_start = ANY(%(periods)s::date[]) AND b.received > 0
    AND b.subdistrict = ANY(%(within)s::int[]) AND c.n > 0 AND c.element = ANY(%(elements)s::int[])
    AND NOT EXISTS (SELECT FROM belonging o WHERE o.template = b.template AND o.period_start = b.period_start
        AND o.subdistrict = b.subdistrict AND o.directorate <> b.directorate AND o.received > 0)
GROUP BY 1, 2, 3, 4"""
_NOW = f"""SELECT coalesce(j.organisation_id, 0), {_DAY}, c.element, c.category, sum(c.total), sum(c.n)::int,
    sum(c.numerator), sum(c.denominator)
FROM cell c LEFT JOIN directorates_jurisdiction j ON j.place_id = c.place AND j.valid @> %(today)s::date
WHERE c.template = %(template)s AND c.level = 3 AND c.period_start = ANY(%(periods)s::date[]) AND c.n > 0
    AND c.element = ANY(%(elements)s::int[])
    AND (%(within)s::int[] IS NULL OR c.place = ANY(%(within)s::int[])) GROUP BY 1, 2, 3, 4"""
_SUMS = """sum(b.expected)::int, sum(b.received)::int, sum(b.on_time)::int, sum(b.answered)::int,
    sum(b.answered_on_time)::int, sum(b.excused)::int"""
_COVERED_THEN = f"""SELECT b.directorate, b.period_start, {_SUMS}
FROM belonging b WHERE b.template = %(template)s AND b.period_start = ANY(%(periods)s::date[])
    AND b.subdistrict = ANY(%(within)s::int[]) GROUP BY 1, 2"""
_COVERED_NOW = f"""SELECT coalesce(j.organisation_id, 0), b.period_start, {_SUMS}
FROM belonging b LEFT JOIN directorates_jurisdiction j ON j.place_id = b.subdistrict AND j.valid @> %(today)s::date
WHERE b.template = %(template)s AND b.period_start = ANY(%(periods)s::date[])
    AND (%(within)s::int[] IS NULL OR b.subdistrict = ANY(%(within)s::int[])) GROUP BY 1, 2"""
_SPLIT = """SELECT b.period_start, b.subdistrict FROM belonging b WHERE b.template = %(template)s
    AND b.period_start = ANY(%(periods)s::date[]) AND b.subdistrict = ANY(%(within)s::int[]) AND b.received > 0
GROUP BY 1, 2 HAVING count(*) > 1"""
_ANSWERED = """SELECT DISTINCT c.element, c.period_start FROM cell c WHERE c.template = %(template)s AND c.level = 0
    AND c.category = 0 AND c.n > 0 AND c.period_start = ANY(%(periods)s::date[]) AND c.element = ANY(%(elements)s::int[])"""


@dataclass
class Figures:
    """Sums and coverage by holder and period as they were read, and the figures made of them."""

    whose: Whose
    sums: dict[int, dict[Question, dict[datetime.date, Sums]]] = field(default_factory=dict)
    covered: dict[int, dict[datetime.date, Covered]] = field(default_factory=dict)
    # The periods in which the country answers an element; read only where the last of several periods counts.
    answered: dict[int, list[datetime.date]] | None = None

    def value(
        self, holder: int, measure: Measure, parts: Sequence[datetime.date], category: int = WHOLE
    ) -> Decimal | None:
        """The figure of an element over the periods that make up one; None where there are no data."""
        held = self.sums.get(holder, {}).get((measure.id, category), {})
        answered = None if self.answered is None else self.answered.get(measure.id, [])
        return measure.formula.of_periods(held, parts, answered)

    def coverage(self, holder: int, parts: Iterable[datetime.date]) -> Covered:
        """Expected, received and on time over some periods."""
        held = self.covered.get(holder, {})
        return sum((held[day] for day in parts if day in held), Covered())

    def answers(self, holder: int, measure: Measure, parts: Iterable[datetime.date]) -> int:
        """How many reports answer an element over some periods."""
        held = self.sums.get(holder, {}).get((measure.id, WHOLE), {})
        return sum(held[day].n for day in parts if day in held)

    def present(self) -> dict[int, Place | Organisation | None]:
        """The holders of whom there is anything to tell: expected, received or answered."""
        told = {key for key, held in self.covered.items() if any(one.anything for one in held.values())}
        return {key: holder for key, holder in self.whose.holders.items() if key in told or key in self.sums}


def read_figures(
    template: ReportTemplate,
    whose: Whose,
    periods: Iterable[datetime.date],
    measures: Iterable[Measure],
) -> Figures:
    """Sums and coverage of some holders over some periods of the template's own type, in two queries.

    This is what the page of figures asks for and the bench times. Where the last of several periods counts for an
    element, a third query says in which of them the country answers it.
    """
    starts, asked = list(periods), list(measures)
    found = Figures(whose)
    given = {
        "template": template.pk,
        "periods": starts,
        "level": int(whose.level),
        "places": list(whose.holders),
        "within": whose.within,
        "today": whose.today,
        "elements": [one.id for one in asked],
    }
    cells, coverage = _statements(whose, with_parts=any(one.element.is_computed for one in asked))
    _take(found, _rows(cells, given), {(day - FIRST).days: day for day in starts})
    for holder, day, *counts in _rows(coverage, given):
        found.covered.setdefault(holder, {})[day] = Covered(*counts)
    if not whose.stored and whose.borders is Borders.THEN:
        _add_split(found, template, given, asked)
    if len(starts) > 1 and any(one.formula.over_time is OverTime.LAST for one in asked):
        found.answered = _answered(given)
    return found


def periods_behind(template: ReportTemplate, measure: Measure, parts: Sequence[datetime.date]) -> list[datetime.date]:
    """The periods whose reports make up a figure: all, or the last in which the country answers the element."""
    answered = _answered({"template": template.pk, "periods": list(parts), "elements": [measure.id]})
    return list(measure.formula.behind(parts, answered.get(measure.id, [])))


def _answered(given: Mapping[str, Any]) -> dict[int, list[datetime.date]]:
    """By element, the periods in which the country answers it."""
    found = defaultdict[int, list[datetime.date]](list)
    for element, day in _rows(_ANSWERED, given):
        found[element].append(day)
    return dict(found)


class _Days(dict[tuple[int, int, int], dict[datetime.date, Sums]]):
    """The days of a holder, element and category as figures hold them, found in one step."""

    def __init__(self, sums: dict[int, dict[Question, dict[datetime.date, Sums]]]) -> None:
        super().__init__()
        self.sums = sums

    def __missing__(self, key: tuple[int, int, int]) -> dict[datetime.date, Sums]:
        holder, element, category = key
        days = self[key] = self.sums.setdefault(holder, {}).setdefault((element, category), {})
        return days


def _take(found: Figures, rows: list[Any], days: Mapping[int, datetime.date]) -> None:
    """Put what was read, with its parts or without them, where figures look for it."""
    held = _Days(found.sums)
    if rows and len(rows[0]) == WITHOUT_PARTS:
        for holder, day, element, category, total, n in rows:
            held[holder, element, category][days[day]] = Sums(total, n)
        return
    for holder, day, element, category, total, n, numerator, denominator in rows:
        held[holder, element, category][days[day]] = Sums(total, n, numerator, denominator)


def _statements(whose: Whose, *, with_parts: bool) -> tuple[str | Prepared, str | Prepared]:
    """Where the sums and the coverage of these holders are read."""
    if whose.stored:
        return _STORED if with_parts else _STORED_WITHOUT_PARTS, _COVERED
    if whose.borders is Borders.THEN:
        return _THEN, _COVERED_THEN
    return _NOW, _COVERED_NOW


def _rows(statement: str | Prepared, given: Mapping[str, Any]) -> list[Any]:
    """What a statement answers."""
    if isinstance(statement, Prepared):
        return statement.rows(given)
    with connection.cursor() as cursor:
        cursor.execute(statement, given)
        return cursor.fetchall()


@unwalled
def _add_split(found: Figures, template: ReportTemplate, given: Mapping[str, Any], measures: Sequence[Measure]) -> None:
    """What reports give to their directorates in sub-districts that count for several in one period."""
    split = set(_rows(_SPLIT, given))
    if not split:
        return
    rows = CountedReport.objects.filter(
        template=template, period_start__in={day for day, _ in split}, subdistrict__in={place for _, place in split}
    )
    for row in rows.select_related("revision"):
        if (row.period_start, row.subdistrict_id) not in split:
            continue
        doc = row.revision.doc | (row.overlay or {})
        held = found.sums.setdefault(row.directorate_id or OUTSIDE, {})
        for measure in measures:
            for category, parts in measure.parts.items():
                days = held.setdefault((measure.id, category), {})
                if (sums := parts.of(doc)).n:
                    days[row.period_start] = days.get(row.period_start, Sums()) + sums
