"""Words as they are looked for: the same rule makes what is stored of a text, what is asked, and what is marked in a passage.

A word becomes its key first (`search_key`: hamza, ta marbuta, marks, tatweel, digits), as names do. Then its ending is cut
off, in Arabic as light stemming does (Larkey, Ballesteros and Connell 2007, "Light Stemming for Arabic Information
Retrieval", light10), in English by the Snowball stemmer. What is written together with an Arabic word in front of it (و ف ب
ك ل ال) cannot always be told from its first letter, so a word has several readings: a text is found by each of them.
"""

import re
from collections.abc import Iterator
from functools import lru_cache

from snowballstemmer.english_stemmer import EnglishStemmer

from coordination.search.rules.same_words import LINES
from directorates.rules.text import search_key

# Marks that may stand on letters, and signs that stand inside a word.
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
WORD = re.compile(rf"[^\W_]+(?:[{_MARKS}'’ʼ]+[^\W_]+)*[{_MARKS}]*")
# As many words are looked for as anybody types; the database compares each.
MOST_WORDS = 12
# Nothing longer is a word, and the database takes none.
LONGEST = 60
# What is left of a word in front of which a letter is taken for a small word of its own: texts are found more readily
# than they are asked for, so that فحص does not ask for حصة.
LEFT_IN_TEXTS, LEFT_IN_QUERIES = 3, 4

_ARABIC = re.compile("[\u0621-\u064a]")
_AND, _WITH, _ARTICLE = "وف", "بكل", "ال"
# Each with how many letters are left at least; tried once, in this order.
_ENDINGS = (
    *(("ها", 3), ("هم", 3), ("هن", 3), ("كم", 3), ("نا", 3)),
    *(("ان", 3), ("ات", 2), ("ون", 3), ("ين", 3), ("يه", 2), ("ه", 2), ("ي", 2), ("ا", 3)),
)
_IDLE = """
من في على عن إلى أو أن إن ما لا هذا هذه ذلك تلك التي الذي الذين كل مع هو هي كما قد تم ثم بين عند لم لن كان كانت حتى
a an and are as at be been by for from has have in into is it its of on or shall that the their these this those to was were
which will with
"""


def _without_ending(word: str) -> str:
    """An Arabic key without its endings: number, gender, whose it is, tanwin."""
    for ending, left in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= left:
            word = word[: -len(ending)]
    return word


IDLE = frozenset(search_key(word) for word in _IDLE.split())


def _keys(word: str) -> set[str]:
    """The keys of a word alone, and behind a letter that is cut off later: the article falls, and مستشفى is مشفى, only alone."""
    return {search_key(word), search_key(f"و{word}")[1:]}


# The stem that stands for a whole key; and for a stem, where it is that of one line alone (أدوية and أدوات lose their
# endings, مرضى is left as مرض, which is another word).
_SAME_KEYS = {
    key: _without_ending(search_key(first))
    for first, *others in map(str.split, LINES.strip().splitlines())
    for other in others
    for key in _keys(other)
}
_MEANT: dict[str, set[str]] = {}
for _key, _meant in _SAME_KEYS.items():
    _MEANT.setdefault(_without_ending(_key), set()).add(_meant)
_OTHERS = set(_SAME_KEYS.values())
_SAME_STEMS = {stem: meant.pop() for stem, meant in _MEANT.items() if len(meant) == 1 and stem not in _OTHERS}


def _fronts(word: str, left: int) -> Iterator[str]:
    """An Arabic key as it stands, and without what may be written together with it: and, then with or for, then the article."""
    for bare in _without_first(word, _AND, left):
        for inner in _without_first(bare, _WITH, left):
            yield inner
            if inner.startswith(_ARTICLE) and len(inner) > len(_ARTICLE) + 1:
                yield inner[len(_ARTICLE) :]
        # For the: the article loses its first letter behind ل.
        if bare.startswith("لل") and len(bare) > len("لل") + 1:
            yield bare[len("لل") :]


def _without_first(word: str, letters: str, left: int) -> Iterator[str]:
    yield word
    if word[0] in letters and len(word) > left:
        yield word[1:]


def _stem(word: str) -> str:
    if (known := _SAME_KEYS.get(word)) is not None:
        return known
    stem = _without_ending(word)
    return _SAME_STEMS.get(stem, stem)


@lru_cache(maxsize=100_000)
def stems(written: str, left: int = LEFT_IN_TEXTS) -> frozenset[str]:
    """All stems by which a written word is found; none for what says nothing by itself (in, of, a single letter)."""
    found: set[str] = set()
    for key in search_key(written[:LONGEST]).split():
        if key in IDLE or (len(key) == 1 and not key.isdecimal()):
            continue
        if _ARABIC.search(key):
            found.update(_stem(front) for front in _fronts(key, left))
        else:
            found.add(EnglishStemmer().stemWord(key) if key.isascii() and key.isalpha() else key)
    return frozenset(found)


def stems_of(*texts: str) -> set[str]:
    """The stems of all words of some texts."""
    words = {word for text in texts for word in WORD.findall(text)}
    return {stem for word in words for stem in stems(word)}


def asked_for(text: str) -> list[frozenset[str]]:
    """What a query asks for: of each of its words the stems of which a text has to hold one; each word once."""
    found = (stems(word, LEFT_IN_QUERIES) for word in WORD.findall(text))
    return list(dict.fromkeys(one for one in found if one))[:MOST_WORDS]


def vector_of(found: set[str]) -> str:
    """Stems as PostgreSQL reads a `tsvector`; they hold letters and digits only."""
    return " ".join(f"'{stem}'" for stem in sorted(found))


def query_of(asked: list[frozenset[str]]) -> str:
    """What is asked for as PostgreSQL reads a `tsquery`: every word, by any of its stems."""
    return " & ".join("(" + " | ".join(f"'{stem}'" for stem in sorted(one)) + ")" for one in asked)
