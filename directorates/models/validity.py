"""Things that hold for a time: from a first day, until a last day or open."""

import datetime
from typing import Any, Self

from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import DateRange


def lasting(first: datetime.date | None, last: datetime.date | None = None) -> DateRange:
    """The range from the first day to the last, both included; None is open."""
    return DateRange(first, last + datetime.timedelta(days=1) if last else None, "[)")


class DatedQuerySet(models.QuerySet[Any]):
    """Named queries over dated things."""

    def at(self, date: datetime.date) -> Self:
        """Those that hold on the date."""
        return self.filter(valid__contains=date)


class Days:
    """The first and the last day of a range, `valid`, that may be absent."""

    valid: Any

    @property
    def first_day(self) -> datetime.date | None:
        """The first day; None where it has none, or the range is absent."""
        return self.valid.lower if self.valid else None

    @property
    def last_day(self) -> datetime.date | None:
        """The last day; None while that is open, or the range is absent."""
        return self.valid.upper - datetime.timedelta(days=1) if self.valid and self.valid.upper else None


class Dated(models.Model):
    """Something with a range of days in which it holds."""

    valid = DateRangeField(_("from – to"))

    class Meta:
        abstract = True

    @property
    def first_day(self) -> datetime.date | None:
        """The first day on which it holds, None when it always did."""
        return self.valid.lower

    @property
    def last_day(self) -> datetime.date | None:
        """The last day on which it holds, None while it is open."""
        return self.valid.upper - datetime.timedelta(days=1) if self.valid.upper else None
