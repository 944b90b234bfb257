"""While a corrected report waits for approval, whatever reads the report reads the revision that was approved."""

from typing import Any

import pytest
from django.utils import timezone

from coordination.reporting.actions.follow_ups import ask_about, settle_follow_up
from coordination.reporting.models import CountedReport, FollowUp, Submission
from coordination.reporting.models.outliers import candidates
from coordination.reporting.models.reviews import document_before
from coordination.reporting.models.shared_items import candidate_of
from directorates.foundation.problems import Problem
from tests.reporting.corrected import Corrected

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Corrected:
    """A report of ten visits that is corrected on request to thirty, sent again and not approved."""
    scene = Corrected()
    scene.accepted()
    scene.resend(30)
    return scene


def test_the_next_report_is_laid_beside_what_was_approved(scene: Corrected) -> None:
    following = scene.sent(start=scene.report.period.next().start)
    assert document_before(following, scene.officer).doc["s1"] == 10
    (past,) = candidates(Submission.objects.filter(pk=scene.report.pk))
    assert past.doc["s1"] == 10


def test_it_was_sent_when_what_counts_was_sent(scene: Corrected) -> None:
    held = Submission.objects.get(pk=scene.report.pk)
    counted = CountedReport.objects.select_related("revision").get(submission=held)
    assert candidate_of(held).submitted_at == counted.revision.at
    assert held.submitted != counted.revision.at


@pytest.mark.parametrize("after", [False, True])
def test_a_question_is_not_settled_as_corrected_by_what_nobody_approved(after: bool) -> None:
    scene = Corrected()
    asked: list[FollowUp] = []

    def ask() -> None:
        said: dict[str, Any] = {"submission": scene.report, "slot": "s1", "question": "So few?", "at": timezone.now()}
        asked.append(ask_about(by=scene.officer, **said))

    if not after:
        ask()
    scene.accepted()
    scene.resend(30)
    if after:
        ask()
    with pytest.raises(Problem) as told:
        settle_follow_up(
            by=scene.officer, follow_up=asked[0], outcome="corrected", text="", seen=None, at=timezone.now()
        )
    assert told.value.code == "not_corrected"
