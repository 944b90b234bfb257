"""`./portal up` as a whole: ready, shared, ended by Ctrl-C, by a killed part, by a full disk."""

import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest
from django.conf import settings

from coordination.starter import ports
from tests.starter.starting import ROOT, clean, lines, portal, processes_of, wait_for

pytestmark = pytest.mark.stack


class Started:
    """A portal that runs in a process of its own."""

    def __init__(self, data: Path, port: int) -> None:
        self.data, self.port = data, port
        self.said, self.errors = data.parent / "up.out", data.parent / "up.err"
        command = [sys.executable, str(ROOT / "portal"), "up", "--empty", "--port", str(port), "--data", str(data)]
        with self.said.open("wb") as said, self.errors.open("wb") as errors:
            self.process = subprocess.Popen(command, cwd=data.parent, env=clean(), stdout=said, stderr=errors)

    def __enter__(self) -> "Started":
        wait_for("ready", self.said, self.process)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def wait(self) -> list[str]:
        """Until it has ended by itself; answers what it said about that."""
        assert self.process.wait(60) == 1
        return lines(self.errors.read_text())


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that the tests of this file use one after another, as a person would."""
    folder = tmp_path_factory.mktemp("up") / "var"
    # The test run collected the static files already, which takes longest.
    shutil.copytree(settings.STATIC_ROOT, folder / "static")
    shutil.copy(settings.DATA_DIR / "static.json", folder)
    return folder


@pytest.fixture
def port() -> int:
    """A port for the pages."""
    return ports.pick(None)


def test_it_says_ready_shares_its_servers_and_ends_with_ctrl_c(data: Path, port: int) -> None:
    with Started(data, port) as up:
        assert up.said.read_text().splitlines()[0] == f"ready http://127.0.0.1:{port}"
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as answer:
            assert answer.read() == b'{"status": "ok", "database": true, "broker": true, "worker": true}'
        done = portal("manage", "shell", "-v", "0", "-c", "print(6 * 7)", data=data)
        assert done.stdout == "42\n"
        second = portal("up", "--port", str(port), data=data)
        assert second.returncode == 1
        assert lines(second.stderr) == [
            f"portal: port {port} is occupied or not allowed: stop what uses it, or choose another with --port."
        ]
        third = portal("up", "--port", str(ports.pick(None)), data=data)
        assert third.returncode == 1
        assert "already runs" in lines(third.stderr)[-1]
        began = time.monotonic()
        up.process.send_signal(signal.SIGINT)
        assert up.process.wait(30) == 0
        assert time.monotonic() - began < 10
    assert not processes_of(data)


def test_a_second_start_is_quick_and_a_killed_database_is_told_in_one_line(data: Path, port: int) -> None:
    with Started(data, port) as up:
        os.kill(int((data / "postgres" / "postmaster.pid").read_text().splitlines()[0]), signal.SIGKILL)
        said = up.wait()
    assert len(said) == 1
    assert re.match(r"portal: the database stopped: .* start again, nothing committed is lost", said[0])
    assert not processes_of(data)


def test_a_killed_worker_ends_everything_as_well(data: Path, port: int) -> None:
    with Started(data, port) as up:
        workers = [entry for entry in Path("/proc").glob("[0-9]*") if is_worker(entry, up.process.pid)]
        os.kill(int(workers[0].name), signal.SIGKILL)
        said = up.wait()
    assert len(said) == 1
    assert "the worker stopped" in said[0]
    assert not processes_of(data)


def test_parts_do_not_outlive_a_killed_starter_and_the_next_command_tidies_up(data: Path, port: int) -> None:
    with Started(data, port) as up:
        up.process.kill()
        up.process.wait()
        until = time.monotonic() + 20
        while time.monotonic() < until and any("celery" in line or "gunicorn" in line for line in processes_of(data)):
            time.sleep(0.1)
        assert all("postgres" in line or "valkey" in line for line in processes_of(data))
    assert portal("manage", "shell", "-v", "0", "-c", "print(1)", data=data).stdout == "1\n"
    assert not processes_of(data)


def is_worker(entry: Path, starter: int) -> bool:
    """Whether this process is the worker that a starter started."""
    try:
        parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        return parent == starter and b"\0worker\0" in (entry / "cmdline").read_bytes()
    except OSError:
        return False
