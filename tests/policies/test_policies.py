"""Policies: begun, named, found, and seen by those who may."""

from importlib import import_module
from pkgutil import iter_modules

import pytest
from django.apps import apps
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from directorates.permissions import Permission, Refused
from directorates.readers import readers_of
from directorates.roles import Role
from policies import migrations
from policies.actions.policies import begin_policy, rename_policy
from policies.models import Policy, PolicyVersion
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, SubdistrictFactory, UserFactory, member
from tests.policies.claims import taken_along
from tests.policies.library import DAY, RULE_AR, RULE_EN, Library

pytestmark = pytest.mark.django_db


def test_a_policy_is_kept_by_the_organisation_acted_for_and_begins_as_a_draft() -> None:
    library = Library()
    assert library.policy.owner == library.body
    assert library.draft.is_draft
    assert library.draft.number == 1
    assert AuditEvent.objects.filter(what="make", by=library.manager, kind="policies.policy").exists()


def test_a_code_is_given_once() -> None:
    library = Library()
    with pytest.raises(Problem) as told:
        begin_policy(code="infection", kind="form", name_ar="ن", name_en="F", by=library.manager, at=timezone.now())
    assert [(one.field, one.code) for one in told.value.errors] == [("code", "taken")]


@pytest.mark.parametrize("role", [Role.OBSERVER, Role.DATA_MANAGER])
def test_others_of_the_body_begin_no_policy(role: Role) -> None:
    library = Library()
    with pytest.raises(Refused):
        begin_policy(code="x", kind="form", name_ar="ن", name_en="F", by=member(role, library.body), at=timezone.now())


def test_a_draft_is_seen_by_those_who_prepare_it_and_an_adopted_text_by_everybody_with_a_role() -> None:
    library = Library()
    for person in (library.reader, member(Role.OBSERVER, library.body), UserFactory()):
        assert not Policy.objects.visible_to(person).exists()
        assert not PolicyVersion.objects.visible_to(person).exists()
    assert Policy.objects.visible_to(library.manager).exists()
    library.holding()
    assert list(Policy.objects.visible_to(library.reader)) == [library.policy]
    assert not Policy.objects.visible_to(UserFactory()).exists()
    library.next_draft()
    assert [one.number for one in PolicyVersion.objects.visible_to(library.reader)] == [1]


def test_names_change_only_where_they_are_as_the_page_showed_them() -> None:
    library = Library()
    new = {"kind": "standard", "name_ar": "ضبط", "name_en": "Control"}
    with pytest.raises(Problem) as told:
        rename_policy(policy=library.policy, seen={"name_en": "Another"}, by=library.manager, **new)
    assert told.value.code == "changed"
    rename_policy(policy=library.policy, seen={"name_en": "Infection control"}, by=library.manager, **new)
    assert Policy.objects.named_like("control").get().kind == "standard"
    with pytest.raises(Refused):
        rename_policy(policy=library.policy, seen={}, by=library.reader, **new)


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_the_list_shows_what_holds_and_finds_any_spelling() -> None:
    library = Library()
    library.holding()
    page = library.browser(library.reader).get("/policies/", {"q": "العدوي", "state": "in-force", "kind": "policy"})
    assert "Infection control" in page.text
    assert "In force" in page.text
    assert "Infection control" not in library.browser().get("/policies/?state=past").text


def test_filters_sort_and_files_say_the_same() -> None:
    library = Library()
    library.holding()
    begin_policy(code="logos", kind="standard", name_ar="أ", name_en="Logos", by=library.manager, at=timezone.now())
    shown = library.browser().get("/policies/?sort=-name&state=draft")
    assert "Logos" in shown.text
    assert "Infection control" not in shown.text
    told = taken_along(library.browser(library.reader), "policies", "")
    assert "Infection control" in told
    assert "Logos" not in told


def test_whoever_has_no_role_is_refused_and_a_draft_of_others_is_not_there() -> None:
    library = Library()
    assert library.browser(library.reader).get("/policies/infection/").status_code == 404
    assert library.browser(library.reader).get("/policies/infection/1/").status_code == 404
    assert library.browser(library.reader).get("/policies/new/").status_code == 403


def test_a_policy_is_begun_and_written_on_pages() -> None:
    library = Library()
    client = library.browser()
    asked = {"kind": "form", "name_ar": "استمارة", "name_en": "Referral form", "code": ""}
    answer = client.post("/policies/new/", asked)
    assert answer.headers["Location"] == "/policies/referral-form/1/"
    assert client.post("/policies/new/", asked).status_code == 400
    section = {"heading_ar": "أ", "heading_en": "One", "text_ar": RULE_AR, "text_en": RULE_EN}
    assert (
        client.post("/policies/referral-form/1/sections/new/", section).headers["Location"]
        == "/policies/referral-form/1/#one"
    )
    assert RULE_AR in client.get("/policies/referral-form/1/").text


@pytest.mark.parametrize("code", ["new", "A B", "ا", "-"])
def test_a_code_that_cannot_be_an_address_is_told(code: str) -> None:
    library = Library()
    answer = library.browser().post("/policies/new/", {"kind": "form", "name_ar": "ا", "name_en": "X", "code": code})
    assert answer.status_code == 400
    assert "Write small Latin letters" in answer.text


def test_other_names_are_given_on_a_page_and_a_change_between_is_told() -> None:
    library = Library()
    client, address = library.browser(), "/policies/infection/names/"
    seen = {"stood": client.get(address).context["form"]["stood"].value()}
    said = {"kind": "policy", "name_ar": "ضبط العدوى", "name_en": "Infections"}
    assert client.post(address, said | seen).status_code == 302
    told = client.post(address, said | seen | {"name_en": "Other"})
    assert told.status_code == 400
    assert "changed elsewhere" in told.text
    assert "By now it says: Infections" in told.text
    again = said | {"name_en": "Other", "stood": told.context["form"]["stood"].value()}
    assert client.post(address, again).status_code == 302


def test_what_was_adopted_keeps_its_name_and_its_kind() -> None:
    library = Library()
    library.holding()
    with pytest.raises(Problem) as told:
        rename_policy(policy=library.policy, kind="form", name_ar="ن", name_en="N", seen={}, by=library.manager)
    assert (told.value.code, told.value.status) == ("adopted", 409)
    assert "/names/" not in library.browser().get("/policies/infection/1/").text


def test_a_role_for_some_places_opens_no_draft() -> None:
    library = Library()
    person = member(Role.POLICY_MANAGER, library.body, places=[SubdistrictFactory()])
    assert not PolicyVersion.objects.visible_to(person).exists()
    assert not Policy.objects.visible_to(person).exists()
    with pytest.raises(Refused):
        begin_policy(code="x", kind="form", name_ar="ن", name_en="F", by=person, at=timezone.now())
    assert "New policy" not in library.browser(person).get("/policies/").text


def test_the_list_tells_what_holds_later_from_what_holds_no_more() -> None:
    library = Library()
    library.write()
    library.force(since=library.today + 30 * DAY)
    page = library.browser(library.reader).get("/policies/").text
    assert ">Adopted, holds later<" in page
    assert "Not in force<" not in page


def test_who_can_see_a_policy_that_is_only_drafted_are_those_who_prepare_it() -> None:
    library = Library()
    page = library.browser().get("/policies/infection/readers/").text
    assert "Policy manager" in page
    assert "keeps it" in page
    assert "NGO coordinator" not in page


def test_who_can_see_a_proposed_policy_are_the_invited_as_well() -> None:
    library = Library()
    library.consult(library.ngo)
    for person in (library.manager, library.reader):
        page = library.browser(person).get("/policies/infection/readers/").text
        assert "invited to the proposed text" in page
        assert library.ngo.name_en in page


def test_who_can_see_a_policy_is_told_by_organisation_and_role() -> None:
    library = Library()
    library.holding()
    told = {one.role for one in readers_of(library.policy, Permission.VIEW_POLICIES, library.today, library.today)}
    assert {Role.POLICY_MANAGER, Role.NGO_COORDINATOR} <= told
    member(Role.DONOR, OrganisationFactory(kind="donor"))
    assert "Donor" in library.browser(library.reader).get("/policies/infection/readers/").text


# --- API -------------------------------------------------------------------------------------------------------------


def test_programs_read_adopted_policies_and_no_draft() -> None:
    library = Library()
    caller = Caller(library.reader)
    assert caller.get("/api/v1/policies/").json()["results"] == []
    assert caller.get("/api/v1/policies/infection/").status_code == 404
    library.holding()
    library.next_draft()
    (found,) = caller.get("/api/v1/policies/?kind=policy").json()["results"]
    assert found == {
        "code": "infection",
        "kind": "policy",
        "name": {"ar": "ضبط العدوى", "en": "Infection control"},
        "owner": library.body.code,
        "current": 1,
    }
    told = caller.get("/api/v1/policies/infection/").json()
    assert told["since"] == (library.today - 10 * DAY).isoformat()
    assert told["sections"][0]["text"] == {"ar": RULE_AR, "en": RULE_EN}
    assert caller.get("/api/v1/policies/infection/?version=2").status_code == 400


def test_an_upgrade_stops_where_a_policy_has_a_code_that_became_an_address() -> None:
    library = Library()
    (name,) = (name for _, name, _ in iter_modules(migrations.__path__) if name.endswith("_members_is_no_code"))
    migration = import_module(f"{migrations.__name__}.{name}")
    migration.refuse_members(apps, None)
    Policy.objects.filter(pk=library.policy.pk).update(code="members")
    with pytest.raises(migration.CodeTaken, match="begin that policy under another code"):
        migration.refuse_members(apps, None)
