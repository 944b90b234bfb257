"""The address of one's own feed: make it, make it anew, end it."""

from urllib.parse import urljoin

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from directorates.actions.feeds import end_feed, make_feed
from directorates.forms.feeds import FeedForm
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.models import FeedKey

# Where an address waits in the session between making it and showing it, once.
NEW_FEED = "new_feed"


@never_cache
@login_required
def feed(request: SignedIn) -> HttpResponse:
    """Whether there is an address, since when and as which organisation; a new one, which the next page shows, once."""
    held = FeedKey.objects.select_related("organisation").filter(person=request.user, secret_hash__isnull=False).first()
    form = FeedForm(request.POST or None, initial={"language": held.language if held else get_language()})
    if form.is_valid():
        try:
            request.session[NEW_FEED] = make_feed(by=request.user, at=timezone.now(), **form.cleaned_data)
            return redirect("directorates:feed")
        except Problem as problem:
            tell(form, problem)
    secret = request.session.pop(NEW_FEED, None)
    address = urljoin(settings.PUBLIC_URL, reverse("feed", args=[secret])) if secret else ""
    context = {"form": form, "held": held, "address": address}
    return render(request, "directorates/feed.html", context, status=400 if form.errors else 200)


@require_POST
@login_required
def end(request: SignedIn) -> HttpResponse:
    """End the address."""
    end_feed(by=request.user)
    messages.success(request, _("The address has ended. Programs that used it are refused from now on."))
    return redirect("directorates:feed")
