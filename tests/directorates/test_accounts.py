"""Signing in: published passwords open nothing outside the demonstration."""

from typing import Any

import pytest
from django.test import Client

from tests.factories import PASSWORD, UserFactory

pytestmark = pytest.mark.django_db


def enters(client: Client, email: str) -> bool:
    """Sign in, and see whether the door is open."""
    client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    return client.get("/account/").status_code == 200


def test_who_was_invented_for_the_demonstration_comes_in_only_there(client: Client, settings: Any) -> None:
    UserFactory(email="director@idlib.example")
    settings.DEMONSTRATION = False
    assert not enters(client, "director@idlib.example")
    key = client.post(
        "/api/v1/auth/token/",
        {"email": "director@idlib.example", "password": PASSWORD},
        content_type="application/json",
    )
    assert (key.status_code, key.json()["code"]) == (400, "invalid_credentials")
    settings.DEMONSTRATION = True
    assert enters(client, "director@idlib.example")


def test_a_session_of_the_demonstration_ends_where_the_demonstration_does(client: Client, settings: Any) -> None:
    UserFactory(email="director@idlib.example")
    settings.DEMONSTRATION = True
    assert enters(client, "director@idlib.example")
    settings.DEMONSTRATION = False
    assert client.get("/account/").status_code == 302


def test_real_people_come_in_everywhere(client: Client, settings: Any) -> None:
    UserFactory(email="person@example.org")
    settings.DEMONSTRATION = False
    assert enters(client, "person@example.org")
