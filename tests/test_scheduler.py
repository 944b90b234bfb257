"""The scheduler of tasks: a clock that was put back silences nothing, and a queue that nobody empties does not grow."""

import datetime
import time
from collections.abc import Iterator

import pytest
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry
from kombu import Queue

from coordination import scheduler as schedulers
from coordination.celery import app
from coordination.scheduler import Entry, Scheduler

pytestmark = pytest.mark.django_db
SECOND, HOUR = datetime.timedelta(seconds=1), datetime.timedelta(hours=1)


def task(last: datetime.timedelta) -> PeriodicTask:
    """A task of every fifteen seconds that ran last so long from now."""
    every = IntervalSchedule.objects.create(every=15, period=IntervalSchedule.SECONDS)
    return PeriodicTask(name="drain", task="reporting.drain", interval=every, last_run_at=timezone.now() + last)


def test_what_ran_last_an_hour_from_now_is_due_within_its_interval() -> None:
    due, seconds = Entry(task(HOUR), app=app).is_due()
    assert not due
    assert 10 < seconds <= 15
    # Left as it is, nothing would be sent for an hour.
    assert ModelEntry(task(HOUR), app=app).is_due().next > 3000


def test_what_ran_before_its_interval_is_due_now_and_what_just_ran_is_not() -> None:
    assert Entry(task(-16 * SECOND), app=app).is_due()[0]
    assert not Entry(task(-2 * SECOND), app=app).is_due()[0]


@pytest.fixture
def queue() -> Iterator[str]:
    """A queue of the tests' own, empty before and after; no worker listens to it."""
    kept, app.conf.task_default_queue = app.conf.task_default_queue, "test-schedule"
    app.amqp.queues.add(Queue("test-schedule"))
    try:
        yield "test-schedule"
    finally:
        with app.connection_for_write() as connection:
            Queue("test-schedule", channel=connection.default_channel).delete()
        del app.amqp.queues["test-schedule"]
        app.conf.task_default_queue = kept


def looked_an_hour_ahead(kind: type[DatabaseScheduler]) -> DatabaseScheduler:
    """A scheduler that noted its tasks while the clock was an hour ahead."""
    PeriodicTask.objects.all().delete()
    task(-2 * SECOND).save()
    made = kind(app=app, lazy=True)
    made.tick()
    made._heap = [event._replace(time=event.time + 3600) for event in made._heap]
    made.ticked = time.time() + 3600
    return made


@pytest.mark.django_db(transaction=True)
def test_a_scheduler_at_work_looks_at_its_tasks_anew_when_the_clock_was_put_back(queue: str) -> None:
    ours, theirs = looked_an_hour_ahead(Scheduler), looked_an_hour_ahead(DatabaseScheduler)
    ours.tick()
    theirs.tick()
    assert ours._heap[0].time < time.time() + 20
    assert theirs._heap[0].time > time.time() + 3000


def test_what_comes_again_is_not_sent_while_nobody_takes_anything(queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(schedulers, "MOST_WAITING", 3)
    made = Scheduler(app=app, lazy=True)
    entry = Entry(task(-60 * SECOND), app=app)
    for _time in range(10):
        made.apply_async(entry, advance=False, queue=queue)
    assert made.waiting() == 3
