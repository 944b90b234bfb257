"""What is done with obligations: write what a party owes, say that it is met, waive it, open it again."""

import datetime
from collections.abc import Iterator

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_faults, text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, User
from directorates.permissions import Permission, Refused, may, require
from directorates.rules.text import clean_text
from policies.actions.agreements import (
    count_draft_change,
    demand_keeping,
    draft_text,
    keeps,
    locked,
    original,
    tell_agreement,
)
from policies.actions.amendments import own_party, standing_as
from policies.models import Agreement, Obligation, ObligationEvent, ObligationState, Party

LONGEST_TEXT, LONGEST_EVIDENCE = 2_000, 2_000
MOST_OBLIGATIONS, MOST_EVENTS = 200, 50


@transaction.atomic
def add_obligation(
    *,
    agreement: Agreement,
    organisation: Organisation | None,
    text_ar: str,
    text_en: str,
    due: datetime.date | None,
    by: User,
    at: datetime.datetime,
) -> list[Obligation]:
    """Write what a party owes, in a draft; without an organisation, what each named party owes, one for each.

    Once it was opened for signature nobody puts anything on another: a party takes on what it owes itself, and of a record the
    keeper enters what those owe that did not sign here. Pressed twice it stands once. 400 `invalid` with every fault; 409
    `own_word` where it is for another to take on.
    """
    if not (
        own := organisation is not None and may(by, Permission.MAKE_AGREEMENTS, Party(organisation_id=organisation.pk))
    ):
        demand_keeping(by, agreement)
    else:
        require(by, Permission.MAKE_AGREEMENTS, Party(organisation_id=organisation.pk))
    held = locked(agreement.pk)
    _demand_writable(held, by, own=own, today=timezone.localdate(at))
    words = {"text_ar": clean_text(text_ar, multiline=True), "text_en": clean_text(text_en, multiline=True)}
    owing = _owing(held, organisation, due, timezone.localdate(at))
    if faults := [*_faults(held, owing, words, due), *_own_word_faults(held, owing, by)]:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    made = []
    for one in owing:
        same = words | {"organisation": one, "due": due}
        row, new = Obligation.objects.get_or_create(agreement=held, **same, defaults={"by": by, "at": at})
        if new:
            record(by, "add_obligation", row, agreement=held.pk, organisation=one.code)
        made.append(row)
    if held.opened is None:
        count_draft_change(original(held), "change_agreement", by=by, at=at)
    return made


def _demand_writable(agreement: Agreement, by: User, *, own: bool, today: datetime.date) -> None:
    """Raise where a person writes no obligation as the agreement stands."""
    if agreement.opened is None:
        demand_keeping(by, agreement)
        return
    if agreement.recorded and keeps(by, agreement):
        return
    if not own:
        detail = _(
            "What was opened for signature puts nothing more on others: each party takes on what it owes itself."
        )
        raise Problem("own_word", detail, 409)
    if standing_as(agreement, by, today) is None:
        detail = _("Your organisation is no party of this agreement today.")
        raise Refused(Permission.MAKE_AGREEMENTS, agreement, code="no_party", detail=detail)


def who_may_owe(agreement: Agreement) -> QuerySet[Organisation]:
    """Who can owe something by an agreement: in a draft those that are named, later those that stood in it on some day."""
    named, stood = agreement.parties.filter(declined=None), agreement.parties.counted()
    parties = named if agreement.opened is None else stood
    return Organisation.objects.filter(pk__in=parties.values("organisation")).order_by("code")


def _owing(
    agreement: Agreement, organisation: Organisation | None, due: datetime.date | None, today: datetime.date
) -> list[Organisation]:
    """Who is to owe it, one party or each: of an agreement that was signed those that stand until it is due."""
    rows = who_may_owe(agreement)
    if agreement.opened is not None:
        last = min(due or agreement.last_day or today, agreement.last_day or datetime.date.max)
        rows = rows.filter(pk__in=agreement.parties.staying(last).values("organisation"))
    return list(rows if organisation is None else rows.filter(pk=organisation.pk))


def _own_word_faults(agreement: Agreement, owing: list[Organisation], by: User) -> Iterator[Fault]:
    """Who signed itself takes on itself what it owes, also by a record that another keeps."""
    if agreement.opened is None:
        return
    signed = set(agreement.parties.signed_itself().values_list("organisation", flat=True))
    message = _("%(organisation)s signed this itself: it alone takes on what it owes.")
    for one in owing:
        if one.pk in signed and not may(by, Permission.MAKE_AGREEMENTS, Party(organisation_id=one.pk)):
            yield Fault("organisation", "own_word", message % {"organisation": one.name})


def _faults(
    agreement: Agreement, owing: list[Organisation], words: dict[str, str], due: datetime.date | None
) -> Iterator[Fault]:
    """Everything that cannot be kept of an obligation."""
    for name, text in words.items():
        yield from text_faults(text, name, longest=LONGEST_TEXT, needed=_("Write what is owed, in both languages."))
    if not owing:
        yield Fault("organisation", "no_party", _("Only a party of the agreement can owe something by it."))
    first, last = agreement.first_day or agreement.since, agreement.last_day or agreement.until
    if due is not None and first is not None and due < first:
        yield Fault("due", "too_early", _("It is due on the first day of the agreement or later."))
    if due is not None and last is not None and due > last:
        yield Fault("due", "too_late", _("It is due on the last day of the agreement or before."))
    if agreement.obligations.count() + len(owing) > MOST_OBLIGATIONS:
        message = _("An agreement has at most %(most)d obligations.") % {"most": MOST_OBLIGATIONS}
        yield Fault("text_ar", "too_many", message)


@transaction.atomic
def remove_obligation(*, obligation: Obligation, by: User, at: datetime.datetime) -> None:
    """Take an obligation out of a draft; 409 `not_draft` once the agreement was opened for signature."""
    demand_keeping(by, obligation.agreement)
    text = draft_text(text=original(obligation.agreement), seen=None, by=by)
    record(by, "remove_obligation", obligation, agreement=obligation.agreement_id)
    obligation.delete()
    count_draft_change(text, "change_agreement", by=by, at=at)


def says_of(user: User, obligation: Obligation, today: datetime.date) -> list[ObligationState]:
    """What a person can say of an obligation: whoever owes it that it is met; another party that it is waived, or open again."""
    if may(user, Permission.MAKE_AGREEMENTS, obligation):
        return [ObligationState.DONE] if obligation.state == ObligationState.OPEN else []
    of_record = obligation.agreement.recorded and keeps(user, obligation.agreement)
    other = may(user, Permission.MAKE_AGREEMENTS, own_party(user)) and standing_as(obligation.agreement, user, today)
    if not (other or of_record):
        return []
    said = [ObligationState.WAIVED, ObligationState.OPEN, *([ObligationState.DONE] if of_record else [])]
    return [one for one in said if one != obligation.state]


@transaction.atomic
def say_of_obligation(
    *, obligation: Obligation, state: str, evidence: str, by: User, at: datetime.datetime
) -> Obligation:
    """Say that an obligation is met, waived or open again, with what shows it; said twice it stands once.

    Nobody waives what the own organisation owes. `Refused` for whoever is neither the one that owes it nor a party beside it.
    """
    if own := may(by, Permission.MAKE_AGREEMENTS, obligation):
        require(by, Permission.MAKE_AGREEMENTS, obligation)
    elif keeps(by, obligation.agreement):
        demand_keeping(by, obligation.agreement)
    else:
        require(by, Permission.MAKE_AGREEMENTS, own_party(by))
    held_agreement, today = locked(obligation.agreement_id), timezone.localdate(at)
    held: Obligation = Obligation.objects.select_related("agreement", "organisation").get(pk=obligation.pk)
    evidence = text_to_keep(evidence, "evidence", longest=LONGEST_EVIDENCE, needed=_("Write what shows it."))
    if held_agreement.valid is None:
        raise Problem("not_open", _("The agreement does not hold yet: nothing is owed by it."), 409)
    if state == held.state:
        return held
    if state not in {str(one) for one in says_of(by, held, today)}:
        detail = _("Whoever owes it says that it is met; another party of the agreement waives it or opens it again.")
        if own and state in ObligationState.values:
            raise Refused(Permission.MAKE_AGREEMENTS, held, code="own_case", detail=detail)
        raise Problem("not_open", detail, 409)
    if held.events.count() >= MOST_EVENTS:
        raise Problem("too_many", _("This was said too often. Write a new obligation instead."), 409)
    ObligationEvent.objects.create(
        obligation=held, state=state, evidence=evidence, acting_id=by.acting_id or 0, by=by,
        instead_of_id=by.instead_of_id, at=at,
    )  # fmt: skip
    record(by, str(state), held, agreement=held.agreement_id, organisation=held.organisation.code)
    tell_obligation(held, str(state), [held.organisation_id, *_beside(held, today)], at=at, but=by)
    return held


def _beside(obligation: Obligation, today: datetime.date) -> list[int]:
    """The parties of a day."""
    rows = Party.objects.at(today).filter(agreement=obligation.agreement_id)
    return list(rows.values_list("organisation", flat=True))


def tell_obligation(
    obligation: Obligation, what: str, organisations: list[int], *, at: datetime.datetime, but: User | None = None,
    key: str = "",
) -> int:  # fmt: skip
    """Tell the people of some organisations of an obligation; answers how many were told."""
    owing = {"ar": obligation.organisation.name_ar, "en": obligation.organisation.name_en}
    key = key or str(obligation.events.count())
    return tell_agreement(
        obligation.agreement, what, organisations, key=f"{obligation.pk}:{key}", at=at, but=but,
        url=reverse("policies:obligation", args=[obligation.pk]), organisation=owing,
        day=obligation.due.isoformat() if obligation.due else "",
    )  # fmt: skip
