"""Lists taken along as files: what the page shows and not a row more, typed, at once or as a job, always on record."""

import csv
import datetime
import io
import re
from collections.abc import Iterator
from decimal import Decimal
from unittest import mock

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from coordination.exchange.listings import LISTINGS
from coordination.reporting.models import PackageImport
from coordination.tasks import run_job
from directorates.actions.deputies import name_deputy
from directorates.foundation.models import Job
from directorates.models import AuditEvent, Deputyship, Membership, User
from directorates.models.validity import lasting
from directorates.permissions import open_role
from directorates.roles import Role
from facilities.models import Facility
from tests.factories import (
    BodyFactory,
    FacilityFactory,
    SubdistrictFactory,
    TemplateFactory,
    UserFactory,
    confirmed_deputy,
    member,
)
from tests.reporting.clinic import Clinic, sent_from

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic() -> Clinic:
    """A health centre with two NGOs and its directorate."""
    return Clinic()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The broker is not asked."""
    with mock.patch("directorates.foundation.outbox.hurry"):
        yield


def address(code: str) -> str:
    """Where a list is taken along."""
    return reverse("exchange:export", args=[code])


def workbook(client: Client, code: str, query: str = "") -> list[list[object]]:
    """The rows of the workbook, the labels first."""
    answer = client.post(f"{address(code)}?{query}", {"format": "xlsx"})
    assert answer.status_code == 200, answer.content[:500]
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    return [list(row) for row in sheet.to_python()]


def table(client: Client, code: str, query: str = "", **given: str) -> list[list[str]]:
    """The rows of the plain table."""
    answer = client.post(f"{address(code)}?{query}", {"format": "csv"} | given)
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_reports_are_taken_along_with_the_days_of_their_weeks_as_dates(clinic: Clinic) -> None:
    client = clinic.browser()
    report = sent_from(clinic, client, clinic.draft())
    head, row = workbook(client, "reports")
    told = dict(zip(head, row, strict=True))
    assert told["Facility code"] == "SY070300-01"
    assert (told["Period"], told["First day"], told["Last day"]) == (
        clinic.period.id,
        clinic.period.start,
        clinic.period.last_day,
    )
    assert (told["Status"], told["Receipt number"]) == ("Submitted", report.receipt)


def test_answers_are_numbers_and_states_are_words(clinic: Clinic) -> None:
    client = clinic.browser()
    slot = clinic.slot("week_consultations")
    sent_from(clinic, client, clinic.draft(), clinic.complete() | {slot: "950"})
    head, row = workbook(client, "answers", f"template={clinic.template.code}")
    name = next(one.name_en for one in clinic.spec.elements if one.code == "week_consultations")
    assert dict(zip(head, row, strict=True))[name] == 950


def test_a_template_that_is_being_built_gives_no_file_its_name(clinic: Clinic) -> None:
    sent_from(clinic, clinic.browser(), clinic.draft())
    built = TemplateFactory(dataset=clinic.template.dataset)
    listing, asked = LISTINGS["answers"], f"template={built.code}"
    assert listing.listed(clinic.clerk, asked).title.endswith(clinic.template.name)
    assert listing.listed(member("administrator", BodyFactory()), asked).title.endswith(built.name)


def test_nobody_takes_along_what_the_page_does_not_show(clinic: Clinic) -> None:
    sent_from(clinic, clinic.browser(), clinic.draft())
    for code in ("reports", "answers"):
        assert len(workbook(clinic.browser(clinic.stranger), code)) == 1
        assert len(workbook(clinic.browser(clinic.officer), code)) == 2
    assert len(workbook(clinic.browser(clinic.officer), "inbox")) == 2


@pytest.mark.parametrize("code", sorted(code for code, one in LISTINGS.items() if one.rights))
def test_every_list_asks_for_its_right_first(clinic: Clinic, code: str) -> None:
    nobody = UserFactory()
    client = Client()
    assert client.get(address(code)).status_code == 302
    client.force_login(nobody)
    assert client.get(address(code)).status_code == 403
    assert client.post(address(code), {"format": "csv"}).status_code == 403
    Membership.objects.create(
        person=nobody,
        organisation=clinic.ngo,
        role=Role.NGO_COORDINATOR,
        valid=lasting(None, timezone.localdate() - datetime.timedelta(days=1)),
    )
    assert client.get(address(code)).status_code == 403


def test_filters_and_sort_of_the_page_hold_for_the_file(clinic: Clinic) -> None:
    FacilityFactory(code="OTHER-1", place=SubdistrictFactory(), name_en="Elsewhere", name_ar="مكان آخر")
    client = clinic.browser()
    assert [row[0] for row in table(client, "facilities", "place=SY07")[1:]] == ["SY070300-01"]
    assert len(table(client, "facilities")) == 3
    falling = [row[0] for row in table(client, "facilities", "sort=-code")[1:]]
    assert falling == sorted(falling, reverse=True)


def test_a_filter_is_kept_whatever_it_is_called(clinic: Clinic) -> None:
    # The inbox calls a filter as the form of a file calls its own mark.
    sent_from(clinic, clinic.browser(), clinic.draft())
    client = clinic.browser(clinic.officer)
    assert len(table(client, "inbox")) == 2
    assert len(table(client, "inbox", "mark=held")) == 1
    assert AuditEvent.objects.filter(what="export").latest("pk").details["query"] == "mark=held"
    text = re.sub(r"<[^>]+>", "", client.get(f"{address('inbox')}?mark=held").content.decode())
    assert "Mark: File under review" in text


def test_no_text_becomes_a_formula_and_numbers_stay_numbers(clinic: Clinic) -> None:
    Facility.objects.filter(code="SY070300-01").update(name_en="=2+3")
    client = clinic.browser()
    assert "'=2+3" in table(client, "facilities")[1]
    rows = workbook(client, "facilities")
    assert "=2+3" in rows[1]
    # Where facilities stand to the metre is in no file.
    assert not {"latitude", "longitude", "position"} & {str(cell).lower() for cell in rows[0]}


def test_a_plain_table_has_the_mark_only_where_it_is_wanted(clinic: Clinic) -> None:
    client = clinic.browser()
    marked = client.post(address("facilities"), {"format": "csv", "mark": "on"})
    plain = client.post(address("facilities"), {"format": "csv"})
    assert marked.content == b"\xef\xbb\xbf" + plain.content
    assert marked.headers["Content-Disposition"].startswith('attachment; filename="facilities-')


def test_a_workbook_in_arabic_has_arabic_heads(clinic: Clinic) -> None:
    head, row = workbook(clinic.browser(language="ar"), "facilities")
    assert "الاسم بالعربية" in head
    assert "مركز الياسمين الصحي" in row


def test_every_download_is_on_record(clinic: Clinic) -> None:
    table(clinic.browser(), "facilities", "place=SY07&page=3")
    entry = AuditEvent.objects.get(what="export")
    assert (entry.by, entry.acting, entry.details["listing"]) == (clinic.clerk, clinic.ngo, "facilities")
    assert (entry.details["query"], entry.details["rows"]) == ("place=SY07", 1)


def test_figures_and_the_grid_are_taken_along(clinic: Clinic) -> None:
    client = clinic.browser(clinic.officer)
    head, *rows = workbook(client, "figures", f"template={clinic.template.code}")
    assert {"Expected", "Received", "On time"} <= set(head)
    assert rows[-1][head.index("Expected")] == 0
    assert workbook(client, "grid", f"template={clinic.template.code}")[0][0] == "Facility code"
    assert client.get(address("sources")).status_code == 404
    assert client.get(address("edition")).status_code == 404
    assert client.post(address("sources"), {"format": "csv"}).status_code == 404


def test_due_reports_and_people_are_taken_along(clinic: Clinic) -> None:
    assert table(clinic.browser(), "due")[0][0]
    administrator = member("administrator", BodyFactory(), email="chief@body.org")
    rows = table(clinic.browser(administrator), "people")
    assert "chief@body.org" in {row[1] for row in rows}


# Those of one thing are tried beside it: a bulletin, an edition, the rules of a template.
OF_ONE = {
    *("sources", "deputies", "edition", "indicator", "bulletin", "rule_records", "embedded", "compliance"),
    *("version-items", "version-rules", "package-items"),
}


@pytest.mark.parametrize("code", sorted({*LISTINGS} - OF_ONE))
def test_every_list_is_written_for_whoever_may_see_it(clinic: Clinic, code: str) -> None:
    sent_from(clinic, clinic.browser(), clinic.draft())
    administrator = member("administrator", clinic.body, email="chief@body.org")
    client = clinic.browser(
        administrator
        if code in {"people", "invitations", "packages", "record", "runs", "schedules"}
        else clinic.officer
    )
    assert "Download" in client.get(address(code)).content.decode()
    rows = workbook(client, code)
    assert all(len(row) == len(rows[0]) for row in rows)
    assert table(client, code)[0] == [str(cell) for cell in rows[0]]


@pytest.mark.parametrize(
    ("code", "asked", "told"),
    [
        ("inbox", "claim=mine", ["Claimed by: Me"]),
        ("facilities", "place=SY07&status=closed", ["Operating status: Closed"]),
        ("reports", "status=approved&q=nothing", ["Status: Approved", "nothing"]),
        ("grid", "", ["Report: Weekly surveillance report"]),
        ("figures", "as=now", ["Jurisdictions: As now: as it is today"]),
        ("deadlines", "template=nowhere", ["everything that is open"]),
    ],
)
def test_the_filters_of_a_list_are_told_in_the_words_of_its_page(
    clinic: Clinic, code: str, asked: str, told: list[str]
) -> None:
    page = clinic.browser(clinic.officer).get(f"{address(code)}?{asked}").content.decode()
    text = re.sub(r"<[^>]+>", "", page)
    assert [words for words in told if words not in text] == []


def stood_in(person: User, deputy: User) -> Deputyship:
    """Somebody named a deputy, from today on for some days."""
    today = timezone.localdate()
    last = today + datetime.timedelta(days=3)
    membership = person.memberships.get()
    waits = name_deputy(by=person, membership=membership, deputy=deputy, first=today, last=last, at=timezone.now())
    return confirmed_deputy(waits)


def test_lists_of_ones_own_hold_nothing_of_anybody_else(clinic: Clinic) -> None:
    client = clinic.browser()
    job = long_list(client)
    stood_in(member("director", clinic.directorate, name="Amal"), clinic.officer)
    row = dict(zip(*workbook(client, "jobs"), strict=True))
    assert (row["Number"], row["Job"], row["State"]) == (job.pk, "Writing a list to a file", "Done")
    assert str(row["File"]).startswith("facilities-")
    assert row["Asked"] == timezone.localtime(job.asked).isoformat(timespec="seconds")
    told = dict(zip(*workbook(clinic.browser(clinic.officer), "notices"), strict=True))
    assert (str(told["Told on"])[:10], told["Read on"]) == (timezone.localdate().isoformat(), "")
    assert told["Notice"] == "You are named as a deputy"
    for code in ("jobs", "notices"):
        assert len(workbook(clinic.browser(UserFactory()), code)) == 1
        assert Client().get(address(code)).status_code == 302


def test_whoever_keeps_the_portal_running_takes_the_list_of_all_jobs_without_their_files(clinic: Clinic) -> None:
    job = long_list(clinic.browser())
    manager = member("data_manager", clinic.body)
    row = dict(zip(*workbook(clinic.browser(manager), "jobs", "kind=exchange.export"), strict=True))
    assert (row["Number"], row["Asked by"], row["File"]) == (job.pk, str(clinic.clerk), "")


def test_deputies_are_taken_along_role_by_role_by_whom_they_concern(clinic: Clinic) -> None:
    director, today = member("director", clinic.directorate, name="Amal"), timezone.localdate()
    standing = stood_in(director, clinic.officer)
    role, last = standing.membership, standing.last_day
    for person in (director, clinic.officer):
        row = dict(zip(*workbook(clinic.browser(person), "deputies", f"role={role.pk}"), strict=True))
        assert (row["Deputy"], row["From"], row["Until"], row["Named by"]) == (clinic.officer.name, today, last, "Amal")
    back = f"{reverse('directorates:deputies', args=[role.pk])}?role={role.pk}"
    page = clinic.browser(director).get(f"{address('deputies')}?role={role.pk}").content.decode()
    assert back in page
    assert "Amal" in page
    for client, query in (
        (clinic.browser(), f"role={role.pk}"),
        (clinic.browser(director), ""),
        (clinic.browser(director), "role=x"),
        (clinic.browser(director), f"role={'9' * 300}"),
        (clinic.browser(director), "role=٣"),
    ):
        assert client.post(f"{address('deputies')}?{query}", {"format": "csv"}).status_code == 404


def test_a_deputy_without_a_name_is_told_by_the_e_mail_as_on_the_page(clinic: Clinic) -> None:
    director = member("director", clinic.directorate, name="")
    role = stood_in(director, member("data_officer", clinic.directorate, name="")).membership
    deputy = role.deputyships.get().deputy
    row = dict(zip(*workbook(clinic.browser(director), "deputies", f"role={role.pk}"), strict=True))
    assert (row["Deputy"], row["Named by"]) == (deputy.email, director.email)


def test_packages_are_taken_along_with_what_became_of_them(clinic: Clinic) -> None:
    administrator = member("administrator", clinic.body)
    PackageImport.objects.create(
        scheme="dhis2", title="Weekly", file_name="weekly.json", digest="0" * 64, by=administrator, at=timezone.now()
    )
    row = dict(zip(*workbook(clinic.browser(administrator), "packages"), strict=True))
    assert (row["Package"], row["File"], row["Status"]) == ("Weekly", "weekly.json", "No longer kept")
    uploaded = timezone.localtime(PackageImport.objects.get().at)
    assert row["Uploaded"] == uploaded.isoformat(timespec="seconds")


def test_a_long_list_is_a_job_and_asked_for_twice_is_one(clinic: Clinic) -> None:
    client = clinic.browser()
    with mock.patch("coordination.exchange.actions.exports.AT_ONCE", 0):
        first = client.post(f"{address('facilities')}?place=SY07", {"format": "csv"})
        again = client.post(f"{address('facilities')}?place=SY07", {"format": "csv"})
        clinic.browser(clinic.officer).post(f"{address('facilities')}?place=SY07", {"format": "csv"})
    theirs = Job.objects.get(by=clinic.officer)
    job = Job.objects.get(by=clinic.clerk)
    assert theirs != job
    theirs.delete()
    assert first.headers["Location"] == again.headers["Location"] == reverse("jobs:job", args=[job.pk])
    assert run_job(job.pk)
    taken = client.get(reverse("jobs:file", args=[job.pk]))
    rows = list(csv.reader(io.StringIO(taken.content.decode())))
    assert [row[0] for row in rows[1:]] == ["SY070300-01"]
    assert Job.objects.get().result == {"rows": 1}


def test_a_file_whose_reader_lost_or_won_a_right_is_made_anew_not_handed_out(clinic: Clinic) -> None:
    client = clinic.browser()
    job = long_list(client)
    person: User = clinic.clerk
    Membership.objects.create(
        person=person, organisation=clinic.ngo, role=Role.OBSERVER, valid=lasting(timezone.localdate())
    )
    open_role(clinic.ngo, Role.OBSERVER)
    assert client.get(reverse("jobs:file", args=[job.pk])).status_code == 302
    assert AuditEvent.objects.filter(what="download").count() == 1


def long_list(client: Client) -> Job:
    """A file of the register that a job has written."""
    with mock.patch("coordination.exchange.actions.exports.AT_ONCE", 0):
        client.post(address("facilities"), {"format": "xlsx"})
    job = Job.objects.latest("pk")
    assert run_job(job.pk)
    assert client.get(reverse("jobs:file", args=[job.pk])).status_code == 200
    return job


def test_a_job_whose_asker_lost_the_right_meanwhile_fails_with_words(clinic: Clinic) -> None:
    client = clinic.browser()
    with mock.patch("coordination.exchange.actions.exports.AT_ONCE", 0):
        client.post(address("facilities"), {"format": "csv"})
    Membership.objects.filter(person=clinic.clerk).update(
        valid=lasting(None, timezone.localdate() - datetime.timedelta(days=1))
    )
    job = Job.objects.get()
    with mock.patch("directorates.foundation.jobs.record_refusal"):
        assert not run_job(job.pk)
    job.refresh_from_db()
    assert (job.state, job.file) == ("failed", None)


def test_nonsense_in_address_and_form_is_told_or_passed_over(clinic: Clinic, naughty: list[str]) -> None:
    client = clinic.browser()
    assert client.get(address("nowhere")).status_code == 404
    assert client.post(address("facilities"), {"format": "exe"}).status_code == 200
    assert not AuditEvent.objects.filter(what="export").exists()
    for text in naughty:
        answer = client.get(address("reports"), {"q": text, "period": text, "sort": text, "status": text})
        assert answer.status_code == 200
        assert client.post(f"{address('facilities')}?{'q'}=", {"format": text}).status_code == 200


@pytest.fixture
def naughty() -> list[str]:
    """A few of the strings that break things."""
    return [
        "",
        "\u202e",
        "'; DROP TABLE x; --",
        "١٢٣",
        "NaN",
        "9" * 300,
        "<script>alert(1)</script>",
        "%s%n",
        "../../etc",
    ]


def test_shares_are_written_unrounded(clinic: Clinic) -> None:
    # A share is a number between 0 and 1 in the grid, so that a spreadsheet can reckon with it.
    rows = workbook(clinic.browser(clinic.officer), "grid", f"template={clinic.template.code}")
    assert all(cell == "" or 0 <= Decimal(str(cell)) <= 1 for _code, _name, cell, *_rest in rows[1:])
