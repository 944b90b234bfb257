"""Compliance notes: what an organisation says of how far it applies a policy, with evidence."""

from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Prefetch, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.permissions import Columns, Permission, rights_of
from policies.models.files import KeptFile
from policies.models.versions import PolicyVersion


class Compliance(models.TextChoices):
    """How far an organisation applies what holds."""

    FULL = "full", pgettext_lazy("compliance", "Applied")
    PARTLY = "partly", pgettext_lazy("compliance", "Applied in part")
    NOT_YET = "not_yet", pgettext_lazy("compliance", "Not applied yet")


class ComplianceNoteQuerySet(models.QuerySet["ComplianceNote"]):
    """Named queries over compliance notes."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the organisation acted for, and of policies that it keeps: who is open about a lack is not exposed."""
        rights = rights_of(user)
        seen = rights.condition(Permission.MANAGE_POLICIES, self.model.SCOPES[Permission.MANAGE_POLICIES])
        if rights.holds(Permission.VIEW_POLICIES) and isinstance(user, User):
            seen |= Q(organisation=user.acting_id)
        return self.filter(seen)

    def with_evidence(self) -> Self:
        """With the organisation and the files, without their content."""
        files = Prefetch("evidence", Evidence.objects.defer("content").order_by("pk"), to_attr="files")
        return self.select_related("organisation").prefetch_related(files)

    def latest_first(self) -> Self:
        """The last first."""
        return self.order_by("-at", "-pk")


class ComplianceNote(models.Model):
    """How far an organisation applies a version, in its own words; the last one counts, earlier ones stay."""

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="compliance")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    extent = models.CharField(_("how far it is applied"), max_length=10, choices=Compliance)
    text = models.TextField(_("note"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    objects = ComplianceNoteQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MANAGE_POLICIES: Columns(("version__policy__owner_id",)),
        Permission.ACKNOWLEDGE_POLICIES: Columns(("organisation_id",)),
    }

    class Meta:
        verbose_name = _("compliance note")
        verbose_name_plural = _("compliance notes")
        default_permissions = ()
        ordering = ["version", "organisation", "at", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="a_compliance_note_says_something")]

    def __str__(self) -> str:
        """The version and whose it is."""
        return f"{self.version} · {self.organisation}"

    def says(self, extent: str, text: str, digests: set[str]) -> bool:
        """Whether it says just this, with files of these digests."""
        return (self.extent, self.text) == (extent, text) and digests == set(
            self.evidence.values_list("digest", flat=True)
        )

    @property
    def look(self) -> str:
        """The name of its state among all states (`coordination/states.py`)."""
        return f"compliance_{self.extent}"


class Evidence(KeptFile):
    """A file that shows what a compliance note says."""

    about = models.ForeignKey(ComplianceNote, models.PROTECT, related_name="evidence")

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["about", "digest"], name="evidence_once_a_note")]
