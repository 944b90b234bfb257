"""Markdown as policies are written in it, rendered to HTML in which nobody can hide anything that runs.

CommonMark with tables (https://spec.commonmark.org/0.31.2/, and GitHub's tables), without HTML of one's own and without
pictures from elsewhere, which would tell a stranger's server who reads. Links lead to web pages, e-mail addresses and
sections of the same page; headings stand below those of the sections.
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from markdown_it.utils import EnvType, OptionsDict

# The heading of a section is one of the second rank.
BELOW = 2
# What may stand in one another, and how deep; tables need four steps below it, bold and slanted words some.
WITHIN = frozenset({"bullet_list_open", "ordered_list_open", "list_item_open", "blockquote_open"})
DEEPEST_BLOCK, DEEPEST = 12, 20
# Only shorter texts are held in memory once they were rendered.
REMEMBERED = 20_000
_TAG = re.compile(r"<[^>]*>")
_LINK = re.compile(r"(https?://|mailto:|#)", re.IGNORECASE)


def _reader() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable("image")
    made.validateLink = lambda url: _LINK.match(url) is not None  # type: ignore[method-assign]
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


@lru_cache(maxsize=1)
def _kept() -> MarkdownIt:
    return _reader()


def html_of(text: str) -> str:
    """The HTML of a text; whatever it holds, there is no script, style, frame or foreign picture in it."""
    return _remembered(text) if len(text) < REMEMBERED else _kept().render(text)


# As many as a few long policies have sections.
@lru_cache(maxsize=512)
def _remembered(text: str) -> str:
    return _kept().render(text)


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
    """A text as a reader sees it: without marks, and with what they hid between letters put together."""
    return unescape(_TAG.sub("", html_of(text)))
