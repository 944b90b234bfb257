"""What a password may not be, beside short and common: length and guessing by whoever knows the house (ASVS 5.0 V6)."""

import re
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from directorates.models import Organisation

LONGEST = 256
# Words that everyone who works here would try first; organisations' codes and names come from the database.
WORDS = frozenset(
    {
        *("tansiq", "تنسيق", "health", "صحة", "directorate", "مديرية", "password", "كلمة"),
        *("المرور", "سر", "welcome", "admin", "syria", "سوريا", "سورية", "report"),
        *("تقرير", "idlib", "ادلب", "إدلب", "aleppo", "حلب", "hama", "حماة"),
        *("damascus", "دمشق"),
    }
)


class MaximumLength:
    """A limit far above what anyone types, so that no megabyte is hashed."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise above the limit."""
        if len(password) > LONGEST:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        """The limit in words."""
        return _("At most %(number)d characters.") % {"number": LONGEST}


class WordsOfTheHouse:
    """Nothing made of the portal's and the organisations' words alone, whatever digits and signs stand around them."""

    def validate(self, password: str, user: Any = None) -> None:
        """Raise where hardly a letter is left once the known words are taken away."""
        left = password.casefold()
        for word in sorted(self._words(user), key=len, reverse=True):
            left = left.replace(word, "")
        if left != password.casefold() and len(re.findall(r"[^\W\d_]", left)) < 4:
            raise ValidationError(self.get_help_text(), code="password_of_the_house")

    def _words(self, user: Any) -> set[str]:
        """The words, in lower case; those of the e-mail among them."""
        words = {*WORDS, *re.split(r"\W+", getattr(user, "email", "") or "")}
        for row in Organisation.objects.values_list("code", "name_ar", "name_en", "short_ar", "short_en"):
            words.update(part for text in row for part in re.split(r"\W+", text))
        return {word.casefold() for word in words if len(word) > 2}

    def get_help_text(self) -> str:
        """The rule in words."""
        return _("Not only names of the portal, of organisations and places, with digits around them.")
