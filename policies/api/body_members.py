"""`GET members/`: which directorates are members of the coordination body, from when until when, and on what basis."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.permissions import Permission, require
from policies.models import BodyMember, MemberState


class BodyMemberSerializer(serializers.Serializer[Any]):
    """A membership; one that was called off never began. Its basis is empty where it is older than dated memberships."""

    id = serializers.IntegerField()
    directorate = serializers.CharField(source="directorate.code")
    status = serializers.SerializerMethodField()
    since = serializers.DateField(source="first_day", allow_null=True)
    until = serializers.DateField(source="last_day", allow_null=True)
    called_off = serializers.DateField(allow_null=True)
    basis = serializers.CharField()
    why = serializers.CharField(source="left_why", help_text="Why it left; empty while it has not.")
    dissolved = serializers.BooleanField(help_text="It ended with the directorate.")
    entered = serializers.DateTimeField(source="at")

    @extend_schema_field(serializers.ChoiceField(choices=MemberState.choices))
    def get_status(self, member: BodyMember) -> MemberState:
        """What it is today."""
        return member.state(timezone.localdate())


class BodyMembers(generics.ListAPIView[BodyMember]):
    """Memberships of every time."""

    serializer_class = BodyMemberSerializer
    queryset = BodyMember.objects.none()

    @extend_schema(
        operation_id="members",
        parameters=[OpenApiParameter("on", OpenApiTypes.DATE, description="Only those of this day.")],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The memberships, by directorate, the last of each first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those of a day, where one is named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_POLICIES)
        parameters = Parameters(self.request.query_params)
        day = parameters.day("on")
        parameters.done()
        rows = BodyMember.objects.visible_to(user)
        return (rows.at(day) if day else rows).named()
