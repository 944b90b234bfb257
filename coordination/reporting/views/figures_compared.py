"""The page that lays figures side by side."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

from coordination.reporting.forms.figures_compared import ComparedAsked, ComparedFilter
from coordination.reporting.views.views_strip import room_of
from directorates.foundation.pages import SignedIn
from directorates.models import User
from directorates.permissions import Permission, require


@login_required
def figures_compared(request: SignedIn) -> HttpResponse:
    """Places or periods beside one another, each with what lies between it and the first."""
    require(request.user, Permission.VIEW_EDITIONS)
    shown = compared_shown(request.user, request.GET)
    return render(request, "reporting/figures_compared.html", {"room_url": room_of(request.user), **shown})


def compared_shown(user: User, given: QueryDict) -> dict[str, Any]:
    """What the page shows of an address: its form and, where enough is named, the comparison."""
    wanted = ComparedAsked(given, user, timezone.localdate())
    if wanted.asked is None:
        return {}
    return {"form": ComparedFilter(wanted, wanted.asked), "asked": wanted.asked, "compared": wanted.compared}


urls = [path("figures/compare/", figures_compared, name="figures_compared")]
