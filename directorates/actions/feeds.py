"""What a person does with the address of one's own feed: make it anew, end it; and how a secret is known again."""

import datetime
import secrets

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from directorates.accounts import may_enter
from directorates.acting import act_as
from directorates.actions.offers import digest
from directorates.audit import record
from directorates.foundation.problems import Fault, Problem
from directorates.models import FeedKey, User
from directorates.second_factor import has_factor, needs_second_factor

# What was used is written down no more often.
USED_EVERY = datetime.timedelta(minutes=10)


@transaction.atomic
def make_feed(*, language: str, by: User, at: datetime.datetime) -> str:
    """Make the address of one's feed, for the organisation acted for; an earlier one ends. Answers the secret, stored nowhere.

    Problems: 400 `invalid` in a language there is not, 409 `no_role` without an organisation.
    """
    if language not in dict(settings.LANGUAGES):
        message = _("The portal does not speak this language.")
        raise Problem("invalid", message, errors=[Fault("language", "unknown", message)])
    if by.acting_id is None:
        raise Problem("no_role", _("A feed is read as an organisation. Without a role there is none."), 409)
    secret = secrets.token_urlsafe(24)
    said = {
        "organisation_id": by.acting_id,
        "language": language,
        "secret_hash": digest(secret),
        "made": at,
        "used": None,
    }
    FeedKey.objects.update_or_create(person=by, defaults=said)
    record(by, "make_feed", by, language=language)
    return secret


@transaction.atomic
def end_feed(*, by: User) -> None:
    """End the address of one's feed; pressed twice it has ended."""
    if FeedKey.objects.filter(person=by, secret_hash__isnull=False).update(secret_hash=None):
        record(by, "end_feed", by)


def reader_of(secret: str, *, at: datetime.datetime) -> FeedKey | None:
    """The feed that a secret opens, with its person acting as its organisation; None where it opens none, or nobody may enter.

    What the person may read is asked when something is read: a role that has ended gives nothing.
    """
    key = FeedKey.objects.filter(secret_hash=digest(secret)).first()
    person = next(iter(User.objects.raw("SELECT * FROM person_with_id(%s)", [key.person_id])), None) if key else None
    if key is None or person is None or not person.is_active or not may_enter(person):
        return None
    if key.used is None or key.used < at - USED_EVERY:
        FeedKey.objects.filter(pk=key.pk).update(used=at)
    # Never as another organisation of the person's, should the role in this one have ended.
    key.person = act_as(person, key.organisation_id)
    return None if needs_second_factor(person) and not has_factor(person) else key
