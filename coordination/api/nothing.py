"""Addresses under the API where there is nothing: the one 404, in the one shape."""

from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


@extend_schema(exclude=True)
class Nothing(APIView):
    """There is nothing here, whoever asks and however."""

    def get(self, request: Request, **_path: str) -> Response:
        """Never anything."""
        raise Http404

    post = put = patch = delete = get
