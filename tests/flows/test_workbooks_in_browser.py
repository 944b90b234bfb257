"""A workbook's way in a real browser against the real stack: download, fill, upload, correct, confirm; in both languages."""

import io
from typing import Any

import openpyxl
import pytest
from playwright.sync_api import Page, expect

from coordination.reporting.models import Revision, Submission
from directorates.models import Place, User
from facilities.models import Facility
from tests.conftest import NewPage
from tests.exchange.test_facilities import Office, put, saved
from tests.exchange.ward import Filling, Ward
from tests.factories import BodyFactory, member
from tests.flows.looking import downloaded, look, sign_in
from tests.flows.region import said, until

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def upload(page: Page, content: bytes, language: str) -> None:
    """Choose the file and send it; the preview comes by itself once the worker has read it."""
    page.set_input_files(
        "input[type=file]", {"name": "may.xlsx", "mimeType": "application/octet-stream", "buffer": content}
    )
    page.get_by_role("button", name=said(language, "Upload and check")).click()
    page.wait_for_selector("#main .figures")


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


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_reports_go_out_and_come_back_as_csv(new_page: NewPage, language: str, width: int) -> None:
    ward = Ward()
    User.objects.update(language=language)
    page = new_page(locale=language, width=width)
    sign_in(page, ward.coordinator, at="/exchange/reports/")
    page.locator("[name=period][value='201905']").check()
    page.locator("[name=format]").select_option("csv")
    lines = downloaded(page, said(language, "Download")).decode("utf-8-sig").splitlines()
    codes, values = lines[0].split(","), lines[3].split(",")
    for code, value in {"births": "٤", "visits:u5": "5", "balance": "-2.5", "remark": "'=x"}.items():
        values[codes.index(code)] = value
    upload(page, "\r\n".join([*lines[:3], ",".join(values)]).encode("utf-8-sig"), language)
    look(page, language)
    page.get_by_role("button", name=said(language, "Take the rows")).click()
    page.wait_for_selector("#main .figures")
    assert until(lambda: Submission.objects.filter(status="submitted").exists())
    sent, slots = Revision.objects.get(), ward.slots
    assert sent.doc[slots["births", None]] == 4
    assert sent.notes[slots["remark", None]]["text"] == "=x"


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_the_register_goes_out_and_comes_back_in_a_workbook(new_page: NewPage, language: str, width: int) -> None:
    office = Office()
    User.objects.update(language=language)
    page = new_page(locale=language, width=width)
    sign_in(page, office.officer)
    page.goto("/facilities/")
    page.locator("#main").get_by_role("link", name=said(language, "In a workbook")).click()
    page.wait_for_url("**/exchange/facilities/**")
    look(page, language)
    book = openpyxl.load_workbook(io.BytesIO(downloaded(page, said(language, "Workbook (.xlsx)"))))
    first: Any = next(
        row[0].row for row in book.worksheets[0].iter_rows(min_row=4) if "F-1" in [cell.value for cell in row]
    )
    put(book, first, name_en="Changed Centre")
    upload(page, saved(book), language)
    look(page, language)
    page.get_by_role("button", name=said(language, "Take the rows")).click()
    until(lambda: Facility.objects.filter(code="F-1", name_en="Changed Centre").exists())


@pytest.mark.parametrize(("language", "width"), [("ar", 360), ("en", 1280)])
def test_places_go_out_and_come_back_in_a_workbook(new_page: NewPage, language: str, width: int) -> None:
    office = Office()
    administrator = member("administrator", BodyFactory())
    User.objects.update(language=language)
    page = new_page(locale=language, width=width)
    sign_in(page, administrator)
    page.goto("/people/")
    page.locator("#main").get_by_role("link", name=said(language, "Places in a workbook")).click()
    page.wait_for_url("**/exchange/places/")
    look(page, language)
    book = openpyxl.load_workbook(io.BytesIO(downloaded(page, said(language, "Workbook (.xlsx)"))))
    row = next(cells[2].row for cells in book.worksheets[0].iter_rows(min_row=4) if cells[2].value == office.place.code)
    book.worksheets[0].cell(row, 5).value = "New Name"
    upload(page, saved(book), language)
    look(page, language)
    page.get_by_role("button", name=said(language, "Take the rows")).click()
    until(lambda: Place.objects.filter(code=office.place.code, name_en="New Name").exists())
