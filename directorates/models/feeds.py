"""Feeds: the secret address by which a program reads, for one person, what was agreed on."""

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from directorates.models.organisations import Organisation
from directorates.models.people import User


class FeedKey(models.Model):
    """The address of one person's feed: as which organisation and in which language it is read. Of its secret only the hash is stored.

    A new address takes the place of the old one and keeps the row, so that what a program has read stays known to it.
    """

    person = models.OneToOneField(User, models.CASCADE, related_name="feed_key")
    organisation = models.ForeignKey(Organisation, models.CASCADE, related_name="+", verbose_name=_("Acting as"))
    language = models.CharField(_("language"), max_length=5, choices=settings.LANGUAGES)
    # None where the address was ended.
    secret_hash: Any = models.CharField(max_length=64, unique=True, editable=False, null=True)  # noqa: DJ001
    made = models.DateTimeField(_("made"))
    used = models.DateTimeField(_("last used"), null=True)

    class Meta:
        verbose_name = _("address of a feed")
        verbose_name_plural = _("addresses of feeds")
        default_permissions = ()

    def __str__(self) -> str:
        """Whose it is; never the hash."""
        return str(self.person)
