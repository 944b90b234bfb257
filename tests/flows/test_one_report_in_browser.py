"""One report's whole way in a real browser against the real stack: in Arabic on a phone, in English on a wide screen."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from directorates.models import User
from tests.conftest import NewPage
from tests.flows.looking import look, name_of, sign_in
from tests.flows.region import CATEGORIES, ELEMENT, Region, said, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WHY = "عدد الرجال يعود إلى شهر آخر"


@dataclass
class Walk:
    """The people of one report, each with a browser of one's own; `at` is whose page it is now."""

    region: Region
    new_page: NewPage
    language: str
    width: int
    pictures: Path

    def __post_init__(self) -> None:
        """Everybody signs in, from the entrance."""
        self.region.speak(self.language)
        self.looked_at = 0
        clinic = self.region.clinic
        self.name = clinic.facility.name_ar if self.language == "ar" else clinic.facility.name_en
        self.clerk = self.signed_in(clinic.clerk)
        self.officer = self.signed_in(clinic.officer)
        self.manager = self.signed_in(self.region.manager)

    def words(self, sentence: str, context: str = "") -> str:
        """A sentence as the reader has it."""
        return said(self.language, sentence, context)

    def signed_in(self, person: User) -> Page:
        """A browser in which a person has signed in."""
        page = self.new_page(locale=self.language, width=self.width)
        page.goto("/")
        self.look(page)
        sign_in(page, person)
        return page

    def look(self, page: Page) -> None:
        """The page is right for its reader; a picture of it is kept."""
        self.looked_at += 1
        look(page, self.language, self.pictures / f"{self.looked_at:02}-{name_of(page)}.png")

    def press(self, page: Page, words: str, within: str = "main") -> None:
        """Press the first button of the main part that begins with these words."""
        button = (
            page.locator(within)
            .locator("button:not(.visually-hidden)")
            .filter(has_text=re.compile(rf"^\s*{re.escape(words)}"))
        )
        button.first.click()

    def comes_to(self, number: int | None) -> None:
        """The figures say so before long: governorates and the country, then directorates."""
        true = {place: f"{value:,}" for place, value in self.region.true_figures(number).items()}
        until(lambda: self.shown("governorate") | self.shown("directorate") == true)

    def shown(self, level: str) -> dict[str, str]:
        """What the table says of the item, by place."""
        self.manager.goto(self.region.figures(level))
        links = self.manager.locator(f'section[aria-labelledby=table] a[href*="element={ELEMENT}"][href*="/sources/"]')
        found: list[list[str]] = links.evaluate_all(
            "all => all.map(one => [new URL(one.href).searchParams.get('place'), one.innerText.trim()])"
        )
        return {one[0]: one[1] for one in found}

    def field(self, category: str) -> Locator:
        """A field of the item, unfolded where the phone folds it."""
        slot = self.region.clinic.slot(ELEMENT, category)
        field = self.clerk.locator(f"#f-{slot}")
        section = field.locator("xpath=ancestor::section")
        if "closed" in (section.get_attribute("class") or ""):
            section.locator(".unfold-section").click()
        row = field.locator("xpath=ancestor::tr")
        if "folded" in (row.get_attribute("class") or ""):
            row.locator(".unfold").click()
        return field


@pytest.fixture
def region(new_page: NewPage) -> Region:
    """Two governorates on the stack's database."""
    return Region()


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_report_goes_its_whole_way_in_a_browser(
    region: Region, new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    walk = Walk(region, new_page, language, width, tmp_path)
    walk.comes_to(None)
    fill(walk)
    send(walk)
    approve(walk)
    walk.comes_to(5)
    walk.look(walk.manager)
    open_the_figure(walk)
    reopen_and_send_back(walk)
    walk.comes_to(None)
    correct(walk)
    approve(walk)
    walk.comes_to(6)
    read_the_history(walk)
    assert [what for _by, what in region.deeds()] == [
        *("start", "submit", "approve", "reopen", "send_back", "submit", "approve")
    ]


def fill(walk: Walk) -> None:
    """The coordinator opens the form from home and types; it is saved by itself."""
    walk.clerk.goto("/")
    walk.look(walk.clerk)
    walk.press(walk.clerk, f"{walk.words('Fill')}: {walk.name}")
    walk.clerk.wait_for_url("**/fill/")
    walk.look(walk.clerk)
    digits = "٥" if walk.language == "ar" else "5"
    for category in CATEGORIES:
        walk.field(category).fill(digits)
    followed = {walk.region.clinic.slot(ELEMENT, category) for category in CATEGORIES}
    for slot in walk.region.clinic.complete(1).keys() - followed:
        walk.clerk.locator(f"#f-{slot}").fill("1")
    until(lambda: len(walk.region.submission().draft.doc) == len(walk.region.clinic.complete()))


def send(walk: Walk) -> None:
    """Check, send, and a receipt."""
    walk.press(walk.clerk, walk.words("Check and send"), ".statebar")
    walk.clerk.wait_for_url("**/check/")
    walk.look(walk.clerk)
    walk.press(walk.clerk, walk.words("Send"), ".statebar")
    walk.clerk.wait_for_url("**/receipt/")
    walk.look(walk.clerk)
    expect(walk.clerk.locator("main")).to_contain_text(str(walk.region.submission().receipt))


def read(walk: Walk) -> None:
    """The officer finds the report in the inbox and reads it."""
    walk.officer.goto("/")
    walk.look(walk.officer)
    walk.officer.locator('main a[href="/reports/review/"]').first.click()
    walk.officer.wait_for_url("**/reports/review/")
    walk.look(walk.officer)
    walk.officer.locator(f'main a[href^="/reports/{walk.region.submission().pk}/"]').first.click()
    walk.officer.wait_for_url(lambda address: str(walk.region.submission().pk) in address)
    walk.look(walk.officer)


def approve(walk: Walk) -> None:
    """The officer approves what was read."""
    read(walk)
    walk.press(walk.officer, walk.words("Approve"), "#review")
    expect(walk.officer.locator("main [role=status]").first).to_contain_text(str(walk.region.submission().receipt))
    assert walk.region.submission().status == "approved"


def open_the_figure(walk: Walk) -> None:
    """The figure leads to its reports, and they to what was reported."""
    walk.officer.goto(walk.region.figures("governorate"))
    links = walk.officer.locator("section[aria-labelledby=table]").locator(
        f'a[href*="place=SY07"][href*="element={ELEMENT}"][href*="/sources/"]'
    )
    links.first.click()
    walk.officer.wait_for_url("**/figures/sources/**")
    walk.look(walk.officer)
    walk.officer.locator(f'main a[href="/reports/{walk.region.submission().pk}/"]').click()
    expect(walk.officer.locator("main")).to_contain_text(walk.words("This report counts in the figures."))


def reopen_and_send_back(walk: Walk) -> None:
    """Reopened and sent back, each with its reason."""
    walk.officer.get_by_role("link", name=walk.words("Reopen"), exact=True).click()
    walk.officer.wait_for_url("**/reopen/")
    walk.look(walk.officer)
    walk.officer.locator("main [name=reason]").fill(WHY)
    walk.press(walk.officer, walk.words("Reopen"))
    expect(walk.officer.locator("main [role=status]").first).to_contain_text(str(walk.region.submission().receipt))
    assert walk.region.submission().status == "submitted"
    read(walk)
    walk.officer.locator("#review [name=reason]").fill(WHY)
    walk.press(walk.officer, walk.words("Send back"), "#review")
    expect(walk.officer.locator("main [role=status]").first).to_contain_text(str(walk.region.submission().receipt))
    assert walk.region.submission().status == "returned"


def correct(walk: Walk) -> None:
    """The coordinator finds the reason at home, corrects, and sends again."""
    walk.clerk.goto("/")
    expect(walk.clerk.locator("main")).to_contain_text(WHY)
    walk.look(walk.clerk)
    walk.clerk.locator(f'main a[href="/reports/{walk.region.submission().pk}/fill/"]').first.click()
    expect(walk.clerk.locator("main")).to_contain_text(WHY)
    for category in CATEGORIES:
        walk.field(category).fill("6")
    send(walk)


def read_the_history(walk: Walk) -> None:
    """The whole way stands in the report's history."""
    walk.clerk.goto(f"/reports/{walk.region.submission().pk}/")
    walk.look(walk.clerk)
    lines = walk.clerk.locator(".history li")
    expect(lines).to_have_count(7)
    for number, what in enumerate(("Approved", "Sent", "Sent back", "Reopened", "Approved", "Sent", "Started")):
        expect(lines.nth(number)).to_contain_text(walk.words(what, "report"))
