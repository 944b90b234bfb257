"""How text is kept, and how names are found."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directorates.rules.text import clean_text, has_control_characters, latin_digits, search_key

ARABIC = st.text(alphabet=st.characters(min_codepoint=0x0600, max_codepoint=0x06FF), max_size=40)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("إدلب", "ادلب"),
        ("أَرِيحَا", "اريحا"),
        ("آفس", "افس"),
        ("ٱلباب", "الباب"),
        ("الباب", "باب"),
        ("مشفى", "مشفي"),
        ("معرة مصرين", "معره مصرين"),
        ("مؤسسة", "موسسه"),
        ("منشأة", "منشاه"),
        ("هيئة", "هييه"),
        ("حـــلب", "حلب"),
        ("کفر نبل", "كفر نبل"),
        ("سوری", "سوري"),
        ("ﻻذقية", "لاذقية"),
        ("قطاع ٣", "قطاع 3"),
        ("قطاع ۳", "قطاع 3"),
        ("الألبان", "ألبان"),
        ("Dar'a", "Dara"),
        ("Dar’a", "DARA"),
        ("Dar´a", "dara"),
        ("Daʿel", "Dael"),
        ("Türkiye", "turkiye"),
        ("DİYARBAKIR", "diyarbakır"),
        ("Rif-Dimashq", "rif  dimashq"),
        ("Al‑Bab (North)", "al bab north"),
        ("Straße", "STRASSE"),
    ],
)
def test_spellings_of_one_word_have_one_key(one: str, other: str) -> None:
    assert search_key(one) == search_key(other)


def test_a_hospital_is_found_by_either_word() -> None:
    assert search_key("مستشفى الأتارب") == search_key("المشفى اتارب")
    assert search_key("المستشفى") == search_key("مشفى")


@pytest.mark.parametrize(
    ("one", "other"), [("Idlib", "Idleb"), ("حلب", "حماة"), ("درعا", "دير الزور"), ("SY07", "SY08")]
)
def test_different_names_keep_different_keys(one: str, other: str) -> None:
    assert search_key(one) != search_key(other)


def test_a_short_word_keeps_letters_that_look_like_the_article() -> None:
    assert search_key("ال") == "ال"
    assert search_key("الي") == "الي"


def test_punctuation_and_pictures_leave_an_empty_key() -> None:
    assert search_key(" —،؛؟!? 🙂 \u202e ") == ""


def test_keys_sort_names_by_their_first_letter_and_not_by_hamza() -> None:
    names = ["بداما", "أريحا", "إحسم", "الأتارب", "آفس"]
    assert sorted(names, key=search_key) == ["الأتارب", "إحسم", "أريحا", "آفس", "بداما"]


@given(st.text(max_size=60) | ARABIC)
def test_the_key_of_a_key_is_itself(text: str) -> None:
    key = search_key(text)
    assert search_key(key) == key


@given(st.text(max_size=60) | ARABIC)
def test_a_key_has_no_marks_no_capitals_and_single_spaces(text: str) -> None:
    key = search_key(text)
    assert key == " ".join(key.split())
    assert not any(unicodedata.category(character) in ("Mn", "Cf", "Cc") for character in key)


def test_direction_overrides_are_taken_out_of_what_is_kept() -> None:
    assert clean_text("\u202eadmin\u202c \u2067مشفى\u2069\u200f") == "admin مشفى"


def test_text_is_kept_composed() -> None:
    assert clean_text("أ") == "أ"


def test_one_line_stays_one_line() -> None:
    assert clean_text("  first\r\nsecond\tthird \u2028 fourth ") == "first second third fourth"


def test_many_lines_keep_their_line_ends() -> None:
    assert clean_text(" first \r\n\r\nsecond\u2029third ", multiline=True) == "first\n\nsecond\nthird"


def test_joiners_inside_words_are_kept() -> None:
    assert clean_text("می\u200cخواهم") == "می\u200cخواهم"


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\x7f", "\ud800", "\x9f"])
def test_characters_that_nobody_types_are_noticed(text: str) -> None:
    assert has_control_characters(text)
    assert not has_control_characters(clean_text(text))


@pytest.mark.parametrize("text", ["", "a\tb\r\nc", "مشفى\u200f", "🙂"])
def test_ordinary_text_has_no_control_characters(text: str) -> None:
    assert not has_control_characters(text)


@given(st.text(alphabet=st.characters(), max_size=60), st.booleans())
def test_cleaning_twice_changes_nothing_and_the_result_can_be_stored(text: str, multiline: bool) -> None:
    cleaned = clean_text(text, multiline=multiline)
    assert clean_text(cleaned, multiline=multiline) == cleaned
    assert "\x00" not in cleaned
    cleaned.encode("utf-8")


def test_arabic_and_persian_digits_are_read_as_digits() -> None:
    assert latin_digits("٠١٢٣٤٥٦٧٨٩ ۰۱۲۳۴۵۶۷۸۹") == "0123456789 0123456789"
