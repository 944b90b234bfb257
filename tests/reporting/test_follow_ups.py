"""Questions about single values: asked once, answered by the reporter, settled by who asked, and seen by readers of the report alone."""

import datetime
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.test import Client
from django.utils import timezone

from coordination.exchange.listings import LISTINGS
from coordination.homes.waits import waiting_count
from coordination.reporting.actions.follow_ups import answer, ask_about, ask_again, settle_follow_up
from coordination.reporting.actions.scopes import rescope
from coordination.reporting.models import FollowUp, FollowUpWord, Submission
from coordination.reporting.models.follow_ups import FollowUpState
from directorates.actions.deputies import name_deputy
from directorates.actions.seals import seal
from directorates.foundation.models import Notice
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import AuditEvent, Membership, Organisation, User
from directorates.models.validity import lasting
from directorates.permissions import Refused, sight_of
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, confirmed_deputy, member, signed_in
from tests.reporting.reports import Scene, send_again
from tests.threads import at_once

pytestmark = pytest.mark.django_db
WHY = "More visits than in the whole year before; were two months added?"


@pytest.fixture
def scene() -> Scene:
    """An NGO, its directorate, a template."""
    return Scene()


@pytest.fixture
def report(scene: Scene) -> Submission:
    """A report that waits for review: visits 10, births 2."""
    return scene.sent()


def asked(scene: Scene, report: Submission, by: User | None = None, slot: str = "s1", question: str = WHY) -> FollowUp:
    """A question about its visits."""
    return ask_about(by=by or scene.officer, submission=report, slot=slot, question=question, at=timezone.now())


def said(found: FollowUp, by: User, text: str = "One month; a vaccination day brought them.") -> FollowUp:
    """An answer."""
    return answer(by=by, follow_up=found, text=text, at=timezone.now())


def settled(found: FollowUp, by: User, outcome: str = "confirmed", seen: int | None = None) -> FollowUp:
    """What it came to."""
    return settle_follow_up(by=by, follow_up=found, outcome=outcome, text="", seen=seen, at=timezone.now())


def code_of(problem: pytest.ExceptionInfo[Problem]) -> tuple[str, int]:
    """Why it was refused."""
    return problem.value.code, problem.value.status


def test_a_question_goes_to_the_reporter_comes_back_answered_and_is_settled(scene: Scene, report: Submission) -> None:
    found = asked(scene, report)
    assert (found.state, found.acting, found.revision_id) == ("open", scene.directorate, report.revision_id)
    assert list(FollowUp.objects.waiting_for(scene.coordinator)) == [found]
    assert not FollowUp.objects.waiting_for(scene.officer).exists()
    said(found, scene.coordinator)
    assert not FollowUp.objects.waiting_for(scene.coordinator).exists()
    assert list(FollowUp.objects.waiting_for(scene.officer)) == [found]
    ask_again(by=scene.officer, follow_up=found, text="On which days?", at=timezone.now())
    assert FollowUp.objects.get().state == FollowUpState.OPEN
    said(found, scene.coordinator, "The 4th to the 6th.")
    settled(found, scene.officer)
    held = FollowUp.objects.get()
    assert held.state == FollowUpState.CONFIRMED
    assert held.answered is not None
    assert held.settled is not None
    kinds = list(FollowUpWord.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["asked", "answered", "again", "answered", "confirmed"]


def test_the_other_side_is_told_each_time_and_never_what_was_said(scene: Scene, report: Submission) -> None:
    found = asked(scene, report)
    said(found, scene.coordinator)
    settled(found, scene.officer)
    told = Notice.objects.filter(kind="follow_up").order_by("pk")
    assert [(row.person_id, row.values["what"]) for row in told] == [
        (scene.coordinator.pk, "asked"),
        (scene.officer.pk, "answered"),
        (scene.coordinator.pk, "settled"),
    ]
    assert WHY not in str([row.values for row in told])


def test_it_counts_in_what_waits_for_both_sides(scene: Scene, report: Submission) -> None:
    before = waiting_count(scene.coordinator), waiting_count(scene.officer)
    found = asked(scene, report)
    assert (waiting_count(scene.coordinator), waiting_count(scene.officer)) == (before[0] + 1, before[1])
    said(found, scene.coordinator)
    assert (waiting_count(scene.coordinator), waiting_count(scene.officer)) == (before[0], before[1] + 1)


def test_a_value_was_corrected_only_once_the_report_gives_another(scene: Scene, report: Submission) -> None:
    found = asked(scene, report)
    said(found, scene.coordinator, "A slip of the keyboard.")
    with pytest.raises(Problem) as problem:
        settled(found, scene.officer, "corrected")
    assert code_of(problem) == ("not_corrected", 409)
    send_again(report, by=scene.coordinator, doc={"s1": 10, "s2": 3})
    with pytest.raises(Problem):
        settled(found, scene.officer, "corrected")
    send_again(report, by=scene.coordinator, doc={"s1": 4, "s2": 3})
    assert settled(found, scene.officer, "corrected").state == FollowUpState.CORRECTED
    shown = FollowUp.objects.named().get()
    assert (shown.then.number, shown.now.number, shown.changed) == (10, 4, True)


def test_a_question_is_taken_back_by_who_asked_which_says_nothing_of_the_value(
    scene: Scene, report: Submission
) -> None:
    found = asked(scene, report)
    for _number in range(2):
        assert settled(found, scene.officer, "withdrawn").state == FollowUpState.WITHDRAWN
    assert list(FollowUpWord.objects.order_by("pk").values_list("kind", "text")) == [("asked", WHY), ("withdrawn", "")]
    assert not FollowUp.objects.unsettled().exists()
    assert FollowUp.objects.get().settled is not None
    page = signed_in(scene.coordinator).get(f"/reports/follow-ups/{found.pk}/").content.decode()
    assert "Settled: taken back" in page
    with pytest.raises(Problem) as problem:
        said(found, scene.coordinator)
    assert code_of(problem) == ("settled", 409)
    assert asked(scene, report, question="Another thing") != found


def test_what_is_posted_twice_stands_once(scene: Scene, report: Submission) -> None:
    found = asked(scene, report)
    assert asked(scene, report) == found
    for _number in range(2):
        said(found, scene.coordinator)
    for _number in range(2):
        ask_again(by=scene.officer, follow_up=found, text="On which days?", at=timezone.now())
    said(found, scene.coordinator, "The 4th.")
    for _number in range(2):
        settled(found, scene.officer)
    assert FollowUpWord.objects.count() == 5
    assert AuditEvent.objects.filter(what="settle_value").count() == 1


def test_of_one_value_one_question_is_open_at_a_time(scene: Scene, report: Submission) -> None:
    found = asked(scene, report)
    with pytest.raises(Problem) as problem:
        asked(scene, report, question="Another thing")
    assert code_of(problem) == ("exists", 409)
    assert problem.value.extra == {"id": found.pk}
    assert asked(scene, report, slot="s2") != found
    settled(found, scene.officer)
    assert asked(scene, report, question="Another thing") != found
    with pytest.raises(IntegrityError), transaction.atomic():
        FollowUp.objects.create(
            submission=report,
            slot="s2",
            revision_id=report.revision_id or 0,
            acting=scene.directorate,
            opened=timezone.now(),
        )


def test_what_is_settled_takes_no_further_word_and_stays_settled(scene: Scene, report: Submission) -> None:
    found = settled(asked(scene, report), scene.officer)
    for deed in (
        lambda: said(found, scene.coordinator),
        lambda: ask_again(by=scene.officer, follow_up=found, text="Really?", at=timezone.now()),
    ):
        with pytest.raises(Problem) as problem:
            deed()
        assert code_of(problem) == ("settled", 409)
    for statement in (
        "UPDATE reporting_followup SET state = 'open', settled = NULL",
        "UPDATE reporting_followupword SET text = 'x'",
        "DELETE FROM reporting_followupword",
        "DELETE FROM reporting_followup",
    ):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)


def test_nobody_settles_over_an_answer_that_came_meanwhile(scene: Scene, report: Submission) -> None:
    found = asked(scene, report)
    seen = found.words.get().pk
    said(found, scene.coordinator)
    with pytest.raises(Problem) as problem:
        settled(found, scene.officer, seen=seen)
    assert code_of(problem) == ("changed", 409)


@pytest.mark.django_db(transaction=True)
def test_two_who_ask_about_one_value_at_once_leave_one_question() -> None:
    scene = Scene()
    report = scene.sent()
    colleague = member("data_officer", scene.directorate)
    done = at_once(
        lambda: asked(scene, report), lambda: asked(scene, report, by=colleague, question="Is that one month?")
    )
    assert FollowUp.objects.count() == 1
    assert sorted(isinstance(one, Problem) for one in done) == [False, True]


@pytest.mark.parametrize("text", ["", "   ", "Near 35.93123, 36.63456", "x" * 2001])
def test_a_text_that_is_missing_too_long_or_gives_a_location_is_refused(
    scene: Scene, report: Submission, text: str
) -> None:
    with pytest.raises(Problem) as problem:
        asked(scene, report, question=text)
    assert code_of(problem) == ("invalid", 400)
    found = asked(scene, report)
    with pytest.raises(Problem):
        said(found, scene.coordinator, text)
    assert FollowUpWord.objects.count() == 1


def test_an_item_that_is_not_asked_and_a_report_that_was_not_sent_are_not_asked_about(
    scene: Scene, report: Submission
) -> None:
    with pytest.raises(Problem) as problem:
        asked(scene, report, slot="s99")
    assert code_of(problem) == ("invalid", 400)
    Submission.objects.filter(pk=report.pk).update(status="draft")
    with pytest.raises(Problem) as problem:
        asked(scene, report)
    assert code_of(problem) == ("wrong_state", 409)


def test_only_readers_for_the_house_ask_only_the_reporter_answers_only_who_asked_settles(
    scene: Scene, report: Submission
) -> None:
    rival = member("ngo_coordinator", OrganisationFactory())
    director = member("director", scene.directorate)
    for person in (scene.coordinator, rival, director):
        with pytest.raises(Refused):
            asked(scene, report, by=person)
    found = asked(scene, report, by=member("data_manager", scene.body))
    for person in (rival, director, scene.officer):
        with pytest.raises(Refused):
            said(found, person)
    for person in (rival, director, scene.coordinator, scene.officer):
        with pytest.raises(Refused):
            settled(found, person)


def test_an_author_settles_no_question_about_the_own_report(scene: Scene) -> None:
    own = scene.sent(reporter=scene.directorate, by=scene.officer)
    found = asked(scene, own, by=member("data_officer", scene.directorate))
    with pytest.raises(Refused) as refused:
        settled(found, scene.officer)
    assert refused.value.code == "own_report"


def silenced(scene: Scene, asker: User, how: str) -> None:
    """The organisation of whoever asked can speak no more; the reports that it reviewed go to the body."""
    if how == "sealed":
        director = member("director", scene.directorate)
        seal(by=director, organisation=scene.directorate, reason="Danger", at=timezone.now())
    elif how == "left":
        yesterday = timezone.localdate() - datetime.timedelta(days=1)
        Membership.objects.filter(person=asker).update(valid=lasting(yesterday, yesterday))
    else:
        Organisation.objects.filter(pk=asker.acting_id or 0).update(status=how)
    rescope()


@pytest.mark.parametrize("how", ["sealed", "suspended", "dissolved"])
def test_whoever_reviews_settles_what_a_directorate_asked_that_can_speak_no_more(
    scene: Scene, report: Submission, how: str
) -> None:
    manager = member("data_manager", scene.body)
    found = said(asked(scene, report), scene.coordinator)
    with pytest.raises(Refused) as refused:
        settled(found, manager)
    assert refused.value.code == "not_asked_by"
    silenced(scene, scene.officer, how)
    reviewer = User.objects.get(pk=manager.pk)
    page = signed_in(reviewer).get(f"/reports/follow-ups/{found.pk}/").content.decode()
    assert "Nobody can speak for the organisation that asked" in page
    assert f"/reports/follow-ups/{found.pk}/again/" not in page
    with pytest.raises(Refused):
        ask_again(by=reviewer, follow_up=found, text="On which days?", at=timezone.now())
    for person in (scene.coordinator, member("ngo_coordinator", OrganisationFactory())):
        with pytest.raises(Refused):
            settled(found, User.objects.get(pk=person.pk))
    assert settled(found, reviewer).state == FollowUpState.CONFIRMED
    last = FollowUpWord.objects.latest("pk")
    assert (last.by, last.acting, FollowUp.objects.get().acting) == (manager, scene.body, scene.directorate)
    # The value can be asked about again.
    assert asked(scene, report, by=reviewer, question="Another thing").pk != found.pk


def test_the_directorate_settles_for_a_custodian_whose_people_left_and_no_author_does(scene: Scene) -> None:
    report = scene.sent(reporter=scene.directorate, by=scene.officer)
    colleague = member("data_officer", scene.directorate)
    asker = member("surveillance_officer", scene.template.dataset.custodian)
    found = asked(scene, report, by=asker)
    with pytest.raises(Refused):
        settled(found, colleague)
    silenced(scene, asker, "left")
    with pytest.raises(Refused) as refused:
        settled(found, scene.officer)
    assert refused.value.code == "own_report"
    done = Caller(colleague).post(f"follow-ups/{found.pk}/settle/", {"outcome": "confirmed"})
    assert done.json()["status"] == "confirmed"


def test_an_answer_is_told_to_those_who_may_still_ask_and_to_nobody_who_left(scene: Scene, report: Submission) -> None:
    custodian = scene.template.dataset.custodian
    asker, colleague = member("surveillance_officer", custodian), member("surveillance_officer", custodian)
    found = asked(scene, report, by=asker)

    def told() -> set[int]:
        return set(Notice.objects.filter(values__what="answered").values_list("person", flat=True))

    said(found, scene.coordinator, "One month.")
    assert told() == {asker.pk}
    silenced(scene, asker, "left")
    said(found, scene.coordinator, "The 4th to the 6th.")
    assert told() == {asker.pk, colleague.pk}
    assert Notice.objects.filter(values__what="answered", person=asker).count() == 1
    silenced(scene, colleague, "left")
    said(found, scene.coordinator, "And the 7th.")
    assert told() == {asker.pk, colleague.pk, scene.officer.pk}
    assert Notice.objects.filter(values__what="answered").count() == 3


def test_a_rival_and_a_sealed_organisation_find_nothing(scene: Scene, report: Submission) -> None:
    asked(scene, report)
    rival = member("ngo_coordinator", OrganisationFactory())
    assert not FollowUp.objects.visible_to(rival).exists()
    with seeing(sight_of(rival)):
        assert not FollowUp.objects.exists()
        assert not FollowUpWord.objects.exists()
    with seeing(sight_of(scene.coordinator)):
        assert FollowUpWord.objects.count() == 1
    director = member("director", scene.directorate)
    seal(by=director, organisation=scene.directorate, reason="Danger", at=timezone.now())
    assert waiting_count(scene.officer) == 0
    assert not FollowUp.objects.waiting_for(User.objects.get(pk=scene.officer.pk)).exists()


def test_a_deputy_asks_and_settles_in_the_name_of_whoever_is_away(scene: Scene, report: Submission) -> None:
    director, deputy = member("director", scene.directorate), member("director", scene.directorate)
    today, now = timezone.localdate(), timezone.now()
    away: dict[str, Any] = {"membership": scene.officer.memberships.get(), "first": today, "last": today, "at": now}
    confirmed_deputy(name_deputy(by=director, deputy=deputy, **away))
    found = asked(scene, report, by=User.objects.get(pk=deputy.pk))
    assert found.words.get().instead_of == scene.officer
    assert settled(found, User.objects.get(pk=deputy.pk)).state == FollowUpState.CONFIRMED


# Pages, files, programs


@pytest.fixture
def client(scene: Scene) -> Client:
    """The data officer's browser."""
    return signed_in(scene.officer)


def test_it_is_asked_from_the_report_and_stands_beside_the_value(
    scene: Scene, report: Submission, client: Client
) -> None:
    page = client.get(f"/reports/{report.pk}/").content.decode()
    assert f"/reports/{report.pk}/ask/?element=visits" in page
    address = f"/reports/{report.pk}/ask/?element=visits"
    assert client.get(address).status_code == 200
    done = client.post(address, {"slot": "s1", "question": WHY})
    found = FollowUp.objects.get()
    assert done.headers["Location"] == f"/reports/follow-ups/{found.pk}/"
    page = client.get(f"/reports/{report.pk}/").content.decode()
    assert page.count(f"/reports/follow-ups/{found.pk}/") == 2
    reader = signed_in(scene.coordinator)
    page = reader.get(f"/reports/{report.pk}/").content.decode()
    assert f"/reports/follow-ups/{found.pk}/" in page
    assert "/ask/?element" not in page
    assert client.get(f"/reports/{report.pk}/ask/?element=none").status_code == 302


def test_a_question_without_words_comes_back_with_what_is_missing(report: Submission, client: Client) -> None:
    answer_ = client.post(f"/reports/{report.pk}/ask/?element=visits", {"slot": "s1", "question": " "})
    assert answer_.status_code == 400
    assert "Write the question" in answer_.content.decode()
    assert client.post(f"/reports/{report.pk}/ask/?element=visits", {"slot": "s2", "question": WHY}).status_code == 400


def test_both_sides_go_through_the_conversation_on_its_page(scene: Scene, report: Submission, client: Client) -> None:
    found = asked(scene, report)
    address = f"/reports/follow-ups/{found.pk}/"
    reader = signed_in(scene.coordinator)
    assert WHY.split(";", maxsplit=1)[0] in reader.get(address).content.decode()
    assert reader.post(f"{address}answer/", {"text": ""}).status_code == 400
    assert reader.post(f"{address}answer/", {"text": "It is one month."}).status_code == 302
    page = client.get(address).content.decode()
    assert "It is one month." in page
    seen = found.words.latest("pk").pk
    assert client.post(f"{address}settle/", {"outcome": "corrected", "seen": seen}).status_code == 409
    assert client.post(f"{address}settle/", {"outcome": "confirmed", "seen": seen}).status_code == 302
    assert reader.post(f"{address}settle/", {"outcome": "confirmed"}).status_code == 403
    assert "Settled: the value is right" in reader.get(address).content.decode()
    assert signed_in(member("ngo_coordinator", OrganisationFactory())).get(address).status_code == 404


def test_the_list_filters_sorts_and_comes_as_a_file(scene: Scene, report: Submission, client: Client) -> None:
    first, second = asked(scene, report), asked(scene, report, slot="s2")
    said(first, scene.coordinator)
    listed = client.get("/reports/follow-ups/?state=answered").context["page"].object_list
    assert list(listed) == [first]
    assert list(client.get("/reports/follow-ups/?mine=on").context["page"].object_list) == [first]
    assert list(client.get("/reports/follow-ups/?sort=asked").context["page"].object_list) == [first, second]
    assert client.get("/reports/follow-ups/?period=x&sort=y&state=z&facility=%00").status_code == 200
    file = LISTINGS["follow_ups"].listed(scene.officer, "state=open")
    place = [column.code for column in file.columns].index("element")
    assert [list(row)[place] for row in file.rows] == ["births"]


def test_the_inbox_shows_the_reports_with_an_open_question(scene: Scene, report: Submission, client: Client) -> None:
    other = scene.sent(facility=scene.other_facility())
    asked(scene, report)
    page = client.get("/reports/review/?mark=asked").content.decode()
    assert str(report.pk) in page
    assert str(other.pk) not in page


def test_homes_name_what_waits(scene: Scene, report: Submission) -> None:
    found = asked(scene, report)
    assert f"/reports/follow-ups/{found.pk}/" in signed_in(scene.coordinator).get("/").content.decode()
    said(found, scene.coordinator)
    assert f"/reports/follow-ups/{found.pk}/" in signed_in(scene.officer).get("/").content.decode()


def test_programs_ask_answer_and_settle(scene: Scene, report: Submission) -> None:
    officer, clerk = Caller(scene.officer), Caller(scene.coordinator)
    body = {"element": "visits", "question": WHY}
    made = officer.post(f"submissions/{report.pk}/follow-ups/", body)
    assert made.status_code == 200, made.content
    number = made.json()["id"]
    assert officer.post(f"submissions/{report.pk}/follow-ups/", body).json()["id"] == number
    assert officer.post(f"submissions/{report.pk}/follow-ups/", {"element": "none"}).status_code == 400
    assert clerk.post(f"submissions/{report.pk}/follow-ups/", body).status_code == 403
    assert clerk.get("follow-ups/", {"waiting": "yes"}).json()["results"][0]["id"] == number
    answered = clerk.post(f"follow-ups/{number}/answer/", {"text": "One month."}).json()
    assert (answered["status"], [one["kind"] for one in answered["words"]]) == ("answered", ["asked", "answered"])
    again = officer.post(f"follow-ups/{number}/ask-again/", {"text": "On which days?"})
    assert again.json()["status"] == "open"
    told = {"outcome": "confirmed", "seen": again.json()["words"][-1]["id"]}
    assert officer.post(f"follow-ups/{number}/settle/", told | {"seen": "x"}).status_code == 400
    done = officer.post(f"follow-ups/{number}/settle/", told)
    assert done.json()["status"] == "confirmed"
    assert clerk.get(f"follow-ups/{number}/").json()["settled"]
    assert Caller(member("ngo_coordinator", OrganisationFactory())).get(f"follow-ups/{number}/").status_code == 404
