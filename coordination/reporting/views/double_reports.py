"""Pages of double reports: the list, the reports side by side, and what the parties and the arbiter do."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import F
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from coordination.reporting.actions.arbiters import decide_settlement, demand_deciding, demand_naming, name_arbiter
from coordination.reporting.actions.settlements import Said as Wanted
from coordination.reporting.actions.settlements import (
    confirm_settlement,
    demand_answering,
    demand_party,
    demand_side,
    demand_unclosed,
    propose_settlement,
    refuse_settlement,
    require_reader,
    side_of,
)
from coordination.reporting.forms.double_reports import ArbiterForm, DoubleFilter, ReasonForm, SettlementForm
from coordination.reporting.models import DoubleReport, DoubleReportEvent
from coordination.reporting.models.double_reports import DoubleDeed, DoubleReportQuerySet, DoubleState
from coordination.reporting.models.double_rows import naming_right
from coordination.reporting.models.side_by_side import SideBySide, unclosed
from coordination.reporting.rules.readings import Said
from coordination.reporting.rules.settlements import Way
from directorates.audit import record_reading
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may

SORTS = {
    "due": "due",
    "facility": "facility__code",
    "template": "template__code",
    "period": "period_start",
    "state": "state",
}


def double_reports_listed(user: User, asked: QueryDict) -> tuple[DoubleFilter, DoubleReportQuerySet]:
    """The filters and the double reports that they leave, sorted; what is due first stands first."""
    form = DoubleFilter(asked, user)
    rows = form.narrow(unclosed(DoubleReport.objects.visible_to(user), user))
    sort = asked.get("sort", "due")
    column = F(SORTS.get(sort.removeprefix("-"), "due"))
    return form, rows.named().order_by(column.desc() if sort.startswith("-") else column.asc(), "pk")


@login_required
def double_reports(request: SignedIn) -> HttpResponse:
    """What was reported by several bodies, as far as the reader sees the reports."""
    require_reader(request.user)
    form, rows = double_reports_listed(request.user, request.GET)
    used = any(request.GET.get(name) for name in form.fields)
    context = {"form": form, "page": page_of(request, rows), "used": used, "today": timezone.localdate()}
    return render(request, "reporting/double_reports.html", context)


def found(request: SignedIn, pk: int) -> SideBySide:
    """The double report, if the reader sees it; whose reports are read here learns of it, whatever page shows them."""
    require_reader(request.user)
    held = get_object_or_404(DoubleReport.objects.visible_to(request.user).named(), pk=pk)
    page = SideBySide(held, request.user)
    if not page.reports:
        raise Http404
    demand_unclosed(request.user, page.reports)
    for report in page.reports:
        record_reading(request.user, report, *report.owners())
    return page


def deeds_open(user: User, page: SideBySide) -> set[str]:
    """What a person can do as it stands, by the words of the addresses."""
    double, side = page.double, side_of(user, page.reports)
    if double.state == DoubleState.OVER or len(page.reports) < 2:
        return set()
    deeds = set()
    author = page.proposal is not None and page.proposal.acting_id == user.acting_id
    reviewed = any(may(user, Permission.REVIEW_REPORTS, report) for report in page.reports)
    reviews = reviewed and (author or page.proposal is None)
    if side is not None or reviews:
        deeds |= {"propose"} | ({"take_back"} if double.settlement_id else set())
        deeds |= {"refuse"} if double.proposal_id else set()
    own = {one.report.reporter_id for one in page.sides if one.agreed}
    if side is not None and page.proposal is not None:
        deeds |= set() if author or user.acting_id in own else {"confirm"}
    names = double.waits and all(may(user, naming_right(one.reviewer), one) for one in page.reports)
    disputed = double.state == DoubleState.ARBITRATION or not double.settled_still
    if names and disputed and double.sides_disagree(timezone.localdate()):
        deeds.add("arbiter")
    decides = double.state == DoubleState.ARBITRATION and double.arbiter_id == user.acting_id
    return deeds | ({"decide"} if decides and may(user, Permission.ARBITRATE_REPORTS) else set())


def _note(event: DoubleReportEvent) -> str:
    """What was said: a reason, who decides, or what was proposed and why."""
    if event.settlement is not None and event.kind in (DoubleDeed.PROPOSED, DoubleDeed.DECIDED):
        return f"{event.settlement.get_way_display()}. {event.settlement.reason}"
    return event.text or (event.arbiter.name if event.arbiter else "")


@login_required
def double_report(request: SignedIn, pk: int) -> HttpResponse:
    """The reports side by side, what counts and why, what is proposed, and all that happened."""
    page = found(request, pk)
    events = [
        {
            "at": one.at,
            "acting": one.acting.name if one.acting else "",
            "what": str(one.get_kind_display()),
            "note": _note(one),
        }
        for one in page.events
    ]
    context = {"side": page, "double": page.double, "deeds": deeds_open(request.user, page), "events": events}
    proposed = page.would_count(page.proposal.terms) if page.proposal else None
    context["differing"] = [(row, Said(proposed.get(row.beside.slot)) if proposed else None) for row in page.differing]
    return render(request, "reporting/double_report.html", context | {"proposed": proposed})


@dataclass(frozen=True)
class Deed:
    """What can be done by a form: its words, what follows from it, and what is said when it is done."""

    title: Promise
    follows: Promise
    words: Promise
    done: Promise


PROPOSE = Deed(
    gettext_lazy("Propose a settlement"),
    gettext_lazy("It counts once every other side has confirmed it. Until then the rule of the report counts."),
    gettext_lazy("Propose"),
    gettext_lazy("Proposed. The other side was told and confirms or refuses it."),
)
TAKE_BACK = Deed(
    gettext_lazy("Take the settlement back"),
    gettext_lazy(
        "Once every other side has confirmed it, the rule of the report counts again. What was settled stays in the history."
    ),
    gettext_lazy("Propose"),
    gettext_lazy("Proposed. The other side was told and confirms or refuses it."),
)
CONFIRM = Deed(
    gettext_lazy("Confirm the settlement"),
    gettext_lazy(
        "Once all sides agree it counts, and the figures follow within seconds. It can be taken back by both."
    ),
    gettext_lazy("Confirm"),
    gettext_lazy("Confirmed. Once all sides agree it counts."),
)
REFUSE = Deed(
    gettext_lazy("Refuse or withdraw the proposal"),
    gettext_lazy("The proposal ends. What counted until now goes on counting."),
    gettext_lazy("Refuse or withdraw"),
    gettext_lazy("The proposal ended. What counted until now goes on counting."),
)
ARBITER = Deed(
    gettext_lazy("Name an arbiter"),
    gettext_lazy(
        "The arbiter reads the numbers of these reports until it has decided, for fourteen days at most. Both sides are told."
    ),
    gettext_lazy("Name"),
    gettext_lazy("Named. The arbiter was told."),
)
DECIDE = Deed(
    gettext_lazy("Decide as the arbiter"),
    gettext_lazy("It counts at once, and both sides read why. They can still agree on something else."),
    pgettext_lazy("arbiter", "Decide"),
    gettext_lazy("Decided. The figures follow within seconds."),
)


def _do(
    request: SignedIn,
    page: SideBySide,
    deed: Deed,
    form: forms.Form,
    act: Callable[[], Any],
    template: str = "components/confirm_page.html",
) -> HttpResponse:
    """The form of a deed; what spoke against it stands in it, and what was done meanwhile leads back."""
    back = reverse("reporting:double_report", args=[page.double.pk])
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except Problem as problem:
            if problem.status == HTTPStatus.CONFLICT:
                messages.error(request, str(problem.detail))
                return redirect(back)
            tell(form, problem)
        else:
            messages.success(request, str(deed.done))
            return redirect(back if deed is not DECIDE else reverse("reporting:double_reports"))
    context = {"title": deed.title, "text": str(deed.follows), "deed": deed.words, "cancel_url": back, "form": form}
    return render(request, template, context | {"side": page}, status=400 if form.errors else 200)


def _posted(request: SignedIn) -> QueryDict | None:
    """What was sent, also where that is nothing but the wish to do it."""
    return request.POST if request.method == "POST" else None


def _party(request: SignedIn, pk: int) -> SideBySide:
    """The double report for somebody who speaks for a side or reviews its reports."""
    page = found(request, pk)
    demand_party(request.user, page.double, page.reports)
    return page


@login_required
def propose(request: SignedIn, pk: int) -> HttpResponse:
    """Propose what should count."""
    page = _party(request, pk)
    form = SettlementForm(_posted(request), page)
    return _do(
        request,
        page,
        PROPOSE,
        form,
        lambda: propose_settlement(double=page.double, said=form.said, by=request.user, at=timezone.now()),
        "reporting/settle.html",
    )


@login_required
def take_back(request: SignedIn, pk: int) -> HttpResponse:
    """Propose that the rule counts again."""
    page = _party(request, pk)
    form = ReasonForm(_posted(request), initial={"seen": json.dumps(page.revisions)})
    return _do(
        request,
        page,
        TAKE_BACK,
        form,
        lambda: propose_settlement(
            double=page.double,
            said=Wanted(Way.RULE, form.cleaned_data["reason"], seen=form.revisions),
            by=request.user,
            at=timezone.now(),
        ),
    )


def _proposed(page: SideBySide, pk: int) -> Any:
    """A settlement of the double report, whether it is still proposed or not."""
    return get_object_or_404(page.double.settlements, pk=pk)


@login_required
def confirm(request: SignedIn, pk: int, settlement: int) -> HttpResponse:
    """Confirm what another side proposed."""
    page = found(request, pk)
    demand_side(request.user, page.double, page.reports)
    held, form = _proposed(page, settlement), forms.Form(_posted(request))
    return _do(
        request,
        page,
        CONFIRM,
        form,
        lambda: confirm_settlement(double=page.double, settlement=held, by=request.user, at=timezone.now()),
        "reporting/confirm_settlement.html",
    )


@login_required
def refuse(request: SignedIn, pk: int, settlement: int) -> HttpResponse:
    """Refuse what another side proposed, or withdraw one's own proposal."""
    page = found(request, pk)
    demand_answering(request.user, page.double, page.reports)
    held, form = _proposed(page, settlement), ReasonForm(_posted(request))
    return _do(
        request,
        page,
        REFUSE,
        form,
        lambda: refuse_settlement(
            double=page.double, settlement=held, reason=form.cleaned_data["reason"], by=request.user, at=timezone.now()
        ),
    )


@login_required
def arbiter(request: SignedIn, pk: int) -> HttpResponse:
    """Name who decides."""
    page = found(request, pk)
    demand_naming(request.user, page.reports)
    form = ArbiterForm(_posted(request), page)
    return _do(
        request,
        page,
        ARBITER,
        form,
        lambda: name_arbiter(
            double=page.double, arbiter=form.cleaned_data["arbiter"], by=request.user, at=timezone.now()
        ),
    )


@login_required
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Decide as the arbiter."""
    page = found(request, pk)
    demand_deciding(request.user, page.double)
    form = SettlementForm(_posted(request), page)
    return _do(
        request,
        page,
        DECIDE,
        form,
        lambda: decide_settlement(double=page.double, said=form.said, by=request.user, at=timezone.now()),
        "reporting/settle.html",
    )


urls = [
    path("double/", double_reports, name="double_reports"),
    path("double/<int:pk>/", double_report, name="double_report"),
    path("double/<int:pk>/propose/", propose, name="double_propose"),
    path("double/<int:pk>/take-back/", take_back, name="double_take_back"),
    path("double/<int:pk>/confirm/<int:settlement>/", confirm, name="double_confirm"),
    path("double/<int:pk>/refuse/<int:settlement>/", refuse, name="double_refuse"),
    path("double/<int:pk>/arbiter/", arbiter, name="double_arbiter"),
    path("double/<int:pk>/decide/", decide, name="double_decide"),
]
