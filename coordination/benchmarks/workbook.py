"""Goals of workbooks: a file of 200 reports of 60 values read and judged, written against COPY, and memory for 100,000 rows."""

import io
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction
from django.utils import timezone

from coordination.benchmarks.measure import Goal, interleaved, median, peak_megabytes, seconds
from coordination.benchmarks.other_workbook import PlainCopy
from coordination.benchmarks.world import NGOS
from coordination.exchange import files, xlsx
from coordination.exchange.actions.reports import NOUN, preview_reports, read_reports
from coordination.exchange.rules.layouts import FILL, Tag
from coordination.exchange.rules.previews import Verdict
from coordination.exchange.rules.reports import KEY_COLUMNS, columns_of
from coordination.exchange.tables import Sheet, address
from coordination.reporting.actions.judged import file_judged
from coordination.reporting.models import ReportTemplate, Submission
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.specification import TemplateSpec
from directorates.models import User

FACILITIES, MONTHS, RUNS = 100, 2, 5
# A year of which nothing else here has reports: filing takes the two that follow.
YEAR = 2023
ROWS, VALUES = 100_000, 18
MOST_SECONDS, MOST_MEGABYTES = 5.0, 400.0
# What the other side is given of each report.
COPIED = (
    *("template_id", "version_id", "facility_id", "period_start", "reporter_id", "due", "changed", "revision__doc"),
    *("subdistrict_id", "place_path", "directorate_id", "reviewer_id", "dataset_id"),
)
_HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def workbook(template: ReportTemplate, coordinator: User) -> Iterator[Goal]:
    """All three goals."""
    spec = specification_of(template.versions.get())
    content = _filled(spec)
    at = timezone.now()

    def read() -> None:
        preview = preview_reports(by=coordinator, book=files.read(content), at=at)
        if preview.good != FACILITIES * MONTHS:
            raise RuntimeError(f"{preview.counts} {preview.findings[:3]}")

    read()
    took = median([seconds(read) for _ in range(RUNS)])
    details = {"seconds": took, "reports": FACILITIES * MONTHS, "values": len(spec.numeric_slots)}
    yield Goal("workbook preview", took / MOST_SECONDS, 1.0, details=details)
    yield _written(content, coordinator)
    yield _memory(spec, coordinator)


def _tag(spec: TemplateSpec) -> str:
    return str(Tag(NOUN, (spec.code, str(spec.version), "ngo-0")))


def _filled(spec: TemplateSpec) -> bytes:
    """A workbook in which every number is typed."""
    width = len(spec.numeric_slots)
    rows = [
        [FILL, f"B{number * NGOS:05}", None, f"{YEAR}{month:02}", None, *range(1, width + 1), None]
        for month in range(1, MONTHS + 1)
        for number in range(FACILITIES)
    ]
    return xlsx.write_book([Sheet("Reports", columns_of(spec, "en"), rows, _tag(spec))], language="en")


def _written(content: bytes, coordinator: User) -> Goal:
    """Judged rows written by us (checks, receipts, history, record) and the same rows by COPY, both undone at the end."""
    at = timezone.now()
    reading = read_reports(by=coordinator, book=files.read(content), at=at)
    rows = [row for some in reading.rows() for row in some if row.verdict is Verdict.READY]
    reports = [
        (row.filing, row.standing, row.judged.whole) for row in rows if row.filing and row.standing and row.judged
    ]
    with transaction.atomic():
        file_judged(by=coordinator, reports=reports, at=at)
        filed = list(Submission.objects.filter(reporter=coordinator.acting, submitted=at).values(*COPIED))
        other = PlainCopy(os.environ["DATABASE_OWNER_URL"], filed, coordinator.pk)
        transaction.set_rollback(True)

    def ours() -> None:
        with transaction.atomic():
            file_judged(by=coordinator, reports=reports, at=at)
            _settle()
            transaction.set_rollback(True)

    times = interleaved(ours, other.copy, runs=RUNS)
    details = {"ours": median(times[0]), "copy": median(times[1]), "reports": len(reports)}
    exact = len(filed) == FACILITIES * MONTHS
    return Goal("workbook written", median(times[1]) / median(times[0]), 0.4, least=True, exact=exact, details=details)


def _settle() -> None:
    """Let keys between tables be checked now, as they are at commit."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def _memory(spec: TemplateSpec, coordinator: User) -> Goal:
    """The peak of a process that reads and judges a workbook of 100,000 rows."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.xlsx"
        path.write_bytes(_many_rows(spec))
        command = [sys.executable, "manage.py", "bench", "--workbook", str(path), "--person", coordinator.email]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    exact = told["rows"] == ROWS
    return Goal("workbook memory", told["megabytes"] / MOST_MEGABYTES, 1.0, exact=exact, details=told)


def _many_rows(spec: TemplateSpec) -> bytes:
    """A workbook of very many rows, its sheet written by hand: all facilities, again and again through the years."""
    columns = columns_of(spec, "en")[: KEY_COLUMNS + VALUES]
    small = xlsx.write_book([Sheet("Reports", columns, [], _tag(spec))], language="en")
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(small)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name != "xl/worksheets/sheet1.xml":
                new.writestr(name, old.read(name))
        codes = [_tag(spec), *(column.code for column in columns[1:])]
        text = "".join(_text(0, place, code) for place, code in enumerate(codes))
        with new.open("xl/worksheets/sheet1.xml", "w") as part:
            part.write(f'{_HEAD}<row r="1">{text}</row>'.encode())
            for number in range(ROWS):
                part.write(_row(number).encode())
            part.write(b"</sheetData></worksheet>")
    return file.getvalue()


def _row(number: int) -> str:
    """One row of it; most name a report that stands in the file already, or is too old."""
    month = number // FACILITIES % 96
    keys = {0: FILL, 1: f"B{number % FACILITIES * NGOS:05}", 3: f"{2017 + month // 12}{month % 12 + 1:02}"}
    cells = [_text(number + 1, place, text) for place, text in keys.items()]
    cells += [
        f'<c r="{address(number + 1, KEY_COLUMNS + place)}"><v>{number + place}</v></c>' for place in range(VALUES)
    ]
    return f'<row r="{number + 2}">{"".join(cells)}</row>'


def _text(row: int, column: int, text: str) -> str:
    return f'<c r="{address(row, column)}" t="inlineStr"><is><t>{text}</t></is></c>'


def peak_of(path: Path, email: str) -> str:
    """Read and judge a workbook in this process; its peak in megabytes, in JSON."""
    person = User.objects.get(email=email)
    began = timezone.now()
    preview = preview_reports(by=person, book=files.read(path.read_bytes()), at=began)
    peak = peak_megabytes()
    rows = sum(preview.counts[one.value] for one in Verdict)
    took = (timezone.now() - began).total_seconds()
    return json.dumps({"megabytes": peak, "rows": rows, "seconds": took, "found": preview.found})
