"""What decisions point down at: of each kind of thing its words, what may be named, and where it stands.

A new kind is a nullable foreign key of `Decision`, its name in `models/decisions.py` (`ABOUT`), and a line here: the form, the
pages, the API and the files go by these.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coordination.meetings.models import Decision
from coordination.meetings.models.decisions import ABOUT
from directorates.models import User
from policies.models import Agreement, BrandVersion, MandateDispute, PolicyVersion


@dataclass(frozen=True)
class Kind:
    """A kind of thing that is decided about."""

    words: Promise
    offered: Callable[[User], QuerySet[Any]]
    address: Callable[[Any], str]
    code: Callable[[Any], str]


def _versions(user: User) -> QuerySet[PolicyVersion]:
    """The versions of policies that a person reads, drafts among them for those who prepare them."""
    return PolicyVersion.objects.visible_to(user).select_related("policy").order_by("policy__code", "-number")


def _disputes(user: User) -> QuerySet[MandateDispute]:
    """The disputes over mandates, the last one first."""
    return MandateDispute.objects.visible_to(user).select_related("place").order_by("-opened", "-pk")


def _agreements(user: User) -> QuerySet[Agreement]:
    """The agreements that a person sees, the last one first."""
    return Agreement.objects.visible_to(user).order_by("-pk")


def _brand_versions(user: User) -> QuerySet[BrandVersion]:
    """The versions of the logo and of stationery."""
    return BrandVersion.objects.visible_to(user).order_by("kind", "code", "-number")


KINDS: dict[str, Kind] = {
    "policy_version": Kind(
        _("Version of a policy"),
        _versions,
        lambda one: reverse("policies:version", args=[one.policy.code, one.number]),
        lambda one: f"{one.policy.code}/{one.number}",
    ),
    "dispute": Kind(
        _("Dispute over a mandate"),
        _disputes,
        lambda one: reverse("policies:dispute", args=[one.pk]),
        lambda one: str(one.pk),
    ),
    "agreement": Kind(
        _("Agreement"),
        _agreements,
        lambda one: reverse("policies:agreement", args=[one.pk]),
        lambda one: str(one.pk),
    ),
    "brand_version": Kind(
        _("Version of the logo or stationery"),
        _brand_versions,
        lambda one: reverse("policies:brand_version", args=[one.pk]),
        lambda one: "/".join(part for part in (one.kind, one.code, str(one.number)) if part),
    ),
}


@dataclass(frozen=True)
class Link:
    """One thing that a decision points at, as a page shows it."""

    kind: str
    words: Promise
    thing: Any
    url: str
    code: str


def links_of(decision: Decision) -> Iterator[Link]:
    """The things that a decision points at; one that the reader may not see is left out (the wall leaves nothing of it)."""
    for name in ABOUT:
        kind, thing = KINDS[name], getattr(decision, name)
        if thing is not None:
            yield Link(name, kind.words, thing, kind.address(thing), kind.code(thing))
