"""What the page of an agreement shows, and what its reader can do with it."""

import datetime
from dataclasses import dataclass
from typing import Any

from coordination.formats.dates import short_day
from directorates.models import User
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
    """A party as the page shows it: its state, its signatures, and what whoever keeps the agreement can enter of it."""

    party: Party
    state: PartyState
    signatures: list[Signature]
    paper: bool
    left: bool


def own_row(agreement: Agreement, user: User) -> Party | None:
    """The party that the organisation acted for is, or is named as: the one that is not over, or the last one."""
    rows = Party.objects.filter(agreement=agreement, organisation=user.acting_id).prefetch_related("signatures")
    found = sorted(rows.select_related("agreement", "organisation"), key=lambda one: (one.last_day is None, one.pk))
    return found[-1] if found else None


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
    found = set()
    if not agreement.is_accord and (agreement.recorded or agreement.holds_or_will(day)):
        found |= {"name", "paper"}
    if agreement.recorded and agreement.called_off is None:
        found |= {"left", "oblige"}
        found |= {"end"} if agreement.last_day is None or agreement.last_day >= day else set()
    return found


def _own(user: User, agreement: Agreement, own: Party, day: datetime.date) -> set[str]:
    """What a party can do."""
    signatures = own.signatures.all()
    found = {"sign"} if signable(agreement, own, day) is None else set()
    if found and not signatures and own.valid is None:
        found |= {"decline"}
    if signatures and all(one.paper for one in signatures) and own.objected is None:
        found |= {"object"}
    if own.valid is not None and own.last_day is None and own.objected is None and agreement.holds_or_will(day):
        found |= {"leave"}
    if standing_as(agreement, user, day) is not None:
        found |= {"amend", "oblige"} | ({"renew"} if agreement.last_day is not None else set())
    return found


def page_context(user: User, agreement: Agreement, day: datetime.date) -> dict[str, Any]:
    """Everything that the page of an agreement shows."""
    own, state = own_row(agreement, user), agreement.state(day)
    deeds = deeds_open(user, agreement, own, day)
    texts = list(AgreementText.objects.visible_to(user).filter(agreement=agreement).order_by("number"))
    shown = text_shown(user, agreement, day)
    amending = next(
        (one for one in texts if one.kind != TextKind.ORIGINAL and one.valid is None and one.given_up is None), None
    )
    obligations = Obligation.objects.filter(agreement=agreement).named().due_first()
    return {
        "agreement": agreement,
        "state": state,
        "deeds": deeds if amending is None else deeds - {"amend", "renew"},
        "text": shown,
        "articles": list(shown.articles.all()) if shown else [],
        "parties": _standings(agreement, deeds, day),
        "obligations": [(one, one.is_overdue(day)) for one in obligations],
        "owed": agreement.valid is not None,
        "texts": [(one, one.state(day)) for one in texts if one.kind != TextKind.ORIGINAL],
        "waits": amending is not None and amending.state(day) is TextState.OPEN,
        "compares": sum(1 for one in texts if one.kind != TextKind.RENEWAL) > 1,
        "events": _history(user, agreement),
    }


def _standings(agreement: Agreement, deeds: set[str], day: datetime.date) -> list[Standing]:
    """The parties, those of the first days first."""
    rows = Party.objects.filter(agreement=agreement).select_related("organisation", "agreement")
    parties = sorted(
        rows.prefetch_related("signatures__acting"), key=lambda one: (one.first_day or datetime.date.max, one.pk)
    )
    found = []
    for one in parties:
        state, signatures = one.state(day), list(one.signatures.all())
        paper = "paper" in deeds and not signatures and state not in (PartyState.DECLINED, PartyState.OBJECTED)
        left = "left" in deeds and one.valid is not None and one.last_day is None
        found.append(Standing(one, state, signatures, paper, left))
    return found


def _history(user: User, agreement: Agreement) -> list[dict[str, Any]]:
    """What happened, with whom it was about; which organisation said so. People are named in the record."""
    rows = AgreementEvent.objects.visible_to(user).filter(agreement=agreement).select_related("acting", "organisation")
    # What shows a signature on paper stands beside the signature.
    notes = {one.pk: "" if one.what == AgreementDeed.PAPER else one.text for one in rows}
    return [{"at": one.at, "acting": one.acting.name, "what": _what(one), "note": notes[one.pk]} for one in rows]


def _what(event: AgreementEvent) -> str:
    """What happened in words, with the organisation that it was about and the day from or until which it holds."""
    words = str(event)
    if event.organisation_id not in (None, event.acting_id):
        words = f"{words}: {event.organisation.name}"
    return f"{words} · {short_day(event.day)}" if event.day else words
