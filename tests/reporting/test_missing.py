"""Missing reports: a reason of each side, the directorate's decides, kept for good, counted beside what was reported."""

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from coordination.reporting.actions import consolidation
from coordination.reporting.actions.consolidation import drain, touch
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.missing import explain, open_evidence, take_back
from coordination.reporting.actions.reminders import remind
from coordination.reporting.actions.reviews import approve, reopen
from coordination.reporting.models import (
    Coverage,
    ExpectedReport,
    ExplainedReport,
    Explanation,
    MissingEvidence,
    Reminder,
)
from coordination.reporting.models.completeness import Mark, grid
from coordination.reporting.models.extensions import key_of
from coordination.reporting.models.figures import Borders, read_figures, whose
from coordination.reporting.models.missing import (
    MissingReason,
    Side,
    Words,
    explainable,
    not_excused,
    with_reasons,
    words_of,
)
from coordination.reporting.rules.missing import excuses, ruling
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from directorates.actions.jurisdictions import decide, end
from directorates.actions.organisations import suspend
from directorates.actions.seals import seal
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, Dataset, JurisdictionDecision, Notice, Organisation, User
from directorates.permissions import Refused, sight_of
from tests.api.callers import Caller
from tests.factories import (
    DirectorateFactory,
    FacilityFactory,
    OrganisationFactory,
    SubdistrictFactory,
    assigned,
    member,
    signed_in,
)
from tests.reporting.attached import SOMEWHERE, pdf, png
from tests.reporting.figures_world import PERIODS, World, count, expected_report, make_world, withdraw
from tests.reporting.filing import codes, filed
from tests.reporting.reports import Scene, wide_scene
from tests.threads import at_once

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility that reports monthly; last month's report is expected, and overdue."""
    scene = wide_scene()
    assigned(scene.template, scene.facility)
    expect(today=timezone.localdate(), first=last_month().start)
    ExpectedReport.objects.update(due=timezone.localdate() - datetime.timedelta(days=3))
    return scene


def last_month() -> Period:
    """The month that ended last."""
    return period_containing(timezone.localdate(), PeriodType.MONTH).previous()


def owed() -> list[ExpectedReport]:
    """What is expected."""
    return list(ExpectedReport.objects.order_by("pk"))


def say(
    by: User, reason: str = "cut_off", text: str = "", rows: list[ExpectedReport] | None = None, **more: Any
) -> Any:
    """Say why what is expected did not come."""
    rows = owed() if rows is None else rows
    return explain(by=by, expected=rows, reason=reason, text=text, at=timezone.now(), **more)


def unsay(by: User) -> Any:
    """Take it back."""
    return take_back(by=by, expected=owed(), at=timezone.now())


def words() -> Words:
    """What is said of the one expected report."""
    (row,) = owed()
    return words_of([row]).get(key_of(row), Words())


def covered(level: int = 0) -> tuple[int, int, int]:
    """Expected, received and excused at a level, after consolidation."""
    drain()
    row = Coverage.objects.filter(level=level, period_start=last_month().start).exclude(expected=0).first()
    return (row.expected, row.received, row.excused) if row else (0, 0, 0)


# --- Whose word counts ---------------------------------------------------------------------------------------------


def test_whoever_owed_the_report_says_why_and_it_counts_until_the_directorate_speaks(scene: Scene) -> None:
    say(scene.coordinator, "no_link")
    assert (words().reason, words().excused) == ("no_link", True)
    say(scene.officer, "not_excused", "The office next door sent its own.")
    assert (words().reason, words().excused, words().differ) == ("not_excused", False, True)
    assert {word.reason for word in words().standing} == {"no_link", "not_excused"}


def test_what_is_taken_back_stays_in_the_history_and_the_other_sides_word_counts_again(scene: Scene) -> None:
    say(scene.coordinator, "attacked")
    say(scene.officer, "closed", "It was closed a week before.")
    unsay(scene.officer)
    assert words().reason == "attacked"
    unsay(scene.coordinator)
    assert words().reason == ""
    said = ExplainedReport.objects.order_by("pk").values_list("side", "reason")
    assert list(said) == [("reporter", "attacked"), ("directorate", "closed"), ("directorate", ""), ("reporter", "")]


def test_said_twice_it_stands_once_and_so_does_taking_it_back(scene: Scene) -> None:
    first, again = say(scene.officer, text="Bridge"), say(scene.officer, text=" Bridge ")
    assert (len(first.done), first.same, len(again.done), again.same) == (1, 0, 0, 1)
    unsay(scene.officer)
    assert (len(unsay(scene.officer).done), unsay(scene.coordinator).same) == (0, 1)
    assert Explanation.objects.count() == ExplainedReport.objects.count() == 2
    assert AuditEvent.objects.filter(what__endswith="_missing").count() == 2


def test_the_same_reason_in_other_words_or_with_a_file_is_a_new_word(scene: Scene) -> None:
    say(scene.officer)
    say(scene.officer, text="The road")
    say(scene.officer, text="The road", files=[("road.png", png())])
    say(scene.officer, text="The road", files=[("again.png", png()), ("twice.png", png())])
    assert (Explanation.objects.count(), MissingEvidence.objects.count()) == (3, 1)


def test_a_directorate_that_decides_otherwise_writes_why(scene: Scene) -> None:
    say(scene.coordinator, "attacked")
    with pytest.raises(Problem) as problem:
        say(scene.officer, "not_excused")
    assert codes(problem.value) == [("text", "required")]
    say(scene.officer, "attacked")
    assert not words().differ


def test_all_faults_are_told_at_once_and_nothing_is_kept(scene: Scene) -> None:
    files = [("page.pdf", pdf(SOMEWHERE)), ("a.txt", b"text"), ("b.png", png()), ("c.png", png())]
    with pytest.raises(Problem) as problem:
        say(scene.officer, "weather", "x" * 2001, files=files)
    assert set(codes(problem.value)) == {
        ("text", "too_long"),
        ("reason", "unknown"),
        ("files", "too_many"),
        ("files", "location"),
        ("files", "type"),
    }
    with pytest.raises(Problem) as problem:
        say(scene.officer, text=SOMEWHERE)
    assert codes(problem.value) == [("text", "location")]
    assert not Explanation.objects.exists()


# --- Who may speak -------------------------------------------------------------------------------------------------


def test_a_directorate_speaks_of_its_own_only_and_an_ngo_of_what_it_owes(scene: Scene) -> None:
    strangers = [
        member("data_officer", DirectorateFactory(for_place=SubdistrictFactory())),
        member("ngo_coordinator", OrganisationFactory()),
        member("director", scene.directorate),
        member("data_manager", scene.body),
        member("observer", OrganisationFactory(kind="cluster")),
    ]
    for stranger in strangers:
        assert not explainable(stranger).exists()
        with pytest.raises(Refused):
            say(stranger)
    assert explainable(scene.officer).count() == explainable(scene.coordinator).count() == 1


def test_one_report_that_is_somebody_elses_refuses_all(scene: Scene) -> None:
    other = FacilityFactory(place=scene.place, supporters=[OrganisationFactory()])
    assigned(scene.template, other)
    expect(today=timezone.localdate(), first=last_month().start)
    assert len(owed()) == 2
    with pytest.raises(Refused):
        say(scene.coordinator)
    assert len(say(scene.officer).done) == 2


def test_the_body_speaks_for_a_directorate_that_no_longer_acts_or_is_sealed(scene: Scene) -> None:
    manager = member("data_manager", scene.body)
    Organisation.objects.filter(pk=scene.directorate.pk).update(status="suspended")
    assert say(manager, "suspended").done[0].side == Side.DIRECTORATE
    Organisation.objects.filter(pk=scene.directorate.pk).update(status="active")
    with pytest.raises(Refused):
        say(manager, "attacked")
    seal(organisation=scene.directorate, by=member("director", scene.directorate), reason="x", at=timezone.now())
    assert say(manager, "attacked").done[0].reason == "attacked"


# --- Whose report it is by the borders ----------------------------------------------------------------------------


def handed_over_late(scene: Scene) -> tuple[User, User]:
    """Another directorate was competent on the period's last day, as is known only now: the officers of both."""
    other, last = DirectorateFactory(), last_month().last_day
    decision = JurisdictionDecision.objects.get(organisation=scene.directorate)
    day = datetime.timedelta(days=1)
    end(decision=decision, last=last - day, reason="Lost", by=None, at=timezone.now())
    decide(organisation=other, place=scene.place, first=last, by=None, at=timezone.now())
    expect(today=timezone.localdate(), first=last_month().start)
    return scene.officer, member("data_officer", other)


def readings(person: User) -> tuple[int, int, int, int]:
    """How many words, explanations and files a person is listed, and how many words the wall lets through."""
    listed = ExplainedReport.objects.visible_to(person).count()
    texts = Explanation.objects.visible_to(person).count()
    with seeing(sight_of(person)):
        return listed, texts, MissingEvidence.objects.count(), ExplainedReport.objects.count()


@pytest.mark.wall
def test_what_was_said_follows_the_report_to_the_directorate_that_borders_give_it(scene: Scene) -> None:
    say(scene.officer, text="What the old directorate wrote", files=[("a.png", png())])
    before, after = handed_over_late(scene)
    for person, number in ((before, 0), (after, 1), (scene.coordinator, 1)):
        assert readings(person) == (number,) * 4
    with seeing(sight_of(after)):
        assert words().reason == "cut_off"
        assert with_reasons(ExpectedReport.objects.all()).get().ruling == "cut_off"
    with pytest.raises(Refused):
        open_evidence(by=before, evidence=MissingEvidence.objects.get())


@pytest.mark.wall
def test_a_seal_on_the_directorate_that_has_the_report_now_closes_it_and_one_on_the_old_does_not(scene: Scene) -> None:
    say(scene.officer)
    _before, after = handed_over_late(scene)
    old, now = scene.directorate, owed()[0].directorate
    third = member("surveillance_officer", scene.template.dataset.custodian)
    assert readings(third)[3] == 1
    seal(organisation=old, by=member("director", old), reason="x", at=timezone.now())
    assert readings(after)[3] == 1
    seal(organisation=now, by=member("director", now), reason="x", at=timezone.now())
    assert readings(User.objects.get(pk=third.pk))[3] == 0


@pytest.mark.wall
def test_where_nothing_is_expected_any_more_it_is_read_by_whoever_could_before(scene: Scene) -> None:
    say(scene.officer)
    ExpectedReport.objects.all().delete()
    stranger = member("data_officer", DirectorateFactory(for_place=SubdistrictFactory()))
    assert readings(scene.officer)[0] == readings(scene.officer)[3] == 1
    assert readings(stranger)[0] == readings(stranger)[3] == 0


@pytest.mark.wall
def test_the_body_sees_and_speaks_for_an_abandoned_directorate_of_data_that_is_read_by_agreement(scene: Scene) -> None:
    Dataset.objects.filter(pk=scene.template.dataset_id).update(by_agreement=True)
    manager = member("data_manager", scene.body)
    with seeing(sight_of(manager)):
        assert not ExpectedReport.objects.exists()
    assert not ExpectedReport.objects.visible_to(manager).exists()
    suspend(organisation=scene.directorate, since=timezone.localdate(), reason="x", by=None, at=timezone.now())
    manager = User.objects.get(pk=manager.pk)
    assert ExpectedReport.objects.visible_to(manager).count() == 1
    with seeing(sight_of(manager)):
        assert explainable(manager).count() == 1
        assert say(manager, "suspended").done[0].side == Side.DIRECTORATE
        assert words().reason == "suspended"


# --- What has come is not missing ------------------------------------------------------------------------------------


def test_what_was_sent_is_not_explained_and_what_was_sent_back_is(scene: Scene) -> None:
    row = owed()
    filed(scene, period=last_month())
    with pytest.raises(Problem) as problem:
        say(scene.officer, rows=row)
    assert problem.value.code == "received"


def test_of_many_those_that_came_are_passed_over_and_told(scene: Scene) -> None:
    other = scene.other_facility()
    assigned(scene.template, other)
    expect(today=timezone.localdate(), first=last_month().start)
    filed(scene, period=last_month())
    done = say(scene.officer)
    assert (len(done.done), done.received, done.done[0].facility_id) == (1, 1, other.pk)


def test_it_is_counted_beside_expected_and_received_at_every_level(scene: Scene) -> None:
    say(scene.coordinator)
    for level in range(5):
        assert covered(level) == (1, 0, 1)
    say(scene.officer, "not_excused", "No.")
    assert covered() == (1, 0, 0)
    unsay(scene.officer)
    assert covered() == (1, 0, 1)


def test_the_excuse_ends_by_itself_when_the_report_counts_and_is_there_again_when_it_is_reopened(scene: Scene) -> None:
    say(scene.officer)
    assert covered() == (1, 0, 1)
    report = filed(scene, period=last_month())
    assert covered() == (1, 0, 1)
    approve(by=scene.officer, submission=report, at=timezone.now())
    assert covered() == (1, 1, 0)
    report.refresh_from_db()
    reopen(by=scene.officer, submission=report, reason="Wrong month", at=timezone.now())
    assert covered() == (1, 0, 1)


def test_a_facility_that_two_owe_is_excused_when_both_are(scene: Scene) -> None:
    ngo = OrganisationFactory()
    other = member("ngo_coordinator", ngo)
    scene.facility.supports.create(organisation=ngo, valid=scene.facility.supports.get().valid)
    expect(today=timezone.localdate(), first=last_month().start)
    mine = [row for row in owed() if row.reporter_id == scene.ngo.pk]
    say(scene.coordinator, rows=mine)
    assert covered() == (1, 0, 0)
    say(other, "no_staff", rows=[row for row in owed() if row.reporter_id == ngo.pk])
    assert covered() == (1, 0, 1)


def test_what_is_expected_no_more_is_excused_no_more_and_again_when_it_comes_again(scene: Scene) -> None:
    say(scene.officer)
    expected = ExpectedReport.objects.get()
    ExpectedReport.objects.all().delete()
    touch([(expected.template_id, expected.period_start, expected.subdistrict_id)])
    assert covered() == (0, 0, 0)
    expect(today=timezone.localdate(), first=last_month().start)
    assert covered() == (1, 0, 1)


# --- Kept for good ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["explanation", "explainedreport", "missingevidence"])
@pytest.mark.parametrize("deed", ["UPDATE reporting_{} SET id = id", "DELETE FROM reporting_{}"])
def test_nothing_that_was_said_is_changed_or_taken_away(scene: Scene, table: str, deed: str) -> None:
    say(scene.officer, files=[("a.png", png())])
    with pytest.raises((ProgrammingError, DatabaseError)), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table))


def test_the_record_and_the_notice_say_that_and_not_what(scene: Scene) -> None:
    say(scene.officer, "attacked", "Two barrels on the theatre")
    entry = AuditEvent.objects.get(what="explain_missing")
    assert entry.details == {"side": "directorate"}
    notice = Notice.objects.get(kind="missing")
    assert notice.person == scene.coordinator
    assert "barrels" not in str(notice.values)
    say(scene.coordinator, "attacked")
    assert Notice.objects.filter(kind="missing", person=scene.officer).count() == 1


def test_a_file_is_opened_by_who_may_know_of_the_report_and_that_is_on_record(scene: Scene) -> None:
    say(scene.officer, files=[("road.png", png())])
    file = MissingEvidence.objects.get()
    assert open_evidence(by=scene.coordinator, evidence=file) == bytes(file.content)
    assert AuditEvent.objects.get(what="open_evidence").concerns_id == scene.directorate.pk
    with pytest.raises(Refused):
        open_evidence(by=member("ngo_coordinator", OrganisationFactory()), evidence=file)


def test_nobody_is_reminded_of_what_is_excused(scene: Scene) -> None:
    ExpectedReport.objects.update(due=timezone.localdate() - datetime.timedelta(days=1))
    say(scene.officer)
    remind(today=timezone.localdate(), at=timezone.now())
    assert not Reminder.objects.exists()
    say(scene.officer, "not_excused")
    remind(today=timezone.localdate(), at=timezone.now())
    assert Reminder.objects.count() == 1


# --- Queries and figures agree -----------------------------------------------------------------------------------------


def test_rules_of_words() -> None:
    assert [excuses(reason) for reason in ("", "not_excused", "cut_off", "no_link")] == [False, False, True, True]
    assert (ruling("", ""), ruling("", "closed"), ruling("not_excused", "closed")) == ("", "closed", "not_excused")


def test_the_grid_shows_that_and_why_to_those_who_may_know_and_a_missing_report_to_others(scene: Scene) -> None:
    say(scene.officer, "attacked")
    reader = member("ngo_coordinator", OrganisationFactory())
    country = scene.place.parent.parent.parent  # type: ignore[union-attr]
    assert country is not None
    excused, missing = (Mark.EXCUSED, "attacked", 1, None), (Mark.MISSING, "", 0, 0)
    for person, told in ((scene.officer, excused), (scene.coordinator, excused), (reader, missing)):
        shown = grid(person, scene.template, [last_month()], country, timezone.localdate())
        (line,) = shown.lines
        assert line.share == 0
        assert (line.squares[0].mark, line.squares[0].reason, line.excused, line.share_unexcused) == told


def test_whoever_reads_anothers_words_about_a_missing_report_is_in_its_record(scene: Scene) -> None:
    say(scene.coordinator, "attacked", text="A shell hit the pharmacy")
    row, read = owed()[0], AuditEvent.objects.filter(what="read", concerns=scene.ngo)
    page = f"/reports/missing/{row.pk}/"
    for person in (scene.coordinator, scene.officer):
        assert "A shell hit" in signed_in(person).get(page).text
        assert "A shell hit" in Caller(person).get("missing/").text
    assert [(one.by, one.kind) for one in read] == [(scene.officer, "reporting.explanation")] * 2
    # The list says which reason there is, and no text.
    assert "A shell hit" not in signed_in(scene.officer).get("/reports/missing/").text
    assert read.count() == 2


def test_a_seal_closes_why_a_report_did_not_come_in_the_grid_and_in_the_lists(scene: Scene) -> None:
    say(scene.officer, "attacked")
    watcher = member("surveillance_officer", scene.template.dataset.custodian)
    country = scene.place.parent.parent.parent  # type: ignore[union-attr]
    assert country is not None
    told = {}
    for sealed in (False, True):
        if sealed:
            director = member("director", scene.directorate)
            seal(organisation=scene.directorate, by=director, reason="x", at=timezone.now())
        person = User.objects.get(pk=watcher.pk)
        (line,) = grid(person, scene.template, [last_month()], country, timezone.localdate()).lines
        told[sealed] = (
            line.squares[0].mark,
            line.squares[0].reason,
            ExplainedReport.objects.visible_to(person).count(),
        )
    assert told == {False: (Mark.EXCUSED, "attacked", 1), True: (Mark.MISSING, "", 0)}


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(["expect", "expect", "approve", "reopen", "say", "say", "say", "drain"]),
        st.integers(0, 4),
        st.integers(0, 1),
        st.sampled_from(["", *MissingReason.values]),
        st.sampled_from(Side.values),
    ),
    min_size=1,
    max_size=30,
)


def put(world: World, expected: ExpectedReport, reason: str, side: str) -> None:
    """A word of a side as the action leaves it."""
    kept = {
        name: getattr(expected, f"{name}_id") for name in ("template", "facility", "reporter", "directorate", "dataset")
    }
    said = Explanation.objects.create(body=world.body, by=world.person, at=timezone.now())
    ids = {f"{name}_id": value for name, value in kept.items()}
    more = {"period_start": expected.period_start, "place_path": expected.place_path}
    ExplainedReport.objects.create(explanation=said, side=side, reason=reason, **ids, **more)
    touch([(expected.template_id, expected.period_start, expected.subdistrict_id)])


def true_excused(world: World) -> dict[tuple[datetime.date, int, int], int]:
    """How many are excused by period, level and place, reckoned row by row in Python."""
    rows = list(ExpectedReport.objects.select_related("subdistrict__parent__parent__parent"))
    said, came = words_of(rows), set(world_counted(world))
    found: dict[tuple[datetime.date, int, int], int] = {}
    for row in rows:
        if (row.facility_id, row.period_start) in came or not said.get(key_of(row), Words()).excused:
            continue
        place: Any = row.subdistrict
        keys = [(row.period_start, 4, row.directorate_id)]
        while place is not None:
            keys.append((row.period_start, place.level, place.pk))
            place = place.parent
        for key in keys:
            found[key] = found.get(key, 0) + 1
    return found


def world_counted(world: World) -> list[tuple[int, datetime.date]]:
    """The facilities and periods of which a report counts."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT facility_id, period_start FROM reporting_countedreport WHERE template_id = %s", [world.template.pk]
        )
        return [(row[0], row[1]) for row in cursor.fetchall()]


def stored_excused(world: World) -> dict[tuple[datetime.date, int, int], int]:
    """What consolidation keeps, where it is not 0."""
    rows = Coverage.objects.filter(template=world.template.pk, excused__gt=0)
    return {(row.period_start, row.level, row.place): row.excused for row in rows}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_under_any_order_the_excused_add_up_and_never_pass_what_did_not_come(deeds: list[Any]) -> None:
    point = transaction.savepoint()
    world = make_world()
    for deed, at, number, reason, side in deeds:
        facility, start = world.facilities[at], PERIODS[number]
        expected = ExpectedReport.objects.filter(facility=facility, period_start=start).first()
        if deed == "expect":
            expected_report(world, facility, start)
            touch([(world.template.pk, start, facility.place_id)])
        elif deed == "approve":
            count(world, facility, start, {"s1": 1})
        elif deed == "reopen":
            withdraw(world, facility, start)
        elif deed == "say" and expected is not None:
            put(world, expected, reason, side)
        elif deed == "drain":
            drain(batch=2)
    drain()
    assert stored_excused(world) == true_excused(world)
    for row in Coverage.objects.filter(template=world.template.pk):
        assert 0 <= row.excused <= row.expected - row.answered
    for start in PERIODS:
        sums = {level: sums_at(world, start, level) for level in range(5)}
        assert len(set(sums.values())) == 1
    before = stored_excused(world)
    consolidation._rebuild(lambda _done, _of: None)
    assert stored_excused(world) == before
    ruled = with_reasons(ExpectedReport.objects.all())
    said = words_of(owed())
    assert {row.pk: row.ruling for row in ruled} == {row.pk: said.get(key_of(row), Words()).reason for row in owed()}
    assert not_excused(ExpectedReport.objects.all()).count() == sum(
        not said.get(key_of(row), Words()).excused for row in owed()
    )
    transaction.savepoint_rollback(point)


def sums_at(world: World, start: datetime.date, level: int) -> int:
    """The excused of a period at one level."""
    return sum(value for key, value in stored_excused(world).items() if key[:2] == (start, level))


def test_as_then_and_as_now_each_add_up(scene: Scene) -> None:
    say(scene.officer)
    drain()
    manager = member("data_manager", scene.body)
    for borders in Borders:
        owners = whose(
            manager, scene.template, consolidation.FigureLevel.DIRECTORATE, None, borders, timezone.localdate()
        )
        figures = read_figures(scene.template, owners, [last_month().start], [])
        all_of_it = [figures.coverage(key, [last_month().start]) for key in owners.holders]
        assert (sum(one.expected for one in all_of_it), sum(one.excused for one in all_of_it)) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_pressed_twice_at_once_it_is_kept_once() -> None:
    scene = wide_scene()
    assigned(scene.template, scene.facility)
    expect(today=timezone.localdate(), first=last_month().start)
    found = at_once(*[lambda: len(say(scene.officer, rows=owed()).done)] * 4)
    assert sorted(found) == [0, 0, 0, 1]  # type: ignore[type-var]
    assert Explanation.objects.count() == 1
