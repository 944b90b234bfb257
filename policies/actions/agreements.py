"""What is done with agreements as such: begin one, change or discard its draft, open it for signature, give it up, end a record.

Whoever changes what belongs to an agreement locks it first, so that signatures, leaving and amendments take turns.
"""

import datetime
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_faults, text_to_keep
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import Organisation, User
from directorates.models.deputies import holders, roles_with
from directorates.models.organisations import Kind, OrganisationStatus
from directorates.models.validity import lasting
from directorates.permissions import Permission, may, require
from directorates.rules.text import clean_text
from policies.actions.drafts import throw_away
from policies.models import Agreement, AgreementDeed, AgreementEvent, AgreementText, Obligation, Party, TextKind
from policies.models.agreements import EXACTLY
from policies.rules.agreements import FEWEST, ForceRule

LONGEST_SUMMARY, LONGEST_REASON = 2_000, 2_000
MOST_PARTIES = 60
# Whatever is to hold later than so is a slip.
FARTHEST = datetime.timedelta(days=366)
DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class AgreementSaid:
    """What a draft says about itself: kind, names, what it is about, whose signatures bring it into force, days, parties."""

    kind: str
    name_ar: str
    name_en: str
    summary_ar: str
    summary_en: str
    rule: str
    since: datetime.date | None
    until: datetime.date | None
    parties: Collection[Organisation]

    def cleaned(self) -> "AgreementSaid":
        """The same without what nobody types: direction characters, blanks at the ends."""
        return replace(
            self,
            name_ar=clean_text(self.name_ar),
            name_en=clean_text(self.name_en),
            summary_ar=clean_text(self.summary_ar, multiline=True),
            summary_en=clean_text(self.summary_en, multiline=True),
        )

    @property
    def fields(self) -> dict[str, Any]:
        """What stands in the agreement itself; an accord needs the signature of every party."""
        names = ("kind", "name_ar", "name_en", "summary_ar", "summary_en", "since", "until")
        rule = ForceRule.ALL.value if self.kind in EXACTLY else str(self.rule)
        return {name: getattr(self, name) for name in names} | {"rule": rule}


def own_agreement(user: User) -> Agreement:
    """An agreement of the organisation acted for, to ask rights of: a role for some places speaks for no organisation."""
    return Agreement(keeper_id=user.acting_id or 0)


def keeps(user: User, thing: Agreement | AgreementText) -> bool:
    """Whether a person keeps an agreement, or writes a text of one: for a party, or for the body."""
    return any(may(user, one, thing) for one in (Permission.MAKE_AGREEMENTS, Permission.KEEP_AGREEMENTS))


def demand_keeping(by: User, thing: Agreement | AgreementText) -> None:
    """Raise unless a person keeps an agreement, or writes a text of one."""
    own = may(by, Permission.MAKE_AGREEMENTS, thing)
    require(by, Permission.MAKE_AGREEMENTS if own else Permission.KEEP_AGREEMENTS, thing)


def locked(agreement: int) -> Agreement:
    """The agreement with this id, locked until all is written; 409 `gone` where its draft was discarded."""
    held: Agreement | None = Agreement.objects.select_for_update(of=("self",)).filter(pk=agreement).first()
    if held is None:
        raise Problem("gone", _("This agreement was discarded in the meantime."), 409)
    return held


def called_off() -> Problem:
    """What answers whoever would join an agreement that never held."""
    return Problem("called_off", _("This agreement never held: nobody joins it any more. Begin a new one."), 409)


def demand_no_objection(agreement: Agreement, organisation: int) -> None:
    """Raise where an organisation denies what was entered for it: then nobody but itself says anything of it; 409 `objected`."""
    rows = agreement.parties.filter(organisation=organisation)
    if rows.filter(objected__isnull=False).exists() and not rows.signed_itself().exists():
        words = _("This organisation objects to a signature that was entered for it: it alone can sign or leave.")
        raise Problem("objected", words, 409, [Fault("organisation", "objected", words)])


def append(
    agreement: Agreement, what: AgreementDeed, *, by: User | None, at: datetime.datetime, organisation: int | None = None,
    day: datetime.date | None = None, text: str = "", proposal: AgreementText | None = None, acting: int | None = None,
) -> None:  # fmt: skip
    """Write what happened to an agreement, by nobody where only days passed; what happened to an amendment or a renewal names it."""
    acting = acting or (by.acting_id if by else None)
    AgreementEvent.objects.create(
        agreement=agreement, what=what, proposal=proposal, organisation_id=organisation, day=day, text=text, by=by,
        acting_id=acting, at=at,
    )  # fmt: skip


def tell_agreement(
    agreement: Agreement, what: str, organisations: Iterable[int], *, key: str = "", at: datetime.datetime,
    but: User | None = None, url: str = "", **values: Any,
) -> int:  # fmt: skip
    """Tell whoever speaks for some organisations what happened to an agreement; answers how many were told."""
    found = holders(organisations, roles_with(Permission.MAKE_AGREEMENTS), timezone.localdate(at))
    # A role for some places speaks for no organisation.
    people = {one.person.pk for one in found if not one.membership.places.all()} - {but.pk if but else 0}
    values |= {"what": what, "agreement": {"ar": agreement.name_ar, "en": agreement.name_en}}
    told = [Told(person, f"agreement:{agreement.pk}:{what}:{key}", values) for person in sorted(people)]
    return notify("agreement", told, url=url or reverse("policies:agreement", args=[agreement.pk]), at=at)


def draft_text(*, text: AgreementText, seen: int | None, by: User) -> AgreementText:
    """A text for writing, locked with its agreement; 409 `not_draft` or `changed` where it is none any more or another."""
    demand_keeping(by, text)
    return held_draft(text=text, seen=seen)


def held_draft(*, text: AgreementText, seen: int | None) -> AgreementText:
    """The same for whoever was asked for the right already."""
    locked(text.agreement_id)
    held: AgreementText | None = AgreementText.objects.select_related("agreement").filter(pk=text.pk).first()
    if held is None or not held.is_draft:
        raise Problem("not_draft", _("This text is no draft any more. Nothing was changed."), 409)
    if seen is not None and held.edition != seen:
        detail = _(
            "This draft was changed elsewhere in the meantime. Nothing was overwritten; the page shows it as it is now."
        )
        raise Problem("changed", detail, 409)
    return held


def count_draft_change(text: AgreementText, what: str, *, by: User, at: datetime.datetime, **details: Any) -> None:
    """Count and record a change of a draft."""
    text.edition, text.changed, text.changed_by = text.edition + 1, at, by
    text.save(update_fields=["edition", "changed", "changed_by"])
    record(by, what, text, agreement=text.agreement_id, number=text.number, **details)


def original(agreement: Agreement) -> AgreementText:
    """The text that was, or is to be, signed."""
    found: AgreementText = agreement.texts.select_related("agreement").get(kind=TextKind.ORIGINAL)
    return found


@transaction.atomic
def begin_agreement(*, said: AgreementSaid, by: User, at: datetime.datetime) -> Agreement:
    """A new agreement as a draft, kept by the organisation acted for: one of its parties, or the body for any.

    400 `invalid` with every fault; 409 `exists` where the organisation drafts one of this kind and name already.
    """
    own = own_agreement(by)
    demand_keeping(by, own)
    said = said.cleaned()
    if faults := list(_said_faults(said, by.acting_id, at)):
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    named = {"kind": said.kind, "name_ar": said.name_ar, "name_en": said.name_en}
    made, new = Agreement.objects.get_or_create(
        keeper_id=by.acting_id, opened=None, **named, defaults=said.fields | {"begun": at}
    )
    if not new:
        message = _("Your organisation drafts an agreement of this kind and name already.")
        raise Problem("exists", message, 409, [Fault("name_ar", "exists", message)])
    AgreementText.objects.create(
        agreement=made, number=1, kind=TextKind.ORIGINAL, keeper_id=made.keeper_id, changed=at, changed_by=by
    )
    _name_parties(made, said.parties, at)
    record(by, "begin_agreement", made, parties=sorted(one.code for one in said.parties))
    return made


def _name_parties(agreement: Agreement, parties: Collection[Organisation], at: datetime.datetime) -> None:
    """Let a draft name these organisations, and no others."""
    agreement.parties.exclude(organisation__in=[one.pk for one in parties]).delete()
    there = set(agreement.parties.values_list("organisation", flat=True))
    fresh = [Party(agreement=agreement, organisation=one, named=at) for one in parties if one.pk not in there]
    Party.objects.bulk_create(fresh)


def _said_faults(said: AgreementSaid, keeper: int | None, at: datetime.datetime) -> Iterator[Fault]:
    """Everything that cannot be kept of what a draft says about itself."""
    for name in ("name_ar", "name_en"):
        yield from text_faults(getattr(said, name), name, longest=200, needed=_("This is required."))
    for name in ("summary_ar", "summary_en"):
        yield from text_faults(getattr(said, name), name, longest=LONGEST_SUMMARY)
    if said.since is not None and said.since > timezone.localdate(at) + FARTHEST:
        yield Fault("since", "too_late", _("It holds from a day at most a year ahead."))
    if said.since is not None and said.until is not None and said.until < said.since:
        yield Fault("until", "before_first", _("The last day is the first day or later."))
    yield from _party_faults(said, keeper)


def _party_faults(said: AgreementSaid, keeper: int | None) -> Iterator[Fault]:
    """Too few or too many parties; and an organisation that is no party drafts nothing for others, unless it is the body."""
    count, exactly = len(said.parties), EXACTLY.get(said.kind)
    if exactly is not None and count != exactly:
        words = (
            _("A bilateral accord has two parties.")
            if exactly == FEWEST
            else _("A tripartite accord has three parties.")
        )
        yield Fault("parties", "wrong_number", words)
    elif count < FEWEST:
        yield Fault("parties", "too_few", _("An agreement has two parties at least."))
    elif count > MOST_PARTIES:
        yield Fault("parties", "too_many", _("An agreement has at most %(most)d parties.") % {"most": MOST_PARTIES})
    body = Organisation.objects.filter(pk=keeper or 0, kind=Kind.BODY).exists()
    if not body and keeper not in {one.pk for one in said.parties}:
        yield Fault("parties", "own_party", _("Your organisation drafts its own agreements: it is one of the parties."))


@transaction.atomic
def change_agreement(
    *, agreement: Agreement, said: AgreementSaid, seen: Mapping[str, Any], by: User, at: datetime.datetime
) -> Agreement:
    """Say something else about a draft. `seen` is what a page began with: where something else stands by now, nothing is
    written (409 `changed`). 409 `not_draft` once it was opened for signature.
    """
    demand_keeping(by, agreement)
    held, said = _draft(agreement), said.cleaned()
    if faults := list(_said_faults(said, held.keeper_id, at)):
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    demand_unchanged(held.standing(), seen, held.standing())
    if (held.kind, held.name_ar, held.name_en) != (said.kind, said.name_ar, said.name_en):
        _demand_free_name(held, said)
    for name, value in said.fields.items():
        setattr(held, name, value)
    held.save()
    gone = held.parties.exclude(organisation__in=[one.pk for one in said.parties]).values("organisation")
    Obligation.objects.filter(agreement=held, organisation__in=gone).delete()
    _name_parties(held, said.parties, at)
    count_draft_change(original(held), "change_agreement", by=by, at=at)
    return held


def _demand_free_name(agreement: Agreement, said: AgreementSaid) -> None:
    """Raise 409 where another draft of the organisation bears this kind and name."""
    others = Agreement.objects.drafts().filter(keeper=agreement.keeper_id, kind=said.kind).exclude(pk=agreement.pk)
    if others.filter(name_ar=said.name_ar, name_en=said.name_en).exists():
        message = _("Your organisation drafts an agreement of this kind and name already.")
        raise Problem("exists", message, 409, [Fault("name_ar", "exists", message)])


def _draft(agreement: Agreement) -> Agreement:
    """The draft for writing, locked; 409 `not_draft` where it is none any more."""
    held = locked(agreement.pk)
    if held.opened is not None:
        raise Problem("not_draft", _("This agreement is no draft any more. Nothing was changed."), 409)
    return held


@transaction.atomic
def discard_agreement(*, agreement: Agreement, by: User) -> None:
    """Throw a draft away, with its articles and obligations; 409 `not_draft` once it was opened for signature, `named` where a
    meeting decided about it.
    """
    demand_keeping(by, agreement)
    held = _draft(agreement)
    record(by, "discard_agreement", held, kind=held.kind)
    throw_away(held)


def opening_faults(agreement: Agreement, text: AgreementText) -> list[Fault]:
    """What a draft still lacks before anybody can sign it: articles in both languages, and parties."""
    articles = list(text.articles.all())
    found = [] if articles else [Fault("", "no_articles", _("There is no article yet."))]
    lacking = _("Article “%(article)s” has no text in Arabic."), _("Article “%(article)s” has no text in English.")
    found += [
        Fault("", "no_text", message % {"article": str(article)})
        for article in articles
        for words, message in zip((article.text_ar, article.text_en), lacking, strict=True)
        if not words
    ]
    count, exactly = agreement.parties.count(), EXACTLY.get(agreement.kind)
    if count < FEWEST or exactly not in (None, count):
        found.append(Fault("", "wrong_number", _("The number of parties does not fit this kind of agreement.")))
    return found


@transaction.atomic
def open_for_signature(*, agreement: Agreement, seen: int, by: User, at: datetime.datetime) -> Agreement:
    """Fix the text and ask the named parties for their signatures; from now on it never changes.

    400 `invalid` with every fault: articles without a text, parties that do not act, a last day that is past; 409 `changed`.
    """
    demand_keeping(by, agreement)
    held = _draft(agreement)
    text = draft_text(text=original(held), seen=seen, by=by)
    faults = opening_faults(held, text)
    if held.until is not None and held.until < timezone.localdate(at):
        faults.append(Fault("", "over", _("Its last day is past. Change the last day first.")))
    idle = held.parties.exclude(organisation__status=OrganisationStatus.ACTIVE).select_related("organisation")
    message = _("%(organisation)s does not act any more, and cannot sign.")
    faults += [Fault("", "not_active", message % {"organisation": one.organisation.name}) for one in idle]
    if faults:
        raise Problem("invalid", _("This cannot be signed yet; each fault is listed."), errors=faults)
    fix(held, text, at)
    append(held, AgreementDeed.OPENED, by=by, at=at)
    record(by, "open_agreement", held)
    tell_agreement(held, "open", concerned_ids(held, at), at=at, but=by)
    return held


def fix(agreement: Agreement, text: AgreementText, at: datetime.datetime) -> None:
    """Let the text of an agreement never change from now on."""
    agreement.opened = text.opened = at
    agreement.save(update_fields=["opened"])
    text.save(update_fields=["opened"])


def concerned_ids(agreement: Agreement, at: datetime.datetime, *others: int) -> set[int]:
    """Whom it concerns what happens to an agreement: those that stand in it or will, those asked to sign, those that signed
    what waits for others, and whoever is named besides. Who declined, objects, left or never signed in time is told nothing.
    """
    rows, today = agreement.parties.filter(declined=None, objected=None), timezone.localdate(at)
    concerned = Q(valid__isnull=False) & (Q(valid__endswith=None) | Q(valid__endswith__gt=today))
    if agreement.agreed is None or agreement.holds_or_will(today):
        concerned |= Q(valid=None)
    return {*rows.filter(concerned).values_list("organisation", flat=True), *others}


@transaction.atomic
def give_up_agreement(*, agreement: Agreement, why: str, by: User, at: datetime.datetime) -> Agreement:
    """Ask for no more signatures, with a reason that the named parties read; 409 `not_open` once enough signed."""
    demand_keeping(by, agreement)
    held = locked(agreement.pk)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if held.opened is None or held.agreed is not None or held.given_up is not None:
        raise Problem("not_open", _("This agreement is not open for signature. Nothing was changed."), 409)
    held.given_up, held.ended_why = timezone.localdate(at), why
    held.save(update_fields=["given_up", "ended_why"])
    append(held, AgreementDeed.GIVEN_UP, by=by, at=at, text=why)
    record(by, "give_up_agreement", held)
    tell_agreement(held, "given_up", concerned_ids(held, at), at=at, but=by)
    return held


@transaction.atomic
def end_agreement(
    *, agreement: Agreement, last_day: datetime.date, why: str, by: User, at: datetime.datetime
) -> Agreement:
    """Enter the day on which an agreement that was entered from paper ended for all; others end as their parties leave.

    409 `not_recorded`, `own_word` where a party signed itself, or `over` where it ended by then already; 400 `invalid` for a
    day before it, or a party, began.
    """
    demand_keeping(by, agreement)
    held = locked(agreement.pk)
    why = text_to_keep(why, "why", longest=LONGEST_REASON, needed=_("A reason is needed."))
    if not held.recorded or held.valid is None:
        detail = _("Parties end an agreement by leaving it. Only what was entered from paper is ended as a whole.")
        raise Problem("not_recorded", detail, 409)
    if held.called_off is not None or (held.last_day is not None and held.last_day <= last_day):
        raise Problem("over", _("This agreement ended by then already. Nothing was changed."), 409)
    if held.parties.staying(last_day + DAY).signed_itself().exists():
        detail = _("A party signed this itself, and leaves by its own word. Nothing was changed.")
        raise Problem("own_word", detail, 409)
    latest = max((one.first_day for one in held.parties.exclude(valid=None) if one.first_day), default=last_day)
    if last_day < latest:
        words = _("A party joined on %(day)s: it ended on that day or later.") % {"day": latest.isoformat()}
        raise Problem("invalid", words, errors=[Fault("last_day", "before_first", words)])
    if last_day > timezone.localdate(at) + FARTHEST:
        words = _("The last day is at most a year ahead.")
        raise Problem("invalid", words, errors=[Fault("last_day", "too_late", words)])
    held.valid, held.ended_why = lasting(held.first_day, last_day), why
    held.save(update_fields=["valid", "ended_why"])
    append(held, AgreementDeed.ENDED, by=by, at=at, day=last_day, text=why)
    record(by, "end_agreement", held, last_day=last_day.isoformat())
    tell_agreement(held, "ended", concerned_ids(held, at), at=at, but=by)
    return held
