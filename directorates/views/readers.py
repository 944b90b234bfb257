"""The page that says who can see a thing, or could on some days, and who of others did."""

from django.db.models import Model
from django.http import HttpResponse
from django.shortcuts import render

from directorates.forms.readers import DaysForm
from directorates.foundation.pages import SignedIn, page_of
from directorates.permissions import Permission, may
from directorates.readers import readers_of, readings_of


def readers_page(
    request: SignedIn, thing: Model, permission: Permission, *, title: str, back: str, own: bool = False, recorded: bool
) -> HttpResponse:
    """Roles and organisations with why; readings where they are `recorded`, by name for who reads that record."""
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
        "page": page_of(request, readings_of(thing, *days)) if recorded else None,
        "named": may(request.user, Permission.VIEW_RECORD) and owner == request.user.acting_id,
    }
    return render(request, "directorates/readers.html", context)
