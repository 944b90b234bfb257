"""Report templates: the questions of a report, versioned; a published version never changes."""

import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.elements import Category, Element
from coordination.reporting.rules.counting import Precedence
from coordination.reporting.rules.periods import PeriodType, WeekRule, WeekRules
from directorates.models import Dataset, User
from directorates.models.naming import TwoNames
from directorates.models.validity import Dated, DatedQuerySet
from directorates.permissions import Columns, Permission, may, open_to_members, rights_of
from policies.models import Function


class PrecedenceOf(models.TextChoices):
    """Which of several reports about one facility and period counts until they are settled, in words."""

    DIRECTORATE = Precedence.DIRECTORATE.value, pgettext_lazy("counts first", "The directorate's own, then the latest")
    SUPPORTER = Precedence.SUPPORTER.value, pgettext_lazy("counts first", "That of a supporter, then the latest")
    LARGER = (
        Precedence.LARGER.value,
        pgettext_lazy("counts first", "The one whose numbers come to more, then the latest"),
    )
    LATEST = Precedence.LATEST.value, pgettext_lazy("counts first", "The latest")


class Programme(TwoNames):
    """A programme that reports belong to and that labels its own weeks."""

    code = models.SlugField(_("code"), max_length=40, unique=True)

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["code"]

    @property
    def week_rules_kept(self) -> WeekRules:
        """How it numbers its weeks, as `periods.py` asks for it; lists prefetch `week_rules`."""
        return tuple((row.since, WeekRule(row.rule)) for row in self.week_rules.all())

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name


class WeekLabelRule(models.Model):
    """How a programme numbers its weeks, from a day on."""

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="week_rules")
    since = models.DateField()
    rule = models.CharField(max_length=16, choices=[(rule.value, rule.name) for rule in WeekRule])

    class Meta:
        verbose_name = _("rule for week numbers")
        verbose_name_plural = _("rules for week numbers")
        ordering = ["programme", "since"]
        constraints = [models.UniqueConstraint(fields=["programme", "since"], name="one_week_rule_a_day")]

    def __str__(self) -> str:
        """Rule and first day."""
        return f"{self.rule} {self.since}"


class ReportTemplateQuerySet(models.QuerySet["ReportTemplate"]):
    """Named queries over report templates."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those with a published version for whoever has any role; whoever manages templates sees the others too."""
        if may(user, Permission.MANAGE_TEMPLATES):
            return self
        versions = TemplateVersion.objects.published().filter(template=OuterRef("pk"))
        return open_to_members(user, self.filter(Exists(versions)))

    def with_figures_for(self, user: User | AnonymousUser) -> Self:
        """Those of which a person may see figures anywhere: not those that are read by agreement, without one."""
        return self.visible_to(user).filter(rights_of(user).datasets(Permission.VIEW_FIGURES))


class ReportTemplate(TwoNames):
    """A report that facilities send in every period of a type, due some days after the period's end."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    programme = models.ForeignKey(Programme, models.PROTECT, verbose_name=_("programme"), related_name="templates")
    dataset = models.ForeignKey(Dataset, models.PROTECT, verbose_name=_("dataset"), related_name="templates")
    period_type = models.CharField(_("period"), max_length=16, choices=[(t.value, t.name) for t in PeriodType])
    due_days = models.PositiveSmallIntegerField(_("days until due"))
    # What it reports on, as mandates name it: where two claim to lead that, its figures say so.
    function = models.CharField(_("function that it reports on"), max_length=20, choices=Function, blank=True)
    counts_first = models.CharField(
        _("counts first until settled"), max_length=12, choices=PrecedenceOf, default=PrecedenceOf.DIRECTORATE
    )
    # When names or due days were changed by hand: the file that the template came from is no longer asked about them.
    head_changed = models.DateTimeField(_("time of the last change"), null=True, editable=False)

    objects = ReportTemplateQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.PUBLISH_EDITIONS: Columns(dataset="dataset_id"),
    }

    class Meta:
        verbose_name = _("report template")
        verbose_name_plural = _("report templates")
        ordering = ["code"]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name

    @property
    def head(self) -> dict[str, str]:
        """What it says beside its versions, as a page carries it along."""
        return {
            "name_ar": self.name_ar,
            "name_en": self.name_en,
            "due_days": str(self.due_days),
            "programme": self.programme.code,
            "dataset": self.dataset.code,
            "period_type": self.period_type,
            "function": self.function,
            "counts_first": self.counts_first,
        }


class VersionStatus(models.TextChoices):
    """The life of a version."""

    DRAFT = "draft", pgettext_lazy("version", "Draft")
    PUBLISHED = "published", pgettext_lazy("version", "Published")
    RETIRED = "retired", pgettext_lazy("version", "Retired")


class TemplateVersionQuerySet(DatedQuerySet):
    """Named queries over versions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """The published ones for whoever has any role; drafts for those who manage templates."""
        return self if may(user, Permission.MANAGE_TEMPLATES) else open_to_members(user, self.published())

    def drafts(self) -> Self:
        """Those that are being built."""
        return self.filter(status=VersionStatus.DRAFT)

    def published(self) -> Self:
        """Those in which reports are or were filled."""
        return self.exclude(status=VersionStatus.DRAFT)

    def for_period(self, template: ReportTemplate, first_day: datetime.date) -> "TemplateVersion | None":
        """The version in which a period is reported."""
        return self.published().at(first_day).filter(template=template).first()


class TemplateVersion(Dated):
    """An edition of a template's questions, for the periods that begin within its range."""

    template = models.ForeignKey(
        ReportTemplate, models.PROTECT, verbose_name=_("report template"), related_name="versions"
    )
    number = models.PositiveSmallIntegerField(_("version"))
    status = models.CharField(_("status"), max_length=10, choices=VersionStatus, default=VersionStatus.DRAFT)
    published_at = models.DateTimeField(_("time of publication"), null=True)
    # Of a draft: counts its changes, so that the second of two people is told of the first one's.
    edition = models.PositiveIntegerField(_("edition"), default=0)
    changed = models.DateTimeField(_("time of the last change"), null=True)
    changed_by = models.ForeignKey(
        User, models.PROTECT, verbose_name=_("person of the last change"), null=True, related_name="+"
    )

    objects = TemplateVersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("version of a template")
        verbose_name_plural = _("versions of templates")
        ordering = ["template", "number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_version_a_number"),
            ExclusionConstraint(
                name="one_published_version_a_period",
                expressions=[("template", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=~models.Q(status="draft"),
            ),
        ]

    def __str__(self) -> str:
        """Template and number."""
        return f"{self.template} {self.number}"


class Section(TwoNames):
    """A part of a version, one step of the form."""

    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="sections")
    code = models.SlugField(_("code"), max_length=40)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("section")
        verbose_name_plural = _("sections")
        ordering = ["version", "order"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="one_section_a_code")]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name


class SectionElement(models.Model):
    """An element's place in a section."""

    section = models.ForeignKey(Section, models.CASCADE, related_name="places")
    element = models.ForeignKey(Element, models.PROTECT, related_name="uses")
    order = models.PositiveSmallIntegerField(default=0)
    required = models.BooleanField(_("required"), default=True)

    class Meta:
        verbose_name = _("element of a section")
        verbose_name_plural = _("elements of sections")
        ordering = ["section", "order"]
        constraints = [models.UniqueConstraint(fields=["section", "element"], name="an_element_once_a_section")]

    def __str__(self) -> str:
        """The element's code."""
        return self.element.code


class Slot(models.Model):
    """The generated name under which a template's documents hold one element and category: s1, s2, … for all versions."""

    template = models.ForeignKey(ReportTemplate, models.CASCADE, related_name="slots")
    element = models.ForeignKey(Element, models.PROTECT, related_name="+")
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    number = models.PositiveIntegerField()

    class Meta:
        verbose_name = _("slot")
        verbose_name_plural = _("slots")
        ordering = ["template", "number"]
        constraints = [
            models.UniqueConstraint(fields=["template", "number"], name="one_slot_a_number"),
            models.UniqueConstraint(
                fields=["template", "element", "category"], nulls_distinct=False, name="one_slot_an_answer"
            ),
        ]

    def __str__(self) -> str:
        """The key in documents."""
        return self.name

    @property
    def name(self) -> str:
        """The key in documents."""
        return f"s{self.number}"


class Severity(models.TextChoices):
    """What a broken rule does: block, ask for a reason, or tell the surveillance unit."""

    ERROR = "error", pgettext_lazy("rule", "Error")
    WARNING = "warning", pgettext_lazy("rule", "Warning")
    ALERT = "alert", pgettext_lazy("rule", "Alert")


class ValidationRule(models.Model):
    """A statement over a version's elements that should hold, with what a missing value does and the words to say."""

    version = models.ForeignKey(TemplateVersion, models.CASCADE, related_name="rules")
    code = models.SlugField(_("code"), max_length=60)
    left = models.CharField(max_length=2000)
    operator = models.CharField(max_length=20)
    right = models.CharField(max_length=2000)
    severity = models.CharField(max_length=10, choices=Severity)
    missing = models.CharField(max_length=10)
    message_ar = models.CharField(max_length=400)
    message_en = models.CharField(max_length=400)
    order = models.PositiveSmallIntegerField(default=0)

    class Meta:
        verbose_name = _("validation rule")
        verbose_name_plural = _("validation rules")
        ordering = ["version", "order"]
        constraints = [models.UniqueConstraint(fields=["version", "code"], name="one_rule_a_code")]

    def __str__(self) -> str:
        """The code."""
        return self.code
