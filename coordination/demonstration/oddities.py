"""Reports of the demonstration in which something stands out: a nought typed too many, a zero, last period's figures again."""

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum

from coordination.reporting.rules.answers import Answer


class Oddity(StrEnum):
    """What is odd in a report."""

    SLIP = "slip"
    ZERO = "zero"
    COPY = "copy"


# Of nine reports that wait in an inbox, these.
AMONG_NINE = {1: Oddity.SLIP, 4: Oddity.ZERO, 6: Oddity.COPY, 8: Oddity.SLIP}
# Figures that no rule of the templates bounds from above, weekly and monthly, and those that are never 0 in fact.
SLIPS = (("cases_ili", "f_5p"), ("consultations", "f_5p"))
ZEROS = ("cases_tonsillitis", "antenatal_visits")


def made_odd(oddity: Oddity, answers: Sequence[Answer], before: Sequence[Answer]) -> list[Answer]:
    """The answers of a report with its oddity; `before` are those of the period before."""
    if oddity is Oddity.COPY:
        return list(before)
    if oddity is Oddity.ZERO:
        return [replace(one, value=0) if one.element in ZEROS else one for one in answers]
    return [
        replace(one, value=int(str(one.value)) * 10) if (one.element, one.category) in SLIPS else one for one in answers
    ]
