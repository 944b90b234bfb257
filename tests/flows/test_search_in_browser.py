"""Looking for a text, choosing letters and making a feed's address in a real browser: a passage is marked and leads to its section."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from coordination.search.actions.entries import index_texts
from directorates.models import FeedKey, NoticeChoice
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.policies.library import Library

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_passage_is_found_letters_are_chosen_and_a_feed_is_made(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    library = Library()
    library.holding()
    reader = library.reader
    reader.language = language
    reader.save(update_fields=["language"])
    index_texts()
    page = new_page(locale=language, width=width)
    sign_in(page, reader)
    page.goto("/search/")
    look(page, language, tmp_path / f"search-{language}-{width}.png")
    page.fill("#main [name=q]", "المستشفيات مريض" if language == "ar" else "patients hospitals")
    page.locator("#main form[role=search] button").click()
    look(page, language, tmp_path / f"nothing-{language}-{width}.png")
    page.fill("#main [name=q]", "للمريض الأداة تعقيم" if language == "ar" else "sterilise instrument")
    page.select_option("[name=in]", "policies")
    page.locator("#main form[role=search] button").click()
    expect(page.locator(".excerpt mark").first).to_be_visible()
    expect(page.locator(".excerpt")).to_have_attribute("dir", "rtl" if language == "ar" else "ltr")
    look(page, language, tmp_path / f"found-{language}-{width}.png")
    page.locator(".excerpt a").click()
    expect(page.locator("#sterilising")).to_be_in_viewport()
    page.goto("/account/")
    page.locator("a[href='/account/notices/']").last.click()
    page.select_option("[name=policy]", "weekly")
    page.locator("#main form button.btn-primary").click()
    expect(page.locator("[name=policy]")).to_have_value("weekly")
    look(page, language, tmp_path / f"letters-{language}-{width}.png")
    assert NoticeChoice.objects.get(pace="weekly").kind == "policy"
    page.goto("/account/feed/")
    look(page, language, tmp_path / f"feed-none-{language}-{width}.png")
    page.locator("#main form button.btn-primary").click()
    expect(page.locator("code.secret")).to_contain_text("/feed/")
    look(page, language, tmp_path / f"feed-{language}-{width}.png")
    assert FeedKey.objects.get().language == language
