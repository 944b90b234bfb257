"""Pages of disputes over mandates: the list, both sides beside one another, what each side says, what the body decides."""

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
from directorates.permissions import Permission, may, require
from policies.actions.disputes import (
    appeal_decision,
    arrange_interim,
    decide_appeal,
    decide_dispute,
    own_mandate,
    write_statement,
)
from policies.actions.mandates import keeps_mandates
from policies.forms.disputes import DecisionForm, DisputeFilter, SayForm
from policies.models import DisputeDeed, DisputeEvent, DisputeState, Mandate, MandateDispute
from policies.models.disputes import DECIDING, UNDECIDED, WAITING, DisputeQuerySet

SORTS = {"opened": "opened", "function": "function", "place": "place__path", "state": "state"}


def disputes_listed(user: User, asked: QueryDict) -> tuple[DisputeFilter, DisputeQuerySet]:
    """The filters and the disputes that they leave, sorted; the last opened first."""
    form = DisputeFilter(asked)
    rows = form.narrow(MandateDispute.objects.visible_to(user))
    sort = asked.get("sort", "-opened")
    column = F(SORTS.get(sort.removeprefix("-"), "opened"))
    return form, rows.named().order_by(column.desc() if sort.startswith("-") else column.asc(), "-pk")


@login_required
def disputes(request: SignedIn) -> HttpResponse:
    """The disputes, those that wait unless others are asked for."""
    require(request.user, Permission.VIEW_POLICIES)
    form, rows = disputes_listed(request.user, request.GET)
    context = {
        "form": form,
        "page": page_of(request, rows),
        "used": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "policies/disputes.html", context)


def found(request: SignedIn, pk: int) -> MandateDispute:
    """The dispute, if the reader sees disputes."""
    held: MandateDispute = get_object_or_404(MandateDispute.objects.visible_to(request.user).named(), pk=pk)
    return held


@dataclass(frozen=True)
class Side:
    """One side of a dispute: its claim, and what it said last."""

    claim: Mandate
    statement: DisputeEvent | None


def _last(events: list[DisputeEvent], *kinds: DisputeDeed, acting: int | None = None) -> DisputeEvent | None:
    """The last event of some kinds, of one organisation where that is named."""
    fits = (one for one in reversed(events) if one.kind in kinds and acting in (None, one.acting_id))
    return next(fits, None)


def deeds_open(user: User, dispute: MandateDispute) -> set[str]:
    """What a person can do in a dispute as it stands, by the words of the addresses."""
    found = set()
    if may(user, Permission.CLAIM_MANDATES, dispute):
        found |= {"statement"} if dispute.state in WAITING else set()
        lost = dispute.state == DisputeState.DECIDED and dispute.decided_for_id != user.acting_id
        found |= {"appeal"} if lost else set()
    if keeps_mandates(user) and dispute.claim_of(user.acting_id) is None:
        found |= {"interim", "decision"} if dispute.state in UNDECIDED else set()
        found |= {"outcome"} if dispute.state == DisputeState.APPEALED else set()
    return found


@login_required
def dispute(request: SignedIn, pk: int) -> HttpResponse:
    """One dispute: both statements beside one another, what is arranged, decided, appealed, and all that happened."""
    held = found(request, pk)
    events = list(held.events.select_related("acting", "for_whom"))
    context = {
        "dispute": held,
        "sides": [
            Side(claim, _last(events, DisputeDeed.STATEMENT, acting=claim.organisation_id)) for claim in held.claims
        ],
        "interim": _last(events, DisputeDeed.INTERIM),
        "decision": _last(events, *DECIDING),
        "appeal": _last(events, DisputeDeed.APPEAL),
        # Who of the organisations did it; people are named in the record.
        "events": [
            {"at": one.at, "acting": one.acting.name if one.acting else "", "what": one.what, "note": one.text}
            for one in events
        ],
        "deeds": deeds_open(request.user, held),
    }
    return render(request, "policies/dispute.html", context)


@dataclass(frozen=True)
class Deed:
    """What can be done in a dispute by a form: its words, its action, what follows, and what is said when it is done."""

    title: Promise
    follows: Promise
    done: Promise
    act: Callable[..., Any]
    decides: bool = False


STATEMENT = Deed(
    gettext_lazy("State your case"),
    gettext_lazy(
        "Everybody with a role reads it beside the statement of the other side. A later one stands in its place."
    ),
    gettext_lazy("Kept. Both statements stand beside one another."),
    write_statement,
)
INTERIM = Deed(
    gettext_lazy("Interim arrangement"),
    gettext_lazy("How the work goes on until the dispute is decided. It changes nobody's claim."),
    gettext_lazy("Kept. The arrangement holds until the dispute is decided."),
    arrange_interim,
)
DECISION = Deed(
    gettext_lazy("Enter the decision"),
    gettext_lazy(
        "The other claim ends on the day before; where its place is larger, it goes on in the rest. Either is told by this "
        "page, and the other side can appeal."
    ),
    gettext_lazy("Kept. The claims hold as it was decided."),
    decide_dispute,
    decides=True,
)
APPEAL = Deed(
    gettext_lazy("Appeal"),
    gettext_lazy("The decision holds until the appeal is decided. There is one appeal."),
    gettext_lazy("Kept. The decision holds until the appeal is decided."),
    appeal_decision,
)
OUTCOME = Deed(
    gettext_lazy("Outcome of the appeal"),
    gettext_lazy(
        "Decided for the same side, the decision is upheld. Decided for the other, that one leads in the disputed place from "
        "the day on. This is for good."
    ),
    gettext_lazy("Kept. The dispute is decided for good."),
    decide_appeal,
    decides=True,
)


def _do(request: SignedIn, held: MandateDispute, deed: Deed) -> HttpResponse:
    """The form of a deed; what spoke against it stands in it, and what was done meanwhile leads back to the dispute."""
    back = reverse("policies:dispute", args=[held.pk])
    data = request.POST or None
    form: forms.Form = DecisionForm(data, held) if deed.decides else SayForm(data)
    if request.method == "POST" and form.is_valid():
        try:
            deed.act(dispute=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            if problem.status == HTTPStatus.CONFLICT:
                keep_words(request, form)
                messages.error(request, str(problem.detail))
                return redirect(back)
            tell(form, problem)
        else:
            messages.success(request, str(deed.done))
            return redirect(back)
    context = {"title": deed.title, "text": str(deed.follows), "deed": _("Save"), "cancel_url": back, "form": form}
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


def _by_a_side(request: SignedIn, pk: int, deed: Deed) -> HttpResponse:
    """What one of the two sides does."""
    held = found(request, pk)
    require(request.user, Permission.CLAIM_MANDATES, held)
    return _do(request, held, deed)


def _by_the_body(request: SignedIn, pk: int, deed: Deed) -> HttpResponse:
    """What the body does."""
    held = found(request, pk)
    require(request.user, Permission.KEEP_MANDATES, own_mandate(request.user))
    return _do(request, held, deed)


@login_required
def statement(request: SignedIn, pk: int) -> HttpResponse:
    """State one's case."""
    return _by_a_side(request, pk, STATEMENT)


@login_required
def interim(request: SignedIn, pk: int) -> HttpResponse:
    """Enter an interim arrangement."""
    return _by_the_body(request, pk, INTERIM)


@login_required
def decision(request: SignedIn, pk: int) -> HttpResponse:
    """Enter a decision."""
    return _by_the_body(request, pk, DECISION)


@login_required
def appeal(request: SignedIn, pk: int) -> HttpResponse:
    """Appeal against a decision."""
    return _by_a_side(request, pk, APPEAL)


@login_required
def outcome(request: SignedIn, pk: int) -> HttpResponse:
    """Enter the outcome of an appeal."""
    return _by_the_body(request, pk, OUTCOME)


urls = [
    path("mandates/disputes/", disputes, name="disputes"),
    path("mandates/disputes/<int:pk>/", dispute, name="dispute"),
    path("mandates/disputes/<int:pk>/statement/", statement, name="dispute_statement"),
    path("mandates/disputes/<int:pk>/interim/", interim, name="dispute_interim"),
    path("mandates/disputes/<int:pk>/decision/", decision, name="dispute_decision"),
    path("mandates/disputes/<int:pk>/appeal/", appeal, name="dispute_appeal"),
    path("mandates/disputes/<int:pk>/outcome/", outcome, name="dispute_outcome"),
]
