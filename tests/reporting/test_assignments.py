"""Assignments: facilities are chosen by filters, begin to report by a template and cease to; what follows is said first."""

import datetime as dt
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.assignments import assign, end_assignments
from coordination.reporting.actions.expected import expect
from coordination.reporting.models import Assignment, ExpectedReport
from coordination.reporting.models.assignments import Beginning, Ending
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from directorates.foundation.models import OutboxMessage
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, User
from directorates.models.validity import lasting
from directorates.permissions import Refused
from facilities.actions.duplicates import merge
from facilities.models import Facility
from tests.factories import FacilityFactory, OrganisationFactory, assigned, member
from tests.reporting.filing import drafted
from tests.reporting.reports import Scene
from tests.reporting.test_review_pages import text_of
from tests.reporting.workshop import JUNE, Workshop, month
from tests.threads import at_once

pytestmark = pytest.mark.django_db
JULY, AUGUST = dt.date(2019, 7, 1), dt.date(2019, 8, 1)
LAST_OF_JUNE = dt.date(2019, 6, 30)


def last_month() -> Period:
    """The month that ended last."""
    return period_containing(timezone.localdate(), PeriodType.MONTH).previous()


class Ward:
    """A published monthly template, an administrator, and facilities of the scene's sub-district."""

    def __init__(self) -> None:
        self.scene = Scene()
        self.template = self.scene.template
        self.workshop = Workshop(self.template, self.scene.version)
        self.builder: User = self.workshop.builder

    def facility(self, code: str, **given: Any) -> Facility:
        """Another facility of the sub-district."""
        made: Facility = FacilityFactory(code=code, place=self.scene.facility.place, **given)
        return made

    def assign(self, *facilities: Facility, first: dt.date = JUNE, **given: Any) -> int:
        """Have facilities report from June 2019 on, unless said otherwise."""
        asked: dict[str, Any] = {"by": self.builder, "at": timezone.now()} | given
        return assign(template=self.template, facilities=facilities, first=first, **asked)

    def end(self, *facilities: Facility, last: dt.date = LAST_OF_JUNE, **given: Any) -> int:
        """Let June 2019 be the last month, unless said otherwise."""
        asked: dict[str, Any] = {"by": self.builder, "at": timezone.now()} | given
        return end_assignments(template=self.template, facilities=facilities, last=last, **asked)

    def held(self) -> dict[str, tuple[dt.date | None, dt.date | None]]:
        """The first and the last day of each assignment, by the facility's code."""
        rows = Assignment.objects.filter(template=self.template).select_related("facility")
        return {row.facility.code: (row.first_day, row.last_day) for row in rows}

    def address(self, name: str = "assignments", **filters: str) -> str:
        """A page under these filters."""
        asked = {"template": self.template.code} | filters
        return f"{reverse(f'reporting:{name}')}?{'&'.join(f'{key}={value}' for key, value in asked.items())}"


@pytest.fixture
def ward() -> Ward:
    """A template whose facilities are to be chosen."""
    return Ward()


def words(client: Client, address: str) -> str:
    """What a page says."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.content[:500]
    return text_of(answer.content.decode())


# --- Actions -------------------------------------------------------------------------------------------------------


def test_facilities_report_from_a_day_on_and_their_reports_become_expected(ward: Ward) -> None:
    one, other = ward.facility("A"), ward.facility("B")
    assert ward.assign(one, other) == 2
    assert ward.held() == {"A": (JUNE, None), "B": (JUNE, None)}
    assert OutboxMessage.objects.filter(task="reporting.expect").exists()
    event = AuditEvent.objects.get(what="assign")
    assert (event.by, event.details["facilities"], event.details["first"]) == (ward.builder, ["A", "B"], "2019-06-01")
    expect(today=AUGUST)
    owed = ExpectedReport.objects.order_by("facility__code", "period_start")
    assert list(owed.values_list("facility__code", "period_start")) == [
        *(("A", JUNE), ("A", JULY)),
        *(("B", JUNE), ("B", JULY)),
    ]


def test_overlaps_and_merged_entries_are_all_named_and_nothing_is_written(ward: Ward) -> None:
    one, merged, fresh = ward.facility("A"), ward.facility("B"), ward.facility("C")
    assigned(ward.template, one)
    given: dict[str, Any] = {"reason": "One building", "by": ward.builder, "at": timezone.now()}
    merge(survivor=one, merged=merged, **given)
    with pytest.raises(Problem) as caught:
        ward.assign(one, merged, fresh)
    assert [(fault.field, fault.code) for fault in caught.value.errors] == [("A", "overlaps"), ("B", "merged")]
    assert set(ward.held()) == {"A"}


def test_a_last_day_before_the_first_is_refused(ward: Ward) -> None:
    with pytest.raises(Problem) as caught:
        ward.assign(ward.facility("A"), last=JUNE - dt.timedelta(days=1))
    assert [fault.field for fault in caught.value.errors] == ["last"]


def test_an_end_cuts_what_runs_and_takes_back_what_would_begin_later(ward: Ward) -> None:
    runs, later, over = ward.facility("A"), ward.facility("B"), ward.facility("C")
    assigned(ward.template, runs, first=dt.date(2019, 1, 1))
    assigned(ward.template, later, first=AUGUST)
    Assignment.objects.create(template=ward.template, facility=over, valid=lasting(None, dt.date(2019, 3, 31)))
    assert ward.end(runs, later, over) == 2
    assert ward.held() == {"A": (dt.date(2019, 1, 1), LAST_OF_JUNE), "C": (None, dt.date(2019, 3, 31))}
    assert ward.end(runs, later, over) == 0
    event = AuditEvent.objects.get(what="end_assignments")
    assert (event.details["facilities"], event.details["last"]) == (["A", "B"], "2019-06-30")


def test_what_was_expected_after_the_end_goes_and_what_was_sent_stays(ward: Ward) -> None:
    scene = ward.scene
    assigned(scene.template, scene.facility, first=JUNE)
    expect(today=dt.date(2019, 9, 1))
    scene.sent(start=JULY)
    drafted(scene, period=month(AUGUST))
    follows = Ending(scene.template, Facility.objects.all(), month())
    assert (follows.count, follows.expected, follows.sent, follows.drafts) == (1, 2, 1, 1)
    ward.end(scene.facility)
    expect(today=dt.date(2019, 9, 1))
    assert list(ExpectedReport.objects.values_list("period_start", flat=True)) == [JUNE]
    assert scene.facility.submissions.count() == 2


def test_a_facility_that_ceased_can_begin_again(ward: Ward) -> None:
    one = ward.facility("A")
    ward.assign(one)
    ward.end(one)
    assert ward.assign(one, first=AUGUST) == 1
    rows = Assignment.objects.order_by("valid")
    assert [(row.first_day, row.last_day) for row in rows] == [(JUNE, LAST_OF_JUNE), (AUGUST, None)]


def test_only_who_manages_templates_assigns_and_ends(ward: Ward) -> None:
    one = ward.facility("A")
    for person in (ward.scene.coordinator, ward.scene.officer):
        with pytest.raises(Refused):
            ward.assign(one, by=person)
        with pytest.raises(Refused):
            ward.end(one, by=person)


@pytest.mark.django_db(transaction=True)
def test_assigned_at_once_by_two_people_a_facility_begins_once() -> None:
    ward = Ward()
    one = ward.facility("A")
    colleague = ward.workshop.colleague
    done = at_once(lambda: ward.assign(one), lambda: ward.assign(one, by=colleague, first=JULY))
    assert sorted(map(type, done), key=str) == sorted([int, Problem], key=str)
    assert len(ward.held()) == 1


def test_what_follows_counts_who_begins_who_reports_already_and_what_is_past(ward: Ward) -> None:
    ward.facility("A")
    ward.facility("B", status="closed")
    assigned(ward.template, ward.facility("C"))
    chosen = Facility.objects.filter(code__in="ABC")
    follows = Beginning(ward.template, chosen, month(), dt.date(2019, 8, 15))
    assert (follows.count, follows.already, follows.closed, follows.past, follows.opens) == (2, 1, 1, 2, True)
    assert [row.code for row in follows.concerned.order_by("code")] == ["A", "B"]
    assert Beginning(ward.template, chosen, month(AUGUST), dt.date(2019, 6, 15)).past == 0


# --- Pages ---------------------------------------------------------------------------------------------------------


def test_the_template_says_that_nobody_reports_and_leads_to_the_facilities(ward: Ward) -> None:
    client = ward.workshop.browser()
    page = client.get(reverse("reporting:template", args=[ward.template.code])).content.decode()
    assert "No facility reports by this template today" in text_of(page)
    assert f"{reverse('reporting:assignments')}?template={ward.template.code}" in page
    assert "No facility reports by this template in this period" in words(
        client, reverse("reporting:publish_version", args=[ward.template.code])
    )


def test_facilities_chosen_by_type_and_support_begin_after_their_number_was_shown(ward: Ward) -> None:
    ngo = OrganisationFactory(code="helpers")
    ward.facility("A", type="hospital", supporters=[ngo])
    ward.facility("B", type="hospital")
    ward.facility("C", type="laboratory", supporters=[ngo])
    client = ward.workshop.browser()
    filters = {"type": "hospital", "supported_by": "helpers", "reports": "no"}
    assert "Have these report" in words(client, ward.address(**filters))
    asked = ward.address("begin_assignments", **filters)
    page = client.get(f"{asked}&period={last_month().id}").content.decode()
    assert "Facilities: 1" in text_of(page)
    assert "Their reports are expected at once" in text_of(page)
    assert Assignment.objects.count() == 0
    answer = client.post(asked, {"period": last_month().id, "count": "1"}, follow=True)
    assert "1 facility begins to report." in text_of(answer.content.decode())
    assert ward.held() == {"A": (last_month().start, None)}
    assert answer.redirect_chain == [(ward.address(type="hospital", supported_by="helpers"), 302)]


def test_pressed_twice_nothing_is_done_twice(ward: Ward) -> None:
    ward.facility("A", type="hospital")
    client = ward.workshop.browser()
    asked = ward.address("begin_assignments", type="hospital")
    for _n in range(2):
        answer = client.post(asked, {"period": last_month().id, "count": "1"}, follow=True)
    assert "Nothing was changed" in text_of(answer.content.decode())
    assert len(ward.held()) == AuditEvent.objects.filter(what="assign").count() == 1


@pytest.mark.parametrize("count", ["1", "", "x", "-1"])
def test_another_number_than_was_shown_changes_nothing_and_says_the_new_one(ward: Ward, count: str) -> None:
    for code in "AB":
        ward.facility(code, type="hospital")
    client = ward.workshop.browser()
    asked = ward.address("begin_assignments", type="hospital")
    answer = client.post(asked, {"period": last_month().id, "count": count})
    assert (answer.status_code, Assignment.objects.count()) == (409, 0)
    assert "Meanwhile these are 2 facilities" in text_of(answer.content.decode())
    assert 'name="count" value="2"' in answer.content.decode()


def test_a_filter_that_cannot_be_read_never_means_all(ward: Ward) -> None:
    ward.facility("A")
    client = ward.workshop.browser()
    for name in ("begin_assignments", "end_assignments"):
        asked = ward.address(name, type="castle")
        answer = client.post(asked, {"period": last_month().id, "count": "2"})
        assert (answer.status_code, answer["Location"]) == (302, ward.address(type="castle"))
    page = client.get(ward.address(type="castle")).content.decode()
    assert "Have these report" not in text_of(page)
    assert Assignment.objects.count() == 0


@pytest.mark.parametrize("period", ["castle", "2019W5", "190001", "201913", "9" * 30])
def test_a_period_that_cannot_be_chosen_changes_nothing(ward: Ward, period: str) -> None:
    ward.facility("A", type="hospital")
    client = ward.workshop.browser()
    answer = client.post(ward.address("begin_assignments", type="hospital"), {"period": period, "count": "1"})
    assert (answer.status_code, Assignment.objects.count()) == (400, 0)


def test_an_end_is_said_and_done_for_those_that_the_filters_name(ward: Ward) -> None:
    one = ward.facility("A", type="hospital")
    ward.assign(one, ward.facility("C", type="laboratory"), first=dt.date(2019, 1, 1))
    client = ward.workshop.browser()
    asked = ward.address("end_assignments", type="hospital")
    assert "Facilities: 1" in words(client, asked)
    answer = client.post(asked, {"period": last_month().id, "count": "1"}, follow=True)
    assert "It ends for 1 facility." in text_of(answer.content.decode())
    begun = dt.date(2019, 1, 1)
    assert ward.held() == {"A": (begun, last_month().last_day), "C": (begun, None)}


def test_whoever_reads_the_register_sees_who_reports_and_only_administrators_change_it(ward: Ward) -> None:
    ward.assign(ward.facility("A", type="hospital"))
    for person in (ward.scene.coordinator, ward.scene.officer):
        client = ward.workshop.browser(person)
        page = words(client, ward.address(reports="yes"))
        assert "Count: 1" in page
        assert "Have these report" not in page
        assert "cease" not in page
        for name in ("begin_assignments", "end_assignments"):
            assert client.post(ward.address(name), {"period": last_month().id, "count": "1"}).status_code == 403
    donor = ward.workshop.browser(member("donor", OrganisationFactory(kind="donor")))
    assert donor.get(ward.address()).status_code == 403
    assert "assignments" not in donor.get(reverse("reporting:template", args=[ward.template.code])).content.decode()
    assert Client().get(ward.address()).status_code == 302
    assert ward.held() == {"A": (JUNE, None)}


def test_a_role_for_some_places_lists_the_facilities_of_those_alone(ward: Ward) -> None:
    ward.assign(ward.facility("NEAR"))
    FacilityFactory(code="FAR")
    local = member("ngo_coordinator", ward.scene.ngo, places=[ward.scene.place])
    page = words(ward.workshop.browser(local), ward.address())
    assert "Centre NEAR" in page
    assert "Centre FAR" not in page
    assert "Centre FAR" in words(ward.workshop.browser(ward.scene.coordinator), ward.address())


def test_a_template_that_only_administrators_see_is_found_by_nobody_else(ward: Ward) -> None:
    hidden = Workshop().template
    asked = f"{reverse('reporting:assignments')}?template={hidden.code}"
    assert ward.workshop.browser().get(asked).status_code == 200
    assert ward.workshop.browser(ward.scene.coordinator).get(asked).status_code == 404


def test_the_list_in_arabic_and_as_a_file(ward: Ward) -> None:
    ward.assign(ward.facility("A", type="hospital", name_ar="مشفى", name_en="Hospital"))
    client = ward.workshop.browser(language="ar")
    assert "المنشآت المُبلِّغة" in words(client, ward.address(reports="yes"))
    assert "ما يترتب" in words(client, ward.address("begin_assignments", reports="no"))
    assert "ما يترتب" in words(client, ward.address("end_assignments", reports="yes"))
    file = reverse("exchange:export", args=["assignments"])
    asked = f"{file}?template={ward.template.code}&reports=yes"
    answer = client.post(asked, {"format": "csv"})
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert lines[1].startswith(f"{ward.template.code},A,مشفى,Hospital,")
    assert lines[1].endswith(",2019-06-01,")
