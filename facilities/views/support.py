"""Who supports a facility, from when to when."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.foundation.pages import SignedIn
from directorates.permissions import Permission, require
from facilities.actions.support import begin_support, declare_support, declares, end_support
from facilities.forms.facilities import DeclaredForm, EndSupportForm, SupportForm
from facilities.models import Facility
from facilities.views.deeds import asked, kept_facility


@login_required
def begin(request: SignedIn, code: str) -> HttpResponse:
    """Record who supports the facility from a day on."""
    facility = kept_facility(request, code)
    form = SupportForm(request.POST or None, initial={"since": timezone.localdate()})
    words = {
        "title": _("Support by an organisation"),
        "text": _(
            "Whoever supports the facility sends its reports. Where nobody does, the directorate itself reports."
        ),
        "deed": _("Save the support"),
        "done": _("The support is recorded. The reports that are expected follow within a minute."),
    }
    return asked(request, facility, form, begin_support, words, {"facility": facility})


@login_required
def declare(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Declare the share of a support and the services."""
    facility = get_object_or_404(Facility.objects.visible_to(request.user).standing(), code=code)
    support = get_object_or_404(facility.supports.select_related("organisation", "facility__place"), pk=pk)
    if not declares(request.user, support):
        require(request.user, Permission.MANAGE_FACILITIES, facility)
    form = DeclaredForm(request.POST or None, initial={"share": support.share, "services": support.services})
    words = {
        "title": _("Declared support: %(organisation)s") % {"organisation": support.organisation.name},
        "text": _(
            "Where several bodies report this facility, both sides read it beside the numbers. It changes no figure by itself."
        ),
        "deed": _("Save what is declared"),
        "done": _("What is declared was saved."),
    }
    return asked(request, facility, form, declare_support, words, {"support": support})


@login_required
def end(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Record the last day of a support."""
    facility = kept_facility(request, code)
    support = get_object_or_404(facility.supports.select_related("organisation", "facility__place"), pk=pk)
    form = EndSupportForm(request.POST or None, initial={"last_day": timezone.localdate()})
    words = {
        "title": _("End of support: %(organisation)s") % {"organisation": support.organisation.name},
        "text": _("Reports for periods that end later are no longer expected from this organisation."),
        "deed": _("End the support"),
        "done": _("The support has a last day. The reports that are expected follow within a minute."),
    }
    return asked(request, facility, form, end_support, words, {"support": support})
