"""Rules over the whole set: every standing report judged once more by SQL, and what is kept of broken rules brought in step."""

import datetime

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from coordination.reporting.actions.consolidation import figures_role
from coordination.reporting.actions.runs import Tally, run_kept
from coordination.reporting.models import ReportTemplate, Revision, TemplateVersion, ValidationRule
from coordination.reporting.models.broken_rules import rules_of
from coordination.reporting.models.runs import RunKind
from coordination.reporting.rules.validation_sql import FORGET, MEMORY, OUTCOMES, passes, whole_set
from directorates.audit import record
from directorates.foundation.jobs import Kind, Tell, ask
from directorates.foundation.models import Job
from directorates.models import User
from directorates.permissions import Permission, may, require

VALIDATE = "reporting.validate"
# One pass over a template at a time; and one that asks for it.
PASSING, ASKING = 7_204_006, 7_204_007


# Those of one revision by the codes that its evaluation names.
_KEEP = """INSERT INTO reporting_brokenrule (revision_id, rule_id)
SELECT %s, id FROM reporting_validationrule WHERE version_id = %s AND code = ANY(%s)"""


def keep_broken(revision: Revision, version: int, codes: list[str]) -> None:
    """Write which rules a revision breaks, in the transaction that sends it; whole reports are filed with theirs (`filing.py`)."""
    if codes:
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, [revision.pk, version, codes])


@transaction.atomic
def request_validation(*, by: User, template: ReportTemplate, at: datetime.datetime) -> Job:
    """Have all reports of a template judged by its rules now; requests made while one waits or runs are that one."""
    if not may(by, Permission.MANAGE_TEMPLATES):
        require(by, Permission.RUN_CONSOLIDATION)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ASKING, template.pk])
    arguments = {"template": template.pk}
    held = Job.objects.unfinished().filter(kind=VALIDATE, arguments=arguments).first()
    if held is not None:
        return held
    job = ask(kind=VALIDATE, by=by, at=at, arguments=arguments)
    record(by, "check_rules", template, job=job.pk)
    return job


def validate(job: Job, tell: Tell) -> dict[str, int]:
    """Judge all reports of a template by its rules; answer how many there are and how many broken rules were kept otherwise."""
    done = validate_template(job, int(job.arguments["template"]), tell)
    return {"marks": done.marks, "cells": done.cells}


def validate_template(job: Job, template: int, tell: Tell) -> Tally:
    """Every published version that has rules, a transaction each; kept in the history of computing.

    Killed at any moment it leaves each version as it was or in step, and starts over.
    """
    rules = ValidationRule.objects.filter(version__template=template)
    versions = list(TemplateVersion.objects.published().filter(pk__in=rules.values("version")).order_by("number"))
    if not versions:
        return Tally()
    with run_kept(RunKind.RULES, job, {template}) as tally:
        for number, version in enumerate(versions):
            tell(number, len(versions))
            tally.add(validate_version(version))
    tell(len(versions), len(versions))
    return tally


def validate_version(version: TemplateVersion) -> Tally:
    """One transaction: the pass over the reports of a version, then what became of those that ever broke a rule."""
    parts = list(passes(version.pk, rules_of(version)))
    done = Tally(templates={version.template_id})
    with transaction.atomic(), connection.cursor() as cursor, figures_role(cursor):
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [PASSING, version.pk])
        cursor.execute(MEMORY)
        cursor.execute(FORGET, {"version": version.pk})
        for part in parts:
            cursor.execute(whole_set(part))
            reports, added, removed = cursor.fetchone()
            done.marks, done.cells = max(done.marks, reports), done.cells + added + removed
        cursor.execute(OUTCOMES, {"version": version.pk})
    return done


KIND = Kind(
    VALIDATE,
    _("Checking all reports of a template by its rules"),
    validate,
    page="reporting:runs",
    right=Permission.RUN_CONSOLIDATION,
)
