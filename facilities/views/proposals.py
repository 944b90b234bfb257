"""Pages of proposed changes: the list, one proposal with its decision, proposing a change or a new facility."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import Jurisdiction, Place, User
from directorates.models.places import Level
from directorates.permissions import Columns, Permission, require, scoped
from facilities.actions.decisions import decide
from facilities.actions.proposals import propose, propose_new, withdraw
from facilities.forms.facilities import lines as in_lines
from facilities.forms.proposals import (
    APPROVE,
    REFUSE,
    DecisionForm,
    ProposalFilter,
    ProposeForm,
    ProposeNewForm,
    supporters_to_begin,
)
from facilities.models import ChangeProposal, Facility
from facilities.models.duplicates import entries_like
from facilities.models.proposals import (
    Field,
    ProposalState,
    compared,
    fields_open_to,
    may_decide,
    open_about,
    seen,
    standing_values,
    waiting_longest,
)


def proposals_listed(user: User, asked: QueryDict) -> tuple[ProposalFilter, QuerySet[ChangeProposal]]:
    """The filters and the proposals that they leave of those a person may see, the longest waiting first."""
    form = ProposalFilter(asked)
    return form, form.narrow(ChangeProposal.objects.visible_to(user).named()).order_by(*waiting_longest())


@login_required
def proposals(request: SignedIn) -> HttpResponse:
    """The proposals that the reader may see, the longest waiting first, narrowed by filters that stand in the address."""
    require(request.user, Permission.PROPOSE_FACILITIES)
    form, rows = proposals_listed(request.user, request.GET)
    context = {
        "form": form,
        "used": any(request.GET.get(name) for name in form.fields),
        "page": page_of(request, rows),
        "mine": ChangeProposal.objects.to_decide(request.user, timezone.localdate()).count(),
    }
    return render(request, "facilities/proposals.html", context)


def _found(request: SignedIn, pk: int) -> ChangeProposal:
    """The proposal, if the reader may see it."""
    return get_object_or_404(ChangeProposal.objects.visible_to(request.user).named(), pk=pk)


def _page(request: SignedIn, found: ChangeProposal, form: DecisionForm | None, status: int = 200) -> HttpResponse:
    """A proposal beside what stands, with what the reader may do; `form` is one that came back with errors."""
    today = timezone.localdate()
    lines = compared(found, today)
    waits = found.state == ProposalState.OPEN
    decides = waits and may_decide(request.user, found, today)
    if decides and form is None:
        form = DecisionForm(initial={"read": seen(lines)}, lines=lines, new=found.new)
    asked = form if decides else None
    if asked is not None and asked.is_bound:
        # What is read now is this page, not the one before.
        asked.data = {**asked.data.dict(), "read": seen(lines)}  # type: ignore[attr-defined]
    parts = [(line, asked.question(line.change.field) if asked else None) for line in lines]
    context = {
        "proposal": found,
        "parts": parts,
        "form": asked,
        "decides": decides,
        "withdraws": waits and found.acting_id == request.user.acting_id,
        "history": list(found.history.select_related("by", "acting")),
        "directorate": Jurisdiction.objects.competent(found.place, today),
    }
    return render(request, "facilities/proposal.html", context, status=status)


@login_required
def proposal(request: SignedIn, pk: int) -> HttpResponse:
    """Read a proposal; whoever is competent decides it here, field by field."""
    found = _found(request, pk)
    if request.method != "POST":
        return _page(request, found, None)
    form = DecisionForm(request.POST, lines=compared(found, timezone.localdate()), new=found.new)
    status = 400
    if form.is_valid():
        given = {name: form.cleaned_data.get(name) or "" for name in ("reason", "code", "read")}
        try:
            decide(
                proposal=found,
                approve=form.chosen(APPROVE),
                refuse=form.chosen(REFUSE),
                keep=bool(form.cleaned_data.get("keep")),
                by=request.user,
                at=timezone.now(),
                **given,
            )
        except Problem as problem:
            if problem.code == "wrong_state":
                messages.error(request, str(problem.detail))
                return redirect("facilities:proposal", pk=pk)
            _tell_decision(form, problem)
            status = problem.status
        else:
            messages.success(request, _("The decision is saved. The proposer sees it here and on the home page."))
            return redirect("facilities:proposal", pk=pk)
    return _page(request, _found(request, pk), form, status)


def _tell_decision(form: DecisionForm, problem: Problem) -> None:
    """Show each fault at the question about its field."""
    for fault in problem.errors:
        name = f"decide_{fault.field}"
        where = name if name in form.fields else fault.field if fault.field in form.fields else None
        form.add_error(where, str(fault.message))
    if not problem.errors:
        form.add_error(None, str(problem.detail))


@login_required
def withdraw_proposal(request: SignedIn, pk: int) -> HttpResponse:
    """Take back what is still open of a proposal of the reader's organisation."""
    found = _found(request, pk)
    if request.method == "POST":
        try:
            withdraw(proposal=found, by=request.user, at=timezone.now())
        except Problem as problem:
            messages.error(request, str(problem.detail))
        else:
            messages.success(request, _("The proposal is withdrawn."))
        return redirect("facilities:proposal", pk=pk)
    context = {
        "title": _("Withdraw the proposal: %(name)s") % {"name": found.title},
        "text": _("What is still open of it will not be decided. It stays in the history as withdrawn."),
        "deed": _("Withdraw"),
        "cancel_url": reverse("facilities:proposal", args=[pk]),
    }
    return render(request, "components/confirm_page.html", context)


@login_required
def propose_change(request: SignedIn, code: str) -> HttpResponse:
    """Propose other values for a facility's entry."""
    rows = Facility.objects.visible_to(request.user).standing().select_related("place")
    facility, today = get_object_or_404(rows, code=code), timezone.localdate()
    require(request.user, Permission.PROPOSE_FACILITIES, facility)
    stands = standing_values(facility, today)
    own = supporters_to_begin(request.user.acting)
    form = ProposeForm(
        request.POST or None,
        initial={**stands, "other_names": in_lines(facility.other_names), "stood": stands, "support_begin": None,
                 "support_end": None},
        allowed=fields_open_to(request.user, facility, today),
        begin=own.exclude(code__in=stands[Field.SUPPORT_BEGIN]),
        end=own.filter(code__in=stands[Field.SUPPORT_BEGIN]),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            return _proposed(request, propose(facility=facility, **_said(request, form)))
        except Problem as problem:
            tell(form, problem)
    context = {"form": form, "facility": facility, "proposals": open_about(request.user, facility, today)}
    return render(request, "facilities/propose.html", context)


def _said(request: SignedIn, form: ProposeForm | ProposeNewForm) -> dict[str, Any]:
    """What either proposal is made of: the wishes, the reason, by whom and when."""
    return {
        "wishes": form.wishes(),
        "reason": form.cleaned_data["reason"],
        "by": request.user,
        "at": timezone.now(),
    }


def _proposed(request: SignedIn, made: ChangeProposal) -> HttpResponse:
    """Say where the proposal is now."""
    directorate = made.competent_today
    if directorate is None:
        told = _("Proposed. No directorate is competent there today: the coordination body decides.")
    else:
        told = _("Proposed. The competent directorate decides; the answer appears here and on the home page.")
    messages.success(request, told)
    return redirect("facilities:proposal", pk=made.pk)


@login_required
def propose_facility(request: SignedIn) -> HttpResponse:
    """Propose a facility that is not in the register yet."""
    require(request.user, Permission.PROPOSE_FACILITIES)
    allowed = scoped(request.user, Permission.PROPOSE_FACILITIES, Columns(path="path"))
    places = Place.objects.standing().filter(allowed, level=Level.SUBDISTRICT).select_related("parent").order_by("path")
    form = ProposeNewForm(request.POST or None, places=places, begin=supporters_to_begin(request.user.acting))
    if request.method == "POST" and form.is_valid() and not form.looks_known(_alike(request, form)):
        try:
            return _proposed(request, propose_new(place=form.cleaned_data["place"], **_said(request, form)))
        except Problem as problem:
            tell(form, problem)
    return render(request, "facilities/propose_new.html", {"form": form})


def _alike(request: SignedIn, form: ProposeNewForm) -> list[Facility]:
    """The entries that what was typed may be already."""
    given = form.cleaned_data
    names = (given["name_ar"], given["name_en"], *given["other_names"])
    return entries_like(request.user, str(given["type"]), given["place"], names)


urls: list[Any] = [
    path("proposals/", proposals, name="proposals"),
    path("proposals/new/", propose_facility, name="propose_new"),
    path("proposals/<int:pk>/", proposal, name="proposal"),
    path("proposals/<int:pk>/withdraw/", withdraw_proposal, name="withdraw"),
    path("<slug:code>/propose/", propose_change, name="propose"),
]
