"""Small numbers: an attack by sums and differences over place, category, item and level recovers no hidden figure."""

import random
from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from coordination.reporting.rules.expressions import Cell, parse
from coordination.reporting.rules.suppression import Behind, Limits, Tie, determined, hide
from coordination.reporting.rules.ties import Key, Share, by_rule, by_share, linear, over_categories, over_places

LIMITS = Limits()


def many(number: int) -> Behind:
    """A figure that many facilities of many organisations stand behind."""
    return Behind(Decimal(number), 10, Decimal(number) / 4)


def recovered(
    equations: Iterable[Mapping[Any, Any]], values: Mapping[Any, Any], hidden: set[Any]
) -> dict[Any, Fraction]:
    """What an attacker works out who solves all equations for what is hidden, in exact fractions; nothing of ours."""
    unknown = sorted(hidden)
    rows = []
    for equation in equations:
        left = [Fraction(equation.get(key, 0)) for key in unknown]
        right = -sum(Fraction(values[key]) * factor for key, factor in equation.items() if key not in hidden)
        rows.append([*left, Fraction(right)])
    done = 0
    for column in range(len(unknown)):
        pivot = next((row for row in range(done, len(rows)) if rows[row][column]), None)
        if pivot is None:
            continue
        rows[done], rows[pivot] = rows[pivot], rows[done]
        rows[done] = [value / rows[done][column] for value in rows[done]]
        for number, row in enumerate(rows):
            if number != done and row[column]:
                rows[number] = [a - row[column] * b for a, b in zip(row, rows[done], strict=True)]
        done += 1
    found = {}
    for row in rows:
        held = [number for number, value in enumerate(row[:-1]) if value]
        if len(held) == 1:
            found[unknown[held[0]]] = row[-1]
    return found


def facts(ties: Iterable[Tie], hidden: set[Any]) -> list[Mapping[Any, Any]]:
    """The equations that hold while this is hidden."""
    return [tie.factors for tie in ties if tie.given not in hidden]


# --- What is small ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("behind", "small"),
    [
        (Behind(Decimal(4), 9, Decimal(1)), True),
        (Behind(Decimal(1), 9, Decimal(1)), True),
        (Behind(Decimal(5), 9, Decimal(2)), False),
        (Behind(Decimal(0), 9, Decimal(0)), False),
        (Behind(Decimal(0), 2, Decimal(0)), True),
        (Behind(Decimal(900), 2, Decimal(450)), True),
        (Behind(Decimal(900), 3, Decimal(300)), False),
        (Behind(Decimal(100), 9, Decimal(85)), False),
        (Behind(Decimal(100), 9, Decimal(86)), True),
        (Behind(Decimal("0.5"), 9, Decimal("0.1")), True),
    ],
)
def test_few_people_few_facilities_or_mostly_one_organisation_are_small(behind: Behind, small: bool) -> None:
    assert behind.is_small(LIMITS) is small


def test_each_limit_can_be_set() -> None:
    assert Behind(Decimal(9), 9, Decimal(1)).is_small(Limits(smallest=10))
    assert Behind(Decimal(90), 4, Decimal(30)).is_small(Limits(facilities=5))
    assert Behind(Decimal(90), 4, Decimal(60)).is_small(Limits(share=60))


# --- What would give it away -----------------------------------------------------------------------------------------


def test_a_single_small_part_is_hidden_with_the_smallest_of_its_neighbours() -> None:
    whole, one, other, third = (Key(2, True, 1, 7), *(Key(3, True, place, 7) for place in (2, 3, 4)))
    figures = {whole: many(63), one: many(3), other: many(40), third: many(20)}
    equations = list(over_places(figures, {2: 1, 3: 1, 4: 1}))
    assert hide(figures, equations, LIMITS) == {one, third}


def test_an_only_child_takes_its_parent_along() -> None:
    whole, only = Key(2, True, 1, 7), Key(3, True, 2, 7)
    figures = {whole: many(3), only: many(3)}
    assert hide(figures, over_places(figures, {2: 1}), LIMITS) == {whole, only}
    figures = {whole: many(50), only: Behind(Decimal(50), 2, Decimal(25))}
    assert hide(figures, over_places(figures, {2: 1}), LIMITS) == {whole, only}


def test_nothing_small_hides_nothing() -> None:
    figures = {Key(2, True, 1, 7): many(60), Key(3, True, 2, 7): many(30), Key(3, True, 3, 7): many(30)}
    assert hide(figures, over_places(figures, {2: 1, 3: 1}), LIMITS) == set()


def test_a_figure_that_only_all_equations_together_give_away_is_found() -> None:
    # Each equation hides two, and yet: (a + b) + (b + c) - (a + c) = 2 b.
    a, b, c = "a", "b", "c"
    triangle = [Tie({a: 1, b: 1, "x": -1}), Tie({b: 1, c: 1, "y": -1}), Tie({a: 1, c: 1, "z": -1})]
    assert determined(triangle, {a, b, c}) == {a, b, c}
    assert determined(triangle[:2], {a, b, c}) == set()


def test_the_sides_of_a_rule_give_each_other_away() -> None:
    sick, dead, both = Key(3, True, 2, 1), Key(3, True, 2, 2), Key(3, True, 2, 3)
    figures = {sick: many(50), dead: many(2), both: many(52)}
    numbers: dict[Cell, Key] = {("sick", None): sick, ("dead", None): dead, ("both", None): both}
    ties = list(by_rule(figures, parse("both"), parse("sick + dead"), numbers))
    assert recovered(facts(ties, {dead}), {sick: 50, both: 52}, {dead}) == {dead: 2}
    assert hide(figures, ties, LIMITS) == {dead, sick}


def test_a_share_gives_its_small_part_away() -> None:
    share, births, caesareans = Key(3, True, 2, 9), Key(3, True, 2, 1), Key(3, True, 2, 2)
    figures = {share: many(3), births: many(60), caesareans: many(3)}
    ties = list(by_share({share: Share(Decimal(3), Decimal(60))}, figures, 2, 1))
    assert hide(figures, ties, LIMITS) >= {share, caesareans}
    figures[share] = many(30)
    found = hide(figures, ties, LIMITS)
    assert caesareans in found
    assert len(found) == 2
    # Once the share is hidden the two say nothing of each other.
    assert determined(ties, {share, caesareans}) == set()


def test_shares_of_neighbours_give_away_what_sums_alone_do_not() -> None:
    """Two places, births and visits hidden in both, their shares and the sums shown: two unknowns, two equations."""
    births, visits, rates = ({place: Key(3, True, place, item) for place in (2, 3)} for item in (1, 2, 9))
    wholes = {Key(2, True, 1, item): number for item, number in ((1, 50), (2, 130))}
    said = {births[2]: 20, visits[2]: 100, births[3]: 30, visits[3]: 30}
    figures = {key: many(number) for key, number in (wholes | said).items()}
    figures |= {rates[place]: many(said[births[place]]) for place in (2, 3)}
    figures[births[2]] = figures[visits[2]] = Behind(Decimal(50), 9, Decimal(49))
    shares = {rates[place]: Share(Decimal(said[births[place]]), Decimal(said[visits[place]])) for place in (2, 3)}
    ties = [*over_places(figures, {2: 1, 3: 1}), *by_share(shares, figures, 1, 2)]
    at_risk = {births[2], births[3], visits[2], visits[3]}
    assert recovered(facts(ties, at_risk), wholes, at_risk) == said
    hidden = hide(figures, ties, LIMITS)
    assert at_risk <= hidden
    assert recovered(facts(ties, hidden), wholes | said, hidden) == {}


def test_what_multiplies_items_ties_nothing() -> None:
    assert linear(parse("a * b")) is None
    assert linear(parse("a / b")) is None
    assert linear(parse("2 * (a - b.x) / 4 + 7 - -c")) == {
        ("a", None): Fraction(1, 2),
        ("b", "x"): Fraction(-1, 2),
        ("c", None): Fraction(1),
    }


@pytest.mark.parametrize("seed", range(12))
def test_no_attack_on_an_edition_recovers_anything(seed: int) -> None:
    chance = random.Random(seed)
    parents: dict[int, int | None] = {1: None}
    for depth, most in ((1, 3), (2, 3), (3, 4)):
        above = [place for place in parents if place < 10**depth and place >= 10 ** (depth - 1)]
        for place in above:
            parents |= {place * 10 + number: place for number in range(chance.randint(1, most))}
    figures: dict[Key, Behind] = {}
    for place in [place for place in parents if place >= 1000]:
        for item in (1, 2):
            for category in (1, 2, 3):
                if chance.random() < 0.8:
                    number, facilities = chance.choice((0, 2, 30, 40, 80, 200)), chance.choice((1, 4, 5, 6))
                    _add(figures, parents, place, item, category, number, facilities, chance.random())
    # The third item is by rule the sum of the other two.
    for key in [key for key in figures if key.item == 1 and key.whole]:
        pair = [key, key._replace(item=2)]
        together = sum((figures[one].number for one in pair if one in figures), Decimal())
        figures[key._replace(item=3)] = Behind(together, 5, together / 3)
    numbers: dict[Cell, Key] = {(name, None): Key(0, True, 1, item) for name, item in (("a", 1), ("b", 2), ("c", 3))}
    # The fourth is the share of the first in the second.
    shares = {}
    for key in [key for key in figures if key.item == 1 and key.whole]:
        other = figures.get(key._replace(item=2))
        if other is not None and other.number:
            shares[key._replace(item=4)] = Share(figures[key].number, other.number)
            figures[key._replace(item=4)] = figures[key]
    ties = [
        *over_places([key for key in figures if key.item != 4], parents),
        *over_categories(figures),
        *by_rule(figures, parse("c"), parse("a + b"), numbers),
        *by_share(shares, figures, 1, 2),
    ]
    hidden = hide(figures, ties, LIMITS)
    assert {key for key, one in figures.items() if one.is_small(LIMITS)} <= hidden
    assert len(hidden) < len(figures)
    values = {key: one.number for key, one in figures.items()}
    assert recovered(facts(ties, hidden), values, hidden) == {}
    # The attack does work: on an edition that hides what is small and no more it recovers figures.
    small = {key for key, one in figures.items() if one.is_small(LIMITS)}
    assert recovered(facts(ties, small), values, small) != {}


def _add(
    figures: dict[Key, Behind],
    parents: Mapping[int, int | None],
    place: int | None,
    item: int,
    category: int,
    number: int,
    facilities: int,
    largest: float,
) -> None:
    """Count a number at a place and everything it lies in, by category and whole."""
    depth = 3
    while place is not None:
        for key in (Key(depth, False, place, item, category), Key(depth, True, place, item)):
            held = figures.get(key, Behind(Decimal(), 0, Decimal()))
            figures[key] = Behind(
                held.number + number,
                held.facilities + facilities,
                held.largest + round(Decimal(number) * Decimal(largest), 2),
            )
        place, depth = parents[place], depth - 1
