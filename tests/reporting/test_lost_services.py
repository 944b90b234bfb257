"""Services lost: a careful estimate with its range, always apart from figures, for whoever reads every report behind it."""

import datetime
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.missing import explain
from coordination.reporting.models import CountedReport, ExpectedReport
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import read_figures, whose
from coordination.reporting.models.lost_services import LostRow, lost_services
from coordination.reporting.models.measures import Measure, measures_of
from coordination.reporting.rules.lost import Lost, earliest, estimate
from coordination.reporting.rules.periods import parse_period
from directorates.models import User
from tests.api.callers import Caller
from tests.factories import DirectorateFactory, FacilityFactory, OrganisationFactory, member, signed_in
from tests.reporting.figures_world import World, count, expected_report, make_world
from tests.reporting.test_figures import approved, expect, report
from tests.reporting.test_figures_page import words as told

pytestmark = pytest.mark.django_db
APRIL = datetime.date(2018, 4, 1)
MONTHS = [datetime.date(2018, month, 1) for month in (1, 2, 3)]
PAGE = "/reports/figures/lost/"


def numbers(*values: int) -> list[Decimal]:
    return [Decimal(value) for value in values]


# --- The rule --------------------------------------------------------------------------------------------------------


def test_the_middle_is_the_median_and_the_range_goes_from_the_10th_to_the_90th_percentile() -> None:
    assert estimate(numbers(30, 10, 20)) == Lost(Decimal(20), Decimal(12), Decimal(28), 1)
    assert estimate(numbers(*range(11))) == Lost(Decimal(5), Decimal(1), Decimal(9), 1)


def test_fewer_than_three_values_give_nothing_and_more_than_twelve_only_the_last() -> None:
    assert estimate(numbers(10, 20)) is None
    assert estimate(numbers(*[5] * 12, 900, 900)) == Lost(Decimal(5), Decimal(5), Decimal(5), 1)


@given(st.lists(st.decimals(0, 1000, places=0), min_size=3, max_size=20))
def test_the_range_holds_the_middle_and_lies_within_the_values(values: list[Decimal]) -> None:
    found = estimate(values)
    assert found is not None
    assert min(values[:12]) <= found.low <= found.middle <= found.high <= max(values[:12])


def test_values_of_more_than_24_months_before_are_too_old() -> None:
    assert earliest(datetime.date(2018, 4, 1)) == datetime.date(2016, 4, 1)
    assert earliest(datetime.date(2018, 1, 29)) == datetime.date(2016, 1, 28)


# --- As it is read ---------------------------------------------------------------------------------------------------


def officer_of(world: World) -> User:
    """Who reviews the reports of the north."""
    directorate = world.directorates[world.facilities[0].place_id]
    assert directorate is not None
    return member("data_officer", directorate)


@pytest.fixture
def world() -> World:
    """The north, cut off."""
    return cut_off_world()


def cut_off_world() -> World:
    """Four facilities of the north reported for three months; in April all of these are cut off."""
    world = make_world()
    world.facilities += [FacilityFactory(place=world.facilities[0].place) for _number in range(2)]
    for number in (0, 1, 5, 6):
        for month in MONTHS:
            report(world, number, month, births=10 * month.month + number, visits_u5=1)
        expect(world, number, APRIL)
    report(world, 0, datetime.date(2015, 4, 1), births=100_000)
    rows = [row for number in (0, 1, 5, 6) if (row := expected_report(world, world.facilities[number], APRIL))]
    officer = officer_of(world)
    explain(by=officer, expected=rows, reason="cut_off", text="", at=timezone.now())
    drain()
    return world


def births(world: World) -> Measure:
    return measures_of(world.template, parse_period("201804"))["births"]


def lost(world: World, user: User, level: FigureLevel = FigureLevel.COUNTRY) -> dict[str | None, LostRow]:
    found = lost_services(user, world.template, APRIL, None, [births(world)])
    return {row.holder.code if row.holder else None: row for row in found.rows(level)}


def cut_off_anew(world: World, officer: User) -> None:
    """April is expected of whom the world names now, and not of whoever it was expected of before; cut off it is again."""
    ExpectedReport.objects.filter(period_start=APRIL).delete()
    rows = [row for number in (0, 1, 5, 6) if (row := expected_report(world, world.facilities[number], APRIL))]
    explain(by=officer, expected=rows, reason="cut_off", text="", at=timezone.now())


def told_of(world: World, user: User) -> tuple[int, bool]:
    """How many facilities a person is told of, and whether with an estimate."""
    row = lost(world, user)["SY"]
    assert births(world).id in row.values
    return row.excused, row.values[births(world).id] is not None


def test_medians_of_excused_facilities_are_added_up_and_no_figure_has_them(world: World) -> None:
    reader = officer_of(world)
    row = lost(world, reader)["SY"]
    found = row.values[births(world).id]
    assert found is not None
    assert (found.middle, found.facilities, row.excused) == (20 + 21 + 25 + 26, 4, 4)
    assert (found.low, found.high) == (4 * 12 + 12, 4 * 28 + 12)
    figures = read_figures(world.template, whose(reader, world.template, FigureLevel.COUNTRY), [APRIL], [births(world)])
    (country,) = figures.whose.holders
    assert figures.value(country, births(world), [APRIL]) is None


def test_a_report_that_counts_ends_the_estimate_and_so_does_a_refusal(world: World) -> None:
    reader = member("facility_reporter", OrganisationFactory())
    report(world, 6, APRIL, births=1)
    row = lost(world, reader)["SY"]
    assert row.excused == 3
    officer = officer_of(world)
    missing = expected_report(world, world.facilities[5], APRIL)
    assert missing is not None
    explain(by=officer, expected=[missing], reason="not_excused", text="", at=timezone.now())
    assert lost(world, reader)["SY"].excused == 2


def test_whoever_reads_not_all_reports_gets_a_count_and_no_estimate_however_many_facilities_there_are(
    world: World,
) -> None:
    reader, item = member("facility_reporter", OrganisationFactory()), births(world)
    officer = officer_of(world)
    # Two months that differ by one facility would tell of it, were the sum of four shown.
    assert told_of(world, reader) == (4, False)
    assert told_of(world, officer) == (4, True)
    for level in FigureLevel:
        assert all(one.values == {item.id: None} for one in lost(world, reader, level).values())
        assert all(one.values[item.id] is not None for one in lost(world, officer, level).values())


def test_no_document_is_read_for_whoever_may_not_read_it(world: World) -> None:
    reader = member("facility_reporter", OrganisationFactory())
    with CaptureQueriesContext(connection) as queries:
        lost(world, reader)
    assert not [one for one in queries.captured_queries if "jsonb_to_record" in one["sql"]]


def test_who_reports_a_facility_now_is_told_nothing_of_what_another_reported_there(world: World) -> None:
    former, officer = world.reporter, officer_of(world)
    assert told_of(world, member("facility_reporter", former)) == (4, True)
    world.reporter = OrganisationFactory()
    cut_off_anew(world, officer)
    assert told_of(world, member("facility_reporter", world.reporter)) == (4, False)
    assert told_of(world, member("facility_reporter", former)) == (4, False)
    assert told_of(world, officer) == (4, True)


def test_a_directorate_is_told_nothing_of_what_the_one_before_it_received(world: World) -> None:
    former, place = officer_of(world), world.facilities[0].place_id
    world.directorates[place] = DirectorateFactory()
    officer = officer_of(world)
    cut_off_anew(world, officer)
    assert told_of(world, officer) == (4, False)
    assert told_of(world, former) == (4, False)


def test_what_was_settled_between_two_is_told_to_whoever_reads_both(world: World) -> None:
    mine, facility = world.reporter, world.facilities[0]
    world.reporter = OrganisationFactory()
    other = count(world, facility, MONTHS[0], {world.slots["births", None]: 99})
    approved(other.submission, other.revision, "other")
    world.reporter = mine
    own = count(world, facility, MONTHS[0], {world.slots["births", None]: 10})
    approved(own.submission, own.revision, f"R{own.pk}")
    reader = member("facility_reporter", mine)
    assert told_of(world, reader) == (4, True)
    CountedReport.objects.filter(pk=own.pk).update(overlay={world.slots["births", None]: 99})
    assert told_of(world, reader) == (4, False)
    found = lost(world, officer_of(world))["SY"].values[births(world).id]
    assert found is not None
    assert found.middle == 30 + 21 + 25 + 26


def test_the_values_are_those_of_the_last_twelve_reports_and_not_of_any_before(world: World) -> None:
    for month in range(1, 13):
        day = datetime.date(2017, month, 1)
        if month < 4:
            report(world, 0, day, births=100_000)
        else:
            report(world, 0, day, visits_u5=1)
    found = lost(world, officer_of(world))["SY"].values[births(world).id]
    assert found is not None
    assert found.middle == 20 + 21 + 25 + 26


def test_the_page_says_that_it_is_an_estimate_in_both_languages(world: World) -> None:
    reader = member("facility_reporter", OrganisationFactory())
    asked = {"template": world.template.code, "period": "201804", "element": "births"}
    for language, words in (("en", ("≈ 92", "in no figure", "Facilities excused")), ("ar", ("≈ 92", "تقدير"))):
        page = told(signed_in(officer_of(world), language).get(PAGE, asked).content.decode())
        assert all(word in page for word in words)
    closed = told(signed_in(reader, "en").get(PAGE, asked).content.decode())
    assert "≈" not in closed
    assert "Not open to this role" in closed
    whole = signed_in(reader, "en").get(PAGE, asked).content.decode()
    assert f"/sharing/data/{world.template.dataset.code}/readers/?what=view_reports" in whole
    several = signed_in(reader, "en").get(PAGE, asked | {"period": "2018Q2"}).content.decode()
    assert "single period" in several
    none = signed_in(reader, "en").get(PAGE, asked | {"period": "201803"}).content.decode()
    assert "No facility is excused" in none
    assert "≈" not in signed_in(reader, "en").get("/reports/figures/", asked).content.decode()


def test_programs_get_it_apart_and_only_where_they_ask(world: World) -> None:
    caller = Caller(officer_of(world))
    asked = {"template": world.template.code, "period": "201804", "element": "births"}
    assert "lost" not in caller.get("consolidations/", asked).json()
    answer = caller.get("consolidations/", asked | {"lost": "yes"}).json()
    assert answer["lost"] == [
        {
            "place": "SY",
            "element": "births",
            "value": "92",
            "low": "60",
            "high": "124",
            "facilities": 4,
            "hidden": False,
        }
    ]
    assert [row["value"] for row in answer["results"]] == [None]
    faults = caller.get("consolidations/", asked | {"lost": "yes", "period": "2018Q2"}).json()["errors"]
    assert [one["field"] for one in faults] == ["lost"]
    every = {name: value for name, value in asked.items() if name != "element"}
    faults = caller.get("consolidations/", every | {"lost": "yes"}).json()["errors"]
    assert [one["field"] for one in faults] == ["element"]
    closed = Caller(member("facility_reporter", OrganisationFactory()))
    (row,) = closed.get("consolidations/", asked | {"lost": "yes"}).json()["lost"]
    assert (row["value"], row["facilities"], row["hidden"]) == (None, None, True)
