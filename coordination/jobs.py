"""Pages of jobs: what waits, runs, ended and failed, by whom, how long; a job's own page, its file, asking again."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import DurationField, ExpressionWrapper, F, QuerySet
from django.db.models.fields.json import KeyTextTransform
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from coordination.job_kinds import KINDS
from directorates.foundation import jobs
from directorates.foundation.models import Job, JobState
from directorates.foundation.pages import SignedIn, page_of, where_from
from directorates.foundation.problems import Problem
from directorates.models import User

app_name = "jobs"

SORTS = {"asked": "asked", "kind": "kind", "state": "state", "took": "took"}


class JobFilter(forms.Form):
    """Which jobs to list."""

    kind = forms.ChoiceField(label=pgettext_lazy("job", "Kind"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("State"),
        required=False,
        choices=[("", pgettext_lazy("state", "All")), *JobState.choices],
    )
    mine = forms.BooleanField(label=gettext_lazy("Only my own"), required=False)

    def __init__(self, data: Any, user: User) -> None:
        """Offer the kinds there are."""
        super().__init__(data)
        self.user = user
        kinds = [("", _("All")), *[(kind.code, str(kind.words)) for kind in KINDS.values()]]
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]

    def narrow(self, rows: QuerySet[Job]) -> QuerySet[Job]:
        """The jobs that were asked for; what cannot be read filters nothing."""
        self.is_valid()
        asked = self.cleaned_data
        named = {name: asked[name] for name in ("kind", "state") if asked.get(name)}
        return rows.filter(**named, **({"by": self.user.pk} if asked.get("mine") else {}))


def jobs_listed(user: User, asked: QueryDict) -> tuple[JobFilter, QuerySet[Job]]:
    """The filters and the jobs that they leave of those that a person may look at, the last asked first if not sorted."""
    form = JobFilter(asked, user)
    took = ExpressionWrapper(F("finished") - F("started"), DurationField())
    # Of what came of a job a list says the problem alone; what was found in an uploaded file is long.
    rows = form.narrow(jobs.visible_to(user).filter(kind__in=KINDS)).defer("file__content", "result")
    rows = rows.annotate(took=took, problem=KeyTextTransform("problem", "result"))
    sort = asked.get("sort", "-asked")
    column = F(SORTS.get(sort.removeprefix("-"), "asked"))
    rising = not sort.startswith("-") and sort in SORTS
    return form, rows.order_by(column.asc() if rising else column.desc(nulls_last=True), "-pk")


@login_required
def list_(request: SignedIn) -> HttpResponse:
    """The jobs that the reader may look at."""
    form, found = jobs_listed(request.user, request.GET)
    page = page_of(request, found)
    used = any(request.GET.get(name) for name in form.fields)
    context = {"form": form, "page": page, "used": used, "rows": [_row(request, job) for job in page]}
    return render(request, "jobs/jobs.html", context)


def _row(request: SignedIn, job: Job) -> dict[str, Any]:
    """What a list or a page shows of a job."""
    kind = KINDS[job.kind]
    mine = job.is_of(request.user)
    return {
        "job": job,
        "kind": kind,
        "mine": mine,
        "file": job.file if mine else None,
        # What made a file is offered once more where the file is gone.
        "again": mine and jobs.may_again(job, kind) and (job.state == JobState.FAILED or job.file is None),
        "far": jobs.progress(job) if job.state == JobState.RUNNING else None,
        "seconds": (job.finished - job.started).total_seconds() if job.finished and job.started else None,
    }


@never_cache
@login_required
def one(request: SignedIn, pk: int) -> HttpResponse:
    """A job: how far it is, what came of it, every fault; the strip alone where the page asks for it again."""
    job = get_object_or_404(jobs.visible_to(request.user).filter(kind__in=KINDS), pk=pk)
    if request.headers.get("HX-Request") == "true":
        answer = render(request, "components/progress_strip.html", jobs.strip(job, KINDS[job.kind]))
        if not job.unfinished:
            # The rest of the page is about what came of it.
            answer.headers["HX-Refresh"] = "true"
        return answer
    row = _row(request, job)
    page = row["kind"].page
    leads = page and job.state == JobState.DONE and row["mine"]
    closed = row["file"] is not None and not row["kind"].still_open(request.user, job)
    context = row | {
        "again": row["again"] or (closed and jobs.may_again(job, row["kind"])),
        "closed": closed,
        "strip": jobs.strip(job, row["kind"]),
        "page_url": reverse(page, kwargs=job.result.get("at", {})) if leads else "",
    }
    return render(request, "jobs/job.html", context)


@never_cache
@login_required
def file(request: SignedIn, pk: int) -> HttpResponse:
    """The file of a job, for whoever asked for it as the same organisation, while it is kept and still open."""
    rows = Job.objects.asked_by(request.user).select_related("file").filter(kind__in=KINDS, file__isnull=False)
    job = get_object_or_404(rows.filter(file__expires__gt=timezone.now()), pk=pk)
    try:
        held = jobs.take_file(job=job, kind=KINDS[job.kind], by=request.user)
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return redirect("jobs:job", pk=pk)
    headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=held.name) or ""}
    return HttpResponse(bytes(held.content), content_type=held.content_type, headers=headers)


@require_POST
@login_required
def again(request: SignedIn, pk: int) -> HttpResponse:
    """Have a failed job of one's own done again."""
    job = get_object_or_404(Job.objects.asked_by(request.user).filter(kind__in=KINDS), pk=pk)
    try:
        fresh = jobs.again(job=job, kind=KINDS[job.kind], by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
        return redirect(where_from(request, reverse("jobs:job", kwargs={"pk": pk})))
    return redirect("jobs:job", pk=fresh.pk)


urlpatterns = [
    path("", list_, name="jobs"),
    path("<int:pk>/", one, name="job"),
    path("<int:pk>/file/", file, name="file"),
    path("<int:pk>/again/", again, name="again"),
]
