"""Digests: once a day or a week, how many notices of which kind came, in the person's language, and nothing of what they say."""

import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends import locmem
from django.urls import reverse
from django.utils import timezone

from directorates.actions.notices import choose_letters
from directorates.foundation.digests import post_digests
from directorates.foundation.models import TRIES
from directorates.foundation.notices import Told, notify, post_all
from directorates.models import Notice, User
from directorates.rules.digests import HOUR as DIGESTS_AT
from directorates.rules.digests import last_round
from directorates.tasks import post_digests as task
from tests.factories import UserFactory
from tests.threads import at_once

pytestmark = pytest.mark.django_db
DAMASCUS = ZoneInfo("Asia/Damascus")
# A Wednesday, after the hour of digests.
NOW = datetime.datetime(2026, 5, 13, 9, 0, tzinfo=DAMASCUS)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def reader(**paces: str) -> User:
    """Somebody who chose how often letters come."""
    person: User = UserFactory(language="en")
    choose_letters(by=person, paces=paces)
    return person


def told(person: User, kind: str, at: datetime.datetime, **values: object) -> None:
    """Tell a person something of a kind."""
    key = f"{kind}:{Notice.objects.count()}"
    notify(kind, [Told(person.pk, key, {"note": "Needles are short", "by": "Huda", **values})], url="/x/", at=at)


@pytest.mark.parametrize(
    ("now", "daily", "weekly"),
    [
        ("2026-05-13 09:00", "2026-05-13", "2026-05-10"),
        ("2026-05-13 07:40", "2026-05-13", "2026-05-10"),
        ("2026-05-13 07:39", "2026-05-12", "2026-05-10"),
        ("2026-05-10 08:00", "2026-05-10", "2026-05-10"),
        ("2026-05-10 07:00", "2026-05-09", "2026-05-03"),
        ("2026-01-01 00:00", "2025-12-31", "2025-12-28"),
    ],
)
def test_digests_go_at_their_hour_and_weeks_begin_on_sunday(now: str, daily: str, weekly: str) -> None:
    moment = datetime.datetime.fromisoformat(now).replace(tzinfo=DAMASCUS)
    for day, found in ((daily, last_round(moment, weekly=False)), (weekly, last_round(moment, weekly=True))):
        assert found == datetime.datetime.fromisoformat(f"{day} 07:40").replace(tzinfo=DAMASCUS)


def test_a_digest_counts_by_kind_and_tells_nothing_else() -> None:
    person = reader(handed_over="daily", meeting="daily")
    for _ in range(2):
        told(person, "handed_over", NOW - 5 * HOUR, count=3, receipts=["SY07-1"])
    told(person, "meeting", NOW - 5 * HOUR, title="Secret round")
    assert post_all(now=NOW) == 0
    assert post_digests(now=NOW) == 1
    (letter,) = mail.outbox
    assert letter.to == [person.email]
    assert letter.subject == "3 notices for you"
    assert "Reports handed over for review: \u20682\u2069" in letter.body
    assert "Meetings and action items: \u20681\u2069" in letter.body
    assert settings.PUBLIC_URL + reverse("directorates:notices") in letter.body
    assert reverse("directorates:notice_choices") in letter.body
    assert [word for word in ("Needles", "Huda", "SY07-1", "Secret", "/x/") if word in letter.body] == []


def test_a_digest_speaks_the_readers_language() -> None:
    person = reader(policy="daily")
    User.objects.filter(pk=person.pk).update(language="ar")
    told(person, "policy", NOW - 5 * HOUR)
    post_digests(now=NOW)
    assert mail.outbox[0].subject == "إشعار واحد"
    assert "السياسات والتشاور والاقتراعات" in mail.outbox[0].body


def test_what_came_after_the_hour_stands_in_the_next_digest_however_often_the_task_runs() -> None:
    person = reader(policy="daily")
    told(person, "policy", NOW - 5 * HOUR)
    told(person, "policy", NOW - HOUR)
    assert post_digests(now=NOW) == 1
    told(person, "policy", NOW)
    assert [post_digests(now=NOW + number * HOUR) for number in range(8)] == [0] * 8
    assert post_digests(now=NOW + DAY) == 1
    assert [letter.subject for letter in mail.outbox] == ["1 notice for you", "2 notices for you"]


def test_a_weekly_digest_goes_on_sunday_beside_a_daily_one() -> None:
    person = reader(policy="weekly", meeting="daily")
    told(person, "policy", NOW - DAY)
    told(person, "meeting", NOW - DAY)
    assert post_digests(now=NOW) == 1
    assert "Meetings" in mail.outbox[0].body
    assert "Policies" not in mail.outbox[0].body
    assert post_digests(now=NOW + 3 * DAY) == 0
    assert post_digests(now=NOW + 4 * DAY) == 1
    assert "Policies" in mail.outbox[1].body


def test_what_was_read_switched_off_or_is_told_at_once_stands_in_no_digest() -> None:
    person = reader(policy="daily", meeting="off")
    told(person, "policy", NOW - 5 * HOUR)
    Notice.objects.update(read=NOW)
    told(person, "meeting", NOW - 5 * HOUR)
    told(person, "dispute", NOW - 5 * HOUR)
    assert post_digests(now=NOW) == 0


def test_no_digest_goes_to_whoever_has_no_address_may_not_sign_in_or_was_invented() -> None:
    for fields in ({"email": ""}, {"is_active": False}, {"email": "x@idlib.example"}):
        person = reader(policy="daily")
        told(person, "policy", NOW - 5 * HOUR)
        User.objects.filter(pk=person.pk).update(**fields)
    assert post_digests(now=NOW) == 0


class Unwilling:
    """A mail server that takes nothing."""

    def __init__(self, *_args: Any, **_more: Any) -> None:
        pass

    def send_messages(self, _messages: Any) -> int:
        raise OSError("not today")


def test_a_mail_server_that_is_down_is_asked_again_and_the_whole_digest_goes_then(settings: Any) -> None:
    person = reader(policy="daily")
    told(person, "policy", NOW - 5 * HOUR)
    settings.EMAIL_BACKEND = f"{__name__}.Unwilling"
    assert post_digests(now=NOW) == 0
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert post_digests(now=NOW + HOUR) == 1
    Notice.objects.update(posted=None, tries=TRIES)
    assert post_digests(now=NOW + 2 * HOUR) == 0


class Choosy(locmem.EmailBackend):
    """A mail server that knows no mailbox of the dead."""

    def send_messages(self, messages: Any) -> int:
        if any("dead" in to for message in messages for to in message.to):
            raise OSError("no such mailbox")
        return int(super().send_messages(messages))


def test_a_dead_mailbox_delays_nobody(settings: Any) -> None:
    people = [reader(policy="daily") for _one in range(4)]
    for number, person in enumerate(people):
        if number < 2:
            person.email = f"dead-{number}@example.org"
            person.save(update_fields=["email"])
        told(person, "policy", NOW - 5 * HOUR)
    settings.EMAIL_BACKEND = f"{__name__}.Choosy"
    assert post_digests(now=NOW) == 2
    assert {to for letter in mail.outbox for to in letter.to} == {person.email for person in people[2:]}
    assert post_digests(now=NOW + HOUR) == 0


def test_digests_go_after_all_that_is_told_in_the_morning(settings: Any) -> None:
    mornings = [
        one["schedule"] for name, one in settings.CELERY_BEAT_SCHEDULE.items() if name.startswith(("warn", "remind"))
    ]
    told_at = {(min(one.hour), min(one.minute)) for one in mornings}
    assert max(told_at) < (DIGESTS_AT.hour, DIGESTS_AT.minute)


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_send_one_digest() -> None:
    person = reader(policy="daily")
    for _ in range(5):
        told(person, "policy", NOW - 5 * HOUR)
    sent = at_once(lambda: post_digests(now=NOW), lambda: post_digests(now=NOW))
    assert sorted(sent, key=str) == [0, 1]
    assert [letter.subject for letter in mail.outbox] == ["5 notices for you"]


def test_the_task_is_the_same_work() -> None:
    person = reader(policy="daily")
    told(person, "policy", timezone.now() - DAY)
    assert task() == 1
    assert task() == 0
