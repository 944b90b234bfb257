"""Verifying an edition: its figures made again from its frozen inputs, and what was found; kept for good."""

from dataclasses import dataclass
from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.models.edition_inputs import EditionInputs
from coordination.reporting.models.editions import Edition
from coordination.reporting.models.elements import Category, Element
from coordination.reporting.rules.verifications import Finding, Wrong
from directorates.foundation.sight import unwalled
from directorates.models import Organisation, Place, User


class VerificationQuerySet(models.QuerySet["Verification"]):
    """Named queries over verifications."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of editions that the person may see."""
        return self.filter(edition__in=Edition.objects.visible_to(user).order_by())


class Verification(models.Model):
    """One look at an edition: how many figures were made again, and how many things were not as they were published.

    `told` holds the first of them (`rules/verifications.py`); nobody is named where a command of the machine verified.
    """

    edition = models.ForeignKey(Edition, models.PROTECT, related_name="verifications")
    at = models.DateTimeField(gettext_lazy("verified"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, null=True, related_name="+")
    figures = models.PositiveIntegerField(gettext_lazy("figures"))
    faults = models.PositiveIntegerField(gettext_lazy("faults"))
    told = models.JSONField(default=list)
    # With the sources of today's rules; where they are others than those that made the edition, this is said.
    code_digest = models.CharField(max_length=64)

    objects = VerificationQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("verification of an edition")
        verbose_name_plural = gettext_lazy("verifications of editions")
        default_permissions = ()
        ordering = ["-at", "-id"]

    def __str__(self) -> str:
        """Edition and number of faults."""
        return f"{self.edition_id} {self.faults}"


@dataclass(frozen=True)
class MadeOf:
    """What readers of an edition are told of its inputs: hashes and counts, and how the last verification went.

    What it found is for whoever publishes: other numbers of a place, or of reports of a sub-district, tell what editions hide.
    """

    inputs: EditionInputs
    counted: int
    set_aside: int
    last: Verification | None
    told: tuple[str, ...] = ()


@unwalled
def made_of(edition: Edition, *, publishes: bool = False) -> MadeOf | None:
    """That of an edition, for whoever publishes it or for its readers; None of one published before inputs were kept."""
    inputs = EditionInputs.objects.filter(edition=edition).first()
    if inputs is None:
        return None
    last = edition.verifications.first()
    told = tuple(in_words(last)) if last and publishes else ()
    return MadeOf(inputs, edition.counted.count(), edition.set_aside.count(), last, told)


def in_words(found: Verification) -> list[str]:
    """Each thing that was told, a line each: of which figure, what stands there and what the inputs give; codes, no names."""
    places = dict(Place.objects.filter(pk__in=_ids(found, "place")).values_list("pk", "code"))
    items = dict(Element.objects.filter(pk__in=_ids(found, "item")).values_list("pk", "code"))
    categories = dict(Category.objects.filter(pk__in=_ids(found, "category")).values_list("pk", "code"))
    lines = []
    for one in found.told:
        codes = (places.get(one["place"]), items.get(one["item"]), categories.get(one["category"]))
        named = " ".join(code for code in codes if code)
        words = f"{WORDS[Wrong(one['wrong'])]}{f' {named}' if named else ''}"
        lines.append(_line(words, one["stands"], one["again"]))
    if found.faults > len(found.told):
        lines.append(_("and %(more)d more") % {"more": found.faults - len(found.told)})
    return lines


def in_a_line(one: Finding) -> str:
    """What was found of a bulletin, in words."""
    return _line(f"{WORDS[one.wrong]}{f' {one.named}' if one.named else ''}", one.stands, one.again)


def _line(words: str, stands: str, again: str) -> str:
    return f"{words}: {stands or '–'} → {again or '–'}" if stands or again else words


def _ids(found: Verification, name: str) -> set[int]:
    return {one[name] for one in found.told if one[name]}


WORDS = {
    Wrong.NO_INPUTS: gettext_lazy("It was published before inputs were kept: it cannot be made again"),
    Wrong.REPORTS: gettext_lazy("Reports whose documents are not those that were counted"),
    Wrong.INPUTS: gettext_lazy("The inputs have another hash than was kept with them"),
    Wrong.RECORD: gettext_lazy("The record holds other hashes than the edition"),
    Wrong.FIGURE: gettext_lazy("Another figure"),
    Wrong.COVERAGE: gettext_lazy("Other numbers of reports"),
    Wrong.CONTENT: gettext_lazy("Texts, layout or figures are not those that were signed"),
    Wrong.VALUE: gettext_lazy("Another value of an indicator"),
    Wrong.POPULATION: gettext_lazy("Another population than its source said"),
    Wrong.FIGURES: gettext_lazy("The figures have another hash than was published"),
}
