"""Claims: who reads which report; told, lapsing, handed over, never in the way."""

import datetime
import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.claims import claim, hand_over, release
from coordination.reporting.actions.reviews import approve, send_back
from coordination.reporting.models import Claim, Submission
from coordination.reporting.models.claims import claims_of
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Notice, User
from directorates.permissions import Refused
from tests.factories import DirectorateFactory, SubdistrictFactory, member
from tests.reporting.reports import Scene, send_again, warning, wide_scene
from tests.reporting.test_review_pages import signed_in, text_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return wide_scene()


@pytest.fixture
def colleague(scene: Scene) -> User:
    """Another data officer of the directorate."""
    return member("data_officer", scene.directorate, name="Samer")


def holder(submission: Submission, at: datetime.datetime | None = None) -> User | None:
    """Who claims a report."""
    found = claims_of([submission.pk], at or timezone.now()).get(submission.pk)
    return found.holder if found else None


def posted(client: Client, name: str, *reports: Submission, **given: object) -> str:
    """Post a deed on some reports; the page that follows."""
    answer = client.post(reverse(f"reporting:{name}"), {"report": [row.pk for row in reports], **given}, follow=True)
    return text_of(answer.content.decode())


def test_two_officers_do_not_claim_the_same_report(scene: Scene, colleague: User) -> None:
    mine, free = scene.sent(), scene.sent(facility=scene.other_facility())
    claim(by=scene.officer, submissions=[mine], at=timezone.now())
    found = claim(by=colleague, submissions=[mine, free], at=timezone.now())
    assert (found.done, found.others) == ((free,), (mine,))
    assert holder(mine) == scene.officer
    assert holder(free) == colleague


def test_a_claim_lapses_after_a_day_and_can_be_taken_then(scene: Scene, colleague: User) -> None:
    submission, now = scene.sent(at=timezone.now() - 3 * DAY), timezone.now()
    claim(by=scene.officer, submissions=[submission], at=now - DAY - datetime.timedelta(minutes=1))
    assert holder(submission) is None
    claim(by=colleague, submissions=[submission], at=now)
    assert holder(submission) == colleague
    assert Claim.objects.count() == 2


def test_a_claim_blocks_nobody_and_ends_with_the_deed(scene: Scene, colleague: User) -> None:
    submission = scene.sent()
    claim(by=scene.officer, submissions=[submission], at=timezone.now())
    send_back(by=colleague, submission=submission, reason="See the register", at=timezone.now())
    send_again(Submission.objects.get(pk=submission.pk), by=scene.coordinator)
    assert holder(submission) is None


def test_giving_up_ends_ones_own_claim_only(scene: Scene, colleague: User) -> None:
    mine, theirs = scene.sent(), scene.sent(facility=scene.other_facility())
    claim(by=scene.officer, submissions=[mine], at=timezone.now())
    claim(by=colleague, submissions=[theirs], at=timezone.now())
    found = release(by=scene.officer, submissions=[mine, theirs], at=timezone.now())
    assert found.done == (mine,)
    assert holder(mine) is None
    assert holder(theirs) == colleague


def test_a_report_is_handed_over_with_a_note_and_the_colleague_is_told_once(scene: Scene, colleague: User) -> None:
    submission = scene.sent()
    hand_over(by=scene.officer, submissions=[submission], to=colleague, note="You know them\u202e", at=timezone.now())
    found = Claim.objects.get(ended=None)
    assert (found.holder, found.by, found.note) == (colleague, scene.officer, "You know them")
    assert Notice.objects.get(person=colleague).kind == "handed_over"
    assert AuditEvent.objects.filter(what="hand_over", thing=str(submission.pk), by=scene.officer).exists()
    release(by=scene.officer, submissions=[submission], at=timezone.now())
    assert holder(submission) == colleague


def test_what_someone_else_claims_is_not_handed_over(scene: Scene, colleague: User) -> None:
    submission, third = scene.sent(), member("data_officer", scene.directorate)
    claim(by=colleague, submissions=[submission], at=timezone.now())
    found = hand_over(by=scene.officer, submissions=[submission], to=third, at=timezone.now())
    assert found.others == (submission,)
    assert holder(submission) == colleague
    assert not Notice.objects.exists()


def test_only_a_colleague_who_may_review_the_report_takes_it(scene: Scene) -> None:
    submission, at = scene.sent(), timezone.now()
    elsewhere = member("data_officer", scene.directorate, places=[SubdistrictFactory()])
    wrote = member("data_officer", scene.directorate, person=scene.coordinator)
    strangers = [
        member("director", scene.directorate),
        member("data_officer", DirectorateFactory()),
        member("data_officer", scene.directorate, last=timezone.localdate() - DAY),
        scene.officer,
    ]
    codes = {}
    for person in (elsewhere, wrote, *strangers):
        with pytest.raises(Problem) as problem:
            hand_over(by=scene.officer, submissions=[submission], to=person, at=at)
        codes[person] = [fault.code for fault in problem.value.errors]
    assert codes[elsewhere] == ["elsewhere"]
    assert codes[wrote] == ["own_report"]
    assert [codes[person] for person in strangers] == [["no_colleague"]] * 4
    assert holder(submission) is None


def test_a_report_that_one_may_not_see_is_none_that_is_chosen(scene: Scene) -> None:
    submission = scene.sent()
    stranger, address = signed_in(member("data_officer", DirectorateFactory())), reverse("reporting:hand_over")
    assert submission.revision is not None
    for given in ({"report": [submission.pk]}, {"revision": [submission.revision.pk]}):
        answer = stranger.post(address, given)
        assert answer.status_code == 302, answer.content.decode()
        assert signed_in(scene.officer).post(address, given).context["reports"] == [submission]
    for name in ("claim", "release", "hand_over"):
        assert "No report was chosen." in posted(stranger, name, submission)


def test_who_does_not_review_the_report_claims_nothing(scene: Scene) -> None:
    submission = scene.sent()
    for person in (
        scene.coordinator,
        member("director", scene.directorate),
        member("data_officer", DirectorateFactory()),
    ):
        for deed in (claim, release):
            with pytest.raises(Refused):
                deed(by=person, submissions=[submission], at=timezone.now())


def test_what_waits_no_more_is_told_and_not_claimed(scene: Scene) -> None:
    submission = approve(by=scene.officer, submission=scene.sent(), at=timezone.now())
    assert claim(by=scene.officer, submissions=[submission], at=timezone.now()).gone == (submission,)
    assert not Claim.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_claims_at_once_leave_one() -> None:
    scene = wide_scene()
    submission, other = scene.sent(), member("data_officer", scene.directorate)
    done = at_once(
        lambda: len(claim(by=User.objects.get(pk=scene.officer.pk), submissions=[submission], at=timezone.now()).done),
        lambda: len(claim(by=User.objects.get(pk=other.pk), submissions=[submission], at=timezone.now()).done),
    )
    assert set(done) == {0, 1}
    assert Claim.objects.filter(ended=None).count() == 1


def test_the_inbox_names_who_claims_since_when_and_filters_by_it(scene: Scene, colleague: User) -> None:
    mine = scene.sent(warnings=[warning()])
    theirs = scene.sent(facility=scene.other_facility())
    free = scene.sent(facility=scene.other_facility())
    claim(by=scene.officer, submissions=[mine], at=timezone.now())
    claim(by=colleague, submissions=[theirs], at=timezone.now())
    client = signed_in(scene.officer)
    said = text_of(client.get(reverse("reporting:inbox")).content.decode())
    assert "Claimed by you" in said
    assert "Claimed Samer since" in said
    for wished, found in (("mine", mine), ("others", theirs), ("free", free)):
        said = text_of(client.get(reverse("reporting:inbox") + f"?claim={wished}").content.decode())
        assert [row for row in (mine, theirs, free) if f" {row.facility.name_en} " in said] == [found], wished


def test_reports_that_others_claim_are_not_ticked_for_approval_and_the_approval_tells_of_them(
    scene: Scene, colleague: User
) -> None:
    theirs, free = scene.sent(), scene.sent(facility=scene.other_facility())
    claim(by=colleague, submissions=[theirs], at=timezone.now())
    client = signed_in(scene.officer)
    said = client.get(reverse("reporting:inbox")).content.decode()
    assert "<span>Approve 1</span>" in said
    assert f'id="r{free.revision_id}" checked' in said
    assert f'id="r{theirs.revision_id}" checked' not in said
    chosen = {"revision": [theirs.revision_id, free.revision_id]}
    assert "Claimed by someone else: 1 ." in text_of(
        client.post(reverse("reporting:approve_clean"), chosen).content.decode()
    )


def test_claiming_handing_over_and_giving_up_by_the_pages(scene: Scene, colleague: User) -> None:
    one, two = scene.sent(), scene.sent(facility=scene.other_facility())
    client = signed_in(scene.officer)
    assert "2 reports claimed for a day." in posted(client, "claim", one, two)
    assert "1 claim given up." in posted(client, "release", one)
    assert "1 report claimed for a day." in posted(client, "claim", revision=[one.revision_id, "x", "9" * 5000])
    assert str(two.receipt) in posted(client, "hand_over", two)
    assert "1 report handed over." in posted(client, "hand_over", two, confirmed="1", to=colleague.pk, note="Thanks")
    assert holder(two) == colleague
    said = text_of(signed_in(colleague).get(reverse("reporting:report", args=[two.pk])).content.decode())
    assert f"handed over by: {scene.officer.name}" in said
    assert "Thanks" in said


def test_what_was_written_when_handing_over_is_for_colleagues_alone(scene: Scene, colleague: User) -> None:
    director, manager = member("director", scene.directorate), member("data_manager", scene.body)
    submission = scene.sent(at=timezone.now() - datetime.timedelta(days=15))
    note, at = "Ask her by phone", timezone.now()
    assert hand_over(by=scene.officer, submissions=[submission], to=colleague, note=note, at=at).done
    for person, address, reads in (
        (colleague, reverse("reporting:inbox"), True),
        (director, "/", True),
        (manager, "/", False),
    ):
        said = text_of(signed_in(person).get(address).content.decode())
        assert "handed over by:" in said
        assert (note in said) is reads


def test_bad_input_is_told_and_changes_nothing(scene: Scene, colleague: User, shared: Path) -> None:
    submission, client = scene.sent(), signed_in(scene.officer)
    assert "No report was chosen." in posted(client, "claim")
    assert client.post(reverse("reporting:claim"), {"report": ["x", "\x00", "9" * 5000]}).status_code == 302
    for to in ("", "x", "-1", "9" * 40, scene.coordinator.pk):
        answer = client.post(reverse("reporting:hand_over"), {"report": submission.pk, "confirmed": "1", "to": to})
        assert answer.status_code == 400
    assert client.get(reverse("reporting:claim")).status_code == 405
    for text in json.loads((shared / "bad-input" / "blns.json").read_text(encoding="utf-8"))[::12]:
        given = {"report": submission.pk, "confirmed": "1", "to": scene.officer.pk, "note": text}
        assert client.post(reverse("reporting:hand_over"), given).status_code == 400
    note = "<script>alert(1)</script>"
    posted(client, "hand_over", submission, confirmed="1", to=colleague.pk, note=note)
    said = client.get(reverse("reporting:inbox")).content.decode()
    assert "<script>alert" not in said
    assert "&lt;script&gt;alert" in said
