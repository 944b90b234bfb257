"""What is done with meetings as such: call one, change it while it is to come, call it off."""

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.meetings.actions.telling import tell_invited
from coordination.meetings.models import Meeting, MeetingInvitation, MeetingKind, MeetingState
from directorates.audit import record
from directorates.foundation.locations import location_faults, text_to_keep
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.foundation.zones import ZONES
from directorates.models import Organisation, User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

LONGEST_TITLE, LONGEST_PLACE, LONGEST_ITEM, LONGEST_REASON = 200, 200, 300, 1_000
MOST_ITEMS, MOST_INVITED = 50, 300
LONGEST, FARTHEST = datetime.timedelta(days=31), datetime.timedelta(days=2 * 366)


@dataclass(frozen=True)
class MeetingSaid:
    """What is said of a meeting: everything but who called it."""

    kind: str
    title: str
    begins: datetime.datetime
    ends: datetime.datetime
    zone: str
    place: str
    agenda: Sequence[str]
    quorum: int
    invited: Sequence[Organisation]


def own_meeting(user: User) -> Meeting:
    """A meeting of the organisation acted for, to ask rights of."""
    return Meeting(organisation_id=user.acting_id or 0)


def locked(meeting: int) -> Meeting:
    """The meeting with this id, locked until all is written."""
    return Meeting.objects.select_for_update(of=("self",)).select_related("organisation").get(pk=meeting)


def demand_begun(meeting: Meeting, at: datetime.datetime) -> None:
    """Raise where a meeting was called off or is still to come: nothing was said or decided there."""
    if meeting.called_off is not None:
        raise Problem("called_off", _("This meeting was called off. Nothing was saved."), 409)
    if meeting.begins > at:
        raise Problem("not_begun", _("This meeting has not begun yet. Nothing was saved."), 409)


@transaction.atomic
def call_meeting(*, said: MeetingSaid, by: User, at: datetime.datetime) -> Meeting:
    """Call a meeting of the organisation acted for, invite others to it and tell their people.

    Called twice with the same words it is one. Problems: 400 `invalid` with every fault, also where another meeting has this
    title and hour.
    """
    require(by, Permission.MANAGE_MEETINGS, own_meeting(by))
    fields = _fields(said, at)
    known = {"organisation_id": by.acting_id, "begins": fields.pop("begins"), "title": fields.pop("title")}
    defaults = {**fields, "called": at, "called_by": by}
    made, new = Meeting.objects.get_or_create(**known, called_off=None, defaults=defaults)
    if not new:
        wished = {one.pk for one in said.invited}
        if wished != set(made.invited_ids()) or any(getattr(made, name) != value for name, value in fields.items()):
            raise Problem("invalid", _taken().message, errors=[_taken()])
        return made
    _invite(made, said.invited, by, at)
    record(by, "call_meeting", made, begins=made.begins.isoformat(), invited=[one.code for one in said.invited])
    return made


@transaction.atomic
def change_meeting(
    *, meeting: Meeting, said: MeetingSaid, seen: Mapping[str, Any], by: User, at: datetime.datetime
) -> Meeting:
    """Say another hour, place, agenda or who is invited, as long as the meeting is not over; those invited are told.

    `seen` is what a page began with. Problems: 409 `over` or `changed`, 400 `invalid` with every fault.
    """
    require(by, Permission.MANAGE_MEETINGS, meeting)
    held = locked(meeting.pk)
    if held.state(at) is not MeetingState.PLANNED:
        raise Problem("over", _("This meeting is over or was called off. Nothing was saved."), 409)
    demand_unchanged(held.standing(), seen, held.standing_told())
    fields = _fields(said, at, held)
    _demand_fitting(held, fields, said, at)
    _tell_excluded(held, said.invited, by, at)
    changed = [name for name, value in fields.items() if getattr(held, name) != value]
    for name in changed:
        setattr(held, name, fields[name])
    if changed:
        held.changes += 1
        held.save()
    gone, new = _invited_anew(held, said.invited, by, at)
    if {"begins", "ends", "place"} & set(changed):
        stay = set(held.invited_ids()) - {one.pk for one in new}
        tell_invited(held, "moved", stay, key=f":{at.isoformat()}", by=by, at=at)
    if changed or gone or new:
        told = {"out": [one.code for one in gone], "in": [one.code for one in new]}
        record(by, "change_meeting", held, fields=changed, invited=told)
    return held


def _demand_fitting(meeting: Meeting, fields: Mapping[str, Any], said: MeetingSaid, at: datetime.datetime) -> None:
    """Raise 400 `invalid` where another meeting has this title and hour.

    Once it has begun, its hour and quorum stay, and nobody is left out: who came, or took something on, was there.
    """
    faults = []
    if meeting.begins <= at:
        message = _("The meeting has begun: this stays as it is.")
        stays = [name for name in ("begins", "quorum") if fields[name] != getattr(meeting, name)]
        stays += ["invited"] if set(meeting.invited_ids()) - {one.pk for one in said.invited} else []
        faults += [Fault(name, "begun", message) for name in stays]
    twins = Meeting.objects.filter(organisation=meeting.organisation_id, called_off=None).exclude(pk=meeting.pk)
    if twins.filter(begins=fields["begins"], title=fields["title"]).exists():
        faults.append(_taken())
    if faults:
        raise Problem("invalid", faults[0].message, errors=faults)


def _taken() -> Fault:
    """Another meeting of the same organisation has this title and hour."""
    return Fault("title", "taken", _("There is another meeting with this title and hour."))


@transaction.atomic
def call_off_meeting(*, meeting: Meeting, why: str, by: User, at: datetime.datetime) -> Meeting:
    """Call a meeting off with a reason that those invited read; 409 where something was written of it, or it is off already."""
    require(by, Permission.MANAGE_MEETINGS, meeting)
    held = locked(meeting.pk)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if held.called_off is not None:
        raise Problem("called_off", _("This meeting was called off already."), 409)
    if held.leaves_traces():
        detail = _("It was held: attendance, minutes, decisions or action items stand. Nothing was changed.")
        raise Problem("held", detail, 409)
    held.called_off, held.called_off_why, held.changes = at, why, held.changes + 1
    held.save(update_fields=["called_off", "called_off_why", "changes"])
    record(by, "call_off_meeting", held, begins=held.begins.isoformat())
    tell_invited(held, "called_off", held.invited_ids(), by=by, at=at)
    return held


def _invite(meeting: Meeting, organisations: Sequence[Organisation], by: User, at: datetime.datetime) -> None:
    """Invite organisations, and tell their people where the meeting is to come."""
    MeetingInvitation.objects.bulk_create(MeetingInvitation(meeting=meeting, organisation=one) for one in organisations)
    if meeting.begins > at:
        invited = [one.pk for one in organisations]
        tell_invited(meeting, "invited", invited, key=f":{at.isoformat()}", by=by, at=at)


def _tell_excluded(meeting: Meeting, wished: Sequence[Organisation], by: User, at: datetime.datetime) -> None:
    """Tell those who are invited no more, by the title and day that they know; the page is not theirs any more."""
    gone = set(meeting.invited_ids()) - {one.pk for one in wished}
    if gone:
        tell_invited(meeting, "uninvited", gone, key=f":{at.isoformat()}", by=by, at=at, linked=False)


def _invited_anew(
    meeting: Meeting, wished: Sequence[Organisation], by: User, at: datetime.datetime
) -> tuple[list[Organisation], list[Organisation]]:
    """Bring who is invited in step with what is wished; answers who is invited no more, and who is now."""
    there = {one.organisation_id: one for one in meeting.invitations.select_related("organisation")}
    kept = {one.pk for one in wished}
    gone = [one for pk, one in there.items() if pk not in kept]
    new = [one for one in wished if one.pk not in there]
    if gone:
        meeting.invitations.filter(pk__in=[one.pk for one in gone]).delete()
    _invite(meeting, new, by, at)
    return [one.organisation for one in gone], new


def _fields(said: MeetingSaid, at: datetime.datetime, before: Meeting | None = None) -> dict[str, Any]:
    """What is kept of what was said; 400 `invalid` with everything that cannot be."""
    fields: dict[str, Any] = {
        "kind": said.kind,
        "title": clean_text(said.title),
        "begins": said.begins,
        "ends": said.ends,
        "zone": said.zone,
        "place": clean_text(said.place),
        "agenda": [line for item in said.agenda if (line := clean_text(item))],
        "quorum": said.quorum,
    }
    faults = [*_word_faults(fields), *_time_faults(said, at, before), *_other_faults(said)]
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    return fields


def _word_faults(fields: Mapping[str, Any]) -> Iterator[Fault]:
    """Words that are missing, too long, or give a location."""
    yield from location_faults(title=fields["title"], place=fields["place"], agenda="\n".join(fields["agenda"]))
    if not fields["title"]:
        yield Fault("title", "required", _("Write what the meeting is called."))
    too_long = _("This text is too long: at most %(most)d characters.")
    for name, most in (("title", LONGEST_TITLE), ("place", LONGEST_PLACE)):
        if len(fields[name]) > most:
            yield Fault(name, "too_long", too_long % {"most": most})
    if len(fields["agenda"]) > MOST_ITEMS:
        yield Fault("agenda", "too_many", _("An agenda has at most %(most)d items.") % {"most": MOST_ITEMS})
    if any(len(item) > LONGEST_ITEM for item in fields["agenda"]):
        message = _("An item of the agenda has at most %(most)d characters.") % {"most": LONGEST_ITEM}
        yield Fault("agenda", "too_long", message)


def _time_faults(said: MeetingSaid, at: datetime.datetime, before: Meeting | None) -> Iterator[Fault]:
    """Hours in the wrong order, too far apart or too far off; one that is still to come does not move into the past."""
    if said.zone not in ZONES:
        yield Fault("zone", "unknown", _("Choose one of the time zones."))
    if said.ends <= said.begins:
        yield Fault("ends", "not_later", _("It ends after it begins."))
    elif said.ends - said.begins > LONGEST:
        yield Fault("ends", "too_long", _("A meeting lasts at most 31 days."))
    if said.begins > at + FARTHEST:
        yield Fault("begins", "too_late", _("It begins at most two years ahead."))
    if before is not None and before.begins > at and said.begins <= at:
        yield Fault(
            "begins", "in_the_past", _("This hour has passed. What was to come moves to an hour that is to come.")
        )


def _other_faults(said: MeetingSaid) -> Iterator[Fault]:
    """A kind that there is not, a share that is none, nobody or too many invited."""
    if said.kind not in MeetingKind.values:
        yield Fault("kind", "unknown", _("Choose one of the kinds."))
    if not 0 <= said.quorum <= 100:
        yield Fault("quorum", "not_a_share", _("A share lies between 0 and 100 percent."))
    if not said.invited:
        yield Fault("invited", "required", _("Choose at least one organisation."))
    if len(said.invited) > MOST_INVITED:
        yield Fault("invited", "too_many", _("At most %(most)d organisations are invited.") % {"most": MOST_INVITED})


def moment(day: datetime.date, time: datetime.time, zone: str) -> datetime.datetime:
    """A day and an hour as the clocks of a zone show them."""
    here = datetime.datetime.combine(day, time, ZoneInfo(zone if zone in ZONES else "UTC"))
    # Hours of one zone are compared by its clocks, which jump in spring.
    return here.astimezone(datetime.UTC)
