"""What the description of the API says beside what stands in the views: keys, and the one shape of errors."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension

PROBLEM = {
    "type": "object",
    "description": "What is wrong, where, and who can lift it (RFC 9457); all faults at once.",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/Fault"}},
    },
}
FAULT = {
    "type": "object",
    "required": ["field", "code", "message"],
    "properties": {"field": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}},
}
ANSWER = {
    "description": "A problem",
    "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


class TokenScheme(OpenApiAuthenticationExtension):
    """`Authorization: Token KEY`."""

    target_class = "coordination.api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """How a key is sent."""
        description = "`Token KEY`; keys come from auth/token/ or from the account page."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": description}


def with_problems(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """Every call may be answered by a problem."""
    result["components"]["schemas"] |= {"Problem": PROBLEM, "Fault": FAULT}
    for operations in result["paths"].values():
        for operation in operations.values():
            operation["responses"]["default"] = ANSWER
    return result
