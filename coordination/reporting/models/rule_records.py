"""The rules' own record: how often each was checked and broken, and how often it was right to break it."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Max, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.runs import ConsolidationRun, RunKind, RunState
from coordination.reporting.models.templates import ReportTemplate, ValidationRule
from coordination.reporting.rules.periods import Period
from directorates.models import User
from directorates.models.naming import in_language
from directorates.permissions import Permission, may

# Whoever holds one of these reads the record: who writes rules, and who looks after what is computed.
READING = (Permission.MANAGE_TEMPLATES, Permission.RUN_CONSOLIDATION)
COUNTS = ("checked", "broken", "approved", "corrected", "waiting", "explained")


class RuleRecordQuerySet(models.QuerySet["RuleRecord"]):
    """Named queries over the record."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All, for whoever manages templates or runs consolidation; none for others."""
        return self if any(may(user, right) for right in READING) else self.none()


class RuleRecord(models.Model):
    """What one rule of one version came to in one period, as the last pass over the whole set counted it; it names no place.

    `checked` and `broken` count reports as they stand. Of the reports that ever broke it: `approved` with the break (it was right to
    break), `corrected` since, `waiting` for either; `explained` counts those that still break it and say why.
    """

    rule = models.ForeignKey(ValidationRule, models.PROTECT, related_name="records")
    period_start = models.DateField()
    checked = models.PositiveIntegerField()
    broken = models.PositiveIntegerField()
    approved = models.PositiveIntegerField()
    corrected = models.PositiveIntegerField()
    waiting = models.PositiveIntegerField()
    explained = models.PositiveIntegerField()

    objects = RuleRecordQuerySet.as_manager()

    class Meta:
        verbose_name = _("record of a rule")
        verbose_name_plural = _("records of rules")
        default_permissions = ()
        ordering = ["rule", "period_start"]
        constraints = [models.UniqueConstraint(fields=["rule", "period_start"], name="one_record_a_rule_and_period")]

    def __str__(self) -> str:
        """Rule and period."""
        return f"{self.rule_id} {self.period_start}"


@dataclass(frozen=True)
class RuleLine:
    """A rule of a template over some periods and all its versions, with its words as the latest of them has it."""

    rule: ValidationRule
    checked: int
    broken: int
    approved: int
    corrected: int
    waiting: int
    explained: int

    @property
    def words(self) -> str:
        """What it says in the reader's language, without the numbers of any report."""
        said = in_language(self.rule.message_ar, self.rule.message_en)
        return said.replace("{left}", "…").replace("{right}", "…")

    @property
    def share(self) -> Decimal | None:
        """The share of checked reports that break it as they stand; None where it was never checked."""
        return Decimal(self.broken) / self.checked if self.checked else None

    @property
    def right(self) -> Decimal | None:
        """Of what was decided, the share in which it was right to break the rule; None where nothing was decided."""
        decided = self.approved + self.corrected
        return Decimal(self.approved) / decided if decided else None


def rule_lines(rows: QuerySet[RuleRecord], template: ReportTemplate) -> list[RuleLine]:
    """Every rule of a template's published versions, in the order of the latest, with what some records of it add up to."""
    sums: dict[str, dict[str, Any]] = {}
    found = rows.filter(rule__version__template=template).order_by().values("rule__code")
    for code, *numbers in found.annotate(**{name: Sum(name) for name in COUNTS}).values_list("rule__code", *COUNTS):
        sums[code] = dict(zip(COUNTS, numbers, strict=True))
    rules = ValidationRule.objects.filter(version__template=template).exclude(version__status="draft")
    latest: dict[str, ValidationRule] = {}
    for rule in rules.select_related("version").order_by("-version__number", "order"):
        latest.setdefault(rule.code, rule)
    nothing = dict.fromkeys(COUNTS, 0)
    return [RuleLine(rule, **sums.get(code, nothing)) for code, rule in latest.items()]


def between(rows: RuleRecordQuerySet, first: Period | None, last: Period | None) -> RuleRecordQuerySet:
    """The records from one period to another."""
    rows = rows.filter(period_start__gte=first.start) if first else rows
    return rows.filter(period_start__lte=last.last_day) if last else rows


def last_validation(template: ReportTemplate) -> Any:
    """When the record of a template was last computed; None before the first pass."""
    rows = ConsolidationRun.objects.filter(kind=RunKind.RULES, state=RunState.DONE, templates__contains=[template.pk])
    return rows.aggregate(last=Max("ended"))["last"]
