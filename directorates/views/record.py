"""The record of one's organisation, the head of its chain, and the witnesses who get it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from directorates import audit
from directorates.actions.chain import contains, head
from directorates.actions.witnesses import end_witness, name_witness
from directorates.forms.record import HeadForm, RecordFilter, WitnessForm
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, RecordWitness, User
from directorates.permissions import Permission, Refused, may, require
from directorates.record_words import deed_of, thing_of


def record_listed(user: User, asked: QueryDict) -> tuple[RecordFilter, QuerySet[AuditEvent]]:
    """The filters and the entries that they leave of the record that a person may read, the last first."""
    if not may(user, Permission.VIEW_RECORD):
        raise Refused(Permission.VIEW_RECORD)
    form = RecordFilter(asked)
    rows = audit.visible_to(user).filter(form.condition()).select_related("by", "acting", "concerns")
    return form, rows.order_by("-id")


@never_cache
@login_required
def record(request: SignedIn) -> HttpResponse:
    """Who did, read or was refused what, as one's organisation or with what is its own."""
    form, rows = record_listed(request.user, request.GET)
    page = page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "rows": [(event, deed_of(event), *thing_of(event)) for event in page],
        "used": any(request.GET.get(name) for name in form.fields),
        "acting": request.user.acting,
    }
    return render(request, "directorates/record.html", context)


def names_witnesses(user: User) -> bool:
    """Whether a person names who gets the head, and so sees where it is sent."""
    return may(user, Permission.MANAGE_ORGANISATIONS)


def witnesses_listed() -> QuerySet[RecordWitness]:
    """Who gets the head now: known to everybody who signs in, as the head is."""
    return RecordWitness.objects.filter(ended=None).select_related("organisation")


def _head_page(request: SignedIn, status: int = 200, **more: Any) -> HttpResponse:
    """The head, and the witnesses for whoever names them."""
    context: dict[str, Any] = {
        "head": head(),
        "head_form": HeadForm(),
        "witness_form": WitnessForm() if names_witnesses(request.user) else None,
        "witnesses": page_of(request, witnesses_listed()),
    }
    return render(request, "directorates/record_head.html", context | more, status=status)


@never_cache
@login_required
def record_head(request: SignedIn) -> HttpResponse:
    """The head of the chain, open to everybody who signs in, and whether a head of before is still part of it."""
    form = HeadForm(request.GET) if "head" in request.GET else HeadForm()
    asked = form.is_valid()
    found = contains(form.cleaned_data["head"]) if asked else None
    return _head_page(request, head_form=form, asked=asked, found=found)


@require_POST
@login_required
def new_witness(request: SignedIn) -> HttpResponse:
    """Name a witness."""
    if not names_witnesses(request.user):
        raise Refused(Permission.MANAGE_ORGANISATIONS)
    form = WitnessForm(request.POST)
    if form.is_valid():
        try:
            name_witness(by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("The witness is named and gets the head from today on."))
            return redirect("directorates:record_head")
    return _head_page(request, 400, witness_form=form, form=form)


@require_POST
@login_required
def no_witness(request: SignedIn, pk: int) -> HttpResponse:
    """Send the head there no more; without the right nobody learns which witnesses there are."""
    require(request.user, Permission.MANAGE_ORGANISATIONS)
    end_witness(by=request.user, witness=get_object_or_404(RecordWitness, pk=pk), at=timezone.now())
    messages.success(request, _("The head is not sent there any more."))
    return redirect("directorates:record_head")
