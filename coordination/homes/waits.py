"""How much waits for a person: asked by the frame of every page, so put together once and then only asked."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import Count, QuerySet, Value
from django.db.models.functions import Now
from django.utils import timezone

from coordination.homes.agreed import agreements_waiting
from coordination.homes.doubles import doubles_waiting
from coordination.homes.follow_ups import follow_ups_waiting
from coordination.meetings.models import ActionItem, Meeting
from coordination.reporting.models import Attachment, Bulletin, CorrectionRequest, ExpectedReport, Submission
from coordination.reporting.models.errata import errata_due
from coordination.reporting.models.missing import not_excused, not_received
from directorates.actions.deputies import deputies_to_confirm
from directorates.actions.handovers import places_on_offer
from directorates.actions.roles_by_two import offers_to_confirm
from directorates.actions.sharing import data_on_offer
from directorates.models import User
from directorates.permissions import Permission, may, rights_of
from directorates.rights import Rights
from facilities.models import ChangeProposal
from policies.waits import policies_waiting

# Of so many people a process keeps the question, some ten kilobytes each.
KEPT = 256


@dataclass(frozen=True)
class Asker:
    """Who asks, and all that the question is made of: with the same rights on the same day it is the same."""

    person: int
    acting: int | None
    rights: Rights
    day: datetime.date
    zone: str
    user: User = field(compare=False)


def waiting_count(user: User) -> int:
    """How many things wait for a person: reports to review, files of these, reports to send, double ones to settle, questions
    about values; corrections to decide and to send, errata to write, bulletins to answer; proposals; roles; data and places on
    offer; policies to vote on, acknowledge (for facilities, too), comment on, review and bring into force, concerns, disputes
    over mandates; agreements to sign, amendments to consent to, obligations; invitations to meetings, action items.
    """
    rights = rights_of(user)
    # Nothing waits for whoever has no right, as every person of a sealed directorate.
    if not rights.scopes:
        return 0
    now = timezone.now()
    asker = Asker(user.pk, user.acting_id, rights, timezone.localdate(now), timezone.get_current_timezone_name(), user)
    return _answer(*question(asker)) + len(offers_to_confirm(user, now)) + len(deputies_to_confirm(user, now))


def _answer(statement: str, parameters: tuple[Any, ...]) -> int:
    if not statement:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return sum(count for (count,) in cursor.fetchall())


@lru_cache(maxsize=KEPT)
def question(asker: Asker) -> tuple[str, tuple[Any, ...]]:
    """The statement that counts each kind, and its parameters; an empty one where nothing can wait.

    Putting it together takes longer than answering it. It holds no moment but the database's own, and asks nothing.
    """
    each = (rows.order_by().annotate(all=Value(1)).values("all").annotate(count=Count("*")) for rows in _waits(asker))
    first, *others = (rows.values_list("count") for rows in each)
    try:
        statement, parameters = first.union(*others, all=True).query.get_compiler(connection=connection).as_sql()
    except EmptyResultSet:
        return "", ()
    return statement, tuple(parameters)


def _waits(asker: Asker) -> Iterable[QuerySet[Any]]:
    """What can wait, a query each; where a right is missing nothing of it is asked."""
    user, today = asker.user, asker.day
    yield Submission.objects.to_review(user)
    yield Attachment.objects.to_judge(user)
    yield doubles_waiting(user)
    yield follow_ups_waiting(user)
    yield CorrectionRequest.objects.to_decide(user)
    yield errata_due(user)
    yield ChangeProposal.objects.to_decide(user, today)
    yield data_on_offer(user)
    yield places_on_offer(user)
    yield Meeting.objects.to_answer(user, Now())
    yield ActionItem.objects.waiting_for(user)
    yield Bulletin.objects.to_sign(user)
    yield from policies_waiting(user, today)
    yield from agreements_waiting(user)
    if may(user, Permission.SUBMIT_REPORTS) and user.acting_id:
        owed = ExpectedReport.objects.visible_to(user).filter(reporter=user.acting_id)
        yield not_excused(not_received(owed))
        yield Submission.objects.to_correct(user)
