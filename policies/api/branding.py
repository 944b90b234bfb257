"""`GET branding/` and its files: the unified logo and stationery, of every time or as in force on a day."""

from typing import Any, cast

from django.db.models import Prefetch
from django.http import Http404, HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directorates.api.names import named
from directorates.foundation.pages import file_to_keep
from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.permissions import Permission, require
from policies.actions.branding import take_brand_file
from policies.api.policies import WordsSerializer
from policies.models import BrandFile, BrandFormat, BrandKind, BrandVersion


class BrandFileSerializer(serializers.Serializer[Any]):
    """A file of a version: its format, its bytes, and the hash (SHA-256) of its content."""

    format = serializers.ChoiceField(choices=BrandFormat.choices)
    size = serializers.IntegerField()
    sha256 = serializers.CharField(source="digest")


class BrandVersionSerializer(serializers.Serializer[Any]):
    """A version of the logo, a letterhead, form or stamp; `code` tells forms apart, and is empty for the others."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=BrandKind.choices)
    code = serializers.CharField()
    number = serializers.IntegerField()
    name = named()
    rules = serializers.SerializerMethodField()
    decided_by = serializers.CharField(source="basis")
    policy = serializers.CharField(
        source="rests_on.policy.code", default=None, allow_null=True, help_text="The policy that decided it, or null."
    )
    policy_version = serializers.IntegerField(source="rests_on.number", default=None, allow_null=True)
    since = serializers.DateField(source="first_day")
    until = serializers.DateField(source="last_day", allow_null=True)
    called_off = serializers.DateField(allow_null=True, help_text="Withdrawn on this day before it ever held.")
    withdrawn = serializers.CharField(source="withdrawn_why", help_text="Why it was withdrawn; empty where it was not.")
    files = BrandFileSerializer(many=True)

    @extend_schema_field(WordsSerializer)
    def get_rules(self, version: BrandVersion) -> dict[str, str]:
        """The rules of use in both languages, in Markdown."""
        return {"ar": version.rules_ar, "en": version.rules_en}


class Branding(generics.ListAPIView[BrandVersion]):
    """Versions of the unified logo and stationery."""

    serializer_class = BrandVersionSerializer
    queryset = BrandVersion.objects.none()

    @extend_schema(
        operation_id="branding",
        parameters=[
            OpenApiParameter("kind", enum=BrandKind.values),
            OpenApiParameter("on", OpenApiTypes.DATE, description="Only what is in force on this day."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The versions, by kind, the last of each first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those of a kind and in force on a day, where these are named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_POLICIES)
        parameters = Parameters(self.request.query_params)
        kind = parameters.choice("kind", BrandKind.values)
        day = parameters.day("on")
        parameters.done()
        rows = (
            BrandVersion.objects.visible_to(user)
            .select_related("rests_on__policy")
            .prefetch_related(Prefetch("files", BrandFile.objects.defer("content")))
        )
        rows = rows.filter(kind=kind) if kind else rows
        return rows.at(day) if day else rows


class OneBrandFile(APIView):
    """One file."""

    @extend_schema(
        operation_id="branding_file",
        responses={200: OpenApiResponse(OpenApiTypes.BINARY, description="The file.")},
    )
    def get(self, request: Request, pk: int, ending: str) -> HttpResponse:
        """The content, on record."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_POLICIES)
        rows = BrandFile.objects.filter(version__in=BrandVersion.objects.visible_to(user), version=pk, format=ending)
        found = rows.defer("content").select_related("version").first()
        if found is None:
            raise Http404
        return file_to_keep(found.name, found.content_type, take_brand_file(file=found, by=user))
