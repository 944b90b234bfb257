"""What is done with the articles of a draft: write one, move it, take it out."""

import datetime
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Count, Max, Sum, Value
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import User
from policies.actions.agreements import count_draft_change, draft_text
from policies.actions.sections import exchanged, free_anchor, passage_faults
from policies.models import AgreementText, Article

MOST_ARTICLES, LONGEST_AGREEMENT = 100, 500_000


def article_gone() -> Problem:
    """What is told where an article was taken out meanwhile."""
    return Problem("gone", _("This article was taken out in the meantime. Nothing was saved."), 409)


@transaction.atomic
def keep_article(
    *,
    text: AgreementText,
    article: Article | None,
    heading_ar: str,
    heading_en: str,
    text_ar: str,
    text_en: str,
    by: User,
    at: datetime.datetime,
    seen: Mapping[str, Any] | None = None,
) -> Article:
    """Write an article of a draft, or a new one behind the others; its anchor comes from the first English heading and stays.

    `seen` is what a page began with: where the article says something else by now, nothing is written (409 `changed`).
    400 `invalid` where a text gives a location or the agreement would be too long; 409 `gone` where it was taken out.
    """
    held = draft_text(text=text, seen=None, by=by)
    said = {"heading_ar": heading_ar, "heading_en": heading_en, "text_ar": text_ar, "text_en": text_en}
    if faults := [*passage_faults(said), *_length_faults(held, article, said)]:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    if article is None:
        last = held.articles.aggregate(last=Max("order"))["last"]
        anchor = free_anchor(heading_en, held.articles.values_list("anchor", flat=True), "article")
        made = Article.objects.create(text=held, anchor=anchor, order=0 if last is None else last + 1, **said)
        count_draft_change(held, "add_article", by=by, at=at, article=made.anchor)
        return made
    kept = held.articles.filter(pk=article.pk).first()
    if kept is None:
        raise article_gone()
    demand_unchanged(kept.standing(), seen or {}, kept.standing_told())
    changed = [name for name, words in said.items() if getattr(kept, name) != words]
    for name in changed:
        setattr(kept, name, said[name])
    if changed:
        kept.save(update_fields=changed)
        count_draft_change(held, "change_article", by=by, at=at, article=kept.anchor, fields=changed)
    return kept


def _length_faults(text: AgreementText, article: Article | None, said: Mapping[str, str]) -> list[Fault]:
    """What is too much for one agreement: everybody reads it on one page."""
    others = text.articles.exclude(pk=article.pk) if article else text.articles.all()
    length = sum((Length(name) for name in ("text_ar", "text_en")), start=Value(0))
    told = others.aggregate(articles=Count("pk"), characters=Sum(length))
    found = []
    if article is None and told["articles"] >= MOST_ARTICLES:
        message = _("An agreement has at most %(most)d articles.") % {"most": MOST_ARTICLES}
        found.append(Fault("heading_en", "too_many", message))
    if (told["characters"] or 0) + len(said["text_ar"]) + len(said["text_en"]) > LONGEST_AGREEMENT:
        message = _("An agreement has at most %(most)s characters in all articles.")
        found.append(Fault("text_en", "too_long", message % {"most": f"{LONGEST_AGREEMENT:,}"}))
    return found


@transaction.atomic
def move_article(*, article: Article, down: bool, seen: int, by: User, at: datetime.datetime) -> None:
    """Exchange an article with its neighbour; at the end it stays where it is."""
    held = draft_text(text=article.text, seen=seen, by=by)
    if rows := exchanged(list(held.articles.order_by("order", "pk")), article.pk, down=down):
        Article.objects.bulk_update(rows, ["order"])
        count_draft_change(held, "move_article", by=by, at=at, article=article.anchor)


@transaction.atomic
def remove_article(*, article: Article, seen: int, by: User, at: datetime.datetime) -> None:
    """Take an article out of a draft; a text that was signed keeps its own."""
    held = draft_text(text=article.text, seen=seen, by=by)
    article.delete()
    count_draft_change(held, "remove_article", by=by, at=at, article=article.anchor)
