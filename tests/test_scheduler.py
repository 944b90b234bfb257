"""The scheduler of tasks: a clock that was put back silences nothing."""

import datetime

import pytest
from django.utils import timezone
from django_celery_beat.models import IntervalSchedule, PeriodicTask
from django_celery_beat.schedulers import ModelEntry

from coordination.celery import app
from coordination.scheduler import Entry

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
