"""A reviewer's word on something that stands out in a report."""

import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.actions import outliers
from coordination.reporting.forms.outliers import LookForm
from coordination.reporting.models.submissions import Submission
from directorates.foundation.pages import SignedIn, tell, where_from
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, require


@login_required
def look(request: SignedIn, pk: uuid.UUID) -> HttpResponse:
    """Keep the word and go back to the report; a word that cannot be kept is asked for once more, as it was written."""
    submission = get_object_or_404(Submission.objects.visible_to(request.user), pk=pk)
    require(request.user, Permission.REVIEW_REPORTS, submission)
    address = where_from(request, f"{reverse('reporting:report', args=[pk])}#stands-out")
    if request.method != "POST":
        return redirect(address)
    form, status = LookForm(request.POST), 400
    if form.is_valid():
        given = {name: form.cleaned_data[name] for name in ("kind", "slot", "word")}
        submission.revision_id = form.cleaned_data["revision"] or submission.revision_id
        try:
            outliers.look(by=request.user, submission=submission, at=timezone.now(), **given)
        except Problem as problem:
            tell(form, problem)
            status = problem.status
        else:
            messages.success(request, _("The word stands in the history of the report."))
            return redirect(address)
    context = {
        "form": form,
        "title": _("A word on what stands out"),
        "text": _("Nothing depends on it: the report can be approved or sent back all the same."),
        "deed": _("Keep"),
        "cancel_url": address,
    }
    return render(request, "components/confirm_page.html", context, status=status)


urls = [path("<uuid:pk>/look/", look, name="look")]
