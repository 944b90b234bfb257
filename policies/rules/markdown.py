"""Markdown as policies are written in it, rendered to HTML in which nobody can hide anything that runs.

CommonMark with tables (https://spec.commonmark.org/0.31.2/, and GitHub's tables), without HTML of one's own and without
pictures from elsewhere, which would tell a stranger's server who reads. Links lead to web pages, e-mail addresses and
sections of the same page; headings stand below those of the sections. `![words](picture:2)` shows the second picture of the
version, where the text has pictures; the words may be left out, for each picture has its own.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape, unescape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markdown_it.utils import EnvType, OptionsDict

# The heading of a section is one of the second rank.
BELOW = 2
# What may stand in one another, and how deep; tables need four steps below it, bold and slanted words some.
WITHIN = frozenset({"bullet_list_open", "ordered_list_open", "list_item_open", "blockquote_open"})
DEEPEST_BLOCK, DEEPEST = 12, 20
# What stands deeper is not read (`maxNesting`): lists, for one, in nine others.
DEEPEST_READ = 20
# Only shorter texts are held in memory once they were rendered.
REMEMBERED = 20_000
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)
_PICTURE = re.compile(r"!\[([^\[\]\n]*)\]\(picture:([0-9]{1,4})\)")


@dataclass(frozen=True)
class Shown:
    """A picture as a page shows it: where it is, what it shows in words, how wide and high it is."""

    url: str
    words: str
    width: int
    height: int


def mark_of(number: int) -> str:
    """What is written into a text to show a picture."""
    return f"![](picture:{number})"


def _reader() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
    made.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]
    made.inline.ruler.before("link", "picture", _find_picture)
    made.add_render_rule("picture", _picture)
    made.add_render_rule("heading_open", _lower)
    made.add_render_rule("heading_close", _lower)
    made.add_render_rule("link_open", _outside)
    return made


def _lower(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
    """A heading of the text, below those of the sections."""
    tokens[place].tag = f"h{min(int(tokens[place].tag[1:]) + BELOW, 6)}"
    return renderer.renderToken(tokens, place, options, env)


def _outside(renderer: RendererHTML, tokens: Sequence[Token], place: int, options: OptionsDict, env: EnvType) -> str:
    """A link, which tells nobody where it was followed from."""
    tokens[place].attrSet("rel", "noreferrer nofollow")
    return renderer.renderToken(tokens, place, options, env)


def _find_picture(state: StateInline, silent: bool) -> bool:
    """Read the mark of a picture, if one stands here."""
    if not state.src.startswith("![", state.pos) or (found := _PICTURE.match(state.src, state.pos)) is None:
        return False
    if not silent:
        token = state.push("picture", "img", 0)
        token.content, token.markup, token.meta = found[1].strip(), found[0], {"number": int(found[2])}
    state.pos = found.end()
    return True


def _picture(_renderer: RendererHTML, tokens: Sequence[Token], place: int, _options: OptionsDict, env: EnvType) -> str:
    """A picture, loaded once it is scrolled to; its words where it is not there, its mark in a text that has no pictures."""
    token, pictures = tokens[place], env.get("pictures")
    if pictures is None:
        return escape(token.markup)
    found = pictures.get(token.meta["number"])
    if found is None:
        return escape(token.content)
    return (
        f'<img src="{escape(found.url)}" alt="{escape(token.content or found.words)}" width="{found.width}" '
        f'height="{found.height}" loading="lazy" decoding="async">'
    )


@lru_cache(maxsize=1)
def _kept() -> MarkdownIt:
    return _reader()


@lru_cache(maxsize=1)
def _deep() -> MarkdownIt:
    """One that reads far enough to see that a page would not."""
    made = _reader()
    made.options["maxNesting"] = DEEPEST_READ * 2
    return made


@lru_cache(maxsize=1)
def _suspicious() -> MarkdownIt:
    """One that reads every picture as such, wherever it is from."""
    made = _reader().enable("image")
    made.validateLink = lambda url: isinstance(url, str)  # type: ignore[method-assign]
    return made


def html_of(text: str, pictures: Mapping[int, Shown] | None = None) -> str:
    """The HTML of a text; whatever it holds, there is no script, style, frame or foreign picture in it.

    A text that has `pictures` shows those that it names by their numbers.
    """
    # Others of the version are left out: a text is held in memory as long as it and its own pictures stay.
    named = None if pictures is None else tuple((one, pictures[one]) for one in may_show(text) if one in pictures)
    return _remembered(text, named) if len(text) < REMEMBERED else _rendered(text, named)


# As many as a few long policies have sections.
@lru_cache(maxsize=512)
def _remembered(text: str, pictures: tuple[tuple[int, Shown], ...] | None) -> str:
    return _rendered(text, pictures)


def _rendered(text: str, pictures: tuple[tuple[int, Shown], ...] | None) -> str:
    return _kept().render(text, {"pictures": None if pictures is None else dict(pictures)})


def may_show(text: str) -> list[int]:
    """The numbers of the pictures that a text may show, each once: found without reading it, in code as well."""
    return list(dict.fromkeys(int(found[2]) for found in _PICTURE.finditer(text)))


def marks_in(text: str) -> list[int]:
    """The number of the picture that each mark in a text shows, in the order of reading."""
    if not may_show(text):
        return []
    tokens = _tokens(_kept().parse(text))
    return [one.meta["number"] for one, _line in tokens if one.type == "picture"]


def pictures_in(text: str) -> list[int]:
    """The numbers of the pictures that a text shows, each once, in the order of reading."""
    return list(dict.fromkeys(marks_in(text)))


def without_marks(text: str) -> str:
    """A text in Markdown in which of the mark of each picture its words alone stay, to be searched."""
    return _PICTURE.sub(lambda found: found[1], text)


def foreign_pictures(text: str) -> list[int]:
    """The lines, counted from one, in which a text would show a picture from elsewhere."""
    if "![" not in text:
        return []
    return list(dict.fromkeys(line for one, line in _tokens(_suspicious().parse(text)) if one.type == "image"))


def too_deep(text: str) -> int | None:
    """The line, counted from one, from which on lists and quotations stand in so many others that a page would not show them."""
    held = (one for one in _deep().parse(text) if one.map and one.content)
    # What stands in a line is one deeper than its paragraph.
    deep = (one.map[0] + 1 for one in held if one.map and one.level - (one.type == "inline") >= DEEPEST_READ)
    return next(deep, None)


def _tokens(tokens: Sequence[Token], line: int = 1) -> Iterator[tuple[Token, int]]:
    """All that a text is made of, each with the line in which its paragraph begins."""
    for token in tokens:
        here = token.map[0] + 1 if token.map else line
        yield token, here
        yield from _tokens(token.children or (), here)


def tree_of(text: str) -> SyntaxTreeNode:
    """A text as a tree of what it is made of, for pages that are no HTML; no deeper than what draws them can follow."""
    return SyntaxTreeNode(_shallow(_kept().parse(text)))


def _shallow(tokens: Sequence[Token], depth: int = 0) -> list[Token]:
    """The same without what opens and closes too deep in others: its words stand in what is around it."""
    kept, stand = [], []
    for token in tokens:
        if token.nesting > 0:
            stand.append(depth < (DEEPEST_BLOCK if token.type in WITHIN else DEEPEST))
        stands = stand[-1] if token.nesting else True
        if token.nesting < 0:
            stand.pop()
        if stands:
            depth += token.nesting
            if token.children:
                token.children = _shallow(token.children, depth)
            kept.append(token)
    return kept


def words_of(text: str) -> str:
    """A text as a reader sees it: without marks, and with what they hid between letters put together.

    Of the mark of a picture the words stay.
    """
    return unescape(_TAG.sub("", html_of(text, {})))
