"""Claiming reports, giving them up, handing them over: from the inbox for many, from a report's page for one."""

import re
import uuid
from collections.abc import Callable
from contextlib import suppress

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from coordination.reporting.actions import claims as deeds
from coordination.reporting.actions.claims import Claimed, colleagues
from coordination.reporting.forms.claims import HandOverForm
from coordination.reporting.models.reviews import named
from coordination.reporting.models.submissions import Submission
from directorates.foundation.pages import SignedIn, tell, where_from
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require

# As many as an inbox shows at once.
AT_ONCE = 200
REVISION = re.compile(r"[0-9]{1,18}", re.ASCII)


def _chosen(request: SignedIn) -> list[Submission]:
    """The reports that were ticked, as far as the reader may see them."""
    ids = set()
    for given in request.POST.getlist("report")[:AT_ONCE]:
        with suppress(ValueError):
            ids.add(uuid.UUID(given[:40]))
    # Those that passed every check are ticked by the revision that is to be approved.
    revisions = {int(given) for given in request.POST.getlist("revision")[:AT_ONCE] if REVISION.fullmatch(given)}
    rows = Submission.objects.visible_to(request.user).filter(Q(pk__in=ids) | Q(revision__in=revisions))
    return list(named(rows).order_by("submitted", "pk"))


def _told(request: SignedIn, found: Claimed, done: str) -> None:
    """Say what became of the reports."""
    if found.done:
        messages.success(request, done)
    if found.others:
        words = ngettext(
            "%(count)d report is claimed by someone else; that stays.",
            "%(count)d reports are claimed by someone else; that stays.",
            len(found.others),
        )
        messages.warning(request, words % {"count": len(found.others)})
    if found.gone:
        words = ngettext(
            "%(count)d report does not wait for review any more.",
            "%(count)d reports do not wait for review any more.",
            len(found.gone),
        )
        messages.info(request, words % {"count": len(found.gone)})
    if not (found.done or found.others or found.gone):
        messages.info(request, _("No report was chosen."))


def _do(request: SignedIn, deed: Callable[..., Claimed], words: Callable[[int], str]) -> HttpResponse:
    """Do something with the chosen reports and go back."""
    require(request.user, Permission.REVIEW_REPORTS)
    found = deed(by=request.user, submissions=_chosen(request), at=timezone.now())
    _told(request, found, words(len(found.done)) % {"count": len(found.done)})
    return redirect(where_from(request, reverse("reporting:inbox")))


@require_POST
@login_required
def claim(request: SignedIn) -> HttpResponse:
    """Claim the chosen reports."""

    def words(count: int) -> str:
        return ngettext("%(count)d report claimed for a day.", "%(count)d reports claimed for a day.", count)

    return _do(request, deeds.claim, words)


@require_POST
@login_required
def release(request: SignedIn) -> HttpResponse:
    """Give the chosen reports up."""

    def words(count: int) -> str:
        return ngettext("%(count)d claim given up.", "%(count)d claims given up.", count)

    return _do(request, deeds.release, words)


@require_POST
@login_required
def hand_over(request: SignedIn) -> HttpResponse:
    """Ask to whom, then hand the chosen reports over."""
    require(request.user, Permission.REVIEW_REPORTS)
    reports, target = _chosen(request), where_from(request, reverse("reporting:inbox"))
    if not reports:
        _told(request, Claimed(), "")
        return redirect(target)
    people, status = colleagues(request.user, timezone.localdate()), 200
    form = HandOverForm(request.POST if "confirmed" in request.POST else None, people)
    if form.is_valid():
        try:
            found = deeds.hand_over(by=request.user, submissions=reports, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            done = ngettext("%(count)d report handed over.", "%(count)d reports handed over.", len(found.done))
            _told(request, found, done % {"count": len(found.done)})
            return redirect(target)
    if form.errors:
        status = 400
    context = {"form": form, "reports": reports, "people": people, "target": target}
    return render(request, "reporting/hand_over.html", context, status=status)


urls = [
    path("review/claim/", claim, name="claim"),
    path("review/release/", release, name="release"),
    path("review/hand-over/", hand_over, name="hand_over"),
]
