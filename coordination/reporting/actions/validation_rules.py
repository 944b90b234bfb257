"""What is done with the rules of a draft: write one, change it, take it out."""

import datetime as dt
from typing import Any

from django.db import transaction

from coordination.reporting.actions.sections import free_code
from coordination.reporting.actions.versions import held_draft, keep_change, refuse
from coordination.reporting.models import TemplateVersion, ValidationRule
from coordination.reporting.models.versions import Outline
from coordination.reporting.rules.templates import read_rule
from directorates.models import User

FIELDS = {"message.ar": "message_ar", "message.en": "message_en", "message": "message_ar"}


@transaction.atomic
def keep_rule(
    *,
    version: TemplateVersion,
    rule: ValidationRule | None,
    left: str,
    operator: str,
    right: str,
    severity: str,
    missing: str,
    message_ar: str,
    message_en: str,
    seen: int,
    by: User,
    at: dt.datetime,
) -> ValidationRule:
    """Write a rule behind the others, or change one; it reads only what the draft asks, and is kept in one spelling."""
    held = held_draft(by=by, version=version, seen=seen)
    rows = ValidationRule.objects.filter(version=held)
    code = rule.code if rule else free_code(f"rule-{rows.count() + 1}", rows.values_list("code", flat=True))
    said: dict[str, Any] = {
        "code": code,
        "left": left,
        "operator": operator,
        "right": right,
        "severity": severity,
        "missing": missing,
        "message": {"ar": message_ar, "en": message_en},
    }
    spec, faults = read_rule(said, Outline(held).source.spec)
    refuse(faults, FIELDS)
    last = rows.order_by("-order").first()
    row = rule or ValidationRule(version=held, code=code, order=last.order + 1 if last else 0)
    row.left, row.operator, row.right = str(spec.left), spec.operator.value, str(spec.right)
    row.severity, row.missing = spec.severity.value, spec.missing.value
    row.message_ar, row.message_en = spec.message_ar, spec.message_en
    row.save()
    keep_change(held, "change_rule" if rule else "add_rule", by=by, at=at, rule=code)
    return row


@transaction.atomic
def remove_rule(*, rule: ValidationRule, seen: int, by: User, at: dt.datetime) -> None:
    """Take a rule out."""
    held = held_draft(by=by, version=rule.version, seen=seen)
    rule.delete()
    keep_change(held, "remove_rule", by=by, at=at, rule=rule.code)
