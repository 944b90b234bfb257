"""How a link's hash is made; anyone can do it again with the links and no code of ours."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Link:
    """A link as it was written."""

    number: int
    count: int
    digest: str
    previous: str
    hash: str


@dataclass(frozen=True)
class Found:
    """What the entries of a link come to now: how many there are, and their digest."""

    count: int
    digest: str


def hash_of(number: int, previous: str, count: int, digest: str) -> str:
    """SHA-256 of "number|previous|count|digest", in hexadecimal digits."""
    return hashlib.sha256(f"{number}|{previous}|{count}|{digest}".encode()).hexdigest()


def faults_of(links: Iterable[tuple[Link, Found]], before: Link | None, beginning: str) -> Iterable[str]:
    """What is wrong with some links in their order, in words for whoever runs the portal; `before` came ahead of them."""
    number, previous = (before.number, before.hash) if before else (0, beginning)
    for link, found in links:
        if link.number != number + 1:
            yield f"link {link.number}: links {number + 1} to {link.number - 1} are missing"
        if link.previous != previous:
            yield f"link {link.number}: it does not follow link {number}"
        if link.hash != hash_of(link.number, link.previous, link.count, link.digest):
            yield f"link {link.number}: its own hash is not that of what it says"
        if found.count != link.count:
            yield f"link {link.number}: it holds {link.count} entries, {found.count} are there"
        elif found.digest != link.digest:
            yield f"link {link.number}: an entry of it was altered"
        number, previous = link.number, link.hash
