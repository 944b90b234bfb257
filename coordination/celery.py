"""The Celery application: brokered by Redis (or Valkey), scheduled from the database."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")

app = Celery("tansiq")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
