"""The history of consolidation: a row for each run that found something to do, beside the figures' own transactions."""

import datetime
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db import Error, connection

from coordination.reporting.models.runs import RUNNING, ConsolidationRun, RunKind, RunOrigin, RunState
from directorates.foundation.models import Job
from directorates.foundation.prepared import Prepared
from directorates.foundation.sight import unwalled

# A history of which the last moments are lost with the machine is good enough, and costs no wait for the disk.
_LIGHTLY = "SET LOCAL synchronous_commit = off;"
_BEGIN = """INSERT INTO reporting_consolidationrun
    (kind, origin, by_id, job_id, templates, state, began, lag, marks, cells, fault)
SELECT %(kind)s, %(origin)s, %(by)s, %(job)s, %(templates)s, 'run_goes_on', clock_timestamp(),
    coalesce(extract(epoch FROM greatest(clock_timestamp() - m.at, interval '0')), 0), 0, 0, ''
FROM (SELECT) one {join} (SELECT at FROM touched ORDER BY id LIMIT 1) m ON true
RETURNING id, pg_try_advisory_lock(%(lock)s, id::int)"""
# A drain runs only where a mark stands; a rebuild and a check run in any case.
_ASKED = {"kind": "text", "origin": "text", "by": "int", "job": "int", "templates": "int[]", "lock": "int"}
BEGIN_DRAIN = Prepared("run_begins", _BEGIN.format(join="JOIN"), **_ASKED)
BEGIN_ANY = Prepared("run_begins_anyway", _BEGIN.format(join="LEFT JOIN"), **_ASKED)
# The lock is given back after the row was written: nobody takes a run that ended for one that broke off.
END = Prepared(
    "run_ends",
    """WITH ended AS (UPDATE reporting_consolidationrun SET state = %(state)s,
    ended = greatest(clock_timestamp(), began),
    marks = %(marks)s, cells = %(cells)s, templates = %(templates)s, fault = %(fault)s
    WHERE id = %(id)s AND state = 'run_goes_on' RETURNING id)
SELECT pg_advisory_unlock(%(lock)s, %(id)s) FROM (SELECT count(*) FROM ended) e""",
    state="text",
    marks="int",
    cells="int",
    templates="int[]",
    fault="text",
    id="int",
    lock="int",
)
FORGET = Prepared(
    "run_forgotten",
    """WITH gone AS (DELETE FROM reporting_consolidationrun WHERE id = %(id)s RETURNING id)
SELECT pg_advisory_unlock(%(lock)s, %(id)s) FROM (SELECT count(*) FROM gone) g""",
    id="int",
    lock="int",
)


@dataclass
class Tally:
    """What a run has done so far: marks taken up, rows of figures written, of which templates."""

    marks: int = 0
    cells: int = 0
    templates: set[int] = field(default_factory=set)

    def add(self, other: "Tally") -> None:
        """Count what another part did; called once that part is committed."""
        self.marks += other.marks
        self.cells += other.cells
        self.templates |= other.templates


@contextmanager
def drain_kept(origin: RunOrigin) -> Iterator[Tally | None]:
    """Keep a drain in the history; None where no mark stands, and no row for a drain that others left nothing to."""
    number = _begin(BEGIN_DRAIN, RunKind.DRAIN, origin)
    if number is None:
        yield None
        return
    with _kept(number, empty_is_none=True) as tally:
        yield tally


@contextmanager
def run_kept(kind: RunKind, job: Job, templates: set[int]) -> Iterator[Tally]:
    """Keep a rebuild or a check in the history: at the word of whoever asked for its job, or of the schedule."""
    origin = RunOrigin.PERSON if job.by_id else RunOrigin.SCHEDULE
    number = _begin(BEGIN_ANY, kind, origin, by=job.by_id, job=job.pk, templates=sorted(templates))
    if number is None:
        raise AssertionError("only a drain has nothing to do")
    with _kept(number, templates=templates) as tally:
        yield tally


@contextmanager
def _kept(number: int, *, empty_is_none: bool = False, templates: set[int] | None = None) -> Iterator[Tally]:
    """Write how a run ended; where the database is gone its row stays open, and is found later (`note_broken_off`)."""
    tally = Tally(templates=set(templates or ()))
    try:
        yield tally
    except BaseException as problem:
        with suppress(Error):
            _end(number, tally, RunState.FAILED, fault=_fault(problem))
        raise
    if tally.marks or not empty_is_none:
        _end(number, tally, RunState.DONE)
    else:
        _run(FORGET, {"id": number, "lock": RUNNING})


def _begin(
    statement: Prepared,
    kind: RunKind,
    origin: RunOrigin,
    *,
    by: int | None = None,
    job: int | None = None,
    templates: list[int] | None = None,
) -> int | None:
    given: dict[str, Any] = {
        "kind": kind.value,
        "origin": origin.value,
        "by": by,
        "job": job,
        "templates": templates or [],
    }
    row = _run(statement, given | {"lock": RUNNING})
    return int(row[0]) if row else None


def _end(number: int, tally: Tally, state: RunState, *, fault: str = "") -> None:
    given: dict[str, Any] = {"state": state.value, "marks": tally.marks, "cells": tally.cells, "fault": fault}
    _run(END, given | {"templates": sorted(tally.templates), "id": number, "lock": RUNNING})


@unwalled
def _run(statement: Prepared, given: Mapping[str, Any]) -> tuple[Any, ...] | None:
    """One statement in a transaction of its own that waits for no disk, or in the caller's; planned once a connection."""
    rows = statement.rows(given, "" if connection.in_atomic_block else _LIGHTLY)
    return rows[0] if rows else None


def _fault(problem: BaseException) -> str:
    """The class of a fault and PostgreSQL's code for it."""
    code = getattr(problem.__cause__, "pgcode", None) or ""
    return f"{type(problem).__name__} {code}".strip()[:100]


def note_broken_off() -> int:
    """Write that runs ended whose process is gone: nobody holds their lock any more. Answers how many."""
    found = 0
    with connection.cursor() as cursor:
        # Whoever sees the row sees its lock held: both come about in one statement.
        cursor.execute("SELECT id FROM reporting_consolidationrun WHERE state = 'run_goes_on'")
        for (number,) in cursor.fetchall():
            cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [RUNNING, number])
            if cursor.fetchone()[0]:
                cursor.execute(
                    """WITH ended AS (UPDATE reporting_consolidationrun SET state = 'run_broken_off',
                        ended = greatest(clock_timestamp(), began) WHERE id = %(id)s AND state = 'run_goes_on' RETURNING id)
                    SELECT count(*), pg_advisory_unlock(%(lock)s, %(id)s) FROM ended""",
                    {"id": number, "lock": RUNNING},
                )
                found += cursor.fetchone()[0]
    return found


def forget_runs(*, at: datetime.datetime) -> int:
    """Delete the rows whose time is over (`RUNS_KEPT`); answers how many. What goes on stays, however old."""
    rows = ConsolidationRun.objects.exclude(state=RunState.GOES_ON).filter(began__lt=at - settings.RUNS_KEPT)
    return rows.delete()[0]
