"""`GET policies/{code}/acknowledgements/`: which organisations have read a version, and from when each applies it."""

from typing import Any, cast

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directorates.foundation.reading import Parameters, get_by_code
from directorates.models import User
from directorates.permissions import Permission, require
from policies.models import Policy, PolicyVersion
from policies.models.acknowledgements import standings


class StandingSerializer(serializers.Serializer[Any]):
    """An organisation that acknowledges policies: when it did (null where it has not), and from when it applies this one."""

    organisation = serializers.CharField(source="organisation.code")
    at = serializers.DateTimeField(allow_null=True)
    since = serializers.DateField(allow_null=True, help_text="Of directorates that have acknowledged it.")
    reservation = serializers.CharField(help_text="With which it voted for this version; empty where it had none.")
    facilities = serializers.IntegerField(
        help_text="How many of the facilities for which it speaks today have acknowledged it."
    )
    whole = serializers.IntegerField(help_text="For how many facilities it speaks today.")


class Acknowledgements(APIView):
    """Who has read a policy."""

    @extend_schema(
        operation_id="acknowledgements",
        parameters=[OpenApiParameter("version", int, description="Without it, the one that holds today.")],
        responses=StandingSerializer(many=True),
    )
    def get(self, request: Request, code: str) -> Response:
        """Where each directorate and NGO stands with an adopted version; 404 where no version holds and none is named."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_POLICIES)
        policy = get_by_code(Policy.objects.visible_to(user), code)
        versions = PolicyVersion.objects.visible_to(user).filter(policy=policy).adopted()
        parameters = Parameters(request.query_params)
        number = parameters.choice("version", {str(one.number): one.number for one in versions})
        parameters.done()
        found = versions.filter(number=number) if number else versions.at(timezone.localdate())
        version = found.first()
        if version is None:
            raise Http404
        return Response(StandingSerializer(standings(version), many=True).data)
