"""The other side of filing a report: the same rows written by psycopg2 alone, unchecked."""

import datetime
import json
import uuid
from typing import Any

import psycopg2

from coordination.benchmarks.other_side import OPTIONS
from coordination.reporting.actions.double_reports import TASK as ATTEND
from coordination.reporting.actions.outliers import TASK as COMPARE

CLAIM = """INSERT INTO reporting_storedrequest (account_id, key, digest, status, answer, headers, at)
VALUES (%s, %s, %s, 0, '', '{}', now()) ON CONFLICT DO NOTHING RETURNING id"""
RECEIPT = """INSERT INTO reporting_receiptseries AS s (place, year, last) VALUES ('BENCH', 2026, 1)
ON CONFLICT (place, year) DO UPDATE SET last = s.last + 1 RETURNING last"""
SUBMISSION = """INSERT INTO reporting_submission (id, template_id, version_id, facility_id, period_start, reporter_id, status,
    receipt, revision_id, first_submitted, submitted, due, marks, created, changed, edition, subdistrict_id, place_path,
    directorate_id, reviewer_id, dataset_id)
VALUES (%(id)s, %(template)s, %(version)s, %(facility)s, %(period)s, %(reporter)s, 'submitted', %(receipt)s,
    nextval(pg_get_serial_sequence('reporting_revision', 'id')), now(), now(), %(period)s + 40, 0, now(), now(), 1,
    %(subdistrict)s, %(path)s, %(directorate)s, coalesce(%(directorate)s, %(body)s), %(dataset)s) RETURNING revision_id"""
REVISION = """INSERT INTO reporting_revision (id, submission_id, number, doc, notes, warnings, at, by_id)
VALUES (%s, %s, 1, %s, '{}', '[]', now(), %s)"""
EVENT = """INSERT INTO reporting_submissionevent (submission_id, at, by_id, acting_id, what, note, revision_id)
VALUES (%s, now(), %s, %s, 'submitted', '', %s)"""
AUDIT = """INSERT INTO directorates_auditevent (at, transaction, by_id, acting_id, what, kind, thing, refused, details)
VALUES (DEFAULT, DEFAULT, %s, %s, 'submit', 'reporting.submission', %s, false, '{}')"""
COMPARED = "INSERT INTO reporting_comparison (revision_id, findings, found) VALUES (%s, '[]', 0)"
QUEUED = "INSERT INTO directorates_outboxmessage (task, arguments) VALUES (%s, '[]'), (%s, '[]')"
ANSWER = "UPDATE reporting_storedrequest SET status = 201, answer = %s, headers = %s WHERE id = %s"


class PlainFiling:
    """Writes what `POST submissions/` writes: key, receipt number, report, revision, history, record, jobs, answer."""

    def __init__(self, address: str, account: int, template: int) -> None:
        self.connection = psycopg2.connect(address, options=OPTIONS)
        self.account = account
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(
                """SELECT b.facility, b.subdistrict, b.path, b.directorate, b.reporter, b.body, t.id, v.id, t.dataset_id
                FROM bench_facility b CROSS JOIN reporting_reporttemplate t
                JOIN reporting_templateversion v ON v.template_id = t.id WHERE t.id = %s ORDER BY b.number""",
                [template],
            )
            names = (
                "facility",
                "subdistrict",
                "path",
                "directorate",
                "reporter",
                "body",
                "template",
                "version",
                "dataset",
            )
            self.facilities = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def file(self, number: int, period: datetime.date, values: list[dict[str, Any]]) -> None:
        """One report of 60 values, with everything around it, in one transaction."""
        with self.connection, self.connection.cursor() as cursor:
            cursor.execute(CLAIM, [self.account, str(uuid.uuid4()), "0" * 64])
            (request,) = cursor.fetchone() or (0,)
            cursor.execute(RECEIPT)
            (receipt,) = cursor.fetchone() or (0,)
            given = self.facilities[number] | {"id": str(uuid.uuid4()), "period": period, "receipt": f"BENCH-{receipt}"}
            cursor.execute(SUBMISSION, given)
            (revision,) = cursor.fetchone() or (0,)
            doc = {f"s{place}": value["value"] for place, value in enumerate(values, 1)}
            cursor.execute(REVISION, [revision, given["id"], json.dumps(doc), self.account])
            cursor.execute(EVENT, [given["id"], self.account, given["reporter"], revision])
            cursor.execute(AUDIT, [self.account, given["reporter"], given["id"]])
            cursor.execute(COMPARED, [revision])
            cursor.execute(QUEUED, [COMPARE, ATTEND])
            cursor.execute(ANSWER, [json.dumps({"id": given["id"], "values": values}), "{}", request])
