"""Double reports: found by the portal, settled by the parties or an arbiter, reversible; what counts follows at once."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.db.utils import DatabaseError
from django.utils import timezone

from coordination.reporting.actions.arbiters import decide_settlement
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.double_reports import WITHIN, attend, escalate_double_reports
from coordination.reporting.actions.reviews import approve, reopen, send_back
from coordination.reporting.actions.settlements import (
    Said,
    confirm_settlement,
    propose_settlement,
    refuse_settlement,
)
from coordination.reporting.actions.versions import change_head
from coordination.reporting.models import Cell, CountedReport, DoubleReport, DoubleReportEvent, Settlement, Touched
from coordination.reporting.models.double_reports import DoubleDeed, DoubleState
from coordination.reporting.rules.settlements import Part, Way
from directorates.actions.seals import seal
from directorates.foundation.models import Notice, OutboxMessage
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Refused
from tests.factories import OrganisationFactory, member
from tests.reporting.doubled import Doubled
from tests.reporting.reports import Scene, send_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Doubled:
    """Two approved reports about one facility and month: 10 and 2, 12 and 5; the later counts."""
    return Doubled()


def numbers(scene: Doubled) -> dict[str, int]:
    """What counts."""
    return {slot: int(number) for slot, number in scene.counted.items()}


def refused(problem: pytest.ExceptionInfo[Problem], code: str, status: int = 409) -> None:
    """Whether it was refused for that reason."""
    assert (problem.value.code, problem.value.status) == (code, status)


def test_reports_of_one_facility_and_period_by_two_bodies_are_found_once(scene: Doubled) -> None:
    double = scene.double
    assert (double.state, double.facility, double.template) == (DoubleState.OPEN, scene.facility, scene.template)
    assert double.due == timezone.localdate() + WITHIN
    assert attend(at=timezone.now(), everything=True) == 0
    assert attend(at=timezone.now()) == 0
    assert DoubleReportEvent.objects.get().kind == DoubleDeed.FOUND


def test_both_sides_are_told_that_it_was_found(scene: Doubled) -> None:
    told = set(Notice.objects.filter(kind="double_report").values_list("person", flat=True))
    assert told == {scene.coordinator.pk, scene.rival.pk}


def test_one_report_alone_or_a_draft_beside_it_is_no_double_report() -> None:
    single = Scene()
    single.sent()
    attend(at=timezone.now(), everything=True)
    assert not DoubleReport.objects.exists()


def test_a_report_that_is_sent_back_leaves_one_and_coming_again_makes_it_double_again(scene: Doubled) -> None:
    waiting = reopen(by=scene.officer, submission=scene.second, reason="Look again", at=timezone.now())
    send_back(by=scene.officer, submission=waiting, reason="Look again", at=timezone.now())
    assert "reporting.attend_to_double_reports" in OutboxMessage.objects.values_list("task", flat=True)
    assert attend(at=timezone.now()) == 1
    assert scene.double.state == DoubleState.OVER
    scene.second.refresh_from_db()
    send_again(scene.second, by=scene.rival)
    attend(at=timezone.now())
    assert scene.double.state == DoubleState.OPEN


def test_a_settlement_counts_once_the_other_side_confirmed_it(scene: Doubled) -> None:
    assert numbers(scene) == {"s1": 12, "s2": 5}
    proposal = scene.propose(Way.ADD)
    assert (scene.double.state, numbers(scene)) == (DoubleState.PROPOSED, {"s1": 12, "s2": 5})
    confirm_settlement(double=scene.double, settlement=proposal, by=scene.rival, at=timezone.now())
    counted = CountedReport.objects.get()
    assert numbers(scene) == {"s1": 22, "s2": 7}
    assert (counted.rule, counted.settlement, scene.double.state) == ("settled", proposal, DoubleState.SETTLED)


@pytest.mark.parametrize(
    ("way", "said", "comes_to"),
    [
        (Way.TAKE, {"taken": True}, {"s1": 10, "s2": 2}),
        (Way.LARGER, {}, {"s1": 12, "s2": 5}),
        (Way.VALUES, {"taken": True, "parts": {"s1": Part(value=Decimal(11)), "s2": Part()}}, {"s1": 11}),
        (Way.SPLIT, {"taken": True}, {"s1": 10, "s2": 2}),
    ],
)
def test_each_way_comes_to_what_it_says(
    scene: Doubled, way: Way, said: dict[str, object], comes_to: dict[str, int]
) -> None:
    scene.settle(way, **(said | ({"taken": scene.ngo} if "taken" in said else {})))
    assert numbers(scene) == comes_to


def test_a_settlement_reaches_the_figures_with_its_own_marks(scene: Doubled) -> None:
    drain()
    scene.settle(Way.ADD)
    assert Touched.objects.count() == 1
    drain()
    totals = {cell.total for cell in Cell.objects.filter(template=scene.template.pk, level=3)}
    assert totals == {Decimal(22), Decimal(7)}


def test_what_was_settled_is_taken_back_by_another_settlement(scene: Doubled) -> None:
    scene.settle(Way.ADD)
    back = scene.settle(Way.RULE, reason="It was one ward")
    counted = CountedReport.objects.get()
    assert (numbers(scene), counted.settlement, counted.overlay) == ({"s1": 12, "s2": 5}, None, None)
    assert (scene.double.state, back.takes_back) == (DoubleState.OPEN, True)
    assert Settlement.objects.count() == 2, "nothing is thrown away"


def test_a_settlement_is_no_answer_before_one_is_settled_to_taking_it_back(scene: Doubled) -> None:
    with pytest.raises(Problem) as problem:
        scene.propose(Way.RULE)
    refused(problem, "invalid", 400)


def test_a_report_that_is_reopened_leaves_the_other_to_count_and_the_settlement_holds_when_it_is_back(
    scene: Doubled,
) -> None:
    scene.settle(Way.ADD)
    reopen(by=scene.officer, submission=scene.second, reason="Look again", at=timezone.now())
    assert (numbers(scene), CountedReport.objects.get().rule) == ({"s1": 10, "s2": 2}, "only")
    approve(by=scene.officer, submission=scene.second, at=timezone.now())
    assert numbers(scene) == {"s1": 22, "s2": 7}
    attend(at=timezone.now())
    assert scene.double.state == DoubleState.SETTLED, "no report was corrected"


def test_after_a_correction_the_old_settlement_counts_and_is_asked_again(scene: Doubled) -> None:
    scene.settle(Way.ADD)
    waiting = reopen(by=scene.officer, submission=scene.second, reason="Look again", at=timezone.now())
    send_back(by=scene.officer, submission=waiting, reason="Look again", at=timezone.now())
    attend(at=timezone.now())
    assert scene.double.state == DoubleState.OVER
    scene.second.refresh_from_db()
    send_again(scene.second, by=scene.rival, doc={"s1": 20})
    attend(at=timezone.now())
    assert scene.double.state == DoubleState.AGAIN
    approve(by=scene.officer, submission=scene.second, at=timezone.now())
    assert numbers(scene) == {"s1": 30, "s2": 2}, "what was agreed on, of what stands now"
    scene.settle(Way.TAKE, taken=scene.other)
    assert (scene.double.state, numbers(scene)) == (DoubleState.SETTLED, {"s1": 20})


def test_a_proposal_lapses_when_a_report_is_corrected(scene: Doubled) -> None:
    proposal = scene.propose(Way.ADD)
    scene.second.refresh_from_db()
    send_again(scene.second, by=scene.rival)
    attend(at=timezone.now())
    assert (scene.double.state, scene.double.proposal) == (DoubleState.OPEN, None)
    with pytest.raises(Problem) as problem:
        confirm_settlement(double=scene.double, settlement=proposal, by=scene.rival, at=timezone.now())
    refused(problem, "changed")


def test_nobody_confirms_the_own_proposal(scene: Doubled) -> None:
    proposal = scene.propose(Way.ADD)
    with pytest.raises(Problem) as problem:
        confirm_settlement(double=scene.double, settlement=proposal, by=scene.coordinator, at=timezone.now())
    refused(problem, "not_yours")


def test_proposed_or_confirmed_twice_nothing_changes(scene: Doubled) -> None:
    proposal = scene.propose(Way.ADD)
    assert scene.propose(Way.ADD) == proposal
    for _again in range(2):
        confirm_settlement(double=scene.double, settlement=proposal, by=scene.rival, at=timezone.now())
    assert DoubleReportEvent.objects.filter(kind=DoubleDeed.CONFIRMED).count() == 1
    assert numbers(scene) == {"s1": 22, "s2": 7}


def test_a_counter_proposal_takes_the_place_of_the_first(scene: Doubled) -> None:
    first = scene.propose(Way.ADD)
    second = scene.propose(Way.LARGER, by=scene.rival)
    with pytest.raises(Problem) as problem:
        confirm_settlement(double=scene.double, settlement=first, by=scene.rival, at=timezone.now())
    refused(problem, "changed")
    confirm_settlement(double=scene.double, settlement=second, by=scene.coordinator, at=timezone.now())
    assert numbers(scene) == {"s1": 12, "s2": 5}


def test_what_is_refused_leaves_the_rule_and_says_why(scene: Doubled) -> None:
    proposal = scene.propose(Way.ADD)
    refuse_settlement(double=scene.double, settlement=proposal, reason="Same ward", by=scene.rival, at=timezone.now())
    assert (scene.double.state, numbers(scene)) == (DoubleState.OPEN, {"s1": 12, "s2": 5})
    assert DoubleReportEvent.objects.filter(kind=DoubleDeed.REFUSED).get().text == "Same ward"


def test_what_is_proposed_by_the_reviewing_directorate_needs_both_sides(scene: Doubled) -> None:
    proposal = scene.propose(Way.ADD, by=scene.officer)
    confirm_settlement(double=scene.double, settlement=proposal, by=scene.coordinator, at=timezone.now())
    assert scene.double.state == DoubleState.PROPOSED
    with pytest.raises(Refused):
        confirm_settlement(double=scene.double, settlement=proposal, by=scene.officer, at=timezone.now())
    confirm_settlement(double=scene.double, settlement=proposal, by=scene.rival, at=timezone.now())
    assert scene.double.state == DoubleState.SETTLED


def test_a_proposal_that_nobody_answered_in_time_is_refused_and_lapses(scene: Doubled) -> None:
    proposal = scene.propose(Way.ADD)
    later = timezone.now() + WITHIN + datetime.timedelta(days=1)
    with pytest.raises(Problem) as problem:
        confirm_settlement(double=scene.double, settlement=proposal, by=scene.rival, at=later)
    refused(problem, "expired")
    escalate_double_reports(at=later)
    assert scene.double.proposal is None
    assert scene.double.state == DoubleState.OPEN


def test_what_is_not_settled_in_time_is_told_to_the_director_and_then_to_the_body_once_each(scene: Doubled) -> None:
    day = datetime.timedelta(days=1)
    assert escalate_double_reports(at=timezone.now() + WITHIN) == 0
    for _twice in range(2):
        escalate_double_reports(at=timezone.now() + WITHIN + day)
    assert scene.double.told_above == 1
    assert Notice.objects.filter(kind="double_report", person=scene.director).count() == 1
    for _twice in range(2):
        escalate_double_reports(at=timezone.now() + WITHIN * 2 + day)
    assert scene.double.told_above == 2
    assert Notice.objects.filter(kind="double_report", person=scene.manager).count() == 1


def test_the_arbiter_whom_the_director_names_decides(scene: Doubled) -> None:
    said = Said(Way.TAKE, "The ward's register", taken=scene.ngo)
    for person in (scene.manager, scene.coordinator):
        with pytest.raises((Refused, Problem)):
            decide_settlement(double=scene.double, said=said, by=person, at=timezone.now())
    scene.name(scene.body)
    with pytest.raises(Refused):
        decide_settlement(double=scene.double, said=said, by=scene.director, at=timezone.now())
    decide_settlement(double=scene.double, said=said, by=scene.manager, at=timezone.now())
    assert (scene.double.state, numbers(scene)) == (DoubleState.SETTLED, {"s1": 10, "s2": 2})


def test_no_side_is_its_own_arbiter_and_only_the_director_names_one(scene: Doubled) -> None:
    with pytest.raises(Problem) as problem:
        scene.name(scene.ngo)
    refused(problem, "invalid", 400)
    for person in (scene.officer, scene.coordinator, member("director", OrganisationFactory(kind="directorate"))):
        with pytest.raises(Refused):
            scene.name(scene.body, by=person)


def test_the_arbiter_reads_the_double_report_only_while_it_decides(scene: Doubled) -> None:
    cluster = OrganisationFactory(kind="cluster")
    judge = member("organisation_administrator", cluster)
    assert not DoubleReport.objects.visible_to(judge).exists()
    scene.name(cluster)
    assert DoubleReport.objects.visible_to(judge).exists()
    decide_settlement(double=scene.double, said=Said(Way.LARGER, "Same people"), by=judge, at=timezone.now())
    assert not DoubleReport.objects.visible_to(judge).exists()


def test_nothing_is_settled_with_a_sealed_directorate(scene: Doubled) -> None:
    proposal = scene.propose(Way.ADD)
    seal(by=scene.director, organisation=scene.directorate, reason="In danger", at=timezone.now())
    for deed in (
        lambda: scene.propose(Way.LARGER),
        lambda: confirm_settlement(double=scene.double, settlement=proposal, by=scene.rival, at=timezone.now()),
    ):
        with pytest.raises(Problem) as problem:
            deed()
        refused(problem, "sealed_party")
    assert numbers(scene) == {"s1": 12, "s2": 5}


def test_a_stranger_proposes_confirms_and_refuses_nothing(scene: Doubled) -> None:
    stranger, proposal, now = member("ngo_coordinator", OrganisationFactory()), scene.propose(Way.ADD), timezone.now()
    with pytest.raises(Refused):
        scene.propose(Way.LARGER, by=stranger)
    with pytest.raises(Refused):
        confirm_settlement(double=scene.double, settlement=proposal, by=stranger, at=now)
    with pytest.raises(Refused):
        refuse_settlement(double=scene.double, settlement=proposal, reason="No", by=stranger, at=now)
    assert not DoubleReport.objects.visible_to(stranger).exists()


def test_all_that_is_wrong_with_a_proposal_is_told_at_once_and_nothing_is_kept(scene: Doubled) -> None:
    with pytest.raises(Problem) as problem:
        scene.propose(Way.VALUES, taken=scene.body, parts={"s99": Part(value=Decimal(1))}, reason="33.5101, 36.2913")
    assert {one.code for one in problem.value.errors} == {"no_side", "unknown", "location"}
    assert not Settlement.objects.exists()


def test_what_was_read_before_a_correction_is_refused(scene: Doubled) -> None:
    seen = [report.revision_id or 0 for report in scene.double.reports]
    scene.second.refresh_from_db()
    send_again(scene.second, by=scene.rival)
    with pytest.raises(Problem) as problem:
        propose_settlement(
            double=scene.double, said=Said(Way.ADD, "x", seen=seen), by=scene.coordinator, at=timezone.now()
        )
    refused(problem, "changed")


@pytest.mark.parametrize(
    ("first", "rule", "comes_to"),
    [
        ("directorate", "later_first", {"s1": 12, "s2": 5}),
        ("latest", "later_first", {"s1": 12, "s2": 5}),
        ("supporter", "supporter_first", {"s1": 10, "s2": 2}),
        ("larger", "larger_first", {"s1": 12, "s2": 5}),
    ],
)
def test_until_it_is_settled_the_templates_rule_chooses(
    scene: Doubled, first: str, rule: str, comes_to: dict[str, int]
) -> None:
    scene.template.counts_first = first
    scene.template.save()
    reopen(by=scene.officer, submission=scene.first, reason="Look again", at=timezone.now())
    approve(by=scene.officer, submission=scene.first, at=timezone.now())
    assert (CountedReport.objects.get().rule, numbers(scene)) == (rule, comes_to)


@pytest.mark.parametrize("table", ["reporting_settlement", "reporting_doublereportevent"])
def test_what_was_settled_and_what_happened_is_never_changed(scene: Doubled, table: str) -> None:
    scene.settle(Way.ADD)
    with pytest.raises(DatabaseError), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET at = now()")


def test_another_rule_of_the_template_holds_at_once_for_what_is_not_settled(scene: Doubled) -> None:
    administrator, now = member("administrator", scene.body), timezone.now()
    head = scene.template.head
    change_head(template=scene.template, seen=head, counts_first="supporter", by=administrator, at=now)
    assert (CountedReport.objects.get().rule, numbers(scene)) == ("supporter_first", {"s1": 10, "s2": 2})
    scene.settle(Way.ADD)
    head = head | {"counts_first": "supporter"}
    change_head(template=scene.template, seen=head, counts_first="latest", by=administrator, at=now)
    assert numbers(scene) == {"s1": 22, "s2": 7}, "what is settled stays"


def test_the_reviewing_directorate_neither_refuses_nor_replaces_what_a_side_proposed(scene: Doubled) -> None:
    proposal = scene.propose(Way.ADD)
    with pytest.raises(Problem) as problem:
        scene.propose(Way.LARGER, by=scene.officer)
    refused(problem, "proposed")
    with pytest.raises(Refused):
        refuse_settlement(double=scene.double, settlement=proposal, reason="No", by=scene.officer, at=timezone.now())


def test_its_own_proposal_the_directorate_withdraws(scene: Doubled) -> None:
    proposal = scene.propose(Way.ADD, by=scene.officer)
    refuse_settlement(double=scene.double, settlement=proposal, reason="A slip", by=scene.officer, at=timezone.now())
    assert scene.double.state == DoubleState.OPEN


def test_data_by_agreement_go_to_no_third_as_arbiter(scene: Doubled) -> None:
    cluster = OrganisationFactory(kind="cluster")
    dataset = scene.template.dataset
    dataset.by_agreement = True
    dataset.save()
    with pytest.raises(Problem) as problem:
        scene.name(cluster)
    assert {one.code for one in problem.value.errors} == {"by_agreement"}
    scene.name(dataset.custodian)


def test_whoever_can_do_something_has_it_on_the_home(scene: Doubled) -> None:
    def waits(*people: User) -> list[int]:
        return [DoubleReport.objects.visible_to(one).to_settle(one).count() for one in people]

    people = (scene.coordinator, scene.rival, scene.officer, scene.director, scene.manager)
    assert waits(*people) == [1, 1, 1, 0, 0]
    scene.propose(Way.ADD)
    assert waits(*people) == [0, 1, 0, 0, 0]
    escalate_double_reports(at=timezone.now() + WITHIN + datetime.timedelta(days=1))
    assert waits(*people) == [1, 1, 1, 1, 0], "the proposal lapsed, the director was told"
    scene.name(scene.body)
    assert waits(*people) == [0, 0, 0, 0, 1]
