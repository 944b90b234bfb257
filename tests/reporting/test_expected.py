"""Expected reports: who owes which report, for periods that have ended."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.utils import timezone

from coordination.reporting.actions.expected import expect
from coordination.reporting.models import Assignment, ExpectedReport, ReportTemplate, Touched
from directorates.foundation.sight import unwalled
from directorates.models import Organisation
from directorates.models.validity import lasting
from facilities.models import Facility, OperatingStatus, Support
from tests.factories import (
    DirectorateFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    assigned,
    competent,
    member,
    published,
)

pytestmark = pytest.mark.django_db
TODAY = dt.date(2019, 6, 5)
APRIL = dt.date(2019, 4, 1)
MAY = dt.date(2019, 5, 1)


@pytest.fixture
def template() -> ReportTemplate:
    """A monthly template, published from April 2019 on."""
    return published(first=APRIL).template


@pytest.fixture
def directorate() -> Organisation:
    """A directorate, competent for nothing yet."""
    return DirectorateFactory(code="idlib")


@pytest.fixture
def facility(directorate: Organisation, template: ReportTemplate) -> Facility:
    """A facility that reports monthly, in the directorate's jurisdiction, without a supporter."""
    place = SubdistrictFactory()
    competent(directorate, place)
    facility = FacilityFactory(place=place)
    assigned(template, facility)
    return facility


def owed() -> set[tuple[str, str]]:
    """The first day of the period and the reporter of everything that is expected."""
    rows = ExpectedReport.objects.values_list("period_start", "reporter__code")
    return {(start.isoformat(), reporter) for start, reporter in rows}


def state(facility: Facility, status: str, first: dt.date, last: dt.date | None = None) -> None:
    """Give a facility an operating status for a time."""
    OperatingStatus.objects.create(facility=facility, status=status, valid=lasting(first, last), at=timezone.now())


def test_the_competent_directorate_owes_the_report_of_a_facility_that_nobody_supports(facility: Facility) -> None:
    assert expect(today=TODAY) == 2
    assert owed() == {("2019-04-01", "idlib"), ("2019-05-01", "idlib")}


def test_a_report_is_due_so_many_days_after_the_periods_last_day(facility: Facility) -> None:
    expect(today=TODAY)
    assert ExpectedReport.objects.get(period_start=MAY).due == dt.date(2019, 6, 10)


def test_supporters_on_the_periods_last_day_owe_the_report_each(facility: Facility) -> None:
    left, came, stays = (OrganisationFactory(code=code) for code in ("left", "came", "stays"))
    Support.objects.create(facility=facility, organisation=left, valid=lasting(APRIL, dt.date(2019, 5, 30)))
    Support.objects.create(facility=facility, organisation=came, valid=lasting(dt.date(2019, 5, 31)))
    Support.objects.create(facility=facility, organisation=stays, valid=lasting(APRIL))
    expect(today=TODAY)
    assert owed() == {
        ("2019-04-01", "left"),
        ("2019-04-01", "stays"),
        ("2019-05-01", "came"),
        ("2019-05-01", "stays"),
    }


def test_a_period_that_has_not_ended_is_not_expected_yet(facility: Facility) -> None:
    expect(today=dt.date(2019, 5, 31))
    assert owed() == {("2019-04-01", "idlib")}
    expect(today=dt.date(2019, 6, 1))
    assert ("2019-05-01", "idlib") in owed()


@pytest.mark.parametrize("status", ["closed", "destroyed"])
def test_a_facility_closed_on_the_last_day_is_not_expected(facility: Facility, status: str) -> None:
    state(facility, status, dt.date(2019, 5, 31))
    expect(today=TODAY)
    assert owed() == {("2019-04-01", "idlib")}


def test_a_facility_that_opened_again_before_the_last_day_is_expected(facility: Facility) -> None:
    state(facility, "closed", dt.date(2019, 5, 2), dt.date(2019, 5, 30))
    expect(today=TODAY)
    assert ("2019-05-01", "idlib") in owed()


def test_a_facility_out_of_service_is_still_expected(facility: Facility) -> None:
    state(facility, "out_of_service", APRIL)
    expect(today=TODAY)
    assert ("2019-05-01", "idlib") in owed()


def test_where_no_directorate_is_competent_on_the_last_day_nothing_is_expected(
    template: ReportTemplate, directorate: Organisation
) -> None:
    place = SubdistrictFactory()
    competent(directorate, place, last=dt.date(2019, 5, 30))
    facility = FacilityFactory(place=place, supporters=[OrganisationFactory(code="ngo")])
    assigned(template, facility)
    expect(today=TODAY)
    assert owed() == {("2019-04-01", "ngo")}


def test_a_facility_is_not_expected_before_it_opened(facility: Facility) -> None:
    Facility.objects.filter(pk=facility.pk).update(opened=dt.date(2019, 5, 31))
    expect(today=TODAY)
    assert owed() == {("2019-05-01", "idlib")}


def test_periods_outside_the_assignment_are_not_expected(facility: Facility) -> None:
    Assignment.objects.update(valid=lasting(APRIL, dt.date(2019, 5, 30)))
    expect(today=TODAY)
    assert owed() == {("2019-04-01", "idlib")}


def test_periods_without_a_published_version_are_not_expected(facility: Facility) -> None:
    expect(today=dt.date(2019, 5, 2))
    assert owed() == {("2019-04-01", "idlib")}


def test_weeks_are_expected_from_sunday_to_saturday(directorate: Organisation) -> None:
    place = SubdistrictFactory()
    competent(directorate, place)
    weekly = published(TemplateFactory(period_type="week_sunday", due_days=3), first=dt.date(2019, 4, 21)).template
    assigned(weekly, FacilityFactory(place=place))
    expect(today=dt.date(2019, 5, 5))
    assert {start for start, _reporter in owed()} == {"2019-04-21", "2019-04-28"}
    assert ExpectedReport.objects.earliest("due").due == dt.date(2019, 4, 30)


def test_running_it_twice_changes_nothing(facility: Facility) -> None:
    expect(today=TODAY)
    before = list(ExpectedReport.objects.order_by("pk").values())
    marks = Touched.objects.count()
    assert expect(today=TODAY) == 0
    assert list(ExpectedReport.objects.order_by("pk").values()) == before
    assert Touched.objects.count() == marks


def test_figures_are_marked_where_something_became_expected(facility: Facility, template: ReportTemplate) -> None:
    expect(today=TODAY)
    marks = set(Touched.objects.values_list("template", "period_start", "subdistrict"))
    assert marks == {(template.pk, APRIL, facility.place_id), (template.pk, MAY, facility.place_id)}


def test_a_row_goes_when_the_facts_of_its_own_last_day_were_corrected(facility: Facility) -> None:
    expect(today=TODAY)
    state(facility, "closed", dt.date(2019, 5, 20))
    assert expect(today=TODAY) == 0
    assert owed() == {("2019-04-01", "idlib")}


def test_what_was_right_then_stays_when_facts_change_later(facility: Facility) -> None:
    expect(today=TODAY)
    state(facility, "closed", dt.date(2019, 6, 1))
    expect(today=dt.date(2019, 7, 3))
    assert owed() == {("2019-04-01", "idlib"), ("2019-05-01", "idlib")}


def test_periods_before_the_first_asked_for_are_left_alone(facility: Facility) -> None:
    expect(today=TODAY, first=MAY)
    assert owed() == {("2019-05-01", "idlib")}


def test_another_due_rule_leaves_due_dates_as_they_were(facility: Facility, template: ReportTemplate) -> None:
    expect(today=dt.date(2019, 5, 2))
    ReportTemplate.objects.filter(pk=template.pk).update(due_days=5)
    expect(today=TODAY)
    assert ExpectedReport.objects.get(period_start=APRIL).due == dt.date(2019, 5, 10)
    assert ExpectedReport.objects.get(period_start=MAY).due == dt.date(2019, 6, 5)


def test_it_takes_as_many_queries_for_many_facilities(
    facility: Facility, template: ReportTemplate, django_assert_max_num_queries: object
) -> None:
    assigned(template, *[FacilityFactory(place=facility.place) for _n in range(20)])
    with django_assert_max_num_queries(13):  # type: ignore[operator]
        assert expect(today=TODAY) == 42


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_at_once_expect_each_report_once(facility: Facility) -> None:
    found: list[int] = []

    @unwalled
    def run() -> None:
        found.append(expect(today=TODAY))
        connection.close()

    threads = [threading.Thread(target=run) for _n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == [0, 0, 0, 2]
    assert ExpectedReport.objects.count() == 2


def test_what_is_expected_is_seen_by_its_reporter_and_reviewer_and_by_no_other(
    facility: Facility, directorate: Organisation
) -> None:
    ngo, other = OrganisationFactory(), OrganisationFactory()
    Support.objects.create(facility=facility, organisation=ngo, valid=lasting(APRIL))
    expect(today=TODAY)
    seen = {
        ExpectedReport.objects.visible_to(person).count()
        for person in (member("ngo_coordinator", ngo), member("data_officer", directorate))
    }
    unseen = {
        ExpectedReport.objects.visible_to(person).count()
        for person in (
            member("ngo_coordinator", other),
            member("ngo_coordinator", ngo, places=[SubdistrictFactory()]),
            member("data_officer", DirectorateFactory(for_place=SubdistrictFactory())),
            member("observer", ngo),
        )
    }
    assert (seen, unseen) == ({2}, {0})
