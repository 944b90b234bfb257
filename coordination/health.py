"""Whether database, broker and worker are there."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, connection
from redis import Redis
from redis.exceptions import RedisError

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


def check() -> dict[str, Any]:
    """The state of the portal's parts, as `/healthz` answers it."""
    parts = {"database": database(), "broker": broker()}
    parts["worker"] = parts["broker"] and worker()
    return {"status": "ok" if all(parts.values()) else "down", **parts}
