"""Roles with sensitive rights: offered by one person, confirmed by a second, and by nobody else."""

import datetime
import re
from functools import partial
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from directorates.actions.deputies import name_deputy
from directorates.actions.people import accept_invitation, end_membership, give_role, invite, withdraw_invitation
from directorates.actions.roles_by_two import (
    confirm_role,
    offers_seen_by,
    offers_to_confirm,
    refuse_role,
    who_would_confirm,
)
from directorates.actions.seals import seal
from directorates.foundation.notices import words_of
from directorates.foundation.problems import Problem
from directorates.models import AuditEvent, Invitation, Membership, Notice, Organisation, User
from directorates.permissions import Permission, Refused, may
from directorates.roles import GIVEN_BY_TWO, Role
from tests.factories import (
    PASSWORD,
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    OrganisationFactory,
    UserFactory,
    confirmed,
    confirmed_deputy,
    member,
    show_second_factor,
    signed_in,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
NEW = {"name": "ليلى", "password": "olive-harbour-93", "again": "olive-harbour-93"}


class House:
    """A directorate with two who manage its people, and the body with an administrator."""

    def __init__(self) -> None:
        self.directorate: Organisation = DirectorateFactory()
        self.director = member(Role.DIRECTOR, self.directorate, name="Huda")
        self.manager = member(Role.ORGANISATION_ADMINISTRATOR, self.directorate, name="Samir")
        self.administrator = member(Role.ADMINISTRATOR, BodyFactory(), name="Rana")
        self.colleague = member(Role.OBSERVER, self.directorate, name="Amal")

    def invited(self, by: User | None = None, email: str = "new@example.org", **more: Any) -> tuple[Invitation, str]:
        """An invitation to a role with sensitive rights, and the secret of its link."""
        asked: dict[str, Any] = {"organisation": self.directorate, "role": Role.DATA_OFFICER, "at": timezone.now()}
        return invite(email=email, by=by or self.director, **asked | more)

    def offered(self, by: User | None = None, **more: Any) -> Invitation:
        """The same role, offered to somebody who is known."""
        asked: dict[str, Any] = {"person": self.colleague, "organisation": self.directorate, "places": []}
        asked |= {"role": Role.DATA_OFFICER, "since": timezone.localdate(), "at": timezone.now()}
        made = give_role(by=by or self.director, **asked | more)
        assert isinstance(made, Invitation)
        return made

    def manages_no_more(self, person: User) -> None:
        """End what makes a person a manager here."""
        role = person.memberships.get()
        end_membership(membership=role, by=person, last_day=timezone.localdate() - DAY)


def browser(person: User) -> Client:
    """A browser in which a person is signed in with both steps."""
    client = signed_in(person)
    show_second_factor(client, person)
    return client


def accepts(client: Client, secret: str) -> Any:
    """Open the link, and send the form that it leads to."""
    client.get(f"/invitations/{secret}/")
    return client.post("/invitations/", NEW)


# --- Which roles -----------------------------------------------------------------------------------------------------


def test_the_roles_that_approve_administer_or_see_what_is_sensitive_need_a_second_person() -> None:
    assert {
        Role.ADMINISTRATOR,
        Role.DATA_MANAGER,
        Role.DIRECTOR,
        Role.DATA_OFFICER,
        Role.ORGANISATION_ADMINISTRATOR,
        Role.SURVEILLANCE_OFFICER,
        Role.POLICY_MANAGER,
    } == GIVEN_BY_TWO


def test_any_role_that_somebody_asks_for_oneself_waits_for_a_second_person() -> None:
    house = House()
    offer = house.offered(by=house.manager, person=house.manager, role=Role.FACILITY_REPORTER)
    assert offer.waits
    assert not may(house.manager, Permission.SUBMIT_REPORTS)
    assert house.director in {person for one in offers_seen_by(house.manager, timezone.now()) for person in one.people}
    with pytest.raises(Refused, match="second_person"):
        confirm_role(invitation=offer, by=house.manager, at=timezone.now())
    confirm_role(invitation=offer, by=house.director, at=timezone.now())
    assert house.manager.memberships.filter(role=Role.FACILITY_REPORTER).exists()


def test_whoever_alone_manages_an_organisation_asks_the_body_for_a_role_of_her_own() -> None:
    house, ngo = House(), OrganisationFactory()
    alone = member(Role.ORGANISATION_ADMINISTRATOR, ngo)
    offer = house.offered(by=alone, person=alone, organisation=ngo, role=Role.NGO_COORDINATOR)
    confirm_role(invitation=offer, by=house.administrator, at=timezone.now())
    assert alone.memberships.filter(role=Role.NGO_COORDINATOR).exists()


def test_nobody_invites_oneself_by_a_link() -> None:
    house = House()
    with pytest.raises(Problem) as told:
        house.invited(by=house.manager, email=house.manager.email.upper(), role=Role.FACILITY_REPORTER)
    assert told.value.code == "own_email"
    assert not Invitation.objects.exists()


def test_nobody_makes_an_own_role_longer_alone() -> None:
    house, today = House(), timezone.localdate()
    offer = house.offered(by=house.manager, person=house.manager, role=Role.FACILITY_REPORTER)
    confirm_role(invitation=offer, by=house.director, at=timezone.now())
    own = house.manager.memberships.get(role=Role.FACILITY_REPORTER)
    end_membership(membership=own, by=house.manager, last_day=today)
    with pytest.raises(Problem) as told:
        end_membership(membership=own, by=house.manager, last_day=today + DAY)
    assert told.value.code == "given_by_two"
    end_membership(membership=own, by=house.director, last_day=today + DAY)


def test_a_deputy_gives_oneself_no_role_either() -> None:
    house, today = House(), timezone.localdate()
    deputy = member(Role.DATA_OFFICER, house.directorate)
    named = name_deputy(
        by=house.director,
        membership=house.director.memberships.get(),
        deputy=deputy,
        first=today,
        last=today + DAY,
        at=timezone.now(),
    )
    confirmed_deputy(named)
    with pytest.raises(Refused, match="second_person"):
        house.offered(by=deputy, person=deputy, role=Role.FACILITY_REPORTER)


def test_other_roles_are_given_by_one_person_at_once(client: Client) -> None:
    house = House()
    _invitation, secret = house.invited(role=Role.FACILITY_REPORTER)
    accepts(client, secret)
    assert Membership.objects.filter(person__email="new@example.org", role=Role.FACILITY_REPORTER).exists()
    assert not Notice.objects.exists()


# --- By a link -------------------------------------------------------------------------------------------------------


def test_the_link_opens_nothing_before_a_second_person_has_confirmed_and_works_afterwards(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    house = House()
    invitation, secret = house.invited()
    page = Client(headers={"accept-language": "en"}).get(f"/invitations/{secret}/", follow=True).content.decode()
    assert "A second person confirms this role first" in page
    assert 'name="password"' not in page
    accepts(client, secret)
    assert not User.objects.filter(email="new@example.org").exists()
    with pytest.raises(Problem) as problem:
        accept_invitation(invitation=invitation, name="New", password=PASSWORD, at=timezone.now())
    assert problem.value.code == "waits_for_second_person"
    with django_capture_on_commit_callbacks(execute=True):
        confirm_role(invitation=invitation, by=house.manager, at=timezone.now())
    # The page that was open in the browser all the while is enough.
    assert client.post("/invitations/", NEW).status_code == 302
    person = User.objects.get(email="new@example.org")
    assert person.memberships.get().role == Role.DATA_OFFICER
    assert mail.outbox[-1].to == ["new@example.org"]
    assert secret not in mail.outbox[-1].body
    assert "it works now" in mail.outbox[-1].body


def test_the_seven_days_of_a_link_begin_with_the_confirmation() -> None:
    house = House()
    at = timezone.now() - 6 * DAY
    invitation, _secret = house.invited(at=at)
    assert confirmed_by_manager(house, invitation).expires > timezone.now() + 6 * DAY


def confirmed_by_manager(house: House, invitation: Invitation) -> Invitation:
    """Confirmed by the other who manages the people."""
    return confirm_role(invitation=invitation, by=house.manager, at=timezone.now())


def test_what_nobody_confirmed_in_seven_days_is_over() -> None:
    house = House()
    invitation, _secret = house.invited(at=timezone.now() - 8 * DAY)
    with pytest.raises(Problem) as problem:
        confirmed_by_manager(house, invitation)
    assert problem.value.code == "decided_already"
    assert offers_seen_by(house.manager, timezone.now()) == []


def test_the_letter_says_that_a_second_person_confirms_first() -> None:
    house = House()
    asked = {"email": "new@example.org", "organisation": house.directorate.code, "role": Role.DATA_OFFICER}
    page = browser(house.director).post("/people/invite/", asked, follow=True).content.decode()
    assert "A second person confirms this role first" in page
    assert "a second person confirms it first" in mail.outbox[0].body
    assert "شخص ثانٍ" in mail.outbox[0].body
    assert "valid until" not in mail.outbox[0].body


def test_one_role_is_not_offered_to_one_person_by_two_links() -> None:
    house = House()
    house.invited()
    with pytest.raises(Problem) as problem:
        house.invited(by=house.manager, email="New@example.org")
    assert (problem.value.code, problem.value.status) == ("invited_already", 409)
    house.invited(role=Role.OBSERVER)
    house.invited(email="other@example.org")
    house.offered()
    with pytest.raises(Problem) as problem:
        house.offered()
    assert problem.value.code == "invited_already"
    for invitation in Invitation.objects.filter(email="new@example.org"):
        withdraw_invitation(invitation=invitation, by=house.director, at=timezone.now())
    house.invited()


@pytest.mark.django_db(transaction=True)
def test_one_invitation_that_is_sent_twice_at_once_makes_one_link() -> None:
    house = House()
    answers = at_once(*[house.invited] * 3)
    assert sorted(type(answer).__name__ for answer in answers) == ["Problem", "Problem", "tuple"]
    assert Invitation.objects.count() == 1


def test_an_administrator_who_is_invited_from_the_machine_needs_no_second_person(
    client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    BodyFactory()
    call_command("invite-admin", "first@example.org")
    accepts(client, capsys.readouterr().out.strip().rstrip("/").rpartition("/")[2])
    assert may(User.objects.get(email="first@example.org"), Permission.MANAGE_ORGANISATIONS)


# --- To somebody known -----------------------------------------------------------------------------------------------


def test_somebody_known_has_the_role_from_the_confirmation_on_in_the_places_that_were_named() -> None:
    house, district = House(), DistrictFactory()
    offer = house.offered(places=[district], since=timezone.localdate() - 5 * DAY)
    assert not house.colleague.memberships.filter(role=Role.DATA_OFFICER).exists()
    confirmed_by_manager(house, offer)
    role = house.colleague.memberships.get(role=Role.DATA_OFFICER)
    assert (role.first_day, list(role.places.all())) == (timezone.localdate(), [district])
    told = Notice.objects.get(person=house.colleague)
    assert words_of(told, "en")[0] == "Another role is given to you"


def test_a_role_from_a_later_day_on_begins_on_that_day() -> None:
    house, later = House(), timezone.localdate() + 10 * DAY
    confirmed_by_manager(house, house.offered(since=later))
    assert house.colleague.memberships.get(role=Role.DATA_OFFICER).first_day == later


def test_a_role_that_the_person_got_meanwhile_is_not_given_twice() -> None:
    house = House()
    offer = house.offered()
    member(Role.DATA_OFFICER, house.directorate, person=house.colleague)
    with pytest.raises(Problem) as problem:
        confirmed_by_manager(house, offer)
    assert problem.value.code == "held_already"


def test_the_page_of_a_person_says_who_confirms_and_that_it_was_asked() -> None:
    house = House()
    client, page = browser(house.director), f"/people/{house.colleague.pk}/"
    said = client.get(page).content.decode()
    assert "Samir" in said
    assert "Rana" not in said
    asked = {"organisation": house.directorate.code, "role": Role.DATA_OFFICER, "since": timezone.localdate()}
    answer = client.post(page, asked, follow=True).content.decode()
    assert "once a second person confirms it" in answer
    assert reverse("directorates:decide_offer", args=[Invitation.objects.get().pk]) in answer


# --- Who confirms ----------------------------------------------------------------------------------------------------


def test_neither_who_asked_nor_who_gets_the_role_confirms_it() -> None:
    house = House()
    offer = house.offered(person=house.manager)
    for refused in (house.director, house.manager, house.administrator, house.colleague, UserFactory()):
        if refused == house.administrator:
            continue
        with pytest.raises(Refused):
            confirm_role(invitation=offer, by=refused, at=timezone.now())
    # Nobody else manages the people here, so the body confirms.
    confirm_role(invitation=offer, by=house.administrator, at=timezone.now())


def test_an_invitation_to_the_own_e_mail_of_a_manager_is_not_confirmed_by_that_manager() -> None:
    house = House()
    invitation, _secret = house.invited(email=house.manager.email)
    with pytest.raises(Refused):
        confirm_role(invitation=invitation, by=house.manager, at=timezone.now())


def test_the_body_confirms_only_where_nobody_else_manages_the_people() -> None:
    house = House()
    invitation, _secret = house.invited()
    with pytest.raises(Refused):
        confirm_role(invitation=invitation, by=house.administrator, at=timezone.now())
    assert offers_seen_by(house.administrator, timezone.now()) == []
    house.manages_no_more(house.manager)
    (offer,) = offers_to_confirm(house.administrator, timezone.now())
    assert (offer.invitation, offer.people) == (invitation, (house.administrator,))
    assert offers_to_confirm(house.director, timezone.now()) == []
    confirm_role(invitation=invitation, by=house.administrator, at=timezone.now())


def test_managers_of_other_organisations_confirm_nothing() -> None:
    house, other = House(), House()
    invitation, _secret = house.invited()
    for stranger in (other.director, other.manager, house.colleague):
        with pytest.raises(Refused):
            confirm_role(invitation=invitation, by=stranger, at=timezone.now())
        with pytest.raises(Refused):
            refuse_role(invitation=invitation, by=stranger, at=timezone.now())
        assert browser(stranger).get(f"/people/offers/{invitation.pk}/").status_code == 404


def test_the_first_manager_of_an_organisation_takes_two_administrators_of_the_body() -> None:
    administrator, ngo = member(Role.ADMINISTRATOR, BodyFactory()), OrganisationFactory()
    invitation, _secret = invite(
        email="new@example.org",
        organisation=ngo,
        role=Role.ORGANISATION_ADMINISTRATOR,
        by=administrator,
        at=timezone.now(),
    )
    assert not who_would_confirm(administrator, ngo).people
    with pytest.raises(Refused):
        confirm_role(invitation=invitation, by=administrator, at=timezone.now())
    confirmed(invitation)


def test_another_administrator_of_the_body_takes_two_as_well() -> None:
    body = BodyFactory()
    one, other = member(Role.ADMINISTRATOR, body), member(Role.ADMINISTRATOR, body)
    asked: dict[str, Any] = {"organisation": body, "role": Role.ADMINISTRATOR, "at": timezone.now()}
    invitation, _secret = invite(email="new@example.org", by=one, **asked)
    with pytest.raises(Refused):
        confirm_role(invitation=invitation, by=one, at=timezone.now())
    confirm_role(invitation=invitation, by=other, at=timezone.now())


def deputy_for(away: User, deputy: User) -> User:
    """Have a colleague stand in for somebody today."""
    today = timezone.localdate()
    role = away.memberships.get()
    waits = name_deputy(by=away, membership=role, deputy=deputy, first=today, last=today, at=timezone.now())
    confirmed_deputy(waits)
    return User.objects.get(pk=deputy.pk)


def test_whoever_stands_in_for_a_manager_is_no_second_person() -> None:
    house = House()
    second = member(Role.DIRECTOR, house.directorate)
    for away in (house.director, second):
        deputy = deputy_for(away, house.colleague)
        invitation, _secret = house.invited(email=f"{away.pk}@example.org")
        with pytest.raises(Refused):
            confirm_role(invitation=invitation, by=deputy, at=timezone.now())


def test_a_deputy_asks_for_no_role_with_sensitive_rights() -> None:
    house = House()
    deputy = deputy_for(house.director, house.colleague)
    with pytest.raises(Refused) as refused:
        house.invited(by=deputy)
    assert refused.value.code == "second_person"
    with pytest.raises(Refused):
        house.offered(person=deputy, by=User.objects.get(pk=deputy.pk))
    assert not Invitation.objects.exists()


def test_a_confirmed_link_falls_with_the_right_of_whoever_asked() -> None:
    house = House()
    invitation, _secret = house.invited()
    confirmed_by_manager(house, invitation)
    end_membership(membership=house.director.memberships.get(), by=house.director, last_day=timezone.localdate() - DAY)
    with pytest.raises(Problem) as problem:
        accept_invitation(invitation=invitation, name="New", password=PASSWORD, at=timezone.now())
    assert problem.value.code == "invitation_ended"


def test_a_confirmed_link_waits_while_the_directorate_is_sealed() -> None:
    house = House()
    invitation, _secret = house.invited()
    confirmed_by_manager(house, invitation)
    seal(by=house.director, organisation=house.directorate, reason="x", at=timezone.now())
    with pytest.raises(Problem) as problem:
        accept_invitation(invitation=invitation, name="New", password=PASSWORD, at=timezone.now())
    assert problem.value.code == "sealed"


def test_a_deputy_who_refuses_is_on_record_with_whom_the_deputy_stands_in_for() -> None:
    house = House()
    deputy = deputy_for(house.director, house.colleague)
    refuse_role(invitation=house.invited()[0], by=deputy, at=timezone.now())
    assert AuditEvent.objects.get(what="refuse_role").details["instead_of"] == house.director.pk


def test_a_manager_who_acts_as_the_body_finds_and_confirms_nothing_of_the_own_organisation() -> None:
    house = House()
    member(Role.ADMINISTRATOR, BodyFactory(), person=house.manager)
    invitation, _secret = house.invited()
    acting = User.objects.get(pk=house.manager.pk)
    acting.chosen_organisation_id = BodyFactory().pk
    assert offers_seen_by(acting, timezone.now()) == []
    with pytest.raises(Refused):
        confirm_role(invitation=invitation, by=acting, at=timezone.now())
    with pytest.raises(Refused):
        refuse_role(invitation=invitation, by=acting, at=timezone.now())


def test_whoever_acts_as_another_organisation_confirms_nothing_meanwhile() -> None:
    house, ngo = House(), OrganisationFactory()
    member(Role.OBSERVER, ngo, person=house.manager)
    invitation, _secret = house.invited()
    acting = User.objects.get(pk=house.manager.pk)
    acting.chosen_organisation_id = ngo.pk
    with pytest.raises(Refused):
        confirm_role(invitation=invitation, by=acting, at=timezone.now())


# --- What happens meanwhile ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_two_who_confirm_at_once_give_the_role_once() -> None:
    house = House()
    third = member(Role.ORGANISATION_ADMINISTRATOR, house.directorate)
    offer = house.offered()
    answers = at_once(
        *[partial(confirm_role, invitation=offer, by=by, at=timezone.now()) for by in (house.manager, third)]
    )
    assert sorted(type(answer).__name__ for answer in answers) == ["Invitation", "Problem"]
    assert house.colleague.memberships.filter(role=Role.DATA_OFFICER).count() == 1


@pytest.mark.django_db(transaction=True)
def test_whoever_confirms_and_whoever_refuses_at_once_come_one_after_the_other() -> None:
    house = House()
    third = member(Role.ORGANISATION_ADMINISTRATOR, house.directorate)
    offer = house.offered()
    at_once(
        lambda: confirm_role(invitation=offer, by=house.manager, at=timezone.now()),
        lambda: refuse_role(invitation=offer, by=third, at=timezone.now()),
    )
    offer.refresh_from_db()
    assert (offer.ended_at is None) == house.colleague.memberships.filter(role=Role.DATA_OFFICER).exists()


@pytest.mark.parametrize("deed", [withdraw_invitation, refuse_role])
def test_what_was_withdrawn_or_refused_is_confirmed_by_nobody(deed: Any) -> None:
    house = House()
    invitation, secret = house.invited()
    deed(invitation=invitation, by=house.director, at=timezone.now())
    with pytest.raises(Problem) as problem:
        confirmed_by_manager(house, invitation)
    assert problem.value.code == "decided_already"
    assert Client().get(f"/invitations/{secret}/").status_code == 410


def test_in_an_organisation_that_was_suspended_meanwhile_nothing_is_confirmed() -> None:
    house = House()
    house.manages_no_more(house.manager)
    invitation, _secret = house.invited()
    Organisation.objects.filter(pk=house.directorate.pk).update(status="suspended")
    with pytest.raises(Problem) as problem:
        confirm_role(invitation=invitation, by=house.administrator, at=timezone.now())
    assert problem.value.code == "organisation_inactive"
    assert offers_seen_by(house.administrator, timezone.now()) == []


def test_a_sealed_directorates_offers_wait_and_are_shown_to_nobody() -> None:
    house = House()
    house.manages_no_more(house.manager)
    invitation, _secret = house.invited()
    seal(organisation=house.directorate, reason="Danger", by=house.director, at=timezone.now())
    assert offers_seen_by(house.administrator, timezone.now()) == []
    assert browser(house.administrator).get(f"/people/offers/{invitation.pk}/").status_code == 404
    with pytest.raises(Problem) as problem:
        confirm_role(invitation=invitation, by=house.administrator, at=timezone.now())
    assert problem.value.code == "sealed"


def test_what_somebody_asked_who_manages_nobody_any_more_falls() -> None:
    house = House()
    invitation, _secret = house.invited()
    house.manages_no_more(house.director)
    with pytest.raises(Problem) as problem:
        confirmed_by_manager(house, invitation)
    assert problem.value.code == "asker_gone"
    page = browser(house.manager).get(f"/people/offers/{invitation.pk}/").content.decode()
    assert 'value="confirm"' not in page
    refuse_role(invitation=invitation, by=house.manager, at=timezone.now())


def test_what_the_body_asked_falls_where_somebody_manages_the_people_by_now() -> None:
    administrator, ngo = member(Role.ADMINISTRATOR, BodyFactory()), OrganisationFactory()
    invitation, _secret = invite(
        email="new@example.org",
        organisation=ngo,
        role=Role.ORGANISATION_ADMINISTRATOR,
        by=administrator,
        at=timezone.now(),
    )
    manager = member(Role.ORGANISATION_ADMINISTRATOR, ngo)
    with pytest.raises(Problem) as problem:
        confirm_role(invitation=invitation, by=manager, at=timezone.now())
    assert problem.value.code == "asker_gone"


# --- What is told and written ----------------------------------------------------------------------------------------


def test_those_who_may_confirm_are_told_and_whoever_asked_learns_what_came_of_it() -> None:
    house = House()
    invitation, _secret = house.invited()
    asked = Notice.objects.get()
    assert (asked.person, asked.url) == (house.manager, f"/people/offers/{invitation.pk}/")
    told = " ".join((*words_of(asked, "en"), str(asked.values)))
    assert not any(name in told for name in ("new@example.org", "Huda"))
    refuse_role(invitation=invitation, by=house.manager, at=timezone.now())
    title, body = words_of(Notice.objects.get(person=house.director), "en")
    assert title == "A role that you asked for was refused"
    assert "Samir" in body
    for notice in Notice.objects.all():
        assert any("\u0600" <= letter <= "\u06ff" for letter in words_of(notice, "ar")[0])


def test_every_step_stands_in_the_record_of_the_organisation() -> None:
    house = House()
    house.manages_no_more(house.manager)
    first, _secret = house.invited()
    confirm_role(invitation=first, by=house.administrator, at=timezone.now())
    refuse_role(invitation=house.offered(), by=house.administrator, at=timezone.now())
    written = AuditEvent.objects.filter(concerns=house.directorate).values_list("what", flat=True)
    assert set(written) == {"confirm_role", "refuse_role"}
    own = AuditEvent.objects.filter(acting=house.directorate).values_list("what", flat=True)
    assert {"invite", "offer_role"} <= set(own)


def test_the_database_itself_wants_a_second_person() -> None:
    house, now = House(), timezone.now()
    for offer in (house.invited()[0], house.offered()):
        for one in {offer.by, offer.person} - {None}:
            with pytest.raises(IntegrityError), transaction.atomic():
                Invitation.objects.filter(pk=offer.pk).update(confirmed_by=one, confirmed_at=now)
        with pytest.raises(IntegrityError), transaction.atomic():
            Invitation.objects.filter(pk=offer.pk).update(confirmed_at=now)


# --- The pages -------------------------------------------------------------------------------------------------------


def test_a_second_person_finds_reads_and_confirms_on_the_pages() -> None:
    house, district = House(), DistrictFactory()
    invitation, _secret = house.invited(places=[district])
    first, second, page = browser(house.director), browser(house.manager), f"/people/offers/{invitation.pk}/"
    assert page in second.get("/people/").content.decode()
    said = second.get(page).content.decode()
    for words in ("new@example.org", "Reviews the reports of the directorate", district.name_en, "Huda"):
        assert words in said
    assert 'value="confirm"' not in first.get(page).content.decode()
    assert first.post(page, {"decision": "confirm"}).status_code == 403
    assert second.post(page, {"decision": "perhaps"}).status_code == 400
    assert second.post(page, {"decision": "confirm"}).status_code == 302
    # The notice led here; whoever was told of nothing finds no page.
    assert "decided already" in second.get(page, follow=True).content.decode()
    assert first.get(page).status_code == 404
    invitation.refresh_from_db()
    assert invitation.confirmed_by == house.manager


def test_whoever_asked_withdraws_on_the_page() -> None:
    house = House()
    offer = house.offered()
    client, page = browser(house.director), f"/people/offers/{offer.pk}/"
    assert "Withdraw what was asked" in client.get(page).content.decode()
    client.post(page, {"decision": "refuse"})
    offer.refresh_from_db()
    assert offer.ended_at is not None
    assert not Notice.objects.filter(person=house.director).exists()


def test_a_second_person_who_comes_too_late_is_told() -> None:
    house = House()
    offer = house.offered()
    house.manages_no_more(house.director)
    said = browser(house.manager).post(f"/people/offers/{offer.pk}/", {"decision": "confirm"}, follow=True)
    assert "manages nobody here any more" in said.content.decode()


def test_the_list_of_invitations_and_its_file_say_what_became_of_each() -> None:
    house, now = House(), timezone.now()
    house.invited()
    refuse_role(invitation=house.offered(), by=house.manager, at=now)
    confirmed_by_manager(house, house.invited(email="open@example.org")[0])
    house.invited(email="late@example.org", at=now - 8 * DAY)
    house.invited(email="forgotten@example.org", at=now - 30 * DAY)
    client = browser(house.director)
    said = client.get("/people/").content.decode()
    for words in ("waits for a second person", "withdrawn or refused", "expired", "open@example.org"):
        assert words in said
    assert "forgotten@example.org" not in said
    file = client.get(reverse("exchange:export", args=["invitations"]), {"format": "csv"})
    assert file.status_code in {200, 302}


@pytest.mark.parametrize("language", ["ar", "en"])
def test_the_pages_are_whole_in_both_languages(language: str) -> None:
    house = House()
    offer = house.offered()
    client = signed_in(house.manager, language)
    show_second_factor(client, house.manager)
    for address in ("/people/", "/people/invite/", f"/people/{house.colleague.pk}/", f"/people/offers/{offer.pk}/"):
        said = client.get(address)
        assert said.status_code == 200
        assert (
            re.search(r"ثان", said.content.decode()) if language == "ar" else "second person" in said.content.decode()
        )


def test_the_list_costs_the_same_however_many_offers_wait(django_assert_max_num_queries: Any) -> None:
    house = House()
    for number in range(8):
        house.invited(email=f"{number}@example.org")
    client = browser(house.manager)
    # The logo in force is looked up once for all pages.
    client.get("/")
    with django_assert_max_num_queries(43):
        client.get("/people/")


def test_one_alone_does_not_make_a_role_with_sensitive_rights_longer() -> None:
    directorate, today = DirectorateFactory(), timezone.localdate()
    director = member(Role.DIRECTOR, directorate)
    officer = member(Role.DATA_OFFICER, directorate, last=today + 7 * DAY).memberships.get()
    with pytest.raises(Problem) as problem:
        end_membership(membership=officer, by=director, last_day=today + 8 * DAY)
    assert problem.value.code == "given_by_two"
    end_membership(membership=officer, by=director, last_day=today + DAY)
    assert officer.last_day == today + DAY
