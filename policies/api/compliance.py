"""`GET policies/{code}/compliance/`: how far organisations apply the versions of a policy, by their own words."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from directorates.foundation.reading import Parameters, get_by_code
from directorates.models import User
from directorates.permissions import Permission, require
from policies.models import ComplianceNote, Policy
from policies.models.compliance import Compliance


class EvidenceSerializer(serializers.Serializer[Any]):
    """A file that shows what a note says; it is opened on the portal's page."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    size = serializers.IntegerField()
    sha256 = serializers.CharField(source="digest")


class ComplianceSerializer(serializers.Serializer[Any]):
    """A compliance note; the last one of an organisation counts."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(source="version.number")
    organisation = serializers.CharField(source="organisation.code")
    extent = serializers.ChoiceField(choices=Compliance.choices)
    text = serializers.CharField()
    at = serializers.DateTimeField()
    evidence = EvidenceSerializer(many=True, source="files")


class ComplianceNotes(generics.ListAPIView[ComplianceNote]):
    """Compliance notes: the own organisation's, and all of a policy that it keeps."""

    serializer_class = ComplianceSerializer
    queryset = ComplianceNote.objects.none()

    @extend_schema(operation_id="policy_compliance", parameters=[OpenApiParameter("version", int)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The notes that the caller reads, the last first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those on a policy, and on one of its versions where one is named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_POLICIES)
        policy = get_by_code(Policy.objects.visible_to(user), self.kwargs["code"])
        parameters = Parameters(self.request.query_params)
        number = parameters.number("version")
        parameters.done()
        rows = ComplianceNote.objects.visible_to(user).filter(version__policy=policy).select_related("version")
        return (rows.filter(version__number=number) if number else rows).with_evidence().latest_first()
