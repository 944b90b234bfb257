"""An exact position's way in a real browser: entered, asked for, approved by two, read once, revoked; without a script."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from directorates.models import User
from facilities.models import ExactPosition, PositionReading
from tests.conftest import NewPage
from tests.facilities.test_position_grants import World
from tests.factories import with_app
from tests.flows.looking import look, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Walk:
    """People at their browsers, in one language and width."""

    def __init__(self, new_page: NewPage, language: str, width: int) -> None:
        """Keep how pages are made."""
        self.new_page, self.language, self.width = new_page, language, width

    def signed_in(self, person: User) -> Page:
        """A browser in which a person has signed in; axe, which finds barriers, is a script, so scripts run."""
        person.language = self.language
        person.save(update_fields=["language"])
        page = self.new_page(locale=self.language, width=self.width)
        sign_in(page, person)
        return page

    def at(self, page: Page, address: str) -> None:
        """The page at an address, right for its reader."""
        page.goto(address)
        look(page, self.language)

    def press(self, page: Page) -> None:
        """Press the one thing that a form of the main part is for, by the keyboard."""
        page.locator("main form button.btn-primary").first.focus()
        page.keyboard.press("Enter")
        page.wait_for_load_state()
        look(page, self.language)


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_position_is_entered_granted_read_and_revoked(new_page: NewPage, language: str, width: int) -> None:
    world, walk = World(), Walk(new_page, language, width)
    # Her role needs no second step; reading a position does.
    with_app(world.nour)
    ExactPosition.objects.all().delete()
    officer, nour = walk.signed_in(world.officer), walk.signed_in(world.nour)
    enter(walk, officer)
    grant = ask(walk, nour)
    for person in (world.director, world.administrator):
        approver = walk.signed_in(person)
        walk.at(approver, "/facilities/positions/")
        walk.at(approver, grant)
        walk.press(approver)
    read(walk, nour, grant)
    assert world.nour.name in str(nour.locator(".watermark span").first.get_attribute("data-mark"))
    nour.goto(f"{grant}read/A/")
    expect(nour.locator("main")).not_to_contain_text("35.800001")
    walk.at(officer, "/facilities/positions/readings/")
    expect(officer.locator("main")).to_contain_text("The driver leaves now")
    director = walk.signed_in(world.director)
    walk.at(director, f"{grant}end/")
    director.fill("[name=reason]", "Enough")
    director.locator("main form .btn-danger").click()
    walk.at(nour, grant)
    expect(nour.locator("main a[href*='/read/']")).to_have_count(0)


def enter(walk: Walk, officer: Page) -> None:
    """The directorate enters a position; one outside of the governorate is asked about, and never shown again."""
    walk.at(officer, "/facilities/A/position/enter/")
    officer.fill("[name=latitude]", "٣٧٫١")
    officer.fill("[name=longitude]", "٣٦٫٧")
    walk.press(officer)
    expect(officer.locator("[name=sure]")).to_be_visible()
    expect(officer.locator("[name=latitude]")).to_have_value("")
    officer.fill("[name=latitude]", "٣٥٫٨٠٠٠٠١")
    officer.fill("[name=longitude]", "36,700002")
    walk.press(officer)
    officer.wait_for_url("**/facilities/A/")
    walk.at(officer, "/facilities/A/position/")


def ask(walk: Walk, nour: Page) -> str:
    """The coordinator asks; answers the address of the grant."""
    walk.at(nour, "/facilities/A/position/")
    walk.at(nour, "/facilities/A/position/ask/")
    nour.fill("[name=purpose]", "Delivery of a generator")
    nour.fill("[name=until]", (timezone.localdate() + timedelta(days=3)).isoformat())
    walk.press(nour)
    nour.wait_for_url("**/facilities/positions/*/")
    return nour.url


def read(walk: Walk, nour: Page, grant: str) -> None:
    """The coordinator reads, with a reason; nothing stays in the browser."""
    walk.at(nour, grant)
    walk.at(nour, f"{grant}read/A/")
    nour.fill("[name=reason]", "The driver leaves now")
    walk.press(nour)
    expect(nour.locator("main")).to_contain_text("35.800001")
    assert PositionReading.objects.count() == 1
    assert "35." not in nour.url
    assert nour.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])") == "[{},{}]"
