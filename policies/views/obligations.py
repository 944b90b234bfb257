"""Pages of obligations: the list, one with its history and what the reader can say of it, a new one, taking one out."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, require
from policies.actions.agreements import demand_keeping, keeps
from policies.actions.obligations import add_obligation, remove_obligation, say_of_obligation, says_of
from policies.forms.obligations import ObligationFilter, ObligationForm, SayForm
from policies.models import Agreement, Obligation
from policies.models.obligations import ObligationQuerySet
from policies.views.agreements import Deed, address, do, found, sent
from policies.views.signatures import own_party

REMOVE = Deed(
    gettext_lazy("Take out the obligation"),
    gettext_lazy("It is gone from this draft."),
    gettext_lazy("Take out"),
    gettext_lazy("The obligation is taken out."),
    danger=True,
)


def obligations_listed(user: User, asked: QueryDict) -> tuple[ObligationFilter, ObligationQuerySet, datetime.date]:
    """The filters and the obligations that they leave of those a person sees, the first due first; the day of today."""
    form, today = ObligationFilter(asked), timezone.localdate()
    rows = form.narrow(Obligation.objects.visible_to(user), today)
    return form, rows.named().due_first(), today


@login_required
def obligations(request: SignedIn) -> HttpResponse:
    """What parties owe by agreements, open ones unless others are asked for."""
    require(request.user, Permission.VIEW_POLICIES)
    form, rows, today = obligations_listed(request.user, request.GET)
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "rows": [(one, one.is_overdue(today)) for one in page],
        "used": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "policies/obligations.html", context)


def obligation_of(request: SignedIn, pk: int) -> Obligation:
    """The obligation, if the reader sees its agreement."""
    rows = Obligation.objects.visible_to(request.user).named().select_related("agreement__keeper")
    held: Obligation = get_object_or_404(rows, pk=pk)
    return held


@login_required
def obligation(request: SignedIn, pk: int) -> HttpResponse:
    """One obligation: who owes it until when, what was said of it, and what the reader can say."""
    held, today = obligation_of(request, pk), timezone.localdate()
    states = says_of(request.user, held, today) if held.agreement.valid is not None else []
    form = SayForm(sent(request), states)
    if request.method == "POST":
        if not states:
            require(request.user, Permission.MAKE_AGREEMENTS, held)
        if (answer := _said(request, held, form)) is not None:
            return answer
    events = held.events.select_related("acting")
    context = {
        "obligation": held,
        "overdue": held.is_overdue(today),
        "form": form if states else None,
        "removes": held.agreement.opened is None and keeps(request.user, held.agreement),
        "events": [{"at": one.at, "acting": one.acting.name, "what": str(one), "note": one.evidence} for one in events],
    }
    return render(request, "policies/obligation.html", context, status=400 if form.errors else 200)


def _said(request: SignedIn, held: Obligation, form: SayForm) -> HttpResponse | None:
    """Keep what was said of an obligation; None where the form has to be read again."""
    if not form.is_valid():
        return None
    try:
        say_of_obligation(obligation=held, by=request.user, at=timezone.now(), **form.cleaned_data)
    except Problem as problem:
        tell(form, problem)
        return None
    messages.success(request, _("Kept. Everybody who reads the agreement reads it."))
    return redirect("policies:obligation", pk=held.pk)


@login_required
def new_obligation(request: SignedIn, pk: int) -> HttpResponse:
    """Write what a party owes: any in a draft or a record, the own organisation in what is signed."""
    held = found(request, pk)
    of_others = keeps(request.user, held) and (held.opened is None or held.recorded)
    own = None if of_others else request.user.acting
    if not of_others:
        own_party(request, held)
    form = ObligationForm(sent(request), held, own)
    if request.method == "POST" and form.is_valid():
        try:
            add_obligation(agreement=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The obligation is written."))
            return redirect(f"{address(held)}#obligations")
    return _form_page(request, held, form)


def _form_page(request: SignedIn, agreement: Agreement, form: forms.Form) -> HttpResponse:
    context: dict[str, Any] = {"form": form, "title": _("New obligation"), "back": address(agreement)}
    context["agreement"] = agreement
    return render(request, "policies/obligation_form.html", context, status=400 if form.errors else 200)


@login_required
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """Take an obligation out of a draft."""
    held = obligation_of(request, pk)
    demand_keeping(request.user, held.agreement)

    def act(*, by: User) -> None:
        remove_obligation(obligation=held, by=by, at=timezone.now())

    back = reverse("policies:obligation", args=[pk])
    return do(request, REMOVE, forms.Form(sent(request)), back, act, address(held.agreement))


urls = [
    path("agreements/obligations/", obligations, name="obligations"),
    path("agreements/obligations/<int:pk>/", obligation, name="obligation"),
    path("agreements/obligations/<int:pk>/remove/", remove, name="remove_obligation"),
    path("agreements/<int:pk>/obligations/new/", new_obligation, name="new_obligation"),
]
