"""What a search is made of: what was asked by whom, the groups of what can be found, and one thing that was found."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.utils.functional import Promise

from coordination.search.models import things_with
from coordination.search.rules.passages import Passage, Piece, marked
from coordination.search.rules.words import asked_for, query_of
from directorates.models import User
from directorates.rules.text import clean_text, search_key

# Fewer letters would find nearly everything; more is no search.
SHORTEST, LONGEST = 2, 200


@dataclass(frozen=True)
class Asked:
    """Who looks for which text."""

    user: User
    text: str

    @classmethod
    def of(cls, user: User, typed: str) -> "Asked":
        """What somebody typed, as it is looked for."""
        return cls(user, clean_text(typed)[:LONGEST])

    @cached_property
    def enough(self) -> bool:
        """Whether there are enough letters to search for."""
        return len(search_key(self.text).replace(" ", "")) >= SHORTEST

    @cached_property
    def stems(self) -> list[frozenset[str]]:
        """Of each word that was typed the stems by which texts are found."""
        return asked_for(self.text)

    @cached_property
    def parts(self) -> list[str]:
        """The words that were typed, as parts of names: a single letter would be marked everywhere."""
        return [part for part in search_key(self.text).split() if len(part) >= SHORTEST]

    def marked(self, text: str) -> tuple[Piece, ...]:
        """A name or a title in pieces, with what was asked for marked."""
        return marked(text, self.stems, self.parts)

    @cached_property
    def query(self) -> str:
        """All of them as the database asks for them; empty where the words say nothing by themselves."""
        return query_of(self.stems)

    @cached_property
    def things(self) -> dict[str, list[int]]:
        """By kind the ids of things whose text holds it, whoever may see them; none where the words say nothing by themselves."""
        return things_with(self.query) if self.query else {}


@dataclass(frozen=True)
class Excerpt:
    """Where in a text the words stand: under which heading, in which language (none where nobody said), and the passage."""

    passage: Passage | None
    heading: str = ""
    language: str = ""
    url: str = ""

    @property
    def direction(self) -> str:
        """How it runs: by its language, else by its first letter."""
        return {"ar": "rtl", "en": "ltr"}.get(self.language, "auto")


@dataclass(frozen=True)
class Found:
    """One thing that was found: its name, also in pieces, what it is, where its page is, its state if any, a part of its text."""

    title: str
    detail: str
    url: str = ""
    state: str = ""
    words: str = ""
    excerpt: Excerpt | None = None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True)
class Group:
    """A kind of thing that can be found: what matches (a query or a list) of what the reader may see, and how one is shown.

    `first` of them stand beside other groups, `many` on a page of their own.
    """

    key: str
    title: str | Promise
    find: Callable[[Asked], QuerySet[Any] | list[Any]]
    show: Callable[[Asked, Any], Found]
    first: int = 20
    many: int = 50
