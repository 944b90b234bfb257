"""Decisions: numbered, pointing down at what they decide, found by their subject with what became of them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from coordination.meetings.actions.action_items import say_of_action_item
from coordination.meetings.actions.decisions import change_decision
from coordination.meetings.models import Decision
from directorates.foundation.problems import Problem
from directorates.models.validity import lasting
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions.agreements import discard_agreement
from policies.actions.versions import discard_version
from policies.models import Agreement, BrandVersion, PolicyVersion
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, member
from tests.meetings.round import DAY, SAID, Round
from tests.policies.claims import Claims, taken_along
from tests.policies.library import Library
from tests.policies.pacts import Pacts

pytestmark = pytest.mark.django_db


def test_decisions_are_numbered_in_their_meeting_and_pressed_twice_stand_once() -> None:
    table = Round()
    meeting = table.held()
    assert [table.decided(meeting, subject=one).number for one in ("A", "B", "B", "C")] == [1, 2, 2, 3]
    assert table.decided(table.held(title="Another")).number == 1


def test_nothing_is_decided_before_a_meeting_began_or_by_others() -> None:
    table = Round()
    with pytest.raises(Problem) as told:
        table.decided(table.called())
    assert told.value.code == "not_begun"
    with pytest.raises(Refused):
        table.decided(table.held(), by=table.director)
    with pytest.raises(Problem) as told:
        table.decided(table.held(), subject=" ", text="35.9312, 36.6339")
    assert {(one.field, one.code) for one in told.value.errors} == {("subject", "required"), ("text", "location")}


def test_a_decision_points_at_a_version_of_a_policy_which_only_its_readers_are_told_of() -> None:
    table, library = Round(), Library()
    meeting = table.held()
    decision = table.decided(meeting, about={"policy_version": library.draft})
    page = f"/meetings/{meeting.pk}/"
    assert "/policies/infection/1/" in table.browser().get(page).text
    read = table.browser(table.director).get(page)
    assert read.status_code == 200
    assert "/policies/infection/1/" not in read.text
    library.write()
    library.force()
    assert "/policies/infection/1/" in table.browser(table.director).get(page).text
    (row,) = Caller(table.director).get("/api/v1/decisions/").json()["results"]
    assert row["about"] == [{"kind": "policy_version", "code": "infection/1"}]
    assert row["id"] == decision.pk


def test_what_a_thing_was_decided_about_stands_on_its_page_for_whoever_sees_the_meeting() -> None:
    table, library, claims = Round(), Library(), Claims()
    library.write()
    version, dispute = library.force(), claims.dispute()
    meeting = table.held()
    pages = {
        reverse("policies:version", args=[library.policy.code, version.number]): {"policy_version": version},
        reverse("policies:dispute", args=[dispute.pk]): {"dispute": dispute},
    }
    for number, (page, about) in enumerate(pages.items()):
        assert "Decided in meetings" not in table.browser().get(page).text
        decision = table.decided(meeting, subject=f"Subject {number}", about=about)
        table.taken_on(meeting, decision=decision, text=f"Count store {number}")
        for person in (table.manager, table.director, table.coordinator):
            read = table.browser(person).get(page).text
            assert f"/meetings/{meeting.pk}/#decision-{decision.number}" in read
            assert f"Count store {number}" in read
        assert f"Count store {1 - number}" not in table.browser().get(page).text
        for person in (table.outsider, member(Role.OBSERVER, OrganisationFactory(kind="cluster"))):
            answer = table.browser(person).get(page)
            assert answer.status_code == 200
            assert "Decided in meetings" not in answer.text


def test_many_decisions_about_a_thing_cost_its_page_no_more_queries_than_one() -> None:
    table, claims = Round(), Claims()
    dispute, meeting, client = claims.dispute(), table.held(), table.browser()
    asked = []
    for times in (1, 6):
        for number in range(times):
            decision = table.decided(meeting, subject=f"{times} {number}", about={"dispute": dispute})
            table.taken_on(meeting, decision=decision, text=f"{times} {number}")
        client.get(reverse("policies:dispute", args=[dispute.pk]))
        with CaptureQueriesContext(connection) as queries:
            client.get(reverse("policies:dispute", args=[dispute.pk]))
        asked.append(len(queries))
    assert asked[0] == asked[1]


def test_nobody_decides_about_a_draft_that_they_do_not_read() -> None:
    table, library = Round(), Library()
    meeting = table.called(by=table.director, begins=table.now.replace(microsecond=0) - DAY)
    with pytest.raises(Problem) as told:
        table.decided(meeting, by=table.director, about={"policy_version": library.draft})
    assert [(one.field, one.code) for one in told.value.errors] == [("policy_version", "unknown")]


def test_a_decision_settles_a_dispute_over_a_mandate_and_leads_to_it() -> None:
    claims, table = Claims(), Round()
    dispute = claims.dispute()
    meeting = table.held()
    decision = table.decided(meeting, about={"dispute": dispute})
    item = table.taken_on(meeting, decision=decision)
    page = table.browser().get(f"/meetings/{meeting.pk}/").text
    assert reverse("policies:dispute", args=[dispute.pk]) in page
    assert item.text in page
    row = Caller(table.manager).get("/api/v1/decisions/").json()["results"][0]
    assert row["about"] == [{"kind": "dispute", "code": str(dispute.pk)}]
    claims.decide(dispute, claims.directorate, basis=f"Meeting, decision {decision.number}")


def test_a_decision_is_about_an_agreement_that_only_its_readers_are_told_of_and_that_is_not_discarded() -> None:
    table, pacts = Round(), Pacts()
    made = pacts.begin()
    meeting = table.held()
    table.decided(meeting, about={"agreement": made})
    page, address = f"/meetings/{meeting.pk}/", reverse("policies:agreement", args=[made.pk])
    assert address in table.browser().get(page).text
    assert address not in table.browser(table.director).get(page).text
    with pytest.raises(Problem) as told:
        discard_agreement(agreement=made, by=pacts.director)
    assert told.value.code == "named"
    pacts.ask(made)
    for person in (pacts.director, pacts.first_manager):
        pacts.sign(made, person)
    assert address in table.browser(table.director).get(page).text
    (row,) = Caller(table.manager).get("/api/v1/decisions/").json()["results"]
    assert row["about"] == [{"kind": "agreement", "code": str(made.pk)}]


def test_a_draft_of_a_policy_that_a_meeting_decided_about_is_not_discarded() -> None:
    table, library = Round(), Library()
    table.decided(table.held(), about={"policy_version": library.draft})
    with pytest.raises(Problem) as told:
        discard_version(version=library.draft, seen=library.draft.edition, by=library.manager)
    assert told.value.code == "named"


@pytest.mark.django_db(transaction=True)
def test_whoever_was_not_at_the_table_is_told_that_a_meeting_decided_about_the_draft() -> None:
    table, pacts, library = Round(), Pacts(), Library()
    made, meeting = pacts.begin(), table.held()
    table.decided(meeting, about={"agreement": made})
    table.decided(meeting, about={"policy_version": library.draft})
    pages = {
        reverse("policies:discard_agreement", args=[made.pk]): pacts.director,
        reverse("policies:discard_policy", args=[library.policy.code, 1]): library.manager,
    }
    for page, person in pages.items():
        client = table.browser(person)
        answer = client.post(page, {"seen": library.draft.edition}, follow=True)
        assert answer.status_code in (200, 409)
        assert "The decision of a meeting names this draft" in answer.text
    assert Agreement.objects.filter(pk=made.pk).exists()
    assert PolicyVersion.objects.filter(pk=library.draft.pk).exists()


def test_a_decision_is_written_anew_only_as_the_page_showed_it_and_keeps_its_number() -> None:
    table = Round()
    decision = table.decided(table.held())
    seen = decision.standing()
    asked: dict[str, Any] = {"decision": decision, "about": {}, "by": table.manager, "at": table.now}
    change_decision(subject="Counting", text=SAID, seen=seen, **asked)
    with pytest.raises(Problem) as told:
        change_decision(subject="Weighing", text=SAID, seen=seen, **asked)
    assert told.value.code == "changed"
    held = Decision.objects.get()
    assert (held.number, held.subject) == (1, "Counting")
    with pytest.raises(Refused):
        change_decision(subject="Counting", text=SAID, seen={}, **asked | {"by": table.coordinator})


def test_decisions_are_found_by_their_subject_with_what_became_of_them() -> None:
    table = Round()
    meeting = table.held()
    item = table.taken_on(meeting, decision=table.decided(meeting, subject="تطبيق سياسة العدوى"))
    table.decided(meeting, subject="Other matters")
    client = table.browser(table.coordinator)
    page = client.get("/meetings/decisions/", {"q": "العدوي"}).text
    assert "تطبيق سياسة العدوى" in page
    assert "Count the stores" in page
    assert "Other matters" not in page
    assert "Other matters" not in client.get("/meetings/decisions/?state=waits").text
    assert "تطبيق" not in client.get("/meetings/decisions/?state=done").text
    say_of_action_item(action_item=item, state="action_done", note="", by=table.coordinator, at=table.now)
    assert "تطبيق" in client.get("/meetings/decisions/?state=done").text
    found = Caller(table.coordinator).get("/api/v1/decisions/?subject=stores")
    assert found.status_code == 200
    assert "تطبيق" not in table.browser(table.outsider).get("/meetings/decisions/").text


def test_the_list_is_taken_along_with_its_filters() -> None:
    table = Round()
    meeting = table.held()
    table.taken_on(meeting, decision=table.decided(meeting))
    table.decided(meeting, subject="Other matters")
    client = table.browser(table.director)
    told = client.post("/exchange/exports/decisions/?q=counting", {"format": "csv"}).content.decode()
    assert "Counting stores" in told
    assert "Other matters" not in told


def test_decisions_are_written_and_changed_on_pages() -> None:
    table = Round()
    meeting, client = table.held(), table.browser()
    address = f"/meetings/{meeting.pk}/decisions/"
    said = {"subject": "Counting", "text": SAID, "policy_version": ""}
    assert client.post(f"{address}new/", said).status_code == 302
    stood = client.get(f"{address}1/").context["form"]["stood"].value()
    assert client.post(f"{address}1/", said | {"subject": "Weighing", "stood": stood}).status_code == 302
    told = client.post(f"{address}1/", said | {"subject": "Third", "stood": stood})
    assert told.status_code == 400
    assert "By now it says: Weighing" in told.text
    assert client.get(f"{address}9/").status_code == 404
    assert table.browser(table.director).get(f"{address}1/").status_code == 403


def test_a_decision_is_about_a_version_of_the_logo_or_of_stationery() -> None:
    table = Round()
    meeting = table.held()
    brand = BrandVersion.objects.create(
        kind="letterhead", number=1, valid=lasting(table.today), name_ar="ترويسة", name_en="Letterhead", rules_ar="ا",
        rules_en="a", basis="Meeting 4", owner=table.body, at=table.now, by=table.manager,
    )  # fmt: skip
    client, address = table.browser(), f"/meetings/{meeting.pk}/decisions/new/"
    said = {"subject": "One letterhead", "text": "It is used from now on", "brand_version": brand.pk}
    assert client.post(address, said).status_code == 302
    assert f"/policies/branding/{brand.pk}/" in client.get(f"/meetings/{meeting.pk}/").text
    assert "letterhead/1" in taken_along(client, "decisions", "")
