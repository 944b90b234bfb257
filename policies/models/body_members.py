"""Which directorates are members of the coordination body, from when until when: they vote on its policies."""

import datetime
from typing import Any, ClassVar, Self, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.models.silences import Silence, silences
from directorates.models.validity import Dated
from directorates.permissions import Permission, rights_of


class MemberState(models.TextChoices):
    """What a membership is on a day."""

    STANDING = "member_standing", pgettext_lazy("member of the body", "Member")
    COMING = "member_coming", pgettext_lazy("member of the body", "Member later")
    LEFT = "member_left", pgettext_lazy("member of the body", "Left")
    CALLED_OFF = "member_called_off", pgettext_lazy("member of the body", "Never joined")


class BodyMemberQuerySet(models.QuerySet[Any]):
    """Named queries over memberships."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Who is a member is told to everybody who reads policies."""
        return self if rights_of(user).holds(Permission.VIEW_POLICIES) else self.none()

    def standing(self) -> Self:
        """Those that held, hold or will hold on some day."""
        return self.filter(called_off=None)

    def at(self, date: datetime.date) -> Self:
        """Those of a date."""
        return self.standing().filter(valid__contains=date)

    def beyond(self, day: datetime.date) -> Self:
        """Those that last longer than until a day."""
        return self.standing().filter(Q(valid__endswith=None) | Q(valid__endswith__gt=day + datetime.timedelta(days=1)))

    def named(self) -> Self:
        """By the code of the directorate, the last to begin first."""
        return self.select_related("directorate").order_by("directorate__code", "-valid", "pk")


class BodyMember(Dated):
    """A directorate is a member of the coordination body for some days; who comes back is a new row.

    `by` is nobody where the portal entered it: those that were there before memberships were dated. What was to begin later
    and was taken back before its first day was `called_off`: it keeps its first day and holds on none. `dissolved` where
    nobody said that it left: it ended with the directorate.
    """

    # Why it cannot speak now, where somebody asked (`told_silent`).
    silence: Silence | None = None

    directorate = models.ForeignKey(
        Organisation, models.PROTECT, related_name="body_memberships", verbose_name=_("directorate")
    )
    basis = models.CharField(_("on what basis it joined"), max_length=500, blank=True)
    left_why = models.TextField(_("why it left"), blank=True)
    called_off: Any = models.DateField(_("called off on"), null=True)
    dissolved = models.BooleanField(_("ended with the directorate"), default=False, db_default=False)
    at = models.DateTimeField(_("entered"))
    by: Any = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("entered by"))

    objects = BodyMemberQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Any]] = {}

    class Meta:
        verbose_name = _("member of the body")
        verbose_name_plural = _("members of the body")
        default_permissions = ()
        ordering = ["directorate__code", "-valid"]
        constraints = [
            models.CheckConstraint(condition=Q(by=None) | ~Q(basis=""), name="a_member_joined_on_a_basis"),
            models.CheckConstraint(
                condition=Q(left_why="", dissolved=False, valid__endswith=None, called_off=None)
                | (~Q(left_why="") | Q(dissolved=True))
                & (Q(valid__endswith__isnull=False) | Q(called_off__isnull=False)),
                name="a_member_leaves_on_a_day_for_a_reason",
            ),
            models.CheckConstraint(
                condition=Q(called_off=None) | Q(valid__startswith__gt=F("called_off")),
                name="a_member_is_called_off_before_it_joins",
            ),
            ExclusionConstraint(
                name="a_member_of_the_body_once_a_day",
                expressions=[("directorate", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(called_off=None),
            ),
        ]

    def __str__(self) -> str:
        """The directorate."""
        return str(self.directorate)

    def state(self, day: datetime.date) -> MemberState:
        """What it is on a day."""
        if self.called_off is not None:
            return MemberState.CALLED_OFF
        if self.last_day is not None and self.last_day < day:
            return MemberState.LEFT
        return MemberState.COMING if self.first_day is not None and self.first_day > day else MemberState.STANDING

    def may_end(self, day: datetime.date) -> bool:
        """Whether its end can still be said, or said anew: it holds or will, and has no last day that is past."""
        if self.called_off is not None or self.dissolved:
            return False
        return self.last_day is None or self.last_day >= day


def members_on(day: datetime.date) -> list[Organisation]:
    """The directorates that act and are members of the body on a day, by code."""
    there = BodyMember.objects.at(day).filter(directorate=models.OuterRef("pk"))
    rows = Organisation.objects.active().filter(models.Exists(there), kind="directorate")
    return list(cast("Any", rows).order_by("code"))


def outside_on(day: datetime.date) -> list[Organisation]:
    """The directorates that act and are no members of the body on a day, by code: a ballot that is opened then asks none of them."""
    there = BodyMember.objects.at(day).filter(directorate=models.OuterRef("pk"))
    rows = Organisation.objects.active().filter(~models.Exists(there), kind="directorate")
    return list(cast("Any", rows).order_by("code"))


def told_silent(members: list[BodyMember]) -> list[BodyMember]:
    """The same memberships, each knowing why its directorate cannot speak now, read at once."""
    found = silences(one.directorate_id for one in members)
    for one in members:
        one.silence = found.get(one.directorate_id)
    return members
