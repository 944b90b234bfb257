"""What may be wished for: the values that a proposal carries, cleaned, and what speaks against them by themselves."""

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from directorates.foundation.locations import location_faults
from directorates.foundation.problems import Fault
from directorates.models import Organisation, User
from directorates.models.organisations import Kind
from directorates.rules.text import clean_text
from facilities.models.facilities import FacilityType, Service
from facilities.models.proposals import DATED, LONGEST_NAME, LONGEST_REASON, Field
from facilities.models.statuses import Operating

MOST_NAMES = 30


@dataclass(frozen=True)
class Wish:
    """A value that is proposed for a field: a text, a code, a list of these; of support the organisation's code.

    `day` says since when a status or support holds, or the last day of a support.
    """

    field: Field
    new: Any
    day: dt.date | None = None


def cleaned(wish: Wish) -> Wish:
    """The wish with its texts as the house keeps them; lists without what is empty or said twice."""
    new = wish.new
    if isinstance(new, str):
        new = clean_text(new)
    elif isinstance(new, Iterable):
        new = list(dict.fromkeys(text for text in (clean_text(str(one)) for one in new) if text))
    return Wish(wish.field, new, wish.day if wish.field in DATED else None)


def wish_faults(wishes: Sequence[Wish], reason: str, by: User, today: dt.date) -> list[Fault]:
    """Everything that speaks against these wishes and their reason, at once; each at its field."""
    found = [fault for wish in wishes for fault in _value_faults(wish, today)]
    found += [fault for wish in wishes for fault in _day_faults(wish, today)]
    found += [fault for wish in wishes for fault in _others_faults(wish, by)]
    if not reason:
        found.append(Fault("reason", "required", _("A reason is needed: whoever decides reads it.")))
    return found + text_faults("reason", reason)


def text_faults(field: str, text: str) -> list[Fault]:
    """The faults of a reason: longer than one may be, or giving a location."""
    told = _("This text is too long: at most %(most)d characters.") % {"most": LONGEST_REASON}
    found = [Fault(field, "too_long", told)] if len(text) > LONGEST_REASON else []
    return found + location_faults(**{field: text})


def _is_name(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= MOST_NAMES and all(_is_name(one) for one in value)


def _are_services(value: Any) -> bool:
    return isinstance(value, list) and all(one in Service.values for one in value)


def _is_day(value: Any) -> bool:
    try:
        dt.date.fromisoformat(value)
    except (TypeError, ValueError):
        return False
    return True


def _supports(value: Any) -> bool:
    return isinstance(value, str) and Organisation.objects.active().filter(kind=Kind.NGO, code=value).exists()


_FITS: dict[Field, Callable[[Any], bool]] = {
    Field.NAME_AR: _is_name,
    Field.NAME_EN: _is_name,
    Field.OTHER_NAMES: _are_names,
    Field.TYPE: lambda value: value in FacilityType.values,
    Field.SERVICES: _are_services,
    Field.OPENED: _is_day,
    Field.STATUS: lambda value: value in Operating.values,
    Field.SUPPORT_BEGIN: _supports,
    Field.SUPPORT_END: lambda value: isinstance(value, str) and value != "",
}


def _value_faults(wish: Wish, today: dt.date) -> list[Fault]:
    """What is wrong with a value itself: nothing is proposed that approving could not write."""
    if wish.field in (Field.NAME_AR, Field.NAME_EN) and wish.new == "":
        return [Fault(wish.field, "required", _("This is required."))]
    if not _FITS[wish.field](wish.new):
        return [Fault(wish.field, "wrong_value", _("This value cannot stand in the register."))]
    if wish.field in (Field.NAME_AR, Field.NAME_EN, Field.OTHER_NAMES):
        names = [wish.new] if isinstance(wish.new, str) else wish.new
        return location_faults(**{wish.field: " | ".join(names)})
    if wish.field == Field.OPENED and dt.date.fromisoformat(wish.new) > today:
        return [Fault(wish.field, "in_future", _("This date is after today."))]
    return []


def _day_faults(wish: Wish, today: dt.date) -> list[Fault]:
    """What is wrong with the day since which, or until which, a value holds."""
    if wish.field not in DATED:
        return []
    if wish.day is None:
        return [Fault(f"{wish.field}_day", "required", _("The day is needed."))]
    if wish.field == Field.STATUS and wish.day > today:
        return [Fault(f"{wish.field}_day", "in_future", _("This date is after today."))]
    return []


def _others_faults(wish: Wish, by: User) -> list[Fault]:
    """An NGO speaks of its own support only."""
    if wish.field not in (Field.SUPPORT_BEGIN, Field.SUPPORT_END) or by.acting is None:
        return []
    if by.acting.kind == Kind.NGO and wish.new != by.acting.code:
        told = _("An organisation proposes its own support only.")
        return [Fault(wish.field, "not_yours", told)]
    return []
