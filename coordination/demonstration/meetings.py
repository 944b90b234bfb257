"""The meetings of the demonstration: one that was held, one that is to come, and a visit."""

import datetime as dt
from pathlib import Path
from typing import Any

import yaml

from coordination.demonstration.people import Cast
from coordination.meetings.actions.action_items import add_action_item, say_of_action_item
from coordination.meetings.actions.decisions import write_decision
from coordination.meetings.actions.invitations import answer_invitation, write_attendance
from coordination.meetings.actions.meetings import MeetingSaid, call_meeting, moment
from coordination.meetings.actions.minutes import close_minutes, write_minutes
from coordination.meetings.models import ActionState, Answer, Meeting
from directorates.models import Organisation
from policies.models import PolicyVersion

MEETINGS = Path(__file__).parent / "data" / "meetings.yaml"
AHEAD, HOUR = dt.timedelta(days=14), dt.timedelta(hours=1)


def hold_meetings(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """Call each meeting two weeks before it, answer for those who come, and write what was said where it was held."""
    for held in yaml.safe_load(MEETINGS.read_text(encoding="utf-8")):
        day = today + dt.timedelta(days=held["day"])
        meeting = _call(held, day, cast, now)
        for code in held["come"]:
            by = cast.director(code) if code in {"idlib", "aleppo"} else cast.reporter(code)
            answer_invitation(meeting=meeting, answer=Answer.COMING, by=by, at=meeting.called + HOUR)
        if "present" in held:
            _write(meeting, held, today, cast)


def _call(held: dict[str, Any], day: dt.date, cast: Cast, now: dt.datetime) -> Meeting:
    """Call a meeting; one that is further ahead is called now."""
    begins, ends = (moment(day, dt.time(hour), held["zone"]) for hour in held["hours"])
    invited = list(Organisation.objects.filter(code__in=held["invited"]).order_by("kind", "code"))
    words = {name: held[name] for name in ("kind", "title", "zone", "place", "agenda", "quorum")}
    said = MeetingSaid(begins=begins, ends=ends, invited=invited, **words)
    return call_meeting(said=said, by=cast.policies, at=min(begins - AHEAD, now - HOUR))


def _write(meeting: Meeting, held: dict[str, Any], today: dt.date, cast: Cast) -> None:
    """Who was there, the minutes, the decisions with their action items; the minutes are closed a day later."""
    deed: dict[str, Any] = {"meeting": meeting, "by": cast.policies, "at": meeting.ends}
    present = Organisation.objects.filter(code__in=held["present"]).values_list("pk", flat=True)
    write_attendance(present=set(present), seen={}, **deed)
    minutes = write_minutes(text=held["minutes"], seen={}, **deed)
    for said in held["decisions"]:
        policy = PolicyVersion.objects.at(today).filter(policy__code=said.get("policy")).first()
        decision = write_decision(subject=said["subject"], text=said["text"], about={"policy_version": policy}, **deed)
        for item in said["items"]:
            owner = Organisation.objects.get(code=item["owner"])
            due = today + dt.timedelta(days=item["due"])
            made = add_action_item(decision=decision, text=item["text"], owner=owner, due=due, **deed)
            if "done" in item:
                by, at = cast.reporter(item["owner"]), meeting.ends + AHEAD
                say_of_action_item(action_item=made, state=ActionState.DONE, note=item["done"], by=by, at=at)
    if held.get("closed"):
        close_minutes(meeting=meeting, seen=minutes.standing(), by=cast.policies, at=meeting.ends + 24 * HOUR)
