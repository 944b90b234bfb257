"""The logo in force, as pages and papers show it: looked up at most every few minutes, the built-in mark where there is none."""

import datetime
import logging
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import cast

from django.core.cache import cache
from django.db import transaction
from django.urls import reverse
from PIL import Image
from redis.exceptions import RedisError

from directorates.foundation.sight import unwalled
from policies.models.branding import BrandFile, BrandFormat, drawn_logos, published_logos

logger = logging.getLogger(__name__)
# Whoever changes the logo forgets it here; a request that read the old one just before keeps it no longer than so.
SECONDS = 300
NONE = ""
PICTURE_SECONDS = 24 * 60 * 60
# A logo on pages: twice as high as it is shown, for fine screens.
HEIGHT, WIDTH = 96, 480


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


@dataclass(frozen=True)
class Picture:
    """A logo as it goes over the wire."""

    content_type: str
    content: bytes


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


def logo_for_pages(digest: str, day: datetime.date) -> Picture | None:
    """What pages show of the logo with a hash, if it is or was in force by a day.

    Anybody may ask: it is made small once and kept. What was in force was so for good, so that it need not be asked again.
    """
    key = f"logo-picture:{digest}"
    with suppress(RedisError):
        if (held := cache.get(key)) is not None:
            return cast("Picture", held)
    found = _published(digest, day)
    if found is None:
        return None
    content = bytes(found.content)
    made = Picture(found.content_type, content if found.format == BrandFormat.SVG else _small(content))
    with suppress(RedisError):
        cache.set(key, made, PICTURE_SECONDS)
    return made


@unwalled
def _published(digest: str, day: datetime.date) -> BrandFile | None:
    """The file with a hash, if it is of a logo that is or was in force by a day."""
    return published_logos(day).filter(digest=digest).first()


def _small(content: bytes) -> bytes:
    """A picture no larger than pages show it; it was drawn anew when it was kept."""
    kept = BytesIO()
    with Image.open(BytesIO(content), formats=("PNG",)) as picture:
        picture.thumbnail((WIDTH, HEIGHT))
        picture.save(kept, "PNG", optimize=True)
    return kept.getvalue()
