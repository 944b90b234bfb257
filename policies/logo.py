"""The logo in force, as pages and papers show it: looked up at most every few minutes, the built-in mark where there is none."""

import datetime
import logging
from contextlib import suppress
from dataclasses import dataclass
from typing import cast

from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from redis.exceptions import RedisError

from directorates.foundation.sight import unwalled
from policies.models.branding import BrandFile, drawn_logos, published_logos

logger = logging.getLogger(__name__)
# Whoever changes the logo forgets it here; a request that read the old one just before keeps it no longer than so.
SECONDS = 300
NONE = ""


@dataclass(frozen=True)
class Logo:
    """A logo that can be drawn: by what its file is known, and its names."""

    digest: str
    name_ar: str
    name_en: str

    @property
    def url(self) -> str:
        """Where its picture is; the address changes with it, so that it can be kept for good."""
        return reverse("policies:brand_logo", args=[self.digest])


def _key(day: datetime.date) -> str:
    return f"logo:{day:%Y-%m-%d}"


@unwalled
def logo_on(day: datetime.date) -> Logo | None:
    """The logo in force on a day, asked of the database; visitors see it as well."""
    found = drawn_logos(day).first()
    return None if found is None else Logo(found.digest, found.version.name_ar, found.version.name_en)


def logo_today(day: datetime.date) -> Logo | None:
    """The same of today, as every page asks for it: kept for some minutes."""
    try:
        held = cache.get(_key(day))
    except RedisError:
        return logo_on(day)
    if held is None:
        held = logo_on(day) or NONE
        with suppress(RedisError):
            cache.set(_key(day), held, SECONDS)
    return cast("Logo", held) or None


def forget_logo(day: datetime.date) -> None:
    """Have pages look it up anew once the transaction that changed it has committed."""
    transaction.on_commit(lambda: _forget(day))


def _forget(day: datetime.date) -> None:
    try:
        cache.delete(_key(day))
    except RedisError as problem:
        logger.warning("The logo before stays on pages for some minutes: %s", problem)


@unwalled
def picture_of(day: datetime.date) -> BrandFile | None:
    """The file of the logo in force on a day, with its content, for a page on paper."""
    return drawn_logos(day).defer(None).first()


@unwalled
def published_logo(digest: str, day: datetime.date) -> BrandFile | None:
    """The file with a hash, if it is of a logo that is or was in force by a day."""
    return published_logos(day).filter(digest=digest).first()
