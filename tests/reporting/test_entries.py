"""A facility that was entered twice counts once, from when the entries are merged, whatever was reported of either."""

import datetime

import pytest
from django.utils import timezone

from coordination.reporting.actions.counted import recount_by_register
from coordination.reporting.actions.double_reports import attend
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.reviews import reopen
from coordination.reporting.models import CountedReport, ExpectedReport, Submission
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.sources import Role, Where, sources_of
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.foundation.models import Notice
from directorates.models import AuditEvent
from facilities.actions.support import begin_support, end_support
from facilities.models import Facility, Support
from tests.factories import FacilityFactory, assigned, member
from tests.reporting.doubled import Doubled
from tests.reporting.entered import Entered
from tests.reporting.reports import MAY
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Entered:
    """Both reports were sent."""
    return Entered()


def counted() -> set[object]:
    """The reports that count."""
    return set(CountedReport.objects.values_list("submission", flat=True))


def test_two_entries_count_each_until_they_are_merged_and_then_one_of_them(scene: Entered) -> None:
    scene.approve(scene.first, scene.second)
    assert counted() == {scene.first.pk, scene.second.pk}
    scene.merge(scene.facility, scene.again)
    row = CountedReport.objects.get()
    assert (row.submission_id, row.rule, row.facility) == (scene.second.pk, "later_first", scene.again)
    assert Submission.objects.filter(status="approved").count() == 2, "no report was moved or changed"
    assert recount_by_register() == 0


@pytest.mark.parametrize("order", [("first", "second"), ("second", "first")])
def test_a_report_that_is_approved_after_the_merge_is_set_aside_or_counts_by_the_rule(
    scene: Entered, order: tuple[str, str]
) -> None:
    scene.merge(scene.again, scene.facility)
    for name in order:
        scene.approve(getattr(scene, name))
    assert counted() == {scene.second.pk}


def test_both_senders_and_the_reviewer_are_told_once(scene: Entered) -> None:
    scene.approve(scene.first, scene.second)
    scene.merge(scene.facility, scene.again)
    reopen(by=scene.officer, submission=scene.second, reason="Look again", at=timezone.now())
    scene.approve(scene.second)
    told = Notice.objects.filter(kind="double_report", url=f"/facilities/{scene.facility.code}/")
    assert sorted(told.values_list("person", flat=True)) == sorted(
        one.pk for one in (scene.officer, scene.coordinator, scene.rival)
    )
    assert AuditEvent.objects.filter(what="set_entry_aside").count() == 1


def test_what_was_set_aside_stands_among_the_sources_with_its_reason(scene: Entered) -> None:
    scene.approve(scene.first, scene.second)
    scene.merge(scene.facility, scene.again)
    measure = next(iter(measures_of(scene.template, Period(PeriodType.MONTH, MAY)).values()))
    where = Where(scene.officer, scene.place, None, Borders.THEN)
    rows = {row.submission.pk: row for row in sources_of(scene.template, where, [MAY], measure).rows}
    assert {pk: row.role for pk, row in rows.items()} == {
        scene.first.pk: Role.SET_ASIDE,
        scene.second.pk: Role.COUNTED,
    }
    assert scene.again.code in str(rows[scene.first.pk].reason)


def test_when_the_one_that_counts_is_reopened_the_other_one_counts(scene: Entered) -> None:
    scene.approve(scene.first, scene.second)
    scene.merge(scene.facility, scene.again)
    reopen(by=scene.officer, submission=scene.second, reason="Wrong", at=timezone.now())
    assert counted() == {scene.first.pk}
    reopen(by=scene.officer, submission=scene.first, reason="Wrong", at=timezone.now())
    assert counted() == set()


def test_entries_that_were_merged_one_after_another_are_one_facility(scene: Entered) -> None:
    last: Facility = FacilityFactory(place=scene.place)
    scene.merge(scene.facility, scene.again)
    scene.merge(last, scene.facility)
    third = scene.sent(facility=last, doc={"s1": 14}, at=timezone.now())
    scene.approve(scene.first, third, scene.second)
    assert counted() == {third.pk}


def test_the_directorates_own_report_comes_first_among_entries_too(scene: Entered) -> None:
    data = member("data_officer", scene.directorate)
    own = scene.sent(facility=scene.again, reporter=scene.directorate, by=data, doc={"s1": 9})
    scene.approve(own, scene.first, scene.second)
    assert counted() == {own.pk, scene.first.pk}
    scene.merge(scene.facility, scene.again)
    assert counted() == {own.pk}


def test_beside_the_report_that_counts_nothing_is_expected_of_the_other_entries(scene: Entered) -> None:
    assigned(scene.template, scene.facility, scene.again)

    def expected() -> set[int]:
        expect(today=MAY + datetime.timedelta(days=40))
        return set(ExpectedReport.objects.filter(period_start=MAY).values_list("facility", flat=True))

    both = {scene.facility.pk, scene.again.pk}
    scene.approve(scene.first, scene.second)
    assert expected() == both
    scene.merge(scene.facility, scene.again)
    assert expected() == {scene.again.pk}
    reopen(by=scene.officer, submission=scene.second, reason="Wrong", at=timezone.now())
    assert expected() == {scene.facility.pk}
    reopen(by=scene.officer, submission=scene.first, reason="Wrong", at=timezone.now())
    assert expected() == both


@pytest.mark.django_db(transaction=True)
def test_two_entries_that_are_approved_at_once_count_once(scene: Entered) -> None:
    scene.merge(scene.facility, scene.again)
    at_once(lambda: scene.approve(scene.first), lambda: scene.approve(scene.second))
    assert counted() == {scene.second.pk}


# --- Supporters first --------------------------------------------------------------------------------------------


@pytest.fixture
def supported() -> Doubled:
    """Two NGOs reported one facility; the first supports it, and supporters count first."""
    made = Doubled()
    made.template.counts_first = "supporter"
    made.template.save()
    recount_by_register()
    return made


def test_a_support_that_ended_before_the_period_by_a_late_word_no_longer_decides(supported: Doubled) -> None:
    row = CountedReport.objects.get()
    assert (row.submission_id, row.rule) == (supported.first.pk, "supporter_first")
    (support,) = Support.objects.filter(facility=supported.facility)
    end_support(support=support, last_day=MAY - datetime.timedelta(days=1), by=supported.officer)
    assert recount_by_register() == 1
    row.refresh_from_db()
    assert (row.submission_id, row.rule) == (supported.second.pk, "later_first")


def test_a_support_that_is_written_down_late_decides_at_once(supported: Doubled) -> None:
    begin_support(facility=supported.facility, organisation=supported.other, since=MAY, by=supported.officer)
    assert recount_by_register() == 1
    row = CountedReport.objects.get()
    assert (row.submission_id, row.rule) == (supported.second.pk, "later_first"), "both support it: the later counts"
    assert recount_by_register() == 0
    attend(at=timezone.now(), everything=True)
