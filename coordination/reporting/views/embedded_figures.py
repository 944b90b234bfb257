"""Embedded figures: their list for the custodian, a new one, its end; and the figure itself, which anybody reads in a frame."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from coordination.reporting.actions.embedded_figures import embed_figure, revoke_figure
from coordination.reporting.forms.embedded_figures import EmbedForm
from coordination.reporting.models import Edition, EmbeddedFigure
from coordination.reporting.models.embedded_figures import (
    EmbeddedState,
    corrected_at,
    embedded_by,
    errata_of,
    rows_of,
    was_disputed,
)
from directorates.accounts import address_of
from directorates.foundation.pages import SignedIn, page_of, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require
from directorates.throttles import has_room, network_of

# A page with several figures that many read behind one address of a network.
READS, SECONDS = 300, 60
# So long a browser may show what it read before; a revoked figure is gone everywhere after it.
KEPT = 300
POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors {sites}"
)


@login_required
def embedded_figures(request: SignedIn, pk: int) -> HttpResponse:
    """What of an edition is shown elsewhere."""
    edition = _published(request, pk)
    page = page_of(request, EmbeddedFigure.objects.visible_to(request.user).named().filter(edition=edition))
    today = timezone.localdate()
    rows = [(one, one.state(today)) for one in page]
    context = {"edition": edition, "page": page, "rows": rows, "corrected_at": corrected_at(edition)}
    return render(request, "reporting/embedded_figures.html", context)


def _published(request: SignedIn, pk: int) -> Edition:
    """The edition, for whoever publishes it; 403 for its other readers."""
    edition = get_object_or_404(Edition.objects.visible_to(request.user).named(), pk=pk)
    require(request.user, Permission.PUBLISH_EDITIONS, edition.template)
    return edition


@login_required
def embed(request: SignedIn, pk: int) -> HttpResponse:
    """Let web sites show an item of an edition."""
    edition = _published(request, pk)
    form = EmbedForm(request.POST if request.method == "POST" else None, edition)
    status = 400 if form.is_bound else 200
    if form.is_valid():
        try:
            made = embed_figure(edition=edition, by=request.user, at=timezone.now(), **form.said)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            return redirect(f"{reverse('reporting:embedded_figures', args=[pk])}#embedded-{made.pk}")
    return render(request, "reporting/embed.html", {"form": form, "edition": edition}, status=status)


@login_required
def revoke(request: SignedIn, pk: int) -> HttpResponse:
    """Revoke an embedded figure, after saying what follows."""
    held = get_object_or_404(EmbeddedFigure.objects.visible_to(request.user).named(), pk=pk)
    back = reverse("reporting:embedded_figures", args=[held.edition_id])
    if request.method == "POST":
        revoke_figure(embedded=held, by=request.user, at=timezone.now())
        messages.success(request, _("The figure is revoked."))
        return redirect(back)
    context = {
        "title": _("Revoke the embedded figure"),
        "text": _("Web sites that show it then show that it is no longer published, within a few minutes."),
        "deed": _("Revoke"),
        "danger": True,
        "cancel_url": back,
    }
    return render(request, "components/confirm_page.html", context)


@require_safe
def embedded_figure(request: HttpRequest, token: str) -> HttpResponse:
    """The figure in a frame: 404 where there is none, 410 where it is no longer published, 429 where it is asked too often."""
    if not has_room(f"embed:{network_of(address_of(request))}", most=READS, seconds=SECONDS):
        return HttpResponse(status=429, headers={"Retry-After": str(SECONDS)})
    held = embedded_by(token)
    if held is None:
        raise Http404
    shown = held.state(timezone.localdate()) is EmbeddedState.SHOWN
    language = request.GET.get("lang", "")
    with translation.override(language if language in ("ar", "en") else "ar"):
        context: dict[str, Any] = {"embedded": held, "rows": _drawn(held) if shown else (), "shown": shown}
        context["disputed"] = shown and was_disputed(held)
        context["covered"] = any(row[1] is not None for row in context["rows"])
        context |= {"corrected_at": corrected_at(held.edition), "errata": errata_of(held.edition)} if shown else {}
        found = render(request, "reporting/embedded_figure.html", context, status=200 if shown else 410)
        found.headers["Content-Language"] = translation.get_language()
    return _framed(found, held)


def _drawn(held: EmbeddedFigure) -> list[tuple[object, ...]]:
    """The rows with the length of each bar, of the largest from 0 to 100; none where the figure is hidden."""
    rows = rows_of(held)
    largest = max((one.value for _place, _covered, one in rows if one.value is not None), default=0)
    return [
        (place, covered, one, 100 * one.value / largest if one.value is not None and largest > 0 else None)
        for place, covered, one in rows
    ]


def _framed(found: HttpResponse, held: EmbeddedFigure) -> HttpResponse:
    """The answer as the named sites alone may frame it, kept for some minutes, without anything of the reader's."""
    found.xframe_options_exempt = True  # old browsers know no list of sites
    found.headers["Content-Security-Policy"] = POLICY.format(sites=" ".join(held.sites))
    found.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    found.headers["Cache-Control"] = f"public, max-age={KEPT}"
    found.headers["X-Robots-Tag"] = "noindex"
    found.headers["Referrer-Policy"] = "no-referrer"
    return found


urls = [
    path("editions/<int:pk>/embedded/", embedded_figures, name="embedded_figures"),
    path("editions/<int:pk>/embedded/new/", embed, name="embed"),
    path("editions/embedded/<int:pk>/revoke/", revoke, name="revoke_embedded"),
]
# Beside the rooms: for anybody.
ANYBODYS = [path("embed/editions/<slug:token>/", embedded_figure, name="embedded_figure")]
