"""Consolidation under faults, with the real worker, scheduler, database and broker: the old figures or the new, never a mixture."""

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg2
import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from coordination.reporting.actions.consolidation import consolidation_state, request_rebuild
from coordination.reporting.models import Touched
from directorates.foundation.jobs import PATIENCE, progress
from directorates.foundation.models import Job
from directorates.foundation.sight import unwalled
from directorates.models import User
from tests.factories import BodyFactory, member
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
from tests.stack import Stack

pytestmark = pytest.mark.stack


@pytest.fixture
def world(live_stack: Stack) -> World:
    """The small country, every facility with a report in both periods, drained by the worker."""
    world = make_world()
    for period in PERIODS:
        for number, facility in enumerate(world.facilities):
            with transaction.atomic():
                expected_report(world, facility, period)
                count(world, facility, period, {"s1": number, "s2": 1, "s3": 4})
    until(lambda: consolidation_state().up_to_date)
    agree(world)
    return world


@pytest.fixture
def manager(live_stack: Stack) -> User:
    """Who may have figures computed anew."""
    return member("data_manager", BodyFactory())


def until(true: Callable[[], object], seconds: float = 40) -> None:
    """Waits for something that the worker does."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "the worker did not get there in time"
        time.sleep(0.05)


def agree(world: World) -> None:
    """Stored figures equal the true ones."""
    assert stored_cells(world.template) == true_cells(world.template)
    assert stored_coverage(world.template) == true_coverage(world.template)


@contextmanager
def elsewhere(statement: str) -> Iterator[None]:
    """A transaction of somebody else that has run a statement and is still open."""
    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with other.cursor() as cursor:
            cursor.execute(statement)
            yield
    finally:
        other.rollback()
        other.close()


def waiting_for_locks() -> bool:
    """Whether a worker stands before a lock."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database())"
        )
        return bool(cursor.fetchone()[0])


def drain_now() -> None:
    """Does what the scheduler does every fifteen seconds."""
    current_app.send_task("reporting.drain")


def test_a_worker_killed_in_the_middle_of_a_drain_leaves_the_old_figures_and_the_marks(
    world: World, live_stack: Stack
) -> None:
    before = stored_cells(world.template)
    day = (PERIODS[0] - type(PERIODS[0])(2000, 1, 1)).days
    with elsewhere(f"SELECT pg_advisory_xact_lock({world.template.pk}, {day})"):
        with transaction.atomic():
            count(world, world.facilities[0], PERIODS[0], {"s1": 100, "s3": 100})
            count(world, world.facilities[3], PERIODS[1], {"s1": 100})
        until(waiting_for_locks)
        live_stack.kill("worker")
    until(lambda: not waiting_for_locks())
    assert stored_cells(world.template) == before
    assert Touched.objects.count() == 2
    assert not consolidation_state().up_to_date
    live_stack.start("worker")
    drain_now()
    until(lambda: consolidation_state().up_to_date)
    agree(world)


def test_a_worker_killed_again_and_again_never_shows_a_mixture(world: World, live_stack: Stack) -> None:
    chance = random.Random(7)
    for _ in range(3):
        for _ in range(20):
            with transaction.atomic():
                count(world, chance.choice(world.facilities), chance.choice(PERIODS), {"s1": chance.randrange(99)})
        drain_now()
        time.sleep(chance.random() / 4)
        live_stack.kill("worker")
        adds_up(world)
        live_stack.start("worker")
    drain_now()
    until(lambda: consolidation_state().up_to_date)
    agree(world)


def adds_up(world: World) -> None:
    """Every level says the same of each period, whatever has been drained so far."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT period_start, element, category, count(DISTINCT (total, n)) FROM (
                SELECT period_start, element, category, level, sum(total) AS total, sum(n) AS n FROM cell
                WHERE template = %s GROUP BY 1, 2, 3, 4) levels GROUP BY 1, 2, 3 HAVING count(DISTINCT (total, n)) > 1""",
            [world.template.pk],
        )
        assert cursor.fetchall() == []


def test_a_rebuild_killed_before_its_exchange_leaves_the_old_figures_and_is_finished_later(
    world: World, live_stack: Stack, manager: User
) -> None:
    before = stored_cells(world.template)
    with elsewhere("SELECT count(*) FROM cell"):
        job = request_rebuild(by=manager, at=timezone.now())
        until(lambda: progress(job).done == 8)
        live_stack.kill("worker")
    until(lambda: not waiting_for_locks())
    job.refresh_from_db()
    assert job.state == "running"
    assert not consolidation_state().up_to_date
    assert stored_cells(world.template) == before
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE '%_fresh'")
        assert cursor.fetchone() == (0,)
    Job.objects.filter(pk=job.pk).update(asked=timezone.now() - 2 * PATIENCE)
    live_stack.start("worker")
    current_app.send_task("coordination.resume_jobs")
    until(lambda: consolidation_state().up_to_date)
    job.refresh_from_db()
    assert (job.state, consolidation_state().job) == ("done", None)
    agree(world)


def test_marks_committed_during_a_rebuild_are_drained_before_figures_are_up_to_date(
    world: World, live_stack: Stack, manager: User
) -> None:
    with elsewhere("SELECT count(*) FROM cell"):
        job = request_rebuild(by=manager, at=timezone.now())
        until(lambda: progress(job).done == 8)
        before = stored_cells(world.template)
        with transaction.atomic():
            count(world, world.facilities[0], PERIODS[0], {"s1": 77, "s3": 1000})
            withdraw(world, world.facilities[4], PERIODS[1])
        drain_now()
        time.sleep(1.5)
        # The drain stands aside: what was committed meanwhile waits.
        assert consolidation_state().waiting == 2
        assert stored_cells(world.template) == before
    seen = until_up_to_date(world)
    assert all(seen)
    job.refresh_from_db()
    assert job.state == "done"
    agree(world)


def until_up_to_date(world: World) -> list[bool]:
    """Looks at figures as often as possible; whenever they claim to be up to date they must be true."""
    seen: list[bool] = []

    def look() -> bool:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            claimed = consolidation_state().up_to_date
            if claimed:
                seen.append(stored_cells(world.template) == true_cells(world.template))
            return claimed

    until(look)
    return seen


def test_eight_people_reviewing_at_once_end_with_the_true_figures(world: World, live_stack: Stack) -> None:
    failures: list[BaseException] = []

    @unwalled
    def review(number: int) -> None:
        chance = random.Random(number)
        try:
            for _ in range(15):
                facility, period = chance.choice(world.facilities), chance.choice(PERIODS)
                with transaction.atomic():
                    lock(facility.pk)
                    if chance.random() < 0.3:
                        withdraw(world, facility, period)
                    else:
                        count(world, facility, period, {"s1": chance.randrange(500), "s3": chance.randrange(9)})
        except BaseException as failure:  # noqa: BLE001
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=review, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    until(lambda: consolidation_state().up_to_date)
    agree(world)


def lock(facility: int) -> None:
    """Reviews of one facility wait for one another, as row locks on its reports have them do."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [facility])


def test_a_broker_that_comes_back_empty_only_delays(world: World, live_stack: Stack) -> None:
    live_stack.kill("worker")
    with transaction.atomic():
        count(world, world.facilities[1], PERIODS[0], {"s1": 31, "s3": 2})
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    assert not consolidation_state().up_to_date
    live_stack.start("worker")
    until(lambda: consolidation_state().up_to_date)
    agree(world)
