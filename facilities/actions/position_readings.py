"""Reading an exact position: by a standing grant, with a reason, on record, one facility at a time, and not often."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.models.seals import sealed
from directorates.permissions import Permission, Refused, require
from directorates.rules.text import clean_text
from facilities.actions.positions import LONGEST_REASON, open_position
from facilities.actions.standing import demand_standing
from facilities.models import Facility, PositionGrant, PositionReading
from facilities.models.position_grants import GrantState
from facilities.rules.positions import Position

HOUR, DAY = datetime.timedelta(hours=1), datetime.timedelta(days=1)
# Enough to find the way to a facility and its neighbours; far too little to copy a register.
MOST_IN_AN_HOUR = 10
MOST_IN_A_DAY = 20
MOST_OF_AN_ORGANISATION = 40


@transaction.atomic
def read_position(
    *, grant: PositionGrant, facility: Facility, reason: str, by: User, at: datetime.datetime
) -> tuple[PositionReading, Position]:
    """The exact position of one facility, with the line that was written about this reading before it was opened."""
    require(by, Permission.READ_POSITIONS, facility)
    held = PositionGrant.objects.to(by).named().select_for_update(of=("self",), no_key=True).filter(pk=grant.pk).first()
    if held is None or not held.covers(facility):
        raise Refused(Permission.READ_POSITIONS, facility)
    demand_standing(facility)
    _demand_standing_grant(held, facility, timezone.localdate(at))
    reason = clean_text(reason, multiline=True)
    if not reason or len(reason) > LONGEST_REASON:
        words = _("A reason of at most %(number)s characters is needed: it stands in the record.")
        fault = Fault("reason", "required", words % {"number": LONGEST_REASON})
        raise Problem("invalid", fault.message, errors=[fault])
    # Of a second reading, too: what was read before would stand in the record unencrypted.
    if located := location_faults(reason=reason):
        raise Problem("invalid", located[0].message, errors=located)
    _demand_patience(held.organisation, by, at)
    reading = PositionReading.objects.create(
        grant=held, facility=facility, by=by, acting=held.organisation, reason=reason, at=at
    )
    record(by, "read_position", facility, facility=facility.code, grant=held.pk, reading=reading.pk, reason=reason)
    return reading, open_position(facility)


def _demand_standing_grant(grant: PositionGrant, facility: Facility, today: datetime.date) -> None:
    """Raise 409 where the grant gives nothing today: not approved, over, ended, or of a directorate no longer competent."""
    state = grant.state(today)
    if state is not GrantState.GRANTED:
        raise Problem("no_grant", _("This grant opens nothing: %(state)s.") % {"state": state.label}, 409)
    if sealed([grant.directorate_id]):
        raise Problem("sealed", _("The directorate is sealed: no exact location of it is read meanwhile."), 409)
    if facility.competent_today != grant.directorate_id:
        words = _("Another directorate is competent there by now. It has to be asked for anew.")
        raise Problem("competence_moved", words, 409)


def _demand_patience(organisation: Organisation, by: User, at: datetime.datetime) -> None:
    """Raise 429 for whoever, or for whose organisation, has read too many; counted where nobody else counts meanwhile."""
    Organisation.objects.select_for_update(no_key=True).get(pk=organisation.pk)
    User.objects.select_for_update(no_key=True).get(pk=by.pk)
    mine, ours = PositionReading.objects.filter(by=by), PositionReading.objects.filter(acting=organisation)
    if (
        mine.filter(at__gt=at - HOUR).count() >= MOST_IN_AN_HOUR
        or mine.filter(at__gt=at - DAY).count() >= MOST_IN_A_DAY
        or ours.filter(at__gt=at - DAY).count() >= MOST_OF_AN_ORGANISATION
    ):
        words = _("Too many exact locations were read in a short time. Try again later.")
        raise Problem("too_many", words, 429, headers={"Retry-After": str(int(HOUR.total_seconds()))})
