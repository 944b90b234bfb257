"""Corrections of editions: whoever holds the old and the new one works out no difference that tells of few facilities."""

import random
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import pytest

from coordination.reporting.rules.edition_corrections import Before, changed, differences, make_correction
from coordination.reporting.rules.edition_figures import Counted, Made, added_up, make, ties_of
from coordination.reporting.rules.edition_inputs import Facts, Item, Spot
from coordination.reporting.rules.figures import Parts
from coordination.reporting.rules.specification import OverPlace, OverTime
from coordination.reporting.rules.suppression import Limits
from coordination.reporting.rules.ties import Key
from tests.reporting.test_suppression import recovered

LIMITS = Limits()
PLACES = (
    Spot(1, "SY", 0, None),
    *(Spot(2 + number, f"SY0{number}", 1, 1) for number in range(2)),
    *(Spot(4 + number, f"SY0{number}0", 2, 2 + number // 2) for number in range(4)),
    *(Spot(8 + number, f"SY0{number}00", 3, 4 + number // 2) for number in range(8)),
)
AGES = {"u5": 1, "o5": 2}
ITEMS = (
    Item(
        1,
        "visits",
        OverPlace.SUM,
        OverTime.SUM,
        "",
        "",
        AGES,
        {1: Parts(("s1",)), 2: Parts(("s2",)), 0: Parts(("s1", "s2"))},
    ),
    Item(2, "births", OverPlace.SUM, OverTime.SUM, "", "", {}, {0: Parts(("s3",))}),
    Item(3, "rate", OverPlace.RATIO, OverTime.SUM, "births", "visits", {}, {0: Parts((), ("s3",), ("s1", "s2"))}),
)
FACTS = Facts("monthly", "201803", LIMITS, [(1, "x")], ITEMS, [], PLACES, {}, "latest")


def month(dice: random.Random, facilities: int = 40) -> list[Counted]:
    """Reports of a month."""
    return [
        Counted(
            8 + dice.randrange(8),
            number,
            number % 5,
            True,
            {"s1": dice.randrange(60), "s2": dice.randrange(60), "s3": dice.choice([0, 1, 3, 12, 30])},
        )
        for number in range(facilities)
    ]


def changes_of(dice: random.Random, rows: list[Counted]) -> list[Counted]:
    """The same month, some of it corrected, some of it new, some of it gone."""
    chosen = set(dice.sample(range(len(rows)), dice.choice([1, 1, 2, 3, 8, 20])))
    kept = [row for row in rows if row.facility not in chosen or dice.random() < 0.9]
    return [
        Counted(
            row.subdistrict,
            row.facility,
            row.reporter,
            row.on_time,
            {**row.doc, "s1": row.doc["s1"] + dice.randrange(1, 9)},
        )
        if row.facility in chosen
        else row
        for row in kept
    ]


def before_of(rows: list[Counted], made: Made) -> Before:
    """An edition that is out."""
    return Before(FACTS, rows, made.hidden)


def attacked(befores: list[tuple[list[Counted], Made]], rows: list[Counted], made: Made) -> dict[Any, Any]:
    """Which differences that tell of few an attacker works out, who holds all editions and knows where nothing changed."""
    figures = added_up(rows, ITEMS, {one.id: one for one in PLACES})
    equations: list[dict[Any, int]] = []
    values: dict[str, Decimal] = {}
    hidden: set[str] = set()
    for name, one, held in [(str(number), *pair) for number, pair in enumerate(befores)] + [("new", rows, made)]:
        own = added_up(one, ITEMS, {spot.id: spot for spot in PLACES})
        _take(name, own, held, equations, values, hidden)
    wanted = set()
    for number, (old_rows, _old) in enumerate(befores):
        old = added_up(old_rows, ITEMS, {spot.id: spot for spot in PLACES})
        moved = changed(before_of(old_rows, _old), FACTS, rows)
        # A share is told by its two items: it ties them, and is no sum of its own.
        for key in (key for key in {*old, *figures} if key.item != 3):
            if key not in moved and key in old and key in figures:
                equations.append({("new", key): 1, (str(number), key): -1})
            elif key in moved and moved[key].behind().is_small(LIMITS):
                change = (f"change {number}", key)
                hidden.add(_text(change))
                wanted.add(_text(change))
                there: dict[Any, int] = {("new", key): 1} if key in figures or key in made.hidden else {}
                equations.append({change: -1} | there | ({(str(number), key): -1} if key in old else {}))
    told = [{_text(key): factor for key, factor in equation.items()} for equation in equations]
    found = recovered(told, values, hidden)
    return {key: value for key, value in found.items() if key in wanted}


def _take(
    name: str, figures: Mapping[Key, Any], made: Made, equations: list[Any], values: Any, hidden: set[str]
) -> None:
    """What an edition shows, what it hides, and what ties it."""
    # Of what nobody answers any more there is a hidden row.
    for key in {*figures, *made.hidden}:
        if key in made.hidden:
            hidden.add(_text((name, key)))
        elif key.item != 3:
            values[_text((name, key))] = Decimal(figures[key].sums.total)
    equations += [
        {(name, key): factor for key, factor in tie.factors.items()}
        for tie in ties_of(FACTS, figures)
        if (tie.given is None or tie.given not in made.hidden) and all(key.item != 3 for key in tie.factors)
    ]


def _text(key: Iterable[Any]) -> str:
    return str(key)


@pytest.mark.parametrize("seed", range(12))
def test_no_small_difference_is_worked_out_from_both_editions(seed: int) -> None:
    dice = random.Random(seed)
    rows = month(dice)
    old = make(FACTS, rows, [])
    new_rows = changes_of(dice, rows)
    new = make_correction(FACTS, new_rows, [], [before_of(rows, old)])
    assert attacked([(rows, old)], new_rows, new) == {}


@pytest.mark.parametrize("seed", range(4))
def test_nor_from_three(seed: int) -> None:
    dice = random.Random(100 + seed)
    first = month(dice)
    one = make(FACTS, first, [])
    second = changes_of(dice, first)
    two = make_correction(FACTS, second, [], [before_of(first, one)])
    third = changes_of(dice, second)
    three = make_correction(FACTS, third, [], [before_of(second, two), before_of(first, one)])
    assert attacked([(second, two), (first, one)], third, three) == {}


def test_an_edition_made_by_itself_would_give_one_facility_away() -> None:
    """What the rule is for: without it the attack above succeeds."""
    dice = random.Random(1)
    rows = month(dice)
    old = make(FACTS, rows, [])
    again = [
        Counted(row.subdistrict, row.facility, row.reporter, True, {**row.doc, "s3": row.doc["s3"] + 7})
        if row.facility == 3
        else row
        for row in rows
    ]
    assert attacked([(rows, old)], again, make(FACTS, again, [])) != {}
    assert attacked([(rows, old)], again, make_correction(FACTS, again, [], [before_of(rows, old)])) == {}


def test_where_nothing_changed_what_was_shown_stays_shown_and_what_was_hidden_hidden() -> None:
    dice = random.Random(2)
    rows = month(dice)
    old = make(FACTS, rows, [])
    again = make_correction(FACTS, rows, [], [before_of(rows, old)])
    assert again.figures == old.figures
    assert differences(old.figures, again.figures) == []


def test_a_change_of_many_is_shown() -> None:
    dice = random.Random(3)
    rows = month(dice)
    old = make(FACTS, rows, [])
    again = [
        Counted(
            row.subdistrict, row.facility, row.reporter, True, {**row.doc, "s1": row.doc["s1"] + 10 + row.facility % 3}
        )
        for row in rows
    ]
    new = make_correction(FACTS, again, [], [before_of(rows, old)])
    country = Key(0, True, 1, 1)
    assert new.shown[country] == old.shown[country] + sum(10 + row.facility % 3 for row in rows)
    assert [one.key for one in differences(old.figures, new.figures)]
