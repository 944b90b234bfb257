"""The bench's reports, generated set-based in SQL: every value is a formula of facility, period and slot.

So the other side can have the same values as narrow rows without reading one document.
"""

from collections.abc import Sequence

import psycopg2
from psycopg2 import extensions

MONTHS, WEEKS, FULL = 36, 156, 10_000_000
MONTHLY_SLOTS, WEEKLY_SLOTS = 60, 30
LOADED = ("reporting_submission", "reporting_revision", "reporting_expectedreport", "reporting_countedreport")

# A formula of facility f, period p and slot k; one in twenty is blank, every tenth slot holds quarters. (%% is modulo.)
MIXED = "((f * 7919::bigint + p * 104729 + {k} * 15485863) %% 10007)"
VALUE = f"""CASE WHEN {MIXED} %% 20 = 0 THEN NULL
    WHEN {{k}} %% 10 = 0 THEN round(({MIXED} %% 500) / 4.0, 2) ELSE {MIXED} %% 500 END"""
# What happens to a report: 73 of 100 come, a tenth waits for review, one in 33 is doubled, one in 100 counts otherwise.
COMES = "(f * 7919 + p * 104729) %% 100 < 73"
WAITS = "(f / 7 + p) %% 10 = 3"
DOUBLED = "(f * 31 + p * 17) %% 33 = 0"
OTHERWISE = "(f + p) %% 100 = 7"
ON_TIME = "(f + p) %% 5 <> 0"
GIVEN = "r.template = ANY(%(templates)s::int[]) AND r.period_start = ANY(%(starts)s::date[])"

TABLES = """
CREATE TABLE bench_report (no bigint PRIMARY KEY, template int, slots int, period_start date, p int, f int, twin boolean);
CREATE TABLE bench_fact (
    template int, period_start date, subdistrict int, governorate int, element int, category int, value numeric);
CREATE TABLE bench_facility AS
    SELECT (row_number() OVER (ORDER BY fa.id))::int - 1 AS number, fa.id AS facility, fa.place_id::int AS subdistrict,
        pl.path, d.parent_id::int AS governorate, j.organisation_id AS directorate, s.organisation_id AS reporter,
        (SELECT id FROM directorates_organisation WHERE code = 'body') AS body
    FROM facilities_facility fa JOIN directorates_place pl ON pl.id = fa.place_id
    JOIN directorates_place d ON d.id = pl.parent_id
    JOIN facilities_support s ON s.facility_id = fa.id
    LEFT JOIN directorates_jurisdiction j ON j.place_id = fa.place_id;
GRANT SELECT ON bench_report, bench_fact, bench_facility TO tansiq_app;
"""

REPORTS = f"""
INSERT INTO bench_report
SELECT coalesce((SELECT max(no) FROM bench_report), 0) + row_number() OVER (ORDER BY t.p, f, twin),
    t.template, t.slots, t.period_start, t.p, f, twin
FROM unnest(%(templates)s::int[], %(slots)s::int[], %(starts)s::date[], %(numbers)s::int[])
    t(template, slots, period_start, p)
CROSS JOIN (SELECT number AS f FROM bench_facility) x CROSS JOIN unnest(ARRAY[false, true]) twin
WHERE {COMES} AND (NOT twin OR {DOUBLED});
ANALYZE bench_report;
"""

EXPECTED = """
INSERT INTO reporting_expectedreport (template_id, facility_id, period_start, reporter_id, due, subdistrict_id,
    place_path, directorate_id, dataset_id)
SELECT t.template, b.facility, t.period_start, b.reporter, t.period_start + 40, b.subdistrict, b.path, b.directorate,
    (SELECT dataset_id FROM reporting_reporttemplate WHERE id = t.template)
FROM unnest(%(templates)s::int[], %(starts)s::date[]) t(template, period_start)
CROSS JOIN bench_facility b WHERE b.directorate IS NOT NULL;
"""

SUBMISSIONS = f"""
INSERT INTO reporting_submission (id, template_id, version_id, facility_id, period_start, reporter_id, status, receipt,
    revision_id, first_submitted, submitted, due, marks, created, changed, edition, subdistrict_id, place_path,
    directorate_id, reviewer_id, dataset_id)
SELECT md5(r.no::text)::uuid, r.template, v.id, b.facility, r.period_start,
    CASE WHEN twin THEN b.body ELSE b.reporter END, CASE WHEN {WAITS} THEN 'submitted' ELSE 'approved' END,
    'B' || r.no, r.no, r.period_start + 35, r.period_start + 35, r.period_start + 40, 0, r.period_start + 35,
    r.period_start + 36, 1, b.subdistrict, b.path, b.directorate, coalesce(b.directorate, b.body), t.dataset_id
FROM bench_report r JOIN bench_facility b ON b.number = r.f JOIN reporting_reporttemplate t ON t.id = r.template
JOIN reporting_templateversion v ON v.template_id = t.id WHERE {GIVEN};
"""

COUNTED = f"""
INSERT INTO figures.reporting_countedreport (template_id, facility_id, period_start, submission_id, revision_id,
    overlay, rule, on_time, subdistrict_id, directorate_id)
SELECT r.template, b.facility, r.period_start, md5(r.no::text)::uuid, r.no,
    CASE WHEN {OTHERWISE} THEN %(overlay)s::jsonb END, 'only', {ON_TIME}, b.subdistrict, b.directorate
FROM bench_report r JOIN bench_facility b ON b.number = r.f
WHERE NOT r.twin AND NOT ({WAITS}) AND {GIVEN};
"""

# The other side's narrow rows, joined beforehand: what counts, with its sub-district.
FACTS = f"""
INSERT INTO bench_fact
SELECT r.template, r.period_start, b.subdistrict, b.governorate, k.element, k.category, k.value
FROM bench_report r JOIN bench_facility b ON b.number = r.f
CROSS JOIN LATERAL (
    SELECT s.element_id::int AS element, s.category_id::int AS category,
        CASE WHEN {OTHERWISE} AND s.number = 1 THEN 7 WHEN {OTHERWISE} AND s.number = 2 THEN NULL
        ELSE {VALUE.format(k="s.number")} END AS value
    FROM reporting_slot s WHERE s.template_id = r.template OFFSET 0
) k
WHERE k.value IS NOT NULL AND NOT r.twin AND NOT ({WAITS}) AND {GIVEN};
"""
NEXT = """SELECT setval(pg_get_serial_sequence('reporting_revision', 'id'), (SELECT max(no) FROM bench_report))"""


def revisions(slots: int) -> str:
    """The documents of one template; a call takes a hundred arguments at most, so they are made in pieces."""
    pieces = []
    for first in range(1, slots + 1, 30):
        pairs = ", ".join(f"'s{k}', {VALUE.format(k=k)}" for k in range(first, min(first + 30, slots + 1)))
        pieces.append(f"jsonb_build_object({pairs})")
    return f"""INSERT INTO reporting_revision (id, submission_id, number, doc, notes, warnings, at, by_id)
    OVERRIDING SYSTEM VALUE
    SELECT no, md5(no::text)::uuid, 1, jsonb_strip_nulls({" || ".join(pieces)}), '{{}}', '[]', now(),
        (SELECT min(id) FROM directorates_user)
    FROM bench_report r WHERE slots = {slots} AND {GIVEN}"""


class Loader:
    """Loads periods as the database's owner; foreign keys are taken off while rows stream in, and checked after."""

    def __init__(self, owner: str, templates: tuple[int, int]) -> None:
        self.connection = psycopg2.connect(owner)
        self.templates = templates
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(TABLES)
        self.months = self.weeks = 0

    def load(self, values: int) -> int:
        """Add periods until about so many values stand; answers how many values count."""
        months, weeks = max(1, round(MONTHS * values / FULL)), max(1, round(WEEKS * values / FULL))
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL maintenance_work_mem = '256MB'")
            given = self._periods(cursor, months, weeks) | {"overlay": '{"s1": 7, "s2": null}'}
            self.months, self.weeks = months, weeks
            cursor.execute(REPORTS, given)
            keys = _take_keys(cursor)
            cursor.execute(EXPECTED, given)
            filled = [revisions(slots) for slots in (MONTHLY_SLOTS, WEEKLY_SLOTS)]
            for statement in (*filled, SUBMISSIONS, COUNTED, FACTS):
                cursor.execute(statement, given)
            for statement in (*keys, NEXT):
                cursor.execute(statement)
            cursor.execute("SELECT count(*) FROM bench_fact")
            (count,) = cursor.fetchone() or (0,)
        self._vacuum()
        return int(count)

    def _periods(self, cursor: extensions.cursor, months: int, weeks: int) -> dict[str, object]:
        """The periods still to be loaded: template, slots, first day and a number of its own."""
        cursor.execute(
            """SELECT %s, 60, (date '2016-01-01' + make_interval(months => m))::date, m FROM generate_series(%s, %s - 1) m
            UNION ALL SELECT %s, 30, date '2016-01-03' + 7 * w, 10000 + w FROM generate_series(%s, %s - 1) w""",
            [self.templates[0], self.months, months, self.templates[1], self.weeks, weeks],
        )
        columns = zip(*cursor.fetchall(), strict=True)
        return dict(zip(("templates", "slots", "starts", "numbers"), map(list, columns), strict=True))

    def _vacuum(self) -> None:
        """Statistics and visibility as an old database has them."""
        self.connection.autocommit = True
        with self.connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
        self.connection.autocommit = False


def _take_keys(cursor: extensions.cursor, tables: Sequence[str] = LOADED) -> list[str]:
    """Drops foreign keys and what indexes can be made again quicker; answers the statements that bring them back."""
    cursor.execute(
        """SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE contype = 'f' AND conrelid = ANY(%s::regclass[])""",
        [list(tables)],
    )
    back = []
    for table, name, definition in cursor.fetchall():
        cursor.execute(f'ALTER TABLE {table} DROP CONSTRAINT "{name}"')
        back.append(f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {definition}')
    cursor.execute(
        """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) FROM pg_index i
        WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique""",
        [list(tables)],
    )
    for name, definition in cursor.fetchall():
        cursor.execute(f"DROP INDEX {name}")
        back.insert(0, definition)
    return back
