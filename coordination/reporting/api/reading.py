"""Reading reports out of requests, every fault at once: in the names, the period and the answers alike."""

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from coordination.reporting.actions.filing import faults_of
from coordination.reporting.models import ExpectedReport, ReportTemplate, Submission, TemplateVersion
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, parse_period
from coordination.reporting.rules.values import Answer, evaluate
from directorates.foundation.reading import Body, Parameters, Reading, shown
from directorates.models import Organisation, Place, User
from directorates.models.places import beneath
from directorates.permissions import open_to_members
from facilities.models import Facility

# More than any template asks.
MOST_VALUES = 4000
Row = TypeVar("Row", Submission, ExpectedReport)
PARTS = ("element", "category", "value", "state", "reason")


def report_in(given: object, by: User, at: datetime.datetime) -> dict[str, Any]:
    """The report in the body of a request, as `file_report` takes it."""
    body = Body(given, ("template", "facility", "period", "reporter", "values", "submit"))
    template = body.one("template", ReportTemplate.objects.visible_to(by))
    facility = body.one("facility", Facility.objects.visible_to(by))
    reporter = body.one("reporter", open_to_members(by, Organisation.objects.all()))
    period = period_in(body, body.text("period", required=True), PeriodType(template.period_type) if template else None)
    answers, send = given_answers(body), body.yes_or_no("submit")
    if body.faults and template and period and not any(fault.field == "values" for fault in body.faults):
        body.faults += _faults_in(answers, template, period, at, send)
    body.done()
    return {
        "template": template,
        "facility": facility,
        "period": period,
        "reporter": reporter,
        "answers": answers,
        "send": send,
    }


def _faults_in(
    answers: list[Answer], template: ReportTemplate, period: Period, at: datetime.datetime, send: bool
) -> list[Any]:
    """What is wrong with the answers, told beside what is wrong with the names."""
    version = TemplateVersion.objects.for_period(template, period.start)
    if version is None:
        return []
    outcome = evaluate(specification_of(version), answers, complete=send, today=timezone.localdate(at))
    return faults_of(outcome, complete=send)


def given_answers(body: Body) -> list[Answer]:
    """The answers in `values`; what is no answer at all is told, what is a wrong one the rules tell."""
    answers = []
    for position, given in enumerate(body.list("values", MOST_VALUES)):
        entry = Body(given, PARTS)
        place = f"values[{position}]"
        body.faults += [type(f)(f"{place}.{f.field}".rstrip("."), f.code, f.message) for f in entry.faults]
        answers.append(Answer(*(_single(entry.given, part) for part in PARTS)))
    return answers


def _single(given: Mapping[str, Any], part: str) -> object:
    """A part of an answer; lists and objects are cut short, for they are wrong whatever they hold."""
    value = given.get(part)
    return () if isinstance(value, list | dict) else value


def period_in(reading: Reading, given: str | None, type: PeriodType | None) -> Period | None:
    """The period of an id; None, and a fault, where it is none."""
    if not given:
        return None
    try:
        return parse_period(given, type)
    except PeriodError as fault:
        params = {name: shown(value) for name, value in fault.params.items()}
        reading.fault("period", fault.code, message_for(fault.code, params))
        return None


def narrowed(rows: QuerySet[Row], parameters: Parameters, user: User | AnonymousUser) -> QuerySet[Row]:
    """Submissions or expected reports by template, period, facility and place."""
    template = parameters.one("template", ReportTemplate.objects.visible_to(user))
    facility = parameters.one("facility", Facility.objects.visible_to(user))
    place = parameters.one("place", open_to_members(user, Place.objects.all()))
    period = period_in(parameters, parameters.text("period"), PeriodType(template.period_type) if template else None)
    rows = rows.filter(template=template) if template else rows
    rows = rows.filter(facility=facility) if facility else rows
    rows = rows.filter(beneath(place.path, "place_path")) if place else rows
    return rows.filter(period_start=period.start, template__period_type=period.type) if period else rows


