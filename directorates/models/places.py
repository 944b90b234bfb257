"""Places: country, governorate, district, sub-district, by P-code."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from directorates.models.naming import TwoNames
from directorates.roles import anchor_permissions
from directorates.rules.text import search_key


class Level(models.IntegerChoices):
    """The administrative levels, numbered as OCHA numbers them."""

    COUNTRY = 0, _("Country")
    GOVERNORATE = 1, _("Governorate")
    DISTRICT = 2, _("District")
    SUBDISTRICT = 3, _("Sub-district")


def beneath(path: str, field: str = "path") -> models.Q:
    """Everything at or under a path, as one range of an index in byte order ("SY/SY07/" to "SY/SY070")."""
    return models.Q(**{f"{field}__gte": path, f"{field}__lt": path[:-1] + "0"})


class PlaceQuerySet(models.QuerySet["Place"]):
    """Named queries over places."""

    def under(self, place: "Place") -> Self:
        """The place itself and everything inside it."""
        return self.filter(beneath(place.path))

    def standing(self) -> Self:
        """Those that are places today: not moved elsewhere, split or merged away."""
        return self.filter(ended=None)

    def named_like(self, text: str) -> Self:
        """Places found by code or by any spelling of their names, former ones too."""
        return self.filter(search__contains=search_key(text))


class Place(TwoNames):
    """A country, governorate, district or sub-district; the tree is written into `path`."""

    code = models.CharField(_("P-code"), max_length=20, unique=True)
    level = models.IntegerField(_("level"), choices=Level)
    parent = models.ForeignKey(
        "self", models.PROTECT, verbose_name=_("place above"), null=True, blank=True, related_name="children"
    )
    path = models.CharField(max_length=120, unique=True, db_collation="C", editable=False)
    other_names = ArrayField(models.CharField(max_length=200), verbose_name=_("other names"), default=list, blank=True)
    # What it was called before it was renamed; the days stand in `place_changes.py`.
    former_names = ArrayField(
        models.CharField(max_length=200), verbose_name=_("former names"), default=list, blank=True, editable=False
    )
    # Today's state, written with the change that it comes from: since when it is a place (none: it always was), and since
    # when it no longer is.
    began = models.DateField(_("a place since"), null=True, editable=False)
    ended = models.DateField(_("no longer a place since"), null=True, editable=False)
    search = models.TextField(editable=False, default="")
    # What it was called at the time that a page is about, where that is another name (`place_names.py`).
    then: TwoNames | None = None

    objects = PlaceQuerySet.as_manager()

    class Meta:
        verbose_name = _("place")
        verbose_name_plural = _("places")
        ordering = ["code"]
        permissions = anchor_permissions()
        indexes = [GinIndex(fields=["search"], opclasses=["gin_trgm_ops"], name="place_search")]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(level=0, parent=None) | models.Q(level__gt=0, parent__isnull=False),
                name="place_has_a_parent_below_the_country",
            ),
            models.CheckConstraint(condition=models.Q(ended=None) | models.Q(level=3), name="only_subdistricts_end"),
            models.CheckConstraint(
                condition=models.Q(ended=None) | models.Q(began=None) | models.Q(ended__gt=models.F("began")),
                name="a_place_ends_after_it_began",
            ),
        ]

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Save with path and search key in step."""
        self.keep_in_step()
        super().save(*args, **kwargs)

    def keep_in_step(self) -> None:
        """Derive path and search key from code, parent and names; for writing many at once."""
        self.path = f"{self.parent.path if self.parent else ''}{self.code}/"
        self.search = " | ".join(
            search_key(text) for text in (self.code, self.name_ar, self.name_en, *self.other_names, *self.former_names)
        )

    def take_names(self, name_ar: str, name_en: str) -> None:
        """Bear other names; those that it gives up go on finding it."""
        given_up = [old for old, new in ((self.name_ar, name_ar), (self.name_en, name_en)) if old and old != new]
        self.former_names = list(dict.fromkeys([*self.former_names, *given_up]))
        self.name_ar, self.name_en = name_ar, name_en

    @property
    def name(self) -> str:
        """The name in the reader's language; on a page about a time in which it bore another, that one first."""
        if self.then is None or self.then.name == super().name:
            return super().name
        return pgettext("place", "%(then)s, today %(now)s") % {"then": self.then.name, "now": super().name}

    def path_above(self) -> list[str]:
        """The paths of the places that it lies in, the greatest first, and its own."""
        parts = self.path.rstrip("/").split("/")
        return ["/".join(parts[:number]) + "/" for number in range(1, len(parts) + 1)]

    def line(self) -> list["Place"]:
        """The place with what it lies in, the governorate first; the country is understood."""
        above = self.parent.line() if self.level > Level.GOVERNORATE and self.parent else []
        return [*above, self]

    def around(self) -> list["Place"]:
        """What the place lies in, the nearest first; the country is understood."""
        return self.line()[-2::-1]

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name
