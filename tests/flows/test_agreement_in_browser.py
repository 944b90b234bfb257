"""An agreement in a real browser: drafted, written, opened, signed by both, left; the picture of who stood with whom."""

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from policies.actions.agreements import end_agreement
from policies.actions.amendments import begin_amendment, propose_amendment
from policies.models import Agreement, AgreementState
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.policies.pacts import Pacts, again

pytestmark = pytest.mark.browser
SAVE = "#main form.panel button.btn-primary, #main form.panel button.btn-danger"


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_two_agree_and_one_leaves_again(new_page: NewPage, tmp_path: Path, language: str, width: int) -> None:
    pacts = Pacts()
    for person in (pacts.director, pacts.first_manager):
        person.language = language
        person.save(update_fields=["language"])
    office, other = (new_page(locale=language, width=width) for _person in range(2))

    def see(page: Page, name: str) -> None:
        look(page, language, tmp_path / f"{name}-{language}-{width}.png")

    sign_in(office, pacts.director)
    made = _drafted(office, see)
    home = f"/policies/agreements/{made.pk}/"
    office.locator(f"a[href='{home}open/']").click()
    see(office, "open")
    office.locator(SAVE).click()
    _sign(office, home)
    see(office, "open-for-signature")
    sign_in(other, pacts.first_manager)
    see(other, "home")
    other.locator(f"ul.work a[href='{home}']").click()
    other.locator(f"a[href='{home}sign/']").click()
    see(other, "sign")
    _sign(other, home)
    assert again(made).state(pacts.today) is AgreementState.IN_FORCE
    see(other, "in-force")
    other.locator("[aria-labelledby=obligations] tbody a").first.click()
    see(other, "obligation")
    _leave(other, home, pacts.today, see)
    assert again(made).last_day == pacts.today


def _drafted(office: Page, see: Callable[[Page, str], None]) -> Agreement:
    """A draft with an article and an obligation of each."""
    office.goto("/policies/agreements/")
    see(office, "empty")
    office.locator("a[href='/policies/agreements/new/']").first.click()
    office.select_option("[name=kind]", "bilateral")
    office.fill("[name=name_ar]", "اتفاق الإحالة")
    office.fill("[name=name_en]", "Referral accord")
    office.check("[name=parties][value=sams]")
    see(office, "new")
    office.locator(SAVE).click()
    made: Agreement = Agreement.objects.get()
    home = f"/policies/agreements/{made.pk}/"
    see(office, "draft")
    office.locator(f"a[href='{home}articles/new/']").first.click()
    for name, text in (
        *(("heading_ar", "استقبال المرضى"), ("heading_en", "Receiving patients")),
        *(("text_ar", "تستقبل المشافي المرضى المُحالين."), ("text_en", "Hospitals take **referred** patients.")),
    ):
        office.fill(f"[name={name}]", text)
    see(office, "article")
    office.locator(SAVE).click()
    office.locator(f"a[href='{home}obligations/new/']").click()
    office.fill("[name=text_ar]", "تقرير كل شهر")
    office.fill("[name=text_en]", "A report each month")
    see(office, "obligation-new")
    office.locator(SAVE).click()
    return made


def _leave(page: Page, home: str, today: datetime.date, see: Callable[[Page, str], None]) -> None:
    """Leave, first with a day that cannot be: what was typed is kept."""
    page.goto(f"{home}leave/")
    page.fill("[name=last_day]", (today - datetime.timedelta(days=3)).isoformat())
    page.fill("[name=why]", "Other ways")
    page.locator(SAVE).click()
    expect(page.locator("[name=why]")).to_have_value("Other ways")
    see(page, "leave-refused")
    page.fill("[name=last_day]", today.isoformat())
    page.locator(SAVE).click()
    expect(page.get_by_text("Other ways").first).to_be_visible()
    see(page, "left")


def _sign(page: Page, home: str) -> None:
    """Sign on the page of an agreement."""
    page.goto(f"{home}sign/")
    page.fill("[name=capacity]", "Director")
    page.locator(SAVE).click()
    page.wait_for_url(f"**{home}")


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("ar", 1280), ("en", 360), ("en", 1280)])
def test_the_picture_of_alliances_is_read_at_any_width(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    pacts = Pacts()
    since = datetime.date(2015, 1, 1)
    old = pacts.recorded(
        pacts.directorate, pacts.first, pacts.second, since=since, name_en="Old charter", name_ar="ميثاق قديم"
    )
    last = datetime.date(2018, 6, 30)
    end_agreement(agreement=old, last_day=last, why="Dissolved", by=pacts.keeper, at=timezone.now())
    pacts.signed(ago=400)
    pacts.reader.language = language
    pacts.reader.save(update_fields=["language"])
    page = new_page(locale=language, width=width)
    sign_in(page, pacts.reader)
    page.goto("/policies/agreements/alliances/?day=2016-01-01")
    look(page, language, tmp_path / f"alliances-{language}-{width}.png")
    drawing = page.locator("svg.chart:visible")
    expect(drawing).to_have_count(1)
    bar = drawing.locator("a").first
    bar.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/policies/agreements/*/")
    page.goto("/policies/agreements/?state=all")
    look(page, language, tmp_path / f"list-{language}-{width}.png")
    page.goto(f"/policies/agreements/{old.pk}/")
    look(page, language, tmp_path / f"charter-{language}-{width}.png")
    page.goto("/policies/agreements/obligations/")
    look(page, language, tmp_path / f"obligations-{language}-{width}.png")


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_one_denies_a_paper_and_refuses_an_amendment(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    pacts = Pacts()
    pacts.first_manager.language = language
    pacts.first_manager.save(update_fields=["language"])
    record = pacts.recorded(pacts.directorate, pacts.first, since=datetime.date(2015, 1, 1), name_en="Old accord")
    made = pacts.signed(ago=10)
    begin_amendment(agreement=made, by=pacts.director, at=timezone.now())
    pacts.write(made, heading_en="Referral", heading_ar="الإحالة")
    text = made.texts.drafts().get()
    propose_amendment(text=text, why="It changed", seen=text.edition, by=pacts.director, at=timezone.now())
    page = new_page(locale=language, width=width)

    def see(name: str) -> None:
        look(page, language, tmp_path / f"{name}-{language}-{width}.png")

    sign_in(page, pacts.first_manager)
    page.goto(f"/policies/agreements/{record.pk}/")
    see("record")
    page.locator(f"a[href$='/object/'][href^='/policies/agreements/{record.pk}/']").first.click()
    see("object")
    page.fill("[name=why]", "لم نوقّع")
    page.locator(SAVE).click()
    see("never-held")
    assert again(record).called_off == pacts.today
    page.goto(f"/policies/agreements/{made.pk}/texts/2/")
    see("proposal")
    page.locator("a[href$='/refuse/']").click()
    see("refuse")
    page.fill("[name=why]", "لا نوافق")
    page.locator(SAVE).click()
    see("closed")
    text.refresh_from_db()
    assert text.given_up == pacts.today
