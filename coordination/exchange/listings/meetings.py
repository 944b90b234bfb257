"""Meetings, decisions and action items as files, each with what its page shows."""

from collections import Counter

from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from coordination.exchange.listings.listing import Listed, Listing, day_of, filters_told, moment_of
from coordination.exchange.tables import Column, Kind
from coordination.meetings.about import links_of
from coordination.meetings.models import ActionItem, ActionState, Decision
from coordination.meetings.views.action_items import action_items_listed
from coordination.meetings.views.decisions import decisions_listed
from coordination.meetings.views.meetings import meetings_listed
from directorates.models import User
from directorates.permissions import Permission

CHUNK = 1000


def _meetings(user: User, asked: QueryDict) -> Listed:
    form, rows = meetings_listed(user, asked)
    now = timezone.now()
    columns = [
        Column("kind", pgettext("meeting", "Kind"), width=20),
        Column("title", _("Title"), width=40),
        Column("begins", _("Begins"), Kind.CODE, width=26),
        Column("ends", _("Ends"), Kind.CODE, width=26),
        Column("zone", _("By the clocks of"), Kind.CODE, width=18),
        Column("state", _("State")),
        Column("organisation", pgettext("meeting", "Called by"), Kind.CODE),
        Column("why", _("Why it was called off"), width=30),
    ]
    cells = (
        [
            *(
                row.get_kind_display(),
                row.title,
                moment_of(row.begins, user.zone),
                moment_of(row.ends, user.zone),
                row.zone,
            ),
            *(str(row.state(now).label), row.organisation.code, row.called_off_why),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Meetings"), columns, cells, rows.count(), filters_told(form))


def _decisions(user: User, asked: QueryDict) -> Listed:
    form, rows = decisions_listed(user, asked)
    columns = [
        Column("day", _("Day of the meeting"), Kind.DATE),
        Column("meeting", _("Meeting"), width=40),
        Column("organisation", pgettext("meeting", "Called by"), Kind.CODE),
        Column("number", _("Number"), Kind.NUMBER),
        Column("subject", _("Subject"), width=40),
        Column("text", _("What was decided"), width=60),
        Column("about", _("What it decides"), Kind.CODE, width=24),
        Column("open", _("Open action items"), Kind.NUMBER),
        Column("done", _("Done action items"), Kind.NUMBER),
        Column("dropped", _("Dropped action items"), Kind.NUMBER),
    ]
    cells = (
        [
            *(day_of(row.meeting.begins), row.meeting.title, row.meeting.organisation.code, row.number),
            *(row.subject, row.text, " ".join(link.code for link in links_of(row)), *_counted(row)),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Decisions"), columns, cells, rows.count(), filters_told(form))


def _counted(decision: Decision) -> list[int]:
    """How many action items of a decision are open, done and dropped."""
    states = Counter(item.state for item in decision.action_items.all())
    return [states[one] for one in (ActionState.OPEN, ActionState.DONE, ActionState.DROPPED)]


def _action_items(user: User, asked: QueryDict) -> Listed:
    form, rows = action_items_listed(user, asked)
    columns = [
        Column("day", _("Day of the meeting"), Kind.DATE),
        Column("meeting", _("Meeting"), width=40),
        Column("decision", _("From decision"), Kind.NUMBER),
        Column("text", _("What is to be done"), width=60),
        Column("owner", _("Who does it"), Kind.CODE),
        Column("due", _("Due on"), Kind.DATE),
        Column("state", _("State")),
        Column("said", _("Said on"), Kind.DATE),
        Column("note", _("Note"), width=40),
    ]
    cells = (
        [
            *(day_of(row.meeting.begins), row.meeting.title, row.decision.number if row.decision else None),
            *(row.text, row.owner.code, row.due, *_said_last(row)),
        ]
        for row in rows.iterator(CHUNK)
    )
    return Listed(_("Action items"), columns, cells, rows.count(), filters_told(form))


def _said_last(item: ActionItem) -> list[object]:
    """The state of an action item in words, when it was said, and the note."""
    last = max(item.events.all(), key=lambda one: one.pk)
    late = item.is_late(timezone.localdate())
    words = pgettext("action item", "Late") if late else str(item.state.label)
    return [words, day_of(last.at), last.note]


_SEES = (Permission.VIEW_MEETINGS,)
LISTINGS = (
    Listing("meetings", gettext_lazy("Meetings"), _SEES, "meetings:meetings", _meetings),
    Listing("decisions", gettext_lazy("Decisions"), _SEES, "meetings:decisions", _decisions),
    Listing("action-items", gettext_lazy("Action items"), _SEES, "meetings:action_items", _action_items),
)
