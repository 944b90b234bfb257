"""People at their browsers, as the measures need them: signed in, with a second step shown."""

from collections.abc import Sequence
from functools import partial

from django.test import Client

from coordination.benchmarks.measure import seconds
from directorates.models import User
from directorates.second_factor import note_shown


def page_times(client: Client, addresses: Sequence[str], runs: int) -> list[float]:
    """How long pages take in turn, each asked for once before; raises where one does not open."""

    def page(address: str) -> None:
        answer = client.get(address)
        if answer.status_code != 200:
            raise RuntimeError(f"{address}: {answer.status_code}")

    for address in addresses:
        page(address)
    return [seconds(partial(page, addresses[run % len(addresses)])) for run in range(runs)]


def signed_in(person: User, name: str = "127.0.0.1") -> Client:
    """A browser in which a person is signed in and has shown a second step."""
    client = Client(SERVER_NAME=name)
    client.force_login(person)
    note_shown(client.session, person)
    return client
