"""Notices: told once, in the person's language, on the pages and by letter; each letter at most once."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directorates.actions.notices import choose_letters
from directorates.foundation import models, notices
from directorates.foundation.notice_kinds import ALWAYS, KINDS
from directorates.foundation.notices import Told, notify, post_all, words_of
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Notice, NoticeChoice, OutboxMessage, User
from tests.api.callers import Caller
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
VALUES = {"by": "Huda\u202e", "count": 3, "note": "", "receipts": ["SY07-1"]}


class Unwilling(EmailBackend):
    """A mail server that takes nothing."""

    def send_messages(self, messages: Any) -> int:
        raise OSError("not today")


def told(person: User, key: str = "one", **values: object) -> int:
    """Tell a person that reports were handed over."""
    return notify("handed_over", [Told(person.pk, key, VALUES | values)], url="/reports/review/", at=timezone.now())


CHOSEN = sorted(KINDS.keys() - ALWAYS)


def choose(client: Client, **paces: str) -> None:
    """Choose letters on the page: these otherwise than at once."""
    answer = client.post(reverse("directorates:notice_choices"), dict.fromkeys(CHOSEN, "immediate") | paces)
    assert answer.status_code == 302


def signed_in(person: User) -> Client:
    """A browser in which the person signed in."""
    client = Client()
    client.force_login(person)
    return client


def test_the_same_is_told_once() -> None:
    person = UserFactory()
    assert told(person) == 1
    assert told(person) == 0
    assert Notice.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Notice.objects.create(person=person, kind="handed_over", key="one", at=timezone.now())


def test_a_notice_is_posted_by_a_task_that_is_queued_with_it() -> None:
    told(UserFactory())
    assert list(OutboxMessage.objects.values_list("task", flat=True)) == ["directorates.post_notices"]


def test_a_letter_is_in_the_persons_language_and_goes_once() -> None:
    told(UserFactory(language="en"))
    told(UserFactory(language="ar"))
    told(UserFactory(language=""))
    assert post_all(now=timezone.now()) == 3
    assert post_all(now=timezone.now()) == 0
    english, arabic, default = mail.outbox
    assert english.subject == "3 reports to review were handed over to you"
    assert settings.PUBLIC_URL + "/reports/review/" in english.body
    assert "/account/notices/" in english.body
    assert arabic.subject == default.subject == "3 تقارير سُلّمت إليك للتدقيق"


def test_whoever_wishes_no_letters_gets_none_and_reads_the_notice_on_the_pages() -> None:
    person = UserFactory()
    told(person)
    client = signed_in(person)
    choose(client, handed_over="off")
    assert post_all(now=timezone.now()) == 0
    assert "3 reports to review were handed over to you" in client.get(reverse("directorates:notices")).content.decode()
    choose(client)
    assert post_all(now=timezone.now()) == 1


def test_a_letter_bears_nothing_that_anybody_wrote() -> None:
    told(UserFactory(), note="Needles are short", by="Huda")
    post_all(now=timezone.now())
    letter = mail.outbox[0]
    assert [word for word in ("Needles", "Huda", "SY07-1") if word in f"{letter.subject} {letter.body}"] == []


def test_letters_that_protect_an_account_always_come(client: Client) -> None:
    person = UserFactory()
    choose(signed_in(person), **dict.fromkeys(CHOSEN, "off"))
    values = {"what": "added", "kind": "totp"}
    notify("factor", [Told(person.pk, "factor", values)], url="/", at=timezone.now())
    told(person)
    assert post_all(now=timezone.now()) == 1
    assert "cannot" not in mail.outbox[0].body
    assert "Letters of this kind always come" in mail.outbox[0].body
    with pytest.raises(IntegrityError), transaction.atomic():
        NoticeChoice.objects.create(person=person, kind="factor", pace="off")


def test_choices_are_asked_with_what_was_chosen_and_changed_once_each() -> None:
    person = UserFactory(language="en")
    client = signed_in(person)
    choose(client, meeting="weekly", policy="daily")
    choose(client, meeting="weekly", policy="daily")
    assert dict(person.notice_choices.values_list("kind", "pace")) == {"meeting": "weekly", "policy": "daily"}
    assert AuditEvent.objects.filter(what="choose_letters").count() == 1
    page = client.get(reverse("directorates:notice_choices")).content.decode()
    assert page.count('<option value="weekly" selected>') == 1
    assert "Always at once" in page
    choose(client, policy="daily")
    assert dict(person.notice_choices.values_list("kind", "pace")) == {"meeting": "immediate", "policy": "daily"}


def test_a_choice_that_is_none_is_told_and_nothing_is_kept() -> None:
    person = UserFactory()
    answer = signed_in(person).post(reverse("directorates:notice_choices"), {"meeting": "hourly"})
    assert answer.status_code == 400
    with pytest.raises(Problem) as told_all:
        choose_letters(by=person, paces={"meeting": "hourly", "gossip": "off", "seal": "off", "policy": "off"})
    assert [fault.field for fault in told_all.value.errors] == ["meeting", "gossip", "seal"]
    assert not person.notice_choices.exists()


def test_every_notice_has_a_kind_that_can_be_chosen() -> None:
    folder = Path(settings.BASE_DIR) / "templates" / "notices"
    assert {path.stem for path in folder.glob("*.txt")} - {"lines"} == set(KINDS)
    assert set(KINDS) > ALWAYS


def test_no_letter_goes_to_whoever_may_not_sign_in_was_invented_or_of_days_ago() -> None:
    told(UserFactory(is_active=False))
    told(UserFactory(email="data@idlib.example"))
    told(UserFactory())
    Notice.objects.update(at=timezone.now() - datetime.timedelta(days=3))
    told(UserFactory(is_active=False))
    assert post_all(now=timezone.now()) == 0
    assert mail.outbox == []


def test_a_mail_server_that_is_down_is_asked_again_later_and_not_for_ever(settings: Any) -> None:
    told(UserFactory())
    told(UserFactory())
    settings.EMAIL_BACKEND = f"{__name__}.Unwilling"
    for _round in range(2 * models.TRIES + 2):
        assert post_all(now=timezone.now()) == 0
    assert set(Notice.objects.values_list("tries", "posted")) == {(models.TRIES, None)}
    Notice.objects.update(tries=1)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert post_all(now=timezone.now()) == 2


def test_a_worker_that_dies_while_posting_loses_a_letter_and_sends_none_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    told(UserFactory())

    def dies(*_arguments: object) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(notices, "post", dies)
    with pytest.raises(KeyboardInterrupt):
        post_all(now=timezone.now())
    monkeypatch.undo()
    assert post_all(now=timezone.now()) == 0


def test_what_people_wrote_is_text_on_the_page_and_no_header_of_the_letter() -> None:
    person = UserFactory()
    told(person, note="<b>bold</b>\nBcc: all@example.org", by="Eve\r\nBcc: x@example.org")
    said = signed_in(person).get(reverse("directorates:notices")).content.decode()
    assert "&lt;b&gt;bold&lt;/b&gt;" in said
    post_all(now=timezone.now())
    assert mail.outbox[0].recipients() == [person.email]
    assert "\n" not in mail.outbox[0].subject


@pytest.mark.parametrize("language", ["ar", "en"])
@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("handed_over", VALUES),
        (
            "reminder",
            {
                "organisation": {"ar": "أوسوم", "en": "UOSSM"},
                "count": 14,
                "soon": 2,
                "late": 12,
                "more": 2,
                "lines": [
                    {
                        "facility": {"ar": "مركز", "en": "Centre"},
                        "template": {"ar": "شهري", "en": "Monthly"},
                        "period": {"ar": "أيار 2019", "en": "May 2019"},
                        "due": "2019-06-10",
                    }
                ],
            },
        ),
        ("waiting", {"count": 2, "days": 9, "least": 7, "reviewers": [{"ar": "صحة إدلب", "en": "Idlib HD"}]}),
        (
            "deputy",
            {
                "person": "Huda",
                "deputy": "Amal",
                "role": "data_officer",
                "organisation": {"ar": "صحة إدلب", "en": "Idlib HD"},
                "first": "2019-06-10",
                "last": "2019-06-12",
                "me": True,
            },
        ),
        (
            "extended",
            {
                "organisation": {"ar": "أوسوم", "en": "UOSSM"},
                "count": 1,
                "until": "2019-06-12",
                "reason": "No power",
                "lines": [],
                "more": 0,
            },
        ),
    ],
)
def test_every_kind_has_words_in_both_languages(kind: str, values: dict[str, Any], language: str) -> None:
    title, body = words_of(Notice(kind=kind, values=values), language)
    assert title
    assert body
    assert "<" not in title + body
    assert "{" not in title + body
    assert any("\u0600" <= letter <= "\u06ff" for letter in title) is (language == "ar")


def test_one_reads_ones_own_notices_and_marks_them_as_read() -> None:
    person, other = UserFactory(), UserFactory()
    told(person)
    told(other, count=8)
    client = signed_in(person)
    said = client.get(reverse("directorates:notices")).content.decode()
    assert "3 reports to review were handed over to you" in said
    assert "8 reports" not in said
    assert client.post(reverse("directorates:read_notices"), {"next": "/"})["Location"] == "/"
    assert Notice.objects.unread().get().person == other
    assert Client().get(reverse("directorates:notices")).status_code == 302
    assert client.get(reverse("directorates:read_notices")).status_code == 405


def test_programs_read_the_own_notices_and_no_others() -> None:
    person, other = UserFactory(), UserFactory()
    told(person)
    told(other, "two")
    told(person, "three")
    Notice.objects.filter(key="three").update(read=timezone.now())
    rows = Caller(person).get("notices/").json()["results"]
    assert [(one["kind"], one["read"] is None) for one in rows] == [("handed_over", False), ("handed_over", True)]
    assert rows[0]["title"]
    assert rows[0]["url"].endswith("/reports/review/")
    (unread,) = Caller(person).get("notices/?unread=true&kind=handed_over").json()["results"]
    assert unread["id"] == Notice.objects.get(key="one").pk
    assert Caller(person).get("notices/?kind=nothing").status_code == 400
