"""Processes: starting them with a log, asking whether they live, ending them with all their children."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from coordination.starter import trouble

LOG_LIMIT = 5_000_000


def start(
    command: Sequence[str | Path],
    log: Path,
    environment: Mapping[str, str] | None = None,
    user: int | None = None,
    first: Callable[[], None] | None = None,
) -> subprocess.Popen[bytes]:
    """Starts a process in a session of its own (Ctrl-C reaches only us), its output in a log."""
    try:
        long = log.exists() and log.stat().st_size > LOG_LIMIT
        with log.open("wb" if long else "ab") as output:
            return subprocess.Popen(
                [str(part) for part in command],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
                preexec_fn=first,
            )
    except OSError as error:
        raise trouble.of_system(error, log.parent.parent) from error


def command_line(pid: int) -> str:
    """The command line of a living process; empty if there is none (a dead child not yet collected counts as none)."""
    proc = Path("/proc")
    if (proc / "self").exists():
        try:
            return (proc / str(pid) / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    found = subprocess.run(["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True)
    return "" if "<defunct>" in found.stdout else found.stdout.strip()


def end(pid: int, word: str, first: signal.Signals, patience: float = 10.0) -> None:
    """Ends a server that is surely ours (its command line holds the word): politely, then by force."""
    for sign in (first, signal.SIGKILL):
        if word not in command_line(pid):
            return
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        _wait_gone(pid, word, patience)


def _wait_gone(pid: int, word: str, patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until and word in command_line(pid):
        time.sleep(0.02)


def end_group(process: subprocess.Popen[bytes], patience: float = 10.0) -> None:
    """Ends a process that start() started, and whatever it has left in its session."""
    end_groups([process], patience)


def end_groups(started: Sequence[subprocess.Popen[bytes]], patience: float = 10.0) -> None:
    """Ends several at the same time: asked politely in this order, then by force, with all that is in their sessions."""
    for process in started:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    until = time.monotonic() + patience
    for process in started:
        with suppress(subprocess.TimeoutExpired):
            process.wait(max(0.0, until - time.monotonic()))
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
