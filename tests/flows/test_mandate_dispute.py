"""A mandate goes from two claims to a decision in a meeting, and what follows from it is done and found again."""

import pytest
from django.test import Client

from coordination.meetings.models import ActionItem, Decision, Meeting
from policies.models import DisputeState, MandateDispute
from tests.policies.claims import DAY, Claims

pytestmark = pytest.mark.django_db


def done(client: Client, address: str, **given: object) -> str:
    """Sends a form that is taken; answers where it leads."""
    answer = client.post(address, given)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def test_a_dispute_is_decided_in_a_meeting_and_its_action_item_is_done() -> None:
    claims = Claims()
    director, doctor, body = (claims.browser(one) for one in (claims.director, claims.doctor, claims.keeper))
    claim = {"function": "immunization", "since": claims.today.isoformat(), "until": "", "basis": "Our own teams"}
    done(director, "/policies/mandates/new/", place="SY02", **claim)
    done(doctor, "/policies/mandates/new/", place="SY0204", **claim)
    dispute = MandateDispute.objects.get()
    address = f"/policies/mandates/disputes/{dispute.pk}/"
    for client, text in ((director, "One cold chain"), (doctor, "We run the clinics")):
        assert client.get("/").context["agreed"].disputes == [dispute]
        done(client, f"{address}statement/", text=text)
        assert client.get("/").context["agreed"].disputes == []
    assert body.get("/").context["agreed"].disputes == [dispute]
    done(body, f"{address}interim/", text="Mixed teams")
    meeting = _held(claims, body)
    done(body, f"{meeting}decisions/new/", subject="Vaccination in Azaz", text="One register", dispute=dispute.pk)
    decision = Decision.objects.get()
    due = (claims.today + 7 * DAY).isoformat()
    item = {"text": "Hand over the register", "owner": claims.office.pk, "due": due, "decision": decision.pk}
    done(body, f"{meeting}actions/new/", **item)
    words = {"decision": "One register", "basis": "Meeting of the body, decision 1", "day": claims.today.isoformat()}
    done(body, f"{address}decision/", for_whom="aleppo", **words)
    assert MandateDispute.objects.get().state == DisputeState.DECIDED
    assert not claims.directorate.mandates.get().limits.exists()
    task = f"/meetings/actions/{ActionItem.objects.get().pk}/"
    assert task in doctor.get("/").text
    done(doctor, task, state="action_done", note="Handed over")
    assert "Vaccination in Azaz" in director.get("/meetings/decisions/?state=done").text
    assert address in director.get(meeting).text
    assert claims.browser(claims.reader).get(meeting).status_code == 404


def _held(claims: Claims, body: Client) -> str:
    """The address of a meeting of the body with both sides, held yesterday."""
    day = (claims.today - DAY).isoformat()
    words = {"kind": "body", "title": "Round", "day": day, "begins": "09:00", "ends": "11:00", "zone": "Asia/Damascus"}
    both = [claims.directorate.pk, claims.office.pk]
    done(body, "/meetings/new/", quorum="50", agenda="Azaz", last_day="", invited=both, **words)
    address = f"/meetings/{Meeting.objects.get().pk}/"
    done(body, f"{address}attendance/", present=both)
    assert "The quorum was reached" in body.get(address).text
    return address
