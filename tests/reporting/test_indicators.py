"""Indicators as they are read: out of added-up figures at every level, for whoever may see every part, in versions that stay."""

import datetime
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.core.cache import cache
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.exchange.listings import LISTINGS
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.edition_making import make_edition, publish_made
from coordination.reporting.actions.indicators import (
    change_formula,
    describe_indicator,
    make_indicator,
    retire_indicator,
)
from coordination.reporting.models import CountedReport, Indicator, IndicatorVersion, Population, Revision
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders
from coordination.reporting.models.indicator_formulas import WrittenFormula
from coordination.reporting.models.indicator_values import DrawnFrom, IndicatorValues, Question, indicator_values
from coordination.reporting.models.indicators import drawn_in
from coordination.reporting.rules.indicators import Outcome, Reason
from coordination.reporting.rules.periods import Period, parse_period
from coordination.reporting.rules.suppression import Limits
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Place, User
from directorates.permissions import Refused
from tests.api.callers import Caller
from tests.factories import (
    BodyFactory,
    ElementFactory,
    OrganisationFactory,
    TemplateFactory,
    UserFactory,
    competent,
    member,
    published,
    signed_in,
)
from tests.reporting.figures_world import World, count, expected_report, make_world, withdraw
from tests.reporting.test_editions import Published
from tests.reporting.test_figures import expect, governorate, report
from tests.reporting.test_figures_by_agreement import Shared

pytestmark = pytest.mark.django_db

JANUARY, FEBRUARY, MARCH = (datetime.date(2018, month, 1) for month in (1, 2, 3))
MONTH, QUARTER = parse_period("201803"), parse_period("2018Q1")
ALWAYS = datetime.date(2000, 1, 1)
NOW = timezone.now()
PAGE = "/reports/indicators/"


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


def administrator() -> User:
    return member("administrator", BodyFactory())


def written(*templates: Any, **other: Any) -> WrittenFormula:
    """A formula: births for each hundred visits, where nothing else is said."""
    said: dict[str, Any] = {
        "numerator": "births",
        "denominator": "visits",
        "factor": 100,
        "decimals": 1,
        "since": ALWAYS,
    }
    return WrittenFormula(templates=list(templates), **(said | other))


def made(*templates: Any, code: str = "rate_of_births", **other: Any) -> Indicator:
    """An indicator, as it is read."""
    said = {"name_ar": "نسبة", "name_en": "Births per visit", "reading_ar": "", "reading_en": "", "better": "neutral"}
    by = administrator()
    make_indicator(code=code, **said, written=written(*templates, **other), by=by, at=NOW)
    return Indicator.objects.named().get(code=code)


def values(
    user: User, indicator: Indicator, *periods: Period, level: FigureLevel = FigureLevel.COUNTRY, **other: Any
) -> IndicatorValues:
    """Its values, everything that waits added up first."""
    drain()
    drawn = drawn_in(indicator, periods, other.pop("number", None))
    return indicator_values(Question(user, periods, drawn, level, **other))


def by_code(found: IndicatorValues, period: Period) -> dict[str | None, Outcome]:
    return {holder.code if holder else None: found.outcome(key, period) for key, holder in found.holders.items()}


def of_country(user: User, indicator: Indicator, period: Period = MONTH, **other: Any) -> Outcome:
    """The country's."""
    found = values(user, indicator, period, **other)
    return found.outcome(Place.objects.get(level=0).pk, period)


# --- Out of sums -----------------------------------------------------------------------------------------------------


def test_a_country_is_no_mean_of_its_places(world: World, reader: User) -> None:
    report(world, 0, MARCH, births=1, visits_u5=2)
    report(world, 3, MARCH, births=10, visits_u5=1000)
    indicator = made(world.template)
    places = by_code(values(reader, indicator, MONTH, level=FigureLevel.GOVERNORATE), MONTH)
    assert {one.value for one in places.values()} == {50, 1}
    country = of_country(reader, indicator)
    assert country.value is not None
    assert round(country.value, 4) == Decimal("1.0978")
    assert (country.numerator, country.denominator) == (11, 1002)


ANSWERS = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from([JANUARY, FEBRUARY, MARCH]),
        st.dictionaries(st.sampled_from(["births", "visits_u5", "visits_o5"]), st.integers(0, 50), min_size=1),
    ),
    max_size=9,
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ANSWERS)
def test_at_every_level_it_is_that_of_all_counted_documents(
    world: World, reader: User, reports: list[tuple[int, datetime.date, dict[str, int]]]
) -> None:
    indicator = Indicator.objects.named().filter(code="rate_of_births").first() or made(world.template)
    for facility in world.facilities:
        for start in (JANUARY, FEBRUARY, MARCH):
            withdraw(world, facility, start)
            expected_report(world, facility, start)
    for number, start, answers in reports:
        named = {tuple(name.partition("_")[::2]): value for name, value in answers.items()}
        doc = {world.slots[element, category or None]: value for (element, category), value in named.items()}
        count(world, world.facilities[number], start, doc)
    for period, starts in ((MONTH, [MARCH]), (QUARTER, [JANUARY, FEBRUARY, MARCH])):
        for level in FigureLevel:
            found = values(reader, indicator, period, level=level)
            truth = _from_documents(world, level, starts)
            for key in found.holders:
                births, visits = truth.get(key, (None, None))
                outcome = found.outcome(key, period)
                assert (outcome.numerator, outcome.denominator) == (births, visits)
                if births is None or visits is None:
                    assert outcome.reasons == (Reason.NOT_REPORTED,)
                elif not visits:
                    assert outcome.reasons == (Reason.DIVIDED_BY_ZERO,)
                else:
                    assert outcome.value is not None
                    assert abs(Fraction(outcome.value) - Fraction(100 * births, visits)) <= Fraction(1, 10**10)


def _from_documents(world: World, level: FigureLevel, starts: list[datetime.date]) -> dict[int, Any]:
    """Births and visits of each holder, document by document."""
    sums: dict[int, list[int | None]] = defaultdict(lambda: [None, None])
    sides = [[world.slots["births", None]], [world.slots["visits", "u5"], world.slots["visits", "o5"]]]
    rows = CountedReport.objects.filter(period_start__in=starts).select_related(
        "revision", "subdistrict__parent__parent"
    )
    for row in rows:
        places = {place.level: place.pk for place in _line(row.subdistrict)} | {4: row.directorate_id or 0}
        for side, slots in enumerate(sides):
            answers = [row.revision.doc[slot] for slot in slots if slot in row.revision.doc]
            if answers:
                held = sums[places[level]]
                held[side] = (held[side] or 0) + sum(answers)
    return {key: tuple(held) for key, held in sums.items()}


def _line(place: Place | None) -> list[Place]:
    return [] if place is None else [place, *_line(place.parent)]


def test_each_item_is_taken_over_time_by_its_own_formula(world: World, reader: User) -> None:
    for start, births, beds in ((JANUARY, 5, 10), (FEBRUARY, 6, 20), (MARCH, 7, 40)):
        report(world, 0, start, births=births, beds=beds)
    indicator = made(world.template, denominator="beds", factor=1)
    found = of_country(reader, indicator, QUARTER)
    assert (found.numerator, found.denominator) == (18, 40)
    days = made(world.template, code="by_days", denominator="beds * _days", factor=1)
    assert of_country(reader, days, QUARTER).denominator == 40 * 90


def test_a_category_is_an_operand_of_its_own(world: World, reader: User) -> None:
    report(world, 0, MARCH, visits_u5=30, visits_o5=70)
    indicator = made(world.template, numerator="visits.u5", denominator="visits")
    assert of_country(reader, indicator).value == 30


def test_reports_of_two_templates_are_put_together_each_by_its_own(world: World, reader: User) -> None:
    other = TemplateFactory()
    published(other, [ElementFactory(code="doses"), world.elements["beds"]])
    slots: dict[tuple[str, str | None], str] = {(one.element.code, None): one.name for one in other.slots.all()}
    for number, births, doses in ((0, 4, 12), (3, 6, 8)):
        report(world, number, MARCH, births=births)
        report(replace(world, template=other, slots=slots), number, MARCH, doses=doses)
    report(world, 1, MARCH, births=2)
    indicator = made(world.template, other, numerator="doses", denominator="births", factor=1)
    assert {one.code for one in indicator.last.drawn.templates} == {world.template.code, other.code}
    found, country = values(reader, indicator, MONTH), Place.objects.get(level=0).pk
    outcome = found.outcome(country, MONTH)
    assert (outcome.numerator, outcome.denominator, outcome.uneven) == (20, 12, True)
    assert outcome.value is not None
    assert round(outcome.value, 4) == Decimal("1.6667")
    assert {one.code: told.received for one, told in found.covered(country, MONTH)} == {
        world.template.code: 3,
        other.code: 2,
    }
    with pytest.raises(Problem) as caught:
        made(world.template, other, code="twice", numerator="births", denominator="beds")
    assert [(one.field, one.code) for one in caught.value.errors] == [("denominator", "asked_twice")]


def test_a_quarter_of_beds_and_days_is_marked_once_a_month_of_it_is_missing(world: World, reader: User) -> None:
    for month in (JANUARY, FEBRUARY, MARCH):
        report(world, 0, month, births=300, beds=10)
    indicator = made(world.template, numerator="births", denominator="beds * _days")
    whole = of_country(reader, indicator, QUARTER)
    assert (whole.numerator, whole.denominator, whole.value, whole.uneven) == (900, 900, 100, False)
    withdraw(world, world.facilities[0], FEBRUARY)
    assert of_country(reader, indicator, QUARTER).uneven


def test_a_formula_that_is_too_long_once_it_is_written_out_is_a_fault(world: World) -> None:
    short = "+".join(["births"] * 62)
    assert len(short) <= 500 < len(short.replace("+", " + "))
    with pytest.raises(Problem) as caught:
        made(world.template, numerator=short)
    assert [(one.field, one.code) for one in caught.value.errors] == [("numerator", "expression_too_long")]


# --- What is not known -----------------------------------------------------------------------------------------------


def test_nobody_answered_divided_by_zero_and_no_population_are_each_told(world: World, reader: User) -> None:
    report(world, 0, MARCH, births=4, visits_u5=0)
    assert of_country(reader, made(world.template)).reasons == (Reason.DIVIDED_BY_ZERO,)
    missing = made(world.template, code="beds", denominator="beds")
    assert of_country(reader, missing).reasons == (Reason.NOT_REPORTED,)
    people = made(world.template, code="people", denominator="_pop_total * _years")
    found = of_country(reader, people)
    assert (found.reasons, found.numerator, found.denominator) == ((Reason.NO_POPULATION,), 4, None)


def test_what_counts_and_is_not_added_up_yet_is_no_missing_report(world: World, reader: User) -> None:
    indicator = made(world.template)
    report(world, 0, FEBRUARY, births=4, visits_u5=8)
    drain()
    report(world, 0, MARCH, births=4, visits_u5=8)
    asked = Question(reader, (MONTH,), drawn_in(indicator, [MONTH]), FigureLevel.COUNTRY)
    country = Place.objects.get(level=0).pk
    assert indicator_values(asked).outcome(country, MONTH).reasons == (Reason.NOT_CONSOLIDATED,)
    drain()
    assert indicator_values(asked).outcome(country, MONTH).value == 50


def test_a_period_of_another_kind_and_one_before_every_version_are_told(world: World, reader: User) -> None:
    indicator = made(world.template, since=datetime.date(2018, 2, 1))
    assert of_country(reader, indicator, parse_period("2018W10")).reasons == (Reason.WRONG_PERIOD,)
    assert of_country(reader, indicator, parse_period("201801")).reasons == (Reason.NO_FORMULA,)


def test_sides_that_other_reports_answer_and_what_is_not_known_are_marked(world: World, reader: User) -> None:
    report(world, 0, MARCH, births=4, visits_u5=8)
    assert not of_country(reader, made(world.template), doubted=MONTH).uneven
    report(world, 2, MARCH, births=4)
    indicator = Indicator.objects.named().get()
    assert of_country(reader, indicator).uneven
    row = report(world, 2, MARCH, births=4, visits_u5=3)
    notes = {world.slots["visits", "o5"]: {"state": "not_known"}}
    said = Revision.objects.create(
        submission=row.submission, number=9, doc=row.revision.doc, notes=notes, at=NOW, by=world.person
    )
    CountedReport.objects.filter(pk=row.pk).update(revision=said)
    assert not of_country(reader, indicator).uneven
    assert of_country(reader, indicator, doubted=MONTH).uneven


def test_populations_of_sub_districts_make_those_above_and_those_of_directorates(world: World, reader: User) -> None:
    indicator = made(world.template, denominator="_pop_total * _years", factor=1)
    for number in (0, 2, 3):
        report(world, number, MARCH, births=10)
    body = BodyFactory()
    subdistricts = list(Place.objects.filter(level=3).order_by("code"))
    said = {"year": 2018, "group": "total", "source": "S", "dated": ALWAYS, "at": NOW, "acting": body}
    for place in subdistricts:
        Population.objects.create(place=place, number=1200, **said)
    country = of_country(reader, indicator)
    assert (country.denominator, country.value) == (400, Decimal("0.075"))
    rows = by_code(values(reader, indicator, MONTH, level=FigureLevel.DIRECTORATE), MONTH)
    one = world.directorates[world.facilities[0].place_id]
    assert one is not None
    assert (rows[one.code].numerator, rows[one.code].denominator) == (20, 200)
    Population.objects.filter(place=subdistricts[0]).update(taken_back_at=NOW, taken_back_acting=body)
    assert of_country(reader, indicator).reasons == (Reason.NO_POPULATION,)
    Population.objects.create(place=Place.objects.get(level=0), number=6000, **said)
    assert of_country(reader, indicator).denominator == 500


# --- Who may see every part ------------------------------------------------------------------------------------------


def test_whoever_may_not_see_one_part_sees_that_it_is_not_open() -> None:
    shared = Shared()
    indicator = made(shared.world.template, denominator="1", factor=1)
    reader = member("facility_reporter", OrganisationFactory())
    found = of_country(reader, indicator)
    assert (found.value, found.numerator, found.reasons) == (None, None, (Reason.NOT_OPEN,))
    assert not values(reader, indicator, MONTH).holders
    page = signed_in(reader, "en").get(f"{PAGE}{indicator.code}/").content.decode()
    assert "not open to it" in page
    assert Caller(reader).get(f"indicators/{indicator.code}/values/", {"period": "201803"}).json()["results"] == []


def test_one_part_that_is_closed_closes_the_whole() -> None:
    shared = Shared()
    other = TemplateFactory()
    published(other, [shared.world.elements["beds"]])
    open_one = made(other, code="open_one", numerator="beds", denominator="1", factor=1)
    both = Indicator.objects.create(code="both", name_ar="ب", name_en="B", better="neutral")
    assert open_one.last.number == 1
    version = IndicatorVersion.objects.create(
        indicator=both, number=1, since=ALWAYS, numerator="births", denominator="beds", factor=1, decimals=0, at=NOW,
        acting=BodyFactory(),
    )  # fmt: skip
    version.operands.create(template=shared.world.template, element=shared.world.elements["births"])
    version.operands.create(template=other, element=shared.world.elements["beds"])
    reader = member("facility_reporter", OrganisationFactory())
    assert of_country(reader, Indicator.objects.named().get(code="both")).reason is Reason.NOT_OPEN


def test_readers_of_editions_get_what_editions_show_and_hidden_parts_are_not_computable() -> None:
    month = Published()
    indicator = made(month.world.template)
    country = of_country(month.observer, indicator)
    assert country.reasons == (Reason.NOT_PUBLISHED,)
    edition = month.publish()
    found = values(month.observer, indicator, MONTH)
    assert found.drawn_from is DrawnFrom.EDITIONS
    outcome = found.outcome(Place.objects.get(level=0).pk, MONTH)
    shown = edition.figures.filter(place__level=0, category=None)
    births, visits = (shown.get(element__code=code).value for code in ("births", "visits"))
    assert births is not None
    assert visits is not None
    assert (outcome.numerator, outcome.denominator) == (births, visits)
    hidden = edition.figures.filter(hidden=True, category=None, element__code="births", place__level=3)
    rows = values(month.observer, indicator, MONTH, level=FigureLevel.SUBDISTRICT)
    for figure in hidden:
        assert rows.outcome(figure.place_id, MONTH).reason is Reason.HIDDEN
    assert hidden.exists()
    # A late report changes the figures of now, and nothing of what was published.
    report(month.world, 0, MARCH, births=900, visits_u5=1000)
    assert of_country(month.observer, indicator).numerator == births
    assert of_country(month.manager, indicator).numerator != births
    assert of_country(month.observer, indicator, QUARTER).reasons == (Reason.NOT_PUBLISHED,)
    page = signed_in(month.observer, "en").get(f"{PAGE}{indicator.code}/?level=subdistrict").content.decode()
    assert "a part is hidden" in page


def test_of_an_edition_and_the_one_that_corrects_it_the_later_alone_is_read() -> None:
    month = Published()
    indicator = made(month.world.template)
    edition = month.publish(Limits(smallest=2, facilities=2, share=100))
    before = of_country(month.observer, indicator)
    for number, value in enumerate((25, 36, 44, 5, 12, 29, 41, 37, 22, 3, 2, 14, 15)):
        month.world.reporter = month.reporters[number % 3]
        report(month.world, number, MARCH, births=value, visits_u5=11 * number, visits_o5=4)
    drain()
    limits, quiet = edition.limits, lambda _done, _of: None
    fresh = make_edition(month.world.template, edition.period, limits, month.manager, NOW, quiet, corrects=edition)
    publish_made(fresh, month.manager)
    figure = fresh.figures.get(place__level=0, category=None, element__code="births")
    assert figure.value not in (None, before.numerator)
    assert (of_country(month.observer, indicator).numerator, before.numerator) == (figure.value, Decimal(236))


def test_editions_know_no_directorates_and_the_interface_says_so() -> None:
    month = Published()
    month.publish(Limits(smallest=2, facilities=2, share=100))
    indicator = made(month.world.template)
    asked = {"period": "201803", "level": "directorate", "as": "now"}
    faults = Caller(month.observer).get(f"indicators/{indicator.code}/values/", asked).json()["errors"]
    assert [one["code"] for one in faults] == ["not_in_editions"]


# --- Versions --------------------------------------------------------------------------------------------------------


def test_a_changed_formula_holds_from_a_period_on_and_the_old_figure_stays(world: World, reader: User) -> None:
    for start in (FEBRUARY, MARCH):
        report(world, 0, start, births=10, visits_u5=20, visits_o5=80)
    indicator, by = made(world.template), administrator()
    later = written(world.template, denominator="visits.u5", since=MARCH)
    change_formula(indicator=indicator, written=later, why="Children only", seen=1, by=by, at=NOW)
    indicator = Indicator.objects.named().get()
    february = parse_period("201802")
    assert of_country(reader, indicator, february).value == 10
    assert of_country(reader, indicator, MONTH).value == 50
    assert of_country(reader, indicator, MONTH, number=1).value == 10
    answer = Caller(reader).get(f"indicators/{indicator.code}/values/", {"period": "201803", "version": "1"}).json()
    assert (answer["version"], answer["results"][0]["value"]) == (1, "10")
    assert AuditEvent.objects.filter(what="change_indicator").count() == 1


def test_the_same_formula_is_no_change_and_somebody_elses_is_not_overwritten(world: World) -> None:
    indicator, by = made(world.template), administrator()
    same = change_formula(indicator=indicator, written=written(world.template), why="x", seen=7, by=by, at=NOW)
    assert (same.number, indicator.versions.count()) == (1, 1)
    with pytest.raises(Problem) as caught:
        change_formula(indicator=indicator, written=written(world.template, factor=1), why="x", seen=7, by=by, at=NOW)
    assert (caught.value.status, caught.value.code) == (409, "changed")


def test_everything_that_is_wrong_is_told_at_once(world: World) -> None:
    said = {"name_ar": "", "name_en": "B", "reading_ar": "35.9306, 36.6339", "reading_en": "", "better": "best"}
    wrong = written(
        world.template, numerator="births + nothing + note", denominator="0 * 3", factor=7, decimals=9, unit_ar="ل"
    )
    with pytest.raises(Problem) as caught:
        make_indicator(code="Bad code", **said, written=wrong, by=administrator(), at=NOW)
    told = {(one.field, one.code) for one in caught.value.errors}
    assert told == {
        ("code", "invalid"),
        ("name_ar", "required"),
        ("reading_ar", "location"),
        ("better", "unknown"),
        ("factor", "unknown"),
        ("decimals", "out_of_range"),
        ("unit_en", "required"),
        ("numerator", "unknown_operand"),
        ("numerator", "no_sum"),
        ("denominator", "zero"),
    }
    assert not Indicator.objects.exists()


@pytest.mark.parametrize(
    ("numerator", "code"),
    [
        ("births +", "expression_incomplete"),
        ("rate", "no_sum"),
        ("days", "no_sum"),
        ("visits.nobody", "unknown_category"),
        ("_pop_total", "no_item"),
        ("_pop_everybody", "unknown_operand"),
        ("births; drop table", "expression_unexpected"),
    ],
)
def test_shares_means_and_what_nobody_asks_are_no_operands(world: World, numerator: str, code: str) -> None:
    with pytest.raises(Problem) as caught:
        made(world.template, numerator=numerator, denominator="1")
    assert [one.code for one in caught.value.errors] == [code]


def test_weekly_and_monthly_reports_cannot_be_put_together(world: World) -> None:
    weekly = TemplateFactory(period_type="week")
    with pytest.raises(Problem) as caught:
        made(world.template, weekly)
    assert [(one.field, one.code) for one in caught.value.errors] == [("templates", "not_nested")]


def test_a_code_is_taken_once_and_a_retired_indicator_stays_as_it_is(world: World) -> None:
    indicator, by = made(world.template), administrator()
    with pytest.raises(Problem) as caught:
        made(world.template)
    assert [one.code for one in caught.value.errors] == ["taken"]
    said = {"name_ar": "ن", "name_en": "N", "reading_ar": "", "reading_en": "", "better": "lower"}
    describe_indicator(indicator=indicator, **said, seen={"name_en": "Births per visit"}, by=by, at=NOW)
    with pytest.raises(Problem) as caught:
        describe_indicator(
            indicator=indicator, **said | {"name_en": "M"}, seen={"name_en": "Births per visit"}, by=by, at=NOW
        )
    assert caught.value.code == "changed"
    for _twice in range(2):
        retire_indicator(indicator=indicator, by=by, at=NOW)
    assert AuditEvent.objects.filter(what="retire_indicator").count() == 1
    with pytest.raises(Problem) as caught:
        change_formula(indicator=indicator, written=written(world.template, factor=1), why="x", seen=1, by=by, at=NOW)
    assert caught.value.code == "retired"
    with pytest.raises(Refused):
        retire_indicator(indicator=indicator, by=UserFactory(), at=NOW)


def test_the_database_keeps_versions_as_they_were_written(world: World) -> None:
    indicator = made(world.template)
    for statement in (
        "UPDATE reporting_indicatorversion SET factor = 1",
        "DELETE FROM reporting_indicatoroperand",
        "DELETE FROM reporting_indicator",
        "UPDATE reporting_indicator SET code = 'other'",
    ):
        with pytest.raises(Exception, match=r"denied|stays|keeps|refused|never"), transaction.atomic():
            connection.cursor().execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        IndicatorVersion.objects.create(
            indicator=indicator, number=2, since=ALWAYS, numerator="1", denominator="1", factor=3, decimals=1, at=NOW,
            acting=BodyFactory(),
        )  # fmt: skip


# --- Pages, files, programs ------------------------------------------------------------------------------------------


def told(world: World) -> Indicator:
    """Three months of two facilities."""
    for start in (JANUARY, FEBRUARY, MARCH):
        for number in (0, 3):
            expect(world, number, start)
            report(world, number, start, births=10 + start.month, visits_u5=100 + number)
    drain()
    return made(world.template, unit_ar="%", unit_en="%")


def test_the_page_shows_both_sides_places_and_how_it_is_computed_in_both_languages(world: World, reader: User) -> None:
    indicator = told(world)
    north = governorate(world, 0)
    for language, words in (("en", ("Numerator", "How it is computed", "Over time")), ("ar", ("البسط", "المقام"))):
        page = signed_in(reader, language).get(f"{PAGE}{indicator.code}/?period=201803").content.decode()
        assert all(word in page for word in words)
        assert "12.8%" in page  # 26 of 203
        assert north.name_en in page or north.name_ar in page
    client = signed_in(reader, "en")
    drilled = client.get(
        f"{PAGE}{indicator.code}/?period=2018Q1&under={north.code}&level=district&as=now"
    ).content.decode()
    assert 'value="2018Q1" selected' in drilled
    assert f'value="{north.code}" selected' in drilled
    assert 'value="now" selected' in drilled
    assert "36" in drilled
    assert client.get(f"{PAGE}{indicator.code}/?under=SY99").status_code == 404
    assert "Births per visit" in client.get(PAGE).content.decode()


def test_a_page_asks_as_often_whatever_there_is_to_show(world: World, reader: User) -> None:
    indicator = told(world)
    client, counted = signed_in(reader, "en"), []
    client.get(f"{PAGE}{indicator.code}/")
    for query in ("level=governorate", "level=subdistrict"):
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(f"{PAGE}{indicator.code}/?{query}").status_code == 200
        counted.append(len(asked))
    assert counted[0] == counted[1]
    assert counted[0] <= 60


def test_programs_and_files_get_the_same_numbers(world: World, reader: User) -> None:
    indicator = told(world)
    asked = {"period": "201803", "level": "governorate"}
    answer = Caller(reader).get(f"indicators/{indicator.code}/values/", asked).json()
    rows = {row["place"]: row for row in answer["results"]}
    north = governorate(world, 0)
    assert rows[north.code]["value"] == "13"
    assert rows[north.code]["parts"][0] == {
        "operand": "births", "value": "13", "answers": 1, "least": False, "reason": None,
    }  # fmt: skip
    assert rows[north.code]["reports"] == [{"template": world.template.code, "expected": 1, "received": 1}]
    listed = LISTINGS["indicator"].listed(reader, f"indicator={indicator.code}&period=201803")
    at = {column.code: place for place, column in enumerate(listed.columns)}
    found = {row[at["place"]]: row for row in listed.rows if row[at["period"]] == "201803"}
    assert found[north.code][at["value"]] == 13
    definitions = Caller(reader).get("indicators/").json()["results"]
    assert definitions[0]["versions"][0]["numerator"] == "births"
    assert next(iter(LISTINGS["indicators"].listed(reader, "").rows))[0] == indicator.code
    faults = (
        Caller(reader).get(f"indicators/{indicator.code}/values/", {"version": "9", "as": "x", "level": "y"}).json()
    )
    assert {one["field"] for one in faults["errors"]} == {"period", "version", "as", "level"}
    assert Caller(reader).get("indicators/nothing/values/", {"period": "201803"}).status_code == 404


def test_a_formula_is_tried_on_a_place_and_a_period_and_nothing_is_kept(world: World) -> None:
    indicator = told(world)
    client = signed_in(administrator(), "en")
    form = {
        "templates": world.template.code, "numerator": "births", "denominator": "visits.u5", "factor": "100",
        "decimals": "1", "since": "2018-03-01", "why": "Children", "seen": "1", "deed": "try",
        "try_place": governorate(world, 0).code, "try_period": "201803", "unit_ar": "%", "unit_en": "%",
    }  # fmt: skip
    page = client.post(f"{PAGE}{indicator.code}/formula/", form)
    assert page.status_code == 200
    assert "13.0%" in page.content.decode()
    assert IndicatorVersion.objects.count() == 1
    wrong = client.post(f"{PAGE}{indicator.code}/formula/", form | {"denominator": "nobody", "try_period": ""})
    assert wrong.status_code == 400
    assert {"denominator", "try_period"} <= set(wrong.context["form"].errors)
    kept = client.post(f"{PAGE}{indicator.code}/formula/", form | {"deed": "keep"})
    assert kept.status_code == 302
    assert IndicatorVersion.objects.count() == 2
    new = {**form, "deed": "keep", "code": "other", "name_ar": "آخر", "name_en": "Other", "better": "higher"}
    assert client.post(f"{PAGE}new/", new).status_code == 302
    assert client.post(f"{PAGE}new/", new).status_code == 400
    said = {"name_ar": "ج", "name_en": "New", "reading_ar": "", "reading_en": "", "better": "lower", "stood": "{}"}
    assert client.post(f"{PAGE}other/describe/", said).status_code == 302
    assert client.post(f"{PAGE}other/retire/").status_code == 302
    assert f"{PAGE}other/" not in client.get(PAGE).content.decode()
    assert "retired" in client.get(f"{PAGE}other/").content.decode()


def test_by_todays_borders_as_figures_are(world: World, reader: User) -> None:
    indicator = told(world)
    today = datetime.date(2019, 1, 1)
    for level in FigureLevel:
        then = values(reader, indicator, MONTH, level=level)
        now = values(reader, indicator, MONTH, level=level, borders=Borders.NOW, today=today)
        assert by_code(then, MONTH).keys() == by_code(now, MONTH).keys()
