"""Words that only some may read are searched for in everything that anybody gets: pages, files, the API, letters."""

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from html import unescape
from typing import Any

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.urls import get_resolver, reverse
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from directorates.actions.seals import seal
from directorates.foundation.notices import post_all
from directorates.models import User
from tests.api.callers import Caller
from tests.factories import signed_in
from tests.rights.canaries import READERS, PlantedWorld
from tests.rights.table import COMPARED, TABLE
from tests.rights.test_table import EVERYBODY, LINES, names_of
from tests.rights.world import made_once

pytestmark = pytest.mark.django_db
# The name of somebody whose directorate is sealed later.
HIDDEN = "Wordhidden"
WORDS = {word: set(who) for who, word, *_where in (line.split() for line in READERS.strip().splitlines())}
BEGINNING = "word"
SPELLED = {word.lower(): word for word in (*WORDS, HIDDEN)}
# With their beginning in front: pages are long, and what does not begin so is passed over at once.
ENDS = "|".join(sorted((word.removeprefix(BEGINNING) for word in SPELLED), key=len, reverse=True))
ANY = re.compile(f"{BEGINNING}(?:{ENDS})")
# Addresses that are asked by name: all that are opened by a GET.
ASKED = [line.split()[-1] for line in TABLE.strip().splitlines() if line.split()[-2] == "GET"]
# What the table opens, by whom. Everybody else is refused there, as `test_table.py` and `test_missing.py` see for each person,
# by pages that are made at one place: four kinds of people (`COMPARED`) read all of these here as well, the others only
# those of things beside the table's.
OPEN = {(letter, name) for who, method, name in LINES if method == "GET" for letter in who}
# Tools of programmers and the technical administration have tests of their own; leaving is a deed.
ELSEWHERE = ("/technical-administration/", "/static/", "/accounts/logout/", "/api/docs/", "/api/schema/")
# Alike for hundreds of things, or forms about a thing that is shown whole on its own page: what is asked by name is
# opened for the table's thing, and links lead to one more of each kind at most.
LIKE = re.compile(
    r"(?<=/elements/)[\w-]+|(?<=/category-sets/)[\w-]+|(?<=/sections/)\d+|(?<=/people/roles/)\d+|(?<=/templates/)[\w-]+"
    r"|(?<=/facilities/)[\w-]+(?=/[a-z-]+/)|(?<=/reports/)[0-9a-f-]{36}(?=/(?!paper|fill)[a-z-]+/)"
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[PlantedWorld]:
    """The world, made once."""
    with made_once(PlantedWorld, django_db_blocker) as made:
        yield made


def strings(body: bytes) -> str:
    """The words of an answer; a workbook's are packed."""
    if body[:2] != b"PK":
        return unescape(body.decode("utf-8", "replace"))
    with zipfile.ZipFile(io.BytesIO(body)) as book:
        return "\n".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


def words_in(text: str) -> set[str]:
    """The words that stand in a text, in small letters or large ones."""
    return {SPELLED[found] for found in ANY.findall(text.lower())}


def kind(address: str) -> str:
    """The same for addresses that differ in the values of their queries alone, and for the items of the library."""
    path, _mark, query = address.partition("?")
    return LIKE.sub("*", path) + "?" + "&".join(sorted(part.partition("=")[0] for part in query.split("&")))


class Reader:
    """One person who asks for everything there is, and the words that are got."""

    def __init__(self, world: PlantedWorld, letter: str) -> None:
        """Sign in, and make a key."""
        self.world, self.letter = world, letter
        person = world.people[letter]
        self.browser = signed_in(person, "en") if person else Client()
        self.caller = Caller(person) if person else Caller()
        self.got: dict[str, set[str]] = defaultdict(set)
        self.seen: set[str] = set()
        self.opened = 0

    def things(self, name: str) -> list[dict[str, Any]]:
        """What completes the address of a name: everything there is of its kind, where not only the table's refusal is left."""
        found = self.world.things(name)
        is_asked = len(found) > 1 or (self.letter, name) in OPEN or self.letter in COMPARED
        return found if is_asked else []

    def read(self, address: str, answer: Any) -> str:
        """Note the words of an answer; a fault of ours is none to pass over."""
        assert answer.status_code < 500, address
        self.opened += answer.status_code == 200
        text = strings(b"".join(answer.streaming_content) if answer.streaming else answer.content)
        for word in words_in(text):
            self.got[word].add(address)
        return text

    def follow(self, waiting: list[str]) -> None:
        """Open these addresses and whatever they lead to, each kind once."""
        while waiting:
            address = waiting.pop(0)
            if kind(address) in self.seen or address.startswith(ELSEWHERE):
                continue
            self.seen.add(kind(address))
            answer = self.browser.get(address)
            text = self.read(address, answer)
            found = re.findall(r'\b(?:href|hx-get)="(/[^"#]*)', text)
            if answer.status_code == 302:
                found = [answer.headers["Location"]]
            waiting.extend(link for link in dict.fromkeys(found) if link.startswith("/") and not link.startswith("//"))

    def ask_all(self) -> None:
        """Every page, by name and by link; every list as a file; every call; every word in the search."""
        named = [reverse(name, kwargs=given) for name in ASKED for given in self.things(name)]
        pages = [one for one in named if not one.startswith(("/api/", "/exchange/exports/"))]
        self.follow([*pages, "/"])
        for address in named:
            if address.startswith("/api/v1/"):
                self.read(address, self.caller.get(address))
        for code in LISTINGS:
            address = reverse("exchange:export", kwargs={"code": code})
            for form in ("csv", "xlsx"):
                made = self.browser.post(address, {"format": form})
                self.read(f"{address} {form}", made)
                if made.status_code != 200:
                    break
        # All words begin with it, so that one search finds whatever any of them would.
        self.read("search", self.browser.get(reverse("search"), {"q": BEGINNING}))


def letters(world: PlantedWorld) -> dict[str, dict[str, set[str]]]:
    """The words that stand in the letters to each person."""
    post_all(now=timezone.now())
    by_address = {person.email: letter for letter, person in world.people.items() if person}
    found: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for letter in mail.outbox:
        for to in letter.to:
            for word in words_in(f"{letter.subject}\n{letter.body}"):
                found[by_address.get(to, to)][word].add("letter")
    return found


# Seventeen people read some hundreds of pages each: the rooms of published figures made it half as long again.
@pytest.mark.timeout(1500)
def test_each_word_is_read_by_whoever_may_and_by_nobody_else(world: PlantedWorld) -> None:
    got: dict[str, dict[str, set[str]]] = letters(world)
    opened = {}
    for letter in world.people:
        point = transaction.savepoint()
        reader = Reader(world, letter)
        reader.ask_all()
        transaction.savepoint_rollback(point)
        opened[letter] = reader.opened
        for word, where in reader.got.items():
            got[letter][word] |= where
    leaks = {
        (letter, word): sorted(where)[:5]
        for letter, words in got.items()
        for word, where in words.items()
        if letter not in WORDS[word]
    }
    assert leaks == {}
    readers = {word: {letter for letter in got if word in got[letter]} for word in WORDS}
    assert {word for word, found in readers.items() if not found} == set()
    assert min(opened.values()) >= 3


def test_a_name_of_a_sealed_directorate_is_read_by_nobody_else(world: PlantedWorld) -> None:
    point = transaction.savepoint()
    User.objects.filter(pk=world.officer.pk).update(name=HIDDEN)
    returned = reverse("reporting:report", kwargs={"pk": world.reports[-2].pk})
    assert HIDDEN in signed_in(world.people["n"]).get(returned).content.decode()
    seal(by=world.who("D"), organisation=world.directorate, reason="A raid", at=timezone.now())
    readers = [Reader(world, letter) for letter in "Mn"]
    for reader in readers:
        reader.ask_all()
    transaction.savepoint_rollback(point)
    assert [sorted(reader.got[HIDDEN])[:5] for reader in readers] == [[], []]
    assert min(reader.opened for reader in readers) > 50


def test_the_words_and_everybody_are_of_the_table() -> None:
    assert set(ASKED) <= set(names_of(get_resolver()))
    assert all(word.lower().startswith(BEGINNING) for word in WORDS)
    assert set().union(*WORDS.values()) < set(EVERYBODY)
