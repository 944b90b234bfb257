"""Pages of versions: a text as it is read, a new draft, what brings it into force or ends it, what changed between two."""

import datetime
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from directorates.foundation.pages import SignedIn, keep_words, tell
from directorates.foundation.problems import Problem
from directorates.permissions import Permission, may, require
from policies.actions.acknowledgements import to_acknowledge
from policies.actions.versions import (
    adopted_by_ballot,
    begin_version,
    bring_into_force,
    discard_version,
    last_count,
    withdraw_policy,
)
from policies.forms.versions import CompareForm, ForceForm, SeenForm, WithdrawForm
from policies.models import Concern, Consultation, Policy, PolicyComment, PolicyState, PolicyVersion
from policies.models.branding import DECIDED_BY
from policies.models.pictures import PolicyPicture, pictures_of
from policies.models.sections import Passage
from policies.rules.differences import Change, Piece, differences
from policies.views.policies import found

# Characters of both languages together, some twenty pages in each.
LONG = 100_000


def version_of(request: SignedIn, code: str, number: int) -> PolicyVersion:
    """A version that the reader sees."""
    rows = PolicyVersion.objects.visible_to(request.user).select_related("policy__owner", "policy__place", "changed_by")
    return get_object_or_404(rows, policy__code=code, number=number)


@login_required
def version(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The text of a version in both languages, with the versions beside it and what the reader can do."""
    shown, day = version_of(request, code, number), timezone.localdate()
    others = list(PolicyVersion.objects.visible_to(request.user).filter(policy=shown.policy_id).order_by("-number"))
    manages = may(request.user, Permission.MANAGE_POLICIES, shown)
    sections = list(shown.sections.all())
    long = sum(len(one.text_ar) + len(one.text_en) for one in sections) > LONG
    context = {
        "version": shown,
        # Over a slow link a long text comes in one language first.
        "long": long,
        "both": not long or "both" in request.GET,
        "policy": shown.policy,
        "state": shown.state(day),
        "sections": sections,
        "papers": shown.papers.listed(),
        "pictures": pictures_of(shown),
        # What carries it out, where it is a text on the logo or stationery.
        "branding": shown.branding.order_by("kind", "code", "-number")
        if shown.policy.kind in DECIDED_BY.values()
        else [],
        "today": day,
        "versions": [(one, one.state(day)) for one in others],
        "renames": manages and all(one.is_draft for one in others),
        "writes": manages and shown.is_draft,
        "begins": manages and not any(one.is_draft for one in others),
        "withdraws": manages and shown.may_end(day),
        "ended": shown.last_day is not None and shown.last_day < day,
        **_way(request, shown, day, manages=manages),
    }
    return render(request, "policies/version.html", context)


def _way(request: SignedIn, shown: PolicyVersion, day: datetime.date, *, manages: bool) -> dict[str, Any]:
    """How far a version has come: what it was asked, said and voted about it, and what comes next."""
    if shown.is_draft:
        return {"proposes": manages, "adopts": manages}
    consultation = Consultation.objects.filter(version=shown).first()
    asked = consultation is not None and shown.is_proposed and not consultation.is_over(day)
    ballots = list(shown.ballots.all())
    concerns = Concern.objects.visible_to(request.user)
    comments = PolicyComment.objects.visible_to(request.user).filter(version=shown)
    by_section: dict[int | None, int] = Counter(concerns.filter(version=shown).values_list("section", flat=True))
    by_section.update(Counter(comments.values_list("section", flat=True)))
    voting = next((one for one in ballots if one.closed is None), None)
    going = asked or voting is not None
    free = manages and shown.is_proposed and not going
    carried = adopted_by_ballot(shown)
    return {
        "consultation": consultation,
        "asked": asked,
        "said": by_section,
        "remarked": sum(by_section.values()),
        "unsettled": list(concerns.until(shown).unsettled().select_related("organisation", "version")),
        "ballots": ballots,
        "voting": voting,
        "carried": carried,
        "balloted": free and carried is None,
        "adopts": free and last_count(shown) == carried,
        "acknowledges": to_acknowledge(request.user, day).filter(pk=shown.pk).exists(),
        "read": shown.acknowledgements.filter(facility=None).count() if shown.adopted else None,
        "reviews": shown.reviews.all(),
        "plans_review": manages and shown.holds_or_will(day),
    }


@require_POST
@login_required
def draft(request: SignedIn, code: str) -> HttpResponse:
    """Begin the next version."""
    policy = found(request, code)
    try:
        made = begin_version(policy=policy, by=request.user, at=timezone.now())
    except Problem as problem:
        return _back(request, policy, problem)
    messages.success(request, _("A draft with the last text is begun. Those who prepare policies here read it."))
    return redirect("policies:version", code=code, number=made.number)


def _back(request: SignedIn, thing: Policy | PolicyVersion, problem: Problem) -> HttpResponse:
    """The thing as it is now, with what spoke against the deed: it is to be read again first. The list, where it is gone."""
    messages.error(request, str(problem.detail))
    if not type(thing).objects.filter(pk=thing.pk).exists():
        return redirect("policies:policies")
    if isinstance(thing, Policy):
        return redirect("policies:policy", code=thing.code)
    return redirect("policies:version", code=thing.policy.code, number=thing.number)


def conflict_or_tell(
    request: SignedIn, form: forms.Form, version: PolicyVersion, problem: Problem
) -> HttpResponse | None:
    """Back to the version where it is another than the page knew, with what was typed; otherwise the faults stand in the form."""
    if problem.status == HTTPStatus.CONFLICT:
        keep_words(request, form)
        return _back(request, version, problem)
    tell(form, problem)
    return None


@login_required
def force(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Say that a draft was adopted, and from when it holds."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    ballot = adopted_by_ballot(held)
    form = ForceForm(request.POST or None, held, by_ballot=ballot is not None)
    if request.method == "POST" and form.is_valid():
        try:
            bring_into_force(version=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            if (back := conflict_or_tell(request, form, held, problem)) is not None:
                return back
        else:
            messages.success(
                request, _("Kept. Everybody who reads policies reads this version now, and it never changes.")
            )
            return redirect("policies:version", code=code, number=number)
    context = {
        "title": _("Bring version %(number)s into force") % {"number": held.number},
        "text": _(
            "From now on nobody changes this text: what comes later is a new version. Everybody with a role reads it."
        ),
        "deed": _("Bring into force"),
        "cancel_url": reverse("policies:version", args=[code, number]),
        "form": form,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


def _what_follows(version: PolicyVersion) -> str:
    """What follows from a withdrawal."""
    if version.state(timezone.localdate()) is PolicyState.COMING:
        return _(
            "With a last day before its first, it never holds; a version that it was to follow holds on. To replace it, "
            "withdraw it and bring a new version into force."
        )
    return _("From the day after, nothing holds in its place. To replace it, bring a new version into force instead.")


@login_required
def withdraw(request: SignedIn, code: str, number: int) -> HttpResponse:
    """End a version without another in its place."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    form = WithdrawForm(request.POST or None, initial={"last_day": timezone.localdate()})
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_policy(version=held, by=request.user, at=timezone.now(), **form.cleaned_data)
        except Problem as problem:
            tell(form, problem)
        else:
            messages.success(request, _("Kept. The text stays readable, with the reason."))
            return redirect("policies:version", code=code, number=number)
    context = {
        "title": _("Withdraw version %(number)s") % {"number": held.number},
        "text": _what_follows(held),
        "deed": _("Withdraw the policy"),
        "cancel_url": reverse("policies:version", args=[code, number]),
        "form": form,
        "danger": True,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


@login_required
def discard(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Throw a draft away."""
    held = version_of(request, code, number)
    require(request.user, Permission.MANAGE_POLICIES, held)
    form = SeenForm(request.POST or None, initial={"seen": held.edition})
    if request.method == "POST" and form.is_valid():
        try:
            discard_version(version=held, seen=form.cleaned_data["seen"], by=request.user)
        except Problem as problem:
            return _back(request, held, problem)
        else:
            messages.success(request, _("The draft is gone."))
            return redirect("policies:policies")
    context = {
        "title": _("Discard the draft of version %(number)s") % {"number": held.number},
        "text": _("Its text cannot be brought back. Adopted versions stay."),
        "deed": _("Discard the draft"),
        "cancel_url": reverse("policies:version", args=[code, number]),
        "form": form,
        "danger": True,
    }
    return render(request, "components/confirm_page.html", context, status=400 if form.errors else 200)


@dataclass(frozen=True)
class Column:
    """One language of a part of two texts: what became of the words of its heading and of its text."""

    code: str
    heading: list[Piece]
    text: list[Piece]


@dataclass(frozen=True)
class Compared:
    """A part of two texts beside one another: whether it came in or was taken out, and what changed in it."""

    change: Change
    heading: str
    columns: list[Column]

    @property
    def is_changed(self) -> bool:
        """Whether anything differs."""
        pieces = (piece for column in self.columns for piece in (*column.heading, *column.text))
        return any(piece.change is not Change.KEPT for piece in pieces)


def compared(before: Iterable[Passage], after: Iterable[Passage]) -> list[Compared]:
    """The parts of two texts, in the order of the later one, those that went behind them."""
    old, new = ({one.anchor: one for one in parts} for parts in (before, after))
    return [_compared(old.get(anchor), new.get(anchor)) for anchor in [*new, *(one for one in old if one not in new)]]


def _compared(old: Passage | None, new: Passage | None) -> Compared:
    """One part, which one of the texts may lack."""
    shown = new or old
    assert shown is not None  # noqa: S101 - tells the type checker
    change = Change.ADDED if old is None else Change.TAKEN if new is None else Change.KEPT
    columns = [
        Column(code, *(_words(old, new, f"{part}_{code}") for part in ("heading", "text"))) for code in ("ar", "en")
    ]
    return Compared(change, str(shown), columns)


def _words(old: Passage | None, new: Passage | None, field: str) -> list[Piece]:
    """What changed in one field of a part."""
    return differences(*(getattr(one, field) if one else "" for one in (old, new)))


@dataclass(frozen=True)
class Redrawn:
    """A picture that differs between two versions, as it was and as it is; what changed in its words, by language."""

    number: int
    change: Change
    before: PolicyPicture | None
    after: PolicyPicture | None
    columns: list[tuple[str, list[Piece]]]


def redrawn(before: Iterable[PolicyPicture], after: Iterable[PolicyPicture]) -> list[Redrawn]:
    """The pictures that came in, were taken out, or are others or described otherwise, by number."""
    old, new = ({one.number: one for one in pictures} for pictures in (before, after))
    return [
        _redrawn(number, old.get(number), new.get(number))
        for number in sorted(old.keys() | new.keys())
        if number not in old or number not in new or old[number].known() != new[number].known()
    ]


def _redrawn(number: int, old: PolicyPicture | None, new: PolicyPicture | None) -> Redrawn:
    """One picture, which one of the versions may lack; the same file is shown once."""
    change = Change.ADDED if old is None else Change.TAKEN if new is None else Change.KEPT
    columns = [
        (code, differences(*(getattr(one, f"words_{code}") if one else "" for one in (old, new))))
        for code in ("ar", "en")
    ]
    same = old is not None and new is not None and old.digest == new.digest
    return Redrawn(number, change, None if same else old, new, columns)


@login_required
def compare(request: SignedIn, code: str) -> HttpResponse:
    """What changed between two versions, word by word in both languages."""
    policy = found(request, code)
    rows = PolicyVersion.objects.visible_to(request.user).filter(policy=policy).select_related("policy")
    rows = rows.prefetch_related("sections")
    form = CompareForm(request.GET, list(rows.order_by("-number")))
    before, after = form.chosen("from"), form.chosen("to")
    sections = compared(before.sections.all(), after.sections.all())
    context = {
        "policy": policy,
        "form": form,
        "before": before,
        "after": after,
        "redrawn": redrawn(pictures_of(before), pictures_of(after)),
        "changed": [one for one in sections if one.is_changed],
        "kept": [one for one in sections if not one.is_changed],
    }
    return render(request, "policies/compare.html", context)


urls = [
    path("<slug:code>/draft/", draft, name="draft_policy"),
    path("<slug:code>/compare/", compare, name="compare_policy"),
    path("<slug:code>/<int:number>/", version, name="version"),
    path("<slug:code>/<int:number>/force/", force, name="force_policy"),
    path("<slug:code>/<int:number>/withdraw/", withdraw, name="withdraw_policy"),
    path("<slug:code>/<int:number>/discard/", discard, name="discard_policy"),
]
