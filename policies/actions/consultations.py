"""What is done in a consultation: open it, give it more time or more organisations, comment."""

import datetime
from collections.abc import Collection, Iterable, Iterator
from typing import TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, require
from policies.actions.picture_marks import paper_faults
from policies.actions.telling import tell_policy
from policies.actions.versions import FARTHEST, demand_preparing, draft_for_writing, fix_text, locked
from policies.models import Concern, Consultation, PolicyComment, PolicyInvitation, PolicySection, PolicyVersion

LONGEST_QUESTION, LONGEST_COMMENT = 2_000, 4_000
# So much says one organisation about one version: the page of comments stays one that can be read, and answered.
MOST_COMMENTS = 500
Said = TypeVar("Said", PolicyComment, Concern)


def organisations_to_ask(version: PolicyVersion) -> QuerySet[Organisation]:
    """The organisations that can be invited to a version: every one that acts, but for the one that prepares it."""
    return Organisation.objects.active().exclude(pk=version.policy.owner_id).order_by("kind", "code")


@transaction.atomic
def open_consultation(
    *,
    version: PolicyVersion,
    organisations: Collection[Organisation],
    first: datetime.date,
    last: datetime.date,
    question: str,
    seen: int,
    by: User,
    at: datetime.datetime,
) -> Consultation:
    """Ask organisations about a draft, from a day to a day, both included; its text never changes from now on.

    The invited read it at once and comment while it lasts. Problems: 400 `invalid` with every fault; 409 `under_way` where
    another version of the policy is proposed already.
    """
    demand_preparing(by, version)
    on_paper = paper_faults(version, seen)
    policy = locked(version.policy_id)
    held = draft_for_writing(version=version, seen=seen, by=by)
    question = text_to_keep(question, "question", longest=LONGEST_QUESTION)
    faults = [*on_paper, *_day_faults(first, last, timezone.localdate(at)), *_guest_faults(held, organisations)]
    fix_text(held, policy, faults, by=by, at=at)
    found = Consultation.objects.create(
        version=held, valid=lasting(first, last), question=question, opened_at=at, opened_by=by
    )
    invite(held, organisations, at, asked=True)
    asked = [one.code for one in organisations]
    record(by, "consult", held, policy=policy.code, version=held.number, last=last.isoformat(), organisations=asked)
    _tell_invited(held, organisations, by, at)
    return found


def invite(
    version: PolicyVersion, organisations: Iterable[Organisation], at: datetime.datetime, *, asked: bool = False
) -> None:
    """Let organisations read a version before it is adopted, and those given up before it, whose concerns stay.

    Whoever is `asked` comments, and reads the comments.
    """
    asked_of = [(one, version, asked) for one in organisations]
    before = version.policy.versions.filter(number__lt=version.number).exclude(given_up=None)
    asked_of += [(one, old, False) for one, _version, _asked in tuple(asked_of) for old in before]
    rows = [PolicyInvitation(version=of, organisation=one, asked=asks, at=at) for one, of, asks in asked_of]
    PolicyInvitation.objects.bulk_create(rows, ignore_conflicts=True)
    if asked:
        version.invitations.filter(organisation__in=[one.pk for one in organisations]).update(asked=True)


@transaction.atomic
def change_consultation(
    *,
    consultation: Consultation,
    organisations: Collection[Organisation],
    last: datetime.date,
    by: User,
    at: datetime.datetime,
) -> Consultation:
    """Another last day, today or later, and more organisations: whoever was invited stays so. 409 `closed` where it is over."""
    demand_preparing(by, consultation.version)
    policy = locked(consultation.version.policy_id)
    held = Consultation.objects.select_related("version__policy").get(pk=consultation.pk)
    today = timezone.localdate(at)
    if not held.version.is_proposed or held.is_over(today):
        raise Problem("closed", _("This consultation is over. A new version can be asked about."), 409)
    first = held.first_day or today
    faults = [*_last_faults(max(first, today), last, today), *_guest_faults(held.version, organisations)]
    if faults := [one for one in faults if one.code != "nobody_asked"]:
        raise Problem("invalid", _("This cannot be changed so; each fault is listed."), errors=faults)
    there = set(held.version.invitations.filter(asked=True).values_list("organisation", flat=True))
    fresh = [one for one in organisations if one.pk not in there]
    held.valid = lasting(first, last)
    held.save(update_fields=["valid"])
    invite(held.version, fresh, at, asked=True)
    told = {"policy": policy.code, "version": held.version.number, "last": last.isoformat()}
    record(by, "change_consultation", held.version, **told, organisations=[one.code for one in fresh])
    _tell_invited(held.version, fresh, by, at)
    return held


def _tell_invited(
    version: PolicyVersion, organisations: Iterable[Organisation], by: User, at: datetime.datetime
) -> None:
    ids = [one.pk for one in organisations]
    tell_policy(version, "consult", ids, Permission.COMMENT_ON_POLICIES, "asked", at, by)


def _day_faults(first: datetime.date, last: datetime.date, today: datetime.date) -> Iterator[Fault]:
    """Days that cannot be."""
    if first < today:
        yield Fault("first", "in_the_past", _("It begins today or later."))
    yield from _last_faults(max(first, today), last, today)


def _last_faults(first: datetime.date, last: datetime.date, today: datetime.date) -> Iterator[Fault]:
    """A last day before the first that is left, or so far off that it is a slip."""
    if last < first:
        yield Fault("last", "before_first", _("The last day is today or later, and not before the first."))
    if last > today + FARTHEST:
        yield Fault("last", "too_late", _("The last day is at most a year ahead."))


def _guest_faults(version: PolicyVersion, organisations: Collection[Organisation]) -> Iterator[Fault]:
    """Organisations that cannot be asked, or none."""
    if not organisations:
        yield Fault("organisations", "nobody_asked", _("Choose the organisations that are asked."))
    allowed = set(organisations_to_ask(version).values_list("pk", flat=True))
    for one in organisations:
        if one.pk not in allowed:
            message = _("%(organisation)s cannot be asked: it prepares the policy, or is not active.")
            yield Fault("organisations", "not_asked", message % {"organisation": one.name})


def demand_asked(
    version: PolicyVersion, section: PolicySection | None, acting: int | None, at: datetime.datetime
) -> PolicyVersion:
    """The version as it is now, if it takes comments and concerns of an organisation, named by its id.

    `Refused` where that one was not invited; 409 `closed` where it is not the time.
    """
    held = PolicyVersion.objects.select_related("policy", "consultation").get(pk=version.pk)
    if not held.invitations.filter(organisation=acting, asked=True).exists():
        detail = _("Your organisation was not invited to this version.")
        raise Refused(Permission.COMMENT_ON_POLICIES, held, code="not_invited", detail=detail)
    if section is not None and section.version_id != held.pk:
        raise Problem("invalid", _("This section belongs to another version."))
    consultation: Consultation | None = getattr(held, "consultation", None)
    if not held.is_proposed or consultation is None or not consultation.is_open(timezone.localdate(at)):
        raise Problem("closed", _("Comments are taken only while the consultation is open."), 409)
    return held


@transaction.atomic
def comment_on(
    *, version: PolicyVersion, section: PolicySection | None, text: str, key: UUID, by: User, at: datetime.datetime
) -> PolicyComment:
    """Remark something on a version, or on one of its sections, while it is asked about; sent twice, it is kept once."""
    said = PolicyComment(organisation_id=by.acting_id or 0, at=at, key=key)
    require(by, Permission.COMMENT_ON_POLICIES, said)
    said.version, said.section = demand_asked(version, section, by.acting_id, at), section
    said.text = text_to_keep(text, "text", longest=LONGEST_COMMENT, needed=_("Write what you have to say."))
    demand_room(said, MOST_COMMENTS)
    said.by, said.instead_of_id = by, by.instead_of_id
    kept = keep_once(said, "text")
    if kept is said:
        record(by, "comment_on_policy", said, policy=version.policy.code, version=version.number)
    return kept


def demand_room(said: PolicyComment | Concern, most: int) -> None:
    """Raise 409 `too_many` where an organisation has said as much about a version as it can; what was sent before is no more."""
    there = type(said).objects.filter(version=said.version, organisation=said.organisation_id).exclude(key=said.key)
    if there.count() >= most:
        words = _("Your organisation has said so much about this version already: %(most)d entries at most.")
        raise Problem("too_many", words % {"most": most}, 409)


def keep_once(said: Said, *words: str) -> Said:
    """Keep what somebody says on a page, once however often it is sent; answers what was kept.

    409 `sent_before` where the page was sent before with other words, or about something else: they are sent anew.
    """
    try:
        with transaction.atomic():
            said.save(force_insert=True)
    except IntegrityError as taken:
        kept = type(said).objects.filter(key=said.key).first()
        same = ("by_id", "version_id", "section_id", *words)
        if kept is None or any(getattr(kept, name) != getattr(said, name) for name in same):
            detail = _("This page was sent before with other words. Press again, and these are kept as well.")
            raise Problem("sent_before", detail, 409) from taken
        return kept
    return said
