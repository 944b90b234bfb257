"""Filling a report without a script: the whole way, every fault at once, and nothing that was typed is ever lost."""

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from coordination.reporting.actions.reviews import send_back
from coordination.reporting.actions.submissions import open_draft, save_draft
from coordination.reporting.models import ExpectedReport, Submission, SubmissionEvent
from coordination.reporting.rules.values import Answer
from tests.factories import PASSWORD, OrganisationFactory, member
from tests.reporting.clinic import Clinic, days_ago, sent_from

pytestmark = pytest.mark.django_db


@pytest.fixture
def clinic() -> Clinic:
    """The centre with its weekly report."""
    return Clinic()


def start_data(clinic: Clinic, **given: str) -> dict[str, str]:
    """What the button «Fill» sends."""
    codes = {"template": clinic.template.code, "facility": clinic.facility.code, "reporter": clinic.ngo.code}
    return codes | {"period": clinic.period.id} | given


def text_of(response: Any) -> str:
    """A page in words: without its tags, spaces made one."""
    page = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", page)


def value_of(response: Any, name: str) -> str:
    """What stands in a field of a page."""
    page = response.content.decode()
    found = re.search(
        rf'<(?:input|textarea)[^>]* name="{name}"[^>]*?(?: value="([^"]*)"[^>]*>|>\s*([^<]*)</textarea>)', page
    )
    assert found, f"no field {name}"
    return (found[1] or found[2] or "").strip()


def base_of(response: Any) -> str:
    """The base that a page carries."""
    return value_of(response, "base").replace("&quot;", '"').replace("&#x27;", "'").replace("&amp;", "&")


# --- The whole way -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_report_is_started_filled_checked_and_sent_without_a_script(clinic: Clinic, language: str) -> None:
    browser = clinic.browser(language=language)
    form_address = browser.post("/reports/start/", start_data(clinic)).headers["Location"]
    form = browser.get(form_address)
    assert f'lang="{language}"' in form.content.decode()
    check_address = browser.post(
        form_address,
        clinic.complete() | {"check": "1", "base": base_of(form), "edition": value_of(form, "edition")},
    ).headers["Location"]
    check = browser.get(check_address)
    assert 'class="summary' not in check.content.decode()
    receipt_address = browser.post(check_address, {"edition": value_of(check, "edition")}).headers["Location"]
    receipt = browser.get(receipt_address)
    submission = Submission.objects.get()
    assert submission.status == "submitted"
    assert submission.receipt is not None
    assert submission.receipt in text_of(receipt)
    assert clinic.directorate.short in text_of(receipt) or clinic.directorate.name_en in text_of(receipt)


def test_arabic_and_persian_digits_spaces_and_separators_are_read(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    typed = {
        clinic.slot("week_consultations"): "١٬٢٣٤",
        clinic.slot("week_consultations_u5"): "۲۵۰ ",
        clinic.slot("cases_measles", "m_u5"): "1 000",
    }
    browser.post(f"/reports/{draft.pk}/fill/", typed)
    draft.draft.refresh_from_db()
    assert [draft.draft.doc[slot] for slot in typed] == [1234, 250, 1000]


def test_zero_blank_not_known_and_closed_are_four_things(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    slots = [clinic.slot("cases_measles", category) for category in ("m_u5", "f_u5", "m_5p", "f_5p")]
    browser.post(f"/reports/{draft.pk}/fill/", dict(zip(slots, ("0", "", "-", "*"), strict=True)))
    draft.draft.refresh_from_db()
    assert draft.draft.doc == {slots[0]: 0}
    assert draft.draft.notes == {slots[2]: {"state": "not_known"}, slots[3]: {"state": "closed"}}
    form = browser.get(f"/reports/{draft.pk}/fill/")
    assert [value_of(form, slot) for slot in slots] == ["0", "", "–", "×"]


def test_a_menu_writes_into_empty_fields_only(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    slots = [clinic.slot("cases_measles", category) for category in ("m_u5", "f_u5", "m_5p", "f_5p")]
    answer = browser.post(f"/reports/{draft.pk}/fill/", {slots[1]: "4", "blanks": f"zero {slots[0]}"})
    assert answer.headers["Location"].endswith(f"#l-{slots[0]}")
    draft.draft.refresh_from_db()
    assert draft.draft.doc == {slots[0]: 0, slots[1]: 4, slots[2]: 0, slots[3]: 0}


def test_a_whole_section_can_be_a_service_that_is_not_provided(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    measles = clinic.slot("cases_measles", "m_u5")
    browser.post(f"/reports/{draft.pk}/fill/", {measles: "1", "blanks": "closed immediate"})
    draft.draft.refresh_from_db()
    assert draft.draft.doc == {measles: 1}
    assert {note["state"] for note in draft.draft.notes.values()} == {"closed"}
    assert len(draft.draft.notes) == 6 * 4 - 1


def test_every_kind_of_field_keeps_what_was_typed() -> None:
    clinic = Clinic("services-monthly")
    browser, draft = clinic.browser(), clinic.draft()
    texts = {
        "cold_chain": "no",
        "power_source": "solar",
        "last_supervision": "2019-05-07",
        "remarks": "نقص\nوقود",
        "essential_medicines": "85.5",
    }
    typed = {clinic.slot(element): text for element, text in texts.items()}
    browser.post(f"/reports/{draft.pk}/fill/", typed)
    form = browser.get(f"/reports/{draft.pk}/fill/").content.decode()
    assert '<option value="no" selected>' in form
    assert '<option value="solar" selected>' in form
    assert 'value="2019-05-07"' in form
    assert "نقص\nوقود</textarea>" in form
    assert 'value="85.5"' in form


def test_last_periods_value_stands_under_its_field(clinic: Clinic) -> None:
    browser = clinic.browser()
    sent_from(clinic, browser, clinic.draft(period=clinic.period.previous()), clinic.complete(7))
    form = browser.get(f"/reports/{clinic.draft().pk}/fill/").content.decode()
    slot = clinic.slot("cases_measles", "m_u5")
    assert re.search(rf'id="w-{slot}">.*?7</span>', form)


# --- Faults ----------------------------------------------------------------------------------------------------------


def test_all_faults_are_told_at_once_above_and_at_their_fields(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    typed = clinic.complete() | {
        clinic.slot("week_consultations"): "12",
        clinic.slot("week_consultations_u5"): "300",
        clinic.slot("cases_measles", "m_u5"): "many",
        clinic.slot("cases_awd", "m_u5"): "1,5",
    }
    for category in ("m_u5", "f_u5", "m_5p", "f_5p"):
        typed.pop(clinic.slot("cases_leish_visc", category))
    check = browser.get(browser.post(f"/reports/{draft.pk}/fill/", typed | {"check": "1"}).headers["Location"])
    told = text_of(check)
    assert "A number is needed" in told
    assert "can be read in two ways" in told
    assert "more than all consultations" in told
    assert "Visceral leishmaniasis: This item is required." in told
    assert check.content.decode().count(f"/reports/{draft.pk}/fill/?check=1#f-") >= 4
    assert browser.post(f"/reports/{draft.pk}/check/").status_code == 400
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_what_cannot_be_read_stays_as_it_was_typed(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    slot = clinic.slot("cases_measles", "m_u5")
    again = browser.post(f"/reports/{draft.pk}/fill/", {slot: "سبعة"}).headers["Location"]
    form = browser.get(again)
    assert value_of(form, slot) == "سبعة"
    assert 'aria-invalid="true"' in form.content.decode()


def test_a_warning_takes_a_reason_and_does_not_block(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    texts = clinic.complete() | {clinic.slot("week_consultations_u5"): "800"}
    browser.post(f"/reports/{draft.pk}/fill/", texts)
    check = browser.get(f"/reports/{draft.pk}/check/")
    assert "four fifths" in text_of(check)
    assert browser.post(f"/reports/{draft.pk}/check/", {}).status_code == 400
    reason = {f"r-{clinic.slot('week_consultations_u5')}": "حملة تلقيح"}
    assert browser.post(f"/reports/{draft.pk}/check/", reason).headers["Location"].endswith("/receipt/")
    draft.refresh_from_db()
    assert draft.revision is not None
    assert draft.revision.warnings[0]["reason"] == "حملة تلقيح"


@pytest.mark.parametrize(
    "data",
    [
        {"base": "[[[", "edition": "x"},
        {"base": "[" * 60_000},
        {"base": '{"s1": {"a": 1}}', "edition": "9" * 500},
        {"s1": "\u202e12\u0000", "r-s1": "\x00"},
        {"s1": "9" * 1000, "s2": "NaN", "s3": "1e5", "s4": "<script>"},
        {"s99999": "1", "blanks": "zero s99999", "source": "../../x"},
        {"blanks": "burn s1"},
    ],
)
def test_no_input_breaks_the_form(clinic: Clinic, data: dict[str, str]) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    assert browser.post(f"/reports/{draft.pk}/fill/", data).status_code == 302
    assert browser.get(f"/reports/{draft.pk}/fill/?check=all").status_code == 200
    assert browser.get(f"/reports/{draft.pk}/check/").status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"template": "none"}, {"facility": "X"}, {"period": "201905"}, {"period": "2099SunW1"}, {"reporter": "-"}]
)
def test_a_report_that_cannot_be_started_says_why(clinic: Clinic, wrong: dict[str, str]) -> None:
    answer = clinic.browser().post("/reports/start/", start_data(clinic, **wrong))
    assert answer.status_code == 400
    assert 'class="summary"' in answer.content.decode()


# --- Two people, two windows -----------------------------------------------------------------------------------------


def test_the_second_of_two_is_shown_what_changed_and_chooses(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    slot, other = clinic.slot("cases_measles", "m_u5"), clinic.slot("cases_awd", "m_u5")
    page = browser.get(f"/reports/{draft.pk}/fill/")
    posted = {"edition": value_of(page, "edition"), "base": base_of(page), "source": "mine"}
    save_draft(
        by=clinic.colleague,
        submission=draft,
        answers=[Answer("cases_measles", "m_u5", "7")],
        seen=None,
        at=timezone.now(),
    )
    answer = browser.post(f"/reports/{draft.pk}/fill/", posted | {slot: "5", other: "2"})
    assert answer.status_code == 409
    assert "سامر" in answer.content.decode()
    draft.draft.refresh_from_db()
    assert draft.draft.doc == {slot: 7, other: 2}, "what nobody disputes is saved, what is disputed is not overwritten"
    browser.post(f"/reports/{draft.pk}/fill/", {"edition": value_of(answer, "edition"), slot: "5"})
    draft.draft.refresh_from_db()
    assert draft.draft.doc[slot] == 5


def test_an_old_page_does_not_undo_what_another_saved_meanwhile(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    page = browser.get(f"/reports/{draft.pk}/fill/")
    save_draft(
        by=clinic.colleague,
        submission=draft,
        answers=[Answer("cases_measles", "m_u5", "7")],
        seen=None,
        at=timezone.now(),
    )
    everything = {clinic.slot("cases_measles", "m_u5"): "", clinic.slot("cases_awd", "m_u5"): "2"}
    browser.post(
        f"/reports/{draft.pk}/fill/", everything | {"edition": value_of(page, "edition"), "base": base_of(page)}
    )
    draft.draft.refresh_from_db()
    assert draft.draft.doc == {clinic.slot("cases_measles", "m_u5"): 7, clinic.slot("cases_awd", "m_u5"): 2}


def test_what_changed_after_the_check_was_read_is_not_sent_unseen(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    browser.post(f"/reports/{draft.pk}/fill/", clinic.complete())
    check = browser.get(f"/reports/{draft.pk}/check/")
    save_draft(
        by=clinic.colleague,
        submission=draft,
        answers=[Answer("cases_measles", "m_u5", "9")],
        seen=None,
        at=timezone.now(),
    )
    answer = browser.post(f"/reports/{draft.pk}/check/", {"edition": value_of(check, "edition")})
    assert answer.status_code == 409
    assert "changed elsewhere" in text_of(answer)
    draft.refresh_from_db()
    assert draft.status == "draft"


def test_sending_twice_has_one_effect_and_one_receipt(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    browser.post(f"/reports/{draft.pk}/fill/", clinic.complete())
    first, second = (browser.post(f"/reports/{draft.pk}/check/").headers["Location"] for _press in range(2))
    assert first == second == f"/reports/{draft.pk}/receipt/"
    assert SubmissionEvent.objects.filter(submission=draft, what="submitted").count() == 1
    assert draft.revisions.count() == 1
    assert browser.get(f"/reports/{draft.pk}/fill/").headers["Location"] == first


# --- Nothing typed is lost -------------------------------------------------------------------------------------------


def sign_in(browser: Client, page: Any) -> Any:
    """Follow the sign-in page that a browser was sent to."""
    address = page.headers["Location"]
    assert address.startswith("/accounts/login/")
    return browser.post(address, {"login": "rana@uossm.org", "password": PASSWORD, "next": address.split("next=")[1]})


def test_what_was_typed_survives_a_session_that_ended(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    slot = clinic.slot("cases_measles", "m_u5")
    page = browser.get(f"/reports/{draft.pk}/fill/")
    browser.session.flush()
    answer = browser.post(
        f"/reports/{draft.pk}/fill/", {slot: "17", "edition": value_of(page, "edition"), "base": base_of(page)}
    )
    signed_in = sign_in(browser, answer)
    form = browser.get(signed_in.headers["Location"])
    assert value_of(form, slot) == "17"
    assert "not saved yet" in text_of(form)
    assert not draft.draft.doc
    browser.post(
        f"/reports/{draft.pk}/fill/", {slot: "17", "edition": value_of(form, "edition"), "base": base_of(form)}
    )
    draft.draft.refresh_from_db()
    assert draft.draft.doc == {slot: 17}
    assert "not saved yet" not in text_of(browser.get(f"/reports/{draft.pk}/fill/"))


def test_what_was_typed_survives_a_sign_in_in_another_window(clinic: Clinic) -> None:
    draft, slot = clinic.draft(), clinic.slot("cases_measles", "m_u5")
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(clinic.clerk)
    answer = browser.post(f"/reports/{draft.pk}/fill/", {slot: "17"})
    assert answer.headers["Location"] == f"/reports/{draft.pk}/fill/"
    assert not draft.draft.doc, "a request that is not proven to be ours writes nothing"
    assert value_of(browser.get(f"/reports/{draft.pk}/fill/"), slot) == "17"


def test_a_reason_typed_on_the_check_page_survives_too(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    browser.post(f"/reports/{draft.pk}/fill/", clinic.complete() | {clinic.slot("week_consultations_u5"): "800"})
    browser.session.flush()
    name = f"r-{clinic.slot('week_consultations_u5')}"
    signed_in = sign_in(browser, browser.post(f"/reports/{draft.pk}/check/", {name: "campaign"}))
    assert value_of(browser.get(signed_in.headers["Location"]), name) == "campaign"


def test_the_script_is_told_that_the_session_ended(clinic: Clinic) -> None:
    draft = clinic.draft()
    answer = Client().post(f"/reports/{draft.pk}/fill/", {"s1": "1"}, headers={"accept": "application/json"})
    assert (answer.status_code, answer.json()) == (401, {"code": "signed_out"})


def test_the_script_is_told_where_a_report_stands(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    slot = clinic.slot("cases_measles", "m_u5")
    answer = browser.post(f"/reports/{draft.pk}/fill/", {slot: "x1"}, headers={"accept": "application/json"}).json()
    assert answer["edition"] == 2
    assert answer["faulty"] == [slot]
    assert answer["disputed"] == []
    assert "A number is needed" in answer["lines"][slot]
    sent = sent_from(clinic, browser, draft)
    late = browser.post(f"/reports/{draft.pk}/fill/", {slot: "1"}, headers={"accept": "application/json"})
    assert (late.status_code, late.json()["code"], late.json()["receipt"]) == (409, "sent", sent.receipt)


# --- Who else, who may -----------------------------------------------------------------------------------------------


def test_before_the_form_opens_it_says_who_else_reported_and_never_what(clinic: Clinic) -> None:
    theirs = open_draft(
        by=clinic.stranger,
        template=clinic.template,
        facility=clinic.facility,
        period=clinic.period,
        reporter=clinic.other_ngo,
        at=timezone.now(),
    )
    browser = clinic.browser()
    assert browser.post("/reports/start/", start_data(clinic, period=clinic.period.previous().id)).status_code == 302
    sent_from(clinic, clinic.browser(clinic.stranger), theirs, clinic.complete(4711))
    told = browser.post("/reports/start/", start_data(clinic))
    assert told.status_code == 200
    assert "SAMS already reported this facility" in text_of(told)
    assert "4711" not in text_of(told)
    form = browser.get(browser.post("/reports/start/", start_data(clinic, aware="1")).headers["Location"])
    assert "SAMS already reported this facility" in text_of(form)
    assert "4711" not in text_of(form)
    assert "4,711" not in text_of(form)


def test_anothers_draft_is_not_there(clinic: Clinic) -> None:
    draft = clinic.draft()
    stranger = clinic.browser(clinic.stranger)
    assert {
        stranger.get(f"/reports/{draft.pk}/{page}/").status_code for page in ("fill", "check", "receipt", "paper")
    } == {404}
    assert stranger.post(f"/reports/{draft.pk}/fill/", {"s1": "1"}).status_code == 404


def test_a_reviewer_reads_but_does_not_write(clinic: Clinic) -> None:
    sent = sent_from(clinic, clinic.browser(), clinic.draft())
    officer = clinic.browser(clinic.officer)
    assert officer.get(f"/reports/{sent.pk}/receipt/").status_code == 200
    assert officer.get(f"/reports/{sent.pk}/fill/").status_code == 403


def test_a_report_that_came_back_shows_why_and_goes_again_under_the_same_number(clinic: Clinic) -> None:
    browser = clinic.browser()
    sent = sent_from(clinic, browser, clinic.draft())
    send_back(by=clinic.officer, submission=sent, reason="الولادات أكثر من المعاينات", at=timezone.now())
    form = browser.get(f"/reports/{sent.pk}/fill/")
    assert "Sent back by Idlib HD" in text_of(form)
    assert "الولادات أكثر من المعاينات" in text_of(form)
    receipt = sent.receipt
    again = sent_from(clinic, browser, sent, {clinic.slot("cases_measles", "m_u5"): "4"})
    assert (again.status, again.receipt) == ("submitted", receipt)


# --- Lists, receipt, paper -------------------------------------------------------------------------------------------


def test_a_receipt_is_found_again_by_its_number(clinic: Clinic) -> None:
    browser = clinic.browser()
    sent = sent_from(clinic, browser, clinic.draft())
    other = clinic.draft(period=clinic.period.previous())
    page = browser.get("/reports/", {"q": str(sent.receipt).lower()}).content.decode()
    assert f"/reports/{sent.pk}/" in page
    assert str(other.pk) not in page


def test_the_fingerprint_is_that_of_the_revision(clinic: Clinic) -> None:
    sent = sent_from(clinic, clinic.browser(), clinic.draft())
    receipt = text_of(clinic.browser().get(f"/reports/{sent.pk}/receipt/"))
    (prefix,) = re.findall(r"\b[0-9a-f]{16}\b", receipt)
    sent_again = text_of(clinic.browser(clinic.officer).get(f"/reports/{sent.pk}/receipt/"))
    assert prefix in sent_again


def test_filters_stand_in_the_address_and_an_empty_list_says_why(clinic: Clinic) -> None:
    browser = clinic.browser()
    sent_from(clinic, browser, clinic.draft())
    found = {
        "template": clinic.template.code,
        "period": clinic.period.id,
        "status": "submitted",
        "place": "SY07",
        "reporter": "uossm",
        "q": "jasmine",
    }
    assert "Count: 1" in text_of(browser.get("/reports/", found))
    assert "No reports for this filter." in text_of(browser.get("/reports/", found | {"status": "draft"}))
    for wrong in ({"period": "x"}, {"place": "\x00"}, {"q": "\u202e%_"}, {"sort": "-id;drop"}, {"page": "-9"}):
        assert browser.get("/reports/", wrong).status_code == 200


def test_what_is_due_stands_with_the_most_overdue_first(clinic: Clinic) -> None:
    for place, (period, day) in enumerate([(clinic.period, days_ago(2)), (clinic.period.previous(), days_ago(9))]):
        ExpectedReport.objects.create(
            template=clinic.template,
            facility=clinic.facility,
            period_start=period.start,
            reporter=clinic.ngo,
            due=day,
            subdistrict=clinic.place,
            place_path=clinic.place.path,
            directorate=clinic.directorate,
            dataset=clinic.template.dataset,
        )
        assert place < 2
    told = text_of(clinic.browser().get("/reports/due/"))
    assert told.index("9 days overdue") < told.index("2 days overdue")
    assert "Nothing is due" in text_of(clinic.browser(clinic.stranger).get("/reports/due/"))


def test_what_is_due_is_narrowed_by_filters_that_stand_in_the_address(clinic: Clinic) -> None:
    ExpectedReport.objects.create(
        template=clinic.template,
        facility=clinic.facility,
        period_start=clinic.period.start,
        reporter=clinic.ngo,
        due=days_ago(2),
        subdistrict=clinic.place,
        place_path=clinic.place.path,
        directorate=clinic.directorate,
        dataset=clinic.template.dataset,
    )
    browser = clinic.browser()
    found = {"template": clinic.template.code, "status": "overdue", "place": "SY07", "q": "jasmine"}
    assert "2 days overdue" in text_of(browser.get("/reports/due/", found))
    for missed in ({"status": "returned"}, {"q": "nowhere at all"}):
        told = text_of(browser.get("/reports/due/", found | missed))
        assert "Nothing that is due fits this filter." in told
        assert "2 days overdue" not in told
    for wrong in ({"template": "x"}, {"status": "approved"}, {"place": "\x00"}, {"q": "\u202e%_"}, {"page": "-9"}):
        assert browser.get("/reports/due/", wrong).status_code == 200


def test_the_list_asks_as_many_queries_for_fifty_reports_as_for_one(
    clinic: Clinic, django_assert_num_queries: Any
) -> None:
    browser, period = clinic.browser(), clinic.period
    clinic.draft()
    # The logo in force is looked up once for all pages.
    browser.get("/")
    with django_assert_num_queries(30, exact=False) as few:
        browser.get("/reports/")
    for _week in range(8):
        period = period.previous()
        clinic.draft(period=period)
    with django_assert_num_queries(len(few.captured_queries)):
        browser.get("/reports/")


def test_paper_carries_both_languages_and_can_be_blank(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    browser.post(f"/reports/{draft.pk}/fill/", {clinic.slot("cases_measles", "m_u5"): "4711"})
    filled, blank = (text_of(browser.get(f"/reports/{draft.pk}/paper/", query)) for query in ({}, {"blank": "1"}))
    assert "4711" in filled
    assert "4711" not in blank
    assert "حصبة مشتبهة Suspected measles" in blank


def test_the_base_says_what_the_page_showed(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    slot = clinic.slot("cases_measles", "m_u5")
    browser.post(f"/reports/{draft.pk}/fill/", {slot: "-"})
    assert json.loads(base_of(browser.get(f"/reports/{draft.pk}/fill/"))) == {slot: "–"}


def test_who_reported_is_not_told_to_those_who_may_not_report_it(clinic: Clinic) -> None:
    observer = member("observer", OrganisationFactory(kind="cluster"))
    for person in (observer, clinic.stranger):
        answer = clinic.browser(person).get("/reports/start/", start_data(clinic))
        assert answer.status_code == 403
