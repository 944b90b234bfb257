"""Extensions: a due date is put off with a reason that is kept; timeliness is reckoned with it."""

import datetime
import json
from pathlib import Path

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.extensions import extend
from coordination.reporting.actions.reviews import approve
from coordination.reporting.models import CountedReport, ExpectedReport, Extension, Submission
from coordination.reporting.models.due import reports_due
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from directorates.actions.seals import seal
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Notice, User
from directorates.models.validity import lasting
from directorates.permissions import Refused
from facilities.models import OperatingStatus
from tests.factories import DirectorateFactory, FacilityFactory, SubdistrictFactory, assigned, member
from tests.reporting.filing import drafted, filed
from tests.reporting.reports import Scene, wide_scene
from tests.reporting.test_review_pages import signed_in, text_of

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
REASON = "انقطاع الإنترنت"


@pytest.fixture
def scene() -> Scene:
    """A directorate, an NGO, a facility that reports monthly; last month's report is expected."""
    scene = wide_scene()
    assigned(scene.template, scene.facility)
    expect(today=timezone.localdate(), first=last_month().start)
    return scene


def last_month() -> Period:
    """The month that ended last."""
    return period_containing(timezone.localdate(), PeriodType.MONTH).previous()


def owed() -> ExpectedReport:
    """What is expected."""
    return ExpectedReport.objects.select_related("template", "facility", "reporter").get()


def overdue(days: int = 3) -> ExpectedReport:
    """What is expected, due some days ago."""
    ExpectedReport.objects.update(due=timezone.localdate() - days * DAY)
    return owed()


def later(days: int = 10) -> datetime.date:
    """A day to come."""
    return timezone.localdate() + days * DAY


def put_off(scene: Scene, row: ExpectedReport, days: int = 10, by: User | None = None) -> Extension:
    """Put a due date off."""
    found = extend(by=by or scene.officer, expected=[row], until=later(days), reason=REASON, at=timezone.now())
    return found.done[0]


def test_the_directorate_puts_a_due_date_off_and_the_decision_is_kept(scene: Scene) -> None:
    row = overdue()
    made = put_off(scene, row)
    assert owed().due == later()
    assert (made.before, made.until, made.reason, made.by) == (row.due, later(), REASON, scene.officer)
    entry = AuditEvent.objects.get(what="extend")
    assert (entry.by, entry.details["before"], entry.details["reason"]) == (scene.officer, row.due.isoformat(), REASON)
    due = reports_due(scene.coordinator, timezone.localdate()).get()
    assert (due.status, due.days_late) == ("due", 0)  # type: ignore[attr-defined]


def test_expecting_again_does_not_undo_it_even_where_the_row_went_and_came_again(scene: Scene) -> None:
    put_off(scene, overdue())
    expect(today=timezone.localdate(), first=last_month().start)
    assert owed().due == later()
    closed = OperatingStatus.objects.create(
        facility=scene.facility, status="closed", valid=lasting(last_month().start), at=timezone.now()
    )
    expect(today=timezone.localdate(), first=last_month().start)
    assert not ExpectedReport.objects.exists()
    closed.delete()
    expect(today=timezone.localdate(), first=last_month().start)
    assert owed().due == later()


def test_a_report_sent_by_the_later_day_is_on_time(scene: Scene) -> None:
    put_off(scene, overdue())
    submission = filed(scene, period=last_month())
    assert submission.due == later()
    approve(by=scene.officer, submission=submission, at=timezone.now())
    assert CountedReport.objects.get().on_time


def test_a_draft_that_was_begun_before_is_on_time_as_well(scene: Scene) -> None:
    draft, row = drafted(scene, period=last_month()), overdue()
    put_off(scene, row)
    assert Submission.objects.get(pk=draft.pk).due == later()


def test_what_was_sent_keeps_the_date_it_was_sent_under(scene: Scene) -> None:
    row = overdue()
    submission = filed(scene, period=last_month())
    with pytest.raises(Problem) as problem:
        put_off(scene, row)
    assert problem.value.code == "nothing_to_extend"
    assert Submission.objects.get(pk=submission.pk).due == submission.due
    assert owed().due == row.due


def test_putting_off_to_an_earlier_day_or_twice_to_the_same_changes_nothing(scene: Scene) -> None:
    put_off(scene, overdue())
    for days in (10, 5):
        with pytest.raises(Problem) as problem:
            put_off(scene, owed(), days)
        assert problem.value.status == 409
    assert Extension.objects.count() == 1
    assert owed().due == later()


def test_all_that_is_wrong_is_told_at_once(scene: Scene) -> None:
    row = overdue()
    for until, reason, codes in (
        (later(-1), " \u202e", [("until", "in_the_past"), ("reason", "required")]),
        (later(400), "x" * 2001, [("until", "too_far"), ("reason", "too_long")]),
    ):
        with pytest.raises(Problem) as problem:
            extend(by=scene.officer, expected=[row], until=until, reason=reason, at=timezone.now())
        assert [(fault.field, fault.code) for fault in problem.value.errors] == codes
    assert owed().due == row.due


def test_only_the_competent_directorate_puts_off(scene: Scene) -> None:
    row = overdue()
    elsewhere = DirectorateFactory(for_place=SubdistrictFactory())
    others = [
        scene.coordinator,
        member("director", scene.directorate),
        member("data_officer", elsewhere),
        member("data_officer", scene.directorate, last=timezone.localdate() - DAY),
        member("data_officer", scene.directorate, places=[SubdistrictFactory()]),
        member("data_manager", scene.body),
    ]
    for person in others:
        with pytest.raises(Refused):
            put_off(scene, row, by=person)
    assert owed().due == row.due


def test_decisions_are_never_changed_and_always_later(scene: Scene) -> None:
    made = put_off(scene, overdue())
    with pytest.raises(ProgrammingError), transaction.atomic():
        Extension.objects.filter(pk=made.pk).update(reason="another")
    with pytest.raises(ProgrammingError), transaction.atomic():
        made.delete()
    made.pk = None
    made.until = made.before
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save(force_insert=True)


def test_those_who_send_for_the_reporter_are_told_and_the_due_list_shows_why(scene: Scene) -> None:
    member("ngo_coordinator", scene.ngo, places=[SubdistrictFactory()])
    put_off(scene, overdue())
    assert list(Notice.objects.values_list("person", "kind")) == [(scene.coordinator.pk, "extended")]
    said = text_of(signed_in(scene.coordinator).get(reverse("reporting:due")).content.decode())
    assert "Extended from" in said
    assert REASON in said


def test_the_report_shows_how_often_and_why_it_came_later(scene: Scene) -> None:
    put_off(scene, overdue())
    put_off(scene, owed(), 20)
    submission = filed(scene, period=last_month())
    said = signed_in(scene.coordinator).get(reverse("reporting:report", args=[submission.pk])).content.decode()
    assert said.count(REASON) == 2


# --- Pages ---------------------------------------------------------------------------------------------------------


def ask(client: Client, query: str = "", **given: object) -> tuple[int, str]:
    """Put off by the page; the status and what is said."""
    address = f"{reverse('reporting:put_off')}?{query}"
    answer = client.post(address, given, follow=True) if given else client.get(address, follow=True)
    return answer.status_code, text_of(answer.content.decode())


def test_the_filters_name_what_is_put_off_and_how_many_they_are(scene: Scene) -> None:
    other = scene.other_facility()
    assigned(scene.template, other)
    expect(today=timezone.localdate(), first=last_month().start)
    client = signed_in(scene.officer)
    assert "Put off 2" not in text_of(client.get(reverse("reporting:deadlines")).content.decode())
    query = f"template={scene.template.code}&period={last_month().id}&reporter={scene.ngo.code}"
    assert "Put off 2" in text_of(client.get(f"{reverse('reporting:deadlines')}?{query}").content.decode())
    status, said = ask(client, query)
    assert status == 200
    assert "Reports: 2" in said
    status, said = ask(client, query, until=later(60).isoformat(), reason=REASON, count=2)
    assert "2 due dates put off. The reporters are told." in said
    assert "Put off lately" in said
    assert set(ExpectedReport.objects.values_list("due", flat=True)) == {later(60)}


def test_filters_that_name_nothing_any_more_never_mean_all_the_others(scene: Scene) -> None:
    client, wish = signed_in(scene.officer), {"until": later(60).isoformat(), "reason": REASON}
    query = f"reporter={scene.ngo.code}"
    assert "Reports: 1" in ask(client, query)[1]
    # Meanwhile the NGO sent it, and only the directorate itself owes a report.
    filed(scene, period=last_month())
    assigned(scene.template, FacilityFactory(place=scene.place))
    expect(today=timezone.localdate(), first=last_month().start)
    for count in (1, 2):
        assert "None of these reports is still to be sent." in ask(client, query, **wish, count=count)[1]
    assert "None of these reports is still to be sent." in ask(client, "reporter=nobody&place=SY99&period=x")[1]
    assert not Extension.objects.exists()


def test_one_report_is_put_off_by_itself_and_a_slip_never_means_all(scene: Scene) -> None:
    assigned(scene.template, scene.other_facility())
    expect(today=timezone.localdate(), first=last_month().start)
    first = ExpectedReport.objects.order_by("pk")[0]
    client = signed_in(scene.officer)
    assert "Reports: 1" in ask(client, f"only={first.pk}")[1]
    for slip in ("", "x", "9" * 40, "0"):
        assert "None of these reports is still to be sent." in ask(client, f"only={slip}")[1]
    ask(client, f"only={first.pk}", until=later(60).isoformat(), reason=REASON)
    assert ExpectedReport.objects.filter(due=later(60)).count() == 1


def test_what_changed_since_the_page_was_read_is_asked_again(scene: Scene) -> None:
    client = signed_in(scene.officer)
    status, said = ask(client, until=later(60).isoformat(), reason=REASON, count=7)
    assert status == 409
    assert "Meanwhile these are 1 reports." in said
    assert REASON in said
    assert not Extension.objects.exists()


def test_bad_input_is_told_beside_its_field_and_nothing_is_lost(scene: Scene, shared: Path) -> None:
    client = signed_in(scene.officer)
    for text in json.loads((shared / "bad-input" / "blns.json").read_text(encoding="utf-8"))[::16]:
        assert ask(client, until="2019-99-99", reason=text, count=text)[0] == 400
    status, said = ask(client, until="no", reason="<b>kept</b>")
    assert status == 400
    assert "&lt;b&gt;kept&lt;/b&gt;" in said
    assert not Extension.objects.exists()


def test_what_was_put_off_lately_is_told_to_those_who_review_there(scene: Scene) -> None:
    given = put_off(scene, owed())
    elsewhere = member("data_officer", scene.directorate, places=[SubdistrictFactory()])
    for person, told in ((scene.officer, [given]), (elsewhere, [])):
        assert list(signed_in(person).get(reverse("reporting:deadlines")).context["lately"]) == told


def test_who_reviews_nothing_has_no_page_of_due_dates(scene: Scene) -> None:
    for name in ("deadlines", "put_off"):
        assert signed_in(scene.coordinator).get(reverse(f"reporting:{name}")).status_code == 403


def test_an_officer_of_other_places_sees_neither_what_is_due_nor_what_was_put_off(scene: Scene) -> None:
    put_off(scene, overdue())
    elsewhere = member("data_officer", scene.directorate, places=[SubdistrictFactory()])
    for person, count in ((scene.officer, 1), (elsewhere, 0)):
        shown = signed_in(person).get(reverse("reporting:deadlines")).context
        assert (len(shown["rows"]), len(shown["lately"])) == (count, count)


def test_a_seal_closes_why_a_date_was_put_off_to_all_but_its_reporter_and_the_body(scene: Scene) -> None:
    put_off(scene, overdue())
    watcher = member("surveillance_officer", scene.template.dataset.custodian)
    people = (watcher, scene.coordinator, member("data_manager", scene.body))
    seen = lambda: [Extension.objects.visible_to(User.objects.get(pk=one.pk)).count() for one in people]  # noqa: E731
    assert seen() == [1, 1, 1]
    director = member("director", scene.directorate)
    seal(organisation=scene.directorate, by=director, reason="A raid", at=timezone.now())
    assert seen() == [0, 1, 1]
