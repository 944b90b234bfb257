"""What is done with grants of exact positions: asked for, approved by two organisations, ended by either at once."""

import datetime

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Jurisdiction, Organisation, Place, User
from directorates.models.deputies import holders
from directorates.models.organisations import Kind
from directorates.models.places import Level
from directorates.permissions import Columns, Permission, Refused, may, require, scoped
from directorates.roles import Role
from directorates.rules.text import clean_text
from facilities.actions.standing import demand_standing
from facilities.models import Facility, PositionApproval, PositionGrant
from facilities.models.position_grants import MOST_DAYS, GrantState

LONGEST_PURPOSE = 1000
# What is granted at once lies in a sub-district or a district; never in a whole governorate.
WIDEST = Level.DISTRICT


@transaction.atomic
def ask_for_positions(
    *,
    facility: Facility,
    place: Place | None = None,
    only_me: bool,
    purpose: str,
    until: datetime.date,
    by: User,
    at: datetime.datetime,
) -> PositionGrant:
    """Ask to read where a facility stands, or where those of a place around it do; sent twice, it is one.

    The recipient is the organisation acted for: whoever asks, or everyone there who may read exact positions.
    """
    require(by, Permission.READ_POSITIONS, facility)
    demand_standing(facility)
    today, around, purpose = timezone.localdate(at), place or facility.place, clean_text(purpose, multiline=True)
    directorate = _directorate(around, today)
    faults = _faults(purpose, until, today) + _faults_of_place(place, facility, by)
    if directorate is None:
        words = _("One directorate must be competent for all of it today, because it approves. Ask for less.")
        faults.append(Fault("scope", "not_one_directorate", words))
    if faults or directorate is None or by.acting is None:
        raise Problem("invalid", _("It cannot be asked for like this; each fault is listed."), errors=faults)
    asked = {
        "facility": None if place else facility,
        "place": place,
        "organisation": by.acting,
        "person": by if only_me else None,
        "purpose": purpose,
        "until": until,
        "by": by,
    }
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    if (before := PositionGrant.objects.filter(ended=None, day=today, **asked).first()) is not None:
        return before
    grant = PositionGrant.objects.create(directorate=directorate, path=around.path, day=today, at=at, **asked)
    record(by, "ask_for_positions", grant, until=until.isoformat(), purpose=purpose, **_what(grant))
    _tell(grant, "asked", _approvers(grant, today) - {by.pk}, at)
    return grant


def _what(grant: PositionGrant) -> dict[str, str]:
    """What a grant is about, for the record."""
    return {"facility": grant.facility.code} if grant.facility else {"place": grant.place.code if grant.place else ""}


def _directorate(place: Place, today: datetime.date) -> Organisation | None:
    """The one directorate that is competent for everything in a place today."""
    parts = Place.objects.standing().under(place).filter(level=Level.SUBDISTRICT)
    rows = Jurisdiction.objects.at(today).filter(place__in=parts)
    found = list(Organisation.objects.filter(pk__in=rows.values("organisation"), kind=Kind.DIRECTORATE))
    return found[0] if len(found) == 1 and rows.count() == parts.count() else None


def _faults(purpose: str, until: datetime.date, today: datetime.date) -> list[Fault]:
    """What is wrong with purpose and time. Neither holds a location: approvers read it, and so does the record, unencrypted."""
    found = location_faults(purpose=purpose)
    if not purpose:
        found.append(Fault("purpose", "required", _("A purpose is needed: those who approve decide by it.")))
    if len(purpose) > LONGEST_PURPOSE:
        found.append(Fault("purpose", "too_long", _("At most %(number)s characters.") % {"number": LONGEST_PURPOSE}))
    if until < today:
        found.append(Fault("until", "in_the_past", _("The last day is over already.")))
    if until > today + datetime.timedelta(days=MOST_DAYS):
        words = _("At most %(days)s days from today; it can be asked for again.") % {"days": MOST_DAYS}
        found.append(Fault("until", "too_long", words))
    return found


def _faults_of_place(place: Place | None, facility: Facility, by: User) -> list[Fault]:
    """What is wrong with the place, where one is asked for."""
    if place is None:
        return []
    open_to = Place.objects.filter(scoped(by, Permission.READ_POSITIONS, Columns(path="path")), pk=place.pk)
    if place.level < WIDEST or not facility.place.path.startswith(place.path) or not open_to.exists():
        return [Fault("scope", "too_wide", _("At most the facilities of one district can be asked for."))]
    return []


@transaction.atomic
def approve_grant(*, grant: PositionGrant, by: User, at: datetime.datetime) -> PositionGrant:
    """Approve a grant as one of the two organisations that must: the competent directorate, and another one."""
    require(by, Permission.APPROVE_POSITIONS, grant)
    held, today = _locked(grant), timezone.localdate(at)
    state = held.state(today)
    if state is not GrantState.ASKED:
        raise Problem("wrong_state", _("This waits for no approval: %(state)s.") % {"state": state.label}, 409)
    # Nor does a deputy of whoever asks.
    if by.acting is None or {by.pk, by.instead_of_id or by.pk} & {held.by_id, held.person_id}:
        words = _("Who asks for a location, or is to read it, does not approve it.")
        raise Refused(Permission.APPROVE_POSITIONS, held, code="own_request", detail=words)
    if _directorate(_place_of(held), today) != held.directorate:
        words = _("Another directorate is competent there by now. It has to be asked for anew.")
        raise Problem("competence_moved", words, 409)
    theirs = by.acting_id == held.directorate_id
    if any((one.acting_id == held.directorate_id) == theirs or one.by_id == by.pk for one in held.given):
        words = _("This approval was given already; the other one is another organisation's and another person's.")
        raise Problem("approved_already", words, 409)
    PositionApproval.objects.create(grant=held, by=by, acting=by.acting, at=at)
    record(by, "approve_positions", held, **_what(held))
    fresh = PositionGrant.objects.named().get(pk=held.pk)
    if fresh.approved:
        _tell(fresh, "granted", {fresh.by_id}, at)
    return fresh


def _place_of(grant: PositionGrant) -> Place:
    """The place that a grant is about, or the sub-district of its facility."""
    return Place.objects.get(path=grant.path)


def _locked(grant: PositionGrant) -> PositionGrant:
    """The grant, with nobody else writing it."""
    PositionGrant.objects.select_for_update().get(pk=grant.pk)
    return PositionGrant.objects.named().get(pk=grant.pk)


@transaction.atomic
def end_grant(*, grant: PositionGrant, reason: str, by: User, at: datetime.datetime) -> PositionGrant:
    """End a grant at once: whoever may approve it refuses or revokes it, its recipient gives it back."""
    held, today = _locked(grant), timezone.localdate(at)
    oversees = may(by, Permission.APPROVE_POSITIONS, held)
    if not oversees and not _receives(by, held):
        raise Refused(Permission.APPROVE_POSITIONS, held)
    if oversees:
        require(by, Permission.APPROVE_POSITIONS, held)  # for whom a deputy stands in goes into the record
    state, reason = held.state(today), clean_text(reason, multiline=True)
    if state not in {GrantState.ASKED, GrantState.GRANTED}:
        raise Problem("wrong_state", _("This has ended already: %(state)s.") % {"state": state.label}, 409)
    if not reason and oversees:
        words = _("A reason is needed: it stands in the record.")
        raise Problem("invalid", words, errors=[Fault("reason", "required", words)])
    # Whoever gives a grant back has perhaps read the location.
    if located := location_faults(reason=reason):
        raise Problem("invalid", located[0].message, errors=located)
    held.ended, held.ended_by, held.ended_acting, held.ended_why = at, by, by.acting, reason[:LONGEST_PURPOSE]
    how = GrantState.REVOKED if state is GrantState.GRANTED else GrantState.REFUSED
    held.ended_how = how if oversees else GrantState.WITHDRAWN
    held.save(update_fields=["ended", "ended_by", "ended_acting", "ended_why", "ended_how"])
    record(by, "end_position_grant", held, how=held.ended_how, reason=reason, **_what(held))
    _tell(held, held.ended_how.removeprefix("grant_"), {held.by_id} - {by.pk}, at)
    return held


def _receives(by: User, grant: PositionGrant) -> bool:
    """Whether a person asked for a grant, or is the one that it was given to."""
    return by.acting_id == grant.organisation_id and by.pk in {grant.by_id, grant.person_id}


@unwalled
def _approvers(grant: PositionGrant, today: datetime.date) -> set[int]:
    """Who can approve a grant: directors of the competent directorate, administrators."""
    bodies = Organisation.objects.active().filter(kind=Kind.BODY).values_list("pk", flat=True)
    found = holders([grant.directorate_id], [Role.DIRECTOR], today)
    return {one.person.pk for one in [*found, *holders(bodies, [Role.ADMINISTRATOR], today)] if one.covers(grant.path)}


def _tell(grant: PositionGrant, what: str, people: set[int], at: datetime.datetime) -> None:
    """Tell people what became of a grant; a notice names the facility or the place, never where it is."""
    thing = grant.facility or grant.place
    values = {
        "what": what,
        "thing": {"ar": thing.name_ar, "en": thing.name_en} if thing else {},
        "organisation": {"ar": grant.organisation.name_ar, "en": grant.organisation.name_en},
        "until": grant.until.isoformat(),
    }
    told = [Told(person, f"position_grant:{grant.pk}:{what}", values) for person in people]
    notify("position_grant", told, url=reverse("facilities:position_grant", args=[grant.pk]), at=at)
