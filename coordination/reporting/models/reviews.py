"""What a reviewer reads: the reports that wait, why some are marked, what stands beside them."""

import datetime
import uuid
from dataclasses import dataclass, fields
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.aggregates import BoolOr
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    Func,
    Max,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)

from coordination.reporting.models.attachments import Attachment
from coordination.reporting.models.counted import counts
from coordination.reporting.models.double_sides import AmongEntries, about_same_facility
from coordination.reporting.models.outliers import standing_out
from coordination.reporting.models.submissions import Revision, Status, Submission, SubmissionEvent, What
from coordination.reporting.rules.readings import Document
from directorates.models import User

WEEK_RULES = "template__programme__week_rules"


def named(rows: QuerySet[Any]) -> QuerySet[Any]:
    """With what naming each report needs, in a constant number of queries.

    Each has a facility of its own; the templates, with their programmes' week numbers, and the reporters are few.
    """
    return rows.select_related("facility").prefetch_related(WEEK_RULES, "reporter")


def written_by(user: User | AnonymousUser) -> Q:
    """The reports that a person started, sent, or wrote an answer of: someone else approves them."""
    return Q(_started(user)) | Q(Exists(Revision.objects.filter(_wrote(user), submission=OuterRef("pk"))))


def _started(user: User | AnonymousUser) -> Exists:
    """Whether a person started a report."""
    return Exists(SubmissionEvent.objects.filter(submission=OuterRef("pk"), by=user.pk, what=What.STARTED))


def _wrote(user: User | AnonymousUser) -> Q:
    """The revisions that a person sent or wrote an answer of.

    Equality leaks nothing, so it is asked before the row policies; `@>` would be asked behind them, thousands of times.
    """
    parts = (Value(user.pk or 0), F("writers"))
    wrote = Func(*parts, template="%(expressions)s)", arg_joiner=" = ANY (", output_field=BooleanField())
    return Q(by=user.pk) | Q(wrote)


def waiting(user: User | AnonymousUser) -> QuerySet[Any]:
    """The reports that wait for a person's review, oldest first, each with why it is marked and whether (`marked`)."""
    # Thousands may wait: whether one was sent again and whether the person wrote it is one look at its revisions.
    wrote = _wrote(user)
    looked_at = Revision.objects.filter(Q(number__gt=1) | wrote, submission=OuterRef("pk")).order_by()
    again = looked_at.values("submission").annotate(own=BoolOr(ExpressionWrapper(wrote, BooleanField()))).values("own")
    rows = with_reasons(user).annotate(started=_started(user), again=Subquery(again))
    why = Q(marks__gt=0) | Q(double=True) | Q(reopened=True) | Q(stands_out=True) | Q(held=True)
    why |= Q(started=True) | Q(again__isnull=False)
    marked = Case(When(why, then=Value(True)), default=Value(False), output_field=BooleanField())
    return rows.annotate(marked=marked).order_by("submitted", "pk")


@dataclass(frozen=True)
class Waiting:
    """A report that waits, with why it is marked.

    `again` says of one with a revision beyond its first, or one that the person wrote, whether the latter; None of others.
    """

    pk: uuid.UUID
    submitted: datetime.datetime
    marks: int
    double: bool
    reopened: bool
    stands_out: bool
    held: bool
    started: bool
    again: bool | None

    @property
    def own(self) -> bool:
        """Whether the person wrote it: someone else reviews it."""
        return self.started or bool(self.again)

    @property
    def marked(self) -> bool:
        """Whether it is read by itself, as `waiting` says it in the database."""
        reasons = (self.double, self.reopened, self.stands_out, self.held, self.started)
        return self.marks > 0 or any(reasons) or self.again is not None

    def say(self, report: Submission) -> Submission:
        """The report with its reasons, as `with_reasons` gives it."""
        names = ("double", "reopened", "stands_out", "held", "own")
        vars(report).update({name: getattr(self, name) for name in names})
        return report


def looked_over(rows: QuerySet[Any]) -> list[Waiting]:
    """Those of `waiting`, in its order, each reason asked once."""
    return [Waiting(*values) for values in rows.values_list(*(one.name for one in fields(Waiting)))]


def with_reasons(user: User | AnonymousUser) -> QuerySet[Any]:
    """The reports that wait for a person's review, each with why it is marked, where no rule is broken in it.

    `double`: another body reported the facility and period; `reopened`; `own`: the person wrote it, so someone else
    reviews it; `stands_out`: something in it is unlike the facility's past; `held`: a file of it is under review. One
    that is corrected, sent back and come again, has a revision beyond its first.
    """
    beside = Submission.objects.exclude(pk=OuterRef("pk")).exclude(status=Status.DRAFT)
    beside = beside.filter(template=OuterRef("template"), period_start=OuterRef("period_start"))
    double = ExpressionWrapper(about_same_facility(beside), BooleanField())
    again = SubmissionEvent.objects.filter(submission=OuterRef("pk"), what=What.REOPENED, revision=OuterRef("revision"))
    rows = standing_out(Submission.objects.to_review(user))
    held = Exists(Attachment.objects.held().filter(submission=OuterRef("pk")))
    return rows.annotate(double=double, reopened=Exists(again), own=written_by(user), held=held)


def beside(submission: Submission) -> QuerySet[Submission]:
    """What other bodies sent about the same facility, under whichever entry, and period, whoever may read it; no drafts."""
    about = AmongEntries("facility", Value(submission.facility_id))
    same = Submission.objects.filter(about, template=submission.template_id, period_start=submission.period_start)
    return (
        same.exclude(reporter=submission.reporter_id)
        .exclude(status=Status.DRAFT)
        .select_related("reporter", "revision")
    )


def document_before(submission: Submission, user: User | AnonymousUser) -> Document:
    """What the facility reported for the period before, as far as the person may read it.

    The report that counts first, then the same reporter's, then any other's; empty where there is none.
    """
    rows = Submission.objects.visible_to(user).filter(
        template=submission.template_id,
        facility=submission.facility_id,
        period_start=submission.period.previous().start,
        revision__isnull=False,
    )
    same = Case(When(reporter=submission.reporter_id, then=Value(0)), default=Value(1))
    rows = rows.annotate(counts=counts()).order_by("-counts", same, "pk").select_related("revision", "kept_revision")
    found = rows.first()
    said = found.standing_revision if found else None
    return Document(said.doc, said.notes) if said else Document()


@dataclass(frozen=True)
class BulkApproval:
    """Several reports that one person approved at one moment."""

    at: datetime.datetime
    count: int


def last_bulk_approval(user: User, since: datetime.datetime) -> BulkApproval | None:
    """The last time since a moment that the person approved several reports at once, as far as they still stand."""
    later = SubmissionEvent.objects.filter(submission=OuterRef("submission"), pk__gt=OuterRef("pk"))
    deeds = SubmissionEvent.objects.filter(by=user, what=What.APPROVED, at__gte=since).exclude(Exists(later))
    found = (
        deeds.values("at").annotate(reports=Count("pk"), last=Max("pk")).filter(reports__gt=1).order_by("-last").first()
    )
    return BulkApproval(found["at"], found["reports"]) if found else None


def last_deed(user: User, submission: Submission, since: datetime.datetime) -> SubmissionEvent | None:
    """What the person did with a report since a moment, where nothing happened to it after that."""
    last = SubmissionEvent.objects.filter(submission=submission).order_by("-pk").first()
    mine = last is not None and last.by_id == user.pk and last.at >= since
    return last if mine and last and last.what in (What.APPROVED, What.RETURNED) else None
