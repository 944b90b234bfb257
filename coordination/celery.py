"""The Celery application: brokered by Redis (or Valkey), scheduled from the database."""

import os
from typing import Any

from celery import Celery, Task
from django.db import connection

from directorates.foundation.sight import PORTAL, Origin, Way, seeing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")


class PortalTask(Task):
    """A task is the portal's own work and sees everything; what it does for a person it does with that person's sight."""

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Run with the portal's sight, on a connection that is asked first: a database that was restarted ends none of ours."""
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()
        with seeing(PORTAL, Origin(Way.TASK)):
            return super().__call__(*args, **kwargs)


app = Celery("tansiq", task_cls=PortalTask)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
