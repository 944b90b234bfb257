"""What no template and no style sheet may hold; pages stay small."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders

STATIC = Path(settings.BASE_DIR) / "static" / "tansiq"
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "an inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "an inline handler": re.compile(r"<[a-z][^>]*\son[a-z]+\s*=\s*[\"']", re.IGNORECASE),
    "an inline script": re.compile(r"<script\b(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")", re.IGNORECASE),
    "a script's address": re.compile(r"href\s*=\s*[\"']\s*javascript:", re.IGNORECASE),
    "a source elsewhere": re.compile(r"(?:src|href)\s*=\s*[\"'](?:https?:)?//", re.IGNORECASE),
    "evaluated script (htmx)": re.compile(r"\shx-(?:on|vals\s*=\s*[\"']js)", re.IGNORECASE),
}
PHYSICAL = re.compile(
    r"(?:^|[;{\s])((?:margin|padding|border)-(?:left|right)|(?:left|right)\s*:|text-align:\s*(?:left|right)|float\s*:)"
)
# Undoing what Django's own sheets do (`letter-spacing: 0`) is what we want.
NEVER = re.compile(
    r"letter-spacing(?!:\s*0[;\s}])|font-style:\s*italic|text-align:\s*justify|text-transform(?!:\s*none)"
)


def templates() -> Iterator[Path]:
    """Every template of ours."""
    yield from (Path(settings.BASE_DIR) / "templates").rglob("*.html")


@pytest.mark.parametrize("path", list(templates()), ids=lambda path: path.name)
def test_templates_keep_to_the_content_policy(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", list(templates()), ids=lambda path: path.name)
def test_every_icon_is_in_the_sprite(path: Path) -> None:
    sprite = set(re.findall(r'id="i-(\w+)"', (STATIC / "icons.svg").read_text(encoding="utf-8")))
    asked = set(re.findall(r'{% icon "(\w+)"', path.read_text(encoding="utf-8")))
    assert asked - sprite == set()


@pytest.mark.parametrize("path", list(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_style_sheets_know_no_left_and_right(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert PHYSICAL.findall(text) == []
    assert NEVER.findall(text) == []


@pytest.mark.parametrize("path", list(STATIC.glob("*.css")), ids=lambda path: path.name)
def test_no_type_is_smaller_than_14_pixels(path: Path) -> None:
    sizes = re.findall(r"font-size:\s*([\d.]+)rem", path.read_text(encoding="utf-8"))
    assert [size for size in sizes if float(size) * 16 < 14] == []


def test_what_every_page_loads_is_small() -> None:
    names = [
        *("vendor/bootstrap/dist/css/bootstrap.rtl.min.css", "tansiq/tansiq.css"),
        *("tansiq/icons.svg", "tansiq/frame.js", "django_htmx/htmx-2.min.js"),
    ]
    found = [finders.find(name) for name in names]
    assert all(found)
    assert sum(len(gzip.compress(Path(str(path)).read_bytes())) for path in found) <= 60_000
