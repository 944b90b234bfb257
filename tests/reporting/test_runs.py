"""The history of consolidation: a row for each run that did something, how it ended, and who is told when it did not end well."""

import datetime
from unittest import mock

import psycopg2
import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination import health
from coordination.exchange.listings import LISTINGS
from coordination.reporting.actions import consolidation
from coordination.reporting.actions.broken_rules import KIND as RULES
from coordination.reporting.actions.broken_rules import request_validation
from coordination.reporting.actions.consolidation import KIND, drain, request_rebuild
from coordination.reporting.actions.runs import drain_kept, forget_runs, note_broken_off
from coordination.reporting.actions.schedules import request_check
from coordination.reporting.actions.troubles import watch
from coordination.reporting.models import ConsolidationRun, ConsolidationTrouble, Touched
from coordination.reporting.models.runs import RUNNING, RunOrigin, lag_now, lags_by_hour
from coordination.reporting.rules.lags import HEIGHT, WIDTH, draw
from coordination.reporting.tasks import drain as drain_task
from directorates.foundation.jobs import run
from directorates.foundation.models import Notice
from directorates.models import User
from tests.factories import BodyFactory, OrganisationFactory, TemplateFactory, member, signed_in
from tests.reporting.figures_world import PERIODS, World, count, make_world

pytestmark = pytest.mark.django_db
MINUTE = datetime.timedelta(minutes=1)


@pytest.fixture
def world() -> World:
    """The small country, with a report that is not drained."""
    world = make_world()
    count(world, world.facilities[0], PERIODS[0], {"s1": 3, "s2": 1, "s3": 4})
    return world


@pytest.fixture
def manager(world: World) -> User:
    """The body's data manager."""
    return member("data_manager", world.body)


def kept(**told: object) -> ConsolidationRun:
    """A run of before."""
    now = timezone.now()
    began = told.pop("began", now - MINUTE)
    given = {"kind": "drain", "origin": "touch", "state": "run_done", "began": began, "ended": began} | told
    return ConsolidationRun.objects.create(**given)


# --- The history -----------------------------------------------------------------------------------------------------


def test_a_drain_leaves_what_it_took_and_what_it_wrote(world: World) -> None:
    assert drain().marks == 1
    row = ConsolidationRun.objects.get()
    assert (row.kind, row.origin, row.state, row.by) == ("drain", "touch", "run_done", None)
    assert (row.marks, row.templates, row.fault) == (1, [world.template.pk], "")
    assert row.cells > 0
    assert row.seconds is not None
    assert row.seconds >= 0
    assert row.lag >= 0


def test_figures_that_are_as_before_count_as_none_written(world: World) -> None:
    drain()
    count(world, world.facilities[0], PERIODS[0], {"s1": 3, "s2": 1, "s3": 4})
    drain()
    assert [row.cells > 0 for row in ConsolidationRun.objects.order_by("pk")] == [True, False]


def test_a_drain_that_finds_nothing_leaves_no_row(world: World) -> None:
    drain()
    assert drain().marks == 0
    assert ConsolidationRun.objects.count() == 1


def test_the_schedule_is_told_apart_from_a_change_of_reports(world: World) -> None:
    drain_task(planned=True)
    count(world, world.facilities[1], PERIODS[0], {"s1": 1})
    drain_task(scheduled=True)
    assert [row.origin for row in ConsolidationRun.objects.order_by("pk")] == ["touch", "schedule"]


def test_a_drain_that_stands_aside_for_a_rebuild_leaves_no_row(world: World) -> None:
    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [consolidation.ASIDE])
            assert drain().aside
    finally:
        other.close()
    assert not ConsolidationRun.objects.exists()
    assert Touched.objects.count() == 1


def test_a_drain_that_fails_says_of_what_kind_and_never_in_which_words(world: World) -> None:
    broken = "SELECT 1 / (%(template)s - %(template)s)"
    with mock.patch.object(consolidation.coverage_sql, "BELONGING", broken), pytest.raises(Exception, match="zero"):
        drain()
    row = ConsolidationRun.objects.get()
    assert (row.state, row.fault, row.marks, row.cells) == ("run_failed", "DataError 22012", 0, 0)
    assert Touched.objects.count() == 1


def test_a_rebuild_leaves_who_asked_and_how_many_figures_there_are(world: World, manager: User) -> None:
    job = request_rebuild(by=manager, at=timezone.now())
    assert run(job.pk, KIND)
    row = ConsolidationRun.objects.get()
    assert (row.kind, row.origin, row.by, row.job, row.state) == ("rebuild", "person", manager, job, "run_done")
    job.refresh_from_db()
    assert row.cells == job.result["cells"] > 0
    assert (row.marks, row.templates) == (1, [])


def test_rows_older_than_the_limit_are_forgotten_and_no_others(world: World) -> None:
    now = timezone.now()
    old = kept(began=now - datetime.timedelta(days=91))
    still = kept(began=now - datetime.timedelta(days=400), state="run_goes_on", ended=None)
    young = kept(began=now - datetime.timedelta(days=89))
    assert forget_runs(at=now) == 1
    assert set(ConsolidationRun.objects.all()) == {still, young}
    assert old.pk not in {still.pk, young.pk}


@pytest.mark.django_db(transaction=True)
def test_a_run_whose_process_is_gone_is_told_to_be_broken_off(world: World) -> None:
    gone = kept(began=timezone.now() - MINUTE, state="run_goes_on", ended=None)
    alive = kept(began=timezone.now() - MINUTE, state="run_goes_on", ended=None)
    other = psycopg2.connect(**connection.get_connection_params() | {"cursor_factory": None})
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [RUNNING, alive.pk])
            assert note_broken_off() == 1
            assert note_broken_off() == 0
    finally:
        other.close()
    gone.refresh_from_db()
    alive.refresh_from_db()
    assert (gone.state, gone.ended is None) == ("run_broken_off", False)
    assert alive.state == "run_goes_on"


@pytest.mark.django_db(transaction=True)
def test_a_run_holds_its_lock_until_it_ends_and_no_longer(world: World) -> None:
    with drain_kept(RunOrigin.TOUCH) as tally:
        assert tally is not None
        assert _locks() == 1
        tally.marks = 1
    assert _locks() == 0


def _locks() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s", [RUNNING])
        return int(cursor.fetchone()[0])


# --- Lag -------------------------------------------------------------------------------------------------------------


def age_marks(minutes: int) -> None:
    """Let every mark be so many minutes old."""
    with connection.cursor() as cursor, transaction.atomic(), consolidation.figures_role(cursor):
        cursor.execute("UPDATE touched SET at = clock_timestamp() - make_interval(mins => %s)", [minutes])


def test_the_lag_is_the_age_of_the_oldest_mark(world: World) -> None:
    assert lag_now() < MINUTE
    age_marks(7)
    assert 7 * MINUTE <= lag_now() < 8 * MINUTE
    drain()
    assert lag_now() == datetime.timedelta()
    assert 420 <= ConsolidationRun.objects.get().lag < 480


def test_a_clock_that_was_put_back_makes_no_lag_of_less_than_nothing(world: World) -> None:
    age_marks(-30)
    assert lag_now() == datetime.timedelta()
    drain()
    assert ConsolidationRun.objects.get().lag == 0


def test_the_longest_lag_of_each_hour_is_drawn() -> None:
    now = timezone.now().replace(minute=30)
    kept(began=now, lag=5)
    kept(began=now, lag=9)
    kept(began=now - 2 * 60 * MINUTE, lag=700)
    kept(began=now - 100 * 60 * MINUTE, lag=9999)
    assert lags_by_hour(now, 4) == [0, 700, 0, 9]


def test_the_picture_mirrors_with_reading_and_keeps_inside_its_frame() -> None:
    lags = [0.0, 0.001, 300, 1200]
    picture, mirrored = draw(lags, 600, rtl=False), draw(lags, 600, rtl=True)
    assert [bar.over for bar in picture.bars] == [False, False, True]
    assert all(bar.height > 1 for bar in picture.bars)
    for bar, other in zip(picture.bars, mirrored.bars, strict=True):
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert bar.y + bar.height == pytest.approx(HEIGHT)
        assert bar.x + bar.width + other.x == pytest.approx(WIDTH, abs=0.2)
    assert 0 < picture.limit < HEIGHT
    assert draw([0.0], 600, rtl=False).bars == ()


# --- Trouble ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def people(world: World, manager: User) -> set[int]:
    """Who looks after consolidation: the body's data manager and its administrator; others are there as well."""
    member("policy_manager", world.body)
    member("ngo_coordinator", OrganisationFactory())
    return {manager.pk, member("administrator", world.body).pk}


def told() -> set[int]:
    """Who has an unread notice."""
    return set(Notice.objects.filter(kind="consolidation", read=None).values_list("person", flat=True))


def test_figures_that_lag_behind_are_told_once_and_it_is_over_when_they_keep_up(people: set[int]) -> None:
    assert watch(at=timezone.now()) == []
    age_marks(11)
    for _ in range(3):
        assert watch(at=timezone.now()) == ["trouble_late"]
    assert told() == people
    assert Notice.objects.count() == len(people)
    assert not health.consolidation()
    drain()
    assert watch(at=timezone.now()) == []
    assert (told(), ConsolidationTrouble.objects.open().count()) == (set(), 0)
    assert health.consolidation()
    assert Notice.objects.count() == len(people)


def test_trouble_that_comes_again_is_told_again(world: World, people: set[int]) -> None:
    age_marks(11)
    watch(at=timezone.now())
    drain()
    watch(at=timezone.now())
    count(world, world.facilities[1], PERIODS[0], {"s1": 1})
    age_marks(11)
    watch(at=timezone.now())
    assert told() == people
    assert Notice.objects.count() == 2 * len(people)


def test_a_run_that_failed_is_told_until_one_of_its_kind_succeeds(world: World, people: set[int]) -> None:
    now = timezone.now()
    kept(began=now - 9 * MINUTE, state="run_failed")
    assert watch(at=now) == ["trouble_failed"]
    assert told() == people
    kept(began=now - 8 * MINUTE, kind="check", templates=[world.template.pk])
    assert watch(at=now) == ["trouble_failed"]
    kept(began=now - 7 * MINUTE)
    assert watch(at=now) == []


def test_a_drain_that_was_killed_after_its_last_mark_alarms_nobody(people: set[int]) -> None:
    drain()
    kept(state="run_broken_off")
    assert watch(at=timezone.now()) == []
    assert told() == set()


def test_a_check_that_failed_is_well_again_by_a_check_of_the_same_template_or_by_a_rebuild(
    world: World, people: set[int]
) -> None:
    now, one, other = timezone.now(), world.template.pk, TemplateFactory().pk
    kept(began=now - 9 * MINUTE, kind="check", templates=[one], state="run_broken_off")
    kept(began=now - 8 * MINUTE, kind="check", templates=[other])
    kept(began=now - 8 * MINUTE)
    assert watch(at=now) == ["trouble_failed"]
    kept(began=now - 7 * MINUTE, kind="check", templates=[one])
    assert watch(at=now) == []
    kept(began=now - 6 * MINUTE, kind="check", templates=[other], state="run_failed")
    assert watch(at=now) == ["trouble_failed"]
    kept(began=now - 5 * MINUTE, kind="rebuild")
    assert watch(at=now) == []


def test_a_second_failure_is_told_beside_the_first_and_each_is_over_by_itself(
    world: World, people: set[int], manager: User
) -> None:
    now, other = timezone.now(), TemplateFactory(name_en="Deliveries")
    kept(began=now - 9 * MINUTE, kind="check", templates=[world.template.pk], state="run_failed")
    watch(at=now)
    kept(began=now - 8 * MINUTE, kind="check", templates=[other.pk], state="run_failed")
    kept(began=now - 7 * MINUTE, kind="rebuild", state="run_failed")
    watch(at=now)
    assert Notice.objects.filter(read=None).count() == 3 * len(people)
    assert "Checking the figures of Deliveries failed." in signed_in(manager).get(reverse("home")).content.decode()
    kept(began=now - 6 * MINUTE, kind="check", templates=[other.pk])
    watch(at=now)
    still = ConsolidationTrouble.objects.open().order_by("run").values_list("run", "template")
    assert list(still) == [("check", world.template.pk), ("rebuild", None)]


def test_a_check_that_nobody_runs_is_told(world: World, people: set[int], manager: User) -> None:
    asked = timezone.now()
    request_check(by=manager, template=world.template, at=asked)
    assert watch(at=asked + datetime.timedelta(hours=11)) == []
    assert watch(at=asked + datetime.timedelta(hours=13)) == ["trouble_failed"]
    assert told() == people


def test_a_check_by_rules_that_nobody_runs_is_told_and_over_once_it_ran(
    world: World, people: set[int], manager: User
) -> None:
    asked = timezone.now()
    job = request_validation(by=manager, template=world.template, at=asked)
    assert watch(at=asked + datetime.timedelta(hours=11)) == []
    late = asked + datetime.timedelta(hours=13)
    assert watch(at=late) == ["trouble_failed"]
    assert ConsolidationTrouble.objects.open().values_list("run", "template").get() == ("rules", world.template.pk)
    assert told() == people
    assert run(job.pk, RULES)
    assert watch(at=late) == []


def test_health_tells_of_figures_that_lag_though_no_worker_watches_and_stays_in_service(client: Client) -> None:
    world = make_world()
    count(world, world.facilities[0], PERIODS[0], {"s1": 3})
    age_marks(11)
    with (
        mock.patch.object(health, "broker", return_value=True),
        mock.patch.object(health, "worker", return_value=True),
    ):
        answer = client.get("/healthz")
        assert answer.status_code == 200
        assert answer.json() == {"status": "ok", "database": True, "broker": True, "worker": True}
        figures = client.get("/healthz/consolidation")
        assert (figures.status_code, figures.json()) == (503, {"status": "late", "consolidation": False})
        drain()
        figures = client.get("/healthz/consolidation")
        assert (figures.status_code, figures.json()) == (200, {"status": "ok", "consolidation": True})


# --- The pages -------------------------------------------------------------------------------------------------------


def test_the_page_shows_what_ran_by_filters_that_stay(world: World, manager: User) -> None:
    drain()
    kept(kind="check", state="run_failed", fault="OperationalError 57P01", templates=[world.template.pk])
    browser = signed_in(manager)
    said = browser.get(reverse("reporting:runs")).content.decode()
    assert "Steady computing" in said
    assert "OperationalError 57P01" in said
    assert "Now: nothing waits." in said
    said = browser.get(reverse("reporting:runs"), {"state": "run_failed", "kind": "check"}).content.decode()
    assert "OperationalError 57P01" in said
    assert 'value="run_failed" selected' in said
    assert "state=run_failed" in said  # the file of what is shown
    assert "No run fits" in browser.get(reverse("reporting:runs"), {"kind": "rebuild"}).content.decode()


def test_an_empty_history_says_what_will_stand_there() -> None:
    said = signed_in(member("data_manager", BodyFactory())).get(reverse("reporting:runs")).content.decode()
    assert "Nothing was computed yet." in said


def test_a_template_finds_its_own_runs_and_those_of_all(world: World, manager: User) -> None:
    other = TemplateFactory(code="other")
    mine, theirs = kept(templates=[world.template.pk]), kept(templates=[other.pk])
    everything = kept(kind="rebuild")
    assert set(ConsolidationRun.objects.of_template(world.template.pk)) == {mine, everything}
    assert set(ConsolidationRun.objects.of_template(other.pk)) == {theirs, everything}
    found = signed_in(manager).get(reverse("reporting:runs"), {"template": "other"}).context["page"]
    assert set(found) == {theirs, everything}


def test_trouble_stands_on_the_page_and_on_the_home(world: World, people: set[int], manager: User) -> None:
    age_marks(11)
    watch(at=timezone.now())
    for address in (reverse("reporting:runs"), reverse("home")):
        assert "Figures lag behind." in signed_in(manager).get(address).content.decode()


def test_programs_read_the_history(world: World, manager: User) -> None:
    drain()
    kept(kind="rebuild", origin="schedule", state="run_broken_off", began=timezone.now() - 5 * MINUTE)
    browser = signed_in(manager)
    found = browser.get("/api/v1/consolidations/runs/").json()["results"]
    assert [(row["kind"], row["status"], row["templates"]) for row in found] == [
        ("drain", "done", [world.template.code]),
        ("rebuild", "broken_off", None),
    ]
    assert browser.get("/api/v1/consolidations/runs/?status=broken_off").json()["results"][0]["kind"] == "rebuild"
    assert browser.get(f"/api/v1/consolidations/runs/?template={world.template.code}&kind=drain").json()["results"]
    wrong = browser.get("/api/v1/consolidations/runs/?kind=x&status=y&template=z")
    assert wrong.status_code == 400
    assert {fault["field"] for fault in wrong.json()["errors"]} == {"kind", "status", "template"}


@pytest.mark.parametrize("many", [2, 30])
def test_a_longer_history_asks_no_more(
    world: World, manager: User, many: int, django_assert_max_num_queries: object
) -> None:
    for _ in range(many):
        kept(templates=[world.template.pk], by=manager, origin="person")
    browser = signed_in(manager)
    browser.get(reverse("reporting:runs"))
    with django_assert_max_num_queries(40):  # type: ignore[operator]
        browser.get(reverse("reporting:runs"))


@pytest.mark.usefixtures("english")
def test_the_file_holds_what_the_page_shows(world: World, manager: User) -> None:
    drain()
    kept(kind="rebuild", origin="person", by=manager, state="run_failed", fault="OperationalError 57P01")
    listing = LISTINGS["runs"]
    held = listing.listed(manager, "state=run_failed")
    (row,) = held.rows
    assert held.count == 1
    cells = dict(zip([column.code for column in held.columns], row, strict=True))
    assert (cells["templates"], cells["by"], cells["fault"]) == ("All", str(manager), "OperationalError 57P01")
    (row,) = listing.listed(manager, "kind=drain").rows
    assert world.template.code in row
    assert listing.listed(member("policy_manager", world.body), "").count == 0
