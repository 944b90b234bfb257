"""What the pages of every app share: going back where one was, pages of a list, problems shown in a form."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm, Textarea
from django.http import HttpRequest, HttpResponse
from django.utils.http import content_disposition_header, url_has_allowed_host_and_scheme

from directorates.foundation.problems import Problem
from directorates.models import User

PAGE_SIZE = 50
# The mark of a message that is a reader's own words.
TYPED = "typed"


class SignedIn(HttpRequest):
    """A request behind `login_required`: there is a person."""

    user: User


def where_from(request: HttpRequest, default: str = "/") -> str:
    """The address of our own that a form names in `next`; the default where it names none or a stranger's."""
    wished = request.POST.get("next") or request.GET.get("next") or ""
    # Only a path: Django takes a bare word for the name of a page, and breaks where there is none.
    ours = wished.startswith("/") and url_has_allowed_host_and_scheme(wished, {request.get_host()}, request.is_secure())
    return wished if ours else default


def page_of(request: HttpRequest, rows: QuerySet[Any] | Sequence[Any]) -> Page[Any]:
    """The page of a list that the address asks for; the nearest one there is, where it asks for another."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))


def tell(form: BaseForm, problem: Problem) -> None:
    """Show a problem in the form it came from: each fault at its field, the rest above all fields."""
    for fault in problem.errors:
        form.add_error(fault.field if fault.field in form.fields else None, str(fault.message))
    if not problem.errors:
        form.add_error(None, str(problem.detail))


def keep_words(request: HttpRequest, form: BaseForm) -> None:
    """Show on the page that comes next what was typed into a form that leads away: nobody writes it twice."""
    for name, field in form.fields.items():
        typed = form.data.get(form.add_prefix(name), "")
        if isinstance(field.widget, Textarea) and isinstance(typed, str) and typed.strip():
            messages.info(request, typed, extra_tags=TYPED)


def file_to_keep(name: str, content_type: str, content: bytes) -> HttpResponse:
    """A file to be kept, never drawn inside the portal's own pages."""
    disposition = content_disposition_header(as_attachment=True, filename=name)
    return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition or ""})
