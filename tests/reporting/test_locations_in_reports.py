"""No note or reason about a report carries a location to others: it is refused, its author told, nothing of it kept."""

import datetime
from collections.abc import Callable

import pytest
from django.db import connection
from django.utils import timezone

from coordination.reporting.actions.claims import hand_over
from coordination.reporting.actions.outliers import look
from coordination.reporting.actions.reviews import approve, reopen, send_back
from coordination.reporting.actions.submissions import save_draft, submit
from coordination.reporting.models import Draft, Revision, Submission, SubmissionEvent
from coordination.reporting.rules.answers import Answer
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from tests.factories import member, signed_in
from tests.reporting.filing import codes, drafted, filed, given
from tests.reporting.reports import Scene

pytestmark = pytest.mark.django_db

PLACE = "نقل القسم إلى ٣٥٫٩٣٠٦، ٣٦٫٦٣٣٩"


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return Scene()


def kept_anywhere(text: str) -> list[str]:
    """The tables in which a text stands, whatever the column; the application may not read that of positions."""
    with connection.cursor() as cursor:
        tables = [
            table for table in connection.introspection.table_names(cursor) if table != "facilities_exactposition"
        ]
        found = []
        for table in tables:
            cursor.execute(f'SELECT count(*) FROM "{table}" AS t WHERE t::text LIKE %s', [f"%{text}%"])
            found += [table] if cursor.fetchone() != (0,) else []
    return found


def test_a_report_with_a_location_in_a_reason_is_not_filed(scene: Scene) -> None:
    answers = [Answer("visits", None, 10, None, PLACE), *given(births=2)]
    with pytest.raises(Problem) as refused:
        filed(scene, answers=answers)
    assert codes(refused.value) == [("values[0].reason", "location")]
    assert not Submission.objects.exists()
    assert kept_anywhere("٣٥٫٩٣٠٦") == []


def test_a_draft_stays_with_its_writers_and_cannot_be_sent_until_it_is_rewritten(scene: Scene) -> None:
    draft, at = drafted(scene), timezone.now()
    answers = [Answer("visits", None, 10, None, PLACE), *given(births=2)]
    saved = save_draft(by=scene.coordinator, submission=draft, answers=answers, seen=1, at=at)
    assert [(fault.code, fault.element) for fault in saved.outcome.errors] == [("location", "visits")]
    for _again in range(2):
        with pytest.raises(Problem) as refused:
            submit(by=scene.coordinator, submission=draft, at=at)
        assert [code for _field, code in codes(refused.value)] == ["location"]
    assert not Revision.objects.exists()
    assert kept_anywhere("٣٥٫٩٣٠٦") == ["reporting_draft"]
    again = [Answer("visits", None, 10, None, "نقل القسم إلى بلدة مجاورة")]
    save_draft(by=scene.coordinator, submission=draft, answers=again, seen=saved.edition, at=at)
    assert submit(by=scene.coordinator, submission=draft, at=at).status == "submitted"
    assert not Draft.objects.filter(notes__contains="٣٥").exists()
    assert kept_anywhere("٣٥٫٩٣٠٦") == []


def test_a_program_that_saves_a_location_is_refused_as_a_whole(scene: Scene) -> None:
    draft = drafted(scene)
    with pytest.raises(Problem) as refused:
        save_draft(
            by=scene.coordinator,
            submission=draft,
            answers=[Answer("visits", None, 10, None, PLACE)],
            seen=1,
            at=timezone.now(),
            strict=True,
        )
    assert [code for _field, code in codes(refused.value)] == ["location"]
    assert kept_anywhere("٣٥٫٩٣٠٦") == []


@pytest.mark.parametrize(
    ("field", "deed"),
    [
        ("note", lambda s, r, at: approve(by=s.officer, submission=r, note=PLACE, at=at)),
        ("reason", lambda s, r, at: send_back(by=s.officer, submission=r, reason=PLACE, at=at)),
        (
            "note",
            lambda s, r, at: hand_over(
                by=s.officer, submissions=[r], to=member("data_officer", s.directorate), note=PLACE, at=at
            ),
        ),
        ("word", lambda s, r, at: look(by=s.officer, submission=r, kind="unusual", slot="s1", word=PLACE, at=at)),
    ],
)
def test_what_a_reviewer_writes_carries_no_location(
    scene: Scene, field: str, deed: Callable[[Scene, Submission, datetime.datetime], object]
) -> None:
    report = scene.sent()
    before = SubmissionEvent.objects.count()
    with pytest.raises(Problem) as refused:
        deed(scene, report, timezone.now())
    assert codes(refused.value) == [(field, "location")]
    assert "٣٥" not in str(refused.value.detail)
    report.refresh_from_db()
    assert (report.status, SubmissionEvent.objects.count()) == ("submitted", before)
    assert kept_anywhere("٣٥٫٩٣٠٦") == []


def test_an_approved_report_is_not_reopened_with_a_location(scene: Scene) -> None:
    report = approve(by=scene.officer, submission=scene.sent(), at=timezone.now())
    with pytest.raises(Problem) as refused:
        reopen(by=scene.officer, submission=report, reason="see https://maps.app.goo.gl/Ab12", at=timezone.now())
    assert codes(refused.value) == [("reason", "location")]
    assert AuditEvent.objects.filter(what="reopen").count() == 0


def test_what_counts_cases_and_days_is_no_location(scene: Scene) -> None:
    words = "35 حالة من 36، من 2026-11-29 إلى 2026-12-05، هاتف 0944123456"
    report = send_back(by=scene.officer, submission=scene.sent(), reason=words, at=timezone.now())
    assert report.history.last().note == words  # type: ignore[union-attr]


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_page_tells_the_reviewer_and_does_not_send_it_back(scene: Scene, language: str) -> None:
    report = scene.sent()
    client = signed_in(scene.officer, language)
    page = client.post(f"/reports/{report.pk}/send-back/", {"reason": PLACE}, follow=True)
    told = "قد يدل هذا النص على موقع" if language == "ar" else "This may give a location"
    assert told in page.content.decode()
    report.refresh_from_db()
    assert report.status == "submitted"
