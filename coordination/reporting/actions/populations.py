"""What is done with populations: entered, one or many, each with its source; taken back where one was wrong."""

import datetime
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from coordination.reporting.models import Population
from coordination.reporting.models.populations import PopulationGroup
from coordination.reporting.rules.populations import FIRST_YEAR, LAST_YEAR, MOST
from directorates.audit import record
from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault, Problem
from directorates.models import Place, User
from directorates.permissions import Permission, require
from directorates.rules.text import clean_text

# Held by whoever enters: the same entered twice at once stands once.
LOCK = 7_204_022
LONGEST_SOURCE = 200


@dataclass(frozen=True)
class Entry:
    """One number as it was entered; `source` is cleaned."""

    place: Place
    year: int
    group: str
    number: int
    source: str
    dated: datetime.date

    @property
    def key(self) -> tuple[int, int, str, str, datetime.date]:
        """What a source says once."""
        return self.place.pk, self.year, self.group, self.source, self.dated


@dataclass(frozen=True)
class Entered:
    """What came of entries: written anew, and what stood already."""

    new: tuple[Population, ...]
    same: int


def entry_faults(entry: Entry, today: datetime.date) -> list[Fault]:
    """Everything that is wrong with an entry by itself."""
    faults = location_faults(source=entry.source)
    if not FIRST_YEAR <= entry.year <= LAST_YEAR:
        words = _("Years lie between %(first)s and %(last)s.")
        faults.append(Fault("year", "out_of_range", words % {"first": FIRST_YEAR, "last": LAST_YEAR}))
    if entry.group not in PopulationGroup.values:
        faults.append(Fault("group", "unknown", _("This is not one of the choices.")))
    if not 0 <= entry.number <= MOST:
        faults.append(Fault("number", "out_of_range", _("From %(least)d to %(most)d.") % {"least": 0, "most": MOST}))
    if not entry.source:
        faults.append(
            Fault(
                "source", "required", _("Write where the number comes from; a number without its source is not kept.")
            )
        )
    elif len(entry.source) > LONGEST_SOURCE:
        words = _("This text is too long: at most %(most)d characters.")
        faults.append(Fault("source", "too_long", words % {"most": LONGEST_SOURCE}))
    if entry.dated > today:
        faults.append(Fault("dated", "future_date", _("The date is after today.")))
    elif entry.dated.year < 1900:
        faults.append(Fault("dated", "out_of_range", _("This day is too long ago.")))
    return faults


def contradictions(entries: Sequence[Entry]) -> list[list[Fault]]:
    """For each entry, what contradicts it: another number of the same source, here or kept before."""
    held = {
        (row.place_id, row.year, row.group, row.source, row.dated): row.number
        for row in Population.objects.standing().filter(
            place__in={one.place.pk for one in entries}, year__in={one.year for one in entries if 0 < one.year < 32768}
        )
    }
    found = []
    for one in entries:
        kept = held.setdefault(one.key, one.number)
        words = _("The same source of the same day gives %(number)s here. It can be taken back first.") % {
            "number": kept
        }
        found.append([Fault("number", "contradicted", words)] if kept != one.number else [])
    return found


@transaction.atomic
def enter_populations(*, entries: Iterable[Entry], by: User, at: datetime.datetime) -> Entered:
    """Keep what sources say of places; all or nothing, every fault at once. What stands already is counted, not written."""
    require(by, Permission.KEEP_POPULATIONS)
    given, today = list(entries), timezone.localdate(at)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    faults = [fault for one in given for fault in entry_faults(one, today)]
    if faults or (faults := [fault for found in contradictions(given) for fault in found]):
        raise Problem("invalid", _("This cannot be kept as it is; each fault is told."), errors=faults)
    standing = set(
        Population.objects.standing()
        .filter(place__in={one.place.pk for one in given})
        .values_list("place", "year", "group", "source", "dated")
    )
    fresh = {one.key: one for one in given if one.key not in standing}
    deed: dict[str, Any] = {"at": at, "acting_id": by.acting_id}
    rows = [Population(**vars(one), **deed) for one in fresh.values()]
    made = Population.objects.bulk_create(rows)
    for row in made[:1]:
        record(by, "enter_populations", row, numbers=len(made), source=row.source)
    return Entered(tuple(made), len(given) - len(made))


def entry_of(*, place: Place, year: int, group: str, number: int, source: str, dated: datetime.date) -> Entry:
    """An entry with its source cleaned."""
    return Entry(place, year, group, number, clean_text(source), dated)


@transaction.atomic
def take_back_population(*, population: Population, by: User, at: datetime.datetime) -> Population:
    """Take a number back: it counts no more, and stays to be seen. Taken back twice it stays as it was."""
    require(by, Permission.KEEP_POPULATIONS)
    held = Population.objects.select_for_update().get(pk=population.pk)
    if held.taken_back_at is None:
        held.taken_back_at, held.taken_back_acting_id = at, by.acting_id
        held.save(update_fields=["taken_back_at", "taken_back_acting"])
        record(by, "take_back_population", held, place=held.place.code, year=held.year, group=held.group)
    return held
