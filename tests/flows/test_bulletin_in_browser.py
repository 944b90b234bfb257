"""A bulletin in a real browser: its layout is edited, a director refuses to sign it, everybody reads it, on a phone and a wide screen."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coordination.reporting.models import Bulletin, Indicator
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.flows.test_computing_in_browser import speaking
from tests.reporting.test_bulletin_indicators import ready

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280), ("ar", 1280), ("en", 360)])
def test_it_is_laid_out_refused_and_read(new_page: NewPage, tmp_path: Path, language: str, width: int) -> None:
    desk = ready(governorates=("SY07", "SY02"))
    desk.lay_out()
    for kind in ("table", "chart", "map", "trend"):
        desk.add(kind, indicator=Indicator.objects.get(code="births_per_person"))
    desk.make()
    maker, signer, reader = (new_page(locale=language, width=width) for _person in range(3))
    page = f"/reports/bulletins/{desk.bulletin.pk}/"
    sign_in(maker, speaking(desk.manager, language))
    lay_out(maker, page, language, tmp_path)
    desk.make()
    desk.open()
    sign_in(signer, speaking(desk.directors[0], language))
    refuse(signer, page, language, tmp_path)
    desk.answer(desk.manager)
    for director in desk.directors[1:]:
        desk.answer(director)
    desk.publish()
    sign_in(reader, speaking(desk.observer, language))
    for address in (
        "/reports/bulletins/",
        page,
        f"{page}pdf/",
        f"/reports/bulletins/check/?code={desk.fresh().digest}",
    ):
        reader.goto(address)
        look(reader, language, tmp_path / f"read-{len(address)}-{language}-{width}.png")
    assert Bulletin.objects.get(pk=desk.bulletin.pk).is_published


def lay_out(page: Page, address: str, language: str, pictures: Path) -> None:
    """The draft, its layout, a table more; a heading that was forgotten is told."""
    page.goto(address)
    look(page, language, pictures / "draft.png")
    page.goto(f"{address}layout/")
    look(page, language, pictures / "layout.png")
    page.locator(f"a[href='{address}layout/table/']").click()
    look(page, language, pictures / "part.png")
    page.locator("#main form button.btn-primary").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    page.fill("[name=heading_ar]", "الولادات")
    page.fill("[name=heading_en]", "Births")
    page.locator("[name=item]").select_option(index=2)
    page.locator("#main form button.btn-primary").click()
    page.wait_for_url(f"**{address}layout/")
    page.locator("button[value^='up:']").last.click()
    page.wait_for_load_state()
    look(page, language)


def refuse(page: Page, address: str, language: str, pictures: Path) -> None:
    """A director finds it on the home, says no without a reason, is told, and writes it."""
    page.locator(f"a[href='{address}']").first.click()
    look(page, language, pictures / "sign.png")
    page.locator("[name=kind][value=refused]").check()
    page.locator(f"form[action='{address}answer/'] button.btn-primary").click()
    expect(page.locator("[aria-invalid=true]").first).to_be_visible()
    page.fill("[name=words_why]", "لم تُحتسب تقارير مستشفيين.")
    page.locator(f"form[action='{address}answer/'] button.btn-primary").click()
    expect(page.locator("#main")).to_contain_text("لم تُحتسب تقارير مستشفيين.")
    look(page, language, pictures / "refused.png")
