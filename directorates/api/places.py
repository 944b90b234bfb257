"""`GET places/`: the tree of places by P-code."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers

from directorates.api.names import named
from directorates.foundation.reading import Parameters
from directorates.models import Place
from directorates.models.places import Level
from directorates.permissions import open_to_members

ENDED = ("with", "only")
LEVELS = {level.name.lower(): level for level in Level}


class PlaceSerializer(serializers.Serializer[Place]):
    """A place."""

    code = serializers.CharField()
    level = serializers.SerializerMethodField()
    name = named()
    parent = serializers.CharField(source="parent.code", default=None, allow_null=True)  # type: ignore[assignment]

    def get_level(self, place: Place) -> str:
        """The level as a word."""
        return Level(place.level).name.lower()


@extend_schema_view(
    get=extend_schema(
        operation_id="places",
        parameters=[
            OpenApiParameter("level", enum=list(LEVELS), description="Places of one level only."),
            OpenApiParameter(
                "ended",
                enum=ENDED,
                description="Without it, the places of today; `only` those that ended (`place-changes/` says what has "
                "their ground), `with` both.",
            ),
            OpenApiParameter("under", description="The place of this P-code and everything inside it."),
        ],
    )
)
class Places(generics.ListAPIView[Place]):
    """Places, by level and under a place."""

    serializer_class = PlaceSerializer

    def get_queryset(self) -> QuerySet[Place]:
        """The places asked for."""
        rows = open_to_members(self.request.user, Place.objects.select_related("parent").order_by("code"))
        parameters = Parameters(self.request.query_params)
        level, under = parameters.choice("level", LEVELS), parameters.one("under", rows)
        ended = parameters.choice("ended", ENDED)
        parameters.done()
        rows = {"with": rows, "only": rows.exclude(ended=None)}.get(ended or "", rows.standing())
        filters: dict[str, Any] = {} if level is None else {"level": LEVELS[level]}
        return (Place.objects.under(under) & rows if under else rows).filter(**filters)
