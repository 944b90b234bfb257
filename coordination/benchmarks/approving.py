"""Goals of recomputing after an approval, and of approving many at once."""

import datetime
import multiprocessing
import os
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import connection, transaction
from django.utils import timezone

from coordination.benchmarks.data import FULL
from coordination.benchmarks.measure import Goal, median, p95
from coordination.benchmarks.other_approving import PlainApprover
from coordination.benchmarks.other_side import Plain, PlainApproval
from coordination.reporting.actions import consolidation
from coordination.reporting.actions.consolidation import consolidation_state, drain, touch
from coordination.reporting.actions.reviews import approve, reopen
from coordination.reporting.models import CountedReport, Submission
from directorates.foundation.outbox import hurry
from directorates.models import User

# So many approvals of each side come before those that are measured.
RUNS, WARM = 40, 100
APPROVERS = 8
_PLACES = """SELECT c.id, c.period_start, s.id AS subdistrict, d.id AS district, g.id AS governorate, g.parent_id AS country,
    c.directorate_id AS directorate
FROM reporting_countedreport c JOIN directorates_place s ON s.id = c.subdistrict_id
JOIN directorates_place d ON d.id = s.parent_id JOIN directorates_place g ON g.id = d.parent_id
WHERE c.template_id = %s AND c.directorate_id IS NOT NULL AND c.overlay IS NULL ORDER BY md5(c.id::text) LIMIT 400"""
_RESTORE = """WITH restored AS (
    UPDATE reporting_countedreport SET overlay = NULL WHERE template_id = %s AND id = ANY(%s) AND overlay IS NOT NULL
    RETURNING template_id, period_start, subdistrict_id)
INSERT INTO touched (template, period_start, subdistrict) SELECT * FROM restored"""


def change(report: int, mark: tuple[int, datetime.date, int]) -> None:
    """What an approval leaves behind: another answer of one report counts, and a mark, without waking the worker."""
    overlay = "CASE WHEN overlay IS NULL THEN %s::jsonb END"
    numbers = ", ".join(f'"s{slot}": {random.randint(0, 499)}' for slot in range(1, 61))  # noqa: S311
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE reporting_countedreport SET overlay = {overlay} WHERE id = %s", [f"{{{numbers}}}", report]
        )
        cursor.execute("INSERT INTO touched (template, period_start, subdistrict) VALUES (%s, %s, %s)", mark)


class OneApproval:
    """Recomputing one approval of the monthly template, by us and by plain SQL, with another report each time."""

    def __init__(self, plain: Plain, template: int) -> None:
        self.template, self.owner = template, plain
        names = ("report", "period", "subdistrict", "district", "governorate", "country", "directorate")
        self.places = [dict(zip(names, row, strict=True)) for row in plain.rows(_PLACES, [template])]
        self.plain = PlainApproval(plain, os.environ["DATABASE_URL"], template)

    def times(self, runs: int = RUNS) -> tuple[list[float], list[float]]:
        """Seconds of both sides; the change itself is not timed.

        Whoever changes a page first after a checkpoint logs it whole: the first approvals after one pay for all, and the
        more of them the larger the indexes are. So a checkpoint is made, and what is measured begins when the pages of
        either size of the data were changed once: as it is on every working day between two checkpoints.
        """
        self.owner.run("CHECKPOINT")
        places = random.sample(self.places, 2 * (runs + WARM))
        ours: list[float] = []
        theirs: list[float] = []
        for one, other in zip(places[::2], places[1::2], strict=True):
            ours.append(self._timed(one, drain))
            theirs.append(self._timed(other, lambda held=other: self.plain.recompute(template=self.template, **held)))
        self._restore()
        return ours[WARM:], theirs[WARM:]

    def _restore(self) -> None:
        """Everything counts as it was loaded."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_RESTORE, [self.template, [place["report"] for place in self.places]])
        drain()

    def _timed(self, place: dict[str, Any], call: Any) -> float:
        change(place["report"], (self.template, place["period"], place["subdistrict"]))
        began = time.perf_counter()
        call()
        return time.perf_counter() - began


def one_approval(
    small: list[float], ours: list[float], theirs: list[float], rebuilt: float, counted: int
) -> Iterator[Goal]:
    """One approval against plain SQL, against the rebuild, and against itself in a tenth of the data."""
    middle = median(ours)
    details = {"ours": middle, "theirs": median(theirs), "p95": p95(ours), "p95_theirs": p95(theirs)}
    yield Goal("one approval", middle / median(theirs), 1.5, details=details)
    full = counted >= 0.7 * FULL
    yield Goal("one approval of a rebuild", middle / rebuilt, 0.002, judged=full, details={"rebuild": rebuilt})
    yield Goal("one approval at ten times the rows", middle / median(small), 1.35, details={"a_tenth": median(small)})


def celery_hop(plain: Plain, template: int) -> Goal:
    """From the commit of a mark to the figure, through outbox, broker and worker: timed apart, not judged."""
    times = []
    for report, period, subdistrict, *_ in plain.rows(_PLACES, [template])[:10]:
        # So long that the drain does not wait for the pause after the last one.
        time.sleep(1.2)
        change(report, (template, period, subdistrict))
        began = time.perf_counter()
        with transaction.atomic():
            touch([(template, period, subdistrict)])
        _until_drained()
        times.append(time.perf_counter() - began)
    return Goal("celery hop, seconds", median(times), 5.0, judged=False, details={"p95": p95(times)})


def _until_drained(limit: float = 120) -> None:
    """Waits for the worker; the scheduler's part, relaying again what a busy broker lost, is played here."""
    until = time.monotonic() + limit
    asked = time.monotonic()
    while not consolidation_state().up_to_date:
        if time.monotonic() > until:
            raise TimeoutError("the worker does not drain")
        if time.monotonic() - asked > 5:
            hurry()
            asked = time.monotonic()
        time.sleep(0.002)


class Way(Protocol):
    """A way of approving: the deed of an approver, to be called with its number."""

    def __call__(self, approver: "Approver", *, inline: bool) -> Callable[[int], None]:
        """Make the deed."""


@dataclass(frozen=True)
class Approver:
    """One of eight people who approve and reopen at the same time, each for a directorate, in the last month."""

    number: int
    officer: int
    submissions: tuple[Any, ...]


def approvers(template: int) -> list[Approver]:
    """An officer of each directorate, with the reports of the last month that wait there."""
    last = CountedReport.objects.filter(template=template).latest("period_start").period_start
    rows = Submission.objects.filter(template=template, period_start=last, status="submitted")
    people = []
    for number in range(APPROVERS):
        officer = User.objects.get(email=f"officer-{number}@bench.invalid")
        waiting = rows.filter(reviewer__code=f"directorate-{number}").values_list("pk", flat=True)
        people.append(Approver(number, officer.pk, tuple(waiting)))
    return people


def by_action(approver: Approver, *, inline: bool) -> Callable[[int], None]:
    """Approving by our actions; inline, the drain is part of the transaction."""
    officer = User.objects.get(pk=approver.officer)
    officer.rights_kept = {}
    if inline:
        consolidation.queue = lambda *_: None

    def deed(number: int) -> None:
        submission = Submission.objects.get(pk=approver.submissions[number % len(approver.submissions)])
        with transaction.atomic():
            if submission.status == "submitted":
                approve(by=officer, submission=submission, at=timezone.now())
            else:
                reopen(by=officer, submission=submission, reason="bench", at=timezone.now())
            if inline:
                drain()

    return deed


def by_statements(approver: Approver, *, inline: bool) -> Callable[[int], None]:
    """The same rows by psycopg2 alone: what the database sees of an approval, without Python's share of it."""
    address = os.environ["DATABASE_URL"]
    plain = PlainApprover(address, approver.officer, [str(pk) for pk in approver.submissions])
    template = plain.reports[0]["template"]
    recompute = PlainApproval(Plain(address, [template]), address, template) if inline else None

    def deed(number: int) -> None:
        plain.deed(number, recompute)
        if not inline:
            hurry()

    return deed


def _work(approver: Approver, way: Way, inline: bool, span: float, done: Any) -> None:
    """Approve, reopen and approve again for a while; in a process of its own."""
    connection.close()
    deed, deeds = way(approver, inline=inline), 0
    until = time.monotonic() + span
    while time.monotonic() < until:
        deed(deeds)
        deeds += 1
    done.put(deeds)
    connection.close()


def a_second(people: list[Approver], way: Way, *, inline: bool, span: float) -> float:
    """How many deeds eight people get done in a second."""
    context = multiprocessing.get_context("fork")
    done = context.Queue()
    connection.close()
    workers = [context.Process(target=_work, args=(person, way, inline, span, done)) for person in people]
    for worker in workers:
        worker.start()
    deeds = sum(done.get(timeout=60) for _ in workers)
    for worker in workers:
        worker.join()
    return deeds / span


def at_once(plain: Plain, template: int, *, runs: int = 5, span: float = 3.0) -> Iterator[Goal]:
    """Eight people at once, by outbox and inline in turn; afterwards not a cell may differ from a rebuild."""
    people = approvers(template)
    for name, way, judged in (("", by_statements, True), (", whole actions", by_action, False)):
        queued, inline, waits = [], [], []
        for _ in range(runs):
            queued.append(a_second(people, way, inline=False, span=span))
            began = time.perf_counter()
            _until_drained()
            waits.append(time.perf_counter() - began)
            inline.append(a_second(people, way, inline=True, span=span))
        plain.rebuild()
        wrong = plain.wrong_cells(facts=False)
        details = {"a_second": median(queued), "inline_a_second": median(inline), "drained_after": median(waits)}
        ratio = median(queued) / median(inline)
        goal = f"approving through the outbox{name}"
        yield Goal(goal, ratio, 8.0, least=True, judged=judged, exact=not wrong, details=details)
        yield Goal(f"eight approvers, wrong cells{name}", float(wrong), 0.0, exact=not wrong)
