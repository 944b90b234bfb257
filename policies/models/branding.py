"""Branding: the unified logo, letterheads, forms and stamps as versioned files, each in force for some days, with rules of use."""

import datetime
from typing import Any, ClassVar, Self, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.models.naming import TwoNames, in_language
from directorates.models.validity import Dated
from directorates.permissions import Columns, Permission, rights_of
from policies.models.policies import PolicyKind
from policies.models.versions import PolicyVersion


class BrandKind(models.TextChoices):
    """What unified files are for."""

    LOGO = "logo", pgettext_lazy("branding", "Logo")
    LETTERHEAD = "letterhead", pgettext_lazy("branding", "Letterhead")
    FORM = "form", pgettext_lazy("branding", "Form")
    STAMP = "stamp", pgettext_lazy("branding", "Stamp")


class BrandFormat(models.TextChoices):
    """What a file is, told by its content; the values end its name."""

    SVG = "svg", "SVG"
    PNG = "png", "PNG"
    PDF = "pdf", "PDF"
    DOCX = "docx", "Word"


class BrandState(models.TextChoices):
    """What a version is on a day."""

    IN_FORCE = "brand_in_force", pgettext_lazy("branding", "In force")
    COMING = "brand_coming", pgettext_lazy("branding", "In force later")
    SUPERSEDED = "brand_superseded", pgettext_lazy("branding", "Superseded")
    WITHDRAWN = "brand_withdrawn", pgettext_lazy("branding", "Withdrawn")


# The media type of each format.
TYPES = {
    BrandFormat.SVG: "image/svg+xml",
    BrandFormat.PNG: "image/png",
    BrandFormat.PDF: "application/pdf",
    BrandFormat.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
# What a browser and a page on paper can draw, the first that there is.
DRAWN = (BrandFormat.SVG, BrandFormat.PNG)


# The kind of policy by which each is decided.
DECIDED_BY = {
    BrandKind.LOGO: PolicyKind.LOGO,
    BrandKind.LETTERHEAD: PolicyKind.STATIONERY,
    BrandKind.FORM: PolicyKind.FORM,
    BrandKind.STAMP: PolicyKind.STATIONERY,
}


class BrandVersionQuerySet(models.QuerySet[Any]):
    """Named queries over versions of the logo and stationery."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All of them, for everybody who reads policies: what was in force tells old papers from forged ones."""
        return self if rights_of(user).holds(Permission.VIEW_POLICIES) else self.none()

    def standing(self) -> Self:
        """Those that held, hold or will hold on some day."""
        return self.filter(called_off=None)

    def at(self, date: datetime.date) -> Self:
        """Those in force on a date: one of each kind, and one of each form."""
        return self.standing().filter(valid__contains=date)

    def coming(self, date: datetime.date) -> Self:
        """Those in force later than on a date."""
        return self.standing().filter(valid__startswith__gt=date)

    def over(self, date: datetime.date) -> Self:
        """Those in force until before a date, or never."""
        return self.filter(Q(called_off__isnull=False) | Q(valid__endswith__lte=date))

    def of(self, kind: str, code: str) -> Self:
        """The versions of one thing, the last to begin first."""
        return self.filter(kind=kind, code=code).order_by("-valid", "-number")


class BrandVersion(TwoNames, Dated):
    """One version of the logo, the letterhead, the stamp or a form: its rules of use, its days, by whom it was decided.

    Of the logo, letterhead and stamp there is one for all; forms are told apart by their `code`. What was to hold later and was
    withdrawn before its first day was `called_off`: it keeps its days and holds on none of them.
    """

    kind = models.CharField(pgettext_lazy("branding", "kind"), max_length=12, choices=BrandKind)
    code = models.SlugField(_("code"), max_length=60, blank=True)
    number = models.PositiveSmallIntegerField(_("version"))
    rules_ar = models.TextField(_("rules of use in Arabic"))
    rules_en = models.TextField(_("rules of use in English"))
    basis = models.CharField(pgettext_lazy("branding", "decided by"), max_length=500)
    # What was written, asked about and voted on: the files carry it out (decision 0038).
    rests_on = models.ForeignKey(
        PolicyVersion, models.PROTECT, null=True, related_name="branding", verbose_name=_("adopted text it rests on")
    )
    owner = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=pgettext_lazy("branding", "kept by")
    )
    withdrawn_why = models.TextField(_("why it was withdrawn"), blank=True)
    called_off = models.DateField(_("withdrawn before it held, on"), null=True)
    at = models.DateTimeField(_("entered"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("entered by"))

    objects = BrandVersionQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.MANAGE_POLICIES: Columns(("owner_id",))}

    class Meta:
        verbose_name = _("version of the logo or stationery")
        verbose_name_plural = _("versions of the logo and stationery")
        default_permissions = ()
        ordering = ["kind", "code", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["kind", "code", "number"], name="one_brand_version_a_number"),
            models.CheckConstraint(
                condition=Q(kind="form") & ~Q(code="") | ~Q(kind="form") & Q(code=""), name="forms_alone_have_a_code"
            ),
            models.CheckConstraint(
                condition=Q(valid__startswith__isnull=False) & ~Q(basis="") & ~Q(rules_ar="") & ~Q(rules_en=""),
                name="branding_has_a_first_day_a_basis_and_rules",
            ),
            models.CheckConstraint(
                condition=Q(called_off=None) | (Q(valid__startswith__gt=models.F("called_off")) & ~Q(withdrawn_why="")),
                name="branding_is_called_off_before_it_holds_and_with_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_why="") | Q(valid__endswith__isnull=False) | Q(called_off__isnull=False),
                name="withdrawn_branding_has_a_last_day",
            ),
            ExclusionConstraint(
                name="one_brand_version_at_a_time",
                expressions=[
                    ("kind", RangeOperators.EQUAL),
                    ("code", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(called_off=None),
            ),
        ]

    def __str__(self) -> str:
        """The name in the reader's language, and the number."""
        return f"{self.name} · {self.number}"

    @property
    def rules(self) -> str:
        """The rules of use in the reader's language."""
        return in_language(self.rules_ar, self.rules_en)

    @property
    def begins(self) -> datetime.date:
        """The first day; there always is one."""
        return cast("datetime.date", self.valid.lower)

    def state(self, day: datetime.date) -> BrandState:
        """What it is on a day."""
        if self.called_off is not None:
            return BrandState.WITHDRAWN
        if self.valid.upper is not None and self.valid.upper <= day:
            return BrandState.WITHDRAWN if self.withdrawn_why else BrandState.SUPERSEDED
        return BrandState.COMING if self.begins > day else BrandState.IN_FORCE

    def may_end(self, day: datetime.date) -> bool:
        """Whether it can be withdrawn: it holds or will, and nothing follows it, or it was withdrawn and holds still."""
        if self.called_off is not None:
            return False
        return self.last_day is None or (self.withdrawn_why != "" and self.last_day >= day)


def texts_to_rest_on(user: User) -> models.QuerySet[PolicyVersion]:
    """The adopted texts, never withdrawn before they held, on which the logo or stationery can rest; the last first.

    One that is over is among them, for what was used before the portal is entered too: the days are compared (`keep_branding`).
    """
    rows = PolicyVersion.objects.visible_to(user).standing().filter(policy__kind__in=set(DECIDED_BY.values()))
    return rows.select_related("policy").order_by("policy__code", "-number")


class BrandFile(models.Model):
    """One file of a version, as it was kept after examination (`rules/branding.py`); it never changes."""

    version = models.ForeignKey(BrandVersion, models.PROTECT, related_name="files")
    format = models.CharField(pgettext_lazy("branding", "format"), max_length=5, choices=BrandFormat)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("size"))
    digest = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("file of the logo or stationery")
        verbose_name_plural = _("files of the logo and stationery")
        default_permissions = ()
        ordering = ["version", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "format"], name="one_brand_file_a_format")]
        indexes = [models.Index(fields=["digest"], name="brand_file_by_digest")]

    def __str__(self) -> str:
        """The format."""
        return self.get_format_display()

    @property
    def content_type(self) -> str:
        """Its media type."""
        return TYPES[BrandFormat(self.format)]

    @property
    def name(self) -> str:
        """What it is called when it is downloaded."""
        held = self.version
        return f"{held.code or held.kind}-{held.number}.{self.format}"


def drawn_logos(day: datetime.date) -> models.QuerySet[BrandFile]:
    """The logo in force on a day as a file that can be drawn, the best first; without its content."""
    rows = BrandFile.objects.filter(version__in=BrandVersion.objects.at(day).filter(kind=BrandKind.LOGO))
    # "svg" stands behind "png" in the alphabet.
    return rows.filter(format__in=DRAWN).select_related("version").defer("content").order_by("-format")


def published_logos(day: datetime.date) -> models.QuerySet[BrandFile]:
    """The files of logos that are or were in force by a day: they stand on every page, for visitors too."""
    shown = BrandVersion.objects.standing().filter(kind=BrandKind.LOGO, valid__startswith__lte=day)
    return BrandFile.objects.filter(version__in=shown, format__in=DRAWN)
