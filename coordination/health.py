"""Whether database, broker and worker are there."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from redis import Redis
from redis.exceptions import RedisError

from coordination.reporting.models import ConsolidationTrouble
from coordination.reporting.models.runs import lag_now

# A worker writes this key at every heartbeat task; it expires when no worker takes tasks.
WORKER_KEY = "tansiq:worker-alive"
WORKER_SECONDS = 60


def database() -> bool:
    """Whether the database answers a query."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone())
    except DatabaseError:
        return False


def broker() -> bool:
    """Whether the broker answers."""
    try:
        client = Redis.from_url(settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2)
        return bool(client.ping())
    except RedisError:
        return False


def worker() -> bool:
    """Whether a worker took a task within the last minute."""
    try:
        return cache.get(WORKER_KEY) is not None
    except RedisError:
        return False


def consolidation() -> bool:
    """Whether figures keep up and no run of consolidation stands failed; asked directly, so that it is known without a worker too."""
    try:
        return lag_now() <= settings.LONGEST_LAG and not ConsolidationTrouble.objects.open().exists()
    except DatabaseError:
        return False


def check() -> dict[str, Any]:
    """The state of the portal's parts, as `/healthz` answers it."""
    parts = {"database": database(), "broker": broker()}
    parts["worker"] = parts["broker"] and worker()
    return {"status": "ok" if all(parts.values()) else "down", **parts}


def check_figures() -> dict[str, Any]:
    """Whether figures keep up, as `/healthz/consolidation` answers it.

    Figures that lag behind are no reason to take pages away from people: so this has an address of its own.
    """
    kept = consolidation()
    return {"status": "ok" if kept else "late", "consolidation": kept}


ANSWERS = {"/healthz": check, "/healthz/consolidation": check_figures}
