"""A Word file (.docx) as it is kept: taken apart, refused where it runs, loads or holds something, and without names of people.

Office Open XML (ISO/IEC 29500) in a ZIP. Parts are known by the kinds of their relations: what is not on the list is refused.
"""

import re
import zipfile
from collections.abc import Mapping
from io import BytesIO
from xml.etree.ElementTree import Element

from directorates.rules.attached import MEGABYTE, PHOTOGRAPH, Examined, refuse, ways_of_photograph
from directorates.rules.coordinates import ways
from policies.rules.xml_trees import local, tree_of

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
# Who wrote it, in which firm: nobody has to know.
NAMELESS = {
    "docProps/core.xml": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"/>',
    "docProps/app.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties"/>',
    "docProps/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/custom-properties"/>',
}


def cleaned(content: bytes) -> Examined:
    """A Word file without names of people; `Unfit` where it is none, damaged, or more than a text."""
    members = _members(content)
    trees = {name: tree_of(part) for name, part in members.items() if name.endswith((".xml", ".rels"))}
    _demand_document(trees, members)
    for name, tree in trees.items():
        if name.endswith(".rels"):
            _demand_inside(tree)
    texts = [_text(tree) for name, tree in trees.items() if name.startswith("word/")]
    found = [way.value for text in texts for way in ways(text)]
    photographs = [part for part in members.values() if part.startswith(b"\xff\xd8\xff")]
    if any(way == PHOTOGRAPH for part in photographs for way in ways_of_photograph(part)):
        found.append(PHOTOGRAPH)
    return Examined(TYPE, _packed(members | {name: NAMELESS[name] for name in members.keys() & NAMELESS}), tuple(found))


def _members(content: bytes) -> dict[str, bytes]:
    """The parts of the file, unpacked; none larger than it says, nor all together than can be read."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            infos = [one for one in archive.infolist() if not one.is_dir()]
            if len(infos) > MOST_MEMBERS or sum(one.file_size for one in infos) > MOST_UNPACKED:
                refuse("heavy")
            if any(one.flag_bits & 1 for one in infos):
                refuse("word_locked")
            if len({one.filename for one in infos}) < len(infos):
                refuse("broken")
            return {one.filename: archive.read(one) for one in infos}
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, EOFError, RuntimeError):
        refuse("broken")


def _demand_document(trees: Mapping[str, Element], members: Mapping[str, bytes]) -> None:
    """Raise unless it is a plain document of Word, without a program, other files or remarks in it."""
    if CONTENT_TYPES not in trees:
        refuse("type")
    types = [one.get("ContentType", "") for one in trees[CONTENT_TYPES]]
    told = " ".join((*types, *members)).lower()
    if "macroenabled" in told or "vbaproject" in told or "vbadata" in told:
        refuse("word_macros")
    if MAIN not in types:
        refuse("type")
    if any(word in told for word in ("activex", "oleobject", "embeddings/", "afchunk", "subdocument")):
        refuse("word_holds")
    if any(
        local(one.tag) in CHANGES for name, tree in trees.items() if name.startswith("word/") for one in tree.iter()
    ):
        refuse("word_remarks")


def _demand_inside(relations: Element) -> None:
    """Raise where parts belong together in a way that is not on the list, or lead out of the file otherwise than by a link."""
    for one in relations:
        kind = one.get("Type", "").rpartition("/")[2]
        if kind in REMARKS:
            refuse("word_remarks")
        if kind == "attachedTemplate" or (one.get("TargetMode") == "External" and kind != "hyperlink"):
            refuse("word_loads")
        if kind not in RELATIONS:
            refuse("word_holds")
        if one.get("TargetMode") == "External" and not _WEB.match(one.get("Target", "")):
            refuse("word_loads")


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
