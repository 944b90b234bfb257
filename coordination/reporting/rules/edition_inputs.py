"""What an edition is made of, as one text that a hash holds; and what is read out of it again, years later.

Two programs that write the same inputs write the same text: keys sorted, no spaces, rows in a fixed order.
"""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from coordination.reporting.rules.figures import Formula, Parts
from coordination.reporting.rules.numbers import plain
from coordination.reporting.rules.specification import OverPlace, OverTime
from coordination.reporting.rules.suppression import Limits

# Raised when what is frozen is written otherwise; a reader of editions knows which form it reads.
FORM = 1


@dataclass(frozen=True)
class Item:
    """A numeric item as an edition counted it: ids, formula, and the slots of a report that hold it (0 the whole)."""

    id: int
    code: str
    over_place: OverPlace
    over_time: OverTime
    numerator: str
    denominator: str
    categories: Mapping[str, int]
    parts: Mapping[int, Parts]

    @property
    def formula(self) -> Formula:
        """Its two formulas."""
        return Formula(self.over_time, self.over_place)

    def as_facts(self) -> dict[str, Any]:
        """The item as JSON holds it."""
        told = {name: getattr(self, name) for name in ("id", "code", "numerator", "denominator")}
        parts = {
            str(number): [list(part.own), list(part.numerator), list(part.denominator)]
            for number, part in self.parts.items()
        }
        formulas = {"over_place": self.over_place.value, "over_time": self.over_time.value}
        return told | formulas | {"categories": dict(self.categories), "parts": parts}

    @classmethod
    def of_facts(cls, facts: Mapping[str, Any]) -> Item:
        """The item that `as_facts` wrote."""
        parts = {int(number): Parts(*(tuple(slots) for slots in lists)) for number, lists in facts["parts"].items()}
        told = {name: facts[name] for name in ("id", "code", "numerator", "denominator", "categories")}
        over_place, over_time = OverPlace(facts["over_place"]), OverTime(facts["over_time"])
        return cls(**told, over_place=over_place, over_time=over_time, parts=parts)


@dataclass(frozen=True)
class Spot:
    """A place as it lay when an edition was made."""

    id: int
    code: str
    level: int
    parent: int | None


@dataclass(frozen=True)
class Facts:
    """Everything an edition was made of but single reports."""

    template: str
    period: str
    limits: Limits
    # Number and the fingerprint of what each version asks.
    versions: Sequence[tuple[int, str]]
    items: Sequence[Item]
    # Both sides of the rules that demand them equal.
    equal: Sequence[tuple[str, str]]
    places: Sequence[Spot]
    # Of each sub-district, the code of the organisation that was competent on the period's last day.
    jurisdictions: Mapping[str, str]
    # Which report counts first until several are settled.
    precedence: str

    def as_json(self) -> dict[str, Any]:
        """The facts as JSON holds them."""
        return {
            "form": FORM,
            "template": self.template,
            "period": self.period,
            "limits": asdict(self.limits),
            "versions": [list(one) for one in self.versions],
            "items": [one.as_facts() for one in self.items],
            "equal": [list(one) for one in self.equal],
            "places": [[one.id, one.code, one.level, one.parent] for one in self.places],
            "jurisdictions": dict(self.jurisdictions),
            "precedence": self.precedence,
        }

    @classmethod
    def of_json(cls, held: Mapping[str, Any]) -> Facts:
        """The facts that `as_json` wrote."""
        return cls(
            template=held["template"],
            period=held["period"],
            limits=Limits(**held["limits"]),
            versions=[(number, digest) for number, digest in held["versions"]],
            items=[Item.of_facts(one) for one in held["items"]],
            equal=[(left, right) for left, right in held["equal"]],
            places=[Spot(*one) for one in held["places"]],
            jurisdictions=held["jurisdictions"],
            precedence=held["precedence"],
        )


# One row of what counted, was set aside or was expected, its cells in the order of the model's fields.
Row = Sequence[str | int | bool | None]


def digest_of(
    facts: Mapping[str, Any], counted: Iterable[Row], set_aside: Iterable[Row], expected: Iterable[Row]
) -> str:
    """The SHA-256 over all inputs of an edition, in hexadecimal."""
    rows = {"counted": counted, "set_aside": set_aside, "expected": expected}
    told = {name: sorted(canonical(row) for row in held) for name, held in rows.items()}
    return sha256(canonical({"facts": facts} | told))


def figures_digest(rows: Iterable[tuple[str, str, str | None, Decimal | None]]) -> str:
    """The SHA-256 over the figures of an edition: place, item, category by their codes, and the value, null where it is hidden."""
    told = (canonical([*codes, None if value is None else f"{plain(value):f}"]) for *codes, value in rows)
    return sha256("\n".join(sorted(told)))


def canonical(held: object) -> str:
    """A thing as JSON with sorted keys and no spaces."""
    return json.dumps(held, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_day)


def sha256(text: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal."""
    return hashlib.sha256(text.encode()).hexdigest()


def _day(held: object) -> str:
    if isinstance(held, datetime.date):
        return held.isoformat()
    raise TypeError(type(held))
