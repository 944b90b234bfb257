"""Pages of decisions: what was decided on a subject and whether it was done; a new one, and one written anew."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.meetings.about import links_of
from coordination.meetings.actions.decisions import change_decision, write_decision
from coordination.meetings.forms.decisions import DecisionFilter, DecisionForm
from coordination.meetings.models import Decision
from coordination.meetings.models.decisions import DecisionQuerySet
from coordination.meetings.views.meetings import back_to, form_page, kept_by
from directorates.foundation.pages import SignedIn, keep_words, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, require


def decisions_listed(user: User, asked: QueryDict) -> tuple[DecisionFilter, DecisionQuerySet]:
    """The filters and the decisions that they leave of those a person sees, the last meeting's first."""
    require(user, Permission.VIEW_MEETINGS)
    form = DecisionFilter(asked)
    return form, form.narrow(Decision.objects.visible_to(user)).named()


@login_required
def decisions(request: SignedIn) -> HttpResponse:
    """What was decided, each with what it decides and what became of its action items."""
    form, rows = decisions_listed(request.user, request.GET)
    page, today = page_of(request, rows), timezone.localdate()
    items = {one.pk: [(item, item.is_late(today)) for item in one.action_items.all()] for one in page}
    context = {
        "form": form,
        "page": page,
        "rows": [(one, list(links_of(one)), items[one.pk]) for one in page],
        "used": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "meetings/decisions.html", context)


@login_required
def new_decision(request: SignedIn, pk: int) -> HttpResponse:
    """Write a decision of a meeting."""
    held = kept_by(request, pk)
    form = DecisionForm(request.POST or None, request.user)
    back = reverse("meetings:meeting", args=[pk])
    if request.method == "POST" and form.is_valid():
        try:
            write_decision(meeting=held, by=request.user, at=timezone.now(), **form.said)
        except Problem as problem:
            tell(form, problem)
        else:
            return back_to(request, pk, done=_("The decision is written."))
    return form_page(request, form, _("New decision"), back)


@login_required
def decision(request: SignedIn, pk: int, number: int) -> HttpResponse:
    """Write a decision anew."""
    meeting = kept_by(request, pk)
    held = get_object_or_404(Decision.objects.select_related("meeting"), meeting=meeting, number=number)
    form = DecisionForm(request.POST or None, request.user, held)
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["stood"]
            change_decision(decision=held, seen=seen, by=request.user, at=timezone.now(), **form.said)
        except Problem as problem:
            if problem.status == HTTPStatus.CONFLICT and problem.code != "changed":
                keep_words(request, form)
                return back_to(request, pk, problem)
            tell(form, problem)
            if problem.code == "changed":
                form.see(Decision.objects.get(pk=held.pk).standing())
        else:
            return back_to(request, pk, done=_("Saved."))
    title = _("Decision %(number)s") % {"number": number}
    return form_page(request, form, title, reverse("meetings:meeting", args=[pk]))


urls = [
    path("decisions/", decisions, name="decisions"),
    path("<int:pk>/decisions/new/", new_decision, name="new_decision"),
    path("<int:pk>/decisions/<int:number>/", decision, name="change_decision"),
]
