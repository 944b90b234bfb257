"""Sharing of views and dashboards: with a colleague, an organisation or everybody; a share gives no right, and is withdrawn at will."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.dashboards import own_dashboard
from coordination.reporting.actions.saved_views import one_at_a_time, own_view
from coordination.reporting.models import Dashboard, SavedView, ViewShare
from directorates.audit import record, record_concerning
from directorates.foundation.problems import Fault, Problem
from directorates.models import Membership, Organisation, User
from directorates.permissions import Permission, Refused, require

MOST_SHARES = 50


@dataclass(frozen=True)
class Audience:
    """With whom something is shared: a colleague, an organisation, or everybody who may see its figures."""

    person: User | None = None
    organisation: Organisation | None = None
    everybody: bool = False

    @property
    def fields(self) -> dict[str, Any]:
        """The columns that hold it."""
        return {"person": self.person, "organisation": self.organisation, "everybody": self.everybody}


@transaction.atomic
def share(*, thing: SavedView | Dashboard, audience: Audience, by: User, at: datetime.datetime) -> ViewShare:
    """Share one's view or dashboard; done twice it is shared once.

    Problems: 400 `invalid` where the audience is none or not of this house; 404 `gone` where the thing was deleted meanwhile.
    """
    require(by, Permission.VIEW_EDITIONS)
    one_at_a_time(by)
    held = own_view(thing, by) if isinstance(thing, SavedView) else own_dashboard(thing, by)
    if faults := _faults(audience, by, at):
        raise Problem("invalid", faults[0].message, errors=faults)
    shares: Any = held.shares
    if (there := shares.standing().filter(**audience.fields).first()) is not None:
        return there
    if shares.standing().count() >= MOST_SHARES:
        message = _("This is shared %(most)d times already. An organisation can be named instead of its people.")
        message %= {"most": MOST_SHARES}
        raise Problem("invalid", message, errors=[Fault("audience", "too_many", message)])
    of: dict[str, Any] = {"view": held} if isinstance(held, SavedView) else {"dashboard": held}
    made = ViewShare.objects.create(by=by, acting_id=by.acting_id or 0, at=at, **of, **audience.fields)
    if audience.organisation is not None:
        record_concerning(by, "share_view", made, audience.organisation.pk)
    else:
        record(by, "share_view", made, everybody=audience.everybody)
    return made


def _faults(audience: Audience, by: User, at: datetime.datetime) -> list[Fault]:
    """Nobody, several at once, oneself, or whoever has no role in the own organisation today."""
    named = [audience.person is not None, audience.organisation is not None, audience.everybody]
    if sum(named) != 1:
        return [Fault("audience", "required", _("Choose a colleague, an organisation or everybody."))]
    if audience.person is not None:
        here = Membership.objects.at(timezone.localdate(at)).filter(organisation=by.acting_id, person=audience.person)
        if audience.person.pk == by.pk or not here.exists():
            return [Fault("person", "unknown", _("This is no colleague in your organisation."))]
    return []


@transaction.atomic
def withdraw_share(*, share: ViewShare, by: User, at: datetime.datetime) -> ViewShare:
    """Withdraw a share of one's own; withdrawn twice it was withdrawn once."""
    require(by, Permission.VIEW_EDITIONS)
    one_at_a_time(by)
    if (share.by_id, share.acting_id) != (by.pk, by.acting_id):
        raise Refused(Permission.VIEW_EDITIONS, share)
    held = ViewShare.objects.own(by).select_for_update(of=("self",)).filter(pk=share.pk).first()
    if held is None:
        raise Problem("gone", _("What was shared was deleted meanwhile."), 404)
    if held.withdrawn is None:
        held.withdrawn = at
        held.save(update_fields=["withdrawn"])
        record(by, "withdraw_share", held)
    return held
