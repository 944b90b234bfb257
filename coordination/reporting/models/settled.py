"""What was settled of double reports, and of whose reports: what a third body sends later is no part of it."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from coordination.reporting.models.double_reports import DoubleReport, Key, Settlement
from coordination.reporting.models.submissions import Revision
from coordination.reporting.rules.settlements import Terms


@dataclass(frozen=True)
class Settled:
    """A settlement, and the reports that it was agreed on, with their reporters."""

    settlement: Settlement
    sides: frozenset[int]
    reports: frozenset[UUID]

    @property
    def terms(self) -> Terms:
        """What was agreed on."""
        return self.settlement.terms


def with_sides(settlements: Iterable[Settlement]) -> dict[int, Settled]:
    """Settlements with their sides, by id: whoever sent the revisions that each was made of; one query."""
    held = list(settlements)
    named = {revision for one in held for revision in one.revisions}
    rows = Revision.objects.filter(pk__in=named) if named else Revision.objects.none()
    sent = {row[0]: row[1:] for row in rows.values_list("pk", "submission__reporter", "submission")}
    return {
        one.pk: Settled(
            one,
            frozenset(sent[revision][0] for revision in one.revisions),
            frozenset(sent[revision][1] for revision in one.revisions),
        )
        for one in held
    }


def in_force(keys: Collection[Key], entries: Mapping[int, int]) -> dict[Key, Settled]:
    """What was settled of some (template, first day, facility); of merged entries what was settled last, under the one that stays."""
    merged = {facility for _template, _day, facility in keys} & entries.keys()
    asked = [*keys, *((key[0], key[1], one) for key in keys if key[2] in merged for one in _same(key[2], entries))]
    rows = DoubleReport.objects.about(asked).filter(settlement__isnull=False).select_related("settlement")
    held = dict[Key, Settlement]()
    for row in rows.as_they_stand():
        key = (row.template_id, row.period_start, entries.get(row.facility_id, row.facility_id))
        if row.settlement is not None and key in keys:
            held.setdefault(key, row.settlement)
    found = with_sides(held.values())
    return {key: found[settlement.pk] for key, settlement in held.items()}


def _same(facility: int, entries: Mapping[int, int]) -> list[int]:
    """The entries that stand for the same facility."""
    return [one for one, last in entries.items() if last == entries[facility]]
