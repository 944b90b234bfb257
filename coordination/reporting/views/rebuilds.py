"""Computing all figures anew: asking for it, and watching it."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from coordination.reporting.actions.consolidation import REBUILD, rebuild_progress, request_rebuild
from directorates.foundation.models import Job, JobState
from directorates.foundation.pages import SignedIn
from directorates.permissions import Permission, require


@login_required
def ask(request: SignedIn) -> HttpResponse:
    """Say what follows, then have all figures computed anew."""
    require(request.user, Permission.RUN_CONSOLIDATION)
    if request.method == "POST":
        job = request_rebuild(by=request.user, at=timezone.now())
        return redirect("reporting:rebuild_progress", pk=job.pk)
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


@login_required
def progress(request: SignedIn, pk: int) -> HttpResponse:
    """How far it is; the strip alone where the page asks for it again."""
    require(request.user, Permission.RUN_CONSOLIDATION)
    job = get_object_or_404(Job, pk=pk, kind=REBUILD)
    part = request.headers.get("HX-Request") == "true"
    template = "components/progress_strip.html" if part else "reporting/figures_rebuild.html"
    return render(request, template, strip(job) | {"job": job})


def strip(job: Job) -> dict[str, object]:
    """What the progress strip shows of a job."""
    held = rebuild_progress(job)
    words = {
        JobState.WAITING: pgettext("job", "Waiting for its turn"),
        JobState.RUNNING: held.doing or pgettext("job", "Running"),
        JobState.DONE: _("All figures have been computed anew."),
        JobState.FAILED: _("The figures could not be computed anew. Those from before are still shown."),
    }
    return {
        "text": words[JobState(job.state)],
        "done": held.done,
        "total": held.of,
        "finished": job.state == JobState.DONE,
        "failed": job.state == JobState.FAILED,
        "url": reverse("reporting:rebuild_progress", kwargs={"pk": job.pk}),
    }


urls = [
    path("figures/rebuild/", ask, name="rebuild"),
    path("figures/rebuild/<int:pk>/", progress, name="rebuild_progress"),
]
