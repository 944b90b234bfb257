"""Hand-overs: sub-districts offered for a day, taken over whole, in part or not at all, and given back by another one."""

import datetime as dt
import threading
from dataclasses import dataclass

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from directorates.actions.handovers import answer_handover, offer_handover, places_on_offer, withdraw_handover
from directorates.actions.jurisdictions import decide, end
from directorates.actions.organisations import dissolve, suspend
from directorates.actions.seals import seal
from directorates.foundation.models import Notice, OutboxMessage
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Handover, Jurisdiction, JurisdictionDecision, Organisation, Place, User
from directorates.models.handovers import ANSWERED_WITHIN, HandoverState
from directorates.permissions import Refused
from directorates.roles import Role
from tests.factories import BodyFactory, DirectorateFactory, DistrictFactory, SubdistrictFactory, competent, member

pytestmark = pytest.mark.django_db
NOW = timezone.now()
TODAY = timezone.localdate(NOW)
DAY = dt.timedelta(days=1)
LONG_AGO = dt.date(2018, 1, 1)


@dataclass
class Two:
    """Two directorates with their directors, the body's administrator, and a district of three sub-districts of the first."""

    giver: Organisation
    taker: Organisation
    director: User
    other: User
    administrator: User
    district: Place
    parts: list[Place]
    decision: JurisdictionDecision

    def offer(self, places: list[Place] | None = None, first: dt.date = TODAY, by: User | None = None) -> Handover:
        """Offer some places, all of the district unless said."""
        return offer_handover(
            giver=self.giver,
            taker=self.taker,
            places=[self.district] if places is None else places,
            first=first,
            reason="Cut off",
            by=by or self.director,
            at=NOW,
        )

    def take(self, held: Handover, places: list[Place] | None = None, answer: str = "") -> Handover:
        """Answer as the other director: everything unless said."""
        taken = self.parts if places is None else places
        return answer_handover(handover=held, places=taken, answer=answer, by=self.other, at=NOW)

    def competent(self, day: dt.date = TODAY) -> list[Organisation | None]:
        """Who is competent in each sub-district on a day."""
        return [Jurisdiction.objects.competent(part, day) for part in self.parts]


@pytest.fixture
def two() -> Two:
    """Two directorates, one of which holds a district."""
    district = DistrictFactory()
    parts: list[Place] = [SubdistrictFactory(parent=district) for _n in range(3)]
    giver, taker, body = DirectorateFactory(), DirectorateFactory(), BodyFactory()
    return Two(
        giver,
        taker,
        member(Role.DIRECTOR, giver),
        member(Role.DIRECTOR, taker),
        member(Role.ADMINISTRATOR, body),
        district,
        parts,
        competent(giver, district, LONG_AGO),
    )


def codes(problem: Problem) -> list[tuple[str, str]]:
    """The faults of a problem: field and code."""
    return [(fault.field, fault.code) for fault in problem.errors]


def test_an_offer_changes_nothing_and_waits_for_the_other_director(two: Two) -> None:
    held = two.offer()
    assert two.competent() == [two.giver] * 3
    assert held.state(TODAY) is HandoverState.OPEN
    assert list(places_on_offer(two.other)) == [held]
    assert list(places_on_offer(two.director)) == []
    told = set(Notice.objects.filter(kind="handover").values_list("person", flat=True))
    assert told == {two.other.pk}


def test_what_is_taken_over_changes_hands_on_the_day_and_not_before(two: Two) -> None:
    first = TODAY + 5 * DAY
    held = two.take(two.offer(first=first))
    assert held.state(TODAY) is HandoverState.TAKEN
    assert two.competent(first - DAY) == [two.giver] * 3
    assert two.competent(first) == [two.taker] * 3
    assert two.competent(LONG_AGO) == [two.giver] * 3
    two.decision.refresh_from_db()
    assert two.decision.last_day == first - DAY
    assert OutboxMessage.objects.filter(task="reporting.rescope").exists()
    assert AuditEvent.objects.filter(what="answer_handover", by=two.other).exists()


def test_a_part_can_be_refused_and_stays_with_the_giver(two: Two) -> None:
    held = two.offer()
    with pytest.raises(Problem) as caught:
        two.take(held, two.parts[:1])
    assert codes(caught.value) == [("answer", "required")]
    assert two.competent() == [two.giver] * 3
    held = two.take(held, two.parts[:1], "No road to the others")
    assert held.state(TODAY) is HandoverState.PARTLY
    assert two.competent() == [two.taker, two.giver, two.giver]
    two.decision.refresh_from_db()
    assert two.decision.last_day is None
    assert [part.taken for part in held.parts.all()] == [True, False, False]


def test_everything_can_be_refused_and_offered_again(two: Two) -> None:
    held = two.take(two.offer(), [], "Not now")
    assert held.state(TODAY) is HandoverState.REFUSED
    assert two.competent() == [two.giver] * 3
    assert JurisdictionDecision.objects.count() == 1
    assert two.take(two.offer()).state(TODAY) is HandoverState.TAKEN


def test_an_answer_is_given_once(two: Two) -> None:
    held = two.take(two.offer())
    for again in (two.parts, []):
        with pytest.raises(Problem) as caught:
            two.take(held, list(again), "Again")
        assert (caught.value.code, caught.value.status) == ("wrong_state", 409)
    assert Jurisdiction.objects.at(TODAY).count() == 3


def test_what_was_handed_over_comes_back_by_another_hand_over(two: Two) -> None:
    two.take(two.offer())
    back = offer_handover(
        giver=two.taker,
        taker=two.giver,
        places=[two.district],
        first=TODAY + 10 * DAY,
        reason="The road is open",
        by=two.other,
        at=NOW,
    )
    answer_handover(handover=back, places=two.parts, by=two.director, at=NOW)
    days = (TODAY - DAY, TODAY, TODAY + 9 * DAY, TODAY + 10 * DAY)
    assert [two.competent(day)[0] for day in days] == [two.giver, two.taker, two.taker, two.giver]


def test_what_was_lost_without_a_successor_is_handed_over_by_the_last_that_held_it(two: Two) -> None:
    end(decision=two.decision, last=TODAY - 10 * DAY, reason="Lost", by=None, at=NOW)
    two.take(two.offer(two.parts[:1]), two.parts[:1])
    assert two.competent() == [two.taker, None, None]
    assert two.competent(TODAY - 10 * DAY) == [two.giver] * 3


def test_the_taker_holds_it_no_longer_than_the_giver_would_have(two: Two) -> None:
    end(decision=two.decision, last=TODAY + 30 * DAY, reason="Until then", by=None, at=NOW)
    two.take(two.offer())
    assert two.competent(TODAY + 30 * DAY) == [two.taker] * 3
    assert two.competent(TODAY + 31 * DAY) == [None] * 3


def test_what_is_decided_for_later_stands_against_it_only_where_days_overlap(two: Two) -> None:
    end(decision=two.decision, last=TODAY + 30 * DAY, reason="Until then", by=None, at=NOW)
    third = DirectorateFactory()
    decide(organisation=third, place=two.district, first=TODAY + 31 * DAY, by=None, at=NOW)
    two.take(two.offer())
    days = (TODAY + 30 * DAY, TODAY + 31 * DAY)
    assert [two.competent(day)[0] for day in days] == [two.taker, third]
    with pytest.raises(Problem) as caught:
        two.offer(first=TODAY + 40 * DAY)
    assert codes(caught.value) == [("places", "not_held")]


@pytest.mark.parametrize("change", [suspend, dissolve])
def test_for_a_directorate_that_does_not_act_the_body_offers(two: Two, change: object) -> None:
    with pytest.raises(Refused):
        two.offer(by=two.administrator)
    change(organisation=two.giver, since=TODAY, reason="Displaced", by=two.administrator, at=NOW)  # type: ignore[operator]
    with pytest.raises(Refused):
        two.offer()
    held = two.offer(by=two.administrator)
    assert held.offered_as == two.administrator.memberships.get().organisation
    assert two.take(held).state(TODAY) is HandoverState.TAKEN


def test_what_a_sealed_directorate_offered_itself_rests(two: Two) -> None:
    held = two.offer()
    seal(by=two.director, organisation=two.giver, reason="Danger", at=NOW)
    with pytest.raises(Problem) as caught:
        two.take(held)
    assert (caught.value.code, caught.value.status) == ("giver_sealed", 409)
    assert two.competent() == [two.giver] * 3
    withdraw_handover(handover=held, by=two.administrator, at=NOW)
    assert two.take(two.offer(by=two.administrator)).state(TODAY) is HandoverState.TAKEN


def test_nothing_is_offered_to_whoever_cannot_answer(two: Two) -> None:
    seal(by=two.other, organisation=two.taker, reason="Danger", at=NOW)
    with pytest.raises(Problem) as caught:
        two.offer()
    assert codes(caught.value) == [("taker", "cannot_answer")]


def test_everything_wrong_with_an_offer_is_told_at_once(two: Two) -> None:
    decide(organisation=two.taker, place=SubdistrictFactory(parent=two.district), first=LONG_AGO, by=None, at=NOW)
    said = {"giver": two.giver, "by": two.director, "at": NOW}
    with pytest.raises(Problem) as caught:
        offer_handover(taker=two.giver, places=[], first=TODAY - DAY, reason=" ", **said)  # type: ignore[arg-type]
    assert codes(caught.value) == [
        ("taker", "same"),
        ("first", "in_past"),
        ("reason", "required"),
        ("places", "required"),
    ]
    held_by_another = Place.objects.filter(parent=two.district).last()
    assert held_by_another is not None
    with pytest.raises(Problem) as caught:
        offer_handover(taker=two.taker, places=[held_by_another], first=TODAY, reason="Why", **said)  # type: ignore[arg-type]
    assert codes(caught.value) == [("places", "not_held")]


def test_a_place_waits_in_one_offer_at_a_time(two: Two) -> None:
    two.offer(two.parts[:1])
    with pytest.raises(Problem) as caught:
        two.offer()
    assert codes(caught.value) == [("places", "offered_already")]
    assert str(two.parts[0].name) in str(caught.value.errors[0].message)


def test_an_offer_lapses_and_makes_way(two: Two) -> None:
    held = two.offer()
    late = NOW + ANSWERED_WITHIN + 2 * DAY
    assert held.state(timezone.localdate(late)) is HandoverState.LAPSED
    with pytest.raises(Problem) as caught:
        answer_handover(handover=held, places=two.parts, by=two.other, at=late)
    assert caught.value.code == "wrong_state"
    again = offer_handover(
        giver=two.giver,
        taker=two.taker,
        places=[two.district],
        first=timezone.localdate(late),
        reason="Again",
        by=two.director,
        at=late,
    )
    assert again.state(timezone.localdate(late)) is HandoverState.OPEN
    assert held.state(timezone.localdate(late)) is HandoverState.LAPSED


def test_what_was_decided_meanwhile_is_told_and_nothing_is_taken_over(two: Two) -> None:
    held = two.offer(first=TODAY + 5 * DAY)
    third = DirectorateFactory()
    end(decision=two.decision, last=TODAY, reason="Decided", places=two.parts[:1], by=None, at=NOW)
    decide(organisation=third, place=two.parts[0], first=TODAY + DAY, by=None, at=NOW)
    with pytest.raises(Problem) as caught:
        two.take(held)
    assert codes(caught.value) == [("places", "not_held")]
    assert two.competent(TODAY + 5 * DAY) == [third, two.giver, two.giver]
    two.take(held, two.parts[1:], "The first is another's now")
    assert two.competent(TODAY + 5 * DAY) == [third, two.taker, two.taker]


def test_whoever_has_no_part_in_it_neither_offers_answers_nor_withdraws(two: Two) -> None:
    officer = member(Role.DATA_OFFICER, two.giver)
    with pytest.raises(Refused):
        two.offer(by=officer)
    held = two.offer()
    for stranger in (two.director, two.administrator, officer):
        with pytest.raises(Refused):
            answer_handover(handover=held, places=two.parts, by=stranger, at=NOW)
    with pytest.raises(Refused):
        withdraw_handover(handover=held, by=two.other, at=NOW)
    assert withdraw_handover(handover=held, by=two.director, at=NOW).state(TODAY) is HandoverState.WITHDRAWN


def test_a_text_that_gives_a_location_is_not_kept(two: Two) -> None:
    with pytest.raises(Problem) as caught:
        offer_handover(
            giver=two.giver,
            taker=two.taker,
            places=[two.district],
            first=TODAY,
            reason="Near 35.9306, 36.6339",
            by=two.director,
            at=NOW,
        )
    assert codes(caught.value) == [("reason", "location")]


def test_the_database_keeps_offers_and_answers_as_they_were_given(two: Two) -> None:
    held = two.take(two.offer())
    changes = (
        lambda: Handover.objects.filter(pk=held.pk).update(reason="Another"),
        lambda: Handover.objects.filter(pk=held.pk).update(answered=None),
        lambda: held.parts.update(taken=False, decision=None),
        lambda: Handover.objects.filter(pk=held.pk).delete(),
    )
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_at_once_one_counts(two: Two) -> None:
    held, outcomes = two.offer(), list[str]()

    def run(places: list[Place]) -> None:
        try:
            two.take(held, places, "Said")
            outcomes.append("answered")
        except Problem as problem:
            outcomes.append(problem.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[places]) for places in (two.parts, [])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["answered", "wrong_state"]
    assert Jurisdiction.objects.at(TODAY).count() == 3
