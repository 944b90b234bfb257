"""Deputies: who stands in for someone who is away, in one role and for some days; and who holds a role on a day, deputies among them."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directorates.models.people import Membership, User
from directorates.models.seals import not_sealed
from directorates.models.validity import Dated, DatedQuerySet
from directorates.roles import ROLES, Anchor, Permission, Role

# So long a second person may confirm what one person asked.
WAITS = datetime.timedelta(days=7)


class DeputyshipQuerySet(DatedQuerySet):
    """Named queries over deputyships."""

    def given(self) -> "DeputyshipQuerySet":
        """Those that need no second person, or were confirmed by one."""
        return self.exclude(by_two=True, confirmed_at=None)

    def waiting(self, at: datetime.datetime) -> "DeputyshipQuerySet":
        """Those that wait for a second person at a moment."""
        return self.open(timezone.localdate(at)).filter(by_two=True, confirmed_at=None, at__gt=at - WAITS)

    def standing(self, day: datetime.date) -> "DeputyshipQuerySet":
        """Those that give something on a day: confirmed, not ended, the role still held, the deputy still of the house.

        `permissions.RESOLVE` says the same in SQL.
        """
        own = Membership.objects.at(day).filter(
            person=OuterRef("deputy"), organisation=OuterRef("membership__organisation")
        )
        held = (
            self.given().at(day).filter(ended=None, membership__valid__contains=day, membership__person__is_active=True)
        )
        return held.filter(Exists(own))

    def open(self, day: datetime.date) -> "DeputyshipQuerySet":
        """Those that hold on a day or will hold later."""
        return self.filter(ended=None, valid__endswith__gt=day)


class Deputyship(Dated):
    """Someone stands in for a person in one role, from a day to a day, with that role's rights and no others.

    Sensitive rights are handed on once a second person confirmed it (`by_two`; of those named before, nobody was asked).
    """

    membership = models.ForeignKey(Membership, models.PROTECT, verbose_name=_("role"), related_name="deputyships")
    deputy = models.ForeignKey(User, models.PROTECT, verbose_name=_("deputy"), related_name="deputyships")
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("named by"), related_name="+")
    at = models.DateTimeField(_("named"))
    ended = models.DateTimeField(_("ended"), null=True)
    by_two = models.BooleanField(default=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("confirmed by"), null=True, related_name="+")
    confirmed_at = models.DateTimeField(_("confirmed"), null=True)

    objects = DeputyshipQuerySet.as_manager()

    class Meta:
        verbose_name = _("deputyship")
        verbose_name_plural = _("deputyships")
        ordering = ["-valid", "-id"]
        constraints = [
            ExclusionConstraint(
                name="one_deputy_at_a_time",
                expressions=[("membership", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(ended=None),
            ),
            models.CheckConstraint(
                condition=Q(valid__lower_inf=False, valid__upper_inf=False), name="deputies_from_a_day_to_a_day"
            ),
            models.CheckConstraint(
                condition=Q(confirmed_by=None, confirmed_at=None)
                | Q(confirmed_by__isnull=False, confirmed_at__isnull=False),
                name="deputy_confirmed_by_someone_at_a_time",
            ),
            models.CheckConstraint(condition=~Q(confirmed_by=F("by")), name="deputy_confirmed_by_a_second_person"),
            models.CheckConstraint(condition=~Q(confirmed_by=F("deputy")), name="deputy_confirmed_by_somebody_else"),
        ]

    def __str__(self) -> str:
        """Deputy and role."""
        return f"{self.deputy} · {self.membership}"

    def waits(self, at: datetime.datetime) -> bool:
        """Whether a second person has to confirm it and still may at a moment."""
        asked = self.by_two and self.confirmed_at is None and self.ended is None and self.at > at - WAITS
        return asked and self.last_day is not None and self.last_day >= timezone.localdate(at)

    def lapsed(self, at: datetime.datetime) -> bool:
        """Whether nobody confirmed it in time: it gives nothing, and takes no days."""
        return self.by_two and self.confirmed_at is None and self.ended is None and not self.waits(at)


def roles_with(permission: Permission, anchor: Anchor = Anchor.OWN) -> tuple[Role, ...]:
    """The roles that permit something at their own organisation, or at another anchor of theirs, as the data in its custody."""
    return tuple(role for role, rights in ROLES.items() if permission in rights.permits.get(anchor, ()))


@dataclass(frozen=True)
class Holder:
    """Someone who holds a role on a day: as a member or, where `instead_of` is somebody, as that person's deputy."""

    person: User
    membership: Membership
    instead_of: User | None = None

    def covers(self, place_path: str) -> bool:
        """Whether the role reaches a place: everywhere, or where it was given for."""
        paths = [place.path for place in self.membership.places.all()]
        return not paths or place_path.startswith(tuple(paths))


def holders(organisations: Iterable[int], roles: Iterable[Role], day: datetime.date) -> list[Holder]:
    """Who holds one of some roles in some organisations on a day, deputies among them; in four queries for any number.

    People of a sealed directorate hold nothing.
    """
    wanted = {"organisation__in": list(organisations), "role__in": list(roles)}
    members = Membership.objects.at(day).filter(
        not_sealed("organisation"), person__is_active=True, organisation__status="active", **wanted
    )
    found = [Holder(row.person, row) for row in _whole(members.order_by("pk"))]
    standing = Deputyship.objects.standing(day).filter(
        not_sealed("membership__organisation"),
        deputy__is_active=True,
        **{f"membership__{name}": value for name, value in wanted.items()},
    )
    rows = standing.select_related("deputy", "membership__person", "membership__organisation")
    whole = rows.prefetch_related("membership__places").order_by("pk")
    return [*found, *(Holder(row.deputy, row.membership, row.membership.person) for row in whole)]


def _whole(rows: "models.QuerySet[Membership]") -> "models.QuerySet[Membership]":
    """With person, organisation and places."""
    return rows.select_related("person", "organisation").prefetch_related("places")


def stood_in(user: User | AnonymousUser, day: datetime.date) -> "models.QuerySet[Deputyship]":
    """What a person does as somebody's deputy on a day."""
    rows = Deputyship.objects.standing(day).filter(deputy=user.pk, membership__organisation__status="active")
    return rows.select_related("membership__person", "membership__organisation").order_by("valid", "pk")


def away(organisation: int | None, day: datetime.date) -> "models.QuerySet[Deputyship]":
    """Who of an organisation is away on a day, and who stands in."""
    rows = Deputyship.objects.standing(day).filter(membership__organisation=organisation)
    return rows.select_related("membership__person", "deputy").order_by(F("valid"), "pk")
