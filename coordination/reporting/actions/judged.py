"""Filing many reports that were judged a moment ago, in the same transaction: a workbook's rows are not judged twice."""

import datetime
import uuid
from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from coordination.reporting.actions.competence import require_reviewer
from coordination.reporting.actions.filing import (
    FILE,
    Ready,
    check_right,
    exists,
    faults_of,
    invalid,
    parameters,
    period_faults,
)
from coordination.reporting.models import Submission
from coordination.reporting.models.standings import Filing, Standing
from coordination.reporting.rules.values import Outcome
from directorates.foundation.prepared import columns, made
from directorates.models import User
from directorates.permissions import rights_of

Judged = tuple[Filing, Standing, Outcome]
# In the order of the table, as `made` reads them.
WRITTEN = columns(
    Submission,
    *("id", "template_id", "version_id", "facility_id", "period_start", "reporter_id", "due", "created", "changed"),
    *("edition", "subdistrict_id", "place_path", "directorate_id", "reviewer_id", "dataset_id"),
)


@transaction.atomic
def file_judged(*, by: User, reports: Sequence[Judged], at: datetime.datetime) -> int:
    """File complete reports, all or none, and answer how many: everything is asked again but what the answers come to."""
    rights, today, ready = rights_of(by), timezone.localdate(at), []
    for filing, standing, outcome in reports:
        check_right(rights, filing, standing)
        faults = period_faults(filing, standing, today, send=True) + faults_of(outcome, complete=True)
        if faults:
            raise invalid(faults)
        ready.append(Ready(filing, standing, outcome, at, _row(filing, standing, at)))
    filed = {row[0] for row in FILE.rows(parameters(by, ready))} if ready else set()
    for one in ready:
        if one.submission.pk not in filed:
            raise exists(one.filing)
    return len(ready)


def _row(filing: Filing, standing: Standing, at: datetime.datetime) -> Submission:
    """The columns of a report that is not written yet; a row of ids, because there are many."""
    values = {
        "id": uuid.uuid4(),
        "template_id": filing.template.pk,
        "version_id": standing.version_id,
        "facility_id": filing.facility.pk,
        "period_start": filing.period.start,
        "reporter_id": filing.reporter.pk,
        "due": standing.due(filing),
        "created": at,
        "changed": at,
        "edition": 1,
        "subdistrict_id": standing.subdistrict_id,
        "place_path": standing.place_path,
        "directorate_id": standing.directorate_id,
        "reviewer_id": require_reviewer(standing.reviewer_id),
        "dataset_id": filing.template.dataset_id,
    }
    return made(Submission, WRITTEN, [values[name] for name in WRITTEN])
