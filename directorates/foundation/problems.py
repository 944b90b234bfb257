"""Problems that people can do something about: what is wrong, where, who can lift it; all faults at once."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _


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


def demand_unchanged(now: Mapping[str, str], seen: Mapping[str, Any], told: Mapping[str, str]) -> None:
    """Raise 409 `changed` where a page began with something else than stands by now; `told` says by field what that is."""
    changed = [name for name, value in now.items() if name in seen and str(seen[name]) != value]
    if changed:
        detail = _("This was changed elsewhere in the meantime. Nothing was overwritten.")
        words = {name: _("By now it says: %(value)s") % {"value": told.get(name) or "–"} for name in changed}
        faults = [Fault(name, "changed", text) for name, text in words.items()]
        raise Problem("changed", detail, 409, [Fault("", "changed", detail), *faults])
