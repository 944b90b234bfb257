"""Sharing agreements: a dataset's custodian lets another organisation read, at one level, for a purpose and a time."""

import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models.datasets import Dataset
from directorates.models.organisations import Organisation
from directorates.models.people import User
from directorates.models.places import Place
from directorates.models.validity import Dated
from directorates.roles import Permission
from directorates.scopes import Columns


class SharingLevel(models.TextChoices):
    """How much of a dataset is read; each level contains those before it."""

    EDITIONS = "editions", pgettext_lazy("sharing", "Published editions only")
    TOTALS = "totals", pgettext_lazy("sharing", "Totals of sub-districts and above")
    FACILITIES = "facilities", pgettext_lazy("sharing", "Figures of each facility")
    DOCUMENTS = "documents", pgettext_lazy("sharing", "Whole reports")


_EDITIONS = frozenset({Permission.VIEW_EDITIONS})
_TOTALS = _EDITIONS | {Permission.VIEW_FIGURES}
_FACILITIES = _TOTALS | {Permission.VIEW_FACILITY_FIGURES}
# What a level permits with the dataset.
PERMITS: dict[SharingLevel, frozenset[Permission]] = {
    SharingLevel.EDITIONS: _EDITIONS,
    SharingLevel.TOTALS: _TOTALS,
    SharingLevel.FACILITIES: _FACILITIES,
    SharingLevel.DOCUMENTS: _FACILITIES | {Permission.VIEW_REPORTS},
}


class SharingState(models.TextChoices):
    """What an agreement is on a day."""

    OFFERED = "sharing_offered", pgettext_lazy("sharing", "Offered")
    COMING = "sharing_coming", pgettext_lazy("sharing", "Accepted, begins later")
    RUNNING = "sharing_running", pgettext_lazy("sharing", "In force")
    EXPIRED = "sharing_expired", pgettext_lazy("sharing", "Expired")
    DECLINED = "sharing_declined", pgettext_lazy("sharing", "Not agreed")
    ENDED = "sharing_ended", pgettext_lazy("sharing", "Ended")


class SharingAgreementQuerySet(models.QuerySet["SharingAgreement"]):
    """Named queries over sharing agreements."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the organisation that the person acts for, as custodian or as recipient."""
        acting = user.acting_id if isinstance(user, User) else None
        return self.filter(Q(custodian=acting) | Q(recipient=acting), custodian__isnull=False)

    def accepted(self) -> Self:
        """Those that both sides agreed on and neither ended, whatever their days."""
        return self.filter(accepted__isnull=False, ended=None)

    def over(self, day: datetime.date) -> Self:
        """Those that a side ended, or whose last day is past."""
        return self.filter(Q(ended__isnull=False) | Q(valid__endswith__lte=day))

    def open(self, day: datetime.date) -> Self:
        """The others: offered, or agreed on."""
        return self.filter(ended=None, valid__endswith__gt=day)

    def to_accept(self, organisation: int | None, day: datetime.date) -> Self:
        """Those that were offered to an organisation and can still be accepted."""
        return self.open(day).filter(recipient=organisation, accepted=None)

    def named(self) -> Self:
        """With everything that a row shows."""
        related = ("dataset", "custodian", "recipient", "offered_by", "accepted_by", "ended_by", "ended_as")
        return self.select_related(*related).prefetch_related("places")


class SharingAgreement(Dated):
    """What a custodian offers another organisation of a dataset, and what both sides did about it.

    It gives nothing until accepted, and nothing from the moment at which either side ends it. The grants that it gives
    (`DatasetGrant.agreement`) are read together with it at every query.
    """

    dataset = models.ForeignKey(Dataset, models.PROTECT, related_name="agreements", verbose_name=_("dataset"))
    # Who had the custody when it was offered.
    custodian = models.ForeignKey(
        Organisation, models.PROTECT, related_name="agreements_given", verbose_name=_("custodian of the data")
    )
    recipient = models.ForeignKey(
        Organisation,
        models.PROTECT,
        related_name="agreements_received",
        verbose_name=pgettext_lazy("sharing", "recipient"),
    )
    level = models.CharField(_("what is shared"), max_length=12, choices=SharingLevel)
    places = models.ManyToManyField(Place, blank=True, related_name="+", verbose_name=_("only in these places"))
    purpose = models.TextField(_("purpose"))
    offered = models.DateTimeField(_("offered"))
    offered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("offered by"))
    accepted = models.DateTimeField(_("accepted"), null=True)
    accepted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("accepted by"))
    ended = models.DateTimeField(_("ended"), null=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by"))
    ended_as = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("acting as"))
    ended_why = models.TextField(_("reason"), blank=True)

    objects = SharingAgreementQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.AGREE_ON_SHARING: Columns(("custodian_id", "recipient_id"))
    }

    class Meta:
        verbose_name = _("sharing agreement")
        verbose_name_plural = _("sharing agreements")
        default_permissions = ()
        ordering = ["-offered", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(custodian=F("recipient")), name="nobody_shares_with_oneself"),
            models.CheckConstraint(condition=~Q(purpose=""), name="an_agreement_has_a_purpose"),
            models.CheckConstraint(
                condition=Q(valid__startswith__isnull=False, valid__endswith__isnull=False),
                name="an_agreement_has_a_first_and_a_last_day",
            ),
            models.CheckConstraint(
                condition=Q(accepted=None, accepted_by=None) | Q(accepted__isnull=False, accepted_by__isnull=False),
                name="who_accepted_and_when_stand_together",
            ),
            models.CheckConstraint(
                condition=Q(ended=None, ended_by=None, ended_as=None, ended_why="")
                | (
                    Q(ended__isnull=False, ended_by__isnull=False)
                    & (Q(ended_as=F("custodian")) | Q(ended_as=F("recipient")))
                ),
                name="either_side_ends_an_agreement",
            ),
            ExclusionConstraint(
                name="one_agreement_a_level_at_a_time",
                expressions=[("dataset", "="), ("recipient", "="), ("level", "="), ("valid", "&&")],
                condition=Q(ended=None),
            ),
        ]

    def __str__(self) -> str:
        """Dataset and recipient."""
        return f"{self.dataset} · {self.recipient.short}"

    def state(self, day: datetime.date) -> SharingState:
        """What it is on a day."""
        if self.ended is not None:
            return SharingState.DECLINED if self.accepted is None else SharingState.ENDED
        if self.last_day is not None and self.last_day < day:
            return SharingState.EXPIRED
        if self.accepted is None:
            return SharingState.OFFERED
        return SharingState.COMING if self.first_day is not None and day < self.first_day else SharingState.RUNNING
