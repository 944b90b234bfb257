"""Every total equals the sum of its counted sources, and both borders add up, under any order of what can be done.

Reports are submitted, approved, reopened and corrected; what two bodies, or three, reported twice is settled in every way,
refused, decided by an arbiter and taken back; places are moved, split, merged and renamed; directorates hand over, are
suspended, sealed and restored, while days go by. What should count is worked out beside it (`oracle.py`).
"""

import datetime
import itertools
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from coordination.reporting.actions.arbiters import decide_settlement, name_arbiter
from coordination.reporting.actions.consolidation import drain
from coordination.reporting.actions.double_reports import attend, escalate_double_reports
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.reviews import approve, reopen, send_back
from coordination.reporting.actions.scopes import rescope
from coordination.reporting.actions.settlements import (
    Said,
    confirm_settlement,
    propose_settlement,
    refuse_settlement,
)
from coordination.reporting.models import CountedReport, DoubleReport, Submission, TemplateVersion
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.double_reports import Key
from coordination.reporting.models.figures import Borders, read_figures, whose
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.sources import Where, sources_of
from coordination.reporting.rules.figures import Covered
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.rules.settlements import Part, Way
from directorates.actions.handovers import answer_handover, offer_handover
from directorates.actions.organisations import resume, suspend
from directorates.actions.place_changes import rename_place
from directorates.actions.place_plans import NewPlace
from directorates.actions.seals import ask_unseal, seal, unseal
from directorates.foundation.problems import Problem
from directorates.models import DirectorateSeal, Jurisdiction, Organisation, Place, User
from directorates.models.places import Level
from directorates.permissions import Refused
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
    assigned,
    competent,
    member,
    published,
)
from tests.reporting.oracle import Agreed, total, what_counts
from tests.reporting.reports import send_again, sent
from tests.reporting.test_borders_hold import moment

pytestmark = pytest.mark.django_db
STARTS = [datetime.date(2019, month, 1) for month in (1, 2)]
# The first month has ended, and the second is under way: changes leave the one alone, and reach the other.
BEGIN, END = datetime.date(2019, 2, 3), datetime.date(2019, 4, 30)
LONG_BEFORE = datetime.date(2018, 1, 1)
NUMBERS = st.integers(0, 11)
DAYS = st.integers(0, 12)
WAYS = st.sampled_from(list(Way))


@dataclass
class Country:
    """Two districts of two directorates with four facilities in three sub-districts; who does what, by name."""

    version: TemplateVersion
    districts: list[Place]
    bodies: list[Organisation]
    facilities: list[Facility]
    reporters: dict[str, Organisation]
    people: dict[str, int]
    # Where a facility lay, and lies for every month that had ended before a change.
    lay: dict[int, int]

    def person(self, name: str) -> User:
        """Somebody, read anew: rights are resolved once a person."""
        return User.objects.get(pk=self.people[name])

    def speaker(self, reporter: int) -> User:
        """Whoever sends for an organisation."""
        return self.person(next(name for name, one in self.reporters.items() if one.pk == reporter))


@pytest.fixture
def country() -> Country:
    """Three facilities reported both months, the first by two NGOs; all but one report is approved; the fourth reported nothing."""
    whole = CountryFactory()
    districts: list[Place] = [DistrictFactory(parent=GovernorateFactory(parent=whole)) for _n in range(2)]
    places = [SubdistrictFactory(parent=districts[number]) for number in (0, 0, 1)]
    bodies: list[Organisation] = [DirectorateFactory(code="one"), DirectorateFactory(code="other")]
    body = BodyFactory()
    ngos: dict[str, Organisation] = {name: OrganisationFactory() for name in ("reporter", "rival", "third")}
    ngo, rival = ngos["reporter"], ngos["rival"]
    people: dict[str, int] = {name: member("ngo_coordinator", one).pk for name, one in ngos.items()}
    for one, district in zip(bodies, districts, strict=True):
        competent(one, district, LONG_BEFORE)
        people[f"director {one.code}"] = member("director", one).pk
        people[f"officer {one.code}"] = member("data_officer", one).pk
    people["administrator"] = member("administrator", body).pk
    people[f"officer {body.code}"] = member("data_manager", body).pk
    version = published()
    facilities: list[Facility] = [
        FacilityFactory(place=places[lies], supporters=[ngo] if number else list(ngos.values()))
        for number, lies in enumerate((0, 0, 1, 2))
    ]
    assigned(version.template, *facilities)
    lay = {facility.pk: facility.place_id for facility in facilities}
    land = Country(version, districts, bodies, facilities, ngos, people, lay)
    by = land.person("reporter")
    for number, (facility, start) in enumerate(itertools.product(facilities[:3], STARTS)):
        report = sent(version, facility=facility, reporter=ngo, by=by, start=start, doc={"s1": 10**number, "s2": 1})
        if number != 1:
            approve(by=land.person(f"officer {report.reviewer.code}"), submission=report, at=moment(BEGIN))
    for start in STARTS:
        twice: dict[str, Any] = {
            "facility": facilities[0],
            "reporter": rival,
            "by": land.person("rival"),
            "start": start,
        }
        report = sent(version, doc={"s1": 7, "s2": 3}, **twice)
        approve(by=land.person(f"officer {report.reviewer.code}"), submission=report, at=moment(BEGIN))
    attend(at=moment(BEGIN), everything=True)
    expect(today=END, first=STARTS[0])
    drain()
    return land


class Machine(RuleBasedStateMachine):
    """Days go by and deeds are done; whatever is refused leaves nothing behind. What holds is asked at the end of each run."""

    land: ClassVar[Country]

    def __init__(self) -> None:
        """Begin with the country, in a transaction that is taken back."""
        super().__init__()
        self.day, self.codes = BEGIN, itertools.count(1)
        self.agreed: dict[Key, Agreed] = {}
        # Whether a change was written down so late that it holds in the first month already.
        self.reached = False
        self.whole = transaction.atomic()
        self.whole.__enter__()

    def teardown(self) -> None:
        """Ask what holds, and take everything back."""
        try:
            _adds_up(self.land, self.agreed)
            if not self.reached:
                _ended_stay(self.land)
        finally:
            transaction.set_rollback(True)
            self.whole.__exit__(None, None, None)

    def done(self, days: int, deed: Callable[[], object]) -> bool:
        """Let days go by and do a deed; the workers follow. A clear refusal leaves nothing written; whether it was done."""
        self.day = min(self.day + datetime.timedelta(days=days), END)
        try:
            with transaction.atomic():
                deed()
        except (Problem, Refused):
            return False
        expect(today=END, first=STARTS[0])
        rescope()
        attend(at=self.at, everything=True)
        drain()
        return True

    @property
    def at(self) -> datetime.datetime:
        """Noon of the machine's day."""
        return moment(self.day)

    def said(self, back: int = 0) -> dict[str, Any]:
        """What a change of places is told; some are written down late."""
        first = self.day - datetime.timedelta(days=back)
        self.reached = self.reached or first < STARTS[1]
        return {"first": first, "reason": "x", "by": self.land.person("administrator"), "at": self.at}

    def place(self, number: int) -> Place:
        """One of the sub-districts of today."""
        rows = list(Place.objects.standing().filter(level=Level.SUBDISTRICT).select_related("parent").order_by("code"))
        return rows[number % len(rows)]

    def report(self, number: int) -> Submission | None:
        """One of the reports."""
        rows = list(Submission.objects.select_related("reviewer").order_by("created", "pk"))
        return rows[number % len(rows)] if rows else None

    def officer(self, report: Submission) -> User:
        """Whoever reviews a report now."""
        return self.land.person(f"officer {report.reviewer.code}")

    @rule(number=NUMBERS, value=st.integers(1, 999))
    def submit(self, number: int, value: int) -> None:
        """A facility's report of a month comes in, and is approved or not."""
        facility = Facility.objects.select_related("place").get(pk=self.land.facilities[number % 4].pk)
        start = STARTS[number % 2]
        if Submission.objects.filter(facility=facility, period_start=start).exists():
            return
        self.send("reporter", facility, start, value, number > 3)

    @rule(number=NUMBERS, value=st.integers(1, 999))
    def submit_third(self, number: int, value: int) -> None:
        """A third body reports the facility that two reported, and is approved or not."""
        facility, start = self.land.facilities[0], STARTS[number % 2]
        third = self.land.reporters["third"]
        if not Submission.objects.filter(facility=facility, period_start=start, reporter=third).exists():
            place = Facility.objects.select_related("place").get(pk=facility.pk)
            self.send("third", place, start, value, number > 3)

    def send(self, name: str, facility: Facility, start: datetime.date, value: int, approved: bool) -> None:
        """A report comes in, and perhaps is approved at once."""
        given: dict[str, Any] = {"reporter": self.land.reporters[name], "by": self.land.person(name)}
        doc: dict[str, int | float] = {"s1": value, "s2": 1} if value % 5 else {"s1": value}
        sent(self.land.version, start=start, facility=facility, doc=doc, at=self.at, **given)
        rescope()
        attend(at=self.at, everything=True)
        if approved:
            self.approve(number=-1, days=0)

    @rule(number=NUMBERS, days=DAYS)
    def approve(self, number: int, days: int) -> None:
        """A report is approved by whoever reviews it now."""
        if report := self.report(number):
            self.done(days, lambda: approve(by=self.officer(report), submission=report, at=self.at))

    @rule(number=NUMBERS, days=DAYS)
    def reopen(self, number: int, days: int) -> None:
        """An approved report is opened again."""
        if report := self.report(number):
            self.done(days, lambda: reopen(by=self.officer(report), submission=report, reason="Again", at=self.at))

    @rule(number=NUMBERS, value=st.integers(1, 999), days=DAYS)
    def correct(self, number: int, value: int, days: int) -> None:
        """A report is sent back, and comes again with other numbers."""
        report = self.report(number)
        if report is None:
            return

        def deed() -> None:
            if report.status == "approved":
                reopen(by=self.officer(report), submission=report, reason="Again", at=self.at)
            held = Submission.objects.select_related("reviewer").get(pk=report.pk)
            send_back(by=self.officer(held), submission=held, reason="Again", at=self.at)
            attend(at=self.at, everything=True)
            held = Submission.objects.get(pk=report.pk)
            send_again(held, by=self.land.speaker(held.reporter_id), doc={"s1": value, "s2": 2}, at=self.at)

        self.done(days, deed)

    def wanted(self, double: DoubleReport, way: Way, number: int) -> tuple[Said, Agreed]:
        """Terms of one way, as the portal is told them and as the test writes them down."""
        sides = sorted(report.reporter_id for report in double.reports)
        taken, other = sides[number % len(sides)], sides[(number + 1) % len(sides)]
        parts: dict[str, Part] = {}
        cells: dict[str, tuple[str, int | None]] = {}
        if way in (Way.SPLIT, Way.VALUES):
            parts, cells = {"s2": Part(take=other)}, {"s2": ("of", other)}
        if way is Way.VALUES:
            parts["s1"] = Part(value=Decimal(number)) if number % 3 else Part()
            cells["s1"] = ("number", number if number % 3 else None)
        grounded = way in (Way.TAKE, Way.SPLIT, Way.VALUES)
        one = next(report.reporter for report in double.reports if report.reporter_id == taken)
        said = Said(way, "We agreed", one if grounded else None, parts, knowing=True)
        return said, Agreed(frozenset(sides), way.value, taken if grounded else None, cells)

    def double(self, number: int) -> DoubleReport | None:
        """One of the double reports, that still is one."""
        doubles = list(DoubleReport.objects.named().order_by("pk"))
        double = doubles[number % len(doubles)]
        return double if len(double.reports) > 1 else None

    def keep(self, double: DoubleReport, agreed: Agreed) -> None:
        """Write down what was settled, or that it was taken back."""
        if agreed.way == Way.RULE:
            self.agreed.pop(double.key, None)
        else:
            self.agreed[double.key] = agreed

    @initialize(ways=st.lists(WAYS, min_size=2, max_size=2), who=NUMBERS)
    def begin(self, ways: list[Way], who: int) -> None:
        """Both months' double reports were settled, each in its way, before anything else happens."""
        for number, way in enumerate(ways):
            self.settle(number=number, way=way, who=who, days=0, refused=0)

    @rule(number=NUMBERS, way=WAYS, who=NUMBERS, days=DAYS, refused=st.integers(0, 3))
    def settle(self, number: int, way: Way, who: int, days: int, refused: int) -> None:
        """All who reported agree on what counts, or go back to the rule; or, of four times, one of them refuses."""
        double = self.double(number)
        if double is None:
            return
        said, agreed = self.wanted(double, way, who)
        first, *others = [self.land.speaker(report.reporter_id) for report in double.reports]

        def deed() -> None:
            made = propose_settlement(double=double, said=said, by=first, at=self.at)
            if refused == 3:
                refuse_settlement(double=double, settlement=made, reason="No", by=others[0], at=self.at)
                return
            for by in others:
                confirm_settlement(double=double, settlement=made, by=by, at=self.at)

        if self.done(days, deed) and refused != 3:
            self.keep(double, agreed)

    @rule(number=NUMBERS, way=WAYS, who=NUMBERS, days=DAYS)
    def arbitrate(self, number: int, way: Way, who: int, days: int) -> None:
        """Whoever reviews names the body as the arbiter, and it decides; where the sides have time still, it is refused."""
        double = self.double(number)
        if double is None:
            return
        said, agreed = self.wanted(double, way, who)
        reviewer = double.reports[0].reviewer.code
        naming = f"director {reviewer}" if f"director {reviewer}" in self.land.people else f"officer {reviewer}"

        def deed() -> None:
            escalate_double_reports(at=self.at)
            body = Organisation.objects.get(kind="body")
            name_arbiter(double=double, arbiter=body, by=self.land.person(naming), at=self.at)
            decide_settlement(double=double, said=said, by=self.land.person(f"officer {body.code}"), at=self.at)

        if self.done(days, deed):
            self.keep(double, agreed)

    @rule(number=NUMBERS, days=DAYS, back=DAYS)
    def move(self, number: int, days: int, back: int) -> None:
        """A sub-district moves under the other district."""
        place = self.place(number)
        parent = next(one for one in self.land.districts if one.pk != place.parent_id)
        code = f"SYM{next(self.codes)}"
        self.done(days, lambda: move_place(place=place, parent=parent, code=code, **self.said(back)))

    @rule(number=NUMBERS, days=DAYS, back=DAYS)
    def split(self, number: int, days: int, back: int) -> None:
        """A sub-district is split in two; its facilities go to the one and the other in turn."""
        place = self.place(number)
        parts = [NewPlace(f"SYX{next(self.codes)}", "قسم", "Part") for _part in range(2)]
        lying = Facility.objects.filter(place=place).order_by("pk").values_list("code", flat=True)
        into = {code: parts[turn % 2].code for turn, code in enumerate(lying)}
        self.done(days, lambda: split_place(place=place, parts=parts, facilities=into, **self.said(back)))

    @rule(number=NUMBERS, other=NUMBERS, days=DAYS, back=DAYS)
    def merge(self, number: int, other: int, days: int, back: int) -> None:
        """A sub-district becomes part of another one, also of another district."""
        place, into = self.place(number), self.place(other)
        self.done(days, lambda: merge_places(places=[place], into=into, **self.said(back)))

    @rule(number=NUMBERS, days=DAYS)
    def come_back(self, number: int, days: int) -> None:
        """Whatever has the ground of a place that was split is merged into it again."""
        ended = Place.objects.exclude(ended=None).order_by("code")
        if not ended:
            return
        place = ended[number % len(ended)]
        laters = list(Place.objects.standing().filter(succeeds__former=place, level=Level.SUBDISTRICT).distinct())
        self.done(days, lambda: merge_places(places=laters, into=place, **self.said()))

    @rule(number=NUMBERS)
    def rename(self, number: int) -> None:
        """A place bears another name."""
        name = f"Name {next(self.codes)}"
        self.done(0, lambda: rename_place(place=self.place(number), name_ar="اسم", name_en=name, **self.said()))

    @rule(number=NUMBERS, days=DAYS)
    def hand_over(self, number: int, days: int) -> None:
        """A place is offered by its directorate, or the body for it, and taken over by the other one."""
        place = self.place(number)
        last = Jurisdiction.objects.last_competent(place, self.day)
        if last is None:
            return
        other = next(one for one in self.land.bodies if one.pk != last.pk)
        given: dict[str, Any] = {"giver": last, "taker": other, "places": [place], "reason": "x"}

        def deed() -> None:
            by = self.land.person(f"director {last.code}" if last.status == "active" else "administrator")
            made = offer_handover(first=self.day, by=by, at=self.at, **given)
            taker = self.land.person(f"director {other.code}")
            answer_handover(handover=made, places=[place], by=taker, at=self.at)

        self.done(days, deed)

    @rule(number=NUMBERS, days=DAYS)
    def suspend_or_restore(self, number: int, days: int) -> None:
        """A directorate stops acting, or acts again."""
        one = Organisation.objects.get(pk=self.land.bodies[number % 2].pk)
        change = suspend if one.status == "active" else resume
        by = self.land.person("administrator")
        self.done(days, lambda: change(organisation=one, since=self.day, reason="z", by=by, at=self.at))

    @rule(number=NUMBERS, days=DAYS)
    def seal_or_unseal(self, number: int, days: int) -> None:
        """A directorate is sealed by its director, or unsealed by two others."""
        one, other = self.land.bodies[number % 2], self.land.bodies[(number + 1) % 2]

        def deed() -> None:
            found = DirectorateSeal.objects.closing().filter(organisation=one).first()
            if found is None:
                director = self.land.person(f"director {one.code}")
                seal(by=director, organisation=one, reason="Danger", at=self.at)
                return
            ask_unseal(by=self.land.person("administrator"), seal=found, reason="Over", at=self.at)
            unseal(by=self.land.person(f"director {other.code}"), seal=found, at=self.at)

        self.done(days, deed)


def _ended_stay(land: Country) -> None:
    """A month that had ended before anything changed: its reports stay in the sub-district in which the facility lay."""
    for report in Submission.objects.filter(period_start=STARTS[0]):
        assert report.subdistrict_id == land.lay[report.facility_id]
    for row in CountedReport.objects.filter(period_start=STARTS[0]):
        assert row.subdistrict_id == land.lay[row.facility_id]


def _adds_up(land: Country, agreed: dict[Key, Agreed]) -> None:
    """What counts is what should, and at every level and by both borders the rows give it, each the sum of its reports."""
    counting = what_counts(land.version.template_id, agreed)
    rows = CountedReport.objects.filter(template=land.version.template).select_related("revision")
    found = {
        (row.template_id, row.period_start, row.facility_id): row.revision.doc | (row.overlay or {}) for row in rows
    }
    told = {key: {slot: value for slot, value in doc.items() if value is not None} for key, doc in found.items()}
    assert told == counting
    drain()
    reader, template = land.person("officer body"), land.version.template
    for start, level, borders in itertools.product(STARTS, FigureLevel, Borders):
        measure = next(iter(measures_of(template, Period(PeriodType.MONTH, start)).values()))
        owners = whose(reader, template, level, None, borders, END)
        figures = read_figures(template, owners, [start], [measure])
        given = {key: int(figures.value(key, measure, [start]) or 0) for key in owners.holders}
        assert sum(given.values()) == total(counting, start), (start, level, borders)
        covered = sum((figures.coverage(key, [start]) for key in owners.holders), Covered())
        assert covered.received == len([key for key in counting if key[1] == start])
        for key, holder in owners.holders.items():
            place, body = (holder, None) if isinstance(holder, Place) else (None, holder)
            behind = sources_of(template, Where(reader, place, body, borders, END), [start], measure)
            assert int(behind.sums.total or 0) == given[key], (start, level, borders, holder)
    for facility in Facility.objects.select_related("place"):
        assert facility.place.ended is None


def test_totals_are_the_sums_of_their_sources_whatever_is_done(country: Country) -> None:
    Machine.land = country
    checks = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large]
    # Bounded: a failing order is told as it was found, since making it smaller takes minutes of real databases.
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    limits = settings(
        max_examples=8, stateful_step_count=12, deadline=None, suppress_health_check=checks, phases=phases
    )
    run_state_machine_as_test(Machine, settings=limits)
