"""Grants: guardian's rows in direct-foreign-key tables, held by a group per organisation and role, with dates and source."""

from django.contrib.auth.models import Group
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase

from directorates.models.datasets import Dataset
from directorates.models.organisations import Organisation
from directorates.models.places import Place
from directorates.models.sharing import SharingAgreement
from directorates.models.validity import Dated, DatedQuerySet
from directorates.roles import Role


class RoleGroup(models.Model):
    """The group that holds the grants of one role in one organisation."""

    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="role_groups")
    role = models.CharField(_("role"), max_length=32, choices=Role)
    group = models.OneToOneField(Group, models.CASCADE, related_name="role_group")

    class Meta:
        verbose_name = _("role in an organisation")
        verbose_name_plural = _("roles in organisations")
        constraints = [models.UniqueConstraint(fields=["organisation", "role"], name="one_group_a_role")]

    def __str__(self) -> str:
        """Role and organisation."""
        return f"{self.get_role_display()} · {self.organisation}"


class GrantSource(models.TextChoices):
    """Where a grant comes from."""

    MEMBERSHIP = "membership", _("the role itself")
    JURISDICTION = "jurisdiction", _("jurisdiction")
    AGREEMENT = "agreement", _("an agreement")


class Grant(GroupObjectPermissionBase, Dated):
    """One permission of one group at one anchor, for a time."""

    source = models.CharField(_("comes from"), max_length=16, choices=GrantSource, default=GrantSource.MEMBERSHIP)

    objects = DatedQuerySet.as_manager()  # type: ignore[misc, assignment] # ours reads dates

    class Meta:
        abstract = True
        constraints = [
            models.UniqueConstraint(
                fields=["group", "permission", "content_object", "source", "valid"], name="%(class)s_once"
            )
        ]


class OrganisationGrant(Grant):
    """A grant on an organisation: what it reports, what it is competent for, its people."""

    content_object = models.ForeignKey(Organisation, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        verbose_name = _("grant on an organisation")
        verbose_name_plural = _("grants on organisations")


class PlaceGrant(Grant):
    """A grant on a place and everything inside it."""

    content_object = models.ForeignKey(Place, models.CASCADE, related_name="grants")

    class Meta(Grant.Meta):
        verbose_name = _("grant on a place")
        verbose_name_plural = _("grants on places")


class DatasetGrant(Grant):
    """A grant on a dataset."""

    content_object = models.ForeignKey(Dataset, models.CASCADE, related_name="grants")
    # What gives it, where that is not the role: it holds only where the agreement does, and only in its places.
    agreement = models.ForeignKey(SharingAgreement, models.CASCADE, null=True, related_name="grants")

    class Meta(Grant.Meta):
        verbose_name = _("grant on a dataset")
        verbose_name_plural = _("grants on datasets")
        constraints = [
            models.UniqueConstraint(
                fields=["group", "permission", "content_object", "source", "valid", "agreement"],
                nulls_distinct=False,
                name="datasetgrant_once",
            ),
            models.CheckConstraint(
                condition=Q(source=GrantSource.AGREEMENT, agreement__isnull=False)
                | (~Q(source=GrantSource.AGREEMENT) & Q(agreement=None)),
                name="what_an_agreement_gives_names_it",
            ),
        ]
