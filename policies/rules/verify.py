"""By what the text of a version is known: SHA-256 over one way of writing it down, which anybody can do anew.

The text is written as JSON by RFC 8785 (names in their order, no blanks, UTF-8): the code of the policy, the number of the
version, and each section with its anchor, heading and text in both languages; where scanned papers are text of it, the
SHA-256 of each file as well; where it has pictures, number, SHA-256 and words of each. Before that, texts are brought to one form:
Unicode's NFC, and lines that end with a line feed. `docs/guides/policies.md` shows the same in five lines of Python.
"""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from directorates.rules.text import latin_digits

# Of the hash as it is printed: so many signs stand together.
GROUP = 8
_HASH = re.compile(r"[0-9a-f]{64}")
# What may stand between the signs of a hash that was typed, dictated or scanned.
_BETWEEN = re.compile(r"[\s\-.:_\u200b-\u200f\u2066-\u2069\u202a-\u202e\ufeff]")


# A picture by its number: the hash of its file, and what it shows in Arabic and in English.
Drawn = tuple[int, str, str, str]


@dataclass(frozen=True)
class Words:
    """One section as it is read: its anchor, and heading and text in both languages."""

    anchor: str
    heading_ar: str
    heading_en: str
    text_ar: str
    text_en: str


def canonical(
    policy: str,
    version: int,
    sections: Iterable[Words],
    papers: Sequence[str] = (),
    pictures: Sequence[Drawn] = (),
) -> bytes:
    """A text, written down in the one way; `papers` are the hashes of scanned papers, in their order."""
    said: dict[str, Any] = {
        "policy": policy,
        "version": version,
        "sections": [
            {
                "anchor": one.anchor,
                "heading": {"ar": _form(one.heading_ar), "en": _form(one.heading_en)},
                "text": {"ar": _form(one.text_ar), "en": _form(one.text_en)},
            }
            for one in sections
        ],
    }
    if papers:
        said["papers"] = list(papers)
    if pictures:
        said["pictures"] = [
            {"number": number, "sha256": digest, "words": {"ar": _form(words_ar), "en": _form(words_en)}}
            for number, digest, words_ar, words_en in pictures
        ]
    return json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest_of(
    policy: str,
    version: int,
    sections: Iterable[Words],
    papers: Sequence[str] = (),
    pictures: Sequence[Drawn] = (),
) -> str:
    """The hash of a text, as 64 signs."""
    return hashlib.sha256(canonical(policy, version, sections, papers, pictures)).hexdigest()


def _form(text: str) -> str:
    """A text in one form: accents composed, lines ended by a line feed."""
    return unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))


def digest_in(typed: str) -> str:
    """The hash in what somebody typed or scanned, be it in groups, in capitals or with Arabic digits; "" where there is none."""
    plain = _BETWEEN.sub("", latin_digits(typed)).lower()
    return plain if _HASH.fullmatch(plain) else ""


def grouped(digest: str) -> str:
    """A hash in groups, so that it can be compared by eye and typed."""
    return " ".join(digest[start : start + GROUP] for start in range(0, len(digest), GROUP))
