"""What is asked of meetings: which to show, what a new one is about, when and where, who is invited, why it is called off."""

import datetime
from typing import Any

from django import forms
from django.db.models import Case, DateTimeField, F, IntegerField, Value, When
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.meetings.actions.meetings import (
    LONGEST_ITEM,
    LONGEST_PLACE,
    LONGEST_REASON,
    LONGEST_TITLE,
    MOST_ITEMS,
    MeetingSaid,
    moment,
)
from coordination.meetings.models import Meeting, MeetingKind
from coordination.meetings.models.meetings import MeetingQuerySet
from directorates.foundation.fields import DayField, LineField, StandingForm, TextField
from directorates.foundation.zones import ZONES
from directorates.models import Organisation, User

COMING, HELD, CALLED_OFF, TO_ANSWER = "coming", "held", "called-off", "to-answer"


class HourField(forms.TimeField):
    """An hour of the day."""

    widget = forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class MeetingFilter(forms.Form):
    """Which meetings to show."""

    q = LineField(
        label=_("Title or agenda"), required=False, max_length=200, widget=forms.TextInput(attrs={"type": "search"})
    )
    kind = forms.ChoiceField(
        label=pgettext_lazy("meeting", "Kind"),
        required=False,
        choices=[("", pgettext_lazy("meetings", "All")), *MeetingKind.choices],
    )
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", pgettext_lazy("meetings", "All")),
            (COMING, pgettext_lazy("meetings", "To come")),
            (HELD, pgettext_lazy("meetings", "Held")),
            (CALLED_OFF, pgettext_lazy("meetings", "Called off")),
            (TO_ANSWER, pgettext_lazy("meetings", "Wait for our answer")),
        ],
    )

    def narrow(self, rows: MeetingQuerySet, user: User, at: datetime.datetime) -> MeetingQuerySet:
        """The meetings that were asked for: those to come first, the next before the others; then the last that were held."""
        self.is_valid()
        asked = self.cleaned_data
        if text := asked.get("q"):
            rows = rows.named_like(text)
        if asked.get("kind"):
            rows = rows.filter(kind=asked["kind"])
        match asked.get("state"):
            case "coming":
                rows = rows.coming(at)
            case "held":
                rows = rows.held(at)
            case "called-off":
                rows = rows.filter(called_off__isnull=False)
            case "to-answer":
                rows = rows.to_answer(user, at)
        to_come = When(ends__gt=at, called_off=None, then=Value(0))
        ordered = rows.annotate(
            part=Case(to_come, default=Value(1), output_field=IntegerField()),
            next=Case(When(ends__gt=at, called_off=None, then=F("begins")), output_field=DateTimeField()),
        )
        return ordered.order_by("part", F("next").asc(nulls_last=True), "-begins", "-pk")


class MeetingForm(StandingForm):
    """A meeting: its hours are those of clocks in its zone."""

    kind = forms.ChoiceField(label=pgettext_lazy("meeting", "Kind"), choices=MeetingKind.choices)
    title = LineField(
        label=_("Title"),
        max_length=LONGEST_TITLE,
        help_text=_("In one language or in both. It stands in people's calendars: nothing sensitive."),
    )
    day = DayField(label=pgettext_lazy("meeting", "Day"))
    begins = HourField(label=pgettext_lazy("meeting", "From"))
    ends = HourField(label=pgettext_lazy("meeting", "Until"))
    last_day = DayField(label=_("Last day"), required=False, help_text=_("Only where it lasts longer than a day."))
    zone = forms.ChoiceField(label=_("By the clocks of"), choices=list(ZONES.items()))
    place = LineField(
        label=_("Place"),
        max_length=LONGEST_PLACE,
        required=False,
        help_text=_("In words, for those who are invited: no coordinates and no link to a map."),
    )
    agenda = TextField(
        label=_("Agenda"),
        required=False,
        max_length=MOST_ITEMS * (LONGEST_ITEM + 2),
        widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("One item a line, in their order."),
    )
    quorum = forms.IntegerField(
        label=_("Quorum in percent"),
        min_value=0,
        max_value=100,
        help_text=_("Which share of the invited organisations has to be there; 0 where none is needed."),
    )
    invited = forms.ModelMultipleChoiceField(
        label=_("Invited"), queryset=Organisation.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Any, user: User, meeting: Meeting | None = None) -> None:
        """Offer the organisations that act, and those that are invited already; begin with what stands."""
        super().__init__(data, initial=_initial(meeting) if meeting else {"zone": "Asia/Damascus", "quorum": 50})
        rows = Organisation.objects.active().exclude(pk=user.acting_id or 0)
        if meeting is not None:
            rows = rows | Organisation.objects.filter(pk__in=meeting.invited_ids())
        field: Any = self.fields["invited"]
        field.queryset = rows.order_by("kind", "code")

    @property
    def said(self) -> MeetingSaid:
        """What was written."""
        given = self.cleaned_data
        last = given["last_day"] or given["day"]
        return MeetingSaid(
            kind=given["kind"],
            title=given["title"],
            begins=moment(given["day"], given["begins"], given["zone"]),
            ends=moment(last, given["ends"], given["zone"]),
            zone=given["zone"],
            place=given["place"],
            agenda=given["agenda"].splitlines(),
            quorum=given["quorum"],
            invited=list(given["invited"]),
        )


def _initial(meeting: Meeting) -> dict[str, Any]:
    """What stands of a meeting, as the form asks for it."""
    begins, ends = (one.astimezone(meeting.timezone) for one in (meeting.begins, meeting.ends))
    return {
        **{name: getattr(meeting, name) for name in ("kind", "title", "zone", "place", "quorum")},
        "day": begins.date(),
        "begins": begins.time(),
        "ends": ends.time(),
        "last_day": ends.date() if ends.date() != begins.date() else None,
        "agenda": "\n".join(meeting.agenda),
        "invited": meeting.invited_ids(),
        "stood": meeting.standing(),
    }


class CallOffForm(forms.Form):
    """Why a meeting is called off."""

    why = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=_("Everybody who is invited reads it."))


class AttendanceForm(StandingForm):
    """Who of those invited is there, and who came uninvited."""

    present = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("meeting", "Present"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("All others are written as absent. It can be put right until the minutes are closed."),
    )

    uninvited = forms.ModelMultipleChoiceField(
        label=pgettext_lazy("meeting", "Came uninvited"),
        queryset=Organisation.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("They count in no quorum, and see the meeting and its minutes from now on."),
    )

    def __init__(self, data: Any, meeting: Meeting) -> None:
        """Offer those invited; ticked are those who are written as present or, before that, those who said they come."""
        rows = list(meeting.invitations.filter(uninvited=False))
        came = list(meeting.invitations.filter(uninvited=True).values_list("organisation", flat=True))
        known = any(one.present is not None for one in rows)
        there = [one.organisation_id for one in rows if (one.present if known else one.answer == "answer_coming")]
        super().__init__(data, initial={"present": there, "uninvited": came, "stood": meeting.attendance()})
        field: Any = self.fields["present"]
        field.queryset = Organisation.objects.filter(pk__in=[one.organisation_id for one in rows]).order_by(
            "kind", "code"
        )
        others: Any = self.fields["uninvited"]
        apart = [*(one.organisation_id for one in rows), meeting.organisation_id]
        may_come = Organisation.objects.active() | Organisation.objects.filter(pk__in=came)
        others.queryset = may_come.exclude(pk__in=apart).order_by("kind", "code")
