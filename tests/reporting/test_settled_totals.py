"""Every total is the sum of its counted sources, under any order of approving, reopening, settling and taking back."""

from decimal import Decimal
from functools import cached_property
from typing import Any

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.reporting.actions.consolidation import KIND, drain, rebuild
from coordination.reporting.actions.counted import recount_by_register
from coordination.reporting.actions.double_reports import attend
from coordination.reporting.actions.reviews import approve, reopen, send_back
from coordination.reporting.actions.settlements import confirm_settlement
from coordination.reporting.models import CountedReport
from coordination.reporting.models.double_reports import Key
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.sources import Role, Where, sources_of
from coordination.reporting.models.submissions import Status, Submission
from coordination.reporting.rules.settlements import Part, Way
from directorates.foundation.models import Job
from directorates.foundation.problems import Problem
from facilities.actions.duplicates import merge
from facilities.models import Facility
from tests.factories import member
from tests.reporting.doubled import Doubled
from tests.reporting.figures_world import stored_cells, true_cells
from tests.reporting.oracle import Agreed, what_counts
from tests.reporting.reports import send_again

pytestmark = pytest.mark.django_db

SETTLING: dict[str, tuple[Way, dict[str, Any]]] = {
    "take the first": (Way.TAKE, {"taken": "ngo"}),
    "take the second": (Way.TAKE, {"taken": "other"}),
    "larger": (Way.LARGER, {}),
    "add": (Way.ADD, {}),
    "split": (Way.SPLIT, {"taken": "ngo"}),
    "values": (Way.VALUES, {"taken": "other", "parts": {"s1": Part(value=Decimal(7)), "s2": Part()}}),
    "take back": (Way.RULE, {}),
}
DEEDS = st.lists(
    st.sampled_from(
        [
            *(f"{what} {which}" for what in ("approve", "reopen") for which in ("first", "second", "third")),
            "send third",
            "correct first",
            "attend",
            *SETTLING,
        ]
    ),
    min_size=1,
    max_size=6,
)
# The single values of these, as the oracle reads them.
CELLS: dict[str, tuple[str, int | None]] = {"s1": ("number", 7), "s2": ("number", None)}


class Three(Doubled):
    """Beside the NGOs the directorate reports the same, which its checker may approve."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.checker = member("data_officer", self.directorate)
        self.third: Submission | None = None
        # What was settled, as the test wrote it down; the scene lives as long as all examples.
        self.agreed: dict[Key, Agreed] = {}
        # The entries of the register that were merged, each with the one that stays.
        self.merged: dict[int, int] = {}

    def send_third(self) -> None:
        """The directorate's own report comes in, and waits for its checker."""
        self.third = self.third or self.sent(reporter=self.directorate, by=self.officer, doc={"s1": 22})

    def correct(self, report: Submission) -> None:
        """A report is sent back, and comes again with other numbers."""
        if report.status == Status.APPROVED:
            reopen(by=self.checker, submission=report, reason="Look again", at=timezone.now())
            report.refresh_from_db()
        send_back(by=self.checker, submission=report, reason="Look again", at=timezone.now())
        report.refresh_from_db()
        send_again(report, by=self.coordinator, doc={"s1": 4})


class ThreeOfMerged(Three):
    """The same, of a facility that was entered twice: the second NGO reported the other entry, and both were merged."""

    def __post_init__(self) -> None:
        super().__post_init__()
        merge(survivor=self.facility, merged=self.again, reason="One building", by=self.officer, at=timezone.now())
        self.merged = {self.again.pk: self.facility.pk}
        recount_by_register()
        attend(at=timezone.now(), everything=True)

    @cached_property
    def again(self) -> Facility:
        """The other entry."""
        return self.other_facility()

    def sent(self, **given: Any) -> Submission:
        """A report, of the second NGO about the other entry."""
        second = given.get("reporter") == self.other
        return super().sent(**({"facility": self.again} if second else {}) | given)


def counted(scene: Three) -> dict[Key, dict[str, int]]:
    """The numbers that count, by what they are about."""
    rows = CountedReport.objects.filter(template=scene.template).select_related("revision")
    found = {
        (row.template_id, row.period_start, scene.merged.get(row.facility_id, row.facility_id)): row.revision.doc
        | (row.overlay or {})
        for row in rows
    }
    assert len(found) == len(rows), "no facility counts twice"
    return {key: {slot: n for slot, n in doc.items() if n is not None} for key, doc in found.items()}


def act(scene: Three, deed: str) -> None:
    """Do it where it can be done; what is refused changes nothing."""
    what, _space, which = deed.partition(" ")
    report = getattr(scene, which, None) if deed not in SETTLING else None
    if what == "send":
        scene.send_third()
    elif what in ("approve", "reopen", "correct"):
        if report is None:
            return
        report.refresh_from_db()
        if what == "approve" and report.status == Status.SUBMITTED:
            approve(by=scene.checker, submission=report, at=timezone.now())
        elif what == "reopen" and report.status == Status.APPROVED:
            reopen(by=scene.checker, submission=report, reason="Look again", at=timezone.now())
        elif what == "correct":
            scene.correct(report)
    elif deed == "attend":
        attend(at=timezone.now(), everything=True)
    else:
        settle(scene, deed)


def settle(scene: Three, deed: str) -> None:
    """All sides agree; taking back where nothing is settled is refused. What was settled is written down."""
    way, said = SETTLING[deed]
    given = {name: getattr(scene, value) if name == "taken" else value for name, value in said.items()}
    if way is Way.RULE and scene.double.settlement is None:
        with pytest.raises(Problem):
            scene.propose(way, **given)
        return
    double, made = scene.double, scene.propose(way, **given)
    for by in (scene.rival, scene.officer) if len(double.reports) > 2 else (scene.rival,):
        confirm_settlement(double=double, settlement=made, by=by, at=timezone.now())
    scene.agreed.pop(double.key, None)
    if way is not Way.RULE:
        sides = frozenset(report.reporter_id for report in double.reports)
        taken = given["taken"].pk if "taken" in given else None
        scene.agreed[double.key] = Agreed(sides, way.value, taken, CELLS if way is Way.VALUES else {})


@pytest.fixture(params=[Three, ThreeOfMerged], ids=["one entry", "merged entries"])
def scene(request: pytest.FixtureRequest) -> "Three":
    """Two approved reports beside one of another facility."""
    found: Three = request.param()
    alone = found.sent(facility=found.other_facility(), doc={"s1": 100, "s2": 1})
    approve(by=found.officer, submission=alone, at=timezone.now())
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEEDS)
def test_every_total_equals_the_sum_of_its_counted_sources(scene: Three, deeds: list[str]) -> None:
    for deed in deeds:
        act(scene, deed)
        drain()
        assert counted(scene) == what_counts(scene.template.pk, scene.agreed, merged=scene.merged), deed
        assert stored_cells(scene.template) == true_cells(scene.template), deed
        assert_sources(scene)


def assert_sources(scene: Three) -> None:
    """The sources of each figure add up to it, and what a settlement changed says so."""
    where = Where(scene.officer, place=scene.place)
    period = scene.first.period
    for measure in measures_of(scene.template, period).values():
        if not measure.adds_up:
            continue
        found = sources_of(scene.template, where, [period.start], measure)
        cell = stored_cells(scene.template).get((period.start, 3, scene.place.pk, measure.id, 0))
        rows = [row for row in found.rows if row.role is not Role.SET_ASIDE]
        given = sum((row.sums.total for row in rows if row.sums.total is not None), Decimal(0))
        assert given + (found.closed_sums.total or 0) == (cell[0] if cell else 0)
        for row in rows:
            overlay = CountedReport.objects.get(submission=row.submission).overlay or {}
            slots = {slot for part in measure.parts.values() for slot in part.slots}
            assert (row.role is Role.ADJUSTED) is bool(slots & overlay.keys())


def test_a_rebuild_comes_to_the_same_as_what_was_settled_step_by_step(scene: Three) -> None:
    settle(scene, "add")
    drain()
    before = stored_cells(scene.template)
    rebuild(Job.objects.create(kind=KIND.code, by=scene.manager), lambda *_done: None)
    assert stored_cells(scene.template) == before


def test_sources_say_that_a_settlement_changed_a_value_and_why(scene: Three) -> None:
    settle(scene, "add")
    where, period = Where(scene.officer, place=scene.place), scene.first.period
    measure = next(iter(measures_of(scene.template, period).values()))
    found = {row.submission.pk: row for row in sources_of(scene.template, where, [period.start], measure).rows}
    counted, aside = found[scene.second.pk], found[scene.first.pk]
    assert (counted.role, aside.role) == (Role.ADJUSTED, Role.SET_ASIDE)
    assert "We agreed" in str(counted.reason)
    assert "12" in str(counted.reason), "what was sent"


def test_until_it_is_settled_a_figure_says_that_it_counts_by_rule(scene: Three) -> None:
    where, period = Where(scene.officer, place=scene.place), scene.first.period
    measure = next(iter(measures_of(scene.template, period).values()))
    with translation.override("en"):
        found = sources_of(scene.template, where, [period.start], measure)
    told = {row.submission.pk: (row.reason, row.double) for row in found.rows}
    reason, double = told[scene.second.pk]
    assert "Counted by rule until settled." in str(reason)
    assert double == scene.double
