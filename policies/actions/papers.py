"""What is done with scanned papers of legacy policies: add one to a draft, take one out of it again."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.foundation.locations import text_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.rules.text import clean_text
from policies.actions.files import looked_at
from policies.actions.versions import count_change, demand_preparing, draft_for_writing
from policies.models import PolicyPaper, PolicyVersion

MOST = 20
LONGEST_ISSUER, LONGEST_REFERENCE = 200, 100


@transaction.atomic
def add_paper(
    *,
    version: PolicyVersion,
    name: str,
    content: bytes,
    issuer: str,
    reference: str,
    dated: datetime.date | None,
    by: User,
    at: datetime.datetime,
) -> PolicyPaper:
    """Keep a scanned paper as text of a draft, with who issued it, its number and day; the same file twice is kept once.

    400 `invalid` with every fault; 409 `not_draft` where the version is none any more.
    """
    demand_preparing(by, version)
    issuer, reference = clean_text(issuer), clean_text(reference)
    faults = text_faults(issuer, "issuer", longest=LONGEST_ISSUER, needed=_("Write who issued it."))
    faults += text_faults(reference, "reference", longest=LONGEST_REFERENCE)
    if dated is not None and dated > timezone.localdate(at):
        faults.append(Fault("dated", "in_the_future", _("The day of the paper is today or before.")))
    kept, unfit = looked_at(name, content, by=by, at=at)
    if faults := [*faults, *unfit]:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    held = draft_for_writing(version=version, seen=None, by=by)
    if (there := held.papers.filter(digest=kept["digest"]).first()) is not None:
        return there
    if held.papers.count() >= MOST:
        words = _("A version has at most %(most)d papers.") % {"most": MOST}
        raise Problem("too_many", words, 409, [Fault("file", "too_many", words)])
    made = PolicyPaper.objects.create(version=held, issuer=issuer, reference=reference, dated=dated, **kept)
    count_change(held, "add_paper", by=by, at=at, paper=made.pk)
    return made


@transaction.atomic
def take_out_paper(*, paper: PolicyPaper, by: User, at: datetime.datetime) -> None:
    """Take a paper out of a draft again; pressed twice, it is gone once."""
    held = draft_for_writing(version=paper.version, seen=None, by=by)
    deleted, _rows = held.papers.filter(pk=paper.pk).delete()
    if deleted:
        count_change(held, "take_out_paper", by=by, at=at, paper=paper.pk)
