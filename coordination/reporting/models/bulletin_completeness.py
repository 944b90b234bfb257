"""How complete and timely the reports behind a bulletin are, each share with what it is a share of."""

from dataclasses import dataclass
from decimal import Decimal

from coordination.reporting.models.editions import EditionPlace
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.rounding import percentage


@dataclass(frozen=True)
class Completeness:
    """How many reports of a template came, and how many of them on time, each with what it is a share of."""

    template: ReportTemplate
    row: EditionPlace

    @property
    def complete(self) -> Decimal | None:
        """Of those expected, how many count, in per cent."""
        return percentage(self.row.answered, self.row.expected)

    @property
    def timely_of_expected(self) -> Decimal | None:
        """On time over what was expected, in per cent; None where the edition does not say how many came on time."""
        return None if self.row.answered_on_time is None else percentage(self.row.answered_on_time, self.row.expected)

    @property
    def timely_of_received(self) -> Decimal | None:
        """On time over what was received, in per cent."""
        return None if self.row.on_time is None else percentage(self.row.on_time, self.row.received)
