"""Kept views of an edition and of an indicator in a real browser: kept from their own pages, on a dashboard, printed, compared."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coordination.reporting.models import SavedView
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.reporting.test_view_contents import Shelf

pytestmark = pytest.mark.browser
VIEWS = "/reports/figures/views/"
COMPARE = "/reports/figures/compare/"


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280), ("ar", 1280), ("en", 360)])
def test_an_observer_keeps_an_edition_and_an_indicator_and_compares_them(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    shelf = Shelf()
    shelf.next_month()
    pictures = tmp_path / f"{language}-{width}"
    observer, reporter = (new_page(locale=language, width=width) for _person in range(2))
    for page, person in ((observer, shelf.observer), (reporter, shelf.reporter)):
        person.language = language
        person.save(update_fields=["language"])
        sign_in(page, person)
    edition = f"/reports/editions/{shelf.edition.pk}/?element=births"
    indicator = f"/reports/indicators/{shelf.indicator.code}/"
    for number, (where, picture) in enumerate(
        ((edition, "trend"), (edition, "map"), (edition, "table"), (indicator, "trend"), (indicator, "map"))
    ):
        keep(observer, where, f"{'عرض' if language == 'ar' else 'View'} {number + 1}", picture, language, pictures)
    board(observer, language, pictures)
    compare(observer, reporter, shelf, language, pictures)
    for page, where, name in ((observer, "/", "home"), (observer, "/reports/editions/", "editions")):
        page.goto(where)
        look(page, language, pictures / f"{name}.png")
    reporter.goto(indicator)
    look(reporter, language, pictures / "indicator-of-figures.png")


def keep(page: Page, where: str, name: str, picture: str, language: str, pictures: Path) -> None:
    """What a page shows is kept under a name."""
    page.goto(where)
    look(page, language, pictures / f"{'edition' if 'editions' in where else 'indicator'}.png")
    page.locator("a[href*='/figures/views/new/']").click()
    look(page, language, pictures / f"keep-{picture}.png")
    page.fill("[name=name]", name)
    page.select_option("[name=picture]", picture)
    page.locator("#main form button.btn-primary").click()
    look(page, language, pictures / f"view-{name[-1]}.png")
    expect(page.locator("svg.chart, table").first).to_be_attached()


def board(page: Page, language: str, pictures: Path) -> None:
    """All of them on one page, which prints the table behind each picture."""
    page.goto(VIEWS)
    look(page, language, pictures / "views.png")
    page.locator("a[href$='/dashboards/new/']").click()
    page.fill("[name=name]", "لوحة" if language == "ar" else "Board")
    for number, view in enumerate(SavedView.objects.order_by("pk"), 1):
        page.select_option(f"[name=view_{number}]", str(view.pk))
    page.locator("#main form button.btn-primary").click()
    look(page, language, pictures / "dashboard.png")
    page.emulate_media(media="print")
    page.screenshot(path=pictures / "dashboard-print.png", full_page=True)
    expect(page.locator("details.behind table").first).to_be_visible()
    page.emulate_media(media="screen")


def compare(observer: Page, reporter: Page, shelf: Shelf, language: str, pictures: Path) -> None:
    """Published months, then places of an indicator out of editions and out of figures."""
    observer.goto(f"{COMPARE}?kind=editions&element=births&by=periods&period=201804&against=201803&place_1=SY")
    look(observer, language, pictures / "compare-editions.png")
    expect(observer.locator("section[aria-labelledby=sides] tbody tr, #sides tbody tr")).to_have_count(2)
    given = f"kind=indicator&indicator={shelf.indicator.code}&place_1=SY07&place_2=SY02&period=201803"
    for page, name in ((observer, "editions"), (reporter, "figures")):
        page.goto(f"{COMPARE}?{given}")
        look(page, language, pictures / f"compare-indicator-of-{name}.png")
