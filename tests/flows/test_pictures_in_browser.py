"""A picture is added to a draft in a real browser, its mark is copied into a text, and whoever reads the version sees it."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from policies.models import PolicyPicture
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.policies.library import DAY, Library

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
DRAWING = Path(__file__).resolve().parents[2] / "coordination" / "demonstration" / "data" / "instruments.svg"
# Where whoever wants to look at the pages has them drawn.
LOOKED = os.environ.get("TANSIQ_LOOKED_AT")


def seen(page: Page, language: str, width: int, name: str) -> None:
    """A look at the page."""
    look(page, language, Path(LOOKED) / f"{name}-{language}-{width}.png" if LOOKED else None)


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_picture_is_added_and_shown(new_page: NewPage, language: str, width: int) -> None:
    library = Library()
    for person in (library.manager, library.reader):
        person.language = language
        person.save()
    section = library.write()
    address = f"/policies/{library.policy.code}/1/"
    office = new_page(locale=language, width=width)
    sign_in(office, library.manager)
    office.goto(address)
    office.locator(f"a[href='{address}pictures/']").click()
    seen(office, language, width, "empty")
    office.set_input_files("[name=file]", DRAWING)
    office.fill("[name=words_ar]", "ثلاث خطوات: غسل، ثم تعقيم، ثم تسجيل")
    office.fill("[name=words_en]", "Three steps: wash, sterilise, write down")
    office.locator("form[enctype] .btn-primary").click()
    expect(office.locator(".pictures img")).to_have_js_property("complete", True)
    seen(office, language, width, "pictures")
    mark = office.locator("#mark-1").input_value()
    office.goto(f"{address}sections/{section.anchor}/")
    for details in office.locator("details").all():
        details.evaluate("one => one.open = true")
    seen(office, language, width, "section")
    for name in ("text_ar", "text_en"):
        office.fill(f"[name={name}]", f"{section.text_ar}\n\n{mark}")
    office.locator("main .btn-primary").last.click()
    office.wait_for_url(f"**{address}#*")
    library.force(since=library.today - DAY, adopted=library.today - DAY)
    read_it(new_page(locale=language, width=width), library, address, language, width)
    compare_it(office, library, language, width)


def read_it(page: Page, library: Library, address: str, language: str, width: int) -> None:
    """Whoever reads the version sees the picture, no wider than the page."""
    sign_in(page, library.reader)
    page.goto(address)
    shown = page.locator(".prose img").first
    shown.scroll_into_view_if_needed()
    expect(shown).to_have_js_property("complete", True)
    assert shown.evaluate("one => one.naturalWidth") > 0
    box = shown.bounding_box()
    assert box is not None
    assert 0 < box["width"] <= width
    seen(page, language, width, "version")
    assert PolicyPicture.objects.get().words_ar in page.content()


def compare_it(page: Page, library: Library, language: str, width: int) -> None:
    """Other words for it are a difference."""
    draft = library.next_draft()
    page.goto(f"/policies/{library.policy.code}/{draft.number}/pictures/1/words/")
    seen(page, language, width, "words")
    page.fill("[name=words_en]", "Four steps: wash, dry, sterilise, write down")
    page.locator("main .btn-primary").last.click()
    page.goto(f"/policies/{library.policy.code}/compare/?from=1&to={draft.number}")
    expect(page.locator(".pictures ins").last).to_be_visible()
    seen(page, language, width, "compare")
