"""Indicators in a real browser: built after a trial, short of a population until one is entered, read by whoever sees figures."""

from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.missing import explain
from coordination.reporting.models import Indicator, Population
from directorates.models import Place, User
from tests.conftest import NewPage
from tests.factories import OrganisationFactory, member
from tests.flows.looking import look, sign_in
from tests.reporting.figures_world import World, expected_report, make_world
from tests.reporting.test_figures import report
from tests.reporting.test_lost_services import APRIL, MONTHS, officer_of

pytestmark = pytest.mark.browser
LIST, PEOPLE, LOST = "/reports/indicators/", "/reports/populations/", "/reports/figures/lost/"
UNKNOWN = {"ar": "عدد السكان غير معروف", "en": "the population is not known"}


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280), ("ar", 1280)])
def test_an_indicator_is_built_lacks_a_population_gets_one_and_is_read(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    world = three_months()
    administrator, manager = (
        speaking(member(role, world.body), language) for role in ("administrator", "data_manager")
    )
    reader = speaking(member("facility_reporter", OrganisationFactory()), language)
    office, desk, table, reviewing = (new_page(locale=language, width=width) for _person in range(4))
    sign_in(office, administrator)
    build(office, world, language, tmp_path)
    sign_in(table, reader)
    table.goto(f"{LIST}visits_per_person/?period=201803")
    expect(table.locator("#main")).to_contain_text(UNKNOWN[language])
    look(table, language, tmp_path / f"unknown-{language}-{width}.png")
    sign_in(desk, manager)
    count_people(desk, language, tmp_path)
    table.reload()
    expect(table.locator("#main")).to_contain_text("0.20")
    look(table, language, tmp_path / f"indicator-{language}-{width}.png")
    table.goto(LIST)
    look(table, language, tmp_path / f"indicators-{language}-{width}.png")
    sign_in(reviewing, speaking(officer_of(world), language))
    reviewing.goto(f"{LOST}?template={world.template.code}&period=201804&element=visits")
    expect(reviewing.locator("section:has(#lost)")).to_contain_text("≈")
    look(reviewing, language, tmp_path / f"lost-{language}-{width}.png")


def three_months() -> World:
    """Reports of three months; in April every facility of the north is cut off."""
    world = make_world()
    for number in range(4):
        for month in MONTHS:
            report(world, number, month, visits_u5=40, visits_o5=10 * number, births=3)
    rows = [row for number in (0, 1, 2) if (row := expected_report(world, world.facilities[number], APRIL))]
    explain(by=officer_of(world), expected=rows, reason="cut_off", text="", at=timezone.now())
    drain()
    return world


def speaking(person: User, language: str) -> User:
    """A person who reads a language."""
    person.language = language
    person.save(update_fields=["language"])
    return person


def build(page: Page, world: World, language: str, pictures: Path) -> None:
    """The administrator slips, is told every fault at its field, tries the formula, and keeps it."""
    page.goto(f"{LIST}new/")
    typed = {
        "name_ar": "المعاينات لكل شخص", "name_en": "Visits per person", "code": "visits_per_person", "numerator": "visit",
        "denominator": "_pop_total * _years", "try_period": "201803", "unit_ar": "معاينة", "unit_en": "visits",
    }  # fmt: skip
    for name, text in typed.items():
        page.fill(f"[name={name}]", text)
    page.select_option("[name=factor]", "1")
    page.select_option("[name=decimals]", "2")
    page.check(f"[name=templates][value={world.template.code}]")
    page.click("button[value=try]")
    expect(page.locator("[name=numerator][aria-invalid=true]")).to_be_visible()
    look(page, language, pictures / f"building-{language}.png")
    page.fill("[name=numerator]", "visits")
    page.click("button[value=try]")
    expect(page.locator("section:has(#trial)")).to_contain_text(UNKNOWN[language])
    look(page, language, pictures / f"tried-{language}.png")
    page.click("button[value=keep]")
    page.wait_for_url(f"**{LIST}visits_per_person/")
    assert Indicator.objects.get().better == "neutral"


def count_people(page: Page, language: str, pictures: Path) -> None:
    """The data manager enters how many live in the country."""
    page.goto(PEOPLE)
    look(page, language, pictures / f"nobody-{language}.png")
    page.locator(f"#main a[href='{PEOPLE}new/']").click()
    country = Place.objects.get(level=0)
    for name, text in {"place": country.code, "year": "2018", "number": "13200", "source": "Census"}.items():
        page.fill(f"[name={name}]", text)
    page.fill("[name=dated]", "2018-01-01")
    look(page, language, pictures / f"entering-{language}.png")
    page.locator("#main form button.btn-primary").click()
    page.wait_for_url(f"**{PEOPLE}")
    look(page, language, pictures / f"people-{language}.png")
    assert Population.objects.get().number == 13200
