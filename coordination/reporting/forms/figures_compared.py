"""What is compared: places in one period, two periods of one place, or one period with the same in earlier years."""

import datetime
from collections.abc import Iterator, Mapping
from functools import cached_property

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.forms.figures import BORDERS, Asked, period_choices, places_offered
from coordination.reporting.models.figures import open_places, parts_of
from coordination.reporting.models.figures_compared import (
    FEWEST,
    MOST_COMPARED,
    Asking,
    Compared,
    compare,
    same_period_before,
)
from coordination.reporting.rules.periods import FIRST_YEAR, Period, PeriodError, parse_period
from directorates.foundation.fields import NOTHING_CHOSEN
from directorates.foundation.reading import by_code
from directorates.models import Place, User
from directorates.models.naming import in_language

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
        """Read report, period, item and borders as the page of figures does."""
        self.given, self.user, self.today = given, user, today
        self.figures = Asked(given, user, today)

    @property
    def way(self) -> str:
        """What is compared with what."""
        wanted = self.given.get("by")
        return wanted if wanted in (PERIODS, YEARS) else PLACES

    @cached_property
    def places(self) -> list[Place]:
        """The places that are named and open to the reader, each once; the one in focus first where none is."""
        rows = open_places(self.user, self.figures.template).select_related("parent__parent__parent")
        named = [by_code(rows, code) for name in PLACE_FIELDS if (code := self.given.get(name))]
        found = list({place.pk: place for place in named if place is not None}.values())
        if not found and self.figures.focus is not None:
            found = [self.figures.focus]
        return found

    @cached_property
    def against(self) -> Period | None:
        """The second period, where it fits the report and is as long as the first; else the one before the first."""
        template, period = self.figures.template, self.figures.period
        if template is None:
            return None
        try:
            wanted = parse_period(self.given.get("against"))
            parts_of(template, wanted)
        except PeriodError:
            wanted = period.previous()
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
        template, measure = self.figures.template, self.figures.overview.measure
        period, places = self.figures.period, self.places
        if template is None or measure is None or not places:
            return None
        asking = Asking(self.user, template, measure.element.code, self.figures.overview.borders, self.today)
        if self.way == PLACES:
            return compare(asking, places, [period]) if len(places) >= FEWEST else None
        if self.way == PERIODS:
            return compare(asking, places[:1], [period, *filter(None, [self.against])])
        before = [same_period_before(period, number) for number in range(1, self.years + 1)]
        return compare(asking, places[:1], [period, *(one for one in before if one.start.year >= FIRST_YEAR)])


class ComparedFilter(forms.Form):
    """Every choice of a comparison, in the address."""

    template = forms.ChoiceField(label=pgettext_lazy("figures", "Report"))
    element = forms.ChoiceField(label=_("Item"))
    by = forms.ChoiceField(label=pgettext_lazy("figures", "Compared"), choices=WAYS)
    period = forms.ChoiceField(label=_("Period"))
    against = forms.ChoiceField(label=_("Second period"))
    years = forms.ChoiceField(label=_("Earlier years"), choices=[(str(n), str(n)) for n in range(1, MOST_YEARS + 1)])

    def __init__(self, asked: ComparedAsked) -> None:
        """The fields with what was settled; only those that the way of comparing has."""
        overview = asked.figures.overview
        held = {
            "template": overview.template.code,
            "element": overview.measure.element.code if overview.measure else "",
            "by": asked.way,
            "period": overview.period.id,
            "against": asked.against.id if asked.against else "",
            "years": str(asked.years),
            "as": overview.borders.value,
        }
        super().__init__(held | {name: one.code for name, one in zip(PLACE_FIELDS, asked.places, strict=False)})
        self.fields["as"] = forms.ChoiceField(label=_("Jurisdictions"), choices=BORDERS)
        choices = {
            "template": [(one.code, one.name) for one in asked.figures.templates],
            "element": [
                (one.element.code, in_language(one.element.name_ar, one.element.name_en))
                for one in overview.measures.values()
            ],
            "period": (periods := period_choices(asked.figures)),
            "against": _alike(periods, overview.period),
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]
        for name in {PLACES: ("against", "years"), PERIODS: ("years",), YEARS: ("against",)}[asked.way]:
            del self.fields[name]
        self.fields |= dict(_place_fields(asked))


def _alike(choices: list[tuple[str, list[tuple[str, str]]]], period: Period) -> list[tuple[str, list[tuple[str, str]]]]:
    """Of the periods of each year those that are as long as the first: a quarter beside a month would tell nothing."""
    alike = (
        (year, [(code, words) for code, words in held if parse_period(code).type == period.type])
        for year, held in choices
    )
    return [(year, held) for year, held in alike if held]


def _place_fields(asked: ComparedAsked) -> Iterator[tuple[str, forms.ChoiceField]]:
    """A list of places for each that is compared: those around, those inside, and those that are named."""
    inside = open_places(asked.user, asked.figures.template).filter(parent=asked.figures.focus)
    around = [*places_offered(asked.figures), *inside, *asked.places]
    offered = sorted({place.pk: place for place in around}.values(), key=lambda one: one.path)
    choices = [(place.code, place.name) for place in offered]
    if asked.way != PLACES:
        yield PLACE_FIELDS[0], forms.ChoiceField(label=_("Place"), choices=choices)
        return
    for number, name in enumerate(PLACE_FIELDS, 1):
        label = _("Place %(number)d") % {"number": number}
        yield name, forms.ChoiceField(label=label, choices=[("", NOTHING_CHOSEN), *choices], required=False)
