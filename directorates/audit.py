"""Writing the record of actions, and who may read it."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.db.models import Model, QuerySet

from directorates.foundation.prepared import Prepared
from directorates.models.audit import AuditEvent
from directorates.models.organisations import Organisation
from directorates.models.people import User
from directorates.permissions import Permission, Refused, scoped

# Before the SELECT of a larger statement that writes its entries itself.
INTO_RECORD = "INSERT INTO directorates_auditevent (by_id, acting_id, what, kind, thing, refused, details)"
RECORD_MANY = Prepared(
    "record_many",
    f"""{INTO_RECORD}
SELECT %(by)s, %(acting)s, %(what)s, %(kind)s, thing, false, details
FROM unnest(%(things)s, %(details)s) AS t(thing, details)""",
    by="bigint",
    acting="bigint",
    what="text",
    kind="text",
    things="text[]",
    details="jsonb[]",
)


def visible_to(user: User | AnonymousUser) -> QuerySet[AuditEvent]:
    """What was done, refused or read as an organisation whose record the person may read, or read of what is that one's."""
    return AuditEvent.objects.filter(scoped(user, Permission.VIEW_RECORD, AuditEvent.SCOPES[Permission.VIEW_RECORD]))


def entry(by: User | None, what: str, thing: Model, **details: Any) -> AuditEvent:
    """An entry, not yet written: the bulk form of an action writes many at once."""
    return AuditEvent(
        by=by,
        acting_id=by.acting_id if by else None,
        what=what,
        kind=thing._meta.label_lower,
        thing=str(thing.pk),
        details=_with_whom(by, details),
    )


def _with_whom(by: User | None, details: Mapping[str, Any]) -> dict[str, Any]:
    """The details and, where a deputy acted, for whom: the record keeps both names."""
    return {**details, **({"instead_of": by.instead_of_id} if by and by.instead_of_id else {})}


def record(by: User | None, what: str, thing: Model, **details: Any) -> None:
    """Write an entry in the transaction of the deed."""
    entry(by, what, thing, **details).save(force_insert=True)


def record_concerning(by: User | None, what: str, thing: Model, owner: int, **details: Any) -> None:
    """Write an entry that stands in the record of another organisation, named by its id, as well."""
    event = entry(by, what, thing, **details)
    if event.acting_id != owner:
        event.concerns_id = owner
    event.save(force_insert=True)


def record_reading(by: User, thing: Model, *owners: int) -> None:
    """Write that somebody read what is other organisations', named by their ids; it stands in the records of all."""
    for owner in owners:
        if by.acting_id != owner:
            record_concerning(by, "read", thing, owner)


def record_readings(by: User, read: Iterable[tuple[Model, int]]) -> None:
    """Write in one statement that somebody read some things, each named with the id of the organisation whose it is."""
    events = []
    for thing, owner in read:
        if by.acting_id != owner:
            event = entry(by, "read", thing)
            event.concerns_id = owner
            events.append(event)
    AuditEvent.objects.bulk_create(events)


def record_many(by: User | None, what: str, things: Sequence[tuple[Model, Mapping[str, Any]]]) -> None:
    """Write an entry for each of some things of one kind, with its details, in one statement."""
    RECORD_MANY.rows(
        {
            "by": by.pk if by else None,
            "acting": by.acting_id if by else None,
            "what": what,
            "kind": things[0][0]._meta.label_lower,
            "things": [str(thing.pk) for thing, _details in things],
            "details": [json.dumps(_with_whom(by, details)) for _thing, details in things],
        }
    )


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


def record_closed(by: User) -> None:
    """Write that somebody asked as a sealed directorate and was refused; the refused transaction has ended."""
    # Not durable: the drill of a seal stands around its requests, and takes all of them back.
    with transaction.atomic():
        AuditEvent.objects.create(
            by=by,
            acting_id=by.acting_id,
            what="sealed",
            kind=Organisation._meta.label_lower,
            thing=str(by.acting_id),
            refused=True,
            details={"code": "sealed"},
        )


def record_failed_sign_in(person: User | None, *, step: str) -> None:
    """Write that signing in failed for a person, and at which step; an e-mail that nobody has is written nowhere."""
    if person is None:
        return
    event = entry(None, "sign_in", person, step=step)
    event.refused, event.concerns_id = True, person.acting_id
    event.save(force_insert=True)
