"""What holds of proposals by themselves: how long one waits for whom, what two of them have to do with one another."""

import datetime
import hashlib
import json
from collections.abc import Collection, Mapping
from enum import IntEnum
from typing import Any

OPEN, APPROVED, REFUSED, OVERTAKEN, WITHDRAWN = "open", "approved", "refused", "overtaken", "withdrawn"
# Several organisations may support a facility at once: only proposals about the same one meet.
SIDE_BY_SIDE = frozenset({"support_begin", "support_end"})


class Escalation(IntEnum):
    """To whom a proposal that waits is shown; the values are the days after which it is."""

    DIRECTORATE = 0
    DIRECTOR = 7
    BODY = 14


def escalation(asked: datetime.date, today: datetime.date) -> Escalation:
    """How far up a proposal of a day has gone by today: whoever keeps the register, the director, the body."""
    waited = (today - asked).days
    return max((step for step in Escalation if step <= waited), default=Escalation.DIRECTORATE)


def outcome(states: Collection[str]) -> str:
    """The state of a proposal from the states of its changes: open while one is, approved where one was."""
    order = (OPEN, APPROVED, REFUSED, OVERTAKEN, WITHDRAWN)
    return next(state for state in order if state in states)


def compete(field: str, one: object, other: object) -> bool:
    """Whether of two proposed values of a field only one can stand."""
    return field not in SIDE_BY_SIDE or one == other


def same_value(one: object, other: object) -> bool:
    """Whether two values say the same; of lists the order says nothing."""
    if isinstance(one, list) and isinstance(other, list):
        return sorted(one) == sorted(other)
    return one == other


def fingerprint(changes: Collection[int], values: Mapping[str, Any]) -> str:
    """What someone saw who read a proposal: its open changes, their rivals, and the values that stood."""
    seen = json.dumps([sorted(changes), {key: values[key] for key in sorted(values)}], ensure_ascii=False)
    return hashlib.sha256(seen.encode()).hexdigest()[:16]
