"""Reading what programs send: parameters of an address and bodies in JSON, all faults at once."""

import datetime
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, TypeVar

from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from directorates.foundation.problems import Fault, Problem
from directorates.rules.text import clean_text

# What a code can be; anything else was never given out, so no table is asked for it.
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,59}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_NUMBER = re.compile(r"[1-9]\d{0,8}", re.ASCII)

Row = TypeVar("Row", bound=Model)


def by_code(rows: QuerySet[Row], code: object) -> Row | None:
    """The row of that code, None where there is none among these or where it is no code at all."""
    return rows.filter(code=code).first() if isinstance(code, str) and CODE.fullmatch(code) else None


def get_by_code(rows: QuerySet[Row], code: str) -> Row:
    """The row of that code, or the same 404 for what is missing and what is not shown."""
    if (found := by_code(rows, code)) is None:
        raise Http404
    return found


def shown(value: object, longest: int = 40) -> str:
    """The beginning of what was given, fit to be repeated in a message."""
    return clean_text(str(value)[:longest]) if isinstance(value, str | int | float) else ""


class Reading:
    """Faults that are collected while something is read, and raised together."""

    def __init__(self) -> None:
        """Begin without faults."""
        self.faults: list[Fault] = []

    def fault(self, field: str, code: str, message: str) -> None:
        """Add one fault."""
        self.faults.append(Fault(field, code, message))

    def unknown(self, field: str, given: object) -> None:
        """Add that there is no such thing; what the caller may not see is told alike."""
        words = _("“%(given)s” is not known here, or not open to this role.")
        self.fault(field, "unknown", words % {"given": shown(given)})

    def done(self) -> None:
        """Raise everything that was found wrong."""
        if self.faults:
            raise Problem(
                "invalid", _("Some of what was sent cannot be accepted; each fault is listed."), 400, self.faults
            )


class Parameters(Reading):
    """The parameters behind the question mark; an empty one is as good as none."""

    def __init__(self, given: Mapping[str, str]) -> None:
        """Keep what was given."""
        super().__init__()
        self.given = given

    def text(self, name: str) -> str | None:
        """A parameter as it stands."""
        return self.given.get(name) or None

    def one(self, name: str, rows: QuerySet[Row]) -> Row | None:
        """The row that a parameter names by its code."""
        given = self.text(name)
        found = by_code(rows, given)
        if given is not None and found is None:
            self.unknown(name, given)
        return found

    def choice(self, name: str, choices: Iterable[str]) -> str | None:
        """A parameter that takes one of a few words."""
        given, possible = self.text(name), list(choices)
        if given is None or given in possible:
            return given
        words = _("“%(given)s” is not one of: %(possible)s.")
        self.fault(name, "unknown", words % {"given": shown(given), "possible": ", ".join(possible)})
        return None

    def number(self, name: str) -> int | None:
        """A parameter that takes a whole number from 1 up."""
        given = self.text(name)
        if given is None:
            return None
        if _NUMBER.fullmatch(given):
            return int(given)
        self.fault(name, "not_a_number", _("A whole number from 1 up is needed."))
        return None

    def day(self, name: str) -> datetime.date | None:
        """A parameter that takes a day."""
        given = self.text(name)
        if given is None:
            return None
        if _DAY.fullmatch(given):
            with suppress(ValueError):
                return datetime.date.fromisoformat(given)
        self.fault(name, "not_a_day", _("A day is needed, as 2019-05-07."))
        return None


class Body(Reading):
    """An object in JSON; unknown names are told too, so that a slip of the keyboard loses nothing."""

    def __init__(self, given: object, names: Iterable[str]) -> None:
        """Keep what was given and tell names that nobody reads."""
        super().__init__()
        self.given: dict[str, Any] = given if isinstance(given, dict) else {}
        if not isinstance(given, dict):
            self.fault("", "wrong_type", _("An object in JSON is needed."))
        known = sorted(names)
        for name in list(self.given)[:100]:
            if name not in known:
                words = _("This name is not read here. Possible: %(names)s.")
                self.fault(shown(name), "unknown_field", words % {"names": ", ".join(known)})

    def text(self, name: str, *, required: bool = False) -> str:
        """A text; empty where it is missing."""
        given = self.given.get(name)
        if given is None or given == "":
            if required:
                self.fault(name, "required", _("This is required."))
            return ""
        if not isinstance(given, str):
            self.fault(name, "wrong_type", _("A text is needed."))
            return ""
        return given

    def code(self, name: str) -> str | None:
        """A required text that can be a code; None, and a fault, where it cannot."""
        before = len(self.faults)
        given = self.text(name, required=True)
        if CODE.fullmatch(given):
            return given
        if len(self.faults) == before:
            self.unknown(name, given)
        return None

    def yes_or_no(self, name: str) -> bool:
        """True or false; false where it is missing."""
        given = self.given.get(name, False)
        if not isinstance(given, bool):
            self.fault(name, "wrong_type", _("true or false is needed."))
        return given is True

    def list(self, name: str, most: int) -> list[Any]:
        """A list; empty where it is missing."""
        given = self.given.get(name)
        if given is None:
            return []
        if not isinstance(given, list):
            self.fault(name, "wrong_type", _("A list is needed."))
            return []
        if len(given) > most:
            self.fault(name, "too_many", _("At most %(most)d entries are taken at once.") % {"most": most})
            return []
        return given
