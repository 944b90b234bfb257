"""Figures as they are read: places or directorates by period, from the cells that consolidation keeps.

Whoever holds `Permission.VIEW_FIGURES` sees the places of the grant and no others; of a dataset that is read by agreement
only where its custodian agreed. There are two views: as then (stored: the places and jurisdictions of each period) and as now
(computed on reading: the sub-districts' cells joined to today's jurisdictions, and what places that ended gave to others).
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
from coordination.reporting.models.figure_statements import (
    ANSWERED,
    COVERED,
    COVERED_NOW,
    COVERED_THEN,
    MOVED_FIGURES,
    MOVED_FIGURES_WITHOUT_PARTS,
    NOW,
    SHIFTED,
    SHIFTED_COVERAGE,
    SPLIT,
    STORED,
    STORED_WITHOUT_PARTS,
    THEN,
)
from coordination.reporting.models.grounds import (
    NOTHING,
    Ground,
    Shifts,
    grounds,
    shifts_of_directorates,
    shifts_of_places,
)
from coordination.reporting.models.measures import WHOLE, Measure
from coordination.reporting.models.moved import Moved, moved
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
    return Place.objects.filter(inside(_open_paths(user, template, permission)))


def _open_paths(user: User | AnonymousUser, template: ReportTemplate | None, permission: Permission) -> list[str]:
    """Their beginnings, as the grants say them."""
    rights = rights_of(user)
    if template is None:
        scopes = tuple(scope for scope in rights.scopes if scope.permission is permission)
    else:
        scopes = rights.of_dataset(permission, template.dataset_id)
    return [path for scope in scopes for path in _paths_of(scope)]


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
    # By today's borders, what sub-districts that have ended give to whom.
    shifts: Shifts = NOTHING

    @property
    def stored(self) -> bool:
        """Whether the cells of this level are kept as they are asked for."""
        if self.level != FigureLevel.DIRECTORATE:
            return not self.shifts.formers
        return self.within is None and self.borders is Borders.THEN

    @property
    def by_today(self) -> bool:
        """Whether directorates are asked for as they hold places today."""
        return self.level == FigureLevel.DIRECTORATE and self.borders is Borders.NOW


def whose(
    user: User | AnonymousUser,
    template: ReportTemplate,
    level: FigureLevel,
    under: Place | None = None,
    borders: Borders = Borders.THEN,
    today: datetime.date | None = None,
) -> Whose:
    """The places of a level whose figures of a template a person may see, by code; or every directorate, and none last.

    By today's borders (or those of the day given), places that have ended are no rows; their ground counts where it lies.
    """
    everywhere = open_places(user, template)
    places = everywhere if under is None else everywhere.under(under)
    found = _grounds(everywhere, borders, today)
    gone = {one.place.pk for one in found}
    if level != FigureLevel.DIRECTORATE:
        rows = list(places.filter(level=level).exclude(pk__in=gone).order_by("code"))
        return _of_places(level, rows, found, under, borders, today)
    # The path of a country has one part; everywhere has none.
    whole = any(path.count("/") <= 1 for path in _open_paths(user, template, Permission.VIEW_FIGURES))
    everything = whole and (under is None or under.level == Level.COUNTRY)
    inside = (one.place.pk for one in found if one.inside(under))
    within = None if everything else [*_subdistricts(places).exclude(pk__in=gone), *inside]
    holders: dict[int, Place | Organisation | None] = {row.pk: row for row in directorates()}
    shifts = shifts_of_directorates(found, today) if found and today else NOTHING
    holders |= {key: one.place for key, one in shifts.undivided.items()}
    return Whose(level, holders | {OUTSIDE: None}, within, borders, today, shifts)


def whose_place(
    user: User | AnonymousUser,
    template: ReportTemplate,
    place: Place,
    borders: Borders = Borders.THEN,
    today: datetime.date | None = None,
) -> Whose:
    """One place, by the borders asked for: what its rows add up to."""
    found = _grounds(open_places(user, template), borders, today)
    return _of_places(FigureLevel(place.level), [place], found, place, borders, today)


def _subdistricts(places: PlaceQuerySet) -> Any:
    """The ids of the sub-districts among some places."""
    return places.filter(level=Level.SUBDISTRICT).values_list("pk", flat=True)


def _grounds(places: PlaceQuerySet, borders: Borders, day: datetime.date | None) -> list[Ground]:
    """The sub-districts that have ended, where today's borders are asked for, of those whose figures are open."""
    if borders is Borders.THEN or day is None or not (found := grounds(day)):
        return []
    seen = set(places.filter(pk__in=[one.place.pk for one in found]).values_list("pk", flat=True))
    return [one for one in found if one.place.pk in seen]


def _of_places(
    level: FigureLevel,
    rows: Sequence[Place],
    found: Sequence[Ground],
    focus: Place | None,
    borders: Borders,
    today: datetime.date | None,
) -> Whose:
    """Places of a level, and below it the ground that cannot be divided among them."""
    holders: dict[int, Place | Organisation | None] = {place.pk: place for place in rows}
    shifts = shifts_of_places(found, level, {place.path: place.pk for place in rows}, focus) if found else NOTHING
    holders |= {key: one.place for key, one in shifts.undivided.items()}
    return Whose(level, holders, None, borders, today, shifts)


# A day comes as its number from this one on (`figure_statements.py`).
FIRST = datetime.date(2000, 1, 1)
WITHOUT_PARTS = 6


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

    This is what the page of figures asks for and the bench times. Directorates by today's borders take one or two more, for
    what changed hands, and an element of which the last of several periods counts one, in which of them the country answers it.
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
    } | whose.shifts.given
    with_parts = any(one.element.is_computed for one in asked)
    changed_hands = moved(given) if whose.by_today and whose.within is None else None
    cells, coverage = _statements(whose, stored=whose.stored or changed_hands is not None, with_parts=with_parts)
    days = {(day - FIRST).days: day for day in starts}
    others = given
    if changed_hands is not None and changed_hands.days:
        _take(found, _of_changed_hands(changed_hands, given, asked, with_parts=with_parts), days)
        others = given | {"places": list(whose.holders.keys() - changed_hands.holders)}
    _take(found, _rows(cells, others), days)
    for holder, day, *counts in _rows(coverage, given):
        found.covered.setdefault(holder, {})[days[day]] = Covered(*counts)
    if changed_hands is not None:
        changed_hands.cover(found.covered)
    if whose.level == FigureLevel.DIRECTORATE and not whose.stored and whose.borders is Borders.THEN:
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
    for element, day in _rows(ANSWERED, given):
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


def _statements(whose: Whose, *, stored: bool, with_parts: bool) -> tuple[str | Prepared, str | Prepared]:
    """Where the sums and the coverage of these holders are read."""
    if stored:
        return STORED if with_parts else STORED_WITHOUT_PARTS, COVERED
    if whose.level != FigureLevel.DIRECTORATE:
        return SHIFTED, SHIFTED_COVERAGE
    return (THEN, COVERED_THEN) if whose.borders is Borders.THEN else (NOW, COVERED_NOW)


def _of_changed_hands(
    changed_hands: Moved, given: Mapping[str, Any], asked: Sequence[Measure], *, with_parts: bool
) -> list[Any]:
    """The sums of those who gave or took sub-districts since."""
    statement = MOVED_FIGURES if with_parts else MOVED_FIGURES_WITHOUT_PARTS
    questions = [(one.id, category) for one in asked for category in one.parts]
    elements, categories = (list(column) for column in zip(*questions, strict=True))
    theirs = {"places": list(changed_hands.holders), "elements": elements, "categories": categories}
    return statement.rows({**given, **changed_hands.given, **theirs})


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
    split = set(_rows(SPLIT, given))
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
