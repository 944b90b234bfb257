"""Consultations: a text is fixed, those who are invited read it and say what they think of it, nobody else does."""

import re
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import Notice
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions.consultations import change_consultation, comment_on
from policies.actions.policies import rename_policy
from policies.actions.versions import begin_version
from policies.models import PolicyComment, PolicySection, PolicyState, PolicyVersion
from tests.factories import OrganisationFactory, member
from tests.policies.library import DAY, RULE_EN, Library

pytestmark = pytest.mark.django_db


def remark(library: Library, text: str = "Good", **said: object) -> PolicyComment:
    """A comment of the reader."""
    asked: dict[str, object] = {"version": library.draft, "section": None, "key": uuid4(), "by": library.reader}
    return comment_on(text=text, at=timezone.now(), **asked | said)  # type: ignore[arg-type]


def test_whoever_is_invited_reads_the_proposed_text_and_others_do_not() -> None:
    library = Library()
    stranger = member(Role.NGO_COORDINATOR, OrganisationFactory())
    library.consult(library.ngo)
    for person, seen in ((library.reader, True), (library.manager, True), (stranger, False)):
        assert PolicyVersion.objects.visible_to(person).exists() is seen
    address = f"/policies/{library.policy.code}/1/"
    assert RULE_EN in library.browser(library.reader).get(address).text
    assert library.browser(stranger).get(address).status_code == 404
    assert library.draft.state(library.today) is PolicyState.PROPOSED


def test_the_invited_are_told_once_and_nobody_else() -> None:
    library = Library()
    library.consult(library.ngo)
    assert [row.person for row in Notice.objects.filter(kind="policy")] == [library.reader]


def test_from_then_on_nobody_changes_the_text() -> None:
    library = Library()
    section = library.write()
    library.consult(library.ngo)
    with pytest.raises(Problem) as told:
        library.write(section, text_en="Other")
    assert told.value.code == "not_draft"
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        PolicySection.objects.filter(pk=section.pk).update(text_en="Other")
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.filter(pk=library.draft.pk).update(fixed=None)
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.filter(pk=library.draft.pk).delete()


def test_every_fault_of_an_invitation_is_told_at_once() -> None:
    library = Library()
    with pytest.raises(Problem) as told:
        library.consult(library.body, first=library.today - DAY, last=library.today - 2 * DAY)
    assert {(one.field, one.code) for one in told.value.errors} == {
        ("first", "in_the_past"),
        ("last", "before_first"),
        ("organisations", "not_asked"),
    }
    with pytest.raises(Problem) as told:
        library.consult()
    assert [one.code for one in told.value.errors] == ["nobody_asked"]


def test_a_draft_without_a_text_in_both_languages_is_not_proposed() -> None:
    library = Library()
    library.write(text_ar="")
    with pytest.raises(Problem) as told:
        library.consult(library.ngo)
    assert [one.code for one in told.value.errors] == ["no_text"]


def test_comments_are_taken_from_the_invited_while_it_is_open() -> None:
    library = Library()
    consultation = library.consult(library.ngo, first=library.today + DAY)
    with pytest.raises(Problem) as told:
        remark(library)
    assert told.value.code == "closed"
    consultation.valid = type(consultation.valid)(library.today, library.today + DAY)
    consultation.save()
    assert remark(library).organisation == library.ngo
    with pytest.raises(Refused) as refused:
        remark(library, by=member(Role.NGO_COORDINATOR, OrganisationFactory()))
    assert refused.value.code == "not_invited"
    with pytest.raises(Refused):
        remark(library, by=member(Role.FACILITY_REPORTER, library.ngo))
    library.over()
    with pytest.raises(Problem):
        remark(library)


def test_a_comment_that_is_sent_twice_is_kept_once_and_stays_as_it_was_written() -> None:
    library = Library()
    library.consult(library.ngo)
    key = uuid4()
    assert remark(library, key=key) == remark(library, key=key)
    assert PolicyComment.objects.count() == 1
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyComment.objects.update(text="Bad")
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyComment.objects.all().delete()


@pytest.mark.parametrize(
    ("text", "code"), [("", "required"), ("35.93461, 36.63312", "location"), ("x" * 4_001, "too_long")]
)
def test_a_comment_that_cannot_be_kept_is_told(text: str, code: str) -> None:
    library = Library()
    library.consult(library.ngo)
    with pytest.raises(Problem) as told:
        remark(library, text)
    assert [one.code for one in told.value.errors] == [code]


def test_a_comment_is_about_a_section_of_the_same_version() -> None:
    library = Library()
    section = library.write()
    library.consult(library.ngo)
    assert remark(library, section=section).section == section
    other = Library.__new__(Library)
    other.__dict__ = library.__dict__ | {
        "draft": begin_version(policy=library.policy, by=library.manager, at=timezone.now())
    }
    with pytest.raises(Problem):
        remark(library, section=other.draft.sections.get())


def test_more_time_and_more_organisations_can_be_given_as_long_as_it_is_open() -> None:
    library = Library()
    late = OrganisationFactory()
    consultation = library.consult(library.ngo)
    asked = {"consultation": consultation, "organisations": [late], "by": library.manager, "at": timezone.now()}
    changed = change_consultation(last=library.today + 30 * DAY, **asked)  # type: ignore[arg-type]
    assert changed.last_day == library.today + 30 * DAY
    assert PolicyVersion.objects.visible_to(member(Role.NGO_COORDINATOR, late)).exists()
    with pytest.raises(Problem) as told:
        change_consultation(last=library.today - DAY, **asked)  # type: ignore[arg-type]
    assert [one.code for one in told.value.errors] == ["before_first"]
    library.over()
    with pytest.raises(Problem) as told:
        change_consultation(last=library.today, **asked)  # type: ignore[arg-type]
    assert told.value.code == "closed"
    with pytest.raises(Refused):
        change_consultation(last=library.today, **asked | {"by": library.reader})  # type: ignore[arg-type]


def test_while_organisations_are_asked_nothing_else_is_proposed_or_adopted() -> None:
    library = Library()
    library.consult(library.ngo)
    with pytest.raises(Problem) as told:
        library.force()
    assert told.value.code == "under_way"
    library.next_draft()
    with pytest.raises(Problem) as told:
        library.consult(library.ngo)
    assert told.value.code == "under_way"


def test_a_later_version_takes_the_place_of_one_that_was_asked_about() -> None:
    library = Library()
    library.consult(library.ngo)
    first = library.draft
    library.over()
    library.next_draft()
    assert library.draft.sections.get().text_en == RULE_EN
    library.consult(library.ngo)
    first.refresh_from_db()
    assert first.state(library.today) is PolicyState.GIVEN_UP
    assert PolicyVersion.objects.visible_to(library.reader).count() == 2


def test_what_was_agreed_elsewhere_comes_into_force_after_a_consultation() -> None:
    library = Library()
    library.consult(library.ngo)
    library.over()
    held = library.force()
    assert held.state(library.today) is PolicyState.IN_FORCE


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_whoever_reads_a_proposed_version_alone_is_led_to_it() -> None:
    library = Library()
    library.consult(library.ngo)
    client = library.browser(library.reader)
    assert client.get(f"/policies/{library.policy.code}/").headers["Location"].endswith("/1/")
    assert "Proposed" in client.get("/policies/?state=proposed").text
    assert "Infection control" not in client.get("/policies/?state=draft").text


@pytest.mark.parametrize("section", ["%00", "nothing-there", "x" * 400])
def test_a_section_that_is_none_is_of_no_account(section: str) -> None:
    library = Library()
    library.consult(library.ngo)
    page = library.browser(library.reader).get(f"/policies/{library.policy.code}/1/discussion/?section={section}")
    assert page.status_code == 200


def test_other_words_from_the_same_page_are_kept_at_the_next_press() -> None:
    library = Library()
    library.consult(library.ngo)
    client, address = library.browser(library.reader), f"/policies/{library.policy.code}/1/comment/"
    said = {"key": str(uuid4()), "section": "", "text": "We have no autoclave"}
    assert client.post(address, said).status_code == 302
    page = client.post(address, said | {"text": "Nor water"})
    assert page.status_code == 400
    assert "Nor water" in page.text
    key = re.search(r'name="key" value="([0-9a-f-]+)"', page.text)
    assert key is not None
    assert client.post(address, said | {"text": "Nor water", "key": key[1]}).status_code == 302
    assert PolicyComment.objects.count() == 2


def test_a_policy_that_others_read_keeps_its_name() -> None:
    library = Library()
    library.consult(library.ngo)
    with pytest.raises(Problem) as told:
        rename_policy(policy=library.policy, kind="form", name_ar="ن", name_en="F", seen={}, by=library.manager)
    assert told.value.code == "adopted"


def test_an_organisation_is_asked_and_answers_in_the_browser() -> None:
    library = Library()
    library.write()
    address = f"/policies/{library.policy.code}/1/"
    manager, reader = library.browser(), library.browser(library.reader)
    page = manager.get(f"{address}consult/")
    seen = re.search(r'name="seen" value="(\d+)"', page.text)
    assert seen is not None
    asked = {
        "seen": seen[1],
        "first": library.today.isoformat(),
        "last": (library.today + DAY).isoformat(),
        "question": "Can you do it?",
        "organisations": [library.ngo.code],
    }
    assert manager.post(f"{address}consult/", asked).status_code == 302
    page = reader.get(f"{address}discussion/?section=sterilising")
    assert "Can you do it?" in page.text
    key = re.search(r'name="key" value="([0-9a-f-]+)"', page.text)
    assert key is not None
    said = {"key": key[1], "section": "sterilising", "text": "We have no autoclave"}
    assert reader.post(f"{address}comment/", said).headers["Location"].endswith("?section=sterilising")
    assert "We have no autoclave" in manager.get(f"{address}discussion/").text
    assert "1 comment or concern" in manager.get(address).text


def test_what_was_typed_stays_where_the_consultation_ended_meanwhile() -> None:
    library = Library()
    library.consult(library.ngo)
    library.over()
    said = {"key": str(uuid4()), "section": "", "text": "We have no autoclave"}
    page = library.browser(library.reader).post(f"/policies/{library.policy.code}/1/comment/", said)
    assert page.status_code == 400
    assert "We have no autoclave" in page.text
    assert "only while the consultation is open" in page.text


def test_comments_are_for_those_who_were_asked_also_once_the_version_holds() -> None:
    library = Library()
    stranger = member(Role.NGO_COORDINATOR, OrganisationFactory())
    library.consult(library.ngo)
    remark(library, "We have no autoclave")
    library.over()
    library.force()
    address = f"/policies/{library.policy.code}/1/discussion/"
    assert "We have no autoclave" in library.browser(library.reader).get(address).text
    assert "We have no autoclave" not in library.browser(stranger).get(address).text


# --- Homes -----------------------------------------------------------------------------------------------------------


def test_a_consultation_stands_on_the_home_of_those_who_comment_for_an_organisation_that_is_asked() -> None:
    library = Library()
    asked = library.consult(library.ngo)
    people = (library.reader, member(Role.FACILITY_REPORTER, library.ngo), library.manager)
    found = [library.browser(one).get("/").context["agreed"].consultations for one in people]
    assert found == [[asked], [], []]


def test_how_far_drafts_have_come_is_shown_to_those_who_prepare_them() -> None:
    library = Library()
    assert library.browser().get("/").context["agreed"].prepares
    assert not library.browser(library.reader).get("/").context["agreed"].prepares
