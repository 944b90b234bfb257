"""Notices: what people are told, each once; written in the transaction of the deed, posted as letters by a task.

The notice itself stands on the portal's pages as soon as it is committed. Its letter is marked as posted before the
mail server gets it: a worker that dies in between loses a letter, and no letter ever goes twice.
"""

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from directorates.foundation.letters import post
from directorates.foundation.models import Notice, Pace
from directorates.foundation.notice_kinds import ALWAYS
from directorates.foundation.outbox import queue
from directorates.foundation.sight import unwalled

# No letter tells of the day before yesterday.
FRESH = datetime.timedelta(days=2)


@dataclass(frozen=True)
class Told:
    """Whom to tell, by what key, the plain values that the words are made from, and where it leads if not where all do."""

    person: int
    key: str
    values: Mapping[str, Any]
    url: str = ""


@unwalled
def notify(kind: str, told: Iterable[Told], *, url: str = "", at: datetime.datetime) -> int:
    """Write notices in the caller's transaction; those whose key was told before are left out. Answers how many are new."""
    rows = [
        Notice(person_id=one.person, kind=kind, key=one.key, values=dict(one.values), url=one.url or url, at=at)
        for one in told
    ]
    before = Notice.objects.filter(
        person__in={row.person_id for row in rows}, key__in={row.key for row in rows}
    ).count()
    Notice.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        queue("directorates.post_notices")
    return len(rows) - before


def words_of(notice: Notice, language: str | None = None) -> tuple[str, str]:
    """The title of a notice and what follows it, in a language or the reader's."""
    context = {"values": notice.values, "count": notice.values.get("count", 0)}
    with translation.override(language or translation.get_language() or settings.LANGUAGE_CODE):
        text = render_to_string(f"notices/{notice.kind}.txt", context).strip()
    title, _line, body = text.partition("\n")
    lines = (line.strip() for line in body.strip().splitlines())
    return title.strip(), "\n".join(line for line in lines if line)


class Words:
    """A notice with its words in the reader's language, made when a page asks for them."""

    def __init__(self, notice: Notice) -> None:
        """Keep the notice."""
        self.notice = notice

    @cached_property
    def _words(self) -> tuple[str, str]:
        return words_of(self.notice)

    @property
    def title(self) -> str:
        """The first line."""
        return self._words[0]

    @property
    def body(self) -> str:
        """The other lines."""
        return self._words[1]


def post_all(*, now: datetime.datetime) -> int:
    """Post the letters of notices that have none yet, each at most once; answers how many went.

    The first that the mail server does not take ends the round: a server that hangs is not asked hundreds of times.
    """
    sent = 0
    while (notice := _take(now)) is not None:
        if not _posted(notice):
            Notice.objects.filter(pk=notice.pk).update(posted=None)
            break
        sent += 1
    return sent


def _take(now: datetime.datetime) -> Notice | None:
    """The next notice to post, marked as posted; two workers never take the same, and what failed goes last."""
    with transaction.atomic():
        due = Notice.objects.to_post(Pace.IMMEDIATE).filter(at__gt=now - FRESH)
        rows = due.select_for_update(skip_locked=True, of=("self",)).select_related("person")
        notice = rows.order_by("tries", "pk").first()
        if notice is not None:
            Notice.objects.filter(pk=notice.pk).update(posted=now, tries=F("tries") + 1)
    return notice


def _posted(notice: Notice) -> bool:
    """Give the letter to the mail server; whether it took it. It bears the title alone: who reads mail is not known."""
    language = notice.person.language or settings.LANGUAGE_CODE
    title, _body = words_of(notice, language)
    with translation.override(language):
        context = {
            "link": urljoin(settings.PUBLIC_URL, notice.url) if notice.url else "",
            "choices": urljoin(settings.PUBLIC_URL, reverse("directorates:notice_choices")),
            "always": notice.kind in ALWAYS,
        }
        text = render_to_string("letters/notice.txt", context).strip()
    return post(title, f"{text}\n", notice.person.email)
