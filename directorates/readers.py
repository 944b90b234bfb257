"""Who can see a thing, or could on some days, and why: from the same grants and memberships that open it."""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any, ClassVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, Model, Q, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from directorates.foundation.sight import unwalled
from directorates.models import (
    AuditEvent,
    Dataset,
    DatasetGrant,
    Deputyship,
    Membership,
    Organisation,
    OrganisationGrant,
    SharingAgreement,
    User,
)
from directorates.models.grants import Grant, PlaceGrant, RoleGroup
from directorates.models.seals import not_sealed, sealed
from directorates.models.validity import lasting
from directorates.permissions import Columns, Permission, rights_of
from directorates.rights import value_of
from directorates.roles import Role

# Why a role opens a thing, by the column of the thing that its organisation stands in.
WHY: Mapping[str, Promise] = {
    "reporter_id": _("its own report"),
    "reviewer_id": _("reviews it"),
    "directorate_id": _("is competent for it"),
    "competent_today": _("is competent for it"),
    "owner_id": _("keeps it"),
}
EVERY_PLACE = _("sees all places of the country")
SOME_PLACE = _("sees this place")
CUSTODY = _("is custodian of the data")
AGREED = _("was granted the data")


@dataclass(frozen=True)
class Reader:
    """A role in an organisation that opens a thing: why, and how many people held it on the days asked for."""

    organisation: Organisation
    role: Role
    why: Promise
    people: int
    deputies: int


@dataclass(frozen=True)
class Data:
    """What a dataset holds of a place, for asking who sees it; "" asks of any place."""

    dataset_id: int
    path: str = ""

    SCOPES: ClassVar[Mapping[Permission, Columns]] = dict.fromkeys(
        (Permission.VIEW_REPORTS, Permission.VIEW_FIGURES, Permission.VIEW_EDITIONS),
        Columns(path="path", dataset="dataset_id"),
    )


def data_seen_by(user: User | AnonymousUser) -> QuerySet[Dataset]:
    """The datasets of which a person may see something, be it an own report: they may know who else does."""
    rights = rights_of(user)
    rows = Dataset.objects.select_related("custodian").order_by("code")
    opened = [rights.datasets(one, "pk") for one in Data.SCOPES]
    if any(scope.permission is Permission.VIEW_REPORTS and scope.organisation for scope in rights.scopes):
        opened.append(Q(by_agreement=False))
    return rows.filter(
        reduce(or_, opened, Q(custodian=getattr(user, "acting_id", None)) if rights.scopes else Q(pk__in=()))
    )


def readers_of(
    thing: Model | Data, permission: Permission, first: datetime.date, last: datetime.date, *, own: bool = False
) -> list[Reader]:
    """The roles that opened the thing on some day from the first to the last, both included; `own`: of its reporter alone.

    The scope columns are those that the thing has now: who was competent for it earlier stands in its history.
    """
    columns, span = thing.SCOPES[permission], lasting(first, last)  # type: ignore[union-attr]
    found: dict[tuple[int, str], tuple[RoleGroup, Promise]] = {}
    for grant, why in _grants(thing, columns, permission, span, own=own):
        held = grant.group.role_group
        found.setdefault((held.organisation_id, held.role), (held, why))
    path = value_of(thing, columns.path) if columns.path else ""
    members = _members(found, span, path)
    readers = [
        Reader(held.organisation, Role(held.role), why, *members.get(key, (0, 0))) for key, (held, why) in found.items()
    ]
    return sorted(
        (one for one in readers if one.people or one.deputies),
        key=lambda one: (
            str(one.why) != str(WHY["reporter_id"]),
            one.organisation.kind,
            one.organisation.code,
            one.role,
        ),
    )


def _grants(
    thing: Model | Data, columns: Columns, permission: Permission, span: Any, *, own: bool
) -> Iterator[tuple[Grant, Promise]]:
    """The grants that open the thing, each with why."""
    held = {"permission__codename": permission.value, "valid__overlap": span, "group__role_group__isnull": False}
    related = "group__role_group__organisation"
    named = {value_of(thing, column): WHY[column] for column in reversed(columns.organisations)}
    for grant in OrganisationGrant.objects.filter(content_object__in=[pk for pk in named if pk], **held).select_related(
        related
    ):
        if not own or grant.content_object_id == value_of(thing, columns.organisations[0]):
            yield grant, named[grant.content_object_id]
    if own:
        return
    path = value_of(thing, columns.path) if columns.path else ""
    data = value_of(thing, columns.dataset) if columns.dataset else None
    if columns.path:
        yield from _of_places(path, data, held)
    if columns.dataset:
        grants = list(DatasetGrant.objects.filter(content_object=data, **held).select_related(related))
        agreements = _agreements({one.agreement_id for one in grants if one.agreement_id})
        for one in grants:
            if one.agreement_id is None:
                yield one, CUSTODY
            elif _reached(agreements[one.agreement_id], span, path):
                yield one, AGREED


def _agreements(ids: set[int]) -> dict[int, SharingAgreement]:
    """Some agreements with their places, by id; where there are none nothing is asked."""
    return _whole_agreements(ids) if ids else {}


@unwalled
def _whole_agreements(ids: set[int]) -> dict[int, SharingAgreement]:
    """The agreements whoever they are between: that somebody reads by one is told to others too, what it says is not."""
    return SharingAgreement.objects.prefetch_related("places").in_bulk(ids)


def _of_places(path: str, data: int | None, held: Mapping[str, Any]) -> Iterator[tuple[Grant, Promise]]:
    """The grants on a place and on what it lies in, of any place where none is asked about."""
    # No place opens what is read by agreement only.
    closed = Dataset.objects.filter(pk=data or 0, by_agreement=True)
    rows = PlaceGrant.objects.filter(~Exists(closed), **held)
    if path:
        rows = rows.filter(content_object__path__in=_above(path))
    for place in rows.select_related("group__role_group__organisation", "content_object"):
        yield place, EVERY_PLACE if place.content_object.level == 0 else SOME_PLACE


def _reached(agreement: SharingAgreement, span: Any, path: str) -> bool:
    """Whether an agreement had not ended before the days asked for, and reaches the place."""
    ended = timezone.localdate(agreement.ended) if agreement.ended else None
    paths = [place.path for place in agreement.places.all()]
    if span.lower is not None and span.lower >= timezone.localdate() and (ended or sealed([agreement.custodian_id])):
        return False
    return (ended is None or ended >= span.lower) and (not path or not paths or any(_meet(path, one) for one in paths))


def _above(path: str) -> list[str]:
    """The paths of a place and of everything it lies in."""
    parts = path.strip("/").split("/")
    return ["/".join(parts[:number]) + "/" for number in range(1, len(parts) + 1)]


def _members(keys: Mapping[tuple[int, str], Any], span: Any, path: str) -> dict[tuple[int, str], tuple[int, int]]:
    """How many people held each role in each organisation on some of the days, where it reaches the place, and deputies."""
    rows = Membership.objects.filter(valid__overlap=span, organisation__in={key[0] for key in keys})
    today = timezone.localdate()
    deputyships: QuerySet[Deputyship] = Deputyship.objects.given().filter(valid__overlap=span)
    if span.lower is not None and span.lower >= today:
        # What closes rights today closed none on days before.
        rows = rows.filter(not_sealed("organisation"), person__is_active=True, organisation__status="active")
        deputyships = Deputyship.objects.standing(today)
    people: dict[tuple[int, str], set[int]] = {}
    reaching: dict[int, tuple[int, str]] = {}
    for row in rows.prefetch_related("places"):
        key, places = (row.organisation_id, row.role), list(row.places.all())
        if key in keys and (not path or not places or any(_meet(path, place.path) for place in places)):
            people.setdefault(key, set()).add(row.person_id)
            reaching[row.pk] = key
    deputies: dict[tuple[int, str], set[int]] = {}
    for one in deputyships.filter(membership__in=reaching):
        if one.ended is None or one.ended.date() >= (span.lower or one.ended.date()):
            deputies.setdefault(reaching[one.membership_id], set()).add(one.deputy_id)
    return {key: (len(found), len(deputies.get(key, ()))) for key, found in people.items()}


def _meet(path: str, other: str) -> bool:
    """Whether one of two places lies in the other: whoever sees a part of a place sees something of it."""
    return path.startswith(other) or other.startswith(path)


def readings_of(thing: Model, first: datetime.date, last: datetime.date) -> QuerySet[AuditEvent]:
    """Who of other organisations read the thing on some days, the last first."""
    named = Q(kind=thing._meta.label_lower, thing=str(thing.pk), what="read", refused=False)
    rows = AuditEvent.objects.filter(named, at__date__range=(first, last))
    return rows.select_related("by", "acting").order_by("-id")
