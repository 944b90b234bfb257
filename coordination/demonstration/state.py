"""Whether the demonstration is here, how far its loading is, and who can sign in to look at it."""

from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from coordination.demonstration.people import ACCOUNTS, PASSWORD, Account
from directorates.foundation.models import Job, JobState

KIND = "demonstration"
PROGRESS = "demonstration:progress"
PROGRESS_SECONDS = 600

__all__ = ["PASSWORD", "Progress", "accounts", "progress", "state"]


@dataclass(frozen=True)
class Progress:
    """How much of the demonstration is loaded: steps done and in all, what is under way, and whether it is complete."""

    done: int
    total: int
    step: str
    complete: bool
    failed: bool = False

    @property
    def share(self) -> str:
        """How much is done, in percent."""
        return f"{100 if self.complete or not self.total else self.done * 100 // self.total}%"


def job() -> Job | None:
    """The loading, if there was one."""
    return Job.objects.filter(kind=KIND).order_by("pk").first()


def state() -> Progress | None:
    """How far the demonstration is loaded; None where there is none, or none may be."""
    if not settings.DEMONSTRATION:
        return None
    held = job()
    if held is None:
        return None
    total = int(held.result.get("total", 0))
    done = len(held.result.get("done", ()))
    live = cache.get(PROGRESS) or ""
    return Progress(done, total, live, held.state == JobState.DONE, held.state == JobState.FAILED)


def progress(step: str) -> None:
    """Say what is under way, for whoever watches."""
    cache.set(PROGRESS, step, PROGRESS_SECONDS)


def accounts() -> tuple[Account, ...]:
    """Who can sign in to look around; nobody where the demonstration is not loaded."""
    return ACCOUNTS if state() is not None else ()
