"""Elements: the questions that templates ask, nouns of their own."""

from typing import Any, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.rules.nearness import nearest
from directorates.models import User
from directorates.models.naming import TwoNames
from directorates.permissions import open_to_members
from directorates.rules.text import search_key


class LibraryQuerySet(models.QuerySet[Any]):
    """Named queries over what templates are made of."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """All of it, for whoever has any role: codes and names of questions are no secret."""
        return open_to_members(user, self)


class CategorySet(TwoNames):
    """A way to disaggregate: by sex and age, by age group."""

    code = models.SlugField(_("code"), max_length=40, unique=True)

    objects = LibraryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category set")
        verbose_name_plural = _("category sets")
        ordering = ["code"]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name


class Category(TwoNames):
    """One group of a category set, such as girls under five."""

    category_set = models.ForeignKey(CategorySet, models.CASCADE, related_name="categories")
    code = models.SlugField(_("code"), max_length=40)
    order = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["category_set", "order"]
        constraints = [models.UniqueConstraint(fields=["category_set", "code"], name="one_category_a_code")]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name


class ElementType(models.TextChoices):
    """What an answer is."""

    INTEGER = "integer", _("Whole number")
    DECIMAL = "decimal", _("Decimal number")
    PERCENT = "percent", _("Percentage")
    BOOLEAN = "boolean", _("Yes or no")
    CHOICE = "choice", _("One of a list")
    TEXT = "text", _("Text")
    DATE = "date", _("Date")


class OverTime(models.TextChoices):
    """How the values of several periods make one."""

    SUM = "sum", pgettext_lazy("formula", "Sum")
    LAST = "last", pgettext_lazy("formula", "Last")
    AVERAGE = "average", pgettext_lazy("formula", "Average")
    NONE = "none", pgettext_lazy("formula", "None")


class OverPlace(models.TextChoices):
    """How the values of several facilities make one."""

    SUM = "sum", pgettext_lazy("formula", "Sum")
    AVERAGE = "average", pgettext_lazy("formula", "Average")
    RATIO = "ratio", pgettext_lazy("formula", "Ratio")
    NONE = "none", pgettext_lazy("formula", "None")


class ElementQuerySet(LibraryQuerySet):
    """Named queries over elements."""

    def named_like(self, text: str) -> Self:
        """Those found by code or by any spelling of their names."""
        return self.filter(search__contains=search_key(text))

    def near(self, code: str, name_ar: str, name_en: str) -> "list[Element]":
        """Those whose code or one of whose names is near to the one given, the nearest first."""
        rows = list(self.order_by("code"))
        given = [search_key(text) for text in (code, name_ar, name_en)]
        return [rows[place] for place in nearest(given, [row.search.split(" | ") for row in rows])]


class Element(TwoNames):
    """A question: type, categories, bounds, and its formulas over time and over place.

    A ratio over place is computed from its numerator and denominator elements and is never asked.
    """

    code = models.SlugField(_("code"), max_length=60, unique=True)
    type = models.CharField(_("type"), max_length=10, choices=ElementType)
    category_set = models.ForeignKey(
        CategorySet, models.PROTECT, verbose_name=_("category set"), null=True, blank=True, related_name="elements"
    )
    over_time = models.CharField(_("formula over time"), max_length=10, choices=OverTime, default=OverTime.SUM)
    over_place = models.CharField(_("formula over place"), max_length=10, choices=OverPlace, default=OverPlace.SUM)
    numerator = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("numerator"), null=True, blank=True, related_name="+"
    )
    denominator = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("denominator"), null=True, blank=True, related_name="+"
    )
    minimum = models.DecimalField(_("lowest value"), max_digits=18, decimal_places=4, null=True, blank=True)
    maximum = models.DecimalField(_("highest value"), max_digits=18, decimal_places=4, null=True, blank=True)
    options = models.JSONField(_("options"), default=list, blank=True)
    help_ar = models.TextField(_("help in Arabic"), blank=True)
    help_en = models.TextField(_("help in English"), blank=True)
    search = models.TextField(editable=False, default="")

    objects = ElementQuerySet.as_manager()

    class Meta:
        verbose_name = _("element")
        verbose_name_plural = _("elements")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="a_ratio_has_two_parts",
                condition=~models.Q(over_place="ratio")
                | models.Q(numerator__isnull=False, denominator__isnull=False, category_set=None),
            )
        ]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name

    def standing(self) -> dict[str, str]:
        """What it says, as a page carries it along."""
        plain = ("name_ar", "name_en", "type", "over_time", "over_place", "minimum", "maximum", "help_ar", "help_en")
        coded = {"category_set": self.category_set, "numerator": self.numerator, "denominator": self.denominator}
        options = "\n".join(f"{one['code']} | {one['name_ar']} | {one['name_en']}" for one in self.options)
        found = {name: "" if getattr(self, name) is None else str(getattr(self, name)) for name in plain}
        return found | {name: row.code if row else "" for name, row in coded.items()} | {"options": options}

    def standing_told(self) -> dict[str, str]:
        """The same in words."""
        chosen = {name: getattr(self, f"get_{name}_display")() for name in ("type", "over_time", "over_place")}
        coded = {"category_set": self.category_set, "numerator": self.numerator, "denominator": self.denominator}
        return self.standing() | chosen | {name: row.name if row else "" for name, row in coded.items()}

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with the search key in step."""
        self.keep_in_step()
        if (named := kwargs.get("update_fields")) is not None:
            kwargs["update_fields"] = {*named, "search"}
        super().save(*args, **kwargs)

    def keep_in_step(self) -> None:
        """Derive the search key from code and names; for writing many at once."""
        self.search = " | ".join(search_key(text) for text in (self.code, self.name_ar, self.name_en))


def published_uses(elements: Any) -> bool:
    """Whether a version that is or was published asks one of these elements (their ids), or computes with it."""
    asked = Element.objects.filter(uses__section__version__status__in=("published", "retired"))
    given = Element.objects.filter(pk__in=elements)
    parts = asked.filter(models.Q(numerator__in=given) | models.Q(denominator__in=given))
    return asked.filter(pk__in=given).exists() or parts.exists()
