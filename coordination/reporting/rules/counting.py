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
    LATER_FIRST = "later_first"


@dataclass(frozen=True)
class Candidate:
    """An approved report about one facility and period, with its approved revision."""

    submission_id: int | str | UUID
    revision_id: int | str | UUID
    reporter_is_directorate: bool
    approved_at: datetime
    submitted_at: datetime


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


def choose(candidates: Sequence[Candidate]) -> Choice | None:
    """The directorate's own report before an NGO's, then the later before the earlier; None without candidates.

    Later means sent later; of two sent at the same moment the one with the greater id, so that the order in which
    they are given never decides.
    """
    if not candidates:
        return None
    counted, *others = sorted(candidates, key=_precedence, reverse=True)
    set_aside = tuple(SetAside(other, _reason(counted, other)) for other in others)
    return Choice(counted, set_aside[0].reason if set_aside else CountedBy.ONLY, set_aside)


def _precedence(candidate: Candidate) -> tuple[bool, datetime, int | str]:
    """What a candidate is ordered by; the greatest counts."""
    identity = candidate.submission_id
    return (
        candidate.reporter_is_directorate,
        candidate.submitted_at,
        str(identity) if isinstance(identity, UUID) else identity,
    )


def _reason(counted: Candidate, other: Candidate) -> CountedBy:
    """Why the other was set aside for the one that counts."""
    own_first = counted.reporter_is_directorate and not other.reporter_is_directorate
    return CountedBy.DIRECTORATE_FIRST if own_first else CountedBy.LATER_FIRST


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
