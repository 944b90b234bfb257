"""A house of a test's own: a database, a broker, workers and schedulers that may be killed and restarted.

The database is a copy of the run's, with its migrated template: no other test sees what happens to it.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Self
from unittest import mock
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest
from celery import Celery
from django.conf import settings
from django.db import connection

from coordination.starter import environment, parts, ports, processes
from coordination.starter.folder import Folder
from coordination.starter.postgres import Postgres, program
from coordination.starter.servers import Servers
from coordination.starter.test import TEMPLATE
from coordination.starter.valkey import Valkey
from tests.faults.clock import Clock

DATABASE = "house"
SERVERS = ("DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL")


class House:
    """Servers, and the processes that a test starts beside them, each by a name."""

    def __init__(self, folder: Path) -> None:
        self.servers = Servers(folder, database=DATABASE)
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.started: list[subprocess.Popen[bytes]] = []

    def __enter__(self) -> Self:
        # What this process is told of servers is not meant for these.
        kept = {name: value for name, value in os.environ.items() if name not in SERVERS}
        with mock.patch.dict(os.environ, kept, clear=True):
            self.servers.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        processes.end_groups([one for one in self.started if one.poll() is None])
        self.servers.__exit__()

    @property
    def postgres(self) -> Postgres:
        """The database's server."""
        return next(one for one in self.servers.embedded if isinstance(one, Postgres))

    @property
    def valkey(self) -> Valkey:
        """The broker."""
        return next(one for one in self.servers.embedded if isinstance(one, Valkey))

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        found = environment.of(self.servers, demonstration=True)
        ours = {"DATABASE_URL": self.servers.url("app", DATABASE), "REDIS_URL": self.valkey.url}
        found.pop("DATABASE_OWNER_URL", None)
        return found | ours | {"TANSIQ_DATA": str(self.servers.folder.path)}

    def worker(self, name: str, prefix: Sequence[str] = (), here: str = ports.HERE, clock: Clock | None = None) -> None:
        """Start a worker of one process and wait until it takes tasks; its servers are where it finds them."""
        self._start(name, [*prefix, *parts.worker(1), "--hostname", f"{name}@%h"], here, clock)
        until(lambda: " ready." in self.said(name))

    def scheduler(self, name: str, clock: Clock | None = None) -> None:
        """Start a scheduler as the portal has it."""
        self._start(name, parts.scheduler(), clock=clock)

    def _start(self, name: str, command: list[str], here: str = ports.HERE, clock: Clock | None = None) -> None:
        self.log(name).unlink(missing_ok=True)
        told = self.environment
        told |= {
            server: told[server].replace(f"@{ports.HERE}:", f"@{here}:") for server in ("DATABASE_URL", "REDIS_URL")
        }
        told |= clock.environment if clock else {}
        process = processes.start(command, self.log(name), told, first=parts.bound_to_us)
        self.running[name] = process
        self.started.append(process)

    def log(self, name: str) -> Path:
        """The log of one of the processes."""
        return self.servers.folder.log(f"house-{name}")

    def said(self, name: str) -> str:
        """What it has said so far."""
        return self.log(name).read_text(errors="replace") if self.log(name).exists() else ""

    def kill(self, name: str) -> None:
        """End a process and its children at once, as a power cut would."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def send(self, task: str, *arguments: object, **named: object) -> None:
        """Have a task sent to the house's broker."""
        with Celery("sender", broker=self.valkey.url, set_as_current=False) as sender:
            sender.send_task(task, args=arguments, kwargs=named)

    def empty_broker(self) -> None:
        """Kill the broker and start it again with nothing in it, as one that keeps nothing on a disk."""
        os.kill(self.valkey.pid, signal.SIGKILL)
        if self.valkey.process:
            self.valkey.process.wait()
        shutil.rmtree(self.valkey.data)
        self.valkey.start()

    def restart_database(self, sign: signal.Signals) -> None:
        """Stop the database, in order (SIGINT) or as a crash does (SIGQUIT), and start it at the same address."""
        os.kill(self.postgres.pid, sign)
        if self.postgres.process:
            self.postgres.process.wait()
        self.postgres.start()


@contextmanager
def house_in(folder: Path) -> Iterator[House]:
    """A house with a migrated, empty database; its data come from the run's own server, where that is an embedded one."""
    copy_servers(folder)
    with House(folder) as house:
        house.servers.remake(DATABASE, template=TEMPLATE)
        yield house


def copy_servers(folder: Path) -> None:
    """The run's cluster and passwords, by the way that PostgreSQL has for it; its server goes on meanwhile."""
    given = Folder(settings.DATA_DIR)
    if not (given.path / "postgres" / "PG_VERSION").exists():
        pytest.skip("the run's database is somebody's own server: its files are not ours to copy")
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(given.path / "secrets.json", folder)
    port = int((given.path / "postgres" / "postmaster.pid").read_text().splitlines()[3])
    password = given.secrets()["admin"]
    command: list[str | Path] = [
        program("pg_basebackup"),
        "-D",
        folder / "postgres",
        "--checkpoint=fast",
        "-X",
        "fetch",
        "--no-sync",
    ]
    where = ["-h", "127.0.0.1", "-p", str(port), "-U", "postgres", "--no-password"]
    done = subprocess.run([*command, *where], env=os.environ | {"PGPASSWORD": password}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


@contextmanager
def standing_in(house: House) -> Iterator[None]:
    """Have this process's queries go to the house's database."""
    where = urlsplit(house.servers.url("app", DATABASE))
    told = {"HOST": where.hostname, "PORT": where.port, "NAME": DATABASE, "USER": where.username}
    held = dict(connection.settings_dict)
    connection.close()
    connection.settings_dict.update(told | {"PASSWORD": unquote(where.password or "")})
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(held)


def until(true: Callable[[], object], seconds: float = 30) -> None:
    """Wait for something that another process does; a connection that broke meanwhile is made again."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.05)


@contextmanager
def elsewhere(statement: str) -> Iterator[None]:
    """A transaction of somebody else that has run a statement and is still open, until the block or the server ends."""
    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with other.cursor() as cursor:
            cursor.execute(statement)
            yield
    finally:
        other.close()
