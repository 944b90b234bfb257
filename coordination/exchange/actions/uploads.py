"""Files that people send: kept, read by a job that writes nothing, then taken by another as whoever sent it chose."""

import datetime
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import Max
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.exchange import files
from coordination.exchange.actions.facilities import preview_facilities, take_facilities
from coordination.exchange.actions.facility_sheets import mark_facilities
from coordination.exchange.actions.place_sheets import mark_places
from coordination.exchange.actions.places import preview_places, take_places
from coordination.exchange.actions.population_sheets import mark_populations
from coordination.exchange.actions.populations import preview_populations, take_populations
from coordination.exchange.actions.report_sheets import mark_reports
from coordination.exchange.actions.reports import preview_reports, take_reports
from coordination.exchange.rules.messages import FILES
from coordination.exchange.rules.previews import MOST_SHOWN, Preview
from coordination.exchange.tables import Book, FileProblem
from directorates.foundation.jobs import Kind, Tell, ask, keep_file, person_of
from directorates.foundation.models import Job, JobState, StoredFile
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require
from directorates.rules.text import clean_text

# Advisory locks: the files of an organisation, or of all, are taken one after another.
TAKING = 7_204_300


@dataclass(frozen=True)
class Noun:
    """What can be sent in files: the right it takes, and how it is read, marked and taken."""

    right: Permission
    preview: Callable[..., Preview]
    mark: Callable[..., bytes]
    take: Callable[..., Any]
    # Whether each organisation's rows are its own; otherwise files of all meet in the same ones.
    is_own: bool = False


NOUNS: dict[str, Noun] = {
    "facilities": Noun(Permission.MANAGE_FACILITIES, preview_facilities, mark_facilities, take_facilities),
    "places": Noun(Permission.MANAGE_ORGANISATIONS, preview_places, mark_places, take_places),
    "populations": Noun(Permission.KEEP_POPULATIONS, preview_populations, mark_populations, take_populations),
    "reports": Noun(Permission.SUBMIT_REPORTS, preview_reports, mark_reports, take_reports, is_own=True),
}


@transaction.atomic
def upload(*, by: User, noun: str, name: str, content: bytes, at: datetime.datetime) -> Job:
    """Keep a file and have it read; what can be seen at once to be no workbook is refused at once."""
    require(by, NOUNS[noun].right)
    try:
        files.look_at(content)
    except FileProblem as problem:
        raise file_problem(problem) from problem
    kept = keep_file(
        by=by, at=at, name=clean_text(name)[-80:] or "file", content_type="application/octet-stream", content=content
    )
    return ask(kind=READ.code, by=by, at=at, arguments={"file": kept.pk, "noun": noun})


@transaction.atomic
def take(*, by: User, read: Job, send: bool, good_only: bool, at: datetime.datetime) -> Job:
    """Have a file of one's own taken that was read; asked twice with the same wish it is the same job."""
    require(by, NOUNS[read.arguments["noun"]].right)
    if not Job.objects.asked_by(by).filter(kind=READ.code, state=JobState.DONE, pk=read.pk).select_for_update():
        raise Problem("not_read", _("Only a file of one’s own that could be read can be taken."), 409)
    wish = {"read": read.pk, **read.arguments, "send": send, "good_only": good_only}
    same = Job.objects.asked_by(by).filter(kind=TAKE.code, arguments=wish)
    return same.exclude(state="failed").first() or ask(kind=TAKE.code, by=by, at=at, arguments=wish)


@contextmanager
def book_of(job: Job) -> Iterator[Book]:
    """The file that a job is about, while it is read; that it is gone, or cannot be read, is a problem with its words."""
    kept = StoredFile.objects.filter(pk=job.arguments["file"]).first()
    if kept is None:
        raise Problem("gone", _("The file is no longer kept. It can be uploaded again."), 404)
    try:
        yield files.read(bytes(kept.content))
    except FileProblem as problem:
        raise file_problem(problem) from problem


def file_problem(problem: FileProblem) -> Problem:
    """A file that cannot be read, as a problem with words."""
    return Problem(problem.code, str(FILES[problem.code]) % problem.params)


def read_upload(job: Job, tell: Tell) -> Mapping[str, Any]:
    """Read a file and keep what was found; where rows have to be corrected, with a marked file for it."""
    by, noun = person_of(job), NOUNS[job.arguments["noun"]]
    require(by, noun.right)
    with book_of(job) as book:
        preview = noun.preview(by=by, book=book, at=job.asked, tell=tell)
        # What the page does not list stands in the file, so that nothing that was found stays untold.
        if preview.rows and (preview.errors or preview.notes > MOST_SHOWN):
            _keep_marked(job, by, noun.mark(by=by, book=book, findings=preview.findings, at=job.asked))
    return {**preview.shape(), "at": {"pk": job.pk}}


def _keep_marked(job: Job, by: User, content: bytes) -> None:
    """Keep the marked file with the job, under the name of the one that was sent."""
    name = StoredFile.objects.only("name").get(pk=job.arguments["file"]).name
    stem = name.rpartition(".")[0] or name
    job.file = keep_file(by=by, at=job.asked, name=f"{stem}-marked.xlsx", content_type=files.XLSX_TYPE, content=content)
    job.save(update_fields=["file"])


def take_upload(job: Job, tell: Tell) -> Mapping[str, Any]:
    """Take a file's rows; its outcome is written with them, so that a job that is run twice tells what it did."""
    if "taken" in job.result:
        return dict(job.result)
    by, noun = person_of(job), NOUNS[job.arguments["noun"]]
    wish = {name: bool(job.arguments[name]) for name in ("send", "good_only")}
    with book_of(job) as book, transaction.atomic():
        _take_turns(by, noun)
        taken = noun.take(by=by, book=book, at=job.asked, tell=tell, checked=_checked(job), **wish)
        job.result = {"taken": taken.shape(), "noun": job.arguments["noun"], "at": {"pk": job.pk}}
        job.save(update_fields=["result"])
    return dict(job.result)


def _take_turns(by: User, noun: Noun) -> None:
    """Let files that meet in the same rows be taken one after another: the second finds what the first wrote."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [TAKING, by.acting_id if noun.is_own else 0])


def _checked(job: Job) -> datetime.datetime | None:
    """When whoever takes the file knew how things stood: as it was read, or as its rows were taken the last time."""
    read = Job.objects.filter(pk=job.arguments["read"]).first()
    before = Job.objects.filter(kind=TAKE.code, state=JobState.DONE, arguments__read=job.arguments["read"])
    last = before.aggregate(last=Max("finished"))["last"]
    return last or (read.started if read else None)


def _still_open(user: User, job: Job) -> bool:
    """Whether the person may still send what the marked file holds."""
    return may(user, NOUNS[job.arguments["noun"]].right)


READ = Kind(
    "exchange.read", gettext_lazy("Reading a file"), read_upload, page="exchange:upload", still_open=_still_open
)
TAKE = Kind("exchange.take", gettext_lazy("Taking a file’s rows"), take_upload, page="exchange:taken")
