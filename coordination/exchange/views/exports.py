"""The page that asks in which form a list is to be taken along, and the file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from coordination.exchange.actions.exports import AT_ONCE, Format, Made, export
from coordination.exchange.forms.exports import ExportForm, filters_in
from coordination.exchange.listings import listing_open_to
from directorates.foundation.pages import SignedIn


@never_cache
@login_required
def exports(request: SignedIn, code: str) -> HttpResponse:
    """How many rows there are and in which form they can be had; then the file, or the job that makes it."""
    listing = listing_open_to(request.user, code)
    query = filters_in(request.GET)
    form = ExportForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        made = export(
            by=request.user,
            code=code,
            query=query,
            format=Format(chosen["format"]),
            mark=chosen["mark"],
            at=timezone.now(),
        )
        if isinstance(made, Made):
            headers = {"Content-Disposition": content_disposition_header(as_attachment=True, filename=made.name) or ""}
            return HttpResponse(made.content, content_type=made.content_type, headers=headers)
        messages.info(request, _("The file is being written. It can be downloaded here as soon as it is ready."))
        return redirect("jobs:job", pk=made.pk)
    listed = listing.listed(request.user, query)
    context = {
        "form": form,
        "listing": listing,
        "count": listed.count,
        "long": listed.count > AT_ONCE,
        "filters": listed.filters,
        "back": f"{reverse(listing.page, kwargs=listed.at)}?{query}",
    }
    return render(request, "exchange/export.html", context)


urls = [path("<slug:code>/", exports, name="export")]
