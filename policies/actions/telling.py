"""Telling what happened to policies, to whoever speaks for organisations."""

import datetime
from collections.abc import Iterable, Mapping
from typing import Any

from django.urls import reverse
from django.utils import timezone

from directorates.foundation.notices import Told, notify
from directorates.models import User
from directorates.models.deputies import holders, roles_with
from directorates.permissions import Permission
from policies.models import PolicyVersion


def tell_policy(
    version: PolicyVersion,
    what: str,
    organisations: Iterable[int],
    permission: Permission,
    key: str,
    at: datetime.datetime,
    but: User | None = None,
    *,
    url: str = "",
    **values: Any,
) -> int:
    """Tell whoever has a right in some organisations what happened to a version; answers how many were told."""
    found = holders(organisations, roles_with(permission), timezone.localdate(at))
    # A role for some places speaks for no organisation.
    whole = (one.person.pk for one in found if not one.membership.places.all())
    people = dict.fromkeys(pk for pk in whole if but is None or pk != but.pk)
    return tell_people(version, what, dict.fromkeys(people, values), key, at, url=url)


def tell_people(
    version: PolicyVersion,
    what: str,
    people: Mapping[int, Mapping[str, Any]],
    key: str,
    at: datetime.datetime,
    url: str = "",
) -> int:
    """Tell some people what happened to a version, each with values of their own; answers how many were told."""
    policy = version.policy
    all_of_them = {"what": what, "policy": {"ar": policy.name_ar, "en": policy.name_en}, "number": version.number}
    told = [Told(pk, f"policy:{version.pk}:{what}:{key}", {**all_of_them, **own}) for pk, own in people.items()]
    address = url or reverse("policies:version", args=[policy.code, version.number])
    return notify("policy", told, url=address, at=at)
