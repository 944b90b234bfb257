"""Settlements that contradict, expire or come from a sealed party: a clear answer, nothing lost, nothing doubled."""

import datetime
import json
from typing import Any

import pytest
from django.utils import timezone

from coordination.reporting.actions.double_reports import WITHIN, attend
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.settlements import confirm_settlement
from coordination.reporting.models import DoubleReport, Settlement
from coordination.reporting.models.double_reports import DoubleState
from coordination.reporting.rules.settlements import Way
from directorates.actions.seals import seal
from directorates.foundation.problems import Problem
from directorates.permissions import Refused
from tests.api.callers import Caller
from tests.factories import DirectorateFactory, SubdistrictFactory, member, signed_in
from tests.reporting.doubled import Doubled

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Doubled:
    """Two approved reports about one facility and month: 10 and 2, 12 and 5; the later counts."""
    return Doubled()


CONTRADICTIONS: list[tuple[dict[str, Any], set[str]]] = [
    ({"way": "take", "reason": "x"}, {"take"}),
    ({"way": "add", "take": "NGO", "reason": "x"}, {"take"}),
    ({"way": "values", "take": "NGO", "reason": "x"}, {"values"}),
    ({"way": "larger", "reason": "x", "values": [{"element": "visits", "value": 1}]}, {"values"}),
    ({"way": "split", "take": "NGO", "reason": "x", "values": [{"element": "visits", "add": True}]}, {"values.visits"}),
    ({"way": "rule", "reason": "x"}, {"way"}),
    (
        {"way": "values", "take": "NGO", "reason": "x", "values": [{"element": "visits", "value": -1}]},
        {"values.visits"},
    ),
    (
        {
            "way": "values",
            "take": "NGO",
            "reason": "",
            "values": [{"element": "visits", "take": "NGO", "add": True}] * 2,
        },
        {"reason", "values[0].value", "values[1].value"},
    ),
]


@pytest.mark.parametrize(("body", "fields"), CONTRADICTIONS)
def test_what_contradicts_itself_is_told_field_by_field_and_nothing_is_kept(
    scene: Doubled, body: dict[str, Any], fields: set[str]
) -> None:
    named = json.loads(json.dumps(body).replace("NGO", scene.ngo.code))
    answer = Caller(scene.coordinator).post(f"double-reports/{scene.double.pk}/propose/", named, If_Match="*")
    assert answer.status_code == 400
    assert {fault["field"] for fault in answer.json()["errors"]} == fields
    assert not Settlement.objects.exists()


def test_a_proposal_that_expired_is_not_confirmed_and_what_counted_goes_on_counting(scene: Doubled) -> None:
    proposal = scene.propose(Way.ADD)
    later = timezone.now() + WITHIN + datetime.timedelta(minutes=1)
    with pytest.raises(Problem) as problem:
        confirm_settlement(double=scene.double, settlement=proposal, by=scene.rival, at=later)
    assert (problem.value.code, problem.value.status) == ("expired", 409)
    assert scene.counted == {"s1": 12, "s2": 5}
    assert scene.double.state == DoubleState.PROPOSED, "nothing is lost: it can be proposed again"


def test_a_proposal_that_another_one_replaced_is_confirmed_by_no_page_that_was_open(scene: Doubled) -> None:
    first, other = scene.propose(Way.ADD), signed_in(scene.rival)
    address = f"/reports/double/{scene.double.pk}/"
    page = f"{address}confirm/{first.pk}/"
    assert other.get(page).status_code == 200
    scene.propose(Way.LARGER)
    answer = other.post(page, follow=True)
    assert answer.redirect_chain[-1][0] == address
    assert "This proposal is not open any more" in answer.text
    assert scene.counted == {"s1": 12, "s2": 5}


def test_confirmed_twice_by_pages_it_is_settled_once(scene: Doubled) -> None:
    proposal, other = scene.propose(Way.ADD), signed_in(scene.rival)
    page = f"/reports/double/{scene.double.pk}/confirm/{proposal.pk}/"
    assert [other.post(page).status_code for _twice in range(2)] == [302, 302]
    assert scene.counted == {"s1": 22, "s2": 7}
    assert scene.double.events.filter(kind="settled").count() == 1


def test_a_sealed_directorate_that_reported_itself_settles_nothing_and_nobody_settles_with_it() -> None:
    scene = Doubled()
    own = scene.sent(reporter=scene.directorate, by=scene.officer, facility=scene.other_facility(), doc={"s1": 3})
    beside = scene.sent(facility=own.facility, doc={"s1": 4})
    checker = member("data_officer", scene.directorate)
    for report in (own, beside):
        approve(by=checker, submission=report, at=timezone.now())
    attend(at=timezone.now())
    double = DoubleReport.objects.named().get(facility=own.facility)
    seal(by=scene.director, organisation=scene.directorate, reason="In danger", at=timezone.now())
    address, body = f"double-reports/{double.pk}/", {"way": "add", "reason": "Two wards"}
    answer = Caller(scene.coordinator).post(f"{address}propose/", body, If_Match="*")
    assert (answer.status_code, answer.json()["code"]) == (409, "sealed_party")
    assert Caller(scene.officer).post(f"{address}propose/", body, If_Match="*").status_code in (401, 403, 404)
    assert not Settlement.objects.exists()


def test_a_sealed_organisation_decides_nothing(scene: Doubled) -> None:
    judge = DirectorateFactory(for_place=SubdistrictFactory())
    head = member("director", judge)
    seal(by=head, organisation=judge, reason="In danger", at=timezone.now())
    with pytest.raises(Problem) as problem:
        scene.name(judge)
    assert problem.value.code == "sealed_party"
    with pytest.raises(Refused):
        scene.name(scene.body, by=head)
    assert scene.double.state == DoubleState.OPEN
