"""Words as they are looked for: any form of a word in Arabic or English finds any other, and nothing else."""

import pytest

from coordination.search.rules.same_words import LINES
from coordination.search.rules.words import MOST_WORDS, asked_for, query_of, stems, stems_of, vector_of


def finds(query: str, text: str) -> bool:
    """Whether a query finds a text, as the database decides it."""
    there = stems_of(text)
    asked = asked_for(query)
    return bool(asked) and all(not one.isdisjoint(there) for one in asked)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        # Hamza, ta marbuta, alef maqsura, marks, tatweel.
        ("ادارة", "الإدارة"), ("إداره", "إدارة"), ("اسره", "أسرّة"), ("عدوي", "العدوى"), ("تعقيم", "التَّعْقِيم"), ("تعقيم", "تعقيـــم"),
        # The article, and what is written together with a word.
        ("القرار", "قرار"), ("قرار", "وبالقرارات"), ("لقاح", "للقاحات"), ("مشفى", "للمشفى"), ("تعقيم", "لتعقيم"),
        ("وتعقيم", "التعقيم"), ("مريض", "كمريض"), ("سياسة", "فالسياسة"), ("بالمستشفيات", "مشفى"),
        # Number, gender, whose it is, tanwin.
        ("سياسة", "سياساتها"), ("صحة", "الصحية"), ("تقرير", "تقريرًا"), ("منشآت", "المنشأة"), ("مديرية", "المديريات"),
        # Plurals that change inside the word, and one word in two spellings.
        ("مستشفى", "مشفى"), ("مشفى", "المستشفى"), ("مشافي", "مستشفيات"), ("تقارير", "التقرير"), ("دواء", "بالأدوية"),
        ("وفاة", "الوفيات"), ("أطباء", "طبيب"), ("لقاح", "ألقحة"),
        # English.
        ("policies", "A policy"), ("sterilise", "were sterilised"), ("VACCINES", "vaccination"), ("patient", "patient’s"),
        # Digits and codes.
        ("٢٠١٩", "in 2019"), ("2019", "عام ٢٠١٩"), ("۴", "4"), ("sy07", "SY07-2024"), ("Dar'a", "Daraa Dara"),
        # Both languages at once.
        ("ضبط infection", "Infection control ضبط العدوى"),
    ],
)  # fmt: skip
def test_a_word_is_found_in_any_form(query: str, text: str) -> None:
    assert finds(query, text)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("فحص", "حصة"), ("لقاح", "لقاء"), ("قرار", "قرية"), ("كتاب", "تاب"), ("مريض", "ممرض"), ("أدوات", "أدوية"),
        ("policy", "police"), ("ضبط infection", "ضبط العدوى"), ("2019", "20190"), ("data", "date"),
    ],
)  # fmt: skip
def test_another_word_is_not_found(query: str, text: str) -> None:
    assert not finds(query, text)


@pytest.mark.parametrize("query", ["", "في", "من على إلى", "the of", "و", "a", "%", "'; DROP", "\x00", "&|!()", "👩🏽"])
def test_what_says_nothing_asks_for_nothing_or_for_plain_words(query: str) -> None:
    assert set(query_of(asked_for(query))) <= set("drop'()")


def test_a_query_of_a_thousand_words_asks_for_a_few() -> None:
    assert len(asked_for(" ".join(f"word{number}" for number in range(1000)))) == MOST_WORDS


def test_words_of_no_measure_are_cut() -> None:
    assert max(map(len, stems("x" * 5000))) <= 60


def test_a_word_twice_is_asked_for_once() -> None:
    assert len(asked_for("policy policies السياسة سياسات")) == 2


def test_what_is_kept_and_what_is_asked_are_read_by_postgresql_as_they_are_meant() -> None:
    assert vector_of({"b", "a"}) == "'a' 'b'"
    assert query_of([frozenset({"b", "a"}), frozenset({"c"})]) == "('a' | 'b') & ('c')"


def test_each_line_of_same_words_is_needed_and_holds() -> None:
    for first, *others in map(str.split, LINES.strip().splitlines()):
        for other in others:
            assert finds(first, other), (first, other)
            assert finds(other, f"بال{first}"), (other, first)
