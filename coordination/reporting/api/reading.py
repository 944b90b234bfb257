"""Reading reports out of requests, every fault at once: in the names, the period and the answers alike."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet
from django.utils import timezone

from coordination.reporting.actions.filing import faults_of
from coordination.reporting.models import ReportTemplate, TemplateVersion
from coordination.reporting.models.named import named_in
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.models.standings import Filing, Standing
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import Period, PeriodError, PeriodType, parse_period
from coordination.reporting.rules.values import Answer, evaluate
from directorates.foundation.problems import Fault
from directorates.foundation.reading import Body, Parameters, Reading, shown
from directorates.models import Place, User
from directorates.models.places import beneath
from directorates.permissions import open_to_members
from facilities.models import Facility

# More than any template asks.
MOST_VALUES = 4000
NAMES = ("template", "facility", "reporter")
PARTS = ("element", "category", "value", "state", "reason")
_PARTS = frozenset(PARTS)
_SINGLE = frozenset({str, int, Decimal, bool, type(None)})


@dataclass(frozen=True)
class Report:
    """A report as a request gives it, ready to be filed."""

    filing: Filing
    standing: Standing
    answers: list[Answer]
    send: bool


def report_in(given: object, by: User, at: datetime.datetime) -> Report:
    """The report in the body of a request."""
    body = Body(given, ("template", "facility", "period", "reporter", "values", "submit"))
    codes = {name: body.code(name) for name in NAMES}
    period = period_in(body, body.text("period", required=True), None)
    named = named_in(by, period, **codes)
    for name in NAMES:
        if codes[name] is not None and getattr(named, name) is None:
            body.unknown(name, codes[name])
    answers, send = given_answers(body), body.yes_or_no("submit")
    if body.faults and named.template and period and not any(fault.field == "values" for fault in body.faults):
        body.faults += _faults_in(answers, named.template, period, at, send)
    body.done()
    if named.template is None or named.facility is None or named.reporter is None or period is None:
        raise AssertionError("whatever is missing was told")
    return Report(Filing(named.template, named.facility, period, named.reporter), named.standing, answers, send)


def _faults_in(
    answers: list[Answer], template: ReportTemplate, period: Period, at: datetime.datetime, send: bool
) -> list[Fault]:
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
        entry = given
        if (
            not isinstance(entry, dict)
            or not entry.keys() <= _PARTS
            or not _SINGLE.issuperset(map(type, entry.values()))
        ):
            body.faults += _faults_around(given, f"values[{position}]")
            entry = _singles(given)
        part = entry.get
        answers.append(Answer(part("element"), part("category"), part("value"), part("state"), part("reason")))
    return answers


def _singles(given: object) -> dict[str, object]:
    """The parts of an entry; lists and objects are cut short, for they are wrong whatever they hold."""
    parts = given if isinstance(given, dict) else {}
    return {name: value if type(value) in _SINGLE else () for name, value in parts.items()}


def _faults_around(given: object, place: str) -> list[Fault]:
    """What is wrong with an entry of `values` before its parts are looked at."""
    return [Fault(f"{place}.{f.field}".rstrip("."), f.code, f.message) for f in Body(given, PARTS).faults]


def period_in(reading: Reading, given: str | None, kind: PeriodType | None) -> Period | None:
    """The period of an id; None, and a fault, where it is none."""
    if not given:
        return None
    try:
        return parse_period(given, kind)
    except PeriodError as fault:
        params = {name: shown(value) for name, value in fault.params.items()}
        reading.fault("period", fault.code, message_for(fault.code, params))
        return None


def narrowed(rows: QuerySet[Any], parameters: Parameters, user: User | AnonymousUser) -> QuerySet[Any]:
    """Submissions or expected reports by template, period, facility and place."""
    template = parameters.one("template", ReportTemplate.objects.visible_to(user))
    facility = parameters.one("facility", Facility.objects.visible_to(user))
    place = parameters.one("place", open_to_members(user, Place.objects.all()))
    period = period_in(parameters, parameters.text("period"), PeriodType(template.period_type) if template else None)
    rows = rows.filter(template=template) if template else rows
    rows = rows.filter(facility=facility) if facility else rows
    rows = rows.filter(beneath(place.path, "place_path")) if place else rows
    return rows.filter(period_start=period.start, template__period_type=period.type) if period else rows
