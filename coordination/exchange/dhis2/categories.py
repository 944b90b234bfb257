"""DHIS2's category combinations and option sets: our category sets and options."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from math import prod

from coordination.exchange.dhis2.terms import DEFAULT_COMBO, LONGEST, names
from coordination.exchange.json_files import Given
from coordination.reporting.rules.package_codes import as_category, as_name, as_slug, distinct
from coordination.reporting.rules.sources import Node
from coordination.reporting.rules.specification import CategorySpec, OptionSpec
from coordination.reporting.rules.templates import CategorySetSource

MOST_SETS, MOST_OPTIONS, MOST_CATEGORIES, MOST_AXES = 500, 5_000, 200, 10
Axis = list[tuple[str, Node]]


@dataclass
class Categories:
    """Every combination of the package: those we carry with the uids of their cells, the others by name only."""

    sets: dict[str, CategorySetSource] = field(default_factory=dict)
    # The cells of a set in the order of its categories; none for a combination without categories.
    cells: dict[str, tuple[str, ...]] = field(default_factory=lambda: {DEFAULT_COMBO: ()})
    too_fine: set[str] = field(default_factory=set)


def categories_of(top: Given) -> Categories:
    """The combinations of a package, their cells in the order of their categories' options."""
    found = Categories()
    options = top.rows("categoryOptions", MOST_OPTIONS)
    categories = top.rows("categories", MOST_SETS)
    cells = {
        (one.reference("categoryCombo"), frozenset(uid for uid, _ in one.references("categoryOptions", MOST_AXES))): one
        for one in top.rows("categoryOptionCombos", MOST_OPTIONS).values()
    }
    for uid, combo in top.rows("categoryCombos", MOST_SETS).items():
        if uid == DEFAULT_COMBO or "default" in (combo.data.get("name"), combo.data.get("code")):
            found.cells[uid] = ()
            continue
        axes = _axes(combo, categories, options)
        if not axes or not 0 < prod(len(axis) for axis in axes) <= MOST_CATEGORIES:
            found.too_fine.add(uid)
            continue
        pairs = _cells(uid, axes, options, cells)
        arabic, english = names(combo, "name")
        code = as_name(combo.text("code", LONGEST) or english, f"dhis2_{uid}", 40)
        specs = tuple(spec for _uid, spec in pairs)
        found.cells[uid] = tuple(cell for cell, _spec in pairs)
        found.sets[uid] = CategorySetSource(code, arabic[:LONGEST], english[:LONGEST], specs)
    return found


def _axes(combo: Given, categories: Mapping[str, Given], options: Mapping[str, Given]) -> list[Axis]:
    """The options of each category of a combination; what leads nowhere is a fault."""
    axes: list[Axis] = []
    for uid, node in combo.references("categories", MOST_AXES):
        if uid not in categories:
            node.fault("leads_nowhere", given=uid)
            continue
        axis = categories[uid].references("categoryOptions", MOST_OPTIONS)
        for option, where in axis:
            if option not in options:
                where.fault("leads_nowhere", given=option)
        axes.append([pair for pair in axis if pair[0] in options])
    return axes


def _cells(
    uid: str,
    axes: list[Axis],
    options: Mapping[str, Given],
    cells: Mapping[tuple[str, frozenset[str]], Given],
) -> list[tuple[str, CategorySpec]]:
    """Every cell of a combination with its uid; a package without its cells names them by their options."""
    found, taken = [], set[str]()
    for parts in product(*axes):
        keys = [option for option, _node in parts]
        cell = cells.get((uid, frozenset(keys)))
        told = [names(options[key], "name", "shortName") for key in keys]
        arabic = "، ".join(pair[0] for pair in told) if all(pair[0] for pair in told) else ""
        english = names(cell, "name")[1] if cell else ", ".join(pair[1] for pair in told)
        own = cell.uid if cell else f"{uid}-{'-'.join(keys)}"[:100]
        code = as_category((cell.text("code", LONGEST) if cell else "") or english, own)
        found.append((own, CategorySpec(distinct(code, taken, 40), arabic[:LONGEST], english[:LONGEST])))
    return found


def options_of(top: Given) -> dict[str, tuple[OptionSpec, ...]]:
    """The options of each option set, in their order."""
    rows = top.rows("options", MOST_OPTIONS)
    found = {}
    for set_uid, one in top.rows("optionSets", MOST_SETS).items():
        taken: set[str] = set()
        options = []
        for uid, node in one.references("options", MOST_OPTIONS):
            if uid not in rows:
                node.fault("leads_nowhere", given=uid)
                continue
            arabic, english = names(rows[uid], "name")
            code = distinct(as_slug(rows[uid].text("code", LONGEST), uid), taken, 40)
            options.append(OptionSpec(code, arabic[:LONGEST], english[:LONGEST]))
        found[set_uid] = tuple(options)
    return found
