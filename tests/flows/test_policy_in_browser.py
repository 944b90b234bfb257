"""A policy goes from draft to acknowledgement in a real browser: concern, a lost ballot, a new version, a reservation."""

import pytest
from django.utils import timezone
from playwright.sync_api import Page

from policies.actions.ballots import close_ballots
from policies.models import Acknowledgement, Ballot, Concern, PolicyState
from policies.rules.ballots import Outcome
from tests.conftest import NewPage
from tests.factories import DirectorateFactory
from tests.flows.looking import look, sign_in
from tests.flows.region import said
from tests.policies.library import RULE_AR, RULE_EN, Library

OUTSIDE, LATE = "مديرية خارج الجسم", 22
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_policy_goes_from_draft_to_acknowledgement(new_page: NewPage, language: str, width: int) -> None:
    library = Library()
    (director,) = library.directors(1)
    DirectorateFactory(name_ar=OUTSIDE, name_en=OUTSIDE, in_body=False)
    for person in (library.manager, director):
        person.language = language
        person.save()
    office, directorate = (new_page(locale=language, width=width) for _ in range(2))
    sign_in(office, library.manager)
    sign_in(directorate, director)
    address = f"/policies/{library.policy.code}/1/"
    write(library, office, address, language)
    ask(office, address, language)
    concern = raise_concern(directorate, address, language)
    answer_and_hold(office, directorate, f"{address}concerns/{concern.pk}/", language)
    library.over()
    lose(office, directorate, address, language)
    carry(library, office, directorate, language)
    adopt(office, f"/policies/{library.policy.code}/2/", language)
    acknowledge(directorate, library, language)


def press(page: Page) -> None:
    """The button of the page's form."""
    page.locator("main form[method=post] .btn-primary, main form[method=post] .btn-danger").last.click()


def write(library: Library, office: Page, address: str, language: str) -> None:
    """The first section, from the empty page of the draft."""
    office.goto(address)
    look(office, language)
    office.get_by_role("link", name=said(language, "New section")).first.click()
    words = {"heading_ar": "التعقيم", "heading_en": "Sterilising", "text_ar": RULE_AR, "text_en": RULE_EN}
    for name, text in words.items():
        office.fill(f"[name={name}]", text)
    look(office, language)
    press(office)
    office.wait_for_url(lambda url: "/sections/" not in url)
    assert RULE_AR in office.inner_text("main")
    look(office, language)
    assert library.draft.sections.get().text_en == RULE_EN


def ask(office: Page, address: str, language: str) -> None:
    """Everybody is asked."""
    office.goto(address)
    office.get_by_role("link", name=said(language, "Ask organisations")).click()
    look(office, language)
    press(office)
    office.wait_for_url(f"**{address}")
    look(office, language)


def raise_concern(directorate: Page, address: str, language: str) -> Concern:
    """The director finds it at home, reads it, and raises a concern."""
    directorate.goto("/")
    directorate.locator(f"a[href='{address}discussion/']").first.click()
    look(directorate, language)
    directorate.get_by_role("link", name=said(language, "Raise a concern")).click()
    directorate.fill("[name=about]", "لا يكفي الماء")
    directorate.locator("[name=seriousness][value=blocking]").check()
    look(directorate, language)
    press(directorate)
    directorate.wait_for_url("**/concerns/*/")
    return Concern.objects.get()


def answer_and_hold(office: Page, directorate: Page, concern: str, language: str) -> None:
    """It is answered, and not settled by that."""
    office.goto(concern)
    office.locator("[name=changes][value=no]").check()
    office.fill("form[action$='/answer/'] textarea", "يكفي في معظم المنشآت")
    press(office)
    office.wait_for_load_state()
    directorate.goto(concern)
    directorate.locator("[name=settled][value=no]").check()
    press(directorate)
    directorate.wait_for_load_state()
    look(directorate, language)


def lose(office: Page, directorate: Page, address: str, language: str) -> None:
    """The first ballot shows the concern, and is lost."""
    office.goto(f"{address}ballots/new/")
    look(office, language)
    press(office)
    office.wait_for_url("**/ballots/*/")
    directorate.goto(office.url)
    assert "لا يكفي الماء" in directorate.inner_text("main")
    directorate.locator("[name=choice][value=against]").check()
    look(directorate, language)
    press(directorate)
    directorate.wait_for_load_state()
    ballot = Ballot.objects.get()
    assert close_ballots(at=ballot.closes) == 1
    directorate.goto(office.url)
    assert said(language, "How it was counted") in directorate.inner_text("main")
    look(directorate, language)


def carry(library: Library, office: Page, directorate: Page, language: str) -> None:
    """The next version, whose text differs, is carried with a reservation; the page says that one directorate has no vote."""
    address = f"/policies/{library.policy.code}/2/"
    office.goto(f"/policies/{library.policy.code}/1/")
    office.locator(f"form[action='/policies/{library.policy.code}/draft/'] button").click()
    office.wait_for_url(f"**{address}")
    library.draft = library.policy.versions.get(number=2)
    office.goto(f"{address}sections/{library.draft.sections.get().anchor}/")
    office.fill("[name=text_en]", "Instruments are sterilised wherever there is water.")
    press(office)
    office.wait_for_url(lambda url: "/sections/" not in url)
    if timezone.localtime().hour >= LATE:
        pytest.skip(
            "votes are taken for an hour at least, and in this last one of the day nothing is put to the vote for today"
        )
    office.goto(f"{address}ballots/new/")
    office.fill("[name=last]", library.today.isoformat())
    assert OUTSIDE in office.inner_text("main form .note")
    look(office, language)
    press(office)
    office.wait_for_url("**/ballots/*/")
    assert OUTSIDE not in office.inner_text("main")
    directorate.goto(office.url)
    directorate.locator("[name=choice][value=reserved]").check()
    directorate.fill("[name=reservation]", "حين يصل الماء")
    look(directorate, language)
    press(directorate)
    directorate.wait_for_load_state()
    ballot = library.draft.ballots.get()
    assert library.count(ballot).outcome == Outcome.ADOPTED


def adopt(office: Page, address: str, language: str) -> None:
    """Only the day is asked from which it holds."""
    office.goto(address)
    office.get_by_role("link", name=said(language, "Bring into force")).click()
    assert not office.locator("[name=basis]").is_visible()
    look(office, language)
    press(office)
    office.wait_for_url(f"**{address}")


def acknowledge(directorate: Page, library: Library, language: str) -> None:
    """The director finds it at home, acknowledges it, and stands in the list with the reservation."""
    library.draft.refresh_from_db()
    assert library.draft.state(library.today) is PolicyState.IN_FORCE
    address = f"/policies/{library.policy.code}/2/"
    directorate.goto("/")
    directorate.locator(f"a[href='{address}']").first.click()
    directorate.get_by_role("link", name=said(language, "Acknowledge"), exact=True).click()
    look(directorate, language)
    press(directorate)
    directorate.wait_for_url("**/acknowledgements/")
    assert "حين يصل الماء" in directorate.inner_text("main")
    look(directorate, language)
    assert Acknowledgement.objects.get().facility is None
