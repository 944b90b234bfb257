"""Numbers and dates: Latin digits in both languages, Levantine months."""

import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.template import Context, Template
from django.utils import formats, translation

from coordination.formats import dates
from coordination.templatetags import tansiq

TUESDAY = datetime.date(2019, 5, 7)
LEVANTINE = [
    *("كانون الثاني", "شباط", "آذار", "نيسان", "أيار", "حزيران"),
    *("تموز", "آب", "أيلول", "تشرين الأول", "تشرين الثاني", "كانون الأول"),
]
BOTH = pytest.mark.parametrize("language", ["ar", "en"])


@BOTH
def test_numbers_are_written_alike_in_both_languages(language: str) -> None:
    with translation.override(language):
        assert tansiq.grouped(1234567) == "1,234,567"
        assert tansiq.grouped(Decimal("1234.5")) == "1,234.5"
        assert tansiq.grouped(0.25, 1) == "0.2"
        assert tansiq.grouped(-5) == "\N{MINUS SIGN}5"
        assert tansiq.grouped(None) == ""
        assert formats.get_format("DECIMAL_SEPARATOR") == "."
        assert formats.get_format("FIRST_DAY_OF_WEEK") == 0


def test_numbers_and_percentages_stand_on_islands() -> None:
    assert tansiq.number(0) == '<span class="n">0</span>'
    assert tansiq.percent(78.83, 2) == '<span class="n">78.83%</span>'


def test_months_are_levantine() -> None:
    with translation.override("ar"):
        assert [str(month) for month in dates.MONTHS] == LEVANTINE


def test_djangos_own_date_filter_names_levantine_months_too() -> None:
    with translation.override("ar"):
        assert Template("{{ day|date:'j F Y' }}").render(Context({"day": TUESDAY})) == "7 أيار 2019"


def test_a_day_in_text_names_its_weekday() -> None:
    with translation.override("ar"):
        assert dates.long_day(TUESDAY) == "الثلاثاء 7 أيار 2019"
    with translation.override("en"):
        assert dates.long_day(TUESDAY) == "Tuesday 7 May 2019"


def test_a_moment_is_told_in_damascus_time_on_the_clock_of_24_hours() -> None:
    # Damascus has kept UTC+3 all year since October 2022.
    at = datetime.datetime(2024, 1, 31, 22, 2, tzinfo=datetime.UTC)
    with translation.override("ar"):
        assert dates.long_moment(at) == "1 شباط 2024، 01:02"
    with translation.override("en"):
        assert dates.long_moment(at) == "1 February 2024, 01:02"
    assert ">2024-02-01 01:02<" in tansiq.iso(at)


def test_a_table_shows_days_in_iso_form_isolated() -> None:
    assert tansiq.iso(TUESDAY) == '<time class="n" datetime="2019-05-07">2019-05-07</time>'
    assert tansiq.iso(None) == ""


@pytest.mark.parametrize(
    ("first", "last", "arabic", "english"),
    [
        ((2016, 4, 17), (2016, 4, 23), "من 17 إلى 23 نيسان 2016", "from 17 to 23 April 2016"),
        ((2016, 4, 27), (2016, 5, 3), "من 27 نيسان إلى 3 أيار 2016", "from 27 April to 3 May 2016"),
        ((2016, 12, 28), (2017, 1, 3), "من 28 كانون الأول 2016 إلى 3 كانون الثاني 2017", None),
        ((2016, 4, 17), (2016, 4, 17), "17 نيسان 2016", "17 April 2016"),
    ],
)
def test_ranges_are_words(
    first: tuple[int, int, int], last: tuple[int, int, int], arabic: str, english: str | None
) -> None:
    days = datetime.date(*first), datetime.date(*last)
    with translation.override("ar"):
        assert dates.day_range(*days) == arabic
    with translation.override("en"):
        assert dates.day_range(*days) == (english or "from 28 December 2016 to 3 January 2017")


def test_a_zone_of_its_own_is_turned_into_ours() -> None:
    at = datetime.datetime(2024, 6, 1, 12, 0, tzinfo=ZoneInfo("Europe/Berlin"))
    assert dates.clock(at) == "13:00"
