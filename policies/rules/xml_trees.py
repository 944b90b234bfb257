"""XML of other people's, read into a tree: without entities, foreign document types, or more than can be read."""

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from directorates.rules.attached import refuse

MOST_PARTS, DEEPEST = 60_000, 120


def tree_of(content: bytes) -> Element:
    """The tree of some XML in UTF-8, names as `{space}name`.

    `Unfit`: `broken` where it cannot be read, `entities` where it defines some of its own or leans on those of a foreign
    document type, `heavy` where it has too many parts or they stand too deep in one another.
    """
    builder, parser = TreeBuilder(), expat.ParserCreate("UTF-8", "}")
    parser.buffer_text = True
    depth, left = 0, MOST_PARTS

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, left
        depth, left = depth + 1, left - 1
        if depth > DEEPEST or left < 0:
            refuse("heavy")
        builder.start(_named(name), {_named(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(_named(name))

    def document_type(_name: str, _system: str | None, _public: str | None, subset: int) -> None:
        if subset:
            refuse("entities")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = document_type
    parser.SkippedEntityHandler = lambda _name, _parameter: refuse("entities")
    try:
        parser.Parse(content, True)
    except expat.ExpatError:
        refuse("broken")
    return builder.close()


def _named(name: str) -> str:
    """A name as trees have it."""
    return f"{{{name}" if "}" in name else name


def local(name: str) -> str:
    """A name without its space."""
    return name.rpartition("}")[2]


def space_of(name: str) -> str:
    """The space of a name; nothing where it has none."""
    return name[1:].rpartition("}")[0] if name.startswith("{") else ""
