"""`submissions/{id}/attachments/`: files that came with a report; what may give a location is held, and opened by reviewers only."""

import uuid
from typing import Any, cast

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.attachments import attach, open_attachment
from coordination.reporting.api.submissions import visible
from coordination.reporting.models import Attachment
from coordination.reporting.models.attachments import AttachmentState
from directorates.foundation.attachments import not_taken
from directorates.foundation.pages import file_to_keep
from directorates.foundation.problems import Fault, Problem
from directorates.models import User
from directorates.permissions import Permission, require
from directorates.rules.attached import MEGABYTE, MOST_BYTES


class AttachmentSerializer(serializers.Serializer[Attachment]):
    """A file that came with a report; `held` ones are opened by the report's reviewers only, of `refused` ones nothing is kept."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    type = serializers.CharField(source="content_type")
    size = serializers.IntegerField(help_text="In bytes.")
    status = serializers.ChoiceField(source="state", choices=AttachmentState.choices)
    reporter = serializers.CharField(source="acting.code")
    at = serializers.DateTimeField()


class FileSerializer(serializers.Serializer[Any]):
    """A picture (JPEG, PNG) or a PDF."""

    file = serializers.FileField()


class Attachments(APIView):
    """The files of a report."""

    # A body in JSON holds no file, and is told so.
    parser_classes = (MultiPartParser, *APIView.parser_classes)

    @extend_schema(operation_id="attachments", responses=AttachmentSerializer(many=True))
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """All of them, in the order in which they came."""
        rows = visible(request, pk).attachments.listed()
        return Response([AttachmentSerializer(row).data for row in rows])

    @extend_schema(
        operation_id="attachments_create",
        request={"multipart/form-data": FileSerializer},
        responses={201: AttachmentSerializer},
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Attach one; the same file again changes nothing and gets the same answer."""
        submission, by = visible(request, pk), cast("User", request.user)
        require(by, Permission.SUBMIT_REPORTS, submission)
        file = request.FILES.get("file")
        if file is None:
            words = _("A file has to be chosen.")
            raise Problem("invalid", words, errors=[Fault("file", "required", words)])
        if (file.size or 0) > MOST_BYTES:
            not_taken("large", most=MOST_BYTES // MEGABYTE)
        made = attach(by=by, submission=submission, name=str(file.name), content=file.read(), at=timezone.now())
        return Response(AttachmentSerializer(made).data, status=201)


class OneAttachment(APIView):
    """One file of a report."""

    @extend_schema(
        operation_id="attachment",
        responses={200: OpenApiResponse(OpenApiTypes.BINARY, description="The file.")},
    )
    def get(self, request: Request, pk: uuid.UUID, number: int) -> HttpResponse:
        """The file itself."""
        found = visible(request, pk).attachments.select_related("submission__dataset").filter(pk=number).first()
        if found is None:
            raise Http404
        opened = open_attachment(by=cast("User", request.user), attachment=found)
        return file_to_keep(found.name, found.content_type, opened)
