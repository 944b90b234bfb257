"""What is done about amendments and renewals: draft one, propose it, consent to it, give it up; when all consented it holds."""

import datetime

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import User
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, may, require
from policies.actions.agreements import (
    LONGEST_REASON,
    append,
    demand_keeping,
    draft_text,
    held_draft,
    keeps,
    locked,
    opening_faults,
    tell_agreement,
)
from policies.models import Agreement, AgreementDeed, AgreementText, Article, Consent, Party, TextKind
from policies.models.sections import WORDS
from policies.rules.agreements import FEWEST, consented

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


def stand_on(agreement: Agreement, day: datetime.date) -> int:
    """How many organisations would be parties on a day if the agreement held then."""
    return Party.objects.counted().filter(agreement=agreement, valid__contains=day).count()


def demand_party(agreement: Agreement, by: User, today: datetime.date) -> Party:
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

    409 `draft_exists` where the organisation is writing one, `over` where the agreement holds no more, `under_way` while one is open.
    """
    require(by, Permission.MAKE_AGREEMENTS, own_party(by))
    held, today = locked(agreement.pk), timezone.localdate(at)
    party = demand_party(held, by, today)
    _demand_room(held, today)
    if held.texts.drafts().filter(keeper=party.organisation_id).exists():
        raise Problem("draft_exists", _("Your organisation is writing an amendment already."), 409)
    last = held.texts.held().first()
    made = AgreementText.objects.create(
        agreement=held, number=_next_number(held), kind=TextKind.AMENDMENT, keeper_id=party.organisation_id,
        begun_with=last, changed=at, changed_by=by,
    )  # fmt: skip
    copied = last.articles.all() if last else Article.objects.none()
    Article.objects.bulk_create(
        Article(text=made, **{name: getattr(one, name) for name in ("anchor", "order", *WORDS)}) for one in copied
    )
    record(by, "begin_amendment", made, agreement=held.pk, number=made.number)
    return made


def _next_number(agreement: Agreement) -> int:
    return int(agreement.texts.aggregate(last=Max("number"))["last"] or 0) + 1


def closes(user: User, text: AgreementText, today: datetime.date) -> bool:
    """Whether a person ends a text that is written or proposed: its writer; once that stands no more, any party of the day, and
    a proposal also while the writer cannot speak. A draft is gone for good, so it waits for a writer that may speak again.
    """
    if keeps(user, text):
        return True
    if not may(user, Permission.MAKE_AGREEMENTS, own_party(user)):
        return False
    parties = Party.objects.at(today) if text.is_draft else Party.objects.asked(today)
    writes = parties.filter(agreement=text.agreement_id, organisation=text.keeper_id)
    return standing_as(text.agreement, user, today) is not None and not writes.exists()


def _demand_closing(text: AgreementText, by: User, today: datetime.date) -> None:
    """Raise unless a person ends a text: a draft or a proposal of one who left holds up nobody."""
    if not keeps(by, text) and closes(by, text, today):
        require(by, Permission.MAKE_AGREEMENTS, own_party(by))
    else:
        demand_keeping(by, text)


@transaction.atomic
def discard_amendment(*, text: AgreementText, by: User, at: datetime.datetime) -> None:
    """Throw the draft of an amendment away, as its writer, or as any party once that stands in the agreement no more.

    409 `not_draft` once it was proposed.
    """
    _demand_closing(text, by, timezone.localdate(at))
    held = held_draft(text=text, seen=None)
    if held.kind == TextKind.ORIGINAL:
        raise Problem("not_draft", _("The first text goes with its agreement. Nothing was changed."), 409)
    record(by, "discard_amendment", held, agreement=held.agreement_id, number=held.number)
    held.delete()


@transaction.atomic
def propose_amendment(*, text: AgreementText, why: str, seen: int, by: User, at: datetime.datetime) -> AgreementText:
    """Ask the parties of the day for their consent to an amendment, whose text never changes from now on.

    Whoever proposes consents by it. 400 `invalid` with every fault; 409 `changed`, `over`, `under_way`, or `outdated` where
    another amendment took force since the draft was begun: it would silently undo that.
    """
    held, today = draft_text(text=text, seen=seen, by=by), timezone.localdate(at)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    demand_party(held.agreement, by, today)
    _demand_room(held.agreement, today)
    faults = opening_faults(held.agreement, held)
    before = held.agreement.texts.held().first()
    if before is not None and held.begun_with_id not in (None, before.pk):
        words = _(
            "Another amendment took force since this draft was begun. Copy what you need, discard this draft, and begin one with "
            "the text that holds now."
        )
        raise Problem("outdated", words, 409)
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

    400 `invalid` for a day that is no later, far off, or until which fewer than two parties stay; 409 `open_end` where it has
    no last day, `over` or `under_way`.
    """
    require(by, Permission.MAKE_AGREEMENTS, own_party(by))
    held, today = locked(agreement.pk), timezone.localdate(at)
    party = demand_party(held, by, today)
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
    if stand_on(held, until) < FEWEST:
        words = _("Fewer than two parties stay until that day.")
        raise Problem("invalid", words, errors=[Fault("until", "alone", words)])
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
    asked = Party.objects.asked(timezone.localdate(at)).filter(agreement=agreement)
    parties = asked.values_list("organisation", flat=True)
    tell_agreement(agreement, "proposed", list(parties), key=str(text.pk), at=at, but=by)
    Consent.objects.create(text=text, organisation_id=by.acting_id or 0, by=by, instead_of_id=by.instead_of_id, at=at)
    settle_text(text, by=by, at=at)


@transaction.atomic
def consent_to_amendment(*, text: AgreementText, by: User, at: datetime.datetime) -> Consent:
    """Consent for the organisation acted for, a party of the day; said twice it stands once.

    409 `not_open` where nobody is asked any more, `alone` where too few stay for a renewal, `over` where it ended meanwhile.
    """
    require(by, Permission.MAKE_AGREEMENTS, own_party(by))
    agreement, today = locked(text.agreement_id), timezone.localdate(at)
    party = demand_party(agreement, by, today)
    given: Consent | None = text.consents.filter(organisation=party.organisation_id).first()
    if given is not None:
        return given
    held = _open_text(text)
    if held.until is not None and stand_on(agreement, held.until) < FEWEST:
        raise Problem("alone", _("Fewer than two parties stay until the new last day. Nothing was changed."), 409)
    made = Consent.objects.create(
        text=held, organisation_id=party.organisation_id, by=by, instead_of_id=by.instead_of_id, at=at
    )
    append(agreement, AgreementDeed.CONSENTED, by=by, at=at, organisation=party.organisation_id, proposal=held)
    record(by, "consent_to_amendment", held, agreement=agreement.pk, number=held.number)
    settle_text(held, by=by, at=at)
    return made


def settle_open_texts(agreement: Agreement, *, by: User | None, at: datetime.datetime) -> int:
    """Let what is proposed take force where those that did not consent are parties no more; answers how many texts did."""
    texts = agreement.texts.open().exclude(kind=TextKind.ORIGINAL).select_related("agreement", "changed_by")
    return sum(settle_text(text, by=by, at=at) for text in texts)


@unwalled
def settle_proposals(*, at: datetime.datetime) -> int:
    """Let what is proposed take force once the last that did not consent has left or speaks no more; run twice, each does once."""
    waits = AgreementText.objects.open().exclude(kind=TextKind.ORIGINAL)
    done = 0
    for pk in waits.order_by("agreement").values_list("agreement", flat=True):
        with transaction.atomic():
            done += settle_open_texts(locked(pk), by=None, at=at)
    return done


def settle_text(text: AgreementText, *, by: User | None, at: datetime.datetime) -> bool:
    """Let a text take force once every party of the day that can speak consented, two at least: an amendment from the day after,
    a renewal at once.

    Answers whether it does. Where the days alone did it, it is written as the deed of whoever proposed it.
    """
    today, agreement = timezone.localdate(at), Agreement.objects.get(pk=text.agreement_id)
    parties = Party.objects.at(today).filter(agreement=agreement).values_list("organisation", flat=True)
    asked = Party.objects.asked(today).filter(agreement=agreement).values_list("organisation", flat=True)
    if not consented(set(asked), set(text.consents.values_list("organisation", flat=True))):
        return False
    if text.until is not None and stand_on(agreement, text.until) < FEWEST:
        return False
    if text.kind == TextKind.RENEWAL:
        first, what = today, AgreementDeed.RENEWED
        agreement.valid = lasting(agreement.first_day, text.until)
        agreement.save(update_fields=["valid"])
    else:
        first, what = _replace(agreement, today), AgreementDeed.AMENDED
    text.valid = lasting(first)
    text.save(update_fields=["valid"])
    acting = None if by else text.keeper_id
    append(agreement, what, by=by or text.changed_by, acting=acting, at=at, day=text.until or first, proposal=text)
    tell_agreement(agreement, str(what), list(parties), key=str(text.pk), at=at, but=by)
    return True


def _replace(agreement: Agreement, today: datetime.date) -> datetime.date:
    """End the text that holds, and answer the day from which another one does: never the day on which that one began."""
    before = agreement.texts.held().first()
    if before is None:
        return today
    first = max(today, before.first_day or today) + DAY
    before.valid = lasting(before.first_day, first - DAY)
    before.save(update_fields=["valid"])
    return first


def _open_text(text: AgreementText) -> AgreementText:
    """A proposal that waits for consent; 409 `not_open` where nobody is asked any more. The agreement is locked."""
    held: AgreementText = AgreementText.objects.select_related("agreement").get(pk=text.pk)
    if held.opened is None or held.valid is not None or held.given_up is not None or held.kind == TextKind.ORIGINAL:
        raise Problem("not_open", _("This waits for no consent any more. Nothing was changed."), 409)
    return held


def _close(text: AgreementText, what: AgreementDeed, why: str, *, by: User, at: datetime.datetime) -> AgreementText:
    """Ask nobody for consent any more, with the reason."""
    text.given_up = timezone.localdate(at)
    text.save(update_fields=["given_up"])
    organisation = text.keeper_id if keeps(by, text) else by.acting_id
    append(text.agreement, what, by=by, at=at, organisation=organisation, text=why, proposal=text)
    return text


@transaction.atomic
def give_up_amendment(*, text: AgreementText, why: str, by: User, at: datetime.datetime) -> AgreementText:
    """Take a proposal back, with a reason, as the party that made it, or as any party once that stands no more.

    409 `not_open` once it took force.
    """
    _demand_closing(text, by, timezone.localdate(at))
    locked(text.agreement_id)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    held = _close(_open_text(text), AgreementDeed.DROPPED, why, by=by, at=at)
    record(by, "give_up_amendment", held, agreement=held.agreement_id, number=held.number)
    parties = Party.objects.at(timezone.localdate(at)).filter(agreement=held.agreement_id)
    told = [*parties.values_list("organisation", flat=True)]
    tell_agreement(held.agreement, "dropped", told, key=str(held.pk), at=at, but=by)
    return held


@transaction.atomic
def refuse_amendment(*, text: AgreementText, why: str, by: User, at: datetime.datetime) -> AgreementText:
    """Say no to a proposal for the organisation acted for, a party of the day, with a reason that the parties read.

    As every party would have to consent, that closes it, and another can be written. 409 `not_open` where nobody is asked any
    more, `consented` where the organisation consented.
    """
    require(by, Permission.MAKE_AGREEMENTS, own_party(by))
    agreement = locked(text.agreement_id)
    party = demand_party(agreement, by, timezone.localdate(at))
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    held = _open_text(text)
    if held.consents.filter(organisation=party.organisation_id).exists():
        raise Problem("consented", _("Your organisation consented already. Nothing was changed."), 409)
    _close(held, AgreementDeed.REFUSED, why, by=by, at=at)
    record(by, "refuse_amendment", held, agreement=agreement.pk, number=held.number)
    parties = Party.objects.at(timezone.localdate(at)).filter(agreement=agreement)
    asked = [*parties.values_list("organisation", flat=True)]
    tell_agreement(agreement, "refused", asked, key=str(held.pk), at=at, but=by)
    return held
