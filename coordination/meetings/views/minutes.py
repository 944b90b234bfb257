"""Pages of minutes: write them, close them, correct them below."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.meetings.actions.minutes import close_minutes, correct_minutes, write_minutes
from coordination.meetings.forms.minutes import CloseForm, CorrectionForm, MinutesForm
from coordination.meetings.models import Meeting, Minutes
from coordination.meetings.views.meetings import back_to, form_page, kept_by
from directorates.foundation.pages import SignedIn, keep_words, tell
from directorates.foundation.problems import Problem


def _minutes(meeting: Meeting) -> Minutes:
    """The minutes as they stand, or empty ones."""
    return Minutes.objects.filter(meeting=meeting).first() or Minutes(meeting=meeting)


@login_required
def minutes(request: SignedIn, pk: int) -> HttpResponse:
    """Write the minutes; what another wrote meanwhile stands beside what the reader wrote."""
    held = kept_by(request, pk)
    stands = _minutes(held)
    form = MinutesForm(request.POST or None, initial={"text": stands.text, "stood": stands.standing()})
    theirs = None
    if request.method == "POST" and form.is_valid():
        text, seen = form.cleaned_data["text"], form.cleaned_data["stood"]
        try:
            write_minutes(meeting=held, text=text, seen=seen, by=request.user, at=timezone.now())
        except Problem as problem:
            if problem.status == HTTPStatus.CONFLICT and problem.code != "changed":
                form.add_error(None, str(problem.detail))
                return form_page(request, form, _("Minutes"), reverse("meetings:meeting", args=[pk]), markdown=True)
            tell(form, problem)
            if problem.code == "changed":
                theirs = _minutes(held)
                form.see(theirs.standing())
        else:
            return back_to(request, pk, done=_("Saved."))
    back = reverse("meetings:meeting", args=[pk])
    return form_page(request, form, _("Minutes"), back, theirs=theirs, markdown=True)


@login_required
def close(request: SignedIn, pk: int) -> HttpResponse:
    """Close the minutes, once it was asked."""
    held = kept_by(request, pk)
    form = CloseForm(request.POST or None, initial={"stood": _minutes(held).standing()})
    if request.method == "POST" and form.is_valid():
        try:
            close_minutes(meeting=held, seen=form.cleaned_data["stood"], by=request.user, at=timezone.now())
        except Problem as problem:
            if problem.status == HTTPStatus.CONFLICT:
                return back_to(request, pk, problem)
            tell(form, problem)
        else:
            return back_to(request, pk, done=_("The minutes are closed. Those invited are told."))
    context = {
        "title": _("Close the minutes of: %(title)s") % {"title": held.title},
        "text": _(
            "From now on nobody changes the minutes, who was there, or the decisions. "
            "What is wrong is corrected below them. Action items go on."
        ),
        "deed": _("Close the minutes"),
        "cancel_url": reverse("meetings:meeting", args=[pk]),
        "form": form,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


@login_required
def correct(request: SignedIn, pk: int) -> HttpResponse:
    """Append a correction."""
    held = kept_by(request, pk)
    form = CorrectionForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            correct_minutes(meeting=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            if problem.status == HTTPStatus.CONFLICT:
                keep_words(request, form)
                return back_to(request, pk, problem)
            tell(form, problem)
        else:
            return back_to(request, pk, done=_("Saved."))
    return form_page(request, form, _("Correct the minutes"), reverse("meetings:meeting", args=[pk]), markdown=True)


urls = [
    path("<int:pk>/minutes/", minutes, name="minutes"),
    path("<int:pk>/minutes/close/", close, name="close_minutes"),
    path("<int:pk>/minutes/correct/", correct, name="correct_minutes"),
]
