"""What a file is that somebody attached: told apart by its content, and searched for what may give a location.

A picture is drawn anew: nothing of what a camera wrote beside it is kept. A PDF stays as it is; its text, its links, what it
says of itself and what cameras wrote into its pictures are searched. Files are other people's: this runs as a process of
its own (`main`), with so much time and memory and no more (`foundation/attachments.py` starts it).
"""

import json
import resource
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NoReturn

from PIL import Image, ImageOps
from pypdf import PdfReader
from pypdf.errors import PyPdfError

from directorates.rules.coordinates import ways

MEGABYTE = 1_000_000
MOST_BYTES = 8 * MEGABYTE
# A picture of a phone has 12 to 50 million points; more than these are not unpacked.
MOST_POINTS = 60 * MEGABYTE
# The longer side of what is kept, in points: a page of a register is read well, and sent over a slow link.
LONGEST_SIDE = 2400
QUALITY = 82
MOST_PAGES, MOST_TEXT, MOST_PICTURES = 100, 2 * MEGABYTE, 300
# The part of EXIF in which cameras write where they were.
PLACE_OF_CAMERA = 0x8825
PHOTOGRAPH = "photograph"
# What one file may take: seconds of a processor, bytes of memory.
MOST_SECONDS, MOST_MEMORY = 15, 1500 * MEGABYTE


class Unfit(Exception):
    """A file that is not taken: why, and the numbers that the words need."""

    def __init__(self, code: str, **params: int) -> None:
        self.code, self.params = code, params
        super().__init__(code)


@dataclass(frozen=True)
class Examined:
    """A file as it is kept: its media type, its content, and in which ways it may give a location."""

    content_type: str
    content: bytes
    ways: tuple[str, ...] = ()


def refuse(code: str, **params: int) -> NoReturn:
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
        return _drawn_anew(content)
    refuse("type")


def _drawn_anew(content: bytes) -> Examined:
    """The picture, upright and no larger than it is read, without anything beside it."""
    try:
        with warnings.catch_warnings():
            # Its size is asked by ourselves, before anything is unpacked.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(content), formats=("JPEG", "PNG")) as given:
                if given.width * given.height > MOST_POINTS:
                    refuse("points", most=MOST_POINTS // MEGABYTE)
                kind = str(given.format)
                # A photograph is unpacked no larger than needed.
                given.draft(None, (LONGEST_SIDE, LONGEST_SIDE))
                picture = ImageOps.exif_transpose(given).convert("L" if given.mode in ("1", "L") else "RGB")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        refuse("broken")
    picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    # A fresh picture of the same points: not even what a library would carry over.
    fresh = Image.frombytes(picture.mode, picture.size, picture.tobytes())
    kept = BytesIO()
    fresh.save(kept, kind, **({"quality": QUALITY} if kind == "JPEG" else {}), optimize=True)
    return Examined(f"image/{kind.lower()}", kept.getvalue())


def _ways_of_document(content: bytes) -> tuple[str, ...]:
    """In which ways a PDF may give a location."""
    try:
        reader = PdfReader(BytesIO(content))
        if reader.is_encrypted:
            refuse("locked")
        if len(reader.pages) > MOST_PAGES:
            refuse("pages", most=MOST_PAGES)
        if _has_more_inside(reader):
            refuse("inside")
        found = dict.fromkeys(way.value for text in _texts(reader) for way in ways(text))
        pictured = {PHOTOGRAPH: None} if any(_says_where(one) for one in _pictures(reader)) else {}
    except (PyPdfError, OSError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError):
        refuse("broken")
    return tuple({**found, **pictured})


def _has_more_inside(reader: PdfReader) -> bool:
    """Whether a PDF carries other files, or does something by itself when it or a page of it is opened."""
    root = reader.root_object
    if "/AA" in root or any("/AA" in page for page in reader.pages):
        return True
    names = root.get("/Names")
    held = names.get_object() if names is not None else {}
    opens = root.get("/OpenAction")
    action = opens.get_object() if opens is not None else {}
    scripted = isinstance(action, dict) and "/JS" in action
    return scripted or any(name in held for name in ("/EmbeddedFiles", "/JavaScript"))


def _texts(reader: PdfReader) -> Iterator[str]:
    """What a PDF says of itself, the text of its pages and where its links lead."""
    yield from (str(value) for value in (reader.metadata or {}).values())
    left = MOST_TEXT
    for page in reader.pages:
        text = page.extract_text()
        yield text[:left]
        left -= len(text)
        yield from _links(page)
        if left <= 0:
            refuse("large", most=MOST_BYTES // MEGABYTE)


def _links(page: Any) -> Iterator[str]:
    """Where the links of a page lead, and what its notes say."""
    for one in page.annotations or ():
        note = one.get_object()
        action = note.get("/A")
        yield str(note.get("/Contents", ""))
        yield str((action.get_object() if action is not None else {}).get("/URI", ""))


def _pictures(reader: PdfReader) -> Iterator[bytes]:
    """The photographs of a PDF as cameras wrote them."""
    number = 0
    for page in reader.pages:
        resources = page.get("/Resources")
        drawn = resources.get_object().get("/XObject") if resources is not None else None
        for one in (drawn.get_object() if drawn is not None else {}).values():
            picture = one.get_object()
            filters = picture.get("/Filter")
            if "/DCTDecode" in (filters if isinstance(filters, list) else [filters]) and number < MOST_PICTURES:
                number += 1
                yield picture.get_data()


def _says_where(photograph: bytes) -> bool:
    """Whether a camera wrote into a photograph where it was."""
    try:
        with Image.open(BytesIO(photograph), formats=("JPEG",)) as picture:
            return bool(picture.getexif().get_ifd(PLACE_OF_CAMERA))
    except (OSError, SyntaxError, ValueError):
        return False


def main() -> None:
    """Examines what comes in; puts out a line of JSON (type and ways, or why not) and, behind it, what is kept."""
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    try:
        found = examine(sys.stdin.buffer.read())
    except Unfit as unfit:
        said: dict[str, Any] = {"unfit": unfit.code, "params": unfit.params}
        kept = b""
    else:
        said, kept = {"type": found.content_type, "ways": found.ways}, found.content
    sys.stdout.buffer.write(json.dumps(said).encode() + b"\n" + kept)


if __name__ == "__main__":
    main()
