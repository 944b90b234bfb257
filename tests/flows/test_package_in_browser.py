"""The way of real packages and forms in a real browser against the real stack: uploaded, looked at, imported by the worker, named."""

import re
from pathlib import Path

import pytest

from coordination.reporting.models import Element, ReportTemplate, ValidationRule
from tests.conftest import NewPage
from tests.factories import BodyFactory, CountryFactory, DatasetFactory, ProgrammeFactory, member
from tests.flows.looking import look, sign_in
from tests.flows.region import said, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

# File, how many items and rules it brings at the least.
EPI = ("dhis2/who_epi_monthly_metadata.json", 150, 30)
IDSR = ("dhis2/who_idsr_weekly_metadata.json", 70, 30)
XLSFORM = ("odk/pyxform_widgets.xls", 16, 0)


@pytest.mark.parametrize(
    ("given", "language", "width"),
    [(EPI, "ar", 360), (IDSR, "en", 1280), (XLSFORM, "ar", 1280), (XLSFORM, "en", 360)],
)
def test_a_package_is_imported_in_a_browser(
    new_page: NewPage, shared: Path, tmp_path: Path, given: tuple[str, int, int], language: str, width: int
) -> None:
    file, items, rules = given
    CountryFactory()
    ProgrammeFactory()
    DatasetFactory()
    admin = member("administrator", BodyFactory(), language=language)
    page = new_page(locale=language, width=width)
    sign_in(page, admin)
    page.goto("/people/")
    page.get_by_role("link", name=said(language, "Packages from other systems")).click()
    look(page, language, tmp_path / "1.png")
    page.set_input_files("[name=file]", shared / file)
    page.get_by_role("button", name=said(language, "Upload and look")).click()
    page.wait_for_url(re.compile(r"/packages/\d+/$"))
    look(page, language, tmp_path / "2.png")
    page.select_option("[name=programme]", "services")
    page.select_option("[name=dataset]", "services")
    page.get_by_role("button", name=said(language, "Import as drafts")).click()
    # The worker imports; the page of the job follows by itself.
    page.get_by_role("link", name=said(language, "To the result")).click(timeout=30_000)
    look(page, language, tmp_path / "3.png")
    assert Element.objects.count() >= items
    assert ValidationRule.objects.count() >= rules
    page.get_by_role("link", name=said(language, "Fill in names")).first.click()
    look(page, language, tmp_path / "4.png")
    page.locator("main input[type=text]").first.fill("نموذج من حزمة")
    page.get_by_role("button", name=said(language, "Save names")).click()
    until(lambda: ReportTemplate.objects.filter(name_ar="نموذج من حزمة").count() == 1)
