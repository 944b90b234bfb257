"""The filters of an indicator's page: what of the address can be shown, and what stands in their place where it cannot."""

import datetime
from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import groupby

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.forms.figures import BORDERS, LONGER, level_among, levels_below
from coordination.reporting.models import Coverage, Edition, Indicator, ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import Borders, open_places
from coordination.reporting.models.indicator_values import (
    DrawnFrom,
    IndicatorValues,
    Question,
    drawn_from,
    indicator_values,
)
from coordination.reporting.models.indicators import Drawn, drawn_in
from coordination.reporting.rules.indicators import MONTHS
from coordination.reporting.rules.periods import (
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
from directorates.permissions import Permission

# How many periods stand beside one another, the chosen one last.
SERIES = {PeriodType.MONTH: 13, PeriodType.QUARTER: 8, PeriodType.YEAR: 5}
WEEKS = 13


class AskedIndicator:
    """What an address asks of an indicator; what does not fit gives way to what does."""

    def __init__(self, given: Mapping[str, str], indicator: Indicator, user: User, today: datetime.date) -> None:
        """Keep what was given."""
        self.given, self.indicator, self.user, self.today = given, indicator, user, today

    @cached_property
    def templates(self) -> list[ReportTemplate]:
        """The reports that any of its versions draws on."""
        found = {one.pk: one for version in self.indicator.formulas for one in version.drawn.templates}
        return sorted(found.values(), key=lambda one: one.code)

    @cached_property
    def _source(self) -> tuple[DrawnFrom, list[int]]:
        return drawn_from(self.user, [one.pk for one in self.templates])

    @property
    def drawn_from(self) -> DrawnFrom:
        """Whether figures or editions are read."""
        return self._source[0]

    @property
    def opened(self) -> list[int]:
        """The reports that are open to the reader."""
        return self._source[1]

    @property
    def own_type(self) -> PeriodType:
        """The shortest periods in which it can be computed: those of the report with the longest."""
        kinds = [PeriodType(one.period_type) for one in self.templates]
        return max(kinds, key=lambda kind: MONTHS.get(kind, 0))

    @property
    def words_of(self) -> ReportTemplate:
        """The report by whose rules weeks are numbered."""
        return next(one for one in self.templates if PeriodType(one.period_type) is self.own_type)

    @cached_property
    def held(self) -> list[Period]:
        """The periods of which one of its reports has anything to tell, the last first."""
        if self.drawn_from is DrawnFrom.EDITIONS:
            rows = Edition.objects.visible_to(self.user).filter(template__in=self.opened)
            starts = set(rows.values_list("period_start", flat=True))
        else:
            cells = Coverage.objects.filter(template__in=self.opened, level=FigureLevel.COUNTRY)
            starts = set(cells.exclude(expected=0, received=0).values_list("period_start", flat=True))
        return sorted({period_containing(start, self.own_type) for start in starts}, reverse=True)

    @cached_property
    def period(self) -> Period:
        """The period asked for, where its reports can make it up; else the last of which all reports are due."""
        try:
            wanted = parse_period(self.given.get("period"))
        except PeriodError:
            return self._last
        fits = wanted.type is self.own_type or wanted.type in LONGER.get(self.own_type, ())
        return wanted if fits and wanted.start <= self.today else self._last

    @property
    def _last(self) -> Period:
        wait = max(one.due_days for one in self.templates)
        over = (period for period in self.held if due_date(period, wait) < self.today)
        return next(over, period_containing(self.today, self.own_type).previous())

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The series, the chosen period last; those before anything was told of are left out."""
        found, first = [self.period], min((period.start for period in self.held), default=self.period.start)
        while len(found) < SERIES.get(self.period.type, WEEKS) and found[-1].start > first:
            found.append(found[-1].previous())
        return tuple(found[::-1])

    @cached_property
    def focus(self) -> Place | None:
        """The place asked for, else the greatest that is open to the reader."""
        permission = Permission.VIEW_EDITIONS if self.drawn_from is DrawnFrom.EDITIONS else Permission.VIEW_FIGURES
        template = next((one for one in self.templates if one.pk in self.opened), None)
        places, wanted = open_places(self.user, template, permission), self.given.get("under")
        found = by_code(places.select_related("parent__parent__parent"), wanted) if wanted else None
        if wanted and found is None:
            raise Http404
        return found or places.order_by("level", "code").first()

    @property
    def levels(self) -> list[FigureLevel]:
        """The levels below the place in focus and, of figures, directorates."""
        found = levels_below(self.focus)
        return [one for one in found if one != FigureLevel.DIRECTORATE or self.drawn_from is DrawnFrom.FIGURES]

    @property
    def level(self) -> FigureLevel:
        """The level asked for, where it lies below the place; else the next one down."""
        return level_among(self.levels, self.given.get("level", ""))

    @property
    def borders(self) -> Borders:
        """By whose borders; editions know those of then alone."""
        now = self.given.get("as") == Borders.NOW and self.drawn_from is DrawnFrom.FIGURES
        return Borders.NOW if now else Borders.THEN

    @property
    def number(self) -> int | None:
        """The version asked for, where there is one of that number; None is what holds in each period."""
        wanted = self.given.get("version", "")
        return next((one.number for one in self.indicator.formulas if str(one.number) == wanted), None)

    @cached_property
    def drawn(self) -> dict[Period, Drawn]:
        """What holds in each period."""
        return drawn_in(self.indicator, self.periods, self.number)

    @cached_property
    def rows(self) -> IndicatorValues:
        """The values by place or directorate."""
        return indicator_values(self._question(self.level, doubted=self.period))

    @cached_property
    def whole(self) -> IndicatorValues:
        """The values of the place in focus."""
        level = FigureLevel(self.focus.level) if self.focus else FigureLevel.COUNTRY
        return indicator_values(self._question(level))

    def _question(self, level: FigureLevel, doubted: Period | None = None) -> Question:
        return Question(self.user, self.periods, self.drawn, level, self.focus, self.borders, self.today, doubted)


class ValuesFilter(forms.Form):
    """Every filter in the address, offering what else could be shown."""

    period = forms.ChoiceField(label=gettext_lazy("Period"))
    under = forms.ChoiceField(label=gettext_lazy("Place"))
    level = forms.ChoiceField(label=gettext_lazy("Rows"))

    def __init__(self, asked: AskedIndicator) -> None:
        """The fields with what was settled."""
        given = {
            "period": asked.period.id,
            "under": asked.focus.code if asked.focus else "",
            "level": asked.level.name.lower(),
            "as": asked.borders.value,
            "version": str(asked.number or ""),
        }
        super().__init__(given)
        if asked.drawn_from is DrawnFrom.FIGURES:
            self.fields["as"] = forms.ChoiceField(label=gettext_lazy("Jurisdictions"), choices=BORDERS)
        versions = asked.indicator.formulas
        if len(versions) > 1:
            offered = [("", _("The one of each period")), *((str(one.number), str(one.number)) for one in versions)]
            self.fields["version"] = forms.ChoiceField(label=gettext_lazy("Version"), choices=offered, required=False)
        choices = {
            "period": _period_choices(asked),
            "under": [(place.code, place.name) for place in _places(asked)],
            "level": [(level.name.lower(), BY_LEVEL[level]) for level in asked.levels],
        }
        for name, offered_here in choices.items():
            self.fields[name].choices = offered_here  # type: ignore[attr-defined]


def _places(asked: AskedIndicator) -> Iterable[Place]:
    """The country, its governorates as far as they are open, and the way to the place in focus."""
    permission = Permission.VIEW_EDITIONS if asked.drawn_from is DrawnFrom.EDITIONS else Permission.VIEW_FIGURES
    template = next((one for one in asked.templates if one.pk in asked.opened), None)
    rows = open_places(asked.user, template, permission).filter(level__lte=1).order_by("path")
    offered = {place.pk: place for place in rows}
    place = asked.focus
    while place is not None and place.pk not in offered:
        offered[place.pk] = place
        place = place.parent
    return sorted(offered.values(), key=lambda one: one.path)


def _period_choices(asked: AskedIndicator) -> list[tuple[str, list[tuple[str, str]]]]:
    """By year, the last first: the year and its quarters where reports make them up, then their own periods."""
    found = dict.fromkeys([*asked.held, asked.period])
    for kind in LONGER.get(asked.own_type, ()):
        longer = {period_containing(period.start, kind) for period in asked.held}
        found |= dict.fromkeys(period for period in longer if period.last_day < asked.today)
    order = sorted(found, key=lambda period: (period.last_day.year, period.type.value, period.start), reverse=True)
    return [
        (str(year), [(period.id, words_for_period(asked.words_of, period)) for period in periods])
        for year, periods in groupby(order, key=lambda period: period.last_day.year)
    ]
