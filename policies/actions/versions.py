"""What is done with versions of policies: begin a draft, discard it, propose it, bring it into force, withdraw it.

A draft counts its changes. Whoever brings it into force, discards it or orders it anew names the edition that the page
showed; where another change came between, nothing is written and the second person is told. Whatever concerns the days of
several versions locks their policy first.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from policies.actions.drafts import throw_away
from policies.actions.picture_marks import marks_left, paper_faults
from policies.actions.telling import tell_policy
from policies.models import Ballot, Consultation, Policy, PolicySection, PolicyVersion
from policies.models.acknowledgements import ACKNOWLEDGING
from policies.models.pictures import pictures_of
from policies.models.sections import WORDS
from policies.rules.ballots import Outcome
from policies.rules.verify import digest_of

LONGEST_BASIS, LONGEST_REASON = 500, 2_000
# Whatever is to hold later than so is a slip, and would keep every other version out until then.
FARTHEST = datetime.timedelta(days=366)


def demand_preparing(by: User, version: PolicyVersion) -> None:
    """Raise unless a person prepares the policy of a version; 409 `gone` where that went with its first draft."""
    try:
        require(by, Permission.MANAGE_POLICIES, version)
    except Policy.DoesNotExist as gone:
        raise _gone() from gone


def _gone() -> Problem:
    return Problem("gone", _("This policy was discarded in the meantime."), 409)


def locked(policy: int) -> Policy:
    """The policy with this id, locked until all is written; 409 `gone` where it went with its first draft."""
    held = Policy.objects.select_for_update(of=("self",)).filter(pk=policy).first()
    if held is None:
        raise _gone()
    return held


def draft_for_writing(*, version: PolicyVersion, seen: int | None, by: User) -> PolicyVersion:
    """The draft for writing, locked; 409 `not_draft` or `changed` where it is none any more or another than was seen."""
    demand_preparing(by, version)
    held = PolicyVersion.objects.select_for_update(of=("self",)).select_related("policy").filter(pk=version.pk).first()
    if held is None or not held.is_draft:
        raise Problem("not_draft", _("This version is no draft any more. Nothing was changed."), 409)
    if seen is not None and held.edition != seen:
        detail = _(
            "This draft was changed elsewhere in the meantime. Nothing was overwritten; the page shows it as it is now."
        )
        raise Problem("changed", detail, 409)
    return held


def count_change(version: PolicyVersion, what: str, *, by: User, at: datetime.datetime, **details: Any) -> None:
    """Count and record a change of a draft."""
    version.edition, version.changed, version.changed_by = version.edition + 1, at, by
    version.save(update_fields=["edition", "changed", "changed_by"])
    record(by, what, version, policy=version.policy.code, version=version.number, **details)


def fix_text(
    version: PolicyVersion, policy: Policy, faults: Iterable[Fault], *, by: User, at: datetime.datetime
) -> None:
    """Propose a draft, whose policy is locked: from now on others read its text, and it never changes.

    `faults` are those of paper (`paper_faults`, before the lock) and of whatever else is said with it. Problems: 400 `invalid`
    with them and those of the text; 409 `under_way` where another version is proposed.
    """
    if found := [*_text_faults(version), *faults]:
        raise Problem("invalid", _("This cannot be proposed yet; each fault is listed."), errors=found)
    for other in policy.versions.proposed():
        _demand_replaceable(other, at)
        _give_up(other, version, by=by, at=at)
    _fix(version, at)
    version.save(update_fields=["fixed", "digest"])
    count_change(version, "fix_text", by=by, at=at)


def _fix(version: PolicyVersion, at: datetime.datetime) -> None:
    """Say that a text never changes from a moment on, and by which hash it is known; what is fixed stays as it is."""
    if version.fixed is None:
        words = (section.words() for section in version.sections.all())
        papers = list(version.papers.order_by("at", "pk").values_list("digest", flat=True))
        pictures = [one.known() for one in pictures_of(version)]
        version.fixed, version.digest = at, digest_of(version.policy.code, version.number, words, papers, pictures)


def _demand_replaceable(version: PolicyVersion, at: datetime.datetime) -> None:
    """Raise 409 while a proposed version is asked about or voted on, or where a ballot adopted it: that is not undone here."""
    not_under_way(version, at)
    if adopted_by_ballot(version) is not None:
        detail = _("A ballot adopted version %(number)s. Bring it into force first; a later version can follow it.")
        raise Problem("carried", detail % {"number": version.number}, 409)


def not_under_way(version: PolicyVersion, at: datetime.datetime) -> None:
    """Raise 409 `under_way` while organisations are asked about a version, or vote on it."""
    consultation: Consultation | None = Consultation.objects.filter(version=version).first()
    asked = consultation is not None and not consultation.is_over(timezone.localdate(at))
    if asked or version.ballots.open().exists():
        detail = _("Version %(number)s is being asked about or voted on. That comes to its end first.")
        raise Problem("under_way", detail % {"number": version.number}, 409)


def _give_up(version: PolicyVersion, after: PolicyVersion, *, by: User, at: datetime.datetime) -> None:
    """Let another version take the place of a proposed one, which stays readable for those who were asked."""
    version.given_up, version.changed, version.changed_by = timezone.localdate(at), at, by
    version.save(update_fields=["given_up", "changed", "changed_by"])
    record(by, "give_up", version, policy=version.policy.code, version=version.number, after=after.number)


@transaction.atomic
def begin_version(*, policy: Policy, by: User, at: datetime.datetime) -> PolicyVersion:
    """A draft of the next version, with text and pictures of the last one, proposed or adopted.

    409 `draft_exists` where one is being written.
    """
    require(by, Permission.MANAGE_POLICIES, policy)
    held = locked(policy.pk)
    if (draft := held.versions.drafts().first()) is not None:
        detail = _("Version %(number)s is being written already.") % {"number": draft.number}
        raise Problem("draft_exists", detail, 409)
    last = held.versions.order_by("-number").first()
    number = (held.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    made = PolicyVersion.objects.create(policy=held, number=number, begun=at, changed=at, changed_by=by)
    if last is not None:
        _copy_text(last, made)
    record(by, "draft", made, policy=held.code, version=number)
    return made


def _copy_text(before: PolicyVersion, made: PolicyVersion) -> None:
    """Begin a draft with the sections of another version, and the pictures that they show under the same numbers."""
    texts = ("anchor", "order", *WORDS)
    PolicySection.objects.bulk_create(
        PolicySection(version=made, **{name: getattr(one, name) for name in texts}) for one in before.sections.all()
    )
    for picture in before.pictures.all():
        picture.pk, picture.version = None, made
        picture.save(force_insert=True)


@transaction.atomic
def discard_version(*, version: PolicyVersion, seen: int, by: User) -> None:
    """Throw a draft away; the policy goes with it where nothing was ever adopted. 409 `named` where a meeting decided about it."""
    demand_preparing(by, version)
    policy = locked(version.policy_id)
    held = draft_for_writing(version=version, seen=seen, by=by)
    record(by, "discard", held, policy=policy.code, version=held.number)
    throw_away(held)
    if not policy.versions.exists():
        policy.delete()


@dataclass(frozen=True)
class Adoption:
    """When and by what a version was adopted: by a ballot here, or by what its manager says."""

    adopted: datetime.date
    basis: str = ""
    ballot: Ballot | None = None


def last_count(version: PolicyVersion) -> Ballot | None:
    """The last ballot on a version that was not called off; None where there was none."""
    return version.ballots.exclude(outcome=Outcome.CALLED_OFF).order_by("-pk").first()


def adopted_by_ballot(version: PolicyVersion) -> Ballot | None:
    """The ballot that adopted a version; None where there was none, or where the last one did not."""
    last = last_count(version)
    return last if last is not None and last.outcome == Outcome.ADOPTED else None


@transaction.atomic
def bring_into_force(
    *,
    version: PolicyVersion,
    adopted: datetime.date | None,
    basis: str,
    since: datetime.date,
    seen: int,
    by: User,
    at: datetime.datetime,
) -> PolicyVersion:
    """Say that a text was adopted, when and by which decision, and from which day it holds; it never changes again.

    Where a ballot adopted it here, day and decision are the ballot's, and what is said of them is not asked for. The version
    before ends on the day before; where it was withdrawn, this one follows behind its last day. 400 `invalid` with every fault:
    sections without a text in a language, days in the wrong order or too far off, another version from that day or later; 409
    `under_way` while it is asked about or voted on, `not_carried` where the last ballot did not adopt it.
    """
    demand_preparing(by, version)
    on_paper = paper_faults(version, seen)
    policy = locked(version.policy_id)
    held = _adoptable(version, seen, by, at)
    for other in policy.versions.proposed().exclude(pk=held.pk):
        _demand_replaceable(other, at)
        _give_up(other, held, by=by, at=at)
    adoption = _adoption(held, adopted, basis)
    before = policy.versions.standing().order_by("-valid").first()
    if faults := [*_text_faults(held), *on_paper, *_day_faults(before, adoption.adopted, since, at)]:
        raise Problem("invalid", _("This cannot come into force yet; each fault is listed."), errors=faults)
    if before is not None and before.last_day is None:
        before.valid = lasting(before.first_day, since - datetime.timedelta(days=1))
        before.save(update_fields=["valid"])
    _fix(held, at)
    held.valid = lasting(since)
    held.adopted, held.basis, held.ballot = adoption.adopted, adoption.basis, adoption.ballot
    held.save(update_fields=["fixed", "digest", "adopted", "basis", "ballot", "valid"])
    policy.versions.filter(number__lt=held.number).exclude(given_up=None).update(told=True)
    told = {"adopted": adoption.adopted.isoformat(), "since": since.isoformat()}
    count_change(held, "bring_into_force", by=by, at=at, **told)
    _tell_all(held, "in_force", since, by=by, at=at)
    return held


def _tell_all(version: PolicyVersion, what: str, day: datetime.date, *, by: User, at: datetime.datetime) -> None:
    """Tell whoever acknowledges for an organisation, or was asked about a version, that it holds from a day or until one."""
    key, told = day.isoformat(), {"day": day.isoformat()}
    reads = Organisation.objects.active().filter(kind__in=ACKNOWLEDGING).values_list("pk", flat=True)
    tell_policy(version, what, reads, Permission.ACKNOWLEDGE_POLICIES, key, at, by, **told)
    asked = version.invitations.filter(asked=True).values_list("organisation", flat=True)
    tell_policy(version, what, asked, Permission.COMMENT_ON_POLICIES, key, at, by, **told)


def _adoptable(version: PolicyVersion, seen: int, by: User, at: datetime.datetime) -> PolicyVersion:
    """The version as it is now, if it can be adopted: a draft that was seen, or a proposed one with which all is done."""
    held = PolicyVersion.objects.select_for_update(of=("self",)).select_related("policy").filter(pk=version.pk).first()
    if held is None or not held.is_proposed:
        return draft_for_writing(version=version, seen=seen, by=by)
    not_under_way(held, at)
    if last_count(held) != adopted_by_ballot(held):
        detail = _("The last ballot did not adopt this version. Open another one, or begin a new version.")
        raise Problem("not_carried", detail, 409)
    return held


def _adoption(version: PolicyVersion, adopted: datetime.date | None, basis: str) -> Adoption:
    """When and by what a version was adopted; 400 `invalid` where nobody says so."""
    ballot = adopted_by_ballot(version)
    if ballot is not None:
        return Adoption(timezone.localdate(ballot.until), ballot=ballot)
    basis = text_to_keep(basis, "basis", longest=LONGEST_BASIS, needed=_("Write by what it was adopted."))
    if adopted is None:
        message = _("Say when it was adopted.")
        raise Problem("invalid", message, errors=[Fault("adopted", "required", message)])
    return Adoption(adopted, basis)


def _text_faults(version: PolicyVersion) -> list[Fault]:
    """What a text still lacks: everything stands in both languages, or there is a scanned paper."""
    sections = list(version.sections.all())
    # What is fixed cannot be written otherwise; a text of before there were pictures stays as it was proposed.
    marks = marks_left(version, sections) if version.is_draft else []
    # A scanned paper is a text as it was signed.
    if not sections and version.papers.exists():
        return []
    if not sections:
        return [Fault("sections", "no_sections", _("There is no section yet."))]
    lacking = _("“%(section)s” has no text in Arabic."), _("“%(section)s” has no text in English.")
    empty = [
        Fault("sections", "no_text", message % {"section": str(section)})
        for section in sections
        for text, message in zip((section.text_ar, section.text_en), lacking, strict=True)
        if not text
    ]
    return [*empty, *marks]


def _day_faults(
    before: PolicyVersion | None, adopted: datetime.date, since: datetime.date, at: datetime.datetime
) -> list[Fault]:
    """Days that cannot be: adopted after today or after it holds, holding no later than the version before or from a day so
    far off that it is a slip; and where another version held until now, from a day that is past.
    """
    found, today = [], timezone.localdate(at)
    if adopted > today:
        found.append(Fault("adopted", "in_the_future", _("What was adopted was adopted today or before.")))
    if since < adopted:
        found.append(Fault("since", "before_adopted", _("It holds from the day on which it was adopted, or later.")))
    if since > today + FARTHEST:
        found.append(Fault("since", "too_late", _("It holds from a day at most a year ahead.")))
    return found if before is None else [*found, *_order_faults(before, since, today)]


def _order_faults(before: PolicyVersion, since: datetime.date, today: datetime.date) -> list[Fault]:
    """Why a version cannot follow another one from a day."""
    first, last = before.first_day, before.last_day
    if first is not None and since <= first:
        message = _("Version %(number)s holds from %(day)s. This one follows on a later day.")
        return [Fault("since", "not_later", message % {"number": before.number, "day": first.isoformat()})]
    if last is not None and since <= last:
        message = _("Version %(number)s is withdrawn and holds until %(day)s. This one follows on a later day.")
        return [Fault("since", "not_later", message % {"number": before.number, "day": last.isoformat()})]
    if last is None and since < today:
        message = _("What follows another version holds from today or later: until now the other one held.")
        return [Fault("since", "in_the_past", message)]
    return []


@transaction.atomic
def withdraw_policy(
    *, version: PolicyVersion, last_day: datetime.date, why: str, by: User, at: datetime.datetime
) -> PolicyVersion:
    """End a version with a day, today or later, without another in its place; or with another day than was said before.

    Where that is before its first day, it never holds, and the version that would have ended by it holds on.
    409 `not_in_force` where it holds no more or is superseded; 400 `invalid` where another one holds by that day.
    """
    demand_preparing(by, version)
    locked(version.policy_id)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    held = PolicyVersion.objects.select_related("policy").filter(pk=version.pk).first()
    today = timezone.localdate(at)
    if held is None or held.first_day is None or not held.may_end(today):
        raise Problem("not_in_force", _("Only a version that holds, or will, can be withdrawn."), 409)
    first = held.first_day
    if faults := _end_faults(held, last_day, today):
        raise Problem("invalid", faults[0].message, errors=faults)
    if last_day < first:
        held.called_off = today
    else:
        held.valid = lasting(first, last_day)
    held.withdrawn_why, held.changed, held.changed_by = why, at, by
    held.save(update_fields=["valid", "called_off", "withdrawn_why", "changed", "changed_by"])
    told: dict[str, Any] = {"policy": held.policy.code, "version": held.number, "last_day": last_day.isoformat()}
    if held.called_off is not None:
        told |= {"called_off": True, "holds_on": _let_hold_on(held.policy, first)}
    record(by, "withdraw_policy", held, **told)
    _tell_all(held, "withdrawn" if held.called_off is None else "never_holds", last_day, by=by, at=at)
    return held


def _end_faults(version: PolicyVersion, last_day: datetime.date, today: datetime.date) -> list[Fault]:
    """Last days that cannot be: past, so far off that it is a slip, or behind the first day of what follows."""
    if last_day < today:
        return [Fault("last_day", "in_the_past", _("The last day is today or later."))]
    if last_day > today + FARTHEST:
        return [Fault("last_day", "too_late", _("The last day is at most a year ahead."))]
    later = version.policy.versions.standing().filter(valid__startswith__gt=version.first_day)
    following = later.order_by("valid").first()
    if following is not None and following.first_day is not None and last_day >= following.first_day:
        message = _("Version %(number)s follows from %(day)s.")
        told = message % {"number": following.number, "day": following.first_day.isoformat()}
        return [Fault("last_day", "followed", told)]
    return []


def _let_hold_on(policy: Policy, day: datetime.date) -> list[int]:
    """Take back the end of the version that another one was to follow on a day, and answer its number; a withdrawal stays."""
    found = list(policy.versions.standing().filter(valid__endswith=day, withdrawn_why=""))
    for before in found:
        before.valid = lasting(before.first_day)
        before.save(update_fields=["valid"])
    return [before.number for before in found]
