"""Consolidation: marks of what was touched, and the figures computed again where marks stand."""

import datetime
import hashlib
import re
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import OperationalError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext_lazy as _
from psycopg2 import errors

from coordination.reporting.actions.runs import Tally, drain_kept, run_kept
from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel, layout_of
from coordination.reporting.models.runs import RunKind, RunOrigin
from coordination.reporting.rules import consolidation_sql, coverage_sql, rebuild_sql
from coordination.reporting.rules.consolidation_sql import Layout
from directorates.audit import record
from directorates.foundation.jobs import Kind, Tell, ask
from directorates.foundation.models import UNFINISHED, Job
from directorates.foundation.outbox import queue
from directorates.foundation.prepared import Prepared
from directorates.models import User
from directorates.permissions import Permission, require

# Template, first day of the period, sub-district.
Mark = tuple[int, datetime.date, int]
# SQL and what it is given.
Statement = tuple[str, dict[str, Any] | None]
# Advisory locks: held shared by every drain and alone by a rebuild; by one request for a rebuild at a time.
ASIDE, REQUEST = 7_204_001, 7_204_003
REBUILD = "reporting.rebuild"
# So many marks are taken in one transaction: about a second of work.
BATCH = 2000
# What a rebuild does, in its order.
STEPS = (
    _("Completeness and timeliness"),
    FigureLevel.SUBDISTRICT.label,
    FigureLevel.DISTRICT.label,
    FigureLevel.GOVERNORATE.label,
    FigureLevel.COUNTRY.label,
    FigureLevel.DIRECTORATE.label,
    _("Keys"),
    _("Index for reading"),
    _("Exchange of the tables"),
)
# Of what is given to the statements of a drain.
TYPES = {"template": "int", "level": "int", "levels": "int[]", "places": "int[]", "directorates": "int[]"}
TYPES |= {"periods": "date[]", "directorate_periods": "date[]"}
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


def drain(*, batch: int = BATCH, origin: RunOrigin = RunOrigin.TOUCH) -> Drained:
    """Compute again wherever marks stand, a bounded transaction at a time; kept in the history.

    It ends with the first that finds fewer than it could take: marks that come meanwhile have queued a drain of their own.
    Whatever moment it is killed at, a transaction leaves figures and marks as they were, or both done.
    """
    with drain_kept(origin) as tally:
        while tally is not None:
            done = _drain_batch(batch)
            if done is None:
                return Drained(tally.marks, aside=True)
            tally.add(done)
            if done.marks < batch:
                return Drained(tally.marks)
    return Drained(0)


def _drain_batch(batch: int) -> Tally | None:
    """One transaction: take marks, lock their periods, compute; None while a rebuild runs."""
    with transaction.atomic(), connection.cursor() as cursor, figures_role(cursor):
        cursor.execute("SELECT pg_try_advisory_xact_lock_shared(%s)", [ASIDE])
        if not cursor.fetchone()[0]:
            return None
        cursor.execute(_TAKE, [batch])
        taken = cursor.fetchall()
        done = Tally(len(taken))
        if taken:
            _compute(cursor, sorted(set(taken)), done)
            cursor.execute(_COMPUTED)
    return done


def compute_anew(marks: list[Mark]) -> Tally:
    """Compute what some marks name in a transaction, though nothing was touched; waits for a rebuild that is at work."""
    with transaction.atomic(), connection.cursor() as cursor, figures_role(cursor):
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [ASIDE])
        done = Tally(len(marks))
        _compute(cursor, marks, done)
    return done


def _compute(cursor: CursorWrapper, marks: list[Mark], done: Tally) -> None:
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
        done.cells += _compute_template(layout_of(template), touched, ancestors)
        done.templates.add(template)


def _compute_template(
    layout: Layout,
    touched: list[tuple[datetime.date, int]],
    ancestors: dict[int, tuple[int, int, int, int]],
) -> int:
    """Sub-districts from documents, then districts, governorates, the country and directorates from cells below.

    Answers how many rows of figures are otherwise than before.
    """
    # A place's row of ancestors starts with itself, so the level of its n-th is 3 - n.
    places = {level: sorted({(p, ancestors[place][3 - level]) for p, place in touched}) for level in (3, 2, 1, 0)}
    given: dict[str, Any] = {"template": layout.template} | _arrays(touched, "places")
    _run(coverage_sql.BELONGING, given)
    directorates = _arrays(sorted(_run(coverage_sql.DIRECTORATES, given)), "directorates")
    written = _cover(layout.template, places, directorates)
    for statement in consolidation_sql.subdistricts(layout):
        written += _write(statement, given)
    for level in (2, 1, 0):
        written += _write(consolidation_sql.HIGHER, given | {"level": level} | _arrays(places[level], "places"))
    ((split,),) = _run(coverage_sql.SPLIT, given)
    return written + _write(consolidation_sql.directorates(layout, split=split), directorates)


def _cover(
    template: int, places: dict[int, list[tuple[datetime.date, int]]], directorates: dict[str, list[Any]]
) -> int:
    """Expected, received and on time at every level, in one statement."""
    rows = [(period, level, place) for level, found in places.items() for period, place in found]
    periods, levels, ids = (list(column) for column in zip(*rows, strict=True))
    given = {"template": template, "periods": periods, "levels": levels, "places": ids}
    given |= {"directorate_periods": directorates["periods"], "directorates": directorates["directorates"]}
    return _write(coverage_sql.COVERAGE, given)


def _run(statement: str, given: dict[str, Any]) -> list[tuple[Any, ...]]:
    """Run a statement that was planned once for this connection: its plan costs as much as one approval's sums."""
    return _prepared(statement).rows(given)


def _write(statement: str, given: dict[str, Any]) -> int:
    """The same with a statement that writes; answers how many rows it wrote."""
    return _prepared(statement).written(given)


@lru_cache(maxsize=256)
def _prepared(statement: str) -> Prepared:
    """A statement under a name made of its text, which for sub-districts and directorates is that of a layout."""
    name = f"figures_{hashlib.sha256(statement.encode()).hexdigest()[:24]}"
    types = {found: TYPES[found] for found in re.findall(r"%\((\w+)\)s", statement)}
    return Prepared(name, statement, **types)


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


def request_rebuild(*, by: User, at: datetime.datetime) -> Job:
    """Have all figures computed anew; requests made while one waits or runs are that one."""
    require(by, Permission.RUN_CONSOLIDATION)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [REQUEST])
        job = Job.objects.unfinished().filter(kind=REBUILD).order_by("-pk").first()
        if job is None:
            job = ask(kind=REBUILD, by=by, at=at)
            record(by, "rebuild_figures", job)
    return job


def rebuild(job: Job, tell: Tell) -> dict[str, int]:
    """Compute all figures anew beside the old ones and exchange them; answer how many cells there are.

    One transaction: killed at any moment it leaves the old figures, and the next call starts over. Marks committed
    since its beginning survive it and are drained right after.
    """
    with run_kept(RunKind.REBUILD, job, set()) as tally:
        tally.add(_rebuild(tell))
    drain()
    return {"cells": tally.cells}


def _rebuild(tell: Tell) -> Tally:
    """The one transaction of a rebuild; answers the marks that it made needless, and how many cells there are."""
    with transaction.atomic(), connection.cursor() as cursor:
        templates = ReportTemplate.objects.order_by("pk").values_list("pk", flat=True)
        layouts = [layout for layout in map(layout_of, templates) if layout.parts]
        with figures_role(cursor):
            # Waits for the drain or the rebuild that is at work; the next drains stand aside.
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ASIDE])
            cursor.execute(rebuild_sql.MEMORY)
            cursor.execute(rebuild_sql.FORGET)
            marks: int = cursor.rowcount
            for done, statements in enumerate(_steps(cursor, layouts)):
                tell(done, len(STEPS))
                for statement, given in statements:
                    cursor.execute(statement, given)
            cursor.execute(_COMPUTED)
            cursor.execute("SELECT count(*) FROM cell")
            cells: int = cursor.fetchone()[0]
    tell(len(STEPS), len(STEPS))
    return Tally(marks, cells)


def _steps(cursor: CursorWrapper, layouts: list[Layout]) -> Iterator[Iterable[Statement]]:
    """The statements of each of `STEPS`; each is made when those before it were run."""
    yield [(statement, None) for statement in rebuild_sql.COVERAGE]
    yield [(rebuild_sql.cells(layouts), None)]
    for level in (2, 1, 0):
        yield [(consolidation_sql.FRESH_HIGHER, {"level": level})]
    cursor.execute(coverage_sql.FRESH_SPLIT)
    split = {row[0] for row in cursor.fetchall()}
    known = (rebuild_sql.KNOW, None)
    yield [
        known,
        (consolidation_sql.fresh_directorates(tuple(held for held in layouts if held.template in split)), None),
    ]
    yield [(statement, None) for statement in rebuild_sql.KEY]
    yield [(statement, None) for statement in rebuild_sql.INDEX]
    yield _exchange(cursor)


def _exchange(cursor: CursorWrapper) -> Iterator[Statement]:
    """Waits for those who read, then the exchange."""
    _hold_tables(cursor)
    for statement in rebuild_sql.exchange():
        yield statement, None


def _hold_tables(cursor: CursorWrapper, *, seconds: float = 60) -> None:
    """Lock what people read, giving way after a second each time: a slow reader must not make all others wait."""
    until = time.monotonic() + seconds
    while True:
        try:
            with transaction.atomic():
                cursor.execute("SET LOCAL lock_timeout = '1s'")
                cursor.execute(rebuild_sql.HOLD)
                cursor.execute("SET LOCAL lock_timeout = 0")
        except OperationalError as problem:
            if not isinstance(problem.__cause__, errors.LockNotAvailable) or time.monotonic() > until:
                raise
            time.sleep(0.2)
        else:
            return


KIND = Kind(
    REBUILD,
    _("Computing all figures anew"),
    rebuild,
    page="reporting:figures",
    steps=STEPS,
    repeat=request_rebuild,
)
