"""What is done about amendments and renewals: draft one, propose it, consent to it, give it up; when all consented it holds."""

import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, require
from policies.actions.agreements import (
    LONGEST_REASON,
    append,
    demand_keeping,
    draft_text,
    locked,
    opening_faults,
    tell_agreement,
)
from policies.models import Agreement, AgreementDeed, AgreementText, Article, Consent, Party, TextKind
from policies.models.sections import WORDS
from policies.rules.agreements import consented

# A last day that is farther off is a slip.
LONGEST_RENEWAL = datetime.timedelta(days=20 * 366)
DAY = datetime.timedelta(days=1)


def own_party(user: User) -> Party:
    """A party that is the organisation acted for, to ask rights of."""
    return Party(organisation_id=user.acting_id or 0)


def standing_as(agreement: Agreement, user: User, today: datetime.date) -> Party | None:
    """The party of a day that is the organisation acted for; None where it is none."""
    found: Party | None = Party.objects.at(today).filter(agreement=agreement, organisation=user.acting_id).first()
    return found


def _demand_party(agreement: Agreement, by: User, today: datetime.date) -> Party:
    """The party of the day for which a person speaks; `Refused` where there is none."""
    require(by, Permission.MAKE_AGREEMENTS, own_party(by))
    found = standing_as(agreement, by, today)
    if found is None:
        detail = _("Your organisation is no party of this agreement today.")
        raise Refused(Permission.MAKE_AGREEMENTS, agreement, code="no_party", detail=detail)
    return found


def _demand_room(agreement: Agreement, today: datetime.date) -> None:
    """Raise where nothing is amended: it does not hold, or something is proposed already."""
    if not agreement.holds_or_will(today):
        raise Problem("over", _("Only an agreement in force is amended or renewed."), 409)
    if agreement.texts.open().exists():
        detail = _("Another amendment waits for consent. That comes to its end first.")
        raise Problem("under_way", detail, 409)


@transaction.atomic
def begin_amendment(*, agreement: Agreement, by: User, at: datetime.datetime) -> AgreementText:
    """A draft of an amendment with the articles that hold, written by a party of the day.

    409 `draft_exists` where one is being written, `over` where the agreement holds no more, `under_way` while one is open.
    """
    require(by, Permission.MAKE_AGREEMENTS, own_party(by))
    held, today = locked(agreement.pk), timezone.localdate(at)
    party = _demand_party(held, by, today)
    _demand_room(held, today)
    if held.texts.drafts().exists():
        raise Problem("draft_exists", _("An amendment is being written already."), 409)
    last = held.texts.held().first()
    made = AgreementText.objects.create(
        agreement=held, number=_next_number(held), kind=TextKind.AMENDMENT, keeper_id=party.organisation_id,
        changed=at, changed_by=by,
    )  # fmt: skip
    copied = last.articles.all() if last else Article.objects.none()
    Article.objects.bulk_create(
        Article(text=made, **{name: getattr(one, name) for name in ("anchor", "order", *WORDS)}) for one in copied
    )
    record(by, "begin_amendment", made, agreement=held.pk, number=made.number)
    return made


def _next_number(agreement: Agreement) -> int:
    return int(agreement.texts.aggregate(last=Max("number"))["last"] or 0) + 1


@transaction.atomic
def discard_amendment(*, text: AgreementText, by: User) -> None:
    """Throw the draft of an amendment away; 409 `not_draft` once it was proposed."""
    held = draft_text(text=text, seen=None, by=by)
    if held.kind == TextKind.ORIGINAL:
        raise Problem("not_draft", _("The first text goes with its agreement. Nothing was changed."), 409)
    record(by, "discard_amendment", held, agreement=held.agreement_id, number=held.number)
    held.delete()


@transaction.atomic
def propose_amendment(*, text: AgreementText, why: str, seen: int, by: User, at: datetime.datetime) -> AgreementText:
    """Ask the parties of the day for their consent to an amendment, whose text never changes from now on.

    Whoever proposes consents by it. 400 `invalid` with every fault; 409 `changed`, `over` or `under_way`.
    """
    held, today = draft_text(text=text, seen=seen, by=by), timezone.localdate(at)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    _demand_party(held.agreement, by, today)
    _demand_room(held.agreement, today)
    faults = opening_faults(held.agreement, held)
    before = held.agreement.texts.held().first()
    if before is not None and _words(before) == _words(held):
        faults.append(Fault("", "same", _("The text is the same as the one that holds.")))
    if faults:
        raise Problem("invalid", _("This cannot be proposed yet; each fault is listed."), errors=faults)
    held.opened, held.why = at, why
    held.save(update_fields=["opened", "why"])
    _ask(held, by=by, at=at)
    return held


def _words(text: AgreementText) -> list[tuple[str, ...]]:
    """What the articles of a text say, in their order."""
    return list(text.articles.order_by("order", "pk").values_list("anchor", *WORDS))


@transaction.atomic
def propose_renewal(
    *, agreement: Agreement, until: datetime.date, why: str, by: User, at: datetime.datetime
) -> AgreementText:
    """Ask the parties of the day for their consent to a later last day; whoever proposes consents by it.

    400 `invalid` for a day that is no later, or far off; 409 `open_end` where it has no last day, `over` or `under_way`.
    """
    require(by, Permission.MAKE_AGREEMENTS, own_party(by))
    held, today = locked(agreement.pk), timezone.localdate(at)
    party = _demand_party(held, by, today)
    why = text_to_keep(why, "why", longest=LONGEST_REASON)
    _demand_room(held, today)
    if held.last_day is None:
        raise Problem("open_end", _("This agreement has no last day: there is nothing to renew."), 409)
    if until <= held.last_day:
        words = _("It holds until %(day)s. The new last day is later.") % {"day": held.last_day.isoformat()}
        raise Problem("invalid", words, errors=[Fault("until", "not_later", words)])
    if until > today + LONGEST_RENEWAL:
        words = _("It is renewed for at most twenty years.")
        raise Problem("invalid", words, errors=[Fault("until", "too_late", words)])
    made = AgreementText.objects.create(
        agreement=held, number=_next_number(held), kind=TextKind.RENEWAL, keeper_id=party.organisation_id, why=why,
        until=until, opened=at, changed=at, changed_by=by,
    )  # fmt: skip
    _ask(made, by=by, at=at)
    return made


def _ask(text: AgreementText, *, by: User, at: datetime.datetime) -> None:
    """Say that a text waits for consent, with the consent of whoever proposes it."""
    agreement = text.agreement
    record(by, "propose_amendment", text, agreement=agreement.pk, number=text.number)
    said = {"organisation": by.acting_id, "day": text.until, "text": text.why}
    append(agreement, AgreementDeed.PROPOSED, by=by, at=at, proposal=text, **said)
    parties = (
        Party.objects.at(timezone.localdate(at)).filter(agreement=agreement).values_list("organisation", flat=True)
    )
    tell_agreement(agreement, "proposed", list(parties), key=str(text.pk), at=at, but=by)
    Consent.objects.create(text=text, organisation_id=by.acting_id or 0, by=by, instead_of_id=by.instead_of_id, at=at)
    settle_text(text, by=by, at=at)


@transaction.atomic
def consent_to_amendment(*, text: AgreementText, by: User, at: datetime.datetime) -> Consent:
    """Consent for the organisation acted for, a party of the day; said twice it stands once.

    409 `not_open` where nobody is asked any more, `over` where the agreement ended meanwhile.
    """
    require(by, Permission.MAKE_AGREEMENTS, own_party(by))
    agreement, today = locked(text.agreement_id), timezone.localdate(at)
    party = _demand_party(agreement, by, today)
    held = AgreementText.objects.select_related("agreement").get(pk=text.pk)
    given: Consent | None = held.consents.filter(organisation=party.organisation_id).first()
    if given is not None:
        return given
    if held.opened is None or held.valid is not None or held.given_up is not None or held.kind == TextKind.ORIGINAL:
        raise Problem("not_open", _("This waits for no consent any more. Nothing was changed."), 409)
    made = Consent.objects.create(
        text=held, organisation_id=party.organisation_id, by=by, instead_of_id=by.instead_of_id, at=at
    )
    append(agreement, AgreementDeed.CONSENTED, by=by, at=at, organisation=party.organisation_id, proposal=held)
    record(by, "consent_to_amendment", held, agreement=agreement.pk, number=held.number)
    settle_text(held, by=by, at=at)
    return made


def settle_open_texts(agreement: Agreement, *, by: User, at: datetime.datetime) -> None:
    """Let what is proposed take force where those that did not consent are parties no more."""
    for text in agreement.texts.open().exclude(kind=TextKind.ORIGINAL).select_related("agreement"):
        settle_text(text, by=by, at=at)


def settle_text(text: AgreementText, *, by: User, at: datetime.datetime) -> None:
    """Let a text take force once every party of the day consented: an amendment from the day after, a renewal at once."""
    today, agreement = timezone.localdate(at), Agreement.objects.get(pk=text.agreement_id)
    parties = Party.objects.at(today).filter(agreement=agreement).values_list("organisation", flat=True)
    if not consented(set(parties), set(text.consents.values_list("organisation", flat=True))):
        return
    if text.kind == TextKind.RENEWAL:
        first, what = today, AgreementDeed.RENEWED
        agreement.valid = lasting(agreement.first_day, text.until)
        agreement.save(update_fields=["valid"])
    else:
        first, what = _replace(agreement, today), AgreementDeed.AMENDED
    text.valid = lasting(first)
    text.save(update_fields=["valid"])
    append(agreement, what, by=by, at=at, day=text.until or first, proposal=text)
    tell_agreement(agreement, str(what), list(parties), key=str(text.pk), at=at, but=by)


def _replace(agreement: Agreement, today: datetime.date) -> datetime.date:
    """End the text that holds, and answer the day from which another one does: never the day on which that one began."""
    before = agreement.texts.held().first()
    if before is None:
        return today
    first = max(today, before.first_day or today) + DAY
    before.valid = lasting(before.first_day, first - DAY)
    before.save(update_fields=["valid"])
    return first


@transaction.atomic
def give_up_amendment(*, text: AgreementText, why: str, by: User, at: datetime.datetime) -> AgreementText:
    """Take a proposal back, with a reason, as the party that made it; 409 `not_open` once it took force."""
    demand_keeping(by, text)
    locked(text.agreement_id)
    held: AgreementText = AgreementText.objects.select_related("agreement").get(pk=text.pk)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if held.opened is None or held.valid is not None or held.given_up is not None or held.kind == TextKind.ORIGINAL:
        raise Problem("not_open", _("This waits for no consent any more. Nothing was changed."), 409)
    held.given_up = timezone.localdate(at)
    held.save(update_fields=["given_up"])
    append(held.agreement, AgreementDeed.DROPPED, by=by, at=at, organisation=held.keeper_id, text=why, proposal=held)
    record(by, "give_up_amendment", held, agreement=held.agreement_id, number=held.number)
    return held
