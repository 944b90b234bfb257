"""Where the directorates of the demonstration are competent and until when, and who is said to hold what."""

import datetime as dt
from dataclasses import dataclass

from directorates.actions.control import state_control
from directorates.actions.jurisdictions import decide, end
from directorates.models import ControlStatement, JurisdictionDecision, Organisation, Place
from directorates.models.control import Holder

FIRST = dt.date(2013, 11, 1)
BASIS = "قرار تأسيس المديرية · the directorate's founding decision"
# Sources tell of April 2018 for Rural Damascus and of "then" for the others; the days are the demonstration's own.
LOST = {
    "rural-damascus": dt.date(2018, 4, 14),
    "homs": dt.date(2018, 5, 15),
    "daraa": dt.date(2018, 7, 12),
    "quneitra": dt.date(2018, 7, 26),
}
SOURCE = "شهادة مؤسسي المديريات · testimony of the directorates' founders"
OTHER_SOURCE = "مصدر تجريبي ثانٍ · a second source of the demonstration"
END = "تغيّر السيطرة على المكان. Control of the area changed."

# Governorates, districts or sub-districts, as each directorate's work reached.
JURISDICTIONS: dict[str, tuple[str, ...]] = {
    "idlib": ("SY07",),
    "aleppo": (
        *("SY020001", "SY020003", "SY020004", "SY020005", "SY020200", "SY020201", "SY020203"),
        *("SY0203", "SY020400", "SY020401", "SY020402", "SY020403", "SY020405", "SY0208"),
    ),
    "hama": ("SY050101", "SY050102", "SY050202", "SY050204", "SY050501"),
    "lattakia": ("SY060002", "SY060303"),
    "homs": ("SY040101", "SY0404"),
    "rural-damascus": ("SY030104", "SY030105", "SY030106", "SY030200", "SY030201", "SY030204"),
    "daraa": (
        *("SY120000", "SY120001", "SY120003", "SY120004", "SY120005", "SY120006", "SY120007"),
        *("SY120301", "SY120302", "SY120303", "SY120305"),
    ),
    "quneitra": ("SY140001", "SY140002"),
}
# No directorate is competent here; NGOs work here all the same.
OUTSIDE = ("SY110200", "SY110201")


@dataclass(frozen=True)
class Extent:
    """The sub-districts of a directorate's work."""

    organisation: str
    places: tuple[Place, ...]


def lay_out(at: dt.datetime) -> None:
    """Decide every jurisdiction, end those that were lost, and record who is said to hold what; once."""
    organisations = {row.code: row for row in Organisation.objects.filter(code__in=JURISDICTIONS)}
    codes = [code for places in JURISDICTIONS.values() for code in places]
    places = {row.code: row for row in Place.objects.filter(code__in=codes)}
    decided = set(JurisdictionDecision.objects.values_list("organisation__code", "place__code"))
    for directorate, wanted in JURISDICTIONS.items():
        for code in wanted:
            if (directorate, code) not in decided:
                _decide(organisations[directorate], places[code], LOST.get(directorate), at)
    _state_control(at)


def _decide(organisation: Organisation, place: Place, last: dt.date | None, at: dt.datetime) -> None:
    decision = decide(organisation=organisation, place=place, first=FIRST, basis=BASIS, by=None, at=at)
    if last is not None:
        end(decision=decision, last=last, reason=END, by=None, at=at)


def _state_control(at: dt.datetime) -> None:
    """Who holds the four governorates that were lost, and where a second source disagrees."""
    if ControlStatement.objects.exists():
        return
    governorates = {"rural-damascus": "SY03", "homs": "SY04", "daraa": "SY12", "quneitra": "SY14"}
    for directorate, code in governorates.items():
        place, last = Place.objects.get(code=code), LOST[directorate]
        after = last + dt.timedelta(days=1)
        for holder, first, until in ((Holder.OPPOSITION, FIRST, last), (Holder.GOVERNMENT, after, None)):
            state_control(place=place, holder=holder, source=SOURCE, first=first, last=until, by=None, at=at)
        doubtful = last - dt.timedelta(days=45)
        state_control(
            place=place, holder=Holder.CONTESTED, source=OTHER_SOURCE, first=doubtful, last=last, by=None, at=at
        )


def extents() -> list[Extent]:
    """The sub-districts of each directorate, and last those outside every jurisdiction."""
    rows = list(Place.objects.filter(level=3).order_by("code"))
    found = [
        Extent(directorate, tuple(row for row in rows if row.code.startswith(wanted)))
        for directorate, wanted in JURISDICTIONS.items()
    ]
    return [*found, Extent("", tuple(row for row in rows if row.code in OUTSIDE))]
