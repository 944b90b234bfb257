"""Text as people write it, made ready to keep (`clean_text`) and to find again (`search_key`)."""

from __future__ import annotations

import re
import unicodedata

# Direction marks, embeddings, overrides and isolates. They come with pasted text, show nothing, and can make a line
# read otherwise than it is stored; the pages set direction by markup, so none is ever kept.
DIRECTION_CHARACTERS = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_BYTE_ORDER_MARK = "\ufeff"
_WHITE_SPACE = re.compile(r"[ \t\v\f\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+")
_LINE_END = re.compile(r"\r\n|[\r\n\u0085\u2028\u2029]")
_DROPPED = str.maketrans("", "", DIRECTION_CHARACTERS + _BYTE_ORDER_MARK)

_DIGITS = str.maketrans("٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹", "01234567890123456789")

# Written in transliterations for ع and ء (Dar'a, Daʿel), and as often left out.
_APOSTROPHES = str.maketrans("", "", "'`´‘’‛′ʹʻʼʽʾʿˈꞌ＇")
_TATWEEL = str.maketrans("", "", "\u0640")

# What decomposition does not unite by itself: forms without a mark of their own, Persian and Urdu keyboards.
_LETTERS = str.maketrans(
    {"ٱ": "ا", "ى": "ي", "ی": "ي", "ې": "ي", "ے": "ي", "ک": "ك", "ڪ": "ك"}
    | {"ة": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ۃ": "ه", "ı": "i"}
)
_ARTICLE = "ال"
# Two spellings of one word, as keys: Syrians write مشفى, the wider Arabic world مستشفى.
_SAME_WORDS = {"مستشفي": "مشفي"}


def latin_digits(text: str) -> str:
    """The text with Arabic-Indic and Persian digits written as 0-9."""
    return text.translate(_DIGITS)


def has_control_characters(text: str) -> bool:
    """Whether the text holds what nobody types: NUL, escape, half a surrogate pair (not tabs or line ends)."""
    return any(
        unicodedata.category(character) in ("Cc", "Cs") and character not in "\t\n\r\v\f\u0085" for character in text
    )


def clean_text(text: str, *, multiline: bool = False) -> str:
    """The text as it is kept: NFC, without direction and control characters, single spaces, trimmed.

    On one line (the default) line ends become spaces; with `multiline` they stay, as `\\n`.
    """
    text = unicodedata.normalize("NFC", text.translate(_DROPPED))
    lines = [_without_controls(line) for line in _LINE_END.split(text)]
    return "\n".join(lines).strip() if multiline else " ".join(line for line in lines if line)


def _without_controls(line: str) -> str:
    """One line without control characters, its runs of white space made one space."""
    line = _WHITE_SPACE.sub(" ", line)
    return "".join(c for c in line if unicodedata.category(c) not in ("Cc", "Cs")).strip(" ")


def search_key(text: str) -> str:
    """The stored key by which names are sorted and found (the rules are in arabic.md, "Sorting and search").

    It unites spellings of the same word only. Different names of one place (Idlib and Idleb) are stored as names.
    """
    text = _decomposed(text.translate(_APOSTROPHES).translate(_TATWEEL).translate(_LETTERS))
    text = _decomposed(text.casefold()).translate(_LETTERS).translate(_APOSTROPHES).translate(_TATWEEL)
    words = "".join(_key_character(character) for character in text).split()
    return " ".join(_key_word(word) for word in words)


def _decomposed(text: str) -> str:
    """The text with ligatures and compatibility forms taken apart, so that marks stand alone (أ is ا and a hamza)."""
    return unicodedata.normalize("NFKD", text)


def _key_character(character: str) -> str:
    """A letter or digit as it stands in a key, nothing for a mark, a space for everything else."""
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category[0] in "LN" or category == "Mc":
        return character
    return "" if category in ("Mn", "Me", "Cf") else " "


def _key_word(word: str) -> str:
    """One word of a key without its article; twice, because الألبان and ألبان are one word here."""
    while word.startswith(_ARTICLE) and len(word) > len(_ARTICLE) + 1:
        word = word[len(_ARTICLE) :]
    return _SAME_WORDS.get(word, word)
