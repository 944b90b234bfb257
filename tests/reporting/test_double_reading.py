"""Whoever's reports are read, side by side, learns of it; and what is settled was read before, by pages and programs."""

import datetime

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from coordination.reporting import tasks
from coordination.reporting.actions.double_reports import WITHIN, attend, escalate_double_reports
from coordination.reporting.models import DoubleReport
from coordination.reporting.models.measures import measures_of
from coordination.reporting.models.sources import Where, sources_of
from coordination.reporting.rules.settlements import Way
from directorates.actions.seals import seal
from directorates.models import AuditEvent, User
from tests.api.callers import Caller
from tests.factories import OrganisationFactory, member, signed_in
from tests.reporting.doubled import Doubled
from tests.reporting.reports import send_again

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Doubled:
    """Two approved reports about one facility and month: 10 and 2, 12 and 5; the later counts."""
    return Doubled()


def readings(scene: Doubled, by: User) -> int:
    """How often somebody is written down as having read the first NGO's report."""
    return AuditEvent.objects.filter(what="read", by=by, concerns=scene.ngo, thing=str(scene.first.pk)).count()


@pytest.mark.parametrize("page", ["", "propose/"])
def test_every_page_that_shows_the_numbers_says_who_read_them(scene: Doubled, page: str) -> None:
    assert signed_in(scene.rival).get(f"/reports/double/{scene.double.pk}/{page}").status_code == 200
    assert readings(scene, scene.rival) == 1


def test_the_arbiters_page_says_so_too(scene: Doubled) -> None:
    cluster = OrganisationFactory(kind="cluster")
    judge = member("organisation_administrator", cluster)
    scene.name(cluster)
    assert signed_in(judge).get(f"/reports/double/{scene.double.pk}/decide/").status_code == 200
    assert readings(scene, judge) == 1


def test_what_a_program_sends_answers_the_numbers_and_says_so(scene: Doubled) -> None:
    body = {"way": "add", "reason": "Two wards"}
    answer = Caller(scene.rival).post(f"double-reports/{scene.double.pk}/propose/", body, If_Match="*")
    assert answer.json()["values"]
    assert readings(scene, scene.rival) == 1


def test_a_program_settles_only_numbers_that_it_read(scene: Doubled) -> None:
    one, address = Caller(scene.coordinator), f"double-reports/{scene.double.pk}/"
    tag, body = one.get(address).headers["ETag"], {"way": "add", "reason": "Two wards"}
    missing = one.post(f"{address}propose/", body)
    assert (missing.status_code, missing.json()["code"]) == (428, "precondition_required")
    scene.second.refresh_from_db()
    send_again(scene.second, by=scene.rival, doc={"s1": 900})
    stale = one.post(f"{address}propose/", body, If_Match=tag)
    assert (stale.status_code, stale.json()["code"]) == (412, "changed")
    assert one.post(f"{address}propose/", body, If_Match=one.get(address).headers["ETag"]).status_code == 200


def test_an_old_settlement_that_somebody_wants_changed_has_its_time_from_then_on(scene: Doubled) -> None:
    scene.settle(Way.ADD)
    DoubleReport.objects.update(due=timezone.localdate() - datetime.timedelta(days=100))
    scene.propose(Way.LARGER)
    assert scene.double.due == timezone.localdate() + WITHIN
    assert escalate_double_reports(at=timezone.now() + datetime.timedelta(days=1)) == 0
    measure = next(iter(measures_of(scene.template, scene.first.period).values()))
    with translation.override("en"):
        found = sources_of(scene.template, Where(scene.officer, place=scene.place), [scene.first.period_start], measure)
    reason = next(str(row.reason) for row in found.rows if row.submission.pk == scene.second.pk)
    assert "It counts until something else is settled." in reason
    assert "corrected" not in reason, "nothing was"


def test_many_are_found_in_a_handful_of_queries(scene: Doubled) -> None:
    def two() -> None:
        facility = scene.other_facility()
        scene.sent(facility=facility)
        scene.sent(facility=facility, reporter=scene.other, by=scene.rival)

    counts = []
    for number in (2, 12):
        for _each in range(number):
            two()
        with CaptureQueriesContext(connection) as queries:
            assert attend(at=timezone.now()) == number
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_each_pass_looks_at_what_changed_since_the_one_before_and_the_scheduled_one_at_two_days(scene: Doubled) -> None:
    def two(before: datetime.timedelta) -> int:
        facility, at = scene.other_facility(), timezone.now() - before
        scene.sent(facility=facility, at=at)
        scene.sent(facility=facility, reporter=scene.other, by=scene.rival, at=at)
        return int(facility.pk)

    cache.delete_many([tasks.SINCE, tasks.ATTENDED, tasks.ATTENDING])
    assert tasks.attend_to_double_reports(planned=True) == 0
    two(datetime.timedelta(hours=1))
    assert tasks.attend_to_double_reports(planned=True) == 0, "an hour ago another pass looked"
    two(datetime.timedelta())
    assert tasks.attend_to_double_reports(planned=True) == 1
    assert tasks.attend_to_recent_double_reports() == 1
    old = two(datetime.timedelta(days=5))
    assert tasks.attend_to_recent_double_reports() == 0
    assert tasks.attend_to_double_reports(old, "2019-05-01") == 1, "what a settlement changed is looked at by itself"
    two(datetime.timedelta(days=5))
    assert tasks.attend_to_double_reports(everything=True) == 1


def test_while_a_directorate_is_sealed_no_side_and_no_arbiter_reads_the_others_numbers(scene: Doubled) -> None:
    """What a seal closes is closed side by side as well; the body's data manager reviews and reads meanwhile."""
    cluster = OrganisationFactory(kind="cluster")
    judge = member("organisation_administrator", cluster)
    scene.name(cluster)
    page, program = f"/reports/double/{scene.double.pk}/", f"double-reports/{scene.double.pk}/"
    readers = (scene.rival, scene.coordinator, judge, scene.manager)
    assert [signed_in(one).get(page).status_code for one in readers] == [200] * 4
    assert [len(Caller(one).get("double-reports/").json()["results"]) for one in readers] == [1] * 4
    before = AuditEvent.objects.filter(what="read").count()
    seal(by=scene.director, organisation=scene.directorate, reason="In danger", at=timezone.now())
    for person in readers[:3]:
        shown, told = signed_in(person, "en").get(page), Caller(person).get(program)
        assert (shown.status_code, told.status_code, told.json()["code"]) == (409, 409, "sealed_party")
        assert "Sealed: " in shown.text
        assert signed_in(person).get(f"{page}propose/").status_code in {403, 409}
    assert AuditEvent.objects.filter(what="read").count() == before
    assert signed_in(scene.manager).get(page).status_code == 200
    assert [len(Caller(one).get("double-reports/").json()["results"]) for one in readers] == [0, 0, 0, 1]
