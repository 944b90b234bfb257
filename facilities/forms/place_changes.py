"""What is asked of changes of places: which place, what becomes of it, from when, why, and who says so."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from directorates.actions.handovers import LONGEST_REASON
from directorates.actions.place_changes import LONGEST_SOURCE
from directorates.actions.place_plans import NewPlace
from directorates.forms.borders import IT_STAYS, ChosenPlaces
from directorates.forms.places import Choices, areas, subdistricts
from directorates.foundation.fields import NOTHING_CHOSEN, DayField, LineField, TextField
from directorates.models import Place
from directorates.models.places import Level
from directorates.rules.places import LONGEST_NAME
from facilities.actions.place_changes import Move
from facilities.models import Facility

# So many places can come of one on the page; a split into more is made in steps.
MOST_PARTS = 4
CODE: dict[str, Any] = {"attrs": {"dir": "ltr"}}


class PlaceField(forms.ChoiceField):
    """A place by its code."""

    def clean(self, value: Any) -> Place | None:
        """The place of the code."""
        code = super().clean(value)
        return Place.objects.select_related("parent").get(code=code) if code else None


class ChangeForm(forms.Form):
    """What every change of places is told: from when it holds, why, and where that is written."""

    first = DayField(
        label=_("From the day"), help_text=_("Periods that end on this day or later count by the new places.")
    )
    reason = TextField(label=_("Reason"), max_length=LONGEST_REASON, help_text=IT_STAYS)
    source = LineField(
        label=_("Source"),
        max_length=LONGEST_SOURCE,
        required=False,
        help_text=_("Where the change is written: a decree, a list of places and its date."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Today, unless said; what is asked of the kind stands before the day."""
        super().__init__(*args, **kwargs)
        self.fields["first"].initial = timezone.localdate
        said = ("first", "reason", "source")
        self.order_fields([*(name for name in self.fields if name not in said), *said])

    def offer(self, name: str, choices: Choices) -> None:
        """What can be chosen in a field."""
        self.fields[name].choices = [("", NOTHING_CHOSEN), *choices]  # type: ignore[attr-defined]


class RenameForm(ChangeForm):
    """Which place bears which names."""

    place = PlaceField(label=_("Place"), help_text=_("A governorate, a district or a sub-district."))
    name_ar = LineField(label=_("Name in Arabic"), max_length=LONGEST_NAME)
    name_en = LineField(label=_("Name in English"), max_length=LONGEST_NAME, widget=forms.TextInput(**CODE))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer every place below the country."""
        super().__init__(*args, **kwargs)
        self.offer("place", [*areas(), *subdistricts()])


class MoveForm(ChangeForm):
    """Which sub-district lies under which district."""

    place = PlaceField(label=_("Sub-district"))
    parent = PlaceField(label=_("To the district"))
    code = LineField(
        label=_("Its P-code from then on"),
        max_length=20,
        widget=forms.TextInput(**CODE),
        help_text=_(
            "A P-code says where a place lies, so a moved one bears another. The former one goes on finding it."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the sub-districts and the districts."""
        super().__init__(*args, **kwargs)
        self.offer("place", subdistricts())
        self.offer("parent", districts())


class DistrictForm(ChangeForm):
    """Which sub-districts of a district come under which other one, each under its P-code of then."""

    parent = PlaceField(
        label=_("To the district"),
        help_text=_("A district that is not there yet is added by a list of places first."),
    )

    def __init__(self, data: Any, held: Sequence[Place]) -> None:
        """Offer the districts, and ask for the code of each sub-district."""
        super().__init__(data)
        self.held = held
        self.offer("parent", districts())
        for place in held:
            label = _("%(place)s (%(code)s): its P-code from then on") % {"place": place.name, "code": place.code}
            self.fields[f"code_{place.code}"] = LineField(
                label=label, max_length=20, required=False, widget=forms.TextInput(**CODE)
            )
        told = _("Those whose P-code is left empty stay where they are.")
        if held:
            self.fields[f"code_{held[0].code}"].help_text = told
        self.order_fields([*(name for name in self.fields if name not in ("first", "reason", "source"))])

    def asked(self) -> dict[str, Any]:
        """The moves, as the action takes them."""
        given = self.cleaned_data
        moves = [Move(place, given[f"code_{place.code}"]) for place in self.held if given[f"code_{place.code}"]]
        return {"moves": moves, **{name: given[name] for name in ("parent", "first", "reason", "source")}}


class MergeForm(ChangeForm):
    """Which sub-districts become part of which."""

    places = ChosenPlaces(label=_("Sub-districts that end"))
    into = PlaceField(
        label=_("Merged into"),
        help_text=_("A sub-district that goes on, or one that ended before and is a place again."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the sub-districts, and those that ended as what they may come back to."""
        super().__init__(*args, **kwargs)
        standing = subdistricts()
        ended = Place.objects.exclude(ended=None).order_by("path")
        back = [(_("Ended before"), [(place.code, f"{place.name} · {place.code}") for place in ended])]
        self.fields["places"].choices = standing  # type: ignore[attr-defined]
        self.offer("into", [*standing, *(back if back[0][1] else [])])


class ChooseForm(forms.Form):
    """Which sub-district is split."""

    place = PlaceField(label=_("Sub-district"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the sub-districts."""
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", NOTHING_CHOSEN), *subdistricts()]  # type: ignore[attr-defined]


class ChooseDistrictForm(forms.Form):
    """Of which district sub-districts are moved."""

    place = PlaceField(label=_("District"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer the districts."""
        super().__init__(*args, **kwargs)
        self.fields["place"].choices = [("", NOTHING_CHOSEN), *districts()]  # type: ignore[attr-defined]


class SplitForm(ChangeForm):
    """Which places come of one, and in which of them each of its facilities lies."""

    def __init__(self, data: Any, facilities: Sequence[Facility]) -> None:
        """Ask for up to four parts, and for the part of each facility."""
        super().__init__(data)
        self.facilities = facilities
        for number in range(1, MOST_PARTS + 1):
            self._ask_part(number)
        parts = [(str(number), _("Place %(number)d") % {"number": number}) for number in range(1, MOST_PARTS + 1)]
        for one in facilities:
            label = f"{one.name} · {one.code}"
            choices = [("", NOTHING_CHOSEN), *parts]
            self.fields[f"facility_{one.code}"] = forms.ChoiceField(label=label, choices=choices)
        self.order_fields([*(name for name in self.fields if name not in ("first", "reason", "source"))])

    def _ask_part(self, number: int) -> None:
        """Code and names of one part; the first two are needed."""
        words, needed = {"number": number}, number <= 2
        plain: dict[str, Any] = {"max_length": LONGEST_NAME, "required": False}
        code: dict[str, Any] = {"max_length": 20, "required": needed, "widget": forms.TextInput(**CODE)}
        self.fields[f"code_{number}"] = LineField(label=_("Place %(number)d: P-code") % words, **code)
        told = _("Both names are needed, unless the P-code is of a place that ended before.")
        arabic = {"help_text": told if number == 1 else ""}
        self.fields[f"name_ar_{number}"] = LineField(
            label=_("Place %(number)d: name in Arabic") % words, **plain | arabic
        )
        english = {"widget": forms.TextInput(**CODE)}
        self.fields[f"name_en_{number}"] = LineField(
            label=_("Place %(number)d: name in English") % words, **plain | english
        )

    def asked(self) -> dict[str, Any]:
        """The parts and where each facility lies, as the action takes them."""
        given = self.cleaned_data
        parts = {
            str(number): NewPlace(code.upper(), given[f"name_ar_{number}"], given[f"name_en_{number}"])
            for number in range(1, MOST_PARTS + 1)
            if (code := given[f"code_{number}"])
        }
        lies = {one.code: given[f"facility_{one.code}"] for one in self.facilities}
        into = {code: parts[number].code for code, number in lies.items() if number in parts}
        said = {name: given[name] for name in ("first", "reason", "source")}
        return {"parts": list(parts.values()), "facilities": into, **said}


def districts() -> Choices:
    """Every district to choose from, by governorate."""
    groups: dict[str, Choices] = {}
    for place in Place.objects.filter(level=Level.DISTRICT).select_related("parent").order_by("path"):
        groups.setdefault(str(place.parent), []).append((place.code, place.name))
    return list(groups.items())
