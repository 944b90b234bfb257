"""Places are renamed and split in a real browser, in both languages; figures say what they compare."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coordination.reporting.actions.consolidation import drain
from directorates.models import PlaceChange
from tests.conftest import NewPage
from tests.factories import FacilityFactory, member
from tests.flows.looking import look, sign_in
from tests.reporting.clinic import Clinic, days_ago

pytestmark = pytest.mark.browser


def press(page: Page, name: str = "") -> None:
    """The button of the page's form, by its name or the primary one."""
    page.locator(f"#main form[method=post] button{f'[name={name}]' if name else '.btn-primary'}").last.click()


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_place_is_renamed_and_another_split(new_page: NewPage, tmp_path: Path, language: str, width: int) -> None:
    clinic = Clinic("services-monthly")
    FacilityFactory(
        code="SY070300-02", place=clinic.place, name_ar="نقطة الزهور الطبية", name_en="Flowers Medical Point"
    )
    page = new_page(locale=language, width=width)
    sign_in(page, member("administrator", clinic.body, language=language))
    page.goto("/borders/places/")
    look(page, language, tmp_path / f"none-{language}-{width}.png")
    page.goto("/borders/places/rename/")
    page.select_option("[name=place]", clinic.place.code)
    page.fill("[name=name_ar]", "المعرة")
    page.fill("[name=name_en]", "Al Maarra")
    page.fill("[name=reason]", "Decree 7")
    press(page)
    expect(page.locator("#consequences")).to_be_visible()
    look(page, language, tmp_path / f"renames-{language}-{width}.png")
    press(page, "do")
    page.wait_for_url("**/borders/places/")
    split(page, clinic, language, tmp_path)
    assert set(PlaceChange.objects.values_list("kind", flat=True)) == {"place_renamed", "place_split"}
    look(page, language, tmp_path / f"changes-{language}-{width}.png")
    for form in ("move", "merge"):
        page.goto(f"/borders/places/{form}/")
        look(page, language, tmp_path / f"{form}-{language}-{width}.png")
    drain()
    page.goto(f"/reports/figures/?template=services-monthly&period={clinic.period.id}&as=now")
    expect(page.locator("a[href='/borders/places/']").first).to_be_visible()
    look(page, language, tmp_path / f"figures-{language}-{width}.png")


def split(page: Page, clinic: Clinic, language: str, pictures: Path) -> None:
    """The place is chosen, its parts are told, a facility was forgotten, what follows is shown, and it is done."""
    page.goto("/borders/places/split/")
    look(page, language, pictures / f"choice-{language}.png")
    page.select_option("[name=place]", clinic.place.code)
    page.locator("#main form[method=get] button.btn-primary").click()
    page.wait_for_url(f"**/borders/places/split/{clinic.place.code}/")
    for number, (code, arabic, english) in enumerate(
        (("SY070390", "الشمالية", "North"), ("SY070391", "الجنوبية", "South")), 1
    ):
        page.fill(f"[name=code_{number}]", code)
        page.fill(f"[name=name_ar_{number}]", arabic)
        page.fill(f"[name=name_en_{number}]", english)
    page.select_option(f"[name='facility_{clinic.facility.code}']", "1")
    page.fill("[name=first]", days_ago(0).isoformat())
    page.fill("[name=reason]", "Decree 8")
    press(page)
    look(page, language, pictures / f"forgotten-{language}.png")
    page.select_option("[name='facility_SY070300-02']", "2")
    press(page)
    expect(page.locator("#consequences")).to_be_visible()
    look(page, language, pictures / f"foreseen-{language}.png")
    press(page, "do")
    page.wait_for_url("**/borders/places/")
