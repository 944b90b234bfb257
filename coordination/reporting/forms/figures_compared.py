"""What is compared: places in one period, two periods of one place, or one period with the same in earlier years."""

import datetime
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.forms.asked_places import BORDERS, AskedPlaces, Periods, periods_offered, places_offered
from coordination.reporting.forms.edition_values import AskedEditions
from coordination.reporting.forms.figures import Asked, items_offered
from coordination.reporting.forms.view_contents import asked_in
from coordination.reporting.models import Indicator
from coordination.reporting.models.figures_compared import (
    FEWEST,
    MOST_COMPARED,
    Compared,
    compare,
    same_period_before,
)
from coordination.reporting.models.saved_views import ViewKind
from coordination.reporting.rules.periods import FIRST_YEAR, Period, PeriodError, parse_period
from directorates.foundation.fields import NOTHING_CHOSEN
from directorates.foundation.reading import by_code
from directorates.models import Place, User
from directorates.permissions import Permission, may

PLACES, PERIODS, YEARS = "places", "periods", "years"
WAYS = (
    (PLACES, _("Places in one period")),
    (PERIODS, _("One place in two periods")),
    (YEARS, _("One place and period in earlier years")),
)
PLACE_FIELDS = tuple(f"place_{number}" for number in range(1, MOST_COMPARED + 1))
MOST_YEARS = MOST_COMPARED - 1


class ComparedAsked:
    """What an address asks to be compared; what does not fit the chosen report gives way to what does, as on the page of figures."""

    def __init__(self, given: Mapping[str, str], user: User, today: datetime.date) -> None:
        """Keep what was given."""
        self.given, self.user, self.today = given, user, today

    @cached_property
    def kinds(self) -> list[tuple[str, str]]:
        """Of what a comparison can be for this reader."""
        found = [(value, str(label)) for value, label in ViewKind.choices]
        return found if may(self.user, Permission.VIEW_FIGURES) else found[1:]

    @property
    def kind(self) -> str:
        """The one that is asked for, else the first."""
        wanted = self.given.get("kind", "")
        return wanted if wanted in dict(self.kinds) else self.kinds[0][0]

    @cached_property
    def indicators(self) -> list[Indicator]:
        """The indicators in use."""
        return list(Indicator.objects.visible_to(self.user).in_use().order_by("code"))

    @cached_property
    def asked(self) -> AskedPlaces | None:
        """What is compared, with its period, place and borders, as its own page reads them; None where there is nothing of it."""
        given = dict(self.given.items())
        if self.kind == ViewKind.INDICATOR and not given.get("indicator"):
            given["indicator"] = self.indicators[0].code if self.indicators else ""
            if not self.indicators:
                return None
        asked = asked_in(given, self.kind, self.user, self.today)
        return None if asked.nothing else asked

    @property
    def way(self) -> str:
        """What is compared with what."""
        wanted = self.given.get("by")
        return wanted if wanted in (PERIODS, YEARS) else PLACES

    @cached_property
    def places(self) -> list[Place]:
        """The places that are named and open to the reader, each once; the one in focus first where none is."""
        if self.asked is None:
            return []
        rows = self.asked.places.select_related("parent__parent__parent")
        named = [by_code(rows, code) for name in PLACE_FIELDS if (code := self.given.get(name))]
        found = list({place.pk: place for place in named if place is not None}.values())
        return found or [place for place in [self.asked.focus] if place is not None]

    def against(self, period: Period) -> Period:
        """The second period, where it is as long as the first; else the one before the first."""
        try:
            wanted = parse_period(self.given.get("against"))
        except PeriodError:
            return period.previous()
        fits = wanted.type == period.type and wanted.start.year >= FIRST_YEAR and wanted.start <= self.today
        return wanted if fits and wanted != period else period.previous()

    @property
    def years(self) -> int:
        """How many earlier years."""
        given = self.given.get("years", "")
        return min(int(given), MOST_YEARS) if given in "123456789" and given else 1

    @cached_property
    def compared(self) -> Compared | None:
        """What is to be shown; None as long as fewer than two sides are named, or the report does not ask the item."""
        compares = self.asked.compares if self.asked is not None else None
        if self.asked is None or compares is None or not self.places:
            return None
        period, places = self.asked.period, self.places
        if self.way == PLACES:
            return compare(compares, places, [period]) if len(places) >= FEWEST else None
        if self.way == PERIODS:
            return compare(compares, places[:1], [period, self.against(period)])
        before = [same_period_before(period, number) for number in range(1, self.years + 1)]
        return compare(compares, places[:1], [period, *(one for one in before if one.start.year >= FIRST_YEAR)])


class ComparedFilter(forms.Form):
    """Every choice of a comparison, in the address; only those that its kind and its way have."""

    kind = forms.ChoiceField(label=pgettext_lazy("comparison", "Of what"))
    template = forms.ChoiceField(label=pgettext_lazy("figures", "Report"))
    element = forms.ChoiceField(label=_("Item"))
    indicator = forms.ChoiceField(label=_("Indicator"))
    by = forms.ChoiceField(label=pgettext_lazy("figures", "Compared"), choices=WAYS)
    period = forms.ChoiceField(label=_("Period"))
    against = forms.ChoiceField(label=_("Second period"))
    years = forms.ChoiceField(label=_("Earlier years"), choices=[(str(n), str(n)) for n in range(1, MOST_YEARS + 1)])

    def __init__(self, wanted: ComparedAsked, asked: AskedPlaces) -> None:
        """The fields with what was settled."""
        held = asked.filters | {
            "kind": wanted.kind,
            "element": asked.compares.code if asked.compares else "",
            "by": wanted.way,
            "against": wanted.against(asked.period).id,
            "years": str(wanted.years),
        }
        super().__init__(held | {name: one.code for name, one in zip(PLACE_FIELDS, wanted.places, strict=False)})
        if asked.from_figures:
            self.fields["as"] = forms.ChoiceField(label=_("Jurisdictions"), choices=BORDERS)
        periods = periods_offered(asked)
        choices: dict[str, Any] = {
            "kind": wanted.kinds,
            "period": periods,
            "against": _alike(periods, asked.period),
        } | _of_kind(wanted, asked)
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        apart = {PLACES: {"against", "years"}, PERIODS: {"years"}, YEARS: {"against"}}[wanted.way]
        for name in apart | ({"template", "element", "indicator"} - choices.keys()):
            del self.fields[name]
        self.fields |= dict(_place_fields(wanted, asked))


def _of_kind(wanted: ComparedAsked, asked: AskedPlaces) -> dict[str, list[tuple[str, str]]]:
    """What can be chosen of figures, of editions or of indicators."""
    if isinstance(asked, Asked):
        return {"template": [(one.code, one.name) for one in asked.templates], "element": items_offered(asked.overview)}
    if isinstance(asked, AskedEditions):
        items = [(code, one.name) for code, one in asked.elements.items()]
        return {"template": [(one.code, one.name) for one in asked.templates], "element": items}
    offered = {one.code: one.name for one in wanted.indicators}
    return {"indicator": list((offered | {asked.code: asked.name}).items())}


def _alike(choices: Periods, period: Period) -> Periods:
    """Of the periods of each year those that are as long as the first: a quarter beside a month would tell nothing."""
    alike = (
        (year, [(code, words) for code, words in held if parse_period(code).type == period.type])
        for year, held in choices
    )
    return [(year, held) for year, held in alike if held]


def _place_fields(wanted: ComparedAsked, asked: AskedPlaces) -> Iterator[tuple[str, forms.ChoiceField]]:
    """A list of places for each that is compared: those around, those inside, and those that are named."""
    inside = asked.places.filter(parent=asked.focus)
    around = [*places_offered(asked), *inside, *wanted.places]
    offered = sorted({place.pk: place for place in around}.values(), key=lambda one: one.path)
    choices = [(place.code, place.name) for place in offered]
    if wanted.way != PLACES:
        yield PLACE_FIELDS[0], forms.ChoiceField(label=_("Place"), choices=choices)
        return
    for number, name in enumerate(PLACE_FIELDS, 1):
        label = _("Place %(number)d") % {"number": number}
        yield name, forms.ChoiceField(label=label, choices=[("", NOTHING_CHOSEN), *choices], required=False)
