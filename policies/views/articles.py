"""Pages of a draft's articles: write one, move it, take it out; of an agreement that is not signed yet, or of an amendment."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.foundation.pages import SignedIn, tell
from directorates.foundation.problems import Problem
from policies.actions.agreements import demand_keeping
from policies.actions.articles import article_gone, keep_article, move_article, remove_article
from policies.forms.sections import SectionForm
from policies.forms.versions import SeenForm
from policies.models import AgreementText, Article, TextKind
from policies.models.sections import WORDS
from policies.views.agreements import address, found


def text_address(text: AgreementText) -> str:
    """Where a text is read: the first one on the agreement's page, an amendment on its own."""
    if text.kind == TextKind.ORIGINAL:
        return address(text.agreement)
    return reverse("policies:agreement_text", args=[text.agreement_id, text.number])


def _draft(request: SignedIn, pk: int) -> AgreementText:
    """The text of an agreement that is being written, if the reader writes it."""
    held = found(request, pk)
    rows = AgreementText.objects.visible_to(request.user).filter(agreement=held).drafts()
    # Each party writes an amendment of its own; the first text is written by one alone.
    own = rows.filter(keeper=request.user.acting_id)
    text: AgreementText = get_object_or_404((own if own.exists() else rows).select_related("agreement")[:1])
    demand_keeping(request.user, text)
    return text


@login_required
def new_article(request: SignedIn, pk: int) -> HttpResponse:
    """Write an article behind the others."""
    return _write(request, _draft(request, pk), None)


@login_required
def article(request: SignedIn, pk: int, anchor: str) -> HttpResponse:
    """Write an article anew; where it was taken out meanwhile, what was written is offered as a new one."""
    text = _draft(request, pk)
    held = text.articles.filter(anchor=anchor).first()
    if held is None and request.method == "POST":
        return _form(request, text, None, SectionForm(request.POST), article_gone())
    if held is None:
        raise Http404
    return _write(request, text, held)


def _write(request: SignedIn, text: AgreementText, held: Article | None) -> HttpResponse:
    """The form of an article; what was written stays in it where it cannot be kept."""
    initial = {name: getattr(held, name) for name in WORDS} | {"stood": held.standing()} if held else {}
    form = SectionForm(request.POST or None, initial=initial)
    if request.method != "POST" or not form.is_valid():
        return _form(request, text, held, form)
    try:
        seen = form.cleaned_data["stood"]
        kept = keep_article(text=text, article=held, seen=seen, by=request.user, at=timezone.now(), **form.said)
    except Problem as problem:
        return _form(request, text, held, form, problem)
    messages.success(request, _("Saved."))
    return redirect(f"{text_address(text)}#{kept.anchor}")


def _form(
    request: SignedIn, text: AgreementText, held: Article | None, form: SectionForm, problem: Problem | None = None
) -> HttpResponse:
    """The page of an article: with what spoke against it, and what another wrote meanwhile beside what the reader wrote."""
    code, pk = problem.code if problem else "", text.agreement_id
    if problem:
        tell(form, problem)
    if code == "gone":
        held = None
    theirs = Article.objects.filter(pk=held.pk).first() if held and code == "changed" else None
    if theirs:
        form.see(theirs.standing())
    context = {
        "form": form,
        "policy": text.agreement,
        "title": _("Article “%(article)s”") % {"article": held} if held else _("New article"),
        "back": text_address(text),
        "to": reverse("policies:article", args=[pk, held.anchor])
        if held
        else reverse("policies:new_article", args=[pk]),
        "theirs": theirs,
        "gone": code == "gone",
        "closed": code == "not_draft",
    }
    status = problem.status if problem else 400 if form.errors else 200
    return render(request, "policies/article_form.html", context, status=status)


def _deed(request: SignedIn, pk: int, anchor: str, *, down: bool | None) -> HttpResponse:
    """Move an article, or take it out where no direction is named."""
    text = _draft(request, pk)
    held = get_object_or_404(Article.objects.select_related("text__agreement"), text=text, anchor=anchor)
    form = SeenForm(request.POST)
    seen = form.cleaned_data["seen"] if form.is_valid() else -1
    try:
        if down is None:
            remove_article(article=held, seen=seen, by=request.user, at=timezone.now())
            messages.success(request, _("The article is taken out."))
        else:
            move_article(article=held, down=down, seen=seen, by=request.user, at=timezone.now())
    except Problem as problem:
        messages.error(request, str(problem.detail))
    return redirect(text_address(text))


@require_POST
@login_required
def move(request: SignedIn, pk: int, anchor: str) -> HttpResponse:
    """Exchange an article with its neighbour."""
    return _deed(request, pk, anchor, down=request.POST.get("to") == "down")


@login_required
def remove(request: SignedIn, pk: int, anchor: str) -> HttpResponse:
    """Take an article out of a draft, once it was asked."""
    if request.method == "POST":
        return _deed(request, pk, anchor, down=None)
    text = _draft(request, pk)
    held = get_object_or_404(text.articles, anchor=anchor)
    context = {
        "title": _("Take out article “%(article)s”") % {"article": held},
        "text": _("Its text is gone from this draft. A text that was signed keeps its own."),
        "deed": _("Take out"),
        "cancel_url": text_address(text),
        "form": SeenForm(initial={"seen": text.edition}),
        "danger": True,
    }
    return render(request, "components/confirm_page.html", context)


urls = [
    path("agreements/<int:pk>/articles/new/", new_article, name="new_article"),
    path("agreements/<int:pk>/articles/<slug:anchor>/", article, name="article"),
    path("agreements/<int:pk>/articles/<slug:anchor>/move/", move, name="move_article"),
    path("agreements/<int:pk>/articles/<slug:anchor>/remove/", remove, name="remove_article"),
]
