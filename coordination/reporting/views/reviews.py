"""Pages of the review: the inbox, a report as it is read, and the deeds of its reviewer."""

import datetime
import re
import uuid
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from coordination.reporting.actions import reviews as deeds
from coordination.reporting.forms.reviews import ApproveForm, InboxFilter, ReopenForm, SeenForm, SendBackForm
from coordination.reporting.models.extensions import extensions_of, key_of
from coordination.reporting.models.follow_ups import Questions
from coordination.reporting.models.outliers import Standouts, standouts_of
from coordination.reporting.models.readings import Reading, bundles
from coordination.reporting.models.reviews import last_bulk_approval, looked_over, named, waiting
from coordination.reporting.models.states import States
from coordination.reporting.models.submissions import Status, Submission
from coordination.reporting.views import claims, lines
from coordination.reporting.views.attachments import Attachments
from coordination.reporting.views.corrections import Corrections
from coordination.reporting.views.lines import deed_told, line_at
from directorates.audit import record_reading
from directorates.foundation.pages import SignedIn, page_of, tell, where_from
from directorates.foundation.problems import Problem
from directorates.models.deputies import away
from directorates.permissions import Permission, may, require
from directorates.views.readers import readers_page

# So many of those that pass every check are offered for one approval; the next follow when these are done.
AT_ONCE = 100
# What the id of a revision looks like; Python refuses to read very long numbers, and the database to hold them.
ID = re.compile(r"[0-9]{1,18}", re.ASCII)


@login_required
def inbox(request: SignedIn) -> HttpResponse:
    """What waits for the reader's review: marked reports first, then those that pass every check."""
    require(request.user, Permission.REVIEW_REPORTS)
    everything, now = waiting(request.user), timezone.now()
    form = InboxFilter(request.GET, everything, request.user)
    # Why a report is marked is asked of all that wait: what it is called, of those on the page.
    found = looked_over(form.narrow(everything))
    clean_ids = [one.pk for one in found if not one.marked]
    page = page_of(request, [one for one in found if one.marked])
    chosen = named(Submission.objects.to_review(request.user)).select_related("revision")
    wanted = [*(one.pk for one in page.object_list), *clean_ids[:AT_ONCE]]
    rows = {row.pk: row for row in chosen.defer("revision__doc", "revision__notes").filter(pk__in=wanted)}
    page.object_list = [one.say(rows[one.pk]) for one in page.object_list if one.pk in rows]
    clean = [rows[pk] for pk in clean_ids[:AT_ONCE] if pk in rows]
    states = States(rows.values(), request.user, now)
    context = {
        "form": form,
        "filtered": any(request.GET.get(name) for name in form.fields),
        "page": page,
        "standouts": standouts_of(request.user, list(page.object_list)),
        "clean": clean,
        "clean_count": len(clean_ids),
        "held_count": sum(one.held for one in found),
        "chosen": [] if "none" in request.GET else [report.pk for report in clean if not states.is_others(report.pk)],
        "states": states,
        "oldest": found[0].submitted if found else None,
        "told": deed_told(request),
        "away": away(request.user.acting_id, timezone.localdate()),
        "bulk": last_bulk_approval(request.user, now - deeds.UNDO),
        "here": request.get_full_path(),
    }
    return render(request, "reporting/inbox.html", context)


def _found(request: SignedIn, pk: uuid.UUID) -> Submission:
    """The report, if the reader may see it."""
    related = ("version", "revision__by", "reviewer", "directorate", "dataset__custodian", "facility__place__parent")
    return get_object_or_404(named(Submission.objects.visible_to(request.user)).select_related(*related), pk=pk)


def _seen(request: SignedIn, submission: Submission) -> dict[str, Any]:
    """What a form of a deed begins with."""
    return {"revision": submission.revision_id, "next": where_from(request, "")}


def _page(request: SignedIn, submission: Submission, forms: dict[str, SeenForm], status: int = 200) -> HttpResponse:
    """The report with its deeds, as far as the reader may do them; `forms` are those that came back with errors."""
    reviews = may(request.user, Permission.REVIEW_REPORTS, submission)
    initial, now = _seen(request, submission), timezone.now()
    context = {
        "submission": submission,
        "line": line_at(request, submission) if reviews else None,
        "told": deed_told(request) if reviews else None,
        "states": States([submission], request.user, now) if submission.status == Status.SUBMITTED else None,
        "extensions": extensions_of([submission]).get(key_of(submission), []),
        "reading": Reading(submission, request.user),
        "outliers": Standouts(submission, request.user),
        "attachments": Attachments(submission, request.user),
        "questions": Questions(submission, request.user),
        "corrections": Corrections(submission, request.user),
        "approve_form": forms.get("approve") or ApproveForm(initial=initial, auto_id="approve_%s"),
        "send_back_form": forms.get("send_back") or SendBackForm(initial=initial, auto_id="send_back_%s"),
        "form": next(iter(forms.values()), None),
        "reviews": reviews,
        "reopens": reviews and submission.status == Status.APPROVED,
        "writes": submission.status in (Status.DRAFT, Status.RETURNED)
        and may(request.user, Permission.SUBMIT_REPORTS, submission),
        "back": where_from(request, reverse("reporting:inbox") if reviews else ""),
    }
    return render(request, "reporting/report.html", context, status=status)


@login_required
def report(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """A report as it was sent, beside the last period's, with its history."""
    found = _found(request, pk)
    record_reading(request.user, found, *found.owners())
    return _page(request, found, {})


@dataclass(frozen=True)
class Deed:
    """One deed of a reviewer as the pages ask for it: its form, what it does, and its words."""

    name: str
    needs: Status
    form: type[SeenForm]
    field: str
    do: Callable[..., Submission]
    title: Promise
    text: Promise
    words: Promise
    done: Promise


APPROVE = Deed(
    "approve",
    Status.SUBMITTED,
    ApproveForm,
    "note",
    deeds.approve,
    gettext_lazy("Approve report %(report)s"),
    gettext_lazy(
        "The report enters the figures at once, unless another report about the same facility and period counts."
    ),
    gettext_lazy("Approve"),
    gettext_lazy("Approved: %(report)s. The figures follow within seconds."),
)
SEND_BACK = Deed(
    "send_back",
    Status.SUBMITTED,
    SendBackForm,
    "reason",
    deeds.send_back,
    gettext_lazy("Send report %(report)s back"),
    gettext_lazy("The reporter finds the report on the home page with the reason, corrects it and sends it again."),
    gettext_lazy("Send back"),
    gettext_lazy("Sent back: %(report)s. The reporter sees the reason."),
)
REOPEN = Deed(
    "reopen",
    Status.APPROVED,
    ReopenForm,
    "reason",
    deeds.reopen,
    gettext_lazy("Reopen report %(report)s"),
    gettext_lazy(
        "The report leaves the figures at once and waits for review again. Then it can be approved or sent back."
    ),
    gettext_lazy("Reopen"),
    gettext_lazy("Reopened: %(report)s. It no longer counts and waits for review again."),
)


def _deed(request: SignedIn, pk: uuid.UUID, deed: Deed) -> HttpResponse:
    """Ask for what the deed needs, do it, and go on; what speaks against it is told where it was written."""
    submission = _found(request, pk)
    require(request.user, Permission.REVIEW_REPORTS, submission)
    if request.method == "POST":
        return _done(request, submission, deed)
    if submission.status != deed.needs:
        return redirect("reporting:report", pk=pk)
    return _confirm(request, submission, deed, deed.form(initial=_seen(request, submission)))


def _done(request: SignedIn, submission: Submission, deed: Deed) -> HttpResponse:
    """Do the deed with what was posted."""
    form, status = deed.form(request.POST, auto_id=f"{deed.name}_%s"), 400
    if form.is_valid():
        # The revision that was read, so that one that came since is not approved unseen.
        submission.revision_id = form.cleaned_data["revision"] or submission.revision_id
        given = {deed.field: form.cleaned_data[deed.field]}
        # Before the deed: afterwards the report stands in the line no more.
        line = line_at(request, submission)
        try:
            deed.do(by=request.user, submission=submission, at=timezone.now(), **given)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            if line is not None:
                return redirect(line.onwards)
            messages.success(request, str(deed.done) % {"report": submission})
            return redirect(where_from(request, reverse("reporting:report", args=[submission.pk])))
    submission = _found(request, submission.pk)
    if deed is REOPEN or submission.status != deed.needs:
        return _confirm(request, submission, deed, form, status)
    return _page(request, submission, {deed.name: form}, status)


def _confirm(request: SignedIn, submission: Submission, deed: Deed, form: SeenForm, status: int = 200) -> HttpResponse:
    """The page that asks once more."""
    context = {
        "form": form,
        "title": str(deed.title) % {"report": submission},
        "text": deed.text,
        "deed": deed.words,
        "cancel_url": reverse("reporting:report", args=[submission.pk]),
    }
    return render(request, "components/confirm_page.html", context, status=status)


@login_required
def approve(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Approve a report."""
    return _deed(request, pk, APPROVE)


@login_required
def send_back(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Send a report back for correction."""
    return _deed(request, pk, SEND_BACK)


@login_required
def reopen(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Take an approved report out of the figures and back into review."""
    return _deed(request, pk, REOPEN)


@login_required
def approve_clean(request: SignedIn) -> HttpResponse:
    """Approve the chosen reports that pass every check: first how many they are and what they come to, then the deed."""
    require(request.user, Permission.REVIEW_REPORTS)
    chosen, problem = _ids(request, "revision"), None
    target = where_from(request, reverse("reporting:inbox"))
    if "confirmed" in request.POST:
        try:
            done = deeds.approve_many(by=request.user, submissions=_as_named(request, chosen), at=timezone.now())
        except Problem as found:
            problem = found
        else:
            told = ngettext("%(count)d report approved.", "%(count)d reports approved.", len(done))
            messages.success(request, told % {"count": len(done)})
            return redirect(target)
    if reports := _clean(request, chosen):
        return _ask_for_many(request, reports, len(chosen) - len(reports), target, problem)
    if request.method == "POST":
        none = _("None of the chosen reports waits for review any more.") if chosen else _("No report was chosen.")
        messages.info(request, none)
    return redirect(target)


def _ids(request: SignedIn, name: str) -> set[int]:
    """The revisions that a form names; what is no id is passed over."""
    return {int(value) for value in request.POST.getlist(name) if ID.fullmatch(value)}


def _clean(request: SignedIn, revisions: set[int]) -> list[Submission]:
    """Those of the revisions that wait for the reader's review and pass every check, as they stand now."""
    rows = named(waiting(request.user).filter(marked=False, revision__in=revisions))
    return list(rows.select_related("version", "revision"))


def _claimed(request: SignedIn, reports: list[Submission]) -> set[int | None]:
    """The revisions of those reports that someone else claims."""
    states = States(reports, request.user, timezone.now())
    return {report.revision_id for report in reports if states.is_others(report.pk)}


def _as_named(request: SignedIn, chosen: set[int]) -> list[Submission]:
    """The reports whose number and totals were named; 409 `changed` where these would be others now, or more are claimed."""
    reports = _clean(request, chosen)
    if len(reports) != len(chosen) or _claimed(request, reports) - _ids(request, "claimed"):
        told = _(
            "Since the totals were named, some of these reports were claimed, marked, sent back or approved. "
            "Nothing was approved now; these are the new totals."
        )
        raise Problem("changed", told, 409)
    return reports


def _ask_for_many(
    request: SignedIn, reports: list[Submission], gone: int, target: str, problem: Problem | None
) -> HttpResponse:
    """How many reports would be approved and what they come to."""
    context = {
        "reports": reports,
        "bundles": bundles(reports),
        "gone": gone,
        "claimed": _claimed(request, reports),
        "target": target,
        "problem": problem,
    }
    return render(request, "reporting/approve_clean.html", context, status=problem.status if problem else 200)


def _moment(text: str) -> datetime.datetime:
    """The moment that the button of the inbox names."""
    with suppress(ValueError, OverflowError):
        found = parse_datetime(text)
        if found is not None and timezone.is_aware(found):
            # In one zone: the database takes no displacement of nearly a day.
            return found.astimezone(datetime.UTC)
    raise Problem("nothing_to_undo", _("There is nothing to take back."), 409)


@require_POST
@login_required
def undo(request: SignedIn) -> HttpResponse:
    """Take back what was just approved at once."""
    require(request.user, Permission.REVIEW_REPORTS)
    try:
        approved_at = _moment(request.POST.get("at", ""))
        back = deeds.undo_approval(by=request.user, approved_at=approved_at, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    else:
        told = ngettext(
            "%(count)d report waits for review again.", "%(count)d reports wait for review again.", len(back)
        )
        messages.success(request, told % {"count": len(back)})
    return redirect(where_from(request, reverse("reporting:inbox")))


@login_required
def readers(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Who can see the report, or could on some days, and who of others did."""
    found = _found(request, pk)
    return readers_page(
        request,
        found,
        Permission.VIEW_REPORTS,
        title=str(found),
        back=reverse("reporting:report", args=[pk]),
        own=found.status == Status.DRAFT,
        recorded=True,
    )


urls = [
    path("review/", inbox, name="inbox"),
    path("review/approve-clean/", approve_clean, name="approve_clean"),
    path("review/undo/", undo, name="undo_approval"),
    *lines.urls,
    *claims.urls,
    path("<uuid:pk>/", report, name="report"),
    path("<uuid:pk>/readers/", readers, name="readers"),
    path("<uuid:pk>/approve/", approve, name="approve"),
    path("<uuid:pk>/send-back/", send_back, name="send_back"),
    path("<uuid:pk>/reopen/", reopen, name="reopen"),
]
