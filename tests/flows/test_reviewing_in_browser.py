"""A morning of review in a real browser: read one after another with keys, claimed, handed over; Arabic on a phone, English at a desk."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coordination.reporting.models import Submission
from directorates.models import User
from tests.conftest import NewPage
from tests.factories import member
from tests.flows.looking import look, sign_in
from tests.flows.region import said, until
from tests.reporting.reports import Scene, warning, wide_scene
from tests.stack import Stack

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Desk:
    """An officer's browser before four waiting reports, the first of them marked."""

    def __init__(self, scene: Scene, page: Page, language: str, pictures: Path) -> None:
        """Sign in, from the entrance."""
        self.scene, self.page, self.language, self.pictures = scene, page, language, pictures
        self.reports = [scene.sent(warnings=[warning()], doc={"s1": 1310})]
        self.reports += [scene.sent(facility=scene.other_facility()) for _number in range(3)]
        User.objects.update(language=language)
        sign_in(page, scene.officer)

    def words(self, sentence: str, context: str = "") -> str:
        """A sentence as the officer has it."""
        return said(self.language, sentence, context)

    def look(self, name: str) -> None:
        """The page is right for its reader; a picture of it is kept."""
        look(self.page, self.language, self.pictures / f"{name}.png")

    def stands_at(self, number: int) -> None:
        """The page of a report is open."""
        self.page.wait_for_url(f"**/reports/{self.reports[number].pk}/?line=**")
        expect(self.page.locator("nav.line-bar")).to_be_visible()

    def status(self, number: int) -> str:
        """How far a report is."""
        return Submission.objects.get(pk=self.reports[number].pk).status

    def approved(self, number: int) -> bool:
        """Whether a report is approved before long."""
        return bool(until(lambda: self.status(number) == "approved"))


@pytest.fixture
def scene(live_stack: Stack) -> Scene:
    """A directorate with two officers, an NGO, facilities, on the stack's database."""
    scene = wide_scene()
    member("data_officer", scene.directorate, name="Samer")
    return scene


def test_reports_are_read_one_after_another_with_the_keyboard(scene: Scene, new_page: NewPage, tmp_path: Path) -> None:
    desk = Desk(scene, new_page(locale="en", width=1280), "en", tmp_path)
    page = desk.page
    page.goto("/reports/review/")
    desk.look("inbox")
    page.get_by_role("link", name=desk.words("Read one after another")).click()
    desk.stands_at(0)
    desk.look("line")
    page.keyboard.press("n")
    desk.stands_at(1)
    page.keyboard.press("p")
    desk.stands_at(0)
    page.keyboard.press("s")
    expect(page.locator("#send_back_reason")).to_be_focused()
    page.keyboard.type("an apu")
    expect(page.locator("#send_back_reason")).to_have_value("an apu")
    desk.stands_at(0)
    assert desk.status(0) == "submitted"
    page.locator("#send_back_reason").blur()
    page.wait_for_timeout(1100)
    # The second press in the same breath approves nothing that was not on the screen yet.
    page.keyboard.press("a")
    page.keyboard.press("a")
    desk.stands_at(1)
    assert desk.approved(0)
    assert desk.status(1) == "submitted"
    expect(page.locator("main [role=status]").first).to_contain_text(str(desk.reports[0].receipt))
    desk.look("told")
    page.locator("main").get_by_role("button", name=desk.words("Undo")).click()
    desk.stands_at(0)
    assert desk.status(0) == "submitted"
    page.locator("[data-keys-on]").uncheck()
    page.keyboard.press("n")
    page.wait_for_timeout(300)
    desk.stands_at(0)
    page.locator("[data-keys-on]").check()
    # On an Arabic keyboard the same key writes another letter.
    page.locator("[data-keys-on]").blur()
    page.evaluate("document.body.dispatchEvent(new KeyboardEvent('keydown', {key: 'ى', code: 'KeyN', bubbles: true}))")
    desk.stands_at(1)
    page.keyboard.press("u")
    page.wait_for_url("**/reports/review/")


def test_without_a_keyboard_the_buttons_do_the_same_and_reports_are_handed_over(
    scene: Scene, new_page: NewPage, tmp_path: Path
) -> None:
    desk = Desk(scene, new_page(locale="ar", width=360), "ar", tmp_path)
    page = desk.page
    page.goto("/reports/review/")
    desk.look("inbox")
    page.locator("ul.inbox input[name=report]").first.check()
    page.get_by_role("button", name=desk.words("Hand over")).first.click()
    page.wait_for_url("**/hand-over/")
    desk.look("hand-over")
    page.locator("[name=to]").select_option(label="Samer")
    page.locator("[name=note]").fill("تحتاج إلى نظرة أخرى")
    page.locator("main form").get_by_role("button", name=desk.words("Hand over")).click()
    page.wait_for_url("**/reports/review/")
    expect(page.locator("main")).to_contain_text("Samer")
    page.goto("/reports/review/?claim=free")
    page.get_by_role("link", name=desk.words("Read one after another")).click()
    desk.stands_at(1)
    desk.look("line")
    page.locator("#review").get_by_role("button", name=desk.words("Approve")).click()
    desk.stands_at(2)
    assert desk.approved(1)
    page.locator("#send_back_reason").fill("الوفيات أكثر من الحالات")
    page.locator("#review").get_by_role("button", name=desk.words("Send back")).click()
    desk.stands_at(3)
    desk.look("told")
    page.locator("#review").get_by_role("button", name=desk.words("Approve")).click()
    page.wait_for_url("**/reports/review/?claim=free&done=**")
    expect(page.locator("main [role=status]").first).to_contain_text(str(desk.reports[3].receipt))
    assert [desk.status(number) for number in range(4)] == ["submitted", "approved", "returned", "approved"]
