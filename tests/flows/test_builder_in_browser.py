"""A template is built in a real browser: buttons that change the page in place, a rule tried while it is typed, a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from coordination.reporting.models import Category, TemplateVersion
from tests.conftest import NewPage
from tests.factories import (
    BodyFactory,
    CategorySetFactory,
    ElementFactory,
    FacilityFactory,
    TemplateFactory,
    member,
    published,
)
from tests.flows.looking import look, sign_in
from tests.flows.region import said, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_version_is_built_tried_looked_at_and_published(new_page: NewPage, language: str, width: int) -> None:
    builder = member("administrator", BodyFactory(), language=language)
    # Weeks have the longest names, and a phone the least room for them.
    weekly = TemplateFactory(period_type="week")
    visits = ElementFactory(code="visits", category_set=CategorySetFactory())
    Category.objects.update(name_ar="فئة عمرية")
    original = published(weekly, [visits, ElementFactory(code="births")])
    facility = FacilityFactory(type="hospital")
    page, home = new_page(locale=language, width=width), f"/reports/templates/{original.template.code}/"
    sign_in(page, builder)
    page.goto(home)
    look(page, language)
    page.get_by_role("button", name=said(language, "Begin a draft")).click()
    page.wait_for_url("**/draft/")
    draft = TemplateVersion.objects.get(status="draft")
    move(page, draft)
    look(page, language)
    try_a_rule(page, language, width)
    preview(page, f"{home}{draft.number}/preview/?as=phone&lang=ar", language, width)
    page.goto(f"{home}draft/publish/")
    look(page, language)
    page.locator("main form[method=post] .btn-primary").click()
    page.wait_for_url(f"**{home}")
    draft.refresh_from_db()
    assert draft.status == "published"
    assert [rule.left for rule in draft.rules.all()] == ["births"]
    choose(page, language)
    assert weekly.assignments.get().facility == facility


def choose(page: Page, language: str) -> None:
    """Who reports by it is chosen by filters, after what follows was shown; the list names them afterwards."""
    page.get_by_role("link", name=said(language, "Choose facilities")).click()
    page.select_option("[name=type]", "hospital")
    page.locator("form.filters .btn").first.click()
    page.wait_for_url("**type=hospital**")
    look(page, language)
    page.get_by_role("link", name=said(language, "Have these report")).click()
    look(page, language)
    page.locator("main form[method=post] .btn-primary").click()
    page.wait_for_url(re.compile(r"/assignments/\?template="))
    page.get_by_role("link", name=said(language, "Let these cease to report")).click()
    look(page, language)


def move(page: Page, draft: TemplateVersion) -> None:
    """A button moves an item in place: the page is not loaded anew, and the button keeps the focus."""
    page.evaluate("window.here = true")
    button = page.locator("tr", has_text="visits").locator("[value^=item-down]")
    button.scroll_into_view_if_needed()
    button.click()
    until(lambda: page.locator("#draft tbody th").first.inner_text().endswith("births"))
    assert page.evaluate("window.here")
    draft.refresh_from_db()
    assert page.locator("[name=edition]").input_value() == str(draft.edition)


def try_a_rule(page: Page, language: str, width: int) -> None:
    """The values that a rule reads are asked while it is typed, and what is typed there survives the next answer."""
    page.get_by_role("link", name=said(language, "New rule")).click()
    page.fill("[name=left]", "births")
    page.locator("[name=right]").press_sequentially("visits")
    page.locator("[name='v-births']").fill("7")
    parts = [page.locator(f"[name='v-visits.{code}']") for code in ("u5", "o5")]
    for part in parts:
        part.press_sequentially("1")
    expect(page.locator("#trial")).to_contain_text(said(language, "The rule does not hold. This is said:"))
    expect(page.locator("[name='v-births']")).to_have_value("7")
    for part in parts:
        # Once: what is kept over an answer stands in its form again, and nowhere else.
        expect(part).to_have_value("1")
    look(page, language)
    page.fill("[name=message_ar]", "الولادات {left} أكثر من {right}.")
    page.fill("[name=message_en]", "Births {left} above {right}.")
    page.get_by_role("button", name=said(language, "Save the rule")).click()
    page.wait_for_url(re.compile(r"/draft/#rules$"))


def preview(page: Page, address: str, language: str, width: int) -> None:
    """The form stands in a frame as wide as a phone, in the other language where that is chosen."""
    page.goto(address)
    look(page, language)
    frame = page.frame_locator("iframe.preview")
    expect(frame.locator("html")).to_have_attribute("dir", "rtl")
    box = page.locator("iframe.preview").bounding_box()
    assert box is not None
    assert box["width"] <= 362
    frame.locator("input[id^=f-]").first.fill("4")
    frame.locator(".statebar .btn-primary").click()
    expect(frame.locator(".note").first).to_be_visible()
