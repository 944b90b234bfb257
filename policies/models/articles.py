"""Articles: the text of an agreement in both languages, each under an anchor that stays from text to text."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from policies.models.amendments import AgreementText
from policies.models.sections import Passage


class Article(Passage):
    """One article of a text of an agreement."""

    text = models.ForeignKey(AgreementText, models.CASCADE, related_name="articles")

    class Meta:
        verbose_name = _("article")
        verbose_name_plural = _("articles")
        default_permissions = ()
        ordering = ["text", "order", "pk"]
        constraints = [models.UniqueConstraint(fields=["text", "anchor"], name="one_article_an_anchor")]
