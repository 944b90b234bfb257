"""Where reports belong follows the facts, whenever they become known: reviewer, what counts, figures."""

import datetime

import pytest
from django.utils import timezone

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.scopes import rescope
from coordination.reporting.models import Belonging, CountedReport, Submission
from coordination.reporting.models.reviews import waiting
from directorates.actions.jurisdictions import decide, end
from directorates.actions.organisations import resume, suspend
from directorates.foundation.models import OutboxMessage
from directorates.models import AuditEvent, JurisdictionDecision
from directorates.permissions import Refused
from tests.factories import DirectorateFactory, member
from tests.reporting.reports import MAY, Scene

pytestmark = pytest.mark.django_db

TODAY = timezone.localdate()


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return Scene()


def test_reports_of_a_suspended_directorate_wait_for_the_body_until_it_acts_again(scene: Scene) -> None:
    report, now = scene.sent(), timezone.now()
    manager = member("data_manager", scene.body)
    suspend(organisation=scene.directorate, since=TODAY, reason="Its offices are closed.", by=None, at=now)
    assert OutboxMessage.objects.filter(task="reporting.rescope").exists()
    assert rescope() == 1
    assert list(waiting(manager)) == [report]
    assert list(waiting(scene.officer)) == []
    approve(by=manager, submission=report, at=now)
    resume(organisation=scene.directorate, since=TODAY, reason="Open again.", by=None, at=now)
    assert rescope() == 1
    kept = Submission.objects.get(pk=report.pk)
    assert (kept.reviewer, kept.directorate, kept.status) == (scene.directorate, scene.directorate, "approved")


def test_a_competence_that_is_recorded_late_moves_what_was_sent_and_what_counts(scene: Scene) -> None:
    report, counted, now = scene.sent(), scene.sent(facility=scene.other_facility()), timezone.now()
    approve(by=scene.officer, submission=counted, at=now)
    drain()
    other = DirectorateFactory()
    officer = member("data_officer", other)
    hand_over(scene, other)
    assert rescope() == 2
    assert rescope() == 0
    assert list(waiting(scene.officer)) == []
    assert list(waiting(officer)) == [report]
    with pytest.raises(Refused):
        approve(by=scene.officer, submission=report, at=now)
    assert CountedReport.objects.get().directorate == other
    drain()
    held = {row.directorate: (row.received, row.answered) for row in Belonging.objects.exclude(received=0, answered=0)}
    assert held == {other.pk: (1, 0)}
    assert AuditEvent.objects.filter(what="move_to_competent").count() == 2


def hand_over(scene: Scene, other: object) -> None:
    """The competence ends within the month of the reports, and another directorate takes the place over."""
    decision = JurisdictionDecision.objects.get(organisation=scene.directorate)
    last = MAY + datetime.timedelta(days=3)
    end(decision=decision, last=last, reason="Handed over.", by=None, at=timezone.now())
    first = last + datetime.timedelta(days=1)
    decide(organisation=other, place=scene.place, first=first, by=None, at=timezone.now())  # type: ignore[arg-type]


def test_coverage_of_a_directorate_never_answers_more_than_it_was_sent(scene: Scene) -> None:
    approve(by=scene.officer, submission=scene.sent(), at=timezone.now())
    hand_over(scene, DirectorateFactory())
    expect(today=TODAY)
    rescope()
    drain()
    assert all(row.answered <= row.received for row in Belonging.objects.all())


def test_nothing_moves_where_the_facts_are_as_they_were(scene: Scene) -> None:
    scene.sent()
    assert rescope() == 0
    assert not AuditEvent.objects.filter(what="move_to_competent").exists()
