"""The SQL of a full rebuild: fresh tables, their keys and their rights, and the exchange for those that people read."""

from collections.abc import Sequence

from coordination.reporting.rules import consolidation_sql, coverage_sql
from coordination.reporting.rules.consolidation_sql import Layout

TABLES = ("cell", "coverage", "belonging")
INDEXES = {
    "cell": ("cell_pkey", "cell_reading"),
    "coverage": ("coverage_pkey",),
    "belonging": ("belonging_pkey", "belonging_held"),
}
# Sorting and hashing in memory while everything is computed, for this transaction only.
MEMORY = "SET LOCAL work_mem = '96MB'; SET LOCAL maintenance_work_mem = '512MB'"
# Marks of before are answered by what is computed now; those committed later stay.
FORGET = "DELETE FROM touched"

COVERAGE = (
    "CREATE TABLE figures.belonging_fresh (LIKE figures.belonging)",
    coverage_sql.FRESH_BELONGING,
    """ALTER TABLE belonging_fresh ADD CONSTRAINT belonging_fresh_pkey
    PRIMARY KEY (template, period_start, subdistrict, directorate)""",
    "CREATE INDEX belonging_fresh_held ON belonging_fresh (template, subdistrict, directorate, period_start)",
    "ANALYZE belonging_fresh",
    "CREATE TABLE figures.coverage_fresh (LIKE figures.coverage)",
    coverage_sql.FRESH_COVERAGE,
    "ALTER TABLE coverage_fresh ADD CONSTRAINT coverage_fresh_pkey PRIMARY KEY (period_start, template, level, place)",
    "ANALYZE coverage_fresh",
)
KEY = (
    "ALTER TABLE cell_fresh ALTER n SET NOT NULL",
    f"ALTER TABLE cell_fresh ADD CONSTRAINT cell_fresh_pkey PRIMARY KEY ({consolidation_sql.KEYS})",
)
INDEX = (
    """CREATE INDEX cell_fresh_reading ON cell_fresh
    (template, element, category, level, place, period_start) INCLUDE (total, n)""",
    "ANALYZE cell_fresh",
)
# Unknown, two million cells of sub-districts were looked through once for each of a thousand that directorates hold. Only
# before these: higher levels are added up quicker by a plan that expects little.
KNOW = "ANALYZE cell_fresh"
HOLD = f"LOCK TABLE {', '.join(TABLES)} IN ACCESS EXCLUSIVE MODE"


def cells(layouts: Sequence[Layout]) -> str:
    """The table of all cells with those of sub-districts; made from a SELECT, which may run in parallel."""
    selects = [select for layout in layouts for select in consolidation_sql.fresh_subdistricts(layout)]
    if not selects:
        return "CREATE TABLE figures.cell_fresh (LIKE figures.cell)"
    return f"CREATE TABLE figures.cell_fresh AS {' UNION ALL '.join(selects)}"


def exchange() -> tuple[str, ...]:
    """Fresh tables take the places and the names of the old; the application may read them."""
    statements = []
    for table, indexes in INDEXES.items():
        statements += [f"DROP TABLE figures.{table}", f"ALTER TABLE figures.{table}_fresh RENAME TO {table}"]
        for index in indexes:
            fresh = index.replace(table, f"{table}_fresh", 1)
            statements.append(f"ALTER INDEX figures.{fresh} RENAME TO {index}")
        statements.append(f"GRANT SELECT ON figures.{table} TO tansiq_app")
    return tuple(statements)
