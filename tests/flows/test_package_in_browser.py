"""A real package's way in a real browser against the real stack: uploaded, looked at, imported by the worker, named."""

import re
from pathlib import Path

import pytest

from coordination.reporting.models import Element, ReportTemplate, ValidationRule
from tests.conftest import NewPage
from tests.factories import BodyFactory, CountryFactory, DatasetFactory, ProgrammeFactory, member
from tests.flows.looking import look, sign_in
from tests.flows.region import said, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PACKAGES = {"ar": "who_epi_monthly_metadata.json", "en": "who_idsr_weekly_metadata.json"}


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_a_package_is_imported_in_a_browser(
    new_page: NewPage, shared: Path, tmp_path: Path, language: str, width: int
) -> None:
    CountryFactory()
    ProgrammeFactory()
    DatasetFactory()
    admin = member("administrator", BodyFactory(), language=language)
    page = new_page(locale=language, width=width)
    sign_in(page, admin)
    page.goto("/people/")
    page.get_by_role("link", name=said(language, "Packages from other systems")).click()
    look(page, language, tmp_path / "1.png")
    page.set_input_files("[name=file]", shared / "dhis2" / PACKAGES[language])
    page.get_by_role("button", name=said(language, "Upload and look")).click()
    page.wait_for_url(re.compile(r"/packages/\d+/$"))
    look(page, language, tmp_path / "2.png")
    page.select_option("[name=programme]", "services")
    page.select_option("[name=dataset]", "services")
    page.get_by_role("button", name=said(language, "Import as drafts")).click()
    # The worker imports; the page of the job follows by itself.
    page.get_by_role("link", name=said(language, "To the result")).click(timeout=30_000)
    look(page, language, tmp_path / "3.png")
    assert Element.objects.count() > 100
    assert ValidationRule.objects.count() >= 30
    page.get_by_role("link", name=said(language, "Fill in names")).first.click()
    look(page, language, tmp_path / "4.png")
    page.locator("main input[type=text]").first.fill("نموذج من حزمة")
    page.get_by_role("button", name=said(language, "Save names")).click()
    until(lambda: ReportTemplate.objects.filter(name_ar="نموذج من حزمة").count() == 1)
