"""Digests: letters that say once a day or a week how many notices of which kind came, and nothing of what they say.

As with single letters, notices are marked as posted before the mail server gets the digest: none is told twice.
"""

import datetime
from collections import Counter
from dataclasses import dataclass
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from directorates.foundation.letters import post
from directorates.foundation.models import Notice, NoticeQuerySet, Pace
from directorates.foundation.notice_kinds import KINDS
from directorates.foundation.notices import FRESH
from directorates.models import User
from directorates.rules.digests import last_round

# So many refused one after another: it is the server, not a mailbox.
DOWN = 3
# How much a digest tells of: what came since the one before it, and what the mail server did not take then.
_REACH = {Pace.DAILY: datetime.timedelta(days=1) + FRESH, Pace.WEEKLY: datetime.timedelta(days=7) + FRESH}


@dataclass(frozen=True)
class Digest:
    """What one letter tells somebody: the notices by their ids, and how many there are of each kind."""

    person: User
    notices: tuple[int, ...]
    kinds: Counter[str]


def post_digests(*, now: datetime.datetime) -> int:
    """Post the digests whose hour has come, each once; answers how many went. Run twice it posts no more.

    Whom the mail server does not take is tried again in the next round, behind all others: one dead mailbox delays nobody.
    Where it takes none of several in a row, it is down, and the round ends.
    """
    sent, refused = 0, 0
    for pace, reach in _REACH.items():
        until = last_round(timezone.localtime(now), weekly=pace is Pace.WEEKLY)
        due = Notice.objects.to_post(pace).unread().filter(at__lte=until, at__gt=until - reach)
        people = due.values("person").annotate(tried=Min("tries")).order_by("tried", "person")
        for person in people.values_list("person", flat=True):
            digest = _take(due, person, now)
            if digest is None:
                continue
            if _posted(digest):
                sent, refused = sent + 1, 0
                continue
            Notice.objects.filter(pk__in=digest.notices).update(posted=None)
            refused += 1
            if refused == DOWN:
                return sent
    return sent


@transaction.atomic
def _take(due: NoticeQuerySet, person: int, now: datetime.datetime) -> Digest | None:
    """What waits for one person, marked as posted; None where another worker is about it, or it is done."""
    held = User.objects.select_for_update(no_key=True, skip_locked=True).filter(pk=person).first()
    rows = dict(due.filter(person=person).values_list("pk", "kind")) if held else {}
    if held is None or not rows:
        return None
    Notice.objects.filter(pk__in=rows).update(posted=now, tries=F("tries") + 1)
    return Digest(held, tuple(rows), Counter(rows.values()))


def _posted(digest: Digest) -> bool:
    """Give the digest to the mail server, in the person's language; whether it took it."""
    with translation.override(digest.person.language or settings.LANGUAGE_CODE):
        lines = sorted((str(KINDS.get(kind, kind)), number) for kind, number in digest.kinds.items())
        context = {
            "count": digest.kinds.total(),
            "lines": lines,
            "link": urljoin(settings.PUBLIC_URL, reverse("directorates:notices")),
            "choices": urljoin(settings.PUBLIC_URL, reverse("directorates:notice_choices")),
        }
        title, _line, text = render_to_string("letters/digest.txt", context).strip().partition("\n")
    return post(title, f"{text.strip()}\n", digest.person.email)
