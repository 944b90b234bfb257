"""The SQL of coverage: facilities expected, reports that count, those on time; both of the expected alone; the excused.

`belonging` holds it at the finest grain, sub-district by directorate; it says as well which directorate a
sub-district's reports counted for in a period. Coverage at every level is a sum over it. What was received without
being expected answers nothing, so that completeness never passes the whole.

Excused is what was expected, has no report that counts, and of which all who owe one are excused: a count beside the
others, which changes none of them. It ends by itself when a report counts.
"""

from coordination.reporting.rules.missing import Reason

# From counted and expected reports; what is gone from both stays as zeroes until the next rebuild.
_COUNTED = """SELECT c.template_id AS template, c.period_start, c.subdistrict_id::int AS subdistrict,
        coalesce(c.directorate_id, 0)::int AS directorate,
        0 AS expected, count(*)::int AS received, (count(*) FILTER (WHERE c.on_time))::int AS on_time,
        0 AS answered, 0 AS answered_on_time, 0 AS excused
    FROM reporting_countedreport c {marked} GROUP BY 1, 2, 3, 4"""
# What counts of what is said of each report: of the last words of both sides the directorate's (the first by its code),
# unless it was taken back.
_RULED = """SELECT DISTINCT ON (w.template_id, w.period_start, w.facility_id, w.reporter_id)
        w.template_id, w.period_start, w.facility_id, w.reporter_id, w.reason
    FROM (SELECT DISTINCT ON (x.template_id, x.period_start, x.facility_id, x.reporter_id, x.side) x.*
        FROM reporting_explainedreport x {within}
        ORDER BY x.template_id, x.period_start, x.facility_id, x.reporter_id, x.side, x.id DESC) w
    WHERE w.reason <> '' ORDER BY w.template_id, w.period_start, w.facility_id, w.reporter_id, w.side"""
_EXPECTED = f"""SELECT o.template_id, o.period_start, o.subdistrict_id::int, o.directorate_id::int,
        count(*)::int, 0, 0, count(c.id)::int, (count(*) FILTER (WHERE c.on_time))::int,
        (count(*) FILTER (WHERE c.id IS NULL AND o.excused))::int
    FROM (SELECT e.template_id, e.period_start, e.subdistrict_id, e.directorate_id, e.facility_id,
            bool_and(coalesce(d.reason <> '{Reason.NOT_EXCUSED.value}', false)) AS excused
        FROM reporting_expectedreport e
        LEFT JOIN ({_RULED}) d ON (d.template_id, d.period_start, d.facility_id, d.reporter_id)
            = (e.template_id, e.period_start, e.facility_id, e.reporter_id)
        {{marked}} GROUP BY 1, 2, 3, 4, 5) o
    LEFT JOIN reporting_countedreport c USING (template_id, period_start, facility_id) GROUP BY 1, 2, 3, 4"""
_MARKS = "unnest(%(periods)s::date[], %(places)s::int[]) m(period_start, place)"
_MARKED = f"""JOIN {_MARKS} ON m.period_start = {{0}}.period_start AND m.place = {{0}}.subdistrict{{1}}
        WHERE {{0}}.template{{1}} = %(template)s"""
_COUNTS = ("expected", "received", "on_time", "answered", "answered_on_time", "excused")
_WITHIN = "WHERE x.template_id = %(template)s AND x.period_start = ANY(%(periods)s::date[])"
_COLUMNS = f"template, period_start, subdistrict, directorate, {', '.join(_COUNTS)}"
_SUMMED = ", ".join(f"sum(u.{count})" for count in _COUNTS)
# What did not change costs nothing.
_UPDATE = f"""DO UPDATE SET {", ".join(f"{count} = excluded.{count}" for count in _COUNTS)}
WHERE ({", ".join(f"old.{count}" for count in _COUNTS)})
    IS DISTINCT FROM ({", ".join(f"excluded.{count}" for count in _COUNTS)})"""

BELONGING = f"""INSERT INTO belonging AS old ({_COLUMNS})
SELECT u.template, u.period_start, u.subdistrict, u.directorate, {_SUMMED}
FROM ({_COUNTED.format(marked=_MARKED.format("c", "_id"))} UNION ALL
    {_EXPECTED.format(marked=_MARKED.format("e", "_id"), within=_WITHIN)} UNION ALL
    SELECT b.template, b.period_start, b.subdistrict, b.directorate, 0, 0, 0, 0, 0, 0
    FROM belonging b {_MARKED.format("b", "")}) u GROUP BY 1, 2, 3, 4
ON CONFLICT (template, period_start, subdistrict, directorate) {_UPDATE}"""

# The directorates whose figures given sub-districts are part of, now or when they were last computed.
DIRECTORATES = f"SELECT DISTINCT b.period_start, b.directorate FROM belonging b {_MARKED.format('b', '')}"

SPLIT = """SELECT EXISTS (SELECT FROM belonging b WHERE b.template = %(template)s
    AND b.period_start = ANY(%(periods)s::date[]) AND b.received > 0
    GROUP BY b.period_start, b.subdistrict HAVING count(*) > 1)"""

_COVERED = ", ".join(f"sum(b.{count})" for count in _COUNTS)
_COVERAGE = f"period_start, template, level, place, {', '.join(_COUNTS)}"
COVERAGE = f"""INSERT INTO coverage AS old ({_COVERAGE})
SELECT m.period_start, b.template, m.level, m.place, {_COVERED}
FROM unnest(%(periods)s::date[], %(levels)s::int[], %(places)s::int[]) m(period_start, level, place)
JOIN directorates_place a ON a.id = m.place
JOIN directorates_place s ON s.path >= a.path AND s.path < left(a.path, -1) || '0'
JOIN belonging b ON b.template = %(template)s AND b.period_start = m.period_start AND b.subdistrict = s.id
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT m.period_start, b.template, 4, m.directorate, {_COVERED}
FROM unnest(%(directorate_periods)s::date[], %(directorates)s::int[]) m(period_start, directorate)
JOIN belonging b ON b.template = %(template)s AND b.period_start = m.period_start AND b.directorate = m.directorate
GROUP BY 1, 2, 4
ON CONFLICT (period_start, template, level, place) {_UPDATE}"""

# Everything at once, for a full rebuild.
FRESH_BELONGING = f"""INSERT INTO belonging_fresh ({_COLUMNS})
SELECT u.template, u.period_start, u.subdistrict, u.directorate, {_SUMMED}
FROM ({_COUNTED.format(marked="")} UNION ALL {_EXPECTED.format(marked="", within="")}) u GROUP BY 1, 2, 3, 4"""

FRESH_SPLIT = """SELECT DISTINCT template FROM (SELECT b.template FROM belonging_fresh b WHERE b.received > 0
    GROUP BY b.template, b.period_start, b.subdistrict HAVING count(*) > 1) s"""

FRESH_COVERAGE = f"""INSERT INTO coverage_fresh ({_COVERAGE})
SELECT b.period_start, b.template, a.level, a.id, {_COVERED}
FROM belonging_fresh b JOIN directorates_place s ON s.id = b.subdistrict
JOIN directorates_place a ON s.path >= a.path AND s.path < left(a.path, -1) || '0'
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT b.period_start, b.template, 4, b.directorate, {_COVERED} FROM belonging_fresh b GROUP BY 1, 2, 4"""
