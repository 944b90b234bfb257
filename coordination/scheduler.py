"""The scheduler: django-celery-beat's, which neither a clock that was put back silences nor workers that are away flood."""

import datetime
import time
from typing import Any

from celery.schedules import schedule
from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry

# So many messages wait where no worker takes any. Not by a time at which they expire: a worker whose clock is ahead of the
# scheduler's would throw all of them away.
MOST_WAITING = 500


class Entry(ModelEntry):
    """A task of the schedule and when it ran last."""

    last_run_at: datetime.datetime

    def is_due(self) -> tuple[bool, float]:
        """Whether it is to be sent, and after how many seconds to look again.

        What ran last in the future ran before the clock was put back: the next time is reckoned from now. Celery would send
        nothing until the clock has caught up.
        """
        self.last_run_at = min(self.last_run_at, self._default_now())
        due: tuple[bool, float] = super().is_due()
        return due


class Scheduler(DatabaseScheduler):
    """Sends tasks at their times; two at once send some twice, and every task may run twice."""

    Entry = Entry
    # When it looked last, by the clock.
    ticked = 0.0

    def tick(self, *arguments: Any, **named: Any) -> float:
        """Send one task that is due; answer in how many seconds to look again.

        Celery looks at a task no sooner than the moment that it noted, by the clock: that was put back if it now says less than
        at the last look, and every task is noted anew.
        """
        now = time.time()
        if now < self.ticked:
            # Naive, as the scheduler keeps it.
            self._heap, self._last_full_sync = None, datetime.datetime.now()  # noqa: DTZ005
        self.ticked = now
        seconds: float = super().tick(*arguments, **named)
        return seconds

    def apply_async(self, entry: ModelEntry, *arguments: Any, **named: Any) -> Any:
        """Send a task; one that comes again by itself is left out while the queue is full."""
        if isinstance(entry.schedule, schedule) and self.waiting() >= MOST_WAITING:
            return None
        return super().apply_async(entry, *arguments, **named)

    def waiting(self) -> int:
        """How many messages wait for a worker."""
        with self.app.connection_for_write() as connection:
            queue = self.app.amqp.queues[self.app.conf.task_default_queue]
            return int(queue(connection.default_channel).queue_declare().message_count)
