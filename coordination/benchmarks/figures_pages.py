"""Goals of the pages of figures, as the portal answers them: figures, kept views, comparisons, an indicator, services lost."""

import datetime
from collections.abc import Iterator
from itertools import cycle
from typing import Any

from django.db import transaction
from django.utils import timezone

from coordination.benchmarks.data import FULL
from coordination.benchmarks.measure import Goal, p95
from coordination.benchmarks.visitors import page_times, signed_in
from coordination.benchmarks.world import FIRST, make_facilities, person_of
from coordination.reporting.actions.dashboards import make_dashboard
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.indicators import make_indicator
from coordination.reporting.actions.saved_views import keep_view
from coordination.reporting.models import (
    Coverage,
    Dashboard,
    Element,
    ExpectedReport,
    ExplainedReport,
    Explanation,
    ReportTemplate,
)
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.dashboards import MOST_ON_A_DASHBOARD
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.indicator_formulas import WrittenFormula
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.missing import MissingReason, Side
from coordination.reporting.models.saved_views import Picture, Shows
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.models import Organisation, Place, User
from directorates.roles import Role
from facilities.models import Facility

# What a page may take, for 95 of 100; a dashboard is six pictures.
SECONDS, DASHBOARD_SECONDS = 0.3, 0.6
RUNS = 40
# More than the other goals are measured with.
FACILITIES = 5000
FIGURES = "/reports/figures/"


def figures_pages(template: ReportTemplate, reader: User, counted: int) -> Iterator[Goal]:
    """Three years of the whole country with five thousand facilities, by governorate and by district; undone afterwards."""
    starts = list(Coverage.objects.filter(template=template.pk, level=0).values_list("period_start", flat=True))
    last = max(starts)
    period = Period(PeriodType(template.period_type), last)
    code, below = [one.element.code for one in measures_of(template, period).values() if one.adds_up][:2]
    asked = f"template={template.code}&period={period.id}&element={code}"
    inside = list(Place.objects.filter(level=1).order_by("code").values_list("code", flat=True)[:6])
    sides = "&".join(f"place_{number}={one}" for number, one in enumerate(inside, 1))
    with transaction.atomic():
        make_facilities(range(Facility.objects.count(), FACILITIES), (template,))
        # They owe a report of the last period, which nobody sent.
        expect(today=period.end, first=period.start, template=template)
        told: dict[str, Any] = {"facilities": Facility.objects.count(), "periods": len(set(starts))}
        board = _board(template, code, reader)
        indicator = f"/reports/indicators/{_indicator(template, code, below, reader)}/?period={period.id}"
        lost = f"{FIGURES}lost/?template={template.code}&element={code}&period={_cut_off(template, period, reader).id}"
        pages = {
            "page: figures": ([f"{FIGURES}?{asked}", f"{FIGURES}?{asked}&level=district"], SECONDS),
            "page: figures compared": ([f"{FIGURES}compare/?{asked}&{sides}"], SECONDS),
            "page: indicator": ([indicator, f"{indicator}&level=district"], SECONDS),
            "page: services lost": ([lost, f"{lost}&level=district"], SECONDS),
            "page: dashboard of six": ([f"{FIGURES}dashboards/{board.pk}/"], DASHBOARD_SECONDS),
        }
        client = signed_in(reader)
        for name, (addresses, most) in pages.items():
            times = page_times(client, addresses, RUNS)
            details = {"p95": p95(times), **told}
            yield Goal(name, p95(times) / most, 1.0, judged=counted >= 0.7 * FULL, details=details)
        transaction.set_rollback(True)


def _indicator(template: ReportTemplate, above: str, below: str, reader: User) -> str:
    """The code of an indicator of two items of a report."""
    by = person_of(Organisation.objects.get(pk=reader.acting_id or 0), Role.ADMINISTRATOR, "indicators")
    written = WrittenFormula(above, below, [template], factor=100, decimals=1, since=FIRST)
    words = {"name_ar": "قياس", "name_en": "Bench", "reading_ar": "", "reading_en": ""}
    made = make_indicator(code="bench", **words, better="neutral", written=written, by=by, at=timezone.now())
    return made.code


def _cut_off(template: ReportTemplate, last: Period, reader: User) -> Period:
    """The period after the last one, in which every tenth facility is cut off."""
    period = last.next()
    rows = list(ExpectedReport.objects.filter(template=template, period_start=last.start).order_by("facility"))[::10]
    names = ("template_id", "facility_id", "reporter_id", "directorate_id", "dataset_id", "place_path")
    scopes = [{name: getattr(row, name) for name in names} | {"period_start": period.start} for row in rows]
    ExpectedReport.objects.bulk_create(
        ExpectedReport(due=period.last_day, subdistrict_id=row.subdistrict_id, **scope)
        for row, scope in zip(rows, scopes, strict=True)
    )
    said = Explanation.objects.create(body_id=reader.acting_id or 0, by=reader, at=timezone.now())
    word: dict[str, Any] = {"explanation": said, "side": Side.DIRECTORATE, "reason": MissingReason.CUT_OFF}
    ExplainedReport.objects.bulk_create(ExplainedReport(**word, **scope) for scope in scopes)
    return period


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
