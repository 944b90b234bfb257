"""Items that two templates ask: two bodies that both answered settle what counts where both are counted together."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from coordination.reporting.actions.double_reports import attend
from coordination.reporting.actions.reviews import approve, reopen, send_back
from coordination.reporting.actions.settlements import Said, propose_settlement
from coordination.reporting.models import CountedReport, DoubleReport, ReportTemplate, Submission
from coordination.reporting.models.double_reports import DoubleState
from coordination.reporting.models.side_by_side import SideBySide
from coordination.reporting.rules.settlements import Part, Way
from directorates.foundation.problems import Problem
from tests.api.callers import Caller
from tests.factories import DatasetFactory, OrganisationFactory, member, signed_in
from tests.reporting.reports import send_again
from tests.reporting.shared import Shared

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Shared:
    """Visits and births by two NGOs and two templates: 10 and 2, 12 and 5; the later counts."""
    return Shared().both()


def by_agreement(scene: Shared) -> None:
    """The reports of the second template belong to data of their own, which are read by agreement only."""
    dataset = DatasetFactory(code="other", by_agreement=True)
    ReportTemplate.objects.filter(pk=scene.two.template_id).update(dataset=dataset)
    Submission.objects.filter(template=scene.two.template).update(dataset=dataset)
    scene.two.template.refresh_from_db()


def test_two_bodies_that_answer_the_same_item_by_two_templates_are_found_once(scene: Shared) -> None:
    double = scene.double
    assert (double.template, double.other, double.state) == (scene.one.template, scene.two.template, DoubleState.OPEN)
    assert [report.pk for report in double.reports] == [scene.first.pk, scene.second.pk]
    for everything in (True, False):
        assert attend(at=timezone.now(), everything=everything) == 0


def test_one_body_by_two_templates_is_no_double_report() -> None:
    scene = Shared()
    for version in (scene.one, scene.two):
        scene.report(version, scene.ngo, scene.coordinator, visits=1)
    attend(at=timezone.now(), everything=True)
    assert not DoubleReport.objects.exists()


def test_where_no_item_is_answered_by_both_nothing_is_found() -> None:
    Shared().both({"visits": 1}, {"births": 2, "beds": 3})
    assert not DoubleReport.objects.exists()


def test_data_that_are_read_by_agreement_are_compared_with_no_others() -> None:
    scene = Shared()
    by_agreement(scene)
    scene.both()
    assert not DoubleReport.objects.exists()


def test_what_is_compared_falls_away_once_its_data_are_read_by_agreement(scene: Shared) -> None:
    by_agreement(scene)
    assert signed_in(scene.coordinator).get(f"/reports/double/{scene.double.pk}/").status_code == 404
    attend(at=timezone.now())
    assert scene.double.state == DoubleState.OVER


WAYS: list[tuple[Way, dict[str, Any], tuple[int | None, int | None]]] = [
    (Way.TAKE, {"taken": "ngo"}, (10, 2)),
    (Way.TAKE, {"taken": "other"}, (12, 5)),
    (Way.LARGER, {}, (12, 5)),
    (Way.ADD, {}, (22, 7)),
    (Way.SPLIT, {"taken": "ngo"}, (10, 2)),
    (Way.VALUES, {"taken": "ngo", "parts": {"s1": Part(value=Decimal(11)), "s2": Part()}}, (11, None)),
]


@pytest.mark.parametrize(("way", "said", "comes_to"), WAYS)
def test_what_is_settled_counts_over_both_templates_and_changes_neither_ones_own_figures(
    scene: Shared, way: Way, said: dict[str, Any], comes_to: tuple[int | None, int | None]
) -> None:
    assert (scene.figure("visits"), scene.figure("births")) == (12, 5)
    scene.settle(way, **{name: getattr(scene, one) if name == "taken" else one for name, one in said.items()})
    assert (scene.figure("visits"), scene.figure("births")) == comes_to
    now = SideBySide(scene.double, scene.coordinator).now
    assert now is not None
    assert now.settled
    assert (now.numbers.get("s1"), now.numbers.get("s2")) == comes_to, "the page says what the figure says"
    assert set(CountedReport.objects.values_list("overlay", "settlement")) == {(None, None)}


def test_it_is_taken_back_and_the_rule_counts_again(scene: Shared) -> None:
    scene.settle(Way.ADD)
    scene.settle(Way.RULE, reason="It was one ward")
    assert (scene.figure("visits"), scene.double.state) == (12, DoubleState.OPEN)


def test_a_report_that_is_silent_counts_for_nothing_where_it_is_taken_and_leaves_the_other_where_it_is_split() -> None:
    scene = Shared().both({"visits": 10}, {"visits": 12, "births": 5})
    scene.settle(Way.TAKE, taken=scene.ngo)
    assert (scene.figure("visits"), scene.figure("births")) == (10, None)
    scene.settle(Way.SPLIT, taken=scene.ngo)
    assert (scene.figure("visits"), scene.figure("births")) == (10, 5)


def test_a_settlement_rests_while_one_report_is_reopened_and_is_asked_again_after_a_correction(scene: Shared) -> None:
    scene.settle(Way.ADD)
    waiting = reopen(by=scene.officer, submission=scene.second, reason="Look again", at=timezone.now())
    assert scene.figure("visits") == 10
    send_back(by=scene.officer, submission=waiting, reason="Look again", at=timezone.now())
    attend(at=timezone.now())
    assert scene.double.state == DoubleState.OVER
    scene.second.refresh_from_db()
    send_again(scene.second, by=scene.rival, doc={"s1": 30, "s2": 5, "s3": 20})
    approve(by=scene.officer, submission=scene.second, at=timezone.now())
    attend(at=timezone.now())
    assert (scene.double.state, scene.figure("visits")) == (DoubleState.AGAIN, 30)


def test_only_items_that_both_ask_are_settled(scene: Shared) -> None:
    said = Said(Way.VALUES, "x", taken=scene.ngo, parts={"s3": Part(value=Decimal(1))})
    with pytest.raises(Problem) as problem:
        propose_settlement(double=scene.double, said=said, by=scene.coordinator, at=timezone.now())
    assert {one.code for one in problem.value.errors} == {"unknown"}


def test_each_side_reads_what_the_other_answered_to_shared_items_and_nothing_else(scene: Shared) -> None:
    address = f"/reports/double/{scene.double.pk}/"
    page = signed_in(scene.coordinator).get(address).text
    assert all(number in page for number in (">10<", ">12<", ">5<"))
    assert ">30<" not in page, "beds are asked by one template alone"
    told = Caller(scene.rival).get(f"double-reports/{scene.double.pk}/").json()
    assert (told["template"], told["other"]) == ("one", "two")
    assert {row["element"] for row in told["values"]} == {"visits", "births"}
    assert [side["template"] for side in told["sides"]] == ["one", "two"]
    stranger = member("ngo_coordinator", OrganisationFactory())
    assert signed_in(stranger).get(address).status_code == 404
    assert Caller(stranger).get("double-reports/").json()["results"] == []


def test_pages_settle_it_and_the_page_of_the_item_says_how_many_count_by_rule(scene: Shared) -> None:
    address, across = f"/reports/double/{scene.double.pk}/", "/reports/figures/across/?element=visits&period=201905"
    one, other = signed_in(scene.coordinator), signed_in(scene.rival)
    assert [row.pk for row in other.get("/").context["doubles"].rows] == [scene.double.pk]
    assert one.get(across).context["by_rule"] == 1
    assert one.post(f"{address}propose/", {"way": "add", "reason": "Two wards"}).status_code == 302
    assert other.post(f"{address}confirm/{scene.double.proposal_id}/").status_code == 302
    assert one.get(across).context["by_rule"] == 0
    assert (scene.double.state, scene.figure("visits")) == (DoubleState.SETTLED, 22)
    assert address in one.get(f"/reports/{scene.first.pk}/").text
    listed = one.get("/reports/double/", {"state": "all", "template": "two"}).text
    assert address in listed
