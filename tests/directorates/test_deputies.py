"""Deputies: someone stands in for some days, with that role's rights and no others; the record keeps both names."""

import datetime

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from coordination.homes import waiting_count
from coordination.reporting.actions.reviews import approve
from coordination.reporting.models import SubmissionEvent
from directorates.actions.deputies import (
    confirm_deputy,
    deputies_to_confirm,
    end_deputyship,
    name_deputy,
    refuse_deputy,
)
from directorates.actions.seals import seal
from directorates.foundation.notices import words_of
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Deputyship, Membership, Notice, Organisation, User
from directorates.models.deputies import away, holders, roles_with
from directorates.models.validity import lasting
from directorates.permissions import Permission, Refused, may, open_role, rights_of
from directorates.roles import Role
from tests.factories import BodyFactory, DirectorateFactory, SubdistrictFactory, confirmed_deputy, member
from tests.reporting.reports import Scene, wide_scene

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)


@pytest.fixture
def scene() -> Scene:
    """A directorate with a data officer, an NGO, a facility."""
    return wide_scene()


@pytest.fixture
def director(scene: Scene) -> User:
    """The director."""
    return member("director", scene.directorate, name="Amal")


def membership(person: User) -> Membership:
    """The person's role."""
    return Membership.objects.get(person=person)


def today() -> datetime.date:
    """The day."""
    return timezone.localdate()


def fresh(person: User) -> User:
    """The person as the next request has it."""
    return User.objects.get(pk=person.pk)


def named(person: User, deputy: User, first: int = 0, last: int = 3, by: User | None = None) -> Deputyship:
    """A deputyship over days seen from today, confirmed."""
    return confirmed_deputy(asked(person, deputy, first, last, by))


def asked(person: User, deputy: User, first: int = 0, last: int = 3, by: User | None = None) -> Deputyship:
    """The same, as it waits for a second person."""
    today = timezone.localdate()
    return name_deputy(
        by=by or person,
        membership=membership(person),
        deputy=deputy,
        first=today + first * DAY,
        last=today + last * DAY,
        at=timezone.now(),
    )


def stood(person: User, deputy: User, first: int, last: int) -> Deputyship:
    """A deputyship as it stands in the tables, confirmed, over any days."""
    today, now = timezone.localdate(), timezone.now()
    valid, second = lasting(today + first * DAY, today + last * DAY), member("administrator", BodyFactory())
    given = {"membership": membership(person), "deputy": deputy, "valid": valid, "by": person, "at": now}
    return Deputyship.objects.create(**given, confirmed_by=second, confirmed_at=now)


def test_a_deputy_may_what_the_role_may_and_no_more(scene: Scene, director: User) -> None:
    submission = scene.sent()
    assert not may(director, Permission.REVIEW_REPORTS, submission)
    named(scene.officer, director)
    assert may(fresh(director), Permission.REVIEW_REPORTS, submission)
    assert not may(fresh(director), Permission.RUN_CONSOLIDATION)
    assert not may(fresh(scene.officer), Permission.MANAGE_PEOPLE, scene.directorate)


def test_the_history_and_the_record_keep_both_names(scene: Scene, director: User) -> None:
    submission = scene.sent()
    named(scene.officer, director)
    approve(by=fresh(director), submission=submission, at=timezone.now())
    event = SubmissionEvent.objects.get(what="approved")
    assert (event.by, event.instead_of) == (director, scene.officer)
    entry = AuditEvent.objects.get(what="approve")
    assert (entry.by, entry.details["instead_of"]) == (director, scene.officer.pk)
    client = Client()
    client.force_login(fresh(scene.officer))
    said = client.get(reverse("reporting:report", args=[submission.pk])).content.decode()
    assert f"standing in for: <bdi>{scene.officer}</bdi>" in said


def test_what_one_may_oneself_is_done_in_ones_own_name(scene: Scene) -> None:
    colleague = member("data_officer", scene.directorate)
    named(scene.officer, colleague)
    approve(by=fresh(colleague), submission=scene.sent(), at=timezone.now())
    assert SubmissionEvent.objects.get(what="approved").instead_of is None
    assert "instead_of" not in AuditEvent.objects.get(what="approve").details


@pytest.mark.parametrize(("first", "last", "gives"), [(-3, -1, False), (-3, 0, True), (0, 0, True), (1, 3, False)])
def test_the_days_are_read_at_every_question(scene: Scene, director: User, first: int, last: int, gives: bool) -> None:
    stood(scene.officer, director, first, last)
    assert may(fresh(director), Permission.REVIEW_REPORTS, scene.sent()) is gives


def test_nobody_gives_what_they_hold_no_more(scene: Scene, director: User) -> None:
    submission = scene.sent()
    named(scene.officer, director)
    Membership.objects.filter(person=scene.officer).update(valid=lasting(None, timezone.localdate() - DAY))
    assert not may(fresh(director), Permission.REVIEW_REPORTS, submission)
    Membership.objects.filter(person=scene.officer).update(valid=lasting(None))
    assert may(fresh(director), Permission.REVIEW_REPORTS, submission)
    User.objects.filter(pk=scene.officer.pk).update(is_active=False)
    assert not may(fresh(director), Permission.REVIEW_REPORTS, submission)


def test_a_deputy_who_left_the_house_stands_in_no_more(scene: Scene, director: User) -> None:
    submission = scene.sent()
    named(scene.officer, director)
    Membership.objects.filter(person=director).update(valid=lasting(None, timezone.localdate() - DAY))
    person = fresh(director)
    person.chosen_organisation_id = scene.directorate.pk
    assert not may(person, Permission.REVIEW_REPORTS, submission)


def test_a_role_for_some_places_stays_within_them(scene: Scene, director: User) -> None:
    membership(scene.officer).places.set([SubdistrictFactory()])
    named(scene.officer, director)
    assert not may(fresh(director), Permission.REVIEW_REPORTS, scene.sent())


def test_standing_in_is_not_handed_on(scene: Scene, director: User) -> None:
    named(scene.officer, director)
    third = member("observer", scene.directorate)
    named(director, third)
    assert not may(fresh(third), Permission.REVIEW_REPORTS, scene.sent())
    assert may(fresh(third), Permission.MANAGE_PEOPLE, scene.directorate)


def test_ending_it_takes_effect_at_once_and_once(scene: Scene, director: User) -> None:
    deputyship = named(scene.officer, director)
    end_deputyship(by=scene.officer, deputyship=deputyship, at=timezone.now())
    assert not rights_of(fresh(director)).holds(Permission.REVIEW_REPORTS)
    with pytest.raises(Problem) as problem:
        end_deputyship(by=scene.officer, deputyship=deputyship, at=timezone.now())
    assert problem.value.code == "ended_already"
    assert AuditEvent.objects.filter(what="end_deputyship").count() == 1


def test_who_names_and_who_ends(scene: Scene, director: User) -> None:
    other = member("data_officer", scene.directorate)
    stranger = member("director", DirectorateFactory())
    for person in (other, stranger, scene.coordinator):
        with pytest.raises(Refused):
            named(scene.officer, director, by=person)
    deputyship = named(scene.officer, other, by=director)
    for person in (stranger, scene.coordinator):
        with pytest.raises(Refused):
            end_deputyship(by=person, deputyship=deputyship, at=timezone.now())
    end_deputyship(by=other, deputyship=deputyship, at=timezone.now())
    told = Notice.objects.filter(kind="deputy", values__what="given").values_list("person", flat=True)
    assert set(told) == {other.pk, scene.officer.pk, director.pk}


def test_all_that_is_wrong_is_told_at_once(scene: Scene, director: User) -> None:
    def faults(person: User, deputy: User, first: int, last: int) -> list[tuple[str, str]]:
        with pytest.raises(Problem) as problem:
            named(person, deputy, first, last)
        return [(fault.field, fault.code) for fault in problem.value.errors]

    assert faults(scene.officer, scene.coordinator, 3, 1) == [
        ("last", "ends_before_it_begins"),
        ("deputy", "no_colleague"),
    ]
    assert faults(scene.officer, director, -5, -1) == [("last", "in_the_past")]
    assert faults(scene.officer, director, -1, 3) == [("first", "in_the_past")]
    assert faults(scene.officer, director, 0, 400) == [("last", "too_long")]
    assert faults(scene.officer, scene.officer, 0, 1) == [("deputy", "no_colleague")]
    named(scene.officer, director, 2, 4)
    assert faults(scene.officer, director, 4, 5) == [("first", "taken")]
    assert faults(scene.coordinator, scene.coordinator, 0, 1)[0] == ("", "no_deputy")
    Membership.objects.filter(person=scene.officer).update(valid=lasting(None, timezone.localdate() + DAY))
    assert faults(scene.officer, director, 10, 11) == [("first", "role_not_held")]


def test_the_database_keeps_one_deputy_at_a_time(scene: Scene, director: User) -> None:
    stood(scene.officer, director, 0, 3)
    with pytest.raises(IntegrityError), transaction.atomic():
        stood(scene.officer, member("data_officer", scene.directorate), 3, 4)


def test_holders_of_a_role_include_deputies(scene: Scene, director: User) -> None:
    named(scene.officer, director)
    today, roles = timezone.localdate(), roles_with(Permission.REVIEW_REPORTS)
    found = {(one.person, one.instead_of) for one in holders([scene.directorate.pk], roles, today)}
    assert found == {(scene.officer, None), (director, scene.officer)}
    later = {one.person for one in holders([scene.directorate.pk], roles, today + 9 * DAY)}
    assert later == {scene.officer}


# --- A second person -----------------------------------------------------------------------------------------------


def test_sensitive_rights_are_handed_on_once_a_second_person_confirmed(scene: Scene, director: User) -> None:
    deputy, submission = member("observer", scene.directorate), scene.sent()
    deputyship = asked(scene.officer, deputy)
    told = Notice.objects.get(kind="deputy")
    assert (told.person, told.values["what"]) == (director, "asked")
    assert str(scene.officer) not in str(words_of(told))
    assert not may(fresh(deputy), Permission.REVIEW_REPORTS, submission)
    assert deputy not in [one.person for one in holders([scene.directorate.pk], [Role.DATA_OFFICER], today())]
    assert not away(scene.directorate.pk, today()).exists()
    confirm_deputy(by=director, deputyship=deputyship, at=timezone.now())
    assert may(fresh(deputy), Permission.REVIEW_REPORTS, submission)
    entry = AuditEvent.objects.get(what="confirm_deputy")
    assert (entry.by, entry.details["asked_by"]) == (director, scene.officer.pk)
    given = Notice.objects.filter(kind="deputy", values__what="given")
    assert {row.person for row in given} == {deputy, scene.officer}
    with pytest.raises(Problem, match="decided_already"):
        confirm_deputy(by=director, deputyship=deputyship, at=timezone.now())


def test_neither_who_asked_nor_the_deputy_nor_somebody_else_confirms(scene: Scene, director: User) -> None:
    deputy, second = member("director", scene.directorate), member("director", scene.directorate)
    body = member("administrator", BodyFactory())
    deputyship = asked(director, deputy)
    for person in (director, deputy, scene.officer, scene.coordinator, body, member("director", DirectorateFactory())):
        for deed in (confirm_deputy, refuse_deputy):
            with pytest.raises(Refused):
                deed(by=fresh(person), deputyship=deputyship, at=timezone.now())
        assert deputies_to_confirm(fresh(person), timezone.now()) == []
    assert [one.deputyship for one in deputies_to_confirm(fresh(second), timezone.now())] == [deputyship]
    # Where nobody else manages the people there, the body is asked.
    Membership.objects.filter(person=second).update(valid=lasting(None, today() - DAY))
    confirm_deputy(by=fresh(body), deputyship=deputyship, at=timezone.now())
    assert may(fresh(deputy), Permission.SEAL_DIRECTORATES)
    assert AuditEvent.objects.get(what="confirm_deputy").concerns == scene.directorate


def test_a_second_person_who_acts_for_another_organisation_confirms_nothing(scene: Scene, director: User) -> None:
    second, deputy = member("director", scene.directorate), member("observer", scene.directorate)
    elsewhere = DirectorateFactory()
    open_role(elsewhere, Role.DIRECTOR)
    Membership.objects.create(person=second, organisation=elsewhere, role=Role.DIRECTOR, valid=lasting(None))
    deputyship = asked(director, deputy)
    acting = User.objects.get(pk=second.pk)
    acting.chosen_organisation_id = elsewhere.pk
    assert deputies_to_confirm(acting, timezone.now()) == []
    with pytest.raises(Refused):
        confirm_deputy(by=acting, deputyship=deputyship, at=timezone.now())
    acting = User.objects.get(pk=second.pk)
    acting.chosen_organisation_id = scene.directorate.pk
    confirm_deputy(by=acting, deputyship=deputyship, at=timezone.now())


def test_whoever_stands_in_for_a_manager_neither_names_deputies_nor_confirms_them(scene: Scene, director: User) -> None:
    second, deputy = member("director", scene.directorate), member("observer", scene.directorate)
    named(director, deputy)
    with pytest.raises(Refused, match="second_person"):
        asked(scene.officer, member("observer", scene.directorate), by=fresh(deputy))
    waits = asked(scene.officer, member("observer", scene.directorate), by=second)
    with pytest.raises(Refused):
        confirm_deputy(by=fresh(deputy), deputyship=waits, at=timezone.now())


def test_what_is_refused_or_not_confirmed_in_time_gives_nothing_and_frees_its_days(
    scene: Scene, director: User
) -> None:
    deputy, later = member("observer", scene.directorate), timezone.now() + 8 * DAY
    refused = asked(scene.officer, deputy, 0, 20)
    refuse_deputy(by=director, deputyship=refused, at=timezone.now())
    assert Notice.objects.get(values__what="refused").person == scene.officer
    lapsed = asked(scene.officer, deputy, 0, 20)
    with pytest.raises(Problem, match="decided_already"):
        confirm_deputy(by=director, deputyship=lapsed, at=later)
    assert deputies_to_confirm(director, later) == []
    Deputyship.objects.filter(pk=lapsed.pk).update(at=timezone.now() - 8 * DAY)
    assert not may(fresh(deputy), Permission.REVIEW_REPORTS)
    assert asked(scene.officer, deputy, 0, 20).ended is None


def test_nothing_is_confirmed_for_whoever_manages_nobody_any_more_nor_while_sealed(
    scene: Scene, director: User
) -> None:
    second, deputy = member("director", scene.directorate), member("observer", scene.directorate)
    waits = asked(scene.officer, deputy, by=second)
    Membership.objects.filter(person=second).update(valid=lasting(None, today() - DAY))
    with pytest.raises(Problem, match="asker_gone"):
        confirm_deputy(by=fresh(director), deputyship=waits, at=timezone.now())
    body = member("administrator", BodyFactory())
    other = asked(director, deputy)
    seal(by=director, organisation=scene.directorate, reason="x", at=timezone.now())
    assert deputies_to_confirm(body, timezone.now()) == []
    with pytest.raises((Problem, Refused)):
        confirm_deputy(by=body, deputyship=other, at=timezone.now())


def test_the_database_itself_refuses_the_same_person_twice(scene: Scene, director: User) -> None:
    deputy, now = member("observer", scene.directorate), timezone.now()
    row = Deputyship.objects.filter(pk=asked(scene.officer, deputy).pk)
    for person in (scene.officer, deputy):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(confirmed_by=person, confirmed_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        row.update(confirmed_by=director)


@pytest.mark.parametrize("language", ["ar", "en"])
def test_a_second_person_finds_it_at_home_and_decides_on_its_page(scene: Scene, director: User, language: str) -> None:
    deputy, before = member("observer", scene.directorate, name="Nour"), waiting_count(director)
    deputyship = asked(scene.officer, deputy)
    address = reverse("directorates:decide_deputy", args=[deputyship.pk])
    client = signed_in(director, language)
    assert waiting_count(fresh(director)) == before + 1
    for page in ("/", reverse("directorates:people")):
        assert address in client.get(page).content.decode()
    assert "Nour" in client.get(address).content.decode()
    assert client.post(address, {"decision": "perhaps"}).status_code == 400
    for person in (scene.officer, deputy, scene.coordinator):
        assert signed_in(person).get(address).status_code == 404
    assert client.post(address, {"decision": "confirm"}).status_code == 302
    assert may(fresh(deputy), Permission.REVIEW_REPORTS)
    assert client.get(address).status_code == 302
    assert client.get("/").context["deputies_to_confirm"] == []
    assert waiting_count(fresh(director)) == before
    page = reverse("directorates:deputies", args=[deputyship.membership_id])
    assert str(director) in client.get(page).content.decode()


# --- Pages ---------------------------------------------------------------------------------------------------------


def signed_in(person: User, language: str = "en") -> Client:
    """A browser in which the person signed in."""
    User.objects.filter(pk=person.pk).update(language=language)
    client = Client()
    client.force_login(fresh(person))
    return client


def posted(client: Client, person: User, **given: object) -> tuple[int, str]:
    """Name a deputy by the page; the status and what is said."""
    answer = client.post(reverse("directorates:deputies", args=[membership(person).pk]), given, follow=True)
    return answer.status_code, answer.content.decode()


def test_an_officer_names_a_deputy_who_finds_the_inbox_and_who_is_away(scene: Scene, director: User) -> None:
    client, today = signed_in(scene.officer), timezone.localdate()
    page = reverse("directorates:deputies", args=[membership(scene.officer).pk])
    assert page in client.get(reverse("account")).content.decode()
    days = {"first": today.isoformat(), "last": (today + 3 * DAY).isoformat()}
    status, said = posted(client, scene.officer, deputy=director.pk, **days)
    assert status == 200
    assert "The deputy stands in once a second person confirms it." in said
    assert signed_in(director).get(reverse("reporting:inbox")).status_code == 403
    confirmed_deputy(Deputyship.objects.get())
    assert posted(client, scene.officer, deputy=director.pk, **days)[0] == 400
    assert Deputyship.objects.count() == 1
    scene.sent()
    deputy = signed_in(director)
    inbox = deputy.get(reverse("reporting:inbox")).content.decode()
    assert "Stands in:" in inbox
    home = deputy.get("/").content.decode()
    assert reverse("reporting:inbox") in home
    assert "standing in for:" in home
    deputyship = Deputyship.objects.get()
    assert deputy.post(reverse("directorates:end_deputyship", args=[deputyship.pk])).status_code == 302
    assert deputy.get(reverse("reporting:inbox")).status_code == 403


@pytest.mark.parametrize("given", [{}, {"deputy": "x", "first": "no", "last": "0001-01-01"}, {"deputy": "9" * 400}])
def test_bad_input_is_told_beside_its_field(scene: Scene, director: User, given: dict[str, str]) -> None:
    status, said = posted(signed_in(scene.officer), scene.officer, **given)
    assert status == 400
    assert 'aria-invalid="true"' in said
    assert not Deputyship.objects.exists()


def test_strangers_find_no_page_of_deputies(scene: Scene, director: User) -> None:
    stranger: Organisation = DirectorateFactory()
    deputyship = named(scene.officer, director)
    for person in (scene.coordinator, member("director", stranger), member("data_officer", scene.directorate)):
        client = signed_in(person)
        assert posted(client, scene.officer)[0] == 404
        assert client.post(reverse("directorates:end_deputyship", args=[deputyship.pk])).status_code == 404
    assert posted(signed_in(scene.coordinator), scene.coordinator)[0] == 404


def test_a_deputy_reads_who_stands_in_and_names_nobody(scene: Scene, director: User) -> None:
    deputy = member("data_officer", scene.directorate)
    named(scene.officer, deputy)
    address = reverse("directorates:deputies", args=[membership(scene.officer).pk])
    for person, names in ((scene.officer, True), (deputy, False)):
        page = signed_in(person).get(address)
        assert page.status_code == 200
        assert ('name="deputy"' in page.content.decode()) is names
