"""`GET mandates/`: who leads which function where, from when until when, and on what basis."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from directorates.foundation.reading import Parameters
from directorates.models import Organisation, Place, User
from directorates.permissions import Permission, require
from policies.models import Function, Mandate, MandateOrigin


class MandateLimitSerializer(serializers.Serializer[Any]):
    """A part of the place in which a mandate does not hold from a day on."""

    place = serializers.CharField(source="place.code")
    since = serializers.DateField()


class MandateSerializer(serializers.Serializer[Any]):
    """A mandate; one that was called off never held."""

    id = serializers.IntegerField()
    function = serializers.ChoiceField(choices=Function.choices)
    place = serializers.CharField(source="place.code")
    organisation = serializers.CharField(source="organisation.code")
    since = serializers.DateField(source="first_day")
    until = serializers.DateField(source="last_day", allow_null=True)
    called_off = serializers.DateField(allow_null=True)
    came = serializers.ChoiceField(choices=MandateOrigin.choices)
    basis = serializers.CharField()
    limits = MandateLimitSerializer(many=True)


class Mandates(generics.ListAPIView[Mandate]):
    """Mandates of every time."""

    serializer_class = MandateSerializer
    queryset = Mandate.objects.none()

    @extend_schema(
        operation_id="mandates",
        parameters=[
            OpenApiParameter("function", enum=Function.values),
            OpenApiParameter("organisation", description="Its code."),
            OpenApiParameter(
                "place", description="A P-code: mandates for it, for what lies in it, and for what it lies in."
            ),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The mandates that fit, by function and place."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those of a function, an organisation and near a place, where these are named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_POLICIES)
        parameters = Parameters(self.request.query_params)
        function = parameters.choice("function", Function.values)
        organisation = parameters.one("organisation", Organisation.objects.all())
        place = parameters.one("place", Place.objects.all())
        parameters.done()
        exact = {"function": function, "organisation": organisation}
        rows = Mandate.objects.visible_to(user).filter(**{name: value for name, value in exact.items() if value})
        rows = rows.near(place) if place else rows
        return rows.named().prefetch_related("limits__place")
