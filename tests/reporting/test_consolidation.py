"""Consolidation: whatever happens in whatever order, cells equal what plain Python computes from counted reports."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone, translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.job_kinds import KINDS
from coordination.reporting.actions import consolidation
from coordination.reporting.actions.consolidation import (
    KIND,
    consolidation_state,
    drain,
    request_rebuild,
    touch,
)
from coordination.reporting.models import Cell, CountedReport, Coverage, Revision, Touched
from directorates.foundation.jobs import PATIENCE, Progress, progress, resume, run
from directorates.foundation.models import Job, OutboxMessage
from directorates.models import AuditEvent, User
from directorates.permissions import Refused
from tests.factories import BodyFactory, CategorySetFactory, ElementFactory, UserFactory, member, published
from tests.reporting.figures_world import (
    PERIODS,
    World,
    count,
    expected_report,
    make_world,
    stored_cells,
    stored_coverage,
    true_cells,
    true_coverage,
    withdraw,
)

pytestmark = pytest.mark.django_db

NUMBERS = st.one_of(st.none(), st.integers(0, 500), st.decimals(0, 99, places=2).map(float))
DOCS = st.fixed_dictionaries({f"s{number}": NUMBERS for number in range(1, 6)})
OVERLAYS = st.one_of(st.none(), st.dictionaries(st.sampled_from([f"s{n}" for n in range(1, 6)]), NUMBERS, min_size=1))
DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["approve", "approve", "approve", "reopen", "expect", "drain"]),
        st.integers(0, 4),
        st.integers(0, 1),
        DOCS,
        OVERLAYS,
        st.booleans(),
    ),
    min_size=1,
    max_size=25,
)


@pytest.fixture
def world() -> World:
    """The small country."""
    return make_world()


@pytest.fixture
def manager() -> User:
    """The body's data manager, who may have figures computed anew."""
    return member("data_manager", BodyFactory())


def agree(world: World) -> None:
    """Stored figures equal the true ones."""
    assert stored_cells(world.template) == true_cells(world.template)
    assert stored_coverage(world.template) == true_coverage(world.template)


def rebuilt(by: User) -> Job:
    """The job of a rebuild that was asked for and run."""
    job = request_rebuild(by=by, at=timezone.now())
    run(job.pk, KIND)
    job.refresh_from_db()
    return job


def answers(world: World, **values: Any) -> dict[str, Any]:
    """A document by the elements' codes; `visits_u5` for a category."""
    return {world.slots[tuple((*code.split("_"), None)[:2])]: value for code, value in values.items()}  # type: ignore[index]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_any_order_of_approving_and_reopening_ends_with_the_true_figures(world: World, deeds: list[Any]) -> None:
    point = transaction.savepoint()
    for deed, at, period, doc, overlay, on_time in deeds:
        facility, start = world.facilities[at], PERIODS[period]
        if deed == "approve":
            kept = {slot: value for slot, value in doc.items() if value is not None}
            count(world, facility, start, kept, on_time=on_time, overlay=overlay)
        elif deed == "reopen":
            withdraw(world, facility, start)
        elif deed == "expect":
            expected_report(world, facility, start)
            touch([(world.template.pk, start, facility.place_id)])
        else:
            drain(batch=2)
    drain(batch=3)
    agree(world)
    before = stored_cells(world.template), stored_coverage(world.template)
    consolidation._rebuild(lambda _done, _of: None)
    assert (stored_cells(world.template), stored_coverage(world.template)) == before
    transaction.savepoint_rollback(point)


def test_rows_of_directorates_and_of_the_outside_add_up_to_the_country(world: World) -> None:
    for number, facility in enumerate(world.facilities):
        expected_report(world, facility, PERIODS[0])
        count(world, facility, PERIODS[0], answers(world, visits_u5=number + 1, visits_o5=10, births=3))
    drain()
    agree(world)
    by_level: dict[int, Any] = defaultdict(Decimal)
    for (_, level, _, _, _), (total, *_rest) in stored_cells(world.template).items():
        by_level[level] += total or 0
    assert len(set(by_level.values())) == 1
    outside = Cell.objects.get(level=4, place=0, element=world.elements["visits"].pk, category=0)
    assert (outside.total, outside.n) == (15, 1)
    outside_cover = Coverage.objects.get(level=4, place=0)
    assert (outside_cover.expected, outside_cover.received) == (0, 1)


def test_the_whole_of_an_element_counts_reports_with_at_least_one_category(world: World) -> None:
    count(world, world.facilities[0], PERIODS[0], answers(world, visits_u5=4))
    count(world, world.facilities[1], PERIODS[0], answers(world, visits_u5=1, visits_o5=2))
    count(world, world.facilities[2], PERIODS[0], answers(world, births=9))
    drain()
    whole = Cell.objects.get(level=0, element=world.elements["visits"].pk, category=0)
    assert (whole.total, whole.n) == (7, 2)


def test_a_ratio_takes_only_reports_that_hold_both_parts(world: World) -> None:
    count(world, world.facilities[0], PERIODS[0], answers(world, births=3, visits_u5=10, visits_o5=20))
    count(world, world.facilities[1], PERIODS[0], answers(world, births=100))
    count(world, world.facilities[3], PERIODS[0], answers(world, visits_o5=1000))
    drain()
    for level in (0, 1, 2, 3, 4):
        rate = Cell.objects.filter(level=level, element=world.elements["rate"].pk, n__gt=0).get()
        assert (rate.total, rate.n, rate.numerator, rate.denominator) == (None, 1, 3, 30)


def test_an_average_is_kept_as_sum_and_number_of_values(world: World) -> None:
    count(world, world.facilities[0], PERIODS[0], answers(world, days=1.5))
    count(world, world.facilities[4], PERIODS[0], answers(world, days=0))
    drain()
    days = Cell.objects.get(level=0, element=world.elements["days"].pk)
    assert (days.total, days.n) == (Decimal("1.5"), 2)


def test_a_nought_counts_and_a_blank_does_not(world: World) -> None:
    count(world, world.facilities[0], PERIODS[0], answers(world, births=0))
    count(world, world.facilities[1], PERIODS[0], {})
    drain()
    births = Cell.objects.get(level=3, element=world.elements["births"].pk)
    assert (births.total, births.n) == (0, 1)
    assert Coverage.objects.get(level=0).received == 2


def test_a_withdrawn_last_report_leaves_cells_that_no_reader_sees(world: World) -> None:
    count(world, world.facilities[3], PERIODS[0], answers(world, births=8))
    drain()
    withdraw(world, world.facilities[3], PERIODS[0])
    drain()
    births = Cell.objects.filter(element=world.elements["births"].pk)
    assert {(cell.total, cell.n) for cell in births} == {(None, 0)}
    assert stored_cells(world.template) == {}
    assert stored_coverage(world.template) == {}


def test_a_sub_district_that_counts_for_two_directorates_is_split_between_them(world: World) -> None:
    one, other = world.facilities[0], world.facilities[1]
    later = world.directorates[world.facilities[3].place_id]
    count(world, one, PERIODS[0], answers(world, births=5, visits_u5=1))
    count(world, other, PERIODS[0], answers(world, births=7, visits_u5=2), directorate=later)
    count(world, world.facilities[3], PERIODS[0], answers(world, births=11))
    drain()
    agree(world)
    # A mark elsewhere of the one directorate leaves the other's share alone.
    count(world, world.facilities[2], PERIODS[0], answers(world, births=13))
    drain()
    agree(world)
    count(world, one, PERIODS[0], answers(world, births=5, visits_u5=1), directorate=later)
    drain()
    agree(world)


def test_a_full_rebuild_splits_sub_districts_as_well(world: World, manager: User) -> None:
    later = world.directorates[world.facilities[3].place_id]
    count(world, world.facilities[0], PERIODS[0], answers(world, births=5))
    count(world, world.facilities[1], PERIODS[0], answers(world, births=7, visits_o5=2), directorate=later)
    rebuilt(manager)
    agree(world)


def test_a_wide_template_is_cut_and_still_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coordination.reporting.rules.consolidation_sql.SLOTS_A_PART", 2)
    world = make_world()
    count(world, world.facilities[0], PERIODS[0], answers(world, births=5, visits_u5=1, visits_o5=3, beds=4, days=2))
    drain()
    agree(world)


def test_answers_that_are_not_numbers_or_not_to_be_added_have_no_cells(world: World) -> None:
    element = ElementFactory(code="bed_state", over_place="none")
    published(elements=[element, ElementFactory(code="remark", type="text")])
    count(world, world.facilities[0], PERIODS[0], answers(world, births=5))
    drain()
    assert not Cell.objects.filter(element=element.pk).exists()
    assert not Cell.objects.filter(element=world.elements["note"].pk).exists()


def test_two_templates_with_the_same_element_keep_their_own_figures(world: World, manager: User) -> None:
    other = make_second(world)
    count(world, world.facilities[0], PERIODS[0], answers(world, births=5))
    count(other, world.facilities[0], PERIODS[0], {other.slots["births", None]: 7})
    drain()
    for held in (world, other):
        agree(held)
    rebuilt(manager)
    for held in (world, other):
        agree(held)


def make_second(world: World) -> World:
    """The same country with another template that asks two of the same elements."""
    version = published(elements=[world.elements["births"], world.elements["visits"]])
    slots = {(s.element.code, s.category.code if s.category else None): s.name for s in version.template.slots.all()}
    return World(
        version.template,
        world.elements,
        world.facilities,
        world.directorates,
        world.reporter,
        world.body,
        world.person,
        slots,
    )


def test_marks_are_queued_once_and_gone_when_drained(world: World) -> None:
    mark = (world.template.pk, PERIODS[0], world.facilities[0].place_id)
    touch([mark, mark])
    assert Touched.objects.count() == 1
    assert OutboxMessage.objects.filter(task="reporting.drain").count() == 1
    assert consolidation_state().waiting == 1
    assert not consolidation_state().up_to_date
    drain()
    state = consolidation_state()
    assert state.up_to_date
    assert state.computed_at is not None


def test_touching_nothing_queues_nothing() -> None:
    touch([])
    assert not OutboxMessage.objects.exists()


def test_figures_that_do_not_change_are_not_written_again(world: World) -> None:
    count(world, world.facilities[0], PERIODS[0], answers(world, births=5))
    drain()
    with connection.cursor() as cursor:
        cursor.execute("SELECT ctid, * FROM cell ORDER BY ctid")
        before = cursor.fetchall()
        touch([(world.template.pk, PERIODS[0], world.facilities[0].place_id)])
        drain()
        cursor.execute("SELECT ctid, * FROM cell ORDER BY ctid")
        assert cursor.fetchall() == before


def test_a_rebuild_writes_its_job_and_shows_how_far_it_is(world: World, manager: User) -> None:
    count(world, world.facilities[0], PERIODS[0], answers(world, births=5))
    waiting = request_rebuild(by=manager, at=timezone.now())
    assert progress(waiting).done == 0
    state = consolidation_state()
    assert state.job == waiting
    assert not state.up_to_date
    assert run(waiting.pk, KIND)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.result["cells"]) == ("done", Cell.objects.count())
    assert progress(waiting) == Progress(9, 9)
    assert consolidation_state().up_to_date
    assert AuditEvent.objects.filter(what="rebuild_figures", by=manager).count() == 1


def test_two_requests_at_once_are_one_rebuild(world: World, manager: User) -> None:
    first = request_rebuild(by=manager, at=timezone.now())
    assert request_rebuild(by=manager, at=timezone.now()) == first
    assert run(first.pk, KIND)
    assert not run(first.pk, KIND)
    assert request_rebuild(by=manager, at=timezone.now()) != first


def test_only_who_runs_consolidation_may_have_figures_computed_anew() -> None:
    with pytest.raises(Refused):
        request_rebuild(by=UserFactory(), at=timezone.now())
    assert not Job.objects.exists()


def test_the_application_reads_figures_and_may_not_write_them(world: World, manager: User) -> None:
    rebuilt(manager)
    for table in ("cell", "coverage", "belonging"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table}")
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT count(*) FROM {table}")


def test_consolidation_reads_neither_positions_nor_people() -> None:
    for table in ("facilities_exactposition", "directorates_user"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL ROLE tansiq_figures; SELECT * FROM {table}")


def test_a_rebuild_that_was_killed_three_times_is_given_up(world: World, manager: User) -> None:
    with translation.override("en"):
        job = request_rebuild(by=manager, at=timezone.now())
    Job.objects.filter(pk=job.pk).update(state="running", attempts=3)
    assert not run(job.pk, KIND)
    job.refresh_from_db()
    assert job.state == "failed"
    assert "stopped" in job.result["problem"]


def test_a_rebuild_that_nobody_works_on_is_queued_again(world: World, manager: User) -> None:
    asked = timezone.now()
    job = request_rebuild(by=manager, at=asked)
    OutboxMessage.objects.all().delete()
    resume(at=asked + PATIENCE / 2, kinds=KINDS)
    assert not OutboxMessage.objects.exists()
    resume(at=asked + PATIENCE * 2, kinds=KINDS)
    assert OutboxMessage.objects.get().arguments == [job.pk]


def test_a_rebuild_leaves_the_names_of_tables_and_indexes_as_they_were(world: World, manager: User) -> None:
    query = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'figures' ORDER BY 1, 2"
    with connection.cursor() as cursor:
        cursor.execute(query)
        before = cursor.fetchall()
        count(world, world.facilities[0], PERIODS[0], answers(world, births=5))
        for _ in range(2):
            rebuilt(manager)
        cursor.execute(query)
        assert cursor.fetchall() == before


def test_a_document_with_anything_but_numbers_is_refused_by_the_database(world: World) -> None:
    for doc in ({"s1": "five"}, {"s1": None}, {"s1": True}, {"s1": [1]}, [1]):
        with pytest.raises(DatabaseError), transaction.atomic():
            count(world, world.facilities[0], PERIODS[0], doc)  # type: ignore[arg-type]
    with pytest.raises(DatabaseError), transaction.atomic():
        count(world, world.facilities[0], PERIODS[0], {}, overlay={"s1": "x"})
    assert not Revision.objects.exists()
    assert not CountedReport.objects.exists()


def test_categories_of_two_elements_do_not_mix(world: World) -> None:
    second = ElementFactory(code="referrals", category_set=CategorySetFactory())
    version = published(elements=[world.elements["visits"], second])
    slots = {(s.element.code, s.category.code if s.category else None): s.name for s in version.template.slots.all()}
    world.template, world.slots = version.template, slots
    count(world, world.facilities[0], PERIODS[0], answers(world, visits_u5=1, visits_o5=2, referrals_u5=10))
    drain()
    agree(world)
