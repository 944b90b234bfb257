"""Consolidation: totals computed from counted reports, in the schema of figures."""

from collections import defaultdict

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.elements import Element, OverPlace
from coordination.reporting.models.templates import Slot, VersionStatus
from coordination.reporting.rules.consolidation_sql import Asked, Layout, Ratio
from coordination.reporting.rules.specification import ElementType


class FigureLevel(models.IntegerChoices):
    """The levels at which totals are kept; the first four are those of places."""

    COUNTRY = 0, _("Country")
    GOVERNORATE = 1, _("Governorate")
    DISTRICT = 2, _("District")
    SUBDISTRICT = 3, _("Sub-district")
    DIRECTORATE = 4, _("Directorate")


# What stands in `place` at the directorates' level for facilities outside every jurisdiction.
OUTSIDE = 0
# What stands in `category` for an element without categories.
WHOLE = 0


class Cell(models.Model):
    """The total of one element and category in one place and period: sum, count of values, numerator and denominator.

    `place` is a place's id or, at the directorates' level, an organisation's. Readers take rows with n > 0.
    An element with categories has a row a category and one of category 0: their sum, and the number of reports with at
    least one of them. So the total of any element is its row of category 0, and adding all rows would count twice.
    An average over place is total / n; a ratio is numerator / denominator, of the reports that hold both parts.
    Written by generated SQL only (`consolidation.py` in actions); the table is swapped by a rebuild.
    """

    pk = models.CompositePrimaryKey("period_start", "template", "level", "place", "element", "category")
    period_start = models.DateField()
    template = models.IntegerField()
    level = models.SmallIntegerField(choices=FigureLevel)
    place = models.IntegerField()
    element = models.IntegerField()
    category = models.IntegerField()
    total = models.DecimalField(max_digits=30, decimal_places=6, null=True)
    n = models.IntegerField()
    numerator = models.DecimalField(max_digits=30, decimal_places=6, null=True)
    denominator = models.DecimalField(max_digits=30, decimal_places=6, null=True)

    class Meta:
        managed = False
        db_table = "cell"
        verbose_name = _("consolidated figure")
        verbose_name_plural = _("consolidated figures")

    def __str__(self) -> str:
        """Where, when and what."""
        return f"{self.level}:{self.place} {self.period_start} {self.element}:{self.category}"


class Coverage(models.Model):
    """How many facilities were expected, how many reports count and came on time, and both of the expected alone.

    `excused` is how many of those expected have no report that counts, and an excuse: never more than expected - answered.
    """

    pk = models.CompositePrimaryKey("period_start", "template", "level", "place")
    period_start = models.DateField()
    template = models.IntegerField()
    level = models.SmallIntegerField(choices=FigureLevel)
    place = models.IntegerField()
    expected = models.IntegerField()
    received = models.IntegerField()
    on_time = models.IntegerField()
    answered = models.IntegerField()
    answered_on_time = models.IntegerField()
    excused = models.IntegerField()

    class Meta:
        managed = False
        db_table = "coverage"
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage")

    def __str__(self) -> str:
        """Where and when."""
        return f"{self.level}:{self.place} {self.period_start}"


class Belonging(models.Model):
    """Which directorate a sub-district's reports counted for in a period, and how many: coverage at its finest grain.

    `directorate` is 0 outside every jurisdiction. A sub-district has several rows only where a jurisdiction was
    corrected between two reviews; rows of zeroes are what once was.
    """

    pk = models.CompositePrimaryKey("template", "period_start", "subdistrict", "directorate")
    template = models.IntegerField()
    period_start = models.DateField()
    subdistrict = models.IntegerField()
    directorate = models.IntegerField()
    expected = models.IntegerField()
    received = models.IntegerField()
    on_time = models.IntegerField()
    answered = models.IntegerField()
    answered_on_time = models.IntegerField()
    excused = models.IntegerField()

    class Meta:
        managed = False
        db_table = "belonging"
        verbose_name = _("sub-district's part in a directorate")
        verbose_name_plural = _("sub-districts' parts in directorates")

    def __str__(self) -> str:
        """Sub-district, directorate and when."""
        return f"{self.subdistrict} {self.directorate} {self.period_start}"


class Computed(models.Model):
    """The one row that says when figures were last computed."""

    one = models.BooleanField(primary_key=True, default=True)
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "computed"
        verbose_name = _("moment of computing")
        verbose_name_plural = _("moments of computing")

    def __str__(self) -> str:
        """The moment."""
        return f"{self.at}"


class Touched(models.Model):
    """A mark that the figures of a template, period and sub-district must be computed again."""

    id = models.BigAutoField(primary_key=True)
    template = models.IntegerField()
    period_start = models.DateField()
    subdistrict = models.IntegerField()
    at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "touched"
        verbose_name = _("mark to compute again")
        verbose_name_plural = _("marks to compute again")

    def __str__(self) -> str:
        """Where and when."""
        return f"{self.subdistrict} {self.period_start}"


def layout_of(template: int) -> Layout:
    """What of a template's documents is summed: every numeric answer, and the ratios that published versions name."""
    answers = Slot.objects.filter(
        template=template, element__type__in=[kind for kind in ElementType if kind.is_numeric]
    ).exclude(element__over_place__in=(OverPlace.NONE, OverPlace.RATIO))
    asked = tuple(
        Asked(number, element, category or 0)
        for number, element, category in answers.order_by("number").values_list("number", "element", "category")
    )
    slots = defaultdict[int | None, list[int]](list)
    for answer in asked:
        slots[answer.element].append(answer.slot)
    ratios = Element.objects.filter(
        over_place=OverPlace.RATIO,
        uses__section__version__template=template,
        uses__section__version__status__in=(VersionStatus.PUBLISHED, VersionStatus.RETIRED),
    )
    return Layout(
        template,
        asked,
        tuple(
            Ratio(element, tuple(slots[numerator]), tuple(slots[denominator]))
            for element, numerator, denominator in ratios.order_by("id")
            .distinct()
            .values_list("id", "numerator", "denominator")
            if slots[numerator] and slots[denominator]
        ),
    )
