"""Datasets: a body of data with a custodian."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from directorates.models.naming import TwoNames
from directorates.models.organisations import Organisation
from directorates.roles import anchor_permissions


class Dataset(TwoNames):
    """The reports of a programme, in the custody of one organisation, which grants access and never loses it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    custodian = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("custodian of the data"), related_name="datasets"
    )

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")
        ordering = ["code"]
        permissions = anchor_permissions()

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name
