"""The kept views of the demonstration: figures and an indicator of the body's data manager, one shared, and a dashboard."""

import datetime as dt
from typing import Any

from coordination.demonstration.people import Cast
from coordination.reporting.actions.dashboards import make_dashboard
from coordination.reporting.actions.saved_views import keep_view
from coordination.reporting.actions.view_shares import Audience, share
from coordination.reporting.models import Element, Indicator, ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.saved_views import Picture, Shows, ViewKind
from directorates.models import Place


def keep_views(cast: Cast, now: dt.datetime) -> None:
    """Keep completeness on the map, shared with everybody, the first item of the monthly services and an indicator as bars."""
    by, country = cast.manager, Place.objects.get(level=0)
    template = ReportTemplate.objects.get(code="services-monthly")
    asked = Element.objects.filter(uses__section__version__template=template, over_place="sum", type="integer")
    element = asked.order_by("uses__section__order", "uses__order").first()
    common: Any = {"template": template, "place": country, "level": FigureLevel.GOVERNORATE, "period": ""}
    said: dict[str, Any] = {"by": by, "at": now}
    complete = Shows(**common, element=None, borders=Borders.THEN, picture=Picture.MAP)
    size = Shows(**common, element=element, borders=Borders.THEN, picture=Picture.TREND)
    rate = Shows(
        None,
        country,
        FigureLevel.GOVERNORATE,
        None,
        "",
        Borders.THEN,
        Picture.TREND,
        ViewKind.INDICATOR,
        Indicator.objects.in_use().order_by("code").first(),
    )
    first = keep_view(name="اكتمال التقارير حسب المحافظة", note="تُراجَع كل شهر.", shows=complete, **said)
    second = keep_view(name="حجم الخدمات عبر الأشهر", note="", shows=size, **said)
    third = keep_view(name="مؤشر عبر الأشهر", note="", shows=rate, **said)
    share(thing=first, audience=Audience(everybody=True), **said)
    make_dashboard(name="متابعة شهرية", note="", views=[first, second, third], **said)
