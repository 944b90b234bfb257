"""Pages of sharing agreements: what is shared with whom, offering, accepting, ending; and what needs an agreement."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseBadRequest, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.actions.sharing import (
    accept_sharing,
    data_on_offer,
    datasets_to_share,
    deeds_open,
    end_sharing,
    offer_sharing,
    read_by_agreement,
)
from directorates.forms.sharing import AgreementFilter, EndForm, OfferForm
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import Dataset, SharingAgreement, User
from directorates.models.sharing import SharingState
from directorates.permissions import Permission, Refused, may, rights_of
from directorates.readers import data_seen_by


def agreements_listed(user: User, asked: QueryDict) -> tuple[AgreementFilter, QuerySet[SharingAgreement]]:
    """The filters and the agreements that they leave of those of the organisation that a person acts for."""
    # Whoever has no role here, or whose directorate is sealed, reads of no agreement.
    if not rights_of(user).scopes:
        raise Refused(Permission.AGREE_ON_SHARING)
    form, today = AgreementFilter(asked), timezone.localdate()
    form.is_valid()
    side, state = form.cleaned_data.get("side"), form.cleaned_data.get("state")
    rows = SharingAgreement.objects.visible_to(user).named()
    if side:
        rows = rows.filter(custodian=user.acting_id) if side == "given" else rows.filter(recipient=user.acting_id)
    if state != "all":
        rows = rows.over(today) if state == "over" else rows.open(today)
    return form, rows


@login_required
def agreements(request: SignedIn) -> HttpResponse:
    """What the organisation gives and receives; what it was offered above; which of its data need an agreement below."""
    form, rows = agreements_listed(request.user, request.GET)
    page, today = page_of(request, rows), timezone.localdate()
    context = {
        "form": form,
        "used": any(request.GET.get(name) for name in form.fields),
        "page": page,
        "rows": [(one, one.state(today)) for one in page],
        "offers": data_on_offer(request.user),
        "datasets": datasets_to_share(request.user),
        "seen": data_seen_by(request.user),
        "acting": request.user.acting,
    }
    return render(request, "directorates/agreements.html", context)


def _agreement(request: SignedIn, pk: int) -> SharingAgreement:
    """The agreement, if it is the reader's organisation's."""
    if not rights_of(request.user).scopes:
        raise Refused(Permission.AGREE_ON_SHARING)
    return get_object_or_404(SharingAgreement.objects.visible_to(request.user).named(), pk=pk)


@login_required
def agreement(request: SignedIn, pk: int) -> HttpResponse:
    """One agreement: what it gives, what both sides did, what the reader can do."""
    found, today = _agreement(request, pk), timezone.localdate()
    context = {
        "agreement": found,
        "state": found.state(today),
        "deeds": deeds_open(request.user, found, today),
        "given": request.user.acting_id == found.custodian_id,
    }
    return render(request, "directorates/agreement.html", context)


@login_required
def offer(request: SignedIn) -> HttpResponse:
    """Offer data in the organisation's custody to another one."""
    if not may(request.user, Permission.AGREE_ON_SHARING):
        raise Refused(Permission.AGREE_ON_SHARING)
    form = OfferForm(request.POST or None, request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = offer_sharing(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Offered. It gives nothing before the other side accepts."))
            return redirect("directorates:agreement", pk=made.pk)
    context = {"form": form, "datasets": datasets_to_share(request.user)}
    return render(request, "directorates/agreement_offer.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def accept(request: SignedIn, pk: int) -> HttpResponse:
    """Accept what was offered."""
    try:
        accept_sharing(agreement=_agreement(request, pk), by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        messages.success(request, _("Accepted. Everybody with a role here reads it from the first day on."))
    return redirect("directorates:agreement", pk=pk)


@login_required
def end(request: SignedIn, pk: int) -> HttpResponse:
    """End an agreement, decline an offer or take it back."""
    found = _agreement(request, pk)
    if not may(request.user, Permission.AGREE_ON_SHARING, found):
        raise Refused(Permission.AGREE_ON_SHARING, found)
    form = EndForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            end_sharing(agreement=found, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
            messages.error(request, str(problem.detail))
        else:
            messages.success(request, _("It has ended and gives nothing any more."))
            return redirect("directorates:agreement", pk=pk)
    offered = found.state(timezone.localdate()) == SharingState.OFFERED
    context = {
        "title": _("Decline the offer") if offered else _("End the agreement"),
        "text": _(
            "From this moment nobody reads anything by it: on pages, in files, by programs. It stays in the list."
        ),
        "deed": _("Decline it") if offered else _("End it"),
        "cancel_url": reverse("directorates:agreement", args=[pk]),
        "form": form,
        "danger": True,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def dataset(request: SignedIn, code: str) -> HttpResponse:
    """Have a dataset read by agreement only, or not."""
    found = get_object_or_404(Dataset.objects.in_custody_of(request.user.acting_id), code=code)
    asked = request.POST.get("only")
    if asked not in {"on", "off"}:
        return HttpResponseBadRequest()
    only = asked == "on"
    read_by_agreement(dataset=found, only=only, by=request.user, at=timezone.now())
    messages.success(
        request,
        _("From now on other organisations read it by agreement only.")
        if only
        else _("From now on every role that opens its places opens it."),
    )
    return redirect("directorates:agreements")
