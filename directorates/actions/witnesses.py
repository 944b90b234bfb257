"""Witnesses of the record: who gets its head each day."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, RecordWitness, User
from directorates.permissions import Permission, require


@transaction.atomic
def name_witness(
    *, by: User, name: str, email: str, organisation: Organisation, at: datetime.datetime
) -> RecordWitness:
    """Name a witness; an address that is a witness already is told, one that was is a witness again."""
    require(by, Permission.MANAGE_ORGANISATIONS)
    held = RecordWitness.objects.select_for_update().filter(email__iexact=email).first()
    if held is not None and held.ended is None:
        message = _("This address gets the head already.")
        raise Problem("exists", message, 409, [Fault("email", "exists", message)])
    made = held or RecordWitness(email=email)
    made.name, made.organisation, made.by, made.at, made.ended = name, organisation, by, at, None
    made.save()
    record(by, "name_witness", made, organisation=organisation.code)
    return made


@transaction.atomic
def end_witness(*, by: User, witness: RecordWitness, at: datetime.datetime) -> None:
    """Send the head there no more; twice changes nothing."""
    require(by, Permission.MANAGE_ORGANISATIONS)
    if RecordWitness.objects.filter(pk=witness.pk, ended=None).update(ended=at):
        record(by, "end_witness", witness)
