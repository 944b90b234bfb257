"""The chain over the record: each entry in one link, altered rows found, whoever altered them."""

import datetime
import os
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from zoneinfo import ZoneInfo

import psycopg2
import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from directorates.actions import chain
from directorates.actions.chain import contains, head, link_record, send_heads, verify_record
from directorates.audit import record
from directorates.foundation.sight import unwalled
from directorates.models import AuditEvent, ChainLink, LinkedEvent, RecordWitness, SentHead, User
from directorates.rules.chain import Found, Link, faults_of, hash_of
from directorates.tasks import link_record as link_task
from tests.factories import BodyFactory, OrganisationFactory, UserFactory

HOUR = datetime.timedelta(hours=1)


def written(count: int = 1, person: User | None = None) -> list[int]:
    """Some entries of finished transactions, by id."""
    person = person or UserFactory()
    before = set(AuditEvent.objects.values_list("pk", flat=True))
    for number in range(count):
        record(person, "describe", person, number=number)
    return sorted(set(AuditEvent.objects.values_list("pk", flat=True)) - before)


def linked() -> int:
    """Link what waits."""
    return link_record(at=timezone.now())


def faults() -> list[str]:
    """What is wrong with the chain, everything being old enough."""
    return list(verify_record(before=timezone.now() + HOUR))


def as_owner(statement: str, *given: object) -> None:
    """What somebody with more rights than the application does."""
    owner = psycopg2.connect(os.environ["DATABASE_OWNER_URL"])
    with owner, owner.cursor() as cursor:
        cursor.execute(statement, given)
    owner.close()


# --- The rule ------------------------------------------------------------------------------------------------------


MAY = datetime.datetime(2026, 5, 1, tzinfo=datetime.UTC)


def chain_of(*digests: str) -> list[tuple[Link, Found]]:
    """A whole chain."""
    previous, found = "0" * 64, []
    for number, digest in enumerate(digests, 1):
        link = Link(number, MAY, 3, digest, previous, hash_of(number, MAY, previous, 3, digest))
        found.append((link, Found(3, digest, MAY)))
        previous = link.hash
    return found


def test_a_hash_is_made_as_the_rule_says() -> None:
    text = f"1|2026-05-01T00:00:00.000000+00:00|{'0' * 64}|3|a"
    assert hash_of(1, MAY.astimezone(ZoneInfo("Asia/Damascus")), "0" * 64, 3, "a") == sha256(text.encode()).hexdigest()


def test_a_whole_chain_has_no_fault() -> None:
    assert list(faults_of(chain_of("a", "b", "c"), None, "0" * 64)) == []
    first, *others = chain_of("a", "b", "c")
    assert list(faults_of(others, first[0], "0" * 64)) == []


def test_each_way_of_breaking_a_chain_is_told() -> None:
    first, second, third = chain_of("a", "b", "c")
    beginning = "0" * 64

    def told(*links: tuple[Link, Found]) -> list[str]:
        return list(faults_of(links, None, beginning))

    altered = "link 2: an entry of it was altered, put in or taken away"
    assert told(first, (second[0], Found(3, "x"))) == [altered]
    assert told(first, (second[0], Found(2, "x"))) == ["link 2: it holds 3 entries, 2 are there", altered]
    assert told(first, third) == [
        "link 3: the link before it is 1; those between are missing",
        "link 3: it does not follow link 1",
    ]
    for forged in (replace(second[0], digest="x"), replace(second[0], at=MAY + HOUR), replace(second[0], count=4)):
        wrong = told(first, (forged, Found(forged.count, forged.digest)))
        assert wrong == ["link 2: its own hash is not that of what it says"]
    dated_back = Found(3, "b", MAY - 25 * HOUR)
    assert told(first, (second[0], dated_back)) == [
        "link 2: an entry of it says that it was written long before link 1"
    ]


# --- Linking -------------------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_every_entry_gets_into_one_link_and_twice_changes_nothing() -> None:
    ids = written(3)
    assert linked() == 3
    more = written(2)
    assert (linked(), linked()) == (2, 0)
    one, two = ChainLink.objects.order_by("number")
    assert (one.number, one.count, one.previous) == (1, 3, "0" * 64)
    assert (two.number, two.count, two.previous) == (2, 2, one.hash)
    assert sorted(LinkedEvent.objects.values_list("event_id", "link_id")) == [
        *((pk, 1) for pk in ids),
        *((pk, 2) for pk in more),
    ]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_an_entry_that_is_committed_late_gets_into_a_later_link() -> None:
    person = UserFactory()
    other = psycopg2.connect(os.environ["DATABASE_URL"])
    with other.cursor() as cursor:
        cursor.execute(
            "INSERT INTO directorates_auditevent (by_id, what, kind, thing, refused, details)"
            " VALUES (%s, 'describe', 'x', '1', false, '{}') RETURNING id",
            [person.pk],
        )
        (late,) = cursor.fetchone() or (0,)
    (after,) = written(person=person)
    assert after > late
    # Ids are not in the order of commits: what was written beside an open transaction waits for it.
    assert linked() == 0
    other.commit()
    other.close()
    assert linked() == 2
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_a_look_begins_where_nothing_can_come_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MARGIN", datetime.timedelta(0))
    now = timezone.now()
    for minutes in range(4):
        written(2)
        link_record(at=now + datetime.timedelta(minutes=minutes))
    found = list(ChainLink.objects.order_by("number").values_list("linked_to", "last_id"))
    # Each begins after the last id at the link before it.
    assert [low for low, _last in found[1:]] == [last for _low, last in found[:-1]]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_many_entries_make_links_of_a_bounded_size(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chain, "MOST", 4)
    written(10)
    assert linked() == 10
    assert list(ChainLink.objects.order_by("number").values_list("count", flat=True)) == [4, 4, 2]
    assert faults() == []


@pytest.mark.django_db(transaction=True)
def test_while_one_session_links_another_does_nothing() -> None:
    written()
    other = psycopg2.connect(os.environ["DATABASE_URL"])
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [chain.LINKING])
    assert linked() == 0
    other.rollback()
    other.close()
    assert link_task() == 1


@pytest.mark.django_db(transaction=True)
def test_what_was_restored_from_another_cluster_is_linked_although_its_transactions_lie_ahead() -> None:
    written()
    as_owner("UPDATE directorates_auditevent SET transaction = transaction + 1000000000")
    assert linked() == 1
    written()
    assert linked() == 1
    assert faults() == []


# --- Verifying -----------------------------------------------------------------------------------------------------


@pytest.fixture
def record_of_nine(transactional_db: None) -> Iterator[list[int]]:
    """Nine entries in three links."""
    ids: list[int] = []
    for _link in range(3):
        ids += written(3)
        linked()
    assert faults() == []
    yield ids
    connections.close_all()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE directorates_auditevent SET details = '{}' WHERE id = %s",
        "UPDATE directorates_auditevent SET by_id = NULL WHERE id = %s",
        "UPDATE directorates_auditevent SET at = at + interval '1 second' WHERE id = %s",
        "UPDATE directorates_auditevent SET refused = NOT refused WHERE id = %s",
        "UPDATE directorates_auditevent SET address = '10.0.0.1' WHERE id = %s",
        "UPDATE directorates_auditevent SET thing = '0' WHERE id = %s",
    ],
)
def test_a_row_that_a_superuser_altered_is_found(record_of_nine: list[int], statement: str) -> None:
    as_owner(statement, record_of_nine[4])
    assert faults() == ["link 2: an entry of it was altered, put in or taken away"]
    with pytest.raises(CommandError, match="1 faults"):
        call_command("verify_record")


def test_a_row_that_was_taken_away_is_found_with_and_without_its_place_in_the_link(record_of_nine: list[int]) -> None:
    as_owner("DELETE FROM directorates_auditevent WHERE id = %s", record_of_nine[4])
    gone = ["link 2: it holds 3 entries, 2 are there", "link 2: an entry of it was altered, put in or taken away"]
    assert faults() == gone
    as_owner("DELETE FROM directorates_linkedevent WHERE event_id = %s", record_of_nine[4])
    assert faults() == gone


def test_a_row_that_was_put_in_or_moved_is_found(record_of_nine: list[int]) -> None:
    as_owner("UPDATE directorates_linkedevent SET link_id = 3 WHERE event_id = %s", record_of_nine[4])
    assert faults() == [
        "link 2: it holds 3 entries, 2 are there",
        "link 2: an entry of it was altered, put in or taken away",
        "link 3: it holds 3 entries, 4 are there",
        "link 3: an entry of it was altered, put in or taken away",
    ]


def test_a_row_that_is_dated_back_is_found_once_it_is_linked(record_of_nine: list[int]) -> None:
    as_owner(
        "INSERT INTO directorates_auditevent (at, by_id, what, kind, thing, refused, details)"
        " SELECT at - interval '1 year', by_id, what, kind, thing, refused, details FROM directorates_auditevent"
        " WHERE id = %s",
        record_of_nine[4],
    )
    assert linked() == 1
    assert faults() == ["link 4: an entry of it says that it was written long before link 3"]


def test_a_row_that_never_got_into_a_link_is_told_after_a_while(record_of_nine: list[int]) -> None:
    written()
    assert faults() == ["1 entries stand in no link"]
    assert list(verify_record(before=timezone.now() - HOUR)) == []


def test_links_that_were_cut_off_or_written_anew_do_not_hold_the_head_that_a_witness_has(
    record_of_nine: list[int], capsys: pytest.CaptureFixture[str]
) -> None:
    last = head()
    assert last is not None
    call_command("verify_record", head=last.hash.upper())
    assert f"the record is whole: 3 links, head {last.hash}" in capsys.readouterr().out
    as_owner("DELETE FROM directorates_linkedevent WHERE link_id = 3")
    as_owner("DELETE FROM directorates_chainlink WHERE number = 3")
    as_owner("DELETE FROM directorates_auditevent WHERE id >= %s", record_of_nine[6])
    # The rest is whole by itself: only whoever kept the head knows.
    assert faults() == []
    assert contains(last.hash) is None
    with pytest.raises(CommandError):
        call_command("verify_record", head=last.hash)
    assert "is not the hash of any link" in capsys.readouterr().out


@pytest.mark.parametrize("table", ["directorates_chainlink", "directorates_linkedevent", "directorates_senthead"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET {} = {}", "DELETE FROM {}", "TRUNCATE {}"])
def test_the_application_cannot_change_the_chain(record_of_nine: list[int], table: str, statement: str) -> None:
    column = {"directorates_chainlink": "count", "directorates_linkedevent": "link_id"}.get(table, "link_id")
    with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table, column, column))


# --- Witnesses -----------------------------------------------------------------------------------------------------


def test_witnesses_get_the_head_once_a_day(record_of_nine: list[int]) -> None:
    by, today = UserFactory(), timezone.localdate()
    for number in range(3):
        RecordWitness.objects.create(
            email=f"archive{number}@example.org",
            name="Archive",
            organisation=OrganisationFactory(),
            by=by,
            at=timezone.now(),
        )
    RecordWitness.objects.create(
        email="gone@example.org",
        name="Gone",
        organisation=BodyFactory(),
        by=by,
        at=timezone.now(),
        ended=timezone.now(),
    )
    assert (send_heads(day=today), send_heads(day=today)) == (3, 0)
    last = head()
    assert last is not None
    assert sorted(letter.to[0] for letter in mail.outbox) == [f"archive{number}@example.org" for number in range(3)]
    assert all(last.hash in str(letter.body) for letter in mail.outbox)
    assert SentHead.objects.count() == 3
    assert send_heads(day=today + datetime.timedelta(days=1)) == 3


def test_a_letter_that_did_not_go_is_tried_again(record_of_nine: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    RecordWitness.objects.create(
        email="archive@example.org", name="Archive", organisation=BodyFactory(), by=UserFactory(), at=timezone.now()
    )
    with monkeypatch.context() as patched:
        patched.setattr(chain, "send_letter", lambda *_args, **_context: False)
        assert send_heads(day=timezone.localdate()) == 0
    assert not SentHead.objects.exists()
    assert send_heads(day=timezone.localdate()) == 1


# --- From where ----------------------------------------------------------------------------------------------------


@unwalled
def last_event() -> AuditEvent:
    """What was recorded last."""
    return AuditEvent.objects.latest("pk")
