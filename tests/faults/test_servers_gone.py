"""Consolidation while its servers and processes go and come back: no mark is lost, none is counted twice, figures end right.

Everything here is a process of the test's own: PostgreSQL, Valkey, Celery workers and schedulers.
"""

import datetime
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from django.utils import timezone
from django_celery_beat.models import PeriodicTask, PeriodicTasks
from pytest_django.plugin import DjangoDbBlocker

from coordination.job_kinds import KINDS
from coordination.reporting.actions.consolidation import consolidation_state, request_rebuild
from coordination.reporting.actions.schedules import CHECK
from coordination.reporting.models import ConsolidationRun, ConsolidationSchedule, Touched
from coordination.reporting.models.runs import RunState, lag_now
from directorates.foundation.jobs import PATIENCE
from directorates.foundation.models import Job
from directorates.models import User
from tests.factories import member
from tests.faults.clock import Clock
from tests.faults.house import House, elsewhere, house_in, standing_in, until
from tests.reporting.figures_world import (
    PERIODS,
    World,
    count,
    expected_report,
    make_world,
    stored_cells,
    stored_coverage,
    true_cells,
    true_coverage,
    withdraw,
)

pytestmark = [pytest.mark.stack, pytest.mark.timeout(120)]
EPOCH = datetime.date(2000, 1, 1)
YEAR = datetime.timedelta(days=365)


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, django_db_blocker: DjangoDbBlocker) -> Iterator[House]:
    """The house, with one worker."""
    with house_in(tmp_path_factory.mktemp("house") / "data") as house, django_db_blocker.unblock(), standing_in(house):
        house.worker("worker")
        yield house


@pytest.fixture(scope="module")
def country(house: House) -> World:
    """The small country, every facility with a report in both periods."""
    world = make_world()
    for period in PERIODS:
        for number, facility in enumerate(world.facilities):
            with transaction.atomic():
                expected_report(world, facility, period)
                count(world, facility, period, {"s1": number, "s2": 1, "s3": 4})
    return world


@pytest.fixture(scope="module")
def manager(country: World) -> User:
    """Who may have figures computed anew."""
    return member("data_manager", country.body)


@pytest.fixture
def world(house: House, country: World) -> World:
    """The country with all its figures computed, a worker that takes tasks, and an empty history."""
    if "worker" not in house.running:
        house.worker("worker")
    house.send("reporting.drain", scheduled=True)
    until(lambda: consolidation_state().up_to_date)
    all_ended(house)
    agree(country)
    ConsolidationRun.objects.all().delete()
    return country


def agree(world: World) -> None:
    """Stored figures equal those that are computed here from the reports."""
    assert stored_cells(world.template) == true_cells(world.template)
    assert stored_coverage(world.template) == true_coverage(world.template)


def change(world: World, value: int) -> int:
    """Three reports change in both periods; answers how many marks stand for it."""
    before = Touched.objects.count()
    with transaction.atomic():
        count(world, world.facilities[0], PERIODS[0], {"s1": value, "s3": 100})
        count(world, world.facilities[3], PERIODS[1], {"s1": value})
        if value % 2:
            withdraw(world, world.facilities[4], PERIODS[1])
        else:
            count(world, world.facilities[4], PERIODS[1], {"s1": value})
    return Touched.objects.count() - before


def drain_now(house: House) -> None:
    """What the scheduler does every fifteen seconds."""
    house.send("reporting.drain", scheduled=True)


def a_period_held(world: World) -> str:
    """What keeps a drain in its middle: it has taken its marks, and waits for the lock of one of its periods."""
    return f"SELECT pg_advisory_xact_lock({world.template.pk}, {(PERIODS[0] - EPOCH).days})"


def waits_for_a_lock() -> bool:
    """Whether a worker stands in the middle of its work."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT EXISTS (SELECT FROM pg_stat_activity
            WHERE wait_event_type = 'Lock' AND wait_event = 'advisory' AND datname = current_database())"""
        )
        return bool(cursor.fetchone()[0])


def ended(state: RunState, **which: object) -> int:
    """How many runs ended so."""
    return ConsolidationRun.objects.filter(state=state, **which).count()


def marks_taken() -> int:
    """The marks of all runs that ended well."""
    return ConsolidationRun.objects.filter(state=RunState.DONE).aggregate(all=Sum("marks"))["all"] or 0


def finished(house: House, world: World, marks: int) -> None:
    """In the end every mark was taken once, and figures are the true ones."""
    drain_now(house)
    until(lambda: consolidation_state().up_to_date)
    all_ended(house)
    agree(world)
    assert marks_taken() == marks


def all_ended(house: House) -> None:
    """No run goes on; those whose process is gone are found."""
    house.send("reporting.watch_consolidation")
    until(lambda: not ConsolidationRun.objects.filter(state=RunState.GOES_ON).exists())


def test_a_worker_killed_in_the_middle_of_a_drain(house: House, world: World) -> None:
    with elsewhere(a_period_held(world)):
        marks = change(world, 41)
        drain_now(house)
        until(waits_for_a_lock)
        before = stored_cells(world.template)
        house.kill("worker")
    until(lambda: not waits_for_a_lock())
    assert Touched.objects.count() == marks
    assert stored_cells(world.template) == before
    house.worker("worker")
    finished(house, world, marks)
    assert ended(RunState.BROKEN_OFF) == 1


def test_a_broker_that_is_killed_and_comes_back_empty(house: House, world: World, manager: User) -> None:
    # The worker stands in the middle of a drain while what else was asked for waits in the queue, and is lost with it.
    with elsewhere(a_period_held(world)):
        marks = change(world, 52)
        drain_now(house)
        until(waits_for_a_lock)
        job = request_rebuild(by=manager, at=timezone.now())
        house.send("coordination.run_job", job.pk)
        house.empty_broker()
    until(lambda: ended(RunState.DONE, kind="drain") == 1)
    marks += change(world, 53)
    Job.objects.filter(pk=job.pk).update(asked=timezone.now() - 2 * PATIENCE)
    # The scheduler alone brings it all about again: by what the database holds, not by what the broker remembered.
    house.scheduler("scheduler")
    until(lambda: PeriodicTask.objects.filter(name="resume_jobs").exists())
    overdue("drain", "relay", "resume_jobs")
    until(lambda: Job.objects.get(pk=job.pk).state == "done")
    house.kill("scheduler")
    finished(house, world, marks)
    assert ended(RunState.DONE, kind="rebuild") == 1


def overdue(*names: str) -> None:
    """Let some of the schedule be due at once: what a scheduler finds that stood still for an hour."""
    hour_ago = timezone.now() - datetime.timedelta(hours=1)
    assert PeriodicTask.objects.filter(name__in=names).update(last_run_at=hour_ago) == len(names)
    PeriodicTasks.update_changed()


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGQUIT], ids=["fast", "immediate"])
def test_a_database_that_is_restarted_in_the_middle_of_a_drain(
    house: House, world: World, sign: signal.Signals
) -> None:
    worker = house.running["worker"]
    with elsewhere(a_period_held(world)):
        marks = change(world, 60 + sign)
        drain_now(house)
        until(waits_for_a_lock)
        connection.close()
        house.restart_database(sign)
    # It was never restarted itself, and its next task finds the database.
    assert worker.poll() is None
    assert Touched.objects.count() == marks
    finished(house, world, marks)
    # The history is written lightly: a crash may take the last fifth of a second of it along, and of nothing else.
    assert ended(RunState.FAILED) + ended(RunState.BROKEN_OFF) in ((1,) if sign is signal.SIGINT else (0, 1))


def test_a_database_that_is_restarted_while_the_worker_rests(house: House, world: World) -> None:
    before = house.said("worker").count("raised unexpected")
    connection.close()
    house.restart_database(signal.SIGINT)
    marks = change(world, 68)
    # Its connection is dead, and the very next task asks it first.
    finished(house, world, marks)
    assert house.said("worker").count("raised unexpected") == before
    assert ended(RunState.FAILED) == 0


def test_two_schedulers_at_once_and_a_job_sent_twice(house: House, world: World, manager: User) -> None:
    now = timezone.now()
    ConsolidationSchedule.objects.update_or_create(
        template=world.template, defaults={"rhythm": "daily", "hour": 2, "weekday": None, "started": now - YEAR}
    )
    house.worker("second")
    for name in ("scheduler", "other"):
        house.scheduler(name)
    until(lambda: PeriodicTask.objects.filter(name="start_due_checks").exists())
    marks = change(world, 70)
    first = request_rebuild(by=manager, at=now)
    assert request_rebuild(by=manager, at=now) == first
    for _ in range(4):
        house.send("coordination.run_job", first.pk)
    overdue("drain", "relay", "start_due_checks")
    until(lambda: ended(RunState.DONE, kind="check") == 1 and ended(RunState.DONE, kind="rebuild") == 1)
    # Each of them goes on: both have sent what was due.
    for name in ("scheduler", "other"):
        until(lambda name=name: "start_due_checks" in house.said(name))  # type: ignore[misc]
        house.kill(name)
    for _ in range(2):
        house.send("reporting.start_due_checks")
    finished_all(house, world)
    assert Job.objects.filter(kind=CHECK).count() == 1
    assert (ended(RunState.DONE, kind="check"), ended(RunState.DONE, kind="rebuild")) == (1, 1)
    assert ended(RunState.FAILED) == 0
    # Marks that the rebuild made needless are its own; the check takes up all there is to check.
    assert marks_taken() - ConsolidationRun.objects.get(kind="check").marks == marks
    house.kill("second")


def finished_all(house: House, world: World) -> None:
    """Nothing waits and nothing runs; figures are the true ones."""
    drain_now(house)
    until(lambda: consolidation_state().up_to_date and not Job.objects.unfinished().filter(kind__in=KINDS).exists())
    all_ended(house)
    agree(world)


def test_two_rebuilds_at_once_by_two_workers_leave_one_set_of_figures(
    house: House, world: World, manager: User
) -> None:
    house.worker("second")
    jobs = [Job.objects.create(kind="reporting.rebuild", by=manager, acting_id=manager.acting_id) for _ in range(2)]
    marks = change(world, 75)
    for job in jobs:
        house.send("coordination.run_job", job.pk)
    until(lambda: Job.objects.filter(pk__in=[job.pk for job in jobs], state="done").count() == 2)
    finished(house, world, marks)
    assert (ended(RunState.DONE, kind="rebuild"), ended(RunState.FAILED)) == (2, 0)
    house.kill("second")


def test_a_clock_that_ran_a_year_ahead_and_was_put_back(house: House, world: World) -> None:
    # What such a clock leaves behind: a schedule that was started then, marks and a failed run of then.
    now = timezone.now()
    ConsolidationSchedule.objects.update_or_create(
        template=world.template, defaults={"rhythm": "daily", "hour": 2, "weekday": None, "started": now + YEAR}
    )
    ConsolidationRun.objects.create(
        kind="drain", origin="touch", state="run_failed", began=now + YEAR, ended=now + YEAR
    )
    marks = change(world, 80)
    as_figures("UPDATE touched SET at = at + interval '1 year'")
    assert lag_now() == datetime.timedelta()
    house.send("reporting.start_due_checks")
    until(lambda: ConsolidationSchedule.objects.get().started < timezone.now() + datetime.timedelta(minutes=1))
    checks = Job.objects.filter(kind=CHECK).count()
    finished(house, world, marks)
    assert not ConsolidationRun.objects.at_fault().exists()
    # From here on it is as ever: what becomes due is started, once.
    ConsolidationSchedule.objects.update(started=timezone.now() - datetime.timedelta(hours=25))
    for _ in range(3):
        house.send("reporting.start_due_checks")
        house.send("directorates.relay")
    until(lambda: ended(RunState.DONE, kind="check") == 1)
    finished_all(house, world)
    assert Job.objects.filter(kind=CHECK).count() == checks + 1


def test_a_clock_that_jumps_ahead_and_is_put_back_while_scheduler_and_worker_are_at_work(
    house: House, world: World, tmp_path: Path
) -> None:
    clock = Clock(tmp_path)
    house.kill("worker")
    house.worker("jumping", clock=clock)
    house.scheduler("scheduler", clock=clock)
    until(lambda: PeriodicTask.objects.filter(name="start_due_checks").exists())
    # What is due once in an hour or a night is not asked about here, and would change what is expected of this country.
    others = PeriodicTask.objects.exclude(name__in=["drain", "relay", "start_due_checks", "watch_consolidation"])
    others.update(enabled=False)
    checks = Job.objects.filter(kind=CHECK).count()
    ConsolidationSchedule.objects.update_or_create(
        template=world.template,
        defaults={"rhythm": "daily", "hour": 2, "weekday": None, "started": timezone.now()},
    )
    overdue("drain", "start_due_checks")
    marks = change(world, 91)
    until(lambda: consolidation_state().up_to_date)
    # Nothing is sent here but by the scheduler: ahead by a year it goes on, and put back by a year it is not silent for one.
    for seconds in (int(YEAR.total_seconds()), 0, -3600, 0):
        clock.put(seconds)
        marks += change(world, 92 + marks)
        until(lambda: consolidation_state().up_to_date, 40)
    house.kill("scheduler")
    all_ended(house)
    agree(world)
    assert marks_taken() == marks, "every mark was taken once"
    assert ended(RunState.FAILED) == 0
    assert Job.objects.filter(kind=CHECK).count() == checks, (
        "what is due is told by the database's clock, which did not jump"
    )
    others.update(enabled=True)
    house.kill("jumping")


def as_figures(statement: str) -> None:
    """Run a statement as consolidation's own role."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE tansiq_figures")
        cursor.execute(statement)
