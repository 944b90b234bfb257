"""`GET jurisdictions/`: who is competent for which sub-district, from when until when."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers

from directorates.foundation.reading import Parameters
from directorates.models import Jurisdiction, Organisation, Place
from directorates.models.places import beneath
from directorates.permissions import open_to_members


class JurisdictionSerializer(serializers.Serializer[Any]):
    """One organisation is competent for one sub-district for a time; no two are on one day."""

    place = serializers.CharField(source="place.code")
    organisation = serializers.CharField(source="organisation.code")
    since = serializers.DateField(source="first_day", allow_null=True)
    until = serializers.DateField(source="last_day", allow_null=True)


@extend_schema_view(
    get=extend_schema(
        operation_id="jurisdictions",
        parameters=[
            OpenApiParameter("day", description="Those that hold on this day (2019-05-07); of every time without it."),
            OpenApiParameter("organisation", description="Its code."),
            OpenApiParameter("under", description="The place of this P-code and everything inside it."),
        ],
    )
)
class Jurisdictions(generics.ListAPIView[Jurisdiction]):
    """Jurisdictions by sub-district and time; a sub-district without a row on a day has nobody then."""

    serializer_class = JurisdictionSerializer
    queryset = Jurisdiction.objects.none()

    def get_queryset(self) -> QuerySet[Jurisdiction]:
        """The jurisdictions asked for."""
        rows = open_to_members(self.request.user, Jurisdiction.objects.select_related("place", "organisation"))
        parameters = Parameters(self.request.query_params)
        day = parameters.day("day")
        organisation = parameters.one("organisation", Organisation.objects.all())
        under = parameters.one("under", Place.objects.all())
        parameters.done()
        rows = rows.at(day) if day else rows
        rows = rows.filter(organisation=organisation) if organisation else rows
        rows = rows.filter(beneath(under.path, "place__path")) if under else rows
        found: QuerySet[Jurisdiction] = rows.order_by("place__code", "valid", "pk")
        return found
