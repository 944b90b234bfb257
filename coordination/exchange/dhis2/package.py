"""One package from its file: what it offers, and a remark for everything that is not carried or only with a difference.

Users, sharing and places are never read. What is broken in itself (no JSON, identifiers that lead nowhere, names beyond
all measure) is a `FileProblem` with every fault at its path.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from coordination.exchange.dhis2.categories import MOST_CATEGORIES, Categories, categories_of, options_of
from coordination.exchange.dhis2.checks import Items, indicators_of, rules_of, with_indicators
from coordination.exchange.dhis2.templates import MOST_ELEMENTS, MOST_TEMPLATES, Templates, asked_by
from coordination.exchange.dhis2.terms import (
    AGGREGATIONS,
    DEFAULT_COMBO,
    LONGEST,
    OTHER_AGGREGATION,
    OTHER_PARTS,
    POSITIONS,
    READ,
    VALUE_TYPES,
    Answer,
    Formulas,
    names,
)
from coordination.exchange.json_files import MOST_FAULTS, FileProblem, Given, read_json
from coordination.reporting.rules.package_codes import as_name
from coordination.reporting.rules.packages import Kind, Package, Remark, Scheme
from coordination.reporting.rules.sources import Node, SourceFault
from coordination.reporting.rules.specification import ElementSpec, ElementType, OptionSpec, OverPlace, OverTime
from coordination.reporting.rules.templates import ElementSource
from directorates.rules.text import clean_text

# The codes of a list that is yes or no.
YES_OR_NO = {"0", "1"}
LONGEST_HELP = 1_000


def read(content: bytes) -> Package:
    """The package in a file, or a `FileProblem`."""
    faults: list[SourceFault] = []
    top = Given(Node(read_json(content), "", faults))
    if not faults and not any(isinstance(top.data.get(key), list) for key in ("dataSets", "dataElements")):
        top.node.fault("no_package")
    package = None if faults else _Reader(top).package()
    if faults or package is None:
        # A part that several others need is read several times.
        once = {(fault.path, fault.code): fault for fault in faults}
        raise FileProblem(list(once.values())[:MOST_FAULTS])
    return package


@dataclass
class _Reader:
    """The work on one file."""

    top: Given
    remarks: list[Remark] = field(default_factory=list)
    categories: Categories = field(default_factory=Categories)
    elements: dict[str, ElementSource] = field(default_factory=dict)
    # The name of every element of the package.
    known: dict[str, str] = field(default_factory=dict)
    # By element, the combinations by which data sets ask it (empty: its own).
    asked: dict[str, set[str]] = field(default_factory=dict)
    predicted: dict[str, str] = field(default_factory=dict)

    def package(self) -> Package:
        """Everything, in the order in which one part needs another."""
        self.read_other_parts()
        self.categories = categories_of(self.top)
        rows = self.top.rows("dataSets", MOST_TEMPLATES)
        for uid, combo, _node in (pair for row in rows.values() for pair in asked_by(row)):
            self.asked.setdefault(uid, set()).add(combo)
        self.read_predictors()
        self.read_elements()
        self.remark_predictors()
        templates = tuple(Templates(self.top, self.known, self.elements, self.remarks).read())
        items = Items(self.known, self.elements, self.categories.cells, self.predicted, self.remarks)
        strict = {uid for uid, row in rows.items() if row.flag("validCompleteOnly")}
        indicators = indicators_of(self.top, items, templates)
        templates = tuple(with_indicators(rules_of(self.top, items, templates, strict), indicators))
        return Package(
            scheme=Scheme.DHIS2,
            name=Given(self.top.part("package")).text("name", LONGEST) if self.top.has("package") else "",
            templates=templates,
            elements=self.elements | indicators,
            category_sets=self.categories.sets,
            categories=self.categories.cells,
            remarks=tuple(self.remarks),
        )

    def remark(self, kind: Kind, uid: str, name: str, reason: str, *, carried: bool = False, **params: str) -> None:
        """Tell something about the package."""
        self.remarks.append(Remark(kind, name, uid, reason, params, carried))

    def read_other_parts(self) -> None:
        """Name the lists that are not carried at all, with how many entries they have."""
        for key, value in self.top.data.items():
            if key not in READ and isinstance(value, list) and value:
                self.remark(
                    Kind.OTHER, "", clean_text(key[:60]), OTHER_PARTS.get(key, "unknown_part"), count=str(len(value))
                )
        rows = self.top.data.get("dataSets")
        if isinstance(rows, list) and any(isinstance(row, Mapping) and "sharing" in row for row in rows):
            self.remark(Kind.OTHER, "", "sharing", "never_sharing")

    def read_predictors(self) -> None:
        """Predictors are not carried; what they would compute is known, so that it can be told."""
        for one in self.top.items("predictors", MOST_ELEMENTS):
            self.predicted[one.reference("output")] = names(one, "name")[1]

    def remark_predictors(self) -> None:
        """Tell each predictor with the element that it would fill."""
        for one in self.top.items("predictors", MOST_ELEMENTS):
            uid, name, output = one.uid, names(one, "name")[1], one.reference("output")
            self.remark(Kind.PREDICTOR, uid, name or uid, "predictor", given=self.known.get(output, output))

    def read_elements(self) -> None:
        """The elements that a data set asks; the others are told."""
        options = options_of(self.top)
        rows = self.top.rows("dataElements", MOST_ELEMENTS)
        forms = Counter(row.data["formName"] for row in rows.values() if isinstance(row.data.get("formName"), str))
        for uid, row in rows.items():
            form = row.data.get("formName")
            # What the form says, where it says it of one element only.
            own = ("formName",) if isinstance(form, str) and forms[form] == 1 else ()
            words = self.words(row, *own, "name", "shortName")
            self.known[uid] = words[1] or words[0] or uid
            self.element(row, uid, words, options)

    def words(self, row: Given, *properties: str) -> tuple[str, str]:
        """The two names of something, under the first property where they are short enough for us."""
        for number in range(len(properties)):
            arabic, english = names(row, *properties[number:])
            if (arabic or english) and max(len(arabic), len(english)) <= LONGEST:
                return arabic, english
        part = row.part("name")
        part.fault("text_too_long" if row.has("name") else "missing_key", limit=str(LONGEST), given="name")
        return "", ""

    def element(
        self, row: Given, uid: str, words: tuple[str, str], options: Mapping[str, tuple[OptionSpec, ...]]
    ) -> None:
        """One element, carried or told why not."""
        value_type = row.text("valueType", 60) or "TEXT"
        answer = VALUE_TYPES.get(value_type)
        if reason := self.why_not(row, uid, value_type):
            self.remark(Kind.ELEMENT, uid, self.known[uid], reason, given=value_type, limit=str(MOST_CATEGORIES))
        if reason or answer is None:
            return
        answer, chosen = self.with_options(row, uid, answer, options)
        formulas = self.formulas(row, uid, answer.type)
        spec = ElementSpec(
            code=as_name(row.text("code", LONGEST), f"dhis2_{uid}"),
            type=answer.type,
            name_ar=words[0],
            name_en=words[1],
            minimum=answer.minimum,
            maximum=answer.maximum,
            over_time=formulas.over_time,
            over_place=formulas.over_place,
            options=chosen,
        )
        combo = self.combo_of(row, uid) if answer.type.is_numeric else ""
        arabic, english = (text[:LONGEST_HELP] for text in names(row, "description"))
        self.elements[uid] = ElementSource(spec, combo or None, arabic, "" if english in words else english)
        if answer.remark:
            self.remark(Kind.ELEMENT, uid, self.known[uid], answer.remark, carried=True, given=value_type)
        if uid in self.predicted:
            self.remark(Kind.ELEMENT, uid, self.known[uid], "asked_instead", carried=True, given=self.predicted[uid])

    def why_not(self, row: Given, uid: str, value_type: str) -> str:
        """The reason for which an element is not carried, empty where it is."""
        if uid not in self.asked:
            return "predicted" if uid in self.predicted else "in_no_set"
        if row.text("domainType", 40) == "TRACKER":
            return "tracker_element"
        if value_type not in VALUE_TYPES:
            return "position" if value_type in POSITIONS else "value_type"
        combo = self.combo_of(row, uid)
        if combo is None:
            row.part("categoryCombo").fault("leads_nowhere", given=row.reference("categoryCombo"))
            return "value_type"
        return "too_many_categories" if combo in self.categories.too_fine else ""

    def combo_of(self, row: Given, uid: str) -> str | None:
        """The combination by which an element is asked; empty for none, None where the package has no such one."""
        own = row.reference("categoryCombo") or DEFAULT_COMBO
        said = {combo or own for combo in self.asked[uid]}
        combo = said.pop() if len(said) == 1 else own
        if said and not self.categories.cells.get(own):
            self.remark(Kind.ELEMENT, uid, self.known[uid], "asked_in_two_ways", carried=True)
        if combo in self.categories.too_fine or self.categories.cells.get(combo):
            return combo
        return "" if combo in self.categories.cells else None

    def with_options(
        self, row: Given, uid: str, answer: Answer, options: Mapping[str, tuple[OptionSpec, ...]]
    ) -> tuple[Answer, tuple[OptionSpec, ...]]:
        """An answer from a list: yes or no, one of a list, or a number whose list is not carried."""
        given = row.reference("optionSet")
        if not given:
            return answer, ()
        chosen = options.get(given)
        if not chosen:
            row.part("optionSet").fault("leads_nowhere", given=given)
            return answer, ()
        if answer.type.is_numeric and {option.code for option in chosen} == YES_OR_NO:
            return Answer(ElementType.BOOLEAN), ()
        if answer.type is ElementType.TEXT:
            return Answer(ElementType.CHOICE), chosen
        self.remark(Kind.ELEMENT, uid, self.known[uid], "options_of_number", carried=True)
        return answer, ()

    def formulas(self, row: Given, uid: str, kind: ElementType) -> Formulas:
        """The formulas over time and place; texts have none."""
        if not kind.is_numeric:
            return Formulas(OverTime.NONE, OverPlace.NONE)
        given = row.text("aggregationType", 60) or "SUM"
        found = AGGREGATIONS.get(given, OTHER_AGGREGATION)
        if found.remark:
            self.remark(Kind.ELEMENT, uid, self.known[uid], found.remark, carried=True, given=given)
        return found
