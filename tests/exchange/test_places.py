"""Places in a workbook: names and new places; further spellings stay, nothing moves, faults are told at their cells."""

import io
from typing import Any
from unittest import mock

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone, translation

from coordination.exchange import files
from coordination.exchange.actions.place_sheets import make_places, mark_places
from coordination.exchange.actions.places import preview_places, take_places
from coordination.exchange.rules.messages import words_of
from directorates.models import AuditEvent, Place, User
from directorates.permissions import Refused
from tests.exchange.ward import last_job, run
from tests.factories import BodyFactory, DirectorateFactory, DistrictFactory, SubdistrictFactory, member, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def administrator() -> User:
    """Who keeps the places: a sub-district with all above it, with another spelling."""
    district = DistrictFactory(name_ar="المعرة", name_en="Al Ma'ra")
    SubdistrictFactory(
        code="SY070300",
        parent=district,
        name_ar="معرة النعمان",
        name_en="Ma'arrat An Nu'man",
        other_names=["Maarat"],
    )
    return member("administrator", BodyFactory())


def sheet_for(by: User) -> Any:
    """The workbook of all places."""
    with translation.override("en"):
        return openpyxl.load_workbook(io.BytesIO(make_places(by=by)))


def saved(book: Any) -> bytes:
    """The file as it is saved."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def row_of(book: Any, code: str) -> int:
    """The number of a place's row."""
    return next(row[2].row for row in book.worksheets[0].iter_rows(min_row=4) if row[2].value == code)


def write(book: Any, row: int, *values: Any) -> None:
    """Type level, code, code above, English and Arabic name."""
    for place, value in enumerate(values, 2):
        book.worksheets[0].cell(row, place).value = value


def taken(by: User, content: bytes) -> dict[str, int]:
    """Take the rows in order."""
    return take_places(by=by, book=files.read(content), at=timezone.now()).shape()


def test_what_comes_back_as_it_was_changes_nothing(administrator: User) -> None:
    content = saved(sheet_for(administrator))
    preview = preview_places(by=administrator, book=files.read(content), at=timezone.now())
    assert (preview.findings, preview.counts) == ([], {"same": 4, "new": 0, "changed": 0})
    before = AuditEvent.objects.count()
    assert taken(administrator, content) == {"new": 0, "changed": 0, "same": 4, "left": 0}
    assert AuditEvent.objects.count() == before
    assert Place.objects.get(code="SY070300").other_names == ["Maarat"]


def test_names_and_new_places_are_taken_and_blank_changes_nothing(administrator: User) -> None:
    book = sheet_for(administrator)
    row = row_of(book, "SY070300")
    parent = book.worksheets[0].cell(row, 4).value
    write(book, row, 3, "SY070300", parent, "Maarrat al-Numan", None)
    write(book, book.worksheets[0].max_row, 3.0, "SY070399", parent, "New Town", "البلدة الجديدة")
    preview = preview_places(by=administrator, book=files.read(saved(book)), at=timezone.now())
    (note,) = preview.findings
    assert (note.code, note.where, note.params) == ("replaces", f"E{row}", {"held": "Ma'arrat An Nu'man"})
    assert (preview.errors, preview.good, preview.counts["new"]) == (0, 2, 1)
    assert not Place.objects.filter(code="SY070399").exists()
    assert taken(administrator, saved(book)) == {"new": 1, "changed": 1, "same": 3, "left": 0}
    held = Place.objects.get(code="SY070300")
    assert (held.name_en, held.name_ar, held.other_names) == ("Maarrat al-Numan", "معرة النعمان", ["Maarat"])
    assert Place.objects.get(code="SY070399").parent == held.parent
    assert taken(administrator, saved(book))["same"] == 5


def test_faults_are_told_at_their_cells_and_their_rows_left(administrator: User) -> None:
    book = sheet_for(administrator)
    sheet, row = book.worksheets[0], row_of(book, "SY070300")
    parent = sheet.cell(row, 4).value
    write(book, row, 3, "SY070300", "SY", "=A1", "اسم")
    last = sheet.max_row
    write(book, last - 3, 2, "bad code", "SY", "Bad", "سيئ")
    write(book, last - 2, 3, "SY070398", "NOWHERE", "12", "Latin")
    write(book, last - 1, 3, "SY070397", parent, "Good", "جيد")
    book_read = files.read(saved(book))
    with translation.override("en"):
        preview = preview_places(by=administrator, book=book_read, at=timezone.now())
    where = {one.where for one in preview.findings}
    at_code = next(one for one in preview.findings if one.where == f"C{last - 3}")
    for language, word in (("ar", "رمز"), ("en", "is not a P-code")):
        with translation.override(language):
            assert word in words_of(at_code)
    assert {f"E{row}", f"D{row}", f"C{last - 3}", f"D{last - 2}", f"E{last - 2}", f"F{last - 2}"} <= where
    assert preview.counts["faulty"] == 3
    with translation.override("en"):
        marked = mark_places(by=administrator, book=book_read, findings=preview.findings, at=timezone.now())
    comments = [
        cell.comment.text
        for line in openpyxl.load_workbook(io.BytesIO(marked)).worksheets[0]
        for cell in line
        if cell.comment
    ]
    assert any("P-code" in text for text in comments)
    assert taken(administrator, saved(book)) == {"new": 1, "changed": 0, "same": 3, "left": 3}
    assert not Place.objects.filter(name_ar="اسم").exists()


def test_places_are_kept_by_administrators_alone(administrator: User) -> None:
    content = saved(sheet_for(administrator))
    officer = member("data_officer", DirectorateFactory())
    with pytest.raises(Refused):
        preview_places(by=officer, book=files.read(content), at=timezone.now())
    for page in ("/exchange/places/", "/exchange/places/country.csv"):
        assert signed_in(officer).get(page).status_code == 403


def test_the_whole_way_through_the_pages(administrator: User) -> None:
    browser = signed_in(administrator, "ar")
    assert "/exchange/places/" in browser.get("/people/").content.decode()
    assert browser.get("/exchange/places/").status_code == 200
    content = browser.get("/exchange/places/country.csv").content.decode("utf-8-sig").replace("معرة النعمان", "المعرّة")
    with mock.patch("directorates.foundation.outbox.hurry"):
        file = SimpleUploadedFile("places.csv", content.encode())
        address = browser.post("/exchange/places/upload/", {"file": file}).headers["Location"]
        run(last_job("read"))
        assert "SY070300" in browser.get(address).content.decode()
        taken_at = browser.post(address, {"rows": "good"}).headers["Location"]
        assert run(last_job("take")).result["taken"]["changed"] == 1
    assert browser.get(taken_at).status_code == 200
    assert Place.objects.get(code="SY070300").name_ar == "المعرّة"
