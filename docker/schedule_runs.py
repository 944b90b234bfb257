"""Health check of the scheduler's and the worker's containers: the scheduled sign of life arrived within the last minute."""

import os
import sys

import django

from coordination.health import worker

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coordination.settings")
django.setup()
sys.exit(0 if worker() else 1)
