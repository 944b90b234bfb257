"""`GET disputes/`: disputes over mandates, with what was said and decided."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.permissions import Permission, require
from policies.models import DisputeDeed, DisputeState, Function, MandateDispute


class DisputeEventSerializer(serializers.Serializer[Any]):
    """Something that was said or decided: by which organisation, none where only days passed; of a decision for whom, from
    which day, on what basis.
    """

    at = serializers.DateTimeField()
    what = serializers.ChoiceField(choices=DisputeDeed.choices, source="kind")
    organisation = serializers.CharField(source="acting.code", allow_null=True, default=None)
    text = serializers.CharField()
    decided_for = serializers.CharField(source="for_whom.code", allow_null=True, default=None)
    day = serializers.DateField(allow_null=True)
    basis = serializers.CharField()


class DisputeSerializer(serializers.Serializer[Any]):
    """A dispute: both claims by the ids of their mandates, and its events in order."""

    id = serializers.IntegerField()
    function = serializers.ChoiceField(choices=Function.choices)
    place = serializers.CharField(source="place.code")
    status = serializers.ChoiceField(choices=DisputeState.choices, source="state")
    opened = serializers.DateTimeField()
    first = serializers.IntegerField(source="first_id")
    second = serializers.IntegerField(source="second_id")
    decided_for = serializers.CharField(source="decided_for.code", allow_null=True, default=None)
    events = DisputeEventSerializer(many=True)


class Disputes(generics.ListAPIView[MandateDispute]):
    """Disputes of every time."""

    serializer_class = DisputeSerializer
    queryset = MandateDispute.objects.none()

    @extend_schema(
        operation_id="disputes",
        parameters=[
            OpenApiParameter("function", enum=Function.values),
            OpenApiParameter("status", enum=DisputeState.values),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The disputes that fit, the last opened first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those of a function and a status, where these are named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_POLICIES)
        parameters = Parameters(self.request.query_params)
        asked = {
            "function": parameters.choice("function", Function.values),
            "state": parameters.choice("status", DisputeState.values),
        }
        parameters.done()
        rows = MandateDispute.objects.visible_to(user).filter(**{name: value for name, value in asked.items() if value})
        return rows.select_related("place", "decided_for").prefetch_related("events__acting", "events__for_whom")
