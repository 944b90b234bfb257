"""What publishing a version from a period, or retiring a template with one, does to what is there."""

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from django.db.models import Max, QuerySet

from coordination.reporting.models.elements import Element
from coordination.reporting.models.specifications import slots_of
from coordination.reporting.models.submissions import Draft, Status, Submission
from coordination.reporting.models.templates import ReportTemplate, TemplateVersion
from coordination.reporting.models.versions import Outline, last_published
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from coordination.reporting.rules.sheets import unasked
from directorates.foundation.sight import unwalled

# So many of the reports that stand in the way are named.
NAMED = 10


@dataclass(frozen=True)
class Lost:
    """An item that is no longer asked, and how many drafts answer it."""

    element: Element
    drafts: int


class Consequences:
    """What follows for reports of a period and later, each part looked up when it is asked for."""

    def __init__(self, template: ReportTemplate, first: Period) -> None:
        """Keep the template and the first period concerned."""
        self.template, self.first = template, first

    @cached_property
    def before(self) -> TemplateVersion | None:
        """The version in force so far, which ends on the eve."""
        return last_published(self.template)

    @property
    def ends(self) -> dt.date | None:
        """The day on which it ends: the eve, or earlier where it ended earlier."""
        if self.before is None:
            return None
        eve = self.first.start - dt.timedelta(days=1)
        return min(self.before.last_day or eve, eve)

    @property
    def too_early(self) -> bool:
        """Whether the version so far begins then or later."""
        return self.before is not None and (self.before.first_day or dt.date.min) >= self.first.start

    @property
    def _concerned(self) -> QuerySet[Submission]:
        return Submission.objects.filter(template=self.template, period_start__gte=self.first.start)

    @property
    def sent(self) -> QuerySet[Submission]:
        """The reports that were sent for these periods: they stay under the version in which they were written."""
        return self._concerned.exclude(status=Status.DRAFT)

    @cached_property
    @unwalled
    def sent_count(self) -> int:
        """How many."""
        return self.sent.count()

    @cached_property
    @unwalled
    def sent_named(self) -> list[Submission]:
        """The first of them."""
        rows = self.sent.select_related("facility", "reporter", "template__programme")
        return list(
            rows.prefetch_related("template__programme__week_rules").order_by("-period_start", "receipt")[:NAMED]
        )

    @property
    def drafts(self) -> QuerySet[Submission]:
        """The drafts of these periods."""
        return self._concerned.filter(status=Status.DRAFT)

    @cached_property
    @unwalled
    def drafts_count(self) -> int:
        """How many."""
        return self.drafts.count()

    @unwalled
    def lost(self, outline: Outline) -> list[Lost]:
        """The items that drafts answer and the version no longer asks, in the order of their codes."""
        cells = {slot: cell for cell, slot in slots_of(self.template.pk).items()}
        found: Counter[str] = Counter()
        written = Draft.objects.filter(submission__in=self.drafts).values_list("doc", "notes")
        for doc, notes in written:
            found.update({cells[slot][0] for slot in unasked(outline.spec, doc, notes) if slot in cells})
        elements = Element.objects.filter(code__in=found).order_by("code")
        return [Lost(element, found[element.code]) for element in elements]


@unwalled
def earliest_beginning(template: ReportTemplate) -> Period | None:
    """The first period from which another version can begin; None where any can."""
    before = last_published(template)
    kind = PeriodType(template.period_type)
    sent = Submission.objects.filter(template=template).exclude(status=Status.DRAFT)
    days = [before.first_day if before else None, sent.aggregate(last=Max("period_start"))["last"]]
    last = max((day for day in days if day), default=None)
    return period_containing(last, kind).next() if last else None
