"""What is done for someone who lost a second factor: one person asks, a second confirms or refuses, the person is told."""

import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.actions.people import organisations_managed_by
from directorates.actions.sessions import end_sessions
from directorates.audit import record
from directorates.foundation.letters import send_letter
from directorates.foundation.problems import Problem
from directorates.foundation.sight import hidden_people
from directorates.models import FactorReset, Membership, User
from directorates.permissions import Permission, Refused, demand_own_right, may, require


def asked_about_by(user: User) -> QuerySet[Membership]:
    """The roles of those whose lost factor someone may ask to take away, and decide about what another asked.

    Of one's own people; of all, for an administrator of the portal, as whoever manages an organisation's people can lose a
    factor as well. Of people whose names are hidden, nobody's.
    """
    today, shown = timezone.localdate(), Membership.objects.exclude(person__in=list(hidden_people()))
    if may(user, Permission.MANAGE_ORGANISATIONS):
        return shown
    return shown.filter(valid__contains=today, organisation__in=organisations_managed_by(user))


def demand_asking(user: User, person: User) -> None:
    """Raise unless someone may ask and decide about a person; the record then names for whom somebody stands in."""
    if not asked_about_by(user).filter(person=person).exists():
        raise Refused(Permission.MANAGE_PEOPLE, person)
    administers = may(user, Permission.MANAGE_ORGANISATIONS)
    require(user, Permission.MANAGE_ORGANISATIONS if administers else Permission.MANAGE_PEOPLE)


def waiting_for(user: User) -> QuerySet[FactorReset]:
    """What waits for a second person and is about somebody whom the person may ask about, newest first."""
    people = asked_about_by(user).values("person")
    rows = FactorReset.objects.filter(decided_at=None, person__in=people).exclude(person=user)
    return rows.select_related("person", "by")


@transaction.atomic
def ask_reset(*, person: User, reason: str, by: User, at: datetime.datetime) -> FactorReset:
    """Ask that a lost factor be taken away; nothing happens until a second person confirms."""
    if person == by:
        raise Refused(Permission.MANAGE_PEOPLE, person)
    demand_asking(by, person)
    demand_own_right(by, Permission.MANAGE_PEOPLE, person)
    # Two who ask at once: the second waits, and is told.
    User.objects.select_for_update().get(pk=person.pk)
    if not Authenticator.objects.filter(user=person).exists():
        raise Problem("no_factor", _("This person has no second step that could be taken away."), 409)
    if FactorReset.objects.filter(person=person, decided_at=None).exists():
        raise Problem("asked_already", _("This was asked already and waits for a second person."), 409)
    reset = FactorReset.objects.create(person=person, reason=reason, by=by, at=at)
    record(by, "ask_factor_reset", person, reason=reason)
    return reset


def _open(reset: FactorReset) -> FactorReset:
    """The reset, locked; raise where it was decided meanwhile."""
    held = FactorReset.objects.select_for_update(of=("self",)).select_related("person").get(pk=reset.pk)
    if held.decided_at is not None:
        raise Problem("decided_already", _("This was decided already."), 409)
    return held


def _decide(held: FactorReset, by: User, at: datetime.datetime, *, confirmed: bool) -> None:
    """Write the decision."""
    held.decided_by, held.decided_at, held.confirmed = by, at, confirmed
    held.save(update_fields=["decided_by", "decided_at", "confirmed"])


@transaction.atomic
def confirm_reset(*, reset: FactorReset, by: User, at: datetime.datetime) -> None:
    """Take the factor away as a second person; every session and key ends, and the person is told by letter."""
    held = _open(reset)
    if by in (held.by, held.person):
        detail = _("A second person has to confirm: neither who asked nor whose step it is.")
        raise Refused(Permission.MANAGE_PEOPLE, held.person, code="second_person", detail=detail)
    demand_asking(by, held.person)
    demand_own_right(by, Permission.MANAGE_PEOPLE, held.person)
    _decide(held, by, at, confirmed=True)
    Authenticator.objects.filter(user=held.person).delete()
    end_sessions(held.person)
    record(by, "reset_factor", held.person, reason=held.reason, asked_by=held.by_id)
    transaction.on_commit(lambda: send_letter("letters/factor_reset.txt", held.person.email, reset=held))


@transaction.atomic
def refuse_reset(*, reset: FactorReset, by: User, at: datetime.datetime) -> None:
    """Refuse, or withdraw what one asked oneself; the factor stays."""
    held = _open(reset)
    if by == held.person:
        raise Refused(Permission.MANAGE_PEOPLE, held.person)
    demand_asking(by, held.person)
    _decide(held, by, at, confirmed=False)
    record(by, "refuse_factor_reset", held.person)
