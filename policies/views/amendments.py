"""Pages of amendments and renewals: draft one, propose it, consent to it, give it up; what changed between two texts."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from directorates.foundation.pages import SignedIn
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.models.silences import silences
from directorates.permissions import Permission, may
from policies.actions.agreements import demand_keeping, keeps
from policies.actions.amendments import (
    begin_amendment,
    closes,
    consent_to_amendment,
    demand_party,
    discard_amendment,
    give_up_amendment,
    own_party,
    propose_amendment,
    propose_renewal,
    refuse_amendment,
    standing_as,
)
from policies.forms.amendments import AnswerForm, ProposeForm, RenewForm
from policies.forms.versions import CompareForm
from policies.models import AgreementDeed, AgreementText, Party, TextKind, TextState
from policies.views.agreements import Deed, address, do, found, sent
from policies.views.articles import text_address
from policies.views.signatures import own_party as party_for
from policies.views.versions import compared

CLOSING = (AgreementDeed.DROPPED, AgreementDeed.REFUSED)
PROPOSE = Deed(
    gettext_lazy("Propose the amendment"),
    gettext_lazy(
        "From now on nobody changes this text. The parties of the day are asked for their consent; yours is given by proposing "
        "it. It holds from the day after all of them consented; until then the text before it does."
    ),
    gettext_lazy("Propose the amendment"),
    gettext_lazy("The parties are asked for their consent."),
)
RENEW = Deed(
    gettext_lazy("Renew the agreement"),
    gettext_lazy(
        "The parties of the day are asked for their consent to a later last day; yours is given by proposing it. The agreement "
        "is renewed once all of them consented."
    ),
    gettext_lazy("Propose the renewal"),
    gettext_lazy("The parties are asked for their consent."),
)
GIVE_UP = Deed(
    gettext_lazy("Take the proposal back"),
    gettext_lazy("Nobody is asked for consent any more. The reason stands in the history."),
    gettext_lazy("Take the proposal back"),
    gettext_lazy("The proposal is taken back."),
    danger=True,
)
REFUSE = Deed(
    gettext_lazy("Refuse consent"),
    gettext_lazy(
        "Every party of the day would have to consent: once one refuses, nobody is asked any more, and another text can be "
        "written. The parties are told and read the reason."
    ),
    gettext_lazy("Refuse consent"),
    gettext_lazy("Kept. The parties are told."),
    danger=True,
)
DISCARD = Deed(
    gettext_lazy("Discard the draft"),
    gettext_lazy("What was written of the amendment cannot be brought back. The text that holds stays as it is."),
    gettext_lazy("Discard the draft"),
    gettext_lazy("The draft is gone."),
    danger=True,
)


def text_of(request: SignedIn, pk: int, number: int) -> AgreementText:
    """A text of an agreement that the reader sees; the first one stands on the agreement's page."""
    rows = AgreementText.objects.visible_to(request.user).exclude(kind=TextKind.ORIGINAL)
    held: AgreementText = get_object_or_404(
        rows.select_related("agreement__keeper", "keeper"), agreement=pk, number=number
    )
    return held


@login_required
def agreement_text(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """An amendment or a renewal: what it says, who consented, who is still asked."""
    shown, day = text_of(request, pk, number), timezone.localdate()
    state = shown.state(day)
    consents = {one.organisation_id: one for one in shown.consents.select_related("organisation")}
    parties = Party.objects.at(day).filter(agreement=shown.agreement_id).select_related("organisation")
    opens = state is TextState.OPEN
    left = [one.organisation for one in parties if one.organisation_id not in consents] if opens else []
    silent = silences(one.pk for one in left)
    speaks = may(request.user, Permission.MAKE_AGREEMENTS, own_party(request.user))
    asks = opens and standing_as(shown.agreement, request.user, day) is not None
    context = {
        "agreement": shown.agreement,
        "text": shown,
        "state": state,
        "articles": list(shown.articles.all()),
        "consents": list(consents.values()),
        "asked": [one for one in left if one.pk not in silent],
        "not_asked": [(one, silent[one.pk]) for one in left if one.pk in silent],
        "consents_to": asks and speaks and request.user.acting_id not in consents,
        "keeps": keeps(request.user, shown),
        "closes": closes(request.user, shown, day),
        "closing": shown.events.filter(what__in=CLOSING).select_related("acting"),
        "compares": shown.kind != TextKind.RENEWAL,
    }
    return render(request, "policies/agreement_text.html", context)


@require_POST
@login_required
def amend(request: SignedIn, pk: int) -> HttpResponse:
    """Begin an amendment."""
    held = found(request, pk)
    try:
        made = begin_amendment(agreement=held, by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return redirect(address(held))
    messages.success(request, _("A draft with the articles that hold is begun. The parties read it."))
    return redirect("policies:agreement_text", pk=pk, number=made.number)


@login_required
def renew(request: SignedIn, pk: int) -> HttpResponse:
    """Propose a later last day."""
    held = found(request, pk)
    party_for(request, held)

    def act(*, by: User, **said: Any) -> None:
        propose_renewal(agreement=held, by=by, at=timezone.now(), **said)

    return do(request, RENEW, RenewForm(sent(request)), address(held), act)


def _written(request: SignedIn, pk: int, number: int) -> AgreementText:
    """A text that the reader writes, or wrote."""
    held = text_of(request, pk, number)
    demand_keeping(request.user, held)
    return held


def _closed(request: SignedIn, pk: int, number: int) -> AgreementText:
    """A text that the reader ends: its writer, or any party once that left."""
    held = text_of(request, pk, number)
    if not closes(request.user, held, timezone.localdate()):
        demand_keeping(request.user, held)
    return held


@login_required
def propose(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """Ask the parties for their consent to an amendment."""
    held = _written(request, pk, number)

    def act(*, by: User, **said: Any) -> None:
        propose_amendment(text=held, by=by, at=timezone.now(), **said)

    return do(request, PROPOSE, ProposeForm(sent(request), initial={"seen": held.edition}), text_address(held), act)


@require_POST
@login_required
def consent(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """Consent for the organisation acted for."""
    held = text_of(request, pk, number)
    try:
        consent_to_amendment(text=held, by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Your organisation consents."))
    return redirect(text_address(held))


@login_required
def give_up(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """Take a proposal back."""
    held = _closed(request, pk, number)

    def act(*, why: str, by: User) -> None:
        give_up_amendment(text=held, why=why, by=by, at=timezone.now())

    return do(request, GIVE_UP, AnswerForm(sent(request)), text_address(held), act)


@login_required
def refuse(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """Say no to a proposal for the organisation acted for."""
    held = text_of(request, pk, number)
    demand_party(held.agreement, request.user, timezone.localdate())

    def act(*, why: str, by: User) -> None:
        refuse_amendment(text=held, why=why, by=by, at=timezone.now())

    return do(request, REFUSE, AnswerForm(sent(request)), text_address(held), act)


@login_required
def discard(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """Throw the draft of an amendment away."""
    held = _closed(request, pk, number)

    def act(*, by: User) -> None:
        discard_amendment(text=held, by=by, at=timezone.now())

    back = address(held.agreement)
    return do(request, DISCARD, forms.Form(sent(request)), back, act, back)


@login_required
def compare(request: SignedIn, pk: int) -> HttpResponse:
    """What changed between two texts of an agreement, word by word in both languages."""
    held = found(request, pk)
    rows = AgreementText.objects.visible_to(request.user).filter(agreement=held).written().prefetch_related("articles")
    texts = list(rows.order_by("-number"))
    if not texts:
        raise Http404
    form = CompareForm(request.GET, texts)
    before, after = form.chosen("from"), form.chosen("to")
    parts = compared(before.articles.all(), after.articles.all())
    context = {
        "policy": held,
        "up_url": reverse("policies:agreement", args=[pk]),
        "form": form,
        "before": before,
        "after": after,
        "changed": [one for one in parts if one.is_changed],
        "kept": [one for one in parts if not one.is_changed],
    }
    return render(request, "policies/agreement_compare.html", context)


urls = [
    path("agreements/<int:pk>/amend/", amend, name="amend_agreement"),
    path("agreements/<int:pk>/renew/", renew, name="renew_agreement"),
    path("agreements/<int:pk>/compare/", compare, name="compare_agreement"),
    path("agreements/<int:pk>/texts/<int:number>/", agreement_text, name="agreement_text"),
    path("agreements/<int:pk>/texts/<int:number>/propose/", propose, name="propose_amendment"),
    path("agreements/<int:pk>/texts/<int:number>/consent/", consent, name="consent_to_amendment"),
    path("agreements/<int:pk>/texts/<int:number>/refuse/", refuse, name="refuse_amendment"),
    path("agreements/<int:pk>/texts/<int:number>/give-up/", give_up, name="give_up_amendment"),
    path("agreements/<int:pk>/texts/<int:number>/discard/", discard, name="discard_amendment"),
]
