"""Locations in typed text: what is found, and what stays what it is."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from directorates.rules.coordinates import LATITUDES, LONGITUDES, Way, may_locate, ways

FOUND = {
    Way.DECIMAL: [
        "35.9306, 36.6339",
        "الموقع ٣٥٫٩٣٠٦، ٣٦٫٦٣٣٩ قرب المدرسة",
        "۳۵٫۹۳۰۶ ۳۶٫۶۳۳۹",
        "36.6339 35.9306",
        "35,9306; 36,6339",
        "35.9306/36.6339",
        "lat: 35.930 lon: 36.633",
        "latitude=35.9306&longitude=36.6339",
        "خط العرض 35.9306 خط الطول 36.6339",
        "N 35.9306 E 36.6339",
        "(35.93061,36.63392)",
        "the new site\n35.9306\n36.6339",
        "35.9306 شمالا 36.6339 شرقا",
        "[36.6339,35.9306]",
        "35.9306\u200e, \u200f36.6339",
        "35.9306%2C36.6339",
    ],
    Way.DEGREES: [
        "35°55'50\"N 36°38'02\"E",
        "35° 55.836' N, 36° 38.034' E",
        "٣٥°٥٥'٥٠\" ٣٦°٣٨'٠٢\"",
        "35º55′50″ 36º38′02″",
        "35 deg 55 min 50 36 deg 38 min 02",
        "35 درجة 55 دقيقة شمالا 36 درجة 38 دقيقة شرقا",
        "N 35 55 50.2, E 36 38 02",
        "35.93° 36.63°",
        "35.9306°N 36.6339°E",
    ],
    Way.GRID: ["37S BV 82345 79012", "37SBV8234579012", "37S BV 823 790", "37S 286000 3978000", "٣٧S BV ٨٢٣٤ ٧٩٠١"],
    Way.PLUS_CODE: ["8G9JWJJM+6H", "WJJM+6HV إدلب", "8g9jwjjm+6h"],
    Way.LINK: [
        "https://maps.app.goo.gl/AbCdEf123",
        "https://goo.gl/maps/xyz",
        "https://www.google.com/maps/place/x",
        "maps.google.com/?q=hospital",
        "https://www.openstreetmap.org/#map=17/35.93/36.63",
        "https://osm.org/go/0x",
        "https://maps.apple.com/?ll=35.9,36.6",
        "https://www.bing.com/maps?cp=35.9~36.6",
        "https://what3words.com/a.b.c",
        "geo:35.93,36.63",
    ],
}

HARMLESS = [
    "",
    "12 cases, 3 deaths",
    "35 cases in week 36",
    "35.5% of 36.6%",
    "35.125% and 36.250%",
    "Temperature 36.6, later 38.5",
    "حرارة 36.6 ثم 38.2 درجة",
    "Fridge 35.5 °C, then 36.5 °C",
    "+963 944 123 456",
    "٠٩٤٤١٢٣٤٥٦",
    "+90 535 123 45 67",
    "00963-23-456789",
    "SY070001 and SY0700",
    "SY-0702-0013",
    "IDL-2026-000123",
    "2026-11-29 to 2026-12-05",
    "29.11.2026, 05.12.2026",
    "29/11/2026 14:35",
    "2024SunW5, 202404",
    "35,000 vaccinated of 36,000",
    "35,120 vaccinated; 36,480 planned",
    "35.120 لقاح و 36.480 مستهدف",
    "35000 36000",
    "budget 35.930.600 and 36.633.900",
    "5+3 = 8, 2345+67",
    "vaccines: OPV+IPV, PENTA+PCV",
    "COVID+Flu",
    "B+, AB+ and O+ needed",
    "BP 135/85, then 120/80",
    "the 37S ward has 12 beds",
    "room 36S, 37T",
    "Ratio 0.359306",
    "see https://example.org/report",
    "google it",
    "تأخر التقرير بسبب انقطاع الكهرباء 36 ساعة",
    "مشفى الشهيد وسام (قرب الدوار)",
    "from 35 to 36 degrees",
    "35.930 kg and then 36.633 kg",
]


@pytest.mark.parametrize(("way", "text"), [(way, text) for way, texts in FOUND.items() for text in texts])
def test_a_location_is_found_however_it_is_written(way: Way, text: str) -> None:
    assert way in ways(text)
    assert may_locate(f"تعذر الوصول، {text} والطريق مقطوع")


@pytest.mark.parametrize("text", HARMLESS)
def test_what_is_no_location_stays_what_it_is(text: str) -> None:
    assert ways(text) == []


def digits(kind: str, text: str) -> str:
    """A text in one of the three kinds of digits."""
    return text.translate(str.maketrans("0123456789", kind))


latitudes = st.floats(*LATITUDES).map(lambda number: f"{number:.5f}")
longitudes = st.floats(*LONGITUDES).map(lambda number: f"{number:.5f}")
kinds = st.sampled_from(["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹"])


@given(latitudes, longitudes, kinds, st.sampled_from([", ", " ", ";", " / ", "،", "\n", " و ", " E "]), st.booleans())
def test_every_pair_around_syria_is_found_in_any_digits_and_order(
    latitude: str, longitude: str, kind: str, between: str, turned: bool
) -> None:
    pair = (longitude, latitude) if turned else (latitude, longitude)
    assert may_locate(digits(kind, f"نص {between.join(pair)} نص"))


@given(st.lists(st.integers(0, 99999), max_size=6), kinds)
def test_counts_are_never_a_location(counts: list[int], kind: str) -> None:
    assert not may_locate(digits(kind, ", ".join(str(count) for count in counts)))


@given(st.lists(st.dates(dt.date(2011, 1, 1), dt.date(2040, 1, 1)), max_size=4), kinds)
def test_dates_are_never_a_location(days: list[dt.date], kind: str) -> None:
    for form in ("%Y-%m-%d", "%d.%m.%Y", "%d/%m/%Y"):
        assert not may_locate(digits(kind, " ".join(day.strftime(form) for day in days)))


@given(st.from_regex(r"\A(?:\+963|0)9\d{2}[ -]?\d{3}[ -]?\d{3}\Z"), kinds)
def test_phone_numbers_are_never_a_location(number: str, kind: str) -> None:
    assert not may_locate(digits(kind, f"هاتف {number}"))


@given(st.from_regex(r"\A(?:SY\d{2,8}|[A-Z]{3}-20[23]\d-\d{6})\Z"))
def test_codes_of_places_and_receipts_are_never_a_location(code: str) -> None:
    assert not may_locate(f"{code} {code}")


@given(st.text(max_size=200))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert isinstance(may_locate(text), bool)
