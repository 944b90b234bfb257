"""DHIS2 packages are read as they are; what is not carried is named with its reason, what is broken with its path."""

import copy
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from coordination.exchange.dhis2 import read
from coordination.exchange.dhis2.expressions import Untranslated, translate
from coordination.exchange.json_files import MOST_BYTES, FileProblem
from coordination.exchange.words import REASONS, fault_words, reason_words
from coordination.reporting.rules.expressions import Missing, Operator
from coordination.reporting.rules.packages import Kind, Package
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.specification import ElementType, OverPlace, OverTime, Severity

DEFAULT = "bjDvmb4bfuf"


def uid(number: int) -> str:
    """An identifier of that system's form."""
    return f"Element{number:04}"


def small(**changes: Any) -> dict[str, Any]:
    """A data set of three elements, one of them by age; other top-level parts as given."""
    found: dict[str, Any] = {
        "categoryOptions": [{"id": "OptionUnder", "name": "Under 5"}, {"id": "OptionAbove", "name": "5 and over"}],
        "categories": [{"id": "CategoryAge", "categoryOptions": [{"id": "OptionUnder"}, {"id": "OptionAbove"}]}],
        "categoryCombos": [{"id": "ComboOfAges", "name": "Age", "categories": [{"id": "CategoryAge"}]}],
        "categoryOptionCombos": [
            {
                "id": "CellOfAbove",
                "name": "5+",
                "categoryCombo": {"id": "ComboOfAges"},
                "categoryOptions": [{"id": "OptionAbove"}],
            },
            {
                "id": "CellOfUnder",
                "name": "<5",
                "categoryCombo": {"id": "ComboOfAges"},
                "categoryOptions": [{"id": "OptionUnder"}],
            },
        ],
        "dataElements": [
            {
                "id": uid(1),
                "code": "OPD-1",
                "name": "Consultations",
                "valueType": "INTEGER_ZERO_OR_POSITIVE",
                "aggregationType": "SUM",
                "categoryCombo": {"id": "ComboOfAges"},
            },
            {
                "id": uid(2),
                "name": "Beds",
                "valueType": "INTEGER_POSITIVE",
                "aggregationType": "AVERAGE_SUM_ORG_UNIT",
                "categoryCombo": {"id": DEFAULT},
            },
            {
                "id": uid(3),
                "code": "DEATHS",
                "name": "Deaths",
                "valueType": "NUMBER",
                "aggregationType": "LAST",
                "categoryCombo": {"id": DEFAULT},
            },
        ],
        "dataSets": [
            {
                "id": "DataSetOne1",
                "name": "Monthly report",
                "periodType": "Monthly",
                "timelyDays": 7,
                "dataSetElements": [{"dataElement": {"id": uid(number)}} for number in (1, 2, 3)],
            }
        ],
    }
    return found | changes


def package(data: Any) -> Package:
    """What is read of these data."""
    return read(json.dumps(data).encode())


def rule(left: str, right: str, operator: str = "less_than_or_equal_to", **more: Any) -> dict[str, Any]:
    """A rule as a package has it; `missing` is the strategy of both sides."""
    missing = more.pop("missing", "NEVER_SKIP")
    sides = [{"expression": side, "missingValueStrategy": missing} for side in (left, right)]
    found = {"id": "RuleNumber1", "name": "A rule", "operator": operator, "periodType": "Monthly"}
    return found | {"leftSide": sides[0], "rightSide": sides[1]} | more


def faults(data: Any) -> set[tuple[str, str]]:
    """Where and what is wrong; each has words."""
    with pytest.raises(FileProblem) as caught:
        read(data if isinstance(data, bytes) else json.dumps(data).encode())
    for fault in caught.value.faults:
        assert fault_words(fault.code, fault.params)
    return {(fault.path, fault.code) for fault in caught.value.faults}


def outcome(data: Any) -> tuple[Package | None, set[str]]:
    """What is read, or the codes of what is wrong."""
    try:
        return package(data), set()
    except FileProblem as problem:
        told = [fault_words(fault.code, fault.params) for fault in problem.faults]
        return None, {fault.code for fault in problem.faults} if all(told) else {"without words"}


def reasons(found: Package, kind: Kind) -> Counter[str]:
    """Why things of a kind are left out or differ; each has words."""
    for one in found.remarks:
        assert reason_words(one.reason, one.params)
    return Counter(one.reason for one in found.remarks if one.kind is kind)


def test_the_weekly_package_is_read_as_it_is(shared: Path) -> None:
    found = read((shared / "dhis2" / "who_idsr_weekly_metadata.json").read_bytes())
    assert [(one.period_type, one.due_days) for one in found.templates] == [(PeriodType.WEEK, 3)] * 3
    asked = Counter(
        item for one in found.templates for item in one.elements if not found.elements[item].spec.is_computed
    )
    assert len(asked) == 73
    assert min(asked.values()) == 2
    left_out = reasons(found, Kind.ELEMENT)
    assert left_out["predicted"] + left_out["in_no_set"] == 25
    rules = {one.code: one for template in found.templates for one in template.rules}
    assert Counter(one.severity for one in rules.values()) == {Severity.ALERT: 18, Severity.WARNING: 15}
    assert {one.missing for one in rules.values() if one.severity is Severity.ALERT} == {Missing.ZERO}
    # The four alerts over what predictors compute are named, with the item that they read.
    assert reasons(found, Kind.RULE)["reads_predicted"] == 4
    assert reasons(found, Kind.PREDICTOR) == {"predictor": 16}
    # An operand of one category stays one of that category.
    assert ("bXn9Kmxnd3r", "EW1nknsma47") in rules["dhis2-i0qb4br3g7o"].operands


def test_the_monthly_package_keeps_strategies_and_sections(shared: Path) -> None:
    found = read((shared / "dhis2" / "who_epi_monthly_metadata.json").read_bytes())
    (template,) = found.templates
    assert len([one for one in template.elements if not found.elements[one].spec.is_computed]) == 165
    assert len(template.sections) == 20
    assert Counter(one.missing for one in template.rules) == {
        Missing.SKIP_ALL: 15,
        Missing.ZERO: 14,
        Missing.SKIP_ANY: 1,
    }
    assert reasons(found, Kind.RULE) == {"missing_apart": 1}
    assert reasons(found, Kind.ELEMENT) == {"in_no_set": 3, "asked_instead": 15}
    assert reasons(found, Kind.INDICATOR).total() == 107 - 1
    assert {one.spec.minimum for one in found.elements.values() if not one.spec.is_computed} == {0}


@pytest.mark.parametrize("name", ["dataset_with_sections.json", "metadata_with_vr.json", "e2e_aggregate_metadata.json"])
def test_other_packages_are_read_without_a_fault(shared: Path, name: str) -> None:
    found = read((shared / "dhis2" / name).read_bytes())
    assert found.templates
    asked = {item for one in found.templates for item in one.elements}
    assert asked == set(found.elements)


def test_people_sharing_and_places_are_named_and_never_read(shared: Path) -> None:
    found = read((shared / "dhis2" / "dataset_with_sections.json").read_bytes())
    assert reasons(found, Kind.OTHER) == {"never_people": 2, "own_registers": 2, "tracker": 1, "never_sharing": 1}
    assert "admin" not in repr(found).lower()


def test_types_formulas_bounds_and_codes_are_translated() -> None:
    found = package(small())
    visits, beds, deaths = (found.elements[uid(number)] for number in (1, 2, 3))
    assert (visits.spec.type, visits.spec.minimum, visits.spec.code) == (ElementType.INTEGER, 0, "opd_1")
    assert (beds.spec.minimum, beds.spec.over_time, beds.spec.over_place) == (1, OverTime.AVERAGE, OverPlace.SUM)
    # Without a code the identifier makes one.
    assert beds.spec.code == "dhis2_element0002"
    assert (deaths.spec.type, deaths.spec.over_time) == (ElementType.DECIMAL, OverTime.LAST)
    # The cells stand in the order of the category's options, whatever the order in the file.
    assert found.categories["ComboOfAges"] == ("CellOfUnder", "CellOfAbove")
    assert [one.name_en for one in found.category_sets["ComboOfAges"].categories] == ["<5", "5+"]


def test_a_name_in_arabic_is_taken_and_a_missing_one_stays_blank() -> None:
    data = small()
    data["dataElements"][1]["translations"] = [{"locale": "ar", "property": "NAME", "value": "الأسرّة"}]
    found = package(data)
    assert [found.elements[uid(number)].spec.name_ar for number in (1, 2)] == ["", "الأسرّة"]


def test_the_words_of_the_form_are_preferred_unless_two_share_them() -> None:
    data = small()
    for number, form in enumerate(("Patients seen", "Same", "Same")):
        data["dataElements"][number]["formName"] = form
    found = package(data)
    assert [found.elements[uid(n)].spec.name_en for n in (1, 2, 3)] == ["Patients seen", "Beds", "Deaths"]


def test_only_compulsory_elements_are_required() -> None:
    data = small()
    data["dataSets"][0]["compulsoryDataElementOperands"] = [{"dataElement": {"id": uid(3)}}]
    (section,) = package(data).templates[0].sections
    assert dict(section.elements) == {uid(1): False, uid(2): False, uid(3): True}


@pytest.mark.parametrize(
    ("strategy", "missing"),
    [
        ("NEVER_SKIP", Missing.ZERO),
        ("SKIP_IF_ANY_VALUE_MISSING", Missing.SKIP_ANY),
        ("SKIP_IF_ALL_VALUES_MISSING", Missing.SKIP_ALL),
    ],
)
def test_what_a_missing_value_does_is_kept(strategy: str, missing: Missing) -> None:
    found = package(small(validationRules=[rule(f"#{{{uid(3)}}}", "30", missing=strategy)]))
    (one,) = found.templates[0].rules
    assert (one.missing, one.severity, one.operator) == (missing, Severity.WARNING, Operator.AT_MOST)
    assert reasons(found, Kind.RULE) == {}


def test_a_wait_for_a_first_case_is_an_alert_and_blocks_nothing() -> None:
    data = small(validationRules=[rule(f"#{{{uid(1)}.CellOfAbove}}", "1", "less_than")])
    data["dataSets"][0]["validCompleteOnly"] = True
    (one,) = package(data).templates[0].rules
    assert (one.severity, one.missing, one.operands) == (Severity.ALERT, Missing.ZERO, ((uid(1), "CellOfAbove"),))


def test_other_rules_block_where_a_report_is_complete_only_if_they_hold() -> None:
    data = small(validationRules=[rule(f"#{{{uid(3)}}}", f"#{{{uid(2)}}}")])
    data["dataSets"][0]["validCompleteOnly"] = True
    assert package(data).templates[0].rules[0].severity is Severity.ERROR


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("#{Element0009}", "reads_unknown"),
        ("#{Element0001.NoSuchCell1}", "reads_category"),
        ("#{Element0001", "expression_foreign"),
        ("#Element0001}", "expression_unexpected"),
        ("R{DataSetOne1.REPORTING_RATE}", "expression_foreign"),
        ("C{Constant001} * 2", "expression_foreign"),
        ("[days]", "expression_foreign"),
        ("if(#{Element0003} > 1, 1, 0)", "expression_function"),
        ("#{Element0003} +", "expression_incomplete"),
        ("#{Element0003} ** 2", "expression_unexpected"),
        ("Beds + 1", "expression_unexpected"),
        ("q1 + #{Element0003}", "expression_unexpected"),
        ("(" * 60 + "1" + ")" * 60, "expression_too_deep"),
        ("1" + " + 1" * 2000, "expression_too_long"),
        ("7", "reads_nothing"),
        ("", "expression_incomplete"),
    ],
)
def test_a_rule_that_cannot_be_read_is_left_out_with_the_reason_and_the_rest_is_carried(
    expression: str, reason: str
) -> None:
    good = rule(f"#{{{uid(3)}}}", "30") | {"id": "RuleNumber2"}
    found = package(small(validationRules=[rule(expression, "30"), good]))
    assert [one.code for one in found.templates[0].rules if one.code == "dhis2-rulenumber2"] == ["dhis2-rulenumber2"]
    assert reasons(found, Kind.RULE) == {reason: 1}


def test_what_a_rule_reads_stands_where_the_fault_is() -> None:
    with pytest.raises(Untranslated) as caught:
        translate("#{Element0003} + #{Element0003} §", lambda element, category: (element, category))
    assert caught.value.params["position"] == "33"


def test_a_share_of_two_items_asked_together_is_carried_and_other_indicators_are_named() -> None:
    kinds = [{"id": "TypePercent", "factor": 100}, {"id": "TypePerLakh", "factor": 100000}]
    share = {
        "id": "Indicator01",
        "name": "Lethality",
        "indicatorType": {"id": "TypePercent"},
        "numerator": "#{Element0003}",
        "denominator": "#{Element0002}",
    }
    others = [
        share | {"id": "Indicator02", "indicatorType": {"id": "TypePerLakh"}},
        share | {"id": "Indicator03", "annualized": True},
        share | {"id": "Indicator04", "denominator": "1"},
        share | {"id": "Indicator05", "numerator": "#{Element0003} + #{Element0002}"},
        share | {"id": "Indicator06", "numerator": "#{Element0001.CellOfAbove}"},
        share | {"id": "Indicator07", "numerator": "N{Indicator07}"},
    ]
    found = package(small(indicatorTypes=kinds, indicators=[share, *others]))
    lethality = found.elements["Indicator01"].spec
    assert (lethality.type, lethality.over_place) == (ElementType.PERCENT, OverPlace.RATIO)
    (section,) = found.templates[0].sections
    assert [one for one, _ in section.elements] == [uid(1), uid(2), uid(3), "Indicator01"]
    assert reasons(found, Kind.INDICATOR) == {
        "indicator_factor": 1,
        "indicator_annualized": 1,
        "indicator_number": 1,
        "indicator_sum": 1,
        "indicator_category": 1,
        "expression_foreign": 1,
    }


@pytest.mark.parametrize("value_type", ["COORDINATE", "FILE_RESOURCE", "ORGANISATION_UNIT", "AGE", "NONSENSE"])
def test_answers_of_other_types_are_left_out(value_type: str) -> None:
    data = small()
    data["dataElements"][1]["valueType"] = value_type
    found = package(data)
    assert uid(2) not in found.elements
    assert reasons(found, Kind.ELEMENT) == {"position" if value_type == "COORDINATE" else "value_type": 1}


def test_a_data_set_of_other_periods_is_left_out() -> None:
    data = small()
    data["dataSets"][0]["periodType"] = "BiWeekly"
    found = package(data)
    assert found.templates == ()
    assert reasons(found, Kind.TEMPLATE) == {"period_type": 1}


def test_identifiers_that_lead_nowhere_are_all_told_with_their_paths() -> None:
    data = small()
    data["dataSets"][0]["dataSetElements"].append({"dataElement": {"id": "NotInThere1"}})
    data["dataElements"][1]["categoryCombo"] = {"id": "NoSuchCombo"}
    data["categories"][0]["categoryOptions"].append({"id": "NoSuchOptio"})
    data["sections"] = [
        {"id": "SectionOne1", "dataSet": {"id": "DataSetOne1"}, "name": "S", "dataElements": [{"id": "NeitherThis"}]}
    ]
    assert faults(data) == {
        ("dataSets.0.dataSetElements.3.dataElement", "leads_nowhere"),
        ("dataElements.1.categoryCombo", "leads_nowhere"),
        ("categories.0.categoryOptions.2", "leads_nowhere"),
        ("sections.0.dataElements.0", "leads_nowhere"),
    }


def test_cycles_lead_nowhere_and_end() -> None:
    data = small()
    data["categories"][0]["categoryOptions"] = [{"id": "CategoryAge"}]
    data["dataElements"][0]["categoryCombo"] = {"id": uid(1)}
    assert {code for _path, code in faults(data)} == {"leads_nowhere"}
    data = small(
        indicators=[
            {"id": "Indicator01", "name": "Of itself", "numerator": "N{Indicator01}", "denominator": "N{Indicator01}"}
        ]
    )
    assert reasons(package(data), Kind.INDICATOR) == {"expression_foreign": 1}


def test_names_beyond_all_measure_are_faults_and_not_cut() -> None:
    data = small()
    data["dataElements"][0]["name"] = "x" * 5_000_000
    assert ("dataElements.0.name", "text_too_long") in faults(data)
    data = small()
    data["dataElements"][0] |= {"name": "x" * 230, "shortName": "Short enough"}
    assert package(data).elements[uid(1)].spec.name_en == "Short enough"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "not_json"),
        (b"{", "not_json"),
        (b"\xff\xfe{}", "not_utf8"),
        (b"[" * 100_000, "too_deep"),
        (b'{"dataSets": ' + b"[" * 50 + b"]" * 50 + b"}", "too_deep"),
        (b'{"dataSets": NaN}', "not_json_number"),
        (b'{"dataSets": ' + b"9" * 5000 + b"}", "not_json_number"),
        (b"[]", "not_a_mapping"),
        (b"null", "not_a_mapping"),
        (b"{}", "no_package"),
        (b'{"dataSets": {"a": 1}}', "no_package"),
        (b" " * (MOST_BYTES + 1), "file_too_large"),
    ],
)
def test_what_is_no_package_is_told_in_one_sentence(content: bytes, code: str) -> None:
    assert code in {found for _path, found in faults(content)}


def test_hostile_texts_are_cleaned_or_refused_and_never_break(shared: Path) -> None:
    strings = json.loads((shared / "bad-input" / "blns.json").read_text(encoding="utf-8"))
    for text in strings:
        data = small(validationRules=[rule(text, "1") | {"name": text, "instruction": text, "operator": "equal_to"}])
        for element in data["dataElements"]:
            element |= {"code": text, "name": f"x {text}", "description": text}
        found, codes = outcome(data)
        assert codes <= {"unreadable_text", "text_too_long"}
        assert found is None or "\u202e" not in repr([one.spec.name_en for one in found.elements.values()])


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The way to every value in some data."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in entries:
        yield (*path, key)
        yield from places(inner, (*path, key))


@pytest.mark.parametrize("wrong", [None, 7, "text", "", [], {}, [None], [["x"]], [{"id": 7}], {"id": "Element0001"}])
def test_parts_of_any_shape_anywhere_are_faults_or_nothing_and_never_break(wrong: Any) -> None:
    whole = small(
        validationRules=[rule("#{Element0003}", "30") | {"organisationUnitLevels": [4]}],
        sections=[{"id": "Section1", "name": "S", "dataSet": {"id": "DataSetOne1"}, "dataElements": [{"id": uid(1)}]}],
        predictors=[{"id": "Predictor1", "name": "P", "output": {"id": uid(2)}}],
    )
    for *way, last in places(whole):
        data = copy.deepcopy(whole)
        node: Any = data
        for step in way:
            node = node[step]
        node[last] = copy.deepcopy(wrong)
        found, codes = outcome(data)
        assert found is not None or (codes and codes != {"without words"})


def test_an_identifier_stands_once_and_is_one() -> None:
    data = small()
    data["dataElements"].append(data["dataElements"][0])
    data["dataSets"][0]["id"] = "Data Set; --"
    assert faults(data) == {("dataElements.3.id", "used_twice"), ("dataSets.0.id", "not_a_code")}


def test_every_reason_has_words() -> None:
    given = dict.fromkeys(("given", "count", "limit", "category", "position"), "7")
    assert all(reason_words(code, given) for code in REASONS)
