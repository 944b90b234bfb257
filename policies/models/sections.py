"""Sections: the text of a version in both languages, each under an anchor that stays from version to version."""

import hashlib

from django.db import models
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from directorates.models.naming import in_language
from policies.models.versions import PolicyVersion
from policies.rules.verify import Words

# What a section says.
WORDS = ("heading_ar", "heading_en", "text_ar", "text_en")
# So much of a text is told at its field where another wrote it meanwhile; the page shows the whole beside it.
TOLD = 200


class Passage(models.Model):
    """A part of a text: a heading and what stands under it in Markdown, in Arabic and in English, under an anchor."""

    anchor = models.SlugField(_("anchor"), max_length=60)
    order = models.PositiveSmallIntegerField(_("order"))
    heading_ar = models.CharField(_("heading in Arabic"), max_length=200)
    heading_en = models.CharField(_("heading in English"), max_length=200)
    text_ar = models.TextField(_("text in Arabic"), blank=True)
    text_en = models.TextField(_("text in English"), blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        """The heading in the reader's language."""
        return in_language(self.heading_ar, self.heading_en)

    def words(self) -> Words:
        """What it says, as the hash of its version takes it."""
        return Words(self.anchor, *(getattr(self, name) for name in WORDS))

    def standing(self) -> dict[str, str]:
        """What it says, as a page carries it along: of long texts what they are known by."""
        texts = {name: getattr(self, name) for name in ("text_ar", "text_en")}
        known = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in texts.items()}
        return {"heading_ar": self.heading_ar, "heading_en": self.heading_en} | known

    def standing_told(self) -> dict[str, str]:
        """The same in words; texts by how they begin."""
        return {name: Truncator(getattr(self, name)).chars(TOLD) for name in self.standing()}


class PolicySection(Passage):
    """One section of a version: a heading and a text in Markdown, in Arabic and in English."""

    version = models.ForeignKey(PolicyVersion, models.CASCADE, related_name="sections")

    class Meta:
        verbose_name = _("section of a policy")
        verbose_name_plural = _("sections of policies")
        default_permissions = ()
        ordering = ["version", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["version", "anchor"], name="one_policy_section_an_anchor")]
