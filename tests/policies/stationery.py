"""Files of the logo and stationery as people give them: drawings and Word files, harmless ones and others."""

import zipfile
from collections.abc import Mapping
from io import BytesIO

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 20 20">{}</svg>'
PLAIN = SVG.format('<circle id="a" cx="10" cy="10" r="8" fill="#0b6b6b"/>').encode()
NAME = "Aliya Somebody"
TYPES = """<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">
<Default Extension="xml" ContentType="application/xml"/>
<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>
<Override PartName="/{}"
 ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/>{}</Types>"""
RELATIONS = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
KINDS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
DOCUMENT = '<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{}</w:body></w:document>'
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    f'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:creator>{NAME}</dc:creator></cp:coreProperties>'
)


def svg(inside: str) -> bytes:
    """A drawing with something in it."""
    return SVG.format(inside).encode()


def relation(kind: str, target: str, *, external: bool = False) -> str:
    """How one part of a Word file belongs to another."""
    mode = ' TargetMode="External"' if external else ""
    return f'<Relationship Id="r1" Type="{KINDS}{kind}" Target="{target}"{mode}/>'


def word(
    text: str = "Letterhead",
    *,
    body: str = "",
    relations: str = "",
    types: str = "",
    main: str = "word/document.xml",
    more: Mapping[str, str | bytes] = {},
) -> bytes:
    """A Word file; `main` is where its text lies."""
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": TYPES.format(main, types),
        "_rels/.rels": RELATIONS.format(relation("officeDocument", main)),
        main: DOCUMENT.format(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>{body}"),
        "word/_rels/document.xml.rels": RELATIONS.format(relations),
        "docProps/core.xml": CORE,
        **more,
    }
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return kept.getvalue()


def field(code: str) -> str:
    """A field of Word."""
    return f"<w:p><w:r><w:instrText>{code}</w:instrText></w:r></w:p>"
