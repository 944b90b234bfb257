"""Control: who holds a place, as each source says; sources may disagree."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models.places import Place
from directorates.models.validity import Dated, DatedQuerySet


class Holder(models.TextChoices):
    """Who holds a place, in neutral words."""

    OPPOSITION = "opposition", pgettext_lazy("control", "Opposition")
    GOVERNMENT = "government", pgettext_lazy("control", "Government in Damascus")
    OTHER = "other", pgettext_lazy("control", "Another party")
    CONTESTED = "contested", pgettext_lazy("control", "Contested")


class ControlStatement(Dated):
    """What one source says of who holds a place for a time."""

    place = models.ForeignKey(Place, models.PROTECT, related_name="control_statements")
    holder = models.CharField(_("held by"), max_length=12, choices=Holder)
    source = models.CharField(_("source"), max_length=200)

    objects = DatedQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement on control")
        verbose_name_plural = _("statements on control")
        ordering = ["place", "valid"]

    def __str__(self) -> str:
        """Place and holder."""
        return f"{self.place} · {self.get_holder_display()}"
