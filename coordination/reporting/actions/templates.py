"""What is done with report templates: load a version from a file's data and publish it."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from coordination.reporting.actions.elements import element_faults, write_elements
from coordination.reporting.actions.missing_names import demand_names
from coordination.reporting.models import (
    Category,
    Element,
    Programme,
    ReportTemplate,
    Section,
    SectionElement,
    Slot,
    Submission,
    TemplateVersion,
    ValidationRule,
    WeekLabelRule,
)
from coordination.reporting.models.specifications import slots_of, source_of
from coordination.reporting.models.templates import VersionStatus
from coordination.reporting.rules.specification import TemplateSpec, assign_slots
from coordination.reporting.rules.template_words import words_of_fault
from coordination.reporting.rules.templates import ProgrammeSource, TemplateSource, differences, read_template
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import Dataset, Organisation, RoleGroup, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, open_role, require
from directorates.roles import Role

# With the template's key: held by whoever begins a report, for the length of it, and alone by whoever changes versions.
LOCK = 7_204_011


def hold_versions(template: ReportTemplate, *, to_change: bool = False) -> None:
    """Let no version be published before this transaction ends; `to_change`, let nobody begin a report either."""
    function = "pg_advisory_xact_lock" if to_change else "pg_advisory_xact_lock_shared"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [LOCK, template.pk])


@transaction.atomic
def load_template(*, source: Mapping[str, Any], by: User | None, at: dt.datetime) -> TemplateVersion:
    """Write the version that a file describes and publish it; the same content again changes nothing.

    All faults at once, each at its path in the data. A published version never changes: other content needs another
    version number, from a later period on. `by` is None only for the loading commands.
    """
    if by is not None:
        require(by, Permission.MANAGE_TEMPLATES)
    given, faults = read_template(source)
    if faults:
        told = [Fault(fault.path, fault.code, words_of_fault(fault)) for fault in faults]
        raise Problem("bad_template", _("The template was not loaded; each fault is listed."), errors=told)
    template = ReportTemplate.objects.select_for_update().filter(code=given.template.code).first()
    if template is not None:
        hold_versions(template, to_change=True)
    held = TemplateVersion.objects.filter(template=template, number=given.spec.version).first() if template else None
    if held is not None and held.status != VersionStatus.DRAFT:
        _demand_same(held, given)
        return held
    _demand_unbuilt(held)
    problems = element_faults(given) + _dataset_faults(given) + _order_faults(template, given)
    if problems:
        raise Problem("bad_template", _("The template was not loaded; each fault is listed."), errors=problems)
    version = _write(given, held)
    open_for_reports(version, at)
    record(by, "publish", version, template=given.template.code, version=version.number)
    return version


def write_draft(*, given: TemplateSource, by: User, at: dt.datetime) -> TemplateVersion:
    """Write a version as a draft, or a draft of that number anew; within the caller's transaction.

    What a published version uses must be given as it stands: 400 `bad_template` names every difference.
    """
    require(by, Permission.MANAGE_TEMPLATES)
    held = TemplateVersion.objects.select_for_update().filter(
        template__code=given.template.code, number=given.spec.version
    )
    version = held.first()
    problems = element_faults(given) + _dataset_faults(given)
    if version is not None and version.status != VersionStatus.DRAFT:
        problems.append(Fault("version", "published", _("This version is published and never changes.")))
    if problems:
        raise Problem("bad_template", _("The template was not written; each fault is listed."), errors=problems)
    version = _write(given, version)
    record(by, "draft", version, template=given.template.code, version=version.number, at=at.isoformat())
    return version


def _demand_same(version: TemplateVersion, given: TemplateSource) -> None:
    """Raise 409 `published`, naming every difference, unless the file says what was published.

    A head that somebody changed by hand since is the portal's own: of it the file says nothing any more.
    """
    stored = source_of(version)
    if version.template.head_changed is not None:
        given = replace(given, template=stored.template, due_days=stored.due_days)
    found = [
        Fault(
            path, "published", _("Published: %(before)s. In the file: %(after)s.") % {"before": before, "after": after}
        )
        for path, before, after in differences(_comparable(stored), _comparable(given))
    ]
    if found:
        message = _(
            "Version %(number)d of %(template)s is published and never changes. "
            "A new version number, from a later period on, carries the changes."
        )
        told = message % {"number": version.number, "template": given.template.code}
        raise Problem("published", told, 409, errors=found)


def _demand_unbuilt(held: TemplateVersion | None) -> None:
    """Raise 409 `being_built` where somebody builds this version by hand: a file never overwrites that."""
    if held is not None and held.changed_by is not None:
        message = _("Version %(number)d is being built by hand. It is published or discarded first.")
        told = message % {"number": held.number}
        raise Problem("being_built", told, 409, errors=[Fault("version", "being_built", told)])


def _comparable(source: TemplateSource) -> TemplateSource:
    """The same, each element's definition once, elements and sets in the order of their codes: that says nothing."""
    sections = tuple(section.without_definitions() for section in source.spec.sections)
    return replace(
        source,
        elements=tuple(sorted(source.elements, key=lambda element: element.spec.code)),
        category_sets=tuple(sorted(source.category_sets, key=lambda held: held.code)),
        spec=replace(source.spec, sections=sections),
    )


def _dataset_faults(given: TemplateSource) -> list[Fault]:
    """The custodian has to be there, and a dataset stays in its custody."""
    custodian = given.dataset.custodian
    if not Organisation.objects.filter(code=custodian).exists():
        message = _("No organisation has the code %(given)s.") % {"given": custodian}
        return [Fault("template.dataset.custodian", "unknown", message)]
    held = Dataset.objects.select_related("custodian").filter(code=given.dataset.code).first()
    if held is not None and held.custodian.code != custodian:
        message = _("This dataset is in the custody of %(held)s; a file cannot take it away.")
        return [Fault("template.dataset.custodian", "custody", message % {"held": held.custodian.code})]
    return []


@unwalled
def _order_faults(template: ReportTemplate | None, given: TemplateSource) -> list[Fault]:
    """A new version comes after the others, and before any report of its periods."""
    if template is None or given.first_day is None:
        return []
    found = []
    if template.period_type != given.spec.period_type:
        message = _("The template's periods are of the type %(held)s and stay so.") % {"held": template.period_type}
        found.append(Fault("template.period", "published", message))
    last = template.versions.published().order_by("-number").first()
    if last is not None and (last.number >= given.spec.version or (last.first_day or dt.date.min) >= given.first_day):
        message = _(
            "Version %(number)d, from %(first)s on, is published: another has a higher number and begins later."
        )
        found.append(Fault("version", "not_later", message % {"number": last.number, "first": last.first_day}))
    if Submission.objects.filter(template=template, period_start__gte=given.first_day).exists():
        found.append(Fault("from", "reports_exist", _("There are reports of these periods already; begin later.")))
    return found


def _write(given: TemplateSource, held: TemplateVersion | None) -> TemplateVersion:
    """The rows of a version, still a draft; what an earlier draft of it held is written anew."""
    template = _write_template(given)
    elements = write_elements(given)
    version = held or TemplateVersion(template=template, number=given.spec.version)
    version.valid = lasting(given.first_day)
    version.save()
    version.sections.all().delete()
    version.rules.all().delete()
    sections = Section.objects.bulk_create(
        Section(version=version, code=section.code, name_ar=section.name_ar, name_en=section.name_en, order=order)
        for order, section in enumerate(given.spec.sections)
    )
    SectionElement.objects.bulk_create(
        SectionElement(section=row, element=elements[element.code], order=place, required=element.required)
        for row, section in zip(sections, given.spec.sections, strict=True)
        for place, element in enumerate(section.elements)
    )
    ValidationRule.objects.bulk_create(
        ValidationRule(
            version=version,
            code=rule.code,
            left=str(rule.left),
            operator=rule.operator.value,
            right=str(rule.right),
            severity=rule.severity.value,
            missing=rule.missing.value,
            message_ar=rule.message_ar,
            message_en=rule.message_en,
            order=order,
        )
        for order, rule in enumerate(given.spec.rules)
    )
    keep_slots(template, given.spec, elements)
    return version


def _write_template(given: TemplateSource) -> ReportTemplate:
    dataset, new = Dataset.objects.update_or_create(
        code=given.dataset.code,
        defaults={
            "name_ar": given.dataset.name_ar,
            "name_en": given.dataset.name_en,
            "custodian": Organisation.objects.get(code=given.dataset.custodian),
        },
    )
    if new:
        # Roles that reach every dataset in the custody reach this one, too.
        for group in RoleGroup.objects.filter(organisation=dataset.custodian):
            open_role(dataset.custodian, Role(group.role))
    template, _new = ReportTemplate.objects.update_or_create(
        code=given.template.code,
        defaults={
            "name_ar": given.template.name_ar,
            "name_en": given.template.name_en,
            "programme": _write_programme(given.programme),
            "dataset": dataset,
            "period_type": given.spec.period_type.value,
            "due_days": given.due_days,
            "head_changed": None,
        },
    )
    return template


def _write_programme(given: ProgrammeSource) -> Programme:
    programme, _new = Programme.objects.update_or_create(
        code=given.code, defaults={"name_ar": given.name_ar, "name_en": given.name_en}
    )
    programme.week_rules.exclude(since__in=[since for since, _rule in given.week_rules]).delete()
    for since, rule in given.week_rules:
        WeekLabelRule.objects.update_or_create(programme=programme, since=since, defaults={"rule": rule.value})
    return programme


def keep_slots(template: ReportTemplate, spec: TemplateSpec, elements: Mapping[str, Element]) -> None:
    """A slot for every new question; those of earlier versions stay."""
    taken = slots_of(template.pk)
    categories: dict[tuple[int | None, str], Category] = {
        (row.category_set_id, row.code): row
        for row in Category.objects.filter(category_set__elements__in=elements.values()).distinct()
    }
    Slot.objects.bulk_create(
        Slot(
            template=template,
            element=elements[code],
            category=categories[elements[code].category_set_id, category] if category else None,
            number=int(slot[1:]),
        )
        for (code, category), slot in assign_slots(spec.sections, taken).items()
        if (code, category) not in taken
    )


def open_for_reports(version: TemplateVersion, at: dt.datetime) -> None:
    """Open a version for reports once all its names are there; the one before ends on its eve, unless it did earlier."""
    demand_names(version)
    before = TemplateVersion.objects.published().filter(template=version.template_id).order_by("-number").first()
    if before is not None and version.first_day is not None:
        eve = version.first_day - dt.timedelta(days=1)
        before.valid = lasting(before.first_day, min(before.last_day or eve, eve))
        before.save(update_fields=["valid"])
    version.status, version.published_at = VersionStatus.PUBLISHED, at
    version.save(update_fields=["status", "published_at", "valid", "number"])
