"""`GET notices/`: what the caller was told, in the language that is asked for."""

from typing import Any, cast
from urllib.parse import urljoin

from django.conf import settings
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from directorates.foundation.notice_kinds import KINDS
from directorates.foundation.notices import words_of
from directorates.foundation.reading import Parameters
from directorates.models import Notice, User


class NoticeSerializer(serializers.Serializer[Any]):
    """A notice: of which kind, its title and what more there is to it, and where to go."""

    id = serializers.IntegerField()
    kind = serializers.CharField()
    title = serializers.CharField()
    text = serializers.CharField()
    url = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()
    read = serializers.DateTimeField(allow_null=True)


def _told(one: Notice) -> dict[str, Any]:
    """A notice, as programs read it."""
    title, text = words_of(one)
    url = urljoin(settings.PUBLIC_URL, one.url) if one.url else ""
    return {"id": one.pk, "kind": one.kind, "title": title, "text": text, "url": url, "at": one.at, "read": one.read}


class Notices(generics.ListAPIView[Notice]):
    """One's own notices."""

    serializer_class = NoticeSerializer
    queryset = Notice.objects.none()

    @extend_schema(
        operation_id="notices",
        parameters=[
            OpenApiParameter("kind", enum=list(KINDS)),
            OpenApiParameter("unread", enum=["true"], description="Only those that were not read."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The caller's notices, the last first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([_told(one) for one in page])

    def get_queryset(self) -> Any:
        """Those of a kind, and unread ones alone where these are asked for."""
        parameters = Parameters(self.request.query_params)
        kind, unread = parameters.choice("kind", KINDS), parameters.choice("unread", ["true"])
        parameters.done()
        rows = Notice.objects.visible_to(cast("User", self.request.user))
        rows = rows.filter(kind=kind) if kind else rows
        return rows.unread() if unread else rows
