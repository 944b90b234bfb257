"""Signing in and looking at a page in a real browser: language, direction, width, and what a program finds of barriers."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from directorates.models import User
from tests.factories import PASSWORD, second_step

AXE = Path(__file__).resolve().parents[2] / "node_modules" / "axe-core" / "axe.min.js"
# A page shown within a page is looked at by itself.
BARRIERS = "axe.run(document, {iframes: false}).then(done => done.violations.map(one => [one.id, one.nodes[0].html]))"


def sign_in(page: Page, person: User, at: str = "/") -> None:
    """Sign in at the entrance, or wherever the page stands already when it is the one to sign in at."""
    code = second_step(person)
    if "/accounts/login/" not in page.url:
        page.goto(at)
    page.fill("[name=login]", person.email)
    page.fill("[name=password]", PASSWORD)
    page.click("form[action*=login] button.btn-primary")
    page.wait_for_url(lambda address: "/accounts/login/" not in address)
    if "/2fa/authenticate/" in page.url:
        page.fill("[name=code]", code)
        page.click("form[action*=authenticate] button.btn-primary")
        page.wait_for_url(lambda address: "/2fa/" not in address)


def look(page: Page, language: str, picture: Path | None = None) -> None:
    """The page is in the right language and direction, fits its width, and has no barrier that a program finds."""
    root, size = page.locator("html"), page.viewport_size
    expect(root).to_have_attribute("lang", language)
    expect(root).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    assert size is not None
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], page.url
    page.evaluate(AXE.read_text())
    assert page.evaluate(BARRIERS) == [], page.url
    if picture is not None:
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
