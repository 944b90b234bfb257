"""Seals: a directorate closes its data at the next request; who may close and who may open; what goes on meanwhile."""

import datetime
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.models import Model
from django.test import Client
from django.utils import timezone

from coordination.exchange.actions.exports import rights_told
from coordination.reporting.actions.scopes import rescope
from coordination.reporting.models import Submission
from directorates.actions.seals import ask_unseal, confirm_seal, deeds_open, seal, seals_alone, unseal, withdraw_seal
from directorates.foundation.problems import Problem
from directorates.foundation.sight import Way, seeing
from directorates.models import (
    AccessToken,
    AuditEvent,
    Dataset,
    DirectorateSeal,
    Notice,
    Organisation,
    OutboxMessage,
    User,
)
from directorates.models.deputies import holders
from directorates.models.seals import sealed
from directorates.permissions import Refused, rights_of, sealed_off, sight_of
from directorates.record_words import deed_of
from directorates.roles import Role
from tests.api.callers import Caller
from tests.factories import (
    CountryFactory,
    DirectorateFactory,
    DistrictFactory,
    OrganisationFactory,
    SubdistrictFactory,
    UserFactory,
    member,
    signed_in,
)
from tests.reporting.reports import Scene

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


class Parties(Scene):
    """A directorate with its director, another with its own, the body with its administrator and data manager."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.director = member("director", self.directorate, name="Amal", email="amal@idlib.org")
        self.other = DirectorateFactory()
        self.other_director = member("director", self.other, name="Basel")
        self.administrator = member("administrator", self.body, name="Carine")
        self.second = member("administrator", self.body, name="Dima")
        self.manager = member("data_manager", self.body, name="Elias")

    def sealed(self) -> DirectorateSeal:
        """Sealed by its director."""
        return seal(by=fresh(self.director), organisation=self.directorate, reason="A raid", at=timezone.now())

    def asked(self, at: datetime.datetime | None = None) -> DirectorateSeal:
        """Asked for by the body."""
        at = at or timezone.now()
        return seal(by=fresh(self.administrator), organisation=self.directorate, reason="No word", at=at)

    def lifted(self, held: DirectorateSeal) -> DirectorateSeal:
        """Lifted by the body and the other directorate."""
        at = timezone.now()
        ask_unseal(by=fresh(self.administrator), seal=held, reason="They are safe", at=at)
        return unseal(by=fresh(self.other_director), seal=held, at=at)


@pytest.fixture
def parties() -> Parties:
    """Who seals and who is sealed."""
    return Parties(place=SubdistrictFactory(parent=DistrictFactory()))


def fresh(person: User) -> User:
    """The person as the next request has it."""
    return User.objects.get(pk=person.pk)


def seen(person: User, table: type[Model] = Submission) -> int:
    """How many rows the database itself shows a person."""
    with seeing(sight_of(fresh(person))), connection.cursor() as cursor:
        cursor.execute(f'SELECT count(*) FROM "{table._meta.db_table}"')
        return int(cursor.fetchone()[0])


# --- Who may -------------------------------------------------------------------------------------------------------


def test_a_director_seals_alone_and_at_once(parties: Parties) -> None:
    held = parties.sealed()
    assert held.closes
    assert held.confirmed_by is None
    assert sealed([parties.directorate.pk, parties.other.pk]) == {parties.directorate.pk}
    assert AuditEvent.objects.filter(what="seal", thing=str(held.pk), by=parties.director).exists()
    assert OutboxMessage.objects.filter(task="reporting.rescope").exists()
    told = set(Notice.objects.filter(kind="seal").values_list("person", flat=True))
    assert told == {p.pk for p in (parties.other_director, parties.administrator, parties.second, parties.manager)}
    with pytest.raises(Refused):  # closed out with all others
        parties.sealed()


def test_the_body_alone_never_seals(parties: Parties) -> None:
    held = parties.asked()
    assert not held.closes
    assert sealed([parties.directorate.pk]) == set()
    for person in (parties.administrator, parties.second):
        with pytest.raises(Refused) as caught:
            confirm_seal(by=fresh(person), seal=held, at=timezone.now())
        assert caught.value.code == "second_organisation"
    confirm_seal(by=fresh(parties.other_director), seal=held, at=timezone.now())
    assert sealed([parties.directorate.pk]) == {parties.directorate.pk}
    with pytest.raises(Problem, match="wrong_state"):
        confirm_seal(by=fresh(parties.other_director), seal=held, at=timezone.now())


def test_one_person_of_two_organisations_is_one_person(parties: Parties) -> None:
    both = member("director", parties.other, person=parties.administrator)
    held = parties.asked()
    acting = fresh(both)
    acting.chosen_organisation_id = parties.other.pk
    with pytest.raises(Refused):
        confirm_seal(by=acting, seal=held, at=timezone.now())


@pytest.mark.parametrize("who", ["officer", "coordinator", "manager"])
def test_whoever_manages_nobody_is_refused(parties: Parties, who: str) -> None:
    person: User = getattr(parties, who)
    with pytest.raises(Refused):
        seal(by=fresh(person), organisation=parties.directorate, reason="x", at=timezone.now())
    held = parties.asked()
    for deed in (confirm_seal, unseal, withdraw_seal):
        with pytest.raises(Refused):
            deed(by=fresh(person), seal=held, at=timezone.now())
    with pytest.raises(Refused):
        ask_unseal(by=fresh(person), seal=held, reason="x", at=timezone.now())


def test_whoever_may_not_seal_is_offered_nothing(parties: Parties) -> None:
    held = parties.asked()
    assert deeds_open(fresh(parties.other_director), held, timezone.now()) == {"confirm"}
    assert deeds_open(fresh(parties.officer), held, timezone.now()) == set()
    assert seals_alone(fresh(parties.director), parties.directorate)
    assert not seals_alone(fresh(parties.officer), parties.directorate)


def test_what_cannot_be_sealed_or_was_asked_for_already_is_told(parties: Parties) -> None:
    for organisation, reason, code in (
        (parties.ngo, "x", "no_directorate"),
        (parties.directorate, " ", "invalid"),
        (parties.directorate, "x" * 1001, "invalid"),
    ):
        with pytest.raises(Problem, match=code):
            seal(by=fresh(parties.administrator), organisation=organisation, reason=reason, at=timezone.now())
    parties.asked()
    with pytest.raises(Problem, match="asked_already"):
        parties.asked()
    parties.sealed()  # the director does not wait for the second
    with pytest.raises(Problem, match="sealed_already"):
        parties.asked()
    assert DirectorateSeal.objects.open().count() == 1


def test_an_old_request_is_made_anew_and_one_can_be_taken_back(parties: Parties) -> None:
    old = parties.asked(timezone.now() - 4 * DAY)
    with pytest.raises(Problem, match="wrong_state"):
        confirm_seal(by=fresh(parties.other_director), seal=old, at=timezone.now())
    held = parties.asked()
    with pytest.raises(Problem, match="wrong_state"):
        withdraw_seal(by=fresh(parties.other_director), seal=held, at=timezone.now())
    withdraw_seal(by=fresh(parties.second), seal=held, at=timezone.now())
    assert not DirectorateSeal.objects.open().exists()
    with pytest.raises(Problem, match="wrong_state"):
        confirm_seal(by=fresh(parties.other_director), seal=held, at=timezone.now())


def test_two_of_two_organisations_lift_a_seal(parties: Parties) -> None:
    held = parties.sealed()
    with pytest.raises(Refused):
        ask_unseal(by=fresh(parties.director), seal=held, reason="Forced", at=timezone.now())
    with pytest.raises(Problem, match="wrong_state"):
        unseal(by=fresh(parties.administrator), seal=held, at=timezone.now())
    ask_unseal(by=fresh(parties.administrator), seal=held, reason="Safe", at=timezone.now())
    for person in (parties.administrator, parties.second):
        with pytest.raises(Refused):
            unseal(by=fresh(person), seal=held, at=timezone.now())
    withdraw_seal(by=fresh(parties.administrator), seal=held, at=timezone.now())
    with pytest.raises(Problem, match="wrong_state"):
        unseal(by=fresh(parties.other_director), seal=held, at=timezone.now())
    parties.lifted(held)
    assert sealed([parties.directorate.pk]) == set()
    assert rights_of(fresh(parties.director)).scopes
    parties.sealed()


def test_the_database_holds_the_rules(parties: Parties) -> None:
    now = timezone.now()
    asked = {"organisation": parties.directorate, "reason": "x", "asked": now, "asked_by": parties.administrator}
    asked |= {"asked_as": parties.body}
    second = {"confirmed_by": parties.second, "confirmed_as": parties.body}
    lift = {"lift_asked": now, "lift_asked_by": parties.administrator, "lift_asked_as": parties.body}
    other = {"confirmed_by": parties.other_director, "confirmed_as": parties.other}
    for wrong in (
        {"since": now},
        {"since": now, **second},
        {"since": now, "confirmed_by": parties.administrator, "confirmed_as": parties.other},
        lift,
        {"since": now, **other, "lifted": now, "lifted_by": parties.second, "lifted_as": parties.body, **lift},
        {"since": now, **other, "lifted": now, "lifted_by": parties.second, "lifted_as": parties.body},
        {"since": now, **other, "withdrawn": now},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            DirectorateSeal.objects.create(**asked, **wrong)
    parties.asked()
    with pytest.raises(IntegrityError), transaction.atomic():
        DirectorateSeal.objects.create(**asked)


# --- What it closes ------------------------------------------------------------------------------------------------


@pytest.mark.wall
def test_everything_is_closed_at_the_next_request(parties: Parties) -> None:
    report = parties.sent()
    browser, caller = signed_in(parties.officer), Caller(parties.officer)
    assert browser.get(f"/reports/{report.pk}/").status_code == 200
    assert caller.get("/api/v1/submissions/").status_code == 200
    before = rights_told(fresh(parties.officer))
    held = parties.sealed()
    for address in ("/", f"/reports/{report.pk}/", "/people/", "/account/", "/jobs/", "/exchange/reports/", "/seals/"):
        answer = browser.get(address)
        assert answer.status_code == 403, address
        assert "This directorate is sealed" in answer.content.decode()
        assert answer["Cache-Control"] == "no-store"
        assert str(report.receipt) not in answer.content.decode()
    assert browser.get("/api/v1/submissions/").json()["code"] == "sealed"
    told = caller.get("/api/v1/submissions/")
    assert (told.status_code, told.json()["code"]) == (403, "sealed")
    assert sealed_off(fresh(parties.officer))
    assert rights_of(fresh(parties.officer)).scopes == ()
    assert rights_told(fresh(parties.officer)) != before
    assert seen(parties.officer) == 0
    assert holders([parties.directorate.pk], [Role.DIRECTOR], timezone.localdate()) == []
    assert held.closes


def test_every_refusal_to_a_sealed_directorate_is_on_record(parties: Parties) -> None:
    browser, caller = signed_in(parties.officer), Caller(parties.officer)
    parties.sealed()
    browser.get("/people/", REMOTE_ADDR="192.0.2.7")
    browser.post("/reports/review/")
    browser.get("/api/v1/submissions/")
    caller.get("/api/v1/submissions/")
    browser.post("/accounts/logout/")
    told = AuditEvent.objects.filter(by=parties.officer, what="sealed").order_by("id")
    assert [(event.refused, event.acting, event.thing) for event in told] == [
        (True, parties.directorate, str(parties.directorate.pk))
    ] * 4
    assert [event.way for event in told] == [Way.PAGE, Way.PAGE, Way.PAGE, Way.KEY]
    assert told[0].address == "192.0.2.7"
    assert deed_of(told[0]) == "was refused: the directorate is sealed"


def test_whoever_has_another_organisation_acts_as_that_one(parties: Parties) -> None:
    person = member("ngo_coordinator", parties.ngo, person=parties.officer)
    browser = signed_in(person)
    parties.sealed()
    assert browser.get("/").status_code == 403
    answer = browser.post("/act-as/", {"organisation": parties.ngo.pk, "next": "/"}, follow=True)
    assert answer.status_code == 200
    assert browser.post("/accounts/logout/").status_code == 302


@pytest.mark.wall
def test_reports_are_seen_by_their_reporter_and_the_data_manager_alone(parties: Parties) -> None:
    parties.sent()
    surveillance = OrganisationFactory(kind="surveillance")
    Dataset.objects.filter(pk=parties.template.dataset_id).update(custodian=surveillance)
    watcher = member("surveillance_officer", surveillance)
    assert [seen(p) for p in (parties.coordinator, parties.manager, watcher, parties.officer)] == [1, 1, 1, 1]
    held = parties.sealed()
    assert [seen(p) for p in (parties.coordinator, parties.manager, watcher, parties.officer)] == [1, 1, 0, 0]
    parties.lifted(held)
    assert [seen(p) for p in (parties.coordinator, parties.manager, watcher, parties.officer)] == [1, 1, 1, 1]


def test_the_body_reviews_meanwhile_and_new_reports_go_there(parties: Parties) -> None:
    report = parties.sent()
    held = parties.sealed()
    assert rescope() == 1
    report.refresh_from_db()
    assert (report.reviewer, report.directorate) == (parties.body, parties.directorate)
    assert Submission.objects.to_review(fresh(parties.manager)).filter(pk=report.pk).exists()
    parties.lifted(held)
    assert rescope() == 1
    report.refresh_from_db()
    assert report.reviewer == parties.directorate


def test_names_are_shown_as_roles(parties: Parties) -> None:
    person = parties.director
    with seeing(sight_of(fresh(parties.administrator))):
        assert str(User.objects.get(pk=person.pk)) == "Amal"
    parties.sealed()
    with seeing(sight_of(fresh(parties.administrator))):
        found = User.objects.get(pk=person.pk)
        assert (str(found), found.email, found.is_hidden) == (str(Role.DIRECTOR.label), "", True)
        found.language = "ar"
        found.save()
        assert str(User.objects.get(pk=parties.manager.pk)) == "Elias"
    held = User.objects.get(pk=person.pk)
    assert (held.name, held.email, held.language) == ("Amal", "amal@idlib.org", "ar")
    browser = signed_in(parties.administrator)
    text = browser.get("/people/").content.decode()
    assert "Amal" not in text
    assert "amal@idlib.org" not in text
    assert "Dima" in text
    assert "Sealed:" in text
    for address in ("/people/?q=amal", "/record/?q=amal", f"/people/{person.pk}/"):
        assert "Amal" not in browser.get(address).content.decode()


def test_files_of_others_open_no_more_and_do_again_afterwards(parties: Parties) -> None:
    before = rights_told(fresh(parties.manager))
    held = parties.sealed()
    assert rights_told(fresh(parties.manager)) != before
    parties.lifted(held)
    assert rights_told(fresh(parties.manager)) == before


def test_after_lifting_people_sign_in_anew_and_keys_have_ended(parties: Parties) -> None:
    browser, caller, other = signed_in(parties.officer), Caller(parties.officer), signed_in(parties.coordinator)
    assert browser.get("/").status_code == 200
    assert caller.get("/api/v1/submissions/").status_code == 200
    parties.lifted(parties.sealed())
    assert browser.get("/")["Location"].startswith("/accounts/login/")
    assert caller.get("/api/v1/submissions/").status_code == 401
    assert not AccessToken.objects.filter(user=parties.officer).exists()
    assert signed_in(parties.officer).get("/").status_code == 200
    assert other.get("/").status_code == 200


# --- Pages ---------------------------------------------------------------------------------------------------------


def test_everybody_reads_that_it_is_sealed_and_only_those_who_decide_read_why(parties: Parties) -> None:
    held = parties.sealed()
    ask_unseal(by=fresh(parties.administrator), seal=held, reason="They are safe", at=timezone.now())
    donor = member("donor", OrganisationFactory(kind="donor"))
    readers = [signed_in(p) for p in (parties.coordinator, parties.manager, donor, parties.other_director)]
    pages = [reader.get("/seals/").content.decode() for reader in readers]
    files = [reader.post("/exchange/exports/seals/", {"format": "csv"}).content.decode() for reader in readers]
    for texts in (pages, files):
        assert all(parties.directorate.name_en in text for text in texts)
        assert ["A raid" in text for text in texts] == [False, False, False, True]
        assert ["They are safe" in text for text in texts] == [False, False, False, True]


def test_sealing_and_lifting_by_the_pages(parties: Parties) -> None:
    body, other = signed_in(parties.administrator), signed_in(parties.other_director)
    asked = {"organisation": parties.directorate.pk, "reason": "No word"}
    assert body.post("/seals/new/", asked | {"reason": ""}).status_code == 400
    assert body.post("/seals/new/", asked | {"organisation": parties.ngo.pk}).status_code == 400
    assert body.post("/seals/new/", asked)["Location"] == "/seals/"
    assert body.post("/seals/new/", asked).status_code == 400
    held = DirectorateSeal.objects.get()
    assert f"/seals/{held.pk}/confirm/" not in body.get("/seals/").content.decode()
    assert body.post(f"/seals/{held.pk}/confirm/").status_code == 403
    assert f"/seals/{held.pk}/confirm/" in other.get("/seals/").content.decode()
    assert "No word" in other.get(f"/seals/{held.pk}/confirm/").content.decode()
    other.post(f"/seals/{held.pk}/confirm/")
    assert sealed([parties.directorate.pk])
    assert other.get(f"/seals/{held.pk}/lift/").status_code == 200
    assert other.post(f"/seals/{held.pk}/lift/", {"reason": "Safe"})["Location"] == "/seals/"
    assert body.get(f"/seals/{held.pk}/lift/confirm/").status_code == 200
    body.post(f"/seals/{held.pk}/lift/confirm/")
    assert not sealed([parties.directorate.pk])
    assert "A directorate is sealed" in body.get("/notices/").content.decode()


def test_only_who_directs_it_is_told_that_a_directorate_is_sealed_at_once(parties: Parties) -> None:
    for person, alone in ((parties.director, True), (parties.administrator, False)):
        page = signed_in(person).get("/seals/new/").content.decode()
        assert ("is sealed at once by its director" in page) is alone


def test_who_may_not_lift_a_seal_is_refused_before_it_is_looked_at(parties: Parties) -> None:
    held = parties.sealed()
    assert signed_in(parties.coordinator).get(f"/seals/{held.pk}/lift/").status_code == 403


def test_strangers_find_nothing_to_do(parties: Parties) -> None:
    held = parties.asked()
    reader = signed_in(parties.coordinator)
    assert reader.get("/seals/").status_code == 200
    for address in ("/seals/new/", f"/seals/{held.pk}/confirm/", f"/seals/{held.pk}/lift/confirm/"):
        assert reader.get(address).status_code == 403
        assert reader.post(address).status_code == 403
    assert reader.post(f"/seals/{held.pk}/withdraw/").status_code == 403
    assert "/seals/new/" not in reader.get("/seals/").content.decode()
    # Whoever has no role does not even read which directorates are sealed.
    assert parties.directorate.name_en not in signed_in(UserFactory()).get("/seals/").content.decode()
    assert Client().get("/seals/").status_code == 302
    assert signed_in(parties.administrator).get("/seals/999999/confirm/").status_code == 404
    assert signed_in(parties.administrator).get(f"/seals/{held.pk}/lift/").status_code == 404


@pytest.mark.wall
def test_the_drill_closes_everything_and_leaves_nothing() -> None:
    CountryFactory()
    out = StringIO()
    call_command("drill-seal", facilities=3, sessions=3, stdout=out)
    assert out.getvalue().count("closed  ") == 6
    assert "OPEN" not in out.getvalue()
    assert not DirectorateSeal.objects.exists()
    assert not Organisation.objects.filter(code__startswith="drill").exists()
