"""The page that says who can see a thing, or could on some days, and who of others did."""

from collections.abc import Sequence

from django.contrib.auth.decorators import login_required
from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from directorates.forms.readers import DataForm, DaysForm
from directorates.foundation.pages import SignedIn, page_of
from directorates.models import Organisation
from directorates.permissions import Permission, may, rights_of
from directorates.readers import Data, data_seen_by, readers_of, readings_of


def readers_page(
    request: SignedIn,
    thing: Model,
    permission: Permission,
    *,
    title: str,
    back: str,
    own: bool = False,
    recorded: bool,
    invited: Sequence[Organisation] = (),
) -> HttpResponse:
    """Roles and organisations with why; readings where they are `recorded`, by name for who reads that record. Whoever
    has a role that reads policies in an `invited` organisation opens it as well.
    """
    form = DaysForm(request.GET)
    days = form.days() if form.is_valid() else DaysForm.today()
    owner = getattr(thing, "reporter_id", None)
    context = {
        "title": title,
        "back": back,
        "form": form,
        "readers": readers_of(thing, permission, *days, own=own),
        "first": days[0],
        "last": days[1],
        "recorded": recorded,
        "invited": invited,
        "page": page_of(request, readings_of(thing, *days)) if recorded else None,
        "named": may(request.user, Permission.VIEW_RECORD) and owner == request.user.acting_id,
    }
    return render(request, "directorates/readers.html", context)


@require_safe
@login_required
def dataset(request: SignedIn, code: str) -> HttpResponse:
    """Who sees the reports, figures or editions of a dataset, anywhere or of a place: open to whoever sees something of it."""
    found = get_object_or_404(data_seen_by(request.user), code=code)
    form = DataForm(request.GET, exact=rights_of(request.user).everywhere(Permission.VIEW_SUBDISTRICTS))
    readable = form.is_valid()
    days, permission = (form.days() if readable else DaysForm.today()), form.permission
    place = form.asked_place
    context = {
        "title": f"{found.name} · {place.name}" if place else found.name,
        "back": reverse("directorates:agreements"),
        "form": form,
        "readers": readers_of(Data(found.pk, place.path if place else ""), permission, *days),
        "reports": permission is Permission.VIEW_REPORTS,
        "dataset": found,
    }
    return render(request, "directorates/readers.html", context)
