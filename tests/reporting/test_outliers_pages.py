"""What stands out on pages: the inbox, the report, the check before sending; and only what the reader may see."""

import datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.outliers import compare_waiting
from coordination.reporting.actions.reviews import send_back
from coordination.reporting.actions.submissions import save_draft
from coordination.reporting.models import Look, Submission
from directorates.models import Organisation, User
from facilities.models import Facility
from tests.factories import CategorySetFactory, ElementFactory, OrganisationFactory, member, published
from tests.reporting.filing import drafted, filed, given
from tests.reporting.reports import Scene, wide_scene
from tests.reporting.test_outliers_found import USUAL, month, with_a_past
from tests.reporting.test_review_pages import signed_in, text_of

pytestmark = pytest.mark.django_db

TOLD = "Element visits: 400, usually 25 to 40"
# The same where each number stands in an island of its own.
READ = TOLD.replace("400,", "400 ,")


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template of visits and births."""
    return wide_scene()


def outlier(scene: Scene, facility: Facility | None = None) -> Submission:
    """The report of May with an unusual figure, compared."""
    facility = facility or scene.facility
    with_a_past(scene, facility=facility)
    submission = filed(scene, facility=facility, answers=given(visits=400, births=1))
    compare_waiting(at=timezone.now())
    return submission


def told(client: Client, submission: Submission | None = None, query: str = "") -> str:
    """The words of the inbox or of a report's page."""
    address = reverse("reporting:report", args=[submission.pk]) if submission else reverse("reporting:inbox") + query
    answer = client.get(address)
    assert answer.status_code == 200
    return text_of(answer.content.decode())


# The inbox


def test_the_inbox_tells_what_stands_out_and_offers_no_bulk_approval_of_it(scene: Scene) -> None:
    submission = outlier(scene)
    client = signed_in(scene.officer)
    assert READ in told(client)
    said = client.get(reverse("reporting:inbox")).content.decode()
    assert f'value="{submission.revision_id}"' not in said


def test_a_report_like_its_past_passes_every_check(scene: Scene) -> None:
    with_a_past(scene)
    submission = filed(scene, answers=given(visits=33, births=1))
    compare_waiting(at=timezone.now())
    said = signed_in(scene.officer).get(reverse("reporting:inbox")).content.decode()
    assert f'value="{submission.revision_id}"' in said


def test_the_inbox_can_be_narrowed_to_what_stands_out(scene: Scene) -> None:
    odd = outlier(scene)
    other = scene.other_facility()
    scene.sent(facility=other)
    client = signed_in(scene.officer)
    both = {odd.facility, other}
    for query, found in (("", both), ("?mark=stands-out", {odd.facility}), ("?mark=%00", both), ("?mark=x' --", both)):
        said = told(client, query=query)
        assert {one for one in both if f" {one.name_en} " in said} == found, query


def test_in_arabic_both_pages_speak_arabic(scene: Scene) -> None:
    submission = outlier(scene)
    client = signed_in(scene.officer, "ar")
    words = "بند visits: 400 ، المعتاد من 25 إلى 40"
    assert words in told(client)
    assert words in told(client, submission)
    assert "ما يلفت النظر" in told(client, submission)


def test_the_inbox_takes_as_many_queries_for_many_that_stand_out_as_for_one(scene: Scene) -> None:
    client, counts = signed_in(scene.officer), []
    for number in (1, 3):
        for _report in range(number):
            outlier(scene, scene.other_facility())
        told(client)
        with CaptureQueriesContext(connection) as queries:
            told(client)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# The report


def test_the_report_shows_the_figure_its_picture_and_its_past_as_a_table(scene: Scene) -> None:
    submission = outlier(scene)
    said = signed_in(scene.officer).get(reverse("reporting:report", args=[submission.pk])).content.decode()
    assert READ in text_of(said)
    # In the list of what stands out and beside the value.
    assert said.count(f'<svg class="trail" viewBox="0 0 120.0 32.0" role="img" aria-label="{TOLD}">') == 2
    table = said[said.index("Its past as a table") : said.index("</table>")]
    assert [f">{number}</span>" in table for number in USUAL] == [True] * len(USUAL)
    assert table.index("April 2019") < table.index("July 2018")
    assert 'href="#stands-out"' in said


def test_a_sudden_zero_of_several_categories_is_told_once() -> None:
    scene = Scene(version=published(elements=[ElementFactory(code="visits", category_set=CategorySetFactory())]))
    for back in (1, 2, 3):
        scene.sent(start=month(-back), doc={"s1": 10 * back, "s2": 5})
    submission = scene.sent(doc={"s1": 0, "s2": 0})
    said = told(signed_in(scene.officer), submission)
    assert "Sudden zero Element visits: 0 , the last three times 15 to 35" in said


def test_a_reviewer_keeps_a_word_on_it_which_all_readers_see(scene: Scene) -> None:
    submission = outlier(scene)
    client, address = signed_in(scene.officer), reverse("reporting:look", args=[submission.pk])
    posted = {"kind": "unusual", "slot": "s1", "revision": submission.revision_id, "word": "هاتفيًا: مخيم جديد"}
    for _twice in range(2):
        answer = client.post(address, posted, follow=True)
        assert "The word stands in the history of the report." in answer.content.decode()
    for person in (scene.officer, scene.coordinator):
        said = signed_in(person).get(reverse("reporting:report", args=[submission.pk])).content.decode()
        assert "Looked at: هاتفيًا: مخيم جديد" in text_of(said)
        assert "What stands out was looked at" in text_of(said)
        assert (address in said) is (person == scene.officer)
    assert "Looked at: هاتفيًا: مخيم جديد" in told(signed_in(scene.officer))
    assert Look.objects.count() == 1


def test_a_word_that_cannot_be_kept_comes_back_as_it_was_written(scene: Scene) -> None:
    submission = outlier(scene)
    client, address = signed_in(scene.officer), reverse("reporting:look", args=[submission.pk])
    posted = {"kind": "unusual", "slot": "s1", "revision": submission.revision_id, "word": "phoned " * 100}
    answer = client.post(address, posted)
    assert answer.status_code == 400
    assert "phoned phoned" in answer.content.decode()
    answer = client.post(address, posted | {"word": "Phoned", "kind": "copy", "slot": ""})
    assert answer.status_code == 409
    assert "no longer stands out" in answer.content.decode()
    assert "Phoned" in answer.content.decode()
    assert client.post(address, {"word": "\x00"}).status_code == 400
    assert client.post(address, posted | {"revision": "9" * 400}).status_code in (400, 409)
    assert client.get(address).status_code == 302
    assert not Look.objects.exists()


def test_who_does_not_review_the_report_cannot_put_a_word_on_it(scene: Scene) -> None:
    submission = outlier(scene)
    address = reverse("reporting:look", args=[submission.pk])
    posted = {"kind": "unusual", "slot": "s1", "word": "x"}
    assert signed_in(scene.coordinator).post(address, posted).status_code == 403
    assert signed_in(Scene().officer).post(address, posted).status_code == 404
    assert Client().post(address, posted).status_code == 302
    assert not Look.objects.exists()


# What the reader may see


def other_ngo(scene: Scene) -> tuple[Organisation, User]:
    """A second NGO with a coordinator."""
    ngo = OrganisationFactory()
    return ngo, member("ngo_coordinator", ngo)


def test_the_past_that_another_body_reported_is_told_to_the_reviewer_and_not_to_the_reporter(scene: Scene) -> None:
    ngo, person = other_ngo(scene)
    with_a_past(scene, reporter=ngo, by=person)
    submission = filed(scene, answers=given(visits=400, births=1))
    compare_waiting(at=timezone.now())
    assert READ in told(signed_in(scene.officer), submission)
    said = told(signed_in(scene.coordinator), submission)
    assert "usually" not in said
    assert "stands out" not in said


def test_anothers_past_stays_hidden_when_it_is_sent_back_after_it_was_compared_with(scene: Scene) -> None:
    ngo, person = other_ngo(scene)
    with_a_past(scene, reporter=ngo, by=person)
    submission = filed(scene, answers=given(visits=400, births=1))
    compare_waiting(at=timezone.now())
    for row in Submission.objects.filter(reporter=ngo):
        send_back(by=scene.officer, submission=row, reason="Wrong register", at=timezone.now())
    assert READ in told(signed_in(scene.officer), submission)
    said = told(signed_in(scene.coordinator), submission)
    assert "usually" not in said
    assert "stands out" not in said


def test_who_may_read_a_part_of_the_past_is_told_what_stands_out_against_that_part(scene: Scene) -> None:
    ngo, person = other_ngo(scene)
    with_a_past(scene)
    for back in range(11, 20):
        scene.sent(start=month(-back), doc={"s1": 390, "s2": 1}, reporter=ngo, by=person)
    submission = filed(scene, answers=given(visits=400, births=1))
    compare_waiting(at=timezone.now())
    # Of all nineteen earlier answers 400 is not far; of the reporter's own ten it is.
    assert "What stands out" not in told(signed_in(scene.officer), submission)
    client = signed_in(scene.coordinator)
    assert READ in told(client, submission)
    assert "Say that it was looked at" not in told(client, submission)


def test_in_the_inbox_a_past_that_is_partly_hidden_is_not_told(scene: Scene) -> None:
    odd = outlier(scene)
    Submission.objects.filter(period_start=month(-3)).update(
        reporter=OrganisationFactory(), reviewer=scene.body, directorate=scene.body
    )
    said = told(signed_in(scene.officer))
    assert f" {odd.facility.name_en} " in said
    assert "Something stands out" in said
    assert "usually" not in said


# Before sending


def test_the_reporter_sees_what_stands_out_before_sending_and_can_send_it_as_it_is(scene: Scene) -> None:
    with_a_past(scene)
    draft = drafted(scene)
    at = timezone.now()
    save_draft(by=scene.coordinator, submission=draft, answers=given(visits=400, births=1), seen=None, at=at)
    client, address = signed_in(scene.coordinator), reverse("reporting:check", args=[draft.pk])
    said = client.get(address).content.decode()
    assert READ in text_of(said)
    assert "None of this stands in the way of sending." in said
    assert f"/reports/{draft.pk}/fill/?check=1#f-s1" in said
    assert 'name="r-s1"' not in said
    assert client.post(address).status_code == 302
    assert Submission.objects.get(pk=draft.pk).status == "submitted"


def test_nothing_is_said_before_sending_where_nothing_stands_out(scene: Scene) -> None:
    with_a_past(scene, numbers=USUAL[:7])
    draft = drafted(scene)
    answers, at = given(visits=400, births=1), timezone.now()
    save_draft(by=scene.coordinator, submission=draft, answers=answers, seen=None, at=at)
    said = signed_in(scene.coordinator).get(reverse("reporting:check", args=[draft.pk])).content.decode()
    assert "stands in the way" not in said


def test_a_report_of_long_ago_is_compared_with_what_was_before_it(scene: Scene) -> None:
    with_a_past(scene)
    early = scene.sent(start=datetime.date(2017, 1, 1), doc={"s1": 400, "s2": 1})
    assert "What stands out" not in told(signed_in(scene.officer), early)
