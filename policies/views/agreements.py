"""Pages of agreements: the list, one agreement, its draft, and what whoever keeps it does: open it, enter it, give it up, end it."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from directorates.foundation.pages import SignedIn, keep_words, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, require
from policies.actions.agreements import (
    begin_agreement,
    change_agreement,
    demand_keeping,
    discard_agreement,
    end_agreement,
    give_up_agreement,
    keeps,
    open_for_signature,
    original,
    own_agreement,
)
from policies.actions.signatures import record_agreement
from policies.forms.agreements import AgreementFilter, AgreementForm, EndForm, RecordForm, WhyForm
from policies.forms.versions import SeenForm
from policies.models import Agreement, AgreementText
from policies.models.agreements import AgreementQuerySet
from policies.views.agreement_page import page_context

SORTS = {
    "name": "name",
    "kind": "kind",
    "since": "valid__startswith",
    "until": "valid__endswith",
    "parties": "parties_now",
}


def agreements_listed(
    user: User, asked: QueryDict, *, arabic: bool = True
) -> tuple[AgreementFilter, AgreementQuerySet, datetime.date]:
    """The filters, the agreements that they leave of those a person sees, sorted, and the day on which they are shown."""
    form = AgreementFilter(asked)
    rows, day = form.narrow(Agreement.objects.visible_to(user), user), form.chosen()
    sort = asked.get("sort", "-since")
    column = SORTS.get(sort.removeprefix("-"), "since")
    column = ("name_ar" if arabic else "name_en") if column == "name" else column
    order = F(column).desc(nulls_last=True) if sort.startswith("-") else F(column).asc(nulls_last=True)
    return form, rows.with_parties(day).order_by(order, "-pk"), day


@login_required
def agreements(request: SignedIn) -> HttpResponse:
    """The agreements that the reader sees, those in force today unless others are asked for."""
    require(request.user, Permission.VIEW_POLICIES)
    form, rows, day = agreements_listed(request.user, request.GET, arabic=request.LANGUAGE_CODE == "ar")
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "day": day,
        "rows": [(one, one.state(day)) for one in page],
        "used": any(request.GET.get(name) for name in form.fields),
        "begins": keeps(request.user, own_agreement(request.user)),
    }
    return render(request, "policies/agreements.html", context)


def found(request: SignedIn, pk: int) -> Agreement:
    """The agreement, if the reader sees it."""
    rows = Agreement.objects.visible_to(request.user).select_related("keeper")
    held: Agreement = get_object_or_404(rows, pk=pk)
    return held


def kept(request: SignedIn, pk: int) -> Agreement:
    """The agreement, if the reader keeps it."""
    held = found(request, pk)
    demand_keeping(request.user, held)
    return held


def address(agreement: Agreement) -> str:
    """Where its page is."""
    return reverse("policies:agreement", args=[agreement.pk])


@login_required
def agreement(request: SignedIn, pk: int) -> HttpResponse:
    """One agreement: articles, parties and their signatures, obligations, amendments, all that happened, what comes next."""
    held = found(request, pk)
    return render(request, "policies/agreement.html", page_context(request.user, held, timezone.localdate()))


@dataclass(frozen=True)
class Deed:
    """What is done by a form: its title, what follows, the words of the button, what is said when it is done."""

    title: Promise | str
    follows: Promise | str
    deed: Promise | str
    done: Promise | str
    danger: bool = False


def do(
    request: SignedIn, deed: Deed, form: forms.Form, back: str, act: Callable[..., Any], leads: str = ""
) -> HttpResponse:
    """The page of a deed: what spoke against it stands in its form; what was done meanwhile leads back, with what was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            act(by=request.user, **form.cleaned_data)
        except Problem as problem:
            if problem.status == HTTPStatus.CONFLICT:
                keep_words(request, form)
                messages.error(request, str(problem.detail))
                return redirect(back)
            tell(form, problem)
        else:
            messages.success(request, str(deed.done))
            return redirect(leads or back)
    context = {
        "title": deed.title,
        "text": str(deed.follows),
        "deed": deed.deed,
        "cancel_url": back,
        "form": form,
        "danger": deed.danger,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


def sent(request: SignedIn) -> QueryDict | None:
    """What a form sent, be it nothing; None where the page is only opened."""
    return request.POST if request.method == "POST" else None


@login_required
def new_agreement(request: SignedIn) -> HttpResponse:
    """Begin an agreement."""
    demand_keeping(request.user, own_agreement(request.user))
    acting = request.user.acting
    form = AgreementForm(sent(request), initial={"parties": [acting.code] if acting and acting.kind != "body" else []})
    if request.method == "POST" and form.is_valid():
        try:
            made = begin_agreement(said=form.said, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            words = _("The draft is begun. Articles and obligations come next; its named parties and the body read it.")
            messages.success(request, words)
            return redirect("policies:agreement", pk=made.pk)
    context = {"form": form, "title": _("New agreement"), "back": reverse("policies:agreements")}
    return render(request, "policies/agreement_form.html", context, status=400 if form.errors else 200)


@login_required
def change(request: SignedIn, pk: int) -> HttpResponse:
    """Say something else about a draft."""
    held = kept(request, pk)
    standing = held.standing()
    form = AgreementForm(sent(request), initial=standing | {"parties": standing["parties"].split(), "stood": standing})
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["stood"]
            change_agreement(agreement=held, said=form.said, seen=seen, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
            if problem.code == "changed":
                form.see(Agreement.objects.get(pk=held.pk).standing())
        else:
            messages.success(request, _("Saved."))
            return redirect("policies:agreement", pk=pk)
    context = {"form": form, "title": _("Change the draft"), "back": address(held)}
    return render(request, "policies/agreement_form.html", context, status=400 if form.errors else 200)


DISCARD = Deed(
    gettext_lazy("Discard the draft"),
    gettext_lazy("Its articles and obligations cannot be brought back."),
    gettext_lazy("Discard the draft"),
    gettext_lazy("The draft is gone."),
    danger=True,
)
OPEN = Deed(
    gettext_lazy("Open for signature"),
    gettext_lazy(
        "From now on nobody changes this text. The named parties are told, and each signs by its own people. Your own "
        "organisation signs on the agreement's page, too."
    ),
    gettext_lazy("Open for signature"),
    gettext_lazy("The parties are asked for their signatures."),
)
RECORD = Deed(
    gettext_lazy("Enter as signed on paper"),
    gettext_lazy(
        "For what was agreed on before, or elsewhere: every named party signed it on paper. It is marked so, everybody with a "
        "role reads it, and each party is told and can object. From now on nobody changes the text."
    ),
    gettext_lazy("Enter as signed on paper"),
    gettext_lazy("The agreement is entered. Its parties are told."),
)
GIVE_UP = Deed(
    gettext_lazy("Give the agreement up"),
    gettext_lazy("Nobody can sign it any more. It stays readable for those who were asked."),
    gettext_lazy("Give the agreement up"),
    gettext_lazy("Nobody is asked for a signature any more."),
    danger=True,
)
END = Deed(
    gettext_lazy("Enter the end"),
    gettext_lazy("For a record only: on which day it ended for all its parties. It stays readable, with the reason."),
    gettext_lazy("Enter the end"),
    gettext_lazy("Kept. The agreement stays readable."),
)


def _edition(agreement: Agreement) -> dict[str, int]:
    """The edition of a draft, as a page carries it along."""
    first: AgreementText = original(agreement)
    return {"seen": first.edition}


@login_required
def discard(request: SignedIn, pk: int) -> HttpResponse:
    """Throw a draft away."""
    held = kept(request, pk)

    def act(*, by: User) -> None:
        discard_agreement(agreement=held, by=by)

    return do(request, DISCARD, forms.Form(sent(request)), address(held), act, reverse("policies:agreements"))


@login_required
def open_agreement(request: SignedIn, pk: int) -> HttpResponse:
    """Ask the named parties for their signatures."""
    held = kept(request, pk)

    def act(*, seen: int, by: User) -> None:
        open_for_signature(agreement=held, seen=seen, by=by, at=timezone.now())

    return do(request, OPEN, SeenForm(sent(request), initial=_edition(held)), address(held), act)


@login_required
def record_paper(request: SignedIn, pk: int) -> HttpResponse:
    """Enter a draft as signed on paper."""
    held = kept(request, pk)

    def act(*, by: User, **said: Any) -> None:
        record_agreement(agreement=held, by=by, at=timezone.now(), **said)

    form = RecordForm(sent(request), initial=_edition(held) | {"day": held.since})
    return do(request, RECORD, form, address(held), act)


@login_required
def give_up(request: SignedIn, pk: int) -> HttpResponse:
    """Ask for no more signatures."""
    held = kept(request, pk)

    def act(*, why: str, by: User) -> None:
        give_up_agreement(agreement=held, why=why, by=by, at=timezone.now())

    return do(request, GIVE_UP, WhyForm(sent(request)), address(held), act)


@login_required
def end(request: SignedIn, pk: int) -> HttpResponse:
    """Enter when a record ended for all."""
    held = kept(request, pk)

    def act(*, by: User, **said: Any) -> None:
        end_agreement(agreement=held, by=by, at=timezone.now(), **said)

    return do(request, END, EndForm(sent(request)), address(held), act)


urls = [
    path("agreements/", agreements, name="agreements"),
    path("agreements/new/", new_agreement, name="new_agreement"),
    path("agreements/<int:pk>/", agreement, name="agreement"),
    path("agreements/<int:pk>/change/", change, name="change_agreement"),
    path("agreements/<int:pk>/discard/", discard, name="discard_agreement"),
    path("agreements/<int:pk>/open/", open_agreement, name="open_agreement"),
    path("agreements/<int:pk>/record/", record_paper, name="record_agreement"),
    path("agreements/<int:pk>/give-up/", give_up, name="give_up_agreement"),
    path("agreements/<int:pk>/end/", end, name="end_agreement"),
]
