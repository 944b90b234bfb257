"""`GET organisations/`: every stakeholder."""

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers

from directorates.api.names import named
from directorates.foundation.reading import Parameters
from directorates.models import Organisation
from directorates.models.organisations import Kind, OrganisationStatus
from directorates.permissions import open_to_members


class OrganisationSerializer(serializers.Serializer[Organisation]):
    """An organisation with the names and status of today."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=Kind.choices)
    name = named()
    status = serializers.ChoiceField(choices=OrganisationStatus.choices)


@extend_schema_view(
    get=extend_schema(
        operation_id="organisations",
        parameters=[OpenApiParameter("kind", enum=Kind.values, description="Organisations of one kind only.")],
    )
)
class Organisations(generics.ListAPIView[Organisation]):
    """Organisations, by kind."""

    serializer_class = OrganisationSerializer

    def get_queryset(self) -> QuerySet[Organisation]:
        """The organisations asked for."""
        rows = open_to_members(self.request.user, Organisation.objects.order_by("code"))
        parameters = Parameters(self.request.query_params)
        kind = parameters.choice("kind", Kind.values)
        parameters.done()
        return rows.filter(kind=kind) if kind else rows
