"""What stands out in a real browser against the real stack: in Arabic on a phone, in English on a wide screen."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.conftest import NewPage
from tests.flows.clinic_past import HIGH, LOW, TYPED, WORD, ClinicPast
from tests.flows.region import until
from tests.flows.test_one_report_in_browser import Walk

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def past(new_page: NewPage) -> ClinicPast:
    """A centre with ten weeks behind it, on the stack's database."""
    return ClinicPast()


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_what_stands_out_is_seen_by_both_sides(
    past: ClinicPast, new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    walk = Walk(past, new_page, language, width, tmp_path)  # type: ignore[arg-type]
    send(walk, past)
    until(past.compared)
    look_at_it(walk, past)
    walk.clerk.goto(f"/reports/{past.draft.pk}/")
    expect(walk.clerk.locator("main")).to_contain_text(WORD)
    walk.look(walk.clerk)


def send(walk: Walk, past: ClinicPast) -> None:
    """Typed, told, and sent all the same."""
    walk.clerk.goto(f"/reports/{past.draft.pk}/fill/")
    for slot, text in past.typed().items():
        # The phone folds sections; what is typed is the same.
        walk.clerk.locator(f"#f-{slot}").evaluate("(field, text) => { field.value = text }", text)
    walk.press(walk.clerk, walk.words("Check and send"), ".statebar")
    walk.clerk.wait_for_url("**/check/")
    expect(walk.clerk.locator("main .note").first).to_contain_text(LOW)
    walk.look(walk.clerk)
    walk.press(walk.clerk, walk.words("Send"), ".statebar")
    walk.clerk.wait_for_url("**/receipt/")


def look_at_it(walk: Walk, past: ClinicPast) -> None:
    """The officer finds it in the inbox, sees its past as picture and table, and says that it was looked at."""
    page = walk.officer
    page.goto("/reports/review/?mark=stands-out")
    walk.look(page)
    expect(page.locator(".inbox .chip.excused").first).to_contain_text(HIGH)
    page.locator(f'main a[href^="/reports/{past.draft.pk}/"]').first.click()
    page.wait_for_url(lambda address: str(past.draft.pk) in address)
    picture = page.locator("#stands-out ~ ul .trail, section[aria-labelledby=stands-out] .trail").first
    expect(picture).to_have_attribute("role", "img")
    # Time runs with reading: this report's dot stands at the end, which is on the left in Arabic.
    box, dot = picture.bounding_box(), picture.locator(".here").bounding_box()
    assert box is not None
    assert dot is not None
    middle = box["x"] + box["width"] / 2
    assert (dot["x"] < middle) is (walk.language == "ar")
    page.get_by_text(walk.words("Its past as a table")).first.click()
    expect(page.locator("section[aria-labelledby=stands-out] tbody tr")).to_have_count(10)
    page.get_by_text(walk.words("Say that it was looked at")).click()
    page.locator("[name=word]").fill(WORD)
    walk.look(page)
    walk.press(page, walk.words("Keep"), "form.look")
    expect(page.locator("main")).to_contain_text(walk.words("The word stands in the history of the report."))
    expect(page.locator("td .trail")).to_have_count(1)
    expect(page.locator(f"td:has-text('{int(TYPED):,}') .trail")).to_have_count(1)
    walk.look(page)
