"""In which language a page answers."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.factories import UserFactory

ARABIC = '<html lang="ar" dir="rtl">'
ENGLISH = '<html lang="en" dir="ltr">'
LOGIN = "/accounts/login/"

pytestmark = pytest.mark.django_db


def page(client: Client, address: str = LOGIN, **headers: str) -> str:
    """The text of a page."""
    return client.get(address, headers=headers).content.decode()


def test_arabic_is_the_first_language(client: Client) -> None:
    assert ARABIC in page(client)


def test_the_browser_is_asked_where_nobody_chose(client: Client) -> None:
    assert ENGLISH in page(client, accept_language="en-GB,en;q=0.9")
    assert ARABIC in page(client, accept_language="ar-SY,en;q=0.5")
    assert ARABIC in page(client, accept_language="fr")


def test_the_cookie_goes_before_the_browser(client: Client) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert ENGLISH in page(client, accept_language="ar")


def test_the_persons_choice_goes_before_the_cookie(client: Client) -> None:
    client.force_login(UserFactory(language="ar"))
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert ARABIC in page(client, "/no-such-page/", accept_language="en")


def test_a_person_who_never_chose_reads_what_the_browser_asks_for(client: Client) -> None:
    client.force_login(UserFactory(language=""))
    assert ENGLISH in page(client, "/no-such-page/", accept_language="en")


def test_changing_the_language_keeps_the_page_and_is_remembered(client: Client) -> None:
    person = UserFactory(language="ar")
    client.force_login(person)
    there = "/facilities/?place=SY07&sort=name"
    answer = client.post(reverse("set_language"), {"language": "en", "next": there})
    assert answer.headers["Location"] == there
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    person.refresh_from_db()
    assert person.language == "en"


def test_a_visitor_changes_the_language_by_the_cookie_alone(client: Client) -> None:
    client.post(reverse("set_language"), {"language": "en", "next": LOGIN})
    assert ENGLISH in page(client, accept_language="ar")


@pytest.mark.parametrize("target", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_changing_the_language_never_leads_elsewhere(client: Client, target: str) -> None:
    answer = client.post(reverse("set_language"), {"language": "en", "next": target})
    assert answer.headers["Location"] == "/"


@pytest.mark.parametrize("wished", ["", "fr", "../../etc", "\x00"])
def test_an_unknown_language_changes_nothing(client: Client, wished: str) -> None:
    person = UserFactory(language="ar")
    client.force_login(person)
    answer = client.post(reverse("set_language"), {"language": wished, "next": "/"})
    assert answer.status_code == 302
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
    person.refresh_from_db()
    assert person.language == "ar"


def test_a_link_cannot_change_the_language(client: Client) -> None:
    assert client.get(reverse("set_language")).status_code == 405


def test_answers_say_their_language_and_what_it_depends_on(client: Client) -> None:
    answer = client.get(LOGIN, headers={"accept-language": "en"})
    assert answer.headers["Content-Language"] == "en"
    assert "Accept-Language" in answer.headers["Vary"]


@pytest.mark.parametrize("wished", ["9999", "home", "account/", "//other.example/", "https://other.example/", "\x00"])
def test_what_is_no_path_of_ours_leads_home(client: Client, wished: str) -> None:
    answer = client.post(reverse("set_language"), {"language": "en", "next": wished})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
