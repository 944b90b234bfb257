"""Goals of the full rebuild."""

import math
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, transaction

from coordination.benchmarks.data import FULL
from coordination.benchmarks.measure import RUNS, Goal, interleaved, median, peak_megabytes, seconds
from coordination.benchmarks.other_side import Plain
from coordination.reporting.actions.consolidation import KIND
from coordination.reporting.models.consolidation import layout_of
from coordination.reporting.rules.consolidation_sql import fresh_subdistricts
from directorates.foundation.jobs import run
from directorates.foundation.models import Job
from directorates.models import User

# Of a process that rebuilds all figures, in megabytes.
MEMORY = 400


@dataclass(frozen=True)
class Sized:
    """How long a rebuild of so many values takes."""

    values: int
    seconds: float


def sized(by: User, values: int) -> Sized:
    """The rebuild of what is loaded, as often as any other goal is timed."""
    rebuild_all(by)
    return Sized(values, median([seconds(lambda: rebuild_all(by)) for _run in range(RUNS)]))


def growth(by: User, few: Sized, values: int) -> Goal:
    """The exponent with which a rebuild grows from a tenth of the values to all: 1 is as many times as long."""
    many = sized(by, values)
    exponent = math.log(many.seconds / few.seconds) / math.log(many.values / few.values)
    details = {"few": few.values, "few_seconds": few.seconds, "values": values, "seconds": many.seconds}
    return Goal("rebuild, exponent of its growth", exponent, 1.1, judged=values >= 0.7 * FULL, details=details)


def memory() -> Goal:
    """The peak of this process, which has rebuilt everything as a worker does and loaded more than one."""
    peak = peak_megabytes()
    return Goal("rebuild, memory", peak / MEMORY, 1.0, details={"megabytes": peak})


def rebuild_all(by: User) -> None:
    """All figures anew, in this process; the worker beside us is not asked."""
    if not run(Job.objects.create(kind=KIND.code, by=by).pk, KIND):
        raise RuntimeError("another rebuild is under way")


def one_level(templates: list[int]) -> None:
    """The cells of sub-districts from documents, rows for categories and wholes, into a table that is thrown away."""
    selects = " UNION ALL ".join(select for held in templates for select in fresh_subdistricts(layout_of(held)))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '96MB'")
        cursor.execute(f"CREATE TEMP TABLE our_level ON COMMIT DROP AS {selects}")


def goals(plain: Plain, by: User, templates: list[int], counted: int) -> Iterator[Goal]:
    """Both sides compute everything; not a cell may differ before times are looked at."""
    rebuild_all(by)
    plain.rebuild()
    wrong = plain.wrong_cells()
    judged = counted >= 0.7 * FULL
    ours, theirs = interleaved(lambda: rebuild_all(by), plain.rebuild)
    (cells,) = plain.rows("SELECT count(*) FROM cell")[0]
    details = {"ours": median(ours), "theirs": median(theirs), "values": counted, "cells": cells, "wrong_cells": wrong}
    yield Goal("rebuild", median(ours) / median(theirs), 1.3, judged=judged, exact=not wrong, details=details)
    ours, theirs = interleaved(lambda: one_level(templates), plain.group_level)
    details = {"ours": median(ours), "theirs": median(theirs)}
    yield Goal("one level", median(ours) / median(theirs), 1.5, judged=judged, exact=not wrong, details=details)
