"""Reminders to reporters, and waiting reports told to those above: each once, to whoever may know."""

import datetime
from typing import Any

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.extensions import extend
from coordination.reporting.actions.reminders import escalate, remind
from coordination.reporting.actions.reviews import approve, reopen
from coordination.reporting.models import Escalation, ExpectedReport, Reminder, Submission
from coordination.reporting.rules.reminders import LATE, SOON, VERY_LATE, stage_of
from directorates.actions.deputies import name_deputy
from directorates.foundation.notices import post_all
from directorates.models import Membership, Notice, Organisation, User
from tests.factories import OrganisationFactory, SubdistrictFactory, confirmed_deputy, member
from tests.reporting.filing import filed
from tests.reporting.reports import Scene, wide_scene
from tests.reporting.test_review_pages import signed_in, text_of
from tests.threads import at_once

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
TODAY = datetime.date(2019, 6, 10)


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility, a template."""
    return wide_scene()


def owed(scene: Scene, due: datetime.date, reporter: Organisation | None = None, month: int = 5) -> ExpectedReport:
    """A report that is expected by a day."""
    return ExpectedReport.objects.create(
        template=scene.template,
        facility=scene.facility,
        period_start=datetime.date(2019, month, 1),
        reporter=reporter or scene.ngo,
        due=due,
        subdistrict=scene.place,
        place_path=scene.place.path,
        directorate=scene.directorate,
        dataset=scene.template.dataset,
    )


def reminded(today: datetime.date) -> int:
    """Run a morning's reminders."""
    at = timezone.make_aware(datetime.datetime.combine(today, datetime.time(7)))
    return remind(today=today, at=at)


@pytest.mark.parametrize(
    ("days", "stage"),
    [(-3, None), (-2, SOON), (0, SOON), (1, LATE), (6, LATE), (7, VERY_LATE), (30, VERY_LATE), (31, None)],
)
def test_stages_of_a_due_date(days: int, stage: str | None) -> None:
    assert stage_of(TODAY - days * DAY, TODAY) == stage


def test_a_reporter_is_reminded_two_days_before_a_day_after_and_a_week_after_and_at_no_other_time(scene: Scene) -> None:
    due = owed(scene, TODAY).due
    days = [day for day in range(-5, 40) if reminded(due + day * DAY)]
    assert days == [-2, 1, 7]
    assert Notice.objects.filter(person=scene.coordinator, kind="reminder").count() == 3


def test_one_notice_a_day_gathers_all_and_running_twice_changes_nothing(scene: Scene) -> None:
    owed(scene, TODAY + 2 * DAY)
    owed(scene, TODAY - DAY, month=4)
    assert reminded(TODAY) == 1
    owed(scene, TODAY - 7 * DAY, month=3)
    assert reminded(TODAY) == 0
    notice = Notice.objects.get()
    assert (notice.values["count"], notice.values["soon"], notice.values["late"]) == (2, 1, 1)
    assert reminded(TODAY + DAY) == 1


def test_a_morning_on_which_nothing_ran_is_made_up_for(scene: Scene) -> None:
    owed(scene, TODAY)
    assert reminded(TODAY + 3 * DAY) == 1
    assert Reminder.objects.get().stage == LATE


def test_nobody_is_reminded_of_what_was_sent(scene: Scene) -> None:
    owed(scene, TODAY)
    filed(scene)
    assert reminded(TODAY) == 0


def test_a_later_due_date_is_reminded_of_anew(scene: Scene) -> None:
    today = timezone.localdate()
    row = owed(scene, today - DAY)
    assert reminded(today) == 1
    extend(by=scene.officer, expected=[row], until=today + 5 * DAY, reason="No power", at=timezone.now())
    assert reminded(today + 2 * DAY) == 0
    assert reminded(today + 3 * DAY) == 1


def test_who_may_send_the_report_is_reminded_and_nobody_else(scene: Scene) -> None:
    owed(scene, TODAY)
    inside = member("ngo_coordinator", scene.ngo, places=[scene.place])
    member("ngo_coordinator", scene.ngo, places=[SubdistrictFactory()])
    member("ngo_coordinator", scene.ngo, last=TODAY - DAY)
    member("observer", scene.ngo)
    member("ngo_coordinator", OrganisationFactory())
    User.objects.filter(pk=member("ngo_coordinator", scene.ngo).pk).update(is_active=False)
    reminded(TODAY)
    assert set(Notice.objects.values_list("person", flat=True)) == {scene.coordinator.pk, inside.pk}


def test_where_nobody_is_there_to_be_reminded_nothing_is_put_down_as_told(scene: Scene) -> None:
    owed(scene, TODAY, reporter=OrganisationFactory())
    assert reminded(TODAY) == 0
    assert not Reminder.objects.exists()


@pytest.mark.parametrize(
    ("language", "words"), [("en", "Reminder: 1 report to send"), ("ar", "تذكير: تقرير واحد للإرسال")]
)
def test_the_letter_is_in_the_reporters_language_and_the_page_alone_names_facility_and_period(
    scene: Scene, language: str, words: str
) -> None:
    User.objects.filter(pk=scene.coordinator.pk).update(language=language)
    today = timezone.localdate()
    owed(scene, today)
    reminded(today)
    post_all(now=timezone.now())
    (letter,) = mail.outbox
    assert letter.subject == words
    names = (
        scene.facility.name_en if language == "en" else scene.facility.name_ar,
        "May 2019" if language == "en" else "أيار 2019",
    )
    assert reverse("reporting:due") in letter.body
    assert [name for name in names if name in letter.body] == []
    page = signed_in(scene.coordinator, language).get(reverse("directorates:notices")).content.decode()
    assert [name for name in names if name not in page] == []


# --- Waiting for review --------------------------------------------------------------------------------------------


def waiting(scene: Scene, days: int, **given: object) -> Submission:
    """A report that waits for so many days."""
    return scene.sent(at=timezone.now() - days * DAY - datetime.timedelta(hours=1), **given)


def test_the_director_is_told_after_seven_days_and_the_body_after_fourteen_once_each(scene: Scene) -> None:
    director, manager = member("director", scene.directorate), member("data_manager", scene.body)
    submission = waiting(scene, 6)
    now = timezone.now()
    told = [escalate(at=now + day * DAY) for day in range(12)]
    assert told == [0, 1, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0]
    assert list(Notice.objects.order_by("at").values_list("person", flat=True)) == [director.pk, manager.pk]
    assert list(Escalation.objects.values_list("level", flat=True)) == ["director", "body"]
    assert Submission.objects.get(pk=submission.pk).status == "submitted"


def test_one_notice_tells_of_all_that_wait_and_only_the_directorates_own(scene: Scene) -> None:
    director = member("director", scene.directorate)
    other = Scene(place=SubdistrictFactory(), version=scene.version)
    elsewhere = member("director", other.directorate)
    for _number in range(3):
        waiting(scene, 8, facility=scene.other_facility())
    waiting(other, 9)
    assert escalate(at=timezone.now()) == 2
    assert Notice.objects.get(person=director).values["count"] == 3
    assert Notice.objects.get(person=elsewhere).values["count"] == 1


def test_whoever_directs_two_directorates_is_told_of_each(scene: Scene) -> None:
    other = Scene(place=SubdistrictFactory(), version=scene.version)
    director = member("director", scene.directorate)
    member("director", other.directorate, person=director)
    waiting(scene, 8)
    waiting(other, 9)
    assert escalate(at=timezone.now()) == 2
    assert Notice.objects.filter(person=director, kind="waiting").count() == 2


def test_the_directors_deputy_is_told_as_well(scene: Scene) -> None:
    director, today = member("director", scene.directorate), timezone.localdate()
    role = Membership.objects.get(person=director)
    given: dict[str, Any] = {
        "membership": role,
        "deputy": scene.officer,
        "first": today,
        "last": today,
        "at": timezone.now(),
    }
    confirmed_deputy(name_deputy(by=director, **given))
    waiting(scene, 8)
    escalate(at=timezone.now())
    assert set(Notice.objects.filter(kind="waiting").values_list("person", flat=True)) == {
        director.pk,
        scene.officer.pk,
    }


def test_without_a_director_the_body_is_told_after_seven_days_and_the_director_who_comes_is_told_too(
    scene: Scene,
) -> None:
    manager, now = member("data_manager", scene.body), timezone.now()
    old = waiting(scene, 6)
    assert [escalate(at=now + day * DAY) for day in range(10)] == [0, 1, 0, 0, 0, 0, 0, 0, 0, 0]
    notice = Notice.objects.get(person=manager)
    assert (notice.values["count"], notice.values["least"]) == (1, 7)
    director = member("director", scene.directorate)
    assert escalate(at=now + 10 * DAY) == 1
    assert Notice.objects.filter(person=director).count() == 1
    assert list(Escalation.objects.values_list("level", flat=True)) == ["body", "director"]
    Submission.objects.filter(pk=old.pk).update(changed=now - 9 * DAY)
    home = text_of(signed_in(manager).get("/").content.decode())
    assert "Without review for 9 days or longer" in home
    assert old.facility.name_en in home.split("Without review for", 1)[1]


def test_what_the_body_itself_reviews_is_told_to_its_data_managers_after_seven_days(scene: Scene) -> None:
    member("director", scene.directorate)
    manager, submission = member("data_manager", scene.body), waiting(scene, 8)
    Submission.objects.filter(pk=submission.pk).update(reviewer=scene.body)
    assert escalate(at=timezone.now()) == 1
    assert Notice.objects.get().person == manager


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_remind_and_tell_once() -> None:
    scene, today, at = Scene(), timezone.localdate(), timezone.now()
    member("director", scene.directorate)
    owed(scene, today - DAY)
    waiting(scene, 8, facility=scene.other_facility())
    answers = at_once(*[lambda: remind(today=today, at=at)] * 4, *[lambda: escalate(at=at)] * 4)
    assert sorted(answers) == [0] * 6 + [1] * 2  # type: ignore[type-var]
    assert sorted(Notice.objects.values_list("kind", flat=True)) == ["reminder", "waiting"]
    assert (Reminder.objects.count(), Escalation.objects.count()) == (1, 1)


def test_without_a_director_nothing_is_put_down_as_told(scene: Scene) -> None:
    waiting(scene, 8)
    assert escalate(at=timezone.now()) == 0
    assert not Escalation.objects.exists()
    member("director", scene.directorate)
    assert escalate(at=timezone.now()) == 1


def test_a_reopened_report_begins_to_wait_anew(scene: Scene) -> None:
    member("director", scene.directorate)
    submission = waiting(scene, 20)
    escalate(at=timezone.now())
    approve(by=scene.officer, submission=submission, at=timezone.now())
    reopen(by=scene.officer, submission=submission, reason="Wrong register", at=timezone.now())
    assert escalate(at=timezone.now()) == 0
    assert escalate(at=timezone.now() + 8 * DAY) == 1


def test_the_inbox_and_the_homes_say_how_long_reports_wait_and_who_was_told(scene: Scene) -> None:
    director, manager = member("director", scene.directorate), member("data_manager", scene.body)
    waiting(scene, 1)
    old = waiting(scene, 15, facility=scene.other_facility())
    escalate(at=timezone.now())
    said = text_of(signed_in(scene.officer).get(reverse("reporting:inbox")).content.decode())
    assert said.count("waiting 15 days") == 1
    assert "told the director on" in said
    assert "told the body on" in said
    for person in (director, manager):
        home = text_of(signed_in(person).get("/").content.decode())
        assert old.facility.name_en in home.split("Without review for", 1)[1]
        assert "waiting 15 days" in home
        assert "1 report waits for review for long" in home
    assert "waiting 15 days" not in text_of(signed_in(scene.coordinator).get("/").content.decode())


def test_who_directs_and_stands_in_for_a_reviewer_finds_what_waits_for_long_at_home_too(scene: Scene) -> None:
    director, today = member("director", scene.directorate), timezone.localdate()
    old = waiting(scene, 9)
    role = Membership.objects.get(person=scene.officer)
    named = name_deputy(by=scene.officer, membership=role, deputy=director, first=today, last=today, at=timezone.now())
    confirmed_deputy(named)
    escalate(at=timezone.now())
    home = text_of(signed_in(director).get("/").content.decode())
    assert old.facility.name_en in home.split("Without review for", 1)[1]
    # Who reviews and directs nobody has them in the inbox.
    assert "Without review for" not in text_of(signed_in(scene.officer).get("/").content.decode())
