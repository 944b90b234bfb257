"""A list as a file: what it is called, who may take it along, and its rows exactly as the page shows them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.http import Http404, QueryDict
from django.utils import timezone
from django.utils.choices import flatten_choices
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coordination.exchange.tables import Column, Kind
from coordination.reporting.rules.periods import Period
from directorates.models import User
from directorates.permissions import Permission

# No number of a row has so many digits.
LONG = 19
# A filter's label and what it was set to, in words.
Told = tuple[str, str]


@dataclass(frozen=True)
class Listed:
    """The rows of a list under one address's filters and sort; the rows are read when the file is written.

    `at` completes the address of the list's page, where it has more than its filters.
    """

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    count: int
    filters: Sequence[Told] = ()
    at: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Listing:
    """A list: the code in addresses, its name, the rights of which one opens it, the page it stands on, its rows.

    Without rights it is open to whoever is signed in, each of whom finds one's own rows in it.
    """

    code: str
    words: Promise
    rights: tuple[Permission, ...]
    page: str
    read: Callable[[User, QueryDict], Listed]

    def listed(self, user: User, query: str) -> Listed:
        """What a person finds under an address's filters and sort."""
        return self.read(user, QueryDict(query))


def filters_told(form: forms.Form, apart: Container[str] = ()) -> list[Told]:
    """The filters that are set, as the page's own form calls them and what was chosen; one that fits nothing is none."""
    form.is_valid()
    return [
        (str(field.label), _chosen(field, form.cleaned_data[name]))
        for name, field in form.fields.items()
        if name not in apart and form.cleaned_data.get(name)
    ]


def _chosen(field: forms.Field, value: object) -> str:
    """A choice in the words it is offered by; a row by its name, what was typed as it is."""
    if isinstance(field, forms.ModelChoiceField):
        return field.label_from_instance(value)
    if isinstance(field, forms.ChoiceField):
        offered: Any = field.choices
        return str(dict(flatten_choices(offered)).get(str(value), value))
    return _("yes") if value is True else str(value)


def row_in(asked: QueryDict, name: str) -> int:
    """The number of a row that an address names; a page that is not there where it names none."""
    number = asked.get(name, "")
    if not (number.isascii() and number.isdecimal() and len(number) < LONG):
        raise Http404
    return int(number)


def period_columns() -> list[Column]:
    """The three columns that say of which period a row is."""
    return [
        Column("period", _("Period"), Kind.CODE),
        Column("first_day", _("First day"), Kind.DATE),
        Column("last_day", _("Last day"), Kind.DATE),
    ]


def period_cells(period: Period) -> list[object]:
    """What stands in them: the id that systems exchange, and the days it means, so that no week is taken for another."""
    return [period.id, period.start, period.last_day]


def day_of(moment: datetime.datetime | None) -> datetime.date | None:
    """The day of a moment, by the portal's clock."""
    return timezone.localdate(moment) if moment else None


def moment_of(moment: datetime.datetime | None, zone: str = settings.TIME_ZONE) -> str:
    """A moment to the second, by the clock of a zone, the portal's where none is named, with its distance from universal time."""
    return moment.astimezone(ZoneInfo(zone)).isoformat(timespec="seconds") if moment else ""
