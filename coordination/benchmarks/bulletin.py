"""Goals of bulletins: one of sixty tables and twenty charts made in both languages, and every figure of it made again."""

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone

from coordination.benchmarks.measure import Goal, seconds
from coordination.reporting.actions.bulletin_figures import make_figures
from coordination.reporting.actions.bulletin_pdf import pages_of
from coordination.reporting.actions.bulletins import found_series, start_bulletin
from coordination.reporting.actions.verifications import findings_of
from coordination.reporting.models import Bulletin, BulletinPart, CountedReport, Edition, ReportTemplate
from coordination.reporting.models.bulletin_reading import ReadBulletin
from coordination.reporting.models.measures import measures_of
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.suppression import Limits
from directorates.models import User
from policies.actions.pdf import Tongues

TABLES, CHARTS = 60, 20
# What making may take, and verifying against it.
SECONDS, TIMES = 10.0, 2.0
LEAST_REPORTS = 500


def goals(template: ReportTemplate, manager: User) -> Iterator[Goal]:
    """Make one of the period with the most reports, set it in both languages, verify it; undone afterwards."""
    with transaction.atomic():
        bulletin = _laid_out(template, manager)
        made = seconds(lambda: make_figures(bulletin, manager, timezone.now()))
        bulletin.refresh_from_db()
        set_pages = seconds(lambda: pages_of(ReadBulletin(bulletin, manager), Tongues.BOTH, timezone.now()))
        edition: Edition = bulletin.editions.get().edition
        judged = edition.reports >= LEAST_REPORTS
        figures = edition.figures.count()
        told = {"figures_made": made, "pages_set": set_pages, "reports": edition.reports, "figures": figures}
        yield Goal("bulletin", (made + set_pages) / SECONDS, 1.0, judged=judged, details=told)
        faults: list[int] = []
        verified = seconds(lambda: faults.append(len(findings_of(edition)[0])))
        # It is not published, so the record holds no hash of it: that one finding is right.
        told = {"verified": verified, "made": made}
        yield Goal("verification", verified / made, TIMES, judged=judged, exact=faults == [1], details=told)
        transaction.set_rollback(True)


def _laid_out(template: ReportTemplate, manager: User) -> Bulletin:
    """Sixty tables and twenty charts of the report's items, as often as that takes."""
    at = timezone.now()
    period_type = PeriodType(template.period_type)
    series = found_series(
        code="bench",
        name_ar="نشرة",
        name_en="Bulletin",
        dataset=template.dataset,
        period_type=period_type,
        by=manager,
        at=at,
    )
    start = CountedReport.objects.filter(template=template).latest("period_start").period_start
    period = Period(period_type, start)
    bulletin = start_bulletin(series=series, period=period, limits=Limits(), by=manager, at=at)
    items = [one.id for one in measures_of(template, period).values()]
    BulletinPart.objects.bulk_create(
        BulletinPart(
            bulletin=bulletin,
            order=number,
            kind="table" if number < TABLES else "chart",
            heading_ar=f"جدول {number}",
            heading_en=f"Table {number}",
            template=template,
            element_id=items[number % len(items)],
            level=1 if number % 2 else 2,
            categories=number < TABLES,
        )
        for number in range(TABLES + CHARTS)
    )
    return bulletin
