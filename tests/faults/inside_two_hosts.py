"""What is seen inside the site (`site.py`): workers on two hosts drain for one database. Not collected by itself."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Sum

from coordination.reporting.actions.consolidation import consolidation_state
from coordination.reporting.models import ConsolidationRun
from coordination.reporting.models.runs import RunState
from tests.faults.house import House, elsewhere, until
from tests.faults.site import hosts_given
from tests.faults.test_servers_gone import a_period_held, agree, change, waits_for_a_lock
from tests.reporting.figures_world import PERIODS, count, make_world

HOSTS = hosts_given()
REACH = "import socket, sys; socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5).close()"


@pytest.fixture
def house(transactional_db: None) -> Iterator[House]:
    """The site's servers, with a worker on each host."""
    with House(settings.DATA_DIR) as house:
        for number, host in enumerate(HOSTS, 1):
            house.worker(f"host{number}", host.prefix, host.servers)
        yield house


def reaches(prefix: list[str], address: str, port: int) -> bool:
    """Whether somebody answers there."""
    return (
        subprocess.run([*prefix, sys.executable, "-c", REACH, address, str(port)], capture_output=True).returncode == 0
    )


def each_host_reaches_the_servers_by_its_own_wire_alone(house: House) -> None:
    """These are hosts, and not two processes of one."""
    first, second = HOSTS
    for port in (house.postgres.port, house.valkey.port):
        assert reaches(first.prefix, first.servers, port)
        assert reaches(second.prefix, second.servers, port)
        # Neither has a database or a broker of its own, nor a way over the other's wire.
        assert not reaches(first.prefix, "127.0.0.1", port)
        assert not reaches(first.prefix, second.servers, port)


def test_workers_on_both_hosts_drain_and_figures_end_right(house: House) -> None:
    each_host_reaches_the_servers_by_its_own_wire_alone(house)
    world = make_world()
    with elsewhere(a_period_held(world)):
        # Whichever takes these stands in the middle of its drain…
        marks = change(world, 11)
        house.send("reporting.drain", scheduled=True)
        until(waits_for_a_lock)
        # …so these are the other's.
        with transaction.atomic():
            count(world, world.facilities[2], PERIODS[1], {"s1": 5, "s3": 1})
        marks += 1
        house.send("reporting.drain", scheduled=True)
        until(lambda: ConsolidationRun.objects.filter(state=RunState.DONE).count() == 1)
        assert addresses() >= {host.address for host in HOSTS}
    until(lambda: consolidation_state().up_to_date)
    until(lambda: not ConsolidationRun.objects.filter(state=RunState.GOES_ON).exists())
    agree(world)
    done = ConsolidationRun.objects.filter(state=RunState.DONE)
    assert (done.count(), done.aggregate(all=Sum("marks"))["all"]) == (2, marks)
    for name in ("host1", "host2"):
        until(lambda name=name: "Task reporting.drain" in house.said(name) and "succeeded" in house.said(name))  # type: ignore[misc]


def addresses() -> set[str]:
    """From where the database is being asked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT host(client_addr) FROM pg_stat_activity WHERE datname = current_database()")
        return {row[0] for row in cursor.fetchall()}
