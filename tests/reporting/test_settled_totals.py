"""Every total is the sum of its counted sources, under any order of approving, reopening, settling and taking back."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.reporting.actions.consolidation import KIND, drain, rebuild
from coordination.reporting.actions.double_reports import attend
from coordination.reporting.actions.reviews import approve, reopen
from coordination.reporting.actions.settlements import confirm_settlement
from coordination.reporting.models import CountedReport
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.sources import Role, Where, sources_of
from coordination.reporting.models.submissions import Status
from coordination.reporting.rules.settlements import Part, Way
from directorates.foundation.models import Job
from directorates.foundation.problems import Problem
from tests.reporting.doubled import Doubled
from tests.reporting.figures_world import stored_cells, true_cells

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
    st.sampled_from(["approve first", "approve second", "reopen first", "reopen second", "attend", *SETTLING]),
    min_size=1,
    max_size=6,
)


def act(scene: Doubled, deed: str) -> None:
    """Do it where it can be done; what is refused changes nothing."""
    what, _space, which = deed.partition(" ")
    if what in ("approve", "reopen") and deed not in SETTLING:
        report = scene.first if which == "first" else scene.second
        report.refresh_from_db()
        if what == "approve" and report.status == Status.SUBMITTED:
            approve(by=scene.officer, submission=report, at=timezone.now())
        elif what == "reopen" and report.status == Status.APPROVED:
            reopen(by=scene.officer, submission=report, reason="Look again", at=timezone.now())
    elif deed == "attend":
        attend(at=timezone.now(), everything=True)
    else:
        settle(scene, deed)


def settle(scene: Doubled, deed: str) -> None:
    """Both sides agree; taking back where nothing is settled is refused."""
    way, said = SETTLING[deed]
    given = {name: getattr(scene, value) if name == "taken" else value for name, value in said.items()}
    if way is Way.RULE and scene.double.settlement is None:
        with pytest.raises(Problem):
            scene.propose(way, **given)
        return
    made = scene.propose(way, **given)
    confirm_settlement(double=scene.double, settlement=made, by=scene.rival, at=timezone.now())


@pytest.fixture
def scene() -> Doubled:
    """Two approved reports beside one of another facility."""
    found = Doubled()
    alone = found.sent(facility=found.other_facility(), doc={"s1": 100, "s2": 1})
    approve(by=found.officer, submission=alone, at=timezone.now())
    return found


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(DEEDS)
def test_every_total_equals_the_sum_of_its_counted_sources(scene: Doubled, deeds: list[str]) -> None:
    for deed in deeds:
        act(scene, deed)
        drain()
        assert stored_cells(scene.template) == true_cells(scene.template), deed
        assert_sources(scene)
    facilities = list(CountedReport.objects.values_list("facility", flat=True))
    assert len(facilities) == len(set(facilities)), "no facility counts twice"


def assert_sources(scene: Doubled) -> None:
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


def test_a_rebuild_comes_to_the_same_as_what_was_settled_step_by_step(scene: Doubled) -> None:
    settle(scene, "add")
    drain()
    before = stored_cells(scene.template)
    rebuild(Job.objects.create(kind=KIND.code, by=scene.manager), lambda *_done: None)
    assert stored_cells(scene.template) == before


def test_sources_say_that_a_settlement_changed_a_value_and_why(scene: Doubled) -> None:
    settle(scene, "add")
    where, period = Where(scene.officer, place=scene.place), scene.first.period
    measure = next(iter(measures_of(scene.template, period).values()))
    found = {row.submission.pk: row for row in sources_of(scene.template, where, [period.start], measure).rows}
    counted, aside = found[scene.second.pk], found[scene.first.pk]
    assert (counted.role, aside.role) == (Role.ADJUSTED, Role.SET_ASIDE)
    assert "We agreed" in str(counted.reason)
    assert "12" in str(counted.reason), "what was sent"


def test_until_it_is_settled_a_figure_says_that_it_counts_by_rule(scene: Doubled) -> None:
    where, period = Where(scene.officer, place=scene.place), scene.first.period
    measure = next(iter(measures_of(scene.template, period).values()))
    with translation.override("en"):
        found = sources_of(scene.template, where, [period.start], measure)
    told = {row.submission.pk: (row.reason, row.double) for row in found.rows}
    reason, double = told[scene.second.pk]
    assert "Counted by rule until settled." in str(reason)
    assert double == scene.double
