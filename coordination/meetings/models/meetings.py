"""Meetings: what they are about, when and where, who called them, and whether they were held or called off."""

import datetime
from collections.abc import Callable
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.meetings.models.invitations import Answer, MeetingInvitation
from directorates.models import Organisation, User
from directorates.permissions import Columns, Permission, rights_of
from directorates.rules.text import search_key

# What stands where it was written that nobody came.
NOBODY = "–"


class MeetingKind(models.TextChoices):
    """Whose meeting it is."""

    BODY = "body", pgettext_lazy("meeting", "Of the body")
    CLUSTER = "cluster", pgettext_lazy("meeting", "Of the cluster")
    DIRECTORATE = "directorate", pgettext_lazy("meeting", "Of a directorate")
    VISIT = "visit", pgettext_lazy("meeting", "Visit or delegation")


class MeetingState(models.TextChoices):
    """What became of a meeting at a moment."""

    PLANNED = "meeting_planned", pgettext_lazy("meeting", "Planned")
    HELD = "meeting_held", pgettext_lazy("meeting", "Held")
    CALLED_OFF = "meeting_called_off", pgettext_lazy("meeting", "Called off")


class MeetingQuerySet(models.QuerySet["Meeting"]):
    """Named queries over meetings."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Those that the organisation acted for called, or is invited to."""
        rights = rights_of(user)
        seen = rights.condition(Permission.MANAGE_MEETINGS, self.model.SCOPES[Permission.MANAGE_MEETINGS])
        seen |= rights.condition(Permission.VIEW_MEETINGS, self.model.SCOPES[Permission.VIEW_MEETINGS])
        invited = rights.condition(Permission.VIEW_MEETINGS, MeetingInvitation.SCOPES[Permission.VIEW_MEETINGS])
        return self.filter(seen | Q(pk__in=MeetingInvitation.objects.filter(invited).values("meeting")))

    def coming(self, at: datetime.datetime) -> Self:
        """Those that are not over at a moment and still to be held."""
        return self.filter(called_off=None, ends__gt=at)

    def held(self, at: datetime.datetime) -> Self:
        """Those that were held by a moment."""
        return self.filter(called_off=None, ends__lte=at)

    def to_answer(self, user: User, at: datetime.datetime | Now) -> Self:
        """Those to which the organisation acted for is invited, and has not said whether it comes."""
        invited = rights_of(user).condition(
            Permission.VIEW_MEETINGS, MeetingInvitation.SCOPES[Permission.VIEW_MEETINGS]
        )
        asked = MeetingInvitation.objects.filter(invited, answer=Answer.UNKNOWN)
        return self.filter(called_off=None, begins__gt=at, pk__in=asked.values("meeting")).order_by("begins", "pk")

    def named_like(self, text: str) -> Self:
        """Those whose title or agenda holds a word in any spelling."""
        return self.filter(search__contains=search_key(text))


class Meeting(models.Model):
    """A meeting or visit that an organisation called; whether it was held is read from its hours at every query."""

    kind = models.CharField(_("kind"), max_length=12, choices=MeetingKind)
    title = models.CharField(_("title"), max_length=200)
    begins = models.DateTimeField(_("begins"))
    ends = models.DateTimeField(_("ends"))
    zone = models.CharField(_("time zone"), max_length=40)
    place = models.CharField(_("place"), max_length=200, blank=True)
    agenda = ArrayField(models.CharField(max_length=300), verbose_name=_("agenda"), default=list, blank=True)
    # Which share of the invited organisations has to be present, in percent; 0 where none is needed.
    quorum = models.PositiveSmallIntegerField(_("quorum in percent"), default=50)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="meetings", verbose_name=pgettext_lazy("meeting", "called by")
    )
    called = models.DateTimeField(_("called"))
    called_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("called by"))
    called_off = models.DateTimeField(_("called off"), null=True)
    called_off_why = models.TextField(_("why it was called off"), blank=True)
    # How often it was changed: calendars take the higher number for the newer.
    changes = models.PositiveIntegerField(_("times changed"), default=0)
    search = models.TextField(editable=False)

    objects = MeetingQuerySet.as_manager()

    SCOPES: ClassVar[dict[Permission, Columns]] = {
        Permission.MANAGE_MEETINGS: Columns(("organisation_id",)),
        Permission.VIEW_MEETINGS: Columns(("organisation_id",)),
    }

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        default_permissions = ()
        ordering = ["-begins", "-pk"]
        indexes = [models.Index(fields=["begins"], name="meetings_by_time")]
        constraints = [
            models.CheckConstraint(condition=Q(ends__gt=F("begins")), name="a_meeting_ends_after_it_begins"),
            models.CheckConstraint(condition=~Q(title=""), name="a_meeting_has_a_title"),
            models.CheckConstraint(condition=Q(quorum__lte=100), name="a_quorum_is_a_share"),
            models.CheckConstraint(
                condition=Q(called_off=None, called_off_why="") | (Q(called_off__isnull=False) & ~Q(called_off_why="")),
                name="a_meeting_is_called_off_with_a_reason",
            ),
            # Whoever presses twice calls it once.
            models.UniqueConstraint(
                fields=["organisation", "begins", "title"], condition=Q(called_off=None), name="one_meeting_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        """Its title."""
        return self.title

    def save(self, *args: object, **options: object) -> None:
        """Save with the search key in step."""
        self.search = " | ".join(search_key(text) for text in (self.title, *self.agenda))
        super().save(*args, **options)  # type: ignore[arg-type]

    def state(self, at: datetime.datetime) -> MeetingState:
        """What became of it at a moment."""
        if self.called_off is not None:
            return MeetingState.CALLED_OFF
        return MeetingState.HELD if self.ends <= at else MeetingState.PLANNED

    def standing(self) -> dict[str, str]:
        """What it says, as a page carries it along."""
        return {
            "kind": self.kind,
            "title": self.title,
            "begins": self.begins.astimezone(datetime.UTC).isoformat(),
            "ends": self.ends.astimezone(datetime.UTC).isoformat(),
            "zone": self.zone,
            "place": self.place,
            "agenda": "\n".join(self.agenda),
            "quorum": str(self.quorum),
            "invited": " ".join(str(one) for one in self.invited_ids()),
        }

    def standing_told(self) -> dict[str, str]:
        """The same in words."""
        here = {name: f"{getattr(self, name).astimezone(self.timezone):%Y-%m-%d %H:%M}" for name in ("begins", "ends")}
        invited = {"invited": ", ".join(one.organisation.short for one in self.invitations.all())}
        return self.standing() | here | invited | {"kind": str(MeetingKind(self.kind).label)}

    def attendance(self) -> dict[str, str]:
        """Who is written as present and as come uninvited, as a page carries it along; nothing before that was written."""
        return self._attendance(lambda one: str(one.organisation_id), ",")

    def attendance_told(self) -> dict[str, str]:
        """The same in words."""
        return self._attendance(lambda one: str(one.organisation.short), ", ")

    def _attendance(self, name: Callable[[Any], str], between: str) -> dict[str, str]:
        rows = list(
            self.invitations.select_related("organisation").order_by("organisation__kind", "organisation__code")
        )
        invited, came = ([one for one in rows if one.uninvited is how] for how in (False, True))
        there = [one for one in invited if one.present]
        written = any(one.present is not None for one in invited)
        return {
            "present": between.join(map(name, there)) or (NOBODY if written else ""),
            "uninvited": between.join(map(name, came)),
        }

    def leaves_traces(self) -> bool:
        """Whether anything stands of which it is the ground: attendance, minutes, decisions or action items."""
        # Of higher modules, by their names: they point at meetings.
        written = self.invitations.filter(present__isnull=False), self.decisions, self.action_items
        return hasattr(self, "minutes") or any(rows.exists() for rows in written)

    def invited_ids(self) -> list[int]:
        """The ids of the invited organisations."""
        return sorted(self.invitations.values_list("organisation_id", flat=True))

    @property
    def timezone(self) -> ZoneInfo:
        """The zone in which its hours were said."""
        return ZoneInfo(self.zone)
