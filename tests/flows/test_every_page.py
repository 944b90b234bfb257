"""Every role on a small demonstration opens its rooms and every link on its home in Arabic: nothing is broken.

In English, in which all words are written, each kind of page is opened once over all roles. On Arabic pages no English
sentence is left standing: what people wrote, codes and addresses are set apart in the markup;
a name that somebody still has to give in Arabic stands in English, and is known here by that.
"""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction
from django.test import Client

from coordination.demonstration.loading import Loading
from coordination.demonstration.people import ACCOUNTS, Account
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.models import TemplateVersion
from coordination.reporting.models.missing_names import missing_names
from directorates.models import User
from tests.frame.pictures import pictures_of

pytestmark = pytest.mark.django_db

SCALE = 0.02
# One account of each role; of the two kinds of observer, both: a cluster's and a ministry's.
EACH_ROLE = [
    one for one in ACCOUNTS if not one.email.endswith(("aleppo.example", "sams.example", "admin2@body.example"))
]
# Tools of programmers, pages of their own; leaving is a deed; files are not pages.
ELSEWHERE = ("/api/", "/technical-administration/", "/static/", "/accounts/logout/")
# Names that are written in Latin letters in Arabic too.
ALLOWED = re.compile(r"\b(DHIS2|UOSSM|EWARN|English|SHA-256|WHO|Tansiq)\b")
# Three words in a row are a sentence; two may be a name.
SENTENCE = re.compile(r"[A-Za-z][A-Za-z'’-]*(?:[ ,;:]+[A-Za-z][A-Za-z'’-]*){2,}")
# What is not a page's own words: what people wrote (`dir="auto"`), islands, code, other languages, scripts.
APART = ("bdi", "code", "script", "style", "svg", "template", "pre")


@pytest.fixture(scope="module")
def demonstration(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """A small demonstration of the last six months, for all tests here, with its figures."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as patch, transaction.atomic():
        patch.setattr("django.conf.settings.DEMONSTRATION", True)
        call_command("load_reference")
        Loading(SCALE).run("recent")
        drain()
        yield
        transaction.set_rollback(True)


def links(page: str) -> list[str]:
    """The portal's own pages that a page leads to."""
    found = [unescape(address) for address in re.findall(r'<a\b[^>]*?\bhref="([^"#]*)', page)]
    return [
        address for address in dict.fromkeys(found) if address.startswith("/") and not address.startswith(ELSEWHERE)
    ]


def kind(address: str) -> str:
    """The same for pages of one kind: ids, codes and values of a query open the same page."""
    path, _mark, query = address.partition("?")
    path = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)[A-Z]{2}\d[\dA-Z-]*(?=/)|\d+", "*", path)
    return path + "?" + "&".join(sorted(part.partition("=")[0] for part in query.split("&")))


def english(html: str) -> list[str]:
    """English sentences in the words of a page that are the portal's own."""
    main = html.partition("<body")[2]
    for name in APART:
        main = re.sub(rf"<{name}\b.*?</{name}>", " ", main, flags=re.S)
    # A text that stands in both languages beside one another: its English side.
    main = re.sub(r'<div lang="en" dir="ltr">.*?</div>(?:\s*<p[^>]*>[^<]*</p>)?\s*</div>', " ", main, flags=re.S)
    main = re.sub(r'<(\w+)[^>]*(?:dir="(?:auto|ltr)"|lang="en")[^>]*>[^<]*</\1>', " ", main)
    spoken = re.findall(r'\b(?:aria-label|title|placeholder|alt)="([^"]*)"', main)
    words = " | ".join([*re.split(r"<[^>]+>", main), *spoken])
    return SENTENCE.findall(ALLOWED.sub(" | ", unescape(words)))


class Tour:
    """One person's way through the portal: the rooms, what home leads to, and one page of each kind behind them."""

    def __init__(self, account: Account, language: str, seen: set[str]) -> None:
        """Sign in; the kinds of pages that were `seen` are not opened again."""
        person = User.objects.get(email=account.email)
        User.objects.filter(pk=person.pk).update(language=language)
        person.refresh_from_db()
        self.language, self.seen = language, seen
        self.client = Client(headers={"accept-language": language}, raise_request_exception=False)
        self.client.force_login(person)
        self.opened: dict[str, int] = {}
        self.english: dict[str, list[str]] = {}
        self.pictures, self.bare = 0, dict[str, list[str]]()
        drafts = TemplateVersion.objects.filter(status="draft")
        self.unnamed = {one.english for draft in drafts for one in missing_names(draft) if not one.arabic}

    def open(self, address: str) -> str:
        """Open a page, wherever it leads; nothing where it is a file."""
        answer = self.client.get(address, follow=True)
        self.opened[address] = answer.status_code
        if not answer.headers.get("Content-Type", "").startswith("text/html"):
            return ""
        page = answer.content.decode()
        assert f'<html lang="{self.language}" dir="{"rtl" if self.language == "ar" else "ltr"}">' in page, address
        if self.language == "ar" and (found := [words for words in english(page) if words not in self.unnamed]):
            self.english[address] = found
        read = pictures_of(page)
        self.pictures += read.found
        if read.faults:
            self.bare[address] = read.faults
        return page

    def go(self) -> None:
        """Home, and one page of each kind that is reached from there; of all that home itself leads to, every one in Arabic."""
        waiting = links(self.open("/"))
        if self.language == "en":
            waiting = self._new(waiting)
        self.seen |= {kind(address) for address in waiting}
        while waiting:
            waiting += self._new(links(self.open(waiting.pop(0))))

    def _new(self, addresses: list[str]) -> list[str]:
        """Those of a kind that was not seen, one of each."""
        found = {kind(address): address for address in reversed(addresses) if kind(address) not in self.seen}
        self.seen |= set(found)
        return [address for address in addresses if address in found.values()]


def test_an_english_sentence_is_found_and_what_people_wrote_is_not() -> None:
    page = '<body><main><a title="Back to home">رجوع</a><p dir="auto">Anna Berg was here</p><b>Approve the report</b><bdi>a b c</bdi>'
    assert english(page) == ["Approve the report", "Back to home"]


@pytest.mark.parametrize("account", EACH_ROLE, ids=[account.email for account in EACH_ROLE])
def test_every_page_that_a_role_reaches_opens_in_arabic(demonstration: None, account: Account) -> None:
    tour = Tour(account, "ar", set())
    tour.go()
    assert {address: status for address, status in tour.opened.items() if status != 200} == {}
    assert tour.english == {}
    assert tour.bare == {}
    assert len(tour.opened) > 3


def test_every_kind_of_page_opens_in_english(demonstration: None) -> None:
    seen: set[str] = set()
    opened: dict[str, int] = {}
    pictures = 0
    for account in EACH_ROLE:
        tour = Tour(account, "en", seen)
        tour.go()
        opened |= tour.opened
        assert tour.bare == {}
        pictures += tour.pictures
    assert {address: status for address, status in opened.items() if status != 200} == {}
    assert len(seen) > 100
    # Bars, maps, the timeline of alliances, the lag of figures: they were met, and each has its table.
    assert pictures > 5
