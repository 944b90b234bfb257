"""Problems that people can do something about: what is wrong, where, who can lift it; all faults at once."""

from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class Fault:
    """One fault: where, a stable code, and words."""

    field: str
    code: str
    message: str | Promise

    def shape(self) -> dict[str, str]:
        """As the API answers it."""
        return {"field": self.field, "code": self.code, "message": str(self.message)}


@dataclass
class Problem(Exception):
    """An answer that is an error; raised by actions and views, told by the API and the pages alike."""

    code: str
    detail: str | Promise
    status: int = 400
    errors: list[Fault] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, Any] = field(default_factory=dict)
