"""One XLSForm from its workbook."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import PurePosixPath
from typing import Any

from pyxform.errors import PyXFormError
from pyxform.xls2json import workbook_to_json
from pyxform.xls2json_backends import get_xlsform

from coordination.exchange.json_files import refused
from coordination.exchange.tables import FileProblem as WorkbookProblem
from coordination.exchange.xlsform.constraints import Constraint, constraint_of
from coordination.exchange.xlsx_parts import look_through
from coordination.reporting.rules.expressions import Missing, Operand
from coordination.reporting.rules.package_codes import as_name, as_slug, distinct
from coordination.reporting.rules.packages import Kind, OfferedSection, OfferedTemplate, Package, Remark, Scheme
from coordination.reporting.rules.specification import (
    ElementSpec,
    ElementType,
    OptionSpec,
    OverPlace,
    OverTime,
    RuleSpec,
    Severity,
)
from coordination.reporting.rules.templates import LONGEST_RULE, ElementSource
from directorates.rules.text import clean_text

MOST_BYTES, MOST_UNPACKED, MOST_PARTS, MOST_QUESTIONS = 5 * 1024 * 1024, 50 * 1024 * 1024, 500, 2_000
# Rows of a sheet, most of which are what can be chosen; groups within one another.
MOST_ROWS, MOST_DEPTH = 10_000, 40
LONGEST, LONGEST_HELP, LONGEST_UID = 200, 1_000, 200
DUE_DAYS = 15
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ARABIC = re.compile(r"[\u0621-\u064a]")

TYPES: Mapping[str, ElementType] = {
    "integer": ElementType.INTEGER,
    "int": ElementType.INTEGER,
    "decimal": ElementType.DECIMAL,
    "range": ElementType.DECIMAL,
    "text": ElementType.TEXT,
    "string": ElementType.TEXT,
    "date": ElementType.DATE,
    "select one": ElementType.CHOICE,
}
# Why other questions are not carried; what is named nowhere is `question_type`.
LEFT_OUT: Mapping[str, str] = (
    dict.fromkeys(("geopoint", "geotrace", "geoshape", "gps", "location", "start-geopoint"), "position")
    | dict.fromkeys(("photo", "image", "audio", "video", "file", "barcode", "background-audio"), "attachment")
    | dict.fromkeys(
        ("start", "end", "today", "deviceid", "username", "phonenumber", "email", "audit", "simserial", "subscriberid"),
        "device",
    )
    | {"calculate": "calculated", "note": "note", "select all that apply": "select_many", "rank": "select_many"}
    | {"repeat": "repeat", "hidden": "calculated"}
)


def read(content: bytes, name: str) -> Package:
    """The package in a workbook of that name, or a `FileProblem`."""
    survey = _survey(content, name)
    form = _Form(clean_text(str(survey.get("id_string") or ""))[:60] or "form")
    form.read(survey.get("children") or [], "", None)
    if form.count > MOST_QUESTIONS:
        raise refused("too_many", limit=str(MOST_QUESTIONS))
    return form.package(survey)


def _survey(content: bytes, name: str) -> Mapping[str, Any]:
    """What the workbook says, as pyxform reads it."""
    kind = _kind_of(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of looks that a reader of questions does not need
            data = get_xlsform(io.BytesIO(content), file_type=kind)
            survey: Mapping[str, Any] = workbook_to_json(data, fallback_form_name=_stem(name), warnings=[])
    except PyXFormError as problem:
        raise refused("xlsform", given=clean_text(str(problem))[:400]) from problem
    except Exception as problem:
        raise refused("not_a_workbook") from problem
    return survey


def _kind_of(content: bytes) -> str:
    """The ending that the content deserves; a workbook that would burst is refused before it is opened."""
    if len(content) > MOST_BYTES:
        raise refused("file_too_large", limit=str(MOST_BYTES // 1024 // 1024))
    if content.startswith(OLE):
        return ".xls"
    if not content.startswith(ZIP):
        raise refused("not_a_workbook")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError) as problem:
        raise refused("not_a_workbook") from problem
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise refused("file_too_large", limit=str(MOST_UNPACKED // 1024 // 1024))
    _look_through(content)
    return ".xlsx"


def _look_through(content: bytes) -> None:
    """Ask of a form what is asked of every workbook: no macros, no links, no bomb, no more rows than a form can have."""
    try:
        found = look_through(content)
    except WorkbookProblem as problem:
        raise refused(problem.code, **{"limit": problem.params.get("most", ""), **problem.params}) from problem
    if any(sheet.rows > MOST_ROWS for sheet in found.sheets):
        raise refused("too_many", limit=str(MOST_ROWS))


def _stem(name: str) -> str:
    """A name for a form that says none."""
    return as_name(PurePosixPath(name.replace("\\", "/")).stem, "form", 40)


@dataclass
class _Section:
    """A group of questions as it grows."""

    code: str
    words: tuple[str, str]
    elements: list[tuple[str, bool]] = field(default_factory=list)


@dataclass
class _Form:
    """The work on one form."""

    code: str
    count: int = 0
    sections: dict[str, _Section] = field(default_factory=dict)
    elements: dict[str, ElementSource] = field(default_factory=dict)
    rules: list[RuleSpec] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    # Numbers by their name in the form, for constraints that name them.
    numbers: dict[str, str] = field(default_factory=dict)
    constraints: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def read(self, children: list[Mapping[str, Any]], path: str, group: Mapping[str, Any] | None) -> None:
        """Questions and groups within a group, in their order."""
        if path.count("/") > MOST_DEPTH:
            raise refused("too_deep", limit=str(MOST_DEPTH))
        for one in children:
            self.count += 1
            kind, name = str(one.get("type", "")), clean_text(str(one.get("name", "")))
            here = f"{path}/{name}"
            if kind == "group":
                if not (one.get("control") or {}).get("bodyless"):
                    self.read(one.get("children") or [], here, one)
            elif kind in TYPES and str((one.get("bind") or {}).get("readonly", "")) not in ("true()", "yes"):
                self.question(one, kind, name, here, path, group)
            else:
                self.leave_out(one, kind if kind not in TYPES else "readonly", here)

    def leave_out(self, one: Mapping[str, Any], kind: str, here: str) -> None:
        """Tell why a question is not carried; of a repetition, its questions too."""
        reason = "calculated" if kind == "readonly" else LEFT_OUT.get(kind, "question_type")
        name = self.words(one)[1] or self.words(one)[0] or here
        self.remarks.append(Remark(Kind.ELEMENT, name, self.uid(here), reason, {"given": kind[:40]}))
        for inner in one.get("children") or () if kind == "repeat" else ():
            self.count += 1
            self.leave_out(inner, "repeat", f"{here}/{inner.get('name', '')}")

    def uid(self, path: str) -> str:
        """What a question is known by: its form and its place in it."""
        return f"{self.code}{path}"[:LONGEST_UID]

    def words(self, one: Mapping[str, Any], key: str = "label", longest: int = LONGEST) -> tuple[str, str]:
        """The Arabic and the other text of a label, whichever languages it has."""
        arabic = english = other = ""
        for language, text in _texts(one, key).items():
            said = clean_text(text)[:longest]
            if _ARABIC.search(said) or re.search(r"\(ar\b|arab", language.lower()):
                arabic = arabic or said
            elif re.search(r"\(en\b|english", language.lower()):
                english = english or said
            else:
                other = other or said
        return arabic, english or other

    def question(
        self, one: Mapping[str, Any], kind: str, name: str, here: str, path: str, group: Mapping[str, Any] | None
    ) -> None:
        """One question that is carried."""
        uid, answer, bind = self.uid(here), TYPES[kind], one.get("bind") or {}
        options = self.options(one) if answer is ElementType.CHOICE else ()
        if answer is ElementType.CHOICE and not options:
            self.leave_out(one, "external list", here)
            return
        arabic, english = self.words(one)
        whole = answer is ElementType.INTEGER
        limits = self.range(one) if kind == "range" else Constraint()
        spec = ElementSpec(
            code=as_name(f"{self.code}_{name}", "form"),
            type=answer,
            name_ar=arabic,
            name_en=english or ("" if arabic else name[:LONGEST]),
            minimum=limits.minimum,
            maximum=limits.maximum,
            over_time=OverTime.SUM if answer.is_numeric else OverTime.NONE,
            over_place=OverPlace.SUM if answer.is_numeric else OverPlace.NONE,
            options=options,
        )
        self.elements[uid] = ElementSource(spec, None, *self.words(one, "hint", LONGEST_HELP))
        section = self.sections.setdefault(path, _Section(str(len(self.sections)), self.words(group or {})))
        section.elements.append((uid, str(bind.get("required", "")).lower() in ("yes", "true", "true()")))
        if answer.is_numeric:
            self.numbers[name] = uid
        if bind.get("constraint"):
            self.constraints.append((uid, {**one, "whole": whole}))
        self.remark_lost(one, bind, uid, spec.name_en or spec.name_ar)

    def remark_lost(self, one: Mapping[str, Any], bind: Mapping[str, Any], uid: str, name: str) -> None:
        """Tell what a carried question loses."""
        if any(len(clean_text(text)) > LONGEST for text in _texts(one, "label").values()):
            self.remarks.append(Remark(Kind.ELEMENT, name, uid, "label_cut", {"limit": str(LONGEST)}, carried=True))
        for key, given in (("relevant", bind.get("relevant")), ("default", one.get("default"))):
            if given:
                said = {"given": clean_text(str(given))[:100]}
                self.remarks.append(Remark(Kind.ELEMENT, name, uid, f"lost_{key}", said, carried=True))

    def options(self, one: Mapping[str, Any]) -> tuple[OptionSpec, ...]:
        """The options of a choice."""
        taken: set[str] = set()
        found = []
        for number, choice in enumerate(one.get("choices") or ()):
            code = distinct(as_slug(str(choice.get("name", "")), f"option-{number}"), taken, 40)
            arabic, english = self.words(choice)
            found.append(OptionSpec(code, arabic, english or ("" if arabic else str(choice.get("name", ""))[:LONGEST])))
        return tuple(found)

    def range(self, one: Mapping[str, Any]) -> Constraint:
        """The ends of a range."""
        given = one.get("parameters") or {}
        text = " and ".join(
            f". {sign} {given[key]}"
            for key, sign in (("start", ">="), ("end", "<="))
            if given.get(key) not in (None, "")
        )
        return constraint_of(text, whole=False, uid_of=lambda _name: None) if text else Constraint()

    def take_constraints(self) -> None:
        """Constraints, once every question is known: bounds, rules, or a remark."""
        for uid, one in self.constraints:
            element, text = self.elements[uid], str(one["bind"]["constraint"])
            name = element.spec.name_en or element.spec.name_ar
            found = constraint_of(text, whole=bool(one["whole"]), uid_of=self.numbers.get)
            if found.unread or not element.spec.type.is_numeric:
                said = {"given": clean_text(text)[:100]}
                self.remarks.append(Remark(Kind.ELEMENT, name, uid, "lost_constraint", said, carried=True))
                continue
            self.elements[uid] = _bounded(element, found)
            for operator, tree in found.comparisons:
                arabic, english = self.words(one["bind"], "jr:constraintMsg", LONGEST_RULE)
                message = f"{name}: {text}"[:LONGEST_RULE]
                self.rules.append(
                    RuleSpec(
                        code=distinct(as_slug(element.spec.code, "rule", 50), {rule.code for rule in self.rules}, 60),
                        left=Operand(uid),
                        operator=operator,
                        right=tree,
                        severity=Severity.ERROR,
                        missing=Missing.SKIP_ANY,
                        message_ar=_unbraced(arabic),
                        message_en=_unbraced(english or message),
                    )
                )

    def package(self, survey: Mapping[str, Any]) -> Package:
        """The form as a package of one template."""
        self.take_constraints()
        title = clean_text(str(survey.get("title") or self.code))[:LONGEST]
        words = (title, "") if _ARABIC.search(title) else ("", title)
        sections = tuple(self.offered(words))
        templates: tuple[OfferedTemplate, ...] = ()
        if sections:
            code = as_slug(self.code, "form")
            rules = tuple(self.rules)
            templates = (OfferedTemplate(self.code, code, *words, None, DUE_DAYS, sections, rules),)
            self.remarks.append(Remark(Kind.TEMPLATE, title, self.code, "formulas_assumed", carried=True))
        else:
            self.remarks.append(Remark(Kind.TEMPLATE, title, self.code, "empty"))
        return Package(Scheme.XLSFORM, title, templates, self.elements, remarks=tuple(self.remarks))

    def offered(self, title: tuple[str, str]) -> Iterator[OfferedSection]:
        """The sections in the order in which they begin; a group without a label bears its name."""
        taken: set[str] = set()
        for path, section in self.sections.items():
            name = path.rpartition("/")[2]
            arabic, english = section.words if path else title
            code = distinct(as_slug(name, "main"), taken, 40)
            yield OfferedSection(code, arabic, english or ("" if arabic else name), tuple(section.elements))


def _texts(one: Mapping[str, Any], key: str) -> dict[str, str]:
    """What a label or a hint says in each of its languages."""
    given = one.get(key)
    texts = given if isinstance(given, Mapping) else {"": given}
    return {str(language): str(text or "") for language, text in texts.items()}


def _bounded(element: ElementSource, found: Constraint) -> ElementSource:
    """The element within these bounds; crossed ones are none."""
    low: Decimal | None = found.minimum if found.minimum is not None else element.spec.minimum
    high: Decimal | None = found.maximum if found.maximum is not None else element.spec.maximum
    if low is not None and high is not None and low > high:
        return element
    return replace(element, spec=replace(element.spec, minimum=low, maximum=high))


def _unbraced(text: str) -> str:
    """Braces are for values only."""
    return text.replace("{", "(").replace("}", ")")
