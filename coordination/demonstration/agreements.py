"""The agreements of the demonstration: the Charter of Honor and what came of it, as records; accords that are signed here."""

import datetime as dt
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from coordination.demonstration.people import Cast
from directorates.models import Organisation, User
from policies.actions.agreements import AgreementSaid, begin_agreement, end_agreement, open_for_signature
from policies.actions.articles import keep_article
from policies.actions.obligations import add_obligation, say_of_obligation
from policies.actions.parties import leave_agreement
from policies.actions.signatures import record_agreement, sign_agreement
from policies.models import Agreement, ObligationState

TEXTS = Path(__file__).parent / "data" / "agreements.yaml"
NAMES = ("kind", "name_ar", "name_en", "summary_ar", "summary_en")
HOUR = dt.timedelta(hours=1)


def keep_agreements(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """Enter the records as the body, and let directors sign what is agreed on here."""
    held = yaml.safe_load(TEXTS.read_text(encoding="utf-8"))
    for told in held["records"]:
        _record(told, cast, now)
    for told in held["accords"]:
        _sign(told, cast, now, today)


def _begin(told: dict[str, Any], by: User, at: dt.datetime, **days: dt.date | None) -> Agreement:
    """A draft with its articles."""
    parties = list(Organisation.objects.filter(code__in=told["parties"]))
    words = {name: told[name] for name in NAMES}
    said = AgreementSaid(**words, rule="all", since=days.get("since"), until=days.get("until"), parties=parties)
    made = begin_agreement(said=said, by=by, at=at)
    for article in told["articles"]:
        keep_article(text=made.texts.get(), article=None, by=by, at=at, **article)
    return made


def _record(told: dict[str, Any], cast: Cast, now: dt.datetime) -> None:
    """A record, as the body enters it; who left, and its end."""
    by = cast.policies
    made = _begin(told, by, now, since=told["since"], until=told.get("until"))
    paper = {"day": told["since"], "evidence": told["evidence"], "seen": made.texts.get().edition}
    record_agreement(agreement=made, by=by, at=now, **paper)
    for one in told.get("left", ()):
        party = made.parties.get(organisation__code=one["organisation"])
        leave_agreement(party=party, last_day=one["last_day"], why=one["why"], by=by, at=now)
    if ended := told.get("ended"):
        end_agreement(agreement=made, by=by, at=now, **ended)


def _sign(told: dict[str, Any], cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """An accord that is signed here, so many days ago, with what is owed by it and what was said of that."""
    by = cast.director(told["by"])
    at = now + dt.timedelta(days=told["day"])
    days = {name: _day(today, told[name]) for name in ("since", "until") if name in told}
    made = _begin(told, by, at - HOUR, **days)
    owed = []
    for one in told.get("obligations", ()):
        texts = {name: one[name] for name in ("text_ar", "text_en")}
        owing = Organisation.objects.get(code=one["organisation"])
        due = _day(today, one["due"])
        rows = add_obligation(agreement=made, organisation=owing, due=due, by=by, at=at - HOUR, **texts)
        owed += [(row, one.get("evidence")) for row in rows]
    open_for_signature(agreement=made, seen=made.texts.get().edition, by=by, at=at)
    for code in told["signed"]:
        party = made.parties.get(organisation__code=code)
        sign_agreement(party=party, capacity="مدير الصحة", by=cast.director(code), at=at)
    for row, evidence in owed:
        if evidence:
            said = {"state": ObligationState.DONE.value, "evidence": evidence}
            said_at = timezone.make_aware(dt.datetime.combine(row.due, dt.time(10)))
            say_of_obligation(obligation=row, by=cast.director(row.organisation.code), at=said_at, **said)


def _day(today: dt.date, days: int) -> dt.date:
    """A day so many days from today."""
    return today + dt.timedelta(days=days)
