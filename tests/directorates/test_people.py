"""People: invited, accepted, given roles that end; their account and keys."""

import datetime
import functools
import re
from typing import Any

import pytest
from django.core import mail
from django.core.management import call_command
from django.core.management.base import CommandError
from django.test import Client
from django.utils import timezone

from directorates.actions.deputies import name_deputy
from directorates.actions.people import (
    INVITATIONS_A_DAY,
    accept_invitation,
    end_membership,
    give_role,
    invite,
    let_in,
    organisations_invited_to_by,
    organisations_managed_by,
    reopen_roles,
    withdraw_invitation,
)
from directorates.actions.tokens import make_token
from directorates.foundation.problems import Problem
from directorates.models import AccessToken, AuditEvent, Invitation, Membership, Organisation, PlaceGrant, User
from directorates.models.factor_resets import FactorReset
from directorates.permissions import Permission, Refused, may
from directorates.roles import Role
from tests.factories import (
    PASSWORD,
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    OrganisationFactory,
    UserFactory,
    confirmed,
    member,
)
from tests.threads import at_once

pytestmark = pytest.mark.django_db
DAY = datetime.timedelta(days=1)
NEW = {"name": "ليلى", "password": "olive-harbour-93", "again": "olive-harbour-93"}


@pytest.fixture
def body() -> Organisation:
    """The coordination body."""
    return BodyFactory()


@pytest.fixture
def administrator(body: Organisation) -> User:
    """An administrator of the body."""
    return member(Role.ADMINISTRATOR, body)


def sent(
    by: User | None, organisation: Organisation, role: Role | None = None, email: str = "new@example.org"
) -> tuple[Invitation, str]:
    """An invitation and the secret of its link."""
    usual = Role.OBSERVER if organisation.kind == "body" else Role.ORGANISATION_ADMINISTRATOR
    return invite(email=email, organisation=organisation, role=role or usual, by=by, at=timezone.now())


# --- Inviting ------------------------------------------------------------------------------------------------------


def test_an_administrator_names_who_manages_an_organisation_that_nobody_manages(administrator: User) -> None:
    invitation, _secret = sent(administrator, OrganisationFactory(), Role.ORGANISATION_ADMINISTRATOR)
    assert invitation.expires - invitation.at == 7 * DAY
    sent(administrator, DirectorateFactory(), Role.DIRECTOR)
    with pytest.raises(Problem) as problem:
        sent(administrator, OrganisationFactory(), Role.NGO_COORDINATOR)
    assert (problem.value.code, problem.value.errors[0].field) == ("founding_only", "role")


@pytest.mark.parametrize("ends", [None, "role", "account"])
def test_the_body_invites_a_manager_only_where_nobody_manages_any_more(administrator: User, ends: str | None) -> None:
    ngo = OrganisationFactory()
    manager = member(Role.ORGANISATION_ADMINISTRATOR, ngo)
    if ends == "role":
        end_membership(membership=manager.memberships.get(), by=manager, last_day=timezone.localdate() - DAY)
    elif ends == "account":
        let_in(person=manager, active=False, by=administrator)
    assert organisations_invited_to_by(administrator).filter(pk=ngo.pk).exists() == (ends is not None)
    if ends is None:
        with pytest.raises(Refused):
            sent(administrator, ngo)
    else:
        sent(administrator, ngo)


def test_the_body_gives_and_ends_no_role_and_names_no_deputy_where_nobody_manages(administrator: User) -> None:
    ngo, today = OrganisationFactory(), timezone.localdate()
    coordinator, colleague = member(Role.NGO_COORDINATOR, ngo), member(Role.OBSERVER, ngo)
    role = coordinator.memberships.get()
    assert not organisations_managed_by(administrator).filter(pk=ngo.pk).exists()
    given: dict[str, Any] = {"organisation": ngo, "role": Role.ORGANISATION_ADMINISTRATOR, "since": today, "places": []}
    with pytest.raises(Refused):
        give_role(person=administrator, by=administrator, at=timezone.now(), **given)
    with pytest.raises(Refused):
        end_membership(membership=role, by=administrator, last_day=today)
    with pytest.raises(Refused):
        name_deputy(
            by=administrator, membership=role, deputy=colleague, first=today, last=today + DAY, at=timezone.now()
        )


def test_whoever_manages_people_does_so_for_all_of_the_organisation(administrator: User) -> None:
    ngo, district = OrganisationFactory(), DistrictFactory()
    manager, person, today = member(Role.ORGANISATION_ADMINISTRATOR, ngo), member(Role.OBSERVER, ngo), timezone.now()
    asked: dict[str, Any] = {"organisation": ngo, "role": Role.ORGANISATION_ADMINISTRATOR, "places": [district]}
    with pytest.raises(Problem) as problem:
        invite(email="new@example.org", by=manager, at=today, **asked)
    assert (problem.value.code, problem.value.errors[0].field) == ("manages_everywhere", "places")
    with pytest.raises(Problem) as problem:
        give_role(person=person, since=timezone.localdate(), by=manager, at=timezone.now(), **asked)
    assert problem.value.code == "manages_everywhere"


def test_a_manager_in_some_places_only_keeps_nobody_else_from_being_invited(administrator: User) -> None:
    ngo = OrganisationFactory()
    limited = member(Role.ORGANISATION_ADMINISTRATOR, ngo, places=[DistrictFactory()])
    with pytest.raises(Refused):
        sent(limited, ngo)
    sent(administrator, ngo)


def test_a_founding_invitation_comes_too_late_where_somebody_manages_already(client: Client) -> None:
    administrator, ngo = member(Role.ADMINISTRATOR, BodyFactory()), OrganisationFactory()
    first, one = sent(administrator, ngo, email="one@example.org")
    second, other = sent(administrator, ngo, email="other@example.org")
    for invitation in (first, second):
        confirmed(invitation)
    accepts(client, one)
    answer = accepts(Client(headers={"accept-language": "en"}), other)
    assert "already used or has expired" in answer.content.decode()
    assert list(ngo.memberships.values_list("person__email", flat=True)) == ["one@example.org"]


@pytest.mark.django_db(transaction=True)
def test_two_who_accept_to_manage_one_organisation_at_once_make_one_manager() -> None:
    administrator, ngo = member(Role.ADMINISTRATOR, BodyFactory()), OrganisationFactory()
    invitations = [confirmed(sent(administrator, ngo, email=f"{name}@example.org")[0]) for name in ("one", "other")]

    def accepting(invitation: Invitation) -> User:
        return accept_invitation(invitation=invitation, name="New", password=PASSWORD, at=timezone.now())

    answers = at_once(*[functools.partial(accepting, invitation) for invitation in invitations])
    assert sorted(type(answer).__name__ for answer in answers) == ["Problem", "User"]


def test_an_invitation_to_an_organisation_that_was_suspended_since_gives_nothing(client: Client) -> None:
    ngo = OrganisationFactory()
    _invitation, secret = sent(member(Role.ORGANISATION_ADMINISTRATOR, ngo), ngo, Role.OBSERVER)
    Organisation.objects.filter(pk=ngo.pk).update(status="suspended")
    accepts(client, secret)
    assert not User.objects.filter(email="new@example.org").exists()


def test_what_the_body_does_to_the_people_of_another_stands_in_both_records(administrator: User) -> None:
    ngo = OrganisationFactory()
    coordinator = member(Role.NGO_COORDINATOR, ngo)
    sent(administrator, ngo)
    let_in(person=coordinator, active=False, by=administrator)
    told = AuditEvent.objects.filter(concerns=ngo).values_list("what", flat=True)
    assert set(told) == {"invite", "keep_out"}


@pytest.mark.parametrize("email", ["nul\x00@example.org", f"{'x' * 300}@example.org", "", "nobody@example.org"])
def test_an_address_that_finds_nobody_is_told_and_leads_nowhere(
    client: Client, administrator: User, email: str
) -> None:
    client.force_login(administrator)
    page = client.post("/people/second-steps/find/", {"email": email}, follow=True).content.decode()
    assert "Nobody whom you may ask about" in page


def test_a_director_invites_to_the_own_directorate_only() -> None:
    directorate = DirectorateFactory()
    director = member(Role.DIRECTOR, directorate)
    sent(director, directorate, Role.DATA_OFFICER)
    with pytest.raises(Refused):
        sent(director, DirectorateFactory(), Role.DATA_OFFICER)


@pytest.mark.parametrize("role", [Role.NGO_COORDINATOR, Role.OBSERVER])
def test_without_the_right_nobody_invites(role: Role) -> None:
    ngo = OrganisationFactory()
    with pytest.raises(Refused):
        sent(member(role, ngo), ngo)


def test_a_role_that_the_organisation_does_not_have_is_not_given(administrator: User) -> None:
    with pytest.raises(Problem) as problem:
        sent(administrator, OrganisationFactory(), Role.ADMINISTRATOR)
    assert problem.value.code == "unknown_role"
    assert problem.value.errors[0].field == "role"


def test_nobody_is_invited_to_an_organisation_that_does_not_act(administrator: User) -> None:
    with pytest.raises(Problem) as problem:
        sent(administrator, OrganisationFactory(status="suspended"))
    assert problem.value.code == "organisation_inactive"


def test_the_secret_of_an_invitation_is_stored_nowhere(administrator: User) -> None:
    invitation, secret = sent(administrator, OrganisationFactory())
    assert secret not in str(Invitation.objects.values().get(pk=invitation.pk))


def test_the_letter_comes_in_both_languages_with_the_link(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    ngo = OrganisationFactory(name_en="A & B's NGO")
    asked = {"email": "new@example.org", "organisation": ngo.code, "role": Role.ORGANISATION_ADMINISTRATOR}
    page = client.post("/people/invite/", asked, follow=True)
    letter = mail.outbox[0]
    link = re.search(r"http\S+/invitations/\S+/", str(letter.body))
    assert letter.to == ["new@example.org"]
    assert link is not None
    assert link[0] in page.content.decode()
    assert "A & B's NGO" in letter.body
    assert ngo.name_ar in letter.body
    assert link[0] not in client.get("/people/").content.decode()
    assert client.get("/people/invited/").status_code == 302


def test_the_page_says_so_when_the_mail_server_is_down(
    client: Client, administrator: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def down(*args: Any, **kwargs: Any) -> int:
        raise ConnectionRefusedError

    monkeypatch.setattr("directorates.foundation.letters.EmailMessage.send", down)
    client.force_login(administrator)
    asked = {"email": "new@example.org", "organisation": BodyFactory().code, "role": Role.OBSERVER}
    page = client.post("/people/invite/", asked, follow=True).content.decode()
    assert "did not take the letter" in page
    assert "/invitations/" in page


def test_a_faulty_invitation_keeps_what_was_typed_and_tells_every_fault(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    page = client.post(
        "/people/invite/", {"email": "not an address", "organisation": "", "role": "king"}
    ).content.decode()
    assert "not an address" in page
    for target in ("#id_email", "#id_organisation", "#id_role"):
        assert target in page


def accepts(client: Client, secret: str, given: dict[str, str] | None = None) -> Any:
    """Open the link, and send the form that it leads to."""
    client.get(f"/invitations/{secret}/")
    return client.post("/invitations/", NEW if given is None else given)


# --- Accepting -----------------------------------------------------------------------------------------------------


def test_someone_new_accepts_and_is_signed_in_with_the_role(client: Client, body: Organisation) -> None:
    _invitation, secret = sent(None, body, Role.ADMINISTRATOR)
    answer = accepts(client, secret)
    person = User.objects.get(email="new@example.org")
    assert (answer.status_code, answer["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(person.pk)
    assert may(person, Permission.MANAGE_ORGANISATIONS)
    assert AuditEvent.objects.filter(what="accept", by=person).exists()


def test_an_invitation_for_some_places_gives_the_role_there_only(client: Client) -> None:
    directorate, place = DirectorateFactory(), DistrictFactory()
    client.force_login(member(Role.DIRECTOR, directorate))
    asked = {"email": "new@example.org", "organisation": directorate.code, "role": Role.DATA_OFFICER}
    client.post("/people/invite/", asked | {"places": [place.code]})
    assert [found.code for found in Invitation.objects.get().places.all()] == [place.code]
    link = re.search(r"/invitations/(\S+)/", str(mail.outbox[0].body))
    assert link is not None
    confirmed(Invitation.objects.get())
    newcomer = Client()
    accepts(newcomer, link[1])
    assert [found.code for found in Membership.objects.get(role=Role.DATA_OFFICER).places.all()] == [place.code]


def test_nobody_sends_letters_to_strangers_without_end(administrator: User) -> None:
    body, now = BodyFactory(), timezone.now()
    for number in range(INVITATIONS_A_DAY):
        invite(email=f"{number}@example.org", organisation=body, role=Role.OBSERVER, by=administrator, at=now)
    with pytest.raises(Problem) as problem:
        invite(email="x@example.org", organisation=body, role=Role.OBSERVER, by=administrator, at=now)
    assert problem.value.code == "too_many_invitations"
    invite(email="x@example.org", organisation=body, role=Role.OBSERVER, by=administrator, at=now + 2 * DAY)


def test_an_invitation_works_once(client: Client, body: Organisation) -> None:
    _invitation, secret = sent(None, body)
    accepts(client, secret)
    again = Client().get(f"/invitations/{secret}/")
    assert again.status_code == 410
    assert Membership.objects.count() == 1


def test_an_expired_invitation_says_so(client: Client, body: Organisation) -> None:
    invitation, secret = sent(None, body)
    Invitation.objects.filter(pk=invitation.pk).update(expires=timezone.now() - DAY)
    page = client.get(f"/invitations/{secret}/", headers={"accept-language": "en"})
    assert page.status_code == 410
    assert "has expired" in page.content.decode()
    assert accepts(client, secret).status_code == 302
    assert not User.objects.exists()


def test_an_unknown_link_is_no_page(client: Client) -> None:
    assert client.get("/invitations/whatever/").status_code == 404


def test_two_who_accept_at_once_make_one_person(body: Organisation) -> None:
    invitation, _secret = sent(None, body)
    accept_invitation(invitation=invitation, name="One", password=PASSWORD, at=timezone.now())
    with pytest.raises(Problem) as problem:
        accept_invitation(invitation=invitation, name="Two", password=PASSWORD, at=timezone.now())
    assert problem.value.code == "invitation_ended"
    assert User.objects.get().name == "One"


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"password": "short", "again": "short"}, "password"),
        ({"password": "new@example.org", "again": "new@example.org"}, "password"),
        ({"again": "something else 5"}, "again"),
        ({"name": "\u202e \u0000"}, "name"),
        ({"password": "short", "again": "other"}, "again"),
    ],
)
def test_a_weak_password_or_no_name_is_told_at_its_field(
    client: Client, body: Organisation, given: dict[str, str], field: str
) -> None:
    _invitation, secret = sent(None, body)
    page = accepts(client, secret, NEW | given)
    assert f"#id_{field}" in page.content.decode()
    assert not User.objects.exists()


def test_a_link_alone_adds_nothing_to_an_account_that_exists(client: Client, administrator: User) -> None:
    known = UserFactory(email="known@example.org")
    invitation, secret = sent(administrator, OrganisationFactory(), email=known.email)
    confirmed(invitation)
    accepts(client, secret)
    assert not known.memberships.exists()
    client.force_login(administrator)
    accepts(client, secret)
    assert not known.memberships.exists()
    client.force_login(known)
    assert accepts(client, secret, {}).status_code == 302
    assert known.memberships.count() == 1
    known.refresh_from_db()
    assert known.check_password(PASSWORD)


def test_a_withdrawn_invitation_opens_nothing(client: Client, administrator: User) -> None:
    invitation, secret = sent(administrator, OrganisationFactory())
    client.force_login(administrator)
    assert client.get(f"/people/invitations/{invitation.pk}/withdraw/").status_code == 200
    client.post(f"/people/invitations/{invitation.pk}/withdraw/")
    assert Client().get(f"/invitations/{secret}/").status_code == 410


def test_another_directorates_invitation_cannot_be_withdrawn(client: Client, administrator: User) -> None:
    invitation, _secret = sent(administrator, DirectorateFactory())
    director = member(Role.DIRECTOR, DirectorateFactory())
    client.force_login(director)
    assert client.post(f"/people/invitations/{invitation.pk}/withdraw/").status_code == 404
    with pytest.raises(Refused):
        withdraw_invitation(invitation=invitation, by=director, at=timezone.now())


# --- Roles given and ended -----------------------------------------------------------------------------------------


def test_a_role_is_given_to_someone_known_in_some_places_only(client: Client) -> None:
    ngo, district = OrganisationFactory(), DistrictFactory()
    person = member(Role.OBSERVER, ngo)
    client.force_login(member(Role.ORGANISATION_ADMINISTRATOR, ngo))
    asked = {"organisation": ngo.code, "role": Role.FACILITY_REPORTER, "since": "2026-01-01", "places": [district.code]}
    assert client.post(f"/people/{person.pk}/", asked).status_code == 302
    assert list(person.memberships.get(role=Role.FACILITY_REPORTER).places.all()) == [district]


def test_the_same_role_is_not_given_twice_at_once() -> None:
    ngo = OrganisationFactory()
    administrator = member(Role.ORGANISATION_ADMINISTRATOR, ngo)
    person = member(Role.NGO_COORDINATOR, ngo, first=timezone.localdate() + DAY)
    with pytest.raises(Problem) as problem:
        give_role(
            person=person,
            organisation=ngo,
            role=Role.NGO_COORDINATOR,
            since=timezone.localdate(),
            places=[],
            by=administrator,
            at=timezone.now(),
        )
    assert problem.value.code == "held_already"


@pytest.mark.django_db(transaction=True)
def test_a_role_that_is_given_twice_at_once_is_given_once() -> None:
    ngo, person = OrganisationFactory(), UserFactory()
    administrator = member(Role.ORGANISATION_ADMINISTRATOR, ngo)
    given: dict[str, Any] = {"person": person, "organisation": ngo, "role": Role.OBSERVER}
    given |= {"since": timezone.localdate(), "places": [], "at": timezone.now()}
    answers = at_once(*[lambda: give_role(**given, by=administrator)] * 4)
    assert sorted(type(answer).__name__ for answer in answers) == ["Membership", *["Problem"] * 3]


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_others_roles_at_once_leave_one() -> None:
    body, today = BodyFactory(), timezone.localdate()
    one, other = member(Role.ADMINISTRATOR, body), member(Role.ADMINISTRATOR, body)
    mine, theirs = one.memberships.get(), other.memberships.get()
    at_once(
        lambda: end_membership(membership=theirs, by=one, last_day=today),
        lambda: end_membership(membership=mine, by=other, last_day=today),
    )
    assert Membership.objects.filter(valid__upper_inf=True).count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_stop_each_other_at_once_leave_one() -> None:
    body = BodyFactory()
    one, other = member(Role.ADMINISTRATOR, body), member(Role.ADMINISTRATOR, body)
    at_once(
        lambda: let_in(person=other, active=False, by=one),
        lambda: let_in(person=one, active=False, by=other),
    )
    assert User.objects.filter(is_active=True).count() == 1


def test_a_role_that_has_ended_is_not_reopened_by_another_last_day() -> None:
    ngo, today = OrganisationFactory(), timezone.localdate()
    manager = member(Role.ORGANISATION_ADMINISTRATOR, ngo)
    ended = member(Role.NGO_COORDINATOR, ngo, last=today - DAY).memberships.get()
    with pytest.raises(Problem) as problem:
        end_membership(membership=ended, by=manager, last_day=today + 30 * DAY)
    assert problem.value.code == "ended_already"


def test_ending_a_role_takes_effect_after_its_last_day(client: Client) -> None:
    ngo = OrganisationFactory()
    person = member(Role.NGO_COORDINATOR, ngo)
    membership = person.memberships.get()
    client.force_login(member(Role.ORGANISATION_ADMINISTRATOR, ngo))
    yesterday = timezone.localdate() - DAY
    assert client.post(f"/people/roles/{membership.pk}/end/", {"last_day": yesterday}).status_code == 302
    assert not may(User.objects.get(pk=person.pk), Permission.SUBMIT_REPORTS)


def test_a_role_does_not_end_before_it_begins() -> None:
    ngo = OrganisationFactory()
    membership = member(Role.NGO_COORDINATOR, ngo, first=timezone.localdate()).memberships.get()
    manager = member(Role.ORGANISATION_ADMINISTRATOR, ngo)
    with pytest.raises(Problem) as problem:
        end_membership(membership=membership, by=manager, last_day=timezone.localdate() - DAY)
    assert problem.value.errors[0].field == "last_day"


def test_the_last_administrator_stays(administrator: User, body: Organisation) -> None:
    membership = administrator.memberships.get()
    with pytest.raises(Problem) as problem:
        end_membership(membership=membership, by=administrator, last_day=timezone.localdate())
    assert problem.value.code == "last_administrator"
    member(Role.ADMINISTRATOR, body)
    end_membership(membership=membership, by=administrator, last_day=timezone.localdate())


def test_an_administrator_whose_role_ends_soon_does_not_replace_the_last_one(
    administrator: User, body: Organisation
) -> None:
    other = member(Role.ADMINISTRATOR, body)
    today = timezone.localdate()
    end_membership(membership=other.memberships.get(), by=administrator, last_day=today + 7 * DAY)
    with pytest.raises(Problem) as problem:
        end_membership(membership=administrator.memberships.get(), by=administrator, last_day=today)
    assert problem.value.code == "last_administrator"


def test_a_director_sees_and_ends_only_roles_of_the_own_directorate(client: Client) -> None:
    directorate = DirectorateFactory()
    own = member(Role.DATA_OFFICER, directorate, name="Own Officer")
    other = member(Role.DATA_OFFICER, DirectorateFactory(), name="Other Officer")
    client.force_login(member(Role.DIRECTOR, directorate))
    page = client.get("/people/").content.decode()
    assert "Own Officer" in page
    assert "Other Officer" not in page
    assert client.get(f"/people/{own.pk}/").status_code == 200
    assert client.get(f"/people/{other.pk}/").status_code == 404
    assert client.get(f"/people/roles/{other.memberships.get().pk}/end/").status_code == 404


def test_people_are_found_in_any_spelling(client: Client) -> None:
    ngo = OrganisationFactory()
    member(Role.NGO_COORDINATOR, ngo, name="أحمد الحسن")
    client.force_login(member(Role.ORGANISATION_ADMINISTRATOR, ngo))
    assert "أحمد الحسن" in client.get("/people/", {"q": "احمد حسن"}).content.decode()
    assert "أحمد الحسن" in client.get("/people/", {"q": "احمد"}).content.decode()
    assert "أحمد الحسن" not in client.get("/people/", {"q": "سمير"}).content.decode()


def test_filters_that_make_no_sense_are_told_and_filter_nothing(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    page = client.get("/people/", {"organisation": "nowhere", "role": "king", "state": "x", "page": "9", "sort": "x"})
    assert page.status_code == 200
    assert administrator.name in page.content.decode()


def test_the_list_of_people_costs_the_same_however_many_there_are(
    client: Client, body: Organisation, administrator: User, django_assert_max_num_queries: Any
) -> None:
    for _ in range(12):
        member(Role.OBSERVER, body)
    client.force_login(administrator)
    # The logo in force is looked up once for all pages.
    client.get("/")
    with django_assert_max_num_queries(26):
        client.get("/people/")


# --- Acting, account, keys -----------------------------------------------------------------------------------------


def test_acting_as_another_organisation_keeps_the_page(client: Client, body: Organisation, administrator: User) -> None:
    ngo = OrganisationFactory()
    member(Role.NGO_COORDINATOR, ngo, person=administrator)
    client.force_login(administrator)
    answer = client.post("/act-as/", {"organisation": ngo.pk, "next": "/account/"})
    assert answer["Location"] == "/account/"
    assert client.get("/people/").status_code == 403
    client.post("/act-as/", {"organisation": body.pk})
    assert client.get("/people/").status_code == 200


@pytest.mark.parametrize("wished", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_acting_never_leads_to_a_strangers_page(client: Client, administrator: User, wished: str) -> None:
    client.force_login(administrator)
    answer = client.post("/act-as/", {"organisation": administrator.acting_id, "next": wished})
    assert answer["Location"] == "/"


@pytest.mark.parametrize("wished", ["", "0", "abc", "99999999999999999999"])
def test_nobody_acts_as_what_they_do_not_belong_to(client: Client, administrator: User, wished: str) -> None:
    client.force_login(administrator)
    assert client.post("/act-as/", {"organisation": wished}).status_code == 404
    ended = member(Role.OBSERVER, OrganisationFactory(), last=timezone.localdate() - DAY, person=UserFactory())
    client.force_login(ended)
    assert client.post("/act-as/", {"organisation": ended.memberships.get().organisation_id}).status_code == 404


def test_name_language_and_time_zone_are_changed_on_the_account_page(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    client.post("/account/", {"name": "\u202eسمر  الحلبي", "language": "ar", "zone": "Europe/Istanbul"})
    administrator.refresh_from_db()
    assert (administrator.name, administrator.language, administrator.zone) == ("سمر الحلبي", "ar", "Europe/Istanbul")
    assert 'dir="rtl"' in client.get("/account/").content.decode()


def test_nobody_changes_the_e_mail_by_which_the_record_knows_them(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    assert administrator.email in client.get("/accounts/email/").content.decode()
    for deed in ("action_add", "action_primary"):
        assert client.post("/accounts/email/", {"email": "other@example.org", deed: ""}).status_code == 405
    before = administrator.email
    administrator.refresh_from_db()
    assert administrator.email == before


def test_a_key_is_shown_once_and_stored_hashed(client: Client, administrator: User) -> None:
    client.force_login(administrator)
    asked = {"name": "Data exchange", "days": "30", "scope": "read", "organisation": BodyFactory().code}
    page = client.post("/account/keys/", asked, follow=True).content.decode()
    key = re.search(r'class="secret" dir="ltr">([0-9a-f]+)<', page)
    assert key is not None
    assert key[1] not in client.get("/account/").content.decode()
    token = AccessToken.objects.get()
    assert token.digest != key[1]
    assert token.digest not in page
    assert (token.name, token.organisation_id) == ("Data exchange", administrator.acting_id)
    assert AuditEvent.objects.get(what="make_key").thing == str(administrator.pk)


def test_only_its_owner_ends_a_key(client: Client, administrator: User) -> None:
    now = timezone.now()
    token, _key = make_token(by=administrator, at=now, expires=now + DAY, name="x")
    client.force_login(UserFactory())
    assert client.post(f"/account/keys/{token.token_key}/end/").status_code == 404
    client.force_login(administrator)
    assert client.get(f"/account/keys/{token.token_key}/end/").status_code == 200
    client.post(f"/account/keys/{token.token_key}/end/")
    assert not AccessToken.objects.exists()


def test_whoever_is_kept_out_loses_keys_and_sign_in(client: Client, administrator: User) -> None:
    person = member(Role.OBSERVER, OrganisationFactory())
    now = timezone.now()
    make_token(by=person, at=now, expires=now + DAY)
    client.force_login(person)
    let_in(person=person, active=False, by=administrator)
    assert not person.access_tokens.exists()
    assert client.get("/account/").status_code == 302
    with pytest.raises(Problem):
        let_in(person=administrator, active=False, by=administrator)
    with pytest.raises(Refused):
        let_in(person=administrator, active=False, by=person)


@pytest.mark.parametrize(
    "address", ["/account/", "/people/", "/people/invite/", "/people/1/", "/people/roles/1/end/", "/people/invited/"]
)
def test_whoever_has_not_signed_in_is_led_to_the_entrance(client: Client, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


# --- The first administrator ---------------------------------------------------------------------------------------


def test_the_command_prints_a_link_for_the_first_administrator(
    body: Organisation, client: Client, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("invite-admin", "first@example.org")
    link = capsys.readouterr().out.strip()
    assert link.startswith("http")
    accepts(client, link.rstrip("/").rpartition("/")[2])
    assert may(User.objects.get(email="first@example.org"), Permission.MANAGE_ORGANISATIONS)


def test_the_command_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(CommandError, match="no coordination body"):
        call_command("invite-admin", "first@example.org")
    BodyFactory()
    with pytest.raises(CommandError, match="Not an e-mail"):
        call_command("invite-admin", "first")


def test_roles_of_before_an_upgrade_get_what_roles_py_names_today() -> None:
    person = member(Role.NGO_COORDINATOR, OrganisationFactory())
    PlaceGrant.objects.all().delete()
    assert not may(person, Permission.PROPOSE_FACILITIES)
    assert reopen_roles() == 1
    assert may(person, Permission.PROPOSE_FACILITIES)
    before = PlaceGrant.objects.count()
    reopen_roles()
    assert PlaceGrant.objects.count() == before


def test_of_other_organisations_the_body_sees_nobody_and_helps_with_a_lost_second_step(
    client: Client, administrator: User
) -> None:
    director = member(Role.DIRECTOR, DirectorateFactory(), name="Dr. Samer", email="samer@idlib.org")
    client.force_login(administrator)
    page = client.get("/people/").content.decode()
    assert "Dr. Samer" not in page
    assert client.get(f"/people/{director.pk}/").status_code == 404
    asked = client.post("/people/second-steps/find/", {"email": " Samer@idlib.org"})
    assert asked.headers["Location"] == f"/people/{director.pk}/second-step/"
    assert client.get(asked.headers["Location"]).status_code == 200
    assert client.post("/people/second-steps/find/", {"email": "nobody@example.org"}).headers["Location"] == "/people/"
    outsider = member(Role.DIRECTOR, DirectorateFactory())
    client.force_login(outsider)
    assert client.post("/people/second-steps/find/", {"email": director.email}).headers["Location"] == "/people/"
    assert client.get(f"/people/{director.pk}/second-step/").status_code == 404


def test_what_waits_elsewhere_stands_on_no_page_of_ones_own(client: Client, administrator: User) -> None:
    there: Organisation = DirectorateFactory(name_en="Elsewhere directorate")
    theirs, lost = member(Role.DIRECTOR, there), member(Role.DATA_OFFICER, there, name="Somebody there")
    invite(email="their.new@example.org", organisation=there, role=Role.DATA_OFFICER, by=theirs, at=timezone.now())
    reset = FactorReset.objects.create(by=theirs, person=lost, reason="x", at=timezone.now())
    here: Organisation = DirectorateFactory()
    director, colleague = member(Role.DIRECTOR, here, language="en"), member(Role.DATA_OFFICER, here)
    client.force_login(director)
    for address in ("/people/", f"/people/{colleague.pk}/", "/people/invite/"):
        page = client.get(address).content.decode()
        for theirs_alone in ("Elsewhere directorate", "their.new@example.org", f"/second-steps/{reset.pk}/"):
            assert theirs_alone not in page, address
    assert client.get(f"/people/{lost.pk}/").status_code == 404


def test_of_a_person_whom_one_does_not_manage_one_is_led_to_no_page(client: Client, administrator: User) -> None:
    lost = member(Role.DATA_OFFICER, DirectorateFactory(), language="en")
    client.force_login(administrator)
    page = client.get(f"/people/{lost.pk}/second-step/").content.decode()
    assert f'href="/people/{lost.pk}/"' not in page


def test_the_technical_administration_is_offered_to_whom_it_opens(client: Client, administrator: User) -> None:
    for person, offered in ((administrator, True), (member(Role.DIRECTOR, DirectorateFactory()), False)):
        client.force_login(person)
        assert ('href="/technical-administration/"' in client.get("/people/").content.decode()) is offered
