"""Why a report did not come: which reasons excuse it, and whose word decides."""

from enum import StrEnum

# What somebody says is taken back by a later word that gives no reason.
TAKEN_BACK = ""


class Reason(StrEnum):
    """Why a report was not received; all but the last excuse it."""

    CUT_OFF = "cut_off"
    ATTACKED = "attacked"
    CLOSED = "closed"
    SUSPENDED = "suspended"
    NO_STAFF = "no_staff"
    NO_LINK = "no_link"
    NOT_EXCUSED = "not_excused"


def excuses(reason: str) -> bool:
    """Whether a report of which this is said is excused; no reason excuses nothing."""
    return reason not in (TAKEN_BACK, Reason.NOT_EXCUSED)


def ruling(directorate: str, reporter: str) -> str:
    """The reason that counts of what each side says now: the directorate's, else the reporter's, else none."""
    return directorate or reporter
