"""Pages of parties: invite one more, leave an agreement, enter that one left."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directorates.foundation.pages import SignedIn
from directorates.models import Organisation, User
from policies.actions.parties import leave_agreement, name_party
from policies.forms.agreements import EndForm
from policies.forms.parties import NamePartyForm
from policies.views.agreements import Deed, address, do, found, kept, sent
from policies.views.signatures import own_party, party_of

NAME = Deed(
    gettext_lazy("Invite an organisation"),
    gettext_lazy("Its people are told. It joins by its own signature, from that day on."),
    gettext_lazy("Invite the organisation"),
    gettext_lazy("The organisation is invited. It joins as it signs."),
)
LEAVE = Deed(
    gettext_lazy("Leave the agreement"),
    gettext_lazy(
        "Your organisation is a party until the end of the last day. Everybody reads the reason. Where fewer than two parties "
        "stay, the agreement ends with that day."
    ),
    gettext_lazy("Leave the agreement"),
    gettext_lazy("Kept. The other parties are told."),
    danger=True,
)


@login_required
def name(request: SignedIn, pk: int) -> HttpResponse:
    """Invite an organisation to join."""
    held = kept(request, pk)

    def act(*, organisation: Organisation, by: User) -> None:
        name_party(agreement=held, organisation=organisation, by=by, at=timezone.now())

    return do(request, NAME, NamePartyForm(sent(request), held), address(held), act)


@login_required
def leave(request: SignedIn, pk: int) -> HttpResponse:
    """Leave an agreement."""
    held = found(request, pk)
    own = own_party(request, held)

    def act(*, by: User, **said: Any) -> None:
        leave_agreement(party=own, by=by, at=timezone.now(), **said)

    form = EndForm(sent(request), initial={"last_day": timezone.localdate()})
    return do(request, LEAVE, form, address(held), act)


@login_required
def left(request: SignedIn, pk: int, party: int) -> HttpResponse:
    """Enter that a party of a record left."""
    held = kept(request, pk)
    row = party_of(held, party)
    deed = Deed(
        _("A party left"),
        _("For a record only: until which day %(organisation)s was a party, and why it left.")
        % {"organisation": row.organisation.name},
        _("Enter the last day"),
        _("Kept."),
    )

    def act(*, by: User, **said: Any) -> None:
        leave_agreement(party=row, by=by, at=timezone.now(), **said)

    return do(request, deed, EndForm(sent(request)), address(held), act)


urls = [
    path("agreements/<int:pk>/parties/new/", name, name="name_party"),
    path("agreements/<int:pk>/leave/", leave, name="leave_agreement"),
    path("agreements/<int:pk>/parties/<int:party>/left/", left, name="party_left"),
]
