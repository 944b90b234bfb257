"""Figures side by side: places or periods, with honest differences; unknown is not nought, and borders are told."""

import datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.models import CountedReport, Revision
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.figures_compared import Asking, Compared, compare, same_period_before
from coordination.reporting.rules.differences import Difference, difference
from coordination.reporting.rules.periods import Period, parse_period
from directorates.models import Dataset, Place
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, member, signed_in
from tests.reporting.figures_world import World
from tests.reporting.test_figures import governorate, report
from tests.reporting.test_figures_page import MONTHS, asked, reader, row_of, see, words
from tests.reporting.test_figures_page import world as world  # noqa: PLC0414 - the fixture

pytestmark = pytest.mark.django_db
PAGE = "/reports/figures/compare/"


def made(world: World, places: list[Place], periods: list[str], borders: Borders = Borders.THEN) -> Compared:
    """A comparison of births, as whoever reads all figures gets it."""
    asking = Asking(reader(), world.template, "births", borders, timezone.localdate())
    found = compare(asking, places, [parse_period(one) for one in periods])
    assert found is not None
    return found


def test_a_difference_to_what_is_not_known_is_none() -> None:
    assert difference(None, Decimal(3)) is None
    assert difference(Decimal(3), None) is None
    assert difference(Decimal(0), Decimal(3)) == Difference(Decimal(3), None)
    assert difference(Decimal(4), Decimal(3)) == Difference(Decimal(-1), Decimal("-0.25"))
    assert difference(Decimal(-4), Decimal(-2)) == Difference(Decimal(2), Decimal("0.5"))


def test_the_same_period_of_earlier_years() -> None:
    assert same_period_before(parse_period("202402"), 2) == parse_period("202202")
    assert same_period_before(parse_period("2024Q3"), 1) == parse_period("2023Q3")
    assert same_period_before(parse_period("2024W10"), 1).start == parse_period("2024W10").start - datetime.timedelta(
        364
    )


def test_places_stand_beside_the_first_with_their_differences(world: World) -> None:
    north, south = governorate(world, 0), governorate(world, 3)
    found = made(world, [north, south], ["201803"])
    values = [side.value.number for side in found.sides]
    assert values == [Decimal(62), Decimal(33)]
    assert found.sides[0].difference is None
    between = found.sides[1].difference
    assert between is not None
    assert between.absolute == -29
    assert found.sides[0].percent == 100
    assert not found.over_time


def test_periods_of_one_place_tell_how_complete_each_is(world: World) -> None:
    south = governorate(world, 3)
    found = made(world, [south], ["201803", "201805"])
    assert [side.covered and side.covered.received for side in found.sides] == [1, 0]
    assert found.sides[1].value.number is None
    assert found.sides[1].difference is None
    html = see(reader(), PAGE, **asked(world, by="periods", period="201803", against="201805", place_1=south.code))
    row = row_of(html, "May 2018")
    assert "no data" in row
    assert "not known" in row


def test_a_month_is_compared_with_a_month_and_no_quarter_is_offered_beside_it(world: World) -> None:
    html = see(reader(), PAGE, **asked(world, by="periods", period="201803", against="2018Q1", place_1="SY"))
    assert row_of(html, "February 2018")
    offered = html[html.index('name="against"') :]
    offered = offered[: offered.index("</select>")]
    assert 'value="201802"' in offered
    assert "2018Q1" not in offered


def test_that_borders_changed_in_between_is_told_with_what_is_compared(world: World) -> None:
    country = Place.objects.get(level=0)
    found = made(world, [country], ["201803", "201805"])
    assert [change.places for change in found.border_changes] == [1]
    same = made(world, [country], ["201802", "201803"])
    assert same.border_changes == []
    given = asked(world, by="periods", period="201803", against="201805", place_1="SY")
    assert "Each period counts by the borders of its last day" in words(see(reader(), PAGE, **given))
    given["as"] = "now"
    assert "Every period counts by today's borders" in words(see(reader(), PAGE, **given))


def test_a_number_that_some_do_not_know_makes_differences_inexact(world: World) -> None:
    row = CountedReport.objects.get(period_start=MONTHS[2], facility=world.facilities[0])
    notes = {world.slots["births", None]: {"state": "not_known"}}
    said: dict[str, Any] = {"submission": row.submission, "at": row.submission.created, "by": world.person}
    revision = Revision.objects.create(number=5, doc={}, notes=notes, **said)
    CountedReport.objects.filter(pk=row.pk).update(revision=revision)
    drain()
    found = made(world, [governorate(world, 0), governorate(world, 3)], ["201803"])
    assert [side.value.least for side in found.sides] == [True, False]
    assert found.doubted


def test_earlier_years_are_compared_by_the_page(world: World) -> None:
    report(world, 0, datetime.date(2017, 3, 1), births=31)
    drain()
    html = see(reader(), PAGE, **asked(world, by="years", years="2", place_1="SY"))
    assert row_of(html, "March 2017").startswith("March 2017 31 −64 −67.4%")
    assert "no data" in row_of(html, "March 2016")


def test_shares_differ_in_percentage_points_or_plain_ratios_never_in_per_cent_of_per_cent(world: World) -> None:
    html = see(reader(), PAGE, **asked(world, element="rate", place_1=governorate(world, 0).code, place_2="SY"))
    assert row_of(html, Place.objects.get(level=0).name_en)


def test_the_page_says_what_to_choose_until_there_are_two(world: World) -> None:
    text = words(see(reader(), PAGE, **asked(world)))
    assert "Choose an item, and at least two places or periods." in text
    again = words(see(reader(), PAGE, **asked(world, place_1="SY", place_2="SY")))
    assert "Choose an item, and at least two places or periods." in again


@pytest.mark.parametrize(
    "given",
    [
        {"by": "periods", "against": "20", "place_1": "nothing"},
        {"by": "periods", "against": "9999W99", "place_1": "SY"},
        {"by": "years", "years": "٣", "place_1": "SY"},
        {"by": "years", "years": "-1", "place_1": "SY"},
        {"by": "x", "place_1": "' OR 1=1", "place_2": "\x00"},
        {"period": "0001W1"},
    ],
)
def test_what_cannot_be_read_gives_way_to_what_can(world: World, given: dict[str, str]) -> None:
    assert see(reader(), PAGE, **asked(world) | given)


def test_places_that_are_not_open_are_not_compared(world: World) -> None:
    north, south = governorate(world, 0), governorate(world, 3)
    limited = member("facility_reporter", OrganisationFactory(), places=[south], language="en")
    html = see(limited, PAGE, **asked(world, place_1=north.code, place_2=south.code))
    assert north.name_en not in html
    answer = Caller(limited).get(
        "consolidations/compare/",
        {
            "template": world.template.code,
            "element": "births",
            "periods": "201803",
            "places": f"{north.code},{south.code}",
        },
    )
    assert [(error["field"], error["code"]) for error in answer.json()["errors"]] == [("places", "unknown")]
    Dataset.objects.update(by_agreement=True)
    assert signed_in(limited, "en").get(PAGE, asked(world)).status_code == 404


def test_programs_get_the_same_and_every_fault_at_once(world: World) -> None:
    caller = Caller(reader())
    north, south = governorate(world, 0), governorate(world, 3)
    given = {
        "template": world.template.code,
        "element": "births",
        "periods": "201803",
        "places": f"{north.code},{south.code}",
    }
    sides = caller.get("consolidations/compare/", given).json()["results"]
    assert [(side["place"], side["value"], side["difference"]) for side in sides] == [
        (north.code, "62", None),
        (south.code, "33", "-29"),
    ]
    wrong = caller.get("consolidations/compare/", {"periods": "2018W1,x", "as": "ever"}).json()["errors"]
    assert {error["field"] for error in wrong} == {"template", "element", "places", "periods", "as"}
    many = caller.get("consolidations/compare/", given | {"periods": "201802,201803"}).json()["errors"]
    assert [error["code"] for error in many] == ["how_many"]
    unlike = given | {"places": north.code, "periods": "201803,2018Q1"}
    refused = caller.get("consolidations/compare/", unlike).json()["errors"]
    assert [(error["field"], error["code"]) for error in refused] == [("periods", "unlike")]
    missing = caller.get("consolidations/compare/", given | {"element": "none"}).json()["errors"]
    assert [error["code"] for error in missing] == ["unknown"]


def test_the_file_holds_what_the_page_shows(world: World) -> None:
    query = "&".join(
        f"{key}={value}"
        for key, value in asked(world, place_1=governorate(world, 0).code, place_2=governorate(world, 3).code).items()
    )
    listed = LISTINGS["compared"].listed(reader(), query)
    codes = [column.code for column in listed.columns]
    rows: list[Any] = [dict(zip(codes, row, strict=True)) for row in listed.rows]
    assert [row["total"] for row in rows] == [62, 33]
    assert [row["difference"] for row in rows] == [None, -29]
    assert LISTINGS["compared"].listed(reader(), "").count == 0


def test_the_number_of_queries_grows_with_places_alone(world: World) -> None:
    user, today = reader(), timezone.localdate()
    asking = Asking(user, world.template, "births", Borders.THEN, today)
    periods: list[Period] = [parse_period(f"20180{month}") for month in range(1, 6)]
    compare(asking, [governorate(world, 0)], periods)
    with CaptureQueriesContext(connection) as seen:
        compare(asking, [governorate(world, 0)], periods)
    assert len(seen) <= 30


def test_a_comparison_speaks_arabic(world: World) -> None:
    html = see(reader(language="ar"), PAGE, **asked(world, place_1="SY", place_2=governorate(world, 0).code))
    assert 'dir="rtl"' in html


def test_the_page_says_who_can_see_it_and_leads_to_them_by_role(world: World) -> None:
    south = governorate(world, 3)
    html = see(reader(), PAGE, **asked(world, by="periods", period="201803", against="201805", place_1=south.code))
    assert "Who can see this?" in html
    assert f"/sharing/data/{world.template.dataset.code}/readers/?what=view_figures" in html
