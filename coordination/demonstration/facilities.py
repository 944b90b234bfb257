"""The invented facilities: under real sub-districts, with invented names, services, histories and supporters."""

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from random import Random

from coordination.demonstration.dice import dice
from coordination.demonstration.names import LETTERS, names
from coordination.demonstration.people import NGOS
from coordination.demonstration.territory import LOST, Extent
from directorates.models import Organisation, Place
from facilities.actions.register import FacilityEntry, StatusEntry, SupportEntry
from facilities.models.facilities import FacilityType, Service
from facilities.models.statuses import Operating

# How many facilities each directorate's area has; the last are outside every jurisdiction.
SHARES = {
    "idlib": 108,
    "aleppo": 72,
    "hama": 30,
    "lattakia": 10,
    "homs": 18,
    "rural-damascus": 30,
    "daraa": 26,
    "quneitra": 8,
    "": 4,
}
SENTINELS = {
    "idlib": 20,
    "aleppo": 14,
    "hama": 6,
    "lattakia": 3,
    "homs": 4,
    "rural-damascus": 6,
    "daraa": 5,
    "quneitra": 2,
    "": 0,
}
TYPES = {
    FacilityType.HOSPITAL: 24,
    FacilityType.HEALTH_CENTRE: 52,
    FacilityType.MOBILE_CLINIC: 12,
    FacilityType.MEDICAL_POINT: 12,
}
SERVICES = {
    FacilityType.HOSPITAL: (
        *(Service.OUTPATIENT, Service.EMERGENCY, Service.INPATIENT, Service.SURGERY, Service.DELIVERY),
        *(Service.INTENSIVE_CARE, Service.LABORATORY),
    ),
    FacilityType.HEALTH_CENTRE: (Service.OUTPATIENT, Service.DELIVERY, Service.VACCINATION),
    FacilityType.MOBILE_CLINIC: (Service.OUTPATIENT, Service.VACCINATION),
    FacilityType.MEDICAL_POINT: (Service.OUTPATIENT, Service.EMERGENCY),
}
NGO_WEIGHTS = (34, 26, 12, 14, 14)
# Where control was lost, reports stay missing for good: those NGOs work there whose lists nobody opens.
NGO_WEIGHTS_LOST = (0, 0, 34, 33, 33)
PARTIAL = ("نقص في الكوادر", "نقص في الأدوية", "تضرر جزء من المبنى", "انقطاع الوقود")
CLOSED = ("توقف التمويل", "نزوح السكان والكوادر", "تضرر المبنى")
LOSS = "تغيّر السيطرة على المكان"
SUPPORTED_FROM = dt.date(2016, 1, 1)


def invent(
    extents: Sequence[Extent], organisations: Mapping[str, Organisation], today: dt.date, scale: float = 1.0
) -> list[FacilityEntry]:
    """All facilities, the same ones at every call; `scale` shrinks their number for tests."""
    return [entry for extent in extents for entry in _of_extent(extent, organisations, today, scale) if extent.places]


def count_of(extent: str, scale: float) -> int:
    """How many facilities a directorate's area has."""
    return max(2, math.ceil(SHARES[extent] * scale))


def _of_extent(
    extent: Extent, organisations: Mapping[str, Organisation], today: dt.date, scale: float
) -> Iterator[FacilityEntry]:
    """The facilities of one directorate's area."""
    random = dice("facilities", extent.organisation)
    numbers: Counter[tuple[str, FacilityType]] = Counter()
    for position in range(count_of(extent.organisation, scale)):
        place = extent.places[position % len(extent.places)]
        kind = _kind(random, place, position // len(extent.places))
        governorate = place.code[:4]
        numbers[governorate, kind] += 1
        number = numbers[governorate, kind]
        arabic, english = names(kind, number - 1 + 7 * int(governorate[2:]))
        yield FacilityEntry(
            code=f"{governorate}-{LETTERS[kind]}{number:03}",
            name_ar=arabic,
            name_en=english,
            type=kind,
            place=place,
            services=tuple(service for service in SERVICES[kind] if random.random() < 0.92) or (Service.OUTPATIENT,),
            statuses=_statuses(random, extent.organisation, position, today),
            supports=_supports(random, extent.organisation, position, organisations),
        )


def _kind(random: Random, place: Place, turn: int) -> FacilityType:
    """A sub-district's first facility is a hospital in its district's centre, else a health centre."""
    if turn == 0:
        return FacilityType.HOSPITAL if place.code.endswith("00") else FacilityType.HEALTH_CENTRE
    return random.choices(list(TYPES), list(TYPES.values()))[0]


def _statuses(random: Random, extent: str, position: int, today: dt.date) -> tuple[StatusEntry, ...]:
    """The history of a facility: most work throughout; some partly, some not for a while, some no more."""
    opened = dt.date(2013, 1, 1) + dt.timedelta(days=random.randrange(1200))
    found = [StatusEntry(Operating.FUNCTIONING, opened)]
    chance, day = random.random(), dt.date(2017, 9, 1) + dt.timedelta(days=random.randrange(420))
    lost = LOST.get(extent)
    if lost is not None:
        if position % 6:
            found.append(StatusEntry(Operating.CLOSED, lost - dt.timedelta(days=random.randrange(12)), LOSS))
    elif chance < 0.05:
        found.append(StatusEntry(Operating.OUT_OF_SERVICE, day, random.choice(CLOSED)))
        found.append(StatusEntry(Operating.FUNCTIONING, day + dt.timedelta(days=70), "استئناف العمل"))
    elif chance < 0.09:
        found.append(StatusEntry(Operating.CLOSED, day, random.choice(CLOSED)))
        found.append(StatusEntry(Operating.FUNCTIONING, day + dt.timedelta(days=150), "استئناف العمل"))
    elif chance < 0.11:
        found.append(StatusEntry(Operating.DESTROYED, day, "تضرر المبنى كليًا"))
    elif chance < 0.15:
        found.append(
            StatusEntry(Operating.CLOSED, today - dt.timedelta(days=random.randrange(20, 300)), "توقف التمويل")
        )
    elif chance < 0.24:
        found.append(
            StatusEntry(Operating.PARTIAL, today - dt.timedelta(days=random.randrange(5, 400)), random.choice(PARTIAL))
        )
    return tuple(found)


def _supports(
    random: Random, extent: str, position: int, organisations: Mapping[str, Organisation]
) -> tuple[SupportEntry, ...]:
    """Who supports a facility: every fourth nobody, every twelfth two; some changed their supporter in 2018."""
    lost = LOST.get(extent)
    first, second = random.choices(NGOS, NGO_WEIGHTS_LOST if lost else NGO_WEIGHTS, k=2)
    since = SUPPORTED_FROM + dt.timedelta(days=random.randrange(500))
    last = lost + dt.timedelta(days=45) if lost else None
    if position % 4 == 3 and extent:
        return ()
    if second == first:
        second = "sema" if first == "pac" else "pac"
    if position % 12 == 5:
        later = since + dt.timedelta(days=90)
        return tuple(SupportEntry(organisations[code], day, last) for code, day in ((first, since), (second, later)))
    if position % 9 == 2 and not lost:
        change = dt.date(2018, 4 + position % 6, 1)
        return (
            SupportEntry(organisations[second], since, change - dt.timedelta(days=1)),
            SupportEntry(organisations[first], change),
        )
    return (SupportEntry(organisations[first], since, last),)


def is_sentinel(position: int, extent: str, scale: float) -> bool:
    """Whether the position-th facility of an area reports weekly: spread evenly over it."""
    sites, facilities = math.ceil(SENTINELS[extent] * scale), count_of(extent, scale)
    return (position * sites) // facilities != ((position + 1) * sites) // facilities
