"""Counted reports: what counts for one facility and period, however many reported."""

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from django.db import models
from django.db.models import Func
from django.db.models.lookups import IsNull
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.double_reports import Key, Settlement
from coordination.reporting.models.settled import Settled, in_force
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Revision, Submission
from coordination.reporting.models.templates import ReportTemplate, TemplateVersion, VersionStatus
from coordination.reporting.rules.counting import Candidate, Choice, CountedBy, Precedence, choose
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.settlements import Reported, Terms, derive, summed_slots
from directorates.models import Organisation, Place
from facilities.models import Facility, Support


class CountingRule(models.TextChoices):
    """Why this report counts and not another."""

    ONLY = "only", pgettext_lazy("counting", "The only approved report")
    DIRECTORATE_FIRST = (
        "directorate_first",
        pgettext_lazy("counting", "The directorate's own report counts before an NGO's"),
    )
    SUPPORTER_FIRST = "supporter_first", pgettext_lazy("counting", "A supporter's report counts before another's")
    LARGER_FIRST = "larger_first", pgettext_lazy("counting", "The report whose numbers come to more counts")
    LATER_FIRST = "later_first", pgettext_lazy("counting", "The later report counts before the earlier")
    SETTLED = "settled", pgettext_lazy("counting", "As it was settled")


@dataclass(frozen=True)
class Counting:
    """The report that counts for a facility and period, why, and the cells that count otherwise than it says."""

    report: Submission
    rule: CountedBy
    overlay: Mapping[str, int | float | None] | None = None
    settlement: int | None = None


class CountedReport(models.Model):
    """The one report that counts for a template, facility and period; lives in the schema of figures.

    `overlay` holds only the slots that count otherwise than in the revision; JSON null there means not counted. It comes from
    the settlement alone, and is derived anew whenever what counts is chosen.
    """

    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="counted_reports")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="counted_reports")
    period_start = models.DateField()
    submission = models.OneToOneField(Submission, models.PROTECT, related_name="counted_report")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    overlay = models.JSONField(null=True)
    rule = models.CharField(_("counting rule"), max_length=20, choices=CountingRule)
    settlement = models.ForeignKey(Settlement, models.PROTECT, null=True, related_name="+")
    on_time = models.BooleanField()
    subdistrict = models.ForeignKey(Place, models.PROTECT, related_name="+")
    directorate = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("counted report")
        verbose_name_plural = _("counted reports")
        constraints = [
            models.UniqueConstraint(fields=["template", "period_start", "facility"], name="one_counted_report")
        ]
        indexes = [models.Index(fields=["template", "period_start", "subdistrict"], name="counted_at_place")]

    def __str__(self) -> str:
        """Template, facility and period."""
        return f"{self.template_id} {self.facility_id} {self.period_start}"


class CountingRuleOf(Func):
    """By which rule a report counts, null where it does not: for reports that a person sees, whatever figures are open."""

    function = "counting_rule"
    output_field = models.CharField()


def counts() -> IsNull:
    """Whether a report counts, as a condition on its row."""
    return IsNull(CountingRuleOf("pk"), False)


def key_of(report: Submission) -> Key:
    """Template, first day of the period, facility: what one counted report stands for."""
    return report.template_id, report.period_start, report.facility_id


def approved_among(reports: Iterable[Submission]) -> list[Submission]:
    """Those that can count."""
    return [one for one in reports if one.counting_id is not None and one.submitted is not None]


class Chooser:
    """Which of several approved reports counts, by the rules of their templates and by what was settled.

    What the rules ask for is looked up for all reports together: a query a question, none where no facility was reported twice.
    """

    def __init__(
        self, reports: Iterable[Submission], entries: Mapping[int, int] | None = None, *, as_sent: bool = False
    ) -> None:
        """Keep the approved reports by what they are about; `as_sent`, all of them, as if they were approved.

        Those about `entries` of the register that were merged are about the entry that stays.
        """
        self.found: dict[Key, list[Submission]] = defaultdict(list)
        self.entries, self.as_sent = entries or {}, as_sent
        for row in reports if as_sent else approved_among(reports):
            self.found[self.key_of(row)].append(row)

    def key_of(self, report: Submission) -> Key:
        """Under which key a report was kept."""
        template, period, facility = key_of(report)
        return template, period, self.entries.get(facility, facility)

    @cached_property
    def _doubles(self) -> list[Submission]:
        return [row for rows in self.found.values() if len(rows) > 1 for row in rows]

    @cached_property
    def _rules(self) -> dict[int, Precedence]:
        held = ReportTemplate.objects.filter(pk__in={row.template_id for row in self._doubles})
        return {pk: Precedence(first) for pk, first in held.values_list("pk", "counts_first")} if self._doubles else {}

    @cached_property
    def _settled(self) -> dict[Key, Settled]:
        keys = {self.key_of(row) for row in self._doubles}
        return in_force(keys, self.entries) if keys else {}

    @cached_property
    def _docs(self) -> dict[int, Mapping[str, int | float]]:
        """The documents of the reports about which something was settled, or which are compared by size."""
        larger = {pk for pk, rule in self._rules.items() if rule is Precedence.LARGER}
        asked = [
            row
            for row in self._doubles
            if self.as_sent or row.template_id in larger or self.key_of(row) in self._settled
        ]
        return dict(Revision.objects.filter(pk__in=[self._revision(row) for row in asked]).values_list("pk", "doc"))

    def _revision(self, row: Submission) -> int:
        """The revision that is looked at: the one that was sent, or of a report that is corrected the one that counts meanwhile."""
        return (row.revision_id if self.as_sent else row.counting_id) or 0

    @cached_property
    def _kept_at(self) -> dict[int, datetime.datetime]:
        """When the revisions were sent that count while a corrected one is on its way: that one is not looked at yet."""
        kept = [] if self.as_sent else [row.kept_revision_id for row in self._doubles if row.kept_revision_id]
        return dict(Revision.objects.filter(pk__in=kept).values_list("pk", "at")) if kept else {}

    @cached_property
    def _supports(self) -> set[tuple[Key, int]]:
        """Who supported which facility on the last day of a period, where the rule asks."""
        asked = [row for row in self._doubles if self._rules[row.template_id] is Precedence.SUPPORTER]
        rows = Support.objects.filter(facility__in={row.facility_id for row in asked}) if asked else ()
        days: dict[tuple[int, int], list[Support]] = defaultdict(list)
        for one in rows:
            days[one.facility_id, one.organisation_id].append(one)
        return {
            (key_of(row), row.reporter_id)
            for row in asked
            for one in days[row.facility_id, row.reporter_id]
            if _holds(one, row.period.last_day)
        }

    def _candidate(self, row: Submission, rule: Precedence) -> Candidate:
        size = Decimal(0)
        if rule is Precedence.LARGER:
            doc, summed = self._docs[self._revision(row)], _summed(row.version_id)
            size = sum((from_json(number) for slot, number in doc.items() if slot in summed), Decimal(0))
        return Candidate(
            row.pk,
            self._revision(row),
            row.reporter_id == row.directorate_id,
            row.changed,
            self._kept_at.get(row.kept_revision_id or 0) or row.submitted or row.changed,
            supports=(key_of(row), row.reporter_id) in self._supports if rule is Precedence.SUPPORTER else False,
            size=size,
        )

    def choice(self, key: Key) -> Choice | None:
        """Which report counts by rule; a directorate's own report is the one that it sent itself as the competent one."""
        return self._choice(key[0], self.found.get(key, []))

    def _choice(self, template: int, rows: Collection[Submission]) -> Choice | None:
        rule = self._rules[template] if len(rows) > 1 else Precedence.DIRECTORATE
        return choose([self._candidate(row, rule) for row in rows], rule)

    def counting(self, key: Key) -> Counting | None:
        """What counts: by what its sides settled where that can hold, by the rule otherwise."""
        choice = self.choice(key)
        if choice is None:
            return None
        settled = self._settled.get(key)
        found = None if settled is None else self.by_terms(key, settled.terms, settled.sides, settled.reports)
        if settled is not None and found is not None:
            return replace(found, settlement=settled.settlement.pk)
        chosen = next(row for row in self.found[key] if row.pk == choice.counted.submission_id)
        return Counting(chosen, choice.rule)

    def by_terms(self, key: Key, terms: Terms, sides: Collection[int], among: Collection[UUID]) -> Counting | None:
        """What would count by some terms of their sides, among whose reports alone the rule chooses; None where they cannot hold."""
        rows: dict[object, Submission] = {row.pk: row for row in self.found.get(key, []) if row.pk in among}
        choice = self._choice(key[0], rows.values()) if len(rows) > 1 else None
        if choice is None:
            return None
        chosen = rows[choice.counted.submission_id]
        told = [
            Reported(row.reporter_id, row.pk, self._revision(row), self._docs[self._revision(row)])
            for row in rows.values()
        ]
        derived = derive(terms, told, chosen.reporter_id, _summed(chosen.version_id), sides)
        if derived is None:
            return None
        return Counting(rows[derived.ground.submission_id], CountedBy.SETTLED, dict(derived.overlay) or None)


def _holds(support: Support, day: datetime.date) -> bool:
    """Whether a facility was supported on a day."""
    first, last = support.first_day, support.last_day
    return (first is None or first <= day) and (last is None or day <= last)


def _summed(version: int) -> frozenset[str]:
    """The slots of a published version whose numbers may be added."""
    return summed_slots(specification_of(TemplateVersion(pk=version, status=VersionStatus.PUBLISHED)))
