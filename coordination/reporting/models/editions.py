"""Published editions: the figures of one template and period as they were on a day, small numbers hidden for good."""

from collections.abc import Sequence
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.elements import Category, Element
from coordination.reporting.models.figures import open_places
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.suppression import Limits
from directorates.models import Organisation, Place, User
from directorates.models.places import Level, PlaceQuerySet
from directorates.permissions import Permission, rights_of
from policies.models import DisputeState, MandateDispute


class EditionState(models.TextChoices):
    """Whether an edition was published; a draft is part of a bulletin that is being made, and can be made anew."""

    DRAFT = "draft", pgettext_lazy("edition", "Draft")
    PUBLISHED = "published", pgettext_lazy("edition", "Published")


class EditionQuerySet(models.QuerySet["Edition"]):
    """Named queries over editions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those published of datasets whose editions are open to the person somewhere."""
        return self.published().filter(rights_of(user).datasets(Permission.VIEW_EDITIONS, "template__dataset"))

    def published(self) -> Self:
        """Those that were published, once and for all."""
        return self.filter(state=EditionState.PUBLISHED)

    def opened(self) -> Self:
        """Drafts that signers of a bulletin have read: nobody published them, and yet they are out, so they are kept."""
        return self.filter(state=EditionState.DRAFT, opened__isnull=False)

    def current(self) -> Self:
        """Those that no published edition corrects."""
        corrected = Edition.objects.published().filter(corrects=OuterRef("pk"))
        return self.filter(~Exists(corrected))

    def with_corrections(self) -> Self:
        """With how many errata stand beside each, and whether another published edition corrects it."""
        beside = models.Count("errata", filter=Q(errata__kind="published"), distinct=True)
        corrected = Edition.objects.published().filter(corrects=OuterRef("pk"))
        return self.annotate(errata_beside=beside, is_corrected=Exists(corrected))

    def named(self) -> Self:
        """With everything that a row shows."""
        related = ("template__programme", "template__dataset__custodian", "by", "acting")
        return self.select_related(*related).prefetch_related("template__programme__week_rules")


class Edition(models.Model):
    """The figures of a template and period, published once; what was wrong in it is corrected by another that says so.

    `smallest`, `facilities` and `share` are the limits under which its figures were hidden (`rules/suppression.py`). `opened` is
    since when signers of a bulletin read it; `beside` holds the drafts that others had read when it was made, so that what
    they tell together was hidden too.
    """

    template = models.ForeignKey(ReportTemplate, models.PROTECT, related_name="editions", verbose_name=_("report"))
    period_start = models.DateField(_("first day of the period"))
    smallest = models.PositiveSmallIntegerField(_("smallest number that is shown"))
    facilities = models.PositiveSmallIntegerField(_("fewest facilities"))
    share = models.PositiveSmallIntegerField(_("greatest share of one organisation"))
    reports = models.PositiveIntegerField(_("reports that count"))
    hidden = models.PositiveIntegerField(_("hidden figures"))
    foreword = models.TextField(_("foreword"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=EditionState, default=EditionState.PUBLISHED)
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="corrections", verbose_name=_("corrects")
    )
    opened = models.DateTimeField(_("read by signers since"), null=True)
    beside = ArrayField(models.BigIntegerField(), default=list)
    at = models.DateTimeField(_("published"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("published by"))
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))

    objects = EditionQuerySet.as_manager()

    class Meta:
        verbose_name = _("published edition")
        verbose_name_plural = _("published editions")
        default_permissions = ()
        ordering = ["-period_start", "template__code"]
        constraints = [
            # A second one beside it would tell apart what changed, single facilities too.
            models.UniqueConstraint(
                fields=["template", "period_start"],
                condition=Q(state="published", corrects=None),
                name="a_period_is_published_once",
            ),
            # One correction after the other, each of the last: what two of them tell apart is looked at when it is made.
            models.UniqueConstraint(
                fields=["corrects"], condition=Q(state="published"), name="an_edition_is_corrected_once"
            ),
            models.CheckConstraint(
                condition=Q(smallest__gte=2, facilities__gte=2, share__gte=50, share__lte=100),
                name="an_edition_hides_small_numbers",
            ),
        ]

    def __str__(self) -> str:
        """Template and period."""
        return f"{self.template.code} {self.period.id}"

    @property
    def period(self) -> Period:
        """The period."""
        return Period(PeriodType(self.template.period_type), self.period_start)

    @property
    def limits(self) -> Limits:
        """Under which its figures were hidden."""
        return Limits(self.smallest, self.facilities, self.share)

    def is_beside_others(self) -> bool:
        """Whether it corrects what is published now, and was made beside every other content of its period that anybody has read."""
        own = Edition.objects.filter(template=self.template_id, period_start=self.period_start)
        last = own.published().current().values_list("pk", flat=True).first()
        if self.state == EditionState.PUBLISHED:
            return last == self.pk
        others = own.opened().exclude(pk=self.pk).exclude(pk__in=self.beside).exclude(beside__contains=[self.pk])
        return last == self.corrects_id and not others.exists()

    def open_places(self, user: User | AnonymousUser) -> PlaceQuerySet:
        """The places whose figures in it a person may see, without sub-districts of so few facilities that each would be told."""
        few = self.places.filter(place__level=Level.SUBDISTRICT, expected__lt=self.facilities)
        return open_places(user, self.template, Permission.VIEW_EDITIONS).exclude(pk__in=few.values("place"))


class EditionPlace(models.Model):
    """How many reports of a place were expected and count, as an edition says it; of the oldest not how many came on time."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="places")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    expected = models.PositiveIntegerField(_("expected"))
    received = models.PositiveIntegerField(_("received"))
    answered = models.PositiveIntegerField(_("received of those expected"))
    on_time = models.PositiveIntegerField(_("on time"), null=True)
    answered_on_time = models.PositiveIntegerField(_("on time of those expected"), null=True)
    excused = models.PositiveIntegerField(_("excused"), null=True)

    class Meta:
        verbose_name = _("place in an edition")
        verbose_name_plural = _("places in editions")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["edition", "place"], name="a_place_once_an_edition")]

    def __str__(self) -> str:
        """Edition and place."""
        return f"{self.edition_id} {self.place_id}"


class EditionFigure(models.Model):
    """One figure of an edition; a hidden one has no value here, nor anywhere that readers of editions reach."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="figures")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    element = models.ForeignKey(Element, models.PROTECT, related_name="+")
    # None for the whole of the element.
    category = models.ForeignKey(Category, models.PROTECT, null=True, related_name="+")
    value = models.DecimalField(max_digits=30, decimal_places=10, null=True)
    hidden = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("figure of an edition")
        verbose_name_plural = _("figures of editions")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["edition", "place", "element", "category"],
                nulls_distinct=False,
                name="a_figure_once_an_edition",
            ),
            models.CheckConstraint(
                condition=Q(hidden=True, value=None) | Q(hidden=False, value__isnull=False),
                name="a_hidden_figure_has_no_value",
            ),
        ]

    def __str__(self) -> str:
        """Edition, place and item."""
        return f"{self.edition_id} {self.place_id} {self.element_id}"


class EditionDispute(models.Model):
    """A dispute over who leads what an edition tells of, as it was known when that was published."""

    edition = models.ForeignKey(Edition, models.CASCADE, related_name="disputes")
    dispute = models.ForeignKey(MandateDispute, models.PROTECT, related_name="+")
    state = models.CharField(_("state"), max_length=10, choices=DisputeState)

    class Meta:
        verbose_name = _("dispute in an edition")
        verbose_name_plural = _("disputes in editions")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["edition", "dispute"], name="a_dispute_once_an_edition")]

    def __str__(self) -> str:
        """Edition and dispute."""
        return f"{self.edition_id} {self.dispute_id}"


def figures_of(edition: Edition, places: Sequence[Place]) -> models.QuerySet[EditionFigure]:
    """The figures of some places, in the order of places, items and categories."""
    rows = edition.figures.filter(place__in=places).select_related("place", "element", "category")
    return rows.order_by("place__path", "element__code", F("category__order").asc(nulls_first=True), "category__code")
