"""Minutes of meetings: written until they are closed; afterwards corrections are appended."""

import hashlib

from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from coordination.meetings.models.meetings import Meeting
from directorates.models import Organisation, User

# So much of a text is told at its field where another wrote it meanwhile.
TOLD = 200


class Minutes(models.Model):
    """What was said in a meeting, in Markdown and in its writer's language; once closed it never changes."""

    meeting = models.OneToOneField(Meeting, models.PROTECT, related_name="minutes", verbose_name=_("meeting"))
    text = models.TextField(_("text"), blank=True)
    changed = models.DateTimeField(_("changed"))
    changed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("changed by"))
    closed = models.DateTimeField(_("closed"), null=True)
    closed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("closed by"))

    class Meta:
        verbose_name = _("minutes")
        verbose_name_plural = _("minutes")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(closed=None, closed_by=None)
                | (Q(closed__isnull=False, closed_by__isnull=False) & ~Q(text="")),
                name="minutes_are_closed_by_somebody_with_a_text",
            )
        ]

    def __str__(self) -> str:
        """The meeting."""
        return str(self.meeting)

    def standing(self) -> dict[str, str]:
        """What it says, as a page carries it along: what the text is known by."""
        return {"text": hashlib.sha256(self.text.encode()).hexdigest()}

    def standing_told(self) -> dict[str, str]:
        """How the text begins."""
        return {"text": Truncator(self.text).chars(TOLD)}


class MinutesCorrection(models.Model):
    """What was put right about minutes that are closed; appended, never changed."""

    minutes = models.ForeignKey(Minutes, models.PROTECT, related_name="corrections")
    text = models.TextField(_("text"))
    at = models.DateTimeField(_("written"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))

    class Meta:
        verbose_name = _("correction of minutes")
        verbose_name_plural = _("corrections of minutes")
        default_permissions = ()
        ordering = ["minutes", "at", "pk"]

    def __str__(self) -> str:
        """How it begins."""
        return Truncator(self.text).chars(60)
