"""The editions of the demonstration: last month's services, by the body, and a week's surveillance, by its custodian."""

import datetime as dt

from coordination.demonstration.people import Cast
from coordination.reporting.actions.editions import publish_edition
from coordination.reporting.models import CountedReport, ReportTemplate
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.suppression import Limits

FOREWORD = "أرقام الفترة كما اعتُمدت حتى يوم النشر."


def publish(cast: Cast, now: dt.datetime) -> None:
    """Publish the last period but one of which reports count: the last is still coming in."""
    for code, by in (("services-monthly", cast.manager), ("ewarn-weekly", cast.surveillance)):
        template = ReportTemplate.objects.get(code=code)
        counted = CountedReport.objects.filter(template=template).order_by("-period_start")
        starts = list(counted.values_list("period_start", flat=True).distinct()[:2])
        if len(starts) > 1:
            period = Period(PeriodType(template.period_type), starts[1])
            publish_edition(template=template, period=period, limits=Limits(), foreword=FOREWORD, by=by, at=now)
