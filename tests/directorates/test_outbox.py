"""The outbox: queued after commit, against the real broker; never lost, equal messages once."""

import base64
import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import redis
from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu import Connection, pools

from directorates.actions.people import describe_oneself
from directorates.foundation import outbox
from directorates.models import AuditEvent, OutboxMessage
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
Sent = Callable[[], list[tuple[str, list[Any]]]]
# Celery's queue on the broker; no worker runs while ordinary tests do, so what was sent stays in it.
QUEUE = "celery"


@pytest.fixture
def sent() -> Iterator[Sent]:
    """The tasks that reached the broker, with their arguments, oldest first; relaying itself apart."""
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete(QUEUE)

    def read() -> list[tuple[str, list[Any]]]:
        messages = [json.loads(raw) for raw in reversed(broker.lrange(QUEUE, 0, -1))]
        found = [(one["headers"]["task"], json.loads(base64.b64decode(one["body"]))[0]) for one in messages]
        return [one for one in found if one[0] != "directorates.relay"]

    yield read
    broker.delete(QUEUE)


@pytest.fixture
def broker_down(monkeypatch: pytest.MonkeyPatch) -> None:
    """No broker answers: nothing listens on the port."""
    nobody = Connection("redis://127.0.0.1:1/0", transport_options={"socket_connect_timeout": 0.5, "max_retries": 0})
    monkeypatch.setattr(current_app.amqp, "_producer_pool", pools.producers[nobody])


def test_what_was_undone_is_never_sent(sent: Sent) -> None:
    with transaction.atomic():
        outbox.queue("test.task", 1)
        transaction.set_rollback(True)
    assert outbox.relay() == 0
    assert sent() == []


def test_nothing_reaches_the_broker_before_the_deed_is_committed() -> None:
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete(QUEUE)
    with transaction.atomic():
        outbox.queue("test.task", 1)
        assert broker.llen(QUEUE) == 0
    assert broker.llen(QUEUE) == 1
    broker.delete(QUEUE)


def test_equal_messages_are_sent_once(sent: Sent) -> None:
    with transaction.atomic():
        for number in (1, 2, 1, 1):
            outbox.queue("test.task", number)
    assert outbox.relay() == 2
    assert sent() == [("test.task", [1]), ("test.task", [2])]


def test_relaying_twice_changes_nothing(sent: Sent) -> None:
    outbox.queue("test.task", 7)
    assert outbox.relay() == 1
    assert outbox.relay() == 0
    assert sent() == [("test.task", [7])]


@pytest.mark.usefixtures("broker_down")
def test_a_deed_does_not_fail_when_the_broker_is_down() -> None:
    person = UserFactory()
    with transaction.atomic():
        describe_oneself(by=person, name="Layla", language="ar", zone="Asia/Damascus")
        outbox.queue("test.task", 1)
    person.refresh_from_db()
    assert person.name == "Layla"
    assert AuditEvent.objects.count() == 1
    assert OutboxMessage.objects.count() == 1


@pytest.mark.usefixtures("broker_down")
def test_a_message_that_the_broker_did_not_take_stays_in_the_outbox() -> None:
    outbox.queue("test.task", 1)
    with pytest.raises(Exception, match="refused"):
        outbox.relay()
    assert OutboxMessage.objects.count() == 1


def test_what_waited_while_the_broker_was_down_is_sent_later(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = Connection("redis://127.0.0.1:1/0", transport_options={"socket_connect_timeout": 0.5, "max_retries": 0})
    with monkeypatch.context() as down:
        down.setattr(current_app.amqp, "_producer_pool", pools.producers[nobody])
        outbox.queue("test.task", 3)
    assert outbox.relay() == 1
    assert sent() == [("test.task", [3])]


def test_a_relay_that_is_still_to_come_is_asked_for_once() -> None:
    broker = redis.Redis.from_url(settings.REDIS_URL)
    broker.delete(QUEUE)
    for number in range(3):
        outbox.queue("test.task", number)
    assert broker.llen(QUEUE) == 1
    assert outbox.relay() == 3
    broker.delete(QUEUE)
    outbox.queue("test.task", 4)
    assert broker.llen(QUEUE) == 1
    broker.delete(QUEUE)
