"""Consultations: on which days which organisations are asked about a text, and what their people remark."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from directorates.models import Organisation, User
from directorates.models.validity import Dated, DatedQuerySet
from directorates.permissions import Columns, Permission, rights_of
from policies.models.sections import PolicySection
from policies.models.versions import PolicyInvitation, PolicyVersion


class Consultation(Dated):
    """The days on which the invited organisations comment on a version, the first and the last included."""

    version = models.OneToOneField(PolicyVersion, models.PROTECT, related_name="consultation")
    question = models.TextField(_("what is asked"), blank=True)
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation")
        verbose_name_plural = _("consultations")
        default_permissions = ()
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__startswith__isnull=False, valid__endswith__isnull=False),
                name="a_consultation_has_two_days",
            )
        ]

    def __str__(self) -> str:
        """The version."""
        return str(self.version)

    def is_open(self, day: datetime.date) -> bool:
        """Whether comments are taken on a day."""
        return day in self.valid

    def is_over(self, day: datetime.date) -> bool:
        """Whether its last day is past."""
        return self.last_day is not None and self.last_day < day


class PolicyCommentQuerySet(models.QuerySet["PolicyComment"]):
    """Named queries over comments."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those on versions about which the organisation acted for was asked, or which it prepares; adopted or not."""
        rights = rights_of(user)
        seen = rights.condition(Permission.MANAGE_POLICIES, PolicyComment.SCOPES[Permission.MANAGE_POLICIES])
        if rights.holds(Permission.VIEW_POLICIES) and isinstance(user, User):
            invited = PolicyInvitation.objects.filter(
                version=OuterRef("version"), organisation=user.acting_id, asked=True
            )
            seen |= Q(Exists(invited))
        return self.filter(seen)


class PolicyComment(models.Model):
    """What somebody remarks on a version or on one of its sections, for the own organisation; it stays as it was written."""

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="comments")
    section: Any = models.ForeignKey(PolicySection, models.PROTECT, null=True, related_name="comments")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    text = models.TextField(_("comment"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))
    # Of the page on which it was typed: pressed twice, it is kept once.
    key = models.UUIDField(unique=True)

    objects = PolicyCommentQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MANAGE_POLICIES: Columns(("version__policy__owner_id",)),
        Permission.COMMENT_ON_POLICIES: Columns(("organisation_id",)),
    }

    class Meta:
        verbose_name = _("comment on a policy")
        verbose_name_plural = _("comments on policies")
        default_permissions = ()
        ordering = ["version", "at", "pk"]

    def __str__(self) -> str:
        """Who and on what."""
        return f"{self.version} · {self.organisation}"
