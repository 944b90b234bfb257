"""The pages of the review: the inbox, the report as it is read, its deeds."""

import datetime
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.claims import claim
from coordination.reporting.actions.reviews import approve, approve_many, reopen, send_back
from coordination.reporting.models import CountedReport, Submission, SubmissionEvent
from coordination.reporting.models.reviews import looked_over, waiting
from directorates.models import AuditEvent, User
from tests.factories import (
    CategorySetFactory,
    DirectorateFactory,
    ElementFactory,
    SubdistrictFactory,
    member,
    published,
)
from tests.reporting.reports import Scene, send_again, warning, wide_scene

pytestmark = pytest.mark.django_db
APRIL = datetime.date(2019, 4, 1)


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return wide_scene()


def signed_in(person: User, language: str = "en") -> Client:
    """A browser in which the person signed in."""
    User.objects.filter(pk=person.pk).update(language=language)
    client = Client()
    client.force_login(User.objects.get(pk=person.pk))
    return client


def page(client: Client, submission: Submission) -> str:
    """The page of a report."""
    answer = client.get(reverse("reporting:report", args=[submission.pk]))
    assert answer.status_code == 200
    return str(answer.content.decode())


def text_of(html: str) -> str:
    """What is read on a page, in one line."""
    return " ".join(re.sub(r"<[^>]+>", " ", html.split("<main", 1)[1]).split())


def deed(client: Client, name: str, submission: Submission, **given: object) -> int:
    """Post a deed; answers the status."""
    return client.post(reverse(f"reporting:{name}", args=[submission.pk]), given).status_code


def test_the_inbox_shows_marked_reports_first_with_why_and_clean_ones_to_choose(scene: Scene) -> None:
    marked = scene.sent(warnings=[warning()])
    clean = scene.sent(facility=scene.other_facility())
    said = signed_in(scene.officer).get(reverse("reporting:inbox")).content.decode()
    assert said.index(marked.facility.name_en) < said.index(clean.facility.name_en)
    assert "Fewer visits than births" in said
    assert "Counted twice at the gate" in said
    assert f'value="{clean.revision_id}"' in said
    assert f'value="{marked.revision_id}"' not in said


def test_double_corrected_reopened_and_own_reports_are_marked(scene: Scene) -> None:
    scene.sent()
    scene.sent(reporter=scene.directorate, by=scene.officer)
    corrected = scene.sent(facility=scene.other_facility())
    send_back(by=scene.officer, submission=corrected, reason="Deaths above cases", at=timezone.now())
    send_again(Submission.objects.get(pk=corrected.pk), by=scene.coordinator)
    reopened = approve(by=scene.officer, submission=scene.sent(facility=scene.other_facility()), at=timezone.now())
    reopen(by=scene.officer, submission=reopened, reason="Wrong register", at=timezone.now())
    said = text_of(signed_in(scene.officer).get(reverse("reporting:inbox")).content.decode())
    for words in ("Double report", "Corrected, sent again", "Reopened", "Written by you: someone else reviews it"):
        assert words in said
    assert "Every waiting report is marked" in said
    # What the page reads is what the database says, for lists, counts and the line.
    rows = waiting(scene.officer)
    told = [(one.pk, one.marked, one.own) for one in looked_over(rows)]
    assert told == list(rows.values_list("pk", "marked", "own"))
    assert {own for _pk, _marked, own in told} == {True, False}


def test_the_filters_of_the_inbox_live_in_the_address_and_pass_over_what_they_cannot_read(scene: Scene) -> None:
    may, april = scene.sent(), scene.sent(start=APRIL, facility=scene.other_facility())
    client = signed_in(scene.officer)
    district = scene.place.parent
    assert district is not None
    for query, found in (
        ("period=201904", {april}),
        (f"template={scene.template.code}", {may, april}),
        (f"reporter={scene.ngo.code}&period=201905", {may}),
        (f"place={district.code}", {may, april}),
        ("period=2019W1&place=SY99&reporter=%00&template=%F0%9F%92%A3", {may, april}),
    ):
        said = text_of(client.get(f"{reverse('reporting:inbox')}?{query}").content.decode())
        assert {report for report in (may, april) if f" {report.facility.name_en} " in said} == found, query


def test_the_inbox_is_closed_to_whoever_reviews_nothing_and_the_refusal_is_recorded(scene: Scene) -> None:
    assert signed_in(scene.coordinator).get(reverse("reporting:inbox")).status_code == 403
    assert AuditEvent.objects.filter(refused=True, by=scene.coordinator).exists()


def test_the_inbox_and_the_report_take_as_many_queries_for_much_as_for_little(scene: Scene) -> None:
    client, counts = signed_in(scene.officer), []
    for number in (1, 8):
        for _report in range(number):
            scene.sent(facility=scene.other_facility())
            scene.sent(facility=scene.other_facility(), warnings=[warning()])
        last = scene.sent(facility=scene.other_facility(), warnings=[warning()] * number)
        client.get(reverse("reporting:inbox"))
        for address in (reverse("reporting:inbox"), reverse("reporting:report", args=[last.pk])):
            client.get(address)
            with CaptureQueriesContext(connection) as queries:
                client.get(address)
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_the_clean_ones_are_counted_and_summed_before_they_are_approved(scene: Scene) -> None:
    reports = [scene.sent(facility=scene.other_facility(), doc={"s1": 1000}) for _ in range(3)]
    client = signed_in(scene.officer)
    chosen = {"revision": [report.revision_id for report in reports]}
    asked = client.post(reverse("reporting:approve_clean"), chosen)
    said = text_of(asked.content.decode())
    assert "3,000" in said
    assert "Approve 3" in said
    assert not CountedReport.objects.exists()
    done = client.post(reverse("reporting:approve_clean"), chosen | {"confirmed": "1"}, follow=True)
    assert "3 reports approved." in done.content.decode()
    assert CountedReport.objects.count() == 3


def test_sending_the_bulk_approval_twice_has_one_effect(scene: Scene) -> None:
    reports = [scene.sent(facility=scene.other_facility()) for _ in range(2)]
    client = signed_in(scene.officer)
    given = {"revision": [report.revision_id for report in reports], "confirmed": "1"}
    client.post(reverse("reporting:approve_clean"), given)
    again = client.post(reverse("reporting:approve_clean"), given, follow=True)
    assert "None of the chosen reports waits for review any more." in again.content.decode()
    assert SubmissionEvent.objects.filter(what="approved").count() == 2


def test_what_is_marked_own_or_no_longer_waiting_is_left_out_of_a_bulk_approval(scene: Scene) -> None:
    clean, marked = scene.sent(), scene.sent(facility=scene.other_facility(), warnings=[warning()])
    own = scene.sent(facility=scene.other_facility(), reporter=scene.directorate, by=scene.officer)
    chosen = [str(report.revision_id) for report in (clean, marked, own)]
    junk = ["9" * 400, "9" * 5000, "-1", "x", "\u0661"]
    said = signed_in(scene.officer).post(reverse("reporting:approve_clean"), {"revision": [*chosen, *junk]})
    assert "<span>Approve 1</span>" in said.content.decode()
    assert "They are left out." in said.content.decode()


def test_what_was_approved_sent_back_or_marked_since_the_totals_were_named_has_them_named_anew(scene: Scene) -> None:
    first, second = (scene.sent(facility=scene.other_facility(), doc={"s1": 1000}) for _ in range(2))
    colleague = member("data_officer", scene.directorate)
    client, address = signed_in(scene.officer), reverse("reporting:approve_clean")
    named = {"revision": [first.revision_id, second.revision_id]}
    assert "2,000" in text_of(client.post(address, named).content.decode())
    send_back(by=colleague, submission=first, reason="Deaths above cases", at=timezone.now())
    asked = client.post(address, named | {"confirmed": "1"})
    said = text_of(asked.content.decode())
    assert asked.status_code == 409
    assert "Nothing was approved now; these are the new totals." in said
    assert "1,000" in said
    assert "2,000" not in said
    assert not CountedReport.objects.exists()
    done = client.post(address, {"revision": [second.revision_id], "confirmed": "1"}, follow=True)
    assert "1 report approved." in done.content.decode()


def test_what_someone_else_claims_since_the_totals_were_named_is_told_before_it_is_approved(scene: Scene) -> None:
    submission = scene.sent()
    colleague = member("data_officer", scene.directorate)
    client, address = signed_in(scene.officer), reverse("reporting:approve_clean")
    given = {"revision": [submission.revision_id], "confirmed": "1"}
    claim(by=colleague, submissions=[submission], at=timezone.now())
    asked = client.post(address, given)
    assert asked.status_code == 409
    assert "They can be approved nevertheless." in text_of(asked.content.decode())
    assert f'name="claimed" value="{submission.revision_id}"' in asked.content.decode()
    client.post(address, given | {"claimed": [submission.revision_id]})
    assert CountedReport.objects.count() == 1


def test_nothing_chosen_goes_back_to_the_inbox_and_says_so(scene: Scene) -> None:
    answer = signed_in(scene.officer).post(reverse("reporting:approve_clean"), follow=True)
    assert "No report was chosen." in answer.content.decode()


def test_a_bulk_approval_is_taken_back_from_the_inbox(scene: Scene) -> None:
    at = timezone.now()
    approve_many(by=scene.officer, submissions=[scene.sent(), scene.sent(facility=scene.other_facility())], at=at)
    client = signed_in(scene.officer)
    assert reverse("reporting:undo_approval") in client.get(reverse("reporting:inbox")).content.decode()
    answer = client.post(reverse("reporting:undo_approval"), {"at": at.isoformat()}, follow=True)
    assert "2 reports wait for review again." in answer.content.decode()
    assert not CountedReport.objects.exists()


@pytest.mark.parametrize(
    "at", ["", "x" * 500, "2019-99-99T00:00:00Z", "2019-01-01T00:00:00", "\x00", "0001-01-01T00:00+23:59"]
)
def test_a_moment_that_cannot_be_read_takes_nothing_back(scene: Scene, at: str) -> None:
    answer = signed_in(scene.officer).post(reverse("reporting:undo_approval"), {"at": at}, follow=True)
    assert "There is nothing to take back." in answer.content.decode()


def test_the_report_shows_the_last_periods_answers_rules_reasons_and_states(scene: Scene) -> None:
    approve(by=scene.officer, submission=scene.sent(start=APRIL, doc={"s1": 1241}), at=timezone.now())
    submission = scene.sent(doc={"s1": 1310}, notes={"s2": {"state": "not_known"}}, warnings=[warning()])
    said = text_of(page(signed_in(scene.officer), submission))
    for words in ("1,310", "1,241", "Not known", "Fewer visits than births", "Counted twice at the gate", "April 2019"):
        assert words in said


def test_categories_stand_side_by_side_with_their_total() -> None:
    scene = Scene(version=published(elements=[ElementFactory(code="visits", category_set=CategorySetFactory())]))
    said = text_of(page(signed_in(scene.officer), scene.sent(doc={"s1": 1200, "s2": 34})))
    for words in ("u5", "o5", "1,200", "34", "1,234"):
        assert words in said


def test_the_reporter_reads_the_same_page_without_the_deeds(scene: Scene) -> None:
    submission = scene.sent()
    said = page(signed_in(scene.coordinator), submission)
    assert submission.receipt is not None
    assert submission.receipt in said
    for name in ("approve", "send_back", "reopen"):
        assert reverse(f"reporting:{name}", args=[submission.pk]) not in said


def test_only_its_writers_are_led_to_correct_a_report(scene: Scene) -> None:
    submission = scene.sent()
    send_back(by=scene.officer, submission=submission, reason="Twice", at=timezone.now())
    address = reverse("reporting:report", args=[submission.pk])
    people = (scene.coordinator, scene.officer, member("director", scene.directorate))
    assert [signed_in(one).get(address).context["writes"] for one in people] == [True, False, False]


def test_another_bodys_report_is_named_to_all_and_opened_only_to_who_may_read_it(scene: Scene) -> None:
    submission = scene.sent(doc={"s1": 31})
    other = scene.sent(reporter=scene.directorate, by=member("data_officer", scene.directorate), doc={"s1": 13})
    link = reverse("reporting:report", args=[other.pk])
    told = "Another body reported this facility and period too"
    for person, opens in ((scene.officer, True), (scene.coordinator, False)):
        said = page(signed_in(person), submission)
        assert told in said
        assert (link in said) is opens
        assert ("Answers that differ" in said) is opens


def test_an_approved_report_says_whether_it_counts_and_by_which_rule(scene: Scene) -> None:
    own = scene.sent(reporter=scene.directorate, by=member("data_officer", scene.directorate))
    ngos = scene.sent()
    for submission in (own, ngos):
        approve(by=scene.officer, submission=submission, at=timezone.now())
    client = signed_in(scene.officer)
    rule = "The directorate&#x27;s own report counts before an NGO&#x27;s"
    assert "This report counts in the figures." in page(client, own)
    assert rule in page(client, own)
    said = page(client, ngos)
    assert "This report is set aside and does not count." in said
    assert rule in said
    assert f"What counts is the report of: {scene.directorate.name_en}." in said


def test_the_history_says_who_as_which_organisation_and_with_what_words(scene: Scene) -> None:
    submission = scene.sent()
    send_back(by=scene.officer, submission=submission, reason="الوفيات أكثر من الحالات", at=timezone.now())
    said = page(signed_in(scene.coordinator), submission)
    assert f"<bdi>{scene.officer.name}</bdi> · <bdi>{scene.directorate.short_en}</bdi>" in said
    assert '<span class="person" dir="auto">الوفيات أكثر من الحالات</span>' in said


def test_revisions_say_what_changed_between_them(scene: Scene) -> None:
    submission = scene.sent(doc={"s1": 900, "s2": 2})
    send_back(by=scene.officer, submission=submission, reason="See the register", at=timezone.now())
    send_again(Submission.objects.get(pk=submission.pk), by=scene.coordinator, doc={"s1": 90, "s2": 2})
    said = text_of(page(signed_in(scene.officer), submission))
    changed = said[said.index("Revision 2") : said.index("Revision 1,")]
    for words in ("Element visits", "900", "90", "\N{MINUS SIGN}810"):
        assert words in changed
    assert "Element births" not in changed


def test_a_stranger_finds_no_report_and_no_deed(scene: Scene) -> None:
    submission = scene.sent()
    elsewhere = member("data_officer", DirectorateFactory(for_place=SubdistrictFactory()))
    ended = member("data_officer", scene.directorate, last=timezone.localdate() - datetime.timedelta(days=1))
    for person in (elsewhere, ended, member("observer", scene.body)):
        client = signed_in(person)
        assert client.get(reverse("reporting:report", args=[submission.pk])).status_code == 404
        for name in ("approve", "send_back", "reopen"):
            assert deed(client, name, submission, reason="x") == 404
    answer = Client().get(reverse("reporting:report", args=[submission.pk]))
    assert answer.status_code == 302


def test_who_sees_the_report_and_does_not_review_it_is_refused_and_that_is_recorded(scene: Scene) -> None:
    submission = scene.sent()
    for person in (scene.coordinator, member("director", scene.directorate)):
        for name in ("approve", "send_back", "reopen"):
            assert deed(signed_in(person), name, submission, reason="x") == 403
        assert AuditEvent.objects.filter(refused=True, by=person, thing=str(submission.pk)).count() == 3


def test_an_authors_approval_of_their_own_is_refused_recorded_and_not_offered(scene: Scene) -> None:
    submission = scene.sent(reporter=scene.directorate, by=scene.officer)
    client = signed_in(scene.officer)
    assert reverse("reporting:approve", args=[submission.pk]) not in page(client, submission)
    assert deed(client, "approve", submission) == 403
    assert AuditEvent.objects.get(refused=True).details == {"code": "own_report"}


def test_approving_goes_on_and_says_so(scene: Scene) -> None:
    submission = scene.sent()
    address = reverse("reporting:approve", args=[submission.pk])
    given = {"note": "Checked by phone", "revision": submission.revision_id, "next": reverse("reporting:inbox")}
    answer = signed_in(scene.officer).post(address, given, follow=True)
    assert answer.redirect_chain == [(reverse("reporting:inbox"), 302)]
    assert f"Approved: {submission.receipt}." in answer.content.decode()
    assert SubmissionEvent.objects.get(what="approved").note == "Checked by phone"


def test_the_next_page_is_never_a_strangers(scene: Scene) -> None:
    submission = scene.sent()
    address = reverse("reporting:approve", args=[submission.pk])
    answer = signed_in(scene.officer).post(address, {"next": "https://elsewhere.example/"})
    assert answer["Location"] == reverse("reporting:report", args=[submission.pk])


def test_a_missing_reason_is_told_on_the_page_and_nothing_is_done(scene: Scene) -> None:
    submission = scene.sent()
    address = reverse("reporting:send_back", args=[submission.pk])
    answer = signed_in(scene.officer).post(address, {"reason": " \u202e "})
    assert answer.status_code == 400
    said = answer.content.decode()
    assert 'href="#send_back_reason"' in said
    assert "Write the reason; the reporter sees it." in said
    assert Submission.objects.get(pk=submission.pk).status == "submitted"


def test_what_was_typed_stays_when_the_state_has_changed_meanwhile(scene: Scene) -> None:
    submission = scene.sent()
    approve(by=member("data_officer", scene.directorate), submission=submission, at=timezone.now())
    client = signed_in(scene.officer)
    for name, field in (("send_back", "reason"), ("approve", "note")):
        answer = client.post(reverse(f"reporting:{name}", args=[submission.pk]), {field: "Typed with care"})
        assert answer.status_code == 409
        assert "The state of this one: Approved." in answer.content.decode()
        assert "Typed with care" in answer.content.decode()


def test_a_revision_that_came_since_the_page_was_read_is_not_approved(scene: Scene) -> None:
    submission = scene.sent()
    seen = submission.revision_id
    send_back(by=scene.officer, submission=submission, reason="See the register", at=timezone.now())
    send_again(Submission.objects.get(pk=submission.pk), by=scene.coordinator, doc={"s1": 900})
    assert deed(signed_in(scene.officer), "approve", submission, revision=seen) == 409
    assert Submission.objects.get(pk=submission.pk).status == "submitted"


def test_the_form_sent_twice_approves_once(scene: Scene) -> None:
    submission, client = scene.sent(), signed_in(scene.officer)
    assert deed(client, "approve", submission) == 302
    assert deed(client, "approve", submission) == 409
    assert SubmissionEvent.objects.filter(what="approved").count() == 1


@pytest.mark.parametrize("name", ["approve", "send_back", "reopen"])
def test_every_deed_asks_once_more_where_it_is_opened_by_its_address(scene: Scene, name: str) -> None:
    submission = scene.sent()
    if name == "reopen":
        approve(by=scene.officer, submission=submission, at=timezone.now())
    client = signed_in(scene.officer)
    address = reverse(f"reporting:{name}", args=[submission.pk])
    assert client.get(address).status_code == 200
    Submission.objects.filter(pk=submission.pk).update(status="returned")
    assert client.get(address).status_code == 302


def test_reopening_takes_a_reason_and_goes_back_to_the_report(scene: Scene) -> None:
    submission = approve(by=scene.officer, submission=scene.sent(), at=timezone.now())
    client = signed_in(scene.officer)
    assert deed(client, "reopen", submission, reason="") == 400
    assert deed(client, "reopen", submission, reason="Wrong register") == 302
    assert Submission.objects.get(pk=submission.pk).status == "submitted"


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_people_write_is_shown_as_text(scene: Scene, language: str) -> None:
    submission = scene.sent()
    send_back(by=scene.officer, submission=submission, reason="<script>alert(1)</script>", at=timezone.now())
    said = page(signed_in(scene.coordinator, language), submission)
    assert "<script>alert" not in said
    assert "&lt;script&gt;alert" in said
