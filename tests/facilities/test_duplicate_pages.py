"""Pages of duplicates: the list, two entries compared, merging with a confirmation, the old code's way."""

import pytest
from django.utils import timezone

from coordination.reporting.actions.assignments import hand_over
from coordination.reporting.actions.counted import recount_by_register
from coordination.reporting.actions.reviews import approve, reopen
from coordination.reporting.models import Assignment, CountedReport, Submission
from directorates.foundation.models import OutboxMessage
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent
from directorates.models.validity import lasting
from facilities.actions.duplicates import merge
from facilities.models import Facility, Merge, NotDuplicate
from facilities.models.duplicates import family_of
from tests.facilities.proposing import DAY, Register
from tests.facilities.test_duplicates import pair
from tests.facilities.test_proposal_pages import browser, text
from tests.factories import LONG_AGO, BodyFactory, SubdistrictFactory, assigned, member, published
from tests.reporting.reports import sent

pytestmark = pytest.mark.django_db
ADDRESS = "/facilities/duplicates/SY07-H001/SY07-H002/"


@pytest.fixture
def register() -> Register:
    """A directorate, two entries of one hospital, and the people around them."""
    found = Register()
    pair(found)
    return found


def merged(register: Register) -> Merge:
    """The second entry merged into the first."""
    one, other = (Facility.objects.get(code=f"SY07-H00{number}") for number in (1, 2))
    return merge(survivor=one, merged=other, reason="One building", by=register.officer, at=timezone.now())


def test_the_list_leads_to_the_comparison(register: Register) -> None:
    client = browser(register.officer)
    page = text(client.get("/facilities/duplicates/"))
    assert ADDRESS in page
    assert "one name for both" in page
    assert "same district" in page
    assert "/facilities/duplicates/" in text(client.get("/facilities/"))
    assert text(client.get(ADDRESS)).count("Zaitun Hospital") >= 1


def test_any_two_entries_are_compared_by_their_codes(register: Register) -> None:
    client = browser(register.officer)
    found = client.get("/facilities/duplicates/", {"first": "a", "second": "SY07-H002"})
    assert found["Location"] == "/facilities/duplicates/A/SY07-H002/"
    for first, second, wrong in (("A", "a", {"second"}), ("\x00", "X", {"first", "second"}), ("A", "", {"second"})):
        page = client.get("/facilities/duplicates/", {"first": first, "second": second})
        assert page.context["form"].errors.keys() == wrong


def test_readers_and_organisations_merge_nothing(register: Register) -> None:
    client = browser(register.nour)
    for address in ("/facilities/duplicates/", ADDRESS):
        assert client.get(address).status_code == 403
    assert (
        client.post(ADDRESS, {"merge": "1", "survivor": "SY07-H001", "reason": "x", "confirmed": "on"}).status_code
        == 403
    )
    assert "/facilities/duplicates/" not in text(client.get("/facilities/"))
    assert not Merge.objects.exists()


@pytest.mark.parametrize("address", ["SY07-H001/SY07-H001/", "SY07-H001/nowhere/", "A/SY07-H002/merged/"])
def test_what_is_no_pair_is_no_page(register: Register, address: str) -> None:
    assert browser(register.officer).get(f"/facilities/duplicates/{address}").status_code == 404


def test_a_merge_asks_which_stays_why_and_for_a_confirmation(register: Register) -> None:
    client = browser(register.officer)
    page = client.post(ADDRESS, {"merge": "1"})
    assert page.status_code == 400
    assert page.context["merging"].errors.keys() == {"survivor", "reason", "confirmed"}
    assert not Merge.objects.exists()
    assert "This cannot be undone." in text(page)
    asked = {"merge": "1", "survivor": "SY07-H002", "reason": "One building", "confirmed": "on"}
    assert client.post(ADDRESS, asked)["Location"] == "/facilities/SY07-H002/"
    assert Merge.objects.get().merged.code == "SY07-H001"
    assert client.post(ADDRESS, asked).status_code == 404


def test_two_facilities_are_kept_apart_through_the_page(register: Register) -> None:
    client = browser(register.officer)
    client.post(ADDRESS, {"reason": "Two streets"})
    assert NotDuplicate.objects.get().reason == "Two streets"
    assert "No two entries look like one facility." in text(client.get("/facilities/duplicates/"))
    assert "Two streets" in text(client.get(ADDRESS))


def test_of_two_entries_one_sees_and_merges_as_much_as_of_each(register: Register) -> None:
    far = register.another("B", place=SubdistrictFactory())
    register.proposed(facility=far)
    person = member("data_officer", register.directorate, places=register.place.line()[1:])
    client, address = browser(person), "/facilities/duplicates/SY07-H001/B/"
    assert client.get(address).status_code == 404
    # Who reads the register everywhere, and keeps a part of it.
    member("observer", register.directorate, person=person)
    page = client.get(address).context
    assert [one.proposals for one in page["sides"]] == [0, 0]
    assert page["merges"] is False
    assert client.get(ADDRESS).context["merges"] is True
    page = browser(register.officer).get(address).context
    assert [one.proposals for one in page["sides"]] == [0, 1]
    assert page["merges"] is False


def test_the_old_code_leads_to_the_survivor_and_its_history_stays_readable(register: Register) -> None:
    merged(register)
    client = browser(register.officer)
    answer = client.get("/facilities/SY07-H002/", follow=True)
    assert answer.redirect_chain[-1][0] == "/facilities/SY07-H001/"
    page = text(answer)
    assert "was merged into this one" in page
    assert "/facilities/SY07-H002/merged/" in page
    old = text(client.get("/facilities/SY07-H002/merged/"))
    assert "One building" in old
    assert "Closed" in old
    assert "/facilities/SY07-H002/status/" not in old
    assert client.get("/facilities/SY07-H001/merged/")["Location"] == "/facilities/SY07-H001/"
    for deed in ("describe", "status", "support", "propose"):
        assert client.get(f"/facilities/SY07-H002/{deed}/").status_code == 404


def test_lists_and_search_show_the_survivor_by_the_old_code_and_the_api_answers_with_the_status(
    register: Register,
) -> None:
    merged(register)
    client = browser(register.officer)
    page = client.get("/facilities/", {"q": "SY07-H002"})
    assert [row.code for row in page.context["page"]] == ["SY07-H001"]
    assert "/facilities/SY07-H002/" not in text(client.get("/search/", {"q": "Zaitun"}))
    assert client.get("/api/v1/facilities/SY07-H002/").json()["status"] == "closed"


@pytest.fixture
def both(register: Register) -> list[Submission]:
    """A report of each entry that counts for one month."""
    version, reports = published(), []
    for code in ("SY07-H001", "SY07-H002"):
        facility = Facility.objects.get(code=code)
        reports.append(sent(version, facility=facility, reporter=register.uossm, by=register.nour))
        approve(by=register.officer, submission=reports[-1], at=timezone.now())
    return reports


TWICE = "In 1 period several entries of one facility have an approved report."


def test_past_periods_that_count_twice_are_named_before_merging(register: Register, both: list[Submission]) -> None:
    page = text(browser(register.officer).get(ADDRESS))
    assert TWICE in page
    assert all(f"/reports/{report.pk}/" in page for report in both)
    unread = text(browser(member("administrator", BodyFactory())).get(ADDRESS))
    assert TWICE in unread
    assert "Reports sent" in page
    assert "Reports sent" not in unread
    assert f"/reports/{both[1].pk}/" not in unread


def test_of_merged_entries_one_report_counts_and_both_stand_on_the_survivors_page_until_one_is_reopened(
    register: Register, both: list[Submission]
) -> None:
    client = browser(register.officer)
    assert TWICE not in text(client.get("/facilities/SY07-H001/"))
    asked = {"merge": "1", "survivor": "SY07-H001", "reason": "One building", "confirmed": "on"}
    client.post(ADDRESS, asked)
    assert OutboxMessage.objects.filter(task="reporting.recount_by_register").exists()
    recount_by_register()
    page = text(client.get("/facilities/SY07-H001/"))
    assert TWICE in page
    assert all(f"/reports/{report.pk}/" in page for report in both)
    counted = CountedReport.objects.get().submission
    (aside,) = (report for report in both if report.pk != counted.pk)
    read = text(client.get(f"/reports/{aside.pk}/"))
    assert "A report about another entry of the same facility counts" in read
    reopen(by=register.officer, submission=counted, reason="Twice", at=timezone.now())
    assert TWICE not in text(client.get("/facilities/SY07-H001/"))
    assert CountedReport.objects.get().submission == aside


def test_entries_merged_one_after_another_are_counted_together(register: Register, both: list[Submission]) -> None:
    merged(register)
    last = register.another("SY07-H003", type="hospital")
    given = {"merge": "1", "survivor": "SY07-H003", "reason": "One building", "confirmed": "on"}
    client = browser(register.officer)
    assert TWICE in text(client.get("/facilities/duplicates/SY07-H001/SY07-H003/"))
    assert client.post("/facilities/duplicates/SY07-H001/SY07-H003/", given).status_code == 302
    assert family_of(last) == {report.facility_id for report in both} | {last.pk}
    assert TWICE in text(client.get("/facilities/SY07-H003/"))


def test_the_entry_that_stays_reports_by_the_templates_of_both_from_today(register: Register) -> None:
    one, other = (Facility.objects.get(code=f"SY07-H00{number}") for number in (1, 2))
    today = timezone.localdate()
    only, shared, coming = published().template, published().template, published().template
    assigned(only, other)
    assigned(shared, one, other)
    Assignment.objects.create(template=coming, facility=other, valid=lasting(today + DAY, today + 9 * DAY))
    asked = {"merge": "1", "survivor": "SY07-H001", "reason": "One building", "confirmed": "on"}
    browser(register.officer).post(ADDRESS, asked)
    here = {row.template: (row.first_day, row.last_day) for row in Assignment.objects.filter(facility=one)}
    assert here == {only: (today, None), shared: (LONG_AGO, None), coming: (today + DAY, today + 9 * DAY)}
    there = {row.template: (row.first_day, row.last_day) for row in Assignment.objects.filter(facility=other)}
    assert there == {only: (LONG_AGO, today - DAY), shared: (LONG_AGO, today - DAY)}
    events = AuditEvent.objects.filter(what="assign").order_by("pk")
    assert [event.details["facilities"] for event in events] == [["SY07-H001"]] * 2
    hand_over(merge=Merge.objects.get(), by=register.officer, at=timezone.now())
    assert Assignment.objects.count() == 5


def test_a_merge_that_fails_hands_nothing_over(register: Register, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(**_given: object) -> None:
        raise Problem("invalid", "no")

    monkeypatch.setattr("coordination.facility_duplicates.hand_over", broken)
    asked = {"merge": "1", "survivor": "SY07-H001", "reason": "One building", "confirmed": "on"}
    assert browser(register.officer).post(ADDRESS, asked).status_code == 400
    assert not Merge.objects.exists()
    assert Facility.objects.get(code="SY07-H002").status == "functioning"
