"""Action items: what an organisation took on in a meeting, until when, and what became of it."""

import datetime
from typing import ClassVar, Self

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.meetings.models.decisions import Decision
from coordination.meetings.models.meetings import Meeting
from directorates.models import Organisation, User
from directorates.permissions import Columns, Permission, rights_of
from directorates.rules.text import search_key


class ActionState(models.TextChoices):
    """What became of an action item."""

    OPEN = "action_open", pgettext_lazy("action item", "Open")
    DONE = "action_done", pgettext_lazy("action item", "Done")
    DROPPED = "action_dropped", pgettext_lazy("action item", "Dropped")


# How one that is open looks once its day has passed.
LATE = "action_late"


class ActionItemQuerySet(models.QuerySet["ActionItem"]):
    """Named queries over action items."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those of the meetings that a person sees."""
        return self.filter(meeting__in=Meeting.objects.visible_to(user))

    def with_state(self) -> Self:
        """With the state that was said last (`state_now`)."""
        last = ActionItemEvent.objects.filter(item=OuterRef("pk")).order_by("-pk")
        return self.annotate(state_now=Subquery(last.values("state")[:1]))

    def said(self, state: str) -> Self:
        """Those of which a state was said last."""
        return self.with_state().filter(state_now=state)

    def open(self) -> Self:
        """Those that are neither done nor dropped."""
        return self.said(ActionState.OPEN)

    def late(self, day: datetime.date) -> Self:
        """Those that are open, and were due before a day."""
        return self.open().filter(due__lt=day)

    def waiting_for(self, user: User | AnonymousUser) -> Self:
        """Those that are open, and for the organisation acted for to do."""
        owned = rights_of(user).condition(Permission.VIEW_MEETINGS, self.model.SCOPES[Permission.VIEW_MEETINGS])
        return self.open().filter(owned).order_by("due", "pk")

    def named_like(self, text: str) -> Self:
        """Those in whose words a word stands in any spelling."""
        return self.filter(search__contains=search_key(text))

    def named(self) -> Self:
        """With everything that a row shows."""
        return self.select_related("meeting__organisation", "decision", "owner").prefetch_related("events")


class ActionItem(models.Model):
    """Something that an organisation took on in a meeting, from a decision or without one; its states are appended."""

    meeting = models.ForeignKey(Meeting, models.PROTECT, related_name="action_items", verbose_name=_("meeting"))
    decision = models.ForeignKey(
        Decision, models.PROTECT, null=True, related_name="action_items", verbose_name=_("decision")
    )
    text = models.TextField(pgettext_lazy("action item", "what is to be done"))
    owner = models.ForeignKey(
        Organisation, models.PROTECT, related_name="action_items", verbose_name=pgettext_lazy("action item", "owner")
    )
    due = models.DateField(_("due"))
    at = models.DateTimeField(_("written"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("written by"))
    search = models.TextField(editable=False)

    objects = ActionItemQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        # Whoever is to do it says that it is done; whoever called the meeting keeps its items.
        Permission.VIEW_MEETINGS: Columns(("owner_id",)),
        Permission.MANAGE_MEETINGS: Columns(("meeting__organisation_id",)),
    }

    class Meta:
        verbose_name = _("action item")
        verbose_name_plural = _("action items")
        default_permissions = ()
        ordering = ["due", "pk"]
        constraints = [models.CheckConstraint(condition=~Q(text=""), name="an_action_item_says_what_is_to_be_done")]

    def __str__(self) -> str:
        """What is to be done."""
        return self.text

    def save(self, *args: object, **options: object) -> None:
        """Save with the search key in step."""
        self.search = search_key(self.text)
        super().save(*args, **options)  # type: ignore[arg-type]

    @property
    def state(self) -> ActionState:
        """What was said of it last."""
        last = max(self.events.all(), key=lambda one: one.pk, default=None)
        return ActionState(last.state) if last else ActionState.OPEN

    def is_late(self, day: datetime.date) -> bool:
        """Whether it is open and its day has passed."""
        return self.due < day and self.state is ActionState.OPEN


class ActionItemEvent(models.Model):
    """What somebody said of an action item: open, done, or dropped for a reason; appended, never changed."""

    item = models.ForeignKey(ActionItem, models.PROTECT, related_name="events")
    state = models.CharField(_("state"), max_length=16, choices=ActionState)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("said"))
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("said by"))
    acting = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("acting as"))

    class Meta:
        verbose_name = _("state of an action item")
        verbose_name_plural = _("states of action items")
        default_permissions = ()
        ordering = ["item", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state=ActionState.DROPPED) | ~Q(note=""), name="an_action_item_is_dropped_for_a_reason"
            )
        ]

    def __str__(self) -> str:
        """The state."""
        return str(ActionState(self.state).label)

    @property
    def what(self) -> str:
        """The state in words, as a history shows it."""
        return str(ActionState(self.state).label)
