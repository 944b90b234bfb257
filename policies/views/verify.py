"""The page on which anybody, without an account, asks of which text a hash is and whether that is in force today."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.views.decorators.http import require_safe

from directorates.accounts import address_of
from directorates.throttles import has_room, network_of
from policies.forms.verify import VerifyForm
from policies.models.verify import verified

# A stall that scans papers all day needs no more; whoever tries hashes finds none in the life of the sun.
MOST, SECONDS = 30, 60


@require_safe
def verify(request: HttpRequest) -> HttpResponse:
    """Ask, and what is told."""
    form, day = VerifyForm(request.GET if "code" in request.GET else None), timezone.localdate()
    if form.is_bound and not has_room(f"verify:{network_of(address_of(request))}", most=MOST, seconds=SECONDS):
        answer = render(request, "429.html", status=429)
        answer.headers["Retry-After"] = str(SECONDS)
        return answer
    asked = form.is_valid()
    context = {
        "form": form,
        "asked": asked,
        "day": day,
        "found": verified(form.cleaned_data["code"], day) if asked else None,
    }
    return render(request, "policies/verify.html", context, status=400 if form.errors else 200)


urls = [path("verify/", verify, name="verify")]
