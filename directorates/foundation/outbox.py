"""The outbox: tasks are queued by a row in the transaction of the deed, and sent to the broker after it committed."""

import json
import logging
from contextlib import suppress
from typing import Any

from celery import current_app
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from kombu.exceptions import OperationalError
from redis.exceptions import RedisError

from directorates.foundation.models import OutboxMessage

logger = logging.getLogger(__name__)
# Stands while a relay was asked for and has not begun: whoever commits meanwhile need not ask again.
ASKED = "outbox.relay.asked"
ASKED_SECONDS = 5


def queue(task: str, *arguments: Any) -> None:
    """Have a task run once this transaction has committed; ids only, the task loads its objects."""
    OutboxMessage.objects.create(task=task, arguments=list(arguments))
    transaction.on_commit(hurry)


def announce(noun: str) -> None:
    """Tell higher floors that something of this kind changed: the settings name the tasks that follow it."""
    for task in settings.TASKS_AFTER.get(noun, ()):
        queue(task)


def hurry() -> None:
    """Ask a worker to relay now; where the broker is down the scheduler does it later, so nothing is lost."""
    try:
        if cache.add(ASKED, 1, timeout=ASKED_SECONDS):
            current_app.send_task("directorates.relay")
    except (OperationalError, OSError, RedisError) as problem:
        logger.warning("The broker does not answer; queued work waits in the outbox: %s", problem)


def relay() -> int:
    """Send what waits in the outbox, equal messages once; answer how many tasks were sent.

    The rows are deleted in the transaction that sends them: a crash between sends again, never loses.
    """
    # Before the rows are looked at: what is committed from now on asks for the next relay.
    with suppress(RedisError):
        cache.delete(ASKED)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM directorates_outboxmessage WHERE id IN "
            "(SELECT id FROM directorates_outboxmessage ORDER BY id FOR UPDATE SKIP LOCKED LIMIT 10000) "
            "RETURNING task, arguments::text"
        )
        rows = cursor.fetchall()
        messages = dict.fromkeys(rows)
        for task, arguments in messages:
            current_app.send_task(task, args=json.loads(arguments))
        return len(messages)
