"""Acknowledgements: which organisations and facilities have read what holds, and from when a directorate applies it."""

import datetime
from collections import defaultdict
from dataclasses import dataclass
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directorates.models import Organisation, User
from directorates.models.organisations import Kind, OrganisationStatus
from directorates.permissions import Columns, Permission
from facilities.models import Facility, Support
from facilities.models.facilities import FacilityQuerySet
from policies.models.versions import PolicyVersion

# Whose organisations acknowledge what holds: those that run or support care.
ACKNOWLEDGING = (Kind.DIRECTORATE, Kind.NGO)


class AcknowledgementQuerySet(models.QuerySet["Acknowledgement"]):
    """Named queries over acknowledgements."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the versions that the person reads: who has read what is for everybody who reads it."""
        return self.filter(Exists(PolicyVersion.objects.visible_to(user).filter(pk=OuterRef("version"))))

    def of_organisations(self) -> Self:
        """Those of organisations themselves."""
        return self.filter(facility=None)


class Acknowledgement(models.Model):
    """An organisation has read a version, for itself or for one of its facilities.

    `since` is the day from which a directorate applies it, where it says another than the version's own.
    """

    version = models.ForeignKey(PolicyVersion, models.PROTECT, related_name="acknowledgements")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="acknowledgements", verbose_name=_("organisation")
    )
    facility = models.ForeignKey(
        Facility, models.PROTECT, null=True, related_name="acknowledgements", verbose_name=_("facility")
    )
    since: Any = models.DateField(_("applied from"), null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    instead_of = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(_("at"))

    objects = AcknowledgementQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.ACKNOWLEDGE_POLICIES: Columns(("organisation_id",))}

    class Meta:
        verbose_name = _("acknowledgement")
        verbose_name_plural = _("acknowledgements")
        default_permissions = ()
        ordering = ["version", "organisation", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["version", "organisation"],
                condition=Q(facility=None),
                name="one_acknowledgement_an_organisation",
            ),
            models.UniqueConstraint(fields=["version", "facility"], name="one_acknowledgement_a_facility"),
            models.CheckConstraint(
                condition=Q(since=None) | Q(facility=None), name="a_directorate_says_from_when_it_applies"
            ),
        ]

    def __str__(self) -> str:
        """The version and who has read it."""
        return f"{self.version} · {self.facility or self.organisation}"


def waiting_for(organisation: int | None, day: datetime.date) -> models.QuerySet[PolicyVersion]:
    """The versions that hold on a day, or will, and that an organisation has not acknowledged; the first to hold first."""
    read = Acknowledgement.objects.of_organisations().filter(version=OuterRef("pk"), organisation=organisation)
    rows = PolicyVersion.objects.standing().filter(Q(valid__endswith=None) | Q(valid__endswith__gt=day), ~Exists(read))
    return rows.select_related("policy__owner").order_by(F("valid__startswith"), "pk")


@dataclass(frozen=True)
class Standing:
    """Where an organisation stands with a version: since when it has read it and applies it, what it voted, its facilities.

    Of the facilities for which it speaks today (`whole`), `facilities` have acknowledged it, whoever said so; None where the
    reader is told of no facilities.
    """

    organisation: Organisation
    at: datetime.datetime | None
    since: datetime.date | None
    reservation: str
    facilities: int | None
    whole: int | None

    @property
    def name(self) -> str:
        """The organisation's name in the reader's language."""
        return self.organisation.name


def speaking(day: datetime.date) -> models.QuerySet[Support]:
    """The supports of a day by organisations that act: for a facility of one that was dissolved or suspended its directorate speaks."""
    return Support.objects.at(day).filter(organisation__status=OrganisationStatus.ACTIVE)


def spoken_for(rows: FacilityQuerySet, day: datetime.date) -> dict[int, dict[int, str]]:
    """For which of some facilities each organisation speaks on a day, with the paths of their places: those that support one
    and act, or the directorate competent for it where none does.
    """
    found: defaultdict[int, dict[int, str]] = defaultdict(dict)
    support = speaking(day).filter(facility__in=rows)
    for organisation, facility, path in support.values_list("organisation", "facility", "facility__place__path"):
        found[organisation][facility] = path
    for directorate, facility, path in alone(rows, day).values_list("directorate_id", "pk", "place__path"):
        if directorate is not None:
            found[directorate][facility] = path
    return found


def alone(rows: FacilityQuerySet, day: datetime.date) -> Any:
    """Those of some facilities that nobody who acts supports on a day, each with the directorate competent for it."""
    support = speaking(day).filter(facility=OuterRef("pk"))
    return rows.with_directorate(day).filter(~Exists(support))


def unread_facilities(version: PolicyVersion) -> FacilityQuerySet:
    """The facilities that have not acknowledged a version."""
    read = Acknowledgement.objects.filter(version=version, facility=OuterRef("pk"))
    return Facility.objects.standing().filter(~Exists(read))


def standings(version: PolicyVersion, *, facilities: bool = True) -> list[Standing]:
    """Where each organisation that acknowledges, or did, stands with a version: directorates first, by code.

    Without `facilities` it is not told for how many each speaks: that is for whoever sees the register.
    """
    own = {one.organisation_id: one for one in version.acknowledgements.filter(facility=None)}
    done = set(version.acknowledgements.filter(facility__isnull=False).values_list("facility", flat=True))
    spoken = spoken_for(Facility.objects.standing(), timezone.localdate())
    reserved = _reservations(version)
    spoke = Q(pk__in=[*own, *reserved])
    rows = Organisation.objects.filter(Q(status=OrganisationStatus.ACTIVE) | spoke, kind__in=ACKNOWLEDGING)
    rows = rows.order_by("kind", "code")
    found = []
    for one in rows:
        read = own.get(one.pk)
        since = (read.since or version.first_day) if read and one.kind == Kind.DIRECTORATE else None
        ours = spoken.get(one.pk, {}).keys()
        reservation, at = reserved.get(one.pk, ""), read.at if read else None
        told = (len(ours & done), len(ours)) if facilities else (None, None)
        found.append(Standing(one, at, since, reservation, *told))
    return found


def _reservations(version: PolicyVersion) -> dict[int, str]:
    """The reservations with which organisations adopted a version, by id."""
    if version.ballot is None:
        return {}
    electors = version.ballot.electors.with_vote().filter(left_out="")
    return {one.organisation_id: one.reservation for one in electors if one.choice and one.reservation}
