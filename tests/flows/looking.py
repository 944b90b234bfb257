"""Signing in and looking at a page in a real browser: language, direction, width, and what a program finds of barriers."""

import os
import re
from pathlib import Path

from django.conf import settings
from django.test import Client
from playwright.sync_api import Page, expect

from coordination.starter import ports
from directorates.models import User
from tests.factories import PASSWORD, second_step

AXE = (Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text()
# A page shown within a page is looked at by itself; what has no barrier is not written down.
ASKED = "{iframes: false, resultTypes: ['violations']}"
BARRIERS = f"axe.run(document, {ASKED}).then(done => done.violations.map(one => [one.id, one.nodes[0].html]))"


def sign_in(page: Page, person: User, at: str = "/") -> None:
    """Sign in by hand where the page stands at the entrance; elsewhere come with a session, as whoever signed in before."""
    if "/accounts/login/" in page.url:
        _by_hand(page, person)
        return
    client = Client()
    client.force_login(User.objects.get(pk=person.pk))
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "domain": ports.HERE, "path": "/"}])
    page.goto(at)


def _by_hand(page: Page, person: User) -> None:
    """Type e-mail, password, and the code of the second step where it is asked for."""
    code = second_step(person)
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.click("form[action*=login] button.btn-primary")
    page.wait_for_url(lambda address: "/accounts/login/" not in address)
    if "/2fa/authenticate/" in page.url:
        page.fill("[name=code]", code)
        page.click("form[action*=authenticate] button.btn-primary")
        page.wait_for_url(lambda address: "/2fa/" not in address)


def look(page: Page, language: str, picture: Path | None = None) -> None:
    """The page is in the right language and direction, fits its width, and has no barrier that a program finds.

    Pictures are for people to look at: they are taken where the environment asks for them (TANSIQ_PICTURES=1).
    """
    root, size = page.locator("html"), page.viewport_size
    expect(root).to_have_attribute("lang", language)
    expect(root).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    assert size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url
    page.evaluate(AXE)
    assert page.evaluate(BARRIERS) == [], page.url
    if picture is not None and os.environ.get("TANSIQ_PICTURES"):
        page.screenshot(path=picture, full_page=True)


def downloaded(page: Page, name: str) -> bytes:
    """The file behind a button or a link of the main part."""
    with page.expect_download() as download:
        page.locator("#main").get_by_text(name, exact=True).first.click()
    return Path(download.value.path()).read_bytes()


def name_of(page: Page) -> str:
    """A file name from where the page is, without the ids."""
    address = re.sub(r"[0-9a-f-]{36}|\?.*", "", page.url.partition("//")[2].partition("/")[2])
    return address.strip("/").replace("/", "-")
