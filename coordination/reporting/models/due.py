"""Reports that are due: every expected report with how far it is, derived when read, never stored."""

import datetime

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Case, F, Func, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Greatest, TruncDate
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.expected import ExpectedReport
from coordination.reporting.models.submissions import Submission
from coordination.reporting.models.templates import TemplateVersion
from directorates.models import User


class DueStatus(models.TextChoices):
    """How far an expected report is; the last four are those of its submission."""

    DUE = "due", pgettext_lazy("report", "Due")
    OVERDUE = "overdue", pgettext_lazy("report", "Overdue")
    DRAFT = "draft", pgettext_lazy("report", "Draft")
    SUBMITTED = "submitted", pgettext_lazy("report", "Submitted")
    RETURNED = "returned", pgettext_lazy("report", "Sent back")
    APPROVED = "approved", pgettext_lazy("report", "Approved")


# The report is still to be written or corrected by its reporter.
OPEN = (DueStatus.DUE, DueStatus.OVERDUE, DueStatus.DRAFT, DueStatus.RETURNED)


def reports_due(user: User | AnonymousUser, today: datetime.date) -> QuerySet[ExpectedReport]:
    """The expected reports that a person may see, each with these beside its own fields:

    `version` (its number, None where none covers the period), `status` (a `DueStatus`; someone else's draft shows as
    due or overdue), `days_late` (until it was first sent, or until today), `submission_id` (None before there is one
    that the person may see), `first_submitted`. Oldest due date first; filters on these names work.
    """
    own = Submission.objects.visible_to(user).filter(
        template=OuterRef("template"),
        period_start=OuterRef("period_start"),
        facility=OuterRef("facility"),
        reporter=OuterRef("reporter"),
    )
    version = TemplateVersion.objects.published().filter(
        template=OuterRef("template"), valid__contains=OuterRef("period_start")
    )
    before = Case(When(due__lt=today, then=Value("overdue")), default=Value("due"), output_field=models.CharField())
    until = Coalesce(TruncDate("first_submitted"), Value(today, models.DateField()))
    # Written out: Django makes an interval of a difference of days.
    late = Func(
        F("until"), F("due"), arg_joiner=" - ", template="(%(expressions)s)", output_field=models.IntegerField()
    )
    rows = ExpectedReport.objects.visible_to(user).annotate(
        version=Subquery(version.values("number")[:1]),
        submission_id=Subquery(own.values("pk")[:1]),
        first_submitted=Subquery(own.values("first_submitted")[:1]),
        status=Coalesce(Subquery(own.values("status")[:1]), before, output_field=models.CharField()),
    )
    rows = rows.annotate(until=until).annotate(days_late=Greatest(late, Value(0), output_field=models.IntegerField()))
    return rows.select_related("template", "facility", "reporter").order_by("due", "pk")


def still_to_send(rows: QuerySet[ExpectedReport]) -> QuerySet[ExpectedReport]:
    """Those of `reports_due` that wait for their reporter."""
    return rows.filter(Q(status__in=OPEN))
