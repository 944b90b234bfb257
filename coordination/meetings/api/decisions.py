"""`GET decisions/`: what was decided in meetings that are open to the caller."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coordination.meetings.about import links_of
from coordination.meetings.models import Decision
from coordination.meetings.models.decisions import ABOUT
from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.permissions import Permission, require


class AboutSerializer(serializers.Serializer[Any]):
    """A thing that a decision points at: its kind, and its code (of a version of a policy: code/number)."""

    kind = serializers.CharField(help_text=f"One of: {', '.join(ABOUT)}.")
    code = serializers.CharField()


class DecisionSerializer(serializers.Serializer[Any]):
    """A decision: its number in its meeting, what was decided about what, and the ids of its action items."""

    id = serializers.IntegerField()
    meeting = serializers.IntegerField(source="meeting_id")
    number = serializers.IntegerField()
    subject = serializers.CharField()
    text = serializers.CharField()
    about = serializers.SerializerMethodField()
    action_items = serializers.SerializerMethodField()

    @extend_schema_field(AboutSerializer(many=True))
    def get_about(self, decision: Decision) -> list[dict[str, str]]:
        """What it decides, as far as that is open to the caller."""
        return [{"kind": link.kind, "code": link.code} for link in links_of(decision)]

    def get_action_items(self, decision: Decision) -> list[int]:
        """The ids of its action items."""
        return [one.pk for one in decision.action_items.all()]


class Decisions(generics.ListAPIView[Decision]):
    """Decisions of the meetings that the caller's organisation called or is invited to."""

    serializer_class = DecisionSerializer
    queryset = Decision.objects.none()

    @extend_schema(
        operation_id="decisions",
        parameters=[
            OpenApiParameter("meeting", int),
            OpenApiParameter("subject", str, description="Words of the subject, in any spelling."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The decisions that are open to the caller."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those of one meeting or on a subject, where one is named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_MEETINGS)
        parameters = Parameters(self.request.query_params)
        meeting, subject = parameters.number("meeting"), parameters.text("subject")
        parameters.done()
        rows = Decision.objects.visible_to(user).named()
        rows = rows.filter(meeting=meeting) if meeting else rows
        return rows.on(subject[:200]) if subject else rows
