"""Keys from an e-mail and a password, and what a key may do."""

import datetime
from typing import Any

import pytest
from django.utils import timezone

from directorates.models import AccessToken, Membership
from tests.api.callers import Caller, found
from tests.factories import PASSWORD, OrganisationFactory, UserFactory, lasting, member

pytestmark = pytest.mark.django_db


def ask(email: Any, password: Any, **more: Any) -> Any:
    """Ask for a key."""
    return Caller().post("auth/token/", {"email": email, "password": password} | more)


def test_a_key_lasts_twelve_hours_and_is_stored_hashed() -> None:
    person = member("observer", OrganisationFactory())
    answer = ask(person.email.upper(), PASSWORD)
    assert answer.status_code == 200
    body = answer.json()
    lasts = datetime.datetime.fromisoformat(body["expires"]) - timezone.now()
    assert datetime.timedelta(hours=11, minutes=59) < lasts <= datetime.timedelta(hours=12)
    kept = AccessToken.objects.get()
    assert body["token"] not in (kept.digest, kept.token_key)
    assert Caller(Authorization=f"Token {body['token']}").get("places/").status_code == 200


def test_an_unknown_email_and_a_wrong_password_are_answered_alike() -> None:
    person, asleep = UserFactory(), UserFactory(is_active=False)
    answers = [ask(person.email, "wrong"), ask("nobody@example.org", PASSWORD), ask(asleep.email, PASSWORD)]
    assert {answer.status_code for answer in answers} == {400}
    assert len({answer.content for answer in answers}) == 1
    assert answers[0].json()["code"] == "invalid_credentials"


@pytest.mark.parametrize("email", ["a\x00b@x.y", "x" * 100_000, "\u202e@x.y"])
def test_what_is_no_email_is_a_wrong_one(email: str) -> None:
    assert ask(email, PASSWORD).json()["code"] == "invalid_credentials"


def test_missing_and_wrong_parts_are_told_at_once() -> None:
    answer = Caller().post("auth/token/", {"email": 5, "passwort": "x"})
    assert answer.status_code == 400
    assert sorted(found(answer)) == [("email", "wrong_type"), ("password", "required"), ("passwort", "unknown_field")]


def test_failed_attempts_slow_down_the_one_who_tries_and_nobody_else() -> None:
    person, other = UserFactory(), UserFactory()
    for _attempt in range(10):
        assert ask(person.email, "wrong").status_code == 400
    answer = ask(person.email, PASSWORD)
    assert (answer.status_code, answer.json()["code"]) == (429, "throttled")
    assert 0 < int(answer.headers["Retry-After"]) <= 300
    assert ask(other.email, PASSWORD).status_code == 200
    caller = Caller()
    caller.client.defaults["REMOTE_ADDR"] = "192.0.2.7"
    assert caller.post("auth/token/", {"email": person.email, "password": PASSWORD}).status_code == 200


def test_a_key_that_ended_or_never_was_opens_nothing() -> None:
    person = member("observer", OrganisationFactory())
    caller = Caller(person)
    assert caller.get("places/").status_code == 200
    AccessToken.objects.update(expiry=timezone.now())
    for header in (
        caller.headers["Authorization"],
        "Token",
        "Token a b",
        "Token \xff",
        "Token " + "9" * 5000,
        "Bearer x",
    ):
        answer = Caller(Authorization=header).get("places/")
        assert (answer.status_code, answer.headers["WWW-Authenticate"]) == (401, "Token")
    assert AccessToken.objects.count() == 1


def test_a_key_speaks_for_the_organisation_it_was_made_for_and_for_no_other() -> None:
    first, second = OrganisationFactory(), OrganisationFactory()
    person = member("ngo_coordinator", first)
    caller = Caller(person)
    member("observer", second, person=person)
    assert caller.get("places/").json()["results"] != []
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Membership.objects.filter(organisation=first).update(valid=lasting(datetime.date(2010, 1, 1), yesterday))
    assert caller.get("places/").json()["results"] == []


def test_messages_are_in_the_callers_language() -> None:
    body = {"email": "nobody@example.org", "password": "x"}
    english = Caller().post("auth/token/", body, Accept_Language="en")
    assert (english.headers["Content-Language"], english.json()["detail"]) == (
        "en",
        "The e-mail or the password is wrong.",
    )
    assert Caller().post("auth/token/", body, Accept_Language="ar").headers["Content-Language"] == "ar"
    person = member("observer", OrganisationFactory(), language="ar")
    assert Caller(person).get("places/9/", Accept_Language="en").headers["Content-Language"] == "ar"
