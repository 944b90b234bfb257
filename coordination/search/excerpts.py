"""Which part of a long text is shown of what was found: the section that holds most of what was asked for, and its passage."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language

from coordination.search.kinds import Asked, Excerpt
from coordination.search.rules.passages import passage_of, words_found
from policies.rules.markdown import words_of

# So many characters of one thing are looked through; a text is rarely longer, and a page shows twenty.
MOST_READ = 300_000


@dataclass(frozen=True)
class Part:
    """A part of a text: its heading, its words in Markdown, the language where it is known, and where it stands."""

    text: str
    heading: str = ""
    language: str = ""
    url: str = ""


def excerpt_of(asked: Asked, parts: Iterable[Part]) -> Excerpt | None:
    """The part that holds most of what was asked for, in the reader's language where both hold as much; None where none does."""
    all_of_it = (len(asked.stems), True)
    best: tuple[int, bool] = (0, True)
    chosen: Part | None = None
    read = 0
    for part in parts:
        read += len(part.text)
        if read > MOST_READ and chosen is not None:
            break
        worth = (words_found(f"{part.heading}\n{part.text}", asked.stems), part.language == get_language())
        if worth > best and worth[0]:
            best, chosen = worth, part
            if best == all_of_it:
                break
    if chosen is None:
        return None
    return Excerpt(passage_of(words_of(chosen.text), asked.stems), chosen.heading, chosen.language, chosen.url)
