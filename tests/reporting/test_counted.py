"""Counted reports: one counts for a facility and period, however many were approved."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.reporting.actions.counted import came_on_time, recount
from coordination.reporting.actions.reviews import approve, reopen
from coordination.reporting.models import CountedReport, Submission, Touched
from directorates.foundation.models import OutboxMessage
from directorates.models import User
from tests.factories import OrganisationFactory, SubdistrictFactory, member
from tests.reporting.reports import MAY, Scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return Scene()


def approved(scene: Scene, submission: Submission, by: User | None = None) -> Submission:
    """The report, approved."""
    return approve(by=by or scene.officer, submission=submission, at=timezone.now())


def own_report(scene: Scene, **given: object) -> Submission:
    """A report of the directorate itself, written by a colleague of the reviewer."""
    return scene.sent(reporter=scene.directorate, by=member("data_officer", scene.directorate), **given)


def test_an_approved_report_counts_with_the_scope_of_its_period(scene: Scene) -> None:
    submission = approved(scene, scene.sent())
    counted = CountedReport.objects.get()
    assert (counted.template_id, counted.period_start, counted.facility_id) == (
        scene.template.pk,
        MAY,
        scene.facility.pk,
    )
    assert (counted.submission_id, counted.revision_id) == (submission.pk, submission.revision_id)
    assert (counted.subdistrict_id, counted.directorate_id) == (scene.place.pk, scene.directorate.pk)
    assert counted.rule == "only"
    assert counted.overlay is None


def test_approval_marks_the_figures_once_and_queues_one_task(scene: Scene) -> None:
    approved(scene, scene.sent())
    mark = Touched.objects.get()
    assert (mark.template, mark.period_start, mark.subdistrict) == (scene.template.pk, MAY, scene.place.pk)
    assert list(OutboxMessage.objects.values_list("task", flat=True)) == ["reporting.drain"]


def test_the_directorates_own_report_counts_before_a_later_one_of_an_ngo(scene: Scene) -> None:
    own = approved(scene, own_report(scene, at=timezone.now() - datetime.timedelta(days=2)))
    approved(scene, scene.sent())
    counted = CountedReport.objects.get()
    assert counted.submission_id == own.pk
    assert counted.rule == "directorate_first"


def test_the_later_report_counts_before_the_earlier(scene: Scene) -> None:
    other = OrganisationFactory()
    later = scene.sent()
    earlier = scene.sent(
        reporter=other, by=member("ngo_coordinator", other), at=timezone.now() - datetime.timedelta(days=1)
    )
    approved(scene, later)
    approved(scene, earlier)
    counted = CountedReport.objects.get()
    assert counted.submission_id == later.pk
    assert counted.rule == "later_first"


def test_a_report_that_is_set_aside_by_rule_changes_the_rule_that_is_named(scene: Scene) -> None:
    own = approved(scene, own_report(scene))
    assert CountedReport.objects.get().rule == "only"
    approved(scene, scene.sent())
    assert CountedReport.objects.get().submission_id == own.pk
    assert CountedReport.objects.get().rule == "directorate_first"


def test_reopening_lets_the_other_approved_report_count_at_once(scene: Scene) -> None:
    own, other = approved(scene, own_report(scene)), approved(scene, scene.sent())
    reopen(by=scene.officer, submission=own, reason="Wrong register", at=timezone.now())
    counted = CountedReport.objects.get()
    assert counted.submission_id == other.pk
    assert counted.rule == "only"


def test_reopening_the_only_report_leaves_none_and_marks_the_figures(scene: Scene) -> None:
    submission = approved(scene, scene.sent())
    before = Touched.objects.count()
    reopen(by=scene.officer, submission=submission, reason="Wrong register", at=timezone.now())
    assert not CountedReport.objects.exists()
    assert Touched.objects.count() == before + 1


def test_counting_again_what_already_counts_marks_nothing(scene: Scene) -> None:
    approved(scene, scene.sent())
    before = Touched.objects.count()
    recount(template_id=scene.template.pk, keys=[(MAY, scene.facility.pk)])
    assert Touched.objects.count() == before


def test_a_moved_facility_marks_the_old_sub_district_and_the_new_one(scene: Scene) -> None:
    submission = approved(scene, scene.sent())
    elsewhere = SubdistrictFactory()
    Submission.objects.filter(pk=submission.pk).update(subdistrict=elsewhere, place_path=elsewhere.path)
    before = Touched.objects.count()
    recount(template_id=scene.template.pk, keys=[(MAY, scene.facility.pk)])
    marked = set(
        Touched.objects.order_by("-id")[: Touched.objects.count() - before].values_list("subdistrict", flat=True)
    )
    assert marked == {scene.place.pk, elsewhere.pk}


def test_an_overlay_comes_from_a_settlement_alone_and_never_outlives_it(scene: Scene) -> None:
    approved(scene, own_report(scene))
    CountedReport.objects.update(overlay={"s1": 7})
    approved(scene, scene.sent())
    assert CountedReport.objects.get().overlay is None


def test_a_report_is_on_time_by_the_day_it_first_arrived_in_damascus(scene: Scene) -> None:
    due = datetime.date(2019, 6, 10)
    damascus_evening = datetime.datetime(2019, 6, 10, 20, 30, tzinfo=datetime.UTC)
    after_midnight = datetime.datetime(2019, 6, 10, 21, 30, tzinfo=datetime.UTC)
    for moment, on_time in ((damascus_evening, True), (after_midnight, False)):
        submission = Submission(first_submitted=moment, submitted=timezone.now(), due=due)
        assert came_on_time(submission) is on_time


def test_a_correction_that_was_asked_for_later_does_not_make_a_report_late(scene: Scene) -> None:
    submission = scene.sent(at=datetime.datetime(2019, 6, 9, tzinfo=datetime.UTC))
    assert came_on_time(submission)
    approved(scene, submission)
    assert CountedReport.objects.get().on_time


def test_reports_of_other_facilities_and_periods_are_left_alone(scene: Scene) -> None:
    june = datetime.date(2019, 6, 1)
    kept = approved(scene, scene.sent(start=june))
    elsewhere = approved(scene, scene.sent(facility=scene.other_facility()))
    submission = approved(scene, scene.sent())
    reopen(by=scene.officer, submission=submission, reason="Wrong register", at=timezone.now())
    assert set(CountedReport.objects.values_list("submission", flat=True)) == {kept.pk, elsewhere.pk}


def test_counting_many_keys_takes_as_many_statements_as_counting_one(scene: Scene) -> None:
    facilities = [scene.facility, *(scene.other_facility() for _ in range(9))]
    for facility in facilities:
        approved(scene, scene.sent(facility=facility))
    counts = []
    for chosen in (facilities[:1], facilities):
        CountedReport.objects.all().delete()
        with CaptureQueriesContext(connection) as queries:
            recount(template_id=scene.template.pk, keys=[(MAY, facility.pk) for facility in chosen])
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert CountedReport.objects.count() == len(facilities)


def test_the_documents_that_count_are_the_approved_revisions(scene: Scene) -> None:
    approved(scene, scene.sent(doc={"s1": 12.5, "s2": 0}))
    doc = CountedReport.objects.get().revision.doc
    assert Decimal(str(doc["s1"])) == Decimal("12.5")
    assert doc["s2"] == 0
