"""Pictures of a version: numbered, described in words, shown where its text names them."""

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from directorates.models.naming import in_language
from policies.models.files import KeptFile
from policies.models.versions import PolicyVersion
from policies.rules.markdown import Shown, mark_of

# What a picture shows, in both languages.
WORDS = ("words_ar", "words_en")


class PolicyPicture(KeptFile):
    """A picture of a version under a number, with what it shows in words for those who do not see it.

    It belongs to the text: added while that is a draft, fixed with it, taken along into the next draft.
    """

    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="pictures")
    number = models.PositiveSmallIntegerField(_("number"))
    words_ar = models.CharField(_("what it shows, in Arabic"), max_length=500)
    words_en = models.CharField(_("what it shows, in English"), max_length=500)
    # As it is shown, in points.
    width = models.PositiveSmallIntegerField(_("width"))
    height = models.PositiveSmallIntegerField(_("height"))

    class Meta:
        verbose_name = _("picture of a policy")
        verbose_name_plural = _("pictures of policies")
        default_permissions = ()
        ordering = ["version", "number"]
        constraints = [
            models.UniqueConstraint(fields=["version", "number"], name="one_policy_picture_a_number"),
            models.UniqueConstraint(fields=["version", "digest"], name="a_policy_picture_once_a_version"),
            models.CheckConstraint(condition=~Q(words_ar="") & ~Q(words_en=""), name="a_policy_picture_is_described"),
            models.CheckConstraint(
                condition=Q(number__gte=1, width__gte=1, height__gte=1), name="a_policy_picture_has_a_size"
            ),
        ]

    def __str__(self) -> str:
        """What it shows, in the reader's language."""
        return in_language(self.words_ar, self.words_en)

    @property
    def mark(self) -> str:
        """What is written into a text to show it."""
        return mark_of(self.number)

    @cached_property
    def url(self) -> str:
        """Where it is; the address never means another picture."""
        return reverse("policies:picture", args=[self.version.policy.code, self.version.number, self.digest])

    def standing(self) -> dict[str, str]:
        """What it is said to show, as a page carries it along."""
        return {name: getattr(self, name) for name in WORDS}

    def known(self) -> tuple[int, str, str, str]:
        """What the hash of its version takes of it: number, hash of the file, words in both languages."""
        return self.number, self.digest, self.words_ar, self.words_en

    def shown(self, language: str) -> Shown:
        """As a text in a language shows it."""
        return Shown(self.url, getattr(self, f"words_{language}"), self.width, self.height)


def pictures_of(version: PolicyVersion) -> list[PolicyPicture]:
    """The pictures of a version by number, without their content."""
    return list(version.pictures.defer("content").order_by("number"))
