"""What came from other systems: what things are called there, and each import with its receipt."""

from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.elements import Category, CategorySet, Element
from coordination.reporting.models.templates import ReportTemplate
from coordination.reporting.rules.package_codes import Known
from coordination.reporting.rules.packages import Package, Scheme
from directorates.foundation.models import StoredFile
from directorates.models import User
from directorates.permissions import Permission, may


class Named(models.TextChoices):
    """What an external identifier can name; the values are the columns that hold it."""

    TEMPLATE = "template", _("Report template")
    CATEGORY_SET = "category_set", _("Category set")
    CATEGORY = "category", _("Category")
    ELEMENT = "element", _("Element")


def _names_one_thing() -> Q:
    """Of the four columns, the one of the kind is filled."""
    found = Q()
    for kind in Named:
        one = {f"{other.value}__isnull": other is not kind for other in Named}
        found |= Q(kind=kind.value, **one)
    return found


class ExternalId(models.Model):
    """What an element, a category or a template is called in another system: by it, a second import finds it again.

    Rules and sections carry their identifier there in their own code.
    """

    scheme = models.CharField(max_length=20, choices=[(scheme.value, scheme.name) for scheme in Scheme])
    kind = models.CharField(max_length=20, choices=Named)
    uid = models.CharField(max_length=200)
    template = models.ForeignKey(ReportTemplate, models.CASCADE, null=True, related_name="external_ids")
    category_set = models.ForeignKey(CategorySet, models.CASCADE, null=True, related_name="external_ids")
    category = models.ForeignKey(Category, models.CASCADE, null=True, related_name="external_ids")
    element = models.ForeignKey(Element, models.CASCADE, null=True, related_name="external_ids")

    class Meta:
        verbose_name = _("identifier in another system")
        verbose_name_plural = _("identifiers in other systems")
        ordering = ["scheme", "kind", "uid"]
        constraints = [
            models.UniqueConstraint(fields=["scheme", "kind", "uid"], name="one_thing_an_external_id"),
            models.CheckConstraint(name="an_external_id_names_one_thing", condition=_names_one_thing()),
        ]

    def __str__(self) -> str:
        """Scheme and identifier."""
        return f"{self.scheme} {self.uid}"


class PackageImportQuerySet(models.QuerySet["PackageImport"]):
    """Named queries over imports."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All of them for whoever manages templates, none for anybody else."""
        return self if may(user, Permission.MANAGE_TEMPLATES) else self.none()


class PackageImport(models.Model):
    """A package that somebody gave: read and looked at, then perhaps applied; the receipt says what was done."""

    scheme = models.CharField(max_length=20, choices=[(scheme.value, scheme.name) for scheme in Scheme])
    title = models.CharField(_("name"), max_length=200, blank=True)
    file_name = models.CharField(_("name of the file"), max_length=200)
    digest = models.CharField(max_length=64)
    # Gone after some days; the receipt stays.
    file = models.ForeignKey(StoredFile, models.SET_NULL, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="+")
    at = models.DateTimeField(_("time"))
    applied_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(_("applied"), null=True)
    receipt = models.JSONField(default=dict)

    objects = PackageImportQuerySet.as_manager()

    class Meta:
        verbose_name = _("import of a package")
        verbose_name_plural = _("imports of packages")
        ordering = ["-at"]
        constraints = [
            models.CheckConstraint(
                name="applied_by_whom_and_when",
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
            )
        ]

    def __str__(self) -> str:
        """The package's own name, or the file's."""
        return self.title or self.file_name


def known_of(package: Package) -> Known:
    """What of a package is here already, by its identifiers, and every code that is taken."""
    return Known(
        templates=_codes(package.scheme, Named.TEMPLATE, (one.uid for one in package.templates)),
        elements=_codes(package.scheme, Named.ELEMENT, package.elements),
        category_sets=_codes(package.scheme, Named.CATEGORY_SET, package.category_sets),
        categories=_codes(
            package.scheme, Named.CATEGORY, (uid for uids in package.categories.values() for uid in uids)
        ),
        template_codes=ReportTemplate.objects.values_list("code", flat=True),
        element_codes=Element.objects.values_list("code", flat=True),
        set_codes=CategorySet.objects.values_list("code", flat=True),
    )


def _codes(scheme: Scheme, kind: Named, uids: Iterable[str]) -> dict[str, str]:
    """Our codes of what is known, by uid."""
    rows = ExternalId.objects.filter(scheme=scheme.value, kind=kind.value, uid__in=list(uids))
    return dict(rows.values_list("uid", f"{kind.value}__code"))
