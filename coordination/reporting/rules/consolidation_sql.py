"""The SQL of consolidation, generated from what a template asks; only names and numbers that we made reach it.

Sub-districts are summed from counted documents, every higher place from the cells below it, directorates from the
sub-districts that belonged to them. Elements with categories get a row a category and one for the whole (category 0),
whose n counts the reports with at least one of them; a ratio gets the sums of its parts over reports that hold both.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

# A select list ends at 1,664 columns and a row at 1,600: wide templates are cut between elements.
SLOTS_A_PART = 400
KEYS = "period_start, template, level, place, element, category"
VALUES = "total, n, numerator, denominator"


@dataclass(frozen=True)
class Asked:
    """One slot of the documents: its number, the element's id, the category's id or 0."""

    slot: int
    element: int
    category: int


@dataclass(frozen=True)
class Ratio:
    """An element computed over place: the slots whose sums are its numerator and its denominator."""

    element: int
    numerator: tuple[int, ...]
    denominator: tuple[int, ...]


@dataclass(frozen=True)
class Layout:
    """What of a template's documents is summed."""

    template: int
    asked: tuple[Asked, ...]
    ratios: tuple[Ratio, ...] = ()

    @cached_property
    def parts(self) -> tuple["Layout", ...]:
        """The layout cut so that one statement can hold each part; an element and a ratio stay whole."""
        parts: list[Layout] = []
        group: list[Asked] = []
        for element in dict.fromkeys(asked.element for asked in self.asked):
            own = [asked for asked in self.asked if asked.element == element]
            if group and len(group) + len(own) > SLOTS_A_PART:
                parts.append(Layout(self.template, tuple(group)))
                group = []
            group += own
        if group:
            parts.append(Layout(self.template, tuple(group)))
        ratios = [Layout(self.template, (), self.ratios[i : i + 100]) for i in range(0, len(self.ratios), 100)]
        if len(parts) == 1 and len(ratios) == 1:
            return (self,)
        return (*parts, *ratios)

    @cached_property
    def slots(self) -> tuple[int, ...]:
        """Every slot that is read, in order."""
        read = [asked.slot for asked in self.asked]
        for ratio in self.ratios:
            read += [*ratio.numerator, *ratio.denominator]
        return tuple(sorted(set(read)))

    @cached_property
    def wholes(self) -> dict[int, tuple[int, ...]]:
        """The slots of each element that is asked by categories."""
        by_element: dict[int, list[int]] = {}
        for asked in self.asked:
            if asked.category:
                by_element.setdefault(asked.element, []).append(asked.slot)
        return {element: tuple(slots) for element, slots in by_element.items()}


def _column(slot: int) -> str:
    return f"r.s{int(slot)}"


def _some(slots: Iterable[int]) -> str:
    """The first answer among some slots, NULL where there is none."""
    return f"coalesce({', '.join(_column(slot) for slot in slots)})"


def _sum_of(slots: tuple[int, ...]) -> str:
    """One report's sum over some slots, NULL where none is answered."""
    if len(slots) == 1:
        return _column(slots[0])
    added = " + ".join(f"coalesce({_column(slot)}, 0)" for slot in slots)
    return f"CASE WHEN {_some(slots)} IS NOT NULL THEN {added} END"


def _aggregates(layout: Layout) -> Iterator[str]:
    """The wide row of totals over documents `r`."""
    for asked in layout.asked:
        yield f"sum({_column(asked.slot)}) AS t{asked.slot}, count({_column(asked.slot)}) AS n{asked.slot}"
    for element, slots in layout.wholes.items():
        yield f"count({_some(slots)}) AS w{element}"
    for ratio in layout.ratios:
        one, other = _sum_of(ratio.numerator), _sum_of(ratio.denominator)
        both = f"FILTER (WHERE {_some(ratio.numerator)} IS NOT NULL AND {_some(ratio.denominator)} IS NOT NULL)"
        yield f"sum({one}) {both} AS a{ratio.element}, sum({other}) {both} AS b{ratio.element}"
        yield f"count(*) {both} AS p{ratio.element}"


def _rows(layout: Layout) -> Iterator[str]:
    """The wide row `w` as rows of element, category, total, n, numerator, denominator."""
    for asked in layout.asked:
        yield f"({asked.element}, {asked.category}, w.t{asked.slot}, w.n{asked.slot}, NULL::numeric, NULL::numeric)"
    for element, slots in layout.wholes.items():
        added = " + ".join(f"coalesce(w.t{slot}, 0)" for slot in slots)
        yield f"({element}, 0, CASE WHEN w.w{element} > 0 THEN {added} END, w.w{element}, NULL, NULL)"
    for ratio in layout.ratios:
        e = ratio.element
        yield f"({e}, 0, NULL::numeric, w.p{e}, w.a{e}, w.b{e})"


def _unpivoted(layout: Layout) -> str:
    return f"CROSS JOIN LATERAL (VALUES {', '.join(_rows(layout))}) k(element, category, {VALUES})"


def _documents(layout: Layout) -> str:
    """Counted reports `c` with their documents unpacked to columns `r`; the overlay says what counts otherwise."""
    columns = ", ".join(f"s{slot} numeric" for slot in layout.slots)
    return f"""reporting_countedreport c JOIN reporting_revision v ON v.id = c.revision_id
        CROSS JOIN LATERAL jsonb_to_record(
            CASE WHEN c.overlay IS NULL THEN v.doc ELSE v.doc || c.overlay END) r({columns})"""


def _upsert(select: str) -> str:
    """The rows written into the cells; what did not change costs nothing."""
    return f"""INSERT INTO cell AS old ({KEYS}, {VALUES}) {select}
    ON CONFLICT ({KEYS}) DO UPDATE SET total = excluded.total, n = excluded.n,
        numerator = excluded.numerator, denominator = excluded.denominator
    WHERE (old.total, old.n, old.numerator, old.denominator)
        IS DISTINCT FROM (excluded.total, excluded.n, excluded.numerator, excluded.denominator)"""


@lru_cache(maxsize=256)
def subdistricts(layout: Layout) -> tuple[str, ...]:
    """Cells of given sub-districts (periods, places), one statement a part.

    The lateral has no GROUP BY: where the last report was withdrawn it answers n = 0, which repairs the cell.
    """
    return tuple(
        _upsert(f"""SELECT m.period_start, {int(part.template)}, 3, m.place, k.*
    FROM unnest(%(periods)s::date[], %(places)s::int[]) m(period_start, place)
    CROSS JOIN LATERAL (SELECT {", ".join(_aggregates(part))} FROM {_documents(part)}
        WHERE c.template_id = {int(part.template)} AND c.period_start = m.period_start
        AND c.subdistrict_id = m.place) w
    {_unpivoted(part)}""")
        for part in layout.parts
    )


@lru_cache(maxsize=256)
def fresh_subdistricts(layout: Layout) -> tuple[str, ...]:
    """Cells of every sub-district and period, as SELECTs of a full rebuild."""
    return tuple(
        f"""SELECT w.period_start, {int(part.template)} AS template, 3::smallint AS level, w.place::int, k.element,
        k.category, k.total, k.n::int, k.numerator, k.denominator
    FROM (SELECT c.period_start, c.subdistrict_id AS place, {", ".join(_aggregates(part))} FROM {_documents(part)}
        WHERE c.template_id = {int(part.template)} GROUP BY c.period_start, c.subdistrict_id) w
    {_unpivoted(part)} WHERE k.n > 0"""
        for part in layout.parts
    )


# Cells of given places of a level from the cells below: level, template, periods, places, the level below.
HIGHER = _upsert("""SELECT m.period_start, %(template)s, %(level)s, m.place, k.*
    FROM unnest(%(periods)s::date[], %(places)s::int[]) m(period_start, place)
    CROSS JOIN LATERAL (
        SELECT c.element, c.category, sum(c.total), sum(c.n)::int, sum(c.numerator), sum(c.denominator)
        FROM directorates_place p JOIN cell c ON c.period_start = m.period_start AND c.template = %(template)s
            AND c.level = %(level)s + 1 AND c.place = p.id
        WHERE p.parent_id = m.place GROUP BY c.element, c.category) k""")

# A sub-district counts for one directorate in a period, unless a jurisdiction was corrected between two reviews; its
# cells are then split: summed from documents, each for the directorate that the report counts for.
_SUMS = "sum(u.total), sum(u.n)::int, sum(u.numerator), sum(u.denominator)"
# What sub-districts give to their directorates; one that counts nothing there, or is split, gives zeroes.
_OF_SUBDISTRICTS = """SELECT b.period_start, b.template, b.directorate, c.element, c.category,
        CASE WHEN b.sole THEN c.total END AS total, CASE WHEN b.sole THEN c.n ELSE 0 END AS n,
        CASE WHEN b.sole THEN c.numerator END AS numerator, CASE WHEN b.sole THEN c.denominator END AS denominator
    FROM (SELECT b.period_start, b.template, b.directorate, b.subdistrict, {sole} AS sole
        FROM {marks} m(period_start, directorate) JOIN belonging b ON b.template = {template} AND b.period_start = m.period_start
            AND b.directorate = m.directorate OFFSET 0) b
    JOIN cell c ON c.period_start = b.period_start AND c.template = b.template
        AND c.level = 3 AND c.place = b.subdistrict"""
_SOLE = """b.received > 0 AND NOT EXISTS (SELECT FROM belonging o WHERE o.template = b.template
            AND o.period_start = b.period_start AND o.subdistrict = b.subdistrict
            AND o.directorate <> b.directorate AND o.received > 0)"""
_OF_ALL_SUBDISTRICTS = """SELECT b.period_start, b.template, b.directorate, c.element, c.category,
        c.total, c.n, c.numerator, c.denominator
    FROM (SELECT b.period_start, b.template, b.subdistrict, min(b.directorate) AS directorate FROM belonging_fresh b
        WHERE b.received > 0 GROUP BY b.period_start, b.template, b.subdistrict HAVING count(*) = 1) b
    JOIN cell_fresh c ON c.period_start = b.period_start AND c.template = b.template
        AND c.level = 3 AND c.place = b.subdistrict"""


def _of_split_documents(part: Layout, belonging: str, marked: str = "") -> str:
    """What documents give to directorates in sub-districts that count for more than one."""
    template = int(part.template)
    return f"""SELECT w.period_start, {template}, w.directorate, k.*
    FROM (SELECT c.period_start, coalesce(c.directorate_id, 0)::int AS directorate, {", ".join(_aggregates(part))}
        FROM {_documents(part)}
        JOIN (SELECT b.period_start, b.subdistrict FROM {belonging} b WHERE b.template = {template} AND b.received > 0
            GROUP BY b.period_start, b.subdistrict HAVING count(*) > 1) s
            ON s.period_start = c.period_start AND s.subdistrict = c.subdistrict_id
        {marked} WHERE c.template_id = {template} GROUP BY 1, 2) w
    {_unpivoted(part)}"""


@lru_cache(maxsize=256)
def directorates(layout: Layout, *, split: bool) -> str:
    """Cells of given directorates (periods, directorates); `split` where a sub-district counts for several."""
    marks = "unnest(%(periods)s::date[], %(directorates)s::int[])"
    sources = [
        _OF_SUBDISTRICTS.format(marks=marks, template=int(layout.template), sole=_SOLE if split else "b.received > 0")
    ]
    if split:
        joined = f"""JOIN {marks} m(period_start, directorate) ON m.period_start = c.period_start
            AND m.directorate = coalesce(c.directorate_id, 0)"""
        sources += [_of_split_documents(part, "belonging", joined) for part in layout.parts]
    return _upsert(f"""SELECT u.period_start, u.template, 4, u.directorate, u.element, u.category, {_SUMS}
    FROM ({" UNION ALL ".join(sources)}) u GROUP BY 1, 2, 4, 5, 6""")


# The full rebuild: the same cascade over everything, into tables that nobody reads yet.
FRESH_HIGHER = f"""INSERT INTO cell_fresh ({KEYS}, {VALUES})
SELECT u.period_start, u.template, %(level)s, p.parent_id, u.element, u.category, {_SUMS}
FROM cell_fresh u JOIN directorates_place p ON p.id = u.place WHERE u.level = %(level)s + 1
GROUP BY u.period_start, u.template, p.parent_id, u.element, u.category"""


@lru_cache(maxsize=64)
def fresh_directorates(split: tuple[Layout, ...]) -> str:
    """Cells of all directorates; `split` are the templates with sub-districts that count for several."""
    sources = [_OF_ALL_SUBDISTRICTS]
    sources += [_of_split_documents(part, "belonging_fresh") for layout in split for part in layout.parts]
    return f"""INSERT INTO cell_fresh ({KEYS}, {VALUES})
SELECT u.period_start, u.template, 4, u.directorate, u.element, u.category, {_SUMS}
FROM ({" UNION ALL ".join(sources)}) u GROUP BY 1, 2, 4, 5, 6 HAVING sum(u.n) > 0"""
