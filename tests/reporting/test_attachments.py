"""Attachments of reports: what is taken, what is kept of it, who opens it, and what happens to what may give a location."""

import time
from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.utils import timezone
from PIL import Image
from pypdf import PdfWriter
from pypdf.generic import ArrayObject, DecodedStreamObject, NameObject

from coordination.homes import waiting_count
from coordination.reporting.actions import attachments as deeds
from coordination.reporting.actions.attachments import MOST, attach
from coordination.reporting.actions.reviews import approve, send_back
from coordination.reporting.models import Attachment, Submission
from coordination.reporting.models.attachments import AttachmentState
from directorates.actions.deputies import name_deputy
from directorates.foundation import attachments
from directorates.foundation.attachments import WORDS, look_at
from directorates.foundation.models import Notice
from directorates.foundation.problems import Problem
from directorates.foundation.sight import NOTHING, seeing
from directorates.models import AuditEvent, User
from directorates.permissions import Refused, sight_of
from directorates.rules.attached import MOST_BYTES, Unfit, examine
from tests.api.callers import Caller
from tests.factories import SubdistrictFactory, confirmed_deputy, member
from tests.reporting.attached import (
    SOMEWHERE,
    changed,
    dictionary,
    drawn_inside,
    jpeg,
    noted,
    pdf,
    png,
    said_of_itself,
    set_in,
)
from tests.reporting.clinic import Clinic, sent_from

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic() -> Clinic:
    """The health centre and everybody around it."""
    return Clinic()


@pytest.fixture
def report(clinic: Clinic) -> Submission:
    """A report that waits for review."""
    return sent_from(clinic, clinic.browser(), clinic.draft())


def attached(clinic: Clinic, report: Submission, content: bytes, name: str = "page.pdf") -> Attachment:
    """A file that the coordinator attached."""
    return attach(by=clinic.clerk, submission=report, name=name, content=content, at=timezone.now())


def stand_in(clinic: Clinic, away: User, deputy: User) -> None:
    """Have somebody stand in today for a person who holds one role."""
    today = timezone.localdate()
    given: dict[str, Any] = {"membership": away.memberships.get(), "deputy": deputy, "first": today, "last": today}
    confirmed_deputy(name_deputy(by=member("director", clinic.directorate), at=timezone.now(), **given))


def code_of(content: bytes) -> str:
    """Why a file is not taken."""
    with pytest.raises(Unfit) as found:
        examine(content)
    assert str(WORDS[found.value.code]) % found.value.params
    return found.value.code


def test_of_a_photograph_nothing_is_kept_but_the_picture() -> None:
    looked = examine(jpeg(turned=True))
    with Image.open(BytesIO(looked.content)) as kept:
        assert (kept.format, kept.size) == ("JPEG", (40, 60))
        assert dict(kept.getexif()) == {}
    assert b"Maker" not in looked.content
    assert looked.ways == ()
    drawn = examine(png(comment="34.50123, 35.01234"))
    with Image.open(BytesIO(drawn.content)) as kept:
        assert (kept.format, kept.info) == ("PNG", {})


def test_a_picture_is_kept_no_larger_than_it_is_read() -> None:
    with Image.open(BytesIO(examine(png(4800, 1200)).content)) as kept:
        assert kept.size == (2400, 600)


@pytest.mark.parametrize(
    ("content", "ways"),
    [
        (pdf("Consultations in April"), ()),
        (pdf("Page one", SOMEWHERE), ("decimal",)),
        (pdf("36S YC 12345 67890"), ("grid",)),
        (pdf("See the map", link="https://maps.app.goo.gl/abcdef"), ("link",)),
        (pdf("Register", title=SOMEWHERE), ("decimal",)),
        (pdf("A photograph", photograph=jpeg()), ("photograph",)),
        (pdf("A photograph", photograph=jpeg(located=False)), ()),
        (pdf(SOMEWHERE, photograph=jpeg()), ("decimal", "photograph")),
    ],
    ids=["plain", "numbers", "grid", "link", "title", "photograph", "no place", "both"],
)
def test_a_document_is_searched_wherever_it_may_give_a_location(content: bytes, ways: tuple[str, ...]) -> None:
    looked = examine(content)
    assert looked.ways == ways
    assert looked.content == content


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"MZ" + b"0" * 100, "type"),
        (b"GIF89a" + b"0" * 100, "type"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "type"),
        (b"PK\x03\x04" + b"0" * 100, "type"),
        (png()[:60], "broken"),
        (jpeg()[:-200][:400], "broken"),
        (b"%PDF-1.7\n" + b"x" * 500, "broken"),
        (pdf("a")[:200], "broken"),
        (pdf("a", locked=True), "locked"),
        (pdf("a", script="app.alert(1)"), "inside"),
        (pdf(*["a"] * 101), "pages"),
        (b"%PDF-" + b"0" * MOST_BYTES, "large"),
        (png(9000, 8000), "points"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_is_no_picture_and_no_plain_document_is_not_taken(content: bytes, code: str) -> None:
    assert code_of(content) == code


@pytest.mark.parametrize(
    ("content", "ways"),
    [
        (changed(set_in("page", VP=ArrayObject([dictionary(Measure=dictionary(GPTS=ArrayObject()))]))), ("map",)),
        (changed(drawn_inside(jpeg())), ("photograph",)),
        (changed(drawn_inside(b"0" + jpeg())), ("unsearched",)),
        (changed(said_of_itself(b"<x exif:GPSLatitude='34,30.1N'/>")), ("photograph",)),
        (changed(noted(Subtype="/Widget", FT="/Tx", V=SOMEWHERE)), ("decimal",)),
        (changed(noted(Subtype="/Text", RC=f"<p>{SOMEWHERE}</p>")), ("decimal",)),
        (changed(noted(Subtype="/Link", A=dictionary(S="/URI", URI="https://maps.app.goo.gl/x"))), ("link",)),
        (pdf("Depot", "3 4 . 5 0 1 2 3 , 3 5 . 0 1 2 3 4"), ("decimal",)),
        (pdf("It lies at 34.50123", "and on the other side at 35.01234"), ("decimal",)),
        (pdf("34.50123 is north, and whoever goes on reading finds 35.01234"), ("decimal",)),
        (pdf("Old") + b"\n%%EOF\n", ("unsearched",)),
    ],
    ids=["map", "inside", "damaged", "xml", "field", "rich", "link", "apart", "two pages", "far apart", "older"],
)
def test_no_part_of_a_document_is_passed_over(content: bytes, ways: tuple[str, ...]) -> None:
    assert examine(content).ways == ways


@pytest.mark.parametrize(
    "content",
    [
        changed(noted(Subtype="/FileAttachment", FS=dictionary(EF=dictionary()))),
        changed(set_in("root", OpenAction=dictionary(S="/Launch", F="run.exe"))),
        changed(set_in("root", OpenAction=dictionary(S="/URI", URI="https://example.org/"))),
        changed(set_in("root", AcroForm=dictionary(XFA="x"))),
        changed(noted(Subtype="/Widget", AA=dictionary(PV=dictionary(S="/JavaScript", JS="x")))),
        changed(noted(Subtype="/Link", A=dictionary(S="/GoTo", Next=dictionary(S="/URI", URI="x")))),
    ],
    ids=["file", "launch", "calls home", "form", "note", "chain"],
)
def test_a_document_that_does_something_is_not_taken(content: bytes) -> None:
    assert code_of(content) == "inside"


def test_scans_and_pictures_with_holes_are_kept_as_they_look() -> None:
    def kept_of(picture: Image.Image) -> Image.Image:
        given = BytesIO()
        picture.save(given, "PNG")
        return Image.open(BytesIO(examine(given.getvalue()).content))

    deep = kept_of(Image.new("I;16", (20, 10), 30000))
    assert (deep.mode, deep.getpixel((0, 0))) == ("L", 117)
    assert kept_of(Image.new("RGBA", (20, 10), (0, 0, 0, 0))).getpixel((0, 0)) == (255, 255, 255)


def bomb() -> bytes:
    """A small PDF whose pages unpack to hundreds of megabytes of drawing."""
    writer = PdfWriter(BytesIO(pdf(*["a"] * 20)))
    for page in writer.pages:
        stream = DecodedStreamObject()
        stream.set_data(b"BT /F1 12 Tf (a) Tj ET " * 1_000_000)
        page[NameObject("/Contents")] = writer._add_object(stream.flate_encode())
    kept = BytesIO()
    writer.write(kept)
    return kept.getvalue()


def test_a_file_is_examined_in_a_process_that_ends_when_it_takes_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    photograph = jpeg(turned=True)
    assert look_at(photograph) == examine(photograph)
    assert look_at(pdf(SOMEWHERE)).ways == ("decimal",)
    with pytest.raises(Problem) as broken:
        look_at(png()[:60])
    assert broken.value.errors[0].code == "broken"
    small = bomb()
    assert len(small) < MOST_BYTES
    monkeypatch.setattr(attachments, "PATIENCE", 3)
    before = time.monotonic()
    with pytest.raises(Problem) as found:
        look_at(small)
    assert found.value.errors[0].code == "heavy"
    assert time.monotonic() - before < 20


def test_whoever_reads_the_report_opens_what_came_with_it_on_record(clinic: Clinic, report: Submission) -> None:
    row = attached(clinic, report, pdf("Register of April"))
    page = clinic.browser(clinic.officer).get(f"/reports/{report.pk}/").content.decode()
    assert f"/reports/{report.pk}/attachments/{row.pk}/" in page
    answer = clinic.browser(clinic.officer).get(f"/reports/{report.pk}/attachments/{row.pk}/")
    assert answer.content.startswith(b"%PDF-")
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert "no-store" in answer.headers["Cache-Control"]
    entry = AuditEvent.objects.get(what="open_attachment")
    assert (entry.by, entry.concerns) == (clinic.officer, clinic.ngo)
    stranger = clinic.browser(clinic.stranger)
    assert stranger.get(f"/reports/{report.pk}/attachments/{row.pk}/").status_code == 404
    other = sent_from(clinic, clinic.browser(), clinic.draft(period=clinic.period.previous()))
    assert clinic.browser().get(f"/reports/{other.pk}/attachments/{row.pk}/").status_code == 404


def test_what_may_give_a_location_is_seen_by_name_and_opened_by_reviewers_only(
    clinic: Clinic, report: Submission
) -> None:
    row = attached(clinic, report, pdf(SOMEWHERE))
    assert (row.state, row.ways) == (AttachmentState.HELD, ["decimal"])
    address = f"/reports/{report.pk}/attachments/{row.pk}/"
    for person in (clinic.clerk, clinic.colleague, member("director", clinic.directorate)):
        page = clinic.browser(person).get(f"/reports/{report.pk}/").content.decode()
        assert "Under review" in page
        assert f'href="{address}"' not in page
        assert clinic.browser(person).get(address).status_code == 403
    assert clinic.browser(clinic.officer).get(address).status_code == 200
    entry = AuditEvent.objects.get(what="open_held")
    assert (entry.by, entry.concerns) == (clinic.officer, clinic.ngo)
    deeds.release(by=clinic.officer, attachment=row, at=timezone.now())
    assert clinic.browser(clinic.colleague).get(address).status_code == 200
    told = Notice.objects.filter(kind="attachment").values_list("person", "values__state")
    assert set(told) == {(clinic.officer.pk, "held"), (clinic.clerk.pk, "released")}


def test_of_what_is_refused_nothing_is_kept_and_its_owner_reads_why(clinic: Clinic, report: Submission) -> None:
    row = attached(clinic, report, pdf(SOMEWHERE))
    officer = clinic.browser(clinic.officer)
    address = f"/reports/{report.pk}/attachments/{row.pk}/refuse/"
    assert officer.post(address, {"reason": ""}).status_code == 400
    assert officer.post(address, {"reason": SOMEWHERE}).status_code == 400
    assert officer.post(address, {"reason": "It shows the depot"}).status_code == 302
    row.refresh_from_db()
    assert (row.state, bytes(row.content), row.judged_by) == (AttachmentState.REFUSED, b"", clinic.officer)
    page = clinic.browser().get(f"/reports/{report.pk}/").content.decode()
    assert "It shows the depot" in page
    assert officer.get(f"/reports/{report.pk}/attachments/{row.pk}/").status_code == 409
    with pytest.raises(Problem):
        deeds.release(by=clinic.officer, attachment=row, at=timezone.now())


def test_whoever_may_do_nothing_with_a_report_does_nothing_with_its_files(clinic: Clinic, report: Submission) -> None:
    stranger, now = member("observer", clinic.other_ngo), timezone.now()
    plain, held = attached(clinic, report, png(), "a.png"), attached(clinic, report, pdf(SOMEWHERE))
    for deed in (
        lambda: deeds.open_attachment(by=stranger, attachment=plain),
        lambda: deeds.release(by=stranger, attachment=held, at=now),
        lambda: deeds.refuse(by=stranger, attachment=held, reason="x", at=now),
    ):
        with pytest.raises(Refused) as told:
            deed()
        assert told.value.code == "forbidden"
    assert deeds.may_attach(clinic.clerk, report)
    assert not deeds.may_attach(stranger, report)
    send_back(by=clinic.officer, submission=report, reason="Once more", at=now)
    report.refresh_from_db()
    assert deeds.may_take_away(clinic.clerk, report)
    assert not deeds.may_take_away(stranger, report)


def test_nobody_judges_a_file_of_their_own(clinic: Clinic, report: Submission) -> None:
    # As somebody of the directorate would have, who reported for the NGO before.
    both = clinic.officer
    row = attached(clinic, report, pdf(SOMEWHERE))
    Attachment.objects.filter(pk=row.pk).update(by=both)
    row.refresh_from_db()
    for deed in (deeds.release, deeds.refuse):
        more = {"reason": "x"} if deed is deeds.refuse else {}
        with pytest.raises(Refused, match="own_file"):
            deed(by=both, attachment=row, at=timezone.now(), **more)
    with pytest.raises(Refused):
        deeds.open_attachment(by=both, attachment=row)
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=row.pk).update(state="released", judged_by=both, judged_at=now)


def test_whoever_stands_in_for_the_one_who_attached_a_file_does_not_judge_it(
    clinic: Clinic, report: Submission
) -> None:
    row = attached(clinic, report, pdf(SOMEWHERE))
    Attachment.objects.filter(pk=row.pk).update(by=clinic.officer)
    row.refresh_from_db()
    deputy = member("observer", clinic.directorate)
    stand_in(clinic, clinic.officer, deputy)
    with pytest.raises(Refused, match="own_file"):
        deeds.release(by=deputy, attachment=row, at=timezone.now())


def test_a_report_is_not_approved_while_a_file_of_it_is_under_review(clinic: Clinic, report: Submission) -> None:
    row = attached(clinic, report, pdf(SOMEWHERE))
    report.refresh_from_db()
    with pytest.raises(Problem, match="held_file"):
        approve(by=clinic.officer, submission=report, at=timezone.now())
    deeds.refuse(by=clinic.officer, attachment=row, reason="It shows the depot", at=timezone.now())
    assert approve(by=clinic.officer, submission=report, at=timezone.now()).status == "approved"


def test_the_inbox_marks_what_has_a_file_under_review_and_shows_it_alone(clinic: Clinic, report: Submission) -> None:
    other = sent_from(clinic, clinic.browser(), clinic.draft(period=clinic.period.previous()))
    officer = clinic.browser(clinic.officer)
    assert "file under review: " not in officer.get("/reports/review/").content.decode()
    row = attached(clinic, report, pdf(SOMEWHERE))
    attached(clinic, other, pdf("Register"))
    page = officer.get("/reports/review/")
    assert 'With a file under review: <span class="n">1</span>' in page.content.decode()
    assert [found.held for found in page.context["page"].object_list if found == report] == [True]
    assert report not in page.context["clean"]
    alone = officer.get("/reports/review/?mark=held")
    assert [*alone.context["page"].object_list, *alone.context["clean"]] == [report]
    deeds.release(by=clinic.officer, attachment=row, at=timezone.now())
    assert officer.get("/reports/review/?mark=held").context["oldest"] is None


def test_a_file_under_review_waits_for_those_who_may_judge_it(clinic: Clinic, report: Submission) -> None:
    far = member("data_officer", clinic.directorate, places=[SubdistrictFactory()])
    deputy, other = member("observer", clinic.directorate), member("data_officer", clinic.directorate)
    stand_in(clinic, clinic.officer, deputy)
    people = [clinic.officer, other, deputy, far, clinic.clerk, clinic.stranger, member("director", clinic.directorate)]
    before = [waiting_count(person) for person in people]
    row = attached(clinic, report, pdf(SOMEWHERE))

    def waits() -> list[bool]:
        more = [after - one for after, one in zip(map(waiting_count, people), before, strict=True)]
        assert more == [Attachment.objects.to_judge(person).count() for person in people]
        assert more == [deeds.may_judge(person, row) for person in people]
        return [bool(one) for one in more]

    assert waits() == [True, True, True, False, False, False, False]
    # Whoever attached it, and whoever stands in for that one, wait for somebody else.
    Attachment.objects.filter(pk=row.pk).update(by=clinic.officer)
    row.refresh_from_db()
    assert waits() == [False, True, False, False, False, False, False]
    # A right of one's own is not from the one who is away.
    member("data_officer", clinic.directorate, person=deputy)
    assert waits()[2]
    deeds.release(by=other, attachment=row, at=timezone.now())
    assert not Attachment.objects.to_judge(other).exists()


def test_home_tells_how_many_files_under_review_one_may_judge(clinic: Clinic, report: Submission) -> None:
    attached(clinic, report, pdf(SOMEWHERE))
    said = clinic.browser(clinic.officer).get("/").content.decode()
    assert 'Files under review that you can release or refuse: <span class="n">1</span>' in said
    Attachment.objects.update(by=clinic.officer)
    assert "Files under review that" not in clinic.browser(clinic.officer).get("/").content.decode()


def test_a_held_file_cannot_pass_for_an_open_one(clinic: Clinic, report: Submission) -> None:
    row = attached(clinic, report, pdf(SOMEWHERE))
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=row.pk).update(state="open")


def test_the_same_file_twice_is_one_and_there_are_ten_at_most(clinic: Clinic, report: Submission) -> None:
    first = attached(clinic, report, png())
    assert attached(clinic, report, png(), "other.png") == first
    for number in range(2, MOST + 1):
        attached(clinic, report, png(width=40 + number))
    with pytest.raises(Problem, match="too_many"):
        attached(clinic, report, png(width=90))
    assert report.attachments.count() == MOST


def test_an_approved_report_keeps_what_came_with_it(clinic: Clinic, report: Submission) -> None:
    row = attached(clinic, report, png())
    report.refresh_from_db()
    approve(by=clinic.officer, submission=report, at=timezone.now())
    with pytest.raises(Problem):
        attached(clinic, report, png(width=50))
    with pytest.raises(Problem):
        deeds.take_away(by=clinic.clerk, attachment=row)
    page = clinic.browser().get(f"/reports/{report.pk}/").content.decode()
    assert "page.png" in page
    assert "take-away" not in page


def test_a_file_is_attached_and_taken_away_on_the_pages(clinic: Clinic, report: Submission) -> None:
    client = clinic.browser()
    address = f"/reports/{report.pk}/attachments/"
    assert client.get(address).status_code == 200
    assert client.post(address).status_code == 400
    wrong = client.post(address, {"file": SimpleUploadedFile("a.exe", b"MZ000")})
    assert wrong.status_code == 400
    assert "no picture" in wrong.content.decode()
    sent = client.post(address, {"file": SimpleUploadedFile("C:\\scans\\صفحة ١.png", png())}, follow=True)
    assert "صفحة ١.png" in sent.content.decode()
    row = report.attachments.get()
    assert client.get(f"{address}{row.pk}/take-away/").status_code == 405
    # What was sent stays: others have seen it.
    assert client.post(f"{address}{row.pk}/take-away/").status_code == 302
    assert report.attachments.exists()
    send_back(by=clinic.officer, submission=report, reason="The page is another one", at=timezone.now())
    assert client.post(f"{address}{row.pk}/take-away/").status_code == 302
    assert not report.attachments.exists()
    assert {"attach", "take_away"} <= set(AuditEvent.objects.values_list("what", flat=True))


def test_a_name_that_gives_a_location_is_not_kept(clinic: Clinic, report: Submission) -> None:
    assert attached(clinic, report, png(), "34.50123, 35.01234.png").name == "Attachment.png"
    assert attached(clinic, report, png(width=45), "IMG_34.50123_35.01234.png").name == "Attachment.png"
    assert attached(clinic, report, png(width=50), "a" * 300 + ".png").name == "a" * 90 + ".png"
    # Nothing that a machine would run.
    assert attached(clinic, report, pdf("a"), "register.hta").name == "register.pdf"
    assert attached(clinic, report, jpeg(), "run").name == "run.jpg"


def test_a_file_of_a_draft_is_its_reporters_alone(clinic: Clinic) -> None:
    draft = clinic.draft()
    row = attached(clinic, draft, png())
    address = f"/reports/{draft.pk}/attachments/{row.pk}/"
    assert clinic.browser(clinic.colleague).get(address).status_code == 200
    assert clinic.browser(clinic.officer).get(address).status_code == 404


@pytest.mark.wall
def test_the_second_wall_shows_files_with_their_reports(clinic: Clinic, report: Submission) -> None:
    attached(clinic, report, png())

    def seen_by(person: User) -> int:
        with seeing(sight_of(person)):
            return Attachment.objects.count()

    assert (seen_by(clinic.clerk), seen_by(clinic.officer), seen_by(clinic.stranger)) == (1, 1, 0)
    with seeing(NOTHING):
        assert Attachment.objects.count() == 0


def test_programs_attach_list_and_open(clinic: Clinic, report: Submission) -> None:
    caller = Caller(clinic.clerk)
    address = f"/api/v1/submissions/{report.pk}/attachments/"

    def post(**body: Any) -> Any:
        return caller.client.post(address, body, headers=caller.headers)

    assert post().status_code == 400
    made = post(file=SimpleUploadedFile("page.png", png()))
    assert made.status_code == 201
    assert made.json()["status"] == "open"
    held = post(file=SimpleUploadedFile("page.pdf", pdf(SOMEWHERE))).json()
    listed = caller.client.get(address, headers=caller.headers).json()
    assert [(row["name"], row["status"], row["type"]) for row in listed] == [
        ("page.png", "open", "image/png"),
        ("page.pdf", "held", "application/pdf"),
    ]
    content = caller.client.get(f"{address}{made.json()['id']}/", headers=caller.headers)
    assert content.content.startswith(b"\x89PNG")
    assert caller.client.get(f"{address}{held['id']}/", headers=caller.headers).status_code == 403
    stranger = Caller(clinic.stranger)
    assert stranger.client.get(address, headers=stranger.headers).status_code == 404
