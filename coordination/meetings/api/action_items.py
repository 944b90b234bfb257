"""`GET action-items/`: what organisations took on in meetings that are open to the caller."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coordination.meetings.models import ActionItem, ActionState
from directorates.foundation.reading import Parameters
from directorates.models import Organisation, User
from directorates.permissions import Permission, require


class ActionItemSerializer(serializers.Serializer[Any]):
    """An action item: who does what until when, and what became of it."""

    id = serializers.IntegerField()
    meeting = serializers.IntegerField(source="meeting_id")
    decision = serializers.IntegerField(source="decision_id", allow_null=True, help_text="The id of the decision.")
    text = serializers.CharField()
    owner = serializers.CharField(source="owner.code")
    due = serializers.DateField()
    status = serializers.ChoiceField(source="state", choices=ActionState.choices)
    late = serializers.SerializerMethodField()

    def get_late(self, item: ActionItem) -> bool:
        """Whether it is open, and its day has passed."""
        return item.is_late(timezone.localdate())


class ActionItems(generics.ListAPIView[ActionItem]):
    """Action items of the meetings that the caller's organisation called or is invited to, the first due first."""

    serializer_class = ActionItemSerializer
    queryset = ActionItem.objects.none()

    @extend_schema(
        operation_id="action_items",
        parameters=[
            OpenApiParameter("status", enum=ActionState.values),
            OpenApiParameter("meeting", int),
            OpenApiParameter("owner", str, description="The code of an organisation."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The action items that are open to the caller."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those in a state, of a meeting or of an organisation, where one is named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_MEETINGS)
        parameters = Parameters(self.request.query_params)
        state = parameters.choice("status", ActionState.values)
        asked = {
            "meeting": parameters.number("meeting"),
            "owner": parameters.one("owner", Organisation.objects.all()),
        }
        parameters.done()
        rows = ActionItem.objects.visible_to(user).named()
        rows = rows.said(state) if state else rows
        return rows.filter(**{name: value for name, value in asked.items() if value})
