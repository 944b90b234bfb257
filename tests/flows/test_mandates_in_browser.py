"""A dispute over a mandate in a real browser: a claim meets another, a side speaks, a meeting decides, what follows is done."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coordination.meetings.models import ActionItem
from coordination.meetings.models.action_items import ActionState
from policies.models import DisputeState, MandateDispute
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.policies.claims import DAY, Claims

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_claim_meets_another_a_meeting_decides_and_what_follows_is_done(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    claims = Claims()
    claims.state(claims.director)
    for person in (claims.doctor, claims.keeper):
        person.language = language
        person.save(update_fields=["language"])
    office, body = (new_page(locale=language, width=width) for _person in range(2))
    sign_in(office, claims.doctor)
    claim(office, claims, language, tmp_path)
    dispute = MandateDispute.objects.get()
    sign_in(body, claims.keeper)
    body.locator(f"a[href='/policies/mandates/disputes/{dispute.pk}/']").first.click()
    expect(body.get_by_text("We run the clinics").first).to_be_visible()
    meeting = hold_meeting(body, claims, language, tmp_path)
    decide_in(body, meeting, dispute, claims)
    body.goto(f"/policies/mandates/disputes/{dispute.pk}/")
    body.locator("a[href$='/decision/']").click()
    body.select_option("[name=for_whom]", "azaz")
    body.fill("[name=day]", claims.today.isoformat())
    body.fill("[name=basis]", "Meeting 9")
    body.fill("[name=decision]", "The district is run by its office")
    look(body, language, tmp_path / f"decision-{language}-{width}.png")
    body.locator("#main form button.btn-primary").click()
    look(body, language, tmp_path / f"decided-{language}-{width}.png")
    assert MandateDispute.objects.get().state == DisputeState.DECIDED
    body.goto("/policies/mandates/")
    look(body, language, tmp_path / f"after-{language}-{width}.png")
    body.goto("/policies/mandates/list/?state=all")
    look(body, language, tmp_path / f"list-{language}-{width}.png")
    do(office, language, tmp_path / f"item-{language}-{width}.png")
    body.goto("/meetings/decisions/?state=done")
    expect(body.get_by_text("Vaccination in Azaz").first).to_be_visible()
    look(body, language, tmp_path / f"decisions-{language}-{width}.png")


def claim(office: Page, claims: Claims, language: str, pictures: Path) -> None:
    """The office claims its district, and states its case in the dispute that comes of it."""
    office.goto("/policies/mandates/")
    look(office, language, pictures / f"table-{language}.png")
    office.locator("a[href='/policies/mandates/new/']").click()
    office.select_option("[name=function]", "immunization")
    office.select_option("[name=place]", "SY0204")
    office.fill("[name=since]", claims.today.isoformat())
    office.fill("[name=basis]", "Our own teams")
    look(office, language, pictures / f"new-{language}.png")
    office.locator("#main form button.btn-primary").click()
    office.locator("ul.work a").first.click()
    office.locator("a[href$='/statement/']").click()
    office.fill("[name=text]", "We run the clinics")
    office.locator("#main form button.btn-primary").click()
    look(office, language, pictures / f"dispute-{language}.png")


def hold_meeting(body: Page, claims: Claims, language: str, pictures: Path) -> str:
    """A meeting of the body with both sides, held yesterday; answers its address."""
    body.goto("/meetings/new/")
    body.fill("[name=title]", "Round")
    body.fill("[name=day]", (claims.today - DAY).isoformat())
    body.fill("[name=begins]", "09:00")
    body.fill("[name=ends]", "11:00")
    for one in (claims.directorate, claims.office):
        body.locator(f"[name=invited][value='{one.pk}']").check()
    look(body, language, pictures / f"meeting-{language}.png")
    press(body)
    body.wait_for_url(re.compile(r"/meetings/\d+/$"))
    address = body.url
    body.locator("a[href$='/attendance/']").click()
    for one in (claims.directorate, claims.office):
        body.locator(f"[name=present][value='{one.pk}']").check()
    press(body)
    body.wait_for_url(address)
    look(body, language, pictures / f"held-{language}.png")
    return address


def decide_in(body: Page, meeting: str, dispute: MandateDispute, claims: Claims) -> None:
    """The meeting decides the dispute, and the office takes something on."""
    body.locator("a[href$='/decisions/new/']").click()
    body.fill("[name=subject]", "Vaccination in Azaz")
    body.fill("[name=text]", "One register")
    body.select_option("[name=dispute]", str(dispute.pk))
    press(body)
    body.wait_for_url(meeting)
    body.locator("a[href$='/actions/new/']").click()
    body.select_option("[name=decision]", index=1)
    body.fill("[name=text]", "Hand over the register")
    body.select_option("[name=owner]", str(claims.office.pk))
    body.fill("[name=due]", (claims.today + 7 * DAY).isoformat())
    press(body)
    body.wait_for_url(meeting)


def do(office: Page, language: str, picture: Path) -> None:
    """The office finds at home what it took on, and says that it is done."""
    office.goto("/")
    office.locator("a[href^='/meetings/actions/']").first.click()
    office.locator("[name=state][value=action_done]").check()
    look(office, language, picture)
    press(office)
    office.wait_for_load_state()
    assert ActionItem.objects.get().state == ActionState.DONE


def press(page: Page) -> None:
    """The button of the page's form."""
    page.locator("#main form[method=post] button.btn-primary").last.click()
