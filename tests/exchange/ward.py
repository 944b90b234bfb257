"""Where workbooks are filled: an NGO with facilities, a template that asks every kind of item, months that are due."""

import datetime
import io
from dataclasses import dataclass
from typing import Any

import openpyxl
from django.utils import timezone, translation

from coordination.exchange import files
from coordination.exchange.actions.report_sheets import make_workbook
from coordination.exchange.actions.reports import preview_reports
from coordination.exchange.actions.uploads import READ, TAKE
from coordination.exchange.models.reports import to_send
from coordination.exchange.rules.previews import Preview
from coordination.job_kinds import KINDS
from coordination.reporting.actions.expected import expect
from coordination.reporting.models import Submission
from coordination.reporting.models.specifications import specification_of
from directorates.foundation import jobs
from directorates.foundation.models import Job
from directorates.models import Organisation
from facilities.models import Facility
from tests.factories import (
    BodyFactory,
    CategorySetFactory,
    DirectorateFactory,
    ElementFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    assigned,
    member,
    published,
)

APRIL, MAY = datetime.date(2019, 4, 1), datetime.date(2019, 5, 1)
FIRST_ROW = 4


def elements() -> list[Any]:
    """An item of every kind."""
    options = [{"code": "grid", "name_ar": "الشبكة", "name_en": "Public grid"}]
    return [
        ElementFactory(code="visits", category_set=CategorySetFactory()),
        ElementFactory(code="births", maximum=500),
        ElementFactory(code="balance", type="decimal", minimum=None),
        ElementFactory(code="stock", type="percent"),
        ElementFactory(code="ambulance", type="boolean", over_time="last", over_place="none"),
        ElementFactory(code="power", type="choice", options=options, over_time="none", over_place="none"),
        ElementFactory(code="remark", type="text", over_time="none", over_place="none"),
        ElementFactory(code="inspected", type="date", over_time="none", over_place="none"),
    ]


RULES = (
    {"left": "births", "operator": "<=", "right": "visits", "severity": "error", "code": "births_in_visits"},
    {"left": "visits", "operator": "<=", "right": "1000", "severity": "warning", "code": "many_visits"},
)


class Ward:
    """Two facilities of an NGO in a directorate, April and May 2019 due."""

    def __init__(self, facilities: int = 2, *, months: tuple[datetime.date, ...] = (APRIL, MAY), **given: Any) -> None:
        self.place = SubdistrictFactory()
        self.body: Organisation = BodyFactory()
        self.directorate: Organisation = DirectorateFactory(for_place=self.place)
        self.ngo: Organisation = OrganisationFactory(code="ward-ngo")
        self.coordinator = member("ngo_coordinator", self.ngo)
        self.officer = member("data_officer", self.directorate)
        self.version = published(**({"elements": elements(), "rules": RULES} | given))
        self.template = self.version.template
        self.facilities: list[Facility] = [
            FacilityFactory(code=f"W{number}", place=self.place, supporters=[self.ngo]) for number in range(facilities)
        ]
        assigned(self.template, *self.facilities, first=months[0])
        expect(today=datetime.date(2019, months[-1].month + 1, 5), first=months[0], template=self.template)

    @property
    def slots(self) -> dict[tuple[str, str | None], str]:
        """The slot of each item and category."""
        return dict(specification_of(self.version).slots)

    def workbook(self, language: str = "en") -> "Filling":
        """The workbook as the coordinator gets it."""
        with translation.override(language):
            rows = list(to_send(self.coordinator).filter(template=self.template))
            content = make_workbook(by=self.coordinator, template=self.template, reports=rows, at=timezone.now())
        return Filling(content)

    def preview(self, content: bytes, by: Any = None) -> Preview:
        """What a file would do."""
        return preview_reports(by=by or self.coordinator, book=files.read(content), at=timezone.now())

    def report(self, facility: str = "W0", start: datetime.date = MAY) -> Submission:
        """The NGO's report of a facility and month."""
        return Submission.objects.get(facility__code=facility, period_start=start)


@dataclass
class Filling:
    """A workbook that is being filled, as a spreadsheet would."""

    content: bytes

    def __post_init__(self) -> None:
        self.book = openpyxl.load_workbook(io.BytesIO(self.content))
        self.sheet: Any = self.book.worksheets[0]

    def column(self, code: str) -> int:
        """The number of an item's column, from 1."""
        codes = [cell.value for cell in self.sheet[1]]
        return codes.index(code) + 1

    def row(self, facility: str, period: str, kind: str = "fill") -> int:
        """The number of a report's row, from 1."""
        found = [
            row[0].row
            for row in self.sheet.iter_rows(min_row=FIRST_ROW)
            if (row[0].value, row[1].value, row[3].value) == (kind, facility, period)
        ]
        return int(found[0])

    def cell(self, code: str, facility: str = "W0", period: str = "201905") -> Any:
        """A cell of a report."""
        return self.sheet.cell(self.row(facility, period), self.column(code))

    def put(self, facility: str = "W0", period: str = "201905", **values: Any) -> "Filling":
        """Type values; the two parts of an item's name stand with two underscores between them."""
        for code, value in values.items():
            self.cell(code.replace("__", ":"), facility, period).value = value
        return self

    def saved(self) -> bytes:
        """The file as it is saved."""
        file = io.BytesIO()
        self.book.save(file)
        return file.getvalue()


def found(preview: Preview) -> list[tuple[str, str]]:
    """Where and what each finding is."""
    return [(one.where, one.code) for one in preview.findings if one.code != "other_sheet"]


def run(job: Job) -> Job:
    """Do a job as the worker would."""
    jobs.run(job.pk, KINDS[job.kind])
    return Job.objects.get(pk=job.pk)


def last_job(kind: str) -> Job:
    """The job of a kind that was asked for last."""
    return Job.objects.filter(kind={"read": READ.code, "take": TAKE.code}[kind]).latest("pk")
