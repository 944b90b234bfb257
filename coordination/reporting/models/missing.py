"""Missing reports: why each did not come, in the words of whoever owed it and of its directorate; kept for good.

An explanation is one saying about one report or many: a text and files. What it says of each report stands in a row of its
own, which holds no text: consolidation reads those alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, NullIf
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.expected import ExpectedReport, abandoned, unsealed
from coordination.reporting.models.extensions import Key
from coordination.reporting.models.submissions import Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.missing import Reason, excuses, ruling
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.models import Organisation, User
from directorates.permissions import Columns, Permission, rights_of, scoped
from facilities.models import Facility
from policies.models.files import KeptFile


class MissingReason(models.TextChoices):
    """Why a report was not received, in words; the last says that nothing excuses it."""

    CUT_OFF = Reason.CUT_OFF.value, pgettext_lazy("missing", "Cut off")
    ATTACKED = Reason.ATTACKED.value, pgettext_lazy("missing", "Attacked")
    CLOSED = Reason.CLOSED.value, pgettext_lazy("missing", "Closed for a time")
    SUSPENDED = Reason.SUSPENDED.value, pgettext_lazy("missing", "Work suspended")
    NO_STAFF = Reason.NO_STAFF.value, pgettext_lazy("missing", "No staff")
    NO_LINK = Reason.NO_LINK.value, pgettext_lazy("missing", "No link")
    NOT_EXCUSED = Reason.NOT_EXCUSED.value, pgettext_lazy("missing", "Not excused")


class Side(models.TextChoices):
    """Who says why: the directorate that is competent for the period, or whoever owed the report.

    Consolidation takes the first of both by their codes (`rules/coverage_sql.py`).
    """

    DIRECTORATE = "directorate", pgettext_lazy("missing", "The directorate")
    REPORTER = "reporter", pgettext_lazy("missing", "Whoever owed the report")


class ExplanationQuerySet(models.QuerySet["Explanation"]):
    """Named queries over explanations."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of reports that the person may know of; a reader of totals reads none."""
        rows = ExplainedReport.objects.visible_to(user).filter(explanation=OuterRef("pk"))
        return self.filter(Exists(rows))

    def with_files(self) -> Self:
        """With who said it and the files, without their content."""
        files = Prefetch("evidence", MissingEvidence.objects.listed(), to_attr="files")
        return self.select_related("body", "by").prefetch_related(files)


class Explanation(models.Model):
    """What one body said at once about reports that did not come; appended only, taken back by a later one."""

    body = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    # It may tell of attacks.
    text = models.TextField(_("what happened"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    objects = ExplanationQuerySet.as_manager()

    class Meta:
        verbose_name = _("explanation of missing reports")
        verbose_name_plural = _("explanations of missing reports")
        default_permissions = ()
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        """Who said it, and when."""
        return f"{self.body_id} {self.at}"


class MissingEvidence(KeptFile):
    """A file that shows what an explanation says."""

    about = models.ForeignKey(Explanation, models.PROTECT, related_name="evidence")

    class Meta:
        verbose_name = _("evidence of a missing report")
        verbose_name_plural = _("evidence of missing reports")
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["about", "digest"], name="evidence_once_an_explanation")]


class ExplainedReportQuerySet(models.QuerySet["ExplainedReport"]):
    """Named queries over what was said of reports."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """What was said of reports that the person may know of."""
        own = scoped(user, Permission.VIEW_REPORTS, ExplainedReport.SCOPES[Permission.VIEW_REPORTS])
        rights = rights_of(user)
        return self.filter(own | abandoned(rights), unsealed(rights))

    def of(self, rows: Iterable[ExpectedReport]) -> Self:
        """What was said of some reports and perhaps of others beside them: the caller looks at the keys."""
        kept = list(rows)
        return self.filter(
            template__in={row.template_id for row in kept},
            period_start__in={row.period_start for row in kept},
            facility__in={row.facility_id for row in kept},
        )

    def with_texts(self) -> Self:
        """With what each word was said in: who, when, the text, the files without their content."""
        return self.prefetch_related(Prefetch("explanation", Explanation.objects.with_files()))

    def last_words(self) -> Self:
        """What each side says now of each report."""
        report = ("template_id", "period_start", "facility_id", "reporter_id", "side")
        return self.order_by(*report, "-pk").distinct(*report)


class ExplainedReport(models.Model):
    """What one side says of one missing report: a reason, or none any more; the last word of a side stands.

    It names the report and not the row of what is expected: that row goes and comes again as facts are corrected. Scope
    columns are those of the expected report, with which the database brings them in step; they stay while that is gone.
    """

    explanation = models.ForeignKey(Explanation, models.PROTECT, related_name="reports")
    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="+")
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+")
    period_start = models.DateField()
    reporter = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    directorate = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    dataset = models.ForeignKey("directorates.Dataset", models.PROTECT, related_name="+")
    place_path = models.CharField(max_length=120, db_collation="C")
    side = models.CharField(max_length=11, choices=Side)
    reason = models.CharField(_("reason"), max_length=11, choices=MissingReason, blank=True)

    objects = ExplainedReportQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.VIEW_REPORTS: Columns(("reporter_id", "directorate_id"), "place_path", "dataset_id"),
    }

    class Meta:
        verbose_name = _("reason of a missing report")
        verbose_name_plural = _("reasons of missing reports")
        default_permissions = ()
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["explanation", "template", "period_start", "facility", "reporter"],
                name="explained_once_an_explanation",
            ),
            models.CheckConstraint(condition=Q(reason__in=["", *MissingReason.values]), name="a_reason_of_the_list"),
            models.CheckConstraint(condition=Q(side__in=Side.values), name="said_by_one_of_two_sides"),
        ]
        indexes = [
            models.Index(
                F("template"), F("period_start"), F("facility"), F("reporter"), F("side"), F("id").desc(),
                name="last_words_of_report",
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        """Which report, which side, which reason."""
        return f"{self.facility_id} {self.period_start} {self.side} {self.reason}"

    @property
    def key(self) -> Key:
        """By which the report is told from all others."""
        return self.template_id, self.period_start, self.facility_id, self.reporter_id

    @property
    def period(self) -> Period:
        """The period owed."""
        return Period(PeriodType(self.template.period_type), self.period_start)


@dataclass
class Words:
    """What both sides say of one report now, by side."""

    said: dict[str, ExplainedReport] = field(default_factory=dict)

    @property
    def standing(self) -> list[ExplainedReport]:
        """The words that were not taken back, the one that decides first."""
        return [word for side in Side if (word := self.said.get(side)) is not None and word.reason]

    @property
    def decides(self) -> ExplainedReport | None:
        """The word that decides."""
        return next(iter(self.standing), None)

    @cached_property
    def reason(self) -> str:
        """The reason that counts; empty where there is none."""
        return ruling(*(word.reason if (word := self.said.get(side)) is not None else "" for side in Side))

    @property
    def excused(self) -> bool:
        """Whether the report is excused while it does not come."""
        return excuses(self.reason)

    @property
    def differ(self) -> bool:
        """Whether the two sides give different reasons."""
        return len({word.reason for word in self.standing}) > 1


def texts_in(words: Iterable[ExplainedReport]) -> list[tuple[Explanation, int]]:
    """The texts that some words were said in, each once, with the id of the body that wrote it: reading them is on record."""
    told = {word.explanation_id: word.explanation for word in words if word.explanation.text}
    return [(explanation, explanation.body_id) for explanation in told.values()]


def words_of(rows: Sequence[ExpectedReport], said: ExplainedReportQuerySet | None = None) -> dict[Key, Words]:
    """What is said now of each of some reports of which anything was ever said; whoever reads those may read this."""
    held = ExplainedReport.objects.select_related("explanation__body") if said is None else said
    keys = {(row.template_id, row.period_start, row.facility_id, row.reporter_id) for row in rows}
    found: dict[Key, Words] = {}
    for word in held.of(rows).last_words():
        if word.key in keys:
            found.setdefault(word.key, Words()).said[word.side] = word
    return found


def _same_report(**more: Any) -> dict[str, Any]:
    return {name: OuterRef(name) for name in ("template", "period_start", "facility", "reporter")} | more


def not_received(rows: QuerySet[ExpectedReport]) -> QuerySet[ExpectedReport]:
    """Those of some expected reports that nobody sent, or that were sent back and not sent again."""
    sent = Submission.objects.filter(**_same_report()).standing()
    return rows.exclude(Exists(sent))


def with_reasons(rows: QuerySet[ExpectedReport]) -> QuerySet[Any]:
    """Expected reports each with `of_directorate` and `of_reporter`, what both say now, and `ruling`, what counts of it."""
    words = {
        f"of_{side.value}": Coalesce(
            Subquery(
                ExplainedReport.objects.filter(**_same_report(side=side)).order_by("-pk").values("reason")[:1]
            ),
            Value(""),
        )
        for side in Side
    }  # fmt: skip
    counts = Coalesce(NullIf("of_directorate", Value("")), NullIf("of_reporter", Value("")), Value(""))
    return rows.annotate(**words).annotate(ruling=counts)


def not_excused(rows: QuerySet[ExpectedReport]) -> QuerySet[Any]:
    """Those of some expected reports that nothing excuses."""
    return with_reasons(rows).filter(ruling__in=("", Reason.NOT_EXCUSED))


def explainable(user: User | AnonymousUser) -> QuerySet[ExpectedReport]:
    """The missing reports of which a person may say why: of the own directorate, of one that no longer acts, or owed."""
    rights = rights_of(user)
    mine = abandoned(rights)
    for permission in (Permission.REVIEW_REPORTS, Permission.SUBMIT_REPORTS):
        mine |= rights.condition(permission, ExpectedReport.SCOPES[permission])
    return not_received(ExpectedReport.objects.filter(mine))


def sides_of(user: User, rows: Sequence[ExpectedReport]) -> dict[int, Side]:
    """For which side a person speaks of each of some reports; those that are not theirs to speak of are left out."""
    rights = rights_of(user)
    found: dict[int, Side] = {}
    for row in rows:
        if rights.allow(Permission.REVIEW_REPORTS, row):
            found[row.pk] = Side.DIRECTORATE
        elif rights.allow(Permission.SUBMIT_REPORTS, row):
            found[row.pk] = Side.REPORTER
    rest = [row.pk for row in rows if row.pk not in found]
    if rest:
        instead = ExpectedReport.objects.filter(abandoned(rights), pk__in=rest)
        found |= dict.fromkeys(instead.values_list("pk", flat=True), Side.DIRECTORATE)
    return found
