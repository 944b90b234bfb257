"""Entries of the register that stand for one facility since they were merged: of what counts of each, one report counts.

A merge moves no report (decision 0009): each stays under the entry that it was sent about. What counts of the facility is
looked for among all of them.
"""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.counted import Chooser, CountedReport, Counting, key_of
from coordination.reporting.models.double_reports import Key
from coordination.reporting.models.submissions import APPROVED, Submission
from coordination.reporting.rules.counting import CountedBy
from facilities.models.duplicates import entries_of

ANOTHER_ENTRY = pgettext_lazy("counting", "A report about another entry of the same facility counts")


class AmongEntries(Chooser):
    """Which of several reports about entries of one facility counts, by the rule of their template."""

    def __init__(self, reports: Iterable[Submission], entries: Mapping[int, int]) -> None:
        """Keep them by the entry that stands in the end."""
        super().__init__(reports)
        apart, self.found = self.found, defaultdict(list)
        for (template, period, facility), rows in apart.items():
            self.found[template, period, entries.get(facility, facility)] += rows


@dataclass(frozen=True)
class Instead:
    """A report that does not count, and the one about another entry of the same facility that counts in its stead."""

    aside: Submission
    counted: Submission


@dataclass(frozen=True)
class OneEach:
    """What counts, of each facility one report, and what was set aside for it."""

    counting: Sequence[Counting]
    instead: Sequence[Instead] = ()


def one_a_facility(counting: Sequence[Counting], entries: Mapping[int, int]) -> OneEach:
    """Of what counts of each entry, what counts of each facility; all of it where no entry was merged."""
    several = defaultdict[Key, list[Counting]](list)
    for one in counting:
        template, period, facility = key_of(one.report)
        several[template, period, entries.get(facility, facility)].append(one)
    if all(len(rows) < 2 for rows in several.values()):
        return OneEach(counting)
    chooser = AmongEntries((one.report for rows in several.values() if len(rows) > 1 for one in rows), entries)
    kept, instead = list[Counting](), list[Instead]()
    for key, rows in several.items():
        choice = chooser.choice(key) if len(rows) > 1 else None
        if choice is None:
            kept += rows
            continue
        counted = next(one for one in rows if one.report.pk == choice.counted.submission_id)
        kept.append(counted if counted.rule is CountedBy.SETTLED else replace(counted, rule=choice.rule))
        instead += [Instead(one.report, counted.report) for one in rows if one is not counted]
    return OneEach(kept, instead)


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
