"""Filling a report: start it, write it, check it, send it. Everything works without a script; `form.js` quickens it."""

import datetime
import json
import secrets
import uuid
from typing import Any, cast

from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils import timezone
from django.utils.cache import patch_cache_control
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from coordination.reporting.actions.filing import check_right
from coordination.reporting.actions.submissions import (
    WRITABLE,
    Examined,
    Saved,
    examine,
    open_draft,
    save_draft,
    submit,
)
from coordination.reporting.forms.sheets import Posted, answers_in, is_too_large, read_posted
from coordination.reporting.forms.submissions import StartForm
from coordination.reporting.models import Submission
from coordination.reporting.models.outliers import Standouts
from coordination.reporting.models.sheets import Desk, already_reported
from coordination.reporting.models.standings import Filing, standings
from coordination.reporting.models.submissions import Status
from coordination.reporting.rules.sheets import Sheet, lay_out
from coordination.reporting.rules.typed import text_of, texts_of
from coordination.reporting.rules.values import Outcome, answers_of, evaluate
from coordination.reporting.views.typed import belongs_elsewhere, forget, hindrance, keep, kept, too_large, wants_json
from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require, rights_of

FORM = require_http_methods(["GET", "HEAD", "POST"])


# --- Start ---------------------------------------------------------------------------------------------------------


@login_required
@FORM
def start(request: SignedIn) -> HttpResponse:
    """Open or find one's report of a facility and period; first say who else reported it already."""
    data = request.GET.dict() | request.POST.dict()
    form = StartForm(data, request.user)
    if not form.is_valid():
        return render(request, "reporting/form_start.html", {"form": form}, status=400)
    _demand_right(request, Filing(**form.cleaned_data))
    wanted = _wanted(form.cleaned_data)
    found = Submission.objects.filter(**wanted).first()
    others = [] if found else already_reported(Submission(**wanted))
    if request.method != "POST" or (others and "aware" not in request.POST):
        return render(
            request, "reporting/form_start.html", {"form": form, "wanted": Submission(**wanted), "others": others}
        )
    return _open(request, form)


def _demand_right(request: SignedIn, filing: Filing) -> None:
    """Refuse before anything is told: who reported what is for those alone who may report it too."""
    (standing,) = standings([filing])
    check_right(rights_of(request.user), filing, standing)


def _wanted(asked: dict[str, Any]) -> dict[str, Any]:
    """The four things that name a report, as its columns have them."""
    names = {name: asked[name] for name in ("template", "facility", "reporter")}
    return names | {"period_start": asked["period"].start}


def _open(request: SignedIn, form: StartForm) -> HttpResponse:
    """Open the draft and go to it, or tell what speaks against it."""
    try:
        submission = open_draft(by=request.user, **form.cleaned_data, at=timezone.now())
    except Problem as problem:
        tell(form, problem)
        return render(request, "reporting/form_start.html", {"form": form}, status=problem.status)
    return redirect(_page_of(submission))


def _page_of(submission: Submission) -> str:
    """Where a report is worked on or read, as far as it is."""
    views = {Status.SUBMITTED: "reporting:receipt", Status.APPROVED: "reporting:report"}
    return reverse(views.get(Status(submission.status), "reporting:fill"), args=[submission.pk])


# --- Fill ----------------------------------------------------------------------------------------------------------


def desk_of(request: SignedIn, pk: uuid.UUID) -> Desk:
    """The report, if the caller may see it and write it; whether it can still be written is for the view to ask."""
    rows = Submission.objects.visible_to(request.user).prefetch_related("template__programme__week_rules")
    rows = rows.select_related("template__programme", "version", "facility__place", "reporter", "reviewer", "revision")
    submission = get_object_or_404(rows, pk=pk)
    require(request.user, Permission.SUBMIT_REPORTS, submission)
    return Desk(submission, request.user)


@csrf_exempt
@FORM
def fill(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """The form of a report, and saving it; what arrives without a valid sign-in is kept, so the check is made here."""
    if (answer := _first(request, pk)) is not None:
        return answer
    request = cast("SignedIn", request)
    desk = desk_of(request, pk)
    if desk.submission.status not in WRITABLE:
        return _sent_already(request, desk)
    return _save(request, desk) if request.method == "POST" else _form(request, desk)


def _first(request: HttpRequest, pk: uuid.UUID) -> HttpResponse | None:
    """What stands between a request and the form: a sign-in, another affiliation, too much typed; None where nothing does.

    What was typed is kept in the first two.
    """
    if request.method == "POST" and (why := hindrance(request)):
        return keep(request, pk, why)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if (whose := belongs_elsewhere(cast("SignedIn", request).user, pk)) is not None:
        if request.method == "POST":
            return keep(request, pk, "acting")
        return render(request, "reporting/form_elsewhere.html", {"whose": whose, "here": request.path}, status=403)
    if request.method == "POST" and is_too_large(request.POST):
        raise Problem("too_large", too_large(), 413)
    return None


def _sent_already(request: SignedIn, desk: Desk) -> HttpResponse:
    """It was sent from elsewhere meanwhile: the way to where it is now."""
    address = _page_of(desk.submission)
    forget(request, desk.submission.pk)
    if wants_json(request):
        return JsonResponse({"code": "sent", "receipt": desk.submission.receipt, "address": address}, status=409)
    return redirect(address)


def _form(request: SignedIn, desk: Desk) -> HttpResponse:
    """The page of the form; its copy is asked for anew each time, but the way back shows it as it was left."""
    asked = request.GET.get("check", "")
    typed = kept(request, desk.submission.pk)
    sheet = _sheet(desk, typed, complete=bool(asked))
    context = _context(desk, sheet) | {
        "typed": typed,
        "base": json.dumps(typed.base if typed and typed.base is not None else texts_of(desk.spec, desk.now)),
        "edition": desk.submission.edition if typed is None or typed.seen is None else typed.seen,
        "source": (typed and typed.source) or secrets.token_hex(6),
        "summary": asked == "all" and bool(sheet.errors or sheet.open_questions),
    }
    response = render(request, "reporting/form.html", context)
    patch_cache_control(response, private=True, no_cache=True)
    return response


def _sheet(desk: Desk, typed: Posted | None = None, *, complete: bool = False) -> Sheet:
    """The form as it stands, judged as a draft or as if it were sent."""
    outcome = _judged(desk, complete=complete)
    return lay_out(desk.spec, desk.now, desk.before, outcome.errors, outcome.warnings, typed.texts if typed else None)


def _judged(desk: Desk, *, complete: bool) -> Outcome:
    """What the answers come to."""
    now = desk.now
    return evaluate(desk.spec, answers_of(desk.spec, now.doc, now.notes), complete=complete, today=timezone.localdate())


def _context(desk: Desk, sheet: Sheet) -> dict[str, Any]:
    """What the form and its parts show."""
    return {
        "desk": desk,
        "submission": desk.submission,
        "sheet": sheet,
        "saved": desk.draft.at if desk.draft and desk.draft.changed else None,
        "today": timezone.localdate(),
    }


def _save(request: SignedIn, desk: Desk) -> HttpResponse:
    """Save what was changed; then the form again, the check, or the question which of two answers stands."""
    posted = read_posted(request.POST)
    try:
        saved = _write(desk, posted)
    except Problem as problem:
        if problem.code != "wrong_state":
            raise
        return _sent_already(request, desk_of(request, desk.submission.pk))
    forget(request, desk.submission.pk)
    fresh = desk_of(request, desk.submission.pk)
    if wants_json(request):
        return JsonResponse(_told(request, fresh, saved))
    if saved.theirs:
        return _conflict(request, fresh, posted, saved)
    return redirect(_next(request, fresh, posted))


def _write(desk: Desk, posted: Posted) -> Saved:
    """Save the changes, and only those."""
    answers = answers_in(desk.spec, desk.now, posted)
    return save_draft(
        by=desk.user,
        submission=desk.submission,
        answers=answers,
        seen=posted.seen,
        at=timezone.now(),
        source=posted.source,
    )


def _next(request: SignedIn, desk: Desk, posted: Posted) -> str:
    """Where saving leads without a script: the check, the line whose menu was used, or what is to be corrected."""
    address = reverse("reporting:fill", args=[desk.submission.pk])
    if "check" in request.POST:
        return reverse("reporting:check", args=[desk.submission.pk])
    if where := posted.blanks.partition(" ")[2]:
        return f"{address}#{'l' if where in set(desk.spec.slots.values()) else 'section'}-{where}"
    return f"{address}?check=draft" if _sheet(desk).errors else f"{address}#saved"


def _told(request: SignedIn, desk: Desk, saved: Saved) -> dict[str, Any]:
    """What the form's script needs after saving: where it stands, and every remark in its place."""
    sheet = _sheet(desk)
    context = _context(desk, sheet)
    lines = [line for line in sheet.lines if line.says_something]
    return {
        "edition": saved.edition,
        "state": render_to_string("reporting/form_state.html", context, request),
        "stages": render_to_string("reporting/form_stages.html", context, request),
        "lines": {line.slot: render_to_string("reporting/form_why.html", {"line": line}, request) for line in lines},
        "faulty": [field.slot for line in sheet.lines for field in line.faulty],
        "asked": [field.slot for line in sheet.lines for field in line.fields if field.asked],
        "disputed": [desk.spec.slots[change.element, change.category] for change in saved.theirs],
    }


def _conflict(request: SignedIn, desk: Desk, posted: Posted, saved: Saved) -> HttpResponse:
    """Two wrote the same item: both answers, who wrote the other and when; nothing is chosen beforehand."""
    items = []
    for change in saved.theirs:
        element, slot = desk.spec.element(change.element), desk.spec.slots[change.element, change.category]
        assert element is not None  # noqa: S101 - the change names what the template asks
        category = next((one for one in element.categories if one.code == change.category), None)
        theirs = text_of(element, slot, desk.now)
        mine = posted.texts.get(slot, theirs)
        items.append(
            {"slot": slot, "element": element, "category": category, "mine": mine, "theirs": theirs, "change": change}
        )
    last = max(change.at for change in saved.theirs)
    context = {"submission": desk.submission, "items": items, "last": last, "edition": saved.edition}
    return render(request, "reporting/form_conflict.html", context | {"source": posted.source}, status=409)


# --- Check and send ------------------------------------------------------------------------------------------------


@csrf_exempt
@FORM
def check(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Everything once more in order, what blocks sending and what takes a reason; and sending."""
    if (answer := _first(request, pk)) is not None:
        return answer
    request = cast("SignedIn", request)
    desk = desk_of(request, pk)
    if desk.submission.status not in WRITABLE:
        return redirect(_page_of(desk.submission))
    return _send(request, desk) if request.method == "POST" else _check_page(request, desk)


def _check_page(
    request: SignedIn, desk: Desk, *, changed: datetime.datetime | None = None, status: int = 200
) -> HttpResponse:
    """The report as it would be sent now; `changed` where someone wrote since the reader looked."""
    examined = examine(submission=desk.submission, at=timezone.now())
    typed = kept(request, desk.submission.pk)
    outcome = examined.outcome
    sheet = lay_out(desk.spec, desk.now, desk.before, outcome.errors, outcome.warnings, typed.texts if typed else None)
    context = _context(desk, sheet) | {
        "examined": examined,
        "barred": _barred(examined),
        "blocked": bool(outcome.errors or _barred(examined)),
        "computed": {
            element.code: outcome.totals[element.code]
            for element in desk.spec.elements
            if element.is_computed and element.code in outcome.totals
        },
        "changed": changed,
        "outliers": Standouts(desk.submission, desk.user, desk.now),
    }
    return render(request, "reporting/check.html", context, status=status)


def _barred(examined: Examined) -> list[str]:
    """What speaks against sending beside the answers: the period has not ended, nothing was answered."""
    return [str(fault.message) for fault in examined.faults if fault.field == "period" or fault.code == "empty"]


def _send(request: SignedIn, desk: Desk) -> HttpResponse:
    """Keep the reasons that were written, then send; a second press finds the receipt of the first."""
    posted, now = read_posted(request.POST), timezone.now()
    if posted.seen is not None and posted.seen != desk.submission.edition:
        return _check_page(request, desk, changed=desk.submission.changed, status=409)
    try:
        _write(desk, posted)
        submit(by=request.user, submission=desk.submission, at=now)
    except Problem as problem:
        if problem.code == "wrong_state":
            return redirect("reporting:receipt", pk=desk.submission.pk)
        if problem.code != "invalid":
            raise
        forget(request, desk.submission.pk)
        return _check_page(request, desk_of(request, desk.submission.pk), status=400)
    forget(request, desk.submission.pk)
    return redirect("reporting:receipt", pk=desk.submission.pk)


urls = [
    path("start/", start, name="start"),
    path("<uuid:pk>/fill/", fill, name="fill"),
    path("<uuid:pk>/check/", check, name="check"),
]
