"""The nightly pass over all reports: what was reported twice, and how complete everything is, beside one level of figures."""

import time
from collections.abc import Iterator

from django.db import connection, transaction
from django.utils import timezone

from coordination.benchmarks.data import FULL
from coordination.benchmarks.measure import Goal, interleaved, median
from coordination.benchmarks.rebuilding import one_level
from coordination.reporting.actions.consolidation import figures_role
from coordination.reporting.actions.double_reports import attend
from coordination.reporting.models import DoubleReport, Submission
from coordination.reporting.rules import rebuild_sql
from directorates.foundation.sight import unwalled


def reconcile() -> None:
    """Look at all reports for what is double, and at all that is known of it; most nights find nothing new."""
    attend(at=timezone.now(), everything=True)


def completeness() -> None:
    """What was expected, what came and what counts, of every place and period, into tables that are thrown away."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(rebuild_sql.MEMORY)
        with figures_role(cursor):
            for statement in rebuild_sql.COVERAGE:
                cursor.execute(statement)
        transaction.set_rollback(True)


@unwalled
def goals(templates: list[int], counted: int) -> Iterator[Goal]:
    """The first pass finds every double report and is told; the later ones are judged."""
    began = time.perf_counter()
    reconcile()
    first = time.perf_counter() - began
    ours, theirs = interleaved(_both, lambda: one_level(templates))
    details = {
        "ours": median(ours),
        "one_level": median(theirs),
        "first_pass": first,
        "submissions": Submission.objects.count(),
        "double_reports": DoubleReport.objects.count(),
    }
    ratio = median(ours) / median(theirs)
    judged = counted >= 0.7 * FULL
    yield Goal("reconciliation and completeness, by one level", ratio, 0.4, judged=judged, details=details)


def _both() -> None:
    reconcile()
    completeness()
