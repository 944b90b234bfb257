"""The editions of the demonstration: two months of services, by the body, and two weeks of surveillance, by its custodian."""

import datetime as dt
from typing import Any

from coordination.demonstration.people import Cast
from coordination.reporting.actions.editions import publish_edition
from coordination.reporting.actions.embedded_figures import embed_figure
from coordination.reporting.models import CountedReport, Edition, Element, ReportTemplate
from coordination.reporting.models.measures import measures_of
from coordination.reporting.rules.periods import Period, PeriodType, due_date
from coordination.reporting.rules.suppression import Limits
from directorates.models.places import Level

# Of so many periods of each; readers see the last beside the one before.
PERIODS = 2
# Where a figure of one of them is shown beside, and for how long.
SITE, SHOWN = "https://health.example.org", dt.timedelta(days=180)
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


def embed(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """Let a web site show the first item that adds up of the edition that is made already, by governorate."""
    edition = Edition.objects.published().filter(template__code="services-monthly").first()
    if edition is None:
        return
    held = set(edition.figures.filter(place__level=Level.GOVERNORATE).values_list("element", flat=True))
    chosen = [
        one.id for one in measures_of(edition.template, edition.period).values() if one.adds_up and one.id in held
    ]
    for element in Element.objects.filter(pk__in=chosen[:1]):
        said: dict[str, Any] = {"edition": edition, "element": element, "level": Level.GOVERNORATE, "sites": [SITE]}
        embed_figure(until=today + SHOWN, by=cast.manager, at=now, **said)
