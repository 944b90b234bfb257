"""What stands out in a report against its facility's past: as it was found when it was sent, and as a reader may see it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.counted import counts
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Revision, Status, Submission
from coordination.reporting.models.templates import TemplateVersion, VersionStatus
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.outliers import (
    Candidate,
    Finding,
    Kind,
    Past,
    asked_of,
    chosen,
    finding_of,
    first_looked_at,
    stands_out,
)
from coordination.reporting.rules.periods import Period
from coordination.reporting.rules.readings import Document
from coordination.reporting.rules.specification import CategorySpec, ElementSpec, TemplateSpec
from coordination.reporting.rules.trails import Trail, trail
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User

# A report that was sent back is no past: it is known to be wrong.
PAST = (Status.SUBMITTED, Status.APPROVED)
LONGEST_WORD = 500


class Comparison(models.Model):
    """A revision laid beside its facility's past: what was found, kept for good; `at` is null while it waits for that.

    `findings` are `Finding.shape`s, made from every report of the facility, whoever sent it; pages show them to those
    alone who may read all of these.
    """

    revision = models.OneToOneField(Revision, models.PROTECT, primary_key=True, related_name="comparison")
    at = models.DateTimeField(null=True)
    findings = models.JSONField(default=list)
    found = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("comparison with the past")
        verbose_name_plural = _("comparisons with the past")
        constraints = [models.CheckConstraint(condition=Q(at__isnull=False) | Q(found=0), name="found_means_compared")]
        indexes = [
            models.Index(fields=["revision"], name="comparison_waiting", condition=Q(at=None)),
            models.Index(fields=["revision"], name="comparison_found", condition=Q(found__gt=0)),
        ]

    def __str__(self) -> str:
        """The revision and how much stands out in it."""
        return f"{self.revision_id} {self.found}"


class Look(models.Model):
    """A reviewer's word on something that stands out: they looked at it; appended only, and never needed."""

    revision = models.ForeignKey(Revision, models.PROTECT, related_name="looks")
    kind = models.CharField(max_length=10)
    slot = models.CharField(max_length=6, blank=True)
    word = models.TextField()
    at = models.DateTimeField()
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("look at what stands out")
        verbose_name_plural = _("looks at what stands out")
        ordering = ["revision", "id"]

    def __str__(self) -> str:
        """Who and when."""
        return f"{self.by_id} {self.at}"


@dataclass(frozen=True)
class Standout:
    """Something that stands out, with the item it concerns (none: the whole report) and the words on it so far."""

    finding: Finding
    element: ElementSpec | None
    category: CategorySpec | None
    looks: tuple[Look, ...] = ()
    trail: Trail | None = None


def standing_out(rows: QuerySet[Any]) -> QuerySet[Any]:
    """The reports in which something stands out; `stands_out` is said of all."""
    found = Comparison.objects.filter(revision=OuterRef("revision"), found__gt=0)
    return rows.annotate(stands_out=Exists(found))


def before(*submissions: Submission) -> Q:
    """The reports of the facilities, whoever sent them, that some reports are laid beside."""
    return sent_before(*submissions) & Q(status__in=PAST)


def sent_before(*submissions: Submission) -> Q:
    """The same with those that were sent back since: what was found may tell of them; one condition a period."""
    facilities: dict[tuple[int, Period], list[int]] = defaultdict(list)
    for row in submissions:
        facilities[row.template_id, row.period].append(row.facility_id)
    found = Q()
    for (template, period), ids in facilities.items():
        span = Q(period_start__gte=first_looked_at(period), period_start__lt=period.start)
        found |= span & Q(template=template, facility__in=ids)
    return found & Q(revision__isnull=False)


def candidates(rows: QuerySet[Submission]) -> list[Candidate]:
    """These reports as the past of others."""
    said = Coalesce("kept_revision__doc", "revision__doc")
    found = rows.annotate(counts=counts(), said=said).values_list("period_start", "counts", "reporter", "pk", "said")
    return [Candidate(*row[:3], str(row[3]), row[4]) for row in found]


def label_of(spec: TemplateSpec, finding: Finding) -> tuple[ElementSpec | None, CategorySpec | None]:
    """The element and category that a finding concerns; a sudden zero concerns all categories."""
    if finding.slot not in spec.cell_of:
        return None, None
    code, category = spec.cell_of[finding.slot]
    element = spec.element(code)
    if element is None or finding.kind is Kind.ZERO:
        return element, None
    return element, next((one for one in element.categories if one.code == category), None)


class Standouts:
    """What stands out in a report for one reader: as it was found, where they may read the whole past; else from what they may."""

    def __init__(self, submission: Submission, user: User, draft: Document | None = None) -> None:
        """Keep the report and its reader; `draft` is what it says before it is sent."""
        self.submission, self.user, self.draft = submission, user, draft

    @cached_property
    def spec(self) -> TemplateSpec:
        """What was asked."""
        return specification_of(self.submission.version)

    @cached_property
    def _visible(self) -> list[Candidate]:
        return candidates(Submission.objects.visible_to(self.user).filter(before(self.submission)))

    @cached_property
    def past(self) -> Past:
        """The facility's past, as far as the reader may see it."""
        return Past(asked_of(self.spec), chosen(self._visible, self.submission.reporter_id))

    @cached_property
    def comparison(self) -> Comparison | None:
        """The comparison that was made after the report was sent."""
        if self.draft is not None or self.submission.revision_id is None:
            return None
        return Comparison.objects.filter(revision=self.submission.revision_id, at__isnull=False).first()

    @cached_property
    def kept(self) -> bool:
        """Whether these are the findings that were kept, which a reviewer may put a word on."""
        return self.comparison is not None and not _partly_hidden(self.user, [self.submission])

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What stands out."""
        if self.comparison is not None and self.kept:
            return tuple(map(finding_of, self.comparison.findings))
        revision = self.submission.revision
        now = self.draft or (Document(revision.doc, revision.notes) if revision else None)
        if now is None:
            return ()
        return stands_out(self.submission.period, now.doc, now.notes, self.past)

    @cached_property
    def all(self) -> tuple[Standout, ...]:
        """What stands out, with its item, its picture and the words on it."""
        looks = _looks([self.submission.revision_id]) if self.findings and self.draft is None else {}
        found = []
        for finding in self.findings:
            said = tuple(looks.get((self.submission.revision_id, finding.kind.value, finding.slot), ()))
            found.append(Standout(finding, *label_of(self.spec, finding), said, self._trail(finding)))
        return tuple(found)

    def _trail(self, finding: Finding) -> Trail | None:
        """The past of the item, to be drawn; None for what concerns the whole report."""
        if finding.kind not in (Kind.UNUSUAL, Kind.ZERO):
            return None
        element, _category = label_of(self.spec, finding)
        whole = finding.kind is Kind.ZERO and element is not None
        slots = list(self.spec.slots_of(element.code).values()) if element and whole else [finding.slot]
        earlier = []
        for start, doc in self.past.documents:
            numbers = [from_json(doc[slot]) for slot in slots if slot in doc]
            earlier.append((Period(self.submission.period.type, start), sum(numbers, Decimal(0)) if numbers else None))
        return trail(self.submission.period, finding, earlier)

    @cached_property
    def _by_cell(self) -> dict[tuple[str, str | None], Standout]:
        return {
            (one.element.code, one.category.code if one.category else None): one
            for one in reversed(self.all)
            if one.element
        }

    def of(self, element: ElementSpec, category: CategorySpec | None) -> Standout | None:
        """What stands out in one answer."""
        return self._by_cell.get((element.code, category.code if category else None))

    def of_line(self, element: ElementSpec) -> Standout | None:
        """The first thing that stands out in an element."""
        return next((one for one in self.all if one.element and one.element.code == element.code), None)


def _looks(revisions: Iterable[int | None]) -> dict[tuple[int | None, str, str], list[Look]]:
    """The words on what stands out, the first said first."""
    found: dict[tuple[int | None, str, str], list[Look]] = {}
    for look in Look.objects.filter(revision__in=list(revisions)).select_related("by", "acting").order_by("id"):
        found.setdefault((look.revision_id, look.kind, look.slot), []).append(look)
    return found


def standouts_of(user: User, submissions: Sequence[Submission]) -> dict[Any, tuple[Standout, ...]]:
    """What was found in each of some reports, by id, in a constant number of queries.

    Left out are those whose past the reader may not read whole: their own page shows what the reader may know.
    """
    rows = Comparison.objects.filter(revision__in=[row.revision_id for row in submissions], found__gt=0)
    kept: dict[int | None, Comparison] = {row.revision_id: row for row in rows}
    marked = [row for row in submissions if row.revision_id in kept]
    if not marked:
        return {}
    hidden = _partly_hidden(user, marked)
    looks = _looks(row.revision_id for row in marked)
    told = {}
    for row in marked:
        if (row.template_id, row.facility_id) in hidden:
            continue
        # What was sent is of a published version, which is kept by its id and need not be read.
        spec = specification_of(TemplateVersion(pk=row.version_id, status=VersionStatus.PUBLISHED))
        told[row.pk] = tuple(
            Standout(one, *label_of(spec, one), tuple(looks.get((row.revision_id, one.kind.value, one.slot), ())))
            for one in map(finding_of, kept[row.revision_id].findings)
        )
    return told


@unwalled
def _partly_hidden(user: User, submissions: Sequence[Submission]) -> set[tuple[int, int]]:
    """The templates and facilities of which the reader may not read some report of the past."""
    span = sent_before(*submissions)
    hidden = Submission.objects.filter(span).exclude(pk__in=Submission.objects.visible_to(user).filter(span))
    return set(hidden.values_list("template", "facility").distinct())
