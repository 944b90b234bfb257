"""The sections of a draft: added, renamed, moved, removed; items asked once, in order, required or not."""

from typing import Any

import pytest
from django.utils import timezone

from coordination.reporting.actions.sections import (
    add_section,
    ask_elements,
    free_code,
    move_item,
    move_section,
    remove_item,
    remove_section,
    rename_section,
    require_item,
)
from coordination.reporting.models import Element, Section, SectionElement
from directorates.foundation.problems import Problem
from directorates.permissions import Refused
from tests.factories import ElementFactory
from tests.reporting.workshop import Workshop

pytestmark = pytest.mark.django_db


def place(workshop: Workshop, code: str) -> SectionElement:
    """Where a draft asks an item."""
    return SectionElement.objects.get(section__version=workshop.draft, element__code=code)


def test_a_section_gets_a_code_of_its_own_from_its_english_name() -> None:
    workshop = Workshop()
    codes = [workshop.section(name=name).code for name in ("Out-patients", "Out patients", "العيادات ١")]
    assert codes == ["out-patients", "out-patients-2", "section"]
    assert free_code("a" * 60, ["a" * 40], 40) == f"{'a' * 36}-2"


@pytest.mark.parametrize(
    ("names", "fields"),
    [
        ({"name_ar": "Latin only", "name_en": "x"}, {"name_ar"}),
        ({"name_ar": "", "name_en": "\x00"}, {"name_ar", "name_en"}),
        ({"name_ar": "ا" * 201, "name_en": "x" * 201}, {"name_ar", "name_en"}),
    ],
)
def test_bad_names_are_told_at_their_fields_and_nothing_is_written(names: dict[str, str], fields: set[str]) -> None:
    workshop = Workshop()
    with pytest.raises(Problem) as caught:
        add_section(version=workshop.draft, **(workshop.deed | names))
    assert {fault.field for fault in caught.value.errors} == fields
    assert (workshop.asked(), workshop.edition) == ({}, 1)


def test_sections_change_places_and_names_and_keep_their_codes() -> None:
    workshop = Workshop()
    first, second = workshop.section("visits", name="First"), workshop.section("births", name="Second")
    move_section(section=second, down=False, **workshop.deed)
    move_section(section=second, down=False, **workshop.deed)
    assert list(workshop.asked()) == ["Second", "First"]
    rename_section(section=first, name_ar="الأول", name_en="Other", **workshop.deed)
    assert Section.objects.get(pk=first.pk).code == "first"
    assert list(workshop.asked()) == ["Second", "Other"]


def test_a_removed_section_leaves_its_items_in_the_library() -> None:
    workshop = Workshop()
    section = workshop.section("visits")
    remove_section(section=section, **workshop.deed)
    assert workshop.asked() == {}
    assert Element.objects.filter(code="visits").exists()


def test_an_item_is_asked_once_in_a_version() -> None:
    workshop = Workshop()
    workshop.section("visits", name="First")
    second = workshop.section("births", name="Second")
    visits, deaths = Element.objects.get(code="visits"), ElementFactory(code="deaths")
    new = ask_elements(section=second, elements=[visits, deaths, deaths], **workshop.deed)
    assert new == [deaths]
    assert workshop.asked() == {"First": ["visits"], "Second": ["births", "deaths"]}
    seen = workshop.edition
    assert ask_elements(section=second, elements=[deaths], **workshop.deed) == []
    assert workshop.edition == seen


def test_items_move_within_a_section_and_on_into_the_next() -> None:
    workshop = Workshop()
    workshop.section("visits", "births", name="First")
    workshop.section("deaths", name="Second")
    move_item(place=place(workshop, "visits"), down=True, **workshop.deed)
    assert workshop.asked() == {"First": ["births", "visits"], "Second": ["deaths"]}
    move_item(place=place(workshop, "visits"), down=True, **workshop.deed)
    assert workshop.asked() == {"First": ["births"], "Second": ["visits", "deaths"]}
    move_item(place=place(workshop, "visits"), down=False, **workshop.deed)
    assert workshop.asked() == {"First": ["births", "visits"], "Second": ["deaths"]}
    seen = workshop.edition
    move_item(place=place(workshop, "births"), down=False, **workshop.deed)
    assert (workshop.edition, workshop.asked()["First"]) == (seen, ["births", "visits"])


def test_an_answer_is_required_or_not_and_an_item_goes() -> None:
    workshop = Workshop()
    workshop.section("visits", "births")
    require_item(place=place(workshop, "visits"), required=False, **workshop.deed)
    assert place(workshop, "visits").required is False
    remove_item(place=place(workshop, "births"), **workshop.deed)
    assert workshop.asked() == {"Main": ["visits"]}


def deeds(workshop: Workshop) -> list[tuple[Any, dict[str, Any]]]:
    """Every deed on sections, with what it is done to."""
    section, item = Section.objects.get(version=workshop.draft), place(workshop, "visits")
    names = {"name_ar": "قسم", "name_en": "x"}
    return [
        (add_section, {"version": workshop.draft, **names}),
        (rename_section, {"section": section, **names}),
        (move_section, {"section": section, "down": True}),
        (ask_elements, {"section": section, "elements": []}),
        (require_item, {"place": item, "required": False}),
        (move_item, {"place": item, "down": True}),
        (remove_item, {"place": item}),
        (remove_section, {"section": section}),
    ]


def test_every_deed_is_refused_without_the_right_after_another_change_and_once_published() -> None:
    workshop = Workshop()
    workshop.section("visits")
    stranger = Workshop().builder.__class__.objects.create(email="nobody@example.org", name="Nobody")
    late = workshop.deed | {"seen": workshop.edition - 1}
    for deed, given in deeds(workshop):
        with pytest.raises(Refused):
            deed(**given, **(workshop.deed | {"by": stranger}))
        with pytest.raises(Problem) as changed:
            deed(**given, **late)
        assert changed.value.code == "changed"
    seen = workshop.edition
    workshop.publish()
    for deed, given in deeds(workshop):
        with pytest.raises(Problem) as gone:
            deed(**given, seen=seen, by=workshop.builder, at=timezone.now())
        assert gone.value.code == "wrong_state"
    assert workshop.asked() == {"Main": ["visits"]}
