"""Schedules of checks: what is due follows from what was started, whatever the clock does; a check puts right what differs."""

import datetime
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.consolidation import drain, figures_role
from coordination.reporting.actions.schedules import CHECK, KIND, request_check, set_schedule, start_due
from coordination.reporting.models import Cell, ConsolidationRun, ConsolidationSchedule
from coordination.reporting.rules.periods import parse_period
from coordination.reporting.rules.schedules import Rhythm, Timing, due_now, latest_due, next_due, trusted
from directorates.foundation.jobs import run
from directorates.foundation.models import Job, OutboxMessage
from directorates.foundation.problems import Problem
from directorates.foundation.sight import unwalled
from directorates.models import AuditEvent, Dataset, User
from directorates.permissions import Refused
from tests.factories import BodyFactory, OrganisationFactory, TemplateFactory, member, signed_in
from tests.reporting.figures_world import PERIODS, World, count, expected_report, make_world, stored_cells, true_cells

DAMASCUS, BERLIN = ZoneInfo("Asia/Damascus"), ZoneInfo("Europe/Berlin")
NIGHTLY = Timing(Rhythm.DAILY, 2, None, DAMASCUS)
FRIDAYS = Timing(Rhythm.WEEKLY, 23, 4, DAMASCUS)
HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)


def at(text: str) -> datetime.datetime:
    """A moment by Damascus' clock."""
    return datetime.datetime.fromisoformat(text).replace(tzinfo=DAMASCUS)


# --- The rule --------------------------------------------------------------------------------------------------------


def test_the_next_moment_is_after_the_last_and_at_the_hour_of_the_zone() -> None:
    assert next_due(NIGHTLY, at("2026-11-30 01:59")) == at("2026-11-30 02:00")
    assert next_due(NIGHTLY, at("2026-11-30 02:00")) == at("2026-12-01 02:00")
    assert next_due(FRIDAYS, at("2026-11-30 12:00")) == at("2026-12-04 23:00")
    assert next_due(FRIDAYS, at("2026-12-04 23:00")) == at("2026-12-11 23:00")
    assert next_due(Timing(Rhythm.NEVER, 2, None, DAMASCUS), at("2026-11-30 01:59")) is None


def test_the_latest_moment_may_be_now() -> None:
    assert latest_due(NIGHTLY, at("2026-11-30 02:00")) == at("2026-11-30 02:00")
    assert latest_due(NIGHTLY, at("2026-11-30 01:59")) == at("2026-11-29 02:00")
    assert latest_due(FRIDAYS, at("2026-11-30 12:00")) == at("2026-11-27 23:00")


def test_several_moments_that_were_missed_are_one() -> None:
    assert due_now(NIGHTLY, at("2026-11-20 02:00"), at("2026-11-30 09:00")) == at("2026-11-30 02:00")
    assert due_now(NIGHTLY, at("2026-11-30 02:00"), at("2026-11-30 09:00")) is None


@pytest.mark.parametrize("day", ["2026-03-29", "2026-10-25"])
def test_where_clocks_are_put_forward_or_back_each_day_has_one_moment(day: str) -> None:
    # At two o'clock, which the clock of Berlin skips in March and shows twice in October.
    timing = Timing(Rhythm.DAILY, 2, None, BERLIN)
    begin = datetime.datetime.fromisoformat(day).replace(tzinfo=datetime.UTC) - 2 * DAY
    found, moment = [], begin
    for _ in range(5):
        moment = next_due(timing, moment) or begin
        found.append(moment)
    assert len({one.astimezone(BERLIN).date() for one in found}) == 5
    gaps = [(after - before) / HOUR for before, after in pairwise(found)]
    assert all(22.5 <= gap <= 25.5 for gap in gaps)


@pytest.mark.parametrize("timing", [NIGHTLY, FRIDAYS, Timing(Rhythm.DAILY, 2, None, BERLIN)])
def test_walking_minute_by_minute_finds_every_moment_once(timing: Timing) -> None:
    now = at("2026-10-20 00:00")
    last, started = now, []
    for _ in range(24 * 4 * 16):
        now += datetime.timedelta(minutes=15)
        last = trusted(timing, last, now)
        if due := due_now(timing, last, now):
            started.append(due)
            last = due
    expected, moment = [], at("2026-10-20 00:00")
    while (moment := next_due(timing, moment) or now) <= now:
        expected.append(moment)
    assert started == expected


def walked(timing: Timing, last: datetime.datetime, *clock: str) -> list[datetime.datetime]:
    """What is started where the clock shows these moments one after another."""
    started = []
    for text in clock:
        now = at(text)
        last = trusted(timing, last, now)
        if due := due_now(timing, last, now):
            started.append(due)
            last = due
    return started


def test_a_clock_that_is_put_back_starts_nothing_twice() -> None:
    last = at("2026-11-29 02:00")
    clock = ("2026-11-30 02:00", "2026-11-30 01:30", "2026-11-30 02:00", "2026-11-30 03:00", "2026-12-01 02:00")
    assert walked(NIGHTLY, last, *clock) == [at("2026-11-30 02:00"), at("2026-12-01 02:00")]


def test_a_clock_that_leaps_a_year_and_comes_back_skips_nothing() -> None:
    last = at("2026-11-30 02:00")
    clock = ("2026-11-30 09:00", "2027-11-30 09:00", "2026-11-30 09:05", "2026-12-01 02:01", "2026-12-02 02:01")
    started = walked(NIGHTLY, last, *clock)
    assert started == [at("2027-11-30 02:00"), at("2026-12-01 02:00"), at("2026-12-02 02:00")]


def test_a_clock_that_leaps_a_few_hours_and_comes_back_does_not_double() -> None:
    last = at("2026-11-30 02:00")
    clock = ("2026-11-30 22:00", "2026-12-01 03:00", "2026-11-30 22:05", "2026-12-01 02:00", "2026-12-02 02:00")
    assert walked(NIGHTLY, last, *clock) == [at("2026-12-01 02:00"), at("2026-12-02 02:00")]


# --- The deed --------------------------------------------------------------------------------------------------------


@pytest.fixture
def body() -> User:
    """The body's administrator."""
    return member("administrator", BodyFactory(code="body"))


@pytest.fixture
def manager(body: User) -> User:
    """Its data manager."""
    found = body.current_memberships(timezone.localdate()).get().organisation
    return member("data_manager", found)


@pytest.mark.django_db
def test_an_administrator_sets_when_a_template_is_checked_and_the_same_again_changes_nothing(body: User) -> None:
    template, now = TemplateFactory(), at("2026-11-30 09:00")
    set_schedule(by=body, template=template, rhythm="weekly", hour=23, weekday=4, at=now)
    held = ConsolidationSchedule.objects.get()
    assert (held.rhythm, held.hour, held.weekday, held.next) == ("weekly", 23, 4, at("2026-12-04 23:00"))
    set_schedule(by=body, template=template, rhythm="weekly", hour=23, weekday=4, at=now + DAY)
    assert ConsolidationSchedule.objects.get().started == now
    assert AuditEvent.objects.filter(what="schedule_check").count() == 1
    # The day of the week is forgotten where it means nothing.
    set_schedule(by=body, template=template, rhythm="daily", hour=2, weekday=4, at=now)
    assert ConsolidationSchedule.objects.get().weekday is None


@pytest.mark.django_db
def test_every_fault_of_a_schedule_is_told_at_once_and_nothing_is_kept(body: User) -> None:
    with pytest.raises(Problem) as told:
        set_schedule(by=body, template=TemplateFactory(), rhythm="weekly", hour=24, weekday=None, at=timezone.now())
    assert [fault.field for fault in told.value.errors] == ["hour", "weekday"]
    with pytest.raises(Problem) as told:
        set_schedule(by=body, template=TemplateFactory(), rhythm="hourly", hour=-1, weekday=None, at=timezone.now())
    assert [fault.field for fault in told.value.errors] == ["rhythm", "hour"]
    assert not ConsolidationSchedule.objects.exists()


@pytest.mark.django_db
def test_a_data_manager_asks_for_checks_and_sets_no_schedule(manager: User, body: User) -> None:
    template = TemplateFactory()
    with pytest.raises(Refused):
        set_schedule(by=manager, template=template, rhythm="daily", hour=2, weekday=None, at=timezone.now())
    with pytest.raises(Refused):
        request_check(by=body, template=template, at=timezone.now())
    first = request_check(by=manager, template=template, at=timezone.now())
    assert request_check(by=manager, template=template, at=timezone.now()) == first
    assert request_check(by=manager, template=TemplateFactory(), at=timezone.now()) != first
    assert AuditEvent.objects.filter(what="check_figures").count() == 2


@pytest.mark.django_db
@pytest.mark.parametrize(
    "wrong",
    [
        {"rhythm": "weekly", "weekday": None},
        {"rhythm": "weekly", "weekday": 7},
        {"rhythm": "daily", "weekday": 1},
        {"rhythm": "daily", "hour": 24},
        {"rhythm": "hourly"},
    ],
)
def test_the_database_refuses_a_schedule_that_means_nothing(wrong: dict[str, object]) -> None:
    right = {"rhythm": "daily", "hour": 2, "weekday": None, "started": timezone.now()}
    with pytest.raises(IntegrityError), transaction.atomic():
        ConsolidationSchedule.objects.create(template=TemplateFactory(), **right | wrong)


@pytest.mark.django_db
def test_what_is_due_is_started_once_and_the_moment_is_kept_with_it(body: User) -> None:
    template = TemplateFactory()
    set_schedule(by=body, template=template, rhythm="daily", hour=2, weekday=None, at=at("2026-11-29 09:00"))
    assert start_due(at=at("2026-11-30 01:59")) == 0
    assert start_due(at=at("2026-11-30 02:00")) == 1
    assert start_due(at=at("2026-11-30 02:00")) == 0
    job = Job.objects.get(kind=CHECK)
    assert (job.by, job.arguments) == (None, {"template": template.pk})
    assert ConsolidationSchedule.objects.get().started == at("2026-11-30 02:00")
    assert [message.arguments for message in OutboxMessage.objects.filter(task="coordination.run_job")] == [[job.pk]]
    # While it waits, the next night starts no second one; and is not made up for later.
    assert start_due(at=at("2026-12-01 02:00")) == 0
    assert ConsolidationSchedule.objects.get().started == at("2026-12-01 02:00")


@pytest.mark.django_db
def test_checks_due_at_one_hour_follow_one_another(body: User) -> None:
    for _number in range(3):
        set_schedule(
            by=body, template=TemplateFactory(), rhythm="daily", hour=2, weekday=None, at=at("2026-11-29 09:00")
        )
    for minute in range(3):
        moment = at(f"2026-11-30 02:0{minute}")
        assert [start_due(at=moment), start_due(at=moment)] == [1, 0]
        Job.objects.filter(kind=CHECK).update(state="done", finished=moment)
    assert start_due(at=at("2026-11-30 02:05")) == 0
    assert len({job.arguments["template"] for job in Job.objects.filter(kind=CHECK)}) == 3


@pytest.mark.django_db
def test_a_clock_far_ahead_and_back_again_is_mended_in_the_stored_moment(body: User) -> None:
    set_schedule(by=body, template=TemplateFactory(), rhythm="daily", hour=2, weekday=None, at=at("2027-11-29 09:00"))
    assert start_due(at=at("2026-11-30 09:00")) == 0
    assert ConsolidationSchedule.objects.get().started == at("2026-11-30 09:00")
    assert start_due(at=at("2026-12-01 02:00")) == 1


@pytest.mark.django_db
def test_what_is_never_checked_by_itself_is_never_due(body: User) -> None:
    set_schedule(by=body, template=TemplateFactory(), rhythm="never", hour=2, weekday=None, at=at("2026-11-29 09:00"))
    assert start_due(at=at("2027-11-30 09:00")) == 0


@pytest.mark.django_db(transaction=True)
def test_eight_schedulers_at_the_same_moment_start_a_check_once(body: User) -> None:
    set_schedule(by=body, template=TemplateFactory(), rhythm="daily", hour=2, weekday=None, at=at("2026-11-29 09:00"))

    @unwalled
    def scheduler(_number: int) -> int:
        try:
            return sum(start_due(at=at("2026-11-30 02:00")) for _ in range(3))
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(scheduler, range(8))) == 1
    assert Job.objects.filter(kind=CHECK).count() == 1


# --- The check -------------------------------------------------------------------------------------------------------


@pytest.fixture
def world() -> World:
    """The small country, with reports, drained."""
    world = make_world()
    for period in PERIODS:
        for number, facility in enumerate(world.facilities):
            expected_report(world, facility, period)
            count(world, facility, period, {"s1": number, "s2": 1, "s3": 4})
    drain()
    return world


def checked(world: World, manager: User) -> Job:
    """The job of a check that was asked for and done."""
    job = request_check(by=manager, template=world.template, at=timezone.now())
    assert run(job.pk, KIND)
    job.refresh_from_db()
    return job


@pytest.mark.django_db
def test_a_check_of_right_figures_writes_nothing(world: World, manager: User) -> None:
    job = checked(world, manager)
    assert (job.state, job.result["cells"]) == ("done", 0)
    assert job.result["marks"] == 8
    kept = ConsolidationRun.objects.get(kind="check")
    assert (kept.state, kept.origin, kept.by, kept.job) == ("run_done", "person", manager, job)
    assert (kept.templates, kept.marks, kept.cells) == ([world.template.pk], 8, 0)


@pytest.mark.django_db
def test_a_check_puts_right_what_somebody_changed_beside_consolidation(world: World, manager: User) -> None:
    with connection.cursor() as cursor, transaction.atomic(), figures_role(cursor):
        cursor.execute("UPDATE cell SET total = total + 1000 WHERE level = 3 AND total IS NOT NULL AND n > 0")
        spoilt = cursor.rowcount
        cursor.execute("DELETE FROM coverage WHERE level = 0")
    assert stored_cells(world.template) != true_cells(world.template)
    job = checked(world, manager)
    assert stored_cells(world.template) == true_cells(world.template)
    assert job.result["cells"] >= spoilt
    assert checked(world, manager).result["cells"] == 0


@pytest.mark.django_db
def test_a_check_finds_what_was_never_computed_of_data_that_are_read_by_agreement(world: World, manager: User) -> None:
    count(world, world.facilities[0], parse_period("201912").start, {"s1": 5})
    with connection.cursor() as cursor, transaction.atomic(), figures_role(cursor):
        cursor.execute("DELETE FROM touched")
    Dataset.objects.filter(pk=world.template.dataset_id).update(by_agreement=True, custodian=OrganisationFactory())
    assert checked(world, manager).result["cells"] > 0
    assert stored_cells(world.template) == true_cells(world.template)


@pytest.mark.django_db
def test_a_check_leaves_what_waits_to_be_computed_to_its_own_drain(world: World, manager: User) -> None:
    count(world, world.facilities[0], parse_period("201912").start, {"s1": 500})
    assert checked(world, manager).result["cells"] == 0


@pytest.mark.django_db
def test_a_check_leaves_other_templates_alone(world: World, manager: User) -> None:
    other = make_world()
    count(other, other.facilities[0], PERIODS[0], {"s1": 5})
    drain()
    with connection.cursor() as cursor, transaction.atomic(), figures_role(cursor):
        cursor.execute("UPDATE cell SET total = 7 WHERE template = %s AND level = 0 AND n > 0", [other.template.pk])
    before = stored_cells(other.template)
    checked(world, manager)
    assert stored_cells(other.template) == before


@pytest.mark.django_db
def test_a_check_of_a_template_without_reports_has_nothing_to_do(manager: User) -> None:
    job = request_check(by=manager, template=TemplateFactory(), at=timezone.now())
    assert run(job.pk, KIND)
    assert not Cell.objects.exists()


# --- The pages -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_page_lists_every_template_with_its_schedule_and_last_check(
    world: World, manager: User, body: User
) -> None:
    checked(world, manager)
    set_schedule(by=body, template=world.template, rhythm="weekly", hour=3, weekday=4, at=timezone.now())
    said = signed_in(body).get(reverse("reporting:schedules")).content.decode()
    assert "Every week · Friday · 03:00" in said
    assert "figures that differed" in said
    assert reverse("reporting:schedule", args=[world.template.code]) in said
    assert reverse("reporting:check_figures", args=[world.template.code]) not in said
    said = signed_in(manager, "ar").get(reverse("reporting:schedules")).content.decode()
    assert reverse("reporting:check_figures", args=[world.template.code]) in said


@pytest.mark.django_db
def test_the_form_keeps_a_schedule_and_tells_what_is_wrong(body: User) -> None:
    template = TemplateFactory()
    address = reverse("reporting:schedule", args=[template.code])
    browser = signed_in(body)
    refused = browser.post(address, {"rhythm": "weekly", "hour": "3", "weekday": ""})
    assert refused.status_code == 400
    assert "A day of the week is needed" in refused.content.decode()
    kept = browser.post(address, {"rhythm": "weekly", "hour": "3", "weekday": "4"})
    assert (kept.status_code, kept.headers["Location"]) == (302, reverse("reporting:schedules"))
    assert 'value="weekly" selected' in browser.get(address).content.decode()


@pytest.mark.django_db
def test_asking_for_a_check_leads_to_its_job(manager: User) -> None:
    template = TemplateFactory()
    answer = signed_in(manager).post(reverse("reporting:check_figures", args=[template.code]))
    job = Job.objects.get(kind=CHECK)
    assert answer.headers["Location"] == reverse("jobs:job", args=[job.pk])
