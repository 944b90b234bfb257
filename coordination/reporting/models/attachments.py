"""Attachments: pages of a register, letters and photographs that came with a report; held where they may give a location."""

from typing import Self

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models.submissions import Submission
from directorates.models import Organisation, User
from directorates.permissions import Permission, rights_of


class AttachmentState(models.TextChoices):
    """Who opens an attachment."""

    OPEN = "open", pgettext_lazy("attachment", "Open")
    HELD = "held", pgettext_lazy("attachment", "Under review")
    RELEASED = "released", pgettext_lazy("attachment", "Released")
    REFUSED = "refused", pgettext_lazy("attachment", "Refused")


# Whoever reads the report opens these.
READABLE = (AttachmentState.OPEN, AttachmentState.RELEASED)


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    """Named queries over attachments."""

    def listed(self) -> Self:
        """As a page lists them, without their content, in the order in which they came."""
        return self.defer("content").select_related("by", "acting", "judged_by").order_by("at", "pk")

    def held(self) -> Self:
        """Those under review."""
        return self.filter(state=AttachmentState.HELD)

    def to_judge(self, user: User | AnonymousUser) -> Self:
        """Those under review that wait for a person: of reports that wait for the person's review, attached by somebody else.

        Nor by anybody for whom the person stands in; `actions.attachments.may_judge` says the same of one.
        """
        rights = rights_of(user)
        rows = self.held().filter(submission__in=Submission.objects.to_review(user)).exclude(by=user.pk)
        away = rights.stood_in_for(Permission.REVIEW_REPORTS)
        if not away:
            return rows
        scope = Submission.SCOPES[Permission.REVIEW_REPORTS]
        own = Submission.objects.filter(rights.own.condition(Permission.REVIEW_REPORTS, scope))
        return rows.exclude(~Q(submission__in=own), by__in=away)


class Attachment(models.Model):
    """A file of a report: a picture, drawn anew without what its camera wrote, or a PDF.

    `ways` says how it may give a location (`directorates/foundation/attachments.py`): then it is held, its name is seen and
    nobody but the report's reviewers opens it, until one of them releases or refuses it. Of a refused one nothing is kept.
    """

    submission = models.ForeignKey(Submission, models.CASCADE, related_name="attachments")
    name = models.CharField(_("name of the file"), max_length=100)
    content_type = models.CharField(max_length=40)
    content = models.BinaryField()
    size = models.PositiveIntegerField(_("size"))
    digest = models.CharField(max_length=64)
    ways = ArrayField(models.CharField(max_length=20), default=list)
    state = models.CharField(_("state"), max_length=10, choices=AttachmentState)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    judged_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    judged_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason"), blank=True)

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        default_permissions = ()
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["submission"], name="attachment_held", condition=Q(state="held"))]
        constraints = [
            models.UniqueConstraint(fields=["submission", "digest"], name="a_file_once_a_report"),
            models.CheckConstraint(
                condition=Q(state__in=("open", "held"), judged_by=None, judged_at=None)
                | Q(state__in=("released", "refused"), judged_by__isnull=False, judged_at__isnull=False),
                name="judged_means_by_somebody",
            ),
            models.CheckConstraint(condition=~Q(judged_by=F("by")), name="nobody_judges_their_own_file"),
            models.CheckConstraint(condition=~Q(state="refused") | Q(content=b""), name="nothing_refused_is_kept"),
            models.CheckConstraint(condition=~Q(state="open") | Q(ways=[]), name="what_may_locate_is_held"),
        ]

    def __str__(self) -> str:
        """Its name."""
        return self.name

    @property
    def readable(self) -> bool:
        """Whether whoever reads the report opens it."""
        return self.state in READABLE
