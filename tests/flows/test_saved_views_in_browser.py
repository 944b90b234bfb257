"""Kept views in a real browser: kept from the page of figures, put on a dashboard, shared; compared; a figure embedded and revoked."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coordination.reporting.models import Dashboard, EmbeddedFigure, SavedView
from directorates.models import Place, User
from tests.conftest import NewPage
from tests.factories import OrganisationFactory, member
from tests.flows.looking import look, sign_in
from tests.reporting.test_editions import Published

pytestmark = pytest.mark.browser
FIGURES = "/reports/figures/"


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280), ("ar", 1280), ("en", 360)])
def test_views_are_kept_shared_compared_and_a_figure_embedded(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    published = Published("SY07", "SY02")
    edition = published.publish()
    keeper = member("facility_reporter", OrganisationFactory(), language=language)
    reader = member("facility_reporter", OrganisationFactory(), language=language)
    north = Place.objects.get(code="SY07")
    limited = member("facility_reporter", OrganisationFactory(), language=language, places=[north])
    User.objects.filter(pk=published.manager.pk).update(language=language)
    published.manager.refresh_from_db()
    desk, other, third, custodian, visitor = (new_page(locale=language, width=width) for _person in range(5))
    pictures = tmp_path / f"{language}-{width}"
    sign_in(desk, keeper)
    keep(desk, published, language, pictures)
    share(desk, language, pictures)
    sign_in(other, reader)
    sign_in(third, limited)
    read(other, third, language, pictures)
    compare(desk, published, language, pictures)
    sign_in(custodian, published.manager)
    embed(custodian, visitor, edition.pk, language, pictures)


def keep(page: Page, published: Published, language: str, pictures: Path) -> None:
    """Three views of one page, each with another picture, and a dashboard of them."""
    page.goto(f"{FIGURES}?template={published.world.template.code}&period=201803&element=births")
    look(page, language, pictures / "figures.png")
    for number, picture in enumerate(("trend", "map", "table")):
        page.goto(f"{FIGURES}?template={published.world.template.code}&period=201803&element=births")
        page.locator("a[href*='/figures/views/new/']").click()
        look(page, language, pictures / "keep.png")
        page.locator("#main form button.btn-primary").click()
        expect(page.locator("[aria-invalid=true]")).to_have_count(1)
        page.fill("[name=name]", f"{'عرض' if language == 'ar' else 'View'} {number + 1}")
        page.fill("[name=note]", "تُراجَع كل شهر" if language == "ar" else "Looked at every month")
        page.select_option("[name=picture]", picture)
        page.check("[name=moving][value=fixed]")
        page.locator("#main form button.btn-primary").click()
        look(page, language, pictures / f"view-{picture}.png")
    page.goto(f"{FIGURES}views/")
    look(page, language, pictures / "views.png")
    page.locator("a[href$='/dashboards/new/']").click()
    page.fill("[name=name]", "لوحة" if language == "ar" else "Board")
    for number, view in enumerate(SavedView.objects.order_by("pk"), 1):
        page.select_option(f"[name=view_{number}]", str(view.pk))
    look(page, language, pictures / "dashboard-form.png")
    page.locator("#main form button.btn-primary").click()
    look(page, language, pictures / "dashboard.png")
    page.emulate_media(media="print")
    page.screenshot(path=pictures / "dashboard-print.png", full_page=True)
    expect(page.locator("details.behind table").first).to_be_visible()
    page.emulate_media(media="screen")


def share(page: Page, language: str, pictures: Path) -> None:
    """The dashboard and a view are shared with everybody who may see them."""
    page.locator("a[href$='/share/']").click()
    look(page, language, pictures / "share.png")
    page.check("[name=audience][value=everybody]")
    page.locator("#main form button.btn-primary").click()
    expect(page.locator("form[action*='/withdraw/']")).to_have_count(1)


def read(page: Page, limited: Page, language: str, pictures: Path) -> None:
    """Whoever reads all figures sees them; whoever sees a part is told that these are not open."""
    board = f"{FIGURES}dashboards/{Dashboard.objects.get().pk}/"
    page.goto(f"{FIGURES}views/")
    page.locator(f"a[href='{board}']").click()
    look(page, language)
    expect(page.locator("svg.chart.map")).to_have_count(1)
    limited.goto(board)
    look(limited, language, pictures / "not-open.png")
    expect(limited.locator("svg.chart")).to_have_count(0)


def compare(page: Page, published: Published, language: str, pictures: Path) -> None:
    """Two governorates, then a place in earlier years."""
    page.goto(f"{FIGURES}?template={published.world.template.code}&period=201803&element=births")
    page.locator("#main .actions a[href*='/figures/compare/']").click()
    look(page, language, pictures / "compare-empty.png")
    page.select_option("[name=place_1]", "SY07")
    page.select_option("[name=place_2]", "SY02")
    page.locator("form.filters button").click()
    look(page, language, pictures / "compare-places.png")
    expect(page.locator("#sides ~ .scroll tbody tr, section[aria-labelledby=sides] tbody tr")).to_have_count(2)
    page.select_option("[name=by]", "years")
    page.locator("form.filters button").click()
    look(page, language, pictures / "compare-years.png")


def embed(page: Page, visitor: Page, edition: int, language: str, pictures: Path) -> None:
    """The custodian embeds births, a visitor reads them, and it is revoked."""
    page.goto(f"/reports/editions/{edition}/embedded/")
    look(page, language, pictures / "embedded-empty.png")
    page.locator("a[href$='/embedded/new/']").click()
    page.select_option("[name=element]", "births")
    page.fill("[name=sites]", "https://health.example.org")
    page.fill("[name=until]", "2027-12-31")
    look(page, language, pictures / "embed-form.png")
    page.locator("#main form button.btn-primary").click()
    look(page, language, pictures / "embedded.png")
    visitor.goto(f"/embed/editions/{EmbeddedFigure.objects.get().token}/?lang={language}")
    where = visitor.url
    look(visitor, language, pictures / "figure.png")
    page.locator("a[href$='/revoke/']").click()
    page.locator("#main form button.btn-danger").click()
    answer = visitor.goto(f"{where}&again")
    assert answer is not None
    assert answer.status == 410
    look(visitor, language, pictures / "figure-gone.png")
