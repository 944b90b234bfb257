"""Entries of the register that stand for one facility since they were merged: of what counts of each, one report counts.

A merge moves no report (decision 0009): each stays under the entry that it was sent about. What counts of the facility is
looked for among all of them, and what several bodies sent is settled by them like any double report (0047).
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.counted import Chooser, CountedReport, Counting
from coordination.reporting.models.double_reports import Key
from coordination.reporting.models.submissions import APPROVED, Submission
from facilities.models.duplicates import entries_of

ANOTHER_ENTRY = pgettext_lazy("counting", "A report about another entry of the same facility counts")


@dataclass(frozen=True)
class Instead:
    """A report that does not count, and the one about another entry of the same facility that counts in its stead."""

    aside: Submission
    counted: Submission


def set_aside_elsewhere(chooser: Chooser, counting: Iterable[Counting]) -> list[Instead]:
    """The reports that a rule sets aside for one about another entry of the same facility; what was settled, its sides know."""
    return [
        Instead(row, one.report)
        for one in counting
        if one.settlement is None
        for row in chooser.found[chooser.key_of(one.report)]
        if row.facility_id != one.report.facility_id
    ]


def keys_beside(keys: Iterable[Key], entries: Mapping[int, int]) -> list[Key]:
    """Template, period and other entry of the same facility, of some reports' keys; in one order."""
    known = set(keys)
    same = {
        (template, period, other)
        for template, period, facility in known
        if facility in entries
        for other, last in entries.items()
        if last == entries[facility]
    }
    return sorted(same - known)


def entries_beside() -> list[tuple[int, int]]:
    """Each entry that was merged, or that others were merged into, with each other one of the same facility."""
    entries = entries_of()
    return [
        (one, other) for one, last in entries.items() for other in entries if entries[other] == last and other != one
    ]


def counted_more_than_once() -> dict[int, list[tuple[datetime.date, int]]]:
    """By template, first days and entries of which several count for one facility: they were merged since they were counted."""
    entries, found = entries_of(), defaultdict[Key, list[int]](list)
    rows = CountedReport.objects.filter(facility__in=entries).values_list("template", "period_start", "facility")
    for template, period, facility in rows:
        found[template, period, entries[facility]].append(facility)
    keys = defaultdict[int, list[tuple[datetime.date, int]]](list)
    for (template, period, _last), facilities in sorted(found.items()):
        if len(facilities) > 1:
            keys[template] += [(period, facility) for facility in facilities]
    return dict(keys)


def approved_beside(entries: Collection[int]) -> QuerySet[Submission]:
    """The approved reports of some entries for periods in which a report of another of them is approved too."""
    approved = Submission.objects.filter(APPROVED, facility__in=entries)
    beside = approved.filter(template=OuterRef("template"), period_start=OuterRef("period_start"))
    return approved.filter(Exists(beside.exclude(facility=OuterRef("facility"))))
