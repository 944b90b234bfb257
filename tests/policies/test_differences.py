"""What changed between two texts, word by word."""

import gc
import itertools
import random
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.rules.differences import Change, Piece, differences

KEPT, ADDED, TAKEN = Change
WORDS = st.lists(st.sampled_from(["غسل", "اليدين", "hands", "5", "واجب،", "\n", "\n\n", "each"]), max_size=12)


def test_a_changed_word_is_taken_out_and_the_new_one_comes_in() -> None:
    assert differences("Wash hands twice a day.", "Wash hands often a day.") == [
        Piece(KEPT, "Wash hands "),
        Piece(TAKEN, "twice"),
        Piece(ADDED, "often"),
        Piece(KEPT, " a day."),
    ]


def test_arabic_is_told_word_by_word_too() -> None:
    pieces = differences("تُغسل الأيدي مرتين.", "تُغسل الأيدي دائمًا.")
    assert [(one.change, one.text) for one in pieces] == [
        (KEPT, "تُغسل الأيدي "),
        (TAKEN, "مرتين."),
        (ADDED, "دائمًا."),
    ]


def test_a_word_that_stays_is_no_change_where_a_line_follows_now() -> None:
    assert differences("who did it", "who did it\nand when") == [Piece(KEPT, "who did it"), Piece(ADDED, "\nand when")]


def test_a_line_that_stays_is_not_looked_into() -> None:
    assert differences("a b\nc d\n", "x\na b\n") == [Piece(ADDED, "x\n"), Piece(KEPT, "a b\n"), Piece(TAKEN, "c d\n")]


def test_two_texts_that_are_the_same_are_one_piece_and_nothing_is_none() -> None:
    assert differences("a\nb", "a\nb") == [Piece(KEPT, "a\nb")]
    assert differences("", "") == []


@given(WORDS, WORDS)
def test_what_stayed_with_what_was_taken_is_the_old_text_and_with_what_came_the_new(
    old: list[str], new: list[str]
) -> None:
    before, after = " ".join(old), " ".join(new)
    pieces = differences(before, after)
    assert "".join(one.text for one in pieces if one.change is not ADDED) == before
    assert "".join(one.text for one in pieces if one.change is not TAKEN) == after
    assert all(one.text for one in pieces)
    assert all(one.change is not other.change for one, other in itertools.pairwise(pieces))


def test_a_word_that_comes_back_later_is_not_mistaken_for_the_one_in_its_place() -> None:
    before = "One after another. The room is cleaned. Whoever cleans wears gloves. All is in the book."
    after = before.replace("One", "All")
    assert differences(before, after)[:2] == [Piece(TAKEN, "One"), Piece(ADDED, "All")]
    assert differences(before, after)[2:] == [Piece(KEPT, before.removeprefix("One"))]


def _table(width: int) -> str:
    chance = random.Random(5)
    rows = [[str(chance.randrange(10)).ljust(width) for _ in range(8)] for _ in range(4_000)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def compared(before: str, after: str) -> tuple[list[Piece], float]:
    """The differences, and the seconds of the processor that they take: the least of three runs, since what else runs on its
    core makes one longer.

    What the test's process holds is not looked through for garbage, as in the web server's (`coordination/serving.py`).
    """
    pieces: list[Piece] = []
    times: list[float] = []
    gc.collect()
    gc.freeze()
    try:
        while len(times) < 3 and min(times, default=1) >= 1:
            begun = time.process_time()
            pieces = differences(before, after)
            times.append(time.process_time() - begun)
    finally:
        gc.unfreeze()
    return pieces, min(times)


def _few_words(seed: int) -> str:
    chance = random.Random(seed)
    words = [first + second for first in "abcdef" for second in "ghijklmnop"]
    return " ".join(chance.choice(words) for _ in range(66_667))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (_few_words(1), _few_words(2)),
        ("a " * 500, " ".join(f"a x{number}" for number in range(500))),
        ("a " * 100_000, " ".join(f"a x{number}" for number in range(28_000))),
        (" ".join(f"w{n} x{n}" for n in range(14_000)), " ".join(f"w{n} y{n}" for n in range(14_000))),
        (_table(1), _table(4)),
        (_table(1), "\n".join(reversed(_table(1).splitlines()))),
        ("a" + "\n" * 199_998 + "b", "a" + "\n" * 199_998 + "c"),
        ("a\n" * 100_000, "a\n" * 100_000 + "b"),
        ("a " * 100_000, "a  " * 66_000),
    ],
    ids=[
        "sixty words in any order",
        "one word",
        "one word often",
        "each second word",
        "a table made wider",
        "reversed",
        "empty lines",
        "one line often",
        "blanks alone",
    ],
)
def test_no_two_texts_take_longer_than_a_second(before: str, after: str) -> None:
    pieces, seconds = compared(before, after)
    # On a machine that is slow just now: not much longer than two ordinary versions of sixty pages.
    assert seconds < 1 or seconds < 2.5 * compared(*sixty_pages())[1]
    assert "".join(one.text for one in pieces if one.change is not ADDED) == before
    assert "".join(one.text for one in pieces if one.change is not TAKEN) == after


def sixty_pages() -> tuple[str, str]:
    """Two versions of sixty pages, in which each twentieth word is another."""
    chance = random.Random(7)
    words = [f"word{chance.randrange(3000)}" for _ in range(24_000)]
    changed = [f"other{place}" if chance.random() < 0.05 else word for place, word in enumerate(words)]
    paragraphs = [" ".join(text[n : n + 120]) for text in (words, changed) for n in range(0, 24_000, 120)]
    return "\n\n".join(paragraphs[:200]), "\n\n".join(paragraphs[200:])


def test_two_versions_of_sixty_pages_are_compared_within_a_second() -> None:
    before, after = sixty_pages()
    pieces, seconds = compared(before, after)
    assert seconds < 1
    assert sum(len(one.text) for one in pieces if one.change is KEPT) > 0.9 * len(before)
