"""A list as a file: what it is called, who may take it along, and its rows exactly as the page shows them."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coordination.exchange.tables import Column, Kind
from coordination.reporting.rules.periods import Period
from directorates.models import User
from directorates.permissions import Permission


@dataclass(frozen=True)
class Listed:
    """The rows of a list under one address's filters and sort; the rows are read when the file is written."""

    title: str
    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    count: int


@dataclass(frozen=True)
class Listing:
    """A list: the code in addresses, its name, the rights of which one opens it, the page it stands on, its rows."""

    code: str
    words: Promise
    rights: tuple[Permission, ...]
    page: str
    read: Callable[[User, QueryDict], Listed]

    def listed(self, user: User, query: str) -> Listed:
        """What a person finds under an address's filters and sort."""
        return self.read(user, QueryDict(query))


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
