"""The goal of filing: a report of 60 values by the API, against the same rows written by psycopg2 alone."""

import datetime
import os
import uuid
from typing import Any

from django.test import Client
from django.utils import timezone

from coordination.benchmarks.data import MONTHLY_SLOTS
from coordination.benchmarks.measure import Goal, interleaved, median
from coordination.benchmarks.other_filing import PlainFiling
from coordination.benchmarks.other_side import Plain
from coordination.benchmarks.world import NGOS
from coordination.reporting.models import ReportTemplate
from directorates.actions.tokens import make_token
from directorates.models import User

REPORTS, RUNS = 40, 5
# No report was loaded for this year; the NGO's facilities are every twentieth.
YEAR = 2025


def filing(plain: Plain, template: ReportTemplate, coordinator: User) -> Goal:
    """Batches by us (key, validation, idempotency, history, record) and by the other side, in turn."""
    at = timezone.now()
    _token, key = make_token(by=coordinator, at=at, expires=at + datetime.timedelta(hours=1))
    client = Client(SERVER_NAME="127.0.0.1")
    other = PlainFiling(os.environ["DATABASE_URL"], coordinator.pk, template.pk)
    slots = list(template.slots.select_related("element", "category").order_by("number"))
    values: list[dict[str, Any]] = [
        {"element": slot.element.code, "category": slot.category.code if slot.category else None, "value": slot.number}
        for slot in slots
    ]
    months = {"ours": iter(range(1, 13)), "theirs": iter(range(1, 13))}

    def ours() -> None:
        month = next(months["ours"])
        for number in range(REPORTS):
            body = {"template": template.code, "facility": f"B{number * NGOS:05}", "reporter": "ngo-0"}
            answer = client.post(
                "/api/v1/submissions/",
                data=body | {"period": f"{YEAR}{month:02}", "values": values, "submit": True},
                content_type="application/json",
                headers={"Authorization": f"Token {key}", "Idempotency-Key": str(uuid.uuid4())},
            )
            if answer.status_code != 201:
                raise RuntimeError(f"{answer.status_code} {answer.content[:300]!r}")

    def theirs() -> None:
        month = next(months["theirs"])
        for number in range(REPORTS):
            other.file(number * NGOS, datetime.date(YEAR - 1, month, 1), values)

    ours()
    theirs()
    times = interleaved(ours, theirs, runs=RUNS)
    details = {"ours_a_second": REPORTS / median(times[0]), "theirs_a_second": REPORTS / median(times[1])}
    exact = same_documents(plain, template)
    return Goal("filing by the API", median(times[1]) / median(times[0]), 0.3, least=True, exact=exact, details=details)


def same_documents(plain: Plain, template: ReportTemplate) -> bool:
    """Whether both sides wrote one and the same document, and all of it."""
    (documents,) = plain.rows(
        """SELECT array_agg(DISTINCT v.doc) FROM reporting_submission s JOIN reporting_revision v ON v.id = s.revision_id
        WHERE s.period_start >= %s AND s.template_id = %s""",
        [datetime.date(YEAR - 1, 1, 1), template.pk],
    )[0]
    return len(documents) == 1 and len(documents[0]) == MONTHLY_SLOTS
