"""Populations: each number has its source, the latest dated counts, both are shown, and nothing is overwritten."""

import datetime
import io
from typing import Any

import openpyxl
import pytest
from django.db import connection, transaction
from django.utils import timezone, translation

from coordination.exchange import files
from coordination.exchange.actions.population_sheets import make_populations, mark_populations
from coordination.exchange.actions.populations import preview_populations, take_populations
from coordination.exchange.listings import LISTINGS
from coordination.exchange.rules.messages import words_of
from coordination.reporting.actions.populations import enter_populations, entry_of, take_back_population
from coordination.reporting.models import Population
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Place, User
from directorates.permissions import Refused
from tests.factories import BodyFactory, OrganisationFactory, SubdistrictFactory, member, signed_in

pytestmark = pytest.mark.django_db
NOW = timezone.now()
DAY = datetime.date(2018, 6, 1)
PAGE = "/reports/populations/"


@pytest.fixture
def keeper() -> User:
    """The body's data manager."""
    return member("data_manager", BodyFactory())


def entry(place: Place, number: int = 1000, **other: Any) -> Any:
    said: dict[str, Any] = {"year": 2018, "group": "total", "source": "Census", "dated": DAY}
    return entry_of(place=place, number=number, **(said | other))


def test_a_number_is_entered_with_its_source_and_twice_stands_once(keeper: User) -> None:
    place = SubdistrictFactory()
    first = enter_populations(entries=[entry(place), entry(place, group="under_one", number=30)], by=keeper, at=NOW)
    assert (len(first.new), first.same) == (2, 0)
    again = enter_populations(entries=[entry(place)], by=keeper, at=NOW)
    assert (len(again.new), again.same, Population.objects.count()) == (0, 1, 2)
    assert AuditEvent.objects.filter(what="enter_populations").count() == 1


def test_every_fault_is_told_and_nothing_is_kept(keeper: User) -> None:
    place = SubdistrictFactory()
    tomorrow = timezone.localdate() + datetime.timedelta(days=1)
    wrong = entry(place, -1, year=1850, group="cats", source="", dated=tomorrow)
    with pytest.raises(Problem) as caught:
        enter_populations(entries=[entry(place), wrong], by=keeper, at=NOW)
    assert {one.field for one in caught.value.errors} == {"number", "year", "group", "source", "dated"}
    assert not Population.objects.exists()
    with pytest.raises(Problem) as caught:
        enter_populations(entries=[entry(place, source="near 35.9306, 36.6339")], by=keeper, at=NOW)
    assert [one.code for one in caught.value.errors] == ["location"]


def test_one_source_says_one_number_until_it_is_taken_back(keeper: User) -> None:
    place = SubdistrictFactory()
    (kept,) = enter_populations(entries=[entry(place)], by=keeper, at=NOW).new
    with pytest.raises(Problem) as caught:
        enter_populations(entries=[entry(place, 2000)], by=keeper, at=NOW)
    assert [one.code for one in caught.value.errors] == ["contradicted"]
    for _twice in range(2):
        take_back_population(population=kept, by=keeper, at=NOW)
    assert AuditEvent.objects.filter(what="take_back_population").count() == 1
    enter_populations(entries=[entry(place, 2000)], by=keeper, at=NOW)
    assert sorted(Population.objects.values_list("number", "taken_back_at")) == [(1000, NOW), (2000, None)]


def test_only_those_who_keep_them_enter_and_take_back(keeper: User) -> None:
    place = SubdistrictFactory()
    (kept,) = enter_populations(entries=[entry(place)], by=keeper, at=NOW).new
    stranger = member("data_officer", OrganisationFactory(kind="directorate"))
    with pytest.raises(Refused):
        enter_populations(entries=[entry(place, 5)], by=stranger, at=NOW)
    with pytest.raises(Refused):
        take_back_population(population=kept, by=stranger, at=NOW)
    assert signed_in(stranger, "en").get(f"{PAGE}new/").status_code == 403


def test_the_database_rewrites_no_population(keeper: User) -> None:
    enter_populations(entries=[entry(SubdistrictFactory())], by=keeper, at=NOW)
    for statement in ("UPDATE reporting_population SET number = 1", "DELETE FROM reporting_population"):
        with pytest.raises(Exception, match=r"stays|denied"), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_page_shows_every_source_and_which_one_counts(keeper: User) -> None:
    place = SubdistrictFactory(name_en="Harim")
    later = entry(place, 1500, source="Assessment", dated=datetime.date(2019, 1, 1))
    enter_populations(entries=[entry(place), later], by=keeper, at=NOW)
    client = signed_in(keeper, "en")
    page = client.get(PAGE).content.decode()
    assert "Census" in page
    assert "another source is later" in page
    assert client.get(f"{PAGE}?place={place.code}&year=2018&group=total").content.decode().count("Harim</th>") == 0
    assert "No population of this kind" in client.get(f"{PAGE}?year=2001").content.decode()
    other = member("observer", OrganisationFactory())
    assert "عدد السكان" in signed_in(other, "ar").get(PAGE).content.decode()
    form = {
        "place": place.code,
        "year": "2018",
        "group": "under_one",
        "number": "٣٠",
        "source": "Census",
        "dated": "2018-06-01",
    }
    assert client.post(f"{PAGE}new/", form | {"place": "SY9", "number": "-1"}).status_code == 400
    assert client.post(f"{PAGE}new/", form | {"number": "30"}).status_code == 302
    row = Population.objects.get(group="under_one")
    assert client.post(f"{PAGE}{row.pk}/take-back/").status_code == 302
    assert "taken back" in client.get(PAGE).content.decode()
    listed = LISTINGS["populations"].listed(keeper, f"place={place.code}")
    assert listed.count == 3


def sheet(by: User) -> Any:
    with translation.override("en"):
        return openpyxl.load_workbook(io.BytesIO(make_populations(by=by, at=timezone.localtime())))


def saved(book: Any) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def test_a_file_is_read_with_all_its_faults_before_anything_is_written(keeper: User) -> None:
    place = SubdistrictFactory(code="SY070399")
    kept = [entry(place, 7, year=2017), entry(place, 3, year=2017, group="under_one")]
    enter_populations(entries=kept, by=keeper, at=NOW)
    book = sheet(keeper)
    page, first = book.worksheets[0], book.worksheets[0].max_row
    rows = [
        ("SY070399", 2018, "total", 1000, "Census", DAY),
        ("SY070399", 2018, "under_one", "many", "Census", DAY),
        ("SY9", "last year", "cats", 5, "", "yesterday"),
        ("SY070399", 2017, "total", 8, "Census", DAY),
        ("SY070399", 2018, "total", 1000, "Census", DAY),
        ("SY070399", 2017, "under_one", 3, "Census", DAY),
    ]
    for number, row in enumerate(rows):
        for column, value in enumerate(row, 2):
            page.cell(first + number, column).value = value
        page.cell(first + number, 1).value = "fill"
    content = files.read(saved(book))
    preview = preview_populations(by=keeper, book=content, at=NOW)
    told = {(one.code, one.where) for one in preview.findings}
    assert {code for code, _where in told} >= {
        "not_a_count",
        "unknown_place",
        "not_a_year",
        "unknown_group",
        "not_a_day",
    }
    assert {"said", "stated_twice"} <= {code for code, _where in told}
    assert all(words_of(one) for one in preview.findings)
    assert (preview.good, preview.counts["same"], preview.counts["faulty"]) == (1, 1, 4)
    assert Population.objects.count() == 2
    with translation.override("ar"):
        marked = openpyxl.load_workbook(
            io.BytesIO(mark_populations(by=keeper, book=content, findings=preview.findings, at=NOW))
        )
    assert any(cell.comment for row in marked.worksheets[0].iter_rows() for cell in row)
    taken = take_populations(by=keeper, book=content, at=NOW)
    assert taken.shape() == {"new": 1, "changed": 0, "same": 1, "left": 4}
    assert Population.objects.count() == 3


def test_a_sheet_that_was_only_handed_out_has_nothing_to_take(keeper: User) -> None:
    SubdistrictFactory()
    content = files.read(saved(sheet(keeper)))
    with pytest.raises(Problem) as caught:
        take_populations(by=keeper, book=content, at=NOW)
    assert caught.value.code == "no_rows"
    assert make_populations(by=keeper, at=timezone.localtime(), as_csv=True)
    client = signed_in(keeper, "en")
    assert client.get("/exchange/populations/").status_code == 200
    assert client.get("/exchange/populations/empty.xlsx").status_code == 200
