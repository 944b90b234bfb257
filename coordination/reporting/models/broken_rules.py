"""Broken rules: which rules of its version a revision breaks, found when it was sent and again over the whole set."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.submissions import Revision
from coordination.reporting.models.templates import TemplateVersion, ValidationRule
from coordination.reporting.rules.validation_sql import Judged, judged


class BrokenRule(models.Model):
    """One revision breaks one rule of the version in which it was filled; as lasting as the revision is.

    Written in the statement that files the report, by what Python found; the pass over the whole set finds the same by SQL, adds
    what is missing and removes what is too much (`actions/broken_rules.py`). Nobody else removes any.
    """

    revision = models.ForeignKey(Revision, models.CASCADE, related_name="broken")
    rule = models.ForeignKey(ValidationRule, models.PROTECT, related_name="broken")

    class Meta:
        verbose_name = _("broken rule")
        verbose_name_plural = _("broken rules")
        default_permissions = ()
        ordering = ["revision", "rule"]
        constraints = [models.UniqueConstraint(fields=["revision", "rule"], name="a_rule_is_broken_once_a_revision")]

    def __str__(self) -> str:
        """Revision and rule."""
        return f"{self.revision_id} {self.rule_id}"


def rules_of(version: TemplateVersion) -> tuple[Judged, ...]:
    """The rules of a published version as the pass reads them."""
    ids = dict(ValidationRule.objects.filter(version=version).values_list("code", "pk"))
    return judged(specification_of(version), ids)
