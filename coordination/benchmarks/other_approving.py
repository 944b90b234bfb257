"""What an approval and a reopening write, by psycopg2 alone: with a mark for the task, or recomputing inline."""

from typing import Any

import psycopg2

from coordination.benchmarks.other_side import OPTIONS, PlainApproval
from directorates.foundation.prepared import Prepared

REPORTS = """SELECT s.id, s.template_id AS template, s.period_start AS period, s.facility_id AS facility, s.revision_id AS revision,
    s.subdistrict_id AS subdistrict, s.directorate_id AS directorate, d.id AS district, g.id AS governorate,
    g.parent_id AS country, s.status = 'approved' AS approved
FROM reporting_submission s JOIN directorates_place p ON p.id = s.subdistrict_id
JOIN directorates_place d ON d.id = p.parent_id JOIN directorates_place g ON g.id = d.parent_id
WHERE s.id = ANY(%s::uuid[])"""
# Planned once a connection, as the action has them.
LOCK = Prepared(
    "plain_lock",
    """SELECT id FROM reporting_submission WHERE template_id = %(template)s AND period_start = %(period)s
AND facility_id = %(facility)s ORDER BY id FOR UPDATE""",
    template="bigint",
    period="date",
    facility="bigint",
)
STATUS = Prepared(
    "plain_status",
    "UPDATE reporting_submission SET status = %(status)s, changed = now(), edition = edition + 1 WHERE id = %(id)s",
    status="text",
    id="uuid",
)
EVENT = Prepared(
    "plain_event",
    """INSERT INTO reporting_submissionevent (submission_id, at, by_id, acting_id, what, note, revision_id)
VALUES (%(id)s, now(), %(officer)s, %(directorate)s, %(what)s, 'bench', %(revision)s)""",
    id="uuid",
    officer="bigint",
    directorate="bigint",
    what="text",
    revision="bigint",
)
AUDIT = Prepared(
    "plain_audit",
    """INSERT INTO directorates_auditevent (at, transaction, by_id, acting_id, what, kind, thing, refused, details)
VALUES (DEFAULT, DEFAULT, %(officer)s, %(directorate)s, %(what)s, 'reporting.submission', %(id)s, false, '{}')""",
    officer="bigint",
    directorate="bigint",
    what="text",
    id="text",
)
COUNT = Prepared(
    "plain_count",
    """INSERT INTO reporting_countedreport (template_id, facility_id, period_start, submission_id, revision_id, rule,
    on_time, subdistrict_id, directorate_id)
VALUES (%(template)s, %(facility)s, %(period)s, %(id)s, %(revision)s, 'only', true, %(subdistrict)s, %(directorate)s)
ON CONFLICT (template_id, period_start, facility_id) DO UPDATE
    SET submission_id = excluded.submission_id, revision_id = excluded.revision_id""",
    template="bigint",
    facility="bigint",
    period="date",
    id="uuid",
    revision="bigint",
    subdistrict="bigint",
    directorate="bigint",
)
WITHDRAW = Prepared("plain_withdraw", "DELETE FROM reporting_countedreport WHERE submission_id = %(id)s", id="uuid")
MARK = "INSERT INTO touched (template, period_start, subdistrict) VALUES (%(template)s, %(period)s, %(subdistrict)s)"
MESSAGE = """INSERT INTO directorates_outboxmessage (task, arguments, at) VALUES ('reporting.drain', '[]', DEFAULT)"""


class PlainApprover:
    """One officer who approves and reopens some reports, each in a transaction."""

    def __init__(self, address: str, officer: int, submissions: list[str]) -> None:
        self.connection = psycopg2.connect(address, options=OPTIONS)
        self.officer = officer
        with self.connection, self.connection.cursor() as cursor:
            for statement in (LOCK, STATUS, EVENT, AUDIT, COUNT, WITHDRAW):
                cursor.execute(statement.prepare)
            cursor.execute(REPORTS, [submissions])
            names = [column.name for column in cursor.description or ()]
            self.reports: list[dict[str, Any]] = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def deed(self, number: int, inline: PlainApproval | None) -> None:
        """Approve a report, or reopen it where it is approved."""
        report = self.reports[number % len(self.reports)]
        approved = report["approved"] = not report["approved"]
        given = report | {"officer": self.officer, "status": "approved" if approved else "submitted"}
        given["what"] = "approved" if approved else "reopened"
        with self.connection, self.connection.cursor() as cursor:
            for statement in (LOCK, STATUS, EVENT, AUDIT, COUNT if approved else WITHDRAW):
                cursor.execute(statement.execute, given)
            if inline is None:
                cursor.execute(MARK, given)
                cursor.execute(MESSAGE)
            else:
                inline.compute(cursor, given)
