"""What is done with jurisdictions: decide who is competent for a place, and end that, in all of it or in parts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import Jurisdiction, JurisdictionDecision, Organisation, Place, User
from directorates.models.organisations import Kind
from directorates.models.places import Level
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

ANNOUNCED = "jurisdiction"


@transaction.atomic
def decide(
    *,
    organisation: Organisation,
    place: Place,
    first: dt.date,
    last: dt.date | None = None,
    basis: str = "",
    by: User | None,
    at: dt.datetime,
) -> JurisdictionDecision:
    """Decide that an organisation is competent for a place, at any level, from a day on: written per sub-district.

    No two organisations are competent for one sub-district on one day. `by` is None only for the loading commands.
    """
    if by is not None:
        require(by, Permission.MANAGE_ORGANISATIONS)
    one_after_another(place)
    parts = list(Place.objects.standing().under(place).filter(level=Level.SUBDISTRICT).order_by("code"))
    basis = clean_text(basis, multiline=True)
    faults = [*_faults(organisation, place, parts, first, last), *location_faults(basis=basis)]
    if faults:
        raise Problem("invalid", _("Competence cannot be decided like this; each fault is listed."), errors=faults)
    valid = lasting(first, last)
    decision = JurisdictionDecision.objects.create(organisation=organisation, place=place, basis=basis, valid=valid)
    Jurisdiction.objects.bulk_create(
        Jurisdiction(decision=decision, organisation=organisation, place=part, valid=valid) for part in parts
    )
    days = {"first": first.isoformat(), "last": last.isoformat() if last else None}
    record(by, "decide", decision, organisation=organisation.code, place=place.code, **days)
    announce(ANNOUNCED)
    return decision


def one_after_another(place: Place) -> None:
    """Wait, until this transaction ends, for whoever decides on the same country.

    The exclusion constraint alone would only say that one of two decisions failed.
    """
    Place.objects.select_for_update().get(code=place.path.split("/")[0])


@transaction.atomic
def end(
    *,
    decision: JurisdictionDecision,
    last: dt.date,
    reason: str,
    places: Collection[Place] | None = None,
    by: User | None,
    at: dt.datetime,
) -> None:
    """End a competence with a day, for a reason, everywhere or in some of its sub-districts.

    Periods whose last day is later belong to nobody there, or to another. What ended before stays as it ended.
    """
    if by is not None:
        require(by, Permission.MANAGE_ORGANISATIONS)
    one_after_another(decision.place)
    held = JurisdictionDecision.objects.select_for_update().get(pk=decision.pk)
    reason = clean_text(reason, multiline=True)
    parts = list(held.parts.select_related("place").order_by("place__code"))
    wanted = parts if places is None else [part for part in parts if part.place in places]
    if faults := _end_faults(held, wanted, last, reason):
        raise Problem("invalid", _("Competence cannot be ended like this; each fault is listed."), errors=faults)
    shorten([part for part in wanted if part.last_day is None or part.last_day > last], last)
    held.refresh_from_db()
    decision.valid = held.valid
    codes = {} if places is None else {"places": [part.place.code for part in wanted]}
    record(by, "end", held, last=last.isoformat(), reason=reason, **codes)
    announce(ANNOUNCED)


def _end_faults(held: JurisdictionDecision, parts: Sequence[Jurisdiction], last: dt.date, reason: str) -> list[Fault]:
    """Everything that speaks against an end, at once."""
    faults = location_faults(reason=reason)
    if not reason:
        faults.append(Fault("reason", "required", _("A reason is needed: it stays in the history.")))
    if not parts:
        faults.append(Fault("places", "required", _("Choose at least one of its sub-districts.")))
    if held.first_day is not None and last < held.first_day:
        message = _("The last day is before the first day, %(first)s.") % {"first": held.first_day.isoformat()}
        faults.append(Fault("last", "ends_before_it_begins", message))
    # Where parts ended on different days, the latest of them tells.
    ended = [part.last_day for part in parts]
    if ended and None not in ended and (latest := max(day for day in ended if day)) < last:
        message = _("This competence ended on %(last)s already.") % {"last": latest.isoformat()}
        faults.append(Fault("last", "ended", message))
    return faults


def shorten(parts: Iterable[Jurisdiction], last: dt.date) -> None:
    """Let parts of decisions hold until a day; each decision then holds as long as its longest part."""
    rows = list(parts)
    for part in rows:
        part.valid = lasting(part.first_day, last)
    Jurisdiction.objects.bulk_update(rows, ["valid"])
    touched = {row.decision_id for row in rows}
    decisions = list(JurisdictionDecision.objects.filter(pk__in=touched).prefetch_related("parts"))
    for decision in decisions:
        ends = [part.last_day for part in decision.parts.all()]
        until = None if None in ends else max(day for day in ends if day)
        decision.valid = lasting(decision.first_day, until)
    JurisdictionDecision.objects.bulk_update(decisions, ["valid"])


def _faults(
    organisation: Organisation, place: Place, parts: Sequence[Place], first: dt.date, last: dt.date | None
) -> list[Fault]:
    """Everything that speaks against a decision, at once."""
    found = []
    if organisation.kind != Kind.DIRECTORATE:
        found.append(Fault("organisation", "not_a_directorate", _("Health directorates are competent for places.")))
    if not parts:
        found.append(Fault("place", "no_subdistricts", _("This place has no sub-districts.")))
    if last is not None and last < first:
        message = _("The last day is before the first day, %(first)s.") % {"first": first.isoformat()}
        return [*found, Fault("last", "ends_before_it_begins", message)]
    return found + overlaps(parts, first, last)


def overlaps(
    parts: Sequence[Place], first: dt.date, last: dt.date | None, apart: Organisation | None = None
) -> list[Fault]:
    """Who is competent for some of the sub-districts on some of the days, apart from one: a fault a decision, naming them."""
    rows = Jurisdiction.objects.filter(place__in=parts, valid__overlap=lasting(first, last))
    if apart is not None:
        rows = rows.exclude(organisation=apart)
    held: dict[JurisdictionDecision, list[str]] = defaultdict(list)
    for row in rows.select_related("place", "decision__organisation").order_by("decision", "place__code"):
        held[row.decision].append(row.place.name)
    found = []
    for decision, names in held.items():
        params = {
            "organisation": decision.organisation.name,
            "first": decision.first_day or "…",
            "last": decision.last_day or "…",
            "places": " · ".join(names),
        }
        message = _("Competent there from %(first)s to %(last)s: %(organisation)s. Sub-districts: %(places)s") % params
        found.append(Fault("place", "overlaps", message))
    return found
