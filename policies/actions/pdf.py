"""A version of a policy as a PDF: at once where it is short, as a job where it is long; always on record."""

import datetime
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from typing import Any
from urllib.parse import urlencode, urljoin

import qrcode
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from qrcode.image.svg import SvgPathImage

from directorates.audit import record
from directorates.foundation.jobs import Kind, Tell, ask, keep_file, person_of
from directorates.foundation.models import Job
from directorates.foundation.problems import Problem
from directorates.foundation.typesetting import TookTooLong, typeset
from directorates.models import User
from directorates.permissions import Permission, require
from directorates.rules.typeset import MOST_SECONDS
from policies.actions.pdf_parts import Paper, file_of, part_of
from policies.logo import picture_of
from policies.models import PolicyVersion
from policies.rules.markdown import marks_in
from policies.rules.pictures import SVG

PDF = "policies.pdf"
TYPE = "application/pdf"
TEMPLATE = settings.BASE_DIR / "templates" / "policies" / "policy.typ"
# What papers are made of, shared by all of them.
PIECES = settings.BASE_DIR / "templates" / "policies" / "pieces.typ"
MARK = settings.BASE_DIR / "static" / "tansiq" / "mark.svg"
# Characters of the languages that were chosen, some hundred pages: they take two seconds. More is set behind the page.
AT_ONCE = 250_000
# Three megabytes of pictures are set behind the page too, each as often as it is shown; so are more than a few drawings, for one
# may take a second, and what takes longer after all than whoever serves pages can spare.
BYTES_A_CHARACTER, DRAWINGS_AT_ONCE, SECONDS_AT_ONCE = 12, 4, 4


class Tongues(StrEnum):
    """In which language a version is set."""

    AR = "ar"
    EN = "en"
    BOTH = "both"

    @property
    def each(self) -> tuple[str, ...]:
        """The languages, Arabic first."""
        return ("ar", "en") if self is Tongues.BOTH else (self.value,)


@dataclass(frozen=True)
class Made:
    """A PDF that was made at once."""

    name: str
    content: bytes


@transaction.atomic
def policy_as_pdf(*, version: PolicyVersion, tongues: Tongues, by: User, at: datetime.datetime) -> Made | Job:
    """A version that a person reads as a PDF or, where it is long, the job that makes it; asked twice, it is one job.

    409 `gone` where the version is not open to the person; 503 `not_set` where the PDF cannot be made.
    """
    require(by, Permission.VIEW_POLICIES)
    held = _open_to(by, version.pk)
    told = {"policy": held.policy.code, "version": held.number, "language": tongues.value}
    record(by, "take_policy", held, **told)
    if _is_short(held, tongues):
        with suppress(TookTooLong):
            return Made(_name(held, tongues), _pages_of(held, tongues, by, at, seconds=SECONDS_AT_ONCE))
    asked = {"version": held.pk, "tongues": tongues.value}
    running = Job.objects.asked_by(by).unfinished().filter(kind=PDF, arguments=asked).first()
    return running or ask(kind=PDF, by=by, at=at, arguments=asked)


def _open_to(user: User, pk: int) -> PolicyVersion:
    """The version, if the person reads it."""
    rows = PolicyVersion.objects.visible_to(user).select_related("policy__owner", "policy__place", "ballot")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Problem("gone", _("This version is not open to this role any more."), 409)
    return found


def _is_short(version: PolicyVersion, tongues: Tongues) -> bool:
    """Whether so few characters are to be set, and so few pictures, that somebody waits for them; each mark is a picture anew."""
    rows = version.sections.values_list(*(f"text_{language}" for language in tongues.each))
    texts = [text for row in rows for text in row]
    length = sum(map(len, texts))
    if length > AT_ONCE:
        return False
    pictures = {one.number: one for one in version.pictures.defer("content")}
    shown = [pictures[number] for text in texts for number in marks_in(text) if number in pictures]
    drawings = sum(one.content_type == SVG for one in shown)
    drawn = sum(one.size for one in shown) // BYTES_A_CHARACTER
    return drawings <= DRAWINGS_AT_ONCE and length + drawn <= AT_ONCE


def _name(version: PolicyVersion, tongues: Tongues) -> str:
    return f"{version.policy.code}-{version.number}-{tongues.value}.pdf"


def _pages_of(
    version: PolicyVersion, tongues: Tongues, by: User, at: datetime.datetime, *, seconds: int = MOST_SECONDS
) -> bytes:
    """The pages, as they are today for a person, with the logo in force today: what is printed now is paper of now."""
    paper = Paper.of(version, by, at, check_address(version.digest) if version.adopted else "")
    picture = picture_of(timezone.localdate(at))
    logo = f"logo.{picture.format}" if picture else "logo.svg"
    given: dict[str, Any] = {
        "logo": logo,
        "title": f"{version.policy.name_ar} · {version.policy.name_en}",
        "author": version.policy.owner.name_en,
        "parts": [part_of(paper, language) for language in tongues.each],
    }
    files = {logo: bytes(picture.content) if picture else MARK.read_bytes(), PIECES.name: PIECES.read_bytes()}
    files |= {file_of(one): bytes(one.content) for one in paper.pictures}
    if paper.address:
        files["check.svg"] = scanned(paper.address)
    return typeset(TEMPLATE, given, files, seconds=seconds)


def check_address(digest: str) -> str:
    """Where anybody may ask what a hash is of."""
    return urljoin(settings.PUBLIC_URL, f"{reverse('policies:verify')}?{urlencode({'code': digest})}")


def scanned(address: str) -> bytes:
    """An address as a picture to be scanned."""
    kept = BytesIO()
    qrcode.make(address, image_factory=SvgPathImage, border=0).save(kept)
    return kept.getvalue()


def _run(job: Job, tell: Tell) -> Mapping[str, object]:
    """Set a long version; what the person reads is looked up now."""
    by, at = person_of(job), timezone.now()
    held, tongues = _open_to(by, job.arguments["version"]), Tongues(job.arguments["tongues"])
    tell(0, 1)
    content = _pages_of(held, tongues, by, at)
    job.file = keep_file(by=by, at=at, name=_name(held, tongues), content_type=TYPE, content=content)
    job.save(update_fields=["file"])
    return {"version": held.number}


def _still_open(user: User, job: Job) -> bool:
    """Whether the person still reads the version."""
    return PolicyVersion.objects.visible_to(user).filter(pk=job.arguments.get("version")).exists()


KIND = Kind(PDF, gettext_lazy("Setting a policy as a PDF"), _run, still_open=_still_open, anew=True)
