"""What is done with statements on control: record what a source says, and until when it held."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import ControlStatement, Place, User
from directorates.models.control import Holder
from directorates.models.validity import lasting
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text


@transaction.atomic
def state_control(
    *,
    place: Place,
    holder: Holder,
    source: str,
    first: dt.date,
    last: dt.date | None = None,
    by: User | None,
    at: dt.datetime,
) -> ControlStatement:
    """Record what one source says of who holds a place; another source may say otherwise, the same one may not.

    `by` is None only for the loading commands.
    """
    if by is not None:
        require(by, Permission.MANAGE_ORGANISATIONS)
    Place.objects.select_for_update().get(pk=place.pk)
    source = clean_text(source)
    faults = _faults(place, source, first, last)
    if faults:
        raise Problem("invalid", _("The statement cannot be recorded like this; each fault is listed."), errors=faults)
    statement = ControlStatement.objects.create(place=place, holder=holder, source=source, valid=lasting(first, last))
    record(by, "state_control", statement, place=place.code, holder=holder, source=source)
    return statement


def _faults(place: Place, source: str, first: dt.date, last: dt.date | None) -> list[Fault]:
    """Everything that speaks against a statement, at once."""
    found = []
    if not source:
        found.append(Fault("source", "required", _("Who says so? A source is needed.")))
    if last is not None and last < first:
        message = _("The last day is before the first day, %(first)s.") % {"first": first.isoformat()}
        found.append(Fault("last", "ends_before_it_begins", message))
    elif place.control_statements.filter(source=source, valid__overlap=lasting(first, last)).exists():
        message = _("This source already says who holds this place on some of these days.")
        found.append(Fault("first", "overlaps", message))
    return found
