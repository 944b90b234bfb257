"""Signing in with a second step in a real browser: set up the app, a security key, sign out with unsent numbers."""

import re
import time
from pathlib import Path

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from directorates.models import FactorReset, User
from directorates.roles import Role
from tests.conftest import NewPage
from tests.factories import PASSWORD, DirectorateFactory, OrganisationFactory, member, with_app
from tests.flows.looking import look, sign_in
from tests.stack import Stack

pytestmark = pytest.mark.browser
SIZES = [("ar", 360), ("en", 1280)]


def with_password(page: Page, person: User) -> None:
    """Sign in where no second step is set up yet."""
    page.goto("/accounts/login/")
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.click("form[action*=login] button.btn-primary")


@pytest.mark.parametrize(("language", "width"), SIZES)
def test_the_app_is_set_up_asked_for_and_looks_well(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory(), language=language)
    page = new_page(locale=language, width=width, scripts=language == "en")

    def seen(name: str) -> None:
        if language == "en":
            look(page, language, tmp_path / f"{name}-{language}-{width}.png")
        else:
            page.screenshot(path=tmp_path / f"{name}-{language}-{width}.png", full_page=True)
            assert page.locator("html").get_attribute("dir") == "rtl"

    with_password(page, officer)
    expect(page).to_have_url(ending("/accounts/2fa/"))
    seen("needed")
    page.get_by_role("main").locator("a.btn-primary").click()
    page.fill("[name=password]", PASSWORD)
    page.locator("form[action*=reauthenticate] button.btn-primary").click()
    secret = page.locator("code.secret").inner_text()
    seen("app")
    page.fill("[name=code]", "000000")
    page.locator("#main form button.btn-primary").click()
    expect(page.locator("#main")).to_contain_text("مستعمل" if language == "ar" else "used already")
    page.fill("[name=code]", format_hotp_value(hotp_value(secret, int(time.time()) // 30)))
    page.locator("#main form button.btn-primary").click()
    expect(page.locator("ol.codes li")).to_have_count(10)
    code = page.locator("ol.codes li").first.inner_text()
    seen("codes")
    page.goto("/account/")
    seen("account")
    page.goto("/accounts/logout/")
    page.locator("#main form button.btn-primary").click()
    with_password(page, officer)
    expect(page).to_have_url(ending("/accounts/2fa/authenticate/"))
    seen("asked")
    page.fill("[name=code]", code)
    page.locator("form[action*=authenticate] button.btn-primary").first.click()
    page.wait_for_url(lambda address: "/2fa/" not in address)
    seen("home")


def ending(path: str) -> re.Pattern[str]:
    """An address that ends so."""
    return re.compile(re.escape(path) + "$")


def test_a_security_key_is_added_and_opens(new_page: NewPage, live_stack: Stack) -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory(), language="en")
    page = new_page()
    # Keys know hosts by name only.
    here = live_stack.url.replace("127.0.0.1", "localhost")
    device = page.context.new_cdp_session(page)
    device.send("WebAuthn.enable")
    device.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "usb",
                "hasResidentKey": False,
                "hasUserVerification": False,
                "automaticPresenceSimulation": True,
            }
        },
    )
    for step in ("set up", "sign in"):
        page.goto(f"{here}/accounts/login/")
        page.fill("[name=login]", officer.email)
        page.fill("[name=password]", PASSWORD)
        page.click("form[action*=login] button.btn-primary")
        if step == "set up":
            page.goto(f"{here}/accounts/2fa/webauthn/add/")
            page.fill("[name=password]", PASSWORD)
            page.locator("form[action*=reauthenticate] button.btn-primary").click()
            page.click("#mfa_webauthn_add")
            expect(page.locator("ol.codes li")).to_have_count(10)
            page.goto(f"{here}/accounts/logout/")
            page.locator("#main form button.btn-primary").click()
            page.wait_for_url(lambda address: "logout" not in address)
        else:
            page.click("#mfa_webauthn_authenticate")
            page.wait_for_url(f"{here}/")


def test_whoever_signs_out_is_told_of_numbers_that_were_not_sent(page: Page) -> None:
    person = member(Role.NGO_COORDINATOR, OrganisationFactory(), language="en")
    page.goto("/")
    sign_in(page, person)
    page.evaluate(
        "localStorage.setItem('tansiq-report-7', JSON.stringify({at: Date.now(), values: {s1: '4'}}));"
        "localStorage.setItem('tansiq-report-8', JSON.stringify({at: 5, values: {}}))"
    )
    page.goto("/account/")
    assert page.evaluate("localStorage.getItem('tansiq-report-8')") is None
    expect(page.get_by_role("main")).to_contain_text("not got yet")
    page.locator("header details.menu summary").last.click()
    page.get_by_role("button", name="Sign out", exact=True).last.click()
    expect(page).to_have_url(ending("/accounts/logout/"))
    leave = page.locator("#main form button.btn-primary")
    leave.click()
    expect(page.locator("#lose")).to_be_focused()
    page.check("#lose")
    leave.click()
    page.wait_for_url(lambda address: "logout" not in address)
    assert page.evaluate("Object.keys(localStorage).length") == 0


@pytest.mark.parametrize(("language", "width"), SIZES)
def test_the_pages_of_a_lost_step_look_well(new_page: NewPage, tmp_path: Path, language: str, width: int) -> None:
    directorate = DirectorateFactory()
    officer = member(Role.DATA_OFFICER, directorate)
    with_app(officer)
    director = member(Role.DIRECTOR, directorate, language=language)
    page = new_page(locale=language, width=width)
    page.goto("/")
    sign_in(page, director)
    for number, address in enumerate((f"/people/{officer.pk}/", f"/people/{officer.pk}/second-step/")):
        page.goto(address)
        look(page, language, tmp_path / f"{number}-{language}-{width}.png")
    page.fill("[name=reason]", "ضاع الهاتف")
    page.locator("#main form button.btn-primary").click()
    page.wait_for_url(f"**/people/{officer.pk}/")
    for number, address in enumerate(("/people/", f"/people/second-steps/{FactorReset.objects.get().pk}/"), 2):
        page.goto(address)
        look(page, language, tmp_path / f"{number}-{language}-{width}.png")
    page.evaluate("localStorage.setItem('tansiq-report-7', JSON.stringify({at: Date.now(), values: {s1: '4'}}))")
    for number, address in enumerate(("/account/", "/accounts/logout/", "/people/invite/"), 4):
        page.goto(address)
        look(page, language, tmp_path / f"{number}-{language}-{width}.png")


def test_a_typed_password_can_be_looked_at(page: Page) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=password]", "seven green")
    page.get_by_role("button", name="Show the password").click()
    expect(page.locator("[name=password]")).to_have_attribute("type", "text")
    page.get_by_role("button", name="Hide the password").click()
    expect(page.locator("[name=password]")).to_have_attribute("type", "password")
