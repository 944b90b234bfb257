"""Items that two templates ask: the reports of one facility and period about them side by side, and what was settled of them."""

import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coordination.reporting.models.counted import CountedReport
from coordination.reporting.models.double_reports import DoubleReport
from coordination.reporting.models.settled import Settled, with_sides
from coordination.reporting.models.specifications import slots_of, specification_of
from coordination.reporting.models.submissions import Submission
from coordination.reporting.models.templates import ReportTemplate, Slot
from coordination.reporting.rules.counting import Candidate
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.settlements import Reported, Terms, summed_slots
from coordination.reporting.rules.shared_items import Counting, Standing, counted_of, shared_items, under_slots
from coordination.reporting.rules.specification import ElementType, OverPlace, TemplateSpec
from directorates.foundation.sight import unwalled
from facilities.models.duplicates import entries_of


@dataclass(frozen=True)
class Compared:
    """What some reports were all asked, and what each says of it under the same slots, in their order."""

    spec: TemplateSpec
    documents: tuple[Document, ...]


def compared(reports: Sequence[Submission]) -> Compared:
    """Reports of one template whole; of two, the shared items, as each report counts among those of its own template."""
    specs = [specification_of(report.version) for report in reports]
    said = [Document(one.revision.doc, one.revision.notes) if one.revision else Document() for one in reports]
    if len({report.template_id for report in reports}) < 2:
        return Compared(specs[0], tuple(said))
    spec, overlays = shared_items(specs[0], specs[1]), _overlays(reports)
    told = [
        Document(_without_nulls({**one.doc, **overlays.get(report.pk, {})}), one.notes)
        for report, one in zip(reports, said, strict=True)
    ]
    return Compared(spec, tuple(under_slots(spec, own, one) for own, one in zip(specs, told, strict=True)))


def _overlays(reports: Iterable[Submission]) -> dict[object, dict[str, int | float | None]]:
    """What counts otherwise than it was sent, by report, of those that count among their own template's."""
    # What is laid over a revision that counts meanwhile says nothing of the one that corrects it.
    rows = CountedReport.objects.filter(
        submission__in=[one.pk for one in reports], revision__in=[one.revision_id for one in reports]
    )
    return {pk: overlay or {} for pk, overlay in rows.values_list("submission", "overlay")}


def _without_nulls(doc: Mapping[str, int | float | None]) -> dict[str, int | float]:
    return {slot: number for slot, number in doc.items() if number is not None}


def candidate_of(report: Submission) -> Candidate:
    """A report as the rule over several templates looks at it."""
    return Candidate(
        report.pk,
        report.revision_id or 0,
        report.reporter_id == report.directorate_id,
        report.changed,
        report.kept_revision.at if report.kept_revision else report.submitted or report.changed,
    )


def counting_by_item(
    spec: TemplateSpec, reports: Sequence[tuple[Submission, Document]], terms: Terms | None, sides: Collection[int]
) -> dict[str, Counting]:
    """What counts of each shared item of some reports, by the item's code; items that nobody answers are left out."""
    found, summed = {}, summed_slots(spec)
    for element in spec.elements:
        slots = set(spec.slots_of(element.code).values())
        standing = [
            Standing(
                candidate_of(report),
                Reported(
                    report.reporter_id,
                    report.pk,
                    report.revision_id or 0,
                    {slot: number for slot, number in said.doc.items() if slot in slots},
                ),
            )
            for report, said in reports
        ]
        counting = counted_of(standing, terms, summed, sides)
        if counting is not None:
            found[element.code] = counting
    return found


@dataclass(frozen=True)
class Agreed:
    """What its sides settled of items that two templates share; `names` are the second one's slots under those of the first."""

    templates: tuple[int, int]
    settled: Settled
    names: Mapping[str, str]

    def under_first(self, template: int, doc: Mapping[str, int | float]) -> dict[str, int | float]:
        """What a report of either says, under the slots of the first."""
        if template == self.templates[0]:
            return dict(doc)
        return {self.names[slot]: number for slot, number in doc.items() if slot in self.names}


@dataclass
class AgreedOf:
    """What was settled of shared items in some periods, by facility and first day."""

    by_key: dict[tuple[int, datetime.date], list[Agreed]] = field(default_factory=dict)
    # The slots of the templates asked for whose numbers may be added or compared by size.
    summed: dict[int, frozenset[str]] = field(default_factory=dict)

    def among(self, key: tuple[int, datetime.date], templates: Collection[int]) -> Agreed | None:
        """What was settled last between two of some templates about a facility and period."""
        held = self.by_key.get(key, [])
        return next((one for one in held if set(one.templates) <= set(templates)), None)


@unwalled
def agreed_of(templates: Iterable[ReportTemplate], starts: Collection[datetime.date]) -> AgreedOf:
    """What was settled between reports of some templates in some periods; one query where nothing was."""
    pks, found = [one.pk for one in templates], AgreedOf()
    rows = DoubleReport.objects.filter(template__in=pks, other__in=pks, period_start__in=starts)
    rows = rows.filter(settlement__isnull=False).select_related("settlement").order_by("-settlement__at", "-pk")
    names: dict[tuple[int, int], Mapping[str, str]] = {}
    settled = with_sides(row.settlement for row in rows if row.settlement is not None)
    entries = entries_of({row.facility_id for row in rows}) if settled else {}
    for row in rows:
        pair = (row.template_id, row.other_id or 0)
        if pair not in names:
            names[pair] = _names(*pair)
        if row.settlement is not None:
            held = found.by_key.setdefault((entries.get(row.facility_id, row.facility_id), row.period_start), [])
            held.append(Agreed(pair, settled[row.settlement.pk], names[pair]))
    found.summed = {first: _summed(first) for first in {first for first, _other in names}}
    return found


def _names(first: int, other: int) -> dict[str, str]:
    """The slots of one template by those of another that hold the same answer."""
    ours = slots_of(first)
    return {slot: ours[cell] for cell, slot in slots_of(other).items() if cell in ours}


def _summed(template: int) -> frozenset[str]:
    """The slots of a template, of all its versions, whose numbers may be added."""
    rows = Slot.objects.filter(template=template, element__over_place=OverPlace.SUM)
    types = (ElementType.INTEGER, ElementType.DECIMAL, ElementType.PERCENT)
    return frozenset(slot.name for slot in rows.filter(element__type__in=types))


@unwalled
def shared_by_rule(templates: Iterable[ReportTemplate], starts: Collection[datetime.date]) -> int:
    """How many facilities and periods two bodies reported by different templates, not settled: a number, and no names."""
    pks = [one.pk for one in templates]
    rows = DoubleReport.objects.waiting().filter(template__in=pks, other__in=pks, settlement=None)
    return rows.filter(period_start__in=starts).count()
