"""Scanned papers: the text of a legacy policy as it was signed, with what is known of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from policies.models.files import KeptFile
from policies.models.versions import PolicyVersion


class PolicyPaper(KeptFile):
    """A paper as a file: who issued it, under which number and on which day, as far as that is known.

    It belongs to the text of its version: added while that is a draft, and fixed with it.
    """

    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="papers")
    issuer = models.CharField(_("issued by"), max_length=200)
    reference = models.CharField(_("number of the paper"), max_length=100, blank=True)
    dated = models.DateField(_("day of the paper"), null=True)

    class Meta:
        verbose_name = _("scanned paper")
        verbose_name_plural = _("scanned papers")
        default_permissions = ()
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["version", "digest"], name="a_paper_once_a_version"),
            models.CheckConstraint(condition=~models.Q(issuer=""), name="a_paper_has_an_issuer"),
        ]
