"""The second factor: who needs one, what is closed without, codes that work once, and what happens when one is lost."""

import datetime
import time
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core import mail
from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.test import Client
from django.utils import timezone

from directorates.actions.deputies import name_deputy
from directorates.actions.factor_resets import ask_reset, confirm_reset, refuse_reset
from directorates.actions.people import end_membership
from directorates.actions.seals import seal
from directorates.foundation.notices import words_of
from directorates.foundation.problems import Problem
from directorates.foundation.sight import seeing
from directorates.models import AccessToken, AuditEvent, FactorReset, Notice, User
from directorates.permissions import Refused, sight_of
from directorates.roles import Role
from tests.api.callers import Caller
from tests.factories import (
    PASSWORD,
    BodyFactory,
    DirectorateFactory,
    OrganisationFactory,
    UserFactory,
    confirmed_deputy,
    member,
    recovery_code,
    with_app,
)

pytestmark = [pytest.mark.django_db, pytest.mark.password_alone]
SET_UP = "/accounts/2fa/"
DAY = datetime.timedelta(days=1)


def code_of(secret: str) -> str:
    """What the app shows now; the portal forgets that it saw it, as half a minute later it would."""
    cache.clear()
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def sign_in(client: Client, person: User) -> Any:
    """Send e-mail and password."""
    return client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})


@pytest.mark.parametrize(
    ("role", "kind", "needed"),
    [
        (Role.ADMINISTRATOR, "body", True),
        (Role.DATA_MANAGER, "body", True),
        (Role.DIRECTOR, "directorate", True),
        (Role.DATA_OFFICER, "directorate", True),
        (Role.NGO_COORDINATOR, "ngo", False),
        (Role.OBSERVER, "ministry", False),
        (Role.DONOR, "donor", False),
    ],
)
def test_who_approves_administers_or_sees_what_is_sensitive_needs_one(
    client: Client, role: Role, kind: str, needed: bool
) -> None:
    person = member(role, OrganisationFactory(kind=kind))
    client.force_login(person)
    answer = client.get("/")
    assert (answer.status_code == 302 and answer["Location"] == SET_UP) is needed


def test_without_one_only_account_and_setting_up_are_open(client: Client) -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory(), language="en")
    client.force_login(officer)
    for closed in ("/reports/", "/facilities/", "/people/", "/jobs/", "/api/docs/", "/technical-administration/"):
        assert client.get(closed)["Location"] == SET_UP, closed
        assert client.post(closed)["Location"] == SET_UP, closed
    for address in ("/account/", SET_UP, "/accounts/logout/"):
        assert client.get(address).status_code == 200, address
    assert "opens once a second step is set up" in client.get("/account/").content.decode()
    answer = client.get("/api/v1/submissions/")
    assert (answer.status_code, answer.json()["code"]) == (403, "second_factor_required")


@pytest.mark.django_db(transaction=True)
def test_the_app_is_set_up_and_opens_everything_from_then_on(client: Client) -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory(), language="en")
    other = Client()
    sign_in(other, officer)
    assert sign_in(client, officer)["Location"] == "/"
    assert client.get("/")["Location"] == SET_UP
    page = client.get("/accounts/2fa/totp/activate/")
    assert page["Location"].startswith("/accounts/reauthenticate/")
    client.post(page["Location"], {"password": PASSWORD})
    page = client.get("/accounts/2fa/totp/activate/")
    assert 'src="data:image/svg+xml;base64,' in page.content.decode()
    done = client.post("/accounts/2fa/totp/activate/", {"code": code_of(page.context["form"].secret)})
    assert done["Location"] == "/accounts/2fa/recovery-codes/"
    assert recovery_code(officer) in client.get(done["Location"]).content.decode()
    assert client.get("/").status_code == 200
    # Sessions that were begun without are over.
    assert other.get("/account/").status_code == 302
    assert AuditEvent.objects.filter(by=officer, what="add_factor", details__kind="totp").exists()
    assert Notice.objects.filter(person=officer, kind="factor", values__what="added").exists()


def test_signing_in_asks_for_the_code_and_a_wrong_one_is_on_record(client: Client) -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory())
    secret = with_app(officer)
    assert sign_in(client, officer)["Location"] == "/accounts/2fa/authenticate/"
    assert client.get("/")["Location"].startswith("/accounts/login/")
    assert client.post("/accounts/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert client.post("/accounts/2fa/authenticate/", {"code": code_of(secret)})["Location"] == "/"
    assert client.get("/").status_code == 200
    refused = AuditEvent.objects.get(what="sign_in", refused=True)
    assert (refused.thing, refused.details["step"]) == (str(officer.pk), "second factor")
    assert AuditEvent.objects.filter(what="sign_in", by=officer, refused=False).count() == 1


def test_a_recovery_code_works_once(client: Client) -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory())
    with_app(officer)
    code = recovery_code(officer)
    sign_in(client, officer)
    assert client.post("/accounts/2fa/authenticate/", {"code": code})["Location"] == "/"
    again = Client()
    sign_in(again, officer)
    assert again.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 200
    assert again.get("/account/").status_code == 302


def test_codes_cannot_be_tried_without_end_and_nobody_is_locked_out_without_the_password(client: Client) -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory())
    with_app(officer)
    sign_in(client, officer)
    for _attempt in range(10):
        client.post("/accounts/2fa/authenticate/", {"code": "123456"})
    assert client.post("/accounts/2fa/authenticate/", {"code": recovery_code(officer)}).status_code == 200
    assert AuditEvent.objects.filter(refused=True, what="sign_in").count() == 10


def test_a_stranger_who_fails_on_purpose_slows_nobody_but_himself() -> None:
    person = member(Role.OBSERVER, OrganisationFactory())
    stranger, owner = Client(REMOTE_ADDR="203.0.113.9"), Client(REMOTE_ADDR="192.0.2.1")
    for _attempt in range(15):
        stranger.post("/accounts/login/", {"login": person.email, "password": "guess"})
    assert (
        "five minutes"
        in stranger.post(
            "/accounts/login/", {"login": person.email, "password": PASSWORD}, headers={"accept-language": "en"}
        ).content.decode()
    )
    assert sign_in(owner, person)["Location"] == "/"


def test_neighbours_in_one_ipv6_network_count_as_one() -> None:
    person = member(Role.OBSERVER, OrganisationFactory())
    for number in range(10):
        Client(REMOTE_ADDR=f"2001:db8::{number:x}").post("/accounts/login/", {"login": person.email, "password": "no"})
    assert sign_in(Client(REMOTE_ADDR="2001:db8::ffff"), person).status_code == 200
    assert sign_in(Client(REMOTE_ADDR="2001:db8:1::1"), person).status_code == 302


def test_taking_the_app_away_closes_what_it_opened(client: Client) -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory())
    with_app(officer)
    sign_in(client, officer)
    client.post("/accounts/2fa/authenticate/", {"code": recovery_code(officer)})
    client.post("/accounts/2fa/reauthenticate/", {"code": recovery_code(officer)})
    key = ask_key(officer, otp=recovery_code(officer)).json()["token"]
    assert client.post("/accounts/2fa/totp/deactivate/")["Location"] == SET_UP
    assert client.get("/reports/")["Location"] == SET_UP
    assert Caller(Authorization=f"Token {key}").get("places/").status_code == 401
    assert not Authenticator.objects.exists()
    told = Notice.objects.filter(person=officer, kind="factor", values__what="removed")
    assert "If that was not you" in words_of(told.get(values__kind="totp"), "en")[1]


def test_the_secret_stands_encrypted_and_a_lost_key_opens_nothing(settings: Any) -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory())
    secret = with_app(officer)
    kept = Authenticator.objects.get(type="totp")
    assert secret not in str(kept.data)
    assert kept.wrap().validate_code(code_of(secret))
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "a new key"
    assert kept.wrap().validate_code(code_of(secret))
    settings.SECRET_KEY_FALLBACKS = []
    assert not kept.wrap().validate_code(code_of(secret))


def test_the_demonstration_is_exempt_only_while_it_is_allowed(client: Client, settings: Any) -> None:
    settings.DEMONSTRATION = True
    officer = member(Role.DATA_OFFICER, DirectorateFactory(), email="data@idlib.example")
    client.force_login(officer)
    assert client.get("/").status_code == 200
    real = Client()
    real.force_login(member(Role.DATA_OFFICER, DirectorateFactory()))
    assert real.get("/")["Location"] == SET_UP


def test_a_key_of_the_demonstration_ends_where_the_demonstration_does(settings: Any) -> None:
    settings.DEMONSTRATION = True
    caller = Caller(member(Role.OBSERVER, OrganisationFactory(), email="observer@cluster.example"))
    assert caller.get("places/").status_code == 200
    settings.DEMONSTRATION = False
    assert caller.get("places/").status_code == 401


# --- Keys of the API -------------------------------------------------------------------------------------------------


def ask_key(person: User, **more: str) -> Any:
    """Ask for a key by e-mail and password."""
    return Caller().post("auth/token/", {"email": person.email, "password": PASSWORD} | more)


def test_a_key_needs_the_code_and_then_opens() -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory())
    answer = ask_key(officer)
    assert (answer.status_code, answer.json()["code"]) == (401, "otp_required")
    secret = with_app(officer)
    assert (ask_key(officer).status_code, ask_key(officer, otp="000000").status_code) == (401, 401)
    key = ask_key(officer, otp=code_of(secret)).json()["token"]
    assert Caller(Authorization=f"Token {key}").get("submissions/").status_code == 200
    code = recovery_code(officer)
    assert (ask_key(officer, otp=code).status_code, ask_key(officer, otp=code).status_code) == (200, 401)


def test_who_needs_none_and_has_none_gets_a_key_as_before() -> None:
    assert ask_key(member(Role.NGO_COORDINATOR, OrganisationFactory())).status_code == 200


def test_a_key_of_before_does_nothing_once_a_role_needs_the_factor() -> None:
    directorate = DirectorateFactory()
    person = member(Role.OBSERVER, directorate)
    key = ask_key(person).json()["token"]
    assert Caller(Authorization=f"Token {key}").get("places/").status_code == 200
    member(Role.DATA_OFFICER, directorate, person=person)
    answer = Caller(Authorization=f"Token {key}").get("places/")
    assert (answer.status_code, answer.json()["code"]) == (401, "otp_required")


def test_codes_of_keys_cannot_be_tried_without_end() -> None:
    officer = member(Role.DATA_OFFICER, DirectorateFactory())
    with_app(officer)
    answers = [ask_key(officer, otp="000000").status_code for _attempt in range(11)]
    assert answers == [401] * 10 + [429]


# --- A factor that was lost ------------------------------------------------------------------------------------------


def lost() -> tuple[User, User, User]:
    """Someone whose phone is gone, the director who manages the person, and an administrator of the body."""
    directorate = DirectorateFactory()
    officer = member(Role.DATA_OFFICER, directorate, language="en")
    with_app(officer)
    return officer, member(Role.DIRECTOR, directorate), member(Role.ADMINISTRATOR, BodyFactory())


def with_step(client: Client, person: User) -> None:
    """Sign in with both steps."""
    with_app(person)
    sign_in(client, person)
    client.post("/accounts/2fa/authenticate/", {"code": recovery_code(person)})


def test_two_people_take_a_lost_factor_away_and_everything_ends(
    client: Client, django_capture_on_commit_callbacks: Any
) -> None:
    officer, director, administrator = lost()
    sign_in(client, officer)
    client.post("/accounts/2fa/authenticate/", {"code": recovery_code(officer)})
    now = timezone.now()
    key = ask_key(officer, otp=recovery_code(officer)).json()["token"]
    reset = ask_reset(person=officer, reason="Phone lost", by=director, at=now)
    assert client.get("/").status_code == 200
    with django_capture_on_commit_callbacks(execute=True):
        confirm_reset(reset=reset, by=administrator, at=now)
    assert not Authenticator.objects.exists()
    assert client.get("/account/").status_code == 302
    assert Caller(Authorization=f"Token {key}").get("places/").status_code == 401
    assert mail.outbox[0].to == [officer.email]
    assert director.name in mail.outbox[0].body
    assert set(AuditEvent.objects.filter(thing=officer.pk).values_list("what", flat=True)) >= {
        "ask_factor_reset",
        "reset_factor",
    }
    with pytest.raises(Problem) as problem:
        confirm_reset(reset=reset, by=administrator, at=now)
    assert problem.value.code == "decided_already"


def test_nobody_does_it_alone_for_oneself_or_for_strangers() -> None:
    officer, director, administrator = lost()
    now = timezone.now()
    for stranger in (member(Role.DIRECTOR, DirectorateFactory()), officer, UserFactory()):
        with pytest.raises(Refused):
            ask_reset(person=officer, reason="x", by=stranger, at=now)
    reset = ask_reset(person=officer, reason="x", by=director, at=now)
    with pytest.raises(Problem) as problem:
        ask_reset(person=officer, reason="x", by=administrator, at=now)
    assert problem.value.code == "asked_already"
    for refused in (director, officer, member(Role.DATA_OFFICER, DirectorateFactory())):
        with pytest.raises(Refused):
            confirm_reset(reset=reset, by=refused, at=now)
    assert Authenticator.objects.filter(user=officer).exists()


def test_whoever_manages_other_people_decides_nothing_about_these() -> None:
    officer, director, _administrator = lost()
    reset = ask_reset(person=officer, reason="x", by=director, at=timezone.now())
    for stranger in (member(Role.DIRECTOR, DirectorateFactory()), UserFactory()):
        for decide in (confirm_reset, refuse_reset):
            with pytest.raises(Refused):
                decide(reset=reset, by=stranger, at=timezone.now())
    assert FactorReset.objects.get().decided_at is None


def test_nobody_asks_or_decides_about_oneself() -> None:
    _officer, director, administrator = lost()
    with_app(administrator)
    with pytest.raises(Refused):
        ask_reset(person=administrator, reason="x", by=administrator, at=timezone.now())
    with_app(director)
    reset = ask_reset(person=director, reason="x", by=administrator, at=timezone.now())
    for decide in (confirm_reset, refuse_reset):
        with pytest.raises(Refused):
            decide(reset=reset, by=director, at=timezone.now())
    assert FactorReset.objects.get().decided_at is None


def test_of_people_who_left_only_the_body_may_ask() -> None:
    officer, director, administrator = lost()
    role = officer.memberships.get()
    end_membership(membership=role, by=director, last_day=timezone.localdate() - DAY)
    with pytest.raises(Refused):
        ask_reset(person=officer, reason="x", by=director, at=timezone.now())
    ask_reset(person=officer, reason="x", by=administrator, at=timezone.now())


def test_of_people_of_a_sealed_directorate_nobody_can_ask(client: Client) -> None:
    officer, director, administrator = lost()
    seal(organisation=director.memberships.get().organisation, reason="x", by=director, at=timezone.now())
    # Whose names are hidden is said by what the person sees.
    with seeing(sight_of(administrator)), pytest.raises(Refused):
        ask_reset(person=officer, reason="x", by=administrator, at=timezone.now())
    with_step(client, administrator)
    page = client.post("/people/second-steps/find/", {"email": officer.email}, follow=True).content.decode()
    assert "Nobody whom you may ask about" in page


def test_a_deputy_neither_asks_nor_confirms_and_refuses_with_both_names() -> None:
    officer, director, administrator = lost()
    directorate, today = director.memberships.get().organisation, timezone.localdate()
    deputy = member(Role.DATA_OFFICER, directorate)
    role = director.memberships.get()
    waits = name_deputy(by=director, membership=role, deputy=deputy, first=today, last=today + DAY, at=timezone.now())
    confirmed_deputy(waits)
    with pytest.raises(Refused):
        ask_reset(person=officer, reason="x", by=User.objects.get(pk=deputy.pk), at=timezone.now())
    for asker in (director, administrator):
        reset = ask_reset(person=officer, reason="x", by=asker, at=timezone.now())
        with pytest.raises(Refused):
            confirm_reset(reset=reset, by=User.objects.get(pk=deputy.pk), at=timezone.now())
        refuse_reset(reset=reset, by=User.objects.get(pk=deputy.pk), at=timezone.now())
    told = AuditEvent.objects.filter(what="refuse_factor_reset")
    assert {event.details["instead_of"] for event in told} == {director.pk}


def test_a_decision_that_is_none_decides_nothing(client: Client) -> None:
    officer, director, administrator = lost()
    reset = ask_reset(person=officer, reason="x", by=director, at=timezone.now())
    with_step(client, administrator)
    assert client.post(f"/people/second-steps/{reset.pk}/", {"decision": "perhaps"}).status_code == 400
    assert FactorReset.objects.get().decided_at is None


def test_the_database_itself_wants_two_people() -> None:
    officer, director, _administrator = lost()
    now = timezone.now()
    with pytest.raises(IntegrityError), transaction.atomic():
        FactorReset.objects.create(
            person=officer, reason="x", by=director, at=now, decided_by=director, decided_at=now, confirmed=True
        )
    refused = ask_reset(person=officer, reason="x", by=director, at=now)
    refuse_reset(reset=refused, by=director, at=now)
    assert FactorReset.objects.get().confirmed is False


def test_the_pages_ask_confirm_and_refuse() -> None:
    officer, director, administrator = lost()
    first, second = Client(), Client()
    for client, person in ((first, director), (second, administrator)):
        with_step(client, person)
    page = f"/people/{officer.pk}/second-step/"
    assert "#id_reason" in first.post(page, {"reason": ""}).content.decode()
    assert first.post(page, {"reason": "Phone lost"}).status_code == 302
    reset = FactorReset.objects.get()
    decide = f"/people/second-steps/{reset.pk}/"
    assert 'value="confirm"' not in first.get(decide).content.decode()
    assert first.post(decide, {"decision": "confirm"}).status_code == 403
    assert decide in second.get("/people/").content.decode()
    assert "Phone lost" in second.get(decide).content.decode()
    assert second.post(decide, {"decision": "confirm"}).status_code == 302
    assert not Authenticator.objects.filter(user=officer).exists()
    assert second.get(decide).status_code == 404
    stranger = Client()
    stranger.force_login(member(Role.NGO_COORDINATOR, OrganisationFactory()))
    assert stranger.get(decide).status_code == 404


def test_a_key_lives_a_year_at_most_whatever_asks_for_it() -> None:
    person = member(Role.OBSERVER, OrganisationFactory())
    with pytest.raises(IntegrityError), transaction.atomic():
        AccessToken.objects.create(user=person, expiry=datetime.timedelta(days=400))
