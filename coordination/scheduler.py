"""The scheduler: django-celery-beat's, which a clock that was put back does not silence."""

import datetime

from django_celery_beat.schedulers import DatabaseScheduler, ModelEntry


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
