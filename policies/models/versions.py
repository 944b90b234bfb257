"""Versions of policies: drafts that change, and adopted texts that never do, each with the days on which it holds."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.permissions import Columns, Permission, rights_of


class PolicyState(models.TextChoices):
    """What a version is on a day."""

    DRAFT = "policy_draft", pgettext_lazy("policy", "Draft")
    # The text is fixed, and nobody has adopted it yet: asked about, or voted on.
    PROPOSED = "policy_proposed", pgettext_lazy("policy", "Proposed")
    GIVEN_UP = "policy_given_up", pgettext_lazy("policy", "Not adopted")
    COMING = "policy_coming", pgettext_lazy("policy", "Adopted, holds later")
    IN_FORCE = "policy_in_force", pgettext_lazy("policy", "In force")
    SUPERSEDED = "policy_superseded", pgettext_lazy("policy", "Superseded")
    WITHDRAWN = "policy_withdrawn", pgettext_lazy("policy", "Withdrawn")


class PolicyVersionQuerySet(models.QuerySet["PolicyVersion"]):
    """Named queries over versions."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Adopted ones for whoever reads policies, proposed ones if the organisation acted for is invited to them.

        Drafts are for whoever prepares them in the organisation that keeps them.
        """
        rights = rights_of(user)
        seen = rights.condition(Permission.MANAGE_POLICIES, self.model.SCOPES[Permission.MANAGE_POLICIES])
        if rights.holds(Permission.VIEW_POLICIES) and isinstance(user, User):
            invited = PolicyInvitation.objects.filter(version=OuterRef("pk"), organisation=user.acting_id)
            seen |= Q(valid__isnull=False) | Q(told=True) | Q(Exists(invited), fixed__isnull=False)
        return self.filter(seen)

    def adopted(self) -> Self:
        """Those that were adopted, whatever became of them."""
        return self.filter(valid__isnull=False)

    def drafts(self) -> Self:
        """Those that are being written."""
        return self.filter(fixed=None)

    def proposed(self) -> Self:
        """Those whose text is fixed and that were neither adopted nor given up."""
        return self.filter(fixed__isnull=False, valid=None, given_up=None)

    def at(self, date: datetime.date) -> Self:
        """Those that hold on a date."""
        return self.standing().filter(valid__contains=date)

    def coming(self, date: datetime.date) -> Self:
        """Those that were adopted and hold later than on a date."""
        return self.standing().filter(valid__startswith__gt=date)

    def standing(self) -> Self:
        """Those that were adopted and not withdrawn before they ever held."""
        return self.filter(valid__isnull=False, called_off=None)

    def with_digest(self, digest: str) -> Self:
        """The one whose text has a hash."""
        return self.filter(digest=digest).exclude(digest="")

    def latest_first(self) -> Self:
        """The last first, and behind them all those that never held."""
        return self.order_by(F("called_off").desc(nulls_first=True), "-number")


class PolicyVersion(models.Model):
    """One text of a policy: written as a draft, adopted on a day and by a decision, in force from a day until the next.

    Between the two it may be proposed: its text is `fixed` from then on, while organisations are asked about it or vote;
    where another draft took its place, it was `given_up` on a day. `ballot` is the one that adopted it, `basis` says by what
    it was adopted elsewhere. `edition` counts the changes of a draft: whoever changes it names the one that the page showed.
    What is withdrawn before its first day was called off: it keeps the days for which it was adopted, and holds on none of
    them.
    """

    policy = models.ForeignKey("policies.Policy", models.PROTECT, related_name="versions", verbose_name=_("policy"))
    number = models.PositiveSmallIntegerField(_("version"))
    valid: Any = DateRangeField(_("in force"), null=True)  # type: ignore[misc]  # the stubs know no range that is absent
    adopted = models.DateField(_("adopted on"), null=True)
    basis = models.CharField(_("adopted by"), max_length=500, blank=True)
    ballot: Any = models.OneToOneField("policies.Ballot", models.PROTECT, null=True, related_name="adopts")
    fixed: Any = models.DateTimeField(_("text fixed since"), null=True)
    given_up: Any = models.DateField(_("given up on"), null=True)
    # The hash of the text since it is fixed (`rules/verify.py`).
    digest = models.CharField(_("hash of the text"), max_length=64, blank=True)
    # What was given up is for everybody once a later version is adopted: its concerns stay with the policy.
    told = models.BooleanField(default=False)
    withdrawn_why = models.TextField(_("why it was withdrawn"), blank=True)
    called_off = models.DateField(_("withdrawn before it held, on"), null=True)
    begun = models.DateTimeField(_("begun"))
    edition = models.PositiveIntegerField(default=1)
    changed = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("changed by"))

    objects = PolicyVersionQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MANAGE_POLICIES: Columns(("policy__owner_id",)),
        Permission.VIEW_POLICIES: Columns(path="policy__place__path"),
    }

    class Meta:
        verbose_name = _("version of a policy")
        verbose_name_plural = _("versions of policies")
        default_permissions = ()
        ordering = ["policy", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "number"], name="one_policy_version_a_number"),
            models.UniqueConstraint(fields=["policy"], condition=Q(fixed=None), name="one_draft_a_policy"),
            models.UniqueConstraint(
                fields=["policy"],
                condition=Q(fixed__isnull=False, valid=None, given_up=None),
                name="one_proposed_version_a_policy",
            ),
            models.CheckConstraint(
                condition=Q(fixed__isnull=False) | Q(valid=None, given_up=None), name="what_is_adopted_has_a_fixed_text"
            ),
            models.CheckConstraint(
                condition=Q(fixed=None, digest="") | Q(fixed__isnull=False) & ~Q(digest=""),
                name="a_fixed_text_has_a_hash",
            ),
            models.UniqueConstraint(fields=["digest"], condition=~Q(digest=""), name="one_policy_version_a_hash"),
            models.CheckConstraint(condition=Q(given_up=None) | Q(valid=None), name="what_is_adopted_was_not_given_up"),
            models.CheckConstraint(
                condition=Q(valid=None, adopted=None, basis="", ballot=None, withdrawn_why="", called_off=None)
                | (
                    Q(valid__isnull=False, adopted__isnull=False, valid__startswith__isnull=False)
                    & (~Q(basis="") | Q(ballot__isnull=False))
                    & Q(valid__startswith__gte=F("adopted"))
                ),
                name="a_policy_holds_once_it_was_adopted",
            ),
            models.CheckConstraint(
                condition=Q(withdrawn_why="") | Q(valid__endswith__isnull=False) | Q(called_off__isnull=False),
                name="a_withdrawn_policy_has_a_last_day",
            ),
            models.CheckConstraint(
                condition=Q(called_off=None) | (Q(valid__startswith__gt=F("called_off")) & ~Q(withdrawn_why="")),
                name="a_policy_is_called_off_before_it_holds_and_with_a_reason",
            ),
            ExclusionConstraint(
                name="one_policy_version_at_a_time",
                expressions=[("policy", "="), ("valid", "&&")],
                condition=Q(valid__isnull=False, called_off=None),
            ),
        ]

    def __str__(self) -> str:
        """The policy and the number."""
        return f"{self.policy} · {self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether it is still being written."""
        return self.fixed is None

    @property
    def is_proposed(self) -> bool:
        """Whether its text is fixed, and it was neither adopted nor given up."""
        return self.fixed is not None and self.valid is None and self.given_up is None

    @property
    def first_day(self) -> datetime.date | None:
        """The first day on which it holds; None for a draft and for what was called off."""
        return self.valid.lower if self.valid and self.called_off is None else None

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which it holds; None while that is open."""
        return self.valid.upper - datetime.timedelta(days=1) if self.valid and self.valid.upper else None

    def holds_or_will(self, day: datetime.date) -> bool:
        """Whether it holds on a day or later."""
        return self.first_day is not None and (self.last_day is None or self.last_day >= day)

    def may_end(self, day: datetime.date) -> bool:
        """Whether its end can still be said: it has none, or a withdrawal gave it one that is not past."""
        if self.valid is None or self.called_off is not None:
            return False
        return self.last_day is None or (self.withdrawn_why != "" and self.last_day >= day)

    def state(self, day: datetime.date) -> PolicyState:
        """What it is on a day."""
        if self.valid is None:
            return self._state_before()
        if self.called_off is not None:
            return PolicyState.WITHDRAWN
        if self.valid.upper is not None and self.valid.upper <= day:
            return PolicyState.WITHDRAWN if self.withdrawn_why else PolicyState.SUPERSEDED
        return PolicyState.COMING if self.valid.lower > day else PolicyState.IN_FORCE

    def _state_before(self) -> PolicyState:
        """What it is as long as it was not adopted."""
        if self.fixed is None:
            return PolicyState.DRAFT
        return PolicyState.PROPOSED if self.given_up is None else PolicyState.GIVEN_UP


class PolicyInvitation(models.Model):
    """An organisation that reads a version before it is adopted: it was asked about it (`asked`), or has a vote on it or
    on a later one. Whoever was asked comments, and reads the comments.
    """

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="invitations")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    asked = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        verbose_name = _("invitation to a policy")
        verbose_name_plural = _("invitations to policies")
        default_permissions = ()
        ordering = ["version", "organisation"]
        constraints = [
            models.UniqueConstraint(fields=["version", "organisation"], name="one_policy_invitation_an_organisation")
        ]

    def __str__(self) -> str:
        """The version and who is invited."""
        return f"{self.version} · {self.organisation}"
