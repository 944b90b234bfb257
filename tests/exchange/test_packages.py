"""Packages from other systems become drafts: what is new, matched, changed, in the way or left out, and nothing twice."""

import datetime as dt
import json
import time
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from coordination.exchange.actions.packages import Choice, ask_import, package_of, receive_package, run_import
from coordination.reporting.actions.missing_names import LANGUAGES, demand_names, fill_names
from coordination.reporting.models import (
    CategorySet,
    Element,
    ExternalId,
    PackageImport,
    ReportTemplate,
    Slot,
    TemplateVersion,
    ValidationRule,
)
from coordination.reporting.models.missing_names import missing_names
from coordination.reporting.models.package_plans import Plan, plan_of
from coordination.reporting.rules.package_items import Fate, Item, counted, item_of
from coordination.reporting.rules.packages import Kind, chosen
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.rules.templates import DatasetSource, ProgrammeSource
from directorates.foundation.models import Job, StoredFile
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, User
from directorates.models.validity import lasting
from directorates.permissions import Refused
from tests.exchange.test_dhis2 import rule, small, uid
from tests.factories import (
    LONG_AGO,
    BodyFactory,
    CountryFactory,
    DatasetFactory,
    ProgrammeFactory,
    UserFactory,
    member,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db

EPI, IDSR = "who_epi_monthly_metadata.json", "who_idsr_weekly_metadata.json"
BIG_SET = "ZyZmZTUwctj"


@pytest.fixture
def admin() -> User:
    """The body's administrator; there is a programme and a dataset."""
    ProgrammeFactory()
    DatasetFactory()
    return member("administrator", BodyFactory(), language="en")


def choice(*uids: str, **more: Any) -> Choice:
    """Templates for the programme and dataset that are there."""
    programme = ProgrammeSource("services", "الخدمات", "Services")
    return Choice(uids, programme, DatasetSource("services", "الخدمات", "Services", "body"), **more)


def given(content: bytes | Path | dict[str, Any], by: User, name: str = "package.json") -> PackageImport:
    """A package as somebody uploads it."""
    if isinstance(content, Path):
        return receive_package(by=by, name=content.name, content=content.read_bytes(), at=timezone.now())
    written = json.dumps(content).encode() if isinstance(content, dict) else content
    return receive_package(by=by, name=name, content=written, at=timezone.now())


def applied(row: PackageImport, by: User, *uids: str, **more: Any) -> PackageImport:
    """The package imported by its job; without uids all of its templates."""
    uids = uids or tuple(one.uid for one in package_of(row).templates)
    run_import(ask_import(by=by, row=row, choice=choice(*uids, **more), at=timezone.now()), lambda _done, _of: None)
    row.refresh_from_db()
    return row


def planned(row: PackageImport, *uids: str) -> Plan:
    """What the preview says."""
    package = package_of(row)
    uids = uids or tuple(one.uid for one in package.templates)
    return plan_of(chosen(package, uids), choice(*uids).home, timezone.localdate())


def items(row: PackageImport) -> list[Item]:
    """What a receipt says."""
    return [item_of(shape) for shape in row.receipt["items"]]


def test_the_epi_package_becomes_a_draft_within_ten_seconds(admin: User, shared: Path) -> None:
    began = time.monotonic()
    row = applied(given(shared / "dhis2" / EPI, admin), admin)
    assert time.monotonic() - began < 10
    version = TemplateVersion.objects.get()
    assert (version.status, version.number, version.template.period_type, version.template.due_days) == (
        "draft",
        1,
        "month",
        15,
    )
    # 165 of its 168 elements stand in its set; one indicator is the share of two of them.
    assert Element.objects.count() == 166
    found = counted(items(row))
    assert (found[Kind.ELEMENT][Fate.NEW], found[Kind.RULE][Fate.NEW]) == (166, 30)
    assert ValidationRule.objects.count() == 30
    assert version.sections.count() == 20


def test_importing_twice_changes_nothing(admin: User, shared: Path) -> None:
    packages = {EPI: ("jqSaKxtj8IA",), IDSR: ("OTvkNTijYQY", BIG_SET)}
    for name, uids in packages.items():
        applied(given(shared / "dhis2" / name, admin), admin, *uids)
    tables = (Element, CategorySet, ReportTemplate, TemplateVersion, ValidationRule, Slot, ExternalId)
    before = [list(table.objects.order_by("pk").values()) for table in tables]
    for name, uids in packages.items():
        row = given(shared / "dhis2" / name, admin)
        assert not planned(row, *uids).changes_anything
        row = applied(row, admin, *uids)
        assert not row.receipt["changed"]
        fates = {item.fate for item in items(row)}
        assert fates == {Fate.SAME, Fate.LEFT_OUT, Fate.DIFFERS}
    assert [list(table.objects.order_by("pk").values()) for table in tables] == before


def test_the_three_weekly_templates_share_their_elements(admin: User, shared: Path) -> None:
    row = applied(given(shared / "dhis2" / IDSR, admin), admin)
    assert ReportTemplate.objects.count() == 3
    assert Element.objects.filter(numerator=None).count() == 73
    assert {item.fate for item in items(row) if item.kind is Kind.ELEMENT} == {Fate.NEW, Fate.LEFT_OUT}
    alerts = ValidationRule.objects.filter(version__template__external_ids__uid=BIG_SET, severity="alert")
    assert set(alerts.values_list("missing", flat=True)) == {"zero"}
    assert alerts.count() == 18


def test_only_what_was_chosen_is_imported_and_the_rest_is_told(admin: User, shared: Path) -> None:
    row = applied(given(shared / "dhis2" / IDSR, admin), admin, "OTvkNTijYQY")
    assert ReportTemplate.objects.count() == 1
    told = [item.reason for item in items(row)]
    assert told.count("not_chosen") == 2
    assert told.count("only_in_others") == 73 - 35 + 26 + 25


def test_a_changed_package_changes_the_draft_and_says_what(admin: User) -> None:
    applied(given(small(), admin), admin)
    data = small(validationRules=[rule("#{Element0003}", "30")])
    data["dataElements"][1] |= {"valueType": "NUMBER", "code": "OTHER"}
    row = given(data, admin)
    plan = planned(row)
    (beds,) = [one for one in plan.items if one.kind is Kind.ELEMENT and one.fate is Fate.CHANGED]
    # The code stays the one it has here; only what the element is changed.
    assert beds.code == "dhis2_element0002"
    assert {(change.path, change.before, change.after) for change in beds.changes} == {
        ("type", "integer", "decimal"),
        ("minimum", "1", "–"),
    }
    applied(row, admin)
    assert TemplateVersion.objects.get().number == 1
    assert Element.objects.get(code="dhis2_element0002").type == "decimal"
    assert ValidationRule.objects.get().code == "dhis2-rulenumber1"


def test_a_code_that_is_taken_here_by_something_else_is_left_alone(admin: User) -> None:
    mine = Element.objects.create(code="opd_1", type="integer", name_ar="معاينات", name_en="Mine")
    applied(given(small(), admin), admin)
    assert Element.objects.get(pk=mine.pk).name_en == "Mine"
    assert ExternalId.objects.get(uid="Element0001").element == Element.objects.get(code="opd_1_2")


def publish(admin: User, version: TemplateVersion) -> None:
    """Publish a draft as it stands."""
    names = {f"{language}-{one.key}": f"اسم {one.code}" for one in missing_names(version) for language in LANGUAGES}
    fill_names(by=admin, version=version, names=names, at=timezone.now())
    demand_names(version)
    TemplateVersion.objects.filter(pk=version.pk).update(status="published", published_at=timezone.now())


def test_what_a_published_version_uses_stays_and_stands_in_the_way(admin: User) -> None:
    applied(given(small(), admin), admin)
    publish(admin, TemplateVersion.objects.get())
    before = list(Element.objects.order_by("pk").values())
    data = small(validationRules=[rule("#{Element0003}", "30")])
    data["dataElements"][1]["valueType"] = "NUMBER"
    data["dataSets"][0]["timelyDays"] = 3
    row = applied(given(data, admin), admin)
    assert list(Element.objects.order_by("pk").values()) == before
    held = {item.code: [change.path for change in item.changes] for item in items(row) if item.fate is Fate.HELD}
    assert held == {"dhis2_element0002": ["type", "minimum"], "monthly-report": ["due_days"]}
    # The new rule makes a draft of the next version, beside the published one.
    assert list(TemplateVersion.objects.order_by("number").values_list("number", "status")) == [
        (1, "published"),
        (2, "draft"),
    ]
    assert ValidationRule.objects.get().version.number == 2
    row = applied(given(data, admin), admin)
    assert TemplateVersion.objects.count() == 2


def test_the_same_package_after_publishing_changes_nothing(admin: User) -> None:
    applied(given(small(), admin), admin)
    publish(admin, TemplateVersion.objects.get())
    row = applied(given(small(), admin), admin)
    assert not row.receipt["changed"]
    assert TemplateVersion.objects.count() == 1


def test_names_filled_in_here_outlast_the_next_import(admin: User) -> None:
    applied(given(small(), admin), admin)
    version = TemplateVersion.objects.get()
    (beds,) = [one for one in missing_names(version) if one.code == "dhis2_element0002"]
    fill_names(by=admin, version=version, names={f"ar-{beds.key}": "الأسرّة"}, at=timezone.now())
    assert not planned(given(small(), admin)).changes_anything
    data = small()
    data["dataElements"][1]["name"] = "Beds, all"
    applied(given(data, admin), admin)
    beds_now = Element.objects.get(pk=beds.pk)
    assert (beds_now.name_ar, beds_now.name_en) == ("الأسرّة", "Beds, all")


def test_a_category_that_drafts_were_made_with_is_not_taken_away(admin: User) -> None:
    applied(given(small(), admin), admin)
    data = small()
    data["categories"][0]["categoryOptions"] = [{"id": "OptionAbove"}]
    data["categoryOptionCombos"] = data["categoryOptionCombos"][:1]
    row = applied(given(data, admin), admin)
    assert [item.kind for item in items(row) if item.fate is Fate.HELD] == [Kind.CATEGORY_SET]
    assert CategorySet.objects.get().categories.count() == 2


def test_a_new_category_is_added_and_gets_a_slot_of_its_own(admin: User) -> None:
    applied(given(small(), admin), admin)
    taken = dict(Slot.objects.values_list("pk", "number"))
    data = small()
    data["categoryOptions"].append({"id": "OptionOlder", "name": "60 and over"})
    data["categories"][0]["categoryOptions"].append({"id": "OptionOlder"})
    applied(given(data, admin), admin)
    assert CategorySet.objects.get().categories.count() == 3
    assert taken.items() <= dict(Slot.objects.values_list("pk", "number")).items()
    assert Slot.objects.count() == len(taken) + 1


def test_a_package_may_bring_a_new_programme_and_dataset(admin: User) -> None:
    row = given(small(), admin)
    new = Choice(
        ("DataSetOne1",),
        ProgrammeSource("vaccines", "اللقاحات", "Vaccines"),
        DatasetSource("vaccines", "اللقاحات", "Vaccines", "body"),
    )
    job = ask_import(by=admin, row=row, choice=new, at=timezone.now())
    run_import(job, lambda _done, _of: None)
    template = ReportTemplate.objects.get()
    assert (template.programme.name_ar, template.dataset.custodian.code) == ("اللقاحات", "body")


def test_a_form_takes_the_periods_that_the_importer_says(admin: User, shared: Path) -> None:
    row = given(shared / "odk" / "tutorial_arabic_labels.xlsx", admin)
    applied(row, admin, period_type=PeriodType.QUARTER, due_days=9)
    template = ReportTemplate.objects.get()
    assert (template.period_type, template.due_days) == ("quarter", 9)
    assert Element.objects.get(code="tutorial_arabic_labels_age").name_ar.endswith("كم عمرك؟")
    assert not planned(given(shared / "odk" / "tutorial_arabic_labels.xlsx", admin)).changes_anything


def test_asked_twice_it_is_one_job_and_done_twice_one_import(admin: User) -> None:
    row = given(small(), admin)
    first, second = (ask_import(by=admin, row=row, choice=choice("DataSetOne1"), at=timezone.now()) for _ in range(2))
    assert first == second
    for _ in range(2):
        run_import(first, lambda _done, _of: None)
    assert AuditEvent.objects.filter(what="import_package").count() == 1
    Job.objects.update(state="done")
    row.refresh_from_db()
    with pytest.raises(Problem) as caught:
        ask_import(by=admin, row=row, choice=choice("DataSetOne1"), at=timezone.now())
    assert caught.value.code == "applied"


def test_two_imports_of_one_package_at_once_make_everything_once(transactional_db: None) -> None:
    CountryFactory()
    ProgrammeFactory()
    DatasetFactory()
    admin = member("administrator", BodyFactory())
    with mock.patch("directorates.foundation.outbox.hurry"):
        jobs = [
            ask_import(by=admin, row=given(small(), admin), choice=choice("DataSetOne1"), at=timezone.now())
            for _ in range(2)
        ]
        at_once(*(partial(run_import, job, lambda _done, _of: None) for job in jobs))
    assert (ReportTemplate.objects.count(), TemplateVersion.objects.count(), Element.objects.count()) == (1, 1, 3)
    assert sorted(row.receipt["changed"] for row in PackageImport.objects.all()) == [False, True]


def test_an_import_that_stops_halfway_leaves_nothing(admin: User) -> None:
    data = small()
    data["dataSets"].append(data["dataSets"][0] | {"id": "DataSetTwo1", "name": "Second"})
    row = given(data, admin)
    job = ask_import(by=admin, row=row, choice=choice("DataSetOne1", "DataSetTwo1"), at=timezone.now())
    calls: list[int] = []

    def stop(done: int, _of: int) -> None:
        calls.append(done)
        if done:
            raise RuntimeError("the worker was killed")

    with pytest.raises(RuntimeError):
        run_import(job, stop)
    assert calls == [0, 1]
    assert not Element.objects.exists()
    assert not ReportTemplate.objects.exists()
    run_import(job, lambda _done, _of: None)
    assert ReportTemplate.objects.count() == 2


def test_what_no_database_keeps_in_names_of_parts_and_numbers_breaks_no_import(admin: User) -> None:
    odd = {
        "strange\0\u202epart": [1],
        "validationRules": [rule(f"#{{{uid(2)}}}", "5", organisationUnitLevels=["\0\ud800"])],
        "indicators": [{"id": "Indicator01", "name": "I", "numerator": f"#{{{uid(2)}}}", "denominator": f"#{{{uid(3)}}}",
                        "indicatorType": {"id": "ShareOfSome"}}],
        "indicatorTypes": [{"id": "ShareOfSome", "factor": "\0\ud800"}],
    }  # fmt: skip
    row = applied(given(small(**odd), admin), admin)
    assert {"strangepart", "I"} <= {item.name_en for item in items(row)}


def test_a_broken_file_leaves_nothing_behind(admin: User) -> None:
    data = small()
    data["dataElements"][0]["categoryCombo"] = {"id": "NoSuchCombo"}
    with pytest.raises(Problem) as caught:
        given(data, admin)
    assert [(fault.field, fault.code) for fault in caught.value.errors] == [
        ("dataElements.0.categoryCombo", "leads_nowhere")
    ]
    assert (PackageImport.objects.count(), StoredFile.objects.count()) == (0, 0)


def test_a_file_whose_time_is_over_can_no_longer_be_imported_and_the_receipt_stays(admin: User) -> None:
    row, other = applied(given(small(), admin), admin), given(small(), admin)
    StoredFile.objects.all().delete()
    row.refresh_from_db()
    other.refresh_from_db()
    assert items(row)
    with pytest.raises(Problem) as caught:
        ask_import(by=admin, row=other, choice=choice("DataSetOne1"), at=timezone.now())
    assert (caught.value.code, caught.value.status) == ("gone", 410)


@pytest.mark.parametrize("role", ["data_manager", "policy_manager", None])
def test_whoever_does_not_manage_templates_imports_nothing(admin: User, role: str | None) -> None:
    other = member(role, BodyFactory()) if role else UserFactory()
    row = given(small(), admin)
    for deed in (
        partial(given, small(), other),
        partial(ask_import, by=other, row=row, choice=choice("DataSetOne1"), at=timezone.now()),
    ):
        with pytest.raises(Refused):
            deed()
    assert not PackageImport.objects.visible_to(other).exists()


def test_a_right_that_ended_between_asking_and_doing_imports_nothing(admin: User) -> None:
    job = ask_import(by=admin, row=given(small(), admin), choice=choice("DataSetOne1"), at=timezone.now())
    admin.memberships.update(valid=lasting(LONG_AGO, timezone.localdate() - dt.timedelta(days=1)))
    with pytest.raises(Refused):
        run_import(job, lambda _done, _of: None)
    assert not Element.objects.exists()


def test_an_external_id_names_exactly_one_thing(admin: User) -> None:
    element = Element.objects.create(code="x", type="integer", name_ar="س", name_en="x")
    ExternalId.objects.create(scheme="dhis2", kind="element", uid="a", element=element)
    wrong: list[dict[str, Any]] = [
        {"kind": "element", "uid": "a", "element": element},
        {"kind": "template", "uid": "b", "element": element},
        {"kind": "element", "uid": "c"},
    ]
    for one in wrong:
        with pytest.raises(IntegrityError), transaction.atomic():
            ExternalId.objects.create(scheme="dhis2", **one)
