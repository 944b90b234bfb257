"""Uploading: the file is kept and read by a job, previewed, marked, corrected, and taken once, by whoever sent it."""

import datetime
import io
import re
from functools import partial
from typing import Any
from unittest import mock

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from coordination.demonstration.workbooks import TEMPLATE, send_workbook
from coordination.exchange import files
from coordination.exchange.actions import uploads
from coordination.exchange.actions.reports import preview_reports, take_reports
from coordination.exchange.rules import previews
from coordination.reporting.actions.expected import expect
from coordination.reporting.actions.reviews import send_back
from coordination.reporting.actions.submissions import open_draft, save_draft
from coordination.reporting.models import ExpectedReport, Submission
from coordination.reporting.rules.answers import Answer
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.foundation.models import Job, StoredFile
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Membership
from directorates.models.validity import lasting
from directorates.permissions import Refused, open_role
from directorates.roles import Role
from tests.exchange.ward import MAY, Filling, Ward, elements, last_job, run
from tests.factories import OrganisationFactory, TemplateFactory, member, published, signed_in
from tests.threads import at_once

pytestmark = pytest.mark.django_db
START, SEND = "/exchange/reports/", "/exchange/reports/upload/"


@pytest.fixture(autouse=True)
def no_broker() -> Any:
    """Jobs are run by the tests."""
    with mock.patch("directorates.foundation.outbox.hurry"):
        yield


@pytest.fixture
def ward() -> Ward:
    """Two facilities, two months."""
    return Ward()


def sent(browser: Client, content: bytes, name: str = "تقارير.xlsx") -> str:
    """Upload a file and let it be read; the address of its preview."""
    answer = browser.post(SEND, {"file": SimpleUploadedFile(name, content)})
    assert answer.status_code == 302, answer.content.decode()
    run(last_job("read"))
    return str(answer.headers["Location"])


def text_of(browser: Client, address: str) -> str:
    """The page at an address."""
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["ar", "en"])
def test_from_the_download_to_reports_that_were_sent(ward: Ward, language: str) -> None:
    browser = signed_in(ward.coordinator, language)
    assert START in text_of(browser, "/reports/due/")
    page = text_of(browser, START)
    assert "201905" in page
    download = browser.get(f"{START}workbook/", {"template": ward.template.code, "period": "201905", "format": "xlsx"})
    assert download.headers["Content-Disposition"].endswith('.xlsx"')
    filling = Filling(download.content).put(births=1, visits__u5=2).put("W1", births=3, visits__u5="many")
    address = sent(browser, filling.saved())
    preview = text_of(browser, address)
    assert filling.cell("visits:u5", "W1").coordinate in preview
    assert ward.facilities[1].name_en in preview or ward.facilities[1].name_ar in preview
    taken = browser.post(address, {"rows": "good", "deed": "send"}).headers["Location"]
    # Pressed twice: the same job.
    assert browser.post(address, {"rows": "good", "deed": "send"}).headers["Location"] == taken
    run(last_job("take"))
    assert ward.report().status == "submitted"
    assert Submission.objects.count() == 1
    text_of(browser, taken)
    assert "تقارير.xlsx" in text_of(browser, START)


def test_the_marked_file_is_corrected_and_uploaded_again(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    filling = ward.workbook().put(births=1, visits__u5=2).put("W1", births="=2+3", visits__u5="many", balance=-4)
    sent(browser, filling.saved())
    read = last_job("read")
    marked = browser.get(f"/jobs/{read.pk}/file/")
    assert marked.headers["Content-Disposition"].count("marked.xlsx") == 1
    again = Filling(marked.content)
    wrong = again.cell("visits:u5", "W1")
    assert wrong.comment.text == "A number is needed, for example 12."
    assert wrong.fill.start_color.rgb.endswith("FDEBE9")
    assert (again.cell("births", "W1").value, again.cell("balance", "W1").value) == (None, -4)
    assert "formula" in again.cell("births", "W1").comment.text
    assert again.cell("births").comment is None
    address = sent(browser, again.put("W1", births=5, visits__u5=6).saved())
    assert last_job("read").result["counts"]["ready"] == 2
    browser.post(address, {"rows": "good", "deed": "send"})
    assert run(last_job("take")).result["taken"]["sent"] == 2


def test_everything_that_was_found_stands_in_the_marked_file_and_the_page_says_so(
    ward: Ward, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(previews, "MOST_SHOWN", 1)
    browser = signed_in(ward.coordinator)
    filling = ward.workbook().put(births="many", visits__u5="more")
    address = sent(browser, filling.saved())
    page = text_of(browser, address)
    assert "Shown: the first 1 of 2" in re.sub(r"<[^>]+>", "", page)
    assert "The marked file lists all of them." in page
    book = openpyxl.load_workbook(io.BytesIO(browser.get(f"/jobs/{last_job('read').pk}/file/").content))
    rows = [[cell.value for cell in row] for row in book["What was found"].iter_rows(min_row=4)]
    cells = {filling.cell("births").coordinate, filling.cell("visits:u5").coordinate}
    assert {(row[2], row[5]) for row in rows if row[4] == "To correct"} == {
        (cell, "A number is needed, for example 12.") for cell in cells
    }
    # Uploaded again as it is, its list of findings is passed over.
    file = io.BytesIO()
    book.save(file)
    sent(browser, file.getvalue())
    assert last_job("read").result["errors"] == 2


def test_reading_and_taking_tell_how_far_they_are_of_all_rows(ward: Ward) -> None:
    told: list[tuple[int, int]] = []
    content = ward.workbook().put(births=1, visits__u5=2).put("W1", births=3, visits__u5=4).saved()
    book = files.read(content)
    preview_reports(by=ward.coordinator, book=book, at=timezone.now(), tell=lambda *far: told.append(far))
    take_reports(
        by=ward.coordinator,
        book=book,
        at=timezone.now(),
        send=False,
        good_only=True,
        tell=lambda *far: told.append(far),
    )
    assert len(told) == 2
    assert {done for done, _of in told} == {of for _done, of in told} != {0}


def test_a_workbook_that_is_taken_along_is_on_record_as_every_list_is(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    for format_ in ("xlsx", "csv"):
        asked = {"template": ward.template.code, "period": "201905", "format": format_}
        assert browser.get(f"{START}workbook/", asked).status_code == 200
    entries = AuditEvent.objects.filter(what="export").order_by("pk")
    assert [(one.details["format"], one.details["rows"], one.acting) for one in entries] == [
        ("xlsx", 2, ward.ngo),
        ("csv", 2, ward.ngo),
    ]


def test_a_marked_file_opens_no_more_for_whoever_may_not_send_any_more(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    preview = sent(browser, ward.workbook().put(births="many").saved())
    address = f"/jobs/{last_job('read').pk}/file/"
    assert [browser.get(one).status_code for one in (address, preview)] == [200, 200]
    open_role(ward.ngo, Role.OBSERVER)
    Membership.objects.filter(person=ward.coordinator).update(role=Role.OBSERVER)
    assert browser.get(address).status_code == 302
    assert [browser.get(preview).status_code, browser.post(preview, {}).status_code] == [403, 403]


def test_the_same_goes_for_csv(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    download = browser.get(f"{START}workbook/", {"template": ward.template.code, "period": "201905", "format": "csv"})
    lines = download.content.decode("utf-8-sig").splitlines()
    codes, names = lines[0].split(","), lines[2].split(",")
    assert lines[3].startswith("fill,W0,Centre W0,201905,May 2019,")
    assert len(codes) == len(names) == len(lines[3].split(","))
    values = lines[3].split(",")
    for code, value in {
        "births": "٤",
        "visits:u5": "5",
        "balance": "-2.5",
        "ambulance": "نعم",
        "remark": "'=x",
    }.items():
        values[codes.index(code)] = value
    address = sent(browser, "\n".join([*lines[:3], ",".join(values)]).encode(), "may.csv")
    browser.post(address, {"rows": "good", "deed": "draft"})
    assert run(last_job("take")).result["taken"]["drafts"] == 1
    draft, slots = ward.report().draft, ward.slots
    assert draft.doc == {
        slots["births", None]: 4,
        slots["visits", "u5"]: 5,
        slots["balance", None]: -2.5,
        slots["ambulance", None]: 1,
    }
    assert draft.notes == {slots["remark", None]: {"text": "=x"}}


def test_a_file_that_is_no_workbook_fails_its_job_in_words(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    address = sent(browser, b"PK\x03\x04 and then nothing", "report.xlsx")
    assert last_job("read").state == "failed"
    assert "The file is damaged" in text_of(browser, address)
    assert browser.post(SEND, {}).status_code == 400
    assert browser.post(SEND, {"file": SimpleUploadedFile("x.xlsx", b"")}).status_code == 400
    # What its first letters show is told at once, on the page.
    told = browser.post(SEND, {"file": SimpleUploadedFile("report.xlsx", b"%PDF-1.7")})
    assert (told.status_code, "This is no workbook" in told.content.decode()) == (400, True)
    with pytest.raises(Problem), mock.patch.object(files, "MOST_BYTES", 3):
        uploads.upload(by=ward.coordinator, noun="reports", name="x", content=b"1234", at=timezone.now())
    assert StoredFile.objects.count() == 1


def test_taking_twice_does_once_and_what_changed_meanwhile_is_met_as_it_is(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    content = ward.workbook().put(births=1, visits__u5=2).put("W1", births=1, visits__u5=1).saved()
    first, second = sent(browser, content), sent(browser, content)
    browser.post(first, {"rows": "good", "deed": "send"})
    done = run(last_job("take"))
    assert done.result["taken"] == {"sent": 2, "drafts": 0, "same": 0, "left": 0}
    # A worker that was killed after the commit: run again, it tells what it did.
    Job.objects.filter(pk=done.pk).update(state="running")
    events = AuditEvent.objects.count()
    assert run(done).result["taken"]["sent"] == 2
    browser.post(second, {"rows": "good", "deed": "send"})
    assert run(last_job("take")).result["taken"] == {"sent": 0, "drafts": 0, "same": 0, "left": 2}
    assert (Submission.objects.count(), AuditEvent.objects.count()) == (2, events)


def test_what_somebody_changed_after_the_check_is_left_and_told(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    typed(ward, ward.coordinator, births=1)
    address = sent(browser, ward.workbook().put(births=2, visits__u5=3).put("W1", births=1, visits__u5=1).saved())
    assert "What stands now: 1. The file would replace it." in text_of(browser, address)
    typed(ward, member("ngo_coordinator", ward.ngo), births=7)
    taken = browser.post(address, {"rows": "good", "deed": "send"}).headers["Location"]
    assert run(last_job("take")).result["taken"] == {"sent": 1, "drafts": 0, "same": 0, "left": 1, "meanwhile": 1}
    assert "Changed by somebody after the file was checked" in text_of(browser, taken)
    report = ward.report()
    assert (report.status, report.draft.doc) == ("draft", {ward.slots["births", None]: 7})


def typed(ward: Ward, by: Any, **numbers: int) -> None:
    """Type into the report of W0 for May, as the form saves it."""
    at = timezone.now()
    period = Period(PeriodType.MONTH, MAY)
    filing: dict[str, Any] = {
        "template": ward.template,
        "facility": ward.facilities[0],
        "period": period,
        "reporter": ward.ngo,
    }
    draft = open_draft(by=by, at=at, **filing)
    answers = [Answer(code, None, number) for code, number in numbers.items()]
    save_draft(by=by, submission=draft, answers=answers, seen=None, at=at)


def test_rows_kept_as_drafts_can_be_sent_from_the_same_check_afterwards(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    address = sent(browser, ward.workbook().put(births=1, visits__u5=2).saved())
    browser.post(address, {"rows": "good", "deed": "draft"})
    assert run(last_job("take")).result["taken"]["drafts"] == 1
    browser.post(address, {"rows": "good", "deed": "send"})
    assert run(last_job("take")).result["taken"] == {"sent": 1, "drafts": 0, "same": 0, "left": 0}


def test_a_report_sent_or_sent_back_after_the_check_is_left(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    content = ward.workbook().put(births=1, visits__u5=2).saved()
    first, second = sent(browser, content), sent(browser, ward.workbook().put(births=2, visits__u5=2).saved())
    browser.post(first, {"rows": "good", "deed": "send"})
    run(last_job("take"))
    (reviewed,) = Submission.objects.all()
    send_back(by=ward.officer, submission=reviewed, reason="Counted twice?", at=timezone.now())
    browser.post(second, {"rows": "good", "deed": "send"})
    assert run(last_job("take")).result["taken"]["meanwhile"] == 1
    assert (ward.report().status, ward.report().revisions.count()) == ("returned", 1)


def test_a_role_that_ended_after_the_check_takes_nothing(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    address = sent(browser, ward.workbook().put(births=1, visits__u5=2).saved())
    browser.post(address, {"rows": "good", "deed": "send"})
    Membership.objects.update(valid=lasting(datetime.date(2010, 1, 1), datetime.date(2019, 4, 30)))
    assert run(last_job("take")).state == "failed"
    assert not Submission.objects.exists()


def test_a_file_of_somebody_else_or_one_that_was_not_read_is_not_taken(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    browser.post(SEND, {"file": SimpleUploadedFile("x.xlsx", ward.workbook().put(births=1).saved())})
    wish: dict[str, Any] = {"read": last_job("read"), "send": True, "good_only": True, "at": timezone.now()}
    with pytest.raises(Problem):
        uploads.take(by=ward.coordinator, **wish)
    run(last_job("read"))
    with pytest.raises(Problem):
        uploads.take(by=member("ngo_coordinator", ward.ngo), **wish)
    assert uploads.take(by=ward.coordinator, **wish).kind == uploads.TAKE.code


@pytest.mark.django_db(transaction=True)
def test_a_file_that_two_colleagues_take_at_once_is_counted_once() -> None:
    ward = Ward()
    content = ward.workbook().put(births=1, visits__u5=2).put("W1", births=1, visits__u5=1).saved()
    for person in (ward.coordinator, member("ngo_coordinator", ward.ngo)):
        browser = signed_in(person)
        browser.post(sent(browser, content), {"rows": "good", "deed": "send"})
    done: list[Any] = at_once(*(partial(run, job) for job in Job.objects.filter(kind=uploads.TAKE.code)))
    assert sorted(job.result["taken"]["sent"] for job in done) == [0, 2]
    assert sorted(job.result["taken"]["left"] for job in done) == [0, 2]
    assert Submission.objects.count() == 2


def test_uploads_are_their_senders_alone(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    address = sent(browser, ward.workbook().put(births=1, visits__u5=2).saved())
    browser.post(address, {"rows": "good", "deed": "draft"})
    own = last_job("take")
    taken = f"/exchange/taken/{own.pk}/"
    theirs = {"by": member("ngo_coordinator", ward.ngo), "acting": ward.ngo, "arguments": own.arguments}
    Job.objects.create(kind=own.kind, **theirs)
    assert list(browser.get(address).context["takes"]) == [own]
    for person in (member("ngo_coordinator", ward.ngo), ward.officer, member("ngo_coordinator", OrganisationFactory())):
        other = signed_in(person)
        assert other.get(address).status_code == other.post(address, {}).status_code == 404
        assert other.get(taken).status_code == 404
    assert "تقارير.xlsx" in browser.get(START).content.decode()
    assert "تقارير.xlsx" not in signed_in(member("ngo_coordinator", ward.ngo)).get(START).content.decode()
    # A template of which nothing is published yet is as if there were none.
    assert browser.get(f"{START}workbook/", {"template": TemplateFactory().code}).status_code == 404
    observer = signed_in(member("observer", ward.ngo))
    for page in (START, f"{START}workbook/"):
        assert observer.get(page).status_code == 403
    assert observer.post(SEND, {"file": SimpleUploadedFile("x.xlsx", b"1")}).status_code == 403
    assert browser.post("/exchange/nothing/upload/", {}).status_code == 404
    with pytest.raises(Refused):
        uploads.take(by=observer_of(ward), read=last_job("read"), send=True, good_only=True, at=timezone.now())
    for page in (START, address, taken):
        assert "/accounts/login/" in Client().get(page).headers["Location"]


def test_a_template_that_is_being_built_is_offered_to_nobody() -> None:
    ward, pages = Ward(1, months=(MAY,)), []
    for template in (ward.template, TemplateFactory()):
        ExpectedReport.objects.update(template=template)
        pages.append(signed_in(ward.coordinator).get(START).context)
    assert [(page["templates"], page["chosen"]) for page in pages] == [
        ([(ward.template, 1)], ward.template),
        ([], None),
    ]


def observer_of(ward: Ward) -> Any:
    """Someone without the right."""
    return member("observer", ward.ngo)


def test_wishes_that_cannot_be_met_are_told(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    address = sent(browser, ward.workbook().put(births="many").saved())
    assert browser.post(address, {"rows": "good", "deed": "send"}).status_code == 400
    assert browser.post(address, {"rows": "all", "deed": "draft"}).status_code == 302
    nothing = sent(browser, ward.workbook().saved())
    page = text_of(browser, nothing)
    assert "Nothing in this file can be taken" in page
    assert browser.post(nothing, {"rows": "good", "deed": "send"}).status_code == 200
    empty = browser.get(
        f"{START}workbook/", {"template": ward.template.code, "period": "201905", "facility": "NO", "format": "x"}
    )
    assert empty.status_code == 400
    assert browser.get(f"{START}workbook/", {"template": "no-such"}).status_code == 404
    StoredFile.objects.all().delete()
    run(last_job("take"))
    assert last_job("take").result["code"] == "gone"
    assert "no longer kept" in text_of(browser, f"/exchange/taken/{last_job('take').pk}/")


def test_a_page_that_waits_asks_for_its_strip_alone(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    browser.post(SEND, {"file": SimpleUploadedFile("x.xlsx", ward.workbook().saved())})
    job = last_job("read")
    page = text_of(browser, f"/exchange/uploads/{job.pk}/")
    assert f'hx-get="/exchange/uploads/{job.pk}/"' in page
    strip = browser.get(f"/exchange/uploads/{job.pk}/", headers={"HX-Request": "true"})
    assert b"<html" not in strip.content
    assert "HX-Refresh" not in strip.headers
    run(job)
    assert browser.get(f"/exchange/uploads/{job.pk}/", headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert openpyxl.load_workbook(io.BytesIO(bytes(StoredFile.objects.get().content))) is not None


def test_characters_that_nobody_types_and_error_values_break_nothing(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    filling = ward.workbook().put(births="_x0000_5", remark="_x0000_x_x0001_", visits__u5="#DIV/0!", power="_xD800_")
    filling.cell("visits:u5").data_type = "e"
    filling.put("W1", births=1, visits__u5=1)
    filling.cell("facility", "W1").value = "_x0000_W1"
    page = text_of(browser, sent(browser, filling.saved()))
    assert last_job("read").state == "done"
    assert {one["code"] for one in last_job("read").result["findings"]} == {
        *("formula", "not_a_number", "unknown_option", "control_characters"),
    }
    assert "\0" not in page


def test_a_file_that_was_uploaded_before_is_recognised(ward: Ward) -> None:
    browser = signed_in(ward.coordinator)
    content = ward.workbook().put(births=1).saved()
    first = sent(browser, content, "a.xlsx")
    assert "was uploaded before" not in text_of(browser, first)
    assert "was uploaded before" in text_of(browser, sent(browser, content, "b.xlsx"))
    assert "was uploaded before" not in text_of(browser, sent(browser, content + b" ", "a.xlsx"))


def test_csv_holds_one_version_and_says_so() -> None:
    other = Ward(1, last=datetime.date(2019, 4, 30))
    published(other.template, elements(), number=2, first=MAY)
    expect(today=datetime.date(2019, 6, 5), first=MAY, template=other.template)
    browser, asked = signed_in(other.coordinator), {"template": other.template.code, "format": "csv"}
    answer = browser.get(f"{START}workbook/", asked)
    assert answer.status_code == 400
    assert "several versions" in answer.content.decode()
    assert browser.get(f"{START}workbook/", asked | {"period": "201905"}).status_code == 200


def test_the_demonstrations_workbook_has_rows_in_order_and_one_to_correct() -> None:
    ward = Ward(3, template=TemplateFactory(code=TEMPLATE))
    send_workbook(
        ward.coordinator, timezone.now(), lambda report: [Answer("births", None, 1), Answer("visits", "o5", 2)]
    )
    counts = run(last_job("read")).result["counts"]
    assert (counts["ready"], counts["faulty"]) == (4, 1)
