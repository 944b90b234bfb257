"""Whatever is approved, reopened, handed over, ended, suspended, sealed and restored, in any order: figures add up.

By the borders of the period and by today's, the rows of directorates are the country's, and the country's is what counts;
and each place has one directorate on a day at most.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.reviews import approve, reopen
from coordination.reporting.actions.scopes import rescope
from coordination.reporting.models import CountedReport, ReportTemplate, Submission
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders, read_figures, whose
from coordination.reporting.models.measures import measures_of
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.actions.handovers import answer_handover, offer_handover
from directorates.actions.jurisdictions import decide, end
from directorates.actions.organisations import resume, suspend
from directorates.actions.seals import ask_unseal, seal, unseal
from directorates.foundation.problems import Problem
from directorates.models import DirectorateSeal, Jurisdiction, JurisdictionDecision, Organisation, Place, User
from directorates.permissions import Refused
from facilities.models import Facility
from tests.factories import (
    BodyFactory,
    CountryFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    assigned,
    competent,
    member,
    published,
)
from tests.reporting.reports import sent

pytestmark = pytest.mark.django_db
ZONE = ZoneInfo("Asia/Damascus")
STARTS = [datetime.date(2019, month, 1) for month in (1, 2, 3)]
END = datetime.date(2019, 4, 30)
LONG_BEFORE = datetime.date(2018, 1, 1)


@dataclass
class Land:
    """Two directorates with three sub-districts, a facility in each, and three months of reports that wait."""

    template: ReportTemplate
    places: list[Place]
    bodies: list[Organisation]
    people: dict[str, int]
    reports: list[Submission]

    def person(self, name: str) -> User:
        """Somebody, read anew: rights are resolved once a person."""
        return User.objects.get(pk=self.people[name])

    def reviewer_of(self, report: Submission) -> User:
        """Whoever reviews a report now."""
        return User.objects.get(pk=self.people[f"officer {report.reviewer.code}"])


@pytest.fixture
def land() -> Land:
    """Everything is as it began."""
    district = DistrictFactory(parent__parent=CountryFactory())
    places: list[Place] = [SubdistrictFactory(parent=district) for _n in range(3)]
    bodies: list[Organisation] = [DirectorateFactory(code="one"), DirectorateFactory(code="other")]
    body, ngo = BodyFactory(), OrganisationFactory()
    for place, holder in zip(places, (bodies[0], bodies[0], bodies[1]), strict=True):
        competent(holder, place, LONG_BEFORE)
    people: dict[str, int] = {"reporter": member("ngo_coordinator", ngo).pk}
    for one in bodies:
        people[f"director {one.code}"] = member("director", one).pk
        people[f"officer {one.code}"] = member("data_officer", one).pk
    people["administrator"] = member("administrator", body).pk
    people[f"officer {body.code}"] = member("data_manager", body).pk
    version = published()
    facilities: list[Facility] = [FacilityFactory(place=place, supporters=[ngo]) for place in places]
    assigned(version.template, *facilities)
    by = User.objects.get(pk=people["reporter"])
    reports = [
        sent(version, facility=one, reporter=ngo, by=by, start=start, doc={"s1": 10 * n + month, "s2": 1})
        for n, one in enumerate(facilities, 1)
        for month, start in enumerate(STARTS, 1)
    ]
    return Land(version.template, places, bodies, people, reports)


Deed = Callable[[Land, datetime.date, int], object]


def moment(day: datetime.date) -> datetime.datetime:
    """Noon of a day."""
    return datetime.datetime.combine(day, datetime.time(12), ZONE)


def _approve(land: Land, day: datetime.date, number: int) -> None:
    report = Submission.objects.select_related("reviewer").get(pk=land.reports[number % 9].pk)
    approve(by=land.reviewer_of(report), submission=report, at=moment(day))


def _reopen(land: Land, day: datetime.date, number: int) -> None:
    report = Submission.objects.select_related("reviewer").get(pk=land.reports[number % 9].pk)
    reopen(by=land.reviewer_of(report), submission=report, reason="Again", at=moment(day))


def _hand_over(land: Land, day: datetime.date, number: int) -> None:
    place = land.places[number % 3]
    last = Jurisdiction.objects.last_competent(place, day)
    if last is None:
        return
    other = next(one for one in land.bodies if one.pk != last.pk)
    for name in (f"director {last.code}", "administrator"):
        try:
            made = offer_handover(
                giver=last, taker=other, places=[place], first=day, reason="x", by=land.person(name), at=moment(day)
            )
        except Refused:
            continue
        # Every third answer is a refusal.
        taken = [] if number % 9 > 5 else [place]
        answer_handover(
            handover=made, places=taken, answer="y", by=land.person(f"director {other.code}"), at=moment(day)
        )


def _end(land: Land, day: datetime.date, number: int) -> None:
    decisions = list(JurisdictionDecision.objects.order_by("pk"))
    by = land.person("administrator")
    end(decision=decisions[number % len(decisions)], last=day, reason="Lost", by=by, at=moment(day))


def _decide(land: Land, day: datetime.date, number: int) -> None:
    given: dict[str, Any] = {"organisation": land.bodies[number % 2], "place": land.places[number % 3], "first": day}
    decide(by=land.person("administrator"), at=moment(day), **given)


def _suspend(land: Land, day: datetime.date, number: int) -> None:
    one = Organisation.objects.get(pk=land.bodies[number % 2].pk)
    change = suspend if one.status == "active" else resume
    change(organisation=one, since=day, reason="z", by=land.person("administrator"), at=moment(day))


def _seal(land: Land, day: datetime.date, number: int) -> None:
    one, other = land.bodies[number % 2], land.bodies[(number + 1) % 2]
    found = DirectorateSeal.objects.closing().filter(organisation=one).first()
    if found is None:
        seal(by=land.person(f"director {one.code}"), organisation=one, reason="Danger", at=moment(day))
        return
    ask_unseal(by=land.person("administrator"), seal=found, reason="Over", at=moment(day))
    unseal(by=land.person(f"director {other.code}"), seal=found, at=moment(day))


DEEDS: list[Deed] = [_approve, _approve, _reopen, _hand_over, _hand_over, _end, _decide, _suspend, _seal]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(DEEDS),
            st.dates(datetime.date(2019, 1, 1), END - datetime.timedelta(days=1)),
            st.integers(0, 17),
        ),
        max_size=9,
    )
)
def test_rows_add_up_by_both_borders_whatever_is_done(land: Land, deeds: list[tuple[Deed, datetime.date, int]]) -> None:
    with transaction.atomic():
        expect(today=END)
        for deed, day, number in deeds:
            try:
                with transaction.atomic():
                    deed(land, day, number)
            except (Problem, Refused):
                # A clear answer, and nothing is left written.
                continue
            expect(today=END)
            rescope()
            drain()
        drain()
        _adds_up(land)
        transaction.set_rollback(True)


def _adds_up(land: Land) -> None:
    """Both borders give the country, and the country gives what counts."""
    reader = land.person("officer body")
    for start in STARTS:
        period = Period(PeriodType.MONTH, start)
        measure = next(iter(measures_of(land.template, period).values()))
        counted = CountedReport.objects.filter(template=land.template, period_start=start).select_related("revision")
        whole = sum(row.revision.doc["s1"] for row in counted)
        country = whose(reader, land.template, FigureLevel.COUNTRY)
        (key,) = country.holders
        total = read_figures(land.template, country, [start], [measure])
        assert (total.value(key, measure, [start]) or 0) == whole
        for borders in Borders:
            owners = whose(reader, land.template, FigureLevel.DIRECTORATE, None, borders, END)
            rows = read_figures(land.template, owners, [start], [measure])
            assert sum(rows.value(one, measure, [start]) or 0 for one in owners.holders) == whole
            covered = sum((rows.coverage(one, [start]) for one in owners.holders), Covered())
            assert covered == total.coverage(key, [start])
        _belongs(land, period)


def _belongs(land: Land, period: Period) -> None:
    """A report counts for whoever was competent on its period's last day, or the last who was."""
    for row in CountedReport.objects.filter(template=land.template, period_start=period.start):
        held = Jurisdiction.objects.last_competent(Place.objects.get(pk=row.subdistrict_id), period.last_day)
        assert row.directorate == held
