"""Mandates: stated by one's own organisation or by the body, ended, found where they overlap, laid out in a table."""

import datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from directorates.models.validity import lasting
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions.mandates import end_mandate
from policies.models import DisputeState, Mandate, MandateDispute, MandateState
from policies.rules.mandates import Contest, Held, laid_out
from tests.api.callers import Caller
from tests.factories import DirectorateFactory, DistrictFactory, GovernorateFactory, UserFactory, member
from tests.policies.claims import BASIS, DAY, Claims, again, taken_along
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def test_an_organisation_states_what_it_leads_and_everybody_with_a_role_reads_it() -> None:
    claims = Claims()
    made = claims.state(claims.director)
    assert (made.organisation, made.stated_as, made.came) == (claims.directorate, claims.directorate, "claimed")
    assert list(Mandate.objects.visible_to(claims.reader)) == [made]
    assert not Mandate.objects.visible_to(UserFactory()).exists()
    assert AuditEvent.objects.filter(what="state_mandate", by=claims.director).exists()


def test_nobody_but_the_body_states_it_for_another() -> None:
    claims = Claims()
    with pytest.raises(Refused):
        claims.state(claims.director, organisation=claims.office)
    made = claims.state(claims.keeper, organisation=claims.office, came="agreed")
    assert (made.organisation, made.stated_as, made.came) == (claims.office, claims.body, "agreed")


def test_a_role_for_some_places_and_one_that_only_reads_state_nothing() -> None:
    claims = Claims()
    for person in (member(Role.DIRECTOR, claims.directorate, places=[claims.district]), claims.reader):
        with pytest.raises(Refused):
            claims.state(person)


def test_what_was_agreed_or_decided_is_entered_by_the_body() -> None:
    claims = Claims()
    with pytest.raises(Problem) as told:
        claims.state(claims.director, came="decided")
    assert [one.field for one in told.value.errors] == ["came"]


def test_the_same_twice_is_kept_once_and_told() -> None:
    claims = Claims()
    claims.state(claims.director)
    with pytest.raises(Problem) as told:
        claims.state(claims.director, since=claims.today)
    assert (told.value.code, told.value.status) == ("exists", 409)
    assert Mandate.objects.count() == 1


def test_all_that_is_wrong_is_told_together() -> None:
    claims = Claims()
    with pytest.raises(Problem) as told:
        claims.state(
            claims.director,
            since=claims.today + 400 * DAY,
            until=claims.today,
            basis="At 36.50123, 37.18456 " + "x" * 1000,
        )
    assert {(one.field, one.code) for one in told.value.errors} == {
        *(("since", "too_late"), ("until", "before_first"), ("basis", "location"), ("basis", "too_long")),
    }
    with pytest.raises(Problem) as told:
        claims.state(claims.director, basis=" ")
    assert [(one.field, one.code) for one in told.value.errors] == [("basis", "required")]


# --- Overlaps --------------------------------------------------------------------------------------------------------


def others(claims: Claims) -> dict[str, dict[str, Any]]:
    """Second claims that overlap with none: of another function, other days, a place beside it, of the same side."""
    neighbour = DistrictFactory(parent=GovernorateFactory(code="SY020"))
    past = {"since": claims.today - 20 * DAY, "until": claims.today - 11 * DAY}
    return {
        "function": {"by": claims.doctor, "function": "licensing"},
        "days": {"by": claims.doctor, **past},
        "place": {"by": claims.doctor, "place": neighbour},
        "side": {"by": claims.director, "place": claims.district},
    }


@pytest.mark.parametrize("other", ["function", "days", "place", "side"])
def test_claims_beside_one_another_are_no_dispute(other: str) -> None:
    claims = Claims()
    claims.state(claims.director)
    said = others(claims)[other]
    claims.state(said.pop("by"), **said)
    assert not MandateDispute.objects.exists()
    assert not Mandate.objects.overlapping().exists()


@pytest.mark.parametrize("place", ["country", "governorate", "district"])
def test_claims_of_which_one_lies_in_the_other_are_found_and_disputed(place: str) -> None:
    claims = Claims()
    first = claims.state(claims.director)
    second = claims.state(claims.doctor, getattr(claims, place), since=claims.today + DAY)
    dispute = MandateDispute.objects.get()
    assert (dispute.first, dispute.second, dispute.state) == (first, second, DisputeState.OPEN)
    assert dispute.place == (claims.district if place == "district" else claims.governorate)
    assert set(Mandate.objects.overlapping()) == {first, second}
    assert [one.kind for one in dispute.events.all()] == ["opened"]


def entered_past_the_action(claims: Claims) -> None:
    """A claim of the office to the district, written without a dispute and looked at as at the end of a transaction."""
    fields = {"function": "immunization", "place": claims.district, "organisation": claims.office, "basis": "x"}
    entered = {"stated": timezone.now(), "stated_by": claims.keeper, "stated_as": claims.body, "came": "claimed"}
    Mandate.objects.create(valid=lasting(claims.today), **fields, **entered)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS no_undisputed_overlap IMMEDIATE")


def test_the_database_keeps_no_overlap_without_a_dispute_whoever_writes_it() -> None:
    claims = Claims()
    claims.state(claims.director)
    with pytest.raises(IntegrityError, match="no dispute says so"), transaction.atomic():
        entered_past_the_action(claims)


@pytest.mark.django_db(transaction=True)
def test_claims_entered_at_the_same_moment_are_all_disputed_with_one_another() -> None:
    claims = Claims()
    people = [member(Role.DIRECTOR, DirectorateFactory()) for _one in range(6)]
    places = [claims.country, claims.governorate, claims.district] * 2
    answers = at_once(
        *(lambda by=by, place=place: claims.state(by, place) for by, place in zip(people, places, strict=True))
    )
    assert all(isinstance(one, Mandate) for one in answers)
    assert MandateDispute.objects.count() == 6 * 5 // 2
    assert Mandate.objects.overlapping().count() == 6


@pytest.mark.django_db(transaction=True)
def test_the_same_claim_entered_twice_at_the_same_moment_is_kept_once() -> None:
    claims = Claims()
    answers = at_once(*[lambda: claims.state(claims.director)] * 4)
    assert sorted(one.code for one in answers if isinstance(one, Problem)) == ["exists"] * 3
    assert Mandate.objects.count() == 1


# --- Ending ----------------------------------------------------------------------------------------------------------


def end(claims: Claims, mandate: Mandate, last_day: datetime.date, by: Any = None) -> Mandate:
    """End a mandate, by the directorate unless said."""
    return end_mandate(
        mandate=mandate, last_day=last_day, why="Handed over", by=by or claims.director, at=timezone.now()
    )


def test_its_own_side_ends_a_mandate_and_never_makes_it_longer() -> None:
    claims = Claims()
    made = claims.state(claims.director)
    end(claims, made, claims.today + 5 * DAY)
    end(claims, made, claims.today + 5 * DAY)
    with pytest.raises(Problem) as told:
        end(claims, made, claims.today + 6 * DAY)
    assert [one.code for one in told.value.errors] == ["later"]
    ended = end(claims, made, claims.today - DAY)
    assert (ended.last_day, ended.state(claims.today)) == (claims.today - DAY, MandateState.OVER)
    with pytest.raises(Problem) as told:
        end(claims, made, claims.today - 2 * DAY)
    assert told.value.code == "over"


def test_what_was_to_hold_later_is_called_off() -> None:
    claims = Claims()
    made = claims.state(claims.director, since=claims.today + 5 * DAY)
    assert made.state(claims.today) == MandateState.COMING
    assert end(claims, made, claims.today).state(claims.today) == MandateState.CALLED_OFF
    assert claims.state(claims.director).state(claims.today) == MandateState.STANDING
    with pytest.raises(Problem) as told:
        end(claims, Mandate.objects.at(claims.today).get(), claims.today - 20 * DAY)
    assert [one.code for one in told.value.errors] == ["before_first"]


def test_others_end_nothing_and_the_body_what_it_entered() -> None:
    claims = Claims()
    own = claims.state(claims.director)
    for person in (claims.doctor, claims.keeper, claims.reader):
        with pytest.raises(Refused):
            end(claims, own, claims.today, by=person)
    entered = claims.state(claims.keeper, organisation=claims.office, function="training", came="agreed")
    assert end(claims, entered, claims.today, by=claims.keeper).last_day == claims.today


# --- The table -------------------------------------------------------------------------------------------------------


def test_a_table_tells_the_whole_from_parts_and_from_nobody() -> None:
    held = [
        *(Held(1, "f", "SY/"), Held(2, "f", "SY/A/a/"), Held(3, "g", "SY/A/", apart=("SY/A/a/",))),
        *(Held(4, "g", "SY/", apart=("SY/B/",)), Held(5, "g", "SY/A/a/")),
    ]
    contests = [Contest(9, 1, 2, "SY/A/a/"), Contest(8, 1, 7, "SY/"), Contest(7, 3, 5, "SY/A/a/")]
    cells = laid_out(held, contests, "fgh", ["SY/A/", "SY/B/"])
    assert [(cells["f", path].whole, cells["f", path].parts) for path in ("SY/A/", "SY/B/")] == [([1], [2]), ([1], [])]
    assert [cells["f", path].contests for path in ("SY/A/", "SY/B/")] == [[9], []]
    assert (cells["g", "SY/A/"].whole, cells["g", "SY/A/"].parts) == ([4], [3, 5])
    assert cells["g", "SY/A/"].contests == []
    assert cells["g", "SY/B/"].vacant
    assert cells["h", "SY/A/"].vacant


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_the_table_shows_who_leads_where_nobody_does_and_what_is_disputed_on_a_day() -> None:
    claims = Claims()
    dispute = claims.dispute()
    client = claims.browser(claims.reader)
    page = client.get("/policies/mandates/").text
    assert "ALEPPO" in page
    assert f"/policies/mandates/disputes/{dispute.pk}/" in page
    assert "Nobody" in page
    assert "State a mandate" not in page
    claims.decide(dispute, claims.office, day=claims.today + DAY)
    assert ">Decided<" in client.get("/policies/mandates/").text
    assert ">Decided<" not in client.get("/policies/mandates/", {"day": (claims.today + DAY).isoformat()}).text
    before = client.get("/policies/mandates/", {"day": (claims.today - 11 * DAY).isoformat()})
    assert "ALEPPO" not in before.text
    assert (claims.today - 11 * DAY).isoformat() in before.text
    listed = f"/policies/mandates/list/?function=immunization&amp;day={(claims.today - 11 * DAY).isoformat()}"
    assert listed in before.text
    assert len(client.get(listed.replace("&amp;", "&")).context["page"]) == 0


def test_what_does_not_fit_into_a_square_of_the_table_is_counted_and_led_to() -> None:
    claims = Claims()
    for _one in range(4):
        claims.state(member(Role.DIRECTOR, DirectorateFactory()))
    page = claims.browser(claims.reader).get("/policies/mandates/").text
    # One who leads and three of six disputes are left out.
    assert 'More: <span class="n">4</span>' in page
    assert "/policies/mandates/list/?function=immunization&amp;place=SY02" in page


def test_a_day_that_cannot_be_read_is_told_and_today_is_shown() -> None:
    claims = Claims()
    claims.state(claims.director)
    page = claims.browser(claims.reader).get("/policies/mandates/?day=2019-13-45")
    assert page.status_code == 200
    assert "ALEPPO" in page.text


def test_the_list_is_narrowed_sorted_and_taken_along_as_it_is_shown() -> None:
    claims = Claims()
    claims.dispute()
    claims.state(claims.director, function="training", until=claims.today - DAY)
    client = claims.browser(claims.reader)
    for query, shown in (
        *(("", 2), ("state=over", 1), ("state=all", 3), ("state=coming", 0), ("state=disputed", 2)),
        *(
            ("function=training&state=all", 1),
            ("organisation=azaz", 1),
            ("place=SY0204", 2),
            ("sort=-until&state=all", 3),
        ),
    ):
        page = client.get(f"/policies/mandates/list/?{query}")
        assert len(page.context["rows"]) == shown, query
        told = taken_along(client, "mandates", query)
        assert told.count(BASIS) == shown, query
    assert client.get("/policies/mandates/list/?sort=-until&state=all").context["rows"][0][0].function == "training"


def test_a_mandate_is_stated_on_a_page_and_a_claim_of_another_is_told() -> None:
    claims = Claims()
    claims.state(claims.director)
    client = claims.browser(claims.doctor)
    said = {"function": "immunization", "place": "SY0204", "since": claims.today.isoformat(), "basis": BASIS}
    assert client.post("/policies/mandates/new/", said | {"place": "SY99"}).status_code == 400
    answer = client.post("/policies/mandates/new/", said, follow=True)
    assert "a dispute is open" in answer.text
    made = Mandate.objects.get(organisation=claims.office)
    assert answer.redirect_chain[-1][0] == f"/policies/mandates/{made.pk}/"
    again_told = client.post("/policies/mandates/new/", said)
    assert again_told.status_code == 400
    assert "stated already" in again_told.text


def test_the_body_states_one_for_any_organisation_and_ends_it_on_pages() -> None:
    claims = Claims()
    client = claims.browser(claims.keeper)
    said = {"function": "training", "place": "SY", "since": claims.today.isoformat(), "basis": BASIS}
    assert client.post("/policies/mandates/new/", said).status_code == 400
    client.post("/policies/mandates/new/", said | {"organisation": "azaz", "came": "agreed"})
    made = Mandate.objects.get()
    assert (made.organisation, made.came) == (claims.office, "agreed")
    address = f"/policies/mandates/{made.pk}/"
    assert "End the mandate" in client.get(address).text
    ending = {"last_day": claims.today.isoformat(), "why": "Handed over"}
    assert client.post(f"{address}end/", ending).headers["Location"] == address
    assert "Handed over" in claims.browser(claims.reader).get(address).text
    assert again(made).last_day == claims.today


# --- API -------------------------------------------------------------------------------------------------------------


def test_programs_read_who_leads_what() -> None:
    claims = Claims()
    dispute = claims.dispute()
    claims.decide(dispute, claims.office)
    caller = Caller(claims.reader)
    (found,) = caller.get("/api/v1/mandates/?organisation=aleppo&function=immunization").json()["results"]
    assert found == {
        "id": claims.wide.pk,
        "function": "immunization",
        "place": "SY02",
        "organisation": "aleppo",
        "since": (claims.today - 10 * DAY).isoformat(),
        "until": None,
        "called_off": None,
        "came": "claimed",
        "basis": BASIS,
        "limits": [{"place": "SY0204", "since": claims.today.isoformat()}],
    }
    assert len(caller.get("/api/v1/mandates/?place=SY0204").json()["results"]) == 2
    assert caller.get("/api/v1/mandates/?function=flying&place=SY77").status_code == 400


def test_the_body_ends_no_side_of_a_dispute_that_it_entered_itself() -> None:
    claims = Claims()
    claims.state(claims.director)
    entered = claims.state(claims.keeper, claims.district, organisation=claims.office, came="agreed")
    with pytest.raises(Problem) as told:
        end_mandate(mandate=entered, last_day=claims.today, why="Wrong", by=claims.keeper, at=timezone.now())
    assert told.value.code == "in_dispute"
    end_mandate(mandate=entered, last_day=claims.today, why="Done", by=claims.doctor, at=timezone.now())
