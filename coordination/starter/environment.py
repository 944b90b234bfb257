"""The environment in which Django runs: what settings.py reads."""

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from coordination.starter.servers import Servers
from coordination.starter.trouble import FREE_SPACE, NO_SPACE, Trouble

ROOT = Path(__file__).resolve().parent.parent.parent
# These alone act as the database's owner.
OWNERS = ("migrate",)


def default_data() -> Path:
    """The data folder where none is named."""
    return Path(os.environ.get("TANSIQ_DATA") or ROOT / "var")


def of(servers: Servers, demonstration: bool, port: int = 8000) -> dict[str, str]:
    """Everything settings.py asks for; what the caller's environment says wins where a choice is theirs."""
    given = dict(os.environ)
    given.pop("DATABASE_OWNER_URL", None)
    choices = {
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "PUBLIC_URL": f"http://127.0.0.1:{port}",
        "DEBUG": "0",
        "TANSIQ_DEMONSTRATION": "1" if demonstration else "0",
    }
    ours = {
        "DATABASE_URL": servers.addresses.app,
        "REDIS_URL": servers.addresses.broker,
        "SECRET_KEY": servers.secret_key,
        "TANSIQ_POSITION_KEYS": servers.position_keys,
        "TANSIQ_DATA": str(servers.folder.path),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONUNBUFFERED": "1",
    }
    return choices | given | ours


def as_owner(environment: dict[str, str], servers: Servers) -> dict[str, str]:
    """The same with the owner's address in place of the application's."""
    return environment | {"DATABASE_URL": servers.addresses.owner, "DATABASE_OWNER_URL": servers.addresses.owner}


def django(*arguments: str) -> list[str]:
    """A call of manage.py."""
    return [sys.executable, str(ROOT / "manage.py"), *arguments]


def begin(environment: dict[str, str], arguments: Sequence[str]) -> subprocess.Popen[str]:
    """Starts a manage.py command quietly, in a session of its own."""
    return subprocess.Popen(
        django(*arguments),
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        start_new_session=True,
    )


def finish(process: subprocess.Popen[str], arguments: Sequence[str], what: str) -> None:
    """Waits for a command that was begun; its failure becomes one line."""
    try:
        said, _ = process.communicate()
    except BaseException:
        process.kill()
        process.communicate()
        raise
    if process.returncode:
        lines = [line for line in said.splitlines() if line.strip()] or [f"exit code {process.returncode}"]
        if NO_SPACE.search(said):
            raise Trouble(f"{what}: the disk is full: {FREE_SPACE}.")
        raise Trouble(f"{what} failed: {lines[-1][:400]} (./portal manage {' '.join(arguments)} shows it all)")


def run(environment: dict[str, str], arguments: Sequence[str], what: str) -> None:
    """Runs a manage.py command quietly; its failure becomes one line."""
    finish(begin(environment, arguments), arguments, what)
