"""One's own notices, and how often letters tell of them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directorates.actions.notices import choose_letters, read_all
from directorates.forms.notices import NoticeChoicesForm
from directorates.foundation.notice_kinds import ALWAYS, KINDS
from directorates.foundation.notices import Words
from directorates.foundation.pages import SignedIn, page_of, where_from
from directorates.models import Notice


@require_safe
@login_required
def notices(request: SignedIn) -> HttpResponse:
    """Everything that one was told, the last first."""
    page = page_of(request, Notice.objects.visible_to(request.user))
    context = {"page": page, "notices": [Words(row) for row in page.object_list]}
    return render(request, "directorates/notices.html", context)


@require_POST
@login_required
def read(request: SignedIn) -> HttpResponse:
    """Mark all as read."""
    read_all(by=request.user, at=timezone.now())
    return redirect(where_from(request, reverse("directorates:notices")))


@login_required
def choices(request: SignedIn) -> HttpResponse:
    """How often letters tell of each kind of notice."""
    form = NoticeChoicesForm(request.POST or None, person=request.user)
    if form.is_valid():
        choose_letters(by=request.user, paces=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("directorates:notice_choices")
    context = {"form": form, "always": [words for kind, words in KINDS.items() if kind in ALWAYS]}
    return render(request, "directorates/notice_choices.html", context, status=400 if form.errors else 200)
