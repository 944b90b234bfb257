"""A text is known by its hash: reckoned alike by everybody, fixed with the text, and told to whoever holds it and no more."""

import hashlib
import json
import re
import unicodedata
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client

from policies.rules.verify import Words, canonical, digest_in, digest_of, grouped
from policies.views.verify import MOST
from tests.api.callers import Caller
from tests.policies.library import DAY, RULE_EN, Library
from tests.policies.test_papers import ISSUER, add

pytestmark = pytest.mark.django_db
SECTION = Words("one", "أ", "One", "نص", "Text")


def asked(code: str, language: str = "en") -> Any:
    """What a stranger is told of a hash."""
    return Client().get("/policies/verify/", {"code": code}, headers={"accept-language": language})


# --- The rule --------------------------------------------------------------------------------------------------------


def test_a_text_is_written_down_in_one_way() -> None:
    told = canonical("infection", 2, [SECTION])
    assert told.decode() == (
        '{"policy":"infection","sections":[{"anchor":"one","heading":{"ar":"أ","en":"One"},'
        '"text":{"ar":"نص","en":"Text"}}],"version":2}'
    )
    assert digest_of("infection", 2, [SECTION]) == hashlib.sha256(told).hexdigest()


def test_how_lines_end_and_letters_are_composed_changes_nothing_and_every_word_does() -> None:
    plain = Words("a", "أ", "Café", "نص", "one\ntwo")
    other = Words("a", unicodedata.normalize("NFD", "أ"), unicodedata.normalize("NFD", "Café"), "نص", "one\r\ntwo")
    assert digest_of("p", 1, [plain]) == digest_of("p", 1, [other])
    digests = {
        digest_of("p", 1, [plain]),
        digest_of("q", 1, [plain]),
        digest_of("p", 2, [plain]),
        digest_of("p", 1, [plain, SECTION]),
        digest_of("p", 1, [SECTION, plain]),
        digest_of("p", 1, [Words("a", "أ", "Café", "نص", "one\ntwo ")]),
    }
    assert len(digests) == 6


@pytest.mark.parametrize("made", [str, str.upper, grouped, lambda one: f" {one[:30]}-{one[30:]}\n"])
def test_a_hash_is_read_however_it_was_typed(made: Any) -> None:
    digest = digest_of("p", 1, [SECTION])
    assert digest_in(made(digest)) == digest


@pytest.mark.parametrize("typed", ["", "abc", "g" * 64, "0" * 63, "0" * 65, "%" * 64])
def test_what_is_no_hash_is_none(typed: str) -> None:
    assert digest_in(typed) == ""


def test_arabic_digits_are_read() -> None:
    assert digest_in("٠" * 64) == "0" * 64


# --- The version -----------------------------------------------------------------------------------------------------


def test_a_draft_has_no_hash_and_a_fixed_text_has_the_one_that_anybody_reckons() -> None:
    library = Library()
    library.write()
    assert library.draft.digest == ""
    held = library.force()
    told = Caller(library.reader).get("/api/v1/policies/infection/").json()
    said = {name: told[name] for name in ("version", "sections")} | {"policy": told["code"]}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    assert told["sha256"] == held.digest == hashlib.sha256(text.encode()).hexdigest()


def test_a_proposed_text_keeps_its_hash_when_it_comes_into_force() -> None:
    library = Library()
    (director,) = library.directors(1)
    ballot = library.ballot(over=True)
    library.vote(ballot, director)
    digest = library.draft.digest
    assert len(digest) == 64
    assert library.count(ballot).outcome == "adopted"
    library.force(adopted=None, basis="")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE policies_policyversion SET digest = repeat('0', 64)")
    library.draft.refresh_from_db()
    assert library.draft.digest == digest


# --- The page --------------------------------------------------------------------------------------------------------


def test_a_stranger_learns_which_adopted_text_it_is_and_that_it_is_in_force() -> None:
    library = Library()
    held = library.holding()
    page = asked(grouped(held.digest))
    assert page.status_code == 200
    assert "in force today" in page.text
    assert "Infection control" in page.text
    for hidden in (RULE_EN, "Sterilising", library.manager.name, "Meeting 4"):
        assert hidden not in page.text
    arabic = asked(held.digest, "ar").text
    assert "ضبط العدوى" in arabic
    assert '<html lang="ar" dir="rtl">' in arabic


def test_a_text_of_scanned_papers_says_how_many_there_are_and_no_word_of_them() -> None:
    library = Library()
    add(library)
    page = asked(library.force().digest).text
    assert re.search(r"Scanned papers(?:<[^>]*>|\s)*1\b", page)
    assert "Sections" not in page
    for hidden in ("12/2014", ISSUER, "circular.pdf"):
        assert hidden not in page
    library.next_draft()
    library.write()
    plain = asked(library.force(since=library.today + DAY).digest).text
    assert "Scanned papers" not in plain
    assert "Sections" in plain


def test_whoever_has_an_account_is_led_to_the_text() -> None:
    library = Library()
    held = library.holding()
    page = library.browser(library.reader).get("/policies/verify/", {"code": held.digest}).text
    assert 'href="/policies/infection/1/"' in page
    assert 'href="/policies/infection/1/"' not in asked(held.digest).text


def test_what_follows_and_what_was_withdrawn_is_told_without_the_reason() -> None:
    library = Library()
    first = library.holding()
    library.next_draft()
    library.write(text_en="Otherwise.")
    second = library.force()
    told = asked(first.digest).text
    assert "not in force any more" in told
    assert "version" in told
    library.withdraw(second, why="Nobody can do it", last_day=library.today)
    assert "Nobody can do it" not in asked(second.digest).text


def test_a_text_that_holds_later_says_from_when() -> None:
    library = Library()
    library.write()
    held = library.force(since=library.today + 9 * DAY)
    assert "not in force yet" in asked(held.digest).text


def test_proposed_texts_and_drafts_are_told_like_hashes_of_nothing() -> None:
    library = Library()
    library.consult(library.ngo)
    proposed, nothing = asked(library.draft.digest), asked("0" * 64)
    assert library.draft.digest
    assert proposed.status_code == nothing.status_code == 200
    assert "No adopted policy has this hash." in proposed.text
    told = [re.sub(r'csrfmiddlewaretoken" value="\w+"|\b[0-9a-f]{64}\b', "*", one.text) for one in (proposed, nothing)]
    assert told[0] == told[1]


def test_what_is_no_hash_is_told_and_an_empty_page_asks() -> None:
    assert Client().get("/policies/verify/").status_code == 200
    wrong = asked("abc <script>")
    assert wrong.status_code == 400
    assert "64 signs" in wrong.text
    assert "<script>" not in wrong.text.replace("<script src", "")
    assert Client().post("/policies/verify/", {"code": "0" * 64}).status_code == 405


def test_whoever_asks_very_often_waits_and_others_do_not() -> None:
    for _ in range(MOST):
        assert asked("0" * 64).status_code == 200
    late = asked("0" * 64)
    assert (late.status_code, late.headers["Retry-After"]) == (429, "60")
    elsewhere = Client(REMOTE_ADDR="203.0.113.9").get("/policies/verify/", {"code": "0" * 64})
    assert elsewhere.status_code == 200
    assert Client().get("/policies/verify/").status_code == 200
