"""Exact positions: encrypted under a key outside the database, entered by the competent directorate, shown to nobody."""

import datetime
import secrets
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.utils import timezone, translation

from directorates.foundation.ciphers import new_key, read_keys
from directorates.foundation.problems import Problem
from directorates.foundation.sight import NOTHING, PORTAL, seeing
from directorates.models import AuditEvent, Jurisdiction, User
from directorates.models.validity import lasting
from directorates.permissions import Refused, sight_of
from directorates.roles import Role
from facilities.actions.positions import (
    AT_ONCE,
    decrypted,
    enter_position,
    remove_position,
    rotate_positions,
)
from facilities.models import ExactPosition, Facility
from facilities.rules.positions import Position, in_degrees, pack, unpack
from tests.factories import (
    LONG_AGO,
    BodyFactory,
    DirectorateFactory,
    DistrictFactory,
    FacilityFactory,
    GovernorateFactory,
    OrganisationFactory,
    SubdistrictFactory,
    UserFactory,
    competent,
    member,
)

pytestmark = pytest.mark.django_db
# A field in the middle of Idlib governorate, where no facility is.
HERE = Position(35_800_001, 36_700_002)
OLD, NEW = new_key(), new_key()


@pytest.fixture(autouse=True)
def keys(settings: Any) -> None:
    """A key of the test's own."""
    settings.POSITION_KEYS = OLD


@pytest.fixture
def facility() -> Facility:
    """A facility in Idlib."""
    governorate = GovernorateFactory(code="SY07", name_en="Idlib")
    return FacilityFactory(code="A", place=SubdistrictFactory(parent=DistrictFactory(parent=governorate)))


@pytest.fixture
def officer(facility: Facility) -> User:
    """A data officer of the competent directorate."""
    return member(Role.DATA_OFFICER, DirectorateFactory(for_place=facility.place.line()[0], code="idlib"))


def entered(facility: Facility, officer: User, position: Position = HERE, **given: Any) -> ExactPosition:
    """A position that was entered."""
    return enter_position(facility=facility, position=position, by=officer, at=timezone.now(), **given)


# --- Encryption ----------------------------------------------------------------------------------------------------


def test_what_is_stored_is_encrypted_and_opens_again(facility: Facility, officer: User) -> None:
    held = entered(facility, officer)
    held.refresh_from_db()
    assert pack(HERE) not in bytes(held.ciphertext)
    assert held.key == read_keys(OLD, "facilities.exactposition").newest
    assert decrypted(held) == HERE
    assert in_degrees(decrypted(held)) == ("35.800001", "36.700002")


def test_the_same_position_never_looks_the_same(facility: Facility, officer: User) -> None:
    first = bytes(entered(facility, officer).ciphertext)
    assert bytes(entered(facility, officer, reason="Again").ciphertext) != first


def test_a_position_that_is_moved_to_another_facility_does_not_open(facility: Facility, officer: User) -> None:
    held = entered(facility, officer)
    held.facility_id = FacilityFactory().pk
    with pytest.raises(Problem, match="position_keys"):
        decrypted(held)


def test_a_position_that_was_altered_does_not_open(facility: Facility, officer: User) -> None:
    held = entered(facility, officer)
    held.ciphertext = bytes(held.ciphertext)[:-1] + bytes([bytes(held.ciphertext)[-1] ^ 1])
    with translation.override("en"), pytest.raises(Problem) as problem:
        decrypted(held)
    assert problem.value.status == 503
    assert "altered" in str(problem.value.detail)


def test_the_database_takes_nothing_that_is_not_as_long_as_an_encrypted_position(
    facility: Facility, officer: User
) -> None:
    for ciphertext in (b"35.8,36.7", b"x" * 35, b"x" * 37):
        with pytest.raises(IntegrityError), transaction.atomic():
            ExactPosition.objects.create(
                facility=facility,
                key="0" * 16,
                ciphertext=ciphertext,
                by=officer,
                acting=DirectorateFactory(),
                at=timezone.now(),
            )


@pytest.mark.parametrize(
    "given",
    ["", "  \n", "short", "AAAA", "x" * 44, secrets.token_hex(32), OLD + " nonsense"],
    ids=["nothing", "blank", "a word", "too short", "no base64 of 32 bytes", "in hex", "one of two"],
)
def test_a_missing_or_broken_key_is_one_line(settings: Any, facility: Facility, officer: User, given: str) -> None:
    settings.POSITION_KEYS = given
    with pytest.raises(Problem) as problem:
        entered(facility, officer)
    assert problem.value.status == 503
    assert given.strip() == "" or given not in str(problem.value.detail)
    with pytest.raises(CommandError) as told:
        call_command("rotate_position_key")
    assert "\n" not in str(told.value)
    assert not ExactPosition.objects.exists()


def test_keys_are_read_in_either_alphabet_and_their_ids_give_nothing_away() -> None:
    plain = read_keys(OLD, "a").newest
    assert read_keys(OLD.replace("-", "+").replace("_", "/").rstrip("="), "a").newest == plain
    assert read_keys(OLD, "b").newest != plain
    assert plain not in OLD
    assert list(read_keys(f"{NEW}, {OLD}\n", "a").held)[1] == plain


def test_a_key_that_is_gone_is_named_by_its_id_only(settings: Any, facility: Facility, officer: User) -> None:
    held = entered(facility, officer)
    settings.POSITION_KEYS = NEW
    with pytest.raises(Problem) as problem:
        decrypted(held)
    assert held.key in str(problem.value.detail)
    assert OLD not in str(problem.value.detail)


# --- Rotation ------------------------------------------------------------------------------------------------------


def test_rotation_encrypts_everything_anew_and_the_old_key_can_go(
    settings: Any, facility: Facility, officer: User
) -> None:
    held = entered(facility, officer)
    settings.POSITION_KEYS = f"{NEW}\n{OLD}"
    said = StringIO()
    call_command("rotate_position_key", stdout=said)
    assert said.getvalue().startswith("1 exact positions were")
    settings.POSITION_KEYS = NEW
    held.refresh_from_db()
    assert decrypted(held) == HERE
    assert rotate_positions() == (0, 0)
    assert AuditEvent.objects.filter(what="rotate_position_key").count() == 1


def test_rotation_goes_on_where_it_was_killed(
    settings: Any, facility: Facility, officer: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = [entered(one, officer) for one in [facility, *FacilityFactory.create_batch(4, place=facility.place)]]
    settings.POSITION_KEYS = f"{NEW} {OLD}"
    monkeypatch.setattr("facilities.actions.positions.AT_ONCE", 2)
    saved: list[int] = []
    save = ExactPosition.save

    def dying(self: ExactPosition, **given: Any) -> None:
        if len(saved) == 3:
            raise KeyboardInterrupt
        saved.append(self.facility_id)
        save(self, **given)

    monkeypatch.setattr(ExactPosition, "save", dying)
    with pytest.raises(KeyboardInterrupt):
        rotate_positions()
    monkeypatch.setattr(ExactPosition, "save", save)
    assert rotate_positions() == (3, 0)
    for one in held:
        one.refresh_from_db()
        assert decrypted(one) == HERE
    assert AT_ONCE > 2


def test_rotation_says_what_opens_with_no_key_and_does_the_rest(
    settings: Any, facility: Facility, officer: User
) -> None:
    settings.POSITION_KEYS = new_key()
    lost = entered(FacilityFactory(place=facility.place), officer)
    settings.POSITION_KEYS = OLD
    held = entered(facility, officer)
    settings.POSITION_KEYS = f"{NEW} {OLD}"
    with pytest.raises(CommandError, match="1 still stand under another key; 1 of them opened with none"):
        call_command("rotate_position_key", stdout=StringIO())
    held.refresh_from_db()
    assert decrypted(held) == HERE
    assert bytes(ExactPosition.objects.get(pk=lost.pk).ciphertext) == bytes(lost.ciphertext)


def test_a_new_key_is_printed_and_changes_nothing() -> None:
    said = StringIO()
    call_command("rotate_position_key", "--new", stdout=said)
    assert read_keys(said.getvalue(), "a").newest


# --- The second wall -----------------------------------------------------------------------------------------------


def seen_by(person: User | None) -> int:
    """How many positions the database shows to a person, or to nobody."""
    with seeing(NOTHING if person is None else sight_of(person)), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM facilities_exactposition")
        return int(cursor.fetchone()[0])


@pytest.mark.wall
def test_the_database_shows_a_position_to_whoever_keeps_it_only(facility: Facility, officer: User) -> None:
    entered(facility, officer)
    directorate = officer.acting
    assert directorate is not None
    director = member(Role.DIRECTOR, directorate)
    elsewhere = member(Role.DATA_OFFICER, directorate, places=[SubdistrictFactory()])
    inside = member(Role.DATA_OFFICER, directorate, places=[facility.place])
    sibling = member(Role.DATA_OFFICER, DirectorateFactory(for_place=GovernorateFactory()))
    body = BodyFactory()
    others: list[User | None] = [
        elsewhere,
        sibling,
        member(Role.ADMINISTRATOR, body),
        member(Role.DATA_MANAGER, body),
        member(Role.NGO_COORDINATOR, OrganisationFactory()),
        UserFactory(),
        None,
    ]
    with seeing(PORTAL):
        assert [seen_by(person) for person in (officer, director, inside)] == [1, 1, 1]
        assert [seen_by(person) for person in others] == [0] * len(others)


# --- Entering, replacing, removing ---------------------------------------------------------------------------------


def test_only_the_competent_directorate_enters_a_position(facility: Facility, officer: User) -> None:
    body = BodyFactory()
    for person in (
        member(Role.ADMINISTRATOR, body),
        member(Role.DATA_MANAGER, body),
        member(Role.NGO_COORDINATOR, OrganisationFactory()),
        member(Role.DATA_OFFICER, DirectorateFactory(for_place=GovernorateFactory())),
        member(Role.OBSERVER, OrganisationFactory()),
        member(Role.OBSERVER, officer.memberships.get().organisation),
        UserFactory(),
    ):
        with pytest.raises(Refused):
            entered(facility, person)
        with pytest.raises(Refused):
            remove_position(facility=facility, reason="Why not", by=person)
    assert not ExactPosition.objects.exists()


def test_a_position_is_replaced_and_removed_with_a_reason_and_on_record(facility: Facility, officer: User) -> None:
    entered(facility, officer)
    for reason in ("", "  ", "x" * 501):
        with pytest.raises(Problem):
            entered(facility, officer, reason=reason)
        with pytest.raises(Problem):
            remove_position(facility=facility, reason=reason, by=officer)
    there = Position(HERE.latitude + 10, HERE.longitude)
    assert decrypted(entered(facility, officer, there, reason="It moved")) == there
    remove_position(facility=facility, reason="It must not be known", by=officer)
    assert not ExactPosition.objects.exists()
    with pytest.raises(Problem, match="no_position"):
        remove_position(facility=facility, reason="Again", by=officer)
    found = AuditEvent.objects.filter(thing=str(facility.pk)).order_by("pk")
    assert [event.what for event in found] == ["enter_position", "replace_position", "remove_position"]
    assert found[1].details == {"facility": "A", "reason": "It moved"}


def test_outside_of_the_governorate_is_asked_about(facility: Facility, officer: User) -> None:
    aleppo = Position(36_200_000, 37_150_000)
    with pytest.raises(Problem) as problem:
        entered(facility, officer, aleppo)
    assert [fault.code for fault in problem.value.errors] == ["outside_governorate"]
    assert decrypted(entered(facility, officer, aleppo, sure=True)) == aleppo


def test_a_position_is_no_text() -> None:
    assert "35" not in f"{HERE} {HERE!r} {[HERE]}"
    assert unpack(pack(HERE)) == HERE
    assert Decimal(in_degrees(HERE)[0]) == Decimal("35.800001")


@pytest.mark.wall
def test_yesterdays_directorate_enters_nothing_today(facility: Facility, officer: User) -> None:
    entered(facility, officer)
    yesterday = timezone.localdate() - datetime.timedelta(days=1)
    Jurisdiction.objects.update(valid=lasting(LONG_AGO, yesterday))
    new = member(Role.DATA_OFFICER, DirectorateFactory())
    competent(new.acting, facility.place, first=timezone.localdate())  # type: ignore[arg-type]
    with pytest.raises(Refused):
        entered(facility, officer, reason="Still mine")
    assert (seen_by(officer), seen_by(new)) == (0, 1)
    remove_position(facility=facility, reason="It is ours now", by=new)
