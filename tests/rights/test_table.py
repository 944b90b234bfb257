"""Every address and method for each kind of person: who is let through and who is not, as the table says."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.api.callers import Caller
from tests.factories import show_second_factor, signed_in
from tests.rights.table import COMPARED, ELSEWHERE, GROUPS, NO_THING, TABLE
from tests.rights.world import World, made_once

pytestmark = pytest.mark.django_db
EVERYBODY = "APMDONndSoaRrFEX-"
# A page that opens to all is opened by some of them; refusals are tried on everybody.
SOME = "ANoEX-"
LET_THROUGH = {200, 201, 302, 303, 400, 409, 410, 428}
REFUSED = {401, 403, 404}


def _lines() -> list[tuple[str, str, str]]:
    """Who, method, name."""
    found = []
    for line in TABLE.strip().splitlines():
        *who, method, name = line.split()
        found.append(("".join(GROUPS.get(word, word) for word in who), method, name))
    return found


LINES = _lines()


def names_of(resolver: URLResolver, space: str = "") -> Iterator[str]:
    """The names of all addresses."""
    for one in resolver.url_patterns:
        if isinstance(one, URLResolver):
            yield from names_of(one, f"{space}{one.namespace}:" if one.namespace else space)
        elif isinstance(one, URLPattern):
            yield f"{space}{one.name}"


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world, made once for all lines."""
    with made_once(World, django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def browsers(world: World) -> dict[str, Client]:
    """A browser for each person, signed in once."""
    found = {letter: signed_in(person, "en") if person else Client() for letter, person in world.people.items()}
    for letter, person in world.people.items():
        if person:
            show_second_factor(found[letter], person)
    return found


@pytest.fixture(scope="module")
def callers(world: World) -> dict[str, Caller]:
    """A program for each person, with a key."""
    return {letter: Caller(person) if person else Caller() for letter, person in world.people.items()}


def answer(
    browsers: dict[str, Client], callers: dict[str, Caller], letter: str, method: str, name: str, address: str
) -> Any:
    """What a person gets; nothing of it stays."""
    point = transaction.savepoint()
    try:
        if name.startswith("api:"):
            caller = callers[letter]
            body = "" if method == "GET" else "{}"
            return caller.client.generic(
                method, address, data=body, content_type="application/json", headers=caller.headers | {"If-Match": "*"}
            )
        return browsers[letter].generic(method, address)
    finally:
        transaction.savepoint_rollback(point)


def is_let_through(found: Any) -> bool:
    """Whether the answer is that of somebody who may; led to the entrance is not."""
    if found.status_code == 302 and "/accounts/login/" in found.headers["Location"]:
        return False
    assert found.status_code in LET_THROUGH | REFUSED, found.status_code
    return found.status_code in LET_THROUGH


@pytest.mark.parametrize(("who", "method", "name"), LINES, ids=lambda value: str(value) or "nobody")
def test_exactly_these_are_let_through(
    world: World, browsers: dict[str, Client], callers: dict[str, Caller], who: str, method: str, name: str
) -> None:
    given = world.arguments(name)
    address = reverse(name, kwargs=given)
    # That these people are refused things is seen in `test_missing.py`, for each of these lines.
    compared = set(COMPARED) - set(who) if given and name not in NO_THING else set()
    asked = set(EVERYBODY if len(who) < len(GROUPS["roles"]) else SOME) - compared
    found = {one for one in asked if is_let_through(answer(browsers, callers, one, method, name, address))}
    assert "".join(sorted(found)) == "".join(sorted(set(who) & asked))


def test_no_address_is_missing_and_none_is_of_before() -> None:
    there = {name for name in names_of(get_resolver()) if not name.startswith(ELSEWHERE)}
    assert there == {name for _who, _method, name in LINES}


def test_what_has_no_line_is_no_method(world: World, browsers: dict[str, Client], callers: dict[str, Caller]) -> None:
    held = {(name, method) for _who, method, name in LINES}
    wrong = []
    for name in sorted({name for name, _method in held}):
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            if (name, method) in held or (method not in {"GET", "POST"} and not name.startswith("api:")):
                continue
            found = answer(browsers, callers, "A", method, name, reverse(name, kwargs=world.arguments(name)))
            if found.status_code not in {404, 405}:
                wrong.append((name, method, found.status_code))
    assert wrong == []
