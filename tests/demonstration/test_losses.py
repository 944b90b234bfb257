"""The losses of 2018, month by month: eight directorates become four, and every total is what was reported there then."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
from django.db import transaction

from coordination.demonstration.loading import Loading
from coordination.demonstration.places import INTO, MERGED
from coordination.demonstration.plan import Site
from coordination.demonstration.territory import LOST
from coordination.demonstration.windows import past
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.models import CountedReport, ExpectedReport, ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders, Figures, read_figures, whose
from coordination.reporting.models.measures import WHOLE, Measure, measures_of
from coordination.reporting.rules.periods import Period, PeriodType, periods_between
from directorates.models import Jurisdiction, Organisation, Place, PlaceChange, User
from facilities.models import Facility

pytestmark = pytest.mark.django_db
MONTHS = list(periods_between(PeriodType.MONTH, dt.date(2018, 2, 1), dt.date(2018, 9, 30)))
EIGHT = {"idlib", "aleppo", "hama", "lattakia", *LOST}


@dataclass
class Told:
    """The loaded months, and a reader of all figures."""

    sites: list[Site]
    reader: User
    template: ReportTemplate
    measure: Measure
    today: dt.date

    def figures(self, level: FigureLevel, period: Period, borders: Borders = Borders.THEN) -> Figures:
        """The figures of a month."""
        owners = whose(self.reader, self.template, level, None, borders, self.today)
        return read_figures(self.template, owners, [period.start], [self.measure])

    def by_directorate(self, period: Period, borders: Borders = Borders.THEN) -> dict[str, tuple[Any, ...]]:
        """By code (empty: outside every jurisdiction): the total, expected, received."""
        found, codes = self.figures(FigureLevel.DIRECTORATE, period, borders), dict(codes_of())
        rows = {}
        for key in found.present():
            covered = found.coverage(key, [period.start])
            if covered.anything:
                rows[codes.get(key, "")] = (
                    found.value(key, self.measure, [period.start]) or 0,
                    covered.expected,
                    covered.received,
                )
        return rows


def codes_of() -> Iterator[tuple[int, str]]:
    """The codes of organisations, by id."""
    yield from Organisation.objects.values_list("pk", "code")


def competent_on(day: dt.date) -> set[str]:
    """The codes of the directorates that are competent somewhere on a day."""
    return set(Jurisdiction.objects.at(day).values_list("organisation__code", flat=True))


@pytest.fixture(scope="module")
def told(reference: None, settings_allow: None) -> Iterator[Told]:
    """February to September 2018, loaded and consolidated."""
    with transaction.atomic():
        loading = Loading(0.02)
        loading.windows = {"past": replace(past(), first=MONTHS[0].start, last=MONTHS[-1].last_day)}
        loading.run("past")
        drain()
        template = ReportTemplate.objects.get(code="services-monthly")
        measures = measures_of(template, MONTHS[0])
        measure = next(one for one in measures.values() if one.headline)
        yield Told(loading.sites, User.objects.get(email="data@body.example"), template, measure, loading.today)
        transaction.set_rollback(True)


@pytest.mark.parametrize("period", MONTHS, ids=lambda period: period.id)
def test_each_month_counts_who_was_competent_on_its_last_day(told: Told, period: Period) -> None:
    owed = defaultdict[str, set[int]](set)
    for site in told.sites:
        if site.works(period.last_day) and (code := site.directorate(period.last_day)):
            owed[code].add(site.facility.pk)
    rows = ExpectedReport.objects.filter(template=told.template, period_start=period.start)
    written = defaultdict[str, set[int]](set)
    for code, facility in rows.values_list("directorate__code", "facility"):
        written[code].add(facility)
    assert written == owed
    # In so small a demonstration the only facility of a directorate can be closed.
    assert set(written) <= competent_on(period.last_day)
    assert competent_on(period.last_day) == {code for code in EIGHT if LOST.get(code, period.end) >= period.last_day}
    figures = told.by_directorate(period)
    assert {code: row[1] for code, row in figures.items() if row[1]} == {code: len(own) for code, own in owed.items()}


def test_one_place_changed_since_and_nobody_holds_more_or_less_for_it(told: Told) -> None:
    change = PlaceChange.objects.get()
    assert ([one.code for one in change.formers], [one.code for one in change.laters]) == ([MERGED], [INTO])
    assert MONTHS[-1].last_day < change.first < told.today
    assert Jurisdiction.objects.competent(change.laters[0], told.today) == Organisation.objects.get(code="idlib")
    assert not Facility.objects.filter(place__code=MERGED).exists()


@pytest.mark.parametrize("period", MONTHS, ids=lambda period: period.id)
def test_each_directorate_receives_and_totals_just_what_counts_of_its_own_facilities(
    told: Told, period: Period
) -> None:
    sites = {site.facility.pk: site for site in told.sites}
    slots = told.measure.parts[WHOLE].own
    truth = defaultdict[str, list[Any]](lambda: [0, 0])
    rows = CountedReport.objects.filter(template=told.template, period_start=period.start).select_related("revision")
    for row in rows:
        site = sites[row.facility_id]
        # With nobody competent any more it counts for the last that was.
        code = site.directorate(period.last_day) or (site.extent if site.extent in LOST else "")
        document = row.revision.doc | (row.overlay or {})
        truth[code][0] += 1
        truth[code][1] += sum(document.get(slot) or 0 for slot in slots)
    assert truth
    found = {code: [row[2], row[0]] for code, row in told.by_directorate(period).items() if row[2]}
    assert found == dict(truth)


@pytest.mark.parametrize("period", MONTHS, ids=lambda period: period.id)
def test_each_month_adds_up_to_the_country_by_both_borders(told: Told, period: Period) -> None:
    country = told.figures(FigureLevel.COUNTRY, period)
    key = Place.objects.get(level=0).pk
    covered = country.coverage(key, [period.start])
    whole = (country.value(key, told.measure, [period.start]), covered.expected, covered.received)
    assert covered.received == CountedReport.objects.filter(template=told.template, period_start=period.start).count()
    for borders in Borders:
        rows = told.by_directorate(period, borders).values()
        assert tuple(sum(row[at] for row in rows) for at in range(3)) == whole, borders


@pytest.mark.parametrize("period", MONTHS, ids=lambda period: period.id)
def test_by_todays_borders_what_was_lost_belongs_to_nobody_and_the_others_keep_their_own(
    told: Told, period: Period
) -> None:
    then, now = told.by_directorate(period), told.by_directorate(period, Borders.NOW)
    assert set(now) <= {"", *(EIGHT - set(LOST))}
    for code in EIGHT - set(LOST):
        assert now.get(code) == then.get(code)
    lost = [row for code, row in then.items() if code in LOST or code == ""]
    assert now.get("", (0, 0, 0)) == tuple(sum(row[at] for row in lost) for at in range(3))


def test_eight_directorates_become_four(told: Told) -> None:
    assert [len(competent_on(one.last_day)) for one in MONTHS] == [8, 8, 7, 6, 6, 4, 4, 4]
    for one in MONTHS:
        expected = {code for code, row in told.by_directorate(one).items() if row[1]}
        assert expected <= competent_on(one.last_day)
