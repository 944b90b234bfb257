"""The same request a hundred times at once takes effect once."""

import json
import threading
import urllib.error
import urllib.request
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from coordination.reporting.actions.requests import Answer, once
from coordination.reporting.models import Revision, StoredRequest, Submission, SubmissionEvent
from directorates.foundation.problems import Problem
from directorates.foundation.sight import unwalled
from directorates.models import AuditEvent, User
from tests.api.callers import Caller, body_of
from tests.factories import UserFactory
from tests.reporting.reports import Scene
from tests.stack import Stack


@pytest.mark.stack
@pytest.mark.django_db(transaction=True)
def test_a_hundred_equal_requests_at_once_are_one_report(live_stack: Stack) -> None:
    scene = Scene()
    key = Caller(scene.coordinator).headers["Authorization"]
    body, storm = json.dumps(body_of(scene)).encode(), threading.Barrier(100)

    def send(_number: int) -> tuple[int, str, dict[str, Any]]:
        storm.wait()
        return post(live_stack.url, key, "storm", body)

    with ThreadPoolExecutor(100) as pool:
        answers = list(pool.map(send, range(100)))
    assert {status for status, _wait, _body in answers} <= {201, 409}
    sent = [told for status, _wait, told in answers if status == 201]
    assert sent
    assert all(told == sent[0] for told in sent)
    for status, wait, told in answers:
        assert status == 201 or (told["code"], wait) == ("still_running", "1")
    assert post(live_stack.url, key, "storm", body) == (201, "", sent[0])
    for table in (Submission, Revision, SubmissionEvent, StoredRequest):
        assert table.objects.count() == 1
    assert AuditEvent.objects.filter(what="submit").count() == 1


@pytest.mark.stack
@pytest.mark.django_db(transaction=True)
def test_the_same_report_under_a_hundred_keys_is_one_report(live_stack: Stack) -> None:
    scene = Scene()
    key = Caller(scene.coordinator).headers["Authorization"]
    body = json.dumps(body_of(scene)).encode()
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _n: post(live_stack.url, key, str(uuid.uuid4()), body), range(100)))
    assert sorted({(status, told.get("code")) for status, _wait, told in answers}) == [(201, None), (409, "exists")]
    (sent,) = [told for status, _wait, told in answers if status == 201]
    assert {told["id"] for _status, _wait, told in answers} == {sent["id"]}
    assert Submission.objects.count() == StoredRequest.objects.count() == 1


def post(url: str, key: str, once_key: str, body: bytes) -> tuple[int, str, dict[str, Any]]:
    """Send a report over the wire; answers status, Retry-After and body."""
    headers = {"Authorization": key, "Idempotency-Key": once_key, "Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api/v1/submissions/", body, headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, answer.headers.get("Retry-After", ""), json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, error.headers.get("Retry-After", ""), json.load(error)


@pytest.mark.django_db(transaction=True)
def test_a_request_that_comes_while_the_first_is_running_is_told_so_and_later_gets_its_answer() -> None:
    person, running, finish = UserFactory(), threading.Event(), threading.Event()

    def effect() -> Answer:
        running.set()
        finish.wait(20)
        return Answer(201, "done", {"ETag": "1"})

    @unwalled
    def first() -> Answer:
        try:
            by = User.objects.get(pk=person.pk)
            return once(by=by, key="k", content={"a": 1}, at=timezone.now(), effect=effect)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        told = pool.submit(first)
        assert running.wait(20)
        with pytest.raises(Problem) as refused:
            once(by=person, key="k", content={"a": 1}, at=timezone.now(), effect=never)
        assert (refused.value.code, refused.value.status) == ("still_running", 409)
        assert refused.value.headers == {"Retry-After": "1"}
        finish.set()
        assert told.result(20) == once(by=person, key="k", content={"a": 1}, at=timezone.now(), effect=never)


def never() -> Answer:
    """An effect that must not be had."""
    raise AssertionError("a second effect")


@pytest.mark.django_db(transaction=True)
def test_a_process_that_died_halfway_leaves_the_key_free() -> None:
    person = UserFactory()
    with pytest.raises(KeyboardInterrupt):
        once(by=person, key="k", content=1, at=timezone.now(), effect=interrupted)
    assert not StoredRequest.objects.exists()
    assert once(by=person, key="k", content=1, at=timezone.now(), effect=lambda: Answer(201, "x")).text == "x"


def interrupted() -> Answer:
    """A process that is killed."""
    raise KeyboardInterrupt
