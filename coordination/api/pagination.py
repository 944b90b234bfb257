"""Pages of a list in the API."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from directorates.foundation.reading import Parameters


class Page(BasePagination):
    """`{"next", "previous", "results"}`, 50 rows unless `page_size` asks for up to 200.

    Nothing is counted: one row more than the page says whether another follows.
    """

    page_size = 50
    max_page_size = 200

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: APIView | None = None
    ) -> list[Any]:
        """The rows of the page asked for."""
        parameters = Parameters(request.query_params)
        size = min(parameters.number("page_size") or self.page_size, self.max_page_size)
        self.number = parameters.number("page") or 1
        parameters.done()
        self.address = request.build_absolute_uri()
        first = (self.number - 1) * size
        rows = list(queryset[first : first + size + 1])
        self.more = len(rows) > size
        return rows[:size]

    def get_paginated_response(self, data: Any) -> Response:
        """The page with the addresses of its neighbours."""
        return Response({"next": self._next(), "previous": self._previous(), "results": data})

    def _next(self) -> str | None:
        """The address of the page that follows."""
        return replace_query_param(self.address, "page", self.number + 1) if self.more else None

    def _previous(self) -> str | None:
        """The address of the page before."""
        if self.number == 1:
            return None
        if self.number == 2:
            return str(remove_query_param(self.address, "page"))
        return str(replace_query_param(self.address, "page", self.number - 1))

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape for the schema."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }

    def get_schema_operation_parameters(self, view: APIView) -> list[dict[str, Any]]:
        """The parameters for the schema."""
        number = {"type": "integer", "minimum": 1}
        return [
            {"name": "page", "in": "query", "required": False, "schema": number | {"maximum": 999_999_999}},
            {"name": "page_size", "in": "query", "required": False, "schema": number | {"maximum": self.max_page_size}},
        ]
