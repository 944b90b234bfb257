"""Consolidation: marks of what was touched, and the figures computed again where marks stand."""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from coordination.reporting.models.consolidation import layout_of
from coordination.reporting.rules import consolidation_sql, coverage_sql
from coordination.reporting.rules.consolidation_sql import Layout
from directorates.foundation.models import Job, JobState
from directorates.foundation.outbox import queue

# Template, first day of the period, sub-district.
Mark = tuple[int, datetime.date, int]
# Advisory locks: held shared by every drain, alone by a rebuild.
ASIDE = 7_204_001
REBUILD = "reporting.rebuild"
UNFINISHED = (JobState.WAITING, JobState.RUNNING)
# So many marks are taken in one transaction: about a second of work.
BATCH = 2000
_EPOCH = datetime.date(2000, 1, 1)

_TOUCH = """INSERT INTO touched (template, period_start, subdistrict)
SELECT * FROM unnest(%s::int[], %s::date[], %s::int[])"""
_TAKE = """DELETE FROM touched WHERE id IN (SELECT id FROM touched ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED)
RETURNING template, period_start, subdistrict"""
_LOCK = "SELECT pg_advisory_xact_lock(template, period) FROM unnest(%s::int[], %s::int[]) k(template, period)"
_ANCESTORS = """SELECT s.id, d.id, g.id, g.parent_id FROM directorates_place s
JOIN directorates_place d ON d.id = s.parent_id JOIN directorates_place g ON g.id = d.parent_id WHERE s.id = ANY(%s)"""
_COMPUTED = """INSERT INTO computed (at) VALUES (clock_timestamp())
ON CONFLICT (one) DO UPDATE SET at = greatest(computed.at, excluded.at)"""
_STATE = """SELECT (SELECT count(*) FROM touched), (SELECT at FROM computed),
(SELECT max(id) FROM directorates_job WHERE kind = %s AND state = ANY(%s))"""


@dataclass(frozen=True)
class Drained:
    """What a drain did: marks taken, and whether it stood aside for a rebuild."""

    marks: int
    aside: bool = False


@dataclass(frozen=True)
class State:
    """Whether the figures hold everything that was approved, when they were computed, and the rebuild under way."""

    up_to_date: bool
    computed_at: datetime.datetime | None
    waiting: int
    job: Job | None


@contextmanager
def figures_role(cursor: CursorWrapper) -> Iterator[None]:
    """Act as the owner of the figures for a part of the transaction; a failure takes the role back with all else."""
    cursor.execute("SET LOCAL ROLE tansiq_figures")
    yield
    cursor.execute("SET LOCAL ROLE NONE")


def touch(marks: Iterable[Mark]) -> None:
    """Mark, in the caller's transaction, what must be computed again, and queue the task that does it."""
    rows = sorted(set(marks))
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_TOUCH, [list(column) for column in zip(*rows, strict=True)])
    queue("reporting.drain")


def drain(*, batch: int = BATCH) -> Drained:
    """Compute again wherever marks stand, a bounded transaction at a time, until none is left.

    Whatever moment it is killed at, a transaction leaves figures and marks as they were, or both done.
    """
    done = 0
    while True:
        taken = _drain_batch(batch)
        if taken is None:
            return Drained(done, aside=True)
        if not taken:
            return Drained(done)
        done += taken


def _drain_batch(batch: int) -> int | None:
    """One transaction: take marks, lock their periods, compute; None while a rebuild runs."""
    with transaction.atomic(), connection.cursor() as cursor, figures_role(cursor):
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [ASIDE])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(_TAKE, [batch])
        taken = cursor.fetchall()
        marks = sorted(set(taken))
        if marks:
            _compute(cursor, marks)
            cursor.execute(_COMPUTED)
    return len(taken)


def _compute(cursor: CursorWrapper, marks: list[Mark]) -> None:
    """Lock template by template and period, in one order for everybody, and compute what the marks name."""
    periods = sorted({(template, (period - _EPOCH).days) for template, period, _ in marks})
    cursor.execute(_LOCK, [list(column) for column in zip(*periods, strict=True)])
    cursor.execute(_ANCESTORS, [sorted({place for *_, place in marks})])
    ancestors = {row[0]: row for row in cursor.fetchall()}
    by_template = defaultdict[int, list[tuple[datetime.date, int]]](list)
    for template, period, place in marks:
        if place in ancestors:
            by_template[template].append((period, place))
    for template, touched in by_template.items():
        _compute_template(cursor, layout_of(template), touched, ancestors)


def _compute_template(
    cursor: CursorWrapper,
    layout: Layout,
    touched: list[tuple[datetime.date, int]],
    ancestors: dict[int, tuple[int, int, int, int]],
) -> None:
    """Sub-districts from documents, then districts, governorates, the country and directorates from cells below."""
    # A place's row of ancestors starts with itself, so the level of its n-th is 3 - n.
    places = {level: sorted({(p, ancestors[place][3 - level]) for p, place in touched}) for level in (3, 2, 1, 0)}
    given: dict[str, Any] = {"template": layout.template} | _arrays(touched, "places")
    cursor.execute(coverage_sql.BELONGING, given)
    cursor.execute(coverage_sql.DIRECTORATES, given)
    directorates = _arrays(sorted(cursor.fetchall()), "directorates")
    _cover(cursor, layout.template, places, directorates)
    for statement in consolidation_sql.subdistricts(layout):
        cursor.execute(statement, given)
    for level in (2, 1, 0):
        higher = {"template": layout.template, "level": level} | _arrays(places[level], "places")
        cursor.execute(consolidation_sql.HIGHER, higher)
    cursor.execute(coverage_sql.SPLIT, given)
    split = cursor.fetchone()[0]
    cursor.execute(consolidation_sql.directorates(layout, split=split), directorates)


def _cover(
    cursor: CursorWrapper,
    template: int,
    places: dict[int, list[tuple[datetime.date, int]]],
    directorates: dict[str, list[Any]],
) -> None:
    """Expected, received and on time at every level, in one statement."""
    rows = [(period, level, place) for level, found in places.items() for period, place in found]
    periods, levels, ids = (list(column) for column in zip(*rows, strict=True))
    cursor.execute(
        coverage_sql.COVERAGE,
        {
            "template": template,
            "periods": periods,
            "levels": levels,
            "places": ids,
            "directorate_periods": directorates["periods"],
            "directorates": directorates["directorates"],
        },
    )


def _arrays(rows: Iterable[tuple[datetime.date, int]], name: str) -> dict[str, list[Any]]:
    """Pairs of period and id as the two arrays that statements take."""
    pairs = list(rows)
    return {"periods": [period for period, _ in pairs], name: [number for _, number in pairs]}


def consolidation_state() -> State:
    """How current the figures are, seen at one moment."""
    with connection.cursor() as cursor:
        cursor.execute(_STATE, [REBUILD, [state.value for state in UNFINISHED]])
        waiting, at, job = cursor.fetchone()
    return State(not waiting and not job, at, waiting, Job.objects.filter(pk=job).first() if job else None)
