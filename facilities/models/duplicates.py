"""Duplicates: two entries of one facility. Pairs that are not, and entries that were merged into another."""

import datetime
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directorates.models import Organisation, Place, User
from directorates.permissions import Columns, Permission, scoped
from directorates.rules.text import search_key
from facilities.models.facilities import Facility
from facilities.rules.duplicates import Likeness, alike, entry, likeness, standing_for


class Merge(models.Model):
    """An entry that was merged into another one on a day; its code goes on leading there, its history stays its own."""

    merged = models.OneToOneField(Facility, models.PROTECT, related_name="merge")
    survivor = models.ForeignKey(Facility, models.PROTECT, related_name="absorbed")
    day = models.DateField(_("day"))
    reason = models.TextField(_("reason"))
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("acting as"), null=True, related_name="+")
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("merged facility")
        verbose_name_plural = _("merged facilities")
        ordering = ["-at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(merged=F("survivor")), name="merged_into_another_one"),
        ]

    def __str__(self) -> str:
        """Both entries."""
        return f"{self.merged} → {self.survivor}"


class NotDuplicate(models.Model):
    """A pair of entries about which somebody said that they are two facilities; the smaller id stands first."""

    first = models.ForeignKey(Facility, models.CASCADE, related_name="+")
    second = models.ForeignKey(Facility, models.CASCADE, related_name="+")
    reason = models.TextField(_("reason"), blank=True)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), related_name="+")
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("pair of different facilities")
        verbose_name_plural = _("pairs of different facilities")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="not_a_duplicate_once"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="the_smaller_id_first"),
        ]

    def __str__(self) -> str:
        """Both facilities."""
        return f"{self.first} ≠ {self.second}"


@dataclass(frozen=True)
class Candidate:
    """Two entries that may be one facility, and why."""

    first: Facility
    second: Facility
    why: Likeness


def kept_by(user: User, today: datetime.date) -> models.QuerySet[Facility]:
    """The standing entries that a person keeps: of the own jurisdiction, or everywhere."""
    rows = Facility.objects.standing().with_directorate(today)
    return rows.filter(scoped(user, Permission.MANAGE_FACILITIES, Columns(("directorate_id",), "place__path")))


def candidates(user: User, today: datetime.date) -> list[Candidate]:
    """The pairs that may be duplicates, as far as the person keeps one of them and sees both; the likeliest first.

    They are of one type and lie in one district: which sub-districts touch stands on no map here, so those of one
    district are taken for neighbours.
    """
    mine = set(kept_by(user, today).order_by().values_list("pk", flat=True))
    around = Facility.objects.filter(pk__in=mine).order_by().values("place__parent")
    rows = Facility.objects.visible_to(user).standing().filter(place__parent__in=around)
    entries = (
        entry(id=pk, group=(kind, district or 0), place=place, search=search)
        for pk, kind, district, place, search in rows.values_list("pk", "type", "place__parent", "place", "search")
    )
    apart = set(NotDuplicate.objects.values_list("first", "second"))
    pairs = [(pair, why) for pair, why in alike(entries, mine) if pair not in apart]
    related = Facility.objects.select_related("place__parent__parent")
    facilities = related.in_bulk({pk for pair, _why in pairs for pk in pair})
    return [Candidate(facilities[first], facilities[second], why) for (first, second), why in pairs]


def entries_like(user: User, kind: str, place: Place, names: Iterable[str]) -> list[Facility]:
    """The entries that a facility of this kind in this place, so named, may be already; as far as the person sees them."""
    search = " | ".join(map(search_key, ("", *names)))
    asked = entry(id=0, group=(kind, place.parent_id or 0), place=place.pk, search=search)
    rows = Facility.objects.visible_to(user).standing().filter(type=kind, place__parent=place.parent_id)
    return [
        row
        for row in rows.select_related("place").order_by("code")
        if likeness(asked, entry(id=row.pk, group=asked.group, place=row.place_id, search=row.search))
    ]


def survivor_of(facility: Facility) -> Facility:
    """The entry that stands for a facility: itself, or the last of those that it was merged into."""
    while (merge := Merge.objects.filter(merged=facility).select_related("survivor").first()) is not None:
        facility = merge.survivor
    return facility


def family_of(facility: Facility) -> set[int]:
    """The ids of a facility and of every entry that was merged into it, at once or over others."""
    found, fresh = {facility.pk}, {facility.pk}
    while fresh := set(Merge.objects.filter(survivor__in=fresh).values_list("merged", flat=True)) - found:
        found |= fresh
    return found


def entries_of(facilities: Collection[int] | None = None) -> dict[int, int]:
    """The entries that stand for the same facilities as some, each by the one that all of them were merged into.

    Without any named, of all that ever were merged. Empty where none was; then one small query is all that it costs.
    """
    if facilities is not None:
        touched = Merge.objects.filter(Q(merged__in=facilities) | Q(survivor__in=facilities))
        if not touched.exists():
            return {}
    found = standing_for(dict(Merge.objects.order_by().values_list("merged", "survivor")))
    asked = set(found.values()) if facilities is None else {found[one] for one in facilities if one in found}
    return {entry: last for entry, last in found.items() if last in asked}
