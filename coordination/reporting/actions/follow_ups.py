"""Questions about single values of reports: asked by whoever reads them for the house, answered by the reporter, settled by who asked.

Where nobody speaks any more for the organisation that asked, whoever reviews the report settles.
"""

import datetime
from typing import Any

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.reminders import line_of, names
from coordination.reporting.models import FollowUp, FollowUpWord, Submission
from coordination.reporting.models.follow_ups import FollowUpDeed, FollowUpState
from coordination.reporting.models.reviews import named, written_by
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Status
from directorates.acting import act_as
from directorates.audit import record_concerning
from directorates.foundation.locations import text_to_keep
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import User
from directorates.models.deputies import holders, roles_with
from directorates.permissions import Permission, Refused, may, require
from directorates.roles import Anchor

LONGEST_WORD = 2000
OUTCOMES = {
    FollowUpState.CORRECTED: FollowUpDeed.CORRECTED,
    FollowUpState.CONFIRMED: FollowUpDeed.CONFIRMED,
    FollowUpState.WITHDRAWN: FollowUpDeed.WITHDRAWN,
}


@transaction.atomic
def ask_about(*, by: User, submission: Submission, slot: str, question: str, at: datetime.datetime) -> FollowUp:
    """Ask the reporter about one value of a report that was sent; the same person asking the same again changes nothing.

    Problems: 400 `invalid`; 409 `wrong_state` of what was not sent; 409 `exists` where a question about the value is open.
    """
    held = (
        Submission.objects.select_for_update(of=("self",)).select_related("template", "version").get(pk=submission.pk)
    )
    require(by, Permission.FOLLOW_UP_REPORTS, held)
    question = text_to_keep(
        question, "question", longest=LONGEST_WORD, needed=_("Write the question; the reporter reads it.")
    )
    if held.status == Status.DRAFT or held.revision_id is None:
        raise Problem("wrong_state", _("Nothing was sent yet, so there is nothing to ask about."), 409)
    if slot not in specification_of(held.version).cell_of:
        raise Problem("invalid", _("The report has no such item."), errors=[_unknown()])
    # Whoever asks about a value of this report holds the report: two at once ask one after the other.
    open_one = FollowUp.objects.unsettled().filter(submission=held, slot=slot).first()
    if open_one is not None:
        return _asked_before(by, open_one, question)
    made = FollowUp.objects.create(
        submission=held, slot=slot, revision_id=held.revision_id, acting_id=by.acting_id or 0, opened=at
    )
    _say(by, made, FollowUpDeed.ASKED, question, at)
    record_concerning(by, "ask_about_value", made, held.reporter_id, receipt=held.receipt)
    _tell_reporter(by, made, "asked", at)
    return made


def _unknown() -> Fault:
    return Fault("element", "unknown", _("The report has no such item."))


def _asked_before(by: User, held: FollowUp, question: str) -> FollowUp:
    """The question that is open, where this is the same one again; 409 `exists` otherwise."""
    first = held.words.order_by("pk").first()
    if first is not None and (first.by_id, first.text) == (by.pk, question):
        return held
    words = _("A question about this value is open already. What is to be added belongs there.")
    raise Problem("exists", words, 409, extra={"id": held.pk})


@transaction.atomic
def answer(*, by: User, follow_up: FollowUp, text: str, at: datetime.datetime) -> FollowUp:
    """Answer for the reporter; said again, the same changes nothing. Another answer adds to the first until it is settled."""
    held = _held(follow_up)
    demand_answering(by=by, follow_up=held)
    text = text_to_keep(text, "text", longest=LONGEST_WORD, needed=_("Write the answer; whoever asked reads it."))
    if _said_last(by, held, FollowUpDeed.ANSWERED, text):
        return held
    _demand_open(held)
    held.state, held.answered = FollowUpState.ANSWERED, at
    held.save(update_fields=["state", "answered"])
    word = _say(by, held, FollowUpDeed.ANSWERED, text, at)
    record_concerning(by, "answer_about_value", held, held.acting_id)
    _tell_askers(by, held, word, at)
    return held


@transaction.atomic
def ask_again(*, by: User, follow_up: FollowUp, text: str, at: datetime.datetime) -> FollowUp:
    """Ask once more where the answer leaves something open; it waits for the reporter again."""
    held = _held(follow_up)
    demand_asking(by=by, follow_up=held)
    text = text_to_keep(text, "text", longest=LONGEST_WORD, needed=_("Write the question; the reporter reads it."))
    if _said_last(by, held, FollowUpDeed.AGAIN, text):
        return held
    _demand_open(held)
    held.state = FollowUpState.OPEN
    held.save(update_fields=["state"])
    word = _say(by, held, FollowUpDeed.AGAIN, text, at)
    record_concerning(by, "ask_about_value", held, held.submission.reporter_id)
    _tell_reporter(by, held, f"again:{word.pk}", at)
    return held


@transaction.atomic
def settle_follow_up(
    *, by: User, follow_up: FollowUp, outcome: str, text: str, seen: int | None, at: datetime.datetime
) -> FollowUp:
    """Settle what was asked: corrected, right as it stands, or nothing is asked any more; `seen` is the last word that was read.

    Settled alike before, nothing changes. Problems: 409 `settled`; 409 `changed` where something was said since; 409 `not_corrected`
    where the value is still the one that was asked about.
    """
    held = _held(follow_up)
    demand_settling(by=by, follow_up=held)
    text = text_to_keep(text, "text", longest=LONGEST_WORD)
    if outcome not in FollowUpState.values or FollowUpState(outcome) not in OUTCOMES:
        words = _("Choose what it came to.")
        raise Problem("invalid", words, errors=[Fault("outcome", "unknown", words)])
    state = FollowUpState(outcome)
    if held.state == state:
        return held
    _demand_open(held)
    _demand_seen(held, seen)
    if state is FollowUpState.CORRECTED and not held.changed:
        words = _(
            "The report still gives the value that was asked about. Once a correction was sent, it can be settled so."
        )
        raise Problem("not_corrected", words, 409)
    held.state, held.settled = state, at
    held.save(update_fields=["state", "settled"])
    _say(by, held, OUTCOMES[state], text, at)
    record_concerning(by, "settle_value", held, held.submission.reporter_id, outcome=state.value)
    _tell_reporter(by, held, "settled", at)
    return held


def _held(follow_up: FollowUp) -> FollowUp:
    """The follow-up as it stands, locked, with its report."""
    rows = FollowUp.objects.select_for_update(of=("self",)).named()
    return rows.get(pk=follow_up.pk)


def demand_answering(*, by: User, follow_up: FollowUp) -> None:
    """Refuse whoever does not send for the reporter."""
    require(by, Permission.SUBMIT_REPORTS, follow_up.submission)


def demand_asking(*, by: User, follow_up: FollowUp) -> None:
    """Refuse whoever does not speak for the organisation that asked, or wrote the report."""
    held = follow_up
    require(by, Permission.FOLLOW_UP_REPORTS, held.submission)
    if held.acting_id != by.acting_id:
        words = _("Another organisation asked this: %(body)s. It settles what it asked.")
        told = words % {"body": held.acting.short}
        raise Refused(Permission.FOLLOW_UP_REPORTS, held, code="not_asked_by", detail=told)
    _demand_no_author(by, held)


def demand_settling(*, by: User, follow_up: FollowUp) -> None:
    """Refuse whoever neither speaks for the organisation that asked nor settles in its place, and authors of the report."""
    if settles_instead(by, follow_up):
        require(by, Permission.REVIEW_REPORTS, follow_up.submission)
        _demand_no_author(by, follow_up)
    else:
        demand_asking(by=by, follow_up=follow_up)


def settles_instead(user: User, held: FollowUp) -> bool:
    """Whether a person reviews the report, and nobody speaks any more for the other organisation that asked."""
    reviews = held.acting_id != user.acting_id and may(user, Permission.REVIEW_REPORTS, held.submission)
    return reviews and not askers_today(held)


@unwalled
def askers_today(held: FollowUp) -> set[int]:
    """Who may speak today for the organisation that asked, deputies among them.

    Nobody where it was sealed, suspended or dissolved, or lost the right to the report: its jurisdiction, custody or people.
    """
    roles = {role for anchor in Anchor for role in roles_with(Permission.FOLLOW_UP_REPORTS, anchor)}
    found = holders([held.acting_id], roles, timezone.localdate())
    people = {one.person.pk: act_as(one.person, held.acting_id) for one in found}
    return {pk for pk, one in people.items() if may(one, Permission.FOLLOW_UP_REPORTS, held.submission)}


def _demand_no_author(by: User, held: FollowUp) -> None:
    """Refuse whoever wrote the report."""
    if Submission.objects.filter(written_by(by), pk=held.submission_id).exists():
        words = _("An author settles no question about their own report. Someone else of the organisation does.")
        raise Refused(Permission.FOLLOW_UP_REPORTS, held, code="own_report", detail=words)


def _demand_open(held: FollowUp) -> None:
    """Raise 409 `settled` where nothing is to be said any more."""
    if not held.waits:
        words = _("This question is settled: %(state)s. A new one can be asked.")
        raise Problem("settled", words % {"state": held.get_state_display()}, 409, extra={"state": held.state})


def _demand_seen(held: FollowUp, seen: int | None) -> None:
    """Raise 409 `changed` where something was said since the caller read it."""
    last = held.words.order_by("-pk").values_list("pk", flat=True).first()
    if seen is not None and seen != last:
        raise Problem("changed", _("Something was said here in the meantime. Read it, then settle."), 409)


def _said_last(by: User, held: FollowUp, kind: FollowUpDeed, text: str) -> bool:
    """Whether the last word is just this one: a form that was sent twice."""
    last = held.words.order_by("-pk").first()
    return last is not None and (last.kind, last.by_id, last.text) == (kind, by.pk, text)


def _say(by: User, held: FollowUp, kind: FollowUpDeed, text: str, at: datetime.datetime) -> FollowUpWord:
    said: dict[str, Any] = {"kind": kind, "text": text, "at": at, "by": by}
    return FollowUpWord.objects.create(
        follow_up=held, instead_of_id=by.instead_of_id, acting_id=by.acting_id or 0, **said
    )


@unwalled
def _tell_reporter(by: User, held: FollowUp, key: str, at: datetime.datetime) -> None:
    """Tell those who send for the reporter, within the places of their roles; never what was asked."""
    people = _holding(held.submission.reporter_id, Permission.SUBMIT_REPORTS, held, at)
    _tell(held, people - {by.pk}, "settled" if key == "settled" else "asked", key, at)


@unwalled
def _tell_askers(by: User, held: FollowUp, word: FollowUpWord, at: datetime.datetime) -> None:
    """Tell those who asked and may still; without any, who may in their place; where nobody may, those who review the report."""
    spoke = set(held.words.filter(acting=held.acting_id).values_list("by", flat=True))
    today = askers_today(held)
    people = spoke & today or today or _holding(held.submission.reviewer_id, Permission.REVIEW_REPORTS, held, at)
    _tell(held, people - {by.pk}, "answered", f"answered:{word.pk}", at)


def _holding(organisation: int, right: Permission, held: FollowUp, at: datetime.datetime) -> set[int]:
    """Who holds a right of an organisation's own reports, within the places of their roles."""
    found = holders([organisation], roles_with(right), timezone.localdate(at))
    return {one.person.pk for one in found if one.covers(held.submission.place_path)}


def _tell(held: FollowUp, people: set[int], what: str, key: str, at: datetime.datetime) -> None:
    report = named(Submission.objects.select_related("template__programme")).get(pk=held.submission_id)
    values = {"what": what, "organisation": names(held.acting), "line": line_of(report)}
    told = [Told(person, f"follow_up:{held.pk}:{key}", values) for person in sorted(people)]
    notify("follow_up", told, url=reverse("reporting:follow_up", args=[held.pk]), at=at)
