"""Files that stand with what was agreed: scanned papers, and evidence of what was done."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from directorates.models import Organisation, User


class KeptFileQuerySet(models.QuerySet["KeptFile"]):
    """Named queries over kept files."""

    def listed(self) -> Self:
        """As a page lists them, without their content, in the order in which they came."""
        return self.defer("content").select_related("acting").order_by("at", "pk")


class KeptFile(models.Model):
    """A picture, drawn anew without what its camera wrote, or a PDF, searched for locations before it was taken."""

    name = models.CharField(_("name of the file"), max_length=100)
    content_type = models.CharField(max_length=40)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("size"))
    # SHA-256 of the content as it is kept.
    digest = models.CharField(max_length=64)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    objects = KeptFileQuerySet.as_manager()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """Its name."""
        return self.name
