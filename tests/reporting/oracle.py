"""What should count, worked out in the plainest way from approved reports and from what tests know was settled.

It reads no counted report and calls no rule of the house: both of its answers and the portal's must be the same.
"""

import datetime
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from coordination.reporting.models import Submission
from coordination.reporting.models.double_reports import Key

Doc = dict[str, int]


@dataclass(frozen=True)
class Agreed:
    """A settlement as a test wrote it down: of whose reports, the way, and for single slots a reporter's answer, a number, or None."""

    sides: frozenset[int]
    way: str
    taken: int | None = None
    cells: dict[str, tuple[str, int | None]] = field(default_factory=dict)


def what_counts(
    template: int,
    agreed: dict[Key, Agreed],
    summed: tuple[str, ...] = ("s1", "s2"),
    merged: Mapping[int, int] | None = None,
) -> dict[Key, Doc]:
    """The numbers that count, by what they are about, `merged` entries under the one that stays; nothing where none is approved."""
    approved: dict[Key, list[Submission]] = defaultdict(list)
    for report in Submission.objects.filter(template=template, status="approved").select_related("revision"):
        facility = (merged or {}).get(report.facility_id, report.facility_id)
        approved[report.template_id, report.period_start, facility].append(report)
    return {key: _of_one(reports, agreed.get(key), summed) for key, reports in approved.items()}


def _of_one(reports: list[Submission], agreed: Agreed | None, summed: tuple[str, ...]) -> Doc:
    """The numbers of one facility and period: the rule, unless all who agreed still have an approved report."""
    present = {report.reporter_id for report in reports}
    if agreed is None or not agreed.sides <= present:
        return _doc(max(reports, key=_rank))
    theirs = sorted((one for one in reports if one.reporter_id in agreed.sides), key=lambda one: one.reporter_id)
    docs = {one.reporter_id: _doc(one) for one in theirs}
    if agreed.way in ("add", "larger"):
        whole = _doc(max(theirs, key=_rank))
        for slot in summed:
            said = [doc[slot] for doc in docs.values() if slot in doc]
            if said:
                whole[slot] = sum(said) if agreed.way == "add" else max(said)
        return whole
    whole = dict(docs[agreed.taken or 0])
    if agreed.way == "split":
        for doc in docs.values():
            whole = doc | whole if any(slot not in whole for slot in doc) else whole
    for slot, (what, number) in agreed.cells.items():
        value = docs[number or 0].get(slot) if what == "of" else number
        whole = {**whole, slot: value} if value is not None else {k: v for k, v in whole.items() if k != slot}
    return whole


def _doc(report: Submission) -> Doc:
    """What a report says."""
    return {slot: int(number) for slot, number in report.revision.doc.items()} if report.revision else {}


def _rank(report: Submission) -> tuple[bool, datetime.datetime | None, str]:
    """The directorate's own before another's, the later before the earlier."""
    return report.reporter_id == report.directorate_id, report.submitted, str(report.pk)


def total(counting: dict[Key, Doc], start: datetime.date, slot: str = "s1") -> int:
    """What a month comes to."""
    return sum(doc.get(slot, 0) for (_template, day, _facility), doc in counting.items() if day == start)
