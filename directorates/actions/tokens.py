"""What is done with keys of the API: make one, end one."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import AccessToken, Organisation, User
from directorates.models.people import Scope

# Named keys that live at once: whoever needs more has lost sight of them.
MOST_KEYS = 20


def _check_organisation(by: User, organisation: Organisation | None, at: datetime.datetime) -> None:
    """Raise where a key would speak for an organisation that its owner is not of."""
    if organisation is not None and not by.current_memberships(at.date()).filter(organisation=organisation).exists():
        message = _("A key speaks for an organisation of which its owner is.")
        raise Problem("unknown", message, errors=[Fault("organisation", "unknown", message)])


def _check_not_too_many(by: User, at: datetime.datetime) -> None:
    """Raise where someone has as many named keys as anyone may."""
    if by.access_tokens.exclude(name="").filter(expiry__gt=at).count() >= MOST_KEYS:
        raise Problem("too_many_keys", _("There are many keys already. End those that no program uses."), 409)


@transaction.atomic
def make_token(
    *,
    by: User,
    at: datetime.datetime,
    expires: datetime.datetime,
    name: str = "",
    scope: Scope = Scope.EVERYTHING,
    organisation: Organisation | None = None,
    with_factor: bool = False,
) -> tuple[AccessToken, str]:
    """Make a key of the API for its owner; the key itself is shown once and stored hashed.

    It speaks for the organisation named, else for the one acted as; `with_factor` says that its owner has shown a second
    factor, without which it never does what needs one.
    """
    _check_organisation(by, organisation, at)
    if name:
        _check_not_too_many(by, at)
    token, key = AccessToken.objects.create(
        user=by,
        expiry=expires - at,
        name=name,
        organisation_id=organisation.pk if organisation else by.acting_id,
        scope=scope,
        with_factor=with_factor,
    )
    # On record stands the key's owner: the key itself is known by its digest alone, which goes nowhere else.
    record(by, "make_key", by, name=name, key=token.token_key[:8], scope=scope.value)
    return token, key


@transaction.atomic
def end_token(*, by: User, token: AccessToken) -> None:
    """End one's own key."""
    record(by, "end_key", by, name=token.name, key=token.token_key[:8])
    token.delete()
