"""What is done with exact positions: entered, replaced and removed by the competent directorate; encrypted anew under a new key.

Nothing here hands out a position but `open_position`, for `actions/position_readings.py` alone.
"""

import datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directorates.audit import record
from directorates.foundation.ciphers import CipherTrouble, Keys, read_keys
from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.outline_files import geometry_of
from directorates.permissions import Permission, Refused, require
from directorates.rules.text import clean_text
from facilities.actions.standing import demand_standing
from facilities.models import ExactPosition, Facility
from facilities.rules.positions import Position, lies_inside, pack, unpack

PURPOSE = "facilities.exactposition"
LONGEST_REASON = 500
AT_ONCE = 200


# What whoever runs the portal has to know; never a key, only the id of one.
TROUBLES = {
    "no_key": gettext_lazy(
        "Exact locations can neither be stored nor read: the keys are missing (TANSIQ_POSITION_KEYS)."
    ),
    "broken_key": gettext_lazy(
        "Exact locations can neither be stored nor read: a key is broken (TANSIQ_POSITION_KEYS)."
    ),
    "unknown_key": gettext_lazy(
        "This exact location cannot be read: its key is missing (TANSIQ_POSITION_KEYS): %(key)s"
    ),
    "altered": gettext_lazy("This exact location cannot be read: it was altered, or belongs to another facility."),
}


def _told(trouble: CipherTrouble) -> Problem:
    """A problem with keys, in words."""
    return Problem("position_keys", str(TROUBLES[trouble.code]) % {"key": trouble.key}, 503)


def position_keys() -> Keys:
    """The keys of exact positions; a clear problem where they are missing or broken."""
    try:
        return read_keys(settings.POSITION_KEYS, PURPOSE)
    except CipherTrouble as trouble:
        raise _told(trouble) from trouble


def _belongs_to(facility_id: int) -> str:
    """What a position is bound to: moved to another facility's row it does not open."""
    return f"{PURPOSE} {facility_id}"


def decrypted(held: ExactPosition) -> Position:
    """The position of a row, in the clear."""
    keys = position_keys()
    try:
        # No variable holds the bytes: a debugger's page shows variables.
        return unpack(keys.decrypt(held.key, bytes(held.ciphertext), _belongs_to(held.facility_id)))
    except CipherTrouble as trouble:
        raise _told(trouble) from trouble


def open_position(facility: Facility) -> Position:
    """Where a facility stands, in the clear; only `actions/position_readings.py`, which judges and records, asks this."""
    held = ExactPosition.objects.filter(facility=facility).first()
    if held is None:
        raise Problem("no_position", _("No exact location is held for this facility."), 409)
    return decrypted(held)


@transaction.atomic
def enter_position(
    *,
    facility: Facility,
    position: Position,
    by: User,
    at: datetime.datetime,
    reason: str = "",
    sure: bool = False,
) -> ExactPosition:
    """Enter where a facility stands, or replace it with a reason; `sure` where it lies outside of its governorate."""
    held, directorate = _kept(facility, by)
    before = ExactPosition.objects.filter(facility=held).first()
    reason = clean_text(reason, multiline=True)
    faults = _faults_of_reason(reason) if before is not None else []
    outline = geometry_of(held.place.line()[0].code)
    if outline is not None and not lies_inside(position, outline) and not sure:
        words = _("This lies outside of the governorate. Type both numbers again; if they are right, tick this box.")
        faults.append(Fault("sure", "outside_governorate", words))
    if faults:
        raise Problem("invalid", _("The location cannot be saved like this; each fault is listed."), errors=faults)
    key, ciphertext = position_keys().encrypt(pack(position), _belongs_to(held.pk))
    kept, _new = ExactPosition.objects.update_or_create(
        facility=held, defaults={"key": key, "ciphertext": ciphertext, "by": by, "acting_id": directorate, "at": at}
    )
    what = "enter_position" if before is None else "replace_position"
    record(by, what, held, facility=held.code, **({"reason": reason} if reason else {}))
    return kept


@transaction.atomic
def remove_position(*, facility: Facility, reason: str, by: User) -> None:
    """Remove where a facility stands, with a reason; what was encrypted is gone."""
    held, _directorate = _kept(facility, by)
    reason = clean_text(reason, multiline=True)
    if faults := _faults_of_reason(reason):
        raise Problem("invalid", faults[0].message, errors=faults)
    gone, _each = ExactPosition.objects.filter(facility=held).delete()
    if not gone:
        raise Problem("no_position", _("No exact location is held for this facility."), 409)
    record(by, "remove_position", held, facility=held.code, reason=reason)


def _kept(facility: Facility, by: User) -> tuple[Facility, int]:
    """The facility, locked, and the directorate that is competent for it today, if the person keeps its exact positions."""
    require(by, Permission.KEEP_POSITIONS, facility)
    directorate = facility.competent_today
    if directorate is None or by.acting_id != directorate:
        raise Refused(Permission.KEEP_POSITIONS, facility)
    rows = Facility.objects.select_for_update(of=("self",)).select_related("place__parent__parent")
    held = rows.get(pk=facility.pk)
    demand_standing(held)
    return held, directorate


def _faults_of_reason(reason: str) -> list[Fault]:
    """A reason is needed, is no essay, and tells no location: it stands in the record unencrypted, for more readers than that has."""
    if not reason:
        return [Fault("reason", "required", _("A reason is needed: it stands in the record."))]
    if len(reason) > LONGEST_REASON:
        words = _("At most %(number)s characters.") % {"number": LONGEST_REASON}
        return [Fault("reason", "too_long", words)]
    return location_faults(reason=reason)


def rotate_positions() -> tuple[int, int]:
    """Encrypt everything under the newest key; answers how many were, and how many could not be opened with any key.

    Each lot is a transaction: killed at any moment it goes on where it stopped, and running it twice changes nothing.
    """
    done, unreadable = 0, 0
    after = 0
    while True:
        last, some, others = _rotate_lot(after)
        done, unreadable = done + some, unreadable + others
        if last is None:
            return done, unreadable
        after = last


@transaction.atomic
def _rotate_lot(after: int) -> tuple[int | None, int, int]:
    """The next rows that stand under an older key: the last facility looked at, how many were done, how many not opened."""
    keys, unreadable = position_keys(), 0
    rows = ExactPosition.objects.select_for_update().filter(facility__gt=after).exclude(key=keys.newest)
    lot = list(rows.order_by("facility_id")[:AT_ONCE])
    for held in lot:
        name = _belongs_to(held.facility_id)
        try:
            held.key, held.ciphertext = keys.encrypt(keys.decrypt(held.key, bytes(held.ciphertext), name), name)
        except CipherTrouble:
            unreadable += 1
            continue
        held.save(update_fields=["key", "ciphertext"])
    done = len(lot) - unreadable
    if done:
        record(None, "rotate_position_key", lot[0], count=done, key=keys.newest)
    return (lot[-1].facility_id if lot else None), done, unreadable


def positions_under_older_keys() -> int:
    """How many stand under another key than the newest: while there are any, the older keys are needed."""
    return ExactPosition.objects.exclude(key=position_keys().newest).count()
