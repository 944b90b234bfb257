"""Warnings because time passes: an agreement ends, an obligation is due or overdue; each is told once of each time."""

import datetime

from directorates.foundation.sight import unwalled
from policies.actions.agreements import tell_agreement
from policies.actions.obligations import tell_obligation
from policies.models import Agreement, Obligation, Party

# So many days before, the earlier warning first; whoever the task forgot is told the later one.
STAGES = (30, 90)
# What has been overdue for longer than so is told to nobody for the first time.
LATE = datetime.timedelta(days=31)


def stage_of(left: int) -> int | None:
    """The warning for a day that is so many days off; None where there is none yet."""
    return next((stage for stage in STAGES if 0 <= left <= stage), None)


@unwalled
def warn_of_agreements(*, today: datetime.date, at: datetime.datetime) -> int:
    """Tell the parties of the day 90 and 30 days before an agreement ends, and whoever owes something before it is due.

    Once it is overdue, the other parties are told as well. Answers how many people were told; run twice, it tells each once.
    """
    return _of_ends(today, at) + _of_obligations(today, at)


def _of_ends(today: datetime.date, at: datetime.datetime) -> int:
    told = 0
    for agreement in (
        Agreement.objects.at(today).ending(today, today + datetime.timedelta(days=max(STAGES))).order_by("pk")
    ):
        last = agreement.last_day or today
        stage = stage_of((last - today).days)
        parties = Party.objects.at(today).filter(agreement=agreement).values_list("organisation", flat=True)
        key = f"{stage}:{last.isoformat()}"
        told += tell_agreement(agreement, "ends", list(parties), key=key, at=at, day=last.isoformat())
    return told


def _of_obligations(today: datetime.date, at: datetime.datetime) -> int:
    told = 0
    rows = (
        Obligation.objects.open()
        .asked(today)
        .filter(due__range=(today - LATE, today + datetime.timedelta(days=max(STAGES))))
    )
    for one in rows.select_related("agreement", "organisation").order_by("due", "pk"):
        if one.due < today:
            parties = Party.objects.at(today).filter(agreement=one.agreement_id).values_list("organisation", flat=True)
            told += tell_obligation(one, "overdue", list(parties), at=at, key=f"overdue:{one.due.isoformat()}")
        else:
            stage = stage_of((one.due - today).days)
            key = f"due:{stage}:{one.due.isoformat()}"
            told += tell_obligation(one, "due", [one.organisation_id], at=at, key=key)
    return told
