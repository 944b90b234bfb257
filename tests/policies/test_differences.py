"""What changed between two texts, word by word."""

import itertools
import random
import time

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


def test_two_versions_of_sixty_pages_are_compared_within_a_second() -> None:
    chance = random.Random(7)
    words = [f"word{chance.randrange(3000)}" for _ in range(24_000)]
    changed = [f"other{place}" if chance.random() < 0.05 else word for place, word in enumerate(words)]
    paragraphs = [" ".join(text[n : n + 120]) for text in (words, changed) for n in range(0, 24_000, 120)]
    before, after = "\n\n".join(paragraphs[:200]), "\n\n".join(paragraphs[200:])
    begun = time.process_time()
    differences(before, after)
    assert time.process_time() - begun < 1
