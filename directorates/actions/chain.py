"""Linking the record: entries of finished transactions get into the chain, each once, a few seconds after they were written."""

import datetime
from collections.abc import Iterator

from django.db import connection, transaction
from django.db.models import Max

from directorates.foundation.letters import send_letter
from directorates.models.chain import BEGINNING, ChainLink, RecordWitness, SentHead
from directorates.rules.chain import Found, Link, faults_of, hash_of

# One session links at a time.
LINKING = 7_204_020
# So many entries make a link at most, so that each is read quickly when all are verified.
MOST = 2000
MARGIN = datetime.timedelta(minutes=1)
# Links are verified so many at a time.
BATCH = 200

# What an entry says, in an order and a form that no setting of a connection changes.
_ENTRY = """jsonb_build_array(e.id, extract(epoch FROM e.at)::text, e.transaction, e.by_id, e.acting_id, e.concerns_id, e.what, e.kind,
    e.thing, e.refused, e.details, e.way, e.address)::text"""
_DIGEST = f"encode(sha256(convert_to(string_agg({_ENTRY}, E'\\n' ORDER BY e.id), 'UTF8')), 'hex')"
# Finished is a transaction before every one that runs; ids are not in the order of commits. One that this database has
# not reached yet is from before a restoration.
_FINISHED = """(e.transaction < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
    OR e.transaction >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint)"""
_UNLINKED = """FROM directorates_auditevent e WHERE e.id > %(linked_to)s
    AND NOT EXISTS (SELECT FROM directorates_linkedevent l WHERE l.event_id = e.id)"""
_TAKE = f"SELECT e.id {_UNLINKED} AND {_FINISHED} ORDER BY e.id LIMIT %(most)s"
_DIGEST_OF = f"SELECT {_DIGEST} FROM directorates_auditevent e WHERE e.id = ANY (%(ids)s)"
_NOW = """SELECT last_value, pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
    pg_snapshot_xmax(pg_current_snapshot())::text::bigint FROM directorates_auditevent_id_seq"""
_LOWEST = f"SELECT min(e.id) - 1 {_UNLINKED} AND e.id <> ALL (%(ids)s) AND e.id <= %(settled)s"
_PUT = "INSERT INTO directorates_linkedevent (event_id, link_id) SELECT unnest(%(ids)s::bigint[]), %(number)s"
_FOUND = f"""SELECT l.link_id, count(e.id), coalesce({_DIGEST}, ''), min(e.at) FROM directorates_linkedevent l
    LEFT JOIN directorates_auditevent e ON e.id = l.event_id WHERE l.link_id = ANY (%(numbers)s) GROUP BY 1"""
_WAITING = f"SELECT count(*) {_UNLINKED} AND {_FINISHED} AND e.at < %(before)s"


def link_record(*, at: datetime.datetime) -> int:
    """Link what finished transactions recorded, some entries a link; answers how many entries. Safe twice and at once."""
    linked = 0
    while True:
        with transaction.atomic():
            count = _link(at)
        linked += count
        if count < MOST:
            return linked


def _link(at: datetime.datetime) -> int:
    """Write one link, unless another session is at it or nothing waits."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [LINKING])
        if not cursor.fetchone()[0]:
            return 0
        last = head()
        linked_to = last.linked_to if last else 0
        cursor.execute(_TAKE, {"linked_to": linked_to, "most": MOST})
        ids = [row[0] for row in cursor.fetchall()]
        if not ids:
            return 0
        cursor.execute(_DIGEST_OF, {"ids": ids})
        (digest,) = cursor.fetchone()
        cursor.execute(_NOW)
        last_id, oldest, next_transaction = cursor.fetchone()
        settled = _settled(oldest, at, linked_to)
        cursor.execute(_LOWEST, {"linked_to": linked_to, "ids": ids, "settled": settled})
        (lowest,) = cursor.fetchone()
        number, previous = (last.number + 1, last.hash) if last else (1, BEGINNING)
        ChainLink.objects.create(
            number=number,
            at=at,
            count=len(ids),
            digest=digest,
            previous=previous,
            hash=hash_of(number, at, previous, len(ids), digest),
            last_id=last_id,
            next_transaction=next_transaction,
            linked_to=settled if lowest is None else max(linked_to, lowest),
        )
        cursor.execute(_PUT, {"ids": ids, "number": number})
    return len(ids)


def _settled(oldest: int, at: datetime.datetime, least: int) -> int:
    """The id up to which every entry that will ever be is there: whoever could still write a lower one has finished.

    That is so of the last id at an earlier link, once every transaction that had begun by then is over. A minute
    lies between, for an id that was given a moment before its transaction got its number.
    """
    rows = ChainLink.objects.filter(next_transaction__lte=oldest, at__lt=at - MARGIN)
    return max(rows.aggregate(last=Max("last_id"))["last"] or 0, least)


def head() -> ChainLink | None:
    """The last link; None before the first."""
    return ChainLink.objects.order_by("-number").first()


def verify_record(*, before: datetime.datetime) -> Iterator[str]:
    """Every fault of the chain in words, none where it is whole; what was recorded before a moment must be in it."""
    after: Link | None = None
    while links := list(ChainLink.objects.filter(number__gt=after.number if after else 0)[:BATCH]):
        found = _found([row.number for row in links])
        told = [
            (
                Link(row.number, row.at, row.count, row.digest, row.previous, row.hash),
                found.get(row.number, Found(0, "")),
            )
            for row in links
        ]
        yield from faults_of(told, after, BEGINNING)
        after = told[-1][0]
    with connection.cursor() as cursor:
        cursor.execute(_WAITING, {"linked_to": 0, "before": before})
        (waiting,) = cursor.fetchone()
    if waiting:
        yield f"{waiting} entries stand in no link"


def _found(numbers: list[int]) -> dict[int, Found]:
    with connection.cursor() as cursor:
        cursor.execute(_FOUND, {"numbers": numbers})
        return {number: Found(*told) for number, *told in cursor.fetchall()}


def contains(text: str) -> ChainLink | None:
    """The link whose hash this is: a head that was sent or noted before must still be one of the chain's."""
    return ChainLink.objects.filter(hash=text.strip().lower()).first()


def send_heads(*, day: datetime.date) -> int:
    """Send the head to every witness, once a day; answers to how many. One whose letter failed is tried at the next call."""
    last, sent = head(), 0
    if last is None:
        return 0
    for witness in RecordWitness.objects.filter(ended=None).exclude(heads__day=day):
        with transaction.atomic():
            _row, fresh = SentHead.objects.get_or_create(witness=witness, day=day, defaults={"link": last})
            if not fresh:
                continue
            if send_letter("letters/record_head.txt", witness.email, head=last, day=day):
                sent += 1
            else:
                transaction.set_rollback(True)
    return sent
