"""The SQL of coverage: how many facilities were expected, how many reports count, how many came on time.

`belonging` holds it at the finest grain, sub-district by directorate; it says as well which directorate a
sub-district's reports counted for in a period. Coverage at every level is a sum over it.
"""

# From counted and expected reports; what is gone from both stays as zeroes until the next rebuild.
_COUNTED = """SELECT c.template_id AS template, c.period_start, c.subdistrict_id::int AS subdistrict,
        coalesce(c.directorate_id, 0)::int AS directorate,
        0 AS expected, count(*)::int AS received, (count(*) FILTER (WHERE c.on_time))::int AS on_time
    FROM reporting_countedreport c {marked} GROUP BY 1, 2, 3, 4"""
_EXPECTED = """SELECT e.template_id, e.period_start, e.subdistrict_id::int, e.directorate_id::int,
        count(DISTINCT e.facility_id)::int, 0, 0
    FROM reporting_expectedreport e {marked} GROUP BY 1, 2, 3, 4"""
_MARKS = "unnest(%(periods)s::date[], %(places)s::int[]) m(period_start, place)"
_MARKED = f"""JOIN {_MARKS} ON m.period_start = {{0}}.period_start AND m.place = {{0}}.subdistrict{{1}}
        WHERE {{0}}.template{{1}} = %(template)s"""
_COLUMNS = "template, period_start, subdistrict, directorate, expected, received, on_time"

BELONGING = f"""INSERT INTO belonging AS old ({_COLUMNS})
SELECT u.template, u.period_start, u.subdistrict, u.directorate, sum(u.expected), sum(u.received), sum(u.on_time)
FROM ({_COUNTED.format(marked=_MARKED.format("c", "_id"))} UNION ALL
    {_EXPECTED.format(marked=_MARKED.format("e", "_id"))} UNION ALL
    SELECT b.template, b.period_start, b.subdistrict, b.directorate, 0, 0, 0
    FROM belonging b {_MARKED.format("b", "")}) u GROUP BY 1, 2, 3, 4
ON CONFLICT (template, period_start, subdistrict, directorate) DO UPDATE
    SET expected = excluded.expected, received = excluded.received, on_time = excluded.on_time
WHERE (old.expected, old.received, old.on_time)
    IS DISTINCT FROM (excluded.expected, excluded.received, excluded.on_time)"""

# The directorates whose figures given sub-districts are part of, now or when they were last computed.
DIRECTORATES = f"SELECT DISTINCT b.period_start, b.directorate FROM belonging b {_MARKED.format('b', '')}"

SPLIT = """SELECT EXISTS (SELECT FROM belonging b WHERE b.template = %(template)s
    AND b.period_start = ANY(%(periods)s::date[]) AND b.received > 0
    GROUP BY b.period_start, b.subdistrict HAVING count(*) > 1)"""

_COVERED = "sum(b.expected), sum(b.received), sum(b.on_time)"
COVERAGE = f"""INSERT INTO coverage AS old (period_start, template, level, place, expected, received, on_time)
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
ON CONFLICT (period_start, template, level, place) DO UPDATE
    SET expected = excluded.expected, received = excluded.received, on_time = excluded.on_time
WHERE (old.expected, old.received, old.on_time)
    IS DISTINCT FROM (excluded.expected, excluded.received, excluded.on_time)"""

# Everything at once, for a full rebuild.
FRESH_BELONGING = f"""INSERT INTO belonging_fresh ({_COLUMNS})
SELECT u.template, u.period_start, u.subdistrict, u.directorate, sum(u.expected), sum(u.received), sum(u.on_time)
FROM ({_COUNTED.format(marked="")} UNION ALL {_EXPECTED.format(marked="")}) u GROUP BY 1, 2, 3, 4"""

FRESH_SPLIT = """SELECT DISTINCT template FROM (SELECT b.template FROM belonging_fresh b WHERE b.received > 0
    GROUP BY b.template, b.period_start, b.subdistrict HAVING count(*) > 1) s"""

FRESH_COVERAGE = f"""INSERT INTO coverage_fresh (period_start, template, level, place, expected, received, on_time)
SELECT b.period_start, b.template, a.level, a.id, {_COVERED}
FROM belonging_fresh b JOIN directorates_place s ON s.id = b.subdistrict
JOIN directorates_place a ON s.path >= a.path AND s.path < left(a.path, -1) || '0'
GROUP BY 1, 2, 3, 4
UNION ALL
SELECT b.period_start, b.template, 4, b.directorate, {_COVERED} FROM belonging_fresh b GROUP BY 1, 2, 4"""
