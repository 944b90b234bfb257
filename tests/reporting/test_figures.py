"""Figures as they are read: over places, borders and time, for whoever may see them; and the reports behind each."""

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.reporting.actions.consolidation import drain, touch
from coordination.reporting.models import CountedReport, ReportTemplate, Revision, Submission
from coordination.reporting.models.consolidation import OUTSIDE, FigureLevel
from coordination.reporting.models.figures import Borders, Figures, Whose, parts_of, periods_behind, read_figures, whose
from coordination.reporting.models.measures import Measure, measures_of
from coordination.reporting.models.unknowns import unknowns
from coordination.reporting.rules.counting import over_time
from coordination.reporting.rules.figures import Covered, Formula, Sums
from coordination.reporting.rules.periods import Period, PeriodError, parse_period
from coordination.reporting.rules.specification import OverPlace, OverTime
from directorates.models import Jurisdiction, Place, User
from tests.factories import DirectorateFactory, OrganisationFactory, competent, member
from tests.reporting.figures_world import World, count, expected_report, make_world, withdraw

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY, MARCH = (datetime.date(2018, month, 1) for month in (1, 2, 3))
QUARTER = parse_period("2018Q1")


@pytest.fixture
def world() -> World:
    """A country with a template, two directorates and a facility outside every jurisdiction."""
    world = make_world()
    for place in {facility.place for facility in world.facilities}:
        if (organisation := world.directorates[place.pk]) is not None:
            competent(organisation, place)
    return world


@pytest.fixture
def reader(world: World) -> User:
    """Who sees the figures of the whole country, and no report."""
    return member("facility_reporter", OrganisationFactory())


def measures(world: World, period: Period = QUARTER) -> dict[str, Measure]:
    return measures_of(world.template, period)


def read(world: World, owners: Whose, *starts: datetime.date, only: str = "") -> Figures:
    drain()
    asked = measures(world)
    return read_figures(world.template, owners, starts, [asked[only]] if only else asked.values())


def governorate(world: World, facility: int) -> Place:
    """The governorate of a facility."""
    district = world.facilities[facility].place.parent
    assert district is not None
    assert district.parent is not None
    return district.parent


def values(figures: Figures, measure: Measure, *starts: datetime.date) -> dict[str | None, Decimal | None]:
    """The figures of an element by the code of their holder."""
    return {
        holder.code if holder else None: figures.value(key, measure, starts)
        for key, holder in figures.present().items()
    }


def report(world: World, facility: int, start: datetime.date, **answers: float | None) -> CountedReport:
    """A counted report: `births=3`, or `visits_u5=3` for a category."""
    doc = {}
    for name, value in answers.items():
        element, _, category = name.partition("_")
        if value is not None:
            doc[world.slots[element, category or None]] = value
    row = count(world, world.facilities[facility], start, doc)
    approved(row.submission, row.revision, f"R{row.submission_id.hex[:24]}")
    return row


def approved(submission: Submission, revision: Revision, receipt: str) -> None:
    """What an approval leaves on a report."""
    sent = {"submitted": submission.created, "first_submitted": submission.created, "receipt": receipt}
    Submission.objects.filter(pk=submission.pk).update(status="approved", revision=revision, **sent)


def expect(world: World, facility: int, start: datetime.date) -> None:
    """An expected report, and the mark that its figures are to be computed."""
    expected_report(world, world.facilities[facility], start)
    touch([(world.template.pk, start, world.facilities[facility].place_id)])


# --- Over place ----------------------------------------------------------------------------------------------------


def test_a_sum_an_average_and_a_ratio_are_each_read_by_their_formula(world: World, reader: User) -> None:
    report(world, 0, JANUARY, visits_u5=40, visits_o5=60, births=10, days=1)
    report(world, 1, JANUARY, visits_u5=10, births=20, days=2)
    report(world, 2, JANUARY, births=5, days=6)
    figures, asked = read(world, whose(reader, world.template, FigureLevel.COUNTRY), JANUARY), measures(world)
    (country,) = figures.present()
    assert figures.value(country, asked["visits"], [JANUARY]) == 110
    assert figures.value(country, asked["visits"], [JANUARY], asked["visits"].category("u5") or 0) == 50
    assert figures.value(country, asked["days"], [JANUARY]) == Decimal(9) / 3
    # The third report holds no visits, so its births are in neither part.
    assert figures.value(country, asked["rate"], [JANUARY]) == Decimal(30) / 110


def test_nothing_answered_is_no_data_and_zero_is_a_number(world: World, reader: User) -> None:
    expect(world, 0, JANUARY)
    expect(world, 3, JANUARY)
    report(world, 0, JANUARY, births=0)
    north, south = (governorate(world, number).code for number in (0, 3))
    figures = read(world, whose(reader, world.template, FigureLevel.GOVERNORATE), JANUARY)
    assert values(figures, measures(world)["births"], JANUARY) == {north: 0, south: None}
    assert values(figures, measures(world)["beds"], JANUARY) == {north: None, south: None}


def test_texts_have_no_figures(world: World) -> None:
    assert "note" not in measures(world)


def test_expected_received_and_on_time_stand_beside_the_values(world: World, reader: User) -> None:
    for facility in range(5):
        expect(world, facility, JANUARY)
    report(world, 0, JANUARY, births=1)
    count(world, world.facilities[1], JANUARY, {}, on_time=False)
    figures = read(world, whose(reader, world.template, FigureLevel.COUNTRY), JANUARY)
    (country,) = figures.present()
    # Of five facilities one is outside every jurisdiction: no report is expected of it.
    assert figures.coverage(country, [JANUARY]) == Covered(4, 2, 1, 2, 1)


def test_a_report_that_nobody_expected_counts_and_makes_nothing_complete(world: World, reader: User) -> None:
    expect(world, 0, JANUARY)
    report(world, 1, JANUARY, births=3)
    report(world, 4, JANUARY, births=4)
    figures = read(world, whose(reader, world.template, FigureLevel.COUNTRY), JANUARY)
    (country,) = figures.present()
    covered = figures.coverage(country, [JANUARY])
    assert covered == Covered(1, 2, 2, 0, 0)
    assert (covered.complete, covered.timely.over_expected, covered.unexpected) == (0, 0, 2)
    assert figures.value(country, measures(world)["births"], [JANUARY]) == 7


def test_places_under_a_place_are_read_and_no_others(world: World, reader: User) -> None:
    for facility in range(5):
        report(world, facility, JANUARY, births=1)
    north = governorate(world, 0)
    figures = read(world, whose(reader, world.template, FigureLevel.SUBDISTRICT, north), JANUARY)
    codes = {world.facilities[0].place.code: 2, world.facilities[2].place.code: 1}
    assert values(figures, measures(world)["births"], JANUARY) == codes


# --- Jurisdictions -------------------------------------------------------------------------------------------------


def test_facilities_outside_every_jurisdiction_are_a_row_of_their_own(world: World, reader: User) -> None:
    for facility in range(5):
        report(world, facility, JANUARY, births=10**facility)
    figures = read(world, whose(reader, world.template, FigureLevel.DIRECTORATE), JANUARY)
    found = values(figures, measures(world)["births"], JANUARY)
    assert found[None] == 10_000
    assert sum(value or 0 for value in found.values()) == 11_111


def test_a_lost_area_keeps_its_figures_as_then_and_leaves_its_directorate_as_now(world: World, reader: User) -> None:
    place = world.facilities[3].place
    directorate = world.directorates[place.pk]
    assert directorate is not None
    held = directorate.jurisdictions.get()
    held.valid = type(held.valid)(held.valid.lower, datetime.date(2018, 4, 15))
    held.save()
    expect(world, 3, JANUARY)
    report(world, 3, JANUARY, births=7)
    births, today = measures(world)["births"], datetime.date(2019, 1, 1)
    then = read(world, whose(reader, world.template, FigureLevel.DIRECTORATE, today=today), JANUARY)
    now = read(world, whose(reader, world.template, FigureLevel.DIRECTORATE, None, Borders.NOW, today), JANUARY)
    assert values(then, births, JANUARY) == {directorate.code: 7}
    assert values(now, births, JANUARY) == {None: 7}
    assert now.coverage(OUTSIDE, [JANUARY]) == then.coverage(directorate.pk, [JANUARY]) == Covered(1, 1, 1, 1, 1)
    # Places keep their figures whoever is competent.
    place_level = read(world, whose(reader, world.template, FigureLevel.SUBDISTRICT, None, Borders.NOW, today), JANUARY)
    assert values(place_level, births, JANUARY) == {place.code: 7}


def test_as_now_gives_a_place_to_whoever_is_competent_today(world: World, reader: User) -> None:
    place, successor = world.facilities[3].place, DirectorateFactory()
    Jurisdiction.objects.filter(place=place).delete()
    competent(successor, place, datetime.date(2018, 6, 1))
    report(world, 3, JANUARY, births=7)
    now = whose(reader, world.template, FigureLevel.DIRECTORATE, None, Borders.NOW, datetime.date(2019, 1, 1))
    assert values(read(world, now, JANUARY), measures(world)["births"], JANUARY) == {successor.code: 7}


@pytest.mark.parametrize("split", [False, True])
def test_what_changed_hands_is_read_alone_and_gives_what_all_sub_districts_give(
    world: World, reader: User, split: bool
) -> None:
    answers = {"births": 7, "visits_u5": 50, "beds": 4, "days": 9}
    for number in range(len(world.facilities)):
        for start in (JANUARY, FEBRUARY):
            expect(world, number, start)
            report(world, number, start, **{name: value * (number + start.month) for name, value in answers.items()})
    if split:
        count(world, world.facilities[1], MARCH, {"s3": 5}, directorate=DirectorateFactory())
    successor, day = DirectorateFactory(), datetime.date(2018, 2, 1)
    for facility in (world.facilities[0], world.facilities[3]):
        for held in Jurisdiction.objects.filter(place=facility.place):
            held.valid = type(held.valid)(held.valid.lower, day)
            held.save()
    competent(successor, world.facilities[3].place, day)
    today = datetime.date(2019, 1, 1)
    now = whose(reader, world.template, FigureLevel.DIRECTORATE, None, Borders.NOW, today)
    one_by_one = replace(now, within=[place.pk for place in Place.objects.filter(level=FigureLevel.SUBDISTRICT)])
    found, wanted = (read(world, owners, JANUARY, FEBRUARY, MARCH) for owners in (now, one_by_one))
    assert found.sums == wanted.sums
    assert found.covered == wanted.covered
    assert {successor.pk, OUTSIDE} <= found.sums.keys()
    assert found.sums != read(world, replace(now, borders=Borders.THEN), JANUARY, FEBRUARY, MARCH).sums


def test_a_subdistrict_split_between_directorates_is_read_report_by_report(world: World, reader: User) -> None:
    place, other = world.facilities[0].place, DirectorateFactory()
    count(world, world.facilities[0], JANUARY, {"s3": 10})
    count(world, world.facilities[1], JANUARY, {"s3": 5}, directorate=other)
    first = world.directorates[place.pk]
    assert first is not None
    births = measures(world)["births"]
    assert births.parts[0].own == ("s3",)
    owners = whose(reader, world.template, FigureLevel.DIRECTORATE, place)
    assert values(read(world, owners, JANUARY), births, JANUARY) == {first.code: 10, other.code: 5}


# --- Over time -----------------------------------------------------------------------------------------------------


def test_a_quarter_of_a_monthly_template_applies_each_formula_over_time(world: World, reader: User) -> None:
    report(world, 0, JANUARY, births=10, visits_u5=100, beds=30, days=1)
    report(world, 1, JANUARY, beds=10, days=3)
    report(world, 0, FEBRUARY, births=20, visits_u5=50, beds=33, days=8)
    figures = read(world, whose(reader, world.template, FigureLevel.COUNTRY), JANUARY, FEBRUARY, MARCH)
    asked, starts = measures(world), [part.start for part in parts_of(world.template, QUARTER)]
    (country,) = figures.present()
    assert starts == [JANUARY, FEBRUARY, MARCH]
    assert figures.value(country, asked["births"], starts) == 30
    assert figures.value(country, asked["beds"], starts) == 33
    # A mean and a share are made from sums, never from means or shares.
    assert figures.value(country, asked["days"], starts) == Decimal(1 + 3 + 8) / 3
    assert figures.value(country, asked["rate"], starts) == Decimal(30) / 150
    year = read(
        world, whose(reader, world.template, FigureLevel.COUNTRY), *[p.start for p in parse_period("2018").months()]
    )
    assert year.value(country, asked["births"], [p.start for p in parse_period("2018").months()]) == 30


def test_the_last_value_is_that_of_one_moment_for_every_place(world: World, reader: User) -> None:
    report(world, 0, JANUARY, beds=30)
    report(world, 3, JANUARY, beds=5)
    report(world, 3, FEBRUARY, beds=6)
    figures = read(world, whose(reader, world.template, FigureLevel.GOVERNORATE), JANUARY, FEBRUARY, MARCH)
    north, south = (governorate(world, number).code for number in (0, 3))
    beds, starts = measures(world)["beds"], [JANUARY, FEBRUARY, MARCH]
    assert values(figures, beds, *starts) == {north: None, south: 6}
    assert periods_behind(world.template, beds, starts) == [FEBRUARY]


def test_coverage_of_a_quarter_adds_its_months(world: World, reader: User) -> None:
    for start in (JANUARY, FEBRUARY):
        expect(world, 0, start)
    report(world, 0, FEBRUARY, births=1)
    figures = read(world, whose(reader, world.template, FigureLevel.COUNTRY), JANUARY, FEBRUARY, MARCH)
    (country,) = figures.present()
    assert figures.coverage(country, [JANUARY, FEBRUARY, MARCH]) == Covered(2, 1, 1, 1, 1)


def test_a_week_is_no_part_of_a_month_and_a_month_none_of_a_monthly_week(world: World) -> None:
    with pytest.raises(PeriodError) as refusal:
        parts_of(world.template, parse_period("2018W5"))
    assert refusal.value.code == "wrong_period_type"
    weekly = ReportTemplate(period_type="week_sunday")
    with pytest.raises(PeriodError):
        parts_of(weekly, parse_period("201801"))


@pytest.mark.parametrize(
    ("formula", "expected"), [("sum", Decimal(9)), ("last", Decimal(5)), ("average", Decimal("4.5")), ("none", None)]
)
def test_sums_over_time_follow_the_formula(formula: str, expected: Decimal | None) -> None:
    held = {JANUARY: Sums(Decimal(4), 2), MARCH: Sums(Decimal(5), 1)}
    made = Formula(OverTime(formula), OverPlace.SUM).of_periods(held, [JANUARY, FEBRUARY, MARCH])
    assert made == expected == over_time([Decimal(4), None, Decimal(5)], OverTime(formula))


# --- Rows add up ---------------------------------------------------------------------------------------------------

ANSWERS = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from([JANUARY, FEBRUARY, MARCH]),
        st.dictionaries(st.sampled_from([f"s{n}" for n in range(1, 6)]), st.integers(0, 50)),
    ),
    max_size=12,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANSWERS)
def test_rows_add_up_to_the_country_at_every_level_and_by_both_borders(
    world: World, reader: User, reports: list[tuple[int, datetime.date, dict[str, int]]]
) -> None:
    for facility in world.facilities:
        for start in (JANUARY, FEBRUARY, MARCH):
            withdraw(world, facility, start)
            expected_report(world, facility, start)
    for number, start, doc in reports:
        count(world, world.facilities[number], start, doc)
    today = datetime.date(2019, 1, 1)
    north = governorate(world, 0)
    for starts in ([JANUARY], [JANUARY, FEBRUARY, MARCH]):
        for under in (None, north):
            whole = FigureLevel.GOVERNORATE if under else FigureLevel.COUNTRY
            one = read(world, whose(reader, world.template, whole, under), *starts)
            for level in FigureLevel:
                for borders in Borders:
                    if level >= whole:
                        rows = read(world, whose(reader, world.template, level, under, borders, today), *starts)
                        _adds_up(world, one, rows, starts)


def _adds_up(world: World, whole: Figures, rows: Figures, starts: list[datetime.date]) -> None:
    (key,) = whole.whose.holders
    parts = [rows.coverage(holder, starts) for holder in rows.whose.holders]
    assert sum(parts, Covered()) == whole.coverage(key, starts)
    for measure in measures(world).values():
        if measure.adds_up:
            found = [rows.value(holder, measure, starts) for holder in rows.whose.holders]
            total = whole.value(key, measure, starts)
            assert sum(value or 0 for value in found) == (total or 0)
            assert (total is None) == all(value is None for value in found)


# --- Who may see ---------------------------------------------------------------------------------------------------


def test_a_reader_of_one_governorate_sees_its_places_and_nothing_of_the_country(world: World) -> None:
    north = governorate(world, 0)
    local = member("facility_reporter", OrganisationFactory(), places=[north])
    for facility in range(5):
        report(world, facility, JANUARY, births=1)
    births = measures(world)["births"]
    assert values(read(world, whose(local, world.template, FigureLevel.COUNTRY), JANUARY), births, JANUARY) == {}
    assert values(read(world, whose(local, world.template, FigureLevel.GOVERNORATE), JANUARY), births, JANUARY) == {
        north.code: 3
    }
    first = world.directorates[world.facilities[0].place_id]
    assert first is not None
    assert values(read(world, whose(local, world.template, FigureLevel.DIRECTORATE), JANUARY), births, JANUARY) == {
        first.code: 3
    }


def test_a_stranger_sees_no_figures(world: World) -> None:
    report(world, 0, JANUARY, births=1)
    stranger = member("facility_reporter", OrganisationFactory(), last=datetime.date(2017, 1, 1))
    for level in FigureLevel:
        assert read(world, whose(stranger, world.template, level), JANUARY).present() == {}


# --- Not known -----------------------------------------------------------------------------------------------------


def test_reports_that_do_not_know_are_counted_once_an_element(world: World, reader: User) -> None:
    row = report(world, 0, JANUARY, visits_u5=4)
    slots = [world.slots["visits", "o5"], world.slots["births", None]]
    revision = row.submission.revisions.create(
        number=9,
        doc={},
        notes={slot: {"state": "not_known"} for slot in slots},
        at=row.submission.created,
        by=world.person,
    )
    CountedReport.objects.filter(pk=row.pk).update(revision=revision, overlay={slots[1]: 3})
    owners = whose(reader, world.template, FigureLevel.SUBDISTRICT)
    found = unknowns(world.template, owners, [JANUARY], measures(world).values())
    # The births were settled, so they are known.
    assert found == {(world.facilities[0].place_id, world.elements["visits"].pk): 1}
    directorate = world.directorates[world.facilities[0].place_id]
    assert directorate is not None
    for borders in Borders:
        owners = whose(reader, world.template, FigureLevel.DIRECTORATE, None, borders, datetime.date(2019, 1, 1))
        found = unknowns(world.template, owners, [JANUARY], measures(world).values())
        assert found == {(directorate.pk, world.elements["visits"].pk): 1}
