"""What a file of the unified logo and stationery is, told apart by its content; run as a process of its own (`main`).

Pictures are drawn anew, PDFs searched (`directorates/rules/attached.py`), drawings and Word files built anew.
"""

from directorates.rules.attached import MEGABYTE, MOST_BYTES, Examined, drawn_anew, examine, main, refuse
from policies.rules import drawings, word_files

_OLD_WORD, _ZIP, _PNG = b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"\x89PNG\r\n\x1a\n"


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
    return drawings.cleaned(content)


if __name__ == "__main__":
    main(look)
