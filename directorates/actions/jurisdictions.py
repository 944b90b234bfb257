"""What is done with jurisdictions: decide who is competent for a place, and end that."""

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
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
    # Decisions for one country wait for one another: the exclusion constraint alone would only say that one failed.
    Place.objects.select_for_update().get(code=place.path.split("/")[0])
    parts = list(Place.objects.under(place).filter(level=Level.SUBDISTRICT).order_by("code"))
    faults = _faults(organisation, place, parts, first, last)
    if faults:
        raise Problem("invalid", _("Competence cannot be decided like this; each fault is listed."), errors=faults)
    valid = lasting(first, last)
    decision = JurisdictionDecision.objects.create(
        organisation=organisation, place=place, basis=clean_text(basis, multiline=True), valid=valid
    )
    Jurisdiction.objects.bulk_create(
        Jurisdiction(decision=decision, organisation=organisation, place=part, valid=valid) for part in parts
    )
    days = {"first": first.isoformat(), "last": last.isoformat() if last else None}
    record(by, "decide", decision, organisation=organisation.code, place=place.code, **days)
    announce(ANNOUNCED)
    return decision


@transaction.atomic
def end(*, decision: JurisdictionDecision, last: dt.date, reason: str, by: User | None, at: dt.datetime) -> None:
    """End a competence with a day, for a reason; periods whose last day is later belong to nobody, or to another."""
    if by is not None:
        require(by, Permission.MANAGE_ORGANISATIONS)
    held = JurisdictionDecision.objects.select_for_update().get(pk=decision.pk)
    reason = clean_text(reason, multiline=True)
    faults = []
    if not reason:
        faults.append(Fault("reason", "required", _("A reason is needed: it stays in the history.")))
    if held.first_day is not None and last < held.first_day:
        message = _("The last day is before the first day, %(first)s.") % {"first": held.first_day.isoformat()}
        faults.append(Fault("last", "ends_before_it_begins", message))
    if held.last_day is not None and held.last_day < last:
        message = _("This competence ended on %(last)s already.") % {"last": held.last_day.isoformat()}
        faults.append(Fault("last", "ended", message))
    if faults:
        raise Problem("invalid", _("Competence cannot be ended like this; each fault is listed."), errors=faults)
    held.valid = decision.valid = lasting(held.first_day, last)
    held.save(update_fields=["valid"])
    held.parts.update(valid=held.valid)
    record(by, "end", held, last=last.isoformat(), reason=reason)
    announce(ANNOUNCED)


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
    return found + _overlaps(parts, first, last)


def _overlaps(parts: Sequence[Place], first: dt.date, last: dt.date | None) -> list[Fault]:
    """Who is competent for some of the sub-districts on some of the days: one fault a decision, naming them."""
    rows = Jurisdiction.objects.filter(place__in=parts, valid__overlap=lasting(first, last))
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
