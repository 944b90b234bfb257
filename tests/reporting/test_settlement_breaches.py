"""A mixture of two reports is judged by the template's rules: what it breaks is told before anybody agrees to it."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from coordination.reporting.actions.arbiters import decide_settlement
from coordination.reporting.actions.settlements import Said
from coordination.reporting.models import Settlement
from coordination.reporting.models.double_reports import DoubleState
from coordination.reporting.rules.settlements import Part, Way
from directorates.foundation.problems import Problem
from tests.api.callers import Caller
from tests.factories import ElementFactory, published, signed_in
from tests.reporting.doubled import Doubled

pytestmark = pytest.mark.django_db
# Each report has fewer births than visits; some mixtures of both have more.
FEWER = {
    "left": "births",
    "operator": "<=",
    "right": "visits",
    "message_ar": "الولادات أكثر من الزيارات",
    "message_en": "More births than visits",
}
MORE_BIRTHS: dict[str, Any] = {"parts": {"s1": Part(value=Decimal(1)), "s2": Part(add=True)}}


@pytest.fixture
def scene() -> Doubled:
    """Two reports of 10 and 2, 12 and 5; a rule that births are no more than visits, at most 20 births."""
    births = ElementFactory(code="births", maximum=6)
    return Doubled(version=published(elements=[ElementFactory(code="visits"), births], rules=[FEWER]))


def test_a_mixture_that_breaks_a_rule_or_a_bound_is_not_proposed_before_that_was_told(scene: Doubled) -> None:
    with pytest.raises(Problem) as problem:
        scene.propose(Way.VALUES, taken=scene.ngo, **MORE_BIRTHS)
    assert problem.value.code == "breaks_rules"
    told = " ".join(str(one.message) for one in problem.value.errors)
    assert "7" in told, "the bound"
    assert len(problem.value.errors) == 2
    assert not Settlement.objects.exists()
    scene.propose(Way.VALUES, taken=scene.ngo, knowing=True, **MORE_BIRTHS)
    assert scene.double.state == DoubleState.PROPOSED


@pytest.mark.parametrize(("way", "side"), [(Way.LARGER, ""), (Way.TAKE, "ngo"), (Way.TAKE, "other")])
def test_what_breaks_nothing_is_proposed_at_once(scene: Doubled, way: Way, side: str) -> None:
    scene.propose(way, **({"taken": getattr(scene, side)} if side else {}))
    assert scene.double.state == DoubleState.PROPOSED


def test_an_arbiter_is_told_as_well(scene: Doubled) -> None:
    scene.name(scene.body)
    said = Said(Way.VALUES, "The register", taken=scene.ngo, **MORE_BIRTHS)
    with pytest.raises(Problem) as problem:
        decide_settlement(double=scene.double, said=said, by=scene.manager, at=timezone.now())
    assert problem.value.code == "breaks_rules"
    assert scene.double.state == DoubleState.ARBITRATION


def test_the_page_names_the_rules_asks_whether_it_is_known_and_tells_who_confirms(scene: Doubled) -> None:
    address, one, other = f"/reports/double/{scene.double.pk}/", signed_in(scene.coordinator), signed_in(scene.rival)
    form = {"way": "values", "taken": scene.ngo.code, "reason": "x", "cell_s1": "value", "value_s1": "1"}
    assert 'name="knowing"' not in one.get(f"{address}propose/").text
    answer = one.post(f"{address}propose/", form)
    assert answer.status_code == 400
    assert "More births than visits" in answer.text
    assert 'name="knowing"' in answer.text
    assert one.post(f"{address}propose/", form | {"knowing": "on"}).status_code == 302
    for page in (address, f"{address}confirm/{scene.double.proposal_id}/"):
        assert "More births than visits" in other.get(page).text


def test_programs_are_told_and_say_that_they_know(scene: Doubled) -> None:
    one, address = Caller(scene.coordinator), f"double-reports/{scene.double.pk}/"
    body = {
        "way": "values",
        "take": scene.ngo.code,
        "reason": "x",
        "values": [{"element": "visits", "value": 1}],
    }
    told = one.post(f"{address}propose/", body, If_Match="*")
    assert (told.status_code, told.json()["code"]) == (400, "breaks_rules")
    made = one.post(f"{address}propose/", body | {"knowing": True}, If_Match="*").json()
    assert len(made["proposal"]["broken"]) == 1
