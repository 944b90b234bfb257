"""Changing the operating status."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.foundation.pages import SignedIn
from facilities.actions.statuses import change_status
from facilities.forms.facilities import StatusForm
from facilities.views.deeds import asked, kept_facility


@login_required
def status(request: SignedIn, code: str) -> HttpResponse:
    """Change the operating status, with the day and the reason."""
    facility = kept_facility(request, code)
    form = StatusForm(request.POST or None, initial={"status": facility.status, "since": timezone.localdate()})
    words = {
        "title": _("Change of operating status"),
        "text": _("Closed and destroyed facilities are not expected to report from then on."),
        "deed": _("Save the status"),
        "done": _("The status is changed. The reports that are expected follow within a minute."),
    }
    return asked(request, facility, form, change_status, words, {"facility": facility, "at": timezone.now()})
