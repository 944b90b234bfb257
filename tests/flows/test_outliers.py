"""What stands out, with the real web server, worker and broker, by pages without a script: typed, sent, read, looked at."""

import pytest

from coordination.reporting.models import Look
from directorates.models import User
from tests.factories import PASSWORD, second_step
from tests.flows.clinic_past import HIGH, LOW, WORD, ClinicPast
from tests.flows.region import said, until
from tests.flows.visitor import Visitor
from tests.stack import Stack

pytestmark = pytest.mark.stack


def test_a_nought_too_many_is_told_before_sending_marked_for_the_reviewer_and_stops_nobody(live_stack: Stack) -> None:
    past, language = ClinicPast(), "ar"
    past.speak(language)
    clerk, officer = (signed_in(live_stack, person, language) for person in (past.clinic.clerk, past.clinic.officer))

    form = clerk.open(f"/reports/{past.draft.pk}/fill/")
    check = clerk.press(form, said(language, "Check and send"), past.typed())
    assert said(language, "None of this stands in the way of sending. The reviewer sees the same.") in check.text
    assert LOW in check.text
    assert HIGH in check.text
    receipt = clerk.press(check, said(language, "Send"))
    assert receipt.address.endswith("/receipt/")

    until(past.compared)
    inbox = officer.open("/reports/review/?mark=stands-out")
    report = officer.follow(inbox, f"/reports/{past.draft.pk}/")
    assert said(language, "Unusual figure", "outlier") in report.text
    report = officer.press(report, said(language, "Keep"), {"word": WORD})
    assert said(language, "The word stands in the history of the report.") in report.text
    assert Look.objects.get().word == WORD
    officer.press(report, said(language, "Approve"))
    assert past.submission().status == "approved"
    assert WORD in clerk.open(f"/reports/{past.draft.pk}/").text


def signed_in(stack: Stack, person: User, language: str) -> Visitor:
    """A browser in which a person has signed in."""
    visitor = Visitor(stack.url, language)
    visitor.sign_in(person.email, PASSWORD, second_step(person))
    return visitor
