"""`GET facilities/` and `GET facilities/{code}/`: the register, never a position."""

import datetime

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from directorates.api.names import named
from directorates.foundation.reading import Parameters, get_by_code
from directorates.models import Jurisdiction, Organisation, Place
from directorates.permissions import open_to_members
from facilities.models import Facility, Support
from facilities.models.facilities import FacilityType, Service
from facilities.models.statuses import Operating


class FacilitySerializer(serializers.Serializer[Facility]):
    """A facility as it is today; `place` is the code of the sub-district, or of the place above that the caller is told."""

    code = serializers.CharField()
    name = named()
    type = serializers.ChoiceField(choices=FacilityType.choices)
    place = serializers.CharField(source="told_place.code")
    status = serializers.ChoiceField(choices=Operating.choices)
    services = serializers.SerializerMethodField()
    supported_by = serializers.SerializerMethodField()
    directorate = serializers.CharField(allow_null=True)

    def get_services(self, facility: Facility) -> list[str]:
        """The codes of its services."""
        order = {service: number for number, service in enumerate(Service.values)}
        return sorted((row.service for row in facility.services.all()), key=lambda code: order.get(code, len(order)))

    def get_supported_by(self, facility: Facility) -> list[str]:
        """The codes of the organisations that support it today."""
        return sorted(row.organisation.code for row in facility.supports.all())


def described(rows: QuerySet[Facility], today: datetime.date) -> QuerySet[Facility]:
    """Facilities with everything that the answer names, in a constant number of queries."""
    competent = Jurisdiction.objects.filter(place=OuterRef("place"), valid__contains=today)
    supports = Support.objects.at(today).select_related("organisation")
    rows = rows.annotate(directorate=Subquery(competent.values("organisation__code")[:1]))
    return rows.prefetch_related("services", Prefetch("supports", supports)).order_by("code")


@extend_schema_view(
    get=extend_schema(
        operation_id="facilities",
        parameters=[
            OpenApiParameter("place", description="In the place of this P-code or inside it."),
            OpenApiParameter("supported_by", description="Supported today by the organisation of this code."),
            OpenApiParameter("status", enum=Operating.values),
            OpenApiParameter("type", enum=FacilityType.values),
        ],
    )
)
class Facilities(generics.ListAPIView[Facility]):
    """Facilities, by place, supporter, status and type."""

    serializer_class = FacilitySerializer

    def get_queryset(self) -> QuerySet[Facility]:
        """The facilities asked for."""
        user, today = self.request.user, timezone.localdate()
        parameters = Parameters(self.request.query_params)
        place = parameters.one("place", open_to_members(user, Place.objects.all()))
        supporter = parameters.one("supported_by", open_to_members(user, Organisation.objects.all()))
        status = parameters.choice("status", Operating.values)
        kind = parameters.choice("type", FacilityType.values)
        parameters.done()
        rows = Facility.objects.visible_to(user).placed_for(user)
        rows = rows.under(place, "told_path") if place else rows
        rows = rows.supported_by(supporter, today) if supporter else rows
        wanted = {"status": status, "type": kind}
        return described(rows.filter(**{key: value for key, value in wanted.items() if value}), today)


class OneFacility(generics.GenericAPIView[Facility]):
    """One facility."""

    serializer_class = FacilitySerializer

    @extend_schema(operation_id="facility")
    def get(self, request: Request, code: str) -> Response:
        """The facility of this code."""
        rows = Facility.objects.visible_to(request.user).placed_for(request.user)
        found = get_by_code(described(rows, timezone.localdate()), code)
        return Response(self.get_serializer(found).data)
