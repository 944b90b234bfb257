"""The filters of the page of figures: what of the address can be shown, and what stands in their place where it cannot."""

import datetime
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from itertools import groupby

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.models import Coverage, ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import LEVELS, Borders, open_places, parts_of
from coordination.reporting.models.overviews import Overview
from coordination.reporting.rules.periods import (
    FIRST_SHOWN_YEAR,
    Period,
    PeriodError,
    PeriodType,
    due_date,
    parse_period,
    period_containing,
)
from coordination.reporting.templatetags.figures import BY_LEVEL
from coordination.reporting.templatetags.reporting import words_for_period
from directorates.foundation.reading import by_code
from directorates.models import Place, User
from directorates.models.naming import in_language
from directorates.models.places import Level

BORDERS = (
    (Borders.THEN.value, _("As then: as it was in each period")),
    (Borders.NOW.value, _("As now: as it is today")),
)
SHOWN = (("value", _("The item")), ("completeness", pgettext_lazy("reports", "Completeness")))
# What a period of months can be gathered into.
LONGER = {PeriodType.MONTH: (PeriodType.QUARTER, PeriodType.YEAR), PeriodType.QUARTER: (PeriodType.YEAR,)}


class Asked:
    """What an address asks for; what does not fit the chosen report gives way to what does."""

    def __init__(self, given: Mapping[str, str], user: User, today: datetime.date) -> None:
        """Keep what was given."""
        self.given, self.user, self.today = given, user, today

    @cached_property
    def templates(self) -> list[ReportTemplate]:
        """The reports whose figures there are."""
        rows = ReportTemplate.objects.with_figures_for(self.user).select_related("programme", "dataset__custodian")
        return list(rows.prefetch_related("programme__week_rules").order_by("code"))

    @cached_property
    def template(self) -> ReportTemplate | None:
        """The report asked for, else the first; one that is not there is a page that is not there."""
        wanted = self.given.get("template")
        found = next((one for one in self.templates if one.code == wanted), None)
        if wanted and found is None:
            raise Http404
        return found or next(iter(self.templates), None)

    @cached_property
    def focus(self) -> Place | None:
        """The place asked for, else the greatest that is open to the reader."""
        wanted = self.given.get("under")
        places = open_places(self.user, self.template)
        found = by_code(places.select_related("parent__parent__parent"), wanted) if wanted else None
        if wanted and found is None:
            raise Http404
        return found or places.order_by("level", "code").first()

    @cached_property
    def held(self) -> list[Period]:
        """The template's periods of which there is anything to tell, the last first."""
        if self.template is None:
            return []
        rows = Coverage.objects.filter(template=self.template.pk, level=FigureLevel.COUNTRY).exclude(
            expected=0, received=0
        )
        starts = rows.order_by("-period_start").values_list("period_start", flat=True)
        return [Period(PeriodType(self.template.period_type), start) for start in starts]

    @cached_property
    def period(self) -> Period:
        """The period asked for, where it fits the report; else the last whose due date has passed."""
        if self.template is None:
            raise Http404
        template = self.template
        try:
            wanted = parse_period(self.given.get("period"))
            parts_of(template, wanted)
        except PeriodError:
            return self._last_complete(template)
        possible = wanted.start.year >= FIRST_SHOWN_YEAR and wanted.start <= self.today
        return wanted if possible else self._last_complete(template)

    def _last_complete(self, template: ReportTemplate) -> Period:
        for period in self.held:
            if due_date(period, template.due_days) < self.today:
                return period
        found = period_containing(self.today, PeriodType(template.period_type)).previous()
        while due_date(found, template.due_days) >= self.today:
            found = found.previous()
        return found

    @property
    def levels(self) -> list[FigureLevel]:
        """The levels below the place in focus, and directorates."""
        return levels_below(self.focus)

    @cached_property
    def level(self) -> FigureLevel:
        """The level asked for, where it lies below the place; else the next one down."""
        return level_among(self.levels, self.given.get("level", ""))

    @cached_property
    def overview(self) -> Overview:
        """What the page shows."""
        if self.template is None or self.focus is None:
            raise Http404
        borders = Borders.NOW if self.given.get("as") == Borders.NOW else Borders.THEN
        wanted = self.given.get("element", "")
        return Overview(self.user, self.template, self.period, self.focus, self.level, borders, self.today, wanted)

    @property
    def completeness(self) -> bool:
        """Whether the map shows completeness in place of the element."""
        return self.given.get("show") == "completeness" or self.overview.measure is None


def levels_below(focus: Place | None) -> list[FigureLevel]:
    """The levels below a place, and directorates."""
    first = min(focus.level + 1, Level.SUBDISTRICT) if focus else Level.GOVERNORATE
    return [level for level in FigureLevel if level >= first]


def level_among(levels: Sequence[FigureLevel], wanted: str) -> FigureLevel:
    """The level of a name where it is one of these, else the first of them."""
    found = LEVELS.get(wanted)
    return found if found is not None and found in levels else levels[0]


class FiguresFilter(forms.Form):
    """Every filter in the address, offering what else could be shown."""

    template = forms.ChoiceField(label=pgettext_lazy("figures", "Report"))
    period = forms.ChoiceField(label=_("Period"))
    under = forms.ChoiceField(label=_("Place"))
    level = forms.ChoiceField(label=_("Rows"))
    element = forms.ChoiceField(label=_("Item"))
    show = forms.ChoiceField(label=_("On the map"), choices=SHOWN)

    def __init__(self, asked: Asked) -> None:
        """The fields with what was settled."""
        overview = asked.overview
        measure = overview.measure.element.code if overview.measure else ""
        super().__init__(
            {
                "template": overview.template.code,
                "period": overview.period.id,
                "under": overview.focus.code,
                "level": overview.level.name.lower(),
                "element": measure,
                "as": overview.borders.value,
                "show": "completeness" if asked.completeness else "value",
            }
        )
        self.fields["as"] = forms.ChoiceField(label=_("Jurisdictions"), choices=BORDERS)
        choices = {
            "template": [(one.code, one.name) for one in asked.templates],
            "period": period_choices(asked),
            "under": [(place.code, place.name) for place in places_offered(asked)],
            "level": [(level.name.lower(), BY_LEVEL[level]) for level in asked.levels],
            "element": [
                (one.element.code, in_language(one.element.name_ar, one.element.name_en))
                for one in overview.measures.values()
            ],
        }
        for name, offered in choices.items():
            self.fields[name].choices = offered  # type: ignore[attr-defined]


def places_offered(asked: Asked) -> Iterable[Place]:
    """The country, its governorates as far as they are open, and the way to the place in focus."""
    offered = {
        place.pk: place for place in open_places(asked.user, asked.template).filter(level__lte=1).order_by("path")
    }
    place = asked.focus
    while place is not None and place.pk not in offered:
        offered[place.pk] = place
        place = place.parent
    return sorted(offered.values(), key=lambda one: one.path)


def period_choices(asked: Asked) -> list[tuple[str, list[tuple[str, str]]]]:
    """By year, the last first: the year and its quarters where the report makes them up, then its own periods."""
    template = asked.overview.template
    found = dict.fromkeys([*asked.held, asked.period])
    for type_ in LONGER.get(PeriodType(template.period_type), ()):
        longer = {period_containing(period.start, type_) for period in asked.held}
        found |= dict.fromkeys(period for period in longer if period.last_day < asked.today)
    order = sorted(found, key=lambda period: (period.last_day.year, period.type.value, period.start), reverse=True)
    return [
        (str(year), [(period.id, words_for_period(template, period)) for period in periods])
        for year, periods in groupby(order, key=lambda period: period.last_day.year)
    ]
