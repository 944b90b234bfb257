"""Which report counts, and how values become one over time, over place and as a share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from coordination.reporting.rules.specification import OverTime


class CountedBy(StrEnum):
    """Why a report counts, or why it was set aside for another."""

    ONLY = "only"
    DIRECTORATE_FIRST = "directorate_first"
    SUPPORTER_FIRST = "supporter_first"
    LARGER_FIRST = "larger_first"
    LATER_FIRST = "later_first"
    SETTLED = "settled"


class Precedence(StrEnum):
    """Which of several reports counts until they are settled; of equal ones the one that was sent later."""

    DIRECTORATE = "directorate"
    SUPPORTER = "supporter"
    LARGER = "larger"
    LATEST = "latest"


@dataclass(frozen=True)
class Candidate:
    """An approved report about one facility and period, with its approved revision.

    `supports` says whether its reporter supported the facility on the period's last day; `size` is the sum of its counts.
    Both are known where the rule asks for them.
    """

    submission_id: int | str | UUID
    revision_id: int | str | UUID
    reporter_is_directorate: bool
    approved_at: datetime
    submitted_at: datetime
    supports: bool = False
    size: Decimal = Decimal(0)


@dataclass(frozen=True)
class SetAside:
    """A report that does not count, and why."""

    candidate: Candidate
    reason: CountedBy


@dataclass(frozen=True)
class Choice:
    """What counts and by which rule; everything else, the one that comes nearest first."""

    counted: Candidate
    rule: CountedBy
    set_aside: tuple[SetAside, ...]


def choose(candidates: Sequence[Candidate], precedence: Precedence = Precedence.DIRECTORATE) -> Choice | None:
    """Which one counts by a rule, of equal ones the later before the earlier; None without candidates.

    Later means sent later; of two sent at the same moment the one with the greater id, so that the order in which
    they are given never decides.
    """
    if not candidates:
        return None
    counted, *others = sorted(candidates, key=lambda one: _rank(one, precedence), reverse=True)
    set_aside = tuple(SetAside(other, _reason(counted, other, precedence)) for other in others)
    return Choice(counted, set_aside[0].reason if set_aside else CountedBy.ONLY, set_aside)


def _standing(candidate: Candidate, precedence: Precedence) -> bool | Decimal:
    """What the rule looks at before the moment of sending."""
    if precedence is Precedence.DIRECTORATE:
        return candidate.reporter_is_directorate
    if precedence is Precedence.SUPPORTER:
        return candidate.supports
    return candidate.size if precedence is Precedence.LARGER else False


def _rank(candidate: Candidate, precedence: Precedence) -> tuple[bool | Decimal, datetime, int | str]:
    """What a candidate is ordered by; the greatest counts."""
    identity = candidate.submission_id
    known = str(identity) if isinstance(identity, UUID) else identity
    return _standing(candidate, precedence), candidate.submitted_at, known


_FIRST = {
    Precedence.DIRECTORATE: CountedBy.DIRECTORATE_FIRST,
    Precedence.SUPPORTER: CountedBy.SUPPORTER_FIRST,
    Precedence.LARGER: CountedBy.LARGER_FIRST,
}


def _reason(counted: Candidate, other: Candidate, precedence: Precedence) -> CountedBy:
    """Why the other was set aside for the one that counts."""
    same = _standing(counted, precedence) == _standing(other, precedence)
    return CountedBy.LATER_FIRST if same else _FIRST[precedence]


def over_time(values: Sequence[Decimal | None], formula: OverTime) -> Decimal | None:
    """One value for several periods, given in their order; periods without a value are passed over.

    `last` is the last value there is, `average` the mean of those there are, `none` gives no value.
    """
    present = [value for value in values if value is not None]
    if not present or formula is OverTime.NONE:
        return None
    if formula is OverTime.LAST:
        return present[-1]
    total = sum(present, Decimal(0))
    return total if formula is OverTime.SUM else total / len(present)


def ratio(numerator: Decimal | None, denominator: Decimal | None) -> Decimal | None:
    """The share of a sum in a sum; None where either is missing or the denominator is zero.

    Over places and periods it is taken of the sums, never as a mean of shares.
    """
    return None if numerator is None or not denominator else numerator / denominator


def completeness(expected: int, answered: int) -> Decimal | None:
    """Of the reports expected, the share that counts; None where none was expected."""
    return ratio(Decimal(answered), Decimal(expected))


@dataclass(frozen=True)
class Timeliness:
    """Reports on time over those received, and those expected over all expected: printed with their denominators."""

    over_received: Decimal | None
    over_expected: Decimal | None
