"""The page of the one search."""

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import render

from coordination.search.groups import GROUPS, SHORTEST, Found, Group, long_enough
from directorates.foundation.pages import PAGE_SIZE, SignedIn
from directorates.rules.text import clean_text

# How many of each group stand on the first page.
FIRST = 20
LONGEST = 200


@login_required
def search(request: SignedIn) -> HttpResponse:
    """Look for a text everywhere, or in one group only (`in`), page by page."""
    text = clean_text(request.GET.get("q", ""))[:LONGEST]
    wanted = [group for group in GROUPS if group.key == request.GET.get("in")] or list(GROUPS)
    enough = long_enough(text)
    single = len(wanted) == 1
    found = [part for group in wanted if enough and (part := _part(request, group, text, single))]
    # The smaller groups first: what was named exactly is not buried under what merely lies there.
    found.sort(key=lambda part: part.page.paginator.count)
    context = {"text": text, "enough": enough, "shortest": SHORTEST, "parts": found, "single": single}
    return render(request, "search/search.html", context)


@dataclass(frozen=True)
class Part:
    """What one group holds: how it is called, the page of it, and the rows as they are shown."""

    group: Group
    page: Page[Any]
    rows: list[Found]


def _part(request: SignedIn, group: Group, text: str, single: bool) -> Part | None:
    """What a group holds: the first few, or the page asked for; None where it holds nothing."""
    pages = Paginator(group.find(request.user, text), PAGE_SIZE if single else FIRST)
    if not pages.count:
        return None
    page = pages.get_page(request.GET.get("page") if single else 1)
    return Part(group, page, [group.show(request.user, row) for row in page])
