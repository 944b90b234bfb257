"""A double report in a real browser: one side proposes, the other confirms, the figure says so; in both languages."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from coordination.reporting.models import CountedReport
from coordination.reporting.models.double_reports import DoubleState
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.reporting.doubled import Doubled

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_one_side_proposes_the_other_confirms_and_the_page_says_what_counts(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    scene = Doubled()
    for person in (scene.coordinator, scene.rival):
        person.language = language
        person.save(update_fields=["language"])
    one, other = (new_page(locale=language, width=width) for _person in range(2))
    address = f"/reports/double/{scene.double.pk}/"
    sign_in(one, scene.coordinator)
    one.locator(f"a[href='{address}']").first.click()
    look(one, language, tmp_path / f"double-{language}-{width}.png")
    one.locator(f"a[href='{address}propose/']").first.click()
    one.locator("[name=way][value=values]").check()
    one.locator("details:has([name=cell_s1]) > summary").click()
    one.select_option("[name=taken]", scene.ngo.code)
    one.select_option("[name=cell_s1]", "add")
    one.fill("[name=reason]", "Two wards")
    look(one, language, tmp_path / f"propose-{language}-{width}.png")
    one.locator("#main form button.btn-primary").click()
    sign_in(other, scene.rival)
    other.goto("/reports/double/")
    look(other, language, tmp_path / f"list-{language}-{width}.png")
    other.goto(address)
    expect(other.get_by_text("Two wards").first).to_be_visible()
    other.locator(f"a[href='{address}confirm/{scene.double.proposal_id}/']").first.click()
    look(other, language, tmp_path / f"confirm-{language}-{width}.png")
    other.locator("#main form button.btn-primary").click()
    other.wait_for_url(f"**{address}")
    look(other, language, tmp_path / f"settled-{language}-{width}.png")
    assert scene.double.state == DoubleState.SETTLED
    assert CountedReport.objects.get().overlay in ({"s1": 22}, {"s1": 22, "s2": 2})
