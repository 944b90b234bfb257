"""The Markdown of a policy as plain data, which `templates/policies/policy.typ` draws: no word of it is ever read as Typst.

A part is a dictionary: `t` says what it is, `c` holds what stands in it, `s` a text as it is read.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from markdown_it.tree import SyntaxTreeNode

from policies.rules.markdown import tree_of

Part = dict[str, Any]
# Pictures by their numbers: in which file each lies, what it shows in words, how wide and high it is.
Pictures = Mapping[int, Part]
# Which dictionary stands for what: those that only hold others.
HOLDING = {"paragraph": "p", "blockquote": "quote", "strong": "strong", "em": "em", "list_item": "item"}
LONGEST_ADDRESS = 2_000
BREAKS = {"hr": "rule", "softbreak": "space", "hardbreak": "break"}


def blocks_of(text: str, pictures: Pictures | None = None) -> list[Part]:
    """The parts of a text, in the order of reading; pictures are shown in a text that has some."""
    return _with_pictures(_inside(tree_of(text)), pictures)


def _with_pictures(parts: list[Part], pictures: Pictures | None) -> list[Part]:
    """The same with each mark of a picture in the place of which the picture stands, or what the page shows instead."""
    for part in parts:
        if part["t"] == "picture":
            _show(part, pictures)
        for inside in (
            part.get("c", []),
            *part.get("head", []),
            *(cell for row in part.get("rows", []) for cell in row),
        ):
            _with_pictures(inside, pictures)
    return parts


def _show(part: Part, pictures: Pictures | None) -> None:
    """The picture that a mark names; its words where it is not there, the mark in a text that has no pictures."""
    words, mark, found = part.pop("words"), part.pop("mark"), (pictures or {}).get(part.pop("number"))
    if found is None:
        part |= {"t": "text", "s": mark if pictures is None else words}
    else:
        part |= found | {"words": words or found["words"]}


def _inside(node: SyntaxTreeNode) -> list[Part]:
    return [part for child in node.children for part in _parts(child)]


def _parts(node: SyntaxTreeNode) -> Iterator[Part]:
    """What a node of the Markdown becomes."""
    if node.type == "inline":
        yield from _inside(node)
    elif node.type in HOLDING:
        yield {"t": HOLDING[node.type], "c": _inside(node)}
    elif node.type in BREAKS:
        yield {"t": BREAKS[node.type]}
    elif node.type == "heading":
        yield {"t": "heading", "level": int(node.tag[1:]), "c": _inside(node)}
    elif node.type in ("bullet_list", "ordered_list"):
        yield _list(node)
    elif node.type == "table":
        yield _table(node)
    elif node.type == "link":
        yield from _link(node)
    elif node.type == "picture":
        yield {"t": "picture", "number": node.meta["number"], "words": node.content, "mark": node.markup}
    elif node.type in ("fence", "code_block", "code_inline"):
        yield {"t": "code" if node.type == "code_inline" else "lines", "s": node.content.rstrip("\n")}
    else:
        # Text, and whatever a later reader of Markdown calls otherwise: its words are shown, and nothing is done with them.
        yield {"t": "text", "s": node.content}


def _link(node: SyntaxTreeNode) -> list[Part]:
    """A link; where it leads nowhere, or its address is longer than readers of PDF follow, its words."""
    address = str(node.attrs.get("href", ""))
    if not 0 < len(address) <= LONGEST_ADDRESS:
        return _inside(node)
    return [{"t": "link", "to": address, "c": _inside(node)}]


def _list(node: SyntaxTreeNode) -> Part:
    """A list with its items; a numbered one begins with the number that was typed."""
    start = int(node.attrs.get("start", 1)) if node.type == "ordered_list" else 0
    return {"t": "list", "start": start, "numbered": node.type == "ordered_list", "c": _inside(node)}


def _table(node: SyntaxTreeNode) -> Part:
    """A table: its head and its rows, each a list of cells."""
    rows = [[_inside(cell) for cell in row.children] for part in node.children for row in part.children]
    return {"t": "table", "columns": max(map(len, rows), default=1), "head": rows[0], "rows": rows[1:]}
