"""What was typed is never cut, dropped or left behind without a word."""

import json

import pytest
from django.test import Client

from tests.factories import member
from tests.reporting.clinic import Clinic

pytestmark = pytest.mark.django_db

LONG = "ملاحظة طويلة " * 400


@pytest.fixture
def clinic() -> Clinic:
    """A health centre."""
    return Clinic()


def test_a_remark_that_is_too_long_is_kept_whole_and_told_until_it_is_shortened(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    slot = clinic.slot("unusual_event")
    browser.post(f"/reports/{draft.pk}/fill/", clinic.complete() | {slot: LONG})
    draft.draft.refresh_from_db()
    assert draft.draft.notes[slot]["raw"] == LONG.strip()
    told = browser.post(f"/reports/{draft.pk}/check/")
    assert told.status_code == 400
    draft.refresh_from_db()
    assert draft.status == "draft"
    browser.post(f"/reports/{draft.pk}/fill/", clinic.complete() | {slot: "قصيرة"})
    browser.post(f"/reports/{draft.pk}/check/")
    draft.refresh_from_db()
    assert (draft.status, draft.revision and draft.revision.notes[slot]["text"]) == ("submitted", "قصيرة")


def test_a_reason_that_is_too_long_is_kept_whole_and_told(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    slot = clinic.slot("week_consultations_u5")
    typed = clinic.complete() | {slot: "800", f"r-{slot}": "y" * 2500}
    browser.post(f"/reports/{draft.pk}/fill/", typed)
    draft.draft.refresh_from_db()
    assert draft.draft.notes[slot]["reason"] == "y" * 2500
    assert browser.post(f"/reports/{draft.pk}/check/").status_code == 400


def test_more_than_can_be_saved_is_refused_aloud_and_nothing_is_changed(clinic: Clinic) -> None:
    browser, draft = clinic.browser(), clinic.draft()
    given = {clinic.slot("cases_measles", "m_u5"): "7", clinic.slot("unusual_event"): "9" * 200_001}
    page = browser.post(f"/reports/{draft.pk}/fill/", given)
    assert page.status_code == 413
    assert "Too much was typed at once" in page.content.decode()
    told = browser.post(f"/reports/{draft.pk}/fill/", given, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (413, "too_large")
    draft.draft.refresh_from_db()
    assert not draft.draft.doc


def test_a_form_of_another_affiliation_keeps_what_was_typed_and_offers_to_act_as_it(clinic: Clinic) -> None:
    draft, slot = clinic.draft(), clinic.slot("cases_measles", "m_u5")
    member("ngo_coordinator", clinic.other_ngo, person=clinic.clerk)
    browser = clinic.browser()
    act_as(browser, clinic.other_ngo.pk)
    answer = browser.post(f"/reports/{draft.pk}/fill/", {slot: "17"})
    assert answer.headers["Location"] == f"/reports/{draft.pk}/fill/"
    page = browser.get(f"/reports/{draft.pk}/fill/")
    assert (page.status_code, "Act as: UOSSM" in page.content.decode()) == (403, True)
    act_as(browser, clinic.ngo.pk)
    assert 'value="17"' in browser.get(f"/reports/{draft.pk}/fill/").content.decode()
    assert not draft.draft.doc


def test_the_script_is_told_that_another_affiliation_is_acted_for(clinic: Clinic) -> None:
    draft = clinic.draft()
    member("ngo_coordinator", clinic.other_ngo, person=clinic.clerk)
    browser = clinic.browser()
    act_as(browser, clinic.other_ngo.pk)
    told = browser.post(f"/reports/{draft.pk}/fill/", {"s1": "1"}, headers={"accept": "application/json"})
    assert (told.status_code, json.loads(told.content)) == (403, {"code": "acting"})


def test_a_stranger_learns_nothing_of_whose_report_it_is(clinic: Clinic) -> None:
    draft = clinic.draft()
    browser = clinic.browser(clinic.stranger)
    assert browser.get(f"/reports/{draft.pk}/fill/").status_code == 404
    assert browser.post(f"/reports/{draft.pk}/fill/", {"s1": "1"}).status_code == 404


def act_as(browser: Client, organisation: int) -> None:
    """Choose another affiliation."""
    browser.post("/act-as/", {"organisation": organisation})
