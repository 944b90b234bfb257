"""Figures where places changed: as then by the places of each period, as now by today's, and both add up."""

import datetime
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.utils import translation

from coordination.exchange.listings.figures import LISTINGS
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.reviews import approve
from coordination.reporting.actions.scopes import rescope
from coordination.reporting.models import Element, ExpectedReport, ReportTemplate, Submission
from coordination.reporting.models.border_changes import border_changes, place_changes
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.endings import endings
from coordination.reporting.models.figures import Borders, read_figures, whose, whose_place
from coordination.reporting.models.figures_across import asking, read_across
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.overviews import Overview
from coordination.reporting.models.sources import Where, sources_of
from coordination.reporting.models.unknowns import unknowns
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.views.figures_across import across_shown
from directorates.actions.handovers import answer_handover, offer_handover
from directorates.actions.place_changes import rename_place
from directorates.actions.place_plans import NewPlace
from directorates.models import Organisation, Place, User
from directorates.models.places import Level
from facilities.actions.place_changes import merge_places, move_place, split_place
from facilities.models import Facility
from tests.factories import (
    BodyFactory,
    CountryFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    TemplateFactory,
    assigned,
    competent,
    member,
    published,
)
from tests.reporting.reports import sent

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Damascus")
STARTS = [datetime.date(2019, month, 1) for month in (1, 2, 3, 4)]
END = datetime.date(2019, 5, 20)
LONG_BEFORE = datetime.date(2018, 1, 1)
MARCH = datetime.date(2019, 3, 1)


def moment(day: datetime.date) -> datetime.datetime:
    """Noon of a day."""
    return datetime.datetime.combine(day, datetime.time(12), ZONE)


@dataclass
class Region:
    """Two governorates with a district each, of one directorate each; two facilities in the first place, one in the others."""

    template: ReportTemplate
    districts: list[Place]
    places: list[Place]
    bodies: list[Organisation]
    facilities: list[Facility]
    administrator: User
    reader: User
    reports: list[Submission]

    def said(self, **given: Any) -> dict[str, Any]:
        """What a change of places is told."""
        told = {"first": MARCH, "reason": "Decree", "by": self.administrator, "at": moment(END)}
        return told | given

    def follow(self) -> None:
        """What workers do after a deed."""
        expect(today=END)
        rescope()
        drain()

    def figures(
        self, level: FigureLevel, borders: Borders, start: datetime.date, under: Place | None = None
    ) -> dict[str, int]:
        """By code of the holder ("" for none), the first item of one month."""
        measure = self.measure(start)
        owners = whose(self.reader, self.template, level, under, borders, END)
        found = read_figures(self.template, owners, [start], [measure])
        rows = {key: found.value(key, measure, [start]) for key in owners.holders}
        return {
            (holder.code if holder else ""): int(rows[key] or 0)
            for key, holder in owners.holders.items()
            if rows[key] is not None
        }

    def measure(self, start: datetime.date) -> Any:
        """The first item of the template."""
        return next(iter(measures_of(self.template, Period(PeriodType.MONTH, start)).values()))

    def received(self, level: FigureLevel, borders: Borders, start: datetime.date) -> dict[str, int]:
        """By code of the holder, how many reports of a month count."""
        owners = whose(self.reader, self.template, level, None, borders, END)
        found = read_figures(self.template, owners, [start], [self.measure(start)])
        told = {(one.code if one else ""): found.coverage(key, [start]).received for key, one in owners.holders.items()}
        return {code: number for code, number in told.items() if number}

    def split(self, **given: Any) -> Any:
        """Split the first place in two, a facility in each."""
        parts = [NewPlace("SYX1", "القسم الأول", "First part"), NewPlace("SYX2", "القسم الثاني", "Second part")]
        into = {self.facilities[0].code: "SYX1", self.facilities[1].code: "SYX2"}
        split_place(**self.said(**{"place": self.places[0], "parts": parts, "facilities": into} | given))
        self.follow()


@pytest.fixture
def region() -> Region:
    """Four months of reports of four facilities, all approved: 1, 10, 100 and 1000 each month."""
    country = CountryFactory()
    districts: list[Place] = [DistrictFactory(parent=GovernorateFactory(parent=country)) for _n in range(2)]
    places: list[Place] = [SubdistrictFactory(parent=districts[0]) for _n in range(2)]
    places.append(SubdistrictFactory(parent=districts[1]))
    bodies: list[Organisation] = [DirectorateFactory(code="one"), DirectorateFactory(code="other")]
    body, ngo = BodyFactory(), OrganisationFactory()
    for body_of, district in zip(bodies, districts, strict=True):
        competent(body_of, district, LONG_BEFORE)
    by = member("ngo_coordinator", ngo)
    version = published()
    lying = [places[0], places[0], places[1], places[2]]
    facilities: list[Facility] = [FacilityFactory(place=place, supporters=[ngo]) for place in lying]
    assigned(version.template, *facilities)
    reports = [
        sent(version, facility=one, reporter=ngo, by=by, start=start, doc={"s1": 10**n, "s2": 1})
        for n, one in enumerate(facilities)
        for start in STARTS
    ]
    officers = {one.pk: member("data_officer", one) for one in bodies}
    for report in reports:
        approve(
            by=officers[report.reviewer_id], submission=report, at=moment(report.period_start + datetime.timedelta(40))
        )
    people = member("administrator", body), member("data_manager", body)
    found = Region(version.template, districts, places, bodies, facilities, *people, reports)
    found.follow()
    return found


def test_a_moved_place_counts_where_it_lay_in_each_period_and_today_where_it_lies(region: Region) -> None:
    move_place(**region.said(place=region.places[0], parent=region.districts[1], code="SYM1"))
    region.follow()
    one, other = region.districts
    assert region.figures(FigureLevel.DISTRICT, Borders.THEN, STARTS[1]) == {one.code: 111, other.code: 1000}
    assert region.figures(FigureLevel.DISTRICT, Borders.THEN, STARTS[2]) == {one.code: 100, other.code: 1011}
    assert region.figures(FigureLevel.DISTRICT, Borders.NOW, STARTS[1]) == {one.code: 100, other.code: 1011}
    assert region.figures(FigureLevel.SUBDISTRICT, Borders.NOW, STARTS[0]) == {
        "SYM1": 11,
        region.places[1].code: 100,
        region.places[2].code: 1000,
    }
    assert region.received(FigureLevel.DISTRICT, Borders.NOW, STARTS[0]) == {one.code: 1, other.code: 3}
    # Whoever is competent stayed so.
    for borders in Borders:
        assert region.figures(FigureLevel.DIRECTORATE, borders, STARTS[0]) == {"one": 111, "other": 1000}
        assert region.figures(FigureLevel.DIRECTORATE, borders, STARTS[3]) == {"one": 111, "other": 1000}


def test_what_was_counted_under_a_split_place_is_never_divided(region: Region) -> None:
    region.split()
    first, second = (Place.objects.get(code=code) for code in ("SYX1", "SYX2"))
    old = region.places[0].code
    rest = {region.places[1].code: 100, region.places[2].code: 1000}
    assert region.figures(FigureLevel.SUBDISTRICT, Borders.THEN, STARTS[1]) == {old: 11, **rest}
    assert region.figures(FigureLevel.SUBDISTRICT, Borders.THEN, STARTS[2]) == {"SYX1": 1, "SYX2": 10, **rest}
    # Today: a row of its own, and true again one level up.
    assert region.figures(FigureLevel.SUBDISTRICT, Borders.NOW, STARTS[1]) == {old: 11, **rest}
    assert region.figures(FigureLevel.DISTRICT, Borders.NOW, STARTS[1]) == {
        region.districts[0].code: 111,
        region.districts[1].code: 1000,
    }
    move_place(**region.said(place=second, parent=region.districts[1], code="SYM2", first=datetime.date(2019, 4, 2)))
    region.follow()
    assert region.figures(FigureLevel.DISTRICT, Borders.NOW, STARTS[1]) == {
        region.districts[0].code: 100,
        region.districts[1].code: 1000,
        old: 11,
    }
    assert region.figures(FigureLevel.DISTRICT, Borders.NOW, STARTS[2]) == {
        region.districts[0].code: 101,
        region.districts[1].code: 1010,
    }
    assert region.figures(FigureLevel.DISTRICT, Borders.NOW, STARTS[1], region.districts[0]) == {
        region.districts[0].code: 100
    }
    assert first.parent == region.districts[0]


def test_ground_that_two_directorates_hold_today_is_a_row_of_its_own(region: Region) -> None:
    region.split()
    part = Place.objects.get(code="SYX2")
    one, other = region.bodies
    day = moment(END)
    given: dict[str, Any] = {"giver": one, "taker": other, "places": [part], "first": END, "reason": "x"}
    made = offer_handover(by=member("director", one), at=day, **given)
    answer_handover(handover=made, places=[part], by=member("director", other), at=day)
    region.follow()
    old = region.places[0].code
    assert region.figures(FigureLevel.DIRECTORATE, Borders.THEN, STARTS[1]) == {"one": 111, "other": 1000}
    assert region.figures(FigureLevel.DIRECTORATE, Borders.NOW, STARTS[1]) == {"one": 100, "other": 1000, old: 11}
    assert region.received(FigureLevel.DIRECTORATE, Borders.NOW, STARTS[1]) == {"one": 1, "other": 1, old: 2}
    assert region.figures(FigureLevel.DIRECTORATE, Borders.NOW, STARTS[3]) == {"one": 101, "other": 1010}


def test_merged_places_count_together_today_and_apart_before(region: Region) -> None:
    merge_places(**region.said(places=[region.places[0]], into=region.places[1]))
    region.follow()
    old, into, far = (place.code for place in region.places)
    assert region.figures(FigureLevel.SUBDISTRICT, Borders.THEN, STARTS[0]) == {old: 11, into: 100, far: 1000}
    assert region.figures(FigureLevel.SUBDISTRICT, Borders.NOW, STARTS[0]) == {into: 111, far: 1000}
    for borders in Borders:
        assert region.figures(FigureLevel.SUBDISTRICT, borders, STARTS[3]) == {into: 111, far: 1000}


def test_a_change_that_is_written_down_late_reaches_the_reports_of_its_days(region: Region) -> None:
    region.split()
    lies = {(row.facility_id, row.period_start): row for row in Submission.objects.select_related("subdistrict")}
    expected = {(row.facility_id, row.period_start): row.subdistrict_id for row in ExpectedReport.objects.all()}
    one = region.facilities[0].pk
    assert [lies[one, start].subdistrict.code for start in STARTS] == [region.places[0].code] * 2 + ["SYX1"] * 2
    assert all(row.place_path == row.subdistrict.path for row in lies.values())
    assert {key: expected[key] for key in lies} == {key: row.subdistrict_id for key, row in lies.items()}
    # What was reported stays as it was: a report keeps its revision, its state and who reviewed it.
    assert {row.status for row in lies.values()} == {"approved"}
    assert rescope() == 0


def test_the_reports_behind_a_figure_are_those_of_its_ground(region: Region) -> None:
    region.split()
    move_place(**region.said(place=region.places[1], parent=region.districts[1], code="SYM1"))
    region.follow()
    measure = region.measure(STARTS[1])

    def behind(place: Place | None, borders: Borders, directorate: Organisation | None = None) -> Decimal | int | None:
        where = Where(region.reader, place, directorate, borders, END)
        return sources_of(region.template, where, [STARTS[1]], measure).sums.total

    one, other = region.districts
    assert (behind(one, Borders.THEN), behind(one, Borders.NOW)) == (111, 11)
    assert (behind(other, Borders.THEN), behind(other, Borders.NOW)) == (1000, 1100)
    assert behind(region.places[0], Borders.NOW) == 11
    assert behind(None, Borders.NOW, region.bodies[0]) == 111
    assert not behind(None, Borders.NOW)


def test_a_report_that_does_not_know_is_told_where_its_ground_lies(region: Region) -> None:
    doubtful: Facility = FacilityFactory(place=region.places[0], supporters=[region.reports[0].reporter])
    said: dict[str, Any] = {
        "facility": doubtful,
        "reporter": region.reports[0].reporter,
        "by": member("ngo_coordinator", doubtful.supports.get().organisation),
    }
    report = sent(
        region.reports[0].version, start=STARTS[0], doc={"s2": 1}, notes={"s1": {"state": "not_known"}}, **said
    )
    approve(by=member("data_officer", region.bodies[0]), submission=report, at=moment(END))
    move_place(**region.said(place=region.places[0], parent=region.districts[1], code="SYM1"))
    region.follow()
    measure = region.measure(STARTS[0])

    def doubts(level: FigureLevel, borders: Borders) -> list[str]:
        owners = whose(region.reader, region.template, level, None, borders, END)
        found = unknowns(region.template, owners, [STARTS[0]], [measure])
        return [owners.holders[key].code for key, _element in found]  # type: ignore[union-attr]

    one, other = region.districts
    assert doubts(FigureLevel.DISTRICT, Borders.THEN) == [one.code]
    assert doubts(FigureLevel.DISTRICT, Borders.NOW) == [other.code]
    assert doubts(FigureLevel.SUBDISTRICT, Borders.NOW) == ["SYM1"]
    assert doubts(FigureLevel.DIRECTORATE, Borders.NOW) == ["one"]
    moved = Place.objects.get(code="SYM1")
    parts = [NewPlace("SYX1", "القسم الأول", "First part"), NewPlace("SYX2", "القسم الثاني", "Second part")]
    into = dict.fromkeys(Facility.objects.filter(place=moved).values_list("code", flat=True), "SYX1")
    split_place(**region.said(place=moved, parts=parts, facilities=into, first=datetime.date(2019, 4, 2)))
    region.follow()
    assert doubts(FigureLevel.DISTRICT, Borders.NOW) == [other.code]
    assert doubts(FigureLevel.SUBDISTRICT, Borders.NOW) == [region.places[0].code]


def test_a_place_that_ended_is_not_lost(region: Region) -> None:
    region.split()
    day = datetime.date(2019, 4, 30)
    assert endings(region.template, FigureLevel.SUBDISTRICT, day) == {}
    assert endings(region.template, FigureLevel.DIRECTORATE, day) == {}
    country = Place.objects.get(level=Level.COUNTRY)
    assert border_changes(country, STARTS[0], END) == []
    assert [change.kind for change in place_changes(country, STARTS[0], END)] == ["place_split"]
    assert place_changes(region.districts[1], STARTS[0], END) == []


def test_the_page_says_what_it_compares_and_its_rows_add_up(region: Region) -> None:
    region.split()
    country = Place.objects.get(level=Level.COUNTRY)
    for borders in Borders:
        for focus in (country, region.districts[0], Place.objects.get(children=region.districts[0])):
            for level in FigureLevel:
                if level <= focus.level:
                    continue
                period = Period(PeriodType.MONTH, STARTS[1])
                shown = Overview(region.reader, region.template, period, focus, level, borders, END)
                rows = sum(row.values[0].number or 0 for row in shown.rows)
                assert rows == shown.total.values[0].number
                assert sum(row.covered.received for row in shown.rows) == shown.total.covered.received
    shown = Overview(
        region.reader, region.template, Period(PeriodType.MONTH, STARTS[3]), country, FigureLevel.DISTRICT, borders, END
    )
    assert [change.kind for change in shown.place_changes] == ["place_split"]


def test_figures_of_before_call_a_renamed_place_by_its_name_of_then(region: Region) -> None:
    place, day = region.places[0], datetime.date(2019, 3, 15)
    old = place.name_en
    rename_place(**region.said(place=place, name_ar="اسم جديد", name_en="New name", first=day))

    def told(start: datetime.date, borders: Borders) -> str:
        period = Period(PeriodType.MONTH, start)
        given = (region.reader, region.template, period, region.districts[0], FigureLevel.SUBDISTRICT, borders, END)
        return next(row.holder.name for row in Overview(*given).rows if row.holder and row.holder.code == place.code)

    with translation.override("en"):
        assert told(STARTS[1], Borders.THEN) == f"{old}, today New name"
        assert told(STARTS[2], Borders.THEN) == told(STARTS[1], Borders.NOW) == "New name"
        asked = {"template": region.template.code, "period": "201902", "level": "subdistrict"}
        listed = next(one for one in LISTINGS if one.code == "figures").listed(region.reader, urlencode(asked))
        assert any(f"{old}, today New name" in row for row in listed.rows)


def test_one_item_over_all_reports_follows_the_same_borders(region: Region) -> None:
    region.split()
    second = Place.objects.get(code="SYX2")
    merge_places(**region.said(places=[Place.objects.get(code="SYX1")], into=region.places[1], first=STARTS[3]))
    move_place(**region.said(place=second, parent=region.districts[1], code="SYM2", first=STARTS[3]))
    part, (one, other) = Place.objects.get(code="SYM2"), region.bodies
    given: dict[str, Any] = {"giver": one, "taker": other, "places": [part], "first": END, "reason": "x"}
    made = offer_handover(by=member("director", one), at=moment(END), **given)
    answer_handover(handover=made, places=[part], by=member("director", other), at=moment(END))
    region.follow()
    element = region.measure(STARTS[0]).element.code
    for start in STARTS:
        asked = asking(region.reader, element, Period(PeriodType.MONTH, start))
        assert asked is not None
        for borders in Borders:
            for level in FigureLevel:
                for under in (None, region.districts[0]):
                    found = read_across(asked, region.reader, level, under, borders, END)
                    told = {one.code if one else "": found.value(key) for key, one in found.holders.items()}
                    wanted = region.figures(level, borders, start, under)
                    assert {code: value for code, value in told.items() if value} == wanted, (start, borders, level)


def test_the_page_of_one_item_over_all_reports_takes_todays_borders_and_says_what_changed(region: Region) -> None:
    region.split()
    element = Element.objects.get(code=region.measure(STARTS[0]).element.code)
    published(TemplateFactory(), [element])
    given = {"element": element.code, "period": "201902", "level": "subdistrict"}
    page = across_shown(region.reader, QueryDict(urlencode(given | {"as": "now"})))
    assert {row["holder"].code: row["undivided"] is not None for row in page["rows"]} == {
        region.places[0].code: True,
        region.places[1].code: False,
        region.places[2].code: False,
    }
    assert [change.kind for change in page["changed"].place_changes] == ["place_split"]
    assert page["form"].cleaned_data["as"] == "now"
    assert across_shown(region.reader, QueryDict(urlencode(given)))["changed"].place_changes == []


def test_whoever_sees_a_part_of_the_country_is_given_no_ground_of_elsewhere(region: Region) -> None:
    """Who may see follows the border of the period: the moved place was not in the governorate then."""
    governorates = [Place.objects.get(children=district) for district in region.districts]
    move_place(**region.said(place=region.places[0], parent=region.districts[1], code="SYM1"))
    region.follow()
    reader = member("data_officer", region.bodies[1], places=[governorates[1]])
    owners = whose(reader, region.template, FigureLevel.DISTRICT, None, Borders.NOW, END)
    measure = region.measure(STARTS[0])
    found = read_figures(region.template, owners, [STARTS[0], STARTS[3]], [measure])
    key = region.districts[1].pk
    assert [found.value(key, measure, [start]) for start in (STARTS[0], STARTS[3])] == [1000, 1011]
    whole = whose_place(region.reader, region.template, region.districts[1], Borders.NOW, END)
    found = read_figures(region.template, whole, [STARTS[0]], [measure])
    assert found.value(key, measure, [STARTS[0]]) == 1011
