"""Texts of agreements: the one that was signed, and each amendment beside it, with the days on which it holds and who consented."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.models.validity import Days
from directorates.permissions import Columns, Permission, rights_of
from policies.models.agreements import Agreement
from policies.models.parties import Party


class TextKind(models.TextChoices):
    """What a text of an agreement is."""

    ORIGINAL = "original", pgettext_lazy("agreement text", "As it was signed")
    AMENDMENT = "amendment", pgettext_lazy("agreement text", "Amendment")
    RENEWAL = "renewal", pgettext_lazy("agreement text", "Renewal")


class TextState(models.TextChoices):
    """What a text of an agreement is on a day."""

    DRAFT = "text_draft", pgettext_lazy("agreement text", "Draft")
    OPEN = "text_open", pgettext_lazy("agreement text", "Waits for consent")
    GIVEN_UP = "text_given_up", pgettext_lazy("agreement text", "Given up")
    COMING = "text_coming", pgettext_lazy("agreement text", "Holds later")
    HOLDS = "text_holds", pgettext_lazy("agreement text", "Holds")
    REPLACED = "text_replaced", pgettext_lazy("agreement text", "Replaced")


class AgreementTextQuerySet(models.QuerySet[Any]):
    """Named queries over texts."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those that took force and what is to be signed for whoever sees the agreement; proposals for those who stand in it."""
        rows = self.filter(Exists(Agreement.objects.visible_to(user).filter(pk=OuterRef("agreement"))))
        if rights_of(user).holds(Permission.KEEP_AGREEMENTS) or not isinstance(user, User):
            return rows
        acting, today = user.acting_id, timezone.localdate()
        stands = Party.objects.staying(today).filter(agreement=OuterRef("agreement"), organisation=acting)
        told = Q(valid__isnull=False) | Q(agreement__agreed=None) | Q(agreement__keeper=acting)
        return rows.filter(told | Q(Exists(stands)))

    def drafts(self) -> Self:
        """Those that are being written."""
        return self.filter(opened=None)

    def open(self) -> Self:
        """Those that wait for signatures or consent."""
        return self.filter(opened__isnull=False, valid=None, given_up=None)

    def written(self) -> Self:
        """Those with articles: the original and its amendments."""
        return self.exclude(kind=TextKind.RENEWAL)

    def held(self) -> Self:
        """Those with articles that took force, the last first."""
        return self.written().filter(valid__isnull=False).order_by("-number")

    def to_consent(self, user: User | AnonymousUser, day: datetime.date) -> Self:
        """Amendments and renewals that wait for the consent of the organisation acted for, which is a party on a day."""
        own = rights_of(user).condition(Permission.MAKE_AGREEMENTS, Party.SCOPES[Permission.MAKE_AGREEMENTS])
        stands = Party.objects.at(day).filter(own, agreement=OuterRef("agreement"))
        given = Consent.objects.filter(
            text=OuterRef("pk"), organisation=user.acting_id if isinstance(user, User) else None
        )
        rows = self.open().exclude(kind=TextKind.ORIGINAL)
        return rows.filter(Exists(stands), ~Exists(given)).order_by("opened", "pk")


class AgreementText(Days, models.Model):
    """One text of an agreement: number 1 is the one that was signed, each later one an amendment or a renewal.

    It is a draft until it is `opened` for signature or consent and never changes from then on; of each party one is written at
    a time, `begun_with` the text that held, and proposed only as long as that still is the last one. An amendment holds from the
    day after every party of the day consented; the text before it ends then and stays beside it. A renewal has no articles:
    it says a later last day (`until`).
    """

    agreement = models.ForeignKey(Agreement, models.CASCADE, related_name="texts", verbose_name=_("agreement"))
    number = models.PositiveSmallIntegerField(_("number"))
    kind = models.CharField(_("kind"), max_length=10, choices=TextKind)
    keeper = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("written by"))
    begun_with = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="+", verbose_name=_("text it began with")
    )
    why = models.TextField(_("reason"), blank=True)
    until: Any = models.DateField(_("last day"), null=True)
    opened: Any = models.DateTimeField(_("opened"), null=True)
    valid: Any = DateRangeField(_("in force"), null=True)  # type: ignore[misc]  # the stubs know no range that is absent
    given_up: Any = models.DateField(_("given up on"), null=True)
    edition = models.PositiveIntegerField(default=1)
    changed = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("changed by"))

    objects = AgreementTextQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MAKE_AGREEMENTS: Columns(("keeper_id",)),
        Permission.KEEP_AGREEMENTS: Columns(("keeper_id",)),
    }

    class Meta:
        verbose_name = _("text of an agreement")
        verbose_name_plural = _("texts of agreements")
        default_permissions = ()
        ordering = ["agreement", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["agreement", "number"], name="one_text_of_an_agreement_a_number"),
            models.UniqueConstraint(
                fields=["agreement", "keeper"], condition=Q(opened=None), name="one_draft_text_a_party"
            ),
            models.UniqueConstraint(
                fields=["agreement"],
                condition=Q(opened__isnull=False, valid=None, given_up=None),
                name="one_open_text_of_an_agreement",
            ),
            models.CheckConstraint(
                condition=Q(opened__isnull=False) | Q(valid=None, given_up=None),
                name="a_text_is_opened_before_it_holds",
            ),
            models.CheckConstraint(
                condition=(Q(kind=TextKind.RENEWAL, until__isnull=False, opened__isnull=False))
                | (~Q(kind=TextKind.RENEWAL) & Q(until=None)),
                name="a_renewal_says_a_last_day",
            ),
            ExclusionConstraint(
                name="one_text_of_an_agreement_at_a_time",
                expressions=[("agreement", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(valid__isnull=False) & ~Q(kind=TextKind.RENEWAL),
            ),
        ]

    def __str__(self) -> str:
        """The agreement and the number."""
        return f"{self.agreement} · {self.number}"

    @property
    def is_draft(self) -> bool:
        """Whether it is still being written."""
        return self.opened is None

    def state(self, day: datetime.date) -> TextState:
        """What it is on a day."""
        if self.opened is None:
            return TextState.DRAFT
        if self.valid is None:
            return TextState.OPEN if self.given_up is None else TextState.GIVEN_UP
        if self.valid.upper is not None and self.valid.upper <= day:
            return TextState.REPLACED
        return TextState.COMING if self.valid.lower > day else TextState.HOLDS


class Consent(models.Model):
    """A party consents to an amendment or a renewal; appended only."""

    text = models.ForeignKey(AgreementText, models.PROTECT, related_name="consents")
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    class Meta:
        verbose_name = _("consent to an amendment")
        verbose_name_plural = _("consents to amendments")
        default_permissions = ()
        ordering = ["text", "pk"]
        constraints = [models.UniqueConstraint(fields=["text", "organisation"], name="one_consent_a_party")]

    def __str__(self) -> str:
        """Who consents."""
        return str(self.organisation)
