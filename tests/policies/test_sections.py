"""Sections of a draft: written, moved, taken out, by one person at a time."""

import pytest
from django.db import IntegrityError, transaction
from django.db.utils import DatabaseError
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models.validity import lasting
from directorates.permissions import Refused
from policies.actions import sections
from policies.actions.sections import move_policy_section, remove_policy_section
from policies.models import PolicySection
from tests.policies.library import DAY, RULE_EN, Library
from tests.threads import at_once

MINE = {"heading_ar": "أ", "heading_en": "Mine", "text_ar": "نصي", "text_en": "My words"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


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


def test_who_saw_an_older_section_overwrites_nothing() -> None:
    library = Library()
    section = library.write()
    began = section.standing()
    library.write(section, text_en="Theirs")
    with pytest.raises(Problem) as told:
        library.write(section, text_en="Mine", seen=began)
    assert told.value.code == "changed"
    assert [(one.field, one.code) for one in told.value.errors] == [("", "changed"), ("text_en", "changed")]
    section.refresh_from_db()
    assert section.text_en == "Theirs"


def test_who_writes_another_section_is_in_nobodys_way() -> None:
    library = Library()
    first, second = library.write(), library.write(heading_en="Waste")
    began = second.standing()
    library.write(first, text_en="Theirs")
    assert library.write(second, text_en="Mine", seen=began).text_en == "Mine"


def test_what_was_taken_out_is_not_written() -> None:
    library = Library()
    section = library.write()
    remove_policy_section(section=PolicySection.objects.get(), seen=2, by=library.manager, at=timezone.now())
    with pytest.raises(Problem) as told:
        library.write(section)
    assert told.value.code == "gone"


@pytest.mark.parametrize("text", ["35&#46;93461, 36&#46;63312", "35.93**461**, 36.63**312**"])
def test_a_location_that_marks_hide_is_found_where_it_would_be_read(text: str) -> None:
    library = Library()
    with pytest.raises(Problem) as told:
        library.write(text_en=text)
    assert [(one.field, one.code) for one in told.value.errors] == [("text_en", "location")]


def test_a_number_that_stands_in_a_text_once_is_no_location() -> None:
    assert Library().write(text_en="It weighs **36.634** kg.").pk


def test_a_version_has_so_many_sections_and_so_many_characters_and_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sections, "MOST_SECTIONS", 2)
    monkeypatch.setattr(sections, "LONGEST_VERSION", 50)
    library = Library()
    first = library.write(text_ar="أ" * 10, text_en="a" * 10)
    library.write(text_ar="", text_en="a" * 10)
    library.write(first, text_ar="أ" * 20, text_en="a" * 20)
    with pytest.raises(Problem) as told:
        library.write(text_en="a")
    assert [one.code for one in told.value.errors] == ["too_many", "too_long"]
    with pytest.raises(Problem) as told:
        library.write(first, text_ar="أ" * 20, text_en="a" * 21)
    assert (told.value.status, [one.code for one in told.value.errors]) == (400, ["too_long"])


@pytest.mark.parametrize("heading", ["New", "Main"])
def test_what_an_address_or_a_page_means_otherwise_is_no_anchor(heading: str) -> None:
    assert Library().write(heading_en=heading).anchor == f"{heading.lower()}-2"


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
        lambda: type(held).objects.filter(pk=held.pk).update(valid=lasting(library.today + DAY)),
    ):
        with pytest.raises((IntegrityError, DatabaseError), match="adopted"), transaction.atomic():
            attempt()


@pytest.mark.django_db(transaction=True)
def test_of_two_who_save_at_once_one_is_told() -> None:
    library = Library()
    section = library.write()
    seen = section.standing()
    answers = at_once(*[lambda word=word: library.write(section, heading_en=word, seen=seen) for word in "ABCD"])
    assert len([one for one in answers if isinstance(one, PolicySection)]) == 1
    assert {one.code for one in answers if isinstance(one, Problem)} == {"changed"}


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_what_was_written_stays_in_the_form_where_another_saved_meanwhile_and_both_are_shown() -> None:
    library = Library()
    section, client = library.write(text_en="Before"), library.browser()
    address = f"/policies/infection/1/sections/{section.anchor}/"
    said = MINE | {"stood": client.get(address).context["form"]["stood"].value()}
    library.write(section)
    answer = client.post(address, said)
    assert answer.status_code == 409
    assert "My words" in answer.text
    assert RULE_EN in answer.text
    assert "save again from here" in answer.text
    again = client.post(address, said | {"stood": answer.context["form"]["stood"].value()})
    assert again.status_code == 302


def test_what_was_written_in_a_section_that_was_taken_out_becomes_a_new_one() -> None:
    library = Library()
    section, client = library.write(), library.browser()
    address = f"/policies/infection/1/sections/{section.anchor}/"
    remove_policy_section(section=section, seen=2, by=library.manager, at=timezone.now())
    assert client.get(address).status_code == 404
    answer = client.post(address, MINE)
    assert answer.status_code == 409
    assert "My words" in answer.text
    assert 'action="/policies/infection/1/sections/new/"' in answer.text
    assert client.post("/policies/infection/1/sections/new/", MINE).status_code == 302


def test_what_was_written_too_late_is_shown_and_nobody_is_told_to_save_it_again() -> None:
    library = Library()
    section = library.write()
    library.force()
    answer = library.browser().post(f"/policies/infection/1/sections/{section.anchor}/", MINE)
    assert answer.status_code == 409
    assert "My words" in answer.text
    assert "save again" not in answer.text
    assert ">Save<" not in answer.text


def test_how_a_text_is_laid_out_is_told_a_line_each() -> None:
    page = Library().browser().get("/policies/infection/1/sections/new/").text
    assert '<li><bdi dir="ltr">**…**</bdi> makes words bold.</li>' in page
    assert '<li><bdi dir="ltr">&gt; …</bdi> at the beginning of a line makes a quotation.</li>' in page


def test_lists_inside_lists_keep_their_place() -> None:
    library = Library()
    said = {"heading_ar": "أ", "heading_en": "A", "text_ar": "- أ\n  - ب", "text_en": "- a\r\n\t- b  "}
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


def test_a_text_of_which_a_page_would_not_show_all_is_not_kept() -> None:
    library = Library()
    nested = "\n".join(f"{'  ' * step}- step {step}" for step in range(12))
    with pytest.raises(Problem) as caught:
        library.write(text_en=nested)
    assert [(fault.field, fault.code) for fault in caught.value.errors] == [("text_en", "too_deep")]
    assert "line 10 on" in str(caught.value.errors[0].message)
