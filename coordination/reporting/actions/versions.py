"""What is done with versions that are being built: begin one, change it step by step, discard it.

A draft counts its changes. Whoever changes it names the edition that the page showed; where another change came
between, nothing is written and the second person is told.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.reporting.actions.counted import recount_doubles
from coordination.reporting.models import (
    Programme,
    ReportTemplate,
    Section,
    SectionElement,
    TemplateVersion,
    ValidationRule,
)
from coordination.reporting.models.templates import PrecedenceOf, VersionStatus
from coordination.reporting.models.versions import Outline, draft_of, next_number
from coordination.reporting.rules.sources import SourceFault
from coordination.reporting.rules.template_words import words_of_fault
from coordination.reporting.rules.templates import read_head
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem, demand_unchanged
from directorates.models import Dataset, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, require


def refuse(faults: Iterable[SourceFault], fields: dict[str, str]) -> None:
    """Raise 400 `invalid` with every fault of a reading at the field of the form that it came from, if there are any."""
    told = [Fault(_field(fault, fields), fault.code, words_of_fault(fault)) for fault in faults]
    if told:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=told)


def _field(fault: SourceFault, fields: dict[str, str]) -> str:
    """The field of a fault: by the first steps of its path, or the path itself; a code stands above its data."""
    if fault.path == "." and fault.code in ("not_a_code", "text_too_long", "unreadable_text"):
        return "code"
    steps = fault.path.split(".")
    return next((fields[key] for n in range(len(steps), 0, -1) if (key := ".".join(steps[:n])) in fields), fault.path)


@transaction.atomic
def make_template(
    *,
    code: str,
    name_ar: str,
    name_en: str,
    programme: Programme,
    dataset: Dataset,
    period_type: str,
    due_days: int,
    function: str = "",
    counts_first: str = PrecedenceOf.DIRECTORATE,
    copied: TemplateVersion | None = None,
    by: User,
    at: dt.datetime,
) -> TemplateVersion:
    """A new template with its first version as a draft, blank or with the questions of another template's version."""
    require(by, Permission.MANAGE_TEMPLATES)
    said = {"code": code, "name": {"ar": name_ar, "en": name_en}, "period": period_type, "due_days": due_days}
    refuse(read_head(said), {"name.ar": "name_ar", "name.en": "name_en", "period": "period_type"})
    template, new = ReportTemplate.objects.get_or_create(
        code=code,
        defaults={
            "name_ar": name_ar,
            "name_en": name_en,
            "programme": programme,
            "dataset": dataset,
            "period_type": period_type,
            "due_days": due_days,
            "function": function,
            "counts_first": counts_first,
        },
    )
    if not new:
        message = _("This code is taken: %(name)s has it.") % {"name": template.name}
        raise Problem("invalid", message, errors=[Fault("code", "taken", message)])
    record(by, "make", template, template=code)
    return _begin(template, copied, by, at)


# Once a version is published, reports, figures and grants rest on these.
FIXED = {"programme", "dataset", "period_type"}


@transaction.atomic
def change_head(
    *, template: ReportTemplate, seen: Mapping[str, Any], by: User, at: dt.datetime, **said: Any
) -> ReportTemplate:
    """Other names, due days, function or rule of counting for a template; before a version is published also another
    programme, dataset or period.

    `seen` is what the page began with: where something else stands by now, nothing is written (409 `changed`). Reports
    that are expected already keep their due dates.
    """
    require(by, Permission.MANAGE_TEMPLATES)
    held = ReportTemplate.objects.select_for_update().get(pk=template.pk)
    before = held.head
    demand_unchanged(before, seen, before)
    new = {name: said[name] for name in before if name in said and getattr(held, name) != said[name]}
    if new.keys() & FIXED and held.versions.published().exists():
        raise Problem("published", _("A version is published, so programme, dataset and period stay."), 409)
    head = {name: said.get(name, getattr(held, name)) for name in before}
    names = {"ar": head["name_ar"], "en": head["name_en"]}
    shown = {"code": held.code, "name": names, "period": str(head["period_type"]), "due_days": head["due_days"]}
    refuse(read_head(shown), {"name.ar": "name_ar", "name.en": "name_en", "period": "period_type"})
    if new:
        for name, value in new.items():
            setattr(held, name, value)
        held.head_changed = at
        held.save(update_fields=[*new, "head_changed"])
        if "counts_first" in new:
            recount_doubles(template_id=held.pk)
        record(by, "change", held, template=held.code, **{name: [before[name], held.head[name]] for name in new})
    return held


@transaction.atomic
def start_version(
    *, template: ReportTemplate, copied: TemplateVersion | None, by: User, at: dt.datetime
) -> TemplateVersion:
    """The draft of a template: the one that is there, or a new one, blank or with the questions of a version."""
    require(by, Permission.MANAGE_TEMPLATES)
    locked = ReportTemplate.objects.select_for_update().get(pk=template.pk)
    return draft_of(locked) or _begin(locked, copied, by, at)


def _begin(template: ReportTemplate, copied: TemplateVersion | None, by: User, at: dt.datetime) -> TemplateVersion:
    version = TemplateVersion.objects.create(
        template=template, number=next_number(template), valid=lasting(None), edition=1, changed=at, changed_by=by
    )
    if copied is not None:
        _copy(copied, version)
    said: dict[str, Any] = {"copied": f"{copied.template.code} {copied.number}"} if copied else {}
    record(by, "start", version, template=template.code, version=version.number, **said)
    return version


def _copy(source: TemplateVersion, target: TemplateVersion) -> None:
    """Write the sections, items and rules of a version into a draft."""
    outline = Outline(source)
    for section in outline.sections:
        row = Section.objects.create(
            version=target, code=section.code, name_ar=section.name_ar, name_en=section.name_en, order=section.order
        )
        SectionElement.objects.bulk_create(
            SectionElement(section=row, element=place.element, order=place.order, required=place.required)
            for place in section.placed  # type: ignore[attr-defined]
        )
    for rule in outline.rules:
        rule.pk, rule.version = None, target
        rule._state.adding = True
    ValidationRule.objects.bulk_create(outline.rules)


def held_draft(*, by: User, version: TemplateVersion, seen: int) -> TemplateVersion:
    """The draft, locked, if the person may build and has seen its latest edition.

    Problems: 409 `wrong_state` once it is published or gone, 409 `changed` where someone changed it meanwhile.
    """
    require(by, Permission.MANAGE_TEMPLATES)
    rows = TemplateVersion.objects.select_related("template", "changed_by")
    held = rows.select_for_update(of=("self",)).filter(pk=version.pk, status=VersionStatus.DRAFT).first()
    if held is None:
        raise Problem("wrong_state", _("This version is no draft any more: it was published or discarded."), 409)
    if held.edition != seen:
        detail = _("This draft was changed elsewhere in the meantime, last by %(name)s. Nothing was overwritten.")
        raise Problem("changed", detail % {"name": held.changed_by or "–"}, 409, extra={"edition": held.edition})
    return held


def keep_change(version: TemplateVersion, what: str, *, by: User, at: dt.datetime, **details: Any) -> None:
    """Count a change of a draft and record it, in the transaction of the change."""
    version.edition, version.changed, version.changed_by = version.edition + 1, at, by
    version.save(update_fields=["edition", "changed", "changed_by"])
    record(by, what, version, template=version.template.code, version=version.number, **details)


@transaction.atomic
def discard_version(*, version: TemplateVersion, seen: int, by: User, at: dt.datetime) -> None:
    """Throw a draft away; a template that never had another version goes with it."""
    held = held_draft(by=by, version=version, seen=seen)
    template = held.template
    record(by, "discard", held, template=template.code, version=held.number, at=at.isoformat())
    held.delete()
    if not template.versions.exists() and not template.assignments.exists():
        record(by, "discard", template, template=template.code)
        template.delete()
