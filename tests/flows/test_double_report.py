"""A double report of two organisations goes to a settled figure and back: pages first, then the same by programs."""

import pytest
from django.test import Client

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.models.double_reports import DoubleState
from coordination.reporting.rules.settlements import Way
from directorates.models import User
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, member, signed_in
from tests.reporting.doubled import Doubled

pytestmark = pytest.mark.django_db


def done(client: Client, address: str, **given: object) -> str:
    """Sends a form that is taken; answers where it leads."""
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def figure(scene: Doubled, reader: User) -> tuple[str, set[str]]:
    """What the figure of the sub-district says of visits, and the roles of the reports behind it."""
    drain()
    asked = {"template": scene.template.code, "period": "201905", "element": "visits"}
    caller = Caller(reader)
    answer = caller.get("consolidations/", asked | {"level": "subdistrict"}).json()
    (value,) = {row["value"] for row in answer["results"] if row["place"] == scene.place.code and not row["category"]}
    sources = caller.get("consolidations/sources/", asked | {"place": scene.place.code}).json()
    return value, {row["role"] for row in sources["results"]}


def test_two_organisations_settle_what_counts_and_take_it_back() -> None:
    scene = Doubled()
    one, other = signed_in(scene.coordinator), signed_in(scene.rival)
    address = f"/reports/double/{scene.double.pk}/"
    assert figure(scene, scene.officer) == ("12", {"counted", "set_aside"})
    for client in (one, other):
        assert [row.pk for row in client.get("/").context["doubles"].rows] == [scene.double.pk]
        assert address in client.get("/reports/double/").text
    page = one.get(address).text
    assert "Counted by rule until settled" in page
    assert all(number in page for number in (">10<", ">12<"))
    done(one, f"{address}propose/", way="add", reason="Two wards, no patient in both")
    assert one.get("/").context["doubles"].rows == [], "the other side is asked now"
    proposal = scene.double.proposal_id
    assert "Two wards, no patient in both" in other.get(address).text
    done(other, f"{address}confirm/{proposal}/")
    assert scene.double.state == DoubleState.SETTLED
    assert figure(scene, scene.officer) == ("22", {"adjusted", "set_aside"})
    assert address in signed_in(scene.officer).get(f"/reports/{scene.second.pk}/").text
    done(other, f"{address}take-back/", reason="It was one ward")
    done(one, f"{address}confirm/{scene.double.proposal_id}/")
    assert figure(scene, scene.officer) == ("12", {"counted", "set_aside"})
    history = other.get(address).text
    assert "Two wards, no patient in both" in history, "nothing is rewritten"
    assert "It was one ward" in history


def test_values_for_each_item_are_typed_on_the_page_and_faults_stand_beside_them() -> None:
    scene = Doubled()
    one, address = signed_in(scene.coordinator), f"/reports/double/{scene.double.pk}/"
    wrong = {"way": "values", "taken": scene.ngo.code, "reason": "x", "cell_s1": "value", "value_s1": "many"}
    answer = one.post(f"{address}propose/", wrong)
    assert (answer.status_code, "This is no number." in answer.text) == (400, True)
    right = wrong | {"value_s1": "١١", "cell_s2": f"take:{scene.other.code}"}
    done(one, f"{address}propose/", **right)
    done(signed_in(scene.rival), f"{address}confirm/{scene.double.proposal_id}/")
    assert {slot: int(number) for slot, number in scene.counted.items()} == {"s1": 11, "s2": 5}


def test_a_stranger_finds_no_double_report_and_a_reviewer_cannot_confirm() -> None:
    scene = Doubled()
    proposal = scene.propose(Way.ADD)
    address = f"/reports/double/{scene.double.pk}/"
    stranger = member("ngo_coordinator", OrganisationFactory())
    assert signed_in(stranger).get(address).status_code == 404
    assert Caller(stranger).get(f"double-reports/{scene.double.pk}/").status_code == 404
    assert signed_in(scene.officer).post(f"{address}confirm/{proposal.pk}/").status_code == 403


def test_programs_settle_a_double_report_and_are_told_every_fault_at_once() -> None:
    scene = Doubled()
    one, other = Caller(scene.coordinator), Caller(scene.rival)
    address = f"double-reports/{scene.double.pk}/"
    (listed,) = one.get("double-reports/", {"template": scene.template.code, "status": "open"}).json()["results"]
    assert (listed["id"], listed["facility"], listed["period"]) == (scene.double.pk, scene.facility.code, "201905")
    answer = one.get(address)
    told, read = answer.json(), {"If_Match": answer.headers["ETag"]}
    assert {side["reporter"] for side in told["sides"]} == {scene.ngo.code, scene.other.code}
    assert {(row["element"], tuple(row["values"]), row["difference"]) for row in told["values"]} >= {
        ("visits", values_of(scene, "10", "12"), difference_of(scene, 2))
    }
    body = {
        "way": "values",
        "take": "nobody",
        "reason": "",
        "values": [{"element": "visits", "value": "1", "add": True}],
    }
    faults = {fault["field"] for fault in one.post(f"{address}propose/", body, **read).json()["errors"]}
    assert faults == {"take", "reason", "values[0].value"}
    body = {
        "way": "values",
        "take": scene.ngo.code,
        "reason": "One register",
        "values": [{"element": "visits", "value": 11}],
    }
    assert one.post(f"{address}propose/", body).status_code == 428
    assert one.post(f"{address}propose/", body, If_Match='"1-2"').status_code == 412
    made = one.post(f"{address}propose/", body, **read)
    assert (made.status_code, made.json()["status"]) == (200, "proposed")
    which = {"settlement": made.json()["proposal"]["id"]}
    assert one.post(f"{address}confirm/", which).json()["code"] == "not_yours"
    settled = other.post(f"{address}confirm/", which).json()
    assert (settled["status"], settled["settlement"]["reason"]) == ("settled", "One register")
    row = next(row for row in settled["values"] if row["element"] == "visits")
    assert (row["counts"], row["adjusted"]) == ("11", True)
    assert other.post(f"{address}confirm/", which).json()["status"] == "settled", "the same again changes nothing"


def values_of(scene: Doubled, first: str, second: str) -> tuple[str, ...]:
    """Both numbers in the order of the reporters' codes."""
    return (first, second) if scene.ngo.code < scene.other.code else (second, first)


def difference_of(scene: Doubled, number: int) -> str:
    """The last less the first."""
    return str(number if scene.ngo.code < scene.other.code else -number)
