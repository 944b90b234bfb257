"""What is done about parties: invite one more to a charter or memorandum, leave an agreement, enter that one left."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.models.organisations import OrganisationStatus
from directorates.models.validity import lasting
from directorates.permissions import Permission, may, require
from policies.actions.agreements import (
    FARTHEST,
    LONGEST_REASON,
    MOST_PARTIES,
    append,
    called_off,
    concerned_ids,
    demand_keeping,
    demand_no_objection,
    locked,
    tell_agreement,
)
from policies.actions.amendments import settle_open_texts
from policies.models import Agreement, AgreementDeed, Party
from policies.rules.agreements import stands_until


@transaction.atomic
def name_party(*, agreement: Agreement, organisation: Organisation, by: User, at: datetime.datetime) -> Party:
    """Invite an organisation to join a charter or memorandum in force; it joins as it signs.

    Named twice it stands once. 409 `accord` where the parties are fixed, `over` where it holds no more, `called_off` where it
    never held, `exists` where the organisation is a party, `objected` where it denies a signature that was entered for it.
    """
    demand_keeping(by, agreement)
    held, today = locked(agreement.pk), timezone.localdate(at)
    if held.called_off is not None:
        raise called_off()
    if held.is_accord:
        raise Problem("accord", _("Nobody joins an accord: its parties are fixed. Begin a new one."), 409)
    if not held.holds_or_will(today) and not held.recorded:
        raise Problem("over", _("Only an agreement in force can be joined."), 409)
    if faults := list(_naming_faults(held, organisation)):
        raise Problem("invalid", faults[0].message, errors=faults)
    demand_no_objection(held, organisation.pk)
    there = held.parties.filter(organisation=organisation, declined=None, objected=None)
    if (named := there.filter(valid=None).first()) is not None:
        return named
    if there.filter(valid__endswith=None).exists() or there.filter(valid__endswith__gt=today).exists():
        words = _("This organisation is a party, or is until a day to come.")
        raise Problem("exists", words, 409, [Fault("organisation", "exists", words)])
    made = Party.objects.create(agreement=held, organisation=organisation, named=at)
    append(held, AgreementDeed.NAMED, by=by, at=at, organisation=organisation.pk)
    record(by, "name_party", held, organisation=organisation.code)
    tell_agreement(held, "open", [organisation.pk], key=str(made.pk), at=at, but=by)
    return made


def _naming_faults(agreement: Agreement, organisation: Organisation) -> Iterator[Fault]:
    """Why an organisation cannot be invited."""
    if organisation.status != OrganisationStatus.ACTIVE and not agreement.recorded:
        yield Fault("organisation", "not_active", _("This organisation does not act any more."))
    if agreement.parties.count() >= MOST_PARTIES:
        yield Fault(
            "organisation", "too_many", _("An agreement has at most %(most)d parties.") % {"most": MOST_PARTIES}
        )


@transaction.atomic
def leave_agreement(*, party: Party, last_day: datetime.date, why: str, by: User, at: datetime.datetime) -> Party:
    """Leave an agreement with a last day and a reason that everybody reads; as whoever keeps a record, enter that one left.

    A party leaves today or later; a record says what was of those that did not sign here. Where fewer than two stay, the
    agreement ends with the last day of the last but one. 400 `invalid` for a day before it joined, past or far off; 409
    `own_word` where it leaves by its own word alone, `objected`, `no_party`, or `left` where that is said.
    """
    own = may(by, Permission.MAKE_AGREEMENTS, party)
    if own:
        require(by, Permission.MAKE_AGREEMENTS, party)
    else:
        demand_keeping(by, party.agreement)
    held = locked(party.agreement_id)
    row = Party.objects.select_related("organisation").get(pk=party.pk)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if not own:
        _demand_record_of(held, row)
    _demand_staying(row)
    today = timezone.localdate(at)
    # What is past is the record's to say, not a party's: it would have owed nothing all along.
    past = held.recorded and (not own or (held.last_day is not None and held.last_day < today))
    if faults := list(_last_day_faults(held, row, last_day, today, past=past)):
        raise Problem("invalid", faults[0].message, errors=faults)
    row.valid, row.why = lasting(row.first_day, last_day), why
    row.save(update_fields=["valid", "why"])
    append(held, AgreementDeed.LEFT, by=by, at=at, organisation=row.organisation_id, day=last_day, text=why)
    record(by, "leave_agreement", held, organisation=row.organisation.code, last_day=last_day.isoformat())
    tell_agreement(held, "left", concerned_ids(held, at, row.organisation_id), key=str(row.pk), at=at, but=by)
    end_where_alone(held, by=by, at=at)
    settle_open_texts(held, by=by, at=at)
    return row


def _demand_record_of(agreement: Agreement, party: Party) -> None:
    """Raise where a party leaves by its own word alone: it signed itself, or objects to what was entered for it."""
    if not agreement.recorded or any(not one.paper for one in party.signatures.all()):
        raise Problem("own_word", _("A party leaves by its own word. Nothing was changed."), 409)
    demand_no_objection(agreement, party.organisation_id)


def _demand_staying(party: Party) -> None:
    """Raise where there is nothing to leave."""
    if party.valid is None or party.objected is not None:
        raise Problem("no_party", _("This organisation is no party yet. Nothing was changed."), 409)
    if party.last_day is not None:
        words = _("It is said already that this organisation is a party until %(day)s.")
        raise Problem("left", words % {"day": party.last_day.isoformat()}, 409)


def _last_day_faults(
    agreement: Agreement, party: Party, last_day: datetime.date, today: datetime.date, *, past: bool
) -> Iterator[Fault]:
    """Last days that cannot be: before it joined, past, so far off that it is a slip, or behind the end of the agreement."""
    if party.first_day is not None and last_day < party.first_day:
        words = _("It is a party since %(day)s. The last day is that day or later.")
        yield Fault("last_day", "before_first", words % {"day": party.first_day.isoformat()})
    elif last_day < today and not past:
        yield Fault("last_day", "in_the_past", _("The last day is today or later."))
    if last_day > today + FARTHEST:
        yield Fault("last_day", "too_late", _("The last day is at most a year ahead."))
    if agreement.last_day is not None and last_day > agreement.last_day:
        words = _("The agreement holds until %(day)s.") % {"day": agreement.last_day.isoformat()}
        yield Fault("last_day", "after_end", words)


def end_where_alone(agreement: Agreement, *, by: User | None, at: datetime.datetime) -> None:
    """Let an agreement end with the last day on which two parties stand in it."""
    ends: dict[int, datetime.date | None] = {}
    counted = agreement.parties.filter(valid__isnull=False, objected=None)
    for one in sorted(counted, key=lambda party: party.first_day or datetime.date.min):
        ends[one.organisation_id] = one.last_day
    until = stands_until(ends.values())
    if until is None or (agreement.last_day is not None and agreement.last_day <= until):
        return
    agreement.valid = lasting(agreement.first_day, until)
    agreement.save(update_fields=["valid"])
    append(agreement, AgreementDeed.ENDED, by=by, at=at, day=until)
    tell_agreement(agreement, "ended", concerned_ids(agreement, at), key=until.isoformat(), at=at, but=by)
