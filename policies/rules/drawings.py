"""A drawing in SVG as it is kept: built anew from what draws, refused where a part of it runs, loads or links.

SVG 2 (https://www.w3.org/TR/SVG2/). What drawing programs write for themselves (other name spaces, metadata, comments) is
left out; what would change how it looks, or hides something, is never left out in silence: its author is told.
"""

import math
import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element, register_namespace, tostring

from directorates.rules.attached import Examined, refuse
from directorates.rules.coordinates import ways
from policies.rules.xml_trees import local, space_of, tree_of

SVG, XLINK, XML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace"
KILOBYTE = 1000
# It stands on every page.
MOST_BYTES = 60 * KILOBYTE
DRAWS = frozenset(
    {
        *("svg", "g", "defs", "symbol", "use", "title", "desc", "style"),
        *("path", "rect", "circle", "ellipse", "line", "polyline", "polygon"),
        *("text", "tspan", "textPath"),
        *("linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern", "marker"),
    }
)
LEFT_OUT = frozenset({"metadata"})
RUNS = frozenset({"script", "handler", "listener", "animate", "animateMotion", "animateTransform", "set", "discard"})
# One drawing may stand in it many times; one that holds others that hold others would never be drawn to its end.
MOST_USES = 100
# What is drawn anew wherever something points at it, and what of it may hold something that points at colours.
HOLDS = frozenset({"pattern", "mask", "marker", "clipPath"})
COLOURS, CUTS = frozenset({"linearGradient", "radialGradient"}), frozenset({"mask", "clipPath"})
FUNCTIONS = frozenset(
    {
        *("url", "rgb", "rgba", "hsl", "hsla", "rotate", "scale", "skewx", "skewy"),
        *("matrix", "translate", "translatex", "translatey", "not", "nth-child"),
    }
)
_FUNCTION = re.compile(r"([\w-]+)\s*\(\s*[\"']?\s*(.?)")
_STYLE_LOADS = re.compile(r"@|\\|javascript:|behaviou?r|-moz-binding|data:")
_POINTS_AT = re.compile(r"url\(\s*[\"']?\s*#([^\"')\s]*)", re.IGNORECASE)
_APART = re.compile(r"[\s,]+")
_MEASURE = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)(?:px)?")
# Browsers read addresses without these.
_UNSEEN = re.compile(r"[\x00-\x20\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def is_drawing(content: bytes) -> bool:
    """Whether a file begins as XML or SVG does."""
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:5].lower()
    return start.startswith((b"<?xml", b"<svg", b"<!--", b"<!doc"))


def cleaned(content: bytes) -> Examined:
    """A drawing, built anew; `Unfit` where it is none, too large, or more than a drawing."""
    if len(content) > MOST_BYTES:
        refuse("drawing_large", most=MOST_BYTES // KILOBYTE)
    given = tree_of(content.removeprefix(b"\xef\xbb\xbf"))
    if given.tag != f"{{{SVG}}}svg":
        refuse("type")
    root = _kept(given)
    _demand_size(root)
    _demand_flat(root)
    register_namespace("", SVG)
    register_namespace("xlink", XLINK)
    kept = tostring(root, encoding="utf-8", xml_declaration=True)
    found = ways("\n".join(root.itertext()))
    return Examined("image/svg+xml", kept, tuple(way.value for way in found))


def _kept(given: Element) -> Element:
    """A part with what is kept of it and inside of it."""
    name = local(given.tag)
    _demand_drawing(name)
    made = Element(f"{{{SVG}}}{name}", dict(_attributes(given)))
    made.text, made.tail = given.text, given.tail
    if name == "style":
        _demand_style(given)
    for one in given:
        if space_of(one.tag) == SVG and local(one.tag) not in LEFT_OUT:
            made.append(_kept(one))
        elif local(one.tag) in RUNS:
            # A program under another name space is one all the same.
            refuse("drawing_runs")
    return made


def _demand_style(given: Element) -> None:
    """Raise for rules that load something; what stands behind a part inside of them would be rules as well."""
    if len(given):
        refuse("drawing_part", part="style")
    _demand_harmless(given.text or "", style=True)


def _demand_drawing(name: str) -> None:
    """Raise for a part that does something else than draw."""
    if name in RUNS:
        refuse("drawing_runs")
    if name in {"foreignObject", "iframe", "embed", "object", "audio", "video", "canvas"}:
        refuse("drawing_holds")
    if name in {"image", "feImage"}:
        refuse("drawing_picture")
    if name == "a":
        refuse("drawing_links")
    if name not in DRAWS:
        refuse("drawing_part", part=re.sub(r"\W", "", name)[:30])


def _attributes(given: Element) -> list[tuple[str, str]]:
    """What is kept of a part's attributes; those of other name spaces are left out."""
    found = []
    for key, value in given.attrib.items():
        name, space = local(key), space_of(key)
        if name.lower().startswith("on"):
            refuse("drawing_runs")
        if space not in {"", XLINK, XML} or (space == XLINK and name != "href") or (space == XML and name == "base"):
            continue
        if name == "href" and not _UNSEEN.sub("", value).startswith("#"):
            refuse("drawing_links")
        if name not in {"id", "class", "d", "points"}:
            _demand_harmless(value, style=name == "style")
        found.append((key, value))
    return found


def _demand_harmless(value: str, *, style: bool) -> None:
    """Raise where a value loads something from elsewhere, or hides that it does.

    Comments are read like the rest: whether `/*` begins one, or stands in a text, browsers know and we do not.
    """
    plain = _UNSEEN.sub(" ", value).lower()
    if "javascript:" in plain.replace(" ", "") or (style and _STYLE_LOADS.search(plain)):
        refuse("drawing_links")
    for function, first in _FUNCTION.findall(plain):
        if function not in FUNCTIONS or (function == "url" and first != "#"):
            refuse("drawing_links")


def _demand_size(root: Element) -> None:
    """Give a drawing that says how wide and high it is the frame in which it can be drawn larger; raise for one of no size."""
    if frame := root.get("viewBox"):
        numbers = _APART.split(frame.strip())
        if len(numbers) != 4 or not all(map(_MEASURE.fullmatch, numbers)):
            refuse("drawing_size")
        if not all(0 < float(one) < math.inf for one in numbers[2:]):
            refuse("drawing_size")
        return
    sizes = [_NUMBER.fullmatch((root.get(name) or "").strip()) for name in ("width", "height")]
    if not all(size and float(size.group(1)) > 0 for size in sizes):
        refuse("drawing_size")
    root.set("viewBox", f"0 0 {' '.join(size.group(1) for size in sizes if size)}")


def frame_of(root: Element) -> tuple[float, float]:
    """How wide and high a drawing that is kept is, in units of its own."""
    wide, high = _APART.split(root.attrib["viewBox"].strip())[2:]
    return float(wide), float(high)


def _demand_flat(root: Element) -> None:
    """Raise where what is drawn again and again holds what is drawn again and again: it would never be drawn to its end."""
    named = [one for one in root.iter() if one.get("id")]
    by_id = {one.get("id", ""): one for one in named}
    if len(by_id) < len(named):
        # Which of the two is meant, each program decides otherwise.
        refuse("drawing_ids")
    uses = [one for one in root.iter() if local(one.tag) == "use"]
    if len(uses) > MOST_USES or any(local(inside.tag) == "use" for use in uses for inside in _used(use, by_id)):
        refuse("heavy")
    kinds = {name: local(one.tag) for name, one in by_id.items()}
    for one in root.iter():
        if local(one.tag) in HOLDS:
            inside = [part for held in one.iter() for part in (held, *_used(held, by_id))]
            if any(_points_at(part, kinds) - COLOURS for part in inside):
                refuse("heavy")
        # What paints a part paints also what it holds, such as another pattern.
        elif _points_at(one, kinds) - COLOURS - CUTS and any(local(inside.tag) in HOLDS for inside in one.iter()):
            refuse("heavy")


def _used(part: Element, by_id: Mapping[str, Element]) -> list[Element]:
    """What a part draws once more, with all inside of it; nothing where it is no `use`."""
    if local(part.tag) != "use":
        return []
    wanted = (part.get("href") or part.get(f"{{{XLINK}}}href") or "").strip().removeprefix("#")
    return list(by_id[wanted].iter()) if wanted in by_id else []


def _points_at(part: Element, kinds: Mapping[str, str]) -> set[str]:
    """What kinds of parts it is painted with, cut or marked by; "" for those that are not there."""
    return {kinds.get(name, "") for value in part.attrib.values() for name in _POINTS_AT.findall(value)}
