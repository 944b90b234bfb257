"""One's own notices, and whether they come by e-mail as well."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from directorates.actions.notices import choose_letters, read_all
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


@require_POST
@login_required
def letters(request: SignedIn) -> HttpResponse:
    """Switch the e-mails on or off."""
    wished = request.POST.get("letters") == "on"
    choose_letters(by=request.user, letters=wished)
    messages.success(
        request, _("Notices come by e-mail as well.") if wished else _("Notices come on these pages only.")
    )
    return redirect("account")
