"""The filters of an indicator's page: what of the address can be shown, and what stands in their place where it cannot."""

import datetime
from collections.abc import Mapping
from functools import cached_property

from django import forms
from django.http import Http404
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coordination.reporting.forms.asked_places import AskedPlaces, PlacesFilter
from coordination.reporting.models import Coverage, Edition, Indicator, ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.corrections import Corrected, corrected_in_all
from coordination.reporting.models.figures_compared import Compares
from coordination.reporting.models.indicator_values import (
    DrawnFrom,
    IndicatorValues,
    Question,
    Reading,
    indicator_values,
    reading_of,
)
from coordination.reporting.models.indicators import Drawn, IndicatorVersion, drawn_in
from coordination.reporting.models.saved_views import Picture, Shows, ViewKind
from coordination.reporting.models.values_compared import AskingIndicator
from coordination.reporting.rules.indicators import MONTHS
from coordination.reporting.rules.periods import Period, PeriodType, period_containing
from directorates.models import User

# How many periods stand beside one another, the chosen one last.
SERIES = {PeriodType.MONTH: 13, PeriodType.QUARTER: 8, PeriodType.YEAR: 5}
WEEKS = 13


class AskedIndicator(AskedPlaces):
    """What an address asks of an indicator; what does not fit gives way to what does."""

    kind = ViewKind.INDICATOR

    def __init__(self, given: Mapping[str, str], indicator: Indicator, user: User, today: datetime.date) -> None:
        """Keep what was given."""
        super().__init__(given, user, today)
        self.indicator = indicator

    @cached_property
    def templates(self) -> list[ReportTemplate]:
        """The reports that any of its versions draws on."""
        found = {one.pk: one for version in self.indicator.formulas for one in version.drawn.templates}
        return sorted(found.values(), key=lambda one: one.code)

    @cached_property
    def reading(self) -> Reading:
        """Whether figures or editions are read, and of which of its reports."""
        return reading_of(self.user, [one.pk for one in self.templates])

    @property
    def from_figures(self) -> bool:
        """Whether figures are read; editions, where not all its reports' figures are open."""
        return self.reading.drawn_from is DrawnFrom.FIGURES

    @property
    def opens(self) -> ReportTemplate | None:
        """The first report that is open to the reader."""
        return next((one for one in self.templates if one.pk in self.reading.opened), None)

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
        if not self.from_figures:
            rows = Edition.objects.visible_to(self.user).filter(template__in=self.reading.opened)
            starts = set(rows.values_list("period_start", flat=True))
        else:
            cells = Coverage.objects.filter(template__in=self.reading.opened, level=FigureLevel.COUNTRY)
            starts = set(cells.exclude(expected=0, received=0).values_list("period_start", flat=True))
        return sorted({period_containing(start, self.own_type) for start in starts}, reverse=True)

    @property
    def due_days(self) -> int:
        """A period is complete when all its reports are due."""
        return max(one.due_days for one in self.templates)

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """The series, the chosen period last."""
        return self.series(SERIES.get(self.period.type, WEEKS))

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
        return Question(
            self.user,
            self.periods,
            self.drawn,
            level,
            under=self.focus,
            borders=self.borders,
            today=self.today,
            doubted=doubted,
            reading=self.reading,
        )

    @property
    def version(self) -> IndicatorVersion | None:
        """The version by which the chosen period is computed."""
        return self.version_in(self.period)

    def version_in(self, period: Period) -> IndicatorVersion | None:
        """The version by which a period of the series is computed."""
        drawn = self.drawn.get(period)
        return next((one for one in self.indicator.formulas if drawn and one.number == drawn.number), None)

    @property
    def corrected(self) -> Corrected | None:
        """How many of the counted reports behind it are corrected; editions say that by their errata."""
        drawn = self.drawn.get(self.period)
        if drawn is None or not self.from_figures:
            return None
        opened = [one for one in drawn.templates if one.pk in self.reading.opened]
        return corrected_in_all(opened, self.period, self.focus)

    @property
    def has_governorates(self) -> bool:
        """Whether the rows are the governorates of the country, so that a map costs nothing."""
        whole_country = self.focus is not None and self.focus.level == FigureLevel.COUNTRY
        return whole_country and self.level == FigureLevel.GOVERNORATE

    @cached_property
    def governorates(self) -> IndicatorValues:
        """The values of the governorates in the chosen period, for a map."""
        if self.has_governorates:
            return self.rows
        drawn = {period: one for period, one in self.drawn.items() if period == self.period}
        return indicator_values(
            Question(
                self.user,
                (self.period,),
                drawn,
                FigureLevel.GOVERNORATE,
                borders=self.borders,
                today=self.today,
                reading=self.reading,
            )
        )

    @property
    def name(self) -> str:
        """The indicator."""
        return self.indicator.name

    @property
    def code(self) -> str:
        """Its code."""
        return self.indicator.code

    def shows(self, picture: Picture, period: str) -> Shows:
        """What a kept view holds; always by the version that holds in its period."""
        if self.focus is None:
            raise Http404
        return Shows(
            None, self.focus, self.level, None, period, self.borders, picture, self.kind, indicator=self.indicator
        )

    @property
    def compares(self) -> Compares | None:
        """The indicator, to be laid side by side."""
        return AskingIndicator(self.user, self.indicator, self.words_of, self.reading, self.borders, self.today)

    @property
    def filters(self) -> dict[str, str]:
        """What the address would be that asks for just this."""
        return {"indicator": self.indicator.code, **self.where}


class ValuesFilter(PlacesFilter):
    """Every filter in the address, offering what else could be shown."""

    def __init__(self, asked: AskedIndicator) -> None:
        """The fields with what was settled."""
        super().__init__(asked, {"version": str(asked.number or "")}, {})
        versions = asked.indicator.formulas
        if len(versions) > 1:
            offered = [("", _("The one of each period")), *((str(one.number), str(one.number)) for one in versions)]
            self.fields["version"] = forms.ChoiceField(label=gettext_lazy("Version"), choices=offered, required=False)
