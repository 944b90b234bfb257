"""Pages of signatures: sign, decline, object; enter what another organisation signed on paper."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directorates.foundation.pages import SignedIn
from directorates.models import User
from directorates.permissions import Permission, Refused, require
from policies.actions.signatures import (
    decline_agreement,
    enter_paper_signature,
    object_to_signature,
    sign_agreement,
)
from policies.forms.agreements import EverybodyWhyForm, WhyForm
from policies.forms.signatures import PaperForm, SignForm
from policies.models import Agreement, Party
from policies.views.agreement_page import own_row
from policies.views.agreements import Deed, address, do, found, kept, sent

DECLINE = Deed(
    gettext_lazy("Decline to sign"),
    gettext_lazy(
        "The other parties are told and read the reason; once the agreement is in force, everybody reads it. Where every "
        "signature is needed, it cannot come into force."
    ),
    gettext_lazy("Decline to sign"),
    gettext_lazy("Kept. The other parties are told."),
)
OBJECT = Deed(
    gettext_lazy("Object to the signature"),
    gettext_lazy(
        "A signature of your organisation was entered from paper. If it never signed, say so: from now on it is counted as a "
        "party in nothing, and everybody reads the reason. Where its signature was needed, the agreement never held. The objection "
        "stays; whoever signs here later is a party from that day on."
    ),
    gettext_lazy("Object to the signature"),
    gettext_lazy("Kept. Your organisation is not counted as a party."),
)


def own_party(request: SignedIn, agreement: Agreement) -> Party:
    """The party for which the reader speaks; `Refused` where the organisation acted for is none."""
    own = own_row(agreement, request.user)
    if own is None:
        detail = _("Your organisation is not named in this agreement.")
        raise Refused(Permission.MAKE_AGREEMENTS, agreement, code="no_party", detail=detail)
    require(request.user, Permission.MAKE_AGREEMENTS, own)
    return own


def party_of(agreement: Agreement, party: int) -> Party:
    """A party of an agreement."""
    rows = Party.objects.filter(agreement=agreement).select_related("agreement", "organisation")
    held: Party = get_object_or_404(rows, pk=party)
    return held


@login_required
def sign(request: SignedIn, pk: int) -> HttpResponse:
    """Sign for the organisation acted for."""
    held = found(request, pk)
    own = own_party(request, held)
    deed = Deed(
        _("Sign “%(agreement)s”") % {"agreement": held.name},
        _("You sign for %(organisation)s. A signature is not taken back: a party leaves by its own word, with a day.")
        % {"organisation": own.organisation.name},
        _("Sign"),
        _("Signed for your organisation."),
    )

    def act(*, capacity: str, by: User) -> None:
        sign_agreement(party=own, capacity=capacity, by=by, at=timezone.now())

    return do(request, deed, SignForm(sent(request)), address(held), act)


@login_required
def decline(request: SignedIn, pk: int) -> HttpResponse:
    """Say that the organisation acted for does not sign."""
    held = found(request, pk)
    own = own_party(request, held)

    def act(*, why: str, by: User) -> None:
        decline_agreement(party=own, why=why, by=by, at=timezone.now())

    return do(request, DECLINE, WhyForm(sent(request)), address(held), act)


@login_required
def object_to(request: SignedIn, pk: int, party: int) -> HttpResponse:
    """Object to a signature that was entered for the organisation acted for, whichever of its rows it stands in."""
    held = found(request, pk)
    row = party_of(held, party)
    require(request.user, Permission.MAKE_AGREEMENTS, row)

    def act(*, why: str, by: User) -> None:
        object_to_signature(party=row, why=why, by=by, at=timezone.now())

    return do(request, OBJECT, EverybodyWhyForm(sent(request)), address(held), act)


@login_required
def paper(request: SignedIn, pk: int, party: int) -> HttpResponse:
    """Enter that an organisation signed on paper."""
    held = kept(request, pk)
    row = party_of(held, party)
    deed = Deed(
        _("A signature on paper"),
        _("Enter only what you hold in hand: that %(organisation)s signed. Its people are told and can object.")
        % {"organisation": row.organisation.name},
        _("Enter the signature"),
        _("The signature is entered, and marked as one on paper."),
    )

    def act(*, by: User, **said: Any) -> None:
        enter_paper_signature(party=row, by=by, at=timezone.now(), **said)

    return do(request, deed, PaperForm(sent(request)), address(held), act)


urls = [
    path("agreements/<int:pk>/sign/", sign, name="sign_agreement"),
    path("agreements/<int:pk>/decline/", decline, name="decline_agreement"),
    path("agreements/<int:pk>/parties/<int:party>/object/", object_to, name="object_to_signature"),
    path("agreements/<int:pk>/parties/<int:party>/paper/", paper, name="paper_signature"),
]
