"""`GET place-changes/`: what was renamed, moved, split and merged, so that old P-codes are understood."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers

from directorates.foundation.reading import Parameters
from directorates.models import Place, PlaceChange
from directorates.models.place_changes import PlaceChangeKind
from directorates.permissions import open_to_members

KINDS = [(kind.removeprefix("place_"), label) for kind, label in PlaceChangeKind.choices]
NAMES = {"type": "object", "properties": {"ar": {"type": "string"}, "en": {"type": "string"}}}


class PlaceChangeSerializer(serializers.Serializer[Any]):
    """A change of places: what ended and what has its ground since; of a renamed place, its names."""

    id = serializers.IntegerField()
    kind = serializers.SerializerMethodField()
    place = serializers.CharField(source="place.code", help_text="What was renamed, moved, split, or merged into.")
    first = serializers.DateField()
    formers = serializers.SerializerMethodField()
    laters = serializers.SerializerMethodField()
    former_name = serializers.SerializerMethodField()
    later_name = serializers.SerializerMethodField()
    reason = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]
    decided = serializers.DateTimeField(source="at")
    decided_as = serializers.CharField(source="decided_as.code")

    @extend_schema_field(serializers.ChoiceField(choices=KINDS))
    def get_kind(self, change: PlaceChange) -> str:
        """The kind as programs read it."""
        return str(change.kind).removeprefix("place_")

    def get_formers(self, change: PlaceChange) -> list[str]:
        """The P-codes that ended."""
        return [place.code for place in change.formers]

    def get_laters(self, change: PlaceChange) -> list[str]:
        """The P-codes that their ground belongs to since."""
        return [place.code for place in change.laters]

    @extend_schema_field({**NAMES, "nullable": True})
    def get_former_name(self, change: PlaceChange) -> dict[str, str] | None:
        """The names that a renamed place gave up."""
        return {"ar": change.former_ar, "en": change.former_en} if change.former_ar else None

    @extend_schema_field({**NAMES, "nullable": True})
    def get_later_name(self, change: PlaceChange) -> dict[str, str] | None:
        """The names that a renamed place bears since."""
        return {"ar": change.later_ar, "en": change.later_en} if change.later_ar else None


@extend_schema_view(
    get=extend_schema(
        operation_id="place_changes",
        parameters=[
            OpenApiParameter("place", description="A P-code: those that it or anything inside it was part of.")
        ],
    )
)
class PlaceChanges(generics.ListAPIView[PlaceChange]):
    """Changes of places, the latest first."""

    serializer_class = PlaceChangeSerializer
    queryset = PlaceChange.objects.none()

    def get_queryset(self) -> QuerySet[PlaceChange]:
        """The changes asked for."""
        rows = open_to_members(self.request.user, PlaceChange.objects.named())
        parameters = Parameters(self.request.query_params)
        place = parameters.one("place", Place.objects.all())
        parameters.done()
        found: QuerySet[PlaceChange] = rows.of(place) if place else rows
        return found
