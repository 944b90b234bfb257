"""Starting the starter as a person would: in a process of its own, with nothing of the test run's environment."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
OURS = ("DATABASE", "REDIS", "SECRET_KEY", "TANSIQ", "PUBLIC_URL", "ALLOWED_HOSTS", "DJANGO", "DEBUG", "PYTEST")


def clean(**more: str) -> dict[str, str]:
    """The environment of a new terminal."""
    return {name: value for name, value in os.environ.items() if not name.startswith(OURS)} | more


def portal(*arguments: str, data: Path, prefix: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
    """Runs a command of the portal to its end."""
    command = [*prefix, sys.executable, "-m", "coordination.starter", *arguments]
    return subprocess.run(
        command,
        cwd=ROOT,
        env=clean(TANSIQ_DATA=str(data)),
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )


def lines(said: str) -> list[str]:
    """What was said, without the steps that were done."""
    return [line for line in said.splitlines() if line.strip() and not line.endswith(" s)")]


def processes_of(folder: Path) -> list[str]:
    """The command lines of living processes that name a folder."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
            environment = (entry / "environ").read_bytes().decode(errors="replace")
        except OSError:
            continue
        if str(folder) in line or f"TANSIQ_DATA={folder}\0" in environment:
            found.append(line)
    return found


def wait_for(text: str, path: Path, process: subprocess.Popen[bytes], seconds: float = 120) -> None:
    """Until a file holds a text; the end of the process is a failure."""
    until = time.monotonic() + seconds
    while text not in path.read_text():
        assert process.poll() is None, path.with_suffix(".err").read_text()
        assert time.monotonic() < until, path.with_suffix(".err").read_text()
        time.sleep(0.1)
