"""Broken rules: kept when a report is sent, and found again over the whole set by one statement, to the same answer."""

import datetime
import random
import re
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from coordination.reporting.actions.broken_rules import KIND, request_validation, validate_version
from coordination.reporting.actions.consolidation import figures_role
from coordination.reporting.actions.filing import FiledReport
from coordination.reporting.actions.reviews import send_back
from coordination.reporting.actions.schedules import KIND as CHECK
from coordination.reporting.actions.schedules import request_check
from coordination.reporting.actions.submissions import save_draft, submit, submit_many
from coordination.reporting.models import (
    BrokenRule,
    ConsolidationRun,
    ReportTemplate,
    Revision,
    Submission,
    TemplateVersion,
)
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules import validation_sql
from coordination.reporting.rules.numbers import from_json
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from coordination.reporting.rules.specification import RuleSpec, TemplateSpec
from coordination.reporting.rules.values import Answer
from directorates.foundation.jobs import run
from directorates.models import User
from directorates.permissions import Refused
from tests.exchange.test_packages import EPI, IDSR, admin, applied, given, publish
from tests.factories import BodyFactory, CategorySetFactory, ElementFactory, UserFactory, member, published
from tests.reporting.corrected import Corrected
from tests.reporting.filing import filed
from tests.reporting.filing import given as answers
from tests.reporting.reports import MAY, Scene

__all__ = ["admin"]
pytestmark = pytest.mark.django_db

# Every operator and every way with what is missing; none blocks, so that each can be broken by what was sent.
RULES = [
    {"left": "visits", "operator": ">=", "right": "births", "severity": "alert"},
    {"left": "births", "operator": "<=", "right": "20", "severity": "alert", "missing": "zero"},
    {"left": "cases", "operator": "<", "right": "visits / 2", "severity": "alert", "missing": "skip_all"},
    {"left": "cases.u5", "operator": "!=", "right": "13", "severity": "warning"},
    {"left": "visits", "operator": "compulsory_pair", "right": "births", "severity": "alert"},
    {"left": "fuel", "operator": "exclusive_pair", "right": "cases", "severity": "alert"},
    {"left": "births - cases", "operator": ">", "right": "-100 * fuel", "severity": "warning", "missing": "zero"},
    {"left": "visits / births", "operator": "==", "right": "2", "severity": "alert", "missing": "skip_all"},
]


@pytest.fixture
def scene() -> Scene:
    """A template with rules of every kind."""
    ages = CategorySetFactory(categories=["u5", "5p"])
    elements = [
        ElementFactory(code="visits"),
        ElementFactory(code="births"),
        ElementFactory(code="cases", category_set=ages),
        ElementFactory(code="fuel", type="decimal"),
    ]
    return Scene(version=published(elements=elements, rules=RULES))


def broken() -> set[tuple[int, str]]:
    """Everything that is kept, by revision and code."""
    return set(BrokenRule.objects.values_list("revision", "rule__code"))


def month(number: int) -> Period:
    """One of many past months."""
    return Period(PeriodType.MONTH, datetime.date(2012 + number // 12, number % 12 + 1, 1))


def random_answers(dice: random.Random) -> list[Answer]:
    """Some answers, each with a reason."""
    found = [Answer("visits", None, dice.choice([0, 3, 10, 40]), "reported", "so it was")]
    for element, category, choices in (
        ("births", None, [0, 5, 21, 50]),
        ("cases", "u5", [0, 2, 13, 60]),
        ("cases", "5p", [0, 1, 20]),
        ("fuel", None, ["0.25", "7.5", "100"]),
    ):
        if dice.random() < 0.7:
            found.append(Answer(element, category, dice.choice(choices), "reported", "so it was"))
    return found if dice.random() < 0.9 else found[1:] or found


def file_many(scene: Scene, count: int = 60) -> list[Submission]:
    """As many reports of as many months, each random."""
    dice = random.Random(7)
    reports = [
        FiledReport(scene.template, scene.facility, month(number), scene.ngo, random_answers(dice))
        for number in range(count)
    ]
    return submit_many(by=scene.coordinator, reports=reports, at=timezone.now())


def as_figures(statement: str, *given: int) -> None:
    """A statement by the role that alone may take away."""
    with transaction.atomic(), connection.cursor() as cursor, figures_role(cursor):
        cursor.execute(statement, given)


def test_what_a_report_breaks_is_kept_as_it_is_sent(scene: Scene) -> None:
    report = filed(scene, answers=answers(visits=3, births=21))
    assert broken() == {(report.revision_id, f"rule-{number}") for number in (0, 1, 7)}


def test_a_corrected_report_leaves_what_its_first_revision_broke(scene: Scene) -> None:
    report = filed(scene, answers=answers(visits=3, births=5))
    first = report.revision_id
    assert broken() == {(first, "rule-0"), (first, "rule-7")}
    report = send_back(by=scene.officer, submission=report, reason="More births than visits", at=timezone.now())
    save_draft(by=scene.coordinator, submission=report, answers=answers(visits=9), seen=None, at=timezone.now())
    report = submit(by=scene.coordinator, submission=report, at=timezone.now())
    assert report.revision_id != first
    assert broken() == {(first, "rule-0"), (first, "rule-7"), (report.revision_id, "rule-7")}


def _of(report: Submission) -> set[tuple[int | None, str]]:
    """What the standing revision says of itself."""
    revision = Revision.objects.get(pk=report.revision_id or 0)
    return {(revision.pk, warning["rule"]) for warning in revision.warnings}


def test_the_pass_over_the_whole_set_finds_what_was_found_at_entry_and_changes_nothing(scene: Scene) -> None:
    reports = file_many(scene)
    at_entry = broken()
    assert {code for _revision, code in at_entry} == {f"rule-{number}" for number in range(len(RULES))}
    assert at_entry == {pair for report in reports for pair in _of(report)}
    done = validate_version(scene.version)
    assert (done.marks, done.cells) == (len(reports), 0)
    assert broken() == at_entry


def test_the_pass_adds_what_is_missing_and_removes_what_is_too_much(scene: Scene) -> None:
    file_many(scene)
    right = broken()
    lost = BrokenRule.objects.order_by("pk").first()
    assert lost is not None
    innocent = Revision.objects.exclude(broken__rule__code="rule-1").earliest("pk")
    rule = scene.version.rules.get(code="rule-1")
    as_figures("DELETE FROM reporting_brokenrule WHERE id = %s", lost.pk)
    as_figures("INSERT INTO reporting_brokenrule (revision_id, rule_id) VALUES (%s, %s)", innocent.pk, rule.pk)
    assert broken() != right
    assert validate_version(scene.version).cells == 2
    assert broken() == right


def test_a_wide_template_is_cut_and_its_widest_rule_read_slowly_to_the_same_answer(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    file_many(scene)
    for width in (4, 3, 1):
        monkeypatch.setattr(validation_sql, "SLOTS_A_PART", width)
        assert validate_version(scene.version).cells == 0
    monkeypatch.setattr(validation_sql, "RULES_A_PART", 1)
    as_figures("DELETE FROM reporting_brokenrule")
    validate_version(scene.version)
    assert broken() == {pair for report in Submission.objects.all() for pair in _of(report)}


def test_a_report_that_was_sent_back_is_not_judged_again(scene: Scene) -> None:
    report = filed(scene, answers=answers(visits=3, births=5))
    send_back(by=scene.officer, submission=report, reason="More births than visits", at=timezone.now())
    assert validate_version(scene.version).marks == 0
    assert broken() == _of(report)


def test_of_a_report_that_is_corrected_on_request_the_revision_that_counts_is_judged() -> None:
    rules = [{"left": "visits", "operator": ">=", "right": "births", "severity": "alert"}]
    scene = Corrected(version=published(rules=rules))
    kept, rule = scene.report.revision_id or 0, scene.version.rules.get()
    scene.accepted()
    for deed in (lambda: None, lambda: scene.resend(1)):
        # Given back first, then sent again and not approved: what is said of the approved revision is put right.
        deed()
        as_figures("INSERT INTO reporting_brokenrule (revision_id, rule_id) VALUES (%s, %s)", kept, rule.pk)
        done = validate_version(scene.version)
        assert (done.marks, done.cells) == (1, 1)
        assert not BrokenRule.objects.filter(revision=kept).exists()
    assert scene.report.revision_id != kept
    assert broken() == {(scene.report.revision_id, rule.code)}


def test_the_application_takes_nothing_away_and_writes_no_record(scene: Scene) -> None:
    filed(scene, answers=answers(visits=3, births=5))
    validate_version(scene.version)
    rule = scene.version.rules.get(code="rule-0")
    for statement in (
        "DELETE FROM reporting_brokenrule",
        "UPDATE reporting_brokenrule SET rule_id = rule_id",
        "UPDATE reporting_rulerecord SET broken = 0",
        "DELETE FROM reporting_rulerecord",
        f"""INSERT INTO reporting_rulerecord
            (rule_id, period_start, checked, broken, approved, corrected, waiting, explained)
        VALUES ({rule.pk}, '2000-01-01', 0, 0, 0, 0, 0, 0)""",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_it_is_asked_for_once_by_those_who_may_and_stands_in_the_history(scene: Scene) -> None:
    filed(scene, answers=answers(visits=3, births=5))
    manager = member("data_manager", scene.body)
    job = request_validation(by=manager, template=scene.template, at=timezone.now())
    again = request_validation(by=member("administrator", scene.body), template=scene.template, at=timezone.now())
    assert again == job
    assert run(job.pk, KIND)
    row = ConsolidationRun.objects.get(kind="rules")
    assert (row.state, row.marks, row.cells, row.templates) == ("run_done", 1, 0, [scene.template.pk])
    for person in (scene.officer, scene.coordinator, UserFactory()):
        with pytest.raises(Refused):
            request_validation(by=person, template=scene.template, at=timezone.now())


def test_the_check_of_a_template_by_its_schedule_judges_its_reports_too(scene: Scene) -> None:
    filed(scene, answers=answers(visits=3, births=5))
    job = request_check(by=member("data_manager", scene.body), template=scene.template, at=timezone.now())
    assert run(job.pk, CHECK)
    assert set(ConsolidationRun.objects.values_list("kind", flat=True)) == {"check", "rules"}


def test_a_template_without_rules_is_not_passed_over() -> None:
    scene = Scene()
    filed(scene)
    job = request_validation(by=member("data_manager", scene.body), template=scene.template, at=timezone.now())
    assert run(job.pk, KIND)
    assert not ConsolidationRun.objects.exists()


# The rules of the World Health Organization's packages, over documents whose breaks are reckoned here by plain arithmetic.

COMPARE = {"==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
OPERAND = re.compile(r"[A-Za-z_]\w*(?:\.\w+)?")


def slots_in(spec: TemplateSpec, side: Any) -> list[list[str]]:
    """The slots of each operand of a side."""
    return [
        [slot for (code, category), slot in spec.slots.items() if code == element and wanted in (None, category)]
        for element, wanted in side.operands()
    ]


def is_broken(spec: TemplateSpec, rule: RuleSpec, doc: dict[str, Any]) -> bool:
    """Whether a document breaks a rule, written without anything of the portal's two readers."""
    operands = [slots_in(spec, side) for side in (rule.left, rule.right)]
    read = [slot for side in operands for slots in side for slot in slots]
    if rule.operator.value.endswith("_pair"):
        one, other = (any(slot in doc for slots in side for slot in slots) for side in operands)
        return one != other if rule.operator.value == "compulsory_pair" else one and other
    if rule.missing.value == "skip_any" and any(slot not in doc for slot in read):
        return False
    if rule.missing.value == "skip_all" and not any(slot in doc for slot in read):
        return False
    values = []
    for side, cells in zip((rule.left, rule.right), operands, strict=True):
        sums = iter([sum((Fraction(from_json(doc.get(slot, 0))) for slot in slots), Fraction(0)) for slots in cells])
        text = OPERAND.sub(lambda _found: f"Fraction('{next(sums)}')", str(side))  # noqa: B023
        text = re.sub(r"(?<![\w'/.])(\d+(?:\.\d+)?)(?![\w'/.])", r"Fraction('\1')", text)
        try:
            values.append(eval(text, {"Fraction": Fraction}))  # noqa: S307 - a rule of this test's own package
        except ZeroDivisionError:
            return False
    return not eval(f"a {COMPARE[rule.operator.value]} b", {"a": values[0], "b": values[1]})  # noqa: S307


def documents_for(spec: TemplateSpec, dice: random.Random) -> list[dict[str, Any]]:
    """For each rule a document that breaks it and some more about what it reads alone, and some whole ones; many numbers are missing."""
    found: list[dict[str, Any]] = []
    for rule in spec.rules:
        slots = [slot for side in (rule.left, rule.right) for cells in slots_in(spec, side) for slot in cells]
        tried = [
            {slot: dice.choice([0, 1, 2, 7, 250]) for slot in slots if dice.random() < 0.9} for _number in range(500)
        ]
        found += [next(doc for doc in tried if is_broken(spec, rule, doc)), *tried[:5]]
    return found + [
        {slot: dice.choice([0, 1, 4, 9]) for slot in spec.numeric_slots if dice.random() < 0.6} for _number in range(20)
    ]


def stand(version: TemplateVersion, documents: list[dict[str, Any]]) -> dict[int, dict[str, Any]]:
    """The documents as standing reports, a period each, by revision; nothing was judged when they came."""
    scene, period = Scene(version=version), period_containing(MAY, PeriodType(version.template.period_type))
    reports: dict[int, dict[str, Any]] = {}
    for doc in documents:
        report = scene.sent(start=period.start, doc=doc)
        assert report.revision_id is not None
        reports[report.revision_id] = doc
        period = period.previous()
    return reports


# Of the 37 weekly rules four read items that predictors fill and no report asks; the import leaves them out, and says so.
@pytest.mark.parametrize(("name", "count"), [(EPI, 30), (IDSR, 33)])
def test_every_break_of_the_packages_of_who_is_found_and_none_is_invented(
    admin: User,
    shared: Path,
    name: str,
    count: int,
) -> None:
    applied(given(shared / "dhis2" / name, admin), admin)
    BodyFactory()
    judged: set[tuple[str, str]] = set()
    for version in TemplateVersion.objects.select_related("template").order_by("pk"):
        publish(admin, version)
        version.refresh_from_db()
        spec = specification_of(version)
        documents = stand(version, documents_for(spec, random.Random(spec.code)))
        known = {
            (revision, rule.code)
            for revision, doc in documents.items()
            for rule in spec.rules
            if is_broken(spec, rule, doc)
        }
        done = validate_version(version)
        found = set(BrokenRule.objects.filter(rule__version=version).values_list("revision", "rule__code"))
        assert found == known
        assert (done.marks, done.cells) == (len(documents), len(known))
        assert validate_version(version).cells == 0
        # Each rule is broken by some document: one that never is would be tried by nothing.
        assert {code for _revision, code in known} == {rule.code for rule in spec.rules}
        judged |= {(spec.code, rule.code) for rule in spec.rules}
    assert len({rule for _template, rule in judged}) == count
    assert ReportTemplate.objects.count() == (1 if name == EPI else 3)
