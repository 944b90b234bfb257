"""Missing reports in a real browser: a whole district is explained at once with a picture, contradicted, and taken back."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.models import ExplainedReport, MissingEvidence
from directorates.models import User
from tests.conftest import NewPage
from tests.flows.looking import look, sign_in
from tests.reporting.attached import png
from tests.reporting.test_missing_pages import Region, months, wide_region

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_district_is_explained_contradicted_and_taken_back(
    new_page: NewPage, tmp_path: Path, language: str, width: int
) -> None:
    region = wide_region()
    for person in (region.coordinator, region.officer):
        speak(person, language)
    ngo, office = (new_page(locale=language, width=width) for _person in range(2))
    sign_in(ngo, region.coordinator)
    look(ngo, language, tmp_path / f"ngo-home-{language}.png")
    explain_district(ngo, region, language, tmp_path)
    sign_in(office, region.officer)
    look(office, language, tmp_path / f"home-{language}.png")
    contradict(office, region, language, tmp_path)
    drain()
    office.goto(f"/reports/figures/?template={region.template.code}&period={months()[0].id}&level=directorate")
    expect(office.locator("td.excused").first).to_be_attached()
    look(office, language, tmp_path / f"figures-{language}.png")
    office.goto(f"/facilities/{region.far.code}/")
    look(office, language, tmp_path / f"facility-{language}.png")


def speak(person: User, language: str) -> None:
    """Have a person read a language."""
    person.language = language
    person.save(update_fields=["language"])


def explain_district(page: Page, region: Region, language: str, pictures: Path) -> None:
    """The coordinator finds the list, narrows it to a district and two months, and says why."""
    page.locator("a[href='/reports/missing/']").first.click()
    look(page, language, pictures / f"list-{language}.png")
    page.goto(f"/reports/missing/{region.many()}")
    page.locator("a.btn-primary[href^='/reports/missing/explain/']").click()
    look(page, language, pictures / f"explain-{language}.png")
    page.locator("#main form button.btn-primary").click()
    expect(page.locator("[aria-invalid=true], .error-summary, [role=alert]").first).to_be_visible()
    look(page, language, pictures / f"faults-{language}.png")
    page.locator("[name=reason][value=cut_off]").check()
    page.fill("[name=text]", "الجسر مهدوم")
    page.set_input_files("[name=first]", {"name": "road.png", "mimeType": "image/png", "buffer": png()})
    page.locator("#main form button.btn-primary").click()
    page.wait_for_url("**/reports/missing/?**")
    assert (ExplainedReport.objects.count(), MissingEvidence.objects.count()) == (4, 1)
    look(page, language, pictures / f"explained-{language}.png")


def contradict(page: Page, region: Region, language: str, pictures: Path) -> None:
    """The officer decides otherwise of one report, sees both words, and takes the decision back."""
    page.goto(f"/reports/missing/?facility={region.near.code}&period={months()[0].id}")
    page.locator("td a.btn").first.click()
    page.locator("[name=reason][value=not_excused]").check()
    page.locator("#main form button.btn-primary").click()
    look(page, language, pictures / f"why-{language}.png")
    page.fill("[name=text]", "أرسل الجيران تقاريرهم")
    page.locator("#main form button.btn-primary").click()
    page.wait_for_url("**/reports/missing/")
    page.goto(f"/reports/missing/?facility={region.near.code}&period={months()[0].id}")
    page.locator("tbody th a").first.click()
    look(page, language, pictures / f"both-{language}.png")
    page.locator("a[href^='/reports/missing/take-back/']").click()
    look(page, language, pictures / f"take-back-{language}.png")
    page.locator("#main form button.btn-primary").click()
    assert ExplainedReport.objects.order_by("-pk")[0].reason == ""
