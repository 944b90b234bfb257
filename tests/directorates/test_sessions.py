"""Sessions and keys: seen and ended by their owner, all ended by a changed password or a disabled account; what a key may."""

import datetime

import pytest
from allauth.usersessions.models import UserSession
from django.test import Client
from django.utils import timezone

from directorates.actions.people import let_in
from directorates.actions.sessions import end_sessions
from directorates.actions.tokens import MOST_KEYS, make_token
from directorates.foundation.problems import Problem
from directorates.models import AccessToken, AuditEvent, User
from directorates.models.people import Scope
from directorates.roles import Role
from directorates.rules.browsers import browser_name
from directorates.sessions import SECONDS, SEEN
from tests.api.callers import Caller, body_of
from tests.factories import PASSWORD, BodyFactory, DirectorateFactory, OrganisationFactory, member
from tests.reporting.reports import Scene

pytestmark = pytest.mark.django_db
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
NEW = "seven green buses wait"


def signed_in_at(person: User, address: str, agent: str = FIREFOX) -> Client:
    """A browser somewhere in which a person signed in."""
    client = Client(REMOTE_ADDR=address, headers={"user-agent": agent, "accept-language": "en"})
    assert client.post("/accounts/login/", {"login": person.email, "password": PASSWORD}).status_code == 302
    return client


def is_open(client: Client) -> bool:
    """Whether somebody is signed in there."""
    return client.get("/account/").status_code == 200


@pytest.fixture
def person() -> User:
    """Someone whose role needs no second factor."""
    return member(Role.OBSERVER, OrganisationFactory(), language="en")


def test_the_account_lists_devices_and_ends_one_of_them(person: User) -> None:
    here, there = signed_in_at(person, "192.0.2.1"), signed_in_at(person, "192.0.2.77")
    page = here.get("/account/").content.decode()
    assert "Firefox · Linux" in page
    assert "192.0.2.77" in page
    row = UserSession.objects.get(ip="192.0.2.77")
    assert here.get(f"/account/sessions/{row.pk}/end/").status_code == 405
    here.post(f"/account/sessions/{row.pk}/end/")
    assert (is_open(here), is_open(there)) == (True, False)
    assert here.post(f"/account/sessions/{row.pk}/end/").status_code == 404


def test_when_a_session_was_last_used_is_noted_now_and_then(person: User) -> None:
    client = signed_in_at(person, "192.0.2.1")
    before = UserSession.objects.get().last_seen_at
    client.get("/account/")
    assert UserSession.objects.get().last_seen_at == before
    session = client.session
    session[SEEN] -= SECONDS + 1
    session.save()
    client.get("/account/")
    assert UserSession.objects.get().last_seen_at > before


def test_all_others_end_together(person: User) -> None:
    here, *others = [signed_in_at(person, f"192.0.2.{number}") for number in range(1, 4)]
    here.post("/account/sessions/end/")
    assert is_open(here)
    assert not any(is_open(client) for client in others)
    assert AuditEvent.objects.get(what="end_sessions").details["number"] == 2


def test_nobody_sees_or_ends_a_strangers_session(person: User) -> None:
    mine = signed_in_at(person, "192.0.2.1")
    other = signed_in_at(member(Role.OBSERVER, OrganisationFactory()), "192.0.2.2")
    row = UserSession.objects.get(user=person)
    assert other.post(f"/account/sessions/{row.pk}/end/").status_code == 404
    assert "192.0.2.1<" not in other.get("/account/").content.decode()
    other.post("/account/sessions/end/")
    assert is_open(mine)


def test_signing_in_and_out_are_on_record_with_where_from(person: User) -> None:
    client = signed_in_at(person, "192.0.2.1")
    Client(REMOTE_ADDR="203.0.113.9").post("/accounts/login/", {"login": person.email, "password": "no"})
    Client().post("/accounts/login/", {"login": "nobody@example.org", "password": "no"})
    client.post("/accounts/logout/")
    found = AuditEvent.objects.filter(thing=person.pk).order_by("id").values_list("what", "refused", "address")
    assert list(found) == [
        ("sign_in", False, "192.0.2.1"),
        ("sign_in", True, "203.0.113.9"),
        ("sign_out", False, "192.0.2.1"),
    ]
    assert not UserSession.objects.exists()
    assert AuditEvent.objects.get(what="sign_in", refused=False).acting_id == person.acting_id


def key_of(person: User, scope: Scope = Scope.EVERYTHING) -> str:
    """A key that lives for a day."""
    now = timezone.now()
    expires = now + datetime.timedelta(days=1)
    return make_token(by=person, at=now, expires=expires, name="x", scope=scope, with_factor=True)[1]


def opens(key: str) -> bool:
    """Whether a key opens the API."""
    return bool(Caller(Authorization=f"Token {key}").get("places/").status_code == 200)


@pytest.mark.parametrize("deed", ["password", "kept out", "ended"])
def test_everything_ends_at_the_next_request(person: User, deed: str) -> None:
    client, other, key = signed_in_at(person, "192.0.2.1"), signed_in_at(person, "192.0.2.2"), key_of(person)
    assert opens(key)
    if deed == "password":
        asked = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
        assert client.post("/accounts/password/change/", asked).status_code == 302
        assert AuditEvent.objects.filter(what="set_password", by=person).exists()
    elif deed == "kept out":
        let_in(person=person, active=False, by=member(Role.ADMINISTRATOR, BodyFactory()))
    else:
        end_sessions(person)
    assert not is_open(client)
    assert not is_open(other)
    assert not opens(key)
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    ("agent", "words"),
    [
        (FIREFOX, "Firefox · Linux"),
        ("Mozilla/5.0 (Linux; Android 14) AppleWebKit/537 Chrome/130.0 Mobile Safari/537.36", "Chrome · Android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604", "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/130.0 Safari/537.36 Edg/130.0", "Edge · Windows"),
        ("curl/8", ""),
    ],
)
def test_browsers_are_named_as_people_know_them(agent: str, words: str) -> None:
    assert browser_name(agent) == words


# --- What a key may --------------------------------------------------------------------------------------------------


@pytest.fixture
def scene() -> Scene:
    """An NGO that reports for a clinic."""
    return Scene()


def test_a_key_that_may_only_read_writes_nothing(scene: Scene) -> None:
    reader = Caller(Authorization=f"Token {key_of(scene.coordinator, Scope.READ)}")
    assert reader.get("reports-due/").status_code == 200
    answer = reader.report(body_of(scene))
    assert (answer.status_code, answer.json()["code"]) == (403, "read_only_key")


def test_a_key_that_may_report_reports_and_does_no_more(scene: Scene) -> None:
    sent = Caller(Authorization=f"Token {key_of(scene.coordinator, Scope.REPORT)}").report(body_of(scene))
    assert sent.status_code == 201
    address = f"submissions/{sent.json()['id']}/approve/"
    limited = Caller(Authorization=f"Token {key_of(scene.officer, Scope.REPORT)}").post(address, {})
    assert limited.status_code in {403, 404}
    assert Caller(Authorization=f"Token {key_of(scene.officer)}").post(address, {}).status_code == 200


def test_a_key_never_becomes_a_session(scene: Scene) -> None:
    caller = Caller(Authorization=f"Token {key_of(scene.coordinator)}")
    answer = caller.get("reports-due/")
    assert answer.status_code == 200
    assert not answer.cookies
    assert caller.client.get("/account/", headers=caller.headers).status_code == 302
    assert Client().get("/account/", headers={"authorization": caller.headers["Authorization"]}).status_code == 302
    assert not UserSession.objects.exists()


def test_the_account_page_makes_a_key_for_one_of_ones_organisations(person: User) -> None:
    second = OrganisationFactory()
    member(Role.OBSERVER, second, person=person)
    client = signed_in_at(person, "192.0.2.1")
    asked = {"name": "Sheets", "days": "365", "scope": "report", "organisation": second.code}
    client.post("/account/keys/", asked)
    token = AccessToken.objects.get()
    assert (token.organisation, token.scope, token.with_factor) == (second, "report", False)
    stranger = OrganisationFactory()
    for wrong in ({"organisation": stranger.code}, {"days": "3650"}, {"scope": "root"}, {"name": ""}):
        assert client.post("/account/keys/", asked | wrong).status_code == 200
    assert AccessToken.objects.count() == 1
    with pytest.raises(Problem):
        make_token(by=person, at=timezone.now(), expires=timezone.now(), organisation=stranger)


def test_when_a_key_was_last_used_is_noted_now_and_then(person: User) -> None:
    key = key_of(person)
    assert AccessToken.objects.get().used_at is None
    opens(key)
    used = AccessToken.objects.get().used_at
    assert used is not None
    opens(key)
    assert AccessToken.objects.get().used_at == used
    client = signed_in_at(person, "192.0.2.1")
    assert "Last used" in client.get("/account/").content.decode()


def test_nobody_piles_up_keys_without_end(person: User) -> None:
    for _number in range(MOST_KEYS):
        key_of(person)
    with pytest.raises(Problem) as problem:
        key_of(person)
    assert problem.value.code == "too_many_keys"


def test_a_directorates_people_can_be_ended_in_one_go() -> None:
    directorate = DirectorateFactory()
    people = [member(Role.OBSERVER, directorate) for _number in range(3)]
    clients = [signed_in_at(one, f"192.0.2.{number}") for number, one in enumerate(people, 1)]
    for one in people:
        end_sessions(one)
    assert not any(is_open(client) for client in clients)
