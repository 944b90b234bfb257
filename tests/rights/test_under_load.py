"""Rights that begin, end and are closed while many ask: a request that begins after the deed's answer finds them so."""

import datetime
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from directorates.actions.deputies import end_deputyship, name_deputy
from directorates.actions.people import end_membership, give_role
from directorates.actions.roles_by_two import confirm_role
from directorates.actions.seals import seal
from directorates.actions.tokens import make_token
from directorates.foundation.sight import PORTAL, seeing
from directorates.models import AuditEvent, Invitation, Membership, User
from directorates.roles import Role
from facilities.actions import position_readings
from facilities.actions.position_grants import approve_grant, ask_for_positions, end_grant
from facilities.actions.positions import enter_position
from facilities.models.position_grants import PositionReading
from tests.api.callers import Caller
from tests.facilities.test_positions import HERE, OLD
from tests.factories import UserFactory, confirmed_deputy, member, signed_in
from tests.reporting.clinic import Clinic, days_ago, sent_from

pytestmark = pytest.mark.django_db(transaction=True)
# So many readers, each by pages and by program; so many answers of each before and after the deed.
READERS = 4
ANSWERS = 4
SECONDS = 20.0

Ask = Callable[[], int]


@dataclass
class Asked:
    """When a request began and was answered, and whether it was let through."""

    began: float
    ended: float
    open: bool


@dataclass
class Load:
    """Readers who ask all the time, each on a connection of its own, until each has been answered often enough."""

    asks: list[Ask]
    answers: list[Asked] = field(default_factory=list)
    done: threading.Event = field(default_factory=threading.Event)

    def read(self, ask: Ask) -> None:
        """Ask and ask again."""
        end = time.monotonic() + SECONDS
        try:
            while not self.done.is_set() and time.monotonic() < end:
                began = time.monotonic()
                status = ask()
                assert status in {200, 401, 403, 404, 409}, status
                self.answers.append(Asked(began, time.monotonic(), status == 200))
        finally:
            connections.close_all()

    def wait(self, more: int) -> None:
        """Wait until so many more were answered."""
        end, wanted = time.monotonic() + SECONDS, len(self.answers) + more
        while len(self.answers) < wanted:
            assert time.monotonic() < end, "the readers were not answered in time"
            time.sleep(0.01)


@contextmanager
def under_load(asks: list[Ask]) -> Iterator[Load]:
    """Readers who ask while something is done; what one of them broke on breaks the test."""
    load = Load(asks)
    with ThreadPoolExecutor(len(asks)) as pool:
        readers = [pool.submit(load.read, ask) for ask in asks]
        try:
            yield load
        finally:
            load.done.set()
        for reader in readers:
            reader.result()


def changes_from_then_on(asks: list[Ask], deed: Callable[[], object], *, opens: bool = False) -> None:
    """Whatever was answered before the deed is of before, and whatever begins after its answer is of afterwards."""
    enough = len(asks) * ANSWERS
    with under_load(asks) as load:
        load.wait(enough)
        begins = time.monotonic()
        with seeing(PORTAL):
            deed()
        answered = time.monotonic()
        # Each reader is in one request that began before.
        load.wait(enough + len(asks))
    before = [one.open for one in load.answers if one.ended < begins]
    after = [one.open for one in load.answers if one.began > answered]
    assert min(len(before), len(after)) >= enough
    assert set(before) == {not opens}
    assert set(after) == {opens}


def pages(person: User, address: str) -> Ask:
    """A browser in which the person opens a page."""
    browser = signed_in(person)
    return lambda: int(browser.get(address).status_code)


def program(person: User, address: str) -> Ask:
    """A program that asks with a key of the person."""
    caller = Caller(person)
    return lambda: int(caller.get(address).status_code)


def readers(person: User, page: str, call: str = "") -> list[Ask]:
    """Half of the readers by pages, half by programs where there is a call."""
    return [program(person, call) if call and number % 2 else pages(person, page) for number in range(READERS)]


def fresh(person: User) -> User:
    """The person as the next request has it."""
    return User.objects.get(pk=person.pk)


@pytest.fixture
def clinic() -> Clinic:
    """A health centre with its directorate and its NGO."""
    return Clinic()


def test_a_role_that_ends(clinic: Clinic) -> None:
    report = sent_from(clinic, clinic.browser(), clinic.draft())
    director = member("director", clinic.directorate)
    membership = Membership.objects.get(person=clinic.officer)
    asks = readers(clinic.officer, f"/reports/{report.pk}/", f"submissions/{report.pk}/")
    changes_from_then_on(asks, lambda: end_membership(by=fresh(director), membership=membership, last_day=days_ago(1)))


def test_a_role_that_is_given(clinic: Clinic) -> None:
    report = sent_from(clinic, clinic.browser(), clinic.draft())
    person = UserFactory()
    director, now = member("director", clinic.directorate), timezone.now()
    second = member("administrator", clinic.body)
    given: dict[str, Any] = {"organisation": clinic.directorate, "role": Role.DATA_OFFICER, "places": []}
    offer = give_role(person=person, since=timezone.localdate(), by=fresh(director), at=now, **given)
    assert isinstance(offer, Invitation)
    changes_from_then_on(
        readers(person, f"/reports/{report.pk}/"),
        lambda: confirm_role(invitation=offer, by=fresh(second), at=now),
        opens=True,
    )


def test_a_deputyship_that_ends(clinic: Clinic) -> None:
    director, today = member("director", clinic.directorate), timezone.localdate()
    held = Membership.objects.get(person=director)
    deputy = fresh(clinic.officer)
    given: dict[str, Any] = {"membership": held, "deputy": deputy, "first": today, "last": today, "at": timezone.now()}
    made = confirmed_deputy(name_deputy(by=fresh(director), **given))
    changes_from_then_on(
        readers(clinic.officer, "/people/"),
        lambda: end_deputyship(by=fresh(director), deputyship=made, at=timezone.now()),
    )


def test_a_key_whose_time_is_over(clinic: Clinic) -> None:
    report = sent_from(clinic, clinic.browser(), clinic.draft())
    now = timezone.now()
    expires = now + datetime.timedelta(seconds=4)
    _token, key = make_token(by=fresh(clinic.officer), at=now, expires=expires, with_factor=True)
    address, headers = f"/api/v1/submissions/{report.pk}/", {"Authorization": f"Token {key}"}

    def program_of(client: Client) -> Ask:
        return lambda: int(client.get(address, headers=headers).status_code)

    asks = [program_of(Client()) for _number in range(READERS)]
    changes_from_then_on(asks, lambda: time.sleep(max(0, (expires - timezone.now()).total_seconds())))


def test_a_seal(clinic: Clinic) -> None:
    report = sent_from(clinic, clinic.browser(), clinic.draft())
    director = member("director", clinic.directorate)
    asks = readers(clinic.officer, f"/reports/{report.pk}/", f"submissions/{report.pk}/")
    changes_from_then_on(
        asks,
        lambda: seal(by=fresh(director), organisation=clinic.directorate, reason="A raid", at=timezone.now()),
    )
    refusals = AuditEvent.objects.filter(by=clinic.officer, what="sealed", refused=True)
    assert refusals.count() >= READERS * ANSWERS


def test_a_grant_of_a_location_that_is_revoked(clinic: Clinic, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.POSITION_KEYS = OLD
    # More readings than a person may have: what is tried here is the grant and not the patience.
    for most in ("MOST_IN_AN_HOUR", "MOST_IN_A_DAY", "MOST_OF_AN_ORGANISATION"):
        monkeypatch.setattr(position_readings, most, 10_000)
    director, administrator = member("director", clinic.directorate), member("administrator", clinic.body)
    enter_position(facility=clinic.facility, position=HERE, by=fresh(clinic.officer), at=timezone.now())
    asked: dict[str, Any] = {"facility": clinic.facility, "only_me": True, "purpose": "Evacuation"}
    grant = ask_for_positions(by=fresh(clinic.clerk), until=timezone.localdate(), at=timezone.now(), **asked)
    for person in (director, administrator):
        approve_grant(grant=grant, by=fresh(person), at=timezone.now())
    address = f"/facilities/positions/{grant.pk}/read/{clinic.facility.code}/"

    def reading(browser: Client) -> Ask:
        return lambda: int(browser.post(address, {"reason": "A convoy"}).status_code)

    changes_from_then_on(
        [reading(signed_in(clinic.clerk)) for _number in range(READERS)],
        lambda: end_grant(grant=grant, reason="Not needed", by=fresh(director), at=timezone.now()),
    )
    assert PositionReading.objects.filter(grant=grant).count() >= READERS * ANSWERS
