"""Which reports stand side by side in a double report: about one facility, by whichever entry of the register, one a body."""

import datetime
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import Exists, Func, OuterRef, Q, Value

from coordination.reporting.models.submissions import Submission
from facilities.models.duplicates import Merge


class AmongEntries(Func):
    """Whether a column names one of the entries that stand for the same facility as another; with it, where none was merged."""

    # The array on the right stands for itself, so that an index on the column serves.
    template = "%(expressions)s))"
    arg_joiner = " = ANY (entries_of("
    arity = 2
    output_field = models.BooleanField()


def about_same_facility(reports: models.QuerySet[Submission]) -> Q:
    """The rows beside which one of some reports is about the same facility: under its own entry, or where it was merged, another."""
    merged = Q(facility__in=Merge.objects.values("merged")) | Q(facility__in=Merge.objects.values("survivor"))
    elsewhere = reports.filter(AmongEntries("facility", OuterRef("facility")))
    return Q(Exists(reports.filter(facility=OuterRef("facility")))) | (merged & Q(Exists(elsewhere)))


def of_double(reports: models.QuerySet[Submission]) -> Q:
    """The double reports of which some reports are one."""
    either = Q(template=OuterRef("template")) | Q(template=OuterRef("other"))
    return about_same_facility(reports.filter(either, period_start=OuterRef("period_start")))


def sides_of(template: int, other: int | None, period_start: datetime.date, facility: int) -> list[Submission]:
    """The reports as they stand, by reporter, or one a template in their order where they follow two."""
    rows = Submission.objects.standing().filter(
        AmongEntries("facility", Value(facility)), template__in=[template, *([other] if other else [])]
    )
    related = ("reporter", "reviewer", "revision", "version", "dataset", "template", "facility")
    rows = rows.filter(period_start=period_start).select_related(*related)
    if other is None:
        return one_a_body(rows)
    # Of each template the one that counts, else the one sent last.
    rows = rows.order_by("template_id", models.F("counted_report").asc(nulls_last=True), "-submitted", "-pk")
    return two_bodies(list(rows.distinct("template_id")))


def one_a_body(reports: Iterable[Submission]) -> list[Submission]:
    """Of each reporter the report that was approved, of several about merged entries the one sent last; by reporter.

    Which one counts by now is no matter: what was settled of a report would seem to be of another one once it counts.
    """
    found = {one.reporter_id: one for one in sorted(reports, key=_how_near)}
    return sorted(found.values(), key=lambda one: one.reporter.code)


def _how_near(report: Submission) -> tuple[bool, Any, str]:
    return report.counting_id is not None, report.submitted, str(report.pk)


def two_bodies(reports: Sequence[Submission]) -> list[Submission]:
    """Reports by two templates where two bodies sent them and may read each other's numbers; none otherwise."""
    if len({report.reporter_id for report in reports}) < 2:
        return []
    by_agreement = any(report.dataset.by_agreement for report in reports)
    return [] if by_agreement and len({report.dataset_id for report in reports}) > 1 else list(reports)
