"""Invitations of organisations to meetings: whether they come, and whether they were there."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directorates.models import Organisation, User
from directorates.permissions import Columns, Permission


class Answer(models.TextChoices):
    """What an organisation said to an invitation."""

    UNKNOWN = "answer_unknown", pgettext_lazy("invitation to a meeting", "No answer yet")
    COMING = "answer_coming", pgettext_lazy("invitation to a meeting", "Comes")
    NOT_COMING = "answer_not_coming", pgettext_lazy("invitation to a meeting", "Does not come")


class MeetingInvitation(models.Model):
    """An organisation is invited to a meeting; `present` is not known before attendance was written.

    One that came `uninvited` was at the table like the others, and is counted in no quorum.
    """

    meeting = models.ForeignKey("meetings.Meeting", models.CASCADE, related_name="invitations")
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="meeting_invitations", verbose_name=_("organisation")
    )
    answer = models.CharField(_("answer"), max_length=20, choices=Answer, default=Answer.UNKNOWN)
    answered = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))
    present = models.BooleanField(pgettext_lazy("meeting", "present"), null=True)
    uninvited = models.BooleanField(_("came uninvited"), default=False)

    SCOPES: ClassVar[dict[Permission, Columns]] = {Permission.VIEW_MEETINGS: Columns(("organisation_id",))}

    class Meta:
        verbose_name = _("invitation to a meeting")
        verbose_name_plural = _("invitations to meetings")
        default_permissions = ()
        ordering = ["meeting", "organisation__kind", "organisation__code"]
        constraints = [
            models.UniqueConstraint(fields=["meeting", "organisation"], name="invited_to_a_meeting_once"),
            models.CheckConstraint(
                condition=Q(answer=Answer.UNKNOWN, answered=None, answered_by=None)
                | (~Q(answer=Answer.UNKNOWN) & Q(answered__isnull=False, answered_by__isnull=False)),
                name="who_answered_and_when_stand_together",
            ),
            models.CheckConstraint(
                condition=Q(uninvited=False) | Q(present=True, answer=Answer.UNKNOWN),
                name="who_came_uninvited_is_there",
            ),
        ]

    def __str__(self) -> str:
        """The organisation."""
        return str(self.organisation)
