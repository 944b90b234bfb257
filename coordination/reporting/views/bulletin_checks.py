"""The page on which anybody, without an account, asks of which bulletin a hash is and whether that was corrected."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from coordination.reporting.models.bulletin_checks import checked
from directorates.accounts import address_of
from directorates.throttles import has_room, network_of
from policies.forms.verify import VerifyForm

MOST, SECONDS = 30, 60


@require_safe
def check(request: HttpRequest) -> HttpResponse:
    """Ask, and what is told."""
    form = VerifyForm(request.GET if "code" in request.GET else None)
    if form.is_bound and not has_room(f"verify:{network_of(address_of(request))}", most=MOST, seconds=SECONDS):
        answer = render(request, "429.html", status=429)
        answer.headers["Retry-After"] = str(SECONDS)
        return answer
    asked = form.is_valid()
    found = checked(form.cleaned_data["code"]) if asked else None
    context = {"form": form, "asked": asked, "found": found}
    return render(request, "reporting/bulletin_check.html", context, status=400 if form.errors else 200)


urls = [path("bulletins/check/", check, name="bulletin_check")]
