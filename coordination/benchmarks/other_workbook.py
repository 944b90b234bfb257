"""The other side of writing a workbook: the same rows of the same tables by COPY, with the same indexes and keys."""

import io
import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import psycopg2

from coordination.benchmarks.other_side import OPTIONS

SUBMISSION = (
    "reporting_submission (id, template_id, version_id, facility_id, period_start, reporter_id, status, receipt, "
    "revision_id, first_submitted, submitted, due, marks, created, changed, edition, subdistrict_id, place_path, "
    "directorate_id, reviewer_id, dataset_id)"
)
REVISION = "reporting_revision (id, submission_id, number, doc, notes, warnings, at, by_id, writers)"
EVENT = "reporting_submissionevent (submission_id, at, by_id, acting_id, what, note, revision_id)"
AUDIT = "directorates_auditevent (by_id, acting_id, what, kind, thing, refused, details)"


class PlainCopy:
    """Copies the rows of some reports, given as they were filed, under ids of their own, unchecked, and undoes it."""

    def __init__(self, address: str, filed: Sequence[Mapping[str, Any]], by: int) -> None:
        self.connection = psycopg2.connect(address, options=OPTIONS)
        # Far from what a sequence has given.
        rows = [(str(uuid.uuid4()), 1_000_000_000 + number, row) for number, row in enumerate(filed)]
        tables: dict[str, list[tuple[object, ...]]] = {
            SUBMISSION: [_submission(pk, revision, row) for pk, revision, row in rows],
            REVISION: [
                (revision, pk, 1, json.dumps(row["revision__doc"]), "{}", "[]", row["changed"], by, "{}")
                for pk, revision, row in rows
            ],
            EVENT: [
                (pk, row["changed"], by, row["reporter_id"], "submitted", "", revision) for pk, revision, row in rows
            ],
            AUDIT: [
                (by, row["reporter_id"], "submit", "reporting.submission", pk, "f", json.dumps({"revision": revision}))
                for pk, revision, row in rows
            ],
        }
        self.lines = {table: "".join(map(_line, lines)) for table, lines in tables.items()}

    def copy(self) -> None:
        """All tables in one transaction, keys checked, and back."""
        with self.connection.cursor() as cursor:
            for table, lines in self.lines.items():
                cursor.copy_expert(f"COPY {table} FROM STDIN", io.StringIO(lines))
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        self.connection.rollback()


def _submission(pk: str, revision: int, row: Mapping[str, Any]) -> tuple[object, ...]:
    """A row of the report."""
    at = row["changed"]
    named = [row[name] for name in ("template_id", "version_id", "facility_id", "period_start", "reporter_id")]
    scope = [row[name] for name in ("subdistrict_id", "place_path", "directorate_id", "reviewer_id", "dataset_id")]
    return (pk, *named, "submitted", f"COPY-{revision}", revision, at, at, row["due"], 0, at, at, 1, *scope)


def _line(values: tuple[object, ...]) -> str:
    """A line as COPY reads it; nothing in these rows needs a mark before it but a backslash."""
    return "\t".join("\\N" if value is None else str(value).replace("\\", "\\\\") for value in values) + "\n"
