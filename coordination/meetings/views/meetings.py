"""Pages of meetings: the list, one with all that belongs to it, calling and changing one, who comes and who was there."""

import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from coordination.meetings.about import links_of
from coordination.meetings.actions.invitations import answer_invitation, write_attendance
from coordination.meetings.actions.meetings import call_meeting, call_off_meeting, change_meeting, own_meeting
from coordination.meetings.forms.meetings import AttendanceForm, CallOffForm, MeetingFilter, MeetingForm
from coordination.meetings.models import Decision, Meeting, MeetingState, Minutes
from coordination.meetings.models.meetings import MeetingQuerySet
from coordination.meetings.rules.calendars import Entry, calendar_of
from coordination.meetings.rules.quorum import quorum_of
from coordination.meetings.zones import hours_of
from directorates.foundation.pages import SignedIn, file_to_keep, keep_words, page_of, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.models.organisations import Kind
from directorates.permissions import Permission, may, require


def meetings_listed(user: User, asked: QueryDict) -> tuple[MeetingFilter, MeetingQuerySet]:
    """The filters and the meetings that they leave of those a person sees, those to come first."""
    require(user, Permission.VIEW_MEETINGS)
    form = MeetingFilter(asked)
    rows = form.narrow(Meeting.objects.visible_to(user), user, timezone.now())
    return form, rows.select_related("organisation")


@login_required
def meetings(request: SignedIn) -> HttpResponse:
    """The meetings that the reader's organisation called or is invited to."""
    form, rows = meetings_listed(request.user, request.GET)
    page, now = page_of(request, rows), timezone.now()
    context = {
        "form": form,
        "page": page,
        "rows": [(one, one.state(now), hours_of(one.begins, one.ends, one.zone, request.user.zone)) for one in page],
        "used": any(request.GET.get(name) for name in form.fields),
        "calls": may(request.user, Permission.MANAGE_MEETINGS, own_meeting(request.user)),
    }
    return render(request, "meetings/meetings.html", context)


def found(request: SignedIn, pk: int) -> Meeting:
    """The meeting, if the reader's organisation called it or is invited."""
    rows = Meeting.objects.visible_to(request.user).select_related("organisation", "called_by")
    return get_object_or_404(rows, pk=pk)


def kept_by(request: SignedIn, pk: int) -> Meeting:
    """The meeting, if the reader keeps it; `Refused` where it is another organisation's."""
    held = found(request, pk)
    require(request.user, Permission.MANAGE_MEETINGS, held)
    return held


def back_to(request: SignedIn, pk: int, problem: Problem | None = None, *, done: str = "") -> HttpResponse:
    """The meeting as it is now, with what was done or what spoke against it."""
    if problem is not None:
        messages.error(request, str(problem.detail))
    elif done:
        messages.success(request, done)
    return redirect("meetings:meeting", pk=pk)


def form_page(request: SignedIn, form: Any, title: str, back: str, **more: Any) -> HttpResponse:
    """A page with one form."""
    context = {"form": form, "title": title, "back": back, **more}
    return render(request, "meetings/form.html", context, status=400 if form.errors else 200)


@login_required
def meeting(request: SignedIn, pk: int) -> HttpResponse:
    """A meeting: agenda, who comes, quorum, minutes, decisions, action items, and what the reader can do."""
    held, now, today = found(request, pk), timezone.now(), timezone.localdate()
    invitations = list(held.invitations.select_related("organisation"))
    minutes = Minutes.objects.filter(meeting=held).prefetch_related("corrections__by", "corrections__acting").first()
    decisions = Decision.objects.filter(meeting=held).named().order_by("number")
    items = held.action_items.named()
    state, manages = held.state(now), may(request.user, Permission.MANAGE_MEETINGS, held)
    begun, closed = held.called_off is None and held.begins <= now, minutes is not None and minutes.closed is not None
    own = next((one for one in invitations if one.organisation_id == request.user.acting_id), None)
    context = {
        "meeting": held,
        "state": state,
        "hours": hours_of(held.begins, held.ends, held.zone, request.user.zone),
        "zones": f"{held.zone} {request.user.zone}",
        "invitations": invitations,
        "quorum": quorum_of([one.present for one in invitations if not one.uninvited], held.quorum),
        "minutes": minutes,
        "closed": closed,
        "decisions": [(one, list(links_of(one))) for one in decisions],
        "items": [(one, one.is_late(today)) for one in items],
        "own": own,
        "answers": own is not None and held.called_off is None and held.begins > now,
        "changes": manages and state is MeetingState.PLANNED,
        "calls_off": manages and state is not MeetingState.CALLED_OFF and not held.leaves_traces(),
        "writes": manages and begun and not closed,
        "adds": manages and begun,
        "closes": manages and state is MeetingState.HELD and not closed,
        "corrects": manages and closed,
    }
    return render(request, "meetings/meeting.html", context)


@login_required
def new_meeting(request: SignedIn) -> HttpResponse:
    """Call a meeting."""
    require(request.user, Permission.MANAGE_MEETINGS, own_meeting(request.user))
    form = MeetingForm(request.POST or None, request.user)
    if request.method == "POST" and form.is_valid():
        try:
            made = call_meeting(said=form.said, by=request.user, at=timezone.now())
        except Problem as problem:
            tell(form, problem)
        else:
            return back_to(request, made.pk, done=_("The meeting is called. Those invited are told and can answer."))
    return form_page(request, form, _("Call a meeting"), reverse("meetings:meetings"))


@login_required
def change(request: SignedIn, pk: int) -> HttpResponse:
    """Another hour, place or agenda, and who is invited."""
    held = kept_by(request, pk)
    form = MeetingForm(request.POST or None, request.user, held)
    if request.method == "POST" and form.is_valid():
        try:
            seen = form.cleaned_data["stood"]
            change_meeting(meeting=held, said=form.said, seen=seen, by=request.user, at=timezone.now())
        except Problem as problem:
            if problem.code == "over":
                keep_words(request, form)
                return back_to(request, pk, problem)
            tell(form, problem)
            if problem.code == "changed":
                form.see(Meeting.objects.get(pk=pk).standing())
        else:
            return back_to(request, pk, done=_("Saved."))
    return form_page(request, form, _("Change the meeting"), reverse("meetings:meeting", args=[pk]))


@login_required
def call_off(request: SignedIn, pk: int) -> HttpResponse:
    """Call a meeting off, with a reason."""
    held = kept_by(request, pk)
    form = CallOffForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            call_off_meeting(meeting=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            if problem.status == HTTPStatus.CONFLICT:
                keep_words(request, form)
                return back_to(request, pk, problem)
            tell(form, problem)
        else:
            return back_to(request, pk, done=_("The meeting is called off. Those invited are told."))
    context = {
        "title": _("Call off: %(title)s") % {"title": held.title},
        "text": _("It stays in the list with the reason. It cannot be called on again: call a new one instead."),
        "deed": _("Call it off"),
        "cancel_url": reverse("meetings:meeting", args=[pk]),
        "form": form,
        "danger": True,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def answer(request: SignedIn, pk: int) -> HttpResponse:
    """Say for the organisation acted for whether it comes."""
    held = found(request, pk)
    get_object_or_404(held.invitations, organisation=request.user.acting_id)
    try:
        said = request.POST.get("answer", "")
        answer_invitation(meeting=held, answer=said, by=request.user, at=timezone.now())
    except Problem as problem:
        return back_to(request, pk, problem)
    return back_to(
        request, pk, done=_("Your organisation's answer is kept. It can be changed until the meeting begins.")
    )


@login_required
def attendance(request: SignedIn, pk: int) -> HttpResponse:
    """Write who was there."""
    held = kept_by(request, pk)
    # No box ticked is an answer as well: nobody came.
    form = AttendanceForm(request.POST if request.method == "POST" else None, held)
    if form.is_valid():
        try:
            there = [one.pk for one in form.cleaned_data["present"]]
            came = [one.pk for one in form.cleaned_data["uninvited"]]
            deed = {"present": there, "uninvited": came, "seen": form.cleaned_data["stood"]}
            write_attendance(meeting=held, by=request.user, at=timezone.now(), **deed)
        except Problem as problem:
            if problem.code != "changed":
                return back_to(request, pk, problem)
            tell(form, problem)
            form.see(held.attendance())
        else:
            return back_to(request, pk, done=_("Saved."))
    return form_page(request, form, _("Who was there"), reverse("meetings:meeting", args=[pk]))


@login_required
def calendar(request: SignedIn, pk: int) -> HttpResponse:
    """The meeting as a file for one's calendar."""
    held = found(request, pk)
    made = calendar_of(_entry(held, timezone.now()))
    return file_to_keep(f"meeting-{held.pk}.ics", "text/calendar; charset=utf-8", made)


def _entry(held: Meeting, now: datetime.datetime) -> Entry:
    """What calendars are told of a meeting; a meeting of the body by the body, any other by the portal alone."""
    own = held.organisation
    return Entry(
        uid=f"meeting-{held.pk}@tansiq",
        title=held.title,
        begins=held.begins,
        ends=held.ends,
        url=urljoin(settings.PUBLIC_URL, reverse("meetings:meeting", args=[held.pk])),
        stamp=now,
        changes=held.changes,
        called_off=held.called_off is not None,
        organizer=own.name if own.kind == Kind.BODY else _("Tansiq"),
        portal=settings.PUBLIC_URL,
    )


urls = [
    path("", meetings, name="meetings"),
    path("new/", new_meeting, name="new_meeting"),
    path("<int:pk>/", meeting, name="meeting"),
    path("<int:pk>/change/", change, name="change_meeting"),
    path("<int:pk>/call-off/", call_off, name="call_off_meeting"),
    path("<int:pk>/answer/", answer, name="answer_meeting"),
    path("<int:pk>/attendance/", attendance, name="attendance"),
    path("<int:pk>/calendar/", calendar, name="meeting_calendar"),
]
