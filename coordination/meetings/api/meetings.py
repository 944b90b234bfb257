"""`GET meetings/` and `GET meetings/{id}/`: meetings that the caller's organisation called or is invited to."""

from typing import Any, cast

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.meetings.forms.meetings import CALLED_OFF, COMING, HELD
from coordination.meetings.models import Answer, Meeting, MeetingKind, MeetingState, Minutes
from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.permissions import Permission, require

STATES = (COMING, HELD, CALLED_OFF)


class MeetingSerializer(serializers.Serializer[Any]):
    """A meeting: what it is, when by universal time, and in which zone its hours were said."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=MeetingKind.choices)
    title = serializers.CharField()
    begins = serializers.DateTimeField()
    ends = serializers.DateTimeField()
    zone = serializers.CharField()
    organisation = serializers.CharField(source="organisation.code")
    status = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ChoiceField(choices=MeetingState.choices))
    def get_status(self, meeting: Meeting) -> str:
        """What became of it by now."""
        return str(meeting.state(timezone.now()))


class MeetingInvitationSerializer(serializers.Serializer[Any]):
    """An invited organisation: what it answered, and whether it was there (null before that was written)."""

    organisation = serializers.CharField(source="organisation.code")
    answer = serializers.ChoiceField(choices=Answer.choices)
    present = serializers.BooleanField(allow_null=True)
    uninvited = serializers.BooleanField(help_text="It came uninvited, and is counted in no quorum.")


class MinutesCorrectionSerializer(serializers.Serializer[Any]):
    """What was put right about closed minutes, in Markdown."""

    at = serializers.DateTimeField()
    organisation = serializers.CharField(source="acting.code")
    text = serializers.CharField()


class OneMeetingSerializer(MeetingSerializer):
    """A meeting with place, agenda, who is invited, and its minutes in Markdown."""

    place = serializers.CharField()
    agenda = serializers.ListField(child=serializers.CharField())
    quorum = serializers.IntegerField(help_text="Which share of those invited has to be there, in percent.")
    called_off_why = serializers.CharField(help_text="Empty where it was not called off.")
    invited = MeetingInvitationSerializer(many=True)
    minutes = serializers.CharField()
    minutes_closed = serializers.DateTimeField(allow_null=True)
    corrections = MinutesCorrectionSerializer(many=True)


class Meetings(generics.ListAPIView[Meeting]):
    """Meetings that the caller's organisation called or is invited to, the last first."""

    serializer_class = MeetingSerializer
    queryset = Meeting.objects.none()

    @extend_schema(
        operation_id="meetings",
        parameters=[OpenApiParameter("kind", enum=MeetingKind.values), OpenApiParameter("status", enum=STATES)],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The meetings that are open to the caller."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those of one kind or state, where one is named."""
        user, now = cast("User", self.request.user), timezone.now()
        require(user, Permission.VIEW_MEETINGS)
        parameters = Parameters(self.request.query_params)
        kind, state = parameters.choice("kind", MeetingKind.values), parameters.choice("status", STATES)
        parameters.done()
        rows = Meeting.objects.visible_to(user).select_related("organisation")
        rows = rows.filter(kind=kind) if kind else rows
        narrowed = {COMING: rows.coming(now), HELD: rows.held(now), CALLED_OFF: rows.filter(called_off__isnull=False)}
        return narrowed[state] if state else rows


class OneMeeting(APIView):
    """One meeting."""

    @extend_schema(operation_id="meeting", responses=OneMeetingSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The meeting with who is invited and its minutes."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_MEETINGS)
        rows = Meeting.objects.visible_to(user).select_related("organisation")
        meeting = rows.prefetch_related("invitations__organisation").filter(pk=pk).first()
        if meeting is None:
            raise Http404
        return Response(MeetingSerializer(meeting).data | _whole(meeting))


def _whole(meeting: Meeting) -> dict[str, Any]:
    """What a program reads of one meeting beside what a list says."""
    minutes = Minutes.objects.filter(meeting=meeting).prefetch_related("corrections__acting").first()
    corrections = list(minutes.corrections.all()) if minutes else []
    return {
        "place": meeting.place,
        "agenda": meeting.agenda,
        "quorum": meeting.quorum,
        "called_off_why": meeting.called_off_why,
        "invited": MeetingInvitationSerializer(meeting.invitations.all(), many=True).data,
        "minutes": minutes.text if minutes else "",
        "minutes_closed": minutes.closed if minutes else None,
        "corrections": MinutesCorrectionSerializer(corrections, many=True).data,
    }
