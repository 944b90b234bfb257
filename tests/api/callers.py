"""Calling the API as someone: by session, as fast as it goes, or by a key as programs do."""

import datetime
from typing import Any

from django.test import Client
from django.utils import timezone

from directorates.actions.tokens import make_token
from directorates.models import User
from tests.reporting.reports import Scene

BASE = "/api/v1/"


class Caller:
    """A program with a key of a person."""

    def __init__(self, person: User | None = None, **headers: str) -> None:
        """Make the key."""
        self.client = Client(raise_request_exception=False)
        self.headers = {"Accept": "application/json"} | headers
        if person is not None:
            at = timezone.now()
            _token, key = make_token(by=person, at=at, expires=at + datetime.timedelta(hours=12), with_factor=True)
            self.headers["Authorization"] = f"Token {key}"

    def get(self, address: str, query: dict[str, Any] | None = None, **headers: str) -> Any:
        """Ask."""
        return self.client.get(address_of(address), query, headers=self.headers | headers)

    def post(self, address: str, body: Any = None, **headers: str) -> Any:
        """Send."""
        given = {"data": body, "content_type": "application/json", "headers": self.headers | dashed(headers)}
        return self.client.post(address_of(address), **given)

    def patch(self, address: str, body: Any, **headers: str) -> Any:
        """Change."""
        given = {"data": body, "content_type": "application/json", "headers": self.headers | dashed(headers)}
        return self.client.patch(address_of(address), **given)

    def report(self, body: Any, key: str = "one") -> Any:
        """Send a report."""
        return self.post("submissions/", body, Idempotency_Key=key)


def address_of(address: str) -> str:
    """The address under the API's root."""
    return address if address.startswith(("/", "http")) else BASE + address


def dashed(headers: dict[str, str]) -> dict[str, str]:
    """Names of headers as Python takes them, written as HTTP does."""
    return {name.replace("_", "-"): value for name, value in headers.items()}


def body_of(scene: Scene, **other: Any) -> dict[str, Any]:
    """The NGO's report for May 2019, sent at once."""
    body = {
        "template": scene.template.code,
        "facility": scene.facility.code,
        "period": "201905",
        "reporter": scene.ngo.code,
        "values": [{"element": "visits", "value": 10}, {"element": "births", "value": "٢"}],
        "submit": True,
    }
    return body | other


def found(answer: Any) -> list[tuple[str, str]]:
    """Where and what each fault of an answer is."""
    return [(fault["field"], fault["code"]) for fault in answer.json()["errors"]]
