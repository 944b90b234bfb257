"""How much harm a stored field can do in the wrong hands: four classes, who may carry which, and one registry of all fields.

Each app says so of its own models in its `sensitivity.py`; `coordination/sensitivity.py` composes them, with the models
of others that hold what is ours. Tests fail on a field without a class, and on an answer of the API, a column of a file, an
admin page, a line of the log or a search that carries more than its audience may.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum, IntEnum


class Sensitivity(IntEnum):
    """Classes, the harmless first."""

    OPEN = 0  # could stand in a newspaper
    INTERNAL = 1  # for whoever works here
    RESTRICTED = 2  # for whoever has a right to the row: people, what reports say, why something was decided
    SEVERE = 3  # kills or opens doors: exact positions, passwords, keys, secrets


class Audience(Enum):
    """Ways by which fields leave the database in bulk or unasked, each with the highest class it may carry."""

    LOG = ("log", Sensitivity.INTERNAL)
    SEARCH = ("search", Sensitivity.INTERNAL)
    TEXTS = ("search in texts", Sensitivity.RESTRICTED)
    API = ("api", Sensitivity.RESTRICTED)
    EXPORT = ("export", Sensitivity.RESTRICTED)
    ADMIN = ("admin", Sensitivity.RESTRICTED)

    @property
    def highest(self) -> Sensitivity:
        """The highest class that this audience may be given."""
        return self.value[1]


@dataclass(frozen=True)
class Said:
    """Fields of one model that share a class, and why."""

    sensitivity: Sensitivity
    fields: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Kept:
    """What a model keeps; `walled` where row policies of the database decide who sees its rows.

    One that holds what is restricted or severe, and is not, says in `open_to_code` why not.
    """

    model: str
    said: tuple[Said, ...]
    walled: bool = False
    open_to_code: str = ""

    @property
    def holds_secrets(self) -> bool:
        """Whether some field is for whoever has a right to the row alone, or for nobody."""
        return any(one.sensitivity >= Sensitivity.RESTRICTED for one in self.said)


class Unclassified(LookupError):
    """A field that nobody gave a class."""


class Registry:
    """The class and the reason of every field, found by `app.Model.field`."""

    def __init__(self, kept: Iterable[Kept]) -> None:
        self._said: dict[str, Said] = {}
        self.walled: set[str] = set()
        # Models without row policies that hold something restricted, with why; "" where nobody said it.
        self.open_to_code: dict[str, str] = {}
        for one in kept:
            if one.walled:
                self.walled.add(one.model)
            elif one.holds_secrets:
                self.open_to_code[one.model] = one.open_to_code
            if one.open_to_code and one.model not in self.open_to_code:
                raise ValueError(f"{one.model} needs no word on why it has no row policies")
            for said in one.said:
                for field in said.fields:
                    name = f"{one.model}.{field}"
                    if name in self._said:
                        raise ValueError(f"{name} has two classes")
                    self._said[name] = said

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def said_of(self, field: str) -> Said:
        """The class of a field with its reason, or `Unclassified`."""
        try:
            return self._said[field]
        except KeyError:
            raise Unclassified(field) from None

    def of(self, field: str) -> Sensitivity:
        """The class of a field, or `Unclassified`."""
        return self.said_of(field).sensitivity

    def may_carry(self, audience: Audience, field: str) -> bool:
        """Whether an audience may be given a field."""
        return self.of(field) <= audience.highest


def said(sensitivity: Sensitivity, fields: str, reason: str) -> Said:
    """A class for fields, written in one string with spaces between."""
    return Said(sensitivity, tuple(fields.split()), reason)


def kept(model: str, *parts: Said, walled: bool = False, open_to_code: str = "") -> Kept:
    """What a model keeps, by class; and whether row policies guard it or, in a few words, why not."""
    return Kept(model, parts, walled, open_to_code)
