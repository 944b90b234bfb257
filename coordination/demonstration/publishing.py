"""The editions of the demonstration: last month's services, by the body, and a week's surveillance, by its custodian."""

import datetime as dt

from coordination.demonstration.people import Cast
from coordination.reporting.actions.editions import publish_edition
from coordination.reporting.models import CountedReport, ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodType, due_date
from coordination.reporting.rules.suppression import Limits

FOREWORD = "أرقام الفترة كما اعتُمدت حتى يوم النشر."


def publish(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """Publish the last period but one of which all reports are due and some count: the last may still be reviewed."""
    for code, by in (("services-monthly", cast.manager), ("ewarn-weekly", cast.surveillance)):
        template = ReportTemplate.objects.get(code=code)
        counted = CountedReport.objects.filter(template=template).order_by("-period_start")
        starts = counted.values_list("period_start", flat=True).distinct()
        periods = (Period(PeriodType(template.period_type), start) for start in starts)
        due = [period for period in periods if due_date(period, template.due_days) < today]
        if len(due) > 1:
            publish_edition(template=template, period=due[1], limits=Limits(), foreword=FOREWORD, by=by, at=now)
