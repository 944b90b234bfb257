"""The page that asks in which form a list is to be taken along, and the file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
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
        "filters": _filters(query),
        "back": f"{reverse(listing.page)}?{query}",
    }
    return render(request, "exchange/export.html", context)


# The filters of lists by their names in addresses, as their forms call them.
FILTERS: dict[str, Promise] = {
    "q": gettext_lazy("Search"),
    "template": pgettext_lazy("filter", "Report"),
    "period": gettext_lazy("Period"),
    "status": gettext_lazy("Status"),
    "place": gettext_lazy("Governorate or district"),
    "under": gettext_lazy("Place"),
    "level": gettext_lazy("Rows"),
    "element": gettext_lazy("Item"),
    "as": gettext_lazy("Jurisdictions"),
    "type": gettext_lazy("Type"),
    "reporter": gettext_lazy("Reported by"),
    "supported_by": gettext_lazy("Supported by"),
    "directorate": gettext_lazy("Competent directorate"),
    "organisation": gettext_lazy("Organisation"),
    "role": gettext_lazy("Role"),
}


def _filters(query: str) -> list[tuple[Promise, str]]:
    """The filters that the address has, in words; what orders or shows the rows is none."""
    return [(FILTERS[name], value) for name, value in QueryDict(query).dict().items() if name in FILTERS]


urls = [path("<slug:code>/", exports, name="export")]
