"""What a person does with one's own notices: read them, and choose how often letters tell of which kind."""

import datetime
from collections.abc import Mapping

from django.db import transaction
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.models import Pace
from directorates.foundation.notice_kinds import ALWAYS, KINDS
from directorates.foundation.problems import Fault, Problem
from directorates.models import Notice, NoticeChoice, User


@transaction.atomic
def read_all(*, by: User, at: datetime.datetime) -> int:
    """Mark one's own notices as read; answers how many were not yet."""
    return Notice.objects.visible_to(by).unread().filter(at__lte=at).update(read=at)


@transaction.atomic
def choose_letters(*, by: User, paces: Mapping[str, str]) -> list[str]:
    """Say how often letters tell of some kinds of notices; answers those that are told otherwise now. The others stay.

    400 `invalid` with a fault for each kind that is not known or always told, and each pace that is none.
    """
    faults = [fault for kind, pace in paces.items() if (fault := _fault(kind, pace))]
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    chosen = dict(NoticeChoice.objects.filter(person=by).values_list("kind", "pace"))
    changed = [kind for kind, pace in paces.items() if chosen.get(kind, Pace.IMMEDIATE) != pace]
    NoticeChoice.objects.bulk_create(
        [NoticeChoice(person=by, kind=kind, pace=paces[kind]) for kind in changed],
        update_conflicts=True,
        unique_fields=["person", "kind"],
        update_fields=["pace"],
    )
    if changed:
        record(by, "choose_letters", by, paces={kind: str(paces[kind]) for kind in changed})
    return changed


def _fault(kind: str, pace: str) -> Fault | None:
    """What is wrong with one choice."""
    if kind not in KINDS:
        return Fault(kind, "unknown", _("There are no notices of this kind."))
    if kind in ALWAYS:
        return Fault(kind, "always", _("Letters of this kind always come at once."))
    return (
        None
        if pace in Pace.values
        else Fault(kind, "unknown", _("Letters come at once, once a day, once a week, or not."))
    )
