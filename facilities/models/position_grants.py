"""Grants to read exact positions: asked with a purpose, approved by two people of two organisations; and each reading."""

import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, Place, User
from directorates.permissions import Columns, Permission, may, scoped
from facilities.models.facilities import Facility

MOST_DAYS = 90


class GrantState(models.TextChoices):
    """What became of a grant; the last four end it, and are all that is stored."""

    ASKED = "grant_asked", pgettext_lazy("grant", "Waits for approval")
    GRANTED = "grant_granted", pgettext_lazy("grant", "Granted")
    EXPIRED = "grant_expired", pgettext_lazy("grant", "Expired")
    REFUSED = "grant_refused", pgettext_lazy("grant", "Refused")
    WITHDRAWN = "grant_withdrawn", pgettext_lazy("grant", "Given back")
    REVOKED = "grant_revoked", pgettext_lazy("grant", "Revoked")


ENDS = (GrantState.REFUSED, GrantState.WITHDRAWN, GrantState.REVOKED)


class PositionGrantQuerySet(models.QuerySet["PositionGrant"]):
    """Named queries over grants."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the organisation that the person reads as, and those whose places the person oversees."""
        mine = Q(pk__in=())
        if isinstance(user, User) and may(user, Permission.READ_POSITIONS):
            mine = Q(organisation=user.acting_id)
        return self.filter(mine | overseen(user, PositionGrant.OVERSEEN))

    def to_approve(self, user: User, day: datetime.date) -> Self:
        """Those that wait for an approval that the person can give as the organisation acted for."""
        approves = scoped(user, Permission.APPROVE_POSITIONS, PositionGrant.OVERSEEN)
        given = PositionApproval.objects.filter(grant=OuterRef("pk"))
        # The competent directorate's approval and another organisation's: each is given once.
        theirs, other = Q(directorate=user.acting_id), ~Q(directorate=user.acting_id)
        ours = Exists(given.filter(acting=OuterRef("directorate")))
        others = Exists(given.exclude(acting=OuterRef("directorate")))
        rows = self.filter(approves, (theirs & ~ours) | (other & ~others), ended=None, until__gte=day)
        return rows.exclude(by=user).exclude(person=user)

    def standing(self, day: datetime.date) -> Self:
        """Those that give something on a day: approved by both, not over, not ended. The row policy says the same in SQL."""
        given = PositionApproval.objects.filter(grant=OuterRef("pk"))
        theirs = Exists(given.filter(acting=OuterRef("directorate")))
        others = Exists(given.exclude(acting=OuterRef("directorate")))
        return self.filter(theirs, others, ended=None, day__lte=day, until__gte=day)

    def to(self, user: User) -> Self:
        """Those given to the person, or to everyone of the organisation acted for."""
        return self.filter(Q(person=None) | Q(person=user), organisation=user.acting_id)

    def about(self, facility: Facility) -> Self:
        """Those for a facility: for it alone, or for a place that it lies in."""
        around = [place.pk for place in facility.place.line()]
        return self.filter(Q(facility=facility) | Q(place__in=around))

    def named(self) -> Self:
        """With everything that a row shows."""
        related = ("facility", "place", "directorate", "organisation", "person", "by", "ended_by", "ended_acting")
        return self.select_related(*related).prefetch_related("approvals__by", "approvals__acting")


def overseen(user: User | AnonymousUser, columns: Columns) -> Q:
    """What concerns the places that a person approves for, or whose exact positions the person keeps."""
    return scoped(user, Permission.KEEP_POSITIONS, columns) | scoped(user, Permission.APPROVE_POSITIONS, columns)


class PositionGrant(models.Model):
    """A leave to read the exact position of one facility, or of a place's facilities one by one, for a purpose and a time."""

    facility = models.ForeignKey(Facility, models.PROTECT, null=True, related_name="+", verbose_name=_("facility"))
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", verbose_name=_("place"))
    # Where it lies: of the facility's sub-district, or of the place.
    path = models.CharField(max_length=120, db_collation="C", editable=False)
    directorate = models.ForeignKey(
        Organisation, models.PROTECT, related_name="+", verbose_name=_("competent directorate")
    )
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("recipient"))
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("person"))
    purpose = models.TextField(_("purpose"))
    day = models.DateField(_("asked on"))
    until = models.DateField(_("last day"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("asked by"))
    at = models.DateTimeField(_("asked"))
    ended = models.DateTimeField(_("ended"), null=True)
    ended_how = models.CharField(_("how it ended"), max_length=16, choices=GrantState, blank=True)
    ended_why = models.TextField(_("reason"), blank=True)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("ended by"))
    ended_acting = models.ForeignKey(
        Organisation, models.PROTECT, null=True, related_name="+", verbose_name=_("acting as")
    )

    objects = PositionGrantQuerySet.as_manager()

    OVERSEEN: ClassVar[Columns] = Columns(("directorate_id",), "path")
    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.APPROVE_POSITIONS: OVERSEEN}

    class Meta:
        verbose_name = _("grant of exact locations")
        verbose_name_plural = _("grants of exact locations")
        default_permissions = ()
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(facility=None, place__isnull=False) | Q(facility__isnull=False, place=None),
                name="a_facility_or_a_place_is_granted",
            ),
            models.CheckConstraint(
                condition=Q(until__gte=F("day"), until__lte=F("day") + datetime.timedelta(days=MOST_DAYS)),
                name="positions_for_ninety_days_at_most",
            ),
            models.CheckConstraint(
                condition=Q(ended=None, ended_by=None, ended_how="")
                | Q(ended__isnull=False, ended_by__isnull=False, ended_how__in=ENDS),
                name="who_ended_a_grant_and_when_stand_together",
            ),
            models.CheckConstraint(condition=~Q(purpose=""), name="a_grant_has_a_purpose"),
        ]

    def __str__(self) -> str:
        """Recipient and what is granted."""
        return f"{self.organisation} · {self.facility or self.place}"

    @cached_property
    def given(self) -> list["PositionApproval"]:
        """Its approvals, the first first."""
        return sorted(self.approvals.all(), key=lambda approval: approval.pk)

    @property
    def approved(self) -> bool:
        """Whether the competent directorate and another organisation have approved."""
        actings = {approval.acting_id for approval in self.given}
        return self.directorate_id in actings and len(actings) > 1

    def state(self, day: datetime.date) -> GrantState:
        """What it is on a day."""
        if self.ended is not None:
            return GrantState(self.ended_how)
        if self.until < day:
            return GrantState.EXPIRED
        return GrantState.GRANTED if self.approved else GrantState.ASKED

    def covers(self, facility: Facility) -> bool:
        """Whether it is about a facility."""
        if self.place_id is not None:
            return facility.place.path.startswith(self.path)
        return self.facility_id == facility.pk


class PositionApproval(models.Model):
    """One person's approval of a grant, as one organisation; each organisation and each person gives one. Appended only."""

    grant = models.ForeignKey(PositionGrant, models.PROTECT, related_name="approvals", verbose_name=_("grant"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("approved by"))
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))
    at = models.DateTimeField(_("approved"))

    class Meta:
        verbose_name = _("approval of a grant")
        verbose_name_plural = _("approvals of grants")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["grant", "by"], name="one_approval_a_person"),
            models.UniqueConstraint(fields=["grant", "acting"], name="one_approval_an_organisation"),
        ]

    def __str__(self) -> str:
        """Who, as whom."""
        return f"{self.by} · {self.acting}"


class PositionReadingQuerySet(models.QuerySet["PositionReading"]):
    """Named queries over readings."""

    def overseen_by(self, user: User | AnonymousUser) -> Self:
        """Those in the places whose positions the person keeps, or approves for."""
        return self.filter(overseen(user, Columns(("grant__directorate_id",), "grant__path")))

    def named(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("by", "acting", "facility", "grant")


class PositionReading(models.Model):
    """One reading of an exact position: who, as whom, why, when. Appended only."""

    grant = models.ForeignKey(PositionGrant, models.PROTECT, related_name="readings", verbose_name=_("grant"))
    facility = models.ForeignKey(Facility, models.PROTECT, related_name="+", verbose_name=_("facility"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("read by"))
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))
    reason = models.TextField(_("reason"))
    at = models.DateTimeField(_("read"))

    objects = PositionReadingQuerySet.as_manager()

    class Meta:
        verbose_name = _("reading of an exact location")
        verbose_name_plural = _("readings of exact locations")
        default_permissions = ()
        ordering = ["-at", "-id"]
        indexes = [models.Index(fields=["acting", "at"], name="readings_of_an_organisation")]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="a_reading_has_a_reason")]

    def __str__(self) -> str:
        """Who read of which facility; never what."""
        return f"{self.by} · {self.facility}"
