"""Names in two languages."""

from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


def in_language(arabic: str, english: str) -> str:
    """Whichever of the two fits the reader's language; the other where one is missing."""
    first, second = (english, arabic) if get_language() == "en" else (arabic, english)
    return first or second


class TwoNames(models.Model):
    """Something with a name in Arabic and one in English."""

    name_ar = models.CharField(_("name in Arabic"), max_length=200)
    name_en = models.CharField(_("name in English"), max_length=200)

    class Meta:
        abstract = True

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_language(self.name_ar, self.name_en)
