"""What a version of a template asks, and the slots that hold the answers."""

from __future__ import annotations

import pytest

from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.specification import SectionSpec, TemplateSpec, assign_slots
from tests.reporting.specifications import AGES, SECTIONS, SPEC, element


def test_everything_that_is_asked_has_a_slot_of_its_own_in_order() -> None:
    assert [slot for _, _, slot in SPEC.questions()] == [f"s{n}" for n in range(1, 11)]
    assert SPEC.slots_of("visits") == {"u5": "s3", "5p": "s4"}
    assert SPEC.slots_of("beds") == {None: "s1"}
    assert SPEC.cell_of["s4"] == ("visits", "5p")


def test_a_ratio_is_computed_and_never_asked() -> None:
    occupancy = SPEC.element("occupancy")
    assert occupancy is not None
    assert occupancy.is_computed
    assert SPEC.slots_of("occupancy") == {}
    assert "occupancy" not in {found.code for found, _, _ in SPEC.questions()}


def test_only_numbers_and_booleans_stand_in_the_summed_document() -> None:
    assert SPEC.numeric_slots == ("s1", "s2", "s3", "s4", "s5", "s6", "s7")


def test_an_unknown_element_is_none() -> None:
    assert SPEC.element("drugs") is None
    assert SPEC.slots_of("drugs") == {}


def test_a_new_version_keeps_the_slots_of_what_was_asked_before_and_reuses_none() -> None:
    taken = assign_slots(SECTIONS)
    newer = (
        SectionSpec("services", "", "", (element("surgeries"), element("visits", categories=AGES), element("beds"))),
    )
    assert assign_slots(newer, taken) == {
        ("surgeries", None): "s11",
        ("visits", "u5"): "s3",
        ("visits", "5p"): "s4",
        ("beds", None): "s1",
    }


@pytest.mark.parametrize("slots", [{("beds", None): "beds"}, {("beds", None): "s1", ("fuel", None): "s1"}])
def test_slots_are_generated_names_each_used_once(slots: dict[tuple[str, str | None], str]) -> None:
    with pytest.raises(ValueError, match="slots of t"):
        TemplateSpec("t", 1, PeriodType.MONTH, SECTIONS, (), slots)
