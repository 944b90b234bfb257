"""`GET handovers/`: what directorates offered one another, and what became of it."""

from typing import Any

from django.db.models import Q, QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers

from directorates.foundation.reading import Parameters
from directorates.models import Handover, Organisation
from directorates.models.handovers import HandoverState
from directorates.permissions import open_to_members

STATES = [(state.removeprefix("handover_"), label) for state, label in HandoverState.choices]


class HandedPlaceSerializer(serializers.Serializer[Any]):
    """A sub-district; `taken` is null before the answer."""

    place = serializers.CharField(source="place.code")
    taken = serializers.BooleanField(allow_null=True)


class HandoverSerializer(serializers.Serializer[Any]):
    """A hand-over with each of its sub-districts."""

    id = serializers.IntegerField()
    giver = serializers.CharField(source="giver.code")
    taker = serializers.CharField(source="taker.code")
    first = serializers.DateField()
    reason = serializers.CharField()
    status = serializers.ChoiceField(choices=STATES, help_text="What became of it by today.")
    offered = serializers.DateTimeField()
    offered_as = serializers.CharField(source="offered_as.code")
    answered = serializers.DateTimeField(allow_null=True)
    answer = serializers.CharField()
    places = HandedPlaceSerializer(source="parts", many=True)


@extend_schema_view(
    get=extend_schema(
        operation_id="handovers",
        parameters=[OpenApiParameter("organisation", description="Its code: those that it gave or was to take.")],
    )
)
class Handovers(generics.ListAPIView[Handover]):
    """Hand-overs, the latest first."""

    serializer_class = HandoverSerializer
    queryset = Handover.objects.none()

    def get_queryset(self) -> QuerySet[Handover]:
        """The hand-overs asked for."""
        rows = open_to_members(self.request.user, Handover.objects.named())
        parameters = Parameters(self.request.query_params)
        organisation = parameters.one("organisation", Organisation.objects.all())
        parameters.done()
        found: QuerySet[Handover] = rows.filter(Q(giver=organisation) | Q(taker=organisation)) if organisation else rows
        return found
