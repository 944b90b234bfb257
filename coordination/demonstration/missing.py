"""Why reports of the demonstration did not come: what was cut off before it was lost in 2018, and a dispute of today."""

import datetime as dt

from django.db.models import QuerySet

from coordination.demonstration.people import Cast
from coordination.demonstration.plan import ZONE
from coordination.demonstration.territory import LOST
from coordination.reporting.actions.missing import explain
from coordination.reporting.models import ExpectedReport
from coordination.reporting.models.missing import not_received
from coordination.reporting.rules.missing import Reason

# Before a loss reports came more seldom (`plan.py`): of these days the directorate says why.
BEFORE = dt.timedelta(days=100)
CUT_OFF = "الطرق إلى المكان مقطوعة، ولم تصل كوادر المنشآت ولا تقاريرها."
ATTACKED = "تعرّضت المنشأة لهجوم وأُخليت، ولا كوادر فيها منذ ذلك اليوم."
NO_LINK = "الإنترنت مقطوع في الناحية."
NOT_EXCUSED = "وردت تقارير جيرانها في الفترة نفسها، وكان يمكن تسليم الورق."


def explain_losses(cast: Cast) -> None:
    """The four directorates that were lost say, each on its last day, why the last reports did not come: cut off."""
    for code, last in LOST.items():
        rows = _missing(code).filter(period_start__gt=last - BEFORE)
        if rows.exists():
            moment = dt.datetime.combine(last, dt.time(12), ZONE)
            explain(by=cast.reviewer(code), expected=list(rows), reason=Reason.CUT_OFF, text=CUT_OFF, at=moment)


def explain_lately(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """In Idlib one facility was attacked of late, and of an older report an NGO and the directorate do not say the same."""
    overdue = _missing("idlib").filter(due__lt=today).exclude(reporter__code__in=("uossm", "idlib"))
    attacked = overdue.filter(template__code="services-monthly").order_by("-due", "pk").first()
    others = overdue.exclude(facility=attacked.facility_id) if attacked else overdue
    differing = others.order_by("due", "pk").first()
    officer = cast.reviewer("idlib")
    if attacked is not None:
        explain(by=officer, expected=[attacked], reason=Reason.ATTACKED, text=ATTACKED, at=now - dt.timedelta(days=2))
    if differing is not None:
        reporter = cast.reporter(differing.reporter.code)
        explain(by=reporter, expected=[differing], reason=Reason.NO_LINK, text=NO_LINK, at=now - dt.timedelta(days=1))
        explain(by=officer, expected=[differing], reason=Reason.NOT_EXCUSED, text=NOT_EXCUSED, at=now)


def _missing(directorate: str) -> QuerySet[ExpectedReport]:
    """What a directorate's facilities owed and nobody sent."""
    rows = ExpectedReport.objects.filter(directorate__code=directorate).select_related("reporter")
    return not_received(rows).order_by("period_start", "pk")
