"""A workbook's way in a real browser against the real stack: download, fill, upload, correct, confirm; in both languages."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from coordination.reporting.models import Submission
from directorates.models import User
from tests.conftest import NewPage
from tests.exchange.ward import Filling, Ward
from tests.flows.looking import look, sign_in
from tests.flows.region import said, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def upload(page: Page, content: bytes, language: str) -> None:
    """Choose the file and send it; the preview comes by itself once the worker has read it."""
    page.set_input_files(
        "input[type=file]", {"name": "may.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name=said(language, "Upload and check")).click()
    page.wait_for_selector("#main .figures")


def downloaded(page: Page, name: str) -> bytes:
    """The file behind a button or a link."""
    with page.expect_download() as download:
        page.locator("#main").get_by_text(name, exact=True).first.click()
    return Path(download.value.path()).read_bytes()


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_reports_go_out_and_come_back_in_a_workbook(new_page: NewPage, language: str, width: int) -> None:
    ward = Ward()
    User.objects.update(language=language)
    page = new_page(locale=language, width=width)
    sign_in(page, ward.coordinator, at="/reports/due/")
    page.locator("#main").get_by_role("link", name=said(language, "In a workbook")).click()
    page.wait_for_url("**/exchange/reports/")
    look(page, language)
    page.locator("[name=period][value='201905']").check()
    filling = Filling(downloaded(page, said(language, "Download")))
    number = "٣" if language == "ar" else "3"
    upload(page, filling.put(births=number, visits__u5=4).put("W1", births="many", visits__u5=5).saved(), language)
    look(page, language)
    expect(page.locator("#main")).to_contain_text(filling.cell("births", "W1").coordinate)
    marked = Filling(downloaded(page, said(language, "Download the marked file")))
    assert marked.cell("births", "W1").comment is not None
    page.get_by_role("link", name=said(language, "Upload another file")).first.click()
    upload(page, marked.put("W1", births=2).saved(), language)
    look(page, language)
    page.get_by_role("button", name=said(language, "Take the rows")).click()
    page.wait_for_selector("#main .figures")
    look(page, language)
    until(lambda: Submission.objects.filter(status="submitted").count() == 2)
