"""A workbook that an NGO's coordinator has just uploaded, some rows in order and one to correct: it waits to be taken."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.utils import translation

from coordination.exchange import xlsx
from coordination.exchange.actions.reports import NOUN
from coordination.exchange.actions.uploads import upload
from coordination.exchange.models.reports import to_send
from coordination.exchange.rules.layouts import FILL, Tag
from coordination.exchange.rules.reports import KEY_COLUMNS, columns_of
from coordination.exchange.tables import Sheet
from coordination.reporting.models import ExpectedReport, TemplateVersion
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.answers import Answer
from directorates.models import User

TEMPLATE, ROWS, NAME = "services-monthly", 5, "تقارير الخدمات الشهرية.xlsx"
SLIP = "كثير"
SENDER = "uossm"


def send_workbook(by: User, at: dt.datetime, figures: Callable[[ExpectedReport], Sequence[Answer]]) -> None:
    """Fill the first reports that are due, one figure written as a word, and upload them; nothing where none is due."""
    reports = list(to_send(by).filter(template__code=TEMPLATE)[:ROWS])
    if not reports:
        return
    template = reports[0].template
    version = TemplateVersion.objects.for_period(template, reports[0].period_start)
    if version is None:
        return
    spec = specification_of(version)
    with translation.override("ar"):
        columns = columns_of(spec, "ar")
        rows = []
        for report in reports:
            keys = [FILL, report.facility.code, report.facility.name, report.period.id, None]
            given = {(answer.element, answer.category): answer.value for answer in figures(report)}
            rows.append([*keys, *(given.get(cell) for _element, cell, _slot in spec.questions()), None])
        rows[0][KEY_COLUMNS] = SLIP
        tag = str(Tag(NOUN, (template.code, str(version.number), reports[0].reporter.code)))
        content = xlsx.write_book([Sheet(template.name, columns, rows, tag)], language="ar")
        upload(by=by, noun=NOUN, name=NAME, content=content, at=at)
