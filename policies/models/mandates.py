"""Mandates: who leads which function of health in which place, from when until when, and on what basis."""

import datetime
from typing import Any, ClassVar, NamedTuple, Self, cast

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from psycopg2.extras import DateRange

from directorates.models import Organisation, Place, User
from directorates.models.places import beneath
from directorates.models.silences import Silence, silences
from directorates.models.validity import Dated
from directorates.permissions import Columns, Permission, rights_of


class Function(models.TextChoices):
    """What can be led: fields of the work for health."""

    IMMUNIZATION = "immunization", pgettext_lazy("function", "Immunization")
    SURVEILLANCE = "surveillance", pgettext_lazy("function", "Surveillance of diseases")
    LICENSING = "licensing", pgettext_lazy("function", "Licensing")
    REFERRAL = "referral", pgettext_lazy("function", "Referral and ambulances")
    TRAINING = "training", pgettext_lazy("function", "Training")
    SUPPLIES = "supplies", pgettext_lazy("function", "Medicines and supplies")
    INFORMATION = "information", pgettext_lazy("function", "Health information")
    SUPERVISION = "supervision", pgettext_lazy("function", "Supervision of facilities")
    LABORATORIES = "laboratories", pgettext_lazy("function", "Laboratories and blood banks")
    EMERGENCIES = "emergencies", pgettext_lazy("function", "Emergency preparedness")


class MandateOrigin(models.TextChoices):
    """How a mandate came."""

    CLAIMED = "claimed", pgettext_lazy("mandate", "Claimed")
    AGREED = "agreed", pgettext_lazy("mandate", "Agreed")
    DECIDED = "decided", pgettext_lazy("mandate", "Decided")


class MandateState(models.TextChoices):
    """What a mandate is on a day."""

    COMING = "mandate_coming", pgettext_lazy("mandate", "Holds later")
    STANDING = "mandate_standing", pgettext_lazy("mandate", "Holds")
    OVER = "mandate_over", pgettext_lazy("mandate", "Over")
    CALLED_OFF = "mandate_called_off", pgettext_lazy("mandate", "Never held")


class Overlap(NamedTuple):
    """Two mandates of different organisations for one function, the smaller of their places, which lies in both, and the days
    on which both hold there.
    """

    first: int
    second: int
    place: int
    days: DateRange

    def goes_on(self, day: datetime.date) -> bool:
        """Whether both hold there on a day or later."""
        return self.days.upper is None or self.days.upper > day


def one_after_another(function: str) -> None:
    """Wait, until this transaction ends, for whoever writes mandates for the same function: overlaps are found in turn.

    The database takes the same lock where somebody forgets it (`migrations/0008_overlaps.py`).
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT mandates_in_turn(%s)", [function])


class MandateQuerySet(models.QuerySet[Any]):
    """Named queries over mandates."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Who leads what is told to everybody who reads policies."""
        return self if rights_of(user).holds(Permission.VIEW_POLICIES) else self.none()

    def standing(self) -> Self:
        """Those that held, hold or will hold on some day."""
        return self.filter(called_off=None)

    def at(self, date: datetime.date) -> Self:
        """Those that hold on a date."""
        return self.standing().filter(valid__contains=date)

    def coming(self, date: datetime.date) -> Self:
        """Those that hold later than on a date."""
        return self.standing().filter(valid__startswith__gt=date)

    def over(self, date: datetime.date) -> Self:
        """Those that held until before a date, or never did."""
        return self.filter(Q(called_off__isnull=False) | Q(valid__endswith__lte=date))

    def beyond(self, date: datetime.date) -> Self:
        """Those that hold later than on a date."""
        next_day = date + datetime.timedelta(days=1)
        return self.standing().filter(Q(valid__endswith=None) | Q(valid__endswith__gt=next_day))

    def overlapping(self) -> Self:
        """Those to whose place and days another organisation lays claim for the same function, decided or not."""
        # Each pair is found from both of its sides.
        found = RawSQL("SELECT m.id FROM policies_mandate m WHERE EXISTS (SELECT FROM mandate_overlaps(m.id))", [])
        return self.filter(pk__in=found)

    def near(self, place: Place) -> Self:
        """Those for a place, for what lies in it, and for what it lies in."""
        return self.filter(beneath(place.path, "place__path") | Q(place__path__in=place.path_above()))

    def named(self) -> Self:
        """With the organisation and the place."""
        return self.select_related("organisation", "place")


class Mandate(Dated):
    """One organisation leads one function in one place for a time, as was claimed, agreed or decided.

    What was to hold later and was taken back, or was decided never to have held, was called off: it keeps its days.
    """

    function = models.CharField(_("function"), max_length=20, choices=Function)
    place = models.ForeignKey(Place, models.PROTECT, related_name="mandates", verbose_name=_("place"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="mandates", verbose_name=_("lead organisation")
    )
    basis = models.TextField(_("on what basis"))
    came = models.CharField(_("how it came"), max_length=10, choices=MandateOrigin)
    called_off = models.DateField(_("called off on"), null=True)
    # The days that were claimed, where a decision ended it earlier: an appeal that is won goes no further.
    claimed: Any = DateRangeField(_("days that were claimed"), null=True)  # type: ignore[misc]  # the stubs know no range that is absent
    ended_why = models.TextField(_("why it was ended"), blank=True)
    stated = models.DateTimeField(_("entered"))
    stated_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("entered by"))
    # The organisation itself, or the body that entered it for the organisation.
    stated_as = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("entered as"))

    # Why its lead organisation cannot speak, where `told_silent` was asked.
    silence: Silence | None = None

    objects = MandateQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.CLAIM_MANDATES: Columns(("organisation_id",)),
        Permission.KEEP_MANDATES: Columns(("stated_as_id",)),
    }

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        default_permissions = ()
        ordering = ["function", "place__path", "valid", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(valid__startswith__isnull=False) & ~Q(basis=""),
                name="a_mandate_has_a_first_day_and_a_basis",
            ),
            ExclusionConstraint(
                name="one_mandate_of_an_organisation_at_a_time",
                expressions=[
                    ("function", RangeOperators.EQUAL),
                    ("organisation", RangeOperators.EQUAL),
                    ("place", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                ],
                condition=Q(called_off=None),
            ),
        ]

    def __str__(self) -> str:
        """Function, organisation and place."""
        return f"{self.get_function_display()} · {self.organisation} · {self.place}"

    @property
    def begins(self) -> datetime.date:
        """The first day; there always is one."""
        return cast("datetime.date", self.valid.lower)

    def state(self, day: datetime.date) -> MandateState:
        """What it is on a day."""
        if self.called_off is not None:
            return MandateState.CALLED_OFF
        if self.valid.upper is not None and self.valid.upper <= day:
            return MandateState.OVER
        return MandateState.COMING if self.begins > day else MandateState.STANDING

    def may_end(self, day: datetime.date) -> bool:
        """Whether its end can still be said: it holds, or will."""
        return self.state(day) in (MandateState.COMING, MandateState.STANDING)

    def overlaps(self) -> list[Overlap]:
        """With which others it overlaps, as the database finds it now."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT first_id, second_id, place_id, days FROM mandate_overlaps(%s)", [self.pk])
            return [Overlap(*row) for row in cursor.fetchall()]


def told_silent(mandates: list[Mandate]) -> list[Mandate]:
    """The same mandates, each knowing why its lead organisation cannot speak now, read at once."""
    found = silences(one.organisation_id for one in mandates)
    for one in mandates:
        one.silence = found.get(one.organisation_id)
    return mandates


class MandateLimit(models.Model):
    """From a day on, a mandate does not hold in a part of its place, as was decided in a dispute; appended only."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="limits")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", verbose_name=_("but not in"))
    since = models.DateField(_("since"))
    dispute = models.ForeignKey("policies.MandateDispute", models.PROTECT, related_name="limits")

    class Meta:
        verbose_name = _("limit of a mandate")
        verbose_name_plural = _("limits of mandates")
        default_permissions = ()
        ordering = ["mandate", "since", "pk"]
        # Decided twice for the same place, the earlier day counts.
        constraints = [
            models.UniqueConstraint(fields=["mandate", "place", "dispute"], name="one_limit_of_a_mandate_a_place")
        ]

    def __str__(self) -> str:
        """The place and the day."""
        return f"{self.place} {self.since}"
