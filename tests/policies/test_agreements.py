"""Agreements: drafted by their parties or the body, opened for signature, signed, entered from paper, given up, ended."""

import datetime
from collections.abc import Callable
from functools import partial

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Notice
from directorates.permissions import Refused
from directorates.roles import Role
from policies.actions.agreements import (
    change_agreement,
    discard_agreement,
    end_agreement,
    give_up_agreement,
    open_for_signature,
)
from policies.actions.articles import remove_article
from policies.models import Agreement, AgreementState, Article, Party
from tests.api.callers import Caller
from tests.factories import GovernorateFactory, OrganisationFactory, UserFactory, member
from tests.policies.claims import taken_along
from tests.policies.pacts import DAY, RULE_EN, Pacts, again, states
from tests.threads import at_once

pytestmark = pytest.mark.django_db
NOW = timezone.now


# --- Drafts ----------------------------------------------------------------------------------------------------------


def test_two_organisations_need_nobody_for_an_accord() -> None:
    pacts = Pacts()
    made = pacts.signed()
    assert made.state(pacts.today) is AgreementState.IN_FORCE
    assert (made.keeper, made.first_day, made.last_day) == (pacts.directorate, pacts.today, None)
    assert states(made, pacts.today) == ["party_standing", "party_standing"]
    assert AuditEvent.objects.filter(what="sign_agreement").count() == 2


def test_an_organisation_drafts_its_own_agreements_and_the_body_any() -> None:
    pacts = Pacts()
    with pytest.raises(Problem) as told:
        pacts.begin(pacts.first, pacts.second, written=False)
    assert [(one.field, one.code) for one in told.value.errors] == [("parties", "own_party")]
    assert pacts.begin(pacts.first, pacts.second, by=pacts.keeper).keeper == pacts.body
    with pytest.raises(Refused):
        pacts.begin(by=pacts.reader)
    with pytest.raises(Refused):
        pacts.begin(by=member(Role.DIRECTOR, pacts.directorate, places=[GovernorateFactory()]))


def test_all_that_is_wrong_with_a_draft_is_told_together() -> None:
    pacts = Pacts()
    with pytest.raises(Problem) as told:
        pacts.begin(
            pacts.directorate,
            pacts.first,
            kind="tripartite",
            name_en=" ",
            summary_ar="عند 35.9306, 36.6339",
            since=pacts.today + 400 * DAY,
            until=pacts.today,
        )
    assert {(one.field, one.code) for one in told.value.errors} == {
        *(("parties", "wrong_number"), ("name_en", "required"), ("summary_ar", "location")),
        *(("since", "too_late"), ("until", "before_first")),
    }
    assert not Agreement.objects.exists()


def test_a_draft_begun_twice_stands_once() -> None:
    pacts = Pacts()
    pacts.begin()
    with pytest.raises(Problem) as told:
        pacts.begin()
    assert (told.value.code, told.value.status) == ("exists", 409)
    assert Agreement.objects.count() == 1


def test_who_saw_an_older_draft_overwrites_nothing() -> None:
    pacts = Pacts()
    made = pacts.begin()
    seen = made.standing()
    said = pacts.said(pacts.directorate, pacts.first, name_en="Theirs")
    change_agreement(agreement=made, said=said, seen=seen, by=pacts.director, at=NOW())
    mine = pacts.said(pacts.directorate, pacts.second, name_en="Mine")
    with pytest.raises(Problem) as told:
        change_agreement(agreement=made, said=mine, seen=seen, by=pacts.director, at=NOW())
    assert told.value.code == "changed"
    assert again(made).name_en == "Theirs"
    change_agreement(agreement=made, said=mine, seen=again(made).standing(), by=pacts.director, at=NOW())
    assert set(made.parties.values_list("organisation__code", flat=True)) == {"idlib", "uossm"}


def test_a_draft_is_discarded_and_what_was_opened_is_not() -> None:
    pacts = Pacts()
    discard_agreement(agreement=pacts.begin(), by=pacts.director)
    assert not Agreement.objects.exists()
    made = pacts.open()
    with pytest.raises(Problem) as told:
        discard_agreement(agreement=made, by=pacts.director)
    assert told.value.code == "not_draft"
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM policies_agreement WHERE id = %s", [made.pk])


def test_nothing_is_opened_without_articles_in_both_languages_or_with_a_past_end() -> None:
    pacts = Pacts()
    made = pacts.begin(written=False, until=pacts.today - DAY)
    with pytest.raises(Problem) as told:
        pacts.ask(made)
    assert {one.code for one in told.value.errors} == {"no_articles", "over"}
    pacts.write(made, text_ar="")
    with pytest.raises(Problem) as told:
        pacts.ask(made)
    assert {one.code for one in told.value.errors} == {"no_text", "over"}


def test_whoever_saw_another_draft_opens_nothing() -> None:
    pacts = Pacts()
    made = pacts.begin()
    seen = made.texts.get().edition
    pacts.write(made, heading_en="Another")
    with pytest.raises(Problem) as told:
        open_for_signature(agreement=made, seen=seen, by=pacts.director, at=NOW())
    assert told.value.code == "changed"


# --- Who sees it -----------------------------------------------------------------------------------------------------


def test_a_draft_is_read_by_its_named_parties_and_the_body_and_by_everybody_once_it_is_in_force() -> None:
    pacts = Pacts()
    made = pacts.begin()
    for person, sees in (
        *((pacts.director, True), (pacts.first_manager, True), (pacts.keeper, True)),
        *((pacts.second_manager, False), (pacts.reader, False), (UserFactory(), False)),
    ):
        assert Agreement.objects.visible_to(person).exists() is sees, person
    pacts.ask(made)
    assert not Agreement.objects.visible_to(pacts.reader).exists()
    for person in (pacts.director, pacts.first_manager):
        pacts.sign(made, person)
    assert Agreement.objects.visible_to(pacts.reader).exists()


# --- What is fixed ---------------------------------------------------------------------------------------------------


def test_what_was_opened_for_signature_never_changes_whoever_writes() -> None:
    pacts = Pacts()
    made = pacts.open()
    text, article = made.texts.get(), Article.objects.get()
    with pytest.raises(Problem) as told:
        remove_article(article=article, seen=text.edition, by=pacts.director, at=NOW())
    assert told.value.code == "not_draft"
    for deed in (
        lambda: Agreement.objects.filter(pk=made.pk).update(name_en="Other"),
        lambda: Agreement.objects.filter(pk=made.pk).update(until=pacts.today),
        lambda: Article.objects.filter(pk=article.pk).update(text_en="Other"),
        lambda: Article.objects.filter(pk=article.pk).delete(),
        lambda: Party.objects.filter(agreement=made).delete(),
        lambda: Party.objects.filter(agreement=made).update(organisation=pacts.second),
        lambda: made.texts.update(number=7),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()


def test_the_first_day_of_what_was_signed_stays() -> None:
    pacts = Pacts()
    made = pacts.signed()
    with pytest.raises(DatabaseError, match="never changes"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE policies_agreement SET valid = daterange('2001-01-01', upper(valid)) WHERE id = %s", [made.pk]
        )


# --- Coming into force -----------------------------------------------------------------------------------------------


def test_it_holds_from_the_day_agreed_on_and_never_before_the_last_signature() -> None:
    pacts = Pacts()
    later = pacts.signed(since=pacts.today + 10 * DAY)
    assert later.state(pacts.today) is AgreementState.COMING
    assert later.first_day == pacts.today + 10 * DAY
    earlier = pacts.signed(since=pacts.today - 10 * DAY, name_en="Earlier")
    assert earlier.first_day == pacts.today


def test_a_charter_can_hold_once_two_have_signed_and_others_join_as_they_sign() -> None:
    pacts = Pacts()
    made = pacts.open(pacts.directorate, pacts.first, pacts.second, rule="two", ago=10)
    pacts.sign(made, pacts.director, ago=10)
    assert again(made).state(pacts.today) is AgreementState.OPEN
    pacts.sign(made, pacts.first_manager, ago=10)
    assert again(made).first_day == pacts.today - 10 * DAY
    pacts.sign(made, pacts.second_manager)
    third = pacts.party(made, pacts.second_manager)
    assert third.first_day == pacts.today


def test_what_is_signed_after_its_last_day_is_refused() -> None:
    pacts = Pacts()
    made = pacts.open(until=pacts.today - 5 * DAY, ago=10)
    pacts.sign(made, pacts.director, ago=10)
    with pytest.raises(Problem) as told:
        pacts.sign(made, pacts.first_manager)
    assert told.value.code == "over"
    assert made.parties.exclude(signatures=None).count() == 1


def test_an_agreement_is_given_up_with_a_reason_and_signed_no_more() -> None:
    pacts = Pacts()
    made = pacts.open()
    with pytest.raises(Problem) as told:
        give_up_agreement(agreement=made, why=" ", by=pacts.director, at=NOW())
    assert [one.code for one in told.value.errors] == ["required"]
    with pytest.raises(Refused):
        give_up_agreement(agreement=made, why="No", by=pacts.first_manager, at=NOW())
    give_up_agreement(agreement=made, why="Nobody came", by=pacts.director, at=NOW())
    client = pacts.browser(pacts.director)
    ((_one, state),) = client.get("/policies/agreements/?state=given_up").context["rows"]
    assert state is AgreementState.GIVEN_UP
    with pytest.raises(Problem) as told:
        pacts.sign(made, pacts.first_manager)
    assert told.value.code == "not_open"
    with pytest.raises(Problem) as told:
        give_up_agreement(agreement=pacts.signed(name_en="B"), why="No", by=pacts.director, at=NOW())
    assert told.value.code == "not_open"


# --- Records ---------------------------------------------------------------------------------------------------------


def test_what_was_signed_on_paper_is_entered_with_past_days_and_ended_as_a_whole() -> None:
    pacts = Pacts()
    since = datetime.date(2015, 1, 1)
    made = pacts.recorded(pacts.directorate, pacts.first, pacts.second, since=since)
    assert (made.recorded, made.first_day) == (True, since)
    assert made.parties.filter(signatures__paper=True).count() == 3
    told = Notice.objects.filter(person=pacts.first_manager, kind="agreement").get()
    assert told.values["what"] == "paper"
    with pytest.raises(Problem) as problem:
        end_agreement(agreement=made, last_day=since - DAY, why="x", by=pacts.keeper, at=NOW())
    assert [one.code for one in problem.value.errors] == ["before_first"]
    last = datetime.date(2019, 6, 30)
    ended = end_agreement(agreement=made, last_day=last, why="Dissolved", by=pacts.keeper, at=NOW())
    assert (ended.last_day, ended.state(pacts.today)) == (last, AgreementState.ENDED)
    with pytest.raises(Problem) as problem:
        end_agreement(agreement=made, last_day=last, why="x", by=pacts.keeper, at=NOW())
    assert problem.value.code == "over"


def test_what_is_signed_here_is_ended_by_leaving_alone() -> None:
    pacts = Pacts()
    made = pacts.signed()
    with pytest.raises(Problem) as told:
        end_agreement(agreement=made, last_day=pacts.today, why="x", by=pacts.director, at=NOW())
    assert told.value.code == "not_recorded"


# --- Doubled and at once ---------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_draft_that_is_begun_at_the_same_moment_twice_stands_once() -> None:
    pacts = Pacts()
    answers = at_once(*[lambda: pacts.begin(written=False)] * 3)
    assert sorted(one.code for one in answers if isinstance(one, Problem)) == ["exists", "exists"]
    assert Agreement.objects.count() == 1


# --- Pages -----------------------------------------------------------------------------------------------------------


def test_an_agreement_is_begun_written_opened_and_signed_on_pages() -> None:
    pacts = Pacts()
    office = pacts.browser(pacts.director)
    said = {"kind": "bilateral", "name_ar": "اتفاق", "name_en": "Referral pact", "rule": "all"}
    told = office.post("/policies/agreements/new/", said)
    assert told.status_code == 400
    office.post("/policies/agreements/new/", said | {"parties": ["idlib", "sams"]})
    made = Agreement.objects.get()
    home = f"/policies/agreements/{made.pk}/"
    words = {"heading_ar": "أ", "heading_en": "Planning", "text_ar": "نص", "text_en": RULE_EN}
    assert office.post(f"{home}articles/new/", words).headers["Location"] == f"{home}#planning"
    assert RULE_EN in office.get(home).text
    assert pacts.browser(pacts.reader).get(home).status_code == 404
    seen = made.texts.get().edition
    office.post(f"{home}open/", {"seen": seen})
    other = pacts.browser(pacts.first_manager)
    assert "waits for" in other.get("/").text
    assert "You sign as" in other.get(f"{home}sign/").text
    assert other.post(f"{home}sign/", {"capacity": ""}).status_code == 400
    for browser in (office, other):
        browser.post(f"{home}sign/", {"capacity": "Director"})
    page = pacts.browser(pacts.reader).get(home).text
    assert "In force" in page
    assert RULE_EN in page
    assert pacts.first_manager.name not in page, "who signed stands in the record alone"
    doubled = other.post(f"{home}sign/", {"capacity": "Director"}, follow=True)
    assert "has signed already" in doubled.text


def test_the_list_is_narrowed_sorted_and_taken_along_as_it_is_shown() -> None:
    pacts = Pacts()
    pacts.signed(name_en="Accord now")
    old = pacts.recorded(
        pacts.directorate, pacts.first, pacts.second, since=datetime.date(2015, 1, 1), name_en="Charter old"
    )
    end_agreement(agreement=old, last_day=datetime.date(2019, 6, 30), why="x", by=pacts.keeper, at=NOW())
    pacts.begin(pacts.directorate, pacts.second, name_en="Draft one")
    client = pacts.browser(pacts.director)
    for query, shown in (
        *(("", 1), ("state=over", 1), ("state=all", 3), ("state=draft", 1), ("state=open", 0), ("state=coming", 0)),
        *(("kind=charter&state=all", 1), ("organisation=uossm&state=all", 2), ("q=charter&state=all", 1)),
        *(("day=2016-05-01", 1), ("sort=-parties&state=all", 3), ("sort=name&state=all", 3)),
    ):
        page = client.get(f"/policies/agreements/?{query}")
        assert len(page.context["rows"]) == shown, query
        assert taken_along(client, "policy-agreements", query).count("idlib") >= shown, query
    reader = pacts.browser(pacts.reader)
    assert len(reader.get("/policies/agreements/?state=all").context["rows"]) == 2
    assert "Begin one" not in reader.get("/policies/agreements/?state=all").text


def test_pages_and_answers_cost_the_same_for_many_as_for_few() -> None:
    pacts = Pacts()
    client, caller = pacts.browser(pacts.director), Caller(pacts.director)
    made = pacts.signed()
    pages = ("/policies/agreements/", f"/policies/agreements/{made.pk}/", "/policies/agreements/alliances/")
    asked: dict[str, Callable[[], object]] = {page: partial(client.get, page) for page in pages}
    asked["/api/v1/agreements/"] = partial(caller.get, "/api/v1/agreements/")
    few = {page: queries_of(ask) for page, ask in asked.items()}
    for number in range(4):
        pacts.signed(name_en=f"More {number}")
    assert {page: queries_of(ask) for page, ask in asked.items()} == few


def queries_of(ask: Callable[[], object]) -> int:
    """How many queries something costs once it is warm."""
    ask()
    with CaptureQueriesContext(connection) as found:
        ask()
    return len(found)


# --- API -------------------------------------------------------------------------------------------------------------


def test_programs_read_what_came_into_force_and_no_drafts() -> None:
    pacts = Pacts()
    made = pacts.signed(until=pacts.today + 50 * DAY)
    pacts.begin(name_en="Draft")
    caller = Caller(pacts.director)
    (found,) = caller.get("/api/v1/agreements/?organisation=sams&kind=bilateral&status=in_force").json()["results"]
    assert found == {
        "id": made.pk,
        "kind": "bilateral",
        "name": {"ar": "اتفاق", "en": "Pact"},
        "status": "agreement_in_force",
        "keeper": "idlib",
        "recorded": False,
        "since": pacts.today.isoformat(),
        "until": (pacts.today + 50 * DAY).isoformat(),
        "parties": [
            {
                "organisation": code,
                "status": "party_standing",
                "since": pacts.today.isoformat(),
                "until": None,
                "signed": pacts.today.isoformat(),
                "on_paper": False,
            }
            for code in ("idlib", "sams")
        ],
    }
    whole = caller.get(f"/api/v1/agreements/{made.pk}/").json()
    assert [one["text"]["en"] for one in whole["articles"]] == [RULE_EN]
    assert [(one["number"], one["kind"]) for one in whole["texts"]] == [(1, "original")]
    assert caller.get("/api/v1/agreements/99999/").status_code == 404
    assert caller.get("/api/v1/agreements/?status=flying&kind=x&organisation=nobody").status_code == 400


def test_an_organisation_that_acts_no_more_cannot_be_asked_for_a_signature() -> None:
    pacts = Pacts()
    gone = OrganisationFactory(code="gone", status="dissolved")
    made = pacts.begin(pacts.directorate, gone)
    with pytest.raises(Problem) as told:
        pacts.ask(made)
    assert [one.code for one in told.value.errors] == ["not_active"]
