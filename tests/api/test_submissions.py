"""Reports over the API: sent once, read by those who may, changed by one at a time, reviewed."""

import datetime
import uuid
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.reporting.api import submissions
from coordination.reporting.models import Revision, StoredRequest, Submission, SubmissionEvent
from coordination.reporting.rules.periods import parse_period
from directorates.models import AuditEvent, Membership, User
from facilities.models import Support
from tests.api.callers import Caller, body_of, found
from tests.factories import (
    DirectorateFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    lasting,
    member,
    published,
)
from tests.reporting.reports import Scene

pytestmark = pytest.mark.django_db

FEWER = {
    "left": "births",
    "operator": "<=",
    "right": "visits",
    "message_en": "More births than visits.",
    "code": "births",
}


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return Scene()


@pytest.fixture
def ngo(scene: Scene) -> Caller:
    """The coordinator's program."""
    return Caller(scene.coordinator)


@pytest.fixture
def office(scene: Scene) -> Caller:
    """The data officer's program."""
    return Caller(scene.officer)


# Sending


def test_a_report_is_sent_in_one_call(scene: Scene, ngo: Caller) -> None:
    answer = ngo.report(body_of(scene))
    assert answer.status_code == 201
    body = answer.json()
    year = timezone.localdate().year
    kept = Submission.objects.get()
    assert body["receipt"] == kept.receipt
    assert str(kept.receipt).endswith(f"-{year}-0001")
    assert body | {"history": None} == {
        "id": str(kept.pk),
        "template": scene.template.code,
        "version": 1,
        "facility": scene.facility.code,
        "period": "201905",
        "reporter": scene.ngo.code,
        "status": "submitted",
        "receipt": kept.receipt,
        "values": [
            {"element": "visits", "category": None, "value": "10", "state": "reported", "reason": None},
            {"element": "births", "category": None, "value": "2", "state": "reported", "reason": None},
        ],
        "warnings": [],
        "history": None,
        "counted": False,
    }
    (event,) = body["history"]
    assert (event["by"], event["what"], event["note"]) == (scene.coordinator.name, "submitted", "")
    assert datetime.datetime.fromisoformat(event["at"]) == kept.submitted
    again = ngo.get(answer.headers["Location"])
    assert (again.json(), again.headers["ETag"]) == (body, answer.headers["ETag"])


def test_a_report_may_be_kept_as_a_draft_and_sent_later(scene: Scene, ngo: Caller) -> None:
    draft = ngo.report(body_of(scene, submit=False, values=[{"element": "visits", "value": 0}])).json()
    assert (draft["status"], draft["receipt"], draft["values"][0]["value"]) == ("draft", None, "0")
    sent = ngo.post(f"submissions/{draft['id']}/submit/")
    assert (sent.status_code, sent.json()["status"]) == (200, "submitted")
    assert [event["what"] for event in sent.json()["history"]] == ["started", "submitted"]
    again = ngo.post(f"submissions/{draft['id']}/submit/")
    assert (again.status_code, again.json()["code"], again.json()["state"]) == (409, "wrong_state", "submitted")


def test_the_four_things_that_are_not_one_another(scene: Scene, ngo: Caller) -> None:
    values = [{"element": "visits", "value": 0}, {"element": "births", "state": "not_known", "reason": "No book"}]
    answer = ngo.report(body_of(scene, values=values)).json()
    assert [(v["element"], v["value"], v["state"], v["reason"]) for v in answer["values"]] == [
        ("visits", "0", "reported", None),
        ("births", None, "not_known", "No book"),
    ]
    values = [{"element": "visits", "state": "closed"}, {"element": "births", "state": "blank"}]
    answer = ngo.report(body_of(scene, values=values, period="201906"), "two").json()
    assert [(v["element"], v["value"], v["state"]) for v in answer["values"]] == [("visits", None, "closed")]


def test_a_broken_warning_is_told_and_does_not_block_once_it_has_a_reason(scene: Scene, ngo: Caller) -> None:
    scene.version = published(rules=[FEWER])
    values: list[dict[str, Any]] = [{"element": "visits", "value": 1}, {"element": "births", "value": 2}]
    refused = ngo.report(body_of(scene, values=values))
    assert (refused.status_code, found(refused)) == (400, [("values", "reason_required")])
    values[1]["reason"] = "Twins"
    answer = ngo.report(body_of(scene, values=values))
    assert answer.status_code == 201
    warnings = [{"rule": "births", "elements": ["births", "visits"], "message": "More births than visits."}]
    assert answer.json()["warnings"] == warnings
    (row,) = ngo.get("submissions/").json()["results"]
    assert row["warnings"] == warnings
    assert "values" not in row


def test_every_fault_is_told_at_once(scene: Scene, ngo: Caller) -> None:
    body = {
        "template": scene.template.code, "facility": "F9999", "period": "201905", "reporter": 7, "submit": "yes",
        "values": [{"element": "visits", "value": "many"}, 5, {"element": "beds", "valu": 1}], "templat": "x",
    }  # fmt: skip
    answer = ngo.report(body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert sorted(found(answer)) == sorted([
        ("templat", "unknown_field"),
        ("facility", "unknown"),
        ("reporter", "wrong_type"),
        ("values[1]", "wrong_type"),
        ("values[2].valu", "unknown_field"),
        ("submit", "wrong_type"),
        ("values[0].value", "not_a_number"),
        ("values[1].element", "wrong_type"),
        ("values[2].element", "unknown_element"),
    ])  # fmt: skip
    assert not StoredRequest.objects.exists()


def test_a_facility_that_is_not_seen_is_as_unknown_as_one_that_is_not(scene: Scene) -> None:
    local = Caller(member("ngo_coordinator", scene.ngo, places=[SubdistrictFactory()]))
    unseen = local.report(body_of(scene))
    missing = local.report(body_of(scene, facility=scene.facility.code[:-1] + "Z"))
    assert unseen.status_code == missing.status_code == 400
    assert found(unseen) == found(missing) == [("facility", "unknown")]


def test_a_template_that_is_being_built_is_as_unknown_as_one_that_is_not(scene: Scene, ngo: Caller) -> None:
    hidden = TemplateFactory().code
    for person in (ngo, Caller(member("data_manager", scene.body))):
        unseen, missing = (person.report(body_of(scene, template=code)) for code in (hidden, "nothing"))
        assert found(unseen) == found(missing) == [("template", "unknown")]


@pytest.mark.parametrize("period", ["201913", "2019Q2", "2019W5", "x", "٢٠١٩٠٥x", "0" * 1000, "000000", "2019-05"])
def test_what_is_no_month_is_no_period(scene: Scene, ngo: Caller, period: str) -> None:
    answer = ngo.report(body_of(scene, period=period))
    assert answer.status_code == 400
    assert [field for field, _code in found(answer)] == ["period"]


def test_whoever_reports_for_another_organisation_is_refused_and_recorded(scene: Scene, ngo: Caller) -> None:
    other = OrganisationFactory()
    Support.objects.create(facility=scene.facility, organisation=other, valid=lasting(None))
    answer = ngo.report(body_of(scene, reporter=other.code))
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    refusal = AuditEvent.objects.get(refused=True)
    assert (refusal.by, refusal.what) == (scene.coordinator, "submit_reports")
    unsupported = FacilityFactory(place=scene.place)
    answer = ngo.report(body_of(scene, facility=unsupported.code))
    assert (answer.status_code, answer.json()["code"]) == (403, "not_supported")
    assert AuditEvent.objects.filter(refused=True, thing=str(unsupported.pk)).exists()


# Once


def test_the_same_key_and_body_get_the_same_answer_letter_for_letter(scene: Scene, ngo: Caller, office: Caller) -> None:
    first = ngo.report(body_of(scene))
    office.post(f"submissions/{first.json()['id']}/approve/", {})
    shuffled = dict(reversed(body_of(scene).items()))
    again = ngo.report(shuffled)
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert Submission.objects.count() == Revision.objects.count() == StoredRequest.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(scene: Scene, ngo: Caller) -> None:
    ngo.report(body_of(scene))
    answer = ngo.report(body_of(scene, period="201906"))
    assert (answer.status_code, answer.json()["code"]) == (409, "key_reused")
    assert Submission.objects.count() == 1


def test_another_key_for_the_same_report_is_told_where_it_is(scene: Scene, ngo: Caller) -> None:
    first = ngo.report(body_of(scene)).json()
    answer = ngo.report(body_of(scene), "two")
    assert (answer.status_code, answer.json()["code"], answer.json()["id"]) == (409, "exists", first["id"])
    assert StoredRequest.objects.count() == 1


def test_a_key_is_the_accounts_own(scene: Scene, ngo: Caller) -> None:
    colleague = Caller(member("ngo_coordinator", scene.ngo))
    ngo.report(body_of(scene))
    assert colleague.report(body_of(scene, period="201906")).status_code == 201
    assert colleague.report(body_of(scene)).json()["code"] == "key_reused"


def test_a_key_is_needed_and_has_a_shape(scene: Scene, ngo: Caller) -> None:
    answer = ngo.post("submissions/", body_of(scene))
    assert (answer.status_code, answer.json()["code"]) == (400, "key_required")
    for key in ("x" * 256, "a b", "\xff"):
        assert ngo.report(body_of(scene), key).json()["code"] == "bad_key"
    assert ngo.report(body_of(scene), "x" * 255).status_code == 201


def test_a_refused_request_leaves_its_key_free(scene: Scene, ngo: Caller) -> None:
    assert ngo.report(body_of(scene, values=[])).status_code == 400
    assert ngo.report(body_of(scene)).status_code == 201


def test_a_request_that_breaks_halfway_leaves_nothing(scene: Scene, ngo: Caller) -> None:
    with mock.patch.object(submissions, "submission_of", side_effect=RuntimeError):
        assert ngo.report(body_of(scene)).status_code == 500
    assert not Submission.objects.exists()
    assert not Revision.objects.exists()
    assert ngo.report(body_of(scene)).status_code == 201


# Reading


def send(scene: Scene, person: User | None = None, **other: Any) -> dict[str, Any]:
    """A sent report as the API tells it."""
    answer = Caller(person or scene.coordinator).report(body_of(scene, **other), uuid.uuid4().hex)
    assert answer.status_code == 201, answer.content
    body: dict[str, Any] = answer.json()
    return body


def test_reports_are_seen_by_reporter_reviewer_and_body_and_by_nobody_else(scene: Scene) -> None:
    sent = send(scene)
    stranger, far = OrganisationFactory(), DirectorateFactory(for_place=SubdistrictFactory())
    see = [scene.coordinator, scene.officer, member("director", scene.directorate), member("data_manager", scene.body)]
    not_see = [
        member("ngo_coordinator", stranger),
        member("data_officer", far),
        member("observer", scene.ngo),
        member("administrator", scene.body),
        member("ngo_coordinator", scene.ngo, last=timezone.localdate() - datetime.timedelta(days=1)),
    ]
    for person in see:
        assert Caller(person).get(f"submissions/{sent['id']}/").json() == sent | {"counted": False}
        assert [row["id"] for row in Caller(person).get("submissions/").json()["results"]] == [sent["id"]]
    missing = f"submissions/{uuid.uuid4()}/"
    for person in not_see:
        caller = Caller(person)
        unseen = caller.get(f"submissions/{sent['id']}/")
        assert (unseen.status_code, unseen.content) == (404, caller.get(missing).content)
        assert caller.get("submissions/").json()["results"] == []
        for deed in ("submit", "approve", "send-back", "reopen"):
            assert caller.post(f"submissions/{sent['id']}/{deed}/", {}).content == unseen.content
        assert caller.patch(f"submissions/{sent['id']}/", {"values": []}, If_Match="*").content == unseen.content


def test_a_draft_is_its_reporters_alone(scene: Scene, office: Caller) -> None:
    draft = send(scene, submit=False)
    assert office.get(f"submissions/{draft['id']}/").status_code == 404
    assert office.get("submissions/").json()["results"] == []


def test_reports_are_found_by_template_period_facility_state_and_place(scene: Scene, ngo: Caller) -> None:
    may, june = send(scene), send(scene, period="201906", submit=False)
    queries = [
        ({"period": "201905"}, [may]),
        ({"status": "draft"}, [june]),
        ({"facility": scene.facility.code, "template": scene.template.code}, [june, may]),
        ({"place": scene.place.code}, [june, may]),
        ({"place": SubdistrictFactory().code}, []),
        ({"period": "2019"}, []),
    ]
    for query, expected in queries:
        rows = ngo.get("submissions/", query).json()["results"]
        assert [row["id"] for row in rows] == [row["id"] for row in expected]
    answer = ngo.get("submissions/", {"period": "1", "status": "gone", "facility": "?", "template": "?", "place": "?"})
    assert sorted(field for field, _code in found(answer)) == ["facility", "period", "place", "status", "template"]


def test_queries_do_not_grow_with_the_page(scene: Scene, office: Caller) -> None:
    counts = []
    for months in (range(1, 2), range(2, 13)):
        for month in months:
            send(scene, period=f"2018{month:02}")
        with CaptureQueriesContext(connection) as queries:
            assert len(office.get("submissions/").json()["results"]) == months[-1]
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 10  # four of them are the transaction and what it may see


# Changing


def test_a_draft_changes_by_element_under_its_tag(scene: Scene, ngo: Caller) -> None:
    created = ngo.report(body_of(scene, submit=False))
    address = created.headers["Location"]
    values = [{"element": "visits", "value": "12"}, {"element": "births", "state": "blank"}]
    changed = ngo.patch(address, {"values": values}, If_Match=created.headers["ETag"])
    assert changed.status_code == 200
    assert [(value["element"], value["value"]) for value in changed.json()["values"]] == [("visits", "12")]
    assert changed.headers["ETag"] != created.headers["ETag"]
    assert ngo.get(address).headers["ETag"] == changed.headers["ETag"]


def test_a_change_needs_the_tag_that_was_read(scene: Scene, ngo: Caller) -> None:
    created = ngo.report(body_of(scene, submit=False))
    address = created.headers["Location"]
    change = {"values": [{"element": "births", "value": 3}]}
    answer = ngo.patch(address, change)
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")
    colleague = Caller(member("ngo_coordinator", scene.ngo, name="Colleague"))
    theirs = {"values": [{"element": "visits", "value": 11}]}
    assert colleague.patch(address, theirs, If_Match=created.headers["ETag"]).status_code == 200
    answer = ngo.patch(address, change, If_Match=created.headers["ETag"])
    assert (answer.status_code, answer.json()["code"]) == (412, "changed")
    (shown,) = answer.json()["changes"]
    assert (shown["element"], shown["value"], shown["by"]) == ("visits", "11", "Colleague")
    assert ngo.patch(address, change, If_Match=answer.headers["ETag"]).status_code == 200
    for tag in ("nonsense", '"999999999999999999999"', 'W/"77"', "\xff"):
        assert ngo.patch(address, change, If_Match=tag).status_code == 412


def test_a_change_with_a_fault_changes_nothing(scene: Scene, ngo: Caller) -> None:
    created = ngo.report(body_of(scene, submit=False))
    values = [{"element": "visits", "value": 12}, {"element": "births", "value": -1}, {"element": "x", "value": 1}]
    answer = ngo.patch(created.headers["Location"], {"values": values}, If_Match="*")
    assert found(answer) == [("values[1].value", "below_minimum"), ("values[2].element", "unknown_element")]
    assert ngo.get(created.headers["Location"]).json() == created.json()


def test_what_is_seen_but_not_ones_own_to_change_is_403_and_recorded(scene: Scene, office: Caller) -> None:
    sent = send(scene)
    answer = office.patch(f"submissions/{sent['id']}/", {"values": []}, If_Match="*")
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")
    assert office.post(f"submissions/{sent['id']}/submit/").status_code == 403
    assert Caller(scene.coordinator).post(f"submissions/{sent['id']}/approve/", {}).status_code == 403
    assert AuditEvent.objects.filter(refused=True, thing=sent["id"]).count() == 3


# Reviewing


def test_a_report_goes_back_and_comes_again_and_counts_once_approved(scene: Scene, ngo: Caller, office: Caller) -> None:
    address = f"submissions/{send(scene)['id']}/"
    assert found(office.post(address + "send-back/", {})) == [("reason", "required")]
    back = office.post(address + "send-back/", {"reason": "Count again"}).json()
    assert (back["status"], back["history"][-1]["note"]) == ("returned", "Count again")
    tag = ngo.get(address).headers["ETag"]
    ngo.patch(address, {"values": [{"element": "visits", "value": 30}]}, If_Match=tag)
    assert office.get(address).json()["values"][0]["value"] == "10"
    assert ngo.get(address).json()["values"][0]["value"] == "30"
    assert ngo.post(address + "submit/").json()["receipt"] == back["receipt"]
    approved = office.post(address + "approve/", {"note": "Thanks"}).json()
    assert (approved["status"], approved["counted"], approved["values"][0]["value"]) == ("approved", True, "30")
    wrong = office.post(address + "approve/", {})
    assert (wrong.status_code, wrong.json()["code"], wrong.json()["state"]) == (409, "wrong_state", "approved")
    assert office.post(address + "reopen/", {}).status_code == 400
    assert office.post(address + "reopen/", {"reason": "A doubt"}).json()["counted"] is False


def test_an_author_does_not_approve_their_own(scene: Scene, office: Caller) -> None:
    own = send(scene, scene.officer, reporter=scene.directorate.code)
    answer = office.post(f"submissions/{own['id']}/approve/", {})
    assert (answer.status_code, answer.json()["code"]) == (403, "own_report")


@pytest.mark.parametrize("body", [{"reason": 5}, {"reason": ["x"]}, {"raison": "x"}, [], "x", {"reason": "x" * 5000}])
def test_reasons_of_the_wrong_kind_are_told(scene: Scene, office: Caller, body: Any) -> None:
    address = f"submissions/{send(scene)['id']}/send-back/"
    assert office.post(address, body).status_code == 400
    assert Submission.objects.get().status == "submitted"


def test_a_membership_that_ended_yesterday_gives_nothing_today(scene: Scene, ngo: Caller) -> None:
    sent = send(scene)
    assert ngo.get(f"submissions/{sent['id']}/").status_code == 200
    valid = lasting(datetime.date(2010, 1, 1), timezone.localdate() - datetime.timedelta(days=1))
    Membership.objects.filter(person=scene.coordinator).update(valid=valid)
    assert ngo.get(f"submissions/{sent['id']}/").status_code == 404
    assert ngo.report(body_of(scene, period="201906"), "two").status_code == 400
    assert SubmissionEvent.objects.count() == 1


def test_a_report_is_one_of_its_period_in_every_answer(scene: Scene, ngo: Caller) -> None:
    assert parse_period(send(scene)["period"]).start == datetime.date(2019, 5, 1)
    assert ngo.get("submissions/", {"period": "٢٠١٩٠٥"}).json()["results"][0]["period"] == "201905"
