"""What two bodies settled holds between their own two reports: what a third sends, and who is missing, add nothing to it."""

from typing import Any

import pytest
from django.utils import timezone, translation

from coordination.reporting.actions.double_reports import attend
from coordination.reporting.actions.reviews import approve, reopen
from coordination.reporting.actions.settlements import confirm_settlement
from coordination.reporting.models import CountedReport, DoubleReport, Submission
from coordination.reporting.models.double_reports import DoubleState
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.side_by_side import SideBySide
from coordination.reporting.models.sources import Where, sources_of
from coordination.reporting.rules.settlements import Way
from tests.factories import member
from tests.reporting.doubled import Doubled
from tests.reporting.reports import send_again, sent
from tests.reporting.shared import Shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Doubled:
    """Two approved reports about one facility and month: 10 and 2, 12 and 5; the later counts."""
    return Doubled()


def numbers(scene: Doubled) -> dict[str, int]:
    """What counts."""
    return {slot: int(number) for slot, number in scene.counted.items()}


def third(scene: Doubled, doc: dict[str, Any] | None = None) -> Submission:
    """The directorate's own report about the same, approved."""
    made = scene.sent(reporter=scene.directorate, by=scene.officer, doc=doc or {"s1": 22, "s2": 1})
    approve(by=member("data_officer", scene.directorate), submission=made, at=timezone.now())
    return made


def why(scene: Doubled) -> dict[Any, str]:
    """What the reports behind the figure of visits say of themselves."""
    measure = next(iter(measures_of(scene.template, scene.first.period).values()))
    with translation.override("en"):
        found = sources_of(scene.template, Where(scene.officer, place=scene.place), [scene.first.period_start], measure)
        return {row.submission.pk: str(row.reason) for row in found.rows}


@pytest.mark.parametrize(("way", "comes_to"), [(Way.ADD, {"s1": 22, "s2": 7}), (Way.LARGER, {"s1": 12, "s2": 5})])
def test_a_third_report_is_added_to_nothing_that_two_agreed_on(
    scene: Doubled, way: Way, comes_to: dict[str, int]
) -> None:
    scene.settle(way)
    late = third(scene)
    assert numbers(scene) == comes_to
    attend(at=timezone.now())
    assert (scene.double.state, numbers(scene)) == (DoubleState.AGAIN, comes_to), (
        "it is asked again, the old one counts"
    )
    told = why(scene)
    assert (
        "A report came or was corrected since; to be settled again." in told[CountedReport.objects.get().submission_id]
    )
    assert late.pk in told


def test_a_third_report_takes_not_the_place_of_one_that_was_reopened(scene: Doubled) -> None:
    scene.settle(Way.ADD)
    third(scene)
    reopen(by=scene.officer, submission=scene.second, reason="Look again", at=timezone.now())
    row = CountedReport.objects.get()
    assert (row.settlement, row.overlay, numbers(scene)) == (None, None, {"s1": 22, "s2": 1}), "the rule: its own first"
    assert "What was settled rests" in why(scene)[row.submission_id]
    approve(by=scene.officer, submission=scene.second, at=timezone.now())
    assert numbers(scene) == {"s1": 22, "s2": 7}


def test_all_three_settle_it_anew(scene: Doubled) -> None:
    scene.settle(Way.ADD)
    third(scene)
    attend(at=timezone.now())
    made = scene.propose(Way.ADD, by=scene.rival)
    for by in (scene.coordinator, scene.officer):
        confirm_settlement(double=scene.double, settlement=made, by=by, at=timezone.now())
    assert (scene.double.state, numbers(scene)) == (DoubleState.SETTLED, {"s1": 44, "s2": 8})


def test_what_three_settled_rests_without_one_of_them(scene: Doubled) -> None:
    third(scene)
    attend(at=timezone.now())
    made = scene.propose(Way.ADD)
    for by in (scene.rival, scene.officer):
        confirm_settlement(double=scene.double, settlement=made, by=by, at=timezone.now())
    assert numbers(scene) == {"s1": 44, "s2": 8}
    reopen(by=scene.officer, submission=scene.second, reason="Look again", at=timezone.now())
    assert numbers(scene) == {"s1": 22, "s2": 1}, "by rule: nobody agreed on the sum of two"


def test_what_is_shown_as_proposed_is_what_will_count(scene: Doubled) -> None:
    scene.settle(Way.TAKE, taken=scene.ngo)
    made = scene.propose(Way.ADD)
    shown = SideBySide(scene.double, scene.rival).would_count(made.terms)
    confirm_settlement(double=scene.double, settlement=made, by=scene.rival, at=timezone.now())
    assert CountedReport.objects.get().submission_id == scene.second.pk, "sums stand on the report of the rule"
    assert shown == scene.counted


def test_of_three_where_the_chosen_one_is_silent_the_same_other_answers_on_the_page_and_in_the_figure(
    scene: Doubled,
) -> None:
    for report, by, said in ((scene.first, scene.coordinator, 4), (scene.second, scene.rival, 6)):
        report.refresh_from_db()
        send_again(report, by=by, doc={"s1": said})
        approve(by=scene.officer, submission=report, at=timezone.now())
    third(scene, {"s2": 1})
    attend(at=timezone.now())
    made = scene.propose(Way.SPLIT, taken=scene.directorate)
    shown = SideBySide(scene.double, scene.rival).would_count(made.terms)
    for by in (scene.rival, scene.officer):
        confirm_settlement(double=scene.double, settlement=made, by=by, at=timezone.now())
    assert shown == scene.counted


def test_across_two_templates_a_third_bodys_report_is_added_to_nothing_either() -> None:
    scene = Shared().both()
    scene.settle(Way.ADD)
    assert scene.figure("visits") == 22
    own = sent(
        scene.two,
        facility=scene.facility,
        reporter=scene.directorate,
        by=scene.officer,
        doc={slot.name: 100 for slot in scene.two.template.slots.all()},
    )
    approve(by=member("data_officer", scene.directorate), submission=own, at=timezone.now())
    assert scene.figure("visits") == 100, "its own counts by rule; what the NGOs agreed on rests without one of them"
    attend(at=timezone.now(), everything=True)
    shared = DoubleReport.objects.named().get(other__isnull=False)
    now = SideBySide(shared, scene.coordinator).now
    assert now is not None
    assert (now.ground.pk, now.settled, now.numbers["s1"]) == (own.pk, False, 100)
