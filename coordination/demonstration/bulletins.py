"""The bulletins of the demonstration: a month of services that all signed but one, which is published, and one to be signed."""

import datetime as dt
from typing import Any

from coordination.demonstration.people import DIRECTORATES, Cast
from coordination.reporting.actions.bulletin_answers import (
    answer_bulletin,
    faults_of_publishing,
    open_bulletin,
    publish_bulletin,
)
from coordination.reporting.actions.bulletin_figures import make_figures
from coordination.reporting.actions.bulletin_parts import Wish, keep_part
from coordination.reporting.actions.bulletins import found_series, start_bulletin
from coordination.reporting.models import Bulletin, CountedReport, Element, Indicator, ReportTemplate
from coordination.reporting.models.bulletins import AnswerKind
from coordination.reporting.models.measures import measures_of
from coordination.reporting.rules.periods import Period, PeriodType, due_date
from coordination.reporting.rules.suppression import Limits
from directorates.models import User

CODE = "monthly-services"
# The periods before it are published as editions alone (`publishing.py`).
BACK = 3
# Whose answer the later one waits for.
SILENT = "idlib"
REFUSING, WHY = "hama", "أُعيد فتح مستشفيين في الفترة ولم تُحتسب تقاريرهما. نطلب تصويبًا."
# Indicators: one per population by district, one out of reports alone on a map, one per population with bars.
RATES = (("penta1_coverage", "table", 2), ("bed_occupancy_rate", "map", 1), ("consultations_per_person", "chart", 1))
TEXT = Wish(
    "text",
    "لمحة",
    "At a glance",
    "أرقام الخدمات الصحية كما **اعتُمدت** حتى يوم النشر. الأرقام الصغيرة محجوبة.",
    "Figures of health services as they were **approved** by the day of publication. Small numbers are hidden.",
)


def keep_bulletins(cast: Cast, now: dt.datetime, today: dt.date) -> None:
    """Publish the earlier one, and let the later one wait for one answer, where months that are due are far enough back."""
    template = ReportTemplate.objects.get(code="services-monthly")
    starts = CountedReport.objects.filter(template=template).order_by("-period_start")
    periods = [
        Period(PeriodType(template.period_type), start)
        for start in starts.values_list("period_start", flat=True).distinct()
    ]
    due = [period for period in periods if due_date(period, template.due_days) < today]
    if len(due) <= BACK + 1:
        return
    series = found_series(
        code=CODE,
        name_ar="نشرة الخدمات الصحية الشهرية",
        name_en="Monthly bulletin of health services",
        dataset=template.dataset,
        period_type=PeriodType(template.period_type),
        by=cast.manager,
        at=now,
    )
    for period, silent in ((due[BACK + 1], ""), (due[BACK], SILENT)):
        bulletin = start_bulletin(series=series, period=period, limits=Limits(), by=cast.manager, at=now)
        opened = _opened(bulletin, template, cast.manager, now, today)
        _sign(cast, opened, now, silent)
        # Where somebody competent has no director here, it waits for that one's day.
        if not faults_of_publishing(opened, today):
            publish_bulletin(bulletin=opened, by=cast.manager, at=now)


def _opened(bulletin: Bulletin, template: ReportTemplate, by: User, now: dt.datetime, today: dt.date) -> Bulletin:
    """A bulletin laid out, made and open to be signed; the second one begins with the layout of the first."""
    if not bulletin.parts.exists():
        _lay_out(bulletin, template, by, now)
    make_figures(bulletin, by, now)
    bulletin.refresh_from_db()
    until = today + dt.timedelta(days=7)
    return open_bulletin(bulletin=bulletin, answer_until=until, seen=bulletin.seen, by=by, at=now)


def _lay_out(bulletin: Bulletin, template: ReportTemplate, by: User, now: dt.datetime) -> None:
    """A text, then the first items that tell the size of the work, and indicators: tables, charts by place and over time, maps."""
    shown = [one for one in measures_of(template, bulletin.period).values() if one.adds_up]
    chosen = ([one for one in shown if one.headline] or shown)[:3]
    wishes = [TEXT]
    for one, kind, ar, en in (
        (chosen[0], "table", "جدول", "table"),
        (chosen[0], "map", "خريطة", "map"),
        (chosen[-1], "chart", "حسب المحافظة", "by governorate"),
        (chosen[0], "trend", "عبر الزمن", "over time"),
    ):
        names = f"{one.element.name_ar}: {ar}", f"{one.element.name_en}: {en}"
        element = Element.objects.get(pk=one.id)
        wishes.append(Wish(kind, *names, template=template, element=element, categories=kind == "table"))
    for code, kind, level in RATES:
        rate = Indicator.objects.get(code=code)
        wishes.append(
            Wish(kind, rate.name_ar, rate.name_en, rate.reading_ar, rate.reading_en, indicator=rate, level=level)
        )
    for number, wish in enumerate(wishes):
        keep_part(bulletin=bulletin, part=None, wish=wish, seen=number, by=by, at=now)


def _sign(cast: Cast, opened: Bulletin, now: dt.datetime, silent: str) -> None:
    """All who are asked answer but the silent one; one of them refuses."""
    said: dict[str, Any] = {"digest": opened.digest, "replaces": None, "at": now}
    custodian = opened.series.dataset.custodian_id
    for signer in opened.signers.select_related("organisation"):
        code = signer.organisation.code
        if code == silent or (signer.organisation_id != custodian and code not in DIRECTORATES):
            continue
        by = cast.manager if signer.organisation_id == custodian else cast.director(code)
        kind, why = (AnswerKind.REFUSED, WHY) if code == REFUSING else (AnswerKind.SIGNED, "")
        answer_bulletin(bulletin=opened, kind=kind, words_why=why, by=by, **said)
