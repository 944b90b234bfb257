"""The page of the one search."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet, Window
from django.http import HttpResponse
from django.shortcuts import render

from coordination.search.groups import GROUPS
from coordination.search.kinds import SHORTEST, Asked, Found, Group
from directorates.foundation.pages import SignedIn


@login_required
def search(request: SignedIn) -> HttpResponse:
    """Look for a text everywhere, or in one group only (`in`), page by page."""
    asked = Asked.of(request.user, request.GET.get("q", ""))
    only = next((group for group in GROUPS if group.key == request.GET.get("in")), None)
    parts = [_page_of(asked, only, request.GET.get("page"))] if only else [_first_of(asked, group) for group in GROUPS]
    # The smaller groups first: what was named exactly is not buried under what merely lies there.
    found = sorted((part for part in parts if part.count), key=lambda part: part.count)
    context = {"asked": asked, "shortest": SHORTEST, "parts": found, "groups": GROUPS, "only": only}
    return render(request, "search/search.html", context)


@dataclass(frozen=True)
class Part:
    """What one group holds: how it is called, how many there are, those that are shown, and their page where it is one of several."""

    group: Group
    count: int
    rows: list[Found]
    page: Page[Any] | None = None


def _first_of(asked: Asked, group: Group) -> Part:
    """The first few of a group, and how many there are, in one query."""
    rows = group.find(asked) if asked.enough else []
    if isinstance(rows, QuerySet):
        first = list(rows.annotate(of_all=Window(Count("pk")))[: group.first])
        count = first[0].of_all if first else 0
    else:
        first, count = rows[: group.first], len(rows)
    return Part(group, count, _shown(asked, group, first))


def _page_of(asked: Asked, group: Group, number: str | None) -> Part:
    """A page of a group, the nearest one where there is not the one asked for."""
    page = Paginator(group.find(asked) if asked.enough else [], group.many).get_page(number)
    return Part(group, page.paginator.count, _shown(asked, group, page), page)


def _shown(asked: Asked, group: Group, rows: Iterable[Any]) -> list[Found]:
    """Some things that were found, with what was asked for marked in their titles."""
    found = (group.show(asked, row) for row in rows)
    return [replace(one, pieces=asked.marked(one.title)) for one in found]
