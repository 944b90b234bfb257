"""Reading waiting reports one after another: the line, its keys and where a deed leads."""

import datetime
import re
import uuid
from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.reviews import approve
from coordination.reporting.models import Submission
from coordination.reporting.models.lines import Line
from tests.factories import FacilityFactory, SubdistrictFactory, competent, member
from tests.reporting.reports import Scene, warning, wide_scene
from tests.reporting.test_review_pages import signed_in, text_of

pytestmark = pytest.mark.django_db
APRIL = datetime.date(2019, 4, 1)


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return wide_scene()


def three(scene: Scene) -> list[Submission]:
    """Three waiting reports in the order in which they are read: the marked one, then the older, then the newer."""
    now = timezone.now()
    newer = scene.sent(at=now - datetime.timedelta(hours=1))
    older = scene.sent(facility=scene.other_facility(), at=now - datetime.timedelta(hours=2))
    marked = scene.sent(facility=scene.other_facility(), warnings=[warning()])
    return [marked, older, newer]


def address(submission: Submission, filters: str = "") -> str:
    """A report's page in the line."""
    return f"{reverse('reporting:report', args=[submission.pk])}?line={filters}"


def approved(client: Client, submission: Submission, filters: str = "") -> str:
    """Approve a report in the line; answers where that leads."""
    given = {"revision": submission.revision_id, "line": filters}
    return str(client.post(reverse("reporting:approve", args=[submission.pk]), given)["Location"])


def test_a_line_knows_its_neighbours_and_what_stands_in_it_no_more() -> None:
    first, second, third, gone = (uuid.uuid4() for _ in range(4))
    line = Line((first, second, third), second)
    assert (line.position, line.previous, line.next) == (2, first, third)
    assert Line((first, second), first).previous is None
    assert Line((first, second), second).next is None
    outside = Line((first, second), gone)
    assert (outside.position, outside.previous, outside.next) == (None, None, first)
    assert Line((), gone).next is None


def test_the_line_begins_with_the_marked_report_and_goes_on_with_the_oldest(scene: Scene) -> None:
    marked, older, newer = three(scene)
    client = signed_in(scene.officer)
    begun = client.get(reverse("reporting:line"), follow=True)
    assert begun.redirect_chain == [(address(marked), 302)]
    said = text_of(begun.content.decode())
    assert "1 of 3" in said
    assert f'href="{address(older)}"' in begun.content.decode()
    last = client.get(address(newer)).content.decode()
    assert "3 of 3" in text_of(last)
    assert f'href="{address(older)}"' in last
    assert 'data-key="n"' not in last


def test_after_a_deed_the_next_report_opens_and_tells_of_it_with_a_way_back(scene: Scene) -> None:
    marked, older, _newer = three(scene)
    client = signed_in(scene.officer)
    onwards = approved(client, marked)
    assert urlsplit(onwards).path == reverse("reporting:report", args=[older.pk])
    said = client.get(onwards).content.decode()
    assert f"Approved: {marked.receipt} ." in text_of(said)
    at = re.search(r'name="at" value="([^"]+)"', said)
    back = re.search(r'name="next" value="([^"]+)"', said[at.start() :]) if at else None
    assert at is not None
    assert back is not None
    undone = client.post(reverse("reporting:undo_approval"), {"at": at[1], "next": back[1]}, follow=True)
    assert undone.redirect_chain == [(address(marked), 302)]
    assert "1 report waits for review again." in undone.content.decode()
    assert Submission.objects.get(pk=marked.pk).status == "submitted"


def test_what_was_sent_back_is_told_on_the_next_page_and_cannot_be_taken_back(scene: Scene) -> None:
    marked, _older, _newer = three(scene)
    client = signed_in(scene.officer)
    given = {"revision": marked.revision_id, "line": "", "reason": "See the register"}
    onwards = client.post(reverse("reporting:send_back", args=[marked.pk]), given)["Location"]
    said = client.get(onwards).content.decode()
    assert f"Sent back: {marked.receipt} ." in text_of(said)
    assert reverse("reporting:undo_approval") not in said


def test_after_the_last_report_the_inbox_opens_with_its_filters_and_tells_of_the_deed(scene: Scene) -> None:
    only = scene.sent()
    client = signed_in(scene.officer)
    onwards = approved(client, only, "period=201905")
    assert urlsplit(onwards).path == reverse("reporting:inbox")
    assert parse_qs(urlsplit(onwards).query)["period"] == ["201905"]
    said = client.get(onwards).content.decode()
    assert f"Approved: {only.receipt} ." in text_of(said)
    assert reverse("reporting:undo_approval") in said


def test_the_line_keeps_the_filters_of_the_inbox(scene: Scene) -> None:
    may, april = scene.sent(), scene.sent(start=APRIL, facility=scene.other_facility())
    client = signed_in(scene.officer)
    answer = client.get(reverse("reporting:line") + "?period=201904&reporter=nobody", follow=True)
    assert answer.redirect_chain == [(address(april, "period%3D201904"), 302)]
    assert "1 of 1" in text_of(answer.content.decode())
    inbox = client.get(reverse("reporting:inbox") + "?period=201905").content.decode()
    assert f'href="{reverse("reporting:line")}?period=201905"' in inbox
    assert may.facility.name_en in inbox


@pytest.mark.parametrize(
    "filters", ["%00", "x" * 9000, "period=%F0%9F%92%A3&claim=\u202e", "&" * 400, "a[]=1&period=9"]
)
def test_filters_that_cannot_be_read_filter_nothing(scene: Scene, filters: str) -> None:
    submission = scene.sent()
    answer = signed_in(scene.officer).get(
        reverse("reporting:report", args=[submission.pk]), {"line": filters, "done": filters}
    )
    assert answer.status_code == 200
    assert "1 of 1" in text_of(answer.content.decode())


def test_a_report_that_waits_no_more_is_shown_with_the_way_on(scene: Scene) -> None:
    marked, older, _newer = three(scene)
    approve(by=member("data_officer", scene.directorate), submission=older, at=timezone.now())
    said = signed_in(scene.officer).get(address(older)).content.decode()
    assert "Still waiting: 2" in text_of(said)
    assert f'href="{address(marked)}"' in said


def test_an_empty_line_leads_back_to_the_inbox_and_says_so(scene: Scene) -> None:
    answer = signed_in(scene.officer).get(reverse("reporting:line"), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("reporting:inbox")
    assert "No report waits for review here." in answer.content.decode()


def test_whoever_reviews_nothing_gets_no_line(scene: Scene) -> None:
    submission = scene.sent()
    client = signed_in(scene.coordinator)
    assert client.get(reverse("reporting:line")).status_code == 403
    assert "data-keys" not in client.get(address(submission)).content.decode()


def test_the_deed_of_someone_else_is_not_told_as_ones_own(scene: Scene) -> None:
    marked, older, _newer = three(scene)
    approve(by=member("data_officer", scene.directorate), submission=marked, at=timezone.now())
    said = signed_in(scene.officer).get(f"{address(older)}&done={marked.pk}").content.decode()
    assert f"Approved: {marked.receipt}" not in text_of(said)
    elsewhere = Scene(place=SubdistrictFactory())
    other = approve(by=elsewhere.officer, submission=elsewhere.sent(), at=timezone.now())
    assert str(other.receipt) not in signed_in(scene.officer).get(f"{address(older)}&done={other.pk}").content.decode()


def test_a_deed_on_what_one_may_no_longer_read_is_not_told(scene: Scene) -> None:
    beside = SubdistrictFactory(parent=scene.place.parent)
    competent(scene.directorate, beside)
    done, next_one = scene.sent(), scene.sent(facility=FacilityFactory(place=beside, supporters=[scene.ngo]))
    approve(by=scene.officer, submission=done, at=timezone.now())
    page = f"{reverse('reporting:report', args=[next_one.pk])}?done={done.pk}"
    told = signed_in(scene.officer).get(page).context["told"]
    assert told is not None
    assert told.submission == done
    scene.officer.memberships.get().places.set([beside])
    assert signed_in(scene.officer).get(page).context["told"] is None


def test_a_refused_deed_keeps_the_line_and_what_was_typed(scene: Scene) -> None:
    marked, _older, _newer = three(scene)
    given = {"line": "", "revision": marked.revision_id, "reason": " "}
    answer = signed_in(scene.officer).post(reverse("reporting:send_back", args=[marked.pk]), given)
    assert answer.status_code == 400
    assert "1 of 3" in text_of(answer.content.decode())
