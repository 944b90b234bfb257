"""A week of review by the pages, without a script: reminded, put off, sent, deputised, claimed, read in the line, told above."""

import datetime

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.expected import expect
from coordination.reporting.models import CountedReport, ExpectedReport, Submission, SubmissionEvent
from coordination.reporting.rules.periods import PeriodType, period_containing
from coordination.reporting.tasks import escalate, remind
from directorates.models import AuditEvent, Deputyship, Membership, User
from directorates.tasks import post_notices
from tests.factories import assigned, confirmed_deputy, member
from tests.flows.region import said
from tests.reporting.filing import filed
from tests.reporting.reports import wide_scene

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


class Week:
    """The people of a directorate and an NGO, each at a browser, in one language."""

    def __init__(self, language: str) -> None:
        """A month has ended; its report is due since yesterday."""
        self.language, self.scene = language, wide_scene()
        self.director = member("director", self.scene.directorate, name="Amal")
        User.objects.update(language=language)
        today = timezone.localdate()
        self.period = period_containing(today, PeriodType.MONTH).previous()
        assigned(self.scene.template, self.scene.facility)
        expect(today=today, first=self.period.start)
        ExpectedReport.objects.update(due=today - DAY)

    def words(self, sentence: str, context: str = "") -> str:
        """A sentence as everybody reads it."""
        return said(self.language, sentence, context)

    def browser(self, person: User) -> Client:
        """A browser in which a person signed in."""
        client = Client(headers={"accept-language": self.language})
        client.force_login(User.objects.get(pk=person.pk))
        return client

    def page(self, person: User, address: str) -> str:
        """What a page says."""
        answer = self.browser(person).get(address, follow=True)
        assert answer.status_code == 200, address
        return str(answer.content.decode())

    def post(self, person: User, address: str, **given: object) -> str:
        """Post a form; what the page that follows says."""
        answer = self.browser(person).post(address, given, follow=True)
        assert answer.status_code == 200, address
        return str(answer.content.decode())


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_week_of_review(language: str) -> None:
    week = Week(language)
    reminded_and_put_off(week)
    submission = filed(week.scene, period=week.period)
    assert submission.due > timezone.localdate()
    stood_in(week)
    claimed_and_handed_over(week, submission)
    told_above(week, submission)
    read_and_approved(week, submission)


def reminded_and_put_off(week: Week) -> None:
    """The coordinator gets one letter; the officer puts the date off; the due list says so."""
    assert remind() == 1
    assert remind() == 0
    assert post_notices() == 1
    assert mail.outbox[-1].to == [week.scene.coordinator.email]
    notice = week.page(week.scene.coordinator, reverse("directorates:notices"))
    assert (week.scene.facility.name_ar if week.language == "ar" else week.scene.facility.name_en) in notice
    until = timezone.localdate() + 5 * DAY
    address = f"{reverse('reporting:put_off')}?reporter={week.scene.ngo.code}"
    week.post(week.scene.officer, address, until=until.isoformat(), reason="No power", count=1)
    assert "No power" in week.page(week.scene.coordinator, reverse("reporting:due"))


def stood_in(week: Week) -> None:
    """The officer will be away: the director stands in, and the inbox says so."""
    today = timezone.localdate()
    role = Membership.objects.get(person=week.scene.officer)
    given = {"deputy": week.director.pk, "first": today.isoformat(), "last": (today + 2 * DAY).isoformat()}
    week.post(week.scene.officer, reverse("directorates:deputies", args=[role.pk]), **given)
    confirmed_deputy(Deputyship.objects.get(membership=role))
    assert week.words("Stands in:") in week.page(week.director, reverse("reporting:inbox"))


def claimed_and_handed_over(week: Week, submission: Submission) -> None:
    """The officer claims the report and hands it over to the director, who finds it among the own."""
    week.post(week.scene.officer, reverse("reporting:claim"), report=submission.pk)
    week.post(
        week.scene.officer,
        reverse("reporting:hand_over"),
        report=submission.pk,
        confirmed="1",
        to=week.director.pk,
        note="Gone tomorrow",
    )
    assert "Gone tomorrow" in week.page(week.director, f"{reverse('reporting:inbox')}?claim=mine")


def told_above(week: Week, submission: Submission) -> None:
    """A week later nobody has reviewed it: the director is told, once."""
    before = timezone.now() - 8 * DAY
    Submission.objects.filter(pk=submission.pk).update(changed=before, submitted=before)
    assert escalate() == 1
    assert escalate() == 0
    assert post_notices() > 0
    assert 'class="here"' in week.page(week.director, reverse("directorates:notices"))
    assert "1 report waits for review for long" in [letter.subject for letter in mail.outbox] or week.language == "ar"


def read_and_approved(week: Week, submission: Submission) -> None:
    """The director reads it in the line and approves it in the officer's stead; it counts, on time."""
    page = week.page(week.director, reverse("reporting:line"))
    assert 'name="line"' in page
    given = {"line": "", "revision": submission.revision_id}
    after = week.post(week.director, reverse("reporting:approve", args=[submission.pk]), **given)
    assert week.words("Undo") in after
    assert CountedReport.objects.get().on_time
    event = SubmissionEvent.objects.get(what="approved")
    assert (event.by, event.instead_of) == (week.director, week.scene.officer)
    assert AuditEvent.objects.get(what="approve").details["instead_of"] == week.scene.officer.pk
