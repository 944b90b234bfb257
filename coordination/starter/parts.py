"""The portal's own processes: how each is started."""

import ctypes
import signal
import sys

from coordination.starter.ports import HERE

PR_SET_PDEATHSIG = 1
CELERY = (sys.executable, "-m", "celery", "--app", "coordination")


def web(port: int, workers: int = 2) -> list[str]:
    """The pages and the API."""
    gunicorn = [sys.executable, "-m", "gunicorn", "coordination.wsgi:application", "--preload", "--no-control-socket"]
    return [
        *gunicorn,
        "--bind",
        f"{HERE}:{port}",
        "--workers",
        str(workers),
        "--timeout",
        "60",
        "--graceful-timeout",
        "5",
    ]


def worker(processes: int = 2) -> list[str]:
    """What takes tasks."""
    quiet = ("--without-mingle", "--without-gossip", "--loglevel", "INFO")
    return [*CELERY, "worker", "--pool", "prefork", "--concurrency", str(processes), *quiet]


def scheduler(*options: str) -> list[str]:
    """What sends tasks at their times."""
    return [*CELERY, "beat", "--loglevel", "INFO", "--pidfile", "", *options]


def greeting() -> list[str]:
    """Queues the task by which a worker shows that it takes tasks; the schedule sends it only after its first interval."""
    return [*CELERY, "call", "coordination.alive"]


def bound_to_us() -> None:
    """In a new process: ends it when its starter is killed (Linux only; elsewhere only orderly ends are passed on)."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
