"""What a file of the unified logo and stationery is, told apart by its content; run as a process of its own (`main`).

Pictures are drawn anew, PDFs searched (`directorates/rules/attached.py`), drawings and Word files built anew.
"""

import time
from pathlib import Path
from tempfile import TemporaryDirectory

from directorates.rules.attached import MEGABYTE, MOST_BYTES, Examined, drawn_anew, examine, main, refuse
from directorates.rules.typeset import set_pages
from policies.rules import drawings, word_files

_OLD_WORD, _ZIP, _PNG = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n"

# A page on which nothing but a drawing stands, and how many seconds of a processor it may take.
TRIAL, MOST_SECONDS = '#image("logo.svg", height: 18mm)', 1


def look(content: bytes) -> Examined:
    """What is kept of a file; `Unfit` where it is none of SVG, PNG, PDF and .docx, damaged, or does more than it should."""
    if not content:
        refuse("empty")
    if len(content) > MOST_BYTES:
        refuse("large", most=MOST_BYTES // MEGABYTE)
    if content.startswith(b"%PDF-"):
        return examine(content)
    if content.startswith(_PNG):
        return drawn_anew(content, see_through=True)
    if content.startswith(_ZIP):
        return word_files.cleaned(content)
    if content.startswith(_OLD_WORD):
        refuse("word_old")
    if not drawings.is_drawing(content):
        refuse("type")
    kept = drawings.cleaned(content)
    demand_quick(kept.content)
    return kept


def demand_quick(drawing: bytes) -> None:
    """Set a page with a drawing, as papers bear it; raise where that takes so long, or fails, that no paper could be made.

    What takes still longer is ended by the limits of the process.
    """
    begun = time.process_time()
    with TemporaryDirectory(prefix="tansiq-trial-") as name:
        page, logo = Path(name) / "main.typ", Path(name) / "logo.svg"
        logo.write_bytes(drawing)
        page.write_text(TRIAL, encoding="utf-8")
        try:
            set_pages(page, page.with_suffix(".pdf"), [])
        except RuntimeError:
            refuse("broken")
    if time.process_time() - begun > MOST_SECONDS:
        refuse("heavy")


if __name__ == "__main__":
    main(look)
