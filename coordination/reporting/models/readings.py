"""A report as one person reads it: answers, marks, history, revisions, what others sent, whether it counts."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property

from django.db.models import Value

from coordination.reporting.models.counted import Chooser, CountingRule, CountingRuleOf, key_of
from coordination.reporting.models.double_reports import DoubleReport, DoubleState
from coordination.reporting.models.double_sides import AmongEntries
from coordination.reporting.models.entries import ANOTHER_ENTRY
from coordination.reporting.models.reviews import beside, document_before, written_by
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Revision, Submission, SubmissionEvent
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.readings import (
    Difference,
    Document,
    Mark,
    SectionRead,
    differences,
    headline_slots,
    marks_of,
    read,
)
from coordination.reporting.rules.specification import ElementSpec, TemplateSpec
from directorates.foundation.sight import unwalled
from directorates.models import User
from facilities.models.duplicates import entries_of

# So many sums tell the size of some reports; those that are nought tell nothing.
HEADLINES = 3


def document_of(revision: Revision | None) -> Document:
    """The documents of a revision; empty where nothing was sent yet."""
    return Document(revision.doc, revision.notes) if revision else Document()


@dataclass(frozen=True)
class Entry:
    """A line of the history."""

    at: object
    by: str
    acting: str
    instead_of: str
    what: str
    note: str


@dataclass(frozen=True)
class Edition:
    """A revision and what changed in it against the one before."""

    revision: Revision
    changes: tuple[Difference, ...]


@dataclass(frozen=True)
class Beside:
    """What another body sent about the same facility and period; its answers only where the person may read them."""

    submission: Submission
    readable: bool
    differences: tuple[Difference, ...]


@dataclass(frozen=True)
class Standing:
    """Whether an approved report counts, by which rule, and which one counts in its stead."""

    counts: bool
    rule: str
    instead: Submission | None = None


class Reading:
    """Everything that the page of a report shows; each part is looked up when the page asks for it."""

    def __init__(self, submission: Submission, user: User) -> None:
        """Keep the report and its reader."""
        self.submission, self.user = submission, user

    @cached_property
    def spec(self) -> TemplateSpec:
        """What was asked."""
        return specification_of(self.submission.version)

    @cached_property
    def own(self) -> bool:
        """Whether the reader wrote it, so that someone else approves it."""
        return Submission.objects.filter(written_by(self.user), pk=self.submission.pk).exists()

    @cached_property
    def marks(self) -> tuple[Mark, ...]:
        """The rules that the present revision breaks."""
        revision = self.submission.revision
        return marks_of(revision.warnings) if revision else ()

    @cached_property
    def period_before(self) -> Period:
        """The period whose values stand beside."""
        return self.submission.period.previous()

    @cached_property
    def before(self) -> Document:
        """What the facility reported for that period."""
        return document_before(self.submission, self.user)

    @cached_property
    def sections(self) -> tuple[SectionRead, ...]:
        """The answers; none before anything was sent."""
        if self.submission.revision is None:
            return ()
        return read(self.spec, document_of(self.submission.revision), self.before, self.marks)

    @cached_property
    def history(self) -> list[Entry]:
        """Who did what, as which organisation, and when; the last deed first."""
        rows = SubmissionEvent.objects.filter(submission=self.submission.pk).select_related(
            "by", "acting", "instead_of"
        )
        return [
            Entry(
                row.at,
                str(row.by or ""),
                row.acting.short if row.acting else "",
                str(row.instead_of or ""),
                str(row.get_what_display()),
                row.note,
            )
            for row in rows.order_by("-id")
        ]

    @cached_property
    def editions(self) -> list[Edition]:
        """The revisions, the last first, each with what changed against the one before."""
        rows = list(Revision.objects.filter(submission=self.submission.pk).select_related("by").order_by("number"))
        earlier = [None, *rows[:-1]]
        return [
            Edition(row, differences(self.spec, document_of(old), document_of(row)) if old else ())
            for old, row in reversed(list(zip(earlier, rows, strict=True)))
        ]

    @cached_property
    @unwalled
    def others(self) -> list[Beside]:
        """What other bodies sent about the same facility and period."""
        rows = list(beside(self.submission))
        if not rows:
            return []
        open_to = set(
            Submission.objects.visible_to(self.user)
            .filter(pk__in=[row.pk for row in rows])
            .values_list("pk", flat=True)
        )
        here = document_of(self.submission.revision)
        return [
            Beside(
                row,
                row.pk in open_to,
                differences(self.spec, here, document_of(row.revision)) if row.pk in open_to else (),
            )
            for row in rows
        ]

    @cached_property
    def double(self) -> DoubleReport | None:
        """What becomes of it where several bodies reported; None where this one alone did."""
        _template, period, facility = key_of(self.submission)
        rows = DoubleReport.objects.visible_to(self.user).following(self.submission.template)
        # One of this template alone decides whether the report counts; one of two templates, what is counted of both.
        rows = rows.filter(AmongEntries("facility", Value(facility)), period_start=period)
        rows = rows.exclude(other__isnull=False, state=DoubleState.OVER).as_they_stand()
        return min(rows, key=lambda one: one.other_id or 0, default=None)

    @cached_property
    @unwalled
    def standing(self) -> Standing | None:
        """Whether the report counts; None before it is approved; while it is corrected the approved revision does."""
        if self.submission.counting_id is None:
            return None
        reports = [self.submission, *(other.submission for other in self.others)]
        chooser = Chooser(reports, entries_of([self.submission.facility_id]) if self.others else {})
        key = chooser.key_of(self.submission)
        counting, choice = chooser.counting(key), chooser.choice(key)
        if counting is None or choice is None or counting.report.pk == self.submission.pk:
            rows = Submission.objects.filter(pk=self.submission.pk)
            rule = rows.annotate(rule=CountingRuleOf("pk")).values_list("rule", flat=True).first()
            return Standing(rule is not None, str(CountingRule(rule).label if rule else ANOTHER_ENTRY))
        reasons = {one.candidate.submission_id: one.reason for one in choice.set_aside}
        rule = counting.rule if counting.settlement else reasons[self.submission.pk]
        return Standing(False, str(CountingRule(rule).label), counting.report)


@dataclass(frozen=True)
class Bundle:
    """Reports of one template and period together: how many, from whom, and the sums that tell their size."""

    first: Submission
    count: int
    reporters: tuple[str, ...]
    totals: tuple[tuple[ElementSpec, Decimal], ...]


def bundles(reports: Iterable[Submission]) -> list[Bundle]:
    """The reports by template and period; each has its revision, version and reporter loaded."""
    held: dict[tuple[int, object], list[Submission]] = {}
    for report in reports:
        held.setdefault((report.version_id, report.period_start), []).append(report)
    return [_bundle(rows) for rows in held.values()]


def _bundle(rows: list[Submission]) -> Bundle:
    """One bundle."""
    documents = [row.revision.doc for row in rows if row.revision]
    totals, spec = [], specification_of(rows[0].version)
    for element, slots in headline_slots(spec, most=len(spec.sections)):
        numbers = [from_json(document[slot]) for document in documents for slot in slots if slot in document]
        totals.append((element, sum(numbers, Decimal(0))))
    reporters = tuple(dict.fromkeys(row.reporter.short for row in rows))
    told = [total for total in totals if total[1]][:HEADLINES]
    return Bundle(rows[0], len(rows), reporters, tuple(told))
