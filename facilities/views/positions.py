"""Pages of a facility's exact position: that one is held, since when and by whom; entering, replacing and removing it.

Nobody sees it here; reading it needs a grant (`views/position_grants.py`).
"""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from directorates.foundation.pages import SignedIn
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, Refused, may, require
from facilities.actions.positions import enter_position, remove_position
from facilities.forms.positions import PositionForm, RemovalForm
from facilities.models import ExactPosition, Facility, PositionGrant
from facilities.views.deeds import asked

MOST_SHOWN = 20


def standing_facility(request: SignedIn, code: str) -> Facility:
    """The standing facility of a code, if the reader sees its entry in the register."""
    rows = Facility.objects.visible_to(request.user).standing()
    return get_object_or_404(rows.select_related("place__parent__parent"), code=code)


def _kept(request: SignedIn, code: str) -> Facility:
    """The same, if the reader enters exact positions for it."""
    facility = standing_facility(request, code)
    require(request.user, Permission.KEEP_POSITIONS, facility)
    return facility


@never_cache
@login_required
def position(request: SignedIn, code: str) -> HttpResponse:
    """Whether an exact position is held, for whoever keeps it; and how it can be read."""
    facility = standing_facility(request, code)
    keeps = may(request.user, Permission.KEEP_POSITIONS, facility)
    if not keeps and not may(request.user, Permission.READ_POSITIONS, facility):
        raise Refused(Permission.READ_POSITIONS, facility)
    rows = ExactPosition.objects.filter(facility=facility).defer("ciphertext").select_related("by", "acting")
    grants, today = PositionGrant.objects.about(facility).named(), timezone.localdate()
    context = {
        "facility": facility,
        "keeps": keeps,
        "held": rows.first() if keeps else None,
        "asks": may(request.user, Permission.READ_POSITIONS, facility),
        "mine": grants.standing(today).to(request.user).order_by("until"),
        "grants": [(one, one.state(today)) for one in grants.visible_to(request.user)[:MOST_SHOWN]],
    }
    return render(request, "facilities/position.html", context)


@sensitive_post_parameters()
@never_cache
@login_required
def enter(request: SignedIn, code: str) -> HttpResponse:
    """Enter where a facility stands, or replace it."""
    facility = _kept(request, code)
    replaces = ExactPosition.objects.filter(facility=facility).exists()
    form = PositionForm(request.POST or None, replaces=replaces)
    words = {
        "title": _("Replace the exact location") if replaces else _("Enter the exact location"),
        "text": _(
            "It is stored encrypted and never shown on this page again. Only whoever has a grant with two approvals can "
            "read it. Type it here and send it by no message."
        ),
        "deed": _("Save the location"),
        "done": _("The exact location is stored, encrypted. It is shown nowhere."),
    }
    return asked(request, facility, form, enter_position, words, {"facility": facility, "at": timezone.now()})


@never_cache
@login_required
def remove(request: SignedIn, code: str) -> HttpResponse:
    """Remove where a facility stands, with the reason."""
    facility = _kept(request, code)
    if not ExactPosition.objects.filter(facility=facility).exists():
        raise Problem("no_position", _("No exact location is held for this facility."), 409)
    form = RemovalForm(request.POST or None)
    words = {
        "title": _("Remove the exact location"),
        "text": _("The portal then knows it no more. Grants that were given for it stay, and open nothing."),
        "deed": _("Remove the location"),
        "done": _("The exact location is removed."),
    }
    return asked(request, facility, form, remove_position, words, {"facility": facility})


urls = [
    path("<slug:code>/position/", position, name="position"),
    path("<slug:code>/position/enter/", enter, name="position_enter"),
    path("<slug:code>/position/remove/", remove, name="position_remove"),
]
