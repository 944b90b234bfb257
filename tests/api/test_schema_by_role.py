"""The API's description is true for everybody: each role, somebody without one, and a visitor, whatever they send."""

from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle, islice
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from django.db import transaction
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as bounds
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.result import Ok

from tests.api.callers import Caller
from tests.api.test_schema import CHECKS, description, one_connection
from tests.rights.world import World, made_once

pytestmark = pytest.mark.django_db
# The same calls each run. What is sent goes round among the roles, a few at each: all of it by all took seven minutes.
MOST, AT_ONCE = 8, 3
EXAMPLES = bounds(
    max_examples=MOST,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: Any) -> Iterator[World]:
    """The world of the table of rights, made once."""
    with made_once(World, django_db_blocker) as made:
        yield made


@pytest.fixture(scope="module")
def keys(world: World) -> dict[str, str]:
    """A key for each person of the table; a visitor has none."""
    return {
        letter: Caller(person).headers.get("Authorization", "") if person else ""
        for letter, person in world.people.items()
    }


def things(world: World) -> dict[str, list[str]]:
    """What is really there, so that calls reach further than 404: by the name of a path's parameter."""
    return {
        "id": [str(one.pk) for one in (world.report, world.open_draft, world.approved)],
        "code": [world.facility.code, world.template.code],
    }


@pytest.mark.timeout(900)
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_as_described_to_every_role(world: World, keys: dict[str, str], mode: GenerationMode) -> None:
    api = schemathesis.openapi.from_dict(description())
    api.app = get_wsgi_application()
    there, told = things(world), set()
    assert len(keys) <= MOST * AT_ONCE

    def send(case: Any, letter: str) -> None:
        number, key = list(keys).index(letter), keys[letter]
        for name in set(case.path_parameters or ()) & set(there if mode is GenerationMode.POSITIVE else ()):
            case.path_parameters[name] = there[name][number % len(there[name])]
        case.headers = {**dict(case.headers or {}), **({"Authorization": key} if key else {})}
        if not key:
            case.headers.pop("Authorization", None)
        point = transaction.savepoint()
        try:
            told.add(case.call_and_validate(checks=CHECKS).status_code)
        finally:
            transaction.savepoint_rollback(point)

    def to_everybody(strategy: Any) -> None:
        """Send what is made up to a few at a time; where little can be, the others send the last of it."""
        sent: list[Any] = []
        turn = cycle(keys)

        @EXAMPLES
        @given(case=strategy)
        def holds(case: Any) -> None:
            for letter in islice(turn, AT_ONCE):
                send(case, letter)
                sent.append(case)

        with suppress(Unsatisfiable):
            holds()
        for letter in islice(turn, max(0, len(keys) - len(sent)) if sent else 0):
            send(sent[-1], letter)

    for result in api.get_all_operations():
        assert isinstance(result, Ok)
        with one_connection():
            to_everybody(result.ok().as_strategy(generation_mode=mode))
    # Not only refusals were compared, and not only what is let through.
    assert {200, 400, 401, 404} <= told
