"""What is done about reviews of policies: plan one, say what came of it, warn of those that are due."""

import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from directorates.audit import record
from directorates.foundation.locations import text_faults
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.sight import unwalled
from directorates.models import User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text
from policies.actions.acknowledgements import holding
from policies.actions.telling import tell_policy
from policies.models import PolicyReview, PolicyVersion

LONGEST_OUTCOME = 4_000
# Whatever is to be reviewed later than so is a slip.
FARTHEST = datetime.timedelta(days=5 * 366)
# So long before the day those who keep the policy are told.
AHEAD = datetime.timedelta(days=30)


@transaction.atomic
def plan_review(*, version: PolicyVersion, due: datetime.date, by: User, at: datetime.datetime) -> PolicyReview:
    """Say by when a version is looked at again, or another day than was said before; 400 `invalid` for a day that cannot be."""
    require(by, Permission.MANAGE_POLICIES, version)
    if faults := _day_faults(due, "due", at):
        raise Problem("invalid", faults[0].message, errors=faults)
    held = holding(version, at, locked=True)
    open_one = held.reviews.filter(done=None).first()
    if open_one is None:
        made = PolicyReview.objects.create(version=held, due=due, planned_by=by, planned_at=at)
    elif open_one.due == due:
        return open_one
    else:
        made = open_one
        made.due, made.planned_by, made.planned_at = due, by, at
        made.save(update_fields=["due", "planned_by", "planned_at"])
    record(by, "plan_review", held, policy=held.policy.code, version=held.number, due=due.isoformat())
    return made


@transaction.atomic
def finish_review(
    *, review: PolicyReview, outcome: str, again: datetime.date | None, by: User, at: datetime.datetime
) -> PolicyReview:
    """Say what came of a review, and by when the next one is due; 409 `done` where somebody did so meanwhile."""
    require(by, Permission.MANAGE_POLICIES, review)
    outcome = clean_text(outcome, multiline=True)
    faults = text_faults(outcome, "outcome", longest=LONGEST_OUTCOME, needed=_("Write what came of it."))
    faults += _day_faults(again, "again", at) if again is not None else []
    if faults:
        raise Problem("invalid", _("This cannot be kept; each fault is listed."), errors=faults)
    # The version first, as whoever plans the next one does.
    PolicyVersion.objects.select_for_update(of=("self",)).get(pk=review.version_id)
    held = PolicyReview.objects.select_for_update(of=("self",)).select_related("version__policy").get(pk=review.pk)
    if held.done is not None:
        raise Problem("done", _("This review was finished already. Nothing was changed."), 409)
    held.done, held.done_by, held.outcome = timezone.localdate(at), by, outcome
    held.save(update_fields=["done", "done_by", "outcome"])
    version = held.version
    if again is not None:
        PolicyReview.objects.create(version=version, due=again, planned_by=by, planned_at=at)
    told = {"again": again.isoformat()} if again else {}
    record(by, "finish_review", version, policy=version.policy.code, version=version.number, **told)
    return held


def _day_faults(day: datetime.date, field: str, at: datetime.datetime) -> list[Fault]:
    """A day on which nothing is reviewed: past, or so far off that it is a slip."""
    today = timezone.localdate(at)
    if day < today:
        return [Fault(field, "in_the_past", _("The day is today or later."))]
    if day > today + FARTHEST:
        return [Fault(field, "too_late", _("The day is at most five years ahead."))]
    return []


@unwalled
def warn_of_reviews(*, at: datetime.datetime) -> int:
    """Tell those who keep a policy that it is to be reviewed: a month before the day, and once it is past.

    Answers how many people were told. Run twice a day, it tells each once.
    """
    today, told = timezone.localdate(at), 0
    for review in PolicyReview.objects.due(today + AHEAD, today).select_related("version__policy"):
        what = "review_late" if review.due < today else "review_soon"
        key = f"{review.pk}:{review.due.isoformat()}"
        owners = [review.version.policy.owner_id]
        told += tell_policy(review.version, what, owners, Permission.MANAGE_POLICIES, key, at)
    return told
