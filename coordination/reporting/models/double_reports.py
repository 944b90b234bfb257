"""Double reports: several bodies reported one facility and period; what they agreed counts, and all that was said on the way."""

import datetime
from collections.abc import Collection
from functools import cached_property
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.double_sides import of_double, sides_of
from coordination.reporting.models.submissions import Submission
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.settlements import Part, Terms, Way
from directorates.models import Organisation, User
from directorates.models.organisations import Kind
from directorates.permissions import Permission, may, rights_of, scoped
from facilities.models import Facility

# Without any of these nothing waits for a person to be settled.
SETTLING = (
    Permission.SUBMIT_REPORTS,
    Permission.REVIEW_REPORTS,
    Permission.ARBITRATE_REPORTS,
    Permission.AGREE_ON_SHARING,
)
# Template, first day of the period, facility.
Key = tuple[int, datetime.date, int]


# Who was told of what is not settled in time: the directorate's director, then the body.
DIRECTOR, BODY = 1, 2


class DoubleState(models.TextChoices):
    """How far a double report is."""

    OPEN = "open", pgettext_lazy("double report", "To be settled")
    PROPOSED = "proposed", pgettext_lazy("double report", "A settlement is proposed")
    ARBITRATION = "arbitration", pgettext_lazy("double report", "With the arbiter")
    SETTLED = "settled", pgettext_lazy("double report", "Settled")
    AGAIN = "again", pgettext_lazy("double report", "To be settled again")
    OVER = "over", pgettext_lazy("double report", "No longer double")


# Something is still to be done in these.
WAITING = (DoubleState.OPEN, DoubleState.PROPOSED, DoubleState.ARBITRATION, DoubleState.AGAIN)


class WayOf(models.TextChoices):
    """How several reports become one, in words."""

    TAKE = Way.TAKE.value, pgettext_lazy("settlement", "One report counts")
    LARGER = Way.LARGER.value, pgettext_lazy("settlement", "The larger number counts")
    ADD = Way.ADD.value, pgettext_lazy("settlement", "The numbers are added")
    SPLIT = Way.SPLIT.value, pgettext_lazy("settlement", "Each report counts for its own services")
    VALUES = Way.VALUES.value, pgettext_lazy("settlement", "A value for each item")
    RULE = Way.RULE.value, pgettext_lazy("settlement", "The settlement is taken back")


def _reports_for(user: User, permission: Permission) -> models.QuerySet[Submission]:
    """The reports with which a person may do something."""
    return Submission.objects.standing().filter(scoped(user, permission, Submission.SCOPES[permission]))


class DoubleReportQuerySet(models.QuerySet["DoubleReport"]):
    """Named queries over double reports."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of which a person may read one of the reports, and those for which the own organisation is the arbiter."""
        seen = of_double(Submission.objects.visible_to(user).standing())
        if isinstance(user, User) and may(user, Permission.ARBITRATE_REPORTS):
            seen |= Q(arbiter=user.acting_id, state=DoubleState.ARBITRATION)
        return self.filter(seen)

    def waiting(self) -> Self:
        """Those in which something is still to be done."""
        return self.filter(state__in=WAITING)

    def to_settle(self, user: User) -> Self:
        """Those that wait for a person: as a side that has not agreed yet, as the arbiter, as whoever reviews or can name one."""
        if not any(map(rights_of(user).holds, SETTLING)):
            return self.none()
        agreed = DoubleReportEvent.objects.filter(
            settlement=OuterRef("proposal"), kind__in=AGREEING, acting=user.acting_id
        )
        open_to_sides = ~Q(state=DoubleState.ARBITRATION) & ~(Q(proposal__isnull=False) & Q(Exists(agreed)))
        mine = _reports_for(user, Permission.SUBMIT_REPORTS).filter(reporter=user.acting_id)
        waits = of_double(mine) & open_to_sides
        if may(user, Permission.REVIEW_REPORTS):
            reviewed = of_double(_reports_for(user, Permission.REVIEW_REPORTS))
            waits |= reviewed & Q(state__in=(DoubleState.OPEN, DoubleState.AGAIN), proposal=None)
        if may(user, Permission.ARBITRATE_REPORTS):
            waits |= Q(state=DoubleState.ARBITRATION, arbiter=user.acting_id)
        for right, body in ((Permission.AGREE_ON_SHARING, False), (Permission.REVIEW_REPORTS, True)):
            if may(user, right):
                reviewed = Q(reviewer__kind=Kind.BODY)
                reports = _reports_for(user, right).filter(reviewed if body else ~reviewed)
                waits |= of_double(reports) & Q(arbiter=None, told_above__gt=0)
        return self.waiting().filter(waits)

    def of_one_template(self) -> Self:
        """Those whose reports follow one template: what is settled of them changes that template's figures."""
        return self.filter(other=None)

    def following(self, template: ReportTemplate) -> Self:
        """Those in which a report follows a template."""
        return self.filter(Q(template=template) | Q(other=template))

    def about(self, keys: Collection[Key]) -> Self:
        """Those of one template of some (template, first day, facility), and perhaps of more of these together."""
        columns = zip(*keys, strict=True) if keys else ((), (), ())
        templates, days, facilities = (set(column) for column in columns)
        return self.of_one_template().filter(template__in=templates, period_start__in=days, facility__in=facilities)

    def as_they_stand(self) -> Self:
        """Of several about merged entries the one that stands for the facility first: what was settled last, what waits, the oldest."""
        over = models.Case(models.When(state=DoubleState.OVER, then=1), default=0)
        return self.order_by(F("settlement").desc(nulls_last=True), over, "pk")

    def named(self) -> Self:
        """With what naming each needs."""
        related = (
            "template__programme",
            "other",
            "facility__place",
            "arbiter",
            "settlement__taken",
            "proposal__acting",
        )
        return self.select_related(*related).prefetch_related("template__programme__week_rules")


class DoubleReport(models.Model):
    """Several bodies reported one facility and period, under one entry of the register or several that were merged.

    Found by the portal, one row for good.

    They followed one template, or two that ask some of the same items (`template` and `other`): then these items alone are
    compared, and what is settled holds for figures over all reports. What was reported, proposed and settled never
    changes; this row says how far it is. `due` is the day until which the parties settle it themselves, `told_above` who
    was told since: the directorate's director (1), the body (2).
    """

    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="+", verbose_name=_("report"))
    other = models.ForeignKey(
        ReportTemplate, models.PROTECT, null=True, related_name="+", verbose_name=_("the other report")
    )
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", verbose_name=_("facility"))
    period_start = models.DateField(_("first day of the period"))
    state = models.CharField(_("state"), max_length=12, choices=DoubleState, default=DoubleState.OPEN)
    settlement = models.ForeignKey("Settlement", models.PROTECT, null=True, related_name="+")
    proposal = models.ForeignKey("Settlement", models.PROTECT, null=True, related_name="+")
    arbiter = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("arbiter"))
    found = models.DateTimeField(_("found"))
    due = models.DateField(_("settle by"))
    told_above = models.PositiveSmallIntegerField(default=0)

    objects = DoubleReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("double report")
        verbose_name_plural = _("double reports")
        default_permissions = ()
        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["template", "period_start", "facility"], condition=Q(other=None), name="one_double_report"
            ),
            models.UniqueConstraint(
                fields=["template", "other", "period_start", "facility"],
                condition=Q(other__isnull=False),
                name="one_double_report_of_two_templates",
            ),
            models.CheckConstraint(
                condition=Q(other=None) | Q(other__gt=F("template")), name="two_templates_stand_in_one_order"
            ),
            models.CheckConstraint(
                condition=Q(state="proposed", proposal__isnull=False) | ~Q(state="proposed"),
                name="what_is_proposed_is_named",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["settled", "again"], settlement__isnull=False)
                | ~Q(state__in=["settled", "again"]),
                name="what_was_settled_is_named",
            ),
            models.CheckConstraint(
                condition=Q(state="arbitration", arbiter__isnull=False) | ~Q(state="arbitration"),
                name="an_arbiter_is_named",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due"],
                condition=Q(state__in=["open", "proposed", "arbitration", "again"]),
                name="double_report_waiting",
            ),
            models.Index(fields=["facility", "template", "period_start"], name="double_report_of_facility"),
            models.Index(
                fields=["other", "period_start"], condition=Q(other__isnull=False), name="double_report_of_other"
            ),
        ]

    def __str__(self) -> str:
        """Template, facility and period."""
        return f"{self.template.code} {self.facility.code} {self.period.id}"

    @property
    def key(self) -> tuple[int, datetime.date, int]:
        """Template, first day of the period, facility."""
        return self.template_id, self.period_start, self.facility_id

    @property
    def period(self) -> Period:
        """The period that was reported on."""
        return Period(PeriodType(self.template.period_type), self.period_start)

    @property
    def templates(self) -> tuple[ReportTemplate, ...]:
        """The one or two that its reports follow."""
        return (self.template,) if self.other is None else (self.template, self.other)

    @property
    def title(self) -> str:
        """The names of these in the reader's language."""
        return " · ".join(one.name for one in self.templates)

    @property
    def look(self) -> str:
        """The name of its state among all states (`coordination/states.py`)."""
        return f"double_{self.state}"

    @property
    def waits(self) -> bool:
        """Whether something is still to be done."""
        return self.state in WAITING

    @property
    def settled_still(self) -> bool:
        """Whether it is settled and no report came or was corrected since, also while somebody proposes something else."""
        now = sorted(report.revision_id or 0 for report in self.reports)
        return self.settlement is not None and sorted(self.settlement.revisions) == now

    def sides_disagree(self, day: datetime.date) -> bool:
        """Whether an arbiter may be named: the time of the sides is over, or one of them refused what was proposed."""
        if self.told_above or self.due < day or self.state == DoubleState.ARBITRATION:
            return True
        began = self.events.filter(kind__in=BEGINS).order_by("-pk").values("pk")[:1]
        refused = self.events.filter(kind=DoubleDeed.REFUSED, pk__gt=Subquery(began))
        # Whoever withdraws the own proposal, or makes another, refuses nothing.
        return refused.exclude(acting=F("settlement__acting")).exclude(text="").exists()

    @cached_property
    def reports(self) -> list[Submission]:
        """The reports as they stand, by reporter, or one a template in their order where they follow two.

        Whoever reads them is asked for what they may see before.
        """
        return sides_of(self.template_id, self.other_id, self.period_start, self.facility_id)


class Settlement(models.Model):
    """What counts of a double report, by whose word and why; appended, never changed.

    It was made of `revisions`: where one of them was corrected since, it is asked again. A settlement is taken back by
    another one, whose way is the rule.
    """

    double = models.ForeignKey(DoubleReport, models.PROTECT, related_name="settlements")
    number = models.PositiveSmallIntegerField()
    way = models.CharField(_("way"), max_length=10, choices=WayOf)
    taken = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("report of"))
    # By slot: a reporter's own answer, all added, a number, or nothing.
    by_slot = models.JSONField(default=dict)
    revisions = ArrayField(models.BigIntegerField())
    reason = models.TextField(_("reason"))
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("settlement of a double report")
        verbose_name_plural = _("settlements of double reports")
        default_permissions = ()
        ordering = ["double", "number"]
        constraints = [
            models.UniqueConstraint(fields=["double", "number"], name="one_settlement_a_number"),
            models.CheckConstraint(
                condition=Q(way__in=["take", "split", "values"], taken__isnull=False)
                | Q(way__in=["larger", "add", "rule"], taken=None),
                name="a_settlement_stands_on_a_report",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="a_settlement_has_a_reason"),
        ]

    def __str__(self) -> str:
        """The way in words."""
        return str(self.get_way_display())

    @property
    def terms(self) -> Terms:
        """What was agreed on, as the rules read it."""
        return Terms(Way(self.way), self.taken_id, {slot: Part.read(kept) for slot, kept in self.by_slot.items()})

    @property
    def takes_back(self) -> bool:
        """Whether it takes an earlier one back."""
        return self.way == WayOf.RULE


class DoubleDeed(models.TextChoices):
    """What happened to a double report."""

    FOUND = "found", pgettext_lazy("double report event", "Found by the portal")
    PROPOSED = "proposed", pgettext_lazy("double report event", "Settlement proposed")
    CONFIRMED = "confirmed", pgettext_lazy("double report event", "Settlement confirmed")
    REFUSED = "refused", pgettext_lazy("double report event", "Settlement refused")
    LAPSED = "lapsed", pgettext_lazy("double report event", "The proposal lapsed")
    ARBITER = "arbiter", pgettext_lazy("double report event", "Arbiter named")
    DECIDED = "decided", pgettext_lazy("double report event", "Decided by the arbiter")
    SETTLED = "settled", pgettext_lazy("double report event", "Settled")
    BACK = "back", pgettext_lazy("double report event", "The settlement was taken back")
    AGAIN = "again", pgettext_lazy("double report event", "A report came or was corrected; to be settled again")
    ABOVE = "above", pgettext_lazy("double report event", "Not settled in time; told to those above")
    OVER = "over", pgettext_lazy("double report event", "Only one report is left")
    SILENT = "silent", pgettext_lazy("double report event", "The arbiter did not decide in time")
    JOINED = (
        "joined",
        pgettext_lazy("double report event", "The entry was merged; settled with the reports of the other entries"),
    )


# By these an organisation says yes to a settlement.
AGREEING = (DoubleDeed.PROPOSED, DoubleDeed.CONFIRMED)
# With these the sides begin to settle it, for the first time or anew.
BEGINS = (DoubleDeed.FOUND, DoubleDeed.AGAIN, DoubleDeed.SETTLED, DoubleDeed.BACK)
# These are the portal's own.
BY_ITSELF = (
    DoubleDeed.FOUND,
    DoubleDeed.LAPSED,
    DoubleDeed.AGAIN,
    DoubleDeed.ABOVE,
    DoubleDeed.OVER,
    DoubleDeed.SILENT,
    DoubleDeed.JOINED,
)


class DoubleReportEvent(models.Model):
    """Something that happened to a double report; appended, never changed."""

    double = models.ForeignKey(DoubleReport, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=10, choices=DoubleDeed)
    settlement = models.ForeignKey(Settlement, models.PROTECT, null=True, related_name="+")
    arbiter = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    acting = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("event of a double report")
        verbose_name_plural = _("events of double reports")
        default_permissions = ()
        ordering = ["double", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(by__isnull=False, acting__isnull=False) | Q(by=None, acting=None, kind__in=BY_ITSELF),
                name="somebody_acts_on_a_double_report",
            ),
            models.UniqueConstraint(
                fields=["settlement", "acting"], condition=Q(kind__in=AGREEING), name="an_organisation_agrees_once"
            ),
        ]

    def __str__(self) -> str:
        """What happened and when."""
        return f"{self.get_kind_display()} {self.at:%Y-%m-%d}"
