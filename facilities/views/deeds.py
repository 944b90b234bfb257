"""What the deeds on a facility share: the facility of the address, and asking what a deed needs."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require
from facilities.models import Facility


def kept_facility(request: SignedIn, code: str) -> Facility:
    """The facility of a code, if the reader keeps its entry in the register; one that was merged is not changed."""
    rows = Facility.objects.visible_to(request.user).standing()
    facility = get_object_or_404(rows.select_related("place"), code=code)
    require(request.user, Permission.MANAGE_FACILITIES, facility)
    return facility


def asked(
    request: SignedIn,
    at: Facility,
    form: Form,
    deed: Callable[..., object],
    words: dict[str, str],
    given: dict[str, Any],
) -> HttpResponse:
    """Ask what a deed needs, do it, and go back to the facility; what speaks against it is told in the form.

    `words` are the page's title and text, the deed's button, and what is said when it is done; `given` is what the deed
    takes beside what is asked.
    """
    if request.method == "POST" and form.is_valid():
        try:
            deed(**form.cleaned_data, **given, by=request.user)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, words["done"])
            return redirect("facilities:facility", code=at.code)
    return render(request, "facilities/deed.html", {"facility": at, "form": form, **words})
