"""A directorate's loss and return in a real browser, in both languages: suspended, handed over in part, restored."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from directorates.models import Handover, Organisation
from tests.conftest import NewPage
from tests.factories import DirectorateFactory, SubdistrictFactory, competent, member
from tests.flows.looking import look, sign_in
from tests.reporting.clinic import Clinic

pytestmark = pytest.mark.browser


def press(page: Page, name: str = "") -> None:
    """The button of the page's form, by its name or the primary one."""
    page.locator(f"#main form[method=post] button{f'[name={name}]' if name else '.btn-primary'}").last.click()


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_directorate_is_suspended_its_places_taken_over_in_part_and_it_returns(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    clinic = Clinic("services-monthly")
    beside = SubdistrictFactory(parent=clinic.place.parent)
    competent(clinic.directorate, beside)
    aleppo: Organisation = DirectorateFactory(code="aleppo", name_ar="مديرية صحة حلب", short_ar="صحة حلب")
    administrator = member("administrator", clinic.body, language=language)
    director = member("director", aleppo, language=language)
    body, other = (new_page(locale=language, width=width) for _person in range(2))
    sign_in(body, administrator)
    suspend(body, clinic.directorate, language, tmp_path)
    body.goto(f"/handovers/from/{clinic.directorate.code}/")
    body.select_option("[name=taker]", "aleppo")
    body.select_option("[name=places]", [clinic.place.code, beside.code])
    body.fill("[name=reason]", "Displaced")
    look(body, language, tmp_path / f"offer-{language}-{width}.png")
    press(body)
    body.wait_for_url("**/handovers/*/")
    look(body, language, tmp_path / f"offered-{language}-{width}.png")
    sign_in(other, director)
    other.locator("a[href^='/handovers/']").first.click()
    other.locator(f"[name=places][value={beside.code}]").uncheck()
    press(other)
    look(other, language, tmp_path / f"refused-{language}-{width}.png")
    other.fill("[name=answer]", "No road there")
    press(other)
    expect(other.locator("[name=answer]")).to_have_count(0)
    look(other, language, tmp_path / f"taken-{language}-{width}.png")
    held = Handover.objects.get()
    assert {part.place_id: part.taken for part in held.parts.all()} == {clinic.place.pk: True, beside.pk: False}
    other.goto("/handovers/")
    look(other, language, tmp_path / f"handovers-{language}-{width}.png")
    body.goto("/borders/")
    look(body, language, tmp_path / f"borders-{language}-{width}.png")
    body.goto("/borders/decide/")
    look(body, language, tmp_path / f"decide-{language}-{width}.png")


def suspend(body: Page, directorate: Organisation, language: str, pictures: Path) -> None:
    """The body looks at what suspending brings about, and does it."""
    body.goto("/borders/")
    look(body, language, pictures / f"before-{language}.png")
    body.locator(f"a[href='/borders/organisations/{directorate.code}/']").click()
    body.select_option("[name=status]", "suspended")
    body.fill("[name=reason]", "Displaced")
    press(body)
    expect(body.locator("#consequences")).to_be_visible()
    look(body, language, pictures / f"foreseen-{language}.png")
    press(body, "do")
    body.wait_for_url("**/borders/")
    directorate.refresh_from_db()
    assert directorate.status == "suspended"
