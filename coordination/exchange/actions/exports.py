"""Taking a list along as a file: at once where it is short, as a job where it is long; always on record."""

import codecs
import datetime
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from coordination.exchange import csv_files, xlsx
from coordination.exchange.listings import listing_open_to
from coordination.exchange.listings.listing import Listed, Listing
from directorates.audit import record
from directorates.foundation.jobs import Kind, Tell, ask, keep_file, person_of
from directorates.foundation.models import Job
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import rights_of

EXPORT = "exchange.export"
# A longer list is written behind the page.
AT_ONCE = 2000
# No spreadsheet opens more rows.
MOST = 1_000_000
# Progress is told after so many rows.
STEP = 500


class Format(StrEnum):
    """What the file is."""

    XLSX = "xlsx"
    CSV = "csv"


TYPES = {
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
}


@dataclass(frozen=True)
class Made:
    """A file that was made at once."""

    name: str
    content_type: str
    content: bytes


@transaction.atomic
def export(*, by: User, code: str, query: str, format: Format, mark: bool, at: datetime.datetime) -> Made | Job:  # noqa: A002
    """A list as a file or, where it is long, the job that makes it; the same long list asked twice is one job.

    `query` is the address's filters and sort, `mark` whether a CSV file begins with the mark that Excel looks for.
    """
    listing = listing_open_to(by, code)
    listed = listing.listed(by, query)
    if listed.count > MOST:
        words = _(
            "These are more rows than a spreadsheet holds (%(most)s). Narrower filters make several files of them."
        )
        raise Problem("too_many_rows", words % {"most": f"{MOST:,}"}, 400)
    record(by, "export", by, listing=code, query=query, format=format.value, rows=listed.count)
    if listed.count <= AT_ONCE:
        return _made(listing, listed, format, mark, at)
    asked = {"listing": code, "query": query, "format": format.value, "mark": mark}
    held = Job.objects.asked_by(by).unfinished().filter(kind=EXPORT, arguments__contains=asked).first()
    return held or ask(kind=EXPORT, by=by, at=at, arguments=asked | {"rights": rights_told(by)})


def _made(listing: Listing, listed: Listed, format: Format, mark: bool, at: datetime.datetime) -> Made:  # noqa: A002
    """The file, written."""
    language = "en" if get_language() == "en" else "ar"
    if format is Format.XLSX:
        content = xlsx.write(title=listed.title, columns=listed.columns, rows=listed.rows, language=language)
    else:
        content = csv_files.write(columns=listed.columns, rows=listed.rows)
        content = content if mark else content.removeprefix(codecs.BOM_UTF8)
    return Made(f"{listing.code}-{timezone.localdate(at):%Y-%m-%d}.{format.value}", TYPES[format], content)


def _run(job: Job, tell: Tell) -> Mapping[str, object]:
    """Write a long list; rights and filters are those of now."""
    by, asked = person_of(job), job.arguments
    # What is open before a row is read: should a seal come meanwhile, the file does not open.
    rights = rights_told(by)
    listing = listing_open_to(by, asked["listing"])
    listed = listing.listed(by, asked["query"])
    told = Listed(listed.title, listed.columns, _told(listed, tell), listed.count)
    made = _made(listing, told, Format(asked["format"]), asked["mark"], timezone.now())
    job.file = keep_file(by=by, at=timezone.now(), name=made.name, content_type=made.content_type, content=made.content)
    # So that it can be asked for again when the file is taken.
    job.arguments = asked | {"rights": rights}
    job.save(update_fields=["file", "arguments"])
    return {"rows": listed.count}


def _told(listed: Listed, tell: Tell) -> Iterator[Sequence[object]]:
    """The rows, telling how many are written."""
    for number, row in enumerate(listed.rows):
        if number % STEP == 0:
            tell(number, listed.count)
        yield row


def rights_told(user: User) -> str:
    """A digest of everything that a person may do today as the organisation acted for, and of what is sealed."""
    rights = rights_of(user)
    told = [*sorted(repr(scope) for scope in rights.scopes), *(f"sealed {pk}" for pk in rights.sealed)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _still_open(user: User, job: Job) -> bool:
    """Whether the rights are still those with which the file was written."""
    return job.arguments.get("rights") == rights_told(user)


KIND = Kind(EXPORT, gettext_lazy("Writing a list to a file"), _run, still_open=_still_open, anew=True)
