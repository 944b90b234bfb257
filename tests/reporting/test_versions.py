"""Drafts of a template: begun blank or from a version, judged like a file, changed by two people without loss."""

import datetime as dt
import json
from typing import Any

import pytest
from django.utils import timezone

from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.templates import load_template
from coordination.reporting.actions.versions import change_head, discard_version, make_template, start_version
from coordination.reporting.models import ExpectedReport, ReportTemplate, Section, TemplateVersion
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.versions import Outline
from coordination.reporting.rules.templates import read_template
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from directorates.permissions import Refused
from tests.factories import (
    BodyFactory,
    DatasetFactory,
    ElementFactory,
    OrganisationFactory,
    ProgrammeFactory,
    assigned,
    member,
    published,
)
from tests.reporting.reports import MAY, Scene
from tests.reporting.test_templates import SMALL, small
from tests.reporting.workshop import Workshop

pytestmark = pytest.mark.django_db


def make(workshop: Workshop, **given: Any) -> TemplateVersion:
    """A new template."""
    said: dict[str, Any] = {
        "code": "surgery",
        "name_ar": "الجراحة",
        "name_en": "Surgery",
        "programme": ProgrammeFactory(),
    }
    said |= {"dataset": DatasetFactory(), "period_type": "month", "due_days": 10}
    said |= {"by": workshop.builder, "at": timezone.now()}
    return make_template(**(said | given))


def test_a_stored_version_says_what_its_file_said() -> None:
    BodyFactory()
    version = load_template(source=SMALL, by=None, at=timezone.now())
    said, faults = read_template(Outline(version).data)
    given, _faults = read_template(SMALL)
    assert faults == []
    assert (said.template, said.spec, said.due_days) == (given.template, given.spec, given.due_days)
    assert {one.spec.code: one for one in said.elements} == {one.spec.code: one for one in given.elements}
    assert said.category_sets == given.category_sets


def test_a_copy_asks_the_same_and_changes_nothing_of_the_original() -> None:
    BodyFactory()
    original = load_template(source=SMALL, by=None, at=timezone.now())
    workshop = Workshop(original.template, original)
    copy = workshop.draft
    assert (copy.number, copy.status) == (2, "draft")
    assert Outline(copy).source.spec.sections == Outline(original).source.spec.sections
    assert Outline(copy).source.spec.rules == Outline(original).source.spec.rules
    assert Section.objects.filter(version=original).count() == 1


def test_a_draft_begun_twice_is_one_draft() -> None:
    workshop = Workshop()
    again = start_version(template=workshop.template, copied=None, by=workshop.colleague, at=timezone.now())
    assert again == workshop.draft
    assert workshop.template.versions.count() == 1


def test_a_new_template_is_a_draft_that_only_its_builders_see() -> None:
    workshop = Workshop()
    version = make(workshop)
    assert (version.template.code, version.number, version.status) == ("surgery", 1, "draft")
    reader = member("observer", OrganisationFactory(kind="cluster"))
    assert version.template in ReportTemplate.objects.visible_to(workshop.builder)
    assert version.template not in ReportTemplate.objects.visible_to(reader)
    assert version not in TemplateVersion.objects.visible_to(reader)


def test_a_code_that_is_taken_and_a_bad_head_are_told_at_their_fields() -> None:
    workshop = Workshop()
    make(workshop)
    with pytest.raises(Problem) as taken:
        make(workshop)
    assert [(fault.field, fault.code) for fault in taken.value.errors] == [("code", "taken")]
    with pytest.raises(Problem) as bad:
        make(workshop, code="Robert'); DROP", name_ar="Surgery", period_type="fortnight", due_days=999)
    assert {fault.field for fault in bad.value.errors} == {"code", "name_ar", "period_type", "due_days"}


@pytest.mark.parametrize("role", ["policy_manager", "data_manager"])
def test_only_who_manages_templates_builds(role: str) -> None:
    workshop = Workshop()
    other = member(role, workshop.body)
    with pytest.raises(Refused):
        start_version(template=workshop.template, copied=None, by=other, at=timezone.now())
    with pytest.raises(Refused):
        make(workshop, by=other)
    ended = member("administrator", workshop.body, last=timezone.localdate().replace(year=2011))
    with pytest.raises(Refused):
        make(workshop, by=ended)


def test_the_second_of_two_people_is_told_and_nothing_is_overwritten() -> None:
    workshop = Workshop()
    seen = workshop.edition
    workshop.section("visits", name="First")
    with pytest.raises(Problem) as caught:
        workshop.rule(by=workshop.colleague, seen=seen)
    assert (caught.value.code, caught.value.status) == ("changed", 409)
    assert "Lina" in str(caught.value.detail)
    with pytest.raises(Problem):
        discard_version(version=workshop.draft, seen=seen, by=workshop.colleague, at=timezone.now())
    assert workshop.asked() == {"First": ["visits"]}


def test_every_change_is_on_record() -> None:
    workshop = Workshop()
    workshop.section("visits", "births")
    workshop.rule()
    deeds = list(AuditEvent.objects.filter(kind="reporting.templateversion").order_by("id"))
    assert [event.what for event in deeds] == ["start", "add_section", "ask", "add_rule"]
    assert deeds[2].details["items"] == ["visits", "births"]


def test_a_blank_draft_and_an_empty_section_are_faults_at_their_place() -> None:
    workshop = Workshop()
    blank = Outline(workshop.draft)
    assert [(fault.kind, fault.row) for fault in blank.faults] == [("templateversion", workshop.draft)]
    section = workshop.section()
    faults = Outline(workshop.draft).faults
    assert ("section", section) in [(fault.kind, fault.row) for fault in faults]


def test_all_faults_of_a_draft_are_told_at_once() -> None:
    workshop = Workshop()
    section = workshop.section("visits", "births")
    rule = workshop.rule()
    section.places.get(element__code="births").delete()
    ratio = ElementFactory(
        code="share",
        over_place="ratio",
        numerator=ElementFactory(code="births"),
        denominator=ElementFactory(code="visits"),
    )
    section.places.create(element=ratio, order=5)
    empty = workshop.section(name="Empty")
    found = [(fault.kind, fault.row) for fault in Outline(workshop.draft).faults]
    assert sorted(kind for kind, _row in found) == ["element", "section", "validationrule"]
    assert {row for _kind, row in found} == {ratio, empty, rule}


def test_a_faulty_draft_still_shows_as_a_form_and_in_the_api() -> None:
    workshop = Workshop()
    section = workshop.section("visits", "births")
    workshop.rule()
    section.places.get(element__code="births").delete()
    outline = Outline(workshop.draft)
    assert [element.code for element in outline.spec.elements] == ["visits"]
    assert outline.spec.rules == ()
    assert specification_of(workshop.draft).rules[0].code == "rule-1"


def test_a_discarded_draft_takes_a_template_that_never_was_with_it() -> None:
    workshop = Workshop()
    discard_version(version=workshop.draft, **workshop.deed)
    assert not ReportTemplate.objects.filter(pk=workshop.template.pk).exists()
    held = published()
    other = Workshop(held.template, held)
    discard_version(version=other.draft, **other.deed)
    assert list(held.template.versions.all()) == [held]


def test_a_file_never_overwrites_a_version_that_is_built_by_hand() -> None:
    BodyFactory()
    first = load_template(source=SMALL, by=None, at=timezone.now())
    workshop = Workshop(first.template)
    workshop.section("visits")
    source = small(version=2)
    source["from"] = timezone.localdate().replace(day=1)
    with pytest.raises(Problem) as caught:
        load_template(source=source, by=None, at=timezone.now())
    assert [fault.code for fault in caught.value.errors] == ["being_built"]
    assert workshop.asked() == {"Main": ["visits"]}


# --- The head ------------------------------------------------------------------------------------------------------


def test_names_and_due_days_are_changed_and_what_is_expected_keeps_its_day() -> None:
    scene = Scene()
    assigned(scene.template, scene.facility, first=MAY)
    expect(today=dt.date(2019, 6, 3))
    builder = member("administrator", BodyFactory())
    said: dict[str, Any] = {"name_ar": "خدمات", "name_en": "Services", "due_days": 3}
    change_head(template=scene.template, seen=scene.template.head, by=builder, at=timezone.now(), **said)
    expect(today=dt.date(2019, 7, 3))
    dues = ExpectedReport.objects.order_by("period_start").values_list("due", flat=True)
    assert list(dues) == [dt.date(2019, 6, 10), dt.date(2019, 7, 3)]
    event = AuditEvent.objects.get(what="change", kind="reporting.reporttemplate")
    assert (event.by, event.details["due_days"]) == (builder, ["10", "3"])


def test_before_anything_is_published_the_rest_of_the_head_changes_and_afterwards_it_stays() -> None:
    workshop = Workshop()
    other: dict[str, Any] = {
        "programme": ProgrammeFactory(code="more"),
        "dataset": DatasetFactory(code="more"),
        "period_type": "quarter",
    }
    given: dict[str, Any] = {"seen": {}, "by": workshop.builder, "at": timezone.now()}
    change_head(template=workshop.template, **other, **given)
    held = ReportTemplate.objects.get(pk=workshop.template.pk)
    assert (held.programme, held.dataset, held.period_type) == tuple(other.values())
    scene = Scene()
    with pytest.raises(Problem) as caught:
        change_head(template=scene.template, dataset=DatasetFactory(code="other"), **given)
    assert (caught.value.code, caught.value.status) == ("published", 409)


def test_a_head_is_judged_as_a_file_is_and_changed_by_builders_alone() -> None:
    workshop = Workshop()
    given: dict[str, Any] = {"seen": {}, "at": timezone.now()}
    with pytest.raises(Problem) as caught:
        change_head(template=workshop.template, name_ar="", due_days=999, by=workshop.builder, **given)
    assert {fault.field for fault in caught.value.errors} == {"name_ar", "due_days"}
    with pytest.raises(Refused):
        change_head(template=workshop.template, name_en="x", by=member("data_manager", workshop.body), **given)
    change_head(template=workshop.template, name_en=workshop.template.name_en, by=workshop.builder, **given)
    assert not AuditEvent.objects.filter(what="change").exists()


def test_the_second_of_two_who_change_a_head_is_told_and_overwrites_only_knowingly() -> None:
    workshop = Workshop()
    address = f"/reports/templates/{workshop.template.code}/head/"
    client = workshop.browser()
    opened = client.get(address).context["form"]
    typed = {name: opened[name].value() for name in workshop.template.head}
    typed |= {"name_en": "Mine", "stood": json.dumps(workshop.template.head)}
    change_head(template=workshop.template, seen={}, name_en="Theirs", by=workshop.colleague, at=timezone.now())
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="Mine"' in page
    assert "was changed elsewhere" in page
    assert ReportTemplate.objects.get(pk=workshop.template.pk).name_en == "Theirs"
    again = client.post(address, typed | {"stood": answer.context["form"]["stood"].value()})
    assert again.status_code == 302
    assert ReportTemplate.objects.get(pk=workshop.template.pk).name_en == "Mine"


@pytest.mark.parametrize("stood", ["", "[]", "{", "null", '{"name_en": 7}', "9" * 5000, "[" * 5000])
def test_a_page_of_the_head_that_was_tampered_with_changes_nothing(stood: str) -> None:
    workshop = Workshop()
    given = {**workshop.template.head, "name_en": "Other", "stood": stood}
    answer = workshop.browser(language="ar").post(f"/reports/templates/{workshop.template.code}/head/", given)
    assert answer.status_code == 400
    assert ReportTemplate.objects.get(pk=workshop.template.pk).name_en == workshop.template.name_en


def test_only_builders_reach_the_head() -> None:
    scene = Scene()
    workshop = Workshop(scene.template, scene.version)
    address = f"/reports/templates/{scene.template.code}/head/"
    assert address in workshop.browser().get(f"/reports/templates/{scene.template.code}/").content.decode()
    assert workshop.browser(scene.coordinator).post(address, {}).status_code == 403
    page = workshop.browser().get(address)
    assert set(page.context["form"].fields) == {"name_ar", "name_en", "due_days", "function", "counts_first", "stood"}
