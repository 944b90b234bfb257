"""Writing the record of actions."""

from typing import Any

from django.db import transaction
from django.db.models import Model

from directorates.models.audit import AuditEvent
from directorates.models.people import User
from directorates.permissions import Refused


def entry(by: User | None, what: str, thing: Model, **details: Any) -> AuditEvent:
    """An entry, not yet written: the bulk form of an action writes many at once."""
    return AuditEvent(
        by=by,
        acting_id=by.acting_id if by else None,
        what=what,
        kind=thing._meta.label_lower,
        thing=str(thing.pk),
        details=details,
    )


def record(by: User | None, what: str, thing: Model, **details: Any) -> None:
    """Write an entry in the transaction of the deed."""
    entry(by, what, thing, **details).save(force_insert=True)


def record_refusal(by: User | None, refusal: Refused) -> None:
    """Write a refusal in a transaction of its own, after the refused one was rolled back."""
    thing = refusal.thing if isinstance(refusal.thing, Model) else None
    with transaction.atomic(durable=True):
        AuditEvent.objects.create(
            by=by,
            acting_id=by.acting_id if by else None,
            what=refusal.permission.value,
            kind=thing._meta.label_lower if thing else "",
            thing=str(thing.pk) if thing else "",
            refused=True,
            details={"code": refusal.code},
        )
