"""XLSForms: what a report of numbers can carry is carried, the rest is named; what is no form is told and never breaks."""

import io
import json
import zipfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from coordination.exchange.json_files import FileProblem
from coordination.exchange.words import fault_words, reason_words
from coordination.exchange.xlsform import read
from coordination.exchange.xlsform.constraints import constraint_of
from coordination.reporting.rules.expressions import Operator
from coordination.reporting.rules.packages import Package
from coordination.reporting.rules.specification import ElementType, Severity

HEAD = ("type", "name", "label::Arabic (ar)", "label::English (en)", "required", "constraint", "relevant", "hint")


def form(*rows: tuple[str, ...], choices: tuple[tuple[str, ...], ...] = (), form_id: str = "clinic") -> bytes:
    """A workbook of these questions."""
    book = Workbook()
    survey = book.active
    assert survey is not None
    survey.title = "survey"
    survey.append(HEAD)
    for row in rows:
        survey.append(row)
    sheet = book.create_sheet("choices")
    sheet.append(("list_name", "name", "label::Arabic (ar)", "label::English (en)"))
    for choice in choices:
        sheet.append(choice)
    settings = book.create_sheet("settings")
    settings.append(("form_title", "form_id"))
    settings.append(("Clinic", form_id))
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def reasons(found: Package) -> Counter[str]:
    """Why things are left out or differ; each has words."""
    for one in found.remarks:
        assert reason_words(one.reason, one.params)
    return Counter(one.reason for one in found.remarks)


def code_of(content: bytes, name: str = "form.xlsx") -> str:
    """The one thing that is wrong; it has words."""
    with pytest.raises(FileProblem) as caught:
        read(content, name)
    (fault,) = caught.value.faults
    assert fault_words(fault.code, fault.params)
    return fault.code


def test_questions_groups_and_choices_become_items_sections_and_options() -> None:
    found = read(
        form(
            ("integer", "visits", "المعاينات", "Visits", "yes", ". >= 0 and . < 100"),
            ("begin group", "births", "الولادات", "Births"),
            ("decimal", "weight", "الوزن", "Weight", "", ". > 0.5"),
            ("select_one yn", "open", "مفتوحة", "Open"),
            ("end group",),
            choices=(("yn", "y", "نعم", "Yes"), ("yn", "n", "لا", "No")),
        ),
        "form.xlsx",
    )
    (template,) = found.templates
    assert (template.uid, template.code, template.period_type) == ("clinic", "clinic", None)
    assert [(one.code, one.name_ar, one.name_en) for one in template.sections] == [
        ("main", "", "Clinic"),
        ("births", "الولادات", "Births"),
    ]
    visits, weight, is_open = (
        found.elements[f"clinic/{path}"].spec for path in ("visits", "births/weight", "births/open")
    )
    assert (visits.type, visits.name_ar, visits.minimum, visits.maximum) == (ElementType.INTEGER, "المعاينات", 0, 99)
    assert template.sections[0].elements == (("clinic/visits", True),)
    # A bound without its end, on a number with decimals, is a rule.
    assert (weight.minimum, [(one.operator, one.severity) for one in template.rules]) == (
        None,
        [(Operator.GREATER, Severity.ERROR)],
    )
    assert [(one.code, one.name_ar) for one in is_open.options] == [("y", "نعم"), ("n", "لا")]
    assert reasons(found) == {"formulas_assumed": 1}


def test_a_comparison_with_another_question_is_a_rule() -> None:
    found = read(form(("integer", "all", "", "All"), ("integer", "girls", "", "Girls", "", ". <= ${all}")), "f.xlsx")
    (rule,) = found.templates[0].rules
    assert (rule.operands, rule.operator) == ((("clinic/girls", None), ("clinic/all", None)), Operator.AT_MOST)


def test_what_a_report_cannot_ask_is_named_with_its_reason() -> None:
    found = read(
        form(
            ("integer", "n", "", "Number", "", "regex(., 'x')", "${n} > 3"),
            ("geopoint", "where", "", "Where"),
            ("image", "picture", "", "Picture"),
            ("select_multiple yn", "many", "", "Many"),
            ("note", "hello", "", "Hello"),
            ("time", "clock", "", "Clock"),
            ("begin repeat", "child", "", "Child"),
            ("integer", "age", "", "Age"),
            ("end repeat",),
            choices=(("yn", "y", "", "Yes"),),
        ),
        "f.xlsx",
    )
    assert list(found.elements) == ["clinic/n"]
    told = reasons(found)
    assert (told["position"], told["attachment"], told["select_many"], told["note"]) == (1, 1, 1, 1)
    assert (told["repeat"], told["question_type"]) == (2, 1)
    assert (told["lost_constraint"], told["lost_relevant"]) == (1, 1)


def test_a_label_that_is_cut_is_told() -> None:
    found = read(form(("integer", "n", "", "N" * 230), ("integer", "m", "", "M" * 200)), "f.xlsx")
    assert [len(one.spec.name_en) for one in found.elements.values()] == [200, 200]
    assert reasons(found)["label_cut"] == 1


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("central_simple.xlsx", 2),
        ("pyxform_group.xlsx", 2),
        ("tutorial_arabic_labels.xlsx", 3),
        ("pyxform_widgets.xls", 16),
        ("pyxform_bad_calc.xlsx", 0),
    ],
)
def test_real_forms_are_read(shared: Path, name: str, asked: int) -> None:
    found = read((shared / "odk" / name).read_bytes(), name)
    assert len(found.elements) == asked
    assert len(found.templates) == bool(asked)
    assert reasons(found)


def test_arabic_labels_are_arabic_names(shared: Path) -> None:
    found = read((shared / "odk" / "tutorial_arabic_labels.xlsx").read_bytes(), "tutorial_arabic_labels.xlsx")
    age = found.elements["tutorial_arabic_labels/age"].spec
    assert ("كم عمرك" in age.name_ar, age.name_en) == (True, "2. How old are you?")


def bomb() -> bytes:
    """A small archive of a large nothing."""
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * (60 * 1024 * 1024))
    return found.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"PK\x03\x04 and no more", "not_a_workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\x00" * 600, "xlsform"),
        (b"plain text", "not_a_workbook"),
        (bomb(), "file_too_large"),
        (form()[:-200], "not_a_workbook"),
        (form(("integer", "no label or name twice")), "xlsform"),
        (form(("integer", "a", "", "A"), ("integer", "a", "", "A")), "xlsform"),
        (form(("begin group", "g", "", "G"), ("integer", "a", "", "A")), "xlsform"),
    ],
    ids=["cut", "old cut", "text", "bomb", "truncated", "name", "twice", "unended"],
)
def test_what_is_no_form_is_told(content: bytes, code: str) -> None:
    assert code_of(content) == code


def with_macros() -> bytes:
    """A form that brings a program along."""
    found = io.BytesIO(form(("integer", "a", "", "A")))
    with zipfile.ZipFile(found, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"\0")
    return found.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (with_macros(), "macros"),
        (form(choices=(("list", "x", "", "X"),) * 10_001), "too_many"),
        (form(*[("begin group", f"g{n}", "", "G") for n in range(60)], *[("end group",)] * 60), "too_deep"),
    ],
    ids=["macros", "rows", "deep"],
)
def test_a_form_is_looked_through_as_every_workbook(content: bytes, code: str) -> None:
    assert code_of(content) == code


@pytest.mark.parametrize("rows", [(), (("nonsense", "x", "", "X"),)])
def test_a_form_that_asks_nothing_for_a_report_offers_no_template(rows: tuple[tuple[str, ...], ...]) -> None:
    found = read(form(*rows), "form.xlsx")
    assert found.templates == ()
    assert reasons(found)["empty"] == 1


def test_hostile_labels_hints_and_conditions_never_break(shared: Path) -> None:
    strings = json.loads((shared / "bad-input" / "blns.json").read_text(encoding="utf-8"))
    rows = [
        ("integer", f"q{number}", f"س {text}", f"x {text}", "", text, "", text)
        for number, text in enumerate(strings)
        # What a workbook cannot hold never comes in one.
        if text.isprintable() and "${" not in text
    ]
    found = read(form(*rows), "form.xlsx")
    assert len(found.elements) == len(rows)
    assert max(len(one.spec.name_en) for one in found.elements.values()) <= 200


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (". >= 0", (0, None, 0)),
        (". > 0 and . <= 31", (1, 31, 0)),
        ("(. < 10)", (None, 9, 0)),
        (". <= ${all} + 2", (None, None, 1)),
        (". != 3", (None, None, 1)),
    ],
)
def test_conditions_are_bounds_or_comparisons(text: str, expected: tuple[Any, ...]) -> None:
    found = constraint_of(text, whole=True, uid_of={"all": "clinic/all"}.get)
    assert (found.minimum, found.maximum, len(found.comparisons)) == expected
    assert found.unread == ""


@pytest.mark.parametrize(
    "text", [". >= today()", "regex(., 'a')", ". >= ${unknown}", ". >= 1e400", ". > 5 or . < 3", "q1 > 1", ". > q1"]
)
def test_conditions_that_cannot_be_carried_are_kept_whole_for_the_remark(text: str) -> None:
    assert constraint_of(text, whole=True, uid_of=lambda _name: None).unread == text
