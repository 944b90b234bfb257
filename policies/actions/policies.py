"""What is done with policies as such: begin one, name it otherwise."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import Place, User
from directorates.models.places import Level
from directorates.permissions import Permission, require
from policies.actions.versions import locked
from policies.models import Policy, PolicyVersion


def own_policy(user: User) -> Policy:
    """A policy of the organisation acted for, to ask rights of: a role for some places prepares none, it lies in no place."""
    return Policy(owner_id=user.acting_id or 0)


@transaction.atomic
def begin_policy(*, code: str, kind: str, name_ar: str, name_en: str, by: User, at: datetime.datetime) -> PolicyVersion:
    """A new policy, kept by the organisation that the person acts for, with its first version as an empty draft.

    Problems: 400 `invalid` where the code is taken; 409 `no_country` where no country is known yet.
    """
    require(by, Permission.MANAGE_POLICIES, own_policy(by))
    country = Place.objects.filter(level=Level.COUNTRY).first()
    if country is None:
        raise Problem("no_country", _("There is no country yet. An administrator enters the places first."), 409)
    names = {"name_ar": name_ar, "name_en": name_en}
    policy, new = Policy.objects.get_or_create(
        code=code, defaults=names | {"kind": kind, "owner_id": by.acting_id, "place": country}
    )
    if not new:
        message = _("This code is taken: %(name)s has it.") % {"name": policy.name}
        raise Problem("invalid", message, errors=[Fault("code", "taken", message)])
    require(by, Permission.MANAGE_POLICIES, policy)
    version = PolicyVersion.objects.create(policy=policy, number=1, begun=at, changed=at, changed_by=by)
    record(by, "make", policy, policy=code, kind=str(kind))
    return version


@transaction.atomic
def rename_policy(
    *, policy: Policy, kind: str, name_ar: str, name_en: str, seen: Mapping[str, Any], by: User
) -> Policy:
    """Another kind or other names, as long as nobody else reads a text under them; the code stays.

    `seen` is what a page began with: where something else stands by now, nothing is written (409 `changed`). 409 `adopted`
    where a version was proposed or adopted: others know it by its name.
    """
    require(by, Permission.MANAGE_POLICIES, policy)
    held = locked(policy.pk)
    if held.versions.exclude(fixed=None).exists():
        detail = _("Others read a version under this name. The name and the kind stay as they are.")
        raise Problem("adopted", detail, 409)
    demand_unchanged(held.standing(), seen, held.standing_told())
    said = {"kind": kind, "name_ar": name_ar, "name_en": name_en}
    before = {name: getattr(held, name) for name in said if getattr(held, name) != said[name]}
    for name in before:
        setattr(held, name, said[name])
    if before:
        held.save()
        record(by, "change", held, before=before, after={name: said[name] for name in before})
    return held
