"""What is done with policies as such: begin one, name it otherwise."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import Organisation, Place, User
from directorates.models.places import Level
from directorates.permissions import Permission, Refused, require, rights_of
from policies.models import Policy, PolicyVersion


@transaction.atomic
def begin_policy(*, code: str, kind: str, name_ar: str, name_en: str, by: User, at: datetime.datetime) -> PolicyVersion:
    """A new policy, kept by the organisation that the person acts for, with its first version as an empty draft.

    Problems: 400 `invalid` where the code is taken; 409 `no_country` where no country is known yet.
    """
    owner = Organisation.objects.filter(
        pk=by.acting_id, pk__in=rights_of(by).organisations(Permission.MANAGE_POLICIES)
    ).first()
    if owner is None:
        raise Refused(Permission.MANAGE_POLICIES)
    country = Place.objects.filter(level=Level.COUNTRY).first()
    if country is None:
        raise Problem("no_country", _("There is no country yet. An administrator enters the places first."), 409)
    names = {"name_ar": name_ar, "name_en": name_en}
    policy, new = Policy.objects.get_or_create(
        code=code, defaults=names | {"kind": kind, "owner": owner, "place": country}
    )
    if not new:
        message = _("This code is taken: %(name)s has it.") % {"name": policy.name}
        raise Problem("invalid", message, errors=[Fault("code", "taken", message)])
    require(by, Permission.MANAGE_POLICIES, policy)
    version = PolicyVersion.objects.create(policy=policy, number=1, begun=at, changed=at, changed_by=by)
    record(by, "make", policy, policy=code, kind=str(kind))
    return version


@transaction.atomic
def rename_policy(*, policy: Policy, kind: str, name_ar: str, name_en: str, seen: dict[str, str], by: User) -> Policy:
    """Another kind or other names; the code stays. 409 `changed` where they are no longer as the page showed (`seen`)."""
    require(by, Permission.MANAGE_POLICIES, policy)
    held = Policy.objects.select_for_update().get(pk=policy.pk)
    said = {"kind": kind, "name_ar": name_ar, "name_en": name_en}
    if any(getattr(held, name) != value for name, value in seen.items()):
        raise Problem("changed", _("This was changed elsewhere in the meantime. Nothing was overwritten."), 409)
    before = {name: getattr(held, name) for name in said if getattr(held, name) != said[name]}
    for name in before:
        setattr(held, name, said[name])
    if before:
        held.save()
        record(by, "change", held, before=before, after={name: said[name] for name in before})
    return held
