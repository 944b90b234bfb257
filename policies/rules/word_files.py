"""A Word file (.docx) as it is kept: taken apart, refused where it runs, loads or holds something, and without names of people.

Office Open XML (ISO/IEC 29500) in a ZIP. Parts are known by the kinds of their relations: what is not on the list is refused.
"""

import re
import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO
from xml.etree.ElementTree import Element

from directorates.rules.attached import MEGABYTE, PHOTOGRAPH, Examined, refuse, ways_of_photograph
from directorates.rules.coordinates import ways
from policies.rules import drawings
from policies.rules.xml_trees import local, space_of, tree_of

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAIN = f"{TYPE}.main+xml"
CONTENT_TYPES = "[Content_Types].xml"
MOST_MEMBERS, MOST_UNPACKED = 300, 40 * MEGABYTE
# How parts may belong to one another, by the last word of their relation.
RELATIONS = frozenset(
    {
        *("officeDocument", "styles", "stylesWithEffects", "settings", "webSettings", "fontTable", "font", "theme"),
        *("numbering", "header", "footer", "footnotes", "endnotes", "image", "hyperlink", "customXml"),
        *("customXmlProps", "glossaryDocument", "core-properties", "extended-properties", "custom-properties"),
        *("thumbnail", "themeOverride"),
    }
)
REMARKS = frozenset({"comments", "commentsExtended", "commentsIds", "commentsExtensible", "people"})
CHANGES = frozenset({"ins", "del", "moveFrom", "moveTo", "rPrChange", "pPrChange", "tblPrChange", "sectPrChange"})
# Fields that fetch something or run something.
_FIELDS = re.compile(r"(?<![A-Z])(DDE|DDEAUTO|INCLUDE\w*|IMPORT|LINK|DATABASE|MACROBUTTON|RD|AUTOTEXT\w*)(?![A-Z])")
_WEB = re.compile(r"(https?|mailto):", re.IGNORECASE)
# Where parts may lie: names of parts are the same in capitals.
FOLDERS = ("_rels/", "word/", "docprops/", "customxml/")
DRAWING = "image/svg+xml"
# What is no XML: pictures, known by how they begin, and letters.
PICTURES = (
    b"\x89PNG\r\n\x1a\n",
    *(b"\xff\xd8\xff", b"GIF8", b"BM", b"II*\x00", b"MM\x00*"),
    *(b"\x01\x00\x00\x00", b"\xd7\xcd\xc6\x9a", b"\x01\x00\x09\x00"),
)
LETTERS = frozenset(
    {
        *("application/vnd.openxmlformats-officedocument.obfuscatedfont", "application/x-font-ttf"),
        *("application/x-fontdata", "application/vnd.ms-package.obfuscated-opentype"),
    }
)
_BEFORE_XML = b"\xef\xbb\xbf\xfe\xff\x00 \t\r\n"
# Who wrote it, in which firm: nobody has to know. By the last word of the name space of what is told of a file.
NAMELESS = {
    "core-properties": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "extended-properties": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "custom-properties": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}


def cleaned(content: bytes) -> Examined:
    """A Word file without names of people; `Unfit` where it is none, damaged, or more than a text."""
    members = _members(content)
    if CONTENT_TYPES not in members:
        refuse("type")
    kinds = tree_of(members[CONTENT_TYPES])
    _demand_document(kinds, members)
    type_of = _type_of(kinds)
    members |= {name: drawings.cleaned(part).content for name, part in members.items() if type_of(name) == DRAWING}
    trees = _trees(members, type_of)
    nameless = _nameless(trees)
    found = [way.value for name, tree in trees.items() if name not in nameless for way in ways(_said(name, tree))]
    photographs = [part for part in members.values() if part.startswith(b"\xff\xd8\xff")]
    if any(way == PHOTOGRAPH for part in photographs for way in ways_of_photograph(part)):
        found.append(PHOTOGRAPH)
    return Examined(TYPE, _packed(members | nameless), tuple(found))


def _type_of(kinds: Element) -> Callable[[str], str]:
    """What tells of a part by its name of what type it is, in small letters; "" where the list of kinds does not know it."""
    told = [
        (local(one.tag), *(one.get(name, "") for name in ("PartName", "Extension", "ContentType"))) for one in kinds
    ]
    parts = [(part.lower().removeprefix("/"), type_) for tag, part, _ending, type_ in told if tag == "Override"]
    endings = [(ending.lower(), type_) for tag, _part, ending, type_ in told if tag == "Default"]
    by_part, by_ending = dict(parts), dict(endings)
    if len(by_part) < len(set(parts)) or len(by_ending) < len(set(endings)):
        # Of two answers each program takes another.
        refuse("broken")
    return lambda name: by_part.get(name.lower(), by_ending.get(name.lower().rpartition(".")[2], "")).lower()


def _trees(members: Mapping[str, bytes], type_of: Callable[[str], str]) -> dict[str, Element]:
    """Every part that is XML, by its name or type; raises where one does more than say something, or is no picture or letters."""
    found = {}
    for name, part in members.items():
        type_ = type_of(name)
        if name.lower().endswith((".xml", ".rels")) or type_.endswith(("+xml", "/xml")):
            found[name] = tree_of(part)
        elif type_.startswith("image/"):
            if not part.startswith(PICTURES):
                refuse("word_holds")
        elif type_ not in LETTERS or part.lstrip(_BEFORE_XML).startswith(b"<"):
            refuse("word_holds")
    for tree in found.values():
        if local(tree.tag) == "Relationships":
            _demand_inside(tree)
        if any(local(one.tag) in CHANGES for one in tree.iter()):
            refuse("word_remarks")
    return found


def _nameless(trees: Mapping[str, Element]) -> dict[str, bytes]:
    """What is kept of the parts that tell who wrote it, wherever they lie."""
    told = {name: space_of(tree.tag).rpartition("/")[2] for name, tree in trees.items()}
    strict = {"extendedProperties": "extended-properties", "customProperties": "custom-properties"}
    spaces = {name: strict.get(space, space) for name, space in told.items()}
    return {name: NAMELESS[space] for name, space in spaces.items() if space in NAMELESS}


def _members(content: bytes) -> dict[str, bytes]:
    """The parts of the file, unpacked; none larger than it says, nor all together than can be read."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            infos = [one for one in archive.infolist() if not one.is_dir()]
            if len(infos) > MOST_MEMBERS or sum(one.file_size for one in infos) > MOST_UNPACKED:
                refuse("heavy")
            if any(one.flag_bits & 1 for one in infos):
                refuse("word_locked")
            if len({one.filename.lower() for one in infos}) < len(infos):
                refuse("broken")
            return {one.filename: archive.read(one) for one in infos}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError):
        refuse("broken")


def _demand_document(kinds: Element, members: Mapping[str, bytes]) -> None:
    """Raise unless it is a plain document of Word, its parts where Word has them, without a program or other files in it."""
    types = [one.get("ContentType", "") for one in kinds]
    told = " ".join((*types, *members)).lower()
    if "macroenabled" in told or "vbaproject" in told or "vbadata" in told:
        refuse("word_macros")
    if MAIN not in types:
        refuse("type")
    if any(word in told for word in ("activex", "oleobject", "embeddings/", "afchunk", "subdocument")):
        refuse("word_holds")
    if not all(name == CONTENT_TYPES or name.lower().startswith(FOLDERS) for name in members):
        refuse("word_holds")


def _demand_inside(relations: Element) -> None:
    """Raise where parts belong together in a way that is not on the list, or lead out of the file otherwise than by a link."""
    for one in relations:
        kind = one.get("Type", "").rpartition("/")[2]
        if kind in REMARKS:
            refuse("word_remarks")
        if kind == "attachedTemplate" or (_leads_out(one) and kind != "hyperlink"):
            refuse("word_loads")
        if kind not in RELATIONS:
            refuse("word_holds")
        if _leads_out(one) and not _WEB.match(one.get("Target", "")):
            refuse("word_loads")


def _leads_out(relation: Element) -> bool:
    """Whether what belongs to a part is no part of the file."""
    return relation.get("TargetMode", "").lower() == "external"


def _said(name: str, tree: Element) -> str:
    """Every word of a part; of the parts of Word's own, letters that stand apart are put together."""
    text = _text(tree)
    is_words = name.lower().startswith("word/") and local(tree.tag) != "svg"
    return text if is_words else "\n".join((text, *tree.itertext()))


def _text(tree: Element) -> str:
    """What a part says, a line for each paragraph; raises for a field that fetches or runs something."""
    said, fields = [], []
    for one in tree.iter():
        match local(one.tag):
            case "t":
                said.append(one.text or "")
            case "p" | "tab" | "br":
                said.append("\n")
            case "instrText":
                fields.append(one.text or "")
            case "fldChar":
                fields.append(" ")
            case "fldSimple":
                fields += [" ", next((value for key, value in one.attrib.items() if local(key) == "instr"), ""), " "]
    if _FIELDS.search("".join(fields).upper()):
        refuse("word_loads")
    return "".join(said)


def _packed(members: Mapping[str, bytes]) -> bytes:
    """The parts in a file again, the list of kinds first."""
    kept = BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(members, key=lambda one: (one != CONTENT_TYPES, one)):
            archive.writestr(zipfile.ZipInfo(name), members[name], zipfile.ZIP_DEFLATED)
    return kept.getvalue()
