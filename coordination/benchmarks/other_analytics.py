"""How others add the same rows up: the way of DHIS2's analytics in PostgreSQL, and DuckDB over a Parquet file as the near-limit.

DHIS2 keeps each value as text in a row of its own. Its analytics job copies what a pattern takes for a number into a table
with a column for each level of the hierarchy, and indexes that; figures are grouped from it when they are asked for
(dhis2-core, `JdbcAnalyticsTableManager` and `JdbcAnalyticsManager`; here in SQL of our own).
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path

import duckdb

from coordination.benchmarks.other_side import Plain

# The rows that both of ours read, as DHIS2 has them: text, with the place as the facility's.
VALUES = (
    """CREATE UNLOGGED TABLE IF NOT EXISTS dhis_value AS
    SELECT element AS dataelementid, period_start AS startdate, subdistrict AS sourceid, category AS optioncomboid,
        template AS datasetid, value::varchar AS value FROM bench_fact""",
    """CREATE TABLE IF NOT EXISTS dhis_structure AS
    SELECT s.id::int AS unit, s.id::int AS level3, d.id::int AS level2, d.parent_id::int AS level1, g.parent_id::int AS level0
    FROM directorates_place s JOIN directorates_place d ON d.id = s.parent_id JOIN directorates_place g ON g.id = d.parent_id
    WHERE s.level = 3""",
    "ANALYZE dhis_value",
    "ANALYZE dhis_structure",
)
NUMBER = r"'^-?[0-9]+(\.[0-9]+)?$'"
ANALYTICS = (
    "DROP TABLE IF EXISTS dhis_analytics",
    f"""CREATE UNLOGGED TABLE dhis_analytics AS
    SELECT v.dataelementid, v.optioncomboid, v.datasetid, v.startdate, u.level0, u.level1, u.level2, u.level3,
        v.value::double precision AS value
    FROM dhis_value v JOIN dhis_structure u ON u.unit = v.sourceid WHERE v.value ~ {NUMBER}""",
    *(f"CREATE INDEX ON dhis_analytics (dataelementid, level{level})" for level in range(4)),
    "ANALYZE dhis_analytics",
)
LEVEL = """CREATE TEMP TABLE dhis_level{level} ON COMMIT DROP AS
    SELECT datasetid, startdate, level{level}, dataelementid, optioncomboid, sum(value), count(value)
    FROM dhis_analytics GROUP BY 1, 2, 3, 4, 5"""
COLUMNS = {
    "template": "INT",
    "period_start": "DATE",
    "subdistrict": "INT",
    "governorate": "INT",
    "element": "INT",
    "category": "INT",
    "value": "DECIMAL(18, 4)",
}
GROUPED = """SELECT template, period_start, subdistrict, element, category, sum(value) AS total, count(value) AS n FROM read_parquet(?)
    GROUP BY ALL"""


class Analytics:
    """The rows as DHIS2 keeps them, made once."""

    def __init__(self, plain: Plain) -> None:
        """Fill the tables; that is nobody's time."""
        self.plain = plain
        plain.run(*VALUES)

    def prepare(self) -> None:
        """The job that makes the table of analytics, with its indexes."""
        self.plain.run("SET LOCAL work_mem = '96MB'; SET LOCAL maintenance_work_mem = '512MB'", *ANALYTICS)

    def one_level(self) -> None:
        """The sub-districts' figures, from text to sums, without indexes and kept table: the least of its work."""
        self.plain.run(
            "SET LOCAL work_mem = '96MB'",
            f"""CREATE TEMP TABLE dhis_level ON COMMIT DROP AS
            SELECT v.datasetid, v.startdate, u.level3, v.dataelementid, v.optioncomboid,
                sum(v.value::double precision), count(*)
            FROM dhis_value v JOIN dhis_structure u ON u.unit = v.sourceid WHERE v.value ~ {NUMBER}
            GROUP BY 1, 2, 3, 4, 5""",
        )

    def all_levels(self) -> None:
        """The job, and each level grouped from its table as questions would."""
        self.prepare()
        self.plain.run("SET LOCAL work_mem = '96MB'", *(LEVEL.format(level=level) for level in range(4)))

    def totals(self) -> tuple[int, int, Decimal]:
        """How many figures of sub-districts the table gives, of how many values, and what they make together."""
        (found,) = self.plain.rows(
            """SELECT count(*), sum(n)::bigint, sum(total)::numeric(38, 4) FROM (
            SELECT sum(value) total, count(value) n FROM dhis_analytics
            GROUP BY datasetid, startdate, level3, dataelementid, optioncomboid) g"""
        )
        return int(found[0]), int(found[1]), Decimal(found[2])

    def clear(self) -> None:
        """Drop the tables, which are as large as all reports."""
        self.plain.run("DROP TABLE IF EXISTS dhis_analytics, dhis_value, dhis_structure")


@contextmanager
def parquet(plain: Plain) -> Iterator[Path]:
    """The narrow rows as a Parquet file, while it is needed."""
    with tempfile.TemporaryDirectory() as folder:
        rows, made = Path(folder) / "fact.csv", Path(folder) / "fact.parquet"
        with rows.open("wb") as file, plain.connection, plain.connection.cursor() as cursor:
            cursor.copy_expert("COPY bench_fact TO STDOUT (FORMAT csv)", file)
        with duckdb.connect() as near:
            near.read_csv(str(rows), header=False, columns=COLUMNS).write_parquet(str(made))
        rows.unlink()
        yield made


class NearLimit:
    """DuckDB with two threads over the file."""

    def __init__(self, file: Path) -> None:
        """Open it; nothing is read yet."""
        self.file, self.connection = str(file), duckdb.connect(config={"threads": 2})

    def one_level(self) -> None:
        """The sub-districts' figures, into a table that is thrown away."""
        self.connection.execute(f"CREATE OR REPLACE TEMP TABLE near AS {GROUPED}", [self.file])

    def totals(self) -> tuple[int, int, Decimal]:
        """How many figures there are, of how many values, and what they make together."""
        found = self.connection.execute("SELECT count(*), sum(n)::bigint, sum(total) FROM near").fetchone()
        if found is None:
            raise RuntimeError("nothing was grouped")
        return int(found[0]), int(found[1]), Decimal(found[2])
