"""What a picture of a policy is, told apart by its content; run as a process of its own (`main`).

Photographs and pictures of points are drawn anew (`directorates/rules/attached.py`), drawings built anew (`rules/drawings.py`),
as the logo is. What is kept is no larger than a page of a policy needs it: it goes over slow links.
"""

from io import BytesIO

from PIL import Image

from directorates.rules.attached import MEGABYTE, MOST_BYTES, Examined, drawn_anew, main, refuse
from policies.rules import drawings
from policies.rules.branding import demand_quick
from policies.rules.xml_trees import tree_of

SVG = "image/svg+xml"
_PNG, _JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
# The longer side, in points: the width of a page of paper at 200 points an inch.
LONGEST_SIDE = 1600
KILOBYTE = 1000
MOST_KEPT = 500 * KILOBYTE
# A drawing has no size of its own: so long is its longer side on a page.
DRAWN_SIDE = 640


def look(content: bytes) -> Examined:
    """What is kept of a picture; `Unfit` where it is none, damaged, too heavy for slow links, or more than a drawing."""
    if not content:
        refuse("empty")
    if len(content) > MOST_BYTES:
        refuse("large", most=MOST_BYTES // MEGABYTE)
    if content.startswith((_PNG, _JPEG)):
        kept = drawn_anew(content, see_through=True, longest=LONGEST_SIDE)
        if len(kept.content) > MOST_KEPT:
            refuse("weight", most=MOST_KEPT // KILOBYTE)
        return kept
    if not drawings.is_drawing(content):
        refuse("type")
    kept = drawings.cleaned(content)
    demand_quick(kept.content)
    return kept


def size_of(content_type: str, content: bytes) -> tuple[int, int]:
    """How wide and high a picture that is kept is shown, in points; one at least."""
    if content_type == SVG:
        wide, high = drawings.frame_of(tree_of(content))
        scale = DRAWN_SIDE / max(wide, high)
        return max(round(wide * scale), 1), max(round(high * scale), 1)
    with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as picture:
        return picture.size


if __name__ == "__main__":
    main(look)
