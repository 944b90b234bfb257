"""Second factors taken away from someone who lost theirs: asked by one person, confirmed by another."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from directorates.models.people import User


class FactorReset(models.Model):
    """Someone who manages a person asks that a lost second factor be taken away; a second person confirms or refuses."""

    person = models.ForeignKey(User, models.PROTECT, verbose_name=_("person"), related_name="factor_resets")
    reason = models.CharField(_("reason"), max_length=300)
    by = models.ForeignKey(User, models.PROTECT, verbose_name=_("asked by"), related_name="+")
    at = models.DateTimeField(_("asked"))
    decided_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("decided by"), null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    confirmed = models.BooleanField(_("confirmed"), null=True)

    class Meta:
        verbose_name = _("reset of a second factor")
        verbose_name_plural = _("resets of second factors")
        ordering = ["-at"]
        constraints = [
            models.UniqueConstraint("person", condition=Q(decided_at=None), name="one_open_reset_a_person"),
            models.CheckConstraint(
                condition=Q(decided_by=None, decided_at=None, confirmed=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False, confirmed__isnull=False),
                name="reset_decided_by_someone_at_a_time",
            ),
            models.CheckConstraint(
                condition=~Q(confirmed=True) | ~Q(decided_by=F("by")), name="reset_confirmed_by_a_second_person"
            ),
            models.CheckConstraint(
                condition=~Q(by=F("person")) & (Q(decided_by=None) | ~Q(decided_by=F("person"))),
                name="reset_for_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        """Whose factor."""
        return str(self.person)
