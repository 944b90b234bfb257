"""What the page of an agreement shows, and what its reader can do with it."""

import datetime
from dataclasses import dataclass
from typing import Any

from coordination.formats.dates import short_day
from directorates.models import User
from directorates.models.silences import Silence, silences
from directorates.permissions import Permission, may
from policies.actions.agreements import keeps
from policies.actions.amendments import standing_as
from policies.actions.signatures import signable
from policies.models import (
    Agreement,
    AgreementDeed,
    AgreementEvent,
    AgreementState,
    AgreementText,
    Obligation,
    Party,
    PartyState,
    Signature,
    TextKind,
    TextState,
)


@dataclass(frozen=True)
class Standing:
    """A party as the page shows it: its state, its signatures, what whoever keeps the agreement can enter of it, whether
    its own people can object to what was entered, and why it cannot speak where it cannot.
    """

    party: Party
    state: PartyState
    signatures: list[Signature]
    paper: bool
    left: bool
    objects: bool
    silence: Silence | None


def own_row(agreement: Agreement, user: User) -> Party | None:
    """The party that the organisation acted for is, or is named as: the one that is not over, or the last one.

    A row that it objected to stands behind those, before what others entered and ended.
    """
    rows = Party.objects.filter(agreement=agreement, organisation=user.acting_id).prefetch_related("signatures")
    return max(rows.select_related("agreement", "organisation"), key=_nearness, default=None)


def _nearness(party: Party) -> tuple[bool, bool, int]:
    """What puts one row of an organisation before its others."""
    open_row, own = party.last_day is None, any(not one.paper for one in party.signatures.all())
    return own or (open_row and party.objected is None), open_row, party.pk


def text_shown(user: User, agreement: Agreement, day: datetime.date) -> AgreementText | None:
    """The text with articles that holds on a day; the last that took force, or the one that is to be signed."""
    rows = AgreementText.objects.visible_to(user).filter(agreement=agreement).written()
    found: AgreementText | None = (
        rows.filter(valid__contains=day).first() or rows.held().first() or rows.filter(kind=TextKind.ORIGINAL).first()
    )
    return found


def deeds_open(user: User, agreement: Agreement, own: Party | None, day: datetime.date) -> set[str]:
    """What a person can do with an agreement as it stands, by the words of the addresses."""
    state, found = agreement.state(day), set()
    keeper = keeps(user, agreement)
    if keeper and state is AgreementState.DRAFT:
        return {"change", "discard", "open", "record", "write", "oblige"}
    if keeper and state is AgreementState.OPEN:
        found |= {"give_up", "paper"}
    if keeper and agreement.agreed is not None:
        found |= _kept(agreement, day)
    if own is not None and may(user, Permission.MAKE_AGREEMENTS, own):
        found |= _own(user, agreement, own, day)
    return found


def _kept(agreement: Agreement, day: datetime.date) -> set[str]:
    """What whoever keeps an agreement can do once it came into force."""
    found: set[str] = set()
    if agreement.called_off is not None:
        return found
    if not agreement.is_accord and (agreement.recorded or agreement.holds_or_will(day)):
        found |= {"name", "paper"}
    if agreement.recorded:
        found |= {"left", "oblige"}
        ends = agreement.last_day is None or agreement.last_day >= day
        found |= {"end"} if ends and not agreement.parties.staying(day).signed_itself().exists() else set()
    return found


def _own(user: User, agreement: Agreement, own: Party, day: datetime.date) -> set[str]:
    """What a party can do."""
    signatures = own.signatures.all()
    found = {"sign"} if signable(agreement, own, day) is None else set()
    if found and not signatures and own.valid is None:
        found |= {"decline"}
    if own.valid is not None and own.last_day is None and own.objected is None and agreement.holds_or_will(day):
        found |= {"leave"}
    if standing_as(agreement, user, day) is not None:
        found |= {"amend", "oblige"} | ({"renew"} if agreement.last_day is not None else set())
    return found


def page_context(user: User, agreement: Agreement, day: datetime.date) -> dict[str, Any]:
    """Everything that the page of an agreement shows."""
    own, state = own_row(agreement, user), agreement.state(day)
    deeds = deeds_open(user, agreement, own, day)
    texts = list(
        AgreementText.objects.visible_to(user).filter(agreement=agreement).select_related("keeper").order_by("number")
    )
    shown = text_shown(user, agreement, day)
    waits = any(one.kind != TextKind.ORIGINAL and one.state(day) is TextState.OPEN for one in texts)
    writes = any(one.is_draft and one.keeper_id == user.acting_id for one in texts)
    obligations = Obligation.objects.filter(agreement=agreement).named().due_first()
    return {
        "agreement": agreement,
        "state": state,
        "deeds": deeds - ({"amend", "renew"} if waits else {"amend"} if writes else set()),
        "text": shown,
        "articles": list(shown.articles.all()) if shown else [],
        "parties": _standings(user, agreement, deeds, day),
        "obligations": [(one, one.is_overdue(day)) for one in obligations],
        "owed": agreement.valid is not None,
        "texts": [(one, one.state(day)) for one in texts if one.kind != TextKind.ORIGINAL],
        "waits": waits,
        "compares": sum(1 for one in texts if one.kind != TextKind.RENEWAL) > 1,
        "events": _history(user, agreement),
    }


def _standings(user: User, agreement: Agreement, deeds: set[str], day: datetime.date) -> list[Standing]:
    """The parties, those of the first days first."""
    rows = Party.objects.filter(agreement=agreement).select_related("organisation", "agreement")
    parties = sorted(
        rows.prefetch_related("signatures__acting"), key=lambda one: (one.first_day or datetime.date.max, one.pk)
    )
    own = {one.organisation_id for one in parties if any(not each.paper for each in one.signatures.all())}
    denied = {one.organisation_id for one in parties if one.objected is not None} - own
    found, silent = [], silences(one.organisation_id for one in parties)
    for one in parties:
        state, signatures = one.state(day), list(one.signatures.all())
        alone = bool(signatures) and all(each.paper for each in signatures) and one.objected is None
        entered = one.organisation_id not in denied
        paper = "paper" in deeds and entered and not signatures and state is not PartyState.DECLINED
        left = "left" in deeds and entered and alone and one.valid is not None and one.last_day is None
        found.append(
            Standing(
                one,
                state,
                signatures,
                paper,
                left,
                alone and may(user, Permission.MAKE_AGREEMENTS, one),
                silent.get(one.organisation_id),
            )
        )
    return found


def _history(user: User, agreement: Agreement) -> list[dict[str, Any]]:
    """What happened, with whom it was about; which organisation said so. People are named in the record."""
    rows = AgreementEvent.objects.visible_to(user).filter(agreement=agreement).select_related("acting", "organisation")
    # What shows a signature on paper stands beside the signature.
    notes = {one.pk: "" if one.what == AgreementDeed.PAPER else one.text for one in rows}
    return [
        {"at": one.at, "acting": one.acting.name if one.acting else "", "what": _what(one), "note": notes[one.pk]}
        for one in rows
    ]


def _what(event: AgreementEvent) -> str:
    """What happened in words, with the organisation that it was about and the day from or until which it holds."""
    words = str(event)
    if event.organisation_id not in (None, event.acting_id):
        words = f"{words}: {event.organisation.name}"
    return f"{words} · {short_day(event.day)}" if event.day else words
