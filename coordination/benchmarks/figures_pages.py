"""Goals of the pages of figures, as the portal answers them: figures, a dashboard of six kept views, figures compared."""

import datetime
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from django.db import transaction
from django.utils import timezone

from coordination.benchmarks.data import FULL
from coordination.benchmarks.measure import Goal, p95
from coordination.benchmarks.visitors import page_times, signed_in
from coordination.reporting.actions.dashboards import make_dashboard
from coordination.reporting.actions.saved_views import keep_view
from coordination.reporting.models import Coverage, Dashboard, Element, ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.dashboards import MOST_ON_A_DASHBOARD
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.saved_views import Picture, Shows
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.models import Place, User
from facilities.models import Facility

# What a page may take, for 95 of 100; a dashboard is six pictures.
SECONDS, DASHBOARD_SECONDS = 0.3, 0.6
RUNS = 40
FIGURES = "/reports/figures/"


def figures_pages(template: ReportTemplate, reader: User, counted: int) -> Iterator[Goal]:
    """Three years of the whole country by governorate and by district; undone afterwards."""
    starts = list(Coverage.objects.filter(template=template.pk, level=0).values_list("period_start", flat=True))
    last = max(starts)
    period = Period(PeriodType(template.period_type), last)
    code = next(one.element.code for one in measures_of(template, period).values() if one.adds_up)
    asked = f"template={template.code}&period={period.id}&element={code}"
    inside = list(Place.objects.filter(level=1).order_by("code").values_list("code", flat=True)[:6])
    sides = "&".join(f"place_{number}={one}" for number, one in enumerate(inside, 1))
    told: dict[str, Any] = {"facilities": Facility.objects.count(), "periods": len(set(starts))}
    with transaction.atomic():
        board = _board(template, code, reader)
        pages = {
            "page: figures": ([f"{FIGURES}?{asked}", f"{FIGURES}?{asked}&level=district"], SECONDS),
            "page: figures compared": ([f"{FIGURES}compare/?{asked}&{sides}"], SECONDS),
            "page: dashboard of six": ([f"{FIGURES}dashboards/{board.pk}/"], DASHBOARD_SECONDS),
        }
        client = signed_in(reader)
        for name, (addresses, most) in pages.items():
            times = page_times(client, addresses, RUNS)
            details = {"p95": p95(times), **told}
            yield Goal(name, p95(times) / most, 1.0, judged=counted >= 0.7 * FULL, details=details)
        transaction.set_rollback(True)


def _board(template: ReportTemplate, code: str, reader: User) -> Dashboard:
    """A dashboard as full as it can be, of every kind of picture."""
    country, element, now = Place.objects.get(level=0), Element.objects.get(code=code), timezone.now()
    given: dict[str, Any] = {"by": reader, "at": now - datetime.timedelta(seconds=1), "note": ""}
    views = []
    for number, picture in zip(range(MOST_ON_A_DASHBOARD), cycle(Picture), strict=False):
        level = FigureLevel.GOVERNORATE if number < len(Picture) else FigureLevel.DISTRICT
        shows = Shows(template, country, level, element, "", Borders.THEN, Picture(picture))
        views.append(keep_view(name=f"View {number}", shows=shows, **given))
    return make_dashboard(name="Board", views=views, **given)
