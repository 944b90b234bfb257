"""The real thing for flow, browser and fault tests: web server, worker and scheduler as processes on the test database."""

import json
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis

from coordination.starter import parts, ports, processes

ROOT = Path(__file__).resolve().parent.parent


class Stack:
    """Web, worker and scheduler beside the run's database and broker; a test may kill one and start it again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.name = os.environ.get("PYTEST_XDIST_WORKER", "test")
        self.port = ports.pick(None)
        self.url = f"http://{ports.HERE}:{self.port}"
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.commands = {
            "web": parts.web(self.port),
            "worker": parts.worker(),
            # Without a database scheduler: its rows would be emptied between tests.
            "scheduler": parts.scheduler(
                "--scheduler", "celery.beat:PersistentScheduler", "--schedule", str(folder / f"{self.name}-schedule")
            ),
        }
        self.environment = os.environ | {"PUBLIC_URL": self.url, "ALLOWED_HOSTS": f"{ports.HERE},localhost"}
        self.environment.pop("DATABASE_OWNER_URL", None)

    def start(self, *names: str) -> None:
        """Starts some of the processes, all if none is named, and waits until they work."""
        for name in names or self.commands:
            log = self.log(name)
            self.running[name] = processes.start(self.commands[name], log, self.environment, first=parts.bound_to_us)
        subprocess.run(parts.greeting(), cwd=ROOT, env=self.environment, check=True, capture_output=True)
        self.wait()

    def log(self, name: str) -> Path:
        """The log of one of the processes."""
        return self.folder / "log" / f"{self.name}-{name}.log"

    def kill(self, name: str) -> None:
        """Kills one process and all its children at once, as a power cut would."""
        process = self.running.pop(name)
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """Ends everything in order."""
        for name in list(self.running):
            processes.end_group(self.running.pop(name))

    def health(self) -> dict[str, object]:
        """What `/healthz` says; empty where nothing answers."""
        try:
            with urllib.request.urlopen(f"{self.url}/healthz", timeout=5) as answer:
                said: dict[str, object] = json.load(answer)
                return said
        except urllib.error.HTTPError as error:
            return dict(json.load(error))
        except OSError:
            return {}

    def wait(self, seconds: float = 60) -> None:
        """Until everything that was started answers."""
        until = time.monotonic() + seconds
        while self.health().get("status") != "ok":
            for name, process in self.running.items():
                if process.poll() is not None:
                    raise AssertionError(
                        f"{name} ended with {process.returncode}:\n{self.log(name).read_text()[-3000:]}"
                    )
            if time.monotonic() > until:
                raise AssertionError(f"the stack is not ready: {self.health()}; logs are {self.log('*')}")
            time.sleep(0.1)


@contextmanager
def running(folder: Path, broker: str) -> Iterator[Stack]:
    """A started stack; what earlier tests left in the queue is thrown away first."""
    redis.Redis.from_url(broker).flushdb()
    stack = Stack(folder)
    try:
        stack.start()
        yield stack
    finally:
        stack.stop()
