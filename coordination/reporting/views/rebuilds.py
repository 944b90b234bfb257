"""Computing all figures anew: asking for it; the job's own page shows how far it is."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions.consolidation import request_rebuild
from directorates.foundation.pages import SignedIn
from directorates.permissions import Permission, require


@login_required
def ask(request: SignedIn) -> HttpResponse:
    """Say what follows, then have all figures computed anew."""
    require(request.user, Permission.RUN_CONSOLIDATION)
    if request.method == "POST":
        job = request_rebuild(by=request.user, at=timezone.now())
        return redirect("jobs:job", pk=job.pk)
    context = {
        "title": _("Compute all figures anew"),
        "text": _(
            "All figures are computed again from the reports that count, beside the ones shown now, which stay until "
            "the new ones are complete. This takes up to a minute; reports can be sent and approved meanwhile."
        ),
        "deed": _("Compute anew"),
        "cancel_url": reverse("reporting:figures"),
    }
    return render(request, "components/confirm_page.html", context)


urls = [path("figures/rebuild/", ask, name="rebuild")]
