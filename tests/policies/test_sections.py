"""Sections of a draft: written, moved, taken out, by one person at a time."""

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.permissions import Refused
from policies.actions.sections import move_policy_section, remove_policy_section
from policies.models import PolicySection
from tests.policies.library import RULE_EN, Library
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def anchors(library: Library) -> list[str]:
    """The sections of the draft in their order."""
    return list(library.draft.sections.order_by("order").values_list("anchor", flat=True))


def test_an_anchor_comes_from_the_first_english_heading_and_stays() -> None:
    library = Library()
    first = library.write()
    library.write()
    library.write(first, heading_en="Something else")
    assert anchors(library) == ["sterilising", "sterilising-2"]


def test_sections_are_moved_and_taken_out() -> None:
    library = Library()
    first, second = library.write(), library.write(heading_en="Waste")
    seen = 3
    for section, down in ((first, True), (first, True)):
        move_policy_section(section=section, down=down, seen=seen, by=library.manager, at=timezone.now())
        seen = 4
    assert anchors(library) == ["waste", "sterilising"]
    remove_policy_section(section=second, seen=4, by=library.manager, at=timezone.now())
    assert anchors(library) == ["sterilising"]


def test_who_saw_an_older_draft_overwrites_nothing() -> None:
    library = Library()
    section = library.write()
    with pytest.raises(Problem) as told:
        library.write(section, text_en="Mine", seen=1)
    assert told.value.code == "changed"
    section.refresh_from_db()
    assert section.text_en == RULE_EN


def test_a_text_that_gives_a_location_is_not_kept() -> None:
    library = Library()
    with pytest.raises(Problem) as told:
        library.write(text_en="At 35.9306, 36.6339", text_ar="عند 35.9306, 36.6339")
    assert {one.field for one in told.value.errors} == {"text_ar", "text_en"}
    assert not PolicySection.objects.exists()


def test_others_write_no_section() -> None:
    library = Library()
    with pytest.raises(Refused):
        library.write(by=library.reader)


def test_the_database_itself_keeps_an_adopted_text() -> None:
    library = Library()
    section = library.write()
    held = library.force()
    for attempt in (
        lambda: PolicySection.objects.filter(pk=section.pk).update(text_en="Other"),
        lambda: PolicySection.objects.filter(pk=section.pk).delete(),
        lambda: PolicySection.objects.create(
            version=held, anchor="x", order=9, heading_ar="x", heading_en="x", text_ar="", text_en=""
        ),
        lambda: type(held).objects.filter(pk=held.pk).update(basis="Another meeting"),
        lambda: type(held).objects.filter(pk=held.pk).update(valid=None, adopted=None, basis=""),
    ):
        with pytest.raises((IntegrityError, DatabaseError), match="adopted"), transaction.atomic():
            attempt()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told() -> None:
    library = Library()
    library.write()
    library.draft.refresh_from_db()
    seen = library.draft.edition
    answers = at_once(*[lambda: library.write(heading_en="New", seen=seen)] * 4)
    assert len([one for one in answers if isinstance(one, PolicySection)]) == 1
    assert {one.code for one in answers if isinstance(one, Problem)} == {"changed"}


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_what_was_written_stays_in_the_form_where_another_saved_meanwhile_and_both_are_shown() -> None:
    library = Library()
    section = library.write()
    said = {"heading_ar": "أ", "heading_en": "Mine", "text_ar": "نصي", "text_en": "My words", "seen": 1}
    answer = library.browser().post(f"/policies/infection/1/sections/{section.anchor}/", said)
    assert answer.status_code == 409
    assert "My words" in answer.text
    assert RULE_EN in answer.text
    again = library.browser().post(f"/policies/infection/1/sections/{section.anchor}/", said | {"seen": 2})
    assert again.status_code == 302


def test_lists_inside_lists_keep_their_place() -> None:
    library = Library()
    said = {"heading_ar": "أ", "heading_en": "A", "text_ar": "- أ\n  - ب", "text_en": "- a\r\n\t- b  ", "seen": 1}
    library.browser().post("/policies/infection/1/sections/new/", said)
    section = PolicySection.objects.get()
    assert (section.text_ar, section.text_en) == ("- أ\n  - ب", "- a\n    - b")


def test_sections_are_moved_and_taken_out_on_pages() -> None:
    library = Library()
    library.write()
    library.write(heading_en="Waste")
    client = library.browser()
    client.post("/policies/infection/1/sections/waste/move/", {"to": "up", "seen": 3})
    assert anchors(library) == ["waste", "sterilising"]
    assert "Take out section" in client.get("/policies/infection/1/sections/waste/remove/").text
    client.post("/policies/infection/1/sections/waste/remove/", {"seen": "x"})
    assert anchors(library) == ["waste", "sterilising"]
    client.post("/policies/infection/1/sections/waste/remove/", {"seen": 4})
    assert anchors(library) == ["sterilising"]
