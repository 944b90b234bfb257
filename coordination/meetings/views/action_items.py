"""Pages of action items: the list, one with its history and what the reader can say of it, a new one."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.meetings.actions.action_items import add_action_item, say_of_action_item
from coordination.meetings.forms.action_items import ActionItemFilter, ActionItemForm, SayForm
from coordination.meetings.models import ActionItem, ActionState
from coordination.meetings.models.action_items import ActionItemQuerySet
from coordination.meetings.views.meetings import back_to, form_page, kept_by
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.permissions import Permission, may, require


def action_items_listed(user: User, asked: QueryDict) -> tuple[ActionItemFilter, ActionItemQuerySet]:
    """The filters and the action items that they leave of those a person sees, the first due first."""
    require(user, Permission.VIEW_MEETINGS)
    form = ActionItemFilter(asked)
    rows = form.narrow(ActionItem.objects.visible_to(user), user, timezone.localdate())
    return form, rows.named().order_by("due", "pk")


@login_required
def action_items(request: SignedIn) -> HttpResponse:
    """What organisations took on, open ones first asked for."""
    form, rows = action_items_listed(request.user, request.GET)
    page, today = page_of(request, rows), timezone.localdate()
    context = {
        "form": form,
        "page": page,
        "rows": [(one, one.is_late(today)) for one in page],
        "used": any(request.GET.get(name) for name in form.fields),
    }
    return render(request, "meetings/action_items.html", context)


def states_open(user: User, item: ActionItem) -> list[ActionState]:
    """What a person can say of an action item: its owner that it is done, whoever called the meeting anything else."""
    if may(user, Permission.MANAGE_MEETINGS, item):
        return [one for one in (ActionState.DONE, ActionState.DROPPED, ActionState.OPEN) if one != item.state]
    owns = may(user, Permission.VIEW_MEETINGS, item)
    return [ActionState.DONE] if owns and item.state is ActionState.OPEN else []


@login_required
def action_item(request: SignedIn, pk: int) -> HttpResponse:
    """An action item: what is to be done, by whom until when, what was said of it, and what the reader can say."""
    rows = ActionItem.objects.visible_to(request.user).named().prefetch_related("events__by", "events__acting")
    held = get_object_or_404(rows, pk=pk)
    states = states_open(request.user, held)
    form = SayForm(request.POST or None, states or list(ActionState))
    if request.method == "POST":
        _demand(request.user, held)
        if form.is_valid():
            try:
                say_of_action_item(action_item=held, by=request.user, at=timezone.now(), **form.cleaned_data)
            except Problem as problem:
                tell(form, problem)
            else:
                return redirect("meetings:action_item", pk=pk)
    context = {
        "item": held,
        "late": held.is_late(timezone.localdate()),
        "form": form if states or form.is_bound else None,
        "events": list(held.events.all()),
    }
    return render(request, "meetings/action_item.html", context, status=400 if form.errors else 200)


def _demand(user: User, item: ActionItem) -> None:
    """Raise unless somebody owns or keeps an action item."""
    if not may(user, Permission.VIEW_MEETINGS, item):
        require(user, Permission.MANAGE_MEETINGS, item)


@login_required
def new_action_item(request: SignedIn, pk: int) -> HttpResponse:
    """Write what an organisation takes on in a meeting."""
    held = kept_by(request, pk)
    form = ActionItemForm(request.POST or None, held)
    if request.method == "POST" and form.is_valid():
        try:
            add_action_item(meeting=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            return back_to(request, pk, done=_("The action item is written. Whoever does it is told and reminded."))
    return form_page(request, form, _("New action item"), reverse("meetings:meeting", args=[pk]))


urls = [
    path("actions/", action_items, name="action_items"),
    path("actions/<int:pk>/", action_item, name="action_item"),
    path("<int:pk>/actions/new/", new_action_item, name="new_action_item"),
]
