"""What a change of places would do: which places end, which take their ground over, and what speaks against it.

Plans write nothing. Competence is never changed by one: whoever is competent for the places that end is for those that
follow, so places of several directorates are handed over first (`handovers.py`), by both.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from directorates.actions.places import MESSAGES
from directorates.foundation.problems import Fault
from directorates.models import HandoverPart, Jurisdiction, Place, PlaceSuccession
from directorates.models.handovers import ANSWERED_WITHIN
from directorates.models.place_changes import PlaceChangeKind
from directorates.models.places import Level
from directorates.rules.places import LONGEST_NAME, is_code, name_fault
from directorates.rules.text import clean_text


@dataclass(frozen=True)
class NewPlace:
    """A sub-district that a change makes; one that ended under this code is a place again, with its old names."""

    code: str
    name_ar: str = ""
    name_en: str = ""


@dataclass(frozen=True)
class Plan:
    """A change of places before it is made; `laters` may not be written yet, and `faults` are of what was asked."""

    kind: PlaceChangeKind
    place: Place
    formers: Sequence[Place]
    laters: Sequence[Place]
    faults: Sequence[Fault] = ()

    def against(self, first: dt.date, today: dt.date) -> list[Fault]:
        """Everything that speaks against it on a day, at once; the rows are locked by the caller."""
        standing = [one for one in self.laters if one.pk and one.ended is None]
        touched = [*self.formers, *standing]
        return [
            *self.faults,
            *_day_faults([*self.formers, *self.laters], _ground_came(self.formers, first), first, today),
            *_place_faults(touched),
            *_offer_faults(self.formers, today),
            *_competence_faults(self.formers, touched, first),
        ]


def plan_move(place: Place, parent: Place, code: str, new: NewPlace | None = None) -> Plan:
    """A sub-district moves under another district; a P-code says where a place lies, so it gets another one."""
    wanted = new or NewPlace(code, place.name_ar, place.name_en)
    later, faults = _later(wanted, parent, "code")
    if parent.level != Level.DISTRICT:
        told = _("A sub-district lies in a district.")
        faults.append(Fault("parent", "not_a_district", told))
    if parent.pk == place.parent_id:
        told = _("It lies in this district already.")
        faults.append(Fault("parent", "same", told))
    return Plan(PlaceChangeKind.MOVED, place, [place], [later] if later else [], faults)


def plan_split(place: Place, parts: Sequence[NewPlace]) -> Plan:
    """A sub-district is split into several of the same district; each has a code of its own, the split one ends."""
    faults, laters = list[Fault](), list[Place]()
    if len(parts) < 2:
        faults.append(Fault("parts", "too_few", _("At least two places are needed to split one.")))
    codes = [part.code for part in parts]
    for number, part in enumerate(parts, 1):
        if part.code in codes[: number - 1]:
            told = _("The P-code %(code)s is given twice.") % {"code": part.code}
            faults.append(Fault(f"code_{number}", "duplicate_code", told))
            continue
        later, wrong = _later(part, place.parent, f"code_{number}", f"_{number}")
        faults += wrong
        laters += [later] if later else []
    return Plan(PlaceChangeKind.SPLIT, place, [place], laters, faults)


def plan_merge(places: Sequence[Place], into: Place) -> Plan:
    """Sub-districts are merged into one that goes on, or into one that ended and is a place again."""
    faults = []
    formers = sorted({one.pk: one for one in places}.values(), key=lambda one: one.code)
    if not formers:
        faults.append(Fault("places", "required", _("Choose at least one place.")))
    if into in formers:
        faults.append(Fault("into", "same", _("A place cannot be merged into itself.")))
    for one in formers:
        if one != into and (into.path.startswith(one.path) or one.path.startswith(into.path)):
            params = {"inner": max(one, into, key=_depth).name, "outer": min(one, into, key=_depth).name}
            told = _(
                "A place cannot be merged into its own child, nor into what it lies in: %(inner)s lies in %(outer)s."
            )
            faults.append(Fault("into", "own_child", told % params))
    if into.ended is not None and len(formers) < 2 and not any(fault.code == "required" for fault in faults):
        told = _("At least two places are needed where the one they are merged into is a place again.")
        faults.append(Fault("places", "too_few", told))
    if into.level != Level.SUBDISTRICT:
        faults.append(_not_a_subdistrict("into", into))
    return Plan(PlaceChangeKind.MERGED, into, [one for one in formers if one != into], [into], faults)


def _depth(place: Place) -> int:
    return len(place.path)


def names_told(name_ar: str, name_en: str, suffix: str = "") -> list[Fault]:
    """What is wrong with the names of a place, each under its field."""
    found = []
    for column, name in (("name_ar", name_ar), ("name_en", name_en)):
        if code := name_fault(column, name):
            told = str(MESSAGES[code]) % {"longest": LONGEST_NAME, "given": name[:40]}
            found.append(Fault(f"{column}{suffix}", code, told))
    return found


def _later(new: NewPlace, parent: Place | None, field: str, suffix: str = "") -> tuple[Place | None, list[Fault]]:
    """The place of a code: not written yet, or one that ended there; and what is wrong with it."""
    code = clean_text(new.code).upper()
    if not is_code(code):
        return None, [Fault(field, "not_a_code", str(MESSAGES["not_a_code"]) % {"given": code[:40]})]
    held = Place.objects.filter(code=code).select_related("parent").first()
    if held is not None and held.ended is None:
        told = _("The P-code %(code)s is a place already: %(place)s.") % {"code": code, "place": held.name}
        return None, [Fault(field, "code_taken", told)]
    if held is not None:
        told = _("The P-code %(code)s was a place elsewhere: it is a place again only where it was.") % {"code": code}
        elsewhere = parent is None or held.parent_id != parent.pk
        return held, [Fault(field, "elsewhere", told)] if elsewhere else []
    name_ar, name_en = clean_text(new.name_ar), clean_text(new.name_en)
    made = Place(code=code, level=Level.SUBDISTRICT, parent=parent, name_ar=name_ar, name_en=name_en)
    return made, names_told(name_ar, name_en, suffix)


def _ground_came(formers: Sequence[Place], first: dt.date) -> dict[int, dt.date]:
    """Of places that would end on a day, the last day since then on which they took over the ground of others."""
    rows = PlaceSuccession.objects.filter(later__in=[one.pk for one in formers if one.pk], day__gte=first)
    return dict(rows.order_by("day").values_list("later", "day"))


def _day_faults(
    places: Iterable[Place], came: Mapping[int, dt.date], first: dt.date, today: dt.date
) -> Iterator[Fault]:
    """A day that is not there yet, or on which a place was not there yet, or was there still.

    A place that goes on after others were merged into it has no such day of its own: `came` says when their ground came.
    """
    if first > today:
        told = _("The day is today or earlier: a change is written down once it holds.")
        yield Fault("first", "in_future", told)
    for place in places:
        since = came.get(place.pk) or place.ended or place.began
        again = place.ended is not None and place.pk not in came
        if place.pk and since is not None and first <= since and not (again and first == since):
            params = {"place": place.name, "day": since.isoformat()}
            yield Fault("first", "changed_later", _("%(place)s changed on %(day)s: the day is after that.") % params)


def _place_faults(places: Iterable[Place]) -> Iterator[Fault]:
    """What is no sub-district, or no place any more."""
    for place in places:
        if place.level != Level.SUBDISTRICT:
            yield _not_a_subdistrict("places", place)
        elif place.ended is not None:
            params = {"place": place.name, "day": place.ended.isoformat()}
            yield Fault("places", "ended", _("%(place)s is no place any more since %(day)s.") % params)


def _not_a_subdistrict(field: str, place: Place) -> Fault:
    """The fault of a district or governorate: it changes by its sub-districts."""
    told = _("%(place)s is no sub-district: districts and governorates change by their sub-districts.")
    return Fault(field, "not_a_subdistrict", told % {"place": place.name})


def _offer_faults(formers: Sequence[Place], today: dt.date) -> Iterator[Fault]:
    """Places that are offered to another directorate: the answer comes first."""
    offered = HandoverPart.objects.filter(taken=None, place__in=[one.pk for one in formers if one.pk])
    waiting = offered.filter(handover__withdrawn=None, handover__first__gte=today - ANSWERED_WITHIN)
    if names := " · ".join(part.place.name for part in waiting.select_related("place")):
        told = _("Offered to another directorate, and waiting for an answer: %(places)s") % {"places": names}
        yield Fault("places", "offered", told)


def _competence_faults(formers: Sequence[Place], touched: Sequence[Place], first: dt.date) -> Iterator[Fault]:
    """Competence that begins later than the change, or that one change would give to another directorate."""
    begun = Jurisdiction.objects.filter(place__in=[one.pk for one in formers], valid__startswith__gte=first)
    if days := sorted(row.first_day.isoformat() for row in begun if row.first_day):
        told = _("Who is competent there changes on %(day)s: the day of the change is after that.") % {"day": days[-1]}
        yield Fault("first", "jurisdiction_later", told)
    rows = Jurisdiction.objects.at(first).filter(place__in=[one.pk for one in touched])
    held = {row.place_id: row for row in rows.select_related("organisation")}
    sides = {(row.organisation_id, row.last_day) if (row := held.get(one.pk)) else (None, None) for one in touched}
    if len(sides) > 1:
        nobody = _("nobody")
        words = [f"{one.name}: {held[one.pk].organisation.short if one.pk in held else nobody}" for one in touched]
        told = _(
            "One directorate is competent for all of them, equally long, before they become one: %(sides)s. "
            "They are handed over first, or it is decided who is competent."
        )
        yield Fault("places", "other_directorate", told % {"sides": " · ".join(words)})
