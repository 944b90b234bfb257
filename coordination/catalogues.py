"""The catalogues of messages: gathered from code and templates, compiled, and checked, without gettext's programs.

Arabic is kept in `locale/ar`; English is the language of the message ids and needs no catalogue.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polib
from babel.messages.extract import extract_python
from django.conf import settings
from django.utils.translation.template import templatize

CATALOGUE = Path("locale/ar/LC_MESSAGES/django.po")
ALLOWED_ALIKE = Path("locale/alike.txt")
SOURCES = ("directorates", "facilities", "policies", "coordination", "templates")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
# Six forms, as Unicode's Arabic has them: none, one, two, 3-10, 11-99, and 100-102 with their like.
PLURALS = (
    "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 && n%100<=99 ? 4 : 5;"
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|%[sd]|\{(\w*)\}")
_STRING = r"""u?(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')"""
CALL = re.compile(rf"(?:\bn?p?gettext|(?<!\w)_)\(\s*{_STRING}(?:\s*,\s*{_STRING})*")
# `arabic.md`: what an Arabic page never says, and the marks that are never kept.
NEVER = {
    "an apology": re.compile(r"عذر[ًا]|عفو[ًا]"),
    "an exclamation mark": re.compile("!"),
    "padding": re.compile(r"\bتم [\u0621-\u064a]|\bقام ب"),
    "another region's month": re.compile("يناير|فبراير|مارس|أبريل|مايو|يونيو|يوليو|أغسطس|سبتمبر|أكتوبر|نوفمبر|ديسمبر"),
    "a direction override": re.compile("[\u202a-\u202e]"),
    "a tatweel": re.compile("\u0640"),
    "digits other than 0-9": re.compile("[\u0660-\u0669\u06f0-\u06f9]"),
    "a Latin comma or question mark after an Arabic letter": re.compile(r"[\u0621-\u064a][,;?]"),
}


@dataclass(frozen=True)
class Message:
    """A text to be translated: context, singular, plural, and where it stands."""

    text: str
    plural: str | None
    context: str | None
    place: str

    @property
    def key(self) -> tuple[str | None, str]:
        """What makes two messages the same."""
        return self.context, self.text


def gather(root: Path) -> dict[tuple[str | None, str], Message]:
    """Every text in code and templates, first place first."""
    found: dict[tuple[str | None, str], Message] = {}
    for source in SOURCES:
        for path in sorted((root / source).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts and "data" not in path.parts:
                for message in read(path, root):
                    known = found.get(message.key)
                    if known is None or (message.plural and not known.plural):
                        found[message.key] = message
    return found


def read(path: Path, root: Path) -> Iterator[Message]:
    """The texts of one file."""
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = "\n".join(match.group(0) + ")" for match in CALL.finditer(templatize(text)))
    for _line, function, messages, _comments in extract_python(io.BytesIO(text.encode()), KEYWORDS, [], {}):
        yield from as_message(str(function), messages, str(path.relative_to(root)))


def as_message(function: str, messages: object, place: str) -> Iterator[Message]:
    """The text in one call, if its arguments are plain strings."""
    parts = [part for part in (messages if isinstance(messages, tuple) else (messages,)) if isinstance(part, str)]
    context = parts.pop(0) if function.lstrip("n").startswith("pgettext") and len(parts) > 1 else None
    if not parts or not parts[0]:
        return
    plural = parts[1] if function.startswith("n") and len(parts) > 1 else None
    yield Message(parts[0], plural, context, place)


def load(root: Path) -> polib.POFile:
    """The Arabic catalogue, or an empty one."""
    if (root / CATALOGUE).exists():
        return polib.pofile(str(root / CATALOGUE), wrapwidth=120)
    catalogue = polib.POFile(wrapwidth=120)
    catalogue.metadata = {
        "Project-Id-Version": "Tansiq",
        "Language": "ar",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=utf-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS,
    }
    return catalogue


def update(root: Path) -> tuple[int, int]:
    """Bring the catalogue in step with the sources; answers how many texts there are and how many lack Arabic."""
    catalogue, messages = load(root), gather(root)
    known: dict[tuple[str | None, str], polib.POEntry] = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    fresh = polib.POFile(wrapwidth=120)
    fresh.metadata = catalogue.metadata
    for message in sorted(messages.values(), key=lambda m: (m.text.lower(), m.context or "")):
        entry = known.get(message.key) or polib.POEntry(msgid=message.text, msgctxt=message.context)
        if message.plural and not entry.msgid_plural:
            entry.msgid_plural, entry.msgstr = message.plural, ""
            entry.msgstr_plural = dict.fromkeys(range(6), "")
        elif not message.plural and entry.msgid_plural:
            entry.msgid_plural, entry.msgstr_plural = "", {}
        entry.occurrences = [(message.place, "")]
        formatted = PLACEHOLDER.search(message.text) and "%" in message.text
        entry.flags = ["python-format"] if formatted else []
        fresh.append(entry)
    (root / CATALOGUE).parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(root / CATALOGUE))
    return len(fresh), len(fresh.untranslated_entries())


def compile_all(root: Path) -> None:
    """Write the machine's form beside the catalogue, if it is older."""
    source, target = root / CATALOGUE, (root / CATALOGUE).with_suffix(".mo")
    if source.exists() and (not target.exists() or target.stat().st_mtime < source.stat().st_mtime):
        load(root).save_as_mofile(str(target))


def faults(root: Path) -> list[str]:
    """Everything that is wrong with the translation, a line each."""
    catalogue, messages = load(root), gather(root)
    known = {(entry.msgctxt, entry.msgid): entry for entry in catalogue}
    alike = set((root / ALLOWED_ALIKE).read_text(encoding="utf-8").splitlines())
    found = [f"{m.place}: not in the catalogue: “{m.text}”" for key, m in messages.items() if key not in known]
    found += [f"in the catalogue, used nowhere: “{entry.msgid}”" for key, entry in known.items() if key not in messages]
    for entry in catalogue:
        found += entry_faults(entry, alike)
    return found


def entry_faults(entry: polib.POEntry, alike: set[str]) -> list[str]:
    """What is wrong with one entry."""
    forms = list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]
    name = f"“{entry.msgid}”"
    if not all(forms) or (entry.msgid_plural and len(forms) != 6):
        return [f"untranslated: {name}"]
    found = [f"marked as doubtful: {name}"] if "fuzzy" in entry.flags else []
    if any(form == entry.msgid for form in forms) and entry.msgid not in alike:
        found.append(f"the same in both languages, and not in {ALLOWED_ALIKE}: {name}")
    wanted = set(PLACEHOLDER.findall(entry.msgid)) | set(PLACEHOLDER.findall(entry.msgid_plural or ""))
    for number, form in enumerate(forms):
        given = set(PLACEHOLDER.findall(form))
        # None, one and two may be said without the number.
        if given - wanted or (wanted - given and not (entry.msgid_plural and number < 3)):
            found.append(f"placeholders differ: {name} / {form}")
        found += [f"{what} in the Arabic of {name}: {form}" for what, sign in NEVER.items() if sign.search(form)]
    return found


def project_root() -> Path:
    """Where the sources stand."""
    return Path(settings.BASE_DIR)
