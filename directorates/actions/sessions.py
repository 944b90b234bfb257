"""What is done with sessions and keys: note where they were begun, end one, the others, or all of a person's."""

from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

from directorates.audit import record
from directorates.models import FeedKey, User


def _end(rows: QuerySet[UserSession]) -> int:
    """End sessions: at their next request nobody is signed in; answer how many there were."""
    keys = list(rows.values_list("session_key", flat=True))
    Session.objects.filter(session_key__in=keys).delete()
    rows.filter(session_key__in=keys).delete()
    return len(keys)


def end_sessions(person: User) -> int:
    """End every session, every key and the feed of a person, from the next request on; the caller has checked the right to do so.

    A sealed directorate, a disabled account, a changed password and a reset factor come here.
    """
    person.access_tokens.all().delete()
    FeedKey.objects.filter(person=person).update(secret_hash=None)
    return _end(UserSession.objects.filter(user=person))


@transaction.atomic
def end_session(*, by: User, session: UserSession) -> None:
    """End one of one's own sessions."""
    record(by, "end_session", by, address=session.ip)
    _end(UserSession.objects.filter(pk=session.pk, user=by))


@transaction.atomic
def end_other_sessions(*, by: User, current: str | None) -> int:
    """End one's own sessions except the one that asks; answer how many there were."""
    ended = _end(UserSession.objects.filter(user=by).exclude(session_key=current))
    if ended:
        record(by, "end_sessions", by, number=ended)
    return ended
