"""Jobs: done once, taken up again, told how they ended; their pages and files are open to whoever asked."""

import datetime
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any
from unittest import mock

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from coordination import job_kinds
from coordination.tasks import forget_files, resume_jobs, run_job
from directorates.foundation import jobs
from directorates.foundation.jobs import ATTEMPTS, PATIENCE, Kind, Progress, Tell, ask, keep_file
from directorates.foundation.models import Job, OutboxMessage, StoredFile
from directorates.foundation.problems import Fault, Problem
from directorates.models import AuditEvent, Membership, Organisation, User
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused
from tests.factories import BodyFactory, OrganisationFactory, member

pytestmark = pytest.mark.django_db


def work(job: Job, tell: Tell) -> Mapping[str, Any]:
    """What the jobs of these tests do: as their arguments say."""
    asked = job.arguments.get("do")
    tell(1, 2)
    if asked == "problem":
        raise Problem("invalid", "Two faults.", errors=[Fault("B3", "wrong", "Not a number."), Fault("C9", "x", "No.")])
    if asked == "refused":
        raise Refused(Permission.REVIEW_REPORTS, code="forbidden")
    if asked == "break":
        raise ZeroDivisionError
    job.file = keep_file(
        by=jobs.person_of(job),
        at=timezone.now(),
        name="list.csv",
        content_type="text/csv; charset=utf-8",
        content=b"a,b\n",
    )
    job.save(update_fields=["file"])
    return {"rows": 3, "language": get_language()}


OPEN = {"open": True}
KIND = Kind("test.work", _("Jobs"), work, page="home", still_open=lambda _user, _job: OPEN["open"])


@pytest.fixture(autouse=True)
def kinds() -> Iterator[None]:
    """The kind of these tests is one of the portal's; the broker is not asked."""
    OPEN["open"] = True
    with (
        mock.patch.dict(job_kinds.KINDS, {KIND.code: KIND}),
        mock.patch("directorates.foundation.outbox.hurry"),
    ):
        yield


@pytest.fixture
def ngo() -> Organisation:
    """An NGO."""
    return OrganisationFactory()


@pytest.fixture
def person(ngo: Organisation) -> User:
    """Its coordinator."""
    return member("ngo_coordinator", ngo)


def asked(by: User, **arguments: Any) -> Job:
    """A job that someone asked for."""
    return ask(kind=KIND.code, by=by, at=timezone.now(), arguments=arguments)


def browser(user: User) -> Client:
    """Somebody's browser, in English."""
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


def test_a_job_is_queued_with_its_row_and_done_once(person: User) -> None:
    job = asked(person)
    assert [(m.task, m.arguments) for m in OutboxMessage.objects.all()] == [("coordination.run_job", [job.pk])]
    assert (job.state, job.acting_id, jobs.progress(job)) == ("waiting", person.acting_id, Progress(0, 0))
    assert run_job(job.pk)
    assert not run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.attempts, job.result["rows"]) == ("done", 1, 3)
    assert job.started is not None
    assert job.finished is not None
    assert StoredFile.objects.count() == 1
    assert jobs.progress(job).percent == 50


def test_a_job_speaks_the_language_of_whoever_asked(person: User) -> None:
    with mock.patch("directorates.foundation.jobs.get_language", return_value="en"):
        job = asked(person)
    assert run_job(job.pk)
    job.refresh_from_db()
    assert job.result["language"] == "en"


def test_a_problem_ends_a_job_with_every_fault(person: User) -> None:
    job = asked(person, do="problem")
    assert not run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["code"], job.result["problem"]) == ("failed", "invalid", "Two faults.")
    assert [fault["field"] for fault in job.result["faults"]] == ["B3", "C9"]
    told = browser(person).get(reverse("jobs:job", args=[job.pk])).content.decode()
    assert "Not a number." in told


@pytest.mark.django_db(transaction=True)
def test_a_refusal_ends_a_job_and_is_on_record(person: User) -> None:
    job = asked(person, do="refused")
    assert not run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["code"]) == ("failed", "forbidden")
    assert AuditEvent.objects.filter(refused=True, by=person).count() == 1


def test_a_fault_of_ours_ends_a_job_in_words_and_is_raised_for_the_log(person: User) -> None:
    job = asked(person, do="break")
    with pytest.raises(ZeroDivisionError):
        run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.result["code"]) == ("failed", "broken")
    assert "ZeroDivision" not in job.result["problem"]


def test_a_job_that_nobody_works_on_is_taken_up_again_and_given_up_in_the_end(person: User) -> None:
    job = asked(person)
    OutboxMessage.objects.all().delete()
    assert resume_jobs() == 0
    Job.objects.filter(pk=job.pk).update(state="running", attempts=1, asked=timezone.now() - 2 * PATIENCE)
    assert resume_jobs() == 1
    assert OutboxMessage.objects.get().arguments == [job.pk]
    Job.objects.filter(pk=job.pk).update(attempts=ATTEMPTS)
    assert not run_job(job.pk)
    assert Job.objects.get(pk=job.pk).state == "failed"


def test_a_job_of_an_unknown_kind_is_left_alone() -> None:
    job = Job.objects.create(kind="nobody.knows")
    assert not run_job(job.pk)
    assert Job.objects.get(pk=job.pk).state == "waiting"


def test_a_job_on_which_another_session_works_is_not_begun(person: User) -> None:
    job = asked(person)
    with jobs._alone(job.pk) as free, connection.cursor() as cursor:
        assert free
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s",
            [jobs.WORKING, job.pk],
        )
        assert cursor.fetchone() == (1,)


def test_the_asker_takes_the_file_and_nobody_else(person: User, ngo: Organisation) -> None:
    job = asked(person)
    run_job(job.pk)
    address = reverse("jobs:file", args=[job.pk])
    taken = browser(person).get(address)
    assert (taken.status_code, taken.content) == (200, b"a,b\n")
    assert taken.headers["Content-Disposition"] == 'attachment; filename="list.csv"'
    assert "no-store" in taken.headers["Cache-Control"]
    assert AuditEvent.objects.filter(what="download", by=person).count() == 1
    for other in (member("ngo_coordinator", ngo), member("data_manager", BodyFactory())):
        assert browser(other).get(address).status_code == 404
    assert Client().get(address).status_code == 302


def test_a_file_is_not_handed_out_as_another_organisation_nor_after_the_role_has_ended(person: User) -> None:
    job = asked(person)
    run_job(job.pk)
    other = OrganisationFactory()
    Membership.objects.filter(person=person).update(
        valid=lasting(None, timezone.localdate() - datetime.timedelta(days=1))
    )
    member("ngo_coordinator", other, person=person)
    assert browser(person).get(reverse("jobs:file", args=[job.pk])).status_code == 404


def test_what_is_no_longer_open_is_not_handed_out(person: User) -> None:
    job = asked(person)
    run_job(job.pk)
    OPEN["open"] = False
    answer = browser(person).get(reverse("jobs:file", args=[job.pk]), follow=True)
    assert "no longer open to this role" in answer.content.decode()
    assert not AuditEvent.objects.filter(what="download").exists()


def test_files_are_forgotten_when_their_time_is_over_and_the_job_stays(person: User) -> None:
    job = asked(person)
    run_job(job.pk)
    assert forget_files() == 0
    StoredFile.objects.update(expires=timezone.now() - datetime.timedelta(minutes=1))
    assert browser(person).get(reverse("jobs:file", args=[job.pk])).status_code == 404
    assert forget_files() == 1
    job.refresh_from_db()
    assert (job.state, job.file) == ("done", None)


def test_one_sees_ones_own_jobs_and_who_keeps_the_portal_running_sees_all(person: User, ngo: Organisation) -> None:
    asked(person)
    for other, seen in ((person, True), (member("ngo_coordinator", ngo), False), (_keeper(), True)):
        told = browser(other).get(reverse("jobs:jobs")).content.decode()
        assert (reverse("jobs:job", args=[Job.objects.get().pk]) in told) is seen


def test_whoever_looks_at_a_job_of_others_takes_nothing_of_it(person: User) -> None:
    failed, done = asked(person, do="problem"), asked(person)
    for job in (failed, done):
        run_job(job.pk)
    offered = {}
    for one in (person, _keeper()):
        pages = [browser(one).get(reverse("jobs:job", args=[job.pk])).context for job in (failed, done)]
        offered[one] = [(page["mine"], page["again"], page["file"] is not None, page["page_url"]) for page in pages]
    mine, theirs = offered.values()
    assert mine == [(True, True, False, ""), (True, False, True, "/")]
    assert theirs == [(False, False, False, "")] * 2


def _keeper() -> User:
    return member("data_manager", BodyFactory())


def test_the_list_is_narrowed_sorted_and_takes_any_nonsense(person: User) -> None:
    failed, done = asked(person, do="problem"), asked(person)
    for job in (failed, done):
        run_job(job.pk)
    client = browser(person)
    told = client.get(reverse("jobs:jobs"), {"state": "failed", "kind": KIND.code, "sort": "took"}).content.decode()
    assert reverse("jobs:job", args=[failed.pk]) in told
    assert reverse("jobs:job", args=[done.pk]) not in told
    assert "No job fits" in client.get(reverse("jobs:jobs"), {"state": "running"}).content.decode()
    for wrong in ({"state": "\x00"}, {"kind": "x"}, {"sort": "-id;drop"}, {"page": "-9"}):
        assert client.get(reverse("jobs:jobs"), wrong).status_code == 200


def test_the_list_shows_how_far_jobs_are_and_why_they_failed_without_reading_all_that_came_of_them(
    person: User,
) -> None:
    running = asked(person)
    Job.objects.filter(pk=running.pk).update(state="running", started=timezone.now())
    jobs.tell(running.pk, 3, 8)
    client, address = browser(person), reverse("jobs:jobs")
    client.get(address)
    with CaptureQueriesContext(connection) as few:
        assert "3 of 8" in re.sub(r"<[^>]+>", "", client.get(address).content.decode())
    for _number in range(5):
        failed = {"state": "failed", "result": {"problem": "It broke", "findings": ["x"] * 9}}
        Job.objects.filter(pk=asked(person).pk).update(**failed)
    with CaptureQueriesContext(connection) as many:
        assert client.get(address).content.decode().count("It broke") == 5
    assert len(many) <= len(few)


def test_a_failed_job_of_ones_own_is_done_again_and_no_other(person: User, ngo: Organisation) -> None:
    failed, done = asked(person, do="problem"), asked(person)
    for job in (failed, done):
        run_job(job.pk)
    client = browser(person)
    answer = client.post(reverse("jobs:again", args=[failed.pk]))
    fresh = Job.objects.latest("pk")
    assert answer.headers["Location"] == reverse("jobs:job", args=[fresh.pk])
    assert (fresh.arguments, fresh.state) == (failed.arguments, "waiting")
    client.post(reverse("jobs:again", args=[done.pk]))
    assert Job.objects.latest("pk") == fresh
    assert browser(member("ngo_coordinator", ngo)).post(reverse("jobs:again", args=[failed.pk])).status_code == 404
    assert client.get(reverse("jobs:again", args=[failed.pk])).status_code == 405


def test_what_needs_a_right_is_not_done_again_by_whoever_lost_it(person: User) -> None:
    failed = asked(person)
    Job.objects.filter(pk=failed.pk).update(state="failed")
    guarded = replace(KIND, right=Permission.MANAGE_TEMPLATES)
    with pytest.raises(Refused):
        jobs.again(job=failed, kind=guarded, by=person, at=timezone.now())
    administrator = member("administrator", BodyFactory())
    assert jobs.again(job=failed, kind=guarded, by=administrator, at=timezone.now()).pk != failed.pk


def test_a_failed_job_is_done_again_once_however_often_it_is_asked(person: User) -> None:
    failed = asked(person, do="problem")
    run_job(failed.pk)
    client = browser(person)
    addresses = {client.post(reverse("jobs:again", args=[failed.pk])).headers["Location"] for _ in range(3)}
    assert len(addresses) == 1
    assert Job.objects.count() == 2
    assert AuditEvent.objects.filter(what="do_again", by=person).count() == 1


def test_a_file_that_is_gone_or_closed_is_made_anew_and_one_that_stands_is_not(person: User) -> None:
    with mock.patch.dict(job_kinds.KINDS, {KIND.code: replace(KIND, anew=True)}):
        job = asked(person)
        run_job(job.pk)
        client, address = browser(person), reverse("jobs:again", args=[job.pk])
        pages = (reverse("jobs:jobs"), reverse("jobs:job", args=[job.pk]))
        assert [address in client.get(page).content.decode() for page in pages] == [False, False]
        OPEN["open"] = False
        page = client.get(pages[1]).content.decode()
        assert address in page
        assert "It can be made anew." in page
        OPEN["open"] = True
        StoredFile.objects.all().delete()
        assert [address in client.get(page).content.decode() for page in pages] == [True, True]
        assert client.post(address).headers["Location"] != pages[1]
        assert run_job(Job.objects.latest("pk").pk)
        assert StoredFile.objects.count() == 1


def test_a_job_that_was_given_up_says_so_in_the_language_of_its_asker(person: User) -> None:
    with translation.override("ar"):
        job = asked(person)
    Job.objects.filter(pk=job.pk).update(attempts=ATTEMPTS)
    run_job(job.pk)
    job.refresh_from_db()
    assert job.result["code"] == "stopped"
    assert job.result["problem"].startswith("توقّف العمل 3 مرات")


def test_the_strip_asks_on_while_a_job_runs_and_then_has_the_page_loaded_anew(person: User) -> None:
    job = asked(person)
    client, address = browser(person), reverse("jobs:job", args=[job.pk])
    part = client.get(address, headers={"hx-request": "true"})
    assert "hx-get" in part.content.decode()
    assert "HX-Refresh" not in part.headers
    run_job(job.pk)
    part = client.get(address, headers={"hx-request": "true"})
    assert "hx-get" not in part.content.decode()
    assert part.headers["HX-Refresh"] == "true"
