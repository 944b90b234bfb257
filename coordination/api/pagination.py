"""Pages of a list in the API."""

from typing import Any

from rest_framework.pagination import PageNumberPagination
from rest_framework.response import Response


class Page(PageNumberPagination):
    """`{"next", "previous", "results"}`, 50 rows unless `page_size` asks for up to 200."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200

    def get_paginated_response(self, data: Any) -> Response:
        """The page without a count: counting everything would cost more than the page."""
        return Response({"next": self.get_next_link(), "previous": self.get_previous_link(), "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The shape for the schema."""
        link = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["next", "previous", "results"],
            "properties": {"next": link, "previous": link, "results": schema},
        }
