"""What is done with claims: take, give up, hand over; reports that someone else reads are told, never taken away."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.models.claims import Claim, claims_of
from coordination.reporting.models.reviews import written_by
from coordination.reporting.models.submissions import Status, Submission
from directorates.audit import record_many
from directorates.foundation.locations import location_faults
from directorates.foundation.notices import Told, notify
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.models.deputies import holders, roles_with
from directorates.permissions import Permission, Refused, rights_of
from directorates.rules.text import clean_text

LONGEST_NOTE = 2000


@dataclass(frozen=True)
class Claimed:
    """What became of the reports that were named: done, read by someone else, or no longer waiting."""

    done: tuple[Submission, ...] = ()
    others: tuple[Submission, ...] = ()
    gone: tuple[Submission, ...] = ()


@transaction.atomic
def claim(*, by: User, submissions: Sequence[Submission], at: datetime.datetime) -> Claimed:
    """Claim the reports that nobody claims; what one claims already is claimed for another day."""
    found = _sorted_out(by, submissions, at)
    _write(by, by, found.done, "", at)
    return found


@transaction.atomic
def release(*, by: User, submissions: Sequence[Submission], at: datetime.datetime) -> Claimed:
    """Give up one's own claims on the reports; others' stay."""
    found = _sorted_out(by, submissions, at)
    ended = Claim.objects.standing(at).filter(holder=by, submission__in=found.done)
    held = set(ended.values_list("submission", flat=True))
    Claim.objects.filter(ended=None, holder=by, submission__in=held).update(ended=at)
    done = tuple(report for report in found.done if report.pk in held)
    if done:
        record_many(by, "release", [(report, {}) for report in done])
    return Claimed(done, found.others, found.gone)


@transaction.atomic
def hand_over(
    *, by: User, submissions: Sequence[Submission], to: User, note: str = "", at: datetime.datetime
) -> Claimed:
    """Hand reports that one claims, or nobody does, to a colleague of the same organisation, who is told."""
    found = _sorted_out(by, submissions, at)
    note = clean_text(note, multiline=True)
    faults = [*_faults_of(by, to, found.done, at), *location_faults(note=note)]
    if len(note) > LONGEST_NOTE:
        words = _("This text is too long: at most %(most)d characters.") % {"most": LONGEST_NOTE}
        faults.append(Fault("note", "too_long", words))
    if faults:
        raise Problem("invalid", faults[0].message, errors=faults)
    _write(by, to, found.done, note, at)
    if found.done:
        _tell(by, to, found.done, note, at)
    return found


def colleagues(user: User, today: datetime.date) -> list[User]:
    """Who else reviews for the organisation that a person acts for, deputies among them, by name."""
    if user.acting_id is None:
        return []
    found = holders([user.acting_id], roles_with(Permission.REVIEW_REPORTS), today)
    people = {holder.person.pk: holder.person for holder in found if holder.person.pk != user.pk}
    return sorted(people.values(), key=lambda person: (str(person), person.pk))


def _sorted_out(by: User, submissions: Sequence[Submission], at: datetime.datetime) -> Claimed:
    """The reports as they stand now, locked in the order of ids; `Refused` where one is not the caller's to review."""
    ids = {submission.pk for submission in submissions}
    rows = list(Submission.objects.filter(pk__in=ids).select_for_update().order_by("pk"))
    rights = rights_of(by)
    for row in rows:
        if not rights.allow(Permission.REVIEW_REPORTS, row):
            raise Refused(Permission.REVIEW_REPORTS, row)
    others = (rights.instead_of(Permission.REVIEW_REPORTS, row) for row in rows)
    by.instead_of_id = next(filter(None, others), None)
    waiting = [row for row in rows if row.status == Status.SUBMITTED]
    held = claims_of([row.pk for row in waiting], at)
    theirs = {pk for pk, claim in held.items() if claim.holder_id != by.pk}
    return Claimed(
        tuple(row for row in waiting if row.pk not in theirs),
        tuple(row for row in waiting if row.pk in theirs),
        tuple(row for row in rows if row.status != Status.SUBMITTED),
    )


def _faults_of(by: User, to: User, reports: Iterable[Submission], at: datetime.datetime) -> Iterable[Fault]:
    """Why the colleague cannot take the reports."""
    if to not in colleagues(by, timezone.localdate(at)):
        yield Fault("to", "no_colleague", _("Choose someone who reviews reports for the same organisation."))
        return
    to.chosen_organisation_id = by.acting_id
    rights, ids = rights_of(to), [report.pk for report in reports]
    unseen = [report for report in reports if not rights.allow(Permission.REVIEW_REPORTS, report)]
    own = list(Submission.objects.filter(written_by(to), pk__in=ids))
    for report in unseen:
        words = _("Report %(report)s lies outside the places that this colleague reviews.")
        yield Fault("to", "elsewhere", words % {"report": report})
    for report in own:
        words = _("This colleague wrote report %(report)s; someone else reviews it.")
        yield Fault("to", "own_report", words % {"report": report})


def _write(by: User, holder: User, reports: Sequence[Submission], note: str, at: datetime.datetime) -> None:
    """End what was claimed before, claim anew, record."""
    if not reports:
        return
    Claim.objects.filter(ended=None, submission__in=reports).update(ended=at)
    Claim.objects.bulk_create(Claim(submission=row, holder=holder, by=by, at=at, note=note) for row in reports)
    deed = "claim" if holder == by else "hand_over"
    record_many(by, deed, [(report, {"holder": holder.pk}) for report in reports])


def _tell(by: User, to: User, reports: Sequence[Submission], note: str, at: datetime.datetime) -> None:
    """Tell the colleague: one notice for whatever was handed over at once."""
    values = {"by": str(by), "count": len(reports), "note": note, "receipts": [str(row) for row in reports[:10]]}
    told = Told(to.pk, f"handed_over:{by.pk}:{at.isoformat()}", values)
    notify("handed_over", [told], url=f"{reverse('reporting:inbox')}?claim=mine", at=at)
