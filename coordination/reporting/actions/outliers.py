"""What stands out: every report that was sent is laid beside its facility's past, a little after it came, by the worker.

Reading one report's past takes about as long as filing it, so it is done after the commit; and a facility's reports are
compared together, so that a backlog of hundreds of thousands costs little each.
"""

import datetime
import json
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import connection, connections, transaction
from django.utils.translation import gettext as _

from coordination.reporting.models import Comparison, Look, ReportTemplate, Revision, Submission, SubmissionEvent
from coordination.reporting.models.outliers import LONGEST_WORD, PAST
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Status, What
from coordination.reporting.models.templates import TemplateVersion, VersionStatus
from coordination.reporting.rules.outliers import (
    Asked,
    Candidate,
    Finding,
    Notes,
    Past,
    asked_of,
    chosen,
    first_looked_at,
    stands_out,
)
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.outbox import queue
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

TASK = "reporting.compare"
# Reports that are taken at once by the task, and facilities by the pass: a transaction each, some tens of megabytes.
BATCH, FACILITIES = 1000, 40

TAKE = """
SELECT k.revision_id, s.template_id, s.facility_id, s.period_start FROM reporting_comparison k
JOIN reporting_revision r ON r.id = k.revision_id JOIN reporting_submission s ON s.id = r.submission_id
WHERE k.at IS NULL ORDER BY k.revision_id LIMIT %s FOR UPDATE OF k SKIP LOCKED
"""
# Everything a template's facilities sent since a day; `waits` where it was not compared yet.
REPORTS = """
SELECT s.facility_id, s.period_start, c.submission_id IS NOT NULL, s.reporter_id, s.id::text, s.status, s.version_id,
    r.id, r.doc::text, nullif(r.notes, '{}')::text, k.at IS NULL AS waits
FROM reporting_submission s JOIN reporting_revision r ON r.id = s.revision_id
LEFT JOIN figures.reporting_countedreport c ON c.submission_id = s.id
LEFT JOIN reporting_comparison k ON k.revision_id = r.id
WHERE s.template_id = %s AND s.facility_id = ANY(%s) AND s.period_start >= %s
"""
WRITE = """
INSERT INTO reporting_comparison AS k (revision_id, at, findings, found)
SELECT revision_id, %s, findings, found FROM unnest(%s::bigint[], %s::jsonb[], %s::int[])
    AS g(revision_id, findings, found)
ON CONFLICT (revision_id) DO UPDATE SET at = excluded.at, findings = excluded.findings, found = excluded.found
WHERE k.at IS NULL
"""
# What was corrected and sent again before its turn came is compared in its new form only.
DROP = "DELETE FROM reporting_comparison WHERE at IS NULL AND revision_id = ANY(%s)"
WAITING = """
SELECT DISTINCT s.facility_id FROM reporting_submission s
LEFT JOIN reporting_comparison k ON k.revision_id = s.revision_id
WHERE s.template_id = %s AND s.revision_id IS NOT NULL AND k.at IS NULL ORDER BY 1
"""


@dataclass(frozen=True)
class Compared:
    """How many reports were compared, and in how many something stands out."""

    reports: int = 0
    standing_out: int = 0

    def __add__(self, other: "Compared") -> "Compared":
        return Compared(self.reports + other.reports, self.standing_out + other.standing_out)


@dataclass(frozen=True)
class _Report:
    """A report as it was read for comparing."""

    candidate: Candidate
    status: str
    version_id: int
    revision_id: int
    notes: Notes
    waits: bool


# Reports by facility.
_Reports = dict[int, list[_Report]]


def await_comparison(revision: Revision) -> None:
    """Have a revision compared once the caller's transaction has committed."""
    Comparison.objects.create(revision=revision)
    queue(TASK)


def compare_waiting(*, at: datetime.datetime, batch: int = BATCH) -> Compared:
    """Compare what waits for it, a bounded transaction at a time, until nothing does; safe twice and at once."""
    done = Compared()
    while True:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TAKE, [batch])
            taken = cursor.fetchall()
            if not taken:
                return done
            revisions = {row[0] for row in taken}
            for template, rows in _by_template(taken).items():
                kind = PeriodType(template.period_type)
                since = first_looked_at(Period(kind, min(start for _facility, start in rows)))
                facilities = sorted({facility for facility, _start in rows})
                done += _compare(template, _read(template, facilities, since), at, revisions)
            cursor.execute(DROP, [list(revisions)])


def _by_template(taken: Sequence[tuple[Any, ...]]) -> dict[ReportTemplate, list[tuple[int, datetime.date]]]:
    """The facilities and periods that were taken, by template."""
    found: dict[ReportTemplate, list[tuple[int, datetime.date]]] = defaultdict(list)
    templates = ReportTemplate.objects.in_bulk({row[1] for row in taken})
    for _revision, template, facility, start in taken:
        found[templates[template]].append((facility, start))
    return found


def compare_all(*, template: ReportTemplate, at: datetime.datetime) -> Iterator[Compared]:
    """Compare every report of a template that was not compared yet, some facilities at a time, each time telling how many.

    Killed at any moment it has done what it told; run again it goes on, and changes nothing that stands.
    """
    with connection.cursor() as cursor:
        cursor.execute(WAITING, [template.pk])
        facilities = [row[0] for row in cursor.fetchall()]
    chunks = [facilities[first : first + FACILITIES] for first in range(0, len(facilities), FACILITIES)]
    for reports in _read_ahead(template, chunks):
        with transaction.atomic():
            done = _compare(template, reports, at)
        yield done


def _read_ahead(template: ReportTemplate, chunks: Sequence[Sequence[int]]) -> Iterator[_Reports]:
    """What each chunk of facilities sent; the database reads the next one while one is compared.

    By a connection of its own, which sees what is committed; within a transaction each in its turn.
    """
    if connection.in_atomic_block:
        yield from (_read(template, chunk, datetime.date.min) for chunk in chunks)
        return
    with ThreadPoolExecutor(1) as pool:
        coming: deque[Future[_Reports]] = deque()
        try:
            for chunk in chunks:
                coming.append(pool.submit(_read, template, chunk, datetime.date.min))
                if len(coming) > 1:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            pool.submit(connections.close_all).result()


def _compare(
    template: ReportTemplate, by_facility: _Reports, at: datetime.datetime, wanted: set[int] | None = None
) -> Compared:
    """Compare reports of some facilities: those wanted, or all that wait; within the caller's transaction."""
    rows: list[tuple[int, tuple[Finding, ...]]] = []
    asked = _Asked()
    for reports in by_facility.values():
        judged = [one for one in reports if one.waits and (wanted is None or one.revision_id in wanted)]
        pasts = _Pasts(reports, asked)
        for one in sorted(judged, key=lambda one: one.candidate.start):
            period = _period(template.period_type, one.candidate.start)
            found = stands_out(period, one.candidate.doc, one.notes, pasts.of(one))
            rows.append((one.revision_id, found))
    # In one order for everybody: two passes at once never wait for one another in a circle.
    _keep(sorted(rows, key=lambda row: row[0]), at)
    return Compared(len(rows), sum(bool(found) for _revision, found in rows))


@lru_cache(maxsize=4096)
def _period(kind: str, start: datetime.date) -> Period:
    """The period of a report; the same few for all of them."""
    return Period(PeriodType(kind), start)


@unwalled
def _read(template: ReportTemplate, facilities: Sequence[int], since: datetime.date) -> _Reports:
    """The reports of some facilities since a day, by facility."""
    found: dict[int, list[_Report]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(REPORTS, [template.pk, list(facilities), since])
        for facility, start, counts, reporter, pk, status, version, revision, doc, notes, waits in cursor.fetchall():
            candidate = Candidate(start, counts, reporter, pk, json.loads(doc))
            found[facility].append(_Report(candidate, status, version, revision, json.loads(notes or "{}"), waits))
    return found


class _Asked(dict[int, Asked]):
    """What may stand out, by version; read where it is first asked for."""

    def __missing__(self, version_id: int) -> Asked:
        # What was sent is of a published version, which is kept by its id and need not be read.
        version = TemplateVersion(pk=version_id, status=VersionStatus.PUBLISHED)
        return self.setdefault(version_id, asked_of(specification_of(version)))


class _Pasts:
    """A facility's past as each of its reporters has it: the same, unless two reported a period and neither counts."""

    def __init__(self, reports: Sequence[_Report], asked: _Asked) -> None:
        self._candidates = [one.candidate for one in reports if one.status in PAST]
        counted = {one.start for one in self._candidates if one.counts}
        open_ = [one.start for one in self._candidates if one.start not in counted]
        self._same = len(open_) == len(set(open_))
        self._asked = asked
        self._kept: dict[tuple[int, int], Past] = {}

    def of(self, report: _Report) -> Past:
        """The past of a report."""
        reporter, version = report.candidate.reporter, report.version_id
        key = 0 if self._same else reporter, version
        if key not in self._kept:
            self._kept[key] = Past(self._asked[version], chosen(self._candidates, reporter))
        return self._kept[key]


def _keep(rows: Sequence[tuple[int, tuple[Finding, ...]]], at: datetime.datetime) -> None:
    """Write what was found; what another process compared meanwhile stays as it is."""
    if not rows:
        return
    findings = [json.dumps([finding.shape() for finding in found]) for _revision, found in rows]
    with connection.cursor() as cursor:
        revisions, counts = [revision for revision, _found in rows], [len(found) for _revision, found in rows]
        cursor.execute(WRITE, [at, revisions, findings, counts])


@transaction.atomic
def look(*, by: User, submission: Submission, kind: str, slot: str, word: str, at: datetime.datetime) -> Look:
    """Put a reviewer's word on something that stands out; it stands in the history, and nothing depends on it.

    The same word twice is one. Problems: 400 `required` or `too_long`; 409 `wrong_state`; 409 `changed` where the
    report was sent again since it was read, or nothing of the kind stands out in it.
    """
    held = Submission.objects.select_for_update(of=("self",)).select_related("template").get(pk=submission.pk)
    require(by, Permission.REVIEW_REPORTS, held)
    word = _word(word)
    if held.status != Status.SUBMITTED:
        told = _("This report no longer waits for review. Its state: %(state)s.")
        state = {"state": held.get_status_display()}
        raise Problem("wrong_state", told % state, 409, extra={"state": held.status})
    kept = Comparison.objects.filter(revision=held.revision_id).first()
    stands = kept is not None and any((one["kind"], one["slot"]) == (kind, slot) for one in kept.findings)
    if not stands or submission.revision_id not in (None, held.revision_id):
        raise Problem("changed", _("The report changed in the meantime, and this no longer stands out in it."), 409)
    same = Look.objects.filter(revision=held.revision_id, kind=kind, slot=slot).order_by("-id").first()
    if same is not None and (same.by_id, same.word) == (by.pk, word):
        return same
    details: dict[str, Any] = {"revision_id": held.revision_id, "at": at, "by": by, "acting_id": by.acting_id}
    SubmissionEvent.objects.create(submission=held, what=What.LOOKED, note=word, **details)
    record(by, "look", held, revision=held.revision_id, finding=f"{kind} {slot}".strip())
    return Look.objects.create(kind=kind, slot=slot, word=word, **details)


def _word(text: str) -> str:
    """The word as it is kept, or the fault in it."""
    word = clean_text(text, multiline=True)
    fault = next(iter(location_faults(word=word)), None)
    if not word:
        fault = Fault("word", "required", _("A word on it is needed, for example: confirmed by phone."))
    elif len(word) > LONGEST_WORD:
        told = _("This text is too long: at most %(most)d characters.") % {"most": LONGEST_WORD}
        fault = Fault("word", "too_long", told)
    if fault is not None:
        raise Problem("invalid", fault.message, errors=[fault])
    return word
