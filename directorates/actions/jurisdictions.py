"""What is done with jurisdictions: decide who is competent for a place, and end that, in all of it or in parts."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.outbox import announce
from directorates.foundation.problems import Fault, Problem
from directorates.models import Jurisdiction, JurisdictionDecision, Organisation, Place, User
from directorates.models.organisations import Kind
from directorates.models.places import Level
from directorates.models.seals import sealed
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

ANNOUNCED = "jurisdiction"
LONGEST_REASON = 2_000


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

    No two organisations are competent for one sub-district on one day. What a sealed directorate was the last to hold passes
    to another from today on, and not backwards. `by` is None only for the loading commands.
    """
    if by is not None:
        require(by, Permission.MANAGE_ORGANISATIONS)
    one_after_another(place)
    parts = list(Place.objects.standing().under(place).filter(level=Level.SUBDISTRICT).order_by("code"))
    basis = clean_text(basis, multiline=True)
    faults = _faults(organisation, parts, first, last)
    held = {row.organisation_id for row in Jurisdiction.objects.last_by_place(parts, first).values()}
    faults += _sealed_faults(held - {organisation.pk}, "first", first, timezone.localdate(at))
    faults += text_faults(basis, "basis", longest=LONGEST_REASON)
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

    Periods whose last day is later belong to nobody there, or to another. What ended before stays as it ended. What a sealed
    directorate holds does not end before yesterday.
    """
    if by is not None:
        require(by, Permission.MANAGE_ORGANISATIONS)
    one_after_another(decision.place)
    held = JurisdictionDecision.objects.select_for_update().get(pk=decision.pk)
    reason = clean_text(reason, multiline=True)
    parts = list(held.parts.select_related("place").order_by("place__code"))
    wanted = parts if places is None else [part for part in parts if part.place in places]
    faults = _end_faults(held, wanted, last, reason)
    day = last + dt.timedelta(days=1)
    faults += _sealed_faults({held.organisation_id}, "last", day, timezone.localdate(at))
    if faults:
        raise Problem("invalid", _("Competence cannot be ended like this; each fault is listed."), errors=faults)
    shorten([part for part in wanted if part.last_day is None or part.last_day > last], last)
    held.refresh_from_db()
    decision.valid = held.valid
    codes = {} if places is None else {"places": [part.place.code for part in wanted]}
    record(by, "end", held, last=last.isoformat(), reason=reason, **codes)
    announce(ANNOUNCED)


def _end_faults(held: JurisdictionDecision, parts: Sequence[Jurisdiction], last: dt.date, reason: str) -> list[Fault]:
    """Everything that speaks against an end, at once."""
    needed = _("A reason is needed: it stays in the history.")
    faults = text_faults(reason, "reason", longest=LONGEST_REASON, needed=needed)
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


def _sealed_faults(bodies: Collection[int], field: str, day: dt.date, today: dt.date) -> list[Fault]:
    """What a sealed directorate held before today stays its own: a report that moves to another is closed no longer.

    Lifting a seal takes two people of two organisations; recording borders late takes one. What was sent is of periods that
    ended before today, so from today on nothing that is closed opens.
    """
    if day >= today or not sealed(bodies):
        return []
    told = _("A sealed directorate was competent there then. Before today nothing changes until the seal is lifted.")
    return [Fault(field, "sealed", told)]


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


def _faults(organisation: Organisation, parts: Sequence[Place], first: dt.date, last: dt.date | None) -> list[Fault]:
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
    parts: Sequence[Place], first: dt.date, last: dt.date | None, apart: Collection[Jurisdiction] = ()
) -> list[Fault]:
    """Who is competent for some of the sub-districts on some of the days, a fault a decision, naming them.

    Leaves out what is `apart`: jurisdictions that will end before.
    """
    rows = Jurisdiction.objects.filter(place__in=parts, valid__overlap=lasting(first, last))
    rows = rows.exclude(pk__in=[row.pk for row in apart])
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
