"""The register in a workbook: new facilities, changed names, types and services; nothing is moved, no position told."""

import csv
import datetime
import io
import zipfile
from typing import Any
from unittest import mock

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone, translation

from coordination.exchange import files
from coordination.exchange.actions.facilities import preview_facilities, take_facilities
from coordination.exchange.actions.facility_sheets import make_register, mark_facilities
from coordination.exchange.rules.messages import words_of
from directorates.models import AuditEvent, Organisation, User
from directorates.permissions import Refused
from facilities.actions.duplicates import merge
from facilities.models import Facility
from tests.exchange.ward import last_job, run
from tests.factories import (
    DirectorateFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    member,
    signed_in,
)

pytestmark = pytest.mark.django_db


class Office:
    """A directorate with an officer and two facilities; another one with a facility of its own."""

    def __init__(self) -> None:
        self.place = SubdistrictFactory()
        self.officer: User = member("data_officer", DirectorateFactory(for_place=self.place))
        self.first: Facility = FacilityFactory(code="F-1", place=self.place, other_names=["Old", "قديم"])
        self.first.services.create(service="outpatient")
        self.away: Facility = FacilityFactory(code="AWAY-1")
        DirectorateFactory(for_place=self.away.place)

    def sheet(self, language: str = "en") -> Any:
        """The workbook of the register as the officer gets it."""
        with translation.override(language):
            rows = Facility.objects.placed_for(self.officer).order_by("-code")
            content = make_register(by=self.officer, facilities=rows)
        return openpyxl.load_workbook(io.BytesIO(content))

    def preview(self, book: Any) -> Any:
        """What the file would do."""
        return preview_facilities(by=self.officer, book=files.read(saved(book)), at=timezone.now())

    def take(self, book: Any) -> dict[str, int]:
        """Take the rows in order."""
        return take_facilities(by=self.officer, book=files.read(saved(book)), at=timezone.now()).shape()


def saved(book: Any) -> bytes:
    """The file as it is saved."""
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def put(book: Any, row: int, **values: Any) -> None:
    """Type into a row; two underscores stand for a colon."""
    codes = [cell.value for cell in book.worksheets[0][1]]
    for code, value in values.items():
        book.worksheets[0].cell(row, codes.index(code.replace("__", ":")) + 1).value = value


NEW = {"code": "N-1", "name_ar": "مركز النور", "name_en": "Al-Nour", "type": "Hospital"}


@pytest.fixture
def office() -> Office:
    """The directorate's office."""
    return Office()


def told(preview: Any) -> list[tuple[str, str]]:
    """Where and what each finding is."""
    return [(one.where, one.code) for one in preview.findings]


def test_the_workbook_offers_the_places_where_its_reader_enters_facilities(office: Office) -> None:
    content = zipfile.ZipFile(io.BytesIO(make_register(by=office.officer, facilities=[])))
    said = "".join(content.read(name).decode() for name in content.namelist())
    assert office.place.code in said
    assert office.away.place.code not in said


def test_whoever_sees_some_places_only_downloads_what_lies_in_them(office: Office) -> None:
    limited = member("data_officer", office.officer.memberships.get().organisation, places=[office.place])
    for person, away in ((office.officer, True), (limited, False)):
        said = signed_in(person).get(reverse("exchange:register", args=["csv"])).content.decode()
        assert "F-1" in said
        assert ("AWAY-1" in said) is away


@pytest.mark.parametrize("language", ["ar", "en"])
def test_what_comes_back_as_it_was_changes_nothing(office: Office, language: str) -> None:
    book = office.sheet(language)
    preview = office.preview(book)
    assert told(preview) == []
    assert preview.counts == {"same": 2, "new": 0, "changed": 0}
    before = AuditEvent.objects.count()
    assert office.take(book) == {"new": 0, "changed": 0, "same": 2, "left": 0}
    assert AuditEvent.objects.count() == before


def test_new_facilities_and_changed_ones(office: Office) -> None:
    book = office.sheet()
    put(
        book,
        4,
        other_names="Old; First",
        name_en="First Centre",
        type="مشفى",
        service__outpatient="No",
        service__surgery="نعم",
        name_ar=None,
    )
    place = f"{office.place.code} {office.place.name}"
    put(
        book,
        6,
        **NEW,
        place=place,
        opened=datetime.date(2018, 3, 1),
        service__delivery="yes",
        other_names="Nour؛ النور",
    )
    preview = office.preview(book)
    assert told(preview) == [("D4", "replaces"), ("F4", "replaces")]
    with translation.override("en"):
        assert [words_of(one) for one in preview.findings] == [
            "What stands now: Centre F-1. The file would replace it.",
            f"What stands now: {office.first.get_type_display()}. The file would replace it.",
        ]
    assert preview.counts == {"ready": 2, "same": 1, "new": 1, "changed": 1}
    assert office.take(book) == {"new": 1, "changed": 1, "same": 1, "left": 0}
    office.first.refresh_from_db()
    assert (office.first.name_en, office.first.type, office.first.name_ar) == ("First Centre", "hospital", "مركز F-1")
    assert {one.service for one in office.first.services.all()} == {"surgery"}
    assert office.first.other_names == ["Old", "قديم", "First", "Centre F-1"]
    new = Facility.objects.get(code="N-1")
    assert (new.place, new.opened, new.type) == (office.place, datetime.date(2018, 3, 1), "hospital")
    assert {one.service for one in new.services.all()} == {"delivery"}
    assert new.other_names == ["Nour", "النور"]
    assert AuditEvent.objects.filter(by=office.officer).exclude(what="export").count() == 2
    # The same file again: everything in it stands already.
    assert office.take(book) == {"new": 0, "changed": 0, "same": 3, "left": 0}


def test_every_fault_is_told_and_faulty_rows_are_left(office: Office) -> None:
    book = office.sheet()
    other = SubdistrictFactory()
    put(book, 4, place=other.code, type="Palace", service__surgery="perhaps", name_en="x" * 201)
    put(book, 5, name_en="Not mine")
    put(book, 6, **NEW | {"code": "bad code!"}, place=office.place.code, opened="yesterday")
    put(book, 7, **NEW, place=office.away.place.code, opened=datetime.date(2090, 1, 1))
    put(book, 8, code="n-1")
    put(book, 9, name_en="No code", place="NOWHERE")
    preview = office.preview(book)
    assert [code for _where, code in told(preview)] == [
        *("name_too_long", "unknown_option", "not_a_boolean", "place_stays", "forbidden_register"),
        *("not_a_facility_code", "not_a_date", "forbidden_register", "future_date"),
        *("code_twice", "required", "required", "required", "required"),
        *("no_code", "required", "required", "unknown_subdistrict"),
    ]
    assert preview.counts["faulty"] == 6
    assert office.take(book) == {"new": 0, "changed": 0, "same": 0, "left": 6}
    with translation.override("en"):
        read = files.read(saved(book))
        marked = mark_facilities(by=office.officer, book=read, findings=preview.findings, at=timezone.now())
    again = openpyxl.load_workbook(io.BytesIO(marked)).worksheets[0]
    assert [again.cell(row, 2).comment is not None for row in (4, 5, 6)] == [False, True, True]
    comment = again["D4"].comment
    assert comment is not None
    assert comment.text == "A name has at most 200 letters."


def test_a_code_out_of_sight_is_told_at_its_row(office: Office) -> None:
    FacilityFactory(code="HIDDEN-1", place=SubdistrictFactory())
    near = member("data_officer", Organisation.objects.get(jurisdictions__place=office.place), places=[office.place])
    office.officer = near
    book = office.sheet()
    hidden = next(cell.row for cell in book.worksheets[0]["B"] if cell.value == "HIDDEN-1")
    put(book, hidden, code="hidden-1")
    put(book, book.worksheets[0].max_row, **NEW, place=office.place.code)
    preview = office.preview(book)
    codes = {one.row + 1: one for one in preview.findings if one.row is not None}
    assert codes[hidden].code == "code_taken"
    assert words_of(codes[hidden])
    # The others of the file are taken all the same.
    assert office.take(book)["new"] == 1


def test_merged_cells_and_cells_in_no_column_make_their_rows_wait(office: Office) -> None:
    book = office.sheet()
    put(book, 4, name_en="First Centre")
    put(book, 6, **NEW, place=office.place.code)
    book.worksheets[0].merge_cells("C4:D4")
    book.worksheets[0].cell(6, 40).value = "aside"
    assert told(office.preview(book)) == [("C4", "merged"), ("AN6", "outside")]
    assert office.take(book)["left"] == 2


def test_a_merged_entry_is_not_in_the_file_and_a_row_of_it_is_told_and_left(office: Office) -> None:
    merged: Facility = FacilityFactory(code="F-2", place=office.place)
    book = office.sheet()
    merge(survivor=office.first, merged=merged, reason="One building", by=office.officer, at=timezone.now())
    with mock.patch("directorates.foundation.outbox.hurry"):
        page = signed_in(office.officer).get("/exchange/facilities/register.csv").content.decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(page)))
    codes = [row[read[0].index("code")] for row in read[1:]]
    assert ("F-1" in codes, "F-2" in codes) == (True, False)
    changed = next(row[0].row for row in book.worksheets[0] if "F-2" in [cell.value for cell in row])
    assert told(office.preview(book)) == []
    put(book, changed, name_en="Another name")
    put(book, 8, **NEW, place=office.place.code)
    assert [code for _where, code in told(office.preview(book))] == ["merged_entry"]
    assert office.take(book) == {"new": 1, "changed": 0, "same": 2, "left": 1}


def test_a_sheet_of_something_else_and_formulas_are_told(office: Office) -> None:
    book = office.sheet()
    put(book, 4, name_en="=A1")
    assert [code for _where, code in told(office.preview(book))] == ["formula"]
    put(book, 1, code="birthz")
    assert {code for _where, code in told(office.preview(book))} == {"missing_key", "unknown_column"}
    book.worksheets[0]["A1"].value = "tansiq:1:reports:x:1"
    assert [one.code for one in office.preview(book).findings] == ["other_noun"]


def test_the_register_is_kept_by_those_who_may_alone(office: Office) -> None:
    content = saved(office.sheet())
    coordinator = member("ngo_coordinator", OrganisationFactory())
    with pytest.raises(Refused):
        preview_facilities(by=coordinator, book=files.read(content), at=timezone.now())
    assert signed_in(coordinator).get("/exchange/facilities/").status_code == 403
    # Reading the register is open to more people; the donor sees none of it.
    assert signed_in(coordinator).get("/exchange/facilities/register.xlsx").status_code == 200
    donor = signed_in(member("donor", OrganisationFactory(kind="donor")))
    assert donor.get("/exchange/facilities/register.csv").status_code == 403


def test_the_whole_way_through_the_pages(office: Office) -> None:
    browser = signed_in(office.officer)
    assert "/exchange/facilities/" in browser.get("/facilities/").content.decode()
    page = browser.get("/exchange/facilities/", {"q": "F-1"}).content.decode()
    assert "register.csv?q=F-1" in page
    content = browser.get("/exchange/facilities/register.csv", {"q": "F-1"}).content.decode("utf-8-sig")
    assert "AWAY-1" not in content
    lines = content.splitlines()
    lines[-1] = lines[-1].replace("Centre F-1", "=Renamed")
    with mock.patch("directorates.foundation.outbox.hurry"):
        file = SimpleUploadedFile("register.csv", "\n".join(lines).encode())
        address = browser.post("/exchange/facilities/upload/", {"file": file}).headers["Location"]
        run(last_job("read"))
        page = browser.get(address).content.decode()
        assert "F-1" in page
        # The register is written as it is: there are no drafts of it to choose.
        assert "drafts" not in page
        taken = browser.post(address, {"rows": "good"}).headers["Location"]
        run(last_job("take"))
    assert browser.get(taken).status_code == 200
    office.first.refresh_from_db()
    assert office.first.name_en == "=Renamed"
