"""How a link's hash is made; anyone can do it again with the links and no code of ours."""

import datetime
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

# No transaction takes longer: an entry of an earlier day than the link before it was dated back.
LONGEST = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Link:
    """A link as it was written."""

    number: int
    at: datetime.datetime
    count: int
    digest: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Found:
    """What the entries of a link come to now: how many there are, their digest, when the earliest says it was written."""

    count: int
    digest: str
    earliest: datetime.datetime | None = None


def hash_of(number: int, at: datetime.datetime, previous: str, count: int, digest: str) -> str:
    """SHA-256 of "number|time|previous|count|digest", in hexadecimal digits; the time in UTC as ISO 8601 writes it."""
    time = at.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    return hashlib.sha256(f"{number}|{time}|{previous}|{count}|{digest}".encode()).hexdigest()


def faults_of(links: Iterable[tuple[Link, Found]], before: Link | None, beginning: str) -> Iterable[str]:
    """What is wrong with some links in their order, in words for whoever runs the portal; `before` came ahead of them."""
    number, previous, time = (before.number, before.hash, before.at) if before else (0, beginning, None)
    for link, found in links:
        if link.number != number + 1:
            yield f"link {link.number}: the link before it is {number}; those between are missing"
        if link.previous != previous:
            yield f"link {link.number}: it does not follow link {number}"
        if link.hash != hash_of(link.number, link.at, link.previous, link.count, link.digest):
            yield f"link {link.number}: its own hash is not that of what it says"
        if found.count != link.count:
            yield f"link {link.number}: it holds {link.count} entries, {found.count} are there"
        if found.digest != link.digest:
            yield f"link {link.number}: an entry of it was altered, put in or taken away"
        if time is not None and found.earliest is not None and found.earliest < time - LONGEST:
            yield f"link {link.number}: an entry of it says that it was written long before link {number}"
        number, previous, time = link.number, link.hash, link.at
