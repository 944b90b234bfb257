"""Jobs: work behind the request that people watch; asked for in the transaction of a deed, run by one worker at a time.

A job whose worker was killed is taken up again, so whatever a kind does must be safe to do twice. Progress stands in
the cache: it is seen while the job's own transaction still runs, and costs nothing where nobody looks.
"""

import datetime
import hashlib
import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from directorates.acting import act_as
from directorates.audit import record, record_refusal
from directorates.foundation.models import Job, JobQuerySet, JobState, StoredFile
from directorates.foundation.outbox import queue
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import User
from directorates.permissions import Permission, Refused, may, require, sight_of

logger = logging.getLogger(__name__)

# The task of the project package that finds a job's kind and runs it.
RUN = "coordination.run_job"
# Advisory locks: a job is worked on while its lock is held by a session.
WORKING = 7_204_100
# A job that was killed so often does not end by being tried again.
ATTEMPTS = 3
# A request whose task was lost is queued again after this time.
PATIENCE = datetime.timedelta(seconds=30)
# So many faults of a failed job are kept; the number of all is told.
MOST_FAULTS = 1000
DAY = 86_400

# How many parts are done, of how many.
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Kind:
    """A kind of job: its code, its words, what does it, and whether someone may take its file or ask for it again.

    `run` does the work, in the language of whoever asked, and answers what is kept as the result; a `Problem` or
    `Refused` that it raises ends the job with its words. `page` is the view where the result is looked at; what stands
    under `at` in the result leads to it.
    """

    code: str
    words: Promise
    run: Callable[[Job, Tell], Mapping[str, Any]]
    page: str = ""
    # What it does one after another, where its progress counts these.
    steps: Sequence[Promise] = ()
    # What whoever has it done again must still hold; the work itself asks as well.
    right: Permission | None = None
    # How it is asked for again, where a kind has a way of its own (one at a time, a right to be checked first).
    repeat: Callable[..., Job] | None = None
    # Whether it may be done again although it went well: what it makes is a file, which is kept for some days alone.
    anew: bool = False
    # Asked again before a file is handed out: what was allowed when it was made may have ended.
    still_open: Callable[[User, Job], bool] = lambda _user, _job: True


@dataclass(frozen=True)
class Progress:
    """How far a job is: parts done, of how many; nothing of nothing while it waits."""

    done: int = 0
    of: int = 0

    @property
    def percent(self) -> int:
        """The share that is done, from 0 to 100."""
        return 100 * self.done // self.of if self.of else 0


def ask(*, kind: str, by: User | None, at: datetime.datetime, arguments: Mapping[str, Any] | None = None) -> Job:
    """Have a job done: its row and its message are part of the caller's transaction, whose action checked the right.

    Nobody asks where the portal itself does, by a schedule.
    """
    job = Job.objects.create(
        kind=kind,
        by=by,
        acting_id=by.acting_id if by else None,
        asked=at,
        language="en" if get_language() == "en" else "ar",
        arguments=dict(arguments or {}),
    )
    tell(job.pk, 0, 0)
    queue(RUN, job.pk)
    return job


def visible_to(user: User | AnonymousUser) -> JobQuerySet:
    """The jobs that a person may look at: one's own as the organisation acted for; all, for who keeps the portal running."""
    rows = Job.objects.select_related("by", "acting", "file").defer("file__content")
    if any(may(user, right) for right in (Permission.RUN_CONSOLIDATION, Permission.MANAGE_ORGANISATIONS)):
        return rows
    return rows.asked_by(user)


def person_of(job: Job) -> User:
    """Whoever asked for the job, acting as then; what that person may do is looked up now."""
    if job.by is None:
        raise Problem("nobody", _("Nobody asked for this job."))
    return act_as(job.by, job.acting_id)


def keep_file(
    *, by: User, at: datetime.datetime, name: str, content_type: str, content: bytes, days: int = 7
) -> StoredFile:
    """Keep a file for some days, in the caller's transaction."""
    return StoredFile.objects.create(
        name=name,
        content_type=content_type,
        content=content,
        size=len(content),
        digest=hashlib.sha256(content).hexdigest(),
        by=by,
        acting_id=by.acting_id,
        at=at,
        expires=at + datetime.timedelta(days=days),
    )


@transaction.atomic
def take_file(*, job: Job, kind: Kind, by: User) -> StoredFile:
    """Hand out the file of a job, on record; 409 `closed` where what it holds is no longer open as it was."""
    if job.file is None or not kind.still_open(by, job):
        words = _("What this file holds is no longer open to this role in the same extent. It can be made anew.")
        raise Problem("closed", words, 409)
    record(by, "download", job.file, job=job.pk, name=job.file.name)
    return job.file


def forget_files(*, at: datetime.datetime) -> int:
    """Delete the files whose time is over; jobs that made them stay."""
    return StoredFile.objects.filter(expires__lte=at).delete()[1].get("directorates.StoredFile", 0)


def tell(job_id: int, done: int, of: int) -> None:
    """Show how far a job is, outside its transaction; without a broker it goes on untold."""
    try:
        cache.set(f"job:{job_id}", (done, of), timeout=DAY)
    except RedisError as problem:
        logger.warning("The progress of a job cannot be shown: %s", problem)


def progress(job: Job) -> Progress:
    """How far a job is, as it last told."""
    with suppress(RedisError):
        return Progress(*cache.get(f"job:{job.pk}", (0, 0)))
    return Progress()


def strip(job: Job, kind: Kind) -> dict[str, object]:
    """What `components/progress_strip.html` shows of a job, on whatever page it stands."""
    held = progress(job)
    step = str(kind.steps[held.done]) if held.done < len(kind.steps) else ""
    words = {
        JobState.WAITING: pgettext("job", "Waiting for its turn"),
        JobState.RUNNING: step or pgettext("job", "Running"),
        JobState.DONE: pgettext("job", "Done"),
        JobState.FAILED: str(job.result.get("problem", "")) or pgettext("job", "Failed"),
    }
    return {
        "text": words[JobState(job.state)],
        "done": held.done,
        "total": held.of,
        "finished": job.state == JobState.DONE,
        "failed": job.state == JobState.FAILED,
        "url": reverse("jobs:job", kwargs={"pk": job.pk}),
    }


def begin(job_id: int, kind: str) -> Job | None:
    """Write that the job runs; None where it is finished, or was killed too often and ends as failed."""
    with transaction.atomic():
        job = Job.objects.select_for_update(of=("self",)).unfinished().filter(pk=job_id, kind=kind).first()
        if job is None:
            return None
        if job.attempts >= ATTEMPTS:
            with translation.override(job.language):
                words = _("It was stopped %(times)s times before it was done. It can be asked for again.")
                finish(job_id, JobState.FAILED, code="stopped", problem=words % {"times": ATTEMPTS})
            return None
        job.attempts, job.state, job.started = job.attempts + 1, JobState.RUNNING, clock()
        job.save(update_fields=["attempts", "state", "started"])
    return job


def finish(job_id: int, state: JobState, **result: Any) -> None:
    """Write how the job ended."""
    Job.objects.filter(pk=job_id).update(state=state, finished=clock(), result=result)


def clock() -> datetime.datetime:
    """The database's clock, which also dates the figures."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime.datetime = cursor.fetchone()[0]
    return moment


@contextmanager
def _alone(job_id: int) -> Iterator[bool]:
    """Whether nobody else works on the job; then nobody else will until this is left, or this process dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [WORKING, job_id])
        free = bool(cursor.fetchone()[0])
    try:
        yield free
    finally:
        if free:
            with suppress(DatabaseError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [WORKING, job_id])


def run(job_id: int, kind: Kind) -> bool:
    """Do a job, unless it is done or somebody is at it; answer whether this call did it."""
    with _alone(job_id) as free:
        job = begin(job_id, kind.code) if free else None
        if job is None:
            return False
        with translation.override(job.language):
            return _do(job, kind)


def _do(job: Job, kind: Kind) -> bool:
    """The work itself, and how it ended in words; a fault of ours is raised on, for the log."""
    try:
        with seeing(sight_of(person_of(job))) if job.by else nullcontext():
            result = kind.run(job, partial(tell, job.pk))
    except Problem as problem:
        faults = [fault.shape() for fault in problem.errors]
        told = {"problem": str(problem.detail), "faults": faults[:MOST_FAULTS], "count": len(faults)}
        finish(job.pk, JobState.FAILED, code=problem.code, **told)
    except Refused as refusal:
        record_refusal(job.by, refusal)
        finish(job.pk, JobState.FAILED, code=refusal.code, problem=str(refusal.detail))
    except Exception:
        words = _("This could not be completed; the fault is ours and was written down. Nothing was changed by halves.")
        with suppress(DatabaseError):
            finish(job.pk, JobState.FAILED, code="broken", problem=words)
        raise
    else:
        finish(job.pk, JobState.DONE, **result)
        return True
    return False


def resume(*, at: datetime.datetime, kinds: Mapping[str, Kind]) -> int:
    """Queue unfinished jobs again on which nobody works: the worker was killed, or the message lost."""
    found = 0
    for job in Job.objects.unfinished().filter(kind__in=kinds, asked__lt=at - PATIENCE).order_by("pk"):
        with _alone(job.pk) as free:
            if free:
                queue(RUN, job.pk)
                found += 1
    return found


def may_again(job: Job, kind: Kind) -> bool:
    """Whether a job can be done again."""
    return job.state == JobState.FAILED or (kind.anew and job.state == JobState.DONE)


@transaction.atomic
def again(*, job: Job, kind: Kind, by: User, at: datetime.datetime) -> Job:
    """Have a job of one's own done again that failed, or whose file ends, as a new one with the same arguments; asked
    twice, it is one.
    """
    if kind.right is not None:
        require(by, kind.right)
    held = Job.objects.select_for_update(of=("self",)).get(pk=job.pk)
    if not may_again(held, kind):
        raise Problem("wrong_state", _("Only a job that failed can be done again."), 409, extra={"state": held.state})
    if (found := Job.objects.filter(pk=held.result.get("again", 0)).first()) is not None:
        return found
    fresh = kind.repeat(by=by, at=at) if kind.repeat else ask(kind=held.kind, by=by, at=at, arguments=held.arguments)
    held.result = held.result | {"again": fresh.pk}
    held.save(update_fields=["result"])
    record(by, "do_again", held, job=fresh.pk)
    return fresh
