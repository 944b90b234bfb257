"""Report templates from files: all faults at once, published once, the same content again changes nothing."""

import copy
import datetime as dt
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from coordination.reporting.actions.templates import load_template
from coordination.reporting.actions.versions import change_head
from coordination.reporting.forms.templates import TemplateForm
from coordination.reporting.models import Element, ReportTemplate, Section, Slot, TemplateVersion
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.specification import ElementType, OverPlace, OverTime, Severity
from coordination.reporting.rules.yaml_files import YamlProblem, read_yaml
from coordination.reporting.template_files import shipped
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Dataset
from directorates.models.validity import lasting
from directorates.permissions import Refused, rights_of
from directorates.roles import Permission, Role
from tests.factories import (
    BodyFactory,
    DatasetFactory,
    FacilityFactory,
    OrganisationFactory,
    TemplateFactory,
    UserFactory,
    member,
    published,
)
from tests.reporting.workshop import Workshop

pytestmark = pytest.mark.django_db


def words(text: str) -> dict[str, str]:
    """A name in both languages."""
    return {"ar": f"بند {text}", "en": text}


SMALL: dict[str, Any] = {
    "template": {
        "code": "small",
        "name": words("small"),
        "programme": {"code": "programme", "name": words("programme")},
        "dataset": {"code": "data", "name": words("data"), "custodian": "body"},
        "period": "month",
        "due_days": 5,
    },
    "version": 1,
    "from": dt.date(2019, 1, 1),
    "category_sets": {
        "age": {
            "name": words("age"),
            "categories": [{"code": "u5", "ar": "دون", "en": "u5"}, {"code": "5p", "ar": "فوق", "en": "5p"}],
        }
    },
    "elements": {
        "visits": {"type": "integer", "name": words("visits"), "categories": "age", "min": 0},
        "deaths": {"type": "integer", "name": words("deaths"), "min": 0},
        "lethality": {
            "type": "percent",
            "name": words("lethality"),
            "over_place": "ratio",
            "numerator": "deaths",
            "denominator": "visits",
        },
    },
    "sections": [
        {
            "code": "main",
            "name": words("main"),
            "elements": ["visits", {"element": "deaths", "required": False}, "lethality"],
        }
    ],
    "rules": [
        {
            "code": "deaths-within-visits",
            "left": "deaths",
            "operator": "<=",
            "right": "visits.u5 + visits.5p",
            "severity": "error",
            "missing": "skip_any",
            "message": {
                "ar": "الوفيات ({left}) أكثر من المعاينات ({right}).",
                "en": "Deaths ({left}) above visits ({right}).",
            },
        }
    ],
}


@pytest.fixture(autouse=True)
def body() -> None:
    """The custodian."""
    BodyFactory()


def small(**changes: Any) -> dict[str, Any]:
    """The small template with other values at paths such as `elements__visits__min`."""
    source = copy.deepcopy(SMALL)
    for path, value in changes.items():
        *steps, last = path.split("__")
        node: Any = source
        for step in steps:
            node = node[int(step)] if step.isdigit() else node[step]
        node[int(last) if last.isdigit() else last] = value
    return source


def load(source: dict[str, Any]) -> TemplateVersion:
    """Load as the command does."""
    return load_template(source=source, by=None, at=timezone.now())


def faults(source: Any) -> set[tuple[str, str]]:
    """Where and what is wrong; and nothing was written."""
    before = TemplateVersion.objects.count(), Element.objects.count()
    with pytest.raises(Problem) as caught:
        load(source)
    assert (TemplateVersion.objects.count(), Element.objects.count()) == before
    return {(fault.field, fault.code) for fault in caught.value.errors}


def test_a_version_is_published_with_its_slots_and_rules() -> None:
    version = load(SMALL)
    spec = specification_of(version)
    assert version.status == "published"
    assert dict(spec.slots) == {("visits", "u5"): "s1", ("visits", "5p"): "s2", ("deaths", None): "s3"}
    assert [element.required for element in spec.elements] == [True, False, False]
    assert spec.rules[0].code == "deaths-within-visits"


def test_the_same_content_again_changes_nothing() -> None:
    first = load(SMALL)
    events = AuditEvent.objects.count()
    again = load(copy.deepcopy(SMALL))
    assert (again.pk, again.published_at) == (first.pk, first.published_at)
    assert (AuditEvent.objects.count(), Slot.objects.count()) == (events, 3)


def test_a_changed_file_for_a_published_version_is_refused_naming_every_difference() -> None:
    load(SMALL)
    source = small(elements__visits__min=1, template__due_days=7, rules__0__severity="warning")
    with pytest.raises(Problem) as caught:
        load(source)
    assert caught.value.status == 409
    paths = {fault.field for fault in caught.value.errors}
    assert paths == {"elements.visits.minimum", "due_days", "rules.deaths-within-visits.severity"}


def test_a_head_that_was_changed_by_hand_is_not_asked_of_the_file_again() -> None:
    version = load(SMALL)
    builder = member(Role.ADMINISTRATOR, BodyFactory())
    given: dict[str, Any] = {"name_ar": "صغير", "name_en": "Little", "due_days": 9, "by": builder, "at": timezone.now()}
    change_head(template=version.template, seen={}, **given)
    assert load(SMALL).template.name_en == "Little"
    with pytest.raises(Problem) as caught:
        load(small(elements__visits__min=1, template__due_days=7))
    assert [fault.field for fault in caught.value.errors] == ["elements.visits.minimum"]


def test_a_new_version_takes_over_from_its_first_period_and_slots_stay() -> None:
    first = load(SMALL)
    source = small(version=2)
    source["from"] = dt.date(2019, 7, 1)
    source["elements"]["births"] = {"type": "integer", "name": words("births")}
    source["sections"][0]["elements"] = ["births", "visits", "deaths", "lethality"]
    second = load(source)
    first.refresh_from_db()
    assert (first.last_day, second.first_day) == (dt.date(2019, 6, 30), dt.date(2019, 7, 1))
    versions = TemplateVersion.objects.for_period
    assert versions(first.template, dt.date(2019, 6, 1)) == first
    assert versions(first.template, dt.date(2019, 7, 1)) == second
    assert specification_of(second).slots["visits", "u5"] == "s1"
    assert specification_of(second).slots["births", None] == "s4"


def test_a_new_version_comes_after_the_others() -> None:
    load(SMALL)
    assert faults(small(version=2)) == {("version", "not_later")}


def test_an_element_that_a_published_version_asks_stays_as_it_is() -> None:
    load(SMALL)
    source = small(version=2, elements__visits__max=9)
    source["from"] = dt.date(2019, 7, 1)
    assert faults(source) == {("elements.visits.maximum", "published")}


def test_a_published_version_cannot_be_changed_even_in_the_database() -> None:
    version = load(SMALL)
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Section.objects.filter(version=version).update(name_en="Other")


def test_nothing_is_moved_into_a_published_version_and_it_stays_published_even_in_the_database() -> None:
    version = load(SMALL)
    draft = TemplateVersion.objects.create(template=version.template, number=9, valid=lasting(None))
    section = Section.objects.create(version=draft, code="new", name_ar="جديد", name_en="New")
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic():
        Section.objects.filter(pk=section.pk).update(version=version)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        TemplateVersion.objects.filter(pk=version.pk).update(status="draft")
    with pytest.raises(DatabaseError, match="never changed"), connection.cursor() as cursor, transaction.atomic():
        cursor.execute("DELETE FROM reporting_templateversion WHERE id = %s", [version.pk])


def test_all_faults_are_told_at_once_at_their_paths() -> None:
    source = small(
        template__period="fortnight",
        version="one",
        elements__visits__type="integer number",
        elements__deaths__name={"ar": "Deaths", "en": ""},
        elements__lethality__numerator="nothing",
        sections__0__elements=["visits", "visits", "lethality", "absent"],
        rules__0__right="visits.u6 +",
        rules__0__message={"ar": "كذا {value}", "en": "{left"},
    )
    source["extra"] = 1
    assert faults(source) >= {
        ("template.period", "unknown_word"),
        ("version", "not_a_whole_number"),
        ("elements.visits.type", "unknown_word"),
        ("elements.deaths.name.ar", "not_arabic"),
        ("elements.deaths.name.en", "unreadable_text"),
        ("elements.lethality", "unknown_part"),
        ("elements.deaths", "never_used"),
        ("sections", "used_twice"),
        ("sections.0.elements.3", "unknown_code"),
        ("rules.0.right", "expression_incomplete"),
        ("rules.0.message", "unknown_braces"),
        ("extra", "unknown_key"),
    }


@pytest.mark.parametrize("source", [None, [], "text", 7, {}, {"template": []}, {"template": {"code": {}}}])
def test_what_is_no_template_at_all_is_refused_in_words(source: Any) -> None:
    assert faults(source)


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"from": dt.date(2019, 1, 2)}, "from", "not_first_day"),
        ({"from": "yesterday"}, "from", "not_a_date"),
        ({"elements__visits__min": 5, "elements__visits__max": 4}, "elements.visits", "bounds_crossed"),
        ({"elements__visits__max": 10**13}, "elements.visits.max", "bound_out_of_range"),
        ({"elements__visits__max": float("nan")}, "elements.visits.max", "not_a_number"),
        ({"elements__deaths__type": "text"}, "elements.deaths", "not_to_be_summed"),
        ({"elements__deaths__type": "choice"}, "elements.deaths", "options_and_choice"),
        ({"elements__deaths__over_place": "ratio"}, "elements.deaths", "ratio_and_parts"),
        ({"elements__deaths__categories": "nobody"}, "elements.deaths.categories", "unknown_code"),
        ({"template__code": "Robert'); DROP TABLE"}, "template.code", "not_a_code"),
        ({"template__name": {"ar": "س\x00", "en": "x"}}, "template.name.ar", "unreadable_text"),
        ({"template__dataset__custodian": "nobody"}, "template.dataset.custodian", "unknown"),
        ({"rules__0__left": "deaths" * 200}, "rules.0.left", "expression_too_long"),
        ({"rules__0__left": "lethality"}, "rules.0.left", "unknown_operand"),
    ],
)
def test_each_fault_stands_at_its_path(changes: dict[str, Any], path: str, code: str) -> None:
    source = small(**{key: value for key, value in changes.items() if key != "from"})
    source["from"] = changes.get("from", source["from"])
    assert (path, code) in faults(source)


def test_a_dataset_stays_in_its_custody() -> None:
    load(SMALL)
    OrganisationFactory(code="acu", kind="surveillance")
    source = small(template__dataset__custodian="acu", template__code="other")
    assert faults(source) == {("template.dataset.custodian", "custody")}


def test_a_surveillance_officer_reaches_a_dataset_that_came_later() -> None:
    acu = OrganisationFactory(code="acu", kind="surveillance")
    officer = member(Role.SURVEILLANCE_OFFICER, acu)
    load(small(template__dataset__custodian="acu"))
    dataset = Dataset.objects.get(code="data")
    scopes = rights_of(officer).scopes
    assert any(scope.dataset == dataset.pk and scope.permission is Permission.VIEW_REPORTS for scope in scopes)


def test_only_who_manages_templates_loads_one() -> None:
    with pytest.raises(Refused):
        load_template(source=SMALL, by=UserFactory(), at=timezone.now())
    administrator = member(Role.ADMINISTRATOR, BodyFactory())
    load_template(source=SMALL, by=administrator, at=timezone.now())
    assert AuditEvent.objects.filter(what="publish", by=administrator).exists()


def test_the_templates_that_ship_are_whole_and_use_every_formula() -> None:
    OrganisationFactory(code="acu", kind="surveillance")
    call_command("load_templates")
    specs = {v.template.code: specification_of(v) for v in TemplateVersion.objects.select_related("template")}
    assert set(specs) == {"ewarn-weekly", "services-monthly"}
    elements = [element for spec in specs.values() for element in spec.elements]
    assert {element.over_time for element in elements} == set(OverTime)
    assert {element.over_place for element in elements} == set(OverPlace)
    assert {element.type for element in elements} == set(ElementType)
    rules = [rule for spec in specs.values() for rule in spec.rules]
    assert {rule.severity for rule in rules} == set(Severity)
    assert {rule.missing.value for rule in rules} == {"skip_any", "skip_all", "zero"}
    assert 55 <= len(list(specs["services-monthly"].questions())) <= 65
    monthly = TemplateVersion.objects.get(template__code="services-monthly").template
    weekly = TemplateVersion.objects.get(template__code="ewarn-weekly").template
    assert (monthly.dataset.custodian.kind, weekly.dataset.custodian.kind) == ("body", "surveillance")
    assert (monthly.due_days, weekly.due_days, weekly.period_type) == (10, 3, "week_sunday")


def test_the_command_changes_nothing_the_second_time(capsys: pytest.CaptureFixture[str]) -> None:
    OrganisationFactory(code="acu", kind="surveillance")
    call_command("load_templates")
    capsys.readouterr()
    call_command("load_templates")
    assert capsys.readouterr().out.count("as it was") == len(shipped())


def test_the_command_names_file_and_line_of_every_fault_and_loads_none_of_the_files(tmp_path: Path) -> None:
    good, bad, broken = tmp_path / "good.yaml", tmp_path / "bad.yaml", tmp_path / "broken.yaml"
    good.write_text(yaml.safe_dump(SMALL, allow_unicode=True))
    bad.write_text(
        yaml.safe_dump(small(template__code="bad", elements__visits__type="x"), allow_unicode=True, sort_keys=False)
    )
    broken.write_text("template: [\n")
    with pytest.raises(CommandError) as caught:
        call_command("load_templates", good, bad, broken)
    line = next(n for n, text in enumerate(bad.read_text().splitlines(), 1) if text.strip() == "type: x")
    assert f"{bad}:{line} elements.visits.type" in str(caught.value)
    assert f"{broken}:2" in str(caught.value)
    assert not TemplateVersion.objects.exists()


@pytest.mark.parametrize(
    "text",
    ["a: 1\na: 2\n", "a: [", "!!python/object/apply:os.system ['true']", "\x00", "a: &x [*x]\nb: *y\n", "- " * 2000],
)
def test_yaml_that_is_not_plain_data_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(YamlProblem) as caught:
        read_yaml(text.encode())
    assert caught.value.line >= 1


def test_yaml_that_grows_when_it_is_read_is_refused() -> None:
    text = "a: &a [x]\n" + "".join(f"b{n}: [{', '.join(['*a'] * 20)}]\n" for n in range(20))
    with pytest.raises(YamlProblem, match="aliases"):
        read_yaml(text.encode())


def test_a_specification_is_read_in_few_queries_and_once(django_assert_num_queries: Any) -> None:
    version = load(SMALL)
    version = TemplateVersion.objects.get(pk=version.pk)
    with django_assert_num_queries(6):
        specification_of(version)
    with django_assert_num_queries(0):
        specification_of(version)


def test_reports_of_a_period_keep_a_new_version_from_beginning_before_them() -> None:
    version = load(SMALL)
    facility = FacilityFactory()
    make_submission(version, facility, dt.date(2019, 8, 1))
    source = small(version=2)
    source["from"] = dt.date(2019, 7, 1)
    assert faults(source) == {("from", "reports_exist")}


def make_submission(version: TemplateVersion, facility: Any, start: dt.date) -> None:
    """A draft of a period."""
    organisation = BodyFactory()
    version.submissions.create(
        template=version.template,
        facility=facility,
        period_start=start,
        reporter=organisation,
        due=start,
        created=timezone.now(),
        changed=timezone.now(),
        subdistrict=facility.place,
        place_path=facility.place.path,
        reviewer=organisation,
        dataset=version.template.dataset,
    )


def test_what_is_being_built_is_seen_by_whoever_manages_templates_and_nothing_by_whoever_has_no_role() -> None:
    version, hidden = published(last=dt.date(2029, 12, 31)), TemplateFactory()
    draft = TemplateVersion.objects.create(template=version.template, number=2, valid=lasting(dt.date(2030, 1, 1)))
    nobody, reader = UserFactory(), member("ngo_coordinator", OrganisationFactory())
    for person, versions, templates in (
        (member("administrator", BodyFactory()), {version, draft}, {version.template, hidden}),
        (reader, {version}, {version.template}),
        (nobody, set(), set()),
    ):
        assert set(TemplateVersion.objects.visible_to(person)) == versions
        assert set(ReportTemplate.objects.visible_to(person)) == templates
        offered = TemplateForm(None, person).fields["copied"].queryset  # type: ignore[attr-defined]
        assert set(offered) == versions - {draft}


def test_figures_are_those_of_published_templates_whose_data_are_open_to_the_reader() -> None:
    epi = OrganisationFactory(kind="surveillance")
    closed = DatasetFactory(code="closed", custodian=epi, by_agreement=True)
    version, agreed, _hidden = published(), published(TemplateFactory(dataset=closed)), TemplateFactory()
    for person, templates in (
        (member("ngo_coordinator", OrganisationFactory()), {version.template}),
        (member("surveillance_officer", epi), {agreed.template}),
        (member("observer", OrganisationFactory()), set()),
    ):
        assert set(ReportTemplate.objects.with_figures_for(person)) == templates


def test_drafts_stand_in_the_lists_of_those_who_build() -> None:
    original = published()
    workshop = Workshop(original.template, original)
    found = {}
    for person in (workshop.builder, member("observer", OrganisationFactory(kind="cluster"))):
        client, code = workshop.browser(person), workshop.template.code
        listed, one = (client.get(f"/reports/templates/{rest}").context for rest in ("", f"{code}/"))
        numbers = [[version.number for version in row.shown] for row in listed["page"]]
        found[person] = (numbers, listed["manages"], [version.number for version in one["versions"]], one["manages"])
    assert list(found.values()) == [([[1, 2]], True, [2, 1], True), ([[1]], False, [1], False)]
