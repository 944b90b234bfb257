"""Filling a report in a real browser: saving while one types, adding up, losing nothing; and with scripts off."""

import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from coordination.reporting.models import Draft, Submission
from directorates.models import User
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.reporting.clinic import Clinic, sent_from

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SOON = 2_000
SignedIn = Callable[..., Page]


@pytest.fixture
def clinic(new_page: NewPage) -> Clinic:
    """The centre with its weekly report, on the stack's database."""
    return Clinic()


@pytest.fixture
def signed_in(new_page: NewPage, clinic: Clinic) -> SignedIn:
    """Makes pages of people who have signed in: `signed_in(clinic.colleague, locale="ar", width=360)`."""

    def make(person: User | None = None, locale: str = "en", **how: Any) -> Page:
        person = person or clinic.clerk
        User.objects.filter(pk=person.pk).update(language=locale)
        page = new_page(locale=locale, **how)
        sign_in(page, person)
        return page

    return make


def field(page: Page, slot: str) -> Any:
    """A field of the form."""
    return page.locator(f"#f-{slot}")


def written(submission: Submission) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the portal holds of a draft."""
    draft = Draft.objects.get(submission=submission)
    return draft.doc, draft.notes


def wait_until(true: Callable[[], bool], milliseconds: int = SOON) -> None:
    """Until something holds, or the test fails."""
    until = time.monotonic() + milliseconds / 1000
    while not true():
        assert time.monotonic() < until, "not in time"
        time.sleep(0.05)


def test_what_is_typed_is_saved_within_two_seconds(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft, slot = signed_in(), clinic.draft(), clinic.slot("cases_measles", "m_u5")
    page.goto(f"/reports/{draft.pk}/fill/")
    field(page, slot).press_sequentially("١٢")
    wait_until(lambda: written(draft)[0] == {slot: 12})
    expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved \d"))
    expect(field(page, slot)).to_have_value("١٢")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('tansiq-report-'))") == []


def test_somebody_who_never_pauses_is_saved_too(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft = signed_in(), clinic.draft()
    page.goto(f"/reports/{draft.pk}/fill/")
    event = field(page, clinic.slot("unusual_event"))
    event.press_sequentially("لا شيء غير معتاد في هذا الأسبوع", delay=120)
    assert written(draft)[1][clinic.slot("unusual_event")]["text"].startswith("لا شيء")


def test_totals_while_typing_are_those_of_the_portal(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft = signed_in(), clinic.draft()
    page.goto(f"/reports/{draft.pk}/fill/")
    typed = {"m_u5": "١٬٢٣٤", "f_u5": "-", "m_5p": " 2 000", "f_5p": "۷"}
    for category, text in typed.items():
        field(page, clinic.slot("cases_measles", category)).fill(text)
    field(page, clinic.slot("cases_awd", "m_u5")).fill("٠٫٥")
    outputs = "() => [...document.querySelectorAll('#section-immediate output')].map(one => one.value)"
    while_typing = page.evaluate(outputs)
    assert while_typing[1] == "≥3,241"
    assert while_typing[-5:] == ["1,234.5", "", "2,000", "7", "≥3,241.5"]
    wait_until(lambda: len(written(draft)[0]) == 4)
    without_script = clinic.browser().get(f"/reports/{draft.pk}/fill/").content.decode()
    section = re.search(r'id="section-immediate".*?</section>', without_script, re.S)
    assert section
    assert re.findall(r"<output>(.*?)</output>", section[0]) == while_typing


def test_remarks_come_and_go_under_their_line(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft = signed_in(), clinic.draft()
    page.goto(f"/reports/{draft.pk}/fill/")
    total, small = clinic.slot("week_consultations"), clinic.slot("week_consultations_u5")
    field(page, total).fill("100")
    field(page, small).fill("90")
    why = page.locator(f"#y-{small}")
    expect(why).to_contain_text("four fifths")
    why.get_by_label("Reason").fill("حملة")
    wait_until(lambda: written(draft)[1].get(small, {}).get("reason") == "حملة")
    field(page, small).fill("abc")
    expect(why).to_contain_text("A number is needed")
    expect(field(page, small)).to_have_attribute("aria-invalid", "true")
    field(page, small).fill("20")
    expect(why).to_have_count(0)


def test_without_a_connection_what_is_typed_stays_on_the_device(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft, slot = signed_in(), clinic.draft(), clinic.slot("cases_measles", "m_u5")
    page.goto(f"/reports/{draft.pk}/fill/")
    page.context.set_offline(True)
    field(page, slot).fill("41")
    expect(page.locator("#saved")).to_contain_text("No connection")
    copy = json.loads(page.evaluate(f"localStorage.getItem('tansiq-report-{draft.pk}')"))
    assert copy["values"] == {slot: "41"}
    # Closed and opened again elsewhere than the form, then with a connection.
    again = page.context.new_page()
    page.close()
    again.context.set_offline(False)
    again.goto(f"/reports/{draft.pk}/fill/")
    expect(again.locator("#kept")).to_contain_text("41")
    assert not written(draft)[0]
    again.get_by_role("button", name="Put into the form").click()
    wait_until(lambda: written(draft)[0] == {slot: 41})


def test_it_is_saved_by_itself_when_the_connection_is_back(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft, slot = signed_in(), clinic.draft(), clinic.slot("cases_measles", "m_u5")
    page.goto(f"/reports/{draft.pk}/fill/")
    page.context.set_offline(True)
    field(page, slot).fill("41")
    expect(page.locator("#saved")).to_contain_text("No connection")
    page.context.set_offline(False)
    wait_until(lambda: written(draft)[0] == {slot: 41}, 6_000)
    expect(page.locator("#saved")).to_contain_text(re.compile(r"Saved \d"))


def test_a_captive_portals_page_is_not_taken_for_saved(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft, slot = signed_in(), clinic.draft(), clinic.slot("cases_measles", "m_u5")
    page.goto(f"/reports/{draft.pk}/fill/")

    def captive(route: Route) -> None:
        route.fulfill(status=200, content_type="text/html", body="<h1>Hotel network: accept the terms</h1>")

    page.route("**/fill/", captive)
    field(page, slot).fill("41")
    expect(page.locator("#saved")).to_contain_text("Not saved on the portal yet")
    assert not written(draft)[0]
    page.unroute("**/fill/")
    wait_until(lambda: written(draft)[0] == {slot: 41}, 8_000)


def without_session(context: BrowserContext) -> None:
    """As if the session had ended."""
    context.clear_cookies(name="sessionid")


def test_a_session_that_ended_costs_nothing(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft, slot = signed_in(), clinic.draft(), clinic.slot("cases_measles", "m_u5")
    page.goto(f"/reports/{draft.pk}/fill/")
    without_session(page.context)
    field(page, slot).fill("41")
    expect(page.locator("#saved")).to_contain_text("The session ended")
    page.locator("#saved").get_by_role("link", name="Sign in").click()
    sign_in(page, clinic.clerk)
    expect(page.locator("#kept")).to_contain_text("41")
    page.get_by_role("button", name="Put into the form").click()
    wait_until(lambda: written(draft)[0] == {slot: 41})
    expect(page.locator("#kept")).to_have_count(0)


def test_a_copy_is_offered_to_its_writer_only(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft, slot = signed_in(), clinic.draft(), clinic.slot("cases_measles", "m_u5")
    page.goto(f"/reports/{draft.pk}/fill/")
    without_session(page.context)
    field(page, slot).fill("41")
    expect(page.locator("#saved")).to_contain_text("The session ended")
    page.goto("/accounts/login/")
    sign_in(page, clinic.colleague)
    page.goto(f"/reports/{draft.pk}/fill/")
    expect(page.locator("#stages")).to_be_visible()
    expect(page.locator("#kept")).to_have_count(0)


def test_of_two_windows_the_second_is_asked_and_nothing_is_overwritten(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft, slot = signed_in(), clinic.draft(), clinic.slot("cases_measles", "m_u5")
    other = page.context.new_page()
    for window in (page, other):
        window.goto(f"/reports/{draft.pk}/fill/")
    field(page, slot).fill("5")
    wait_until(lambda: written(draft)[0] == {slot: 5})
    field(other, slot).fill("7")
    expect(other.locator("#saved")).to_contain_text("changed elsewhere")
    assert written(draft)[0] == {slot: 5}
    other.get_by_role("button", name="Choose which answers stand").click()
    expect(other.get_by_role("heading", level=1)).to_contain_text("Two answers")
    other.get_by_label("Typed here: 7").check()
    other.get_by_role("button", name="Save the choice").click()
    expect(field(other, slot)).to_have_value("7")
    assert written(draft)[0] == {slot: 7}
    expect(other.locator("#kept")).to_have_count(0)


def test_enter_goes_through_the_form_as_the_paper_does(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft = signed_in(), clinic.draft()
    page.goto(f"/reports/{draft.pk}/fill/")
    order = [slot for _element, _cell, slot in clinic.spec.questions()][:10]
    field(page, order[0]).focus()
    for number, slot in enumerate(order):
        expect(field(page, slot)).to_be_focused()
        page.keyboard.type(str(number))
        page.keyboard.press("Enter" if number % 2 else "Tab")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("ArrowUp")
    expect(field(page, order[5])).to_be_focused()
    wait_until(lambda: len(written(draft)[0]) == 10)


def test_a_menu_fills_the_empty_fields_of_its_line(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft = signed_in(), clinic.draft()
    page.goto(f"/reports/{draft.pk}/fill/")
    slots = [clinic.slot("cases_measles", category) for category in ("m_u5", "f_u5", "m_5p", "f_5p")]
    field(page, slots[1]).fill("3")
    page.locator(f"#l-{slots[0]} summary").click()
    page.locator(f"#l-{slots[0]}").get_by_role("button", name="0 No cases").click()
    wait_until(lambda: written(draft)[0] == dict(zip(slots, (0, 3, 0, 0), strict=True)))


def test_the_whole_way_with_a_script_ends_in_a_receipt(clinic: Clinic, signed_in: SignedIn) -> None:
    page, draft = signed_in(locale="ar"), clinic.draft()
    clinic.browser(language="ar").post(f"/reports/{draft.pk}/fill/", clinic.complete())
    page.goto(f"/reports/{draft.pk}/fill/")
    field(page, clinic.slot("cases_measles", "m_u5")).fill("٨")
    page.locator(".statebar .btn-primary").click()
    page.wait_for_url("**/check/")
    page.locator(".statebar .btn-primary").dblclick()
    page.wait_for_url("**/receipt/")
    draft.refresh_from_db()
    assert draft.status == "submitted"
    assert draft.revision is not None
    assert draft.revision.doc[clinic.slot("cases_measles", "m_u5")] == 8
    expect(page.locator("main")).to_contain_text(str(draft.receipt))
    page.go_back()
    page.wait_for_url("**/receipt/")


@pytest.mark.parametrize("locale", ["ar", "en"])
def test_the_whole_way_with_scripts_off(clinic: Clinic, signed_in: SignedIn, locale: str) -> None:
    page, draft = signed_in(locale=locale, scripts=False, width=360), clinic.draft()
    page.goto(f"/reports/{draft.pk}/fill/")
    for slot, text in clinic.complete().items():
        field(page, slot).fill(text)
    page.locator(".statebar .btn-primary").click()
    page.locator(".statebar .btn-primary").click()
    draft.refresh_from_db()
    assert page.url.endswith("/receipt/")
    assert draft.status == "submitted"


@pytest.mark.parametrize("template", ["ewarn-weekly", "services-monthly"])
@pytest.mark.parametrize(("locale", "width"), [("ar", 360), ("en", 1280)])
def test_pages_are_clean_and_fit(new_page: NewPage, template: str, locale: str, width: int) -> None:
    clinic = Clinic(template)
    sent = sent_from(clinic, clinic.browser(), clinic.draft(period=clinic.period.previous()), clinic.complete(7))
    assert sent.status == "submitted"
    draft = clinic.draft()
    clinic.browser(language=locale).post(
        f"/reports/{draft.pk}/fill/", clinic.complete() | {next(iter(clinic.complete())): "x"}
    )
    page = new_page(locale=locale, width=width)
    sign_in(page, clinic.clerk)
    addresses = [f"/reports/{draft.pk}/{name}" for name in ("fill/", "fill/?check=all", "check/", "paper/")]
    for address in (
        *addresses,
        f"/reports/{sent.pk}/receipt/",
        "/reports/",
        "/reports/due/",
        "/reports/start/?template=x",
    ):
        page.goto(address)
        look(page, locale)
