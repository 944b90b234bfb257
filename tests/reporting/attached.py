"""Files as people attach them: pictures, with or without what a camera writes, and PDFs."""

from collections.abc import Callable
from io import BytesIO
from typing import Any

from PIL import Image
from pypdf import PdfWriter
from pypdf.actions import JavaScript
from pypdf.annotations import Link
from pypdf.generic import (
    ArrayObject,
    DecodedStreamObject,
    DictionaryObject,
    NameObject,
    NumberObject,
    TextStringObject,
)

# In the sea, far from any facility; near enough that it is taken for a location.
SOMEWHERE = "Depot: 34.50123, 35.01234"


def png(width: int = 40, height: int = 30, colour: str = "white", **info: str) -> bytes:
    """A picture of one colour."""
    kept = BytesIO()
    Image.new("RGB", (width, height), colour).save(kept, "PNG", **info)
    return kept.getvalue()


def jpeg(*, located: bool = True, size: tuple[int, int] = (60, 40), turned: bool = False) -> bytes:
    """A photograph; `located` ones say where they were taken, `turned` ones that they lie on their side."""
    exif = Image.Exif()
    exif[0x010F] = "Maker of cameras"
    if located:
        exif[0x8825] = {1: "N", 2: (34.0, 30.0, 4.4), 3: "E", 4: (35.0, 0.0, 44.4)}
    if turned:
        exif[0x0112] = 6
    kept = BytesIO()
    Image.new("RGB", size, "white").save(kept, "JPEG", exif=exif)
    return kept.getvalue()


def pdf(
    *pages: str, title: str = "", link: str = "", photograph: bytes = b"", locked: bool = False, script: str = ""
) -> bytes:
    """A PDF with a text on each page."""
    writer = PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for text in pages:
        page = writer.add_blank_page(300, 200)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 20 150 Td ({text}) Tj ET".encode("latin-1"))
        resources = DictionaryObject({NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})})
        if photograph:
            drawn = DecodedStreamObject()
            drawn.set_data(photograph)
            drawn.update(
                {
                    NameObject("/Type"): NameObject("/XObject"),
                    NameObject("/Subtype"): NameObject("/Image"),
                    NameObject("/Filter"): NameObject("/DCTDecode"),
                }
            )
            resources[NameObject("/XObject")] = DictionaryObject({NameObject("/P"): writer._add_object(drawn)})
        page[NameObject("/Resources")] = resources
        page[NameObject("/Contents")] = writer._add_object(stream)
    if link:
        writer.add_annotation(0, Link(rect=(0, 0, 50, 50), url=link))
    if title:
        writer.add_metadata({"/Title": title})
    if script:
        writer.add_open_action(JavaScript(script))
    if locked:
        writer.encrypt("a word")
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def changed(change: Callable[[PdfWriter], None]) -> bytes:
    """A PDF of one page with something put into it."""
    writer = PdfWriter(BytesIO(pdf("Register of April")))
    change(writer)
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def noted(**note: Any) -> Callable[[PdfWriter], None]:
    """Puts a note on the page."""

    def change(writer: PdfWriter) -> None:
        made = dictionary(Type="/Annot", Rect=ArrayObject([NumberObject(1)] * 4), **note)
        writer.pages[0][NameObject("/Annots")] = ArrayObject([writer._add_object(made)])

    return change


def dictionary(**given: Any) -> DictionaryObject:
    """A dictionary of PDF: names begin with a stroke, other texts are texts."""

    def value(one: Any) -> Any:
        if isinstance(one, str):
            return NameObject(one) if one.startswith("/") else TextStringObject(one)
        return one

    return DictionaryObject({NameObject(f"/{name}"): value(one) for name, one in given.items()})


def set_in(place: str, **given: Any) -> Callable[[PdfWriter], None]:
    """Puts something into the page or the root."""

    def change(writer: PdfWriter) -> None:
        target = writer.pages[0] if place == "page" else writer.root_object
        target.update(dictionary(**given))

    return change


def drawn_inside(photograph: bytes) -> Callable[[PdfWriter], None]:
    """Puts a photograph into a drawing that the page draws."""

    def change(writer: PdfWriter) -> None:
        picture = DecodedStreamObject()
        picture.set_data(photograph)
        picture.update(dictionary(Type="/XObject", Subtype="/Image", Filter="/DCTDecode"))
        form = DecodedStreamObject()
        form.set_data(b"/P Do")
        inner = dictionary(XObject=DictionaryObject({NameObject("/P"): writer._add_object(picture)}))
        form.update(dictionary(Type="/XObject", Subtype="/Form", Resources=inner))
        resources: Any = writer.pages[0]["/Resources"].get_object()
        resources[NameObject("/XObject")] = DictionaryObject({NameObject("/F"): writer._add_object(form)})

    return change


def said_of_itself(text: bytes) -> Callable[[PdfWriter], None]:
    """Puts metadata in XML into the root."""

    def change(writer: PdfWriter) -> None:
        stream = DecodedStreamObject()
        stream.set_data(text)
        stream.update(dictionary(Type="/Metadata", Subtype="/XML"))
        writer.root_object[NameObject("/Metadata")] = writer._add_object(stream)

    return change
