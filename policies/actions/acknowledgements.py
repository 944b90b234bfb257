"""What is done about acknowledgements: say that a version was read, for an organisation or its facilities; remind of it."""

import datetime
from collections.abc import Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, User
from directorates.models.deputies import holders, roles_with
from directorates.models.organisations import Kind
from directorates.permissions import Columns, Permission, Refused, may, require, scoped
from facilities.models import Facility
from policies.actions.telling import tell_people, tell_policy
from policies.actions.versions import FARTHEST
from policies.models import Acknowledgement, PolicyVersion
from policies.models.acknowledgements import ACKNOWLEDGING, speaking, spoken_for, unread_facilities, waiting_for

# So many days after it began to hold, or was adopted, who has not acknowledged it is reminded; and again each so many days.
REMINDED_AFTER, REMINDED_EVERY, MOST_REMINDERS = 7, 14, 6


def to_acknowledge(user: User, day: datetime.date) -> QuerySet[PolicyVersion]:
    """What a person can acknowledge for the organisation acted for and nobody has; the first to hold first."""
    rows = waiting_for(user.acting_id, day)
    # Every page counts these: who acts is asked in the same query.
    asked = Organisation.objects.filter(pk=user.acting_id or 0, kind__in=ACKNOWLEDGING)
    return rows.filter(Exists(asked)) if _holds_right(user) else rows.none()


def _holds_right(user: User) -> bool:
    """Whether a person holds the right to acknowledge in the organisation acted for, whatever that is."""
    return may(user, Permission.ACKNOWLEDGE_POLICIES, Acknowledgement(organisation_id=user.acting_id or 0))


def may_acknowledge(user: User) -> bool:
    """Whether a person acknowledges for the organisation acted for, and notes how far that applies what holds."""
    return _holds_right(user) and user.acting is not None and user.acting.kind in ACKNOWLEDGING


def demand_acknowledging(by: User) -> Organisation:
    """The organisation acted for; `Refused` where the person may not acknowledge for it, or it is none that does."""
    own = Acknowledgement(organisation_id=by.acting_id or 0)
    require(by, Permission.ACKNOWLEDGE_POLICIES, own)
    acting = by.acting
    if acting is None or acting.kind not in ACKNOWLEDGING:
        detail = _("Directorates and NGOs acknowledge policies; your organisation is neither.")
        raise Refused(Permission.ACKNOWLEDGE_POLICIES, own, code="not_asked", detail=detail)
    return acting


@transaction.atomic
def acknowledge_policy(
    *, version: PolicyVersion, since: datetime.date | None, by: User, at: datetime.datetime
) -> Acknowledgement:
    """Say for the organisation acted for that it has read a version; a directorate may say that it applies it later.

    Said twice alike, it is kept once; 409 `acknowledged` where it was said with another day: the first stays, and that is told.
    409 `not_in_force` where the version holds no more, or was never adopted; 400 `invalid` for a day before the version's own,
    or far off.
    """
    acting = demand_acknowledging(by)
    held = holding(version, at)
    if faults := list(_since_faults(held, since, acting, at)):
        raise Problem("invalid", faults[0].message, errors=faults)
    kept, new = Acknowledgement.objects.of_organisations().get_or_create(
        version=held,
        organisation=acting,
        facility=None,
        defaults={"since": since, "by": by, "instead_of_id": by.instead_of_id, "at": at},
    )
    if new:
        record(by, "acknowledge", held, policy=held.policy.code, version=held.number)
    elif (since or held.first_day) != (kept.since or held.first_day):
        raise _acknowledged(kept, held)
    return kept


def _acknowledged(kept: Acknowledgement, version: PolicyVersion) -> Problem:
    """What is told where the organisation acknowledged it already, with another day."""
    told = {"day": timezone.localdate(kept.at).isoformat(), "since": str(kept.since or version.first_day)}
    words = _("Acknowledged on %(day)s already, and applied from %(since)s. That stays; nothing was changed.") % told
    return Problem("acknowledged", words, 409, [Fault("since", "acknowledged", words)])


def holding(version: PolicyVersion, at: datetime.datetime, *, locked: bool = False) -> PolicyVersion:
    """The version as it is now, if it holds or will; 409 `not_in_force` otherwise."""
    rows = PolicyVersion.objects.select_for_update(of=("self",)) if locked else PolicyVersion.objects.all()
    held = rows.select_related("policy").get(pk=version.pk)
    if not held.holds_or_will(timezone.localdate(at)):
        raise Problem("not_in_force", _("Only of a version that holds, or will, this is said."), 409)
    return held


def _since_faults(
    version: PolicyVersion, since: datetime.date | None, acting: Organisation, at: datetime.datetime
) -> Iterable[Fault]:
    """A day that cannot be, or is not this organisation's to say."""
    if since is None:
        return
    if acting.kind != Kind.DIRECTORATE:
        yield Fault("since", "not_asked", _("Directorates say from when they apply a policy."))
    if version.first_day is not None and since < version.first_day:
        message = _("It holds from %(day)s: it is applied on that day or later.")
        yield Fault("since", "too_early", message % {"day": version.first_day.isoformat()})
    if since > timezone.localdate(at) + FARTHEST:
        yield Fault("since", "too_late", _("It is applied within a year."))


def facilities_to_acknowledge(user: User, version: PolicyVersion, day: datetime.date) -> QuerySet[Facility]:
    """The facilities of the organisation acted for that have not acknowledged a version."""
    read = Acknowledgement.objects.filter(version=version, facility=OuterRef("pk"))
    return _own_facilities(user, day).filter(~Exists(read)).select_related("place").order_by("code")


def to_acknowledge_for_facilities(user: User, day: datetime.date) -> QuerySet[PolicyVersion]:
    """The versions that hold on a day and that some facility of the organisation acted for has not acknowledged."""
    if not may(user, Permission.SUBMIT_REPORTS):
        return PolicyVersion.objects.none()
    read = Acknowledgement.objects.filter(version=OuterRef(OuterRef("pk")), facility=OuterRef("pk"))
    unread = _own_facilities(user, day).filter(~Exists(read))
    return PolicyVersion.objects.at(day).filter(Exists(unread)).select_related("policy").order_by("valid", "pk")


def _own_facilities(user: User, day: datetime.date) -> QuerySet[Facility]:
    """The facilities that the organisation acted for supports, or is competent for where nobody supports them, inside the
    places of the person's role.
    """
    if not may(user, Permission.SUBMIT_REPORTS) or user.acting_id is None:
        return Facility.objects.none()
    support = speaking(day).filter(facility=OuterRef("pk"))
    ours = Exists(support.filter(organisation=user.acting_id)) | Q(~Exists(support), directorate_id=user.acting_id)
    rows = Facility.objects.visible_to(user).standing().with_directorate(day).filter(ours)
    rows = rows.annotate(acting=Value(user.acting_id))
    inside = scoped(user, Permission.SUBMIT_REPORTS, Columns(("acting",), "place__path"))
    return rows.filter(inside)


@transaction.atomic
def acknowledge_for_facilities(
    *, version: PolicyVersion, facilities: Iterable[Facility], by: User, at: datetime.datetime
) -> int:
    """Say that the people of some facilities have read a version; answers how many facilities are new.

    `Refused` where one of them is not the organisation's to speak for. Those that are acknowledged already stay so.
    """
    asked = list(facilities)
    require(by, Permission.SUBMIT_REPORTS)
    held, day = holding(version, at), timezone.localdate(at)
    allowed = set(
        facilities_to_acknowledge(by, held, day).filter(pk__in=[one.pk for one in asked]).values_list("pk", flat=True)
    )
    done = set(Acknowledgement.objects.filter(version=held, facility__in=asked).values_list("facility", flat=True))
    if any(one.pk not in allowed | done for one in asked):
        detail = _("One of these facilities is neither supported by your organisation nor in its care.")
        raise Refused(Permission.SUBMIT_REPORTS, held, code="not_asked", detail=detail)
    rows = [
        Acknowledgement(version=held, organisation_id=by.acting_id or 0, facility=one, by=by, instead_of_id=by.instead_of_id, at=at)
        for one in asked
        if one.pk in allowed
    ]  # fmt: skip
    Acknowledgement.objects.bulk_create(rows, ignore_conflicts=True)
    if rows:
        told = {"policy": held.policy.code, "version": held.number, "facilities": len(rows)}
        record(by, "acknowledge_for_facilities", held, **told)
    return len(rows)


@unwalled
def remind_to_acknowledge(*, at: datetime.datetime) -> int:
    """Remind the organisations that have not acknowledged what holds, and whoever speaks for facilities that have not: a week
    after it could be read, then every fortnight.

    At most six times; answers how many people were told. Run twice a day, it tells each once.
    """
    today, told = timezone.localdate(at), 0
    for version in PolicyVersion.objects.at(today).select_related("policy").order_by("pk"):
        began = max(version.first_day or today, timezone.localdate(version.fixed))
        days = (today - began).days - REMINDED_AFTER
        if days < 0 or days // REMINDED_EVERY >= MOST_REMINDERS:
            continue
        read = Acknowledgement.objects.of_organisations().filter(version=version, organisation=OuterRef("pk"))
        late = Organisation.objects.active().filter(~Exists(read), Q(kind__in=ACKNOWLEDGING))
        key = f"reminder:{days // REMINDED_EVERY}"
        ids = list(late.values_list("pk", flat=True))
        told += tell_policy(version, "acknowledge", ids, Permission.ACKNOWLEDGE_POLICIES, key, at)
        told += _remind_facilities(version, today, key, at)
    return told


def _remind_facilities(version: PolicyVersion, day: datetime.date, key: str, at: datetime.datetime) -> int:
    """Tell whoever reports for facilities that have not acknowledged a version how many of theirs these are."""
    waits = spoken_for(unread_facilities(version), day)
    counts: dict[int, int] = {}
    for one in holders(waits, roles_with(Permission.SUBMIT_REPORTS), day):
        inside = tuple(place.path for place in one.membership.places.all())
        paths = waits[one.membership.organisation_id].values()
        count = sum(not inside or path.startswith(inside) for path in paths)
        if count:
            counts[one.person.pk] = max(counts.get(one.person.pk, 0), count)
    people = {person: {"facilities": count} for person, count in counts.items()}
    url = reverse("policies:acknowledge_facilities", args=[version.policy.code, version.number])
    return tell_people(version, "acknowledge_facilities", people, key, at, url)
