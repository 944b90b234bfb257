"""Consolidation: totals computed from counted reports, in the schema of figures."""

from django.db import models
from django.utils.translation import gettext_lazy as _


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


class Coverage(models.Model):
    """How many facilities were expected, how many reports count, and how many of those came on time."""

    pk = models.CompositePrimaryKey("period_start", "template", "level", "place")
    period_start = models.DateField()
    template = models.IntegerField()
    level = models.SmallIntegerField(choices=FigureLevel)
    place = models.IntegerField()
    expected = models.IntegerField()
    received = models.IntegerField()
    on_time = models.IntegerField()

    class Meta:
        managed = False
        db_table = "coverage"
        verbose_name = _("coverage")
        verbose_name_plural = _("coverage")


class Touched(models.Model):
    """A mark that the figures of a template, period and sub-district must be computed again."""

    id = models.BigAutoField(primary_key=True)
    template = models.IntegerField()
    period_start = models.DateField()
    subdistrict = models.IntegerField()

    class Meta:
        managed = False
        db_table = "touched"
        verbose_name = _("mark to compute again")
        verbose_name_plural = _("marks to compute again")
