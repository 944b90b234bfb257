"""Beside ours on the same rows: DHIS2's way, and DuckDB over Parquet; ratios to look at, not goals to keep."""

from collections.abc import Iterator
from decimal import Decimal

from coordination.benchmarks.measure import Goal, interleaved, median
from coordination.benchmarks.other_analytics import Analytics, NearLimit, parquet
from coordination.benchmarks.other_side import Plain
from coordination.benchmarks.rebuilding import one_level, rebuild_all
from directorates.models import User

RUNS = 3


def goals(plain: Plain, by: User, templates: list[int]) -> Iterator[Goal]:
    """All levels and one level, each in turn; the three have to agree on every sub-district's sums first."""
    analytics = Analytics(plain)
    with parquet(plain) as file:
        near = NearLimit(file)
        near.one_level()
        analytics.prepare()
        exact = near.totals() == analytics.totals() == _truth(plain)
        ours, theirs = interleaved(lambda: rebuild_all(by), analytics.all_levels, runs=RUNS)
        yield _beside("all levels beside DHIS2's analytics", ours, theirs, exact)
        ours, theirs, least = interleaved(lambda: one_level(templates), analytics.one_level, near.one_level, runs=RUNS)
        yield _beside("one level beside DHIS2's analytics", ours, theirs, exact)
        yield _beside("one level beside DuckDB", ours, least, exact)
    analytics.clear()


def _truth(plain: Plain) -> tuple[int, int, Decimal]:
    """The same of our cells, without the wholes of elements that have categories."""
    (found,) = plain.rows(
        "SELECT count(*), sum(n)::bigint, sum(total) FROM cell WHERE level = 3 AND category > 0 AND n > 0"
    )
    return int(found[0]), int(found[1]), Decimal(found[2])


def _beside(name: str, ours: list[float], theirs: list[float], exact: bool) -> Goal:
    details = {"ours": median(ours), "theirs": median(theirs)}
    return Goal(name, median(ours) / median(theirs), 0.0, judged=False, exact=exact, details=details)
