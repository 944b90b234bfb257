"""Files that people send: uploading, the preview of what they would do, taking them, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from coordination.exchange.actions.uploads import NOUNS, READ, TAKE, take, upload
from coordination.exchange.forms.uploads import TakeForm, UploadForm
from coordination.exchange.rules.findings import Finding, Weight, finding_of
from coordination.exchange.rules.messages import words_of
from coordination.exchange.rules.previews import MOST_MARKED
from directorates.foundation import jobs
from directorates.foundation.models import Job, JobState, StoredFile
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.models import User
from directorates.models.naming import in_language
from directorates.permissions import require

# The page from which each noun is uploaded, and to which what came of it leads.
PAGES = {
    "reports": ("exchange:reports", "reporting:reports"),
    "facilities": ("exchange:facilities", "facilities:facilities"),
    "places": ("exchange:places", "exchange:places"),
    "populations": ("exchange:populations", "reporting:populations"),
}
LATELY = 5


def uploads_of(user: User, noun: str) -> list[dict[str, Any]]:
    """The last files of a noun that a person sent as the organisation acted for, with their names."""
    rows = list(
        Job.objects.asked_by(user).filter(kind=READ.code, arguments__noun=noun).defer("result").order_by("-pk")[:LATELY]
    )
    names = dict(StoredFile.objects.filter(pk__in=[row.arguments["file"] for row in rows]).values_list("pk", "name"))
    return [{"job": row, "name": names.get(row.arguments["file"], "")} for row in rows]


@require_POST
@login_required
def send(request: SignedIn, noun: str) -> HttpResponse:
    """Take a file in and go to where it is read."""
    if noun not in NOUNS:
        raise Http404
    require(request.user, NOUNS[noun].right)
    form = UploadForm(request.POST, request.FILES)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = upload(by=request.user, noun=noun, name=file.name, content=file.read(), at=timezone.now())
            return redirect("exchange:upload", pk=job.pk)
        except Problem as problem:
            tell(form, problem)
    context = {"form": form, "noun": noun, "back": reverse(PAGES[noun][0])}
    return render(request, "exchange/upload_again.html", context, status=400)


def _own(request: SignedIn, kind: str, pk: int) -> Job:
    """A job of the reader's own, asked for as the organisation acted for now."""
    rows: QuerySet[Job] = Job.objects.asked_by(request.user).select_related("file").defer("file__content")
    return get_object_or_404(rows, pk=pk, kind=kind)


@dataclass
class Place:
    """A row or a sheet with what was found there: remarks one by one, and the cells that are only empty, together."""

    sheet: str
    row: int | None
    name: str = ""
    detail: str = ""
    told: list[tuple[Finding, str]] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)

    @property
    def number(self) -> int | None:
        """The row as a spreadsheet counts it."""
        return None if self.row is None else self.row + 1


def _places(findings: Sequence[Finding], rows: Sequence[dict[str, Any]]) -> list[Place]:
    """What was found, by row, each named as the list of rows names it."""
    named = {(row["sheet"], row["number"] - 1): (row["name"], row["detail"]) for row in rows}
    places: dict[tuple[str, int | None], Place] = {}
    for one in findings:
        place = places.setdefault(
            (one.sheet, one.row), Place(one.sheet, one.row, *named.get((one.sheet, one.row or 0), ()))
        )
        if one.code == "required":
            place.missing.append(one.where)
        else:
            place.told.append((one, words_of(one)))
    return list(places.values())


@never_cache
@login_required
def preview(request: SignedIn, pk: int) -> HttpResponse:
    """How far reading is; then what the file would do, every error and warning, and the choice what to take."""
    job = _own(request, READ.code, pk)
    noun = job.arguments["noun"]
    require(request.user, NOUNS[noun].right)
    if request.headers.get("HX-Request") == "true":
        return _strip(request, job)
    form = _take_form(request, job)
    if request.method == "POST" and form is not None and form.is_valid():
        asked = form.cleaned_data
        wish = {"send": asked.get("deed") == "send", "good_only": asked["rows"] == "good"}
        return redirect("exchange:taken", pk=take(by=request.user, read=job, at=timezone.now(), **wish).pk)
    takes = Job.objects.asked_by(request.user).filter(kind=TAKE.code, arguments__read=job.pk).order_by("pk")
    context = _preview_context(job, form) | {"takes": takes}
    return render(request, "exchange/preview.html", context, status=400 if form and form.errors else 200)


def _strip(request: SignedIn, job: Job) -> HttpResponse:
    """How far the job is; the whole page anew once it has ended."""
    answer = render(request, "components/progress_strip.html", _progress(job))
    if not job.unfinished:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _progress(job: Job) -> dict[str, object]:
    """The strip of a job, which asks this page and not the job's own."""
    view = "exchange:upload" if job.kind == READ.code else "exchange:taken"
    return jobs.strip(job, READ if job.kind == READ.code else TAKE) | {"url": reverse(view, args=[job.pk])}


def _take_form(request: SignedIn, job: Job) -> TakeForm | None:
    """The choice what to take; none where there is nothing to take."""
    counts = job.result.get("counts", {})
    good, faulty = counts.get("ready", 0), counts.get("faulty", 0) * (job.arguments["noun"] == "reports")
    if job.state != JobState.DONE or not good + faulty:
        return None
    can_send = job.arguments["noun"] == "reports"
    return TakeForm(request.POST or None, good=good, faulty=faulty, can_send=can_send)


def _preview_context(job: Job, form: TakeForm | None) -> dict[str, Any]:
    """What the preview shows."""
    noun, result = job.arguments["noun"], job.result
    findings = [finding_of(one) for one in result.get("findings", ())]
    errors = [one for one in findings if one.weight is Weight.ERROR]
    notes = [one for one in findings if one.weight is Weight.NOTE]
    kept = StoredFile.objects.defer("content").filter(pk=job.arguments["file"]).first()
    rows = [row | {"name": in_language(*row["name"])} for row in result.get("rows", ())]
    return {
        "job": job,
        "noun": noun,
        "name": kept.name if kept else "",
        "before": _same_before(kept) if kept else None,
        "strip": _progress(job),
        "done": job.state == JobState.DONE,
        "counts": result.get("counts", {}),
        "errors": _places(errors, rows),
        "notes": _places(notes, rows),
        "errors_shown": len(errors),
        "errors_found": result.get("errors", 0),
        "notes_shown": len(notes),
        "notes_found": result.get("notes", 0),
        "most_marked": MOST_MARKED,
        "rows": rows,
        "rows_told": result.get("told", 0),
        "form": form,
        "back": reverse(PAGES[noun][0]),
    }


def _same_before(kept: StoredFile) -> StoredFile | None:
    """The same file, letter for letter, as the person sent it before."""
    rows = StoredFile.objects.defer("content").filter(by=kept.by_id, acting=kept.acting_id, digest=kept.digest)
    return rows.filter(pk__lt=kept.pk).order_by("-pk").first()


@never_cache
@login_required
def taken(request: SignedIn, pk: int) -> HttpResponse:
    """How far taking is, and what came of it."""
    job = _own(request, TAKE.code, pk)
    if request.headers.get("HX-Request") == "true":
        return _strip(request, job)
    noun = job.arguments["noun"]
    context = {
        "job": job,
        "noun": noun,
        "strip": _progress(job),
        "done": job.state == JobState.DONE,
        "counts": job.result.get("taken", {}),
        "read": job.arguments["read"],
        "back": reverse(PAGES[noun][0]),
        "leads": reverse(PAGES[noun][1]),
    }
    return render(request, "exchange/taken.html", context)


urls = [
    path("<slug:noun>/upload/", send, name="send"),
    path("uploads/<int:pk>/", preview, name="upload"),
    path("taken/<int:pk>/", taken, name="taken"),
]
