"""The page that asks in which language a policy is to be set as a PDF, and the PDF."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from directorates.foundation.pages import SignedIn, file_to_keep
from directorates.throttles import has_room
from policies.actions.pdf import TYPE, Made, Tongues, policy_as_pdf
from policies.forms.pdf import PdfForm
from policies.models import PolicyVersion
from policies.views.versions import version_of

# Each keeps a processor busy for a second or two: nobody needs more in so many seconds.
MOST, SECONDS = 10, 60


@login_required
def policy_pdf(request: SignedIn, code: str, number: int) -> HttpResponse:
    """In which language; then the PDF, or the job that makes it."""
    held = version_of(request, code, number)
    form = PdfForm(request.POST or None, initial={"tongues": "en" if get_language() == "en" else "ar"})
    if request.method == "POST" and form.is_valid():
        return _given(request, held, Tongues(form.cleaned_data["tongues"]))
    context = {
        "form": form,
        "version": held,
        "policy": held.policy,
        "back": reverse("policies:version", args=[code, number]),
    }
    return render(request, "policies/pdf.html", context, status=400 if form.errors else 200)


def _given(request: SignedIn, held: PolicyVersion, tongues: Tongues) -> HttpResponse:
    """The PDF, or the way to the job that makes it; whoever asks very often waits."""
    if not has_room(f"pdf:{request.user.pk}", most=MOST, seconds=SECONDS):
        answer = render(request, "429.html", status=429)
        answer.headers["Retry-After"] = str(SECONDS)
        return answer
    made = policy_as_pdf(version=held, tongues=tongues, by=request.user, at=timezone.now())
    if isinstance(made, Made):
        return file_to_keep(made.name, TYPE, made.content)
    messages.info(request, _("The file is being written. It can be downloaded here as soon as it is ready."))
    return redirect("jobs:job", pk=made.pk)


urls = [path("<slug:code>/<int:number>/pdf/", policy_pdf, name="policy_pdf")]
