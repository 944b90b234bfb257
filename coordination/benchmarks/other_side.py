"""The other side: the same figures as anyone would write them in SQL, by psycopg2 alone, with nothing of ours."""

from collections.abc import Iterator, Sequence
from typing import Any

import psycopg2
from psycopg2 import extensions

Slot = tuple[int, int, int]  # number, element, category
# It sees all rows (row-level security): it stands for the portal's own work.
OPTIONS = "-c search_path=public,figures -c timezone=UTC -c sight.portal=on -c sight.people=on -c sight.figures=on"
COLUMNS = "period_start, template, level, place, element, category, total, n, numerator, denominator"


class Plain:
    """Plain SQL over the same reports."""

    def __init__(self, address: str, templates: Sequence[int]) -> None:
        self.connection = psycopg2.connect(address, options=OPTIONS)
        self.slots: dict[int, list[Slot]] = {}
        self.ratios: dict[int, tuple[int, int, int]] = {}
        for template in templates:
            self.slots[template] = self.rows(
                "SELECT number, element_id, category_id FROM reporting_slot WHERE template_id = %s ORDER BY number",
                [template],
            )
            (ratio,) = self.rows(
                """SELECT e.id, e.numerator_id, e.denominator_id FROM reporting_element e
                JOIN reporting_sectionelement p ON p.element_id = e.id JOIN reporting_section s ON s.id = p.section_id
                JOIN reporting_templateversion v ON v.id = s.version_id
                WHERE v.template_id = %s AND e.over_place = 'ratio'""",
                [template],
            )
            self.ratios[template] = ratio

    def rows(self, statement: str, given: Any = None) -> list[Any]:
        """What a query answers, in a transaction of its own."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(statement, given)
            return cursor.fetchall()

    def run(self, *statements: str) -> None:
        """Some statements in one transaction."""
        with self.connection, self.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)

    def _wide(self, template: int) -> str:
        """Sums and numbers of values of every slot, of each element's whole, and the pair of the ratio."""
        slots = self.slots[template]
        parts = [f"sum(s{k}) t{k}, count(s{k}) n{k}" for k, _, _ in slots]
        for element, numbers in self._by_element(template):
            parts.append(f"count(coalesce({', '.join(f's{k}' for k in numbers)})) w{element}")
        _, one, other = self.ratios[template]
        by_element = dict(self._by_element(template))
        sides = []
        for element in (one, other):
            names = [f"s{k}" for k in by_element[element]]
            sides.append((f"coalesce({', '.join(names)})", " + ".join(f"coalesce({name}, 0)" for name in names)))
        both = f"{sides[0][0]} IS NOT NULL AND {sides[1][0]} IS NOT NULL"
        for name, (_, added) in zip(("up", "down"), sides, strict=True):
            parts.append(f"sum({added}) FILTER (WHERE {both}) {name}")
        parts.append(f"count(*) FILTER (WHERE {both}) pairs")
        return ", ".join(parts)

    def _by_element(self, template: int) -> Iterator[tuple[int, list[int]]]:
        for element in dict.fromkeys(element for _, element, _ in self.slots[template]):
            yield element, [k for k, of, _ in self.slots[template] if of == element]

    def _tall(self, template: int) -> str:
        """The wide row as rows."""
        rows = [f"({e}, {c}, t{k}, n{k}, NULL::numeric, NULL::numeric)" for k, e, c in self.slots[template]]
        for element, numbers in self._by_element(template):
            added = " + ".join(f"coalesce(t{k}, 0)" for k in numbers)
            rows.append(f"({element}, 0, CASE WHEN w{element} > 0 THEN {added} END, w{element}, NULL, NULL)")
        rows.append(f"({self.ratios[template][0]}, 0, NULL, pairs, up, down)")
        return f"(VALUES {', '.join(rows)}) k(element, category, total, n, numerator, denominator)"

    def _documents(self, template: int) -> str:
        record = ", ".join(f"s{k} numeric" for k, _, _ in self.slots[template])
        return f"""reporting_countedreport c JOIN reporting_revision v ON v.id = c.revision_id
            CROSS JOIN LATERAL jsonb_to_record(
                CASE WHEN overlay IS NULL THEN doc ELSE doc || overlay END) r({record})"""

    def rebuild(self) -> None:
        """The cascade of all five levels into a fresh table, its keys and index, and the exchange."""
        level3 = " UNION ALL ".join(
            f"""SELECT w.period_start, {t} AS template, 3::smallint AS level, w.place::int, k.element, k.category, k.total,
                k.n::int, k.numerator, k.denominator
            FROM (SELECT c.period_start, c.subdistrict_id place, {self._wide(t)} FROM {self._documents(t)}
                WHERE c.template_id = {t} GROUP BY 1, 2) w CROSS JOIN LATERAL {self._tall(t)} WHERE k.n > 0"""
            for t in self.slots
        )
        sums = "element, category, sum(total), sum(n)::int, sum(numerator), sum(denominator)"
        higher = [
            f"""INSERT INTO plain_fresh SELECT period_start, template, {level}, p.parent_id, {sums}
            FROM plain_fresh c JOIN directorates_place p ON p.id = c.place WHERE c.level = {level + 1}
            GROUP BY 1, 2, 4, 5, 6"""
            for level in (2, 1, 0)
        ]
        directorates = f"""INSERT INTO plain_fresh SELECT period_start, template, 4, coalesce(j.organisation_id, 0), {sums}
            FROM plain_fresh c LEFT JOIN directorates_jurisdiction j ON j.place_id = c.place WHERE c.level = 3
            GROUP BY 1, 2, 4, 5, 6"""
        self.run(
            "SET LOCAL work_mem = '96MB'; SET LOCAL maintenance_work_mem = '512MB'",
            f"CREATE TABLE plain_fresh AS {level3}",
            *higher,
            directorates,
            "ALTER TABLE plain_fresh ADD PRIMARY KEY (period_start, template, level, place, element, category)",
            """CREATE INDEX ON plain_fresh (template, element, category, level, place, period_start)
            INCLUDE (total, n)""",
            "DROP TABLE IF EXISTS plain_cell",
            "ALTER TABLE plain_fresh RENAME TO plain_cell",
        )

    def group_level(self) -> None:
        """One level by a bare GROUP BY over narrow rows that were joined beforehand."""
        self.run(
            "SET LOCAL work_mem = '96MB'",
            """CREATE TEMP TABLE plain_level ON COMMIT DROP AS SELECT template, period_start, subdistrict, element, category,
            sum(value), count(value) FROM bench_fact GROUP BY 1, 2, 3, 4, 5""",
        )

    def wrong_cells(self, *, facts: bool = True) -> int:
        """How many cells differ between the two sides and, unless reports were changed since, from the narrow rows."""
        wrong = int(
            self.rows(
                f"""SELECT count(*) FROM (
                (SELECT {COLUMNS} FROM cell WHERE n > 0 EXCEPT ALL SELECT {COLUMNS} FROM plain_cell) UNION ALL
                (SELECT {COLUMNS} FROM plain_cell EXCEPT ALL SELECT {COLUMNS} FROM cell WHERE n > 0)) d"""
            )[0][0]
        )
        if not facts:
            return wrong
        return wrong + int(
            self.rows(
                """SELECT count(*) FROM (
                SELECT template, period_start, subdistrict AS place, element, category, sum(value) AS total, count(*) AS n
                FROM bench_fact GROUP BY 1, 2, 3, 4, 5) f
                FULL JOIN (SELECT * FROM cell WHERE level = 3 AND category > 0 AND n > 0) c
                USING (template, period_start, place, element, category)
                WHERE (f.total, f.n) IS DISTINCT FROM (c.total, c.n)"""
            )[0][0]
        )


class PlainApproval:
    """Recomputing one approval's figures as plain SQL."""

    CELL = """ON CONFLICT (period_start, template, level, place, element, category) DO UPDATE
        SET total = excluded.total, n = excluded.n, numerator = excluded.numerator, denominator = excluded.denominator
        WHERE (c.total, c.n, c.numerator, c.denominator) IS DISTINCT FROM
            (excluded.total, excluded.n, excluded.numerator, excluded.denominator)"""
    INTO = f"INSERT INTO cell AS c ({COLUMNS})"
    SUMS = "u.element, u.category, sum(u.total), sum(u.n), sum(u.numerator), sum(u.denominator)"
    COVERAGE = """INSERT INTO coverage AS c (period_start, template, level, place, expected, received, on_time,
            answered, answered_on_time, excused)
        SELECT %(period)s, %(template)s, l.level, l.place, count(DISTINCT e.facility_id), count(DISTINCT r.id),
            count(DISTINCT r.id) FILTER (WHERE r.on_time), count(DISTINCT r.id) FILTER (WHERE e.id IS NOT NULL),
            count(DISTINCT r.id) FILTER (WHERE e.id IS NOT NULL AND r.on_time), 0
        FROM (SELECT id AS subdistrict, 3 AS level, id AS place FROM directorates_place WHERE id = %(subdistrict)s
            UNION ALL SELECT id, 2, parent_id FROM directorates_place WHERE parent_id = %(district)s
            UNION ALL SELECT s.id, 1, d.parent_id FROM directorates_place s JOIN directorates_place d ON d.id = s.parent_id
                WHERE d.parent_id = %(governorate)s
            UNION ALL SELECT id, 0, %(country)s FROM directorates_place WHERE level = 3
            UNION ALL SELECT place_id, 4, organisation_id FROM directorates_jurisdiction
                WHERE organisation_id = %(directorate)s) l
        JOIN facilities_facility f ON f.place_id = l.subdistrict
        LEFT JOIN reporting_expectedreport e ON e.template_id = %(template)s AND e.period_start = %(period)s
            AND e.subdistrict_id = l.subdistrict AND e.facility_id = f.id
        LEFT JOIN reporting_countedreport r ON r.template_id = %(template)s AND r.period_start = %(period)s
            AND r.facility_id = f.id
        GROUP BY 3, 4
        ON CONFLICT (period_start, template, level, place) DO UPDATE
        SET expected = excluded.expected, received = excluded.received, on_time = excluded.on_time,
            answered = excluded.answered, answered_on_time = excluded.answered_on_time
        WHERE (c.expected, c.received, c.on_time, c.answered, c.answered_on_time) IS DISTINCT FROM (excluded.expected,
            excluded.received, excluded.on_time, excluded.answered, excluded.answered_on_time)"""

    def __init__(self, plain: Plain, address: str, template: int) -> None:
        self.connection = psycopg2.connect(address, options=OPTIONS)
        # A statement a level, as one would type them.
        self.statements = [
            f"""{self.INTO} SELECT %(period)s, {template}, 3, %(subdistrict)s, k.*
            FROM (SELECT {plain._wide(template)} FROM {plain._documents(template)} WHERE c.template_id = {template}
                AND c.period_start = %(period)s AND c.subdistrict_id = %(subdistrict)s) w
            CROSS JOIN LATERAL {plain._tall(template)} {self.CELL}""",
            *(
                f"""{self.INTO} SELECT %(period)s, {template}, {level}, %({name})s, {self.SUMS} FROM cell u
                WHERE u.period_start = %(period)s AND u.template = {template} AND u.level = {level + 1}
                AND u.place IN (SELECT id FROM directorates_place WHERE parent_id = %({name})s)
                GROUP BY u.element, u.category {self.CELL}"""
                for level, name in ((2, "district"), (1, "governorate"), (0, "country"))
            ),
            f"""{self.INTO} SELECT %(period)s, {template}, 4, %(directorate)s, {self.SUMS} FROM cell u
            WHERE u.period_start = %(period)s AND u.template = {template} AND u.level = 3
            AND u.place IN (SELECT place_id FROM directorates_jurisdiction WHERE organisation_id = %(directorate)s)
            GROUP BY u.element, u.category {self.CELL}""",
            self.COVERAGE,
        ]

    def recompute(self, **given: Any) -> None:
        """One approval's figures at all levels, as a task of its own."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute("SET LOCAL ROLE tansiq_figures")
            cursor.execute("DELETE FROM touched RETURNING template, period_start, subdistrict")
            self.compute(cursor, given)

    def compute(self, cursor: extensions.cursor, given: Any) -> None:
        """One approval's figures at all levels, under the lock of template and period."""
        cursor.execute("SET LOCAL ROLE tansiq_figures")
        cursor.execute("SELECT pg_advisory_xact_lock(%(template)s, %(period)s - date '2000-01-01')", given)
        for statement in self.statements:
            cursor.execute(statement, given)
