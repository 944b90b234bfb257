"""Encryption of what must not be readable in the database: the keys stand outside of it, and can be rotated.

AES-256-GCM with a fresh nonce for every text. What a text belongs to (its row) is bound into it: a text that is moved to
another row does not open there. Each text is kept with the id of its key, which gives nothing of the key away.
"""

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES = 32
NONCE_BYTES = 12
# What encryption adds to a text: the nonce before it and the tag behind it.
OVERHEAD = NONCE_BYTES + 16
_BETWEEN = re.compile(r"[\s,]+")


class CipherTrouble(Exception):
    """Keys that are missing or cannot be read, or a text that does not open; without a secret in it.

    `code` is one of no_key, broken_key, unknown_key (`key` is its id), altered.
    """

    def __init__(self, code: str, key: str = "") -> None:
        super().__init__(code)
        self.code, self.key = code, key


def new_key() -> str:
    """A fresh random key, as a line of text."""
    return base64.urlsafe_b64encode(AESGCM.generate_key(KEY_BYTES * 8)).decode()


@dataclass(frozen=True)
class Keys:
    """The keys that there are, by their ids; the newest, first, is the one that encrypts."""

    held: Mapping[str, AESGCM]

    def __post_init__(self) -> None:
        """At least one is needed."""
        if not self.held:
            raise CipherTrouble("no_key")

    @property
    def newest(self) -> str:
        """The id of the key that encrypts."""
        return next(iter(self.held))

    def encrypt(self, text: bytes, belongs_to: str) -> tuple[str, bytes]:
        """The text under the newest key, and the key's id."""
        nonce = os.urandom(NONCE_BYTES)
        return self.newest, nonce + self.held[self.newest].encrypt(nonce, text, belongs_to.encode())

    def decrypt(self, key: str, kept: bytes, belongs_to: str) -> bytes:
        """What was encrypted under the key of an id; only as what it belongs to."""
        if key not in self.held:
            raise CipherTrouble("unknown_key", key)
        nonce, rest = kept[:NONCE_BYTES], kept[NONCE_BYTES:]
        try:
            return self.held[key].decrypt(nonce, rest, belongs_to.encode())
        except (InvalidTag, ValueError) as problem:
            raise CipherTrouble("altered") from problem


def read_keys(text: str, purpose: str) -> Keys:
    """Keys as an environment or a file gives them: 32 bytes in base64 each, the newest first, commas or spaces between.

    The purpose goes into the ids: one key that is used for two purposes has two.
    """
    given = [part for part in _BETWEEN.split(text) if part]
    return Keys({_id_of(key, purpose): AESGCM(key) for key in map(_read_key, given)})


def _read_key(text: str) -> bytes:
    """One key, in either alphabet of base64, with or without its padding."""
    plain = text.replace("-", "+").replace("_", "/").rstrip("=")
    try:
        key = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
    except (binascii.Error, ValueError) as problem:
        raise CipherTrouble("broken_key") from problem
    if len(key) != KEY_BYTES:
        raise CipherTrouble("broken_key")
    return key


def _id_of(key: bytes, purpose: str) -> str:
    """Sixteen characters by which a key is known: a one-way function of it."""
    return hashlib.blake2b(purpose.encode(), key=key, digest_size=8).hexdigest()
