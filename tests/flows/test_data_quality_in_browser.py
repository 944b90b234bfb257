"""The quality of reports in a real browser: a value is asked about, answered and settled; a funnel; the rules' record."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coordination.reporting.actions.broken_rules import validate_version
from coordination.reporting.models import FollowUp, Submission
from directorates.models import User
from tests.conftest import NewPage
from tests.factories import member, published
from tests.flows.looking import look, sign_in
from tests.flows.test_missing_reports_in_browser import speak
from tests.reporting.reports import Scene
from tests.reporting.test_quality import many
from tests.reporting.test_rule_records import MORE_BIRTHS, NEVER, explained

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280), ("ar", 1280), ("en", 360)])
def test_a_value_is_asked_about_answered_and_settled_and_the_funnel_is_looked_at(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    scene = Scene(version=published(rules=[MORE_BIRTHS, NEVER]))
    report, administrator = explained(scene), member("administrator", scene.body)
    many(scene)
    validate_version(scene.version)
    for person in (scene.coordinator, scene.officer, administrator):
        speak(person, language)
    office, ngo, body = (new_page(locale=language, width=width) for _person in range(3))
    sign_in(office, scene.officer)
    ask(office, report, language, tmp_path)
    sign_in(ngo, scene.coordinator)
    answer(ngo, scene.coordinator, language, tmp_path)
    settle(office, language, tmp_path)
    look_at_quality(office, scene, language, tmp_path)
    sign_in(body, administrator)
    body.goto(f"/reports/templates/{scene.template.code}/record/")
    expect(body.locator("tbody tr")).to_have_count(2)
    look(body, language, tmp_path / f"record-{language}-{width}.png")


def ask(page: Page, report: Submission, language: str, pictures: Path) -> None:
    """The officer asks from beside the item; without words it comes back."""
    page.goto(f"/reports/{report.pk}/")
    look(page, language, pictures / f"report-before-{language}.png")
    page.locator("#item-visits a[href*='/ask/']").click()
    page.locator("#main form button.btn-primary").click()
    look(page, language, pictures / f"faults-{language}.png")
    page.fill("[name=question]", "ثلاث معاينات فقط؟")
    page.locator("#main form button.btn-primary").click()
    page.wait_for_url("**/reports/follow-ups/*/")
    look(page, language, pictures / f"asked-{language}.png")
    page.goto(f"/reports/{report.pk}/")
    look(page, language, pictures / f"report-{language}.png")


def answer(page: Page, person: User, language: str, pictures: Path) -> None:
    """The coordinator finds the question at home and answers."""
    assert person.language == language
    found = FollowUp.objects.get()
    look(page, language, pictures / f"home-{language}.png")
    page.locator(f"a[href='/reports/follow-ups/{found.pk}/']").first.click()
    look(page, language, pictures / f"to-answer-{language}.png")
    page.fill("#answer_text", "ثلاث في المركز، والباقي في البيوت.")
    page.locator("#answer form button.btn-primary, form[action$='/answer/'] button").first.click()
    page.wait_for_url("**/reports/follow-ups/*/")
    found.refresh_from_db()
    assert found.state == "answered"


def settle(page: Page, language: str, pictures: Path) -> None:
    """The officer finds the answer in the list and settles."""
    page.goto("/reports/follow-ups/?mine=on")
    look(page, language, pictures / f"list-{language}.png")
    page.locator("tbody th a").first.click()
    page.locator("[name=outcome][value=confirmed]").check()
    look(page, language, pictures / f"to-settle-{language}.png")
    page.locator("form[action$='/settle/'] button").click()
    expect(page.locator(".page-head .chip, #main .chip").first).to_be_visible()
    look(page, language, pictures / f"settled-{language}.png")
    assert FollowUp.objects.get().state == "confirmed"


def look_at_quality(page: Page, scene: Scene, language: str, pictures: Path) -> None:
    """The funnel, then one facility."""
    page.goto("/reports/quality/")
    expect(page.locator("svg.chart:visible").first).to_be_visible()
    look(page, language, pictures / f"funnel-{language}.png")
    page.goto(f"/reports/quality/facility/{scene.facility.code}/")
    look(page, language, pictures / f"facility-{language}.png")
