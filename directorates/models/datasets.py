"""Datasets: a body of data with a custodian."""

from typing import ClassVar, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from directorates.models.naming import TwoNames
from directorates.models.organisations import Organisation
from directorates.roles import Permission, anchor_permissions
from directorates.scopes import Columns


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Named queries over datasets."""

    def in_custody_of(self, organisation: int | None) -> Self:
        """Those of an organisation."""
        return self.filter(custodian=organisation, custodian__isnull=False)


class Dataset(TwoNames):
    """The reports of a programme, in the custody of one organisation, which grants access and never loses it."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    custodian = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("custodian of the data"), related_name="datasets"
    )
    # Then no role opens it in other organisations: what they read of it is what its custodian agreed to.
    by_agreement = models.BooleanField(_("read by agreement only"), default=False)

    objects = DatasetQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.AGREE_ON_SHARING: Columns(("custodian_id",))}

    class Meta:
        verbose_name = _("dataset")
        verbose_name_plural = _("datasets")
        ordering = ["code"]
        permissions = anchor_permissions()

    def __str__(self) -> str:
        """The name in the reader's language."""
        return self.name
