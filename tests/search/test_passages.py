"""Passages: the part of a long text where most of what was asked for stands together, with its words marked as they are written."""

from coordination.search.rules.passages import LENGTH, Passage, passage_of, words_found
from coordination.search.rules.words import asked_for

FILLING = " ".join(f"filler{number}" for number in range(200))


def shown(found: Passage | None) -> str:
    """A passage with what is marked in brackets."""
    assert found is not None
    return "".join(f"[{piece.text}]" if piece.found else piece.text for piece in found.pieces)


def test_words_are_marked_as_they_are_written() -> None:
    text = "تُعقَّم أدوات المستشفيات بعد كل مريض."
    assert shown(passage_of(text, asked_for("مشفى المريض"))) == "تُعقَّم أدوات [المستشفيات] بعد كل [مريض]."


def test_nothing_is_shown_where_nothing_was_found() -> None:
    assert passage_of("Something else", asked_for("policy")) is None
    assert passage_of("", asked_for("policy")) is None
    assert passage_of("Something", []) is None


def test_the_passage_is_where_most_words_stand_together() -> None:
    text = f"A vaccine. {FILLING} The cold chain keeps a vaccine safe. {FILLING}"
    found = passage_of(text, asked_for("vaccine chain"))
    assert "cold [chain] keeps a [vaccine] safe" in shown(found)
    assert found is not None
    assert not found.begins
    assert not found.ends
    assert shown(found).count(" ") < LENGTH + 1


def test_a_short_text_is_shown_whole_on_one_line() -> None:
    found = passage_of("First line\n\nwith a  vaccine!", asked_for("vaccines"))
    assert shown(found) == "First line with a [vaccine]!"
    assert found is not None
    assert found.begins
    assert found.ends


def test_the_end_of_a_text_is_a_full_passage_too() -> None:
    found = passage_of(f"{FILLING} vaccine.", asked_for("vaccine"))
    assert shown(found).endswith("[vaccine].")
    assert shown(found).count(" ") == LENGTH - 1


def test_a_text_that_says_one_word_ten_thousand_times_is_read_quickly() -> None:
    found = passage_of("vaccine " * 10_000, asked_for("vaccine chain"))
    assert found is not None
    assert found.begins


def test_how_many_of_the_words_stand_in_a_text() -> None:
    assert words_found("Vaccines in a chain", asked_for("vaccine chain cold")) == 2
