"""The table of roles: what each is for and permits, as `roles.py` says it."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.foundation.pages import SignedIn
from directorates.models.organisations import Kind
from directorates.permissions import Permission, Refused, rights_of
from directorates.roles import LABELS, ROLES, Anchor, Role, asks_for_second_factor, needs_second_step

ANCHORS: dict[Anchor, Promise] = {
    Anchor.OWN: pgettext_lazy("rights", "In the own organisation"),
    Anchor.DATASETS: pgettext_lazy("rights", "With data in the organisation's custody"),
    Anchor.COUNTRY: pgettext_lazy("rights", "In all places, or in those of the role"),
}


@dataclass(frozen=True)
class Permitted:
    """What a role permits at one anchor: the words, and whether a second factor is needed for it."""

    where: Promise
    deeds: tuple[tuple[Promise, bool], ...]


@dataclass(frozen=True)
class RoleShown:
    """A role as the table shows it."""

    role: Role
    sentence: Promise
    kinds: tuple[Promise | str, ...]
    permits: tuple[Permitted, ...]
    second_step: bool


def table_of_roles() -> Iterator[RoleShown]:
    """The roles in the order of `roles.py`, each with what it permits where."""
    for role, rights in ROLES.items():
        every = rights.kinds == {kind.value for kind in Kind}
        kinds = (
            (_("every organisation"),) if every else tuple(kind.label for kind in Kind if kind.value in rights.kinds)
        )
        permits = tuple(
            Permitted(
                words,
                tuple(
                    (LABELS[one], asks_for_second_factor(one, own=anchor is Anchor.OWN))
                    for one in Permission
                    if one in held
                ),
            )
            for anchor, words in ANCHORS.items()
            if (held := rights.permits.get(anchor))
        )
        yield RoleShown(role, rights.sentence, kinds, permits, needs_second_step(role))


@login_required
def roles(request: SignedIn) -> HttpResponse:
    """What each role permits, for whoever has one."""
    if not rights_of(request.user).scopes:
        raise Refused(Permission.VIEW_FACILITIES)
    return render(request, "directorates/roles.html", {"roles": list(table_of_roles())})
