"""Whoever is not signed in is led to the entrance by every page, and told so by the API: no page answers them by its rights alone."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.api.callers import Caller
from tests.rights.table import GROUPS
from tests.rights.test_table import LINES, answer
from tests.rights.world import World, made_once

pytestmark = pytest.mark.django_db
CLOSED = [(method, name) for who, method, name in LINES if who != GROUPS["anyone"]]


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, made once for all lines."""
    with made_once(World, django_db_blocker) as made:
        yield made


@pytest.mark.parametrize(("method", "name"), CLOSED)
def test_a_stranger_is_led_to_the_entrance(world: World, method: str, name: str) -> None:
    address = reverse(name, kwargs=world.arguments(name))
    found = answer({"-": Client()}, {"-": Caller()}, "-", method, name, address)
    if name.startswith("api:"):
        assert found.status_code == 401
    else:
        assert (found.status_code, found["Location"].partition("?")[0]) == (302, "/accounts/login/")


@pytest.mark.parametrize("name", ["account_email", "usersessions_list"])
def test_pages_of_the_account_that_have_no_line_are_closed_as_well(name: str) -> None:
    found = Client().get(reverse(name))
    assert (found.status_code, found["Location"].partition("?")[0]) == (302, "/accounts/login/")
