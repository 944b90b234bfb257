"""`consolidations/` and `consolidations/sources/`: shapes, faults all at once, and who may read them."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from coordination.reporting.actions.consolidation import drain
from directorates.models import AuditEvent, User
from tests.factories import BodyFactory, OrganisationFactory, UserFactory, competent, member
from tests.reporting.figures_world import World, make_world
from tests.reporting.test_figures import expect, governorate, report

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY = datetime.date(2018, 1, 1), datetime.date(2018, 2, 1)
FIGURES, SOURCES = "/api/v1/consolidations/", "/api/v1/consolidations/sources/"


@pytest.fixture
def world() -> World:
    """Two directorates, a facility outside every jurisdiction, and figures of January."""
    world = make_world()
    for place in {facility.place for facility in world.facilities}:
        if (organisation := world.directorates[place.pk]) is not None:
            competent(organisation, place)
    for number in range(5):
        expect(world, number, JANUARY)
        report(world, number, JANUARY, births=number + 1, visits_u5=10)
    drain()
    return world


def ask(user: User, address: str, **given: str) -> Any:
    client = APIClient()
    client.force_authenticate(user)
    return client.get(address, given)


def asked(world: World, **given: str) -> dict[str, str]:
    return {"template": world.template.code, "period": "201801"} | given


def reader() -> User:
    return member("facility_reporter", OrganisationFactory())


def test_every_row_has_the_shape_that_was_promised(world: World) -> None:
    answer = ask(reader(), FIGURES, **asked(world, level="country", element="births")).json()
    assert set(answer) == {
        "computed_at",
        "up_to_date",
        "results",
        "disputes",
        "border_changes",
        "place_changes",
    }
    assert (answer["up_to_date"], answer["disputes"], answer["border_changes"]) == (True, [], [])
    assert answer["results"] == [
        {
            "place": "SY",
            "element": "births",
            "category": None,
            "value": "15",
            "hidden": False,
            "expected": 4,
            "received": 5,
            "on_time": 5,
            "excused": 0,
        }
    ]


def test_figures_are_not_up_to_date_while_a_mark_waits(world: World) -> None:
    report(world, 0, FEBRUARY, births=1)
    assert ask(reader(), FIGURES, **asked(world)).json()["up_to_date"] is False


def test_rows_of_directorates_and_the_one_outside_add_up_to_the_country(world: World) -> None:
    user = reader()
    for borders in ("then", "now"):
        given = asked(world, level="directorate", element="births") | {"as": borders}
        rows = ask(user, FIGURES, **given).json()["results"]
        (outside,) = (row for row in rows if row["place"] is None)
        assert (outside["value"], outside["expected"], outside["received"]) == ("5", 0, 1)
        assert sum(Decimal(row["value"]) for row in rows) == 15
        assert sum(row["expected"] for row in rows) == 4


def test_categories_stand_beside_their_whole(world: World) -> None:
    rows = ask(reader(), FIGURES, **asked(world, element="visits")).json()["results"]
    assert [(row["category"], row["value"]) for row in rows] == [(None, "50"), ("u5", "50"), ("o5", None)]
    (one,) = ask(reader(), FIGURES, **asked(world, element="visits", category="u5")).json()["results"]
    assert (one["category"], one["value"]) == ("u5", "50")


def test_a_quarter_and_a_year_of_a_monthly_template_are_answered(world: World) -> None:
    report(world, 0, FEBRUARY, births=100)
    drain()
    for period in ("2018Q1", "2018"):
        (row,) = ask(reader(), FIGURES, **asked(world, period=period, element="births")).json()["results"]
        assert (row["value"], row["expected"], row["received"]) == ("115", 4, 6)


def test_under_names_the_place_whose_parts_are_listed(world: World) -> None:
    north = governorate(world, 0).code
    rows = ask(reader(), FIGURES, **asked(world, level="district", under=north, element="births")).json()["results"]
    assert sum(Decimal(row["value"]) for row in rows) == 6


def test_all_faults_are_told_at_once(world: World) -> None:
    given = {"template": "nothing", "period": "soon", "level": "street", "under": "XX", "as": "ever"}
    answer = ask(reader(), FIGURES, **given)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    found = {(fault["field"], fault["code"]) for fault in answer.json()["errors"]}
    assert found == {
        ("template", "unknown"),
        ("period", "not_a_period"),
        ("level", "unknown"),
        ("under", "unknown"),
        ("as", "unknown"),
    }


def test_what_is_missing_is_named(world: World) -> None:
    answer = ask(reader(), SOURCES)
    found = {(fault["field"], fault["code"]) for fault in answer.json()["errors"]}
    assert (answer.status_code, found) == (
        400,
        {(name, "required") for name in ("template", "period", "place", "element")},
    )


@pytest.mark.parametrize("period", ["2018W5", "2018SunW5"])
def test_a_period_that_is_not_made_of_the_templates_periods_is_refused(world: World, period: str) -> None:
    answer = ask(reader(), FIGURES, **asked(world, period=period))
    assert [fault["code"] for fault in answer.json()["errors"]] == ["wrong_period_type"]


def test_elements_and_categories_that_nobody_asks_are_unknown(world: World) -> None:
    for given in ({"element": "note"}, {"element": "births", "category": "u5"}, {"element": "x" * 1000}):
        answer = ask(reader(), FIGURES, **asked(world, **given))
        assert (answer.status_code, answer.json()["errors"][0]["code"]) == (400, "unknown")


def test_a_stranger_gets_no_figures_and_an_anonymous_caller_must_sign_in(world: World) -> None:
    for address in (FIGURES, SOURCES):
        assert ask(UserFactory(), address, **asked(world)).status_code == 403
        assert APIClient().get(address, asked(world)).status_code == 401


def test_a_reader_of_one_governorate_meets_the_others_as_if_they_did_not_exist(world: World) -> None:
    north, south = (governorate(world, number) for number in (0, 3))
    local = member("facility_reporter", OrganisationFactory(), places=[north])
    rows = ask(local, FIGURES, **asked(world, level="governorate", element="births")).json()["results"]
    assert [row["place"] for row in rows] == [north.code]
    for address, name in ((FIGURES, "under"), (SOURCES, "place")):
        answer = ask(local, address, **asked(world, element="births", **{name: south.code}))
        assert [(fault["field"], fault["code"]) for fault in answer.json()["errors"]] == [(name, "unknown")]


def test_sources_list_the_reports_that_are_open_and_count_the_others(world: World) -> None:
    place = governorate(world, 0).code
    given = asked(world, place=place, element="births")
    manager = member("data_manager", BodyFactory())
    answer = ask(manager, SOURCES, **given).json()
    assert answer["not_open"] == {"count": 0, "value": None}
    # Whoever reads what single reports give stands in the record, and in the custodian's.
    entry = AuditEvent.objects.get(what="read_sources")
    assert (entry.by, entry.thing) == (manager, str(world.template.pk))
    assert entry.details == {"period": "201801", "place": place}
    assert sum(Decimal(row["value"]) for row in answer["results"]) == 6
    first = answer["results"][0]
    assert set(first) == {"submission", "reporter", "facility", "value", "role", "reason"}
    assert (first["reporter"], first["facility"], first["role"]) == (
        world.reporter.code,
        world.facilities[0].code,
        "counted",
    )
    answer = ask(member("ngo_coordinator", OrganisationFactory()), SOURCES, **given).json()
    assert answer == {"results": [], "not_open": {"count": 3, "value": "6"}}
    for page in (SOURCES, FIGURES):
        assert ask(member("donor", OrganisationFactory(kind="donor")), page, **given).status_code == 403


def test_an_ngo_finds_its_own_reports_among_the_sources(world: World) -> None:
    coordinator = member("ngo_coordinator", world.reporter)
    answer = ask(coordinator, SOURCES, **asked(world, place="SY", element="births")).json()
    assert (len(answer["results"]), answer["not_open"]["count"]) == (5, 0)


def test_sources_of_a_directorate_and_of_what_lies_outside_are_found_by_code(world: World) -> None:
    manager, directorate = member("data_manager", BodyFactory()), world.directorates[world.facilities[0].place_id]
    assert directorate is not None
    for code, values in ((directorate.code, ["1", "2", "3"]), ("outside", ["5"])):
        rows = ask(manager, SOURCES, **asked(world, place=code, element="births")).json()["results"]
        assert [row["value"] for row in rows] == values


def test_the_number_of_queries_does_not_grow_with_places_or_reports(world: World) -> None:
    manager, calls = (
        member("data_manager", BodyFactory()),
        [{"level": "subdistrict"}, {"place": "SY", "element": "births"}],
    )

    def queries() -> list[int]:
        counts = []
        for address, given in zip((FIGURES, SOURCES), calls, strict=True):
            with CaptureQueriesContext(connection) as seen:
                assert ask(manager, address, **asked(world, period="2018", **given)).status_code == 200
            counts.append(len(seen))
        return counts

    queries()
    few = queries()
    for month in (2, 3, 4):
        for number in range(5):
            report(world, number, datetime.date(2018, month, 1), births=1)
    drain()
    assert queries() == few
