"""A bulletin as a PDF, in one language or both: at once where it is short, as a job where it is long; always on record."""

import datetime
from collections.abc import Mapping
from urllib.parse import urlencode, urljoin

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.actions.bulletin_maps import map_name, map_of
from coordination.reporting.actions.bulletin_paper import Paper, part_of
from coordination.reporting.models import Bulletin
from coordination.reporting.models.bulletin_reading import ReadBulletin
from coordination.reporting.models.bulletins import demand_reading
from directorates.audit import record
from directorates.foundation.jobs import Kind, Tell, ask, keep_file, person_of
from directorates.foundation.models import Job
from directorates.foundation.problems import Problem
from directorates.foundation.typesetting import typeset
from directorates.models import User
from policies.actions.pdf import MARK, PIECES, TYPE, Made, Tongues, scanned
from policies.logo import picture_of

PDF = "reporting.bulletin_pdf"
TEMPLATE = settings.BASE_DIR / "templates" / "reporting" / "bulletin.typ"
# More parts, or more rows in them, are set behind the page.
AT_ONCE, ROWS_AT_ONCE = 40, 1500


@transaction.atomic
def bulletin_as_pdf(*, bulletin: Bulletin, tongues: Tongues, by: User, at: datetime.datetime) -> Made | Job:
    """A bulletin that a person reads as a PDF or, where it is long, the job that makes it; asked twice, it is one job.

    409 `gone` where it is not open to the person, 403 `not_whole` where only a part of it is: a paper shows all.
    """
    read = _read(by, bulletin.pk)
    record(by, "take_bulletin", read.bulletin, language=tongues.value)
    if read.bulletin.parts.count() <= AT_ONCE and read.rows <= ROWS_AT_ONCE:
        return Made(_name(read.bulletin, tongues), pages_of(read, tongues, at))
    asked = {"bulletin": bulletin.pk, "tongues": tongues.value}
    running = Job.objects.asked_by(by).unfinished().filter(kind=PDF, arguments=asked).first()
    return running or ask(kind=PDF, by=by, at=at, arguments=asked)


def _read(user: User, pk: int) -> ReadBulletin:
    """The bulletin, if the person reads the whole of it."""
    demand_reading(user)
    found = Bulletin.objects.visible_to(user).named().filter(pk=pk).first()
    if found is None:
        raise Problem("gone", _("This bulletin is not open to this role any more."), 409)
    read = ReadBulletin(found, user)
    if not read.whole:
        words = _(
            "The paper shows the whole country, and this role sees a part of it. The page and the files show that part."
        )
        raise Problem("not_whole", words, 403)
    return read


def _name(bulletin: Bulletin, tongues: Tongues) -> str:
    return f"{bulletin.series.code}-{bulletin.period.id}-{tongues.value}.pdf"


def pages_of(read: ReadBulletin, tongues: Tongues, at: datetime.datetime) -> bytes:
    """The pages; a published bulletin bears the logo of its day, a draft that of today."""
    bulletin = read.bulletin
    address = check_address(bulletin.digest) if bulletin.is_published else ""
    paper = Paper(read, at, address)
    picture = picture_of(timezone.localdate(bulletin.at or at))
    logo = f"logo.{picture.format}" if picture else "logo.svg"
    given = {
        "logo": logo,
        "title": f"{bulletin.series.name_ar} · {bulletin.series.name_en} · {bulletin.period.id}",
        "author": bulletin.series.dataset.custodian.name_en,
        "parts": [part_of(paper, language) for language in tongues.each],
    }
    files = {logo: bytes(picture.content) if picture else MARK.read_bytes(), PIECES.name: PIECES.read_bytes()}
    files |= {map_name(one): drawn for one in read.parts if (drawn := map_of(one)) is not None}
    if address:
        files["check.svg"] = scanned(address)
    return typeset(TEMPLATE, given, files)


def check_address(digest: str) -> str:
    """Where anybody may ask of which bulletin a hash is."""
    return urljoin(settings.PUBLIC_URL, f"{reverse('reporting:bulletin_check')}?{urlencode({'code': digest})}")


def _run(job: Job, tell: Tell) -> Mapping[str, object]:
    """Set a long bulletin; what the person reads is looked up now."""
    by, at = person_of(job), timezone.now()
    read, tongues = _read(by, job.arguments["bulletin"]), Tongues(job.arguments["tongues"])
    tell(0, 1)
    content = pages_of(read, tongues, at)
    job.file = keep_file(by=by, at=at, name=_name(read.bulletin, tongues), content_type=TYPE, content=content)
    job.save(update_fields=["file"])
    return {"bulletin": read.bulletin.pk}


def _still_open(user: User, job: Job) -> bool:
    """Whether the person still reads the bulletin, and all of it: the paper shows the whole country."""
    found = Bulletin.objects.visible_to(user).named().filter(pk=job.arguments.get("bulletin")).first()
    return found is not None and ReadBulletin(found, user).whole


KIND = Kind(PDF, gettext_lazy("Setting a bulletin as a PDF"), _run, still_open=_still_open, anew=True)
