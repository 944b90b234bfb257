"""Slowing down whoever tries passwords, or asks very often, without letting anyone lock another person out.

Failures are counted by the address they come from, alone and together with the e-mail; never by the e-mail alone, or a
stranger could keep its owner from signing in. Each count ends by itself some minutes after its first failure.
"""

import hashlib
import ipaddress
import logging

from django.core.cache import cache
from redis.exceptions import RedisError

logger = logging.getLogger(__name__)

MINUTES = 5
MOST_FOR_ONE_PERSON = 10
MOST_FROM_ONE_ADDRESS = 60


def network_of(address: str) -> str:
    """What counts as one address: of IPv6 the network, since everybody has thousands of addresses in one."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f"{found}/64", strict=False)) if found.version == 6 else address


def _limits(address: str, email: str) -> dict[str, int]:
    """How many failures each count may reach; the cache never learns an e-mail."""
    address = network_of(address)
    person = hashlib.sha256(f"{address} {email.casefold()}".encode("utf-8", "replace")).hexdigest()
    return {f"sign-in:{address}": MOST_FROM_ONE_ADDRESS, f"sign-in:{person}": MOST_FOR_ONE_PERSON}


def seconds_to_wait(address: str, email: str) -> int:
    """How long this address has to wait before it may try again for this e-mail; 0 is not at all."""
    limits = _limits(address, email)
    try:
        found = cache.get_many(limits)
    except RedisError as problem:
        logger.warning("Failed sign-ins are not counted while the cache is down: %s", problem)
        return 0
    return MINUTES * 60 if any(found.get(key, 0) >= most for key, most in limits.items()) else 0


def has_room(name: str, *, most: int, seconds: int) -> bool:
    """Count one use of something; whether there was room for it in this stretch of time, which begins with the first."""
    try:
        cache.add(f"uses:{name}", 0, seconds)
        return cache.incr(f"uses:{name}") <= most
    except (RedisError, ValueError) as problem:
        logger.warning("Uses are not counted while the cache is down: %s", problem)
        return True


def count_failure(address: str, email: str) -> None:
    """Count one failure; counts begin with the first and end by themselves."""
    try:
        for key in _limits(address, email):
            cache.add(key, 0, MINUTES * 60)
            cache.incr(key)
    except (RedisError, ValueError) as problem:
        logger.warning("A failed sign-in was not counted: %s", problem)
