"""Real input: 65 facilities' daily malaria counts become weekly reports, approved and consolidated by our own actions.

The file (Epidemiologist R Handbook, CC BY-NC-SA 4.0) is read where it lies beside the project, and never copied. What the
test compares with is computed here from the raw rows, in plain Python, knowing nothing of the portal:

- of repeated facility-days the first submitted holds and, of those, the one with the lowest `newid`;
- a blank is no answer: it is neither nought nor a received day;
- a week (Sunday to Saturday) is received with at least one answered day; it was sent when the last of its days was
  submitted, though not before the week was over, and is on time up to two days after its Saturday.
"""

import csv
import datetime
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from coordination.reporting.actions.consolidation import consolidation_state, drain
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.reviews import approve_many
from coordination.reporting.actions.submissions import FiledReport, submit_many
from coordination.reporting.models import Cell, Coverage, ReportTemplate, Submission
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.values import Answer
from directorates.models import Organisation, Place
from tests.factories import (
    BodyFactory,
    CategorySetFactory,
    CountryFactory,
    DirectorateFactory,
    DistrictFactory,
    ElementFactory,
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

FILE = "surveillance/malaria_facility_daily_epirhandbook.csv"
AGES = {"malaria_rdt_0-4": "a0", "malaria_rdt_5-14": "a5", "malaria_rdt_15": "a15"}
TOTAL = "malaria_tot"
DUE_DAYS = 2
Week = tuple[str, datetime.date]


@dataclass
class Weekly:
    """One facility's week: sums of what was answered, and the day it was sent."""

    district: str
    sent: datetime.date
    sums: dict[str, int] = field(default_factory=dict)


def sunday_of(day: datetime.date) -> datetime.date:
    """The Sunday that begins a day's week."""
    return day - datetime.timedelta(days=day.isoweekday() % 7)


def answered(row: dict[str, str]) -> dict[str, int]:
    """The counts that a row holds."""
    return {column: int(row[column]) for column in (*AGES, TOTAL) if row[column].strip()}


def read_weeks(path: Path) -> dict[Week, Weekly]:
    """The weekly reports in the raw rows."""
    with path.open(newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    first: dict[tuple[str, str], dict[str, str]] = {}
    for row in sorted(rows, key=lambda row: (row["submitted_date"], int(row["newid"]))):
        first.setdefault((row["location_name"], row["data_date"]), row)
    assert len(rows) == 3038
    assert sum(not answered(row) for row in rows) == 686
    repeated = Counter((row["location_name"], row["data_date"]) for row in rows)
    assert sum(times > 1 for times in repeated.values()) == 28
    weeks: dict[Week, Weekly] = {}
    for (facility, day), row in first.items():
        counts = answered(row)
        if not counts:
            continue
        start = sunday_of(datetime.date.fromisoformat(day))
        sent = max(datetime.date.fromisoformat(row["submitted_date"]), start + datetime.timedelta(days=7))
        week = weeks.setdefault((facility, start), Weekly(row["District"], sent))
        week.sent = max(week.sent, sent)
        for column, count in counts.items():
            week.sums[column] = week.sums.get(column, 0) + count
    return weeks


@dataclass
class World:
    """The file's own country tree in the portal."""

    template: ReportTemplate
    districts: Mapping[str, Place]
    country: Place
    province: Place
    directorate: Organisation


def all_facilities(path: Path) -> dict[str, str]:
    """Every facility of the file, reporting or blank, and its district."""
    with path.open(newline="", encoding="utf-8") as file:
        return {row["location_name"]: row["District"] for row in csv.DictReader(file)}


def consolidate(path: Path, weeks: dict[Week, Weekly]) -> World:
    """File, approve and consolidate the weeks, each by the people who would."""
    BodyFactory()
    country = CountryFactory(code="EH")
    province = GovernorateFactory(code="EH-N", parent=country)
    names = all_facilities(path)
    assert len(names) == 65
    districts = {
        name: DistrictFactory(code=f"EH-N-{number}", parent=province, name_en=name)
        for number, name in enumerate(sorted(set(names.values())))
    }
    places = {name: SubdistrictFactory(code=f"{place.code}-1", parent=place) for name, place in districts.items()}
    directorate, reporter = DirectorateFactory(code="north"), OrganisationFactory(code="field")
    competent(directorate, province)
    ages = CategorySetFactory(code="malaria-age", categories=list(AGES.values()))
    elements = [ElementFactory(code="malaria_rdt", category_set=ages), ElementFactory(code="malaria_total")]
    template = TemplateFactory(code="malaria-weekly", period_type="week_sunday", due_days=DUE_DAYS)
    published(template, elements)
    facilities = {
        name: FacilityFactory(code=f"M{number:02}", name_en=name, place=places[district], supporters=[reporter])
        for number, (name, district) in enumerate(names.items())
    }
    begin = min(start for _facility, start in weeks)
    assigned(template, *facilities.values(), first=begin)
    expect(today=max(start for _facility, start in weeks) + datetime.timedelta(days=8), template=template)
    reports = [
        FiledReport(
            template=template,
            facility=facilities[name],
            period=Period(PeriodType.WEEK_SUNDAY, start),
            reporter=reporter,
            answers=[
                *(Answer("malaria_rdt", age, week.sums[column]) for column, age in AGES.items() if column in week.sums),
                *([Answer("malaria_total", None, week.sums[TOTAL])] if TOTAL in week.sums else []),
            ],
            at=noon(week.sent),
        )
        for (name, start), week in weeks.items()
    ]
    late = noon(datetime.date(2019, 7, 1))
    filed = submit_many(by=member("ngo_coordinator", reporter), reports=reports, at=late)
    approve_many(by=member("data_officer", directorate), submissions=filed, at=late)
    drain()
    assert consolidation_state().up_to_date
    return World(template, districts, country, province, directorate)


def noon(day: datetime.date) -> datetime.datetime:
    """Noon of a day, in the portal's time."""
    return datetime.datetime.combine(day, datetime.time(12), timezone.get_current_timezone())


@pytest.mark.django_db
def test_real_daily_counts_become_the_weekly_totals_completeness_and_timeliness_of_an_independent_computation(
    shared: Path,
) -> None:
    path = shared / FILE
    if not path.exists():
        pytest.skip(f"{FILE} is not beside the project")
    weeks = read_weeks(path)
    world = consolidate(path, weeks)
    assert Submission.objects.count() == len(weeks)

    totals: dict[tuple[int, int, datetime.date, str], list[int]] = defaultdict(list)
    received: dict[tuple[int, int, datetime.date], list[bool]] = defaultdict(list)
    for (_facility, start), week in weeks.items():
        due = start + datetime.timedelta(days=6 + DUE_DAYS)
        for level, place in (
            (FigureLevel.DISTRICT, world.districts[week.district].pk),
            (FigureLevel.GOVERNORATE, world.province.pk),
            (FigureLevel.COUNTRY, world.country.pk),
            (FigureLevel.DIRECTORATE, world.directorate.pk),
        ):
            received[level, place, start].append(week.sent <= due)
            for column, count in week.sums.items():
                totals[level, place, start, AGES.get(column, "")].append(count)

    slots = world.template.slots.select_related("category")
    words = {(slot.element_id, slot.category_id or 0): slot.category.code if slot.category else "" for slot in slots}
    cells = {
        (cell.level, cell.place, cell.period_start, words[cell.element, cell.category]): (cell.total, cell.n)
        for cell in Cell.objects.exclude(level=FigureLevel.SUBDISTRICT).filter(n__gt=0)
        if (cell.element, cell.category) in words
    }
    assert cells == {key: (Decimal(sum(counts)), len(counts)) for key, counts in totals.items()}

    coverage = {
        (row.level, row.place, row.period_start): (row.received, row.on_time)
        for row in Coverage.objects.exclude(level=FigureLevel.SUBDISTRICT).filter(received__gt=0)
    }
    assert coverage == {key: (len(on_time), sum(on_time)) for key, on_time in received.items()}
    country = Coverage.objects.filter(level=FigureLevel.COUNTRY)
    assert {row.expected for row in country} == {65}
    assert country.count() == len({start for _facility, start in weeks})
