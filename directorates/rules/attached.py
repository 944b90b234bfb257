"""What a file is that somebody attached: told apart by its content, and searched for what may give a location.

A picture is drawn anew: nothing of what a camera wrote beside it is kept. A PDF stays as it is; its text, its links, what it
says of itself and what cameras wrote into its pictures are searched. Files are other people's: this runs as a process of
its own (`main`), with so much time and memory and no more (`foundation/attachments.py` starts it).
"""

import json
import re
import resource
import sys
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NoReturn

from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PyPdfError
from pypdf.generic import IndirectObject, NameObject, StreamObject

from directorates.rules.coordinates import ways
from directorates.rules.text import latin_digits

MEGABYTE = 1_000_000
MOST_BYTES = 8 * MEGABYTE
# A picture of a phone has 12 to 50 million points; more than these are not unpacked.
MOST_POINTS = 60 * MEGABYTE
# The longer side of what is kept, in points: a page of a register is read well, and sent over a slow link.
LONGEST_SIDE = 2400
QUALITY = 82
MOST_PAGES, MOST_TEXT, MOST_PICTURES = 100, 2 * MEGABYTE, 300
# So much drawing on all pages together, unpacked, and so many dictionaries, lists and texts.
MOST_DRAWN, MOST_PARTS = 12 * MEGABYTE, 300_000
# What one file may take: seconds of a processor, bytes of memory.
MOST_SECONDS, MOST_MEMORY = 12, 1500 * MEGABYTE

# EXIF: how the camera was held, what undoes it, and the part in which cameras write where they were.
HELD, PLACE_OF_CAMERA = 0x0112, 0x8825
TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
# Ways beside those of texts (`rules/coordinates.py`).
PHOTOGRAPH, MAP, UNSEARCHED = "photograph", "map", "unsearched"
# PDF (ISO 32000-2): what ties drawings to the earth, what acts by itself, and deeds that may lead to another.
MAPS = ("/GPTS", "/GCS", "/LGIDict", "/Measure")
FORBIDDEN = frozenset(
    {
        *("/JS", "/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/GoToE", "/GoToR", "/Rendition", "/Movie"),
        *("/EF", "/EmbeddedFile", "/EmbeddedFiles", "/RichMedia", "/XFA", "/AA", "/AF"),
    }
)
DEEDS = frozenset({"/GoTo", "/URI", "/Named", "/Hide", "/SetOCGState", "/ResetForm"})
# One number alone that is as exact as a house, where latitudes and longitudes of Syria lie; numbers of reports have fewer decimals.
LONELY = re.compile(r"(?<![\d.,])(?:3[2-9]|4[0-2])[.,]\d{4,}(?!\d)")
# A photograph inside of a drawing.
INSIDE_OF_DRAWING = re.compile(rb"/(?:DCT|DCTDecode)\b[^>]{0,200}?\bID\b")


class Unfit(Exception):
    """A file that is not taken: why, and the numbers and names that the words need."""

    def __init__(self, code: str, **params: int | str) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(frozen=True)
class Examined:
    """A file as it is kept: its media type, its content, and in which ways it may give a location."""

    content_type: str
    content: bytes
    ways: tuple[str, ...] = ()


def refuse(code: str, **params: int | str) -> NoReturn:
    """Raise that the file is not taken."""
    raise Unfit(code, **params)


def examine(content: bytes) -> Examined:
    """What is kept of a file; `Unfit` where it is none of the kinds that are taken, damaged, or too large to be read."""
    if not content:
        refuse("empty")
    if len(content) > MOST_BYTES:
        refuse("large", most=MOST_BYTES // MEGABYTE)
    if content.startswith(b"%PDF-"):
        return Examined("application/pdf", content, _ways_of_document(content))
    if content.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")):
        return drawn_anew(content)
    refuse("type")


def drawn_anew(content: bytes, *, see_through: bool = False, longest: int = LONGEST_SIDE) -> Examined:
    """The picture, upright and no larger than it is read, without anything beside it; what is `see_through` stays so."""
    try:
        with warnings.catch_warnings():
            # Its size is asked by ourselves, before anything is unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as given:
                if given.width * given.height > MOST_POINTS:
                    refuse("points", most=MOST_POINTS // MEGABYTE)
                # Cameras that take several at once begin with a JPEG.
                kind = "PNG" if given.format == "PNG" else "JPEG"
                # A photograph is unpacked no larger than needed.
                given.draft(None, (longest, longest))
                picture = _upright(_plain(given, see_through=see_through))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        refuse("broken")
    picture.thumbnail((longest, longest))
    # A fresh picture of the same points: not even what a library would carry over.
    fresh = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    kept = BytesIO()
    fresh.save(kept, kind, **({"quality": QUALITY} if kind == "JPEG" else {}), optimize=True)
    return Examined(f"image/{kind.lower()}", kept.getvalue())


def _plain(given: Image.Image, *, see_through: bool) -> Image.Image:
    """Grey or coloured, eight bits a colour; where it is transparent on white, or as it is."""
    if given.mode.startswith("I"):
        return given.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    if given.mode in ("1", "L"):
        return given.convert("L")
    if given.has_transparency_data and see_through:
        return given.convert("RGBA")
    if given.has_transparency_data:
        ground = Image.new("RGBA", given.size, "white")
        return Image.alpha_composite(ground, given.convert("RGBA")).convert("RGB")
    return given.convert("RGB")


def _upright(picture: Image.Image) -> Image.Image:
    """Turned as its camera was held, where that can be read."""
    try:
        turn = TURNS.get(picture.getexif().get(HELD, 1))
    except Exception:  # noqa: BLE001 - what cameras write is of any shape, and of no account here
        return picture
    return picture.transpose(turn) if turn is not None else picture


def _ways_of_document(content: bytes) -> tuple[str, ...]:
    """In which ways a PDF may give a location; what cannot be searched is a way of its own."""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            refuse("locked")
        if len(reader.pages) > MOST_PAGES:
            refuse("pages", most=MOST_PAGES)
        parts = list(_parts(reader))
        if any(_acts(part) for part in parts) or _opens_with_a_deed(reader):
            refuse("inside")
        text = "\n".join(_texts(reader, parts))
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        refuse("broken")
    # Digits that stand apart letter by letter, and numbers of a pair on two pages.
    close = re.sub(r"(?<=[\d.,])\s+(?=[\d.,])", "", text)
    found = dict.fromkeys(way.value for one in (text, close) for way in ways(one))
    if LONELY.search(latin_digits(close)):
        found["decimal"] = None
    found |= dict.fromkeys(_other_ways(parts))
    if _has_older_states(content):
        found[UNSEARCHED] = None
    return tuple(found)


def _parts(reader: PdfReader) -> Iterator[Any]:
    """Every dictionary, list, text and stream of a PDF, whatever leads to it."""
    numbers = [(held, generation) for generation, held in reader.xref.items()]
    ids = {(number, generation) for held, generation in numbers for number in held}
    ids |= {(number, 0) for number in reader.xref_objStm}
    waiting = [reader.get_object(IndirectObject(number, generation, reader)) for number, generation in sorted(ids)]
    waiting.append(reader.trailer)
    most = MOST_PARTS
    while waiting:
        part = waiting.pop()
        most -= 1
        if most < 0:
            refuse("heavy")
        yield part
        inside: list[Any] = list(part.values()) if isinstance(part, dict) else part if isinstance(part, list) else []
        waiting.extend(one for one in inside if not isinstance(one, IndirectObject))


def _acts(part: Any) -> bool:
    """Whether a part is a program, a file, or something that is done by itself."""
    if not isinstance(part, dict):
        return False
    deed = str(part.get("/S", ""))
    chained = deed in DEEDS and "/Next" in part
    return chained or deed in FORBIDDEN or any(name in part for name in FORBIDDEN)


def _opens_with_a_deed(reader: PdfReader) -> bool:
    """Whether a PDF does more when it is opened than show a place in it."""
    opens = reader.root_object.get("/OpenAction")
    action = opens.get_object() if opens is not None else None
    return isinstance(action, dict) and action.get("/S") != "/GoTo"


def _texts(reader: PdfReader, parts: list[Any]) -> Iterator[str]:
    """Every text of a PDF: what stands on its pages, in its fields and notes, what it says of itself, where links lead."""
    yield from (str(part) for part in parts if isinstance(part, str) and not isinstance(part, NameObject))
    drawn = [page.get_contents() for page in reader.pages]
    if sum(len(one.get_data()) for one in drawn if one is not None) > MOST_DRAWN:
        refuse("heavy")
    left = MOST_TEXT
    for page in reader.pages:
        text = page.extract_text()
        left -= len(text)
        if left < 0:
            refuse("heavy")
        yield text


def _other_ways(parts: list[Any]) -> Iterator[str]:
    """Maps with coordinates, photographs that say where they were taken, and what cannot be searched."""
    if any(isinstance(part, dict) and any(name in part for name in MAPS) for part in parts):
        yield MAP
    streams = [part for part in parts if isinstance(part, StreamObject)]
    photographs = [one for one in streams if "/DCTDecode" in str(one.get("/Filter", ""))]
    if len(photographs) > MOST_PICTURES:
        yield UNSEARCHED
    for one in photographs[:MOST_PICTURES]:
        yield from ways_of_photograph(one.get_data())
    for one in streams:
        yield from _ways_of_stream(one)


def _ways_of_stream(stream: StreamObject) -> Iterator[str]:
    """What a stream that is no photograph may give: what somebody wrote beside pictures, and pictures inside of drawings."""
    filters = str(stream.get("/Filter", ""))
    if "/JPXDecode" in filters or "/Crypt" in filters:
        yield UNSEARCHED
    elif "/DCTDecode" not in filters and stream.get("/Subtype") != "/Image":
        data = stream.get_data()
        if b"GPS" in data and stream.get("/Subtype") == "/XML":
            yield PHOTOGRAPH
        if INSIDE_OF_DRAWING.search(data):
            yield UNSEARCHED


def ways_of_photograph(photograph: bytes) -> Iterator[str]:
    """Whether a camera wrote into a photograph where it was, or somebody else did."""
    if b"exif:GPS" in photograph or b"GPSLatitude" in photograph:
        yield PHOTOGRAPH
    try:
        with Image.open(BytesIO(photograph), formats=("JPEG",)) as picture:
            if picture.getexif().get_ifd(PLACE_OF_CAMERA):
                yield PHOTOGRAPH
    except Exception:  # noqa: BLE001 - whatever is wrong with it, nobody can say what it holds
        yield UNSEARCHED


def _has_older_states(content: bytes) -> bool:
    """Whether a PDF carries what it was before it was changed: only its present state is searched."""
    # One that is made for slow links ends twice.
    return content.count(b"%%EOF") > (2 if b"/Linearized" in content[:2048] else 1)


def main(look: Callable[[bytes], Examined] = examine) -> None:
    """Examines what comes in; puts out a line of JSON (type and ways, or why not) and, behind it, what is kept."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        found = look(sys.stdin.buffer.read())
    except Unfit as unfit:
        said: dict[str, Any] = {"unfit": unfit.code, "params": unfit.params}
        kept = b""
    except MemoryError:
        said, kept = {"unfit": "heavy", "params": {}}, b""
    except Exception:  # noqa: BLE001 - whatever a crafted file brings about, its sender is told that it cannot be read
        said, kept = {"unfit": "broken", "params": {}}, b""
    else:
        said, kept = {"type": found.content_type, "ways": found.ways}, found.content
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + kept)


if __name__ == "__main__":
    main()
