"""What is done about signatures: sign for one's organisation, decline, enter what was signed on paper, object to that.

Nobody signs for another organisation. What another signed on paper is entered by whoever keeps the agreement, with what shows
it, and marked so; the organisation is told and can object. Then that row is void; where it signs later, it joins from that day.
"""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_faults, text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text
from policies.actions.agreements import (
    LONGEST_REASON,
    append,
    called_off,
    concerned_ids,
    demand_keeping,
    demand_no_objection,
    draft_text,
    fix,
    locked,
    opening_faults,
    original,
    tell_agreement,
)
from policies.models import Agreement, AgreementDeed, Party, Signature
from policies.rules.agreements import ForceRule, comes_into_force, first_day

LONGEST_CAPACITY, LONGEST_EVIDENCE = 200, 1_000


def _again(party: Party) -> Party:
    """The party as it is now, with its signatures; the agreement is locked. 409 `gone` where it is named no more."""
    held: Party | None = Party.objects.select_related("organisation").filter(pk=party.pk).first()
    if held is None:
        raise Problem("gone", _("This organisation is not named in the agreement any more. Nothing was changed."), 409)
    return held


def signable(agreement: Agreement, party: Party, today: datetime.date) -> Problem | None:
    """Why a party cannot sign today; None where it can. What was entered for it from paper it can confirm by signing."""
    if agreement.opened is None or agreement.given_up is not None:
        return Problem("not_open", _("This agreement is not open for signature. Nothing was changed."), 409)
    if agreement.called_off is not None:
        return called_off()
    if any(not one.paper for one in party.signatures.all()):
        return Problem("signed", _("Your organisation has signed already. Nothing was changed."), 409)
    if party.declined is not None:
        words = _("Your organisation declined to sign. Nothing was changed.")
        if agreement.agreed is not None and not agreement.is_accord:
            words = _("Your organisation declined to sign. It can be invited anew.")
        return Problem("declined", words, 409)
    last = agreement.until if agreement.agreed is None else agreement.last_day
    if (party.valid is None or party.objected is not None) and last is not None and last < today:
        return Problem("over", _("The last day of this agreement is past: nobody signs it any more."), 409)
    return None


@transaction.atomic
def sign_agreement(*, party: Party, capacity: str, by: User, at: datetime.datetime) -> Signature:
    """Sign for the organisation acted for, in a capacity; `Refused` for any other organisation.

    Where it was the last signature that was needed, the agreement comes into force; afterwards whoever signs joins from today,
    also one that objected to what was entered for it. Problems: 409 `signed`, `declined`, `not_open`, `called_off` or `over`.
    """
    require(by, Permission.MAKE_AGREEMENTS, party)
    held, today = locked(party.agreement_id), timezone.localdate(at)
    row = _again(party)
    capacity = text_to_keep(capacity, "capacity", longest=LONGEST_CAPACITY, needed=_("Say in which capacity you sign."))
    if (problem := signable(held, row, today)) is not None:
        raise problem
    row = _named_anew(held, row, at)
    made = Signature.objects.create(
        party=row, day=today, capacity=" ".join(capacity.split()), acting_id=by.acting_id or 0, by=by,
        instead_of_id=by.instead_of_id, at=at,
    )  # fmt: skip
    append(held, AgreementDeed.SIGNED, by=by, at=at, organisation=row.organisation_id, day=today)
    record(by, "sign_agreement", held, organisation=row.organisation.code)
    _count_in(held, row, today, by=by, at=at)
    return made


def _named_anew(agreement: Agreement, party: Party, at: datetime.datetime) -> Party:
    """The row that is signed: what was objected to stays void, so that nobody stands in it from the days of a denied paper."""
    if party.objected is None:
        return party
    rows = agreement.parties.filter(organisation=party.organisation_id, objected=None).prefetch_related("signatures")
    for other in rows:
        own = any(not one.paper for one in other.signatures.all())
        if own or other.valid is None:
            if (problem := signable(agreement, other, timezone.localdate(at))) is not None:
                raise problem
            return other
    made: Party = agreement.parties.create(organisation_id=party.organisation_id, named=at)
    return made


def _stands_without(agreement: Agreement) -> bool:
    """Whether an agreement came into force by those alone that do not object: by all that were to sign, where it says so."""
    counted = agreement.parties.filter(valid__isnull=False, objected=None)
    named = agreement.parties.all()
    if agreement.rule == ForceRule.ALL:
        # Who was invited later was never needed, and who joined later was not there when it had to be.
        counted = counted.filter(valid__startswith=agreement.first_day)
        named = named.filter(named__lte=agreement.opened)
    organisations = (set(rows.values_list("organisation", flat=True)) for rows in (named, counted))
    return comes_into_force(ForceRule(agreement.rule), *organisations)


def _count_in(agreement: Agreement, party: Party, day: datetime.date, *, by: User, at: datetime.datetime) -> None:
    """Let an agreement come into force where the signatures are enough; let whoever signs one in force join it from a day."""
    if agreement.agreed is None:
        _settle(agreement, by=by, at=at)
    elif party.valid is None:
        first = max(day, agreement.first_day or day)
        rows = agreement.parties.filter(organisation=party.organisation_id, objected=None)
        before = rows.filter(valid__contains=first).first()
        if before is not None or (agreement.last_day is not None and agreement.last_day < first):
            words = _("On %(day)s it is a party already, or the agreement holds no more.") % {"day": first.isoformat()}
            raise Problem("overlap", words, 409, [Fault("day", "overlap", words)])
        party.valid = lasting(first)
        party.save(update_fields=["valid"])
        tell_agreement(agreement, "joined", concerned_ids(agreement, at), key=str(party.pk), at=at, but=by)


def _settle(agreement: Agreement, *, by: User, at: datetime.datetime) -> None:
    """Bring an agreement into force where enough have signed: its days, those of its parties and of its text begin."""
    parties = list(agreement.parties.prefetch_related("signatures"))
    signed = [one for one in parties if one.signatures.all() and one.objected is None and one.declined is None]
    days = {one.organisation_id: min(signature.day for signature in one.signatures.all()) for one in signed}
    if not comes_into_force(ForceRule(agreement.rule), {one.organisation_id for one in parties}, set(days)):
        return
    first = first_day(agreement.since, days.values())
    if agreement.until is not None and agreement.until < first:
        detail = _("The last signature came after the last day of this agreement: it never holds. Begin a new one.")
        raise Problem("over", detail, 409, [Fault("day", "over", detail)])
    agreement.agreed, agreement.valid = max(days.values()), lasting(first, agreement.until)
    agreement.save(update_fields=["agreed", "valid"])
    for one in signed:
        one.valid = lasting(first)
        one.save(update_fields=["valid"])
    text = original(agreement)
    text.valid = lasting(first)
    text.save(update_fields=["valid"])
    append(agreement, AgreementDeed.FORCE, by=by, at=at, day=first)
    if not agreement.recorded:
        tell_agreement(agreement, "force", list(days), at=at, but=by)


@transaction.atomic
def decline_agreement(*, party: Party, why: str, by: User, at: datetime.datetime) -> Party:
    """Say for the organisation acted for that it does not sign, with a reason that everybody reads once it is in force.

    Said twice it stands once. 409 `signed` where it signed, `not_open` where nobody signs any more.
    """
    require(by, Permission.MAKE_AGREEMENTS, party)
    held = locked(party.agreement_id)
    row = _again(party)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if row.declined is not None:
        return row
    if held.opened is None or held.given_up is not None:
        raise Problem("not_open", _("This agreement is not open for signature. Nothing was changed."), 409)
    if row.valid is not None or row.signatures.exists():
        raise Problem("signed", _("Your organisation has signed already. Nothing was changed."), 409)
    row.declined, row.why = timezone.localdate(at), why
    row.save(update_fields=["declined", "why"])
    append(held, AgreementDeed.DECLINED, by=by, at=at, organisation=row.organisation_id, text=why)
    record(by, "decline_agreement", held, organisation=row.organisation.code)
    tell_agreement(held, "declined", concerned_ids(held, at, held.keeper_id), key=str(row.pk), at=at, but=by)
    return row


def _paper_faults(day: datetime.date, evidence: str, at: datetime.datetime) -> list[Fault]:
    """What cannot be of a signature on paper."""
    found = text_faults(
        evidence, "evidence", longest=LONGEST_EVIDENCE, needed=_("Write what shows that it was signed.")
    )
    if day > timezone.localdate(at):
        found.append(Fault("day", "in_the_future", _("What was signed was signed today or before.")))
    return found


@transaction.atomic
def enter_paper_signature(
    *, party: Party, day: datetime.date, evidence: str, by: User, at: datetime.datetime
) -> Signature:
    """Enter that an organisation signed on paper on a day, as whoever keeps the agreement; its people are told and can object.

    400 `invalid` with every fault; 409 `signed`, `declined`, `objected`, `not_open`, `called_off` or `over`.
    """
    demand_keeping(by, party.agreement)
    held = locked(party.agreement_id)
    row = _again(party)
    demand_no_objection(held, row.organisation_id)
    evidence = clean_text(evidence, multiline=True)
    faults = _paper_faults(day, evidence, at)
    if not held.recorded and held.opened is not None and day < timezone.localdate(held.opened):
        words = _("The text was opened for signature on %(day)s: nobody signed it before.")
        faults.append(Fault("day", "before_opened", words % {"day": timezone.localdate(held.opened).isoformat()}))
    if held.first_day is not None and day < held.first_day:
        words = _("The agreement holds since %(day)s: whoever joined signed on that day or later.")
        faults.append(Fault("day", "before_first", words % {"day": held.first_day.isoformat()}))
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    if row.signatures.exists():
        raise Problem("signed", _("There is a signature of this organisation already. Nothing was changed."), 409)
    if (problem := signable(held, row, day)) is not None:
        raise problem
    made = _enter(held, row, day, evidence, by, at)
    _count_in(held, row, day, by=by, at=at)
    return made


def _enter(
    agreement: Agreement, party: Party, day: datetime.date, evidence: str, by: User, at: datetime.datetime
) -> Signature:
    """Write one signature on paper, and tell the organisation of it."""
    made = Signature.objects.create(
        party=party, day=day, paper=True, evidence=evidence, acting_id=by.acting_id or 0, by=by,
        instead_of_id=by.instead_of_id, at=at,
    )  # fmt: skip
    append(agreement, AgreementDeed.PAPER, by=by, at=at, organisation=party.organisation_id, day=day, text=evidence)
    record(by, "enter_signature", agreement, organisation=party.organisation.code, day=day.isoformat())
    if party.organisation_id != by.acting_id:
        tell_agreement(agreement, "paper", [party.organisation_id], key=str(party.pk), at=at, but=by)
    return made


@transaction.atomic
def record_agreement(
    *, agreement: Agreement, day: datetime.date, evidence: str, seen: int, by: User, at: datetime.datetime
) -> Agreement:
    """Enter a draft as signed on paper by all its parties on a day: a record of what was agreed on before, or elsewhere.

    400 `invalid` with every fault; 409 `changed` where the draft is another than was seen.
    """
    demand_keeping(by, agreement)
    held = locked(agreement.pk)
    text = draft_text(text=original(held), seen=seen, by=by)
    evidence = clean_text(evidence, multiline=True)
    if faults := [*opening_faults(held, text), *_paper_faults(day, evidence, at)]:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    held.recorded = True
    held.save(update_fields=["recorded"])
    fix(held, text, at)
    for party in held.parties.select_related("organisation").order_by("pk"):
        _enter(held, party, day, evidence, by, at)
    record(by, "record_agreement", held, day=day.isoformat())
    _settle(held, by=by, at=at)
    return held


@transaction.atomic
def object_to_signature(*, party: Party, why: str, by: User, at: datetime.datetime) -> Party:
    """Say for the organisation acted for that what was entered as its signature is none; it counts in nothing from now on.

    Where too few signed without it, by the rule of the agreement, that never held, and nobody joins it any more. Said twice it
    stands once. 409 `no_paper` where nobody entered one, `signed` where the organisation signed itself.
    """
    require(by, Permission.MAKE_AGREEMENTS, party)
    held = locked(party.agreement_id)
    row = _again(party)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if row.objected is not None:
        return row
    sorts = set(row.signatures.values_list("paper", flat=True))
    if False in sorts:
        raise Problem("signed", _("Your organisation signed this itself. It can leave the agreement."), 409)
    if not sorts:
        raise Problem("no_paper", _("Nobody entered a signature for your organisation. Nothing was changed."), 409)
    row.objected, row.why = timezone.localdate(at), why
    row.save(update_fields=["objected", "why"])
    append(held, AgreementDeed.OBJECTED, by=by, at=at, organisation=row.organisation_id, text=why)
    record(by, "object_to_signature", held, organisation=row.organisation.code)
    if held.agreed is not None and held.called_off is None and not _stands_without(held):
        held.called_off = timezone.localdate(at)
        held.save(update_fields=["called_off"])
    tell_agreement(
        held, "objected", concerned_ids(held, at, held.keeper_id, row.organisation_id), key=str(row.pk), at=at, but=by
    )
    return row
