"""The statements that figures are read with: as they are stored, and joined to jurisdictions and grounds of today."""

from directorates.foundation.prepared import Prepared

# A day comes as its number from 2000 on, which is read four times as fast as a date.
_DAY = "c.period_start - date '2000-01-01'"
# The page of figures asks for these: planned once a connection. Most elements have no parts.
_CELLS = """FROM cell c
WHERE c.template = %(template)s AND c.level = %(level)s AND c.period_start = ANY(%(periods)s)
    AND c.place = ANY(%(places)s) AND c.n > 0 AND c.element = ANY(%(elements)s)"""
_OF_CELLS = {"template": "int", "level": "int", "periods": "date[]", "places": "int[]", "elements": "int[]"}
_COUNTS = ("expected", "received", "on_time", "answered", "answered_on_time", "excused")
_OF_COVERAGE = {"template": "int", "level": "int", "periods": "date[]", "places": "int[]"}
_OF_SHIFTS = {"formers": "int[]", "holders": "int[]", "signs": "int[]"}
STORED = Prepared(
    "stored_figures",
    f"SELECT c.place, {_DAY}, c.element, c.category, c.total, c.n, c.numerator, c.denominator {_CELLS}",
    **_OF_CELLS,
)
STORED_WITHOUT_PARTS = Prepared(
    "stored_sums", f"SELECT c.place, {_DAY}, c.element, c.category, c.total, c.n {_CELLS}", **_OF_CELLS
)
COVERED = Prepared(
    "stored_coverage",
    f"""SELECT c.place, {_DAY}, {", ".join(f"c.{count}" for count in _COUNTS)} FROM coverage c
WHERE c.template = %(template)s AND c.level = %(level)s AND c.period_start = ANY(%(periods)s)
    AND c.place = ANY(%(places)s)""",
    **_OF_COVERAGE,
)
# By today's places: what is stored, and beside it what few former sub-districts give and take.
_SHIFTS = "unnest(%(formers)s, %(holders)s, %(signs)s) m(former, holder, sign)"
SHIFTED = Prepared(
    "shifted_figures",
    f"""SELECT u.place, u.day, u.element, u.category, sum(u.total), sum(u.n)::int, sum(u.numerator), sum(u.denominator)
FROM (SELECT c.place, {_DAY} AS day, c.element, c.category, c.total, c.n, c.numerator, c.denominator {_CELLS}
    UNION ALL
    SELECT m.holder, {_DAY}, c.element, c.category, m.sign * c.total, m.sign * c.n, m.sign * c.numerator,
        m.sign * c.denominator
    FROM {_SHIFTS} JOIN cell c ON c.level = 3 AND c.place = m.former
    WHERE c.template = %(template)s AND c.period_start = ANY(%(periods)s) AND c.n > 0 AND c.element = ANY(%(elements)s)
) u GROUP BY 1, 2, 3, 4 HAVING sum(u.n) <> 0""",
    **_OF_CELLS,
    **_OF_SHIFTS,
)
SHIFTED_COVERAGE = Prepared(
    "shifted_coverage",
    f"""SELECT u.place, u.day, {", ".join(f"sum(u.{count})::int" for count in _COUNTS)}
FROM (SELECT c.place, {_DAY} AS day, {", ".join(f"c.{count}" for count in _COUNTS)} FROM coverage c
    WHERE c.template = %(template)s AND c.level = %(level)s AND c.period_start = ANY(%(periods)s)
        AND c.place = ANY(%(places)s)
    UNION ALL
    SELECT m.holder, {_DAY}, {", ".join(f"m.sign * c.{count}" for count in _COUNTS)}
    FROM {_SHIFTS} JOIN coverage c ON c.level = 3 AND c.place = m.former
    WHERE c.template = %(template)s AND c.period_start = ANY(%(periods)s)
) u GROUP BY 1, 2""",
    **_OF_COVERAGE,
    **_OF_SHIFTS,
)
# Sub-districts of several directorates in one period (a jurisdiction was corrected between two reviews) are left out:
# their reports are read one by one.
THEN = f"""SELECT b.directorate, {_DAY}, c.element, c.category, sum(c.total), sum(c.n)::int, sum(c.numerator),
    sum(c.denominator)
FROM belonging b JOIN cell c ON c.period_start = b.period_start AND c.template = b.template AND c.level = 3
    AND c.place = b.subdistrict
WHERE b.template = %(template)s AND b.period_start = ANY(%(periods)s::date[]) AND b.received > 0
    AND b.subdistrict = ANY(%(within)s::int[]) AND c.n > 0 AND c.element = ANY(%(elements)s::int[])
    AND NOT EXISTS (SELECT FROM belonging o WHERE o.template = b.template AND o.period_start = b.period_start
        AND o.subdistrict = b.subdistrict AND o.directorate <> b.directorate AND o.received > 0)
GROUP BY 1, 2, 3, 4"""
# A sub-district that has ended has no jurisdiction of its own: it counts for whoever holds its ground.
_HELD = """LEFT JOIN directorates_jurisdiction j ON j.place_id = {place} AND j.valid @> %(today)s::date
    LEFT JOIN unnest(%(formers)s::int[], %(holders)s::int[]) m(former, holder) ON m.former = {place}"""
NOW = f"""SELECT coalesce(j.organisation_id, m.holder, 0), {_DAY}, c.element, c.category, sum(c.total), sum(c.n)::int,
    sum(c.numerator), sum(c.denominator)
FROM cell c {_HELD.format(place="c.place")}
WHERE c.template = %(template)s AND c.level = 3 AND c.period_start = ANY(%(periods)s::date[]) AND c.n > 0
    AND c.element = ANY(%(elements)s::int[])
    AND (%(within)s::int[] IS NULL OR c.place = ANY(%(within)s::int[])) GROUP BY 1, 2, 3, 4"""
# Where the whole country is asked for: which sub-districts of which periods are held by others today than they count for,
# whether reports of one count for others as well, and what was expected and received there. Two steps down an index for
# each sub-district, however many periods.
_COUNTS_OF_B = ", ".join(f"b.{count}" for count in _COUNTS)
_COUNTS_FOR = f"""SELECT b.period_start, b.directorate, {_COUNTS_OF_B} FROM belonging b
    WHERE b.template = %(template)s AND b.subdistrict = h.place AND b.directorate {{other}} h.holder"""
MOVED = Prepared(
    "moved_subdistricts",
    f"""SELECT b.period_start, h.place, b.directorate, h.holder, b.received > 0
    AND EXISTS (SELECT FROM belonging o WHERE o.template = %(template)s AND o.period_start = b.period_start
        AND o.subdistrict = h.place AND o.directorate <> b.directorate AND o.received > 0), {_COUNTS_OF_B}
FROM (SELECT p.id AS place, coalesce(j.organisation_id, m.holder, 0) AS holder
    FROM directorates_place p {_HELD.format(place="p.id")} WHERE p.level = 3 OFFSET 0) h
CROSS JOIN LATERAL ({_COUNTS_FOR.format(other="<")} UNION ALL {_COUNTS_FOR.format(other=">")} OFFSET 0) b
WHERE b.period_start = ANY(%(periods)s) AND b.expected + b.received > 0""",
    template="int",
    periods="date[]",
    today="date",
    formers="int[]",
    holders="int[]",
)
# The figures of those who give or take: what is stored, less what each gave, and what others gave besides.
_OF_MOVED = {
    **_OF_CELLS,
    "categories": "int[]",
    "days": "date[]",
    "formers": "int[]",
    "givers": "int[]",
    "takers": "int[]",
}
_WITH_MOVED = f"""WITH m AS MATERIALIZED (
    SELECT * FROM unnest(%(days)s, %(formers)s, %(givers)s, %(takers)s) m(day, place, giver, taker)
), c AS MATERIALIZED (
    SELECT c.* FROM (SELECT DISTINCT place FROM m) x CROSS JOIN unnest(%(elements)s, %(categories)s) a(element, category)
    CROSS JOIN LATERAL (SELECT c.place, c.period_start, c.element, c.category, {{of_c}} FROM cell c
        WHERE c.template = %(template)s AND c.element = a.element AND c.category = a.category AND c.level = 3
            AND c.place = x.place AND c.period_start = ANY(%(periods)s) AND c.n > 0 OFFSET 0) c
), given AS MATERIALIZED (
    SELECT m.giver, m.taker, m.day, c.element, c.category, {{sums}}
    FROM c JOIN m ON m.place = c.place AND m.day = c.period_start GROUP BY 1, 2, 3, 4, 5
)
SELECT c.place, {_DAY}, c.element, c.category, {{sums}}
FROM (SELECT c.place, c.period_start, c.element, c.category, {{of_c}} {_CELLS}
    UNION ALL SELECT c.taker, c.day, c.element, c.category, {{of_c}} FROM given c
    UNION ALL SELECT c.giver, c.day, c.element, c.category, {{less_c}} FROM given c) c
GROUP BY c.place, c.period_start, c.element, c.category HAVING sum(c.n) <> 0"""


def _with_moved(name: str, *numbers: str) -> Prepared:
    """The statement with some of a cell's numbers."""
    return Prepared(
        name,
        _WITH_MOVED.format(
            sums=", ".join(f"sum(c.{one}){'::int' if one == 'n' else ''} AS {one}" for one in numbers),
            of_c=", ".join(f"c.{one}" for one in numbers),
            less_c=", ".join(f"-c.{one}" for one in numbers),
        ),
        **_OF_MOVED,
    )


MOVED_FIGURES = _with_moved("moved_figures", "total", "n", "numerator", "denominator")
MOVED_FIGURES_WITHOUT_PARTS = _with_moved("moved_sums", "total", "n")
_DAY_OF_SUBDISTRICT = "b.period_start - date '2000-01-01'"
_SUMS = ", ".join(f"sum(b.{count})::int" for count in _COUNTS)
COVERED_THEN = f"""SELECT b.directorate, {_DAY_OF_SUBDISTRICT}, {_SUMS}
FROM belonging b WHERE b.template = %(template)s AND b.period_start = ANY(%(periods)s::date[])
    AND b.subdistrict = ANY(%(within)s::int[]) GROUP BY 1, 2"""
COVERED_NOW = f"""SELECT coalesce(j.organisation_id, m.holder, 0), {_DAY_OF_SUBDISTRICT}, {_SUMS}
FROM belonging b {_HELD.format(place="b.subdistrict")}
WHERE b.template = %(template)s AND b.period_start = ANY(%(periods)s::date[])
    AND (%(within)s::int[] IS NULL OR b.subdistrict = ANY(%(within)s::int[])) GROUP BY 1, 2"""
SPLIT = """SELECT b.period_start, b.subdistrict FROM belonging b WHERE b.template = %(template)s
    AND b.period_start = ANY(%(periods)s::date[]) AND b.subdistrict = ANY(%(within)s::int[]) AND b.received > 0
GROUP BY 1, 2 HAVING count(*) > 1"""
ANSWERED = """SELECT DISTINCT c.element, c.period_start FROM cell c WHERE c.template = %(template)s AND c.level = 0
    AND c.category = 0 AND c.n > 0 AND c.period_start = ANY(%(periods)s::date[]) AND c.element = ANY(%(elements)s::int[])"""
