"""Goals of reviewing: an inbox of two thousand reports, and one of them read in the line, as the portal answers them."""

from collections.abc import Iterator

from django.db import connection, transaction
from django.test import Client
from django.utils import timezone

from coordination.benchmarks.measure import Goal, p95
from coordination.benchmarks.visitors import page_times, signed_in
from coordination.reporting.models import Submission
from directorates.models import User

WAITING = 2000
# What a page may take, for 95 of 100.
SECONDS = 0.3
RUNS = 40
# Exactly so many wait, whatever was loaded; one in ten is marked, as many as in a bad week.
_BEGIN = """WITH chosen AS (
    SELECT id FROM reporting_submission WHERE reviewer_id = %(reviewer)s AND revision_id IS NOT NULL
    ORDER BY id LIMIT %(waiting)s
)
UPDATE reporting_submission s SET
    status = CASE WHEN c.id IS NULL THEN 'approved' ELSE 'submitted' END,
    submitted = %(now)s, changed = %(now)s,
    marks = CASE WHEN right(s.id::text, 1) IN ('0', '1') THEN 1 ELSE 0 END
FROM reporting_submission held LEFT JOIN chosen c ON c.id = held.id
WHERE s.id = held.id AND s.reviewer_id = %(reviewer)s AND (c.id IS NOT NULL OR s.status = 'submitted')"""


def inbox(officer: User) -> Iterator[Goal]:
    """Two thousand waiting reports: the inbox's pages, and the next report in the line; undone afterwards."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            given = {"now": timezone.now(), "reviewer": officer.acting_id, "waiting": WAITING}
            cursor.execute(_BEGIN, given)
        waiting = Submission.objects.to_review(officer).count()
        client = signed_in(officer)
        pages = [f"/reports/review/?page={number}" for number in (1, 2, 3, 4)]
        yield _goal("inbox page", client, pages, waiting)
        yield _goal("next in line", client, _lines(officer), waiting)
        transaction.set_rollback(True)


def _lines(officer: User) -> list[str]:
    """The pages of some reports in the line."""
    ids = Submission.objects.to_review(officer).order_by("id").values_list("pk", flat=True)[:4]
    return [f"/reports/{pk}/?line=" for pk in ids]


def _goal(name: str, client: Client, pages: list[str], waiting: int) -> Goal:
    """How long the pages take in turn, against what they may."""
    times = page_times(client, pages, RUNS)
    details = {"p95": p95(times), "waiting": waiting}
    return Goal(name, p95(times) / SECONDS, 1.0, judged=waiting >= WAITING, details=details)
