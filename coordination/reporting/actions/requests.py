"""Requests that take effect once: the key is the account's, stored with the effect in one transaction, for good.

The row of the key is written first, so that of many equal requests at once exactly one goes on; whoever finds the key's
lock held answers at once that the first is still running. A refused request leaves nothing behind: its key is free.
"""

import datetime
import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from coordination.reporting.models import StoredRequest
from directorates.foundation.prepared import Prepared
from directorates.foundation.problems import Problem
from directorates.models import User

KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)

# The lock ends with the transaction; without it a second request would wait for the first to end.
CLAIM = Prepared(
    "claim_key",
    """
INSERT INTO reporting_storedrequest (account_id, key, digest, status, answer, headers, at)
SELECT %(account)s, %(key)s, %(digest)s, 0, '', '{}', %(at)s
WHERE pg_try_advisory_xact_lock(hashtextextended(%(lock)s, 0))
ON CONFLICT (account_id, key) DO NOTHING
RETURNING id
""",
    account="bigint",
    key="text",
    digest="text",
    at="timestamptz",
    lock="text",
)
ANSWERED = Prepared(
    "answer_key",
    "UPDATE reporting_storedrequest SET status = %(status)s, answer = %(answer)s, headers = %(headers)s WHERE id = %(id)s",
    status="int",
    answer="text",
    headers="jsonb",
    id="bigint",
)


@dataclass(frozen=True)
class Answer:
    """What was answered, letter for letter."""

    status: int
    text: str
    headers: dict[str, str] = field(default_factory=dict)


def once(*, by: User, key: str, content: object, at: datetime.datetime, effect: Callable[[], Answer]) -> Answer:
    """Let a request take effect once: the same key and content get the same answer again, whatever happened since.

    Problems: 400 `key_required`, 400 `bad_key`, 409 `key_reused` for other content, 409 `still_running`.
    """
    if not key:
        raise Problem("key_required", _("The header Idempotency-Key is required: a UUID that is new for every report."))
    if not KEY.fullmatch(key):
        raise Problem("bad_key", _("An Idempotency-Key has 1 to 255 visible ASCII characters; a UUID is one."))
    digest = digest_of(content)
    with transaction.atomic():
        claimed = _claim(by, key, digest, at)
        if claimed is not None:
            answer = effect()
            headers = json.dumps(answer.headers)
            ANSWERED.rows({"id": claimed, "status": answer.status, "answer": answer.text, "headers": headers})
            return answer
        return _stored(by, key, digest)


def digest_of(content: object) -> str:
    """The same for the same content, however its names are ordered and spaced."""
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _claim(by: User, key: str, digest: str, at: datetime.datetime) -> int | None:
    """The row of the key, ours until the transaction ends; None where another request has or had it."""
    lock = f"idempotency {by.pk} {key}"
    rows = CLAIM.rows({"account": by.pk, "key": key, "digest": digest, "at": at, "lock": lock})
    return rows[0][0] if rows else None


def _stored(by: User, key: str, digest: str) -> Answer:
    """The answer that the first request got."""
    found = StoredRequest.objects.filter(account=by, key=key).first()
    if found is None:
        detail = _("The first request with this key is still running. Send it again in a moment.")
        raise Problem("still_running", detail, 409, headers={"Retry-After": "1"})
    if found.digest != digest:
        detail = _("This key was already used for another request. A new report needs a new key.")
        raise Problem("key_reused", detail, 409)
    return Answer(found.status, found.answer, found.headers)
