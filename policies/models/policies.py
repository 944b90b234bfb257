"""Policies: what is agreed on, under one name for good, whatever its versions say."""

import datetime
from typing import Any, ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, Place, User
from directorates.models.naming import TwoNames
from directorates.permissions import Columns, Permission
from directorates.rules.text import search_key
from policies.models.versions import PolicyVersion


class PolicyKind(models.TextChoices):
    """What a policy regulates by."""

    POLICY = "policy", pgettext_lazy("policy", "Policy")
    PROCEDURE = "procedure", pgettext_lazy("policy", "Procedure")
    STANDARD = "standard", pgettext_lazy("policy", "Standard")
    FORM = "form", pgettext_lazy("policy", "Unified form")
    LOGO = "logo", pgettext_lazy("policy", "Unified logo")
    STATIONERY = "stationery", pgettext_lazy("policy", "Unified stationery")


class PolicyQuerySet(models.QuerySet[Any]):
    """Named queries over policies."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of which the person may read a version: adopted ones, and what is drafted in the own organisation."""
        return self.filter(Exists(PolicyVersion.objects.visible_to(user).filter(policy=OuterRef("pk"))))

    def named_like(self, text: str) -> Self:
        """Those found by code or by any spelling of their names."""
        return self.filter(Q(search__contains=search_key(text)))

    def with_state(self, user: User | AnonymousUser, day: datetime.date) -> Self:
        """With the numbers of the versions that a person may read: of the one that holds on a day (`current`), of one that
        holds later (`coming`), of a draft (`drafted`), of a proposed text (`proposed`), of one that was
        given up (`rejected`), of the last that was adopted (`latest`); and since when the first of them holds (`since`).
        """
        versions = PolicyVersion.objects.visible_to(user).filter(policy=OuterRef("pk"))
        numbers = {
            "current": versions.at(day),
            "coming": versions.coming(day),
            "drafted": versions.drafts(),
            "proposed": versions.proposed(),
            "rejected": versions.exclude(given_up=None),
            "latest": versions.adopted().latest_first(),
        }
        return self.annotate(
            **{name: models.Subquery(rows.values("number")[:1]) for name, rows in numbers.items()},
            since=models.Subquery(numbers["current"].values("valid__startswith")[:1]),
        )


def invited_to(policy: "Policy", user: User | AnonymousUser) -> list[Organisation]:
    """The organisations that were invited to a proposed text of a policy, as far as the person reads that; by name."""
    proposed = PolicyVersion.objects.visible_to(user).proposed().filter(policy=policy)
    return list(
        Organisation.objects.filter(pk__in=proposed.values("invitations__organisation")).order_by("kind", "code")
    )


class Policy(TwoNames):
    """A policy, procedure, standard or form that an organisation keeps for all: its code and names stay, its text has versions."""

    code = models.SlugField(_("code"), max_length=60, unique=True)
    kind = models.CharField(_("kind"), max_length=12, choices=PolicyKind)
    owner = models.ForeignKey(
        Organisation, models.PROTECT, related_name="policies", verbose_name=pgettext_lazy("policy", "kept by")
    )
    # The country, or the part of it in which it is to hold.
    place = models.ForeignKey(
        Place, models.PROTECT, related_name="policies", verbose_name=pgettext_lazy("policy", "holds in")
    )
    search = models.TextField(editable=False)

    objects = PolicyQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MANAGE_POLICIES: Columns(("owner_id",)),
        Permission.VIEW_POLICIES: Columns(path="place__path"),
    }

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        default_permissions = ()
        ordering = ["code"]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name

    def standing(self) -> dict[str, str]:
        """What it is called, as a page carries it along."""
        return {"kind": self.kind, "name_ar": self.name_ar, "name_en": self.name_en}

    def standing_told(self) -> dict[str, str]:
        """The same in words."""
        return self.standing() | {"kind": str(PolicyKind(self.kind).label)}

    def save(self, *args: object, **options: object) -> None:
        """Save with the search key in step."""
        self.search = " | ".join(search_key(text) for text in (self.code, self.name_ar, self.name_en))
        super().save(*args, **options)  # type: ignore[arg-type]
