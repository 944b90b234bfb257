"""What was settled of double reports, and of whose reports: what a third body sends later is no part of it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from coordination.reporting.models.double_reports import DoubleReport, Key, Settlement
from coordination.reporting.models.submissions import Revision
from coordination.reporting.rules.settlements import Terms


@dataclass(frozen=True)
class Settled:
    """A settlement, and the reporters whose reports it was agreed on."""

    settlement: Settlement
    sides: frozenset[int]

    @property
    def terms(self) -> Terms:
        """What was agreed on."""
        return self.settlement.terms


def with_sides(settlements: Iterable[Settlement]) -> dict[int, Settled]:
    """Settlements with their sides, by id: whoever sent the revisions that each was made of; one query."""
    held = list(settlements)
    named = {revision for one in held for revision in one.revisions}
    rows = Revision.objects.filter(pk__in=named).values_list("pk", "submission__reporter") if named else ()
    reporters = dict(rows)
    return {one.pk: Settled(one, frozenset(reporters[revision] for revision in one.revisions)) for one in held}


def in_force(keys: Collection[Key]) -> dict[Key, Settled]:
    """What was settled of some (template, first day, facility)."""
    rows = DoubleReport.objects.about(keys).filter(settlement__isnull=False).select_related("settlement")
    held = {row.key: row.settlement for row in rows if row.settlement is not None and row.key in keys}
    found = with_sides(held.values())
    return {key: found[settlement.pk] for key, settlement in held.items()}
