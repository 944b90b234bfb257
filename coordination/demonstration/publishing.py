"""The editions of the demonstration: two months of services, by the body, and two weeks of surveillance, by its custodian."""

import datetime as dt

from coordination.demonstration.people import Cast
from coordination.reporting.actions.editions import publish_edition
from coordination.reporting.models import CountedReport, ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodType, due_date
from coordination.reporting.rules.suppression import Limits

# Of so many periods of each; readers see the last beside the one before.
PERIODS = 2
FOREWORD = "أرقام الفترة كما اعتُمدت حتى يوم النشر."


def publish(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """Publish the last periods but one of which all reports are due and some count: the last may still be reviewed."""
    for code, by in (("services-monthly", cast.manager), ("ewarn-weekly", cast.surveillance)):
        template = ReportTemplate.objects.get(code=code)
        counted = CountedReport.objects.filter(template=template).order_by("-period_start")
        starts = counted.values_list("period_start", flat=True).distinct()
        periods = (Period(PeriodType(template.period_type), start) for start in starts)
        due = [period for period in periods if due_date(period, template.due_days) < today]
        for period in due[1 : PERIODS + 1]:
            publish_edition(template=template, period=period, limits=Limits(), foreword=FOREWORD, by=by, at=now)
