"""What several bodies reported of merged entries of one facility is settled by them, like any double report."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.arbiters import decide_settlement, name_arbiter
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.double_reports import WITHIN, attend
from coordination.reporting.actions.reviews import reopen, send_back
from coordination.reporting.actions.settlements import Said, confirm_settlement, propose_settlement
from coordination.reporting.models import CountedReport, DoubleReport, DoubleReportEvent, Submission
from coordination.reporting.models.consolidation import Cell
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.reviews import looked_over, waiting
from coordination.reporting.models.sources import Role, Where, sources_of
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.settlements import Part, Way
from directorates.foundation.models import Notice
from directorates.models import User
from directorates.permissions import Refused
from facilities.models import Facility
from tests.factories import FacilityFactory, OrganisationFactory, member
from tests.reporting.entered import Entered
from tests.reporting.reports import MAY, send_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Entered:
    """One facility, entered twice: 10 under one entry, 12 under the other, by two NGOs."""
    return Entered()


def test_it_is_found_after_the_merge_and_not_before_once_and_both_sides_are_told(scene: Entered) -> None:
    scene.approve(scene.first, scene.second)
    assert attend(at=timezone.now(), everything=True) == 0
    scene.merge(scene.facility, scene.again)
    assert attend(at=timezone.now()) == 1, "the merge alone, with no report changed"
    assert attend(at=timezone.now()) == attend(at=timezone.now(), everything=True) == 0
    double = scene.double
    assert (double.facility, double.state) == (scene.facility, "open")
    assert [one.pk for one in double.reports] == sorted_by_reporter(scene)
    told = Notice.objects.filter(kind="double_report", url=f"/reports/double/{double.pk}/")
    assert set(told.values_list("person", flat=True)) == {scene.coordinator.pk, scene.rival.pk}


def sorted_by_reporter(scene: Entered) -> list[object]:
    """The ids of both reports in the order of their reporters' codes."""
    return [one.pk for one in sorted((scene.first, scene.second), key=lambda one: one.reporter.code)]


def test_a_report_that_is_sent_after_the_merge_is_found_as_it_is_sent(scene: Entered) -> None:
    scene.merge(scene.facility, scene.again)
    attend(at=timezone.now(), everything=True)
    third = OrganisationFactory()
    sent = scene.sent(reporter=third, by=member("ngo_coordinator", third), doc={"s1": 3}, at=timezone.now())
    attend(at=timezone.now(), about=(scene.again.pk, MAY))
    assert {one.pk for one in scene.double.reports} == {scene.first.pk, scene.second.pk, sent.pk}


def test_added_by_both_it_counts_once_at_every_level_and_back_by_both(scene: Entered) -> None:
    scene.both_approved_and_merged()
    scene.settle(Way.ADD)
    assert scene.counted["s1"] == 22
    assert CountedReport.objects.get().rule == "settled"
    drain()
    cells = Cell.objects.filter(n__gt=0, period_start=MAY, category=0)
    assert set(cells.values_list("total", "n")) == {(Decimal(22), 1)}
    assert cells.count() == 5, "the sub-district, what it lies in, and the directorate"
    back = scene.propose(Way.RULE)
    confirm_settlement(double=scene.double, settlement=back, by=scene.rival, at=timezone.now())
    row = CountedReport.objects.get()
    assert (row.submission_id, row.overlay, row.rule) == (scene.second.pk, None, "later_first")


@pytest.mark.parametrize(
    ("way", "number"), [(Way.TAKE, 10), (Way.LARGER, 12), (Way.VALUES, 11)], ids=["take", "larger", "values"]
)
def test_every_way_stands(scene: Entered, way: Way, number: int) -> None:
    scene.both_approved_and_merged()
    parts = {"s1": Part(value=Decimal(11))} if way is Way.VALUES else {}
    scene.settle(way, taken=None if way is Way.LARGER else scene.ngo, parts=parts)
    assert scene.counted["s1"] == number
    attend(at=timezone.now(), everything=True)
    assert scene.double.state == "settled", "what was settled is not asked again because another report counts by it"


def test_an_arbiter_decides_where_the_sides_do_not_agree_in_time(scene: Entered) -> None:
    scene.both_approved_and_merged()
    director, manager = member("director", scene.directorate), member("data_manager", scene.body)
    later = timezone.now() + WITHIN + datetime.timedelta(days=1)
    name_arbiter(double=scene.double, arbiter=scene.body, by=director, at=later)
    said = Said(Way.TAKE, "The ward", taken=scene.ngo)
    decide_settlement(double=scene.double, said=said, by=manager, at=timezone.now())
    assert scene.counted["s1"] == 10


def test_a_corrected_report_asks_again_and_the_old_terms_count_meanwhile(scene: Entered) -> None:
    scene.both_approved_and_merged()
    scene.settle(Way.ADD)
    waiting = reopen(by=scene.officer, submission=scene.first, reason="Look again", at=timezone.now())
    assert scene.counted["s1"] == 12, "it rests while one of its reports is not approved"
    send_back(by=scene.officer, submission=waiting, reason="Look again", at=timezone.now())
    scene.first.refresh_from_db()
    send_again(scene.first, by=scene.coordinator, doc={"s1": 7})
    scene.approve(scene.first)
    assert scene.counted["s1"] == 19
    attend(at=timezone.now())
    assert scene.double.state == "again"


def test_what_was_settled_under_one_entry_goes_on_when_it_is_merged(scene: Entered) -> None:
    third = OrganisationFactory()
    other = scene.sent(reporter=third, by=member("ngo_coordinator", third), doc={"s1": 4}, at=timezone.now())
    scene.approve(scene.first, other)
    attend(at=timezone.now(), everything=True)
    made = propose_settlement(
        double=scene.double, said=Said(Way.ADD, "Shifts"), by=scene.coordinator, at=timezone.now()
    )
    confirm_settlement(double=scene.double, settlement=made, by=third_of(other), at=timezone.now())
    before = scene.double.pk
    scene.approve(scene.second)
    scene.merge(scene.again, scene.facility)
    assert scene.counted["s1"] == 14, "the settlement holds among its sides; the report of the other entry waits"
    attend(at=timezone.now())
    assert (scene.double.pk, scene.double.state, len(scene.double.reports)) == (before, "again", 3)


def third_of(report: Submission) -> User:
    """Who sent a report."""
    assert report.revision is not None
    return report.revision.by


def test_of_two_settlements_under_both_entries_the_later_one_counts_and_the_other_rests_for_good(
    scene: Entered,
) -> None:
    made = []
    for facility, first, by in (
        (scene.facility, scene.first, scene.coordinator),
        (scene.again, scene.second, scene.rival),
    ):
        body = OrganisationFactory()
        person = member("ngo_coordinator", body)
        beside = scene.sent(facility=facility, reporter=body, by=person, doc={"s1": 1}, at=timezone.now())
        scene.approve(first, beside)
        attend(at=timezone.now(), everything=True)
        double = DoubleReport.objects.named().get(facility=facility)
        made.append(propose_settlement(double=double, said=Said(Way.ADD, "Shifts"), by=by, at=timezone.now()))
        confirm_settlement(double=double, settlement=made[-1], by=person, at=timezone.now())
    scene.merge(scene.facility, scene.again)
    assert scene.counted["s1"] == 13
    attend(at=timezone.now())
    assert (scene.double.settlement, scene.double.state) == (made[1], "again")
    joined = DoubleReportEvent.objects.get(kind="joined").double
    assert (joined.facility, joined.settlement) == (scene.facility, None)
    back = propose_settlement(double=scene.double, said=Said(Way.RULE, "No"), by=scene.rival, at=timezone.now())
    for report in scene.double.reports:
        if report.reporter_id != scene.rival.acting_id:
            confirm_settlement(double=scene.double, settlement=back, by=third_of(report), at=timezone.now())
    assert CountedReport.objects.get().settlement is None, "what rests does not come back"


def test_one_body_that_reported_both_entries_settles_nothing_with_itself(scene: Entered) -> None:
    later = scene.sent(facility=scene.again, doc={"s1": 5}, at=timezone.now())
    scene.merge(scene.facility, scene.again)
    attend(at=timezone.now(), everything=True)
    assert {one.pk for one in scene.double.reports} == {later.pk, scene.second.pk}, "of each body its last report"
    send_back(by=scene.officer, submission=scene.second, reason="Not yours", at=timezone.now())
    attend(at=timezone.now())
    assert DoubleReport.objects.get().state == "over"


def test_no_third_body_reads_or_settles_it_and_both_sides_do(scene: Entered, client: Client) -> None:
    scene.both_approved_and_merged()
    address = f"/reports/double/{scene.double.pk}/"
    for person in (scene.coordinator, scene.rival, scene.officer):
        client.force_login(person)
        page = client.get(address).content.decode()
        assert scene.facility.code in page
        assert scene.again.code in page
        assert scene.double in DoubleReport.objects.visible_to(person)
    stranger = member("ngo_coordinator", OrganisationFactory())
    client.force_login(stranger)
    assert client.get(address).status_code == 404
    with pytest.raises(Refused):
        scene.propose(Way.ADD, by=stranger)


def test_behind_the_figure_stands_what_was_settled_and_by_whom(scene: Entered) -> None:
    scene.both_approved_and_merged()
    measure = next(iter(measures_of(scene.template, Period(PeriodType.MONTH, MAY)).values()))
    where = Where(scene.officer, scene.place, None, Borders.THEN)
    rows = {row.submission.pk: row for row in sources_of(scene.template, where, [MAY], measure).rows}
    assert rows[scene.second.pk].double == scene.double, "counted by rule until settled"
    scene.settle(Way.ADD)
    rows = {row.submission.pk: row for row in sources_of(scene.template, where, [MAY], measure).rows}
    assert sorted(row.role for row in rows.values()) == [Role.ADJUSTED, Role.SET_ASIDE]
    assert all("Two buildings" in str(row.reason) for row in rows.values())
    assert not any(row.double for row in rows.values())


def test_a_report_beside_one_of_another_entry_is_read_by_itself_in_review(scene: Entered) -> None:
    def marked() -> set[bool]:
        return {row.double for row in looked_over(waiting(scene.officer))}

    assert marked() == {False}
    scene.merge(scene.facility, scene.again)
    assert marked() == {True}


def test_the_page_of_each_report_names_the_other_and_says_which_counts(scene: Entered, client: Client) -> None:
    scene.both_approved_and_merged()
    client.force_login(scene.officer)
    page = client.get(f"/reports/{scene.first.pk}/")
    assert scene.second_ngo.name in page.content.decode()
    assert f"/reports/double/{scene.double.pk}/" in page.content.decode()


def test_entries_that_were_merged_one_after_another_are_settled_together(scene: Entered) -> None:
    last: Facility = FacilityFactory(place=scene.place)
    scene.approve(scene.first, scene.second)
    scene.merge(scene.facility, scene.again)
    attend(at=timezone.now())
    scene.settle(Way.ADD)
    scene.merge(last, scene.facility)
    attend(at=timezone.now())
    assert (scene.double.state, scene.counted["s1"]) == ("settled", 22)
