"""How the text of a policy is shown: in two languages beside one another, and with what changed in it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from policies.models import BrandVersion, PolicyPicture, PolicySection
from policies.models.concerns import ConcernState
from policies.models.sections import Passage
from policies.rules.differences import Change, Piece
from policies.rules.markdown import html_of, mark_of, may_show
from policies.rules.verify import grouped

register = template.Library()


@dataclass(frozen=True)
class Tongue:
    """A section in one language."""

    code: str
    direction: str
    heading: str
    html: SafeString


@register.simple_tag
def tongues(
    section: Passage, *, both: bool = True, pictures: Iterable[PolicyPicture] | str | None = None
) -> list[Tongue]:
    """A section in both languages, the reader's first, or in the reader's alone; with the `pictures` of its version."""
    codes = ("en", "ar") if get_language() == "en" else ("ar", "en")
    # A name that a page does not know comes as an empty text.
    held = None if pictures is None or isinstance(pictures, str) else list(pictures)
    return [_tongue(section, code, held) for code in (codes if both else codes[:1])]


def _tongue(section: Passage, code: str, pictures: list[PolicyPicture] | None) -> Tongue:
    """A section in one language."""
    heading, text = getattr(section, f"heading_{code}"), getattr(section, f"text_{code}")
    named = may_show(text)
    shown = None if pictures is None else {one.number: one.shown(code) for one in pictures if one.number in named}
    # The renderer lets no HTML of the author's through (`rules/markdown.py`).
    return Tongue(code, "rtl" if code == "ar" else "ltr", heading, mark_safe(html_of(text, shown)))  # noqa: S308


@register.filter
def rules_of_use(version: BrandVersion) -> list[Tongue]:
    """The rules of use of a version of the logo or stationery in both languages, the reader's first."""
    pair = [
        Tongue("ar", "rtl", "", mark_safe(html_of(version.rules_ar))),  # noqa: S308
        Tongue("en", "ltr", "", mark_safe(html_of(version.rules_en))),  # noqa: S308
    ]
    return pair[::-1] if get_language() == "en" else pair


@register.filter
def in_groups(digest: str) -> str:
    """A hash in groups, to be compared by eye."""
    return grouped(digest)


@register.simple_tag
def layout_lines(*, pictures: bool = False) -> list[SafeString]:
    """How a text is laid out, a line each, with the signs as they are typed; `pictures` where it can show some."""
    lines = {
        _("%(sign)s makes words bold."): "**…**",
        _("%(sign)s makes words slanted."): "*…*",
        _("%(sign)s at the beginning of each line makes a list."): "- …",
        _("%(sign)s at the beginning of each line makes a numbered list."): "1. …",
        _("%(sign)s at the beginning of a line makes a heading."): "# …",
        _("%(sign)s at the beginning of a line makes a quotation."): "> …",
        _("%(sign)s in each line makes a table."): "| a | b |",
        _("%(sign)s stands below the first line of a table."): "|---|---|",
        _("%(sign)s makes a link."): "[…](https://…)",
    }
    if pictures:
        lines[
            _("%(sign)s shows the first picture of the version; words between the brackets take the place of its own.")
        ] = mark_of(1)
    return [_with_sign(words, sign) for words, sign in lines.items()]


def _with_sign(words: str, sign: str) -> SafeString:
    before, _sign, after = words.partition("%(sign)s")
    return format_html('{}<bdi dir="ltr">{}</bdi>{}', before, sign, after)


@register.simple_tag
def changes(pieces: Iterable[Piece]) -> SafeString:
    """A text with what came in and what was taken out marked, for eyes and ears."""
    return format_html_join("", "{}", ((_marked(piece),) for piece in pieces))


def _marked(piece: Piece) -> SafeString:
    if piece.change is Change.KEPT:
        return format_html("{}", piece.text)
    tag, words = ("ins", _("came in:")) if piece.change is Change.ADDED else ("del", _("taken out:"))
    inside = format_html('<span class="visually-hidden">{} </span>{}', words, piece.text)
    return format_html("<{}>{}</{}>", tag, inside, tag)


@register.simple_tag
def said_about(said: Mapping[int | None, int], section: PolicySection) -> str:
    """How much was said about a section, in words; an invitation to say something where nothing was."""
    count = said.get(section.pk, 0)
    if not count:
        return _("Comments and concerns")
    return ngettext("%(count)s comment or concern", "%(count)s comments and concerns", count) % {"count": count}


@register.simple_tag
def concern_state(state: str) -> ConcernState:
    """Where a concern stands, with its words."""
    return ConcernState(state)


@register.simple_tag
def stage_name(stage: str) -> str:
    """How far versions have come, in words."""
    return {
        "draft": _("Being drafted"),
        "asked": _("Being asked about"),
        "voted": _("Being voted on"),
        "between": _("Proposed, to be decided"),
        "coming": _("Adopted, hold later"),
    }[stage]
