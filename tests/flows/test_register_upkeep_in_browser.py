"""A proposal's way in a real browser against the real stack: in Arabic on a phone, in English on a wide screen."""

import datetime
import re

import pytest
from playwright.sync_api import Page, expect

from directorates.models import User
from facilities.actions.proposals import Wish
from facilities.models import ChangeProposal, Facility
from facilities.models.proposals import Field
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.flows.region import said
from tests.flows.upkeep import WHY, WHY_NOT, WHY_ONE, Upkeep

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Walk:
    """People at their browsers, in one language and width."""

    def __init__(self, new_page: NewPage, language: str, width: int) -> None:
        """Keep how pages are made."""
        self.new_page, self.language, self.width = new_page, language, width

    def words(self, sentence: str, context: str = "") -> str:
        """A sentence as the reader has it."""
        return said(self.language, sentence, context)

    def signed_in(self, person: User) -> Page:
        """A browser in which a person has signed in."""
        page = self.new_page(locale=self.language, width=self.width)
        sign_in(page, person)
        return page

    def look(self, page: Page) -> None:
        """The page is right for its reader."""
        look(page, self.language)

    def press(self, page: Page, words: str) -> None:
        """Press the button of the main part that says this."""
        page.locator("main").get_by_role("button", name=words, exact=True).click()


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_change_is_proposed_decided_and_two_entries_are_merged(new_page: NewPage, language: str, width: int) -> None:
    upkeep, walk = Upkeep(language), Walk(new_page, language, width)
    nour, officer = walk.signed_in(upkeep.register.nour), walk.signed_in(upkeep.register.officer)
    propose(walk, nour)
    decide(walk, officer, upkeep)
    assert upkeep.states() == ["approved"]
    nour.goto("/")
    expect(nour.locator("main")).to_contain_text(walk.words("Approved", "proposal"))
    merge(walk, officer)
    nour.goto("/facilities/SY07-H002/")
    nour.wait_for_url("**/facilities/SY07-H001/")
    assert Facility.objects.get(code="SY07-H002").merge.survivor == upkeep.hospital


def propose(walk: Walk, page: Page) -> None:
    """The coordinator proposes another type from the facility's page."""
    page.goto("/facilities/SY07-H001/")
    page.locator('main a[href="/facilities/SY07-H001/propose/"]').click()
    walk.look(page)
    page.select_option("[name=type]", "laboratory")
    walk.press(page, walk.words("Propose"))
    expect(page.locator("[name=reason][aria-invalid=true]")).to_be_visible()
    page.locator("main [name=reason]").fill(WHY)
    walk.press(page, walk.words("Propose"))
    page.wait_for_url("**/facilities/proposals/*/")
    walk.look(page)


def decide(walk: Walk, page: Page, upkeep: Upkeep) -> None:
    """The officer finds it at home and in the list, and approves."""
    page.goto("/")
    walk.look(page)
    page.goto("/facilities/proposals/")
    walk.look(page)
    page.locator("main").get_by_role("link", name=upkeep.name).first.click()
    page.wait_for_url(f"**/facilities/proposals/{ChangeProposal.objects.get().pk}/")
    walk.look(page)
    page.locator("main").get_by_label(walk.words("Approve", "deed"), exact=True).check()
    walk.press(page, walk.words("Save the decision"))
    told = walk.words("The decision is saved. The proposer sees it here and on the home page.")
    expect(page.locator("main [role=status]").first).to_contain_text(told)


def merge(walk: Walk, page: Page) -> None:
    """The hospital's type is another one now: its twin is compared by address, and merged into it."""
    page.goto("/facilities/duplicates/SY07-H001/SY07-H002/")
    walk.look(page)
    page.locator("main [name=survivor][value='SY07-H001']").check()
    page.locator("#merge_reason").fill(WHY_ONE)
    page.locator("main [name=confirmed]").check()
    walk.press(page, walk.words("Merge the two entries"))
    page.wait_for_url("**/facilities/SY07-H001/")
    walk.look(page)
    expect(page.locator("aside")).to_contain_text(WHY_ONE)


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_facility_is_closed_and_opened_again_and_a_new_one_refused(
    new_page: NewPage, language: str, width: int
) -> None:
    upkeep, walk = Upkeep(language), Walk(new_page, language, width)
    nour, officer = walk.signed_in(upkeep.register.nour), walk.signed_in(upkeep.register.officer)
    close(walk, nour, officer, upkeep)
    reopen(walk, officer, upkeep)
    refuse_a_new_one(walk, nour, officer, upkeep)


def close(walk: Walk, nour: Page, officer: Page, upkeep: Upkeep) -> None:
    """Two organisations say otherwise of one field: both stand together, one is approved, the other overtaken."""
    nour.goto("/facilities/SY07-H001/propose/")
    nour.select_option("[name=status]", "closed")
    nour.locator("main [name=reason]").fill(WHY)
    walk.press(nour, walk.words("Propose"))
    # Without its day nothing is proposed, and what was typed stays.
    expect(nour.locator("[name=status_day][aria-invalid=true]")).to_be_visible()
    expect(nour.locator("main [name=reason]")).to_have_value(WHY)
    walk.look(nour)
    nour.fill("[name=status_day]", upkeep.closing_day)
    walk.press(nour, walk.words("Propose"))
    nour.wait_for_url("**/facilities/proposals/*/")
    day = datetime.date.fromisoformat(upkeep.closing_day)
    other = [Wish(Field.STATUS, "out_of_service", day)]
    upkeep.register.proposed(facility=upkeep.hospital, wishes=other, by=upkeep.register.tarek)
    officer.goto(f"/facilities/proposals/{ChangeProposal.objects.earliest('pk').pk}/")
    expect(officer.locator("main")).to_contain_text(walk.words("Also proposed:"))
    walk.look(officer)
    officer.locator("main").get_by_label(walk.words("Approve", "deed"), exact=True).check()
    walk.press(officer, walk.words("Save the decision"))
    expect(officer.locator("main [role=status]").first).to_be_visible()
    assert upkeep.states() == ["approved", "overtaken"]
    assert Facility.objects.get(pk=upkeep.hospital.pk).status == "closed"


def reopen(walk: Walk, officer: Page, upkeep: Upkeep) -> None:
    """Whoever keeps the register opens it again, with the day and a reason; the history holds both."""
    officer.goto("/facilities/SY07-H001/")
    officer.locator('main a[href="/facilities/SY07-H001/status/"]').first.click()
    officer.select_option("[name=status]", "functioning")
    officer.locator("main [name=reason]").fill(WHY_NOT)
    walk.look(officer)
    walk.press(officer, walk.words("Save the status"))
    officer.wait_for_url("**/facilities/SY07-H001/")
    walk.look(officer)
    assert Facility.objects.get(pk=upkeep.hospital.pk).status == "functioning"
    expect(officer.locator("#main")).to_contain_text(WHY_NOT)


def refuse_a_new_one(walk: Walk, nour: Page, officer: Page, upkeep: Upkeep) -> None:
    """A facility that is not in the register is proposed, and refused with a reason that its proposer reads."""
    nour.goto("/facilities/proposals/new/")
    nour.fill("[name=name_ar]", "نقطة الرازي الطبية")
    nour.fill("[name=name_en]", "Razi Medical Point")
    nour.select_option("[name=place]", upkeep.register.place.code)
    nour.select_option("[name=type]", "health_centre")
    nour.locator("main [name=reason]").fill(WHY)
    walk.look(nour)
    walk.press(nour, walk.words("Propose"))
    nour.wait_for_url(re.compile(r"/facilities/proposals/\d+/$"))
    made = ChangeProposal.objects.latest("pk")
    officer.goto(f"/facilities/proposals/{made.pk}/")
    officer.locator("main").get_by_label(walk.words("Refuse", "deed"), exact=True).check()
    walk.press(officer, walk.words("Save the decision"))
    expect(officer.locator("[name=reason][aria-invalid=true]")).to_be_visible()
    walk.look(officer)
    officer.locator("main [name=reason]").fill(WHY_ONE)
    walk.press(officer, walk.words("Save the decision"))
    expect(officer.locator("main [role=status]").first).to_be_visible()
    assert ChangeProposal.objects.get(pk=made.pk).state == "refused"
    nour.goto(f"/facilities/proposals/{made.pk}/")
    expect(nour.locator("#main")).to_contain_text(WHY_ONE)
    walk.look(nour)
