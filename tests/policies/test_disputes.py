"""Disputes over mandates: both sides, an interim arrangement, a decision that changes days, an appeal; nothing overwritten."""

from typing import Any

import pytest
from django.db import ProgrammingError, transaction
from django.utils import timezone

from coordination.homes import waiting_count
from directorates.foundation.problems import Problem
from directorates.permissions import Refused
from policies.actions.disputes import arrange_interim, close_lapsed_disputes, write_statement
from policies.actions.mandates import end_mandate
from policies.models import DisputeDeed, DisputeEvent, DisputeState, Mandate, MandateDispute, MandateState
from tests.api.callers import Caller
from tests.factories import DirectorateFactory, member
from tests.policies.claims import DAY, Claims, again, taken_along
from tests.threads import at_once

pytestmark = pytest.mark.django_db


def state_of(dispute: MandateDispute) -> str:
    """How far a dispute is now."""
    return str(MandateDispute.objects.get(pk=dispute.pk).state)


def kinds(dispute: MandateDispute) -> list[str]:
    """What happened, in order."""
    return list(dispute.events.values_list("kind", flat=True))


def say(dispute: MandateDispute, by: Any, text: str = "We run the clinics") -> None:
    """State a case."""
    write_statement(dispute=dispute, text=text, by=by, at=timezone.now())


def test_both_sides_state_their_case_and_nobody_else_does() -> None:
    claims = Claims()
    dispute = claims.dispute()
    say(dispute, claims.director)
    say(dispute, claims.director)
    say(dispute, claims.doctor, "So do we")
    say(dispute, claims.director, "Said anew")
    assert kinds(dispute) == ["opened", "statement", "statement", "statement"]
    for person in (claims.reader, claims.keeper, member("director", DirectorateFactory())):
        with pytest.raises(Refused):
            say(dispute, person)
    for text, code in (("", "required"), ("x" * 4001, "too_long"), ("36.50123, 37.18456", "location")):
        with pytest.raises(Problem) as told:
            say(dispute, claims.doctor, text)
        assert [one.code for one in told.value.errors] == [code]


def test_the_body_arranges_how_the_work_goes_on_until_it_is_decided() -> None:
    claims = Claims()
    dispute = claims.dispute()
    for text in ("Mixed teams", "Mixed teams", "Mixed teams and one register"):
        arrange_interim(dispute=dispute, text=text, by=claims.keeper, at=timezone.now())
    assert kinds(dispute) == ["opened", "interim", "interim"]
    assert state_of(dispute) == DisputeState.INTERIM
    with pytest.raises(Refused):
        arrange_interim(dispute=dispute, text="x", by=claims.director, at=timezone.now())
    claims.decide(dispute, claims.office)
    with pytest.raises(Problem) as told:
        arrange_interim(dispute=dispute, text="x", by=claims.keeper, at=timezone.now())
    assert (told.value.code, told.value.status) == ("not_open", 409)


def test_decided_for_the_smaller_place_the_larger_claim_goes_on_in_the_rest() -> None:
    claims = Claims()
    dispute = claims.dispute()
    claims.decide(dispute, claims.office)
    assert (again(claims.wide).last_day, again(claims.narrow).last_day) == (None, None)
    (limit,) = claims.wide.limits.all()
    assert (limit.place, limit.since) == (claims.district, claims.today)
    assert (state_of(dispute), MandateDispute.objects.get().decided_for) == (DisputeState.DECIDED, claims.office)
    third = member("director", DirectorateFactory())
    claims.state(third, claims.district, since=claims.today)
    later = MandateDispute.objects.exclude(pk=dispute.pk).get()
    assert later.first == claims.narrow


def test_decided_for_the_larger_place_the_smaller_claim_ends_on_the_day_before() -> None:
    claims = Claims()
    dispute = claims.dispute()
    claims.decide(dispute, claims.directorate, day=claims.today + 3 * DAY)
    assert again(claims.narrow).last_day == claims.today + 2 * DAY
    assert again(claims.wide).last_day is None
    assert not claims.wide.limits.exists()


def test_decided_from_the_first_common_day_the_other_claim_never_held() -> None:
    claims = Claims()
    dispute = claims.dispute()
    claims.decide(dispute, claims.directorate, day=claims.narrow.begins)
    assert again(claims.narrow).state(claims.today) == MandateState.CALLED_OFF
    assert not Mandate.objects.overlapping().exists()


def test_everything_wrong_with_a_decision_is_told_together_and_nothing_is_written() -> None:
    claims = Claims()
    dispute = claims.dispute()
    wrong = {"day": claims.today - 11 * DAY, "decision": "", "basis": "x" * 1001}
    with pytest.raises(Problem) as told:
        claims.decide(dispute, claims.body, **wrong)
    assert {(one.field, one.code) for one in told.value.errors} == {
        *(("decision", "required"), ("basis", "too_long"), ("for_whom", "neither"), ("day", "too_early")),
    }
    with pytest.raises(Problem) as told:
        claims.decide(dispute, claims.office, day=claims.today + 400 * DAY)
    assert [one.code for one in told.value.errors] == ["too_late"]
    assert kinds(dispute) == ["opened"]


def test_neither_side_decides_nor_the_body_in_a_matter_of_its_own() -> None:
    claims = Claims()
    dispute = claims.dispute()
    for person in (claims.director, claims.doctor, claims.reader):
        with pytest.raises(Refused):
            claims.decide(dispute, claims.office, by=person)
    claims.state(claims.keeper, function="training", organisation=claims.body, came="agreed")
    claims.state(claims.director, function="training")
    own = MandateDispute.objects.get(function="training")
    with pytest.raises(Refused) as told:
        claims.decide(own, claims.body)
    assert told.value.code == "own_case"


def test_what_was_decided_against_a_side_it_does_not_claim_anew() -> None:
    claims = Claims()
    claims.decide(claims.dispute(), claims.directorate)
    with pytest.raises(Problem) as told:
        claims.state(claims.doctor, claims.district, since=claims.today)
    assert (told.value.code, [one.field for one in told.value.errors]) == ("decided", ["place"])
    claims.state(claims.doctor, claims.district, since=claims.today, function="training")
    past = {"since": claims.today - 30 * DAY, "until": claims.today - 20 * DAY}
    claims.state(claims.doctor, claims.district, **past)
    claims.state(claims.keeper, claims.district, organisation=claims.office, since=claims.today, came="agreed")
    assert MandateDispute.objects.waiting().count() == 1


@pytest.mark.django_db(transaction=True)
def test_decided_twice_at_the_same_moment_it_is_decided_once() -> None:
    claims = Claims()
    dispute = claims.dispute()
    sides = [claims.office, claims.directorate] * 2
    answers = at_once(*(lambda side=side: claims.decide(dispute, side) for side in sides))
    assert sorted(one.code for one in answers if isinstance(one, Problem)) == ["not_open"] * 3
    assert kinds(dispute) == ["opened", "decision"]


def test_the_side_that_lost_appeals_once_and_the_decision_can_be_upheld() -> None:
    claims = Claims()
    dispute = claims.decide(claims.dispute(), claims.office)
    with pytest.raises(Problem) as told:
        claims.appeal(dispute, claims.doctor)
    assert told.value.code == "not_yours"
    claims.appeal(dispute, claims.director)
    with pytest.raises(Problem):
        claims.appeal(dispute, claims.director)
    claims.hear(dispute, claims.office)
    assert kinds(dispute) == ["opened", "decision", "appeal", "upheld"]
    assert state_of(dispute) == DisputeState.CLOSED
    with pytest.raises(Problem) as told:
        claims.hear(dispute, claims.directorate)
    assert told.value.code == "not_open"


@pytest.mark.parametrize("first", ["office", "directorate"])
def test_an_appeal_that_is_won_puts_the_other_side_in_the_disputed_place(first: str) -> None:
    claims = Claims()
    winner, loser = getattr(claims, first), claims.directorate if first == "office" else claims.office
    dispute = claims.decide(claims.dispute(), winner)
    claims.appeal(dispute, claims.director if first == "office" else claims.doctor)
    with pytest.raises(Problem) as told:
        claims.hear(dispute, loser, day=claims.today - DAY)
    assert [(one.field, one.code) for one in told.value.errors] == [("day", "too_early")]
    later = claims.today + 2 * DAY
    claims.hear(dispute, loser, day=later)
    made = Mandate.objects.get(came="decided")
    assert (made.organisation, made.place, made.begins) == (loser, claims.district, later)
    assert kinds(dispute)[-1] == DisputeDeed.CHANGED
    assert MandateDispute.objects.count() == 1
    assert made not in Mandate.objects.overlapping()


def test_a_side_that_ends_its_claim_gives_way() -> None:
    claims = Claims()
    dispute = claims.dispute()
    end: dict[str, Any] = {"mandate": claims.narrow, "by": claims.doctor, "at": timezone.now(), "why": "Handed over"}
    end_mandate(last_day=claims.today + 5 * DAY, **end)
    assert state_of(dispute) == DisputeState.OPEN
    end_mandate(last_day=claims.today, **end)
    assert (state_of(dispute), kinds(dispute)) == (DisputeState.GIVEN_WAY, ["opened", "gave_way"])


def test_what_was_said_and_decided_is_never_changed_and_no_mandate_is_thrown_away() -> None:
    claims = Claims()
    claims.decide(claims.dispute(), claims.office)
    for deed in (
        lambda: DisputeEvent.objects.update(text="Otherwise"),
        lambda: DisputeEvent.objects.all()._raw_delete("default"),
        lambda: Mandate.objects.all()._raw_delete("default"),
        lambda: MandateDispute.objects.all()._raw_delete("default"),
        lambda: claims.wide.limits.update(since=claims.today + DAY),
    ):
        with pytest.raises(ProgrammingError), transaction.atomic():
            deed()


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_a_dispute_goes_from_statements_to_the_outcome_of_an_appeal_on_pages() -> None:
    claims = Claims()
    address = f"/policies/mandates/disputes/{claims.dispute().pk}/"
    director, doctor, keeper = (claims.browser(one) for one in (claims.director, claims.doctor, claims.keeper))
    assert director.post(f"{address}statement/", {"text": "One cold chain"}).headers["Location"] == address
    doctor.post(f"{address}statement/", {"text": "Our own teams"})
    page = claims.browser(claims.reader).get(address).text
    assert page.index("One cold chain") < page.index("Our own teams")
    assert "State your case" not in page
    keeper.post(f"{address}interim/", {"text": "Mixed teams meanwhile"})
    decision = {"for_whom": "azaz", "day": claims.today.isoformat(), "basis": "Meeting 9", "decision": "The district"}
    assert keeper.post(f"{address}decision/", decision | {"for_whom": "body"}).status_code == 400
    assert keeper.post(f"{address}decision/", decision).headers["Location"] == address
    told = keeper.post(f"{address}decision/", decision, follow=True)
    assert "stands otherwise by now" in told.text
    assert ">Appeal<" not in doctor.get(address).text
    assert "Appeal" in director.get(address).text
    director.post(f"{address}appeal/", {"text": "Children were left out"})
    outcome = decision | {"for_whom": "aleppo", "decision": "One programme for all"}
    keeper.post(f"{address}outcome/", outcome)
    page = claims.browser(claims.reader).get(address).text
    for words in ("Mixed teams meanwhile", "Children were left out", "One programme for all", "Decided for good"):
        assert words in page
    assert "But not in" in claims.browser(claims.reader, "en").get(f"/policies/mandates/{claims.wide.pk}/").text


def test_only_those_meant_reach_the_forms() -> None:
    claims = Claims()
    address = f"/policies/mandates/disputes/{claims.dispute().pk}/"
    for person, open_to in ((claims.director, "statement"), (claims.keeper, "interim"), (claims.reader, "")):
        client = claims.browser(person)
        for deed in ("statement", "interim"):
            assert client.get(f"{address}{deed}/").status_code == (200 if deed == open_to else 403)


def test_the_list_shows_what_waits_and_is_taken_along() -> None:
    claims = Claims()
    dispute = claims.dispute()
    client = claims.browser(claims.reader)
    assert "Immunization" in client.get("/policies/mandates/disputes/").text
    claims.decide(dispute, claims.office)
    for query, shown in (("", 0), ("state=over", 1), ("state=all&sort=place", 1), ("function=training&state=all", 0)):
        assert len(client.get(f"/policies/mandates/disputes/?{query}").context["page"]) == shown
        told = taken_along(client, "disputes", query)
        assert told.count("SY0204") == shown
    assert "خلاف" in claims.browser(claims.reader, "ar").get(f"/policies/mandates/disputes/{dispute.pk}/").text


# --- API -------------------------------------------------------------------------------------------------------------


def test_programs_read_what_was_said_and_decided() -> None:
    claims = Claims()
    dispute = claims.dispute()
    say(dispute, claims.director)
    claims.decide(dispute, claims.office)
    caller = Caller(claims.reader)
    (found,) = caller.get("/api/v1/disputes/?status=decided").json()["results"]
    assert (found["place"], found["first"], found["decided_for"]) == ("SY0204", claims.wide.pk, "azaz")
    assert [one["what"] for one in found["events"]] == ["opened", "statement", "decision"]
    assert found["events"][-1]["day"] == claims.today.isoformat()
    assert caller.get("/api/v1/disputes/?status=open").json()["results"] == []
    assert caller.get("/api/v1/disputes/?status=lost").status_code == 400


def test_nothing_is_decided_for_a_side_that_does_not_claim_it_on_that_day() -> None:
    claims = Claims()
    dispute = claims.dispute(until=claims.today)
    with pytest.raises(Problem) as told:
        claims.decide(dispute, claims.office, day=claims.today + DAY)
    assert [(one.field, one.code) for one in told.value.errors] == [("day", "over")]


# --- What ends without a decision of its own -------------------------------------------------------------------------


def third_claim(claims: Claims) -> Mandate:
    """A third organisation claims the district as well."""
    return claims.state(member("director", DirectorateFactory()), claims.district)


def between(first: Mandate, second: Mandate) -> MandateDispute:
    """The dispute of two claims."""
    found: MandateDispute = MandateDispute.objects.named().get(first=first, second=second)
    return found


def test_a_claim_that_a_decision_ended_is_disputed_with_nobody_else_any_more() -> None:
    claims = Claims()
    dispute = claims.dispute()
    third = third_claim(claims)
    claims.decide(dispute, claims.directorate)
    ended = between(claims.narrow, third)
    assert (ended.state, kinds(ended)) == (DisputeState.LAPSED, ["opened", "lapsed"])
    assert state_of(between(claims.wide, third)) == DisputeState.OPEN


def test_a_dispute_ends_with_the_last_day_on_which_both_claim_it() -> None:
    claims = Claims()
    dispute = claims.dispute()
    third = third_claim(claims)
    claims.decide(dispute, claims.directorate, day=claims.today + 3 * DAY)
    other = between(claims.narrow, third)
    now = timezone.now()
    assert close_lapsed_disputes(at=now + 2 * DAY) == 0
    assert [close_lapsed_disputes(at=now + 3 * DAY) for _twice in "12"] == [1, 0]
    assert state_of(other) == DisputeState.LAPSED
    assert other.events.get(kind=DisputeDeed.LAPSED).by is None
    page = claims.browser(claims.reader).get(f"/policies/mandates/disputes/{other.pk}/").text
    assert "Both claim it on no day to come" in page
    told = Caller(claims.reader).get("/api/v1/disputes/?status=lapsed").json()["results"][0]["events"][-1]
    assert (told["what"], told["organisation"]) == ("lapsed", None)


def test_a_dispute_about_days_that_were_past_already_stays_until_it_is_decided() -> None:
    claims = Claims()
    past: dict[str, Any] = {"since": claims.today - 90 * DAY, "until": claims.today - 60 * DAY}
    claims.state(claims.director, **past)
    claims.state(claims.doctor, claims.district, **past)
    dispute = MandateDispute.objects.named().get()
    assert close_lapsed_disputes(at=timezone.now() + DAY) == 0
    claims.decide(dispute, claims.office, day=claims.today - 80 * DAY)
    assert state_of(dispute) == DisputeState.DECIDED


def test_a_claim_to_more_does_not_hold_where_it_was_decided_for_another() -> None:
    claims = Claims()
    claims.decide(claims.dispute(), claims.office)
    end: dict[str, Any] = {"mandate": claims.wide, "by": claims.director, "at": timezone.now(), "why": "Written anew"}
    end_mandate(last_day=claims.today, **end)
    anew = claims.state(claims.director, since=claims.today + DAY)
    (limit,) = anew.limits.all()
    assert (limit.place, limit.since) == (claims.district, anew.begins)
    assert MandateDispute.objects.count() == 1
    before = {"since": claims.today - 30 * DAY, "until": claims.today - 20 * DAY}
    assert not claims.state(claims.director, claims.country, **before).limits.exists()


def test_decided_twice_for_the_same_place_the_earlier_day_counts() -> None:
    claims = Claims()
    dispute = claims.dispute()
    third = third_claim(claims)
    claims.decide(dispute, claims.office, day=claims.today + 5 * DAY)
    claims.decide(between(claims.wide, third), third.organisation)
    assert set(claims.wide.limits.values_list("since", flat=True)) == {claims.today, claims.today + 5 * DAY}
    (pair,) = (one for one in claims.wide.overlaps() if one.second == claims.narrow.pk)
    assert pair.days.upper == claims.today


def test_upheld_a_decision_holds_from_its_own_day() -> None:
    claims = Claims()
    dispute = claims.decide(claims.dispute(), claims.office)
    claims.appeal(dispute, claims.director)
    claims.hear(dispute, claims.office, day=claims.today + 9 * DAY)
    assert dispute.events.get(kind=DisputeDeed.UPHELD).day == claims.today


def test_an_appeal_that_is_won_gives_no_more_days_than_were_claimed() -> None:
    claims = Claims()
    last = claims.today + 10 * DAY
    dispute = claims.decide(claims.dispute(until=last), claims.directorate)
    claims.appeal(dispute, claims.doctor)
    with pytest.raises(Problem) as told:
        claims.hear(dispute, claims.office, day=last + DAY)
    assert [(one.field, one.code) for one in told.value.errors] == [("day", "over")]
    claims.hear(dispute, claims.office, day=claims.today + DAY)
    assert Mandate.objects.get(came="decided").last_day == last


def at_home(claims: Claims, person: Any) -> list[MandateDispute]:
    """The disputes that wait for a person at home."""
    found: list[MandateDispute] = claims.browser(person).get("/").context["agreed"].disputes
    return found


def test_a_side_that_says_nothing_and_the_body_find_the_dispute_on_their_homes() -> None:
    claims = Claims()
    dispute = claims.dispute()
    address = f"/policies/mandates/disputes/{dispute.pk}/"
    people = (claims.director, claims.doctor, claims.keeper, claims.reader)
    waits = [waiting_count(one) for one in people]
    assert [at_home(claims, one) for one in people] == [[dispute], [dispute], [dispute], []]
    assert address in claims.browser(claims.doctor).get("/").text
    say(dispute, claims.director)
    assert [waiting_count(one) for one in people] == [waits[0] - 1, *waits[1:]]
    claims.decide(dispute, claims.office)
    assert [at_home(claims, one) for one in people] == [[]] * 4


def test_a_dispute_of_the_body_itself_says_how_it_ends() -> None:
    claims = Claims()
    claims.state(claims.keeper, function="training", organisation=claims.body, came="agreed")
    claims.state(claims.director, function="training")
    own = MandateDispute.objects.get(function="training")
    page = claims.browser(claims.keeper).get(f"/policies/mandates/disputes/{own.pk}/").text
    assert "it is settled when one side ends its claim" in page
    assert not MandateDispute.objects.to_decide(claims.body.pk).exists()


def test_what_a_side_wrote_is_shown_again_where_the_dispute_was_decided_for_good_meanwhile() -> None:
    claims = Claims()
    dispute = claims.dispute()
    client = claims.browser(claims.doctor)
    claims.decide(dispute, claims.directorate)
    claims.appeal(dispute, claims.doctor)
    claims.hear(dispute, claims.directorate)
    page = f"/policies/mandates/disputes/{dispute.pk}/"
    answer = client.post(f"{page}statement/", {"text": "Our long case"}, follow=True)
    assert answer.redirect_chain
    assert "Decided for good" in answer.text
    assert "Our long case" in answer.text
    assert "Our long case" not in client.get(page).text, "it is told once"
