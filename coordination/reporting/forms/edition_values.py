"""The filters of published figures: of the edition of a page, or of those that stand for the periods of a report."""

import datetime
from collections.abc import Mapping
from functools import cached_property

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _

from coordination.reporting.forms.asked_places import AskedPlaces, places_offered
from coordination.reporting.models import Edition, Element, ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.edition_values import PublishedValue, published_values, standing_editions
from coordination.reporting.models.figures import LEVELS, Borders
from coordination.reporting.models.figures_compared import Compares
from coordination.reporting.models.overviews import SERIES
from coordination.reporting.models.saved_views import Picture, Shows, ViewKind
from coordination.reporting.models.values_compared import AskingEditions
from coordination.reporting.rules.periods import Period, PeriodType
from coordination.reporting.templatetags.figures import BY_LEVEL
from directorates.foundation.fields import NOTHING_CHOSEN
from directorates.models import Place, User
from directorates.models.places import Level


class AskedEditions(AskedPlaces):
    """What an address asks of what was published of a report: an item of one edition by place, and over those before it."""

    kind = ViewKind.EDITIONS

    def __init__(
        self, given: Mapping[str, str], user: User, today: datetime.date, edition: Edition | None = None
    ) -> None:
        """Of the edition whose page it is; else of the one that stands for the period asked for."""
        super().__init__(given, user, today)
        self._of_page = edition

    @cached_property
    def templates(self) -> list[ReportTemplate]:
        """The reports of which anything was published that is open to the reader."""
        published = Edition.objects.visible_to(self.user).order_by().values("template")
        rows = ReportTemplate.objects.filter(pk__in=published).select_related("programme", "dataset__custodian")
        return list(rows.prefetch_related("programme__week_rules").order_by("code"))

    @cached_property
    def template(self) -> ReportTemplate | None:
        """The report of the page's edition or the one asked for, else the first; one that is not there is no page."""
        if self._of_page is not None:
            return self._of_page.template
        wanted = self.given.get("template")
        found = next((one for one in self.templates if one.code == wanted), None)
        if wanted and found is None:
            raise Http404
        return found or next(iter(self.templates), None)

    @property
    def from_figures(self) -> bool:
        """Published editions are read."""
        return False

    @property
    def longer(self) -> tuple[PeriodType, ...]:
        """None: an edition is of one period of its report."""
        return ()

    @property
    def opens(self) -> ReportTemplate | None:
        """The report."""
        return self.template

    @property
    def words_of(self) -> ReportTemplate:
        """The report."""
        if self.template is None:
            raise Http404
        return self.template

    @cached_property
    def editions(self) -> dict[Period, int]:
        """The editions that stand, the last period first; of its own period that of the page, be it corrected or not."""
        kept = standing_editions(self.user, self.words_of)
        if self._of_page is not None:
            kept[self._of_page.period_start] = self._of_page.pk
        return {Period(self.own_type, start): edition for start, edition in sorted(kept.items(), reverse=True)}

    @property
    def held(self) -> list[Period]:
        """The periods that were published."""
        return list(self.editions)

    def fits(self, period: Period) -> bool:
        """Whether it was published."""
        return period in self.editions

    @property
    def last(self) -> Period:
        """The last that was published: whoever publishes a period holds it for complete."""
        return next(iter(self.editions), super().last)

    @cached_property
    def period(self) -> Period:
        """The period of the page's edition; else the one asked for or the last."""
        return self._of_page.period if self._of_page is not None else super().period

    @cached_property
    def edition(self) -> Edition | None:
        """The edition of the period; None where nothing is published of it."""
        if self._of_page is not None:
            return self._of_page
        return Edition.objects.visible_to(self.user).named().filter(pk=self.editions.get(self.period, 0)).first()

    @cached_property
    def elements(self) -> dict[str, Element]:
        """The items that the edition tells of."""
        if self.edition is None:
            return {}
        rows = Element.objects.filter(pk__in=self.edition.figures.order_by().values("element")).order_by("code")
        return {row.code: row for row in rows}

    @property
    def element(self) -> Element | None:
        """The item asked for, else the first."""
        return self.elements.get(self.given.get("element", "")) or next(iter(self.elements.values()), None)

    @property
    def within(self) -> Place | None:
        """In which place the rows lie; everywhere that is open where none is asked for."""
        return self.focus if self.given.get("under") else None

    @property
    def levels(self) -> list[FigureLevel]:
        """The level of the place in focus and those below it."""
        first = self.within.level if self.within else Level.COUNTRY
        return [level for level in FigureLevel if first <= level <= FigureLevel.SUBDISTRICT]

    @cached_property
    def level(self) -> FigureLevel:
        """The level asked for, where it does not lie above the place; else the next one down."""
        found = LEVELS.get(self.given.get("level", ""))
        return found if found in self.levels else self.levels[min(1, len(self.levels) - 1)]

    @cached_property
    def values(self) -> list[tuple[Period, PublishedValue]]:
        """The item in the place in focus over time, the shown period last; what was not published says so."""
        periods, place = self.series(SERIES[self.own_type]), self.focus
        if place is None or self.element is None:
            return []
        asked = {one: self.editions[one] for one in periods if one in self.editions}
        found = published_values(self.user, self.words_of, self.element, [place], asked)
        return [(one, found.get((place.pk, one), PublishedValue(published=False))) for one in periods]

    @property
    def name(self) -> str:
        """The item."""
        return self.element.name if self.element else ""

    @property
    def code(self) -> str:
        """The item's code."""
        return self.element.code if self.element else ""

    def shows(self, picture: Picture, period: str) -> Shows:
        """What a kept view holds."""
        if self.focus is None:
            raise Http404
        level = max(self.level, FigureLevel(min(self.focus.level + 1, Level.SUBDISTRICT)))
        return Shows(self.words_of, self.focus, level, self.element, period, Borders.THEN, picture, self.kind)

    @property
    def compares(self) -> Compares | None:
        """The published item, to be laid side by side; None where nothing is published."""
        return AskingEditions(self.user, self.words_of, self.element, self.today) if self.element else None

    @property
    def filters(self) -> dict[str, str]:
        """What the address would be that asks for just this."""
        return {"template": self.words_of.code, **self.where} | ({"element": self.code} if self.code else {})


class EditionFigures(forms.Form):
    """Which figures of an edition are shown: an item, in a place, at a level; what does not fit gives way to what does."""

    element = forms.ChoiceField(label=_("Item"))
    under = forms.ChoiceField(label=_("Place"), required=False)
    level = forms.ChoiceField(label=_("Rows"))

    def __init__(self, asked: AskedEditions) -> None:
        """Offer what the edition holds."""
        places = places_offered(asked)
        country = next((one for one in places if one.level == Level.COUNTRY), None)
        chosen = asked.within or country
        given = {"element": asked.code, "under": chosen.code if chosen else "", "level": asked.level.name.lower()}
        super().__init__(given)
        named = [(place.code, place.name) for place in places]
        offered = {
            "element": [(code, row.name) for code, row in asked.elements.items()],
            # Whoever sees some parts of the country can choose all of them at once.
            "under": named if country else [("", NOTHING_CHOSEN), *named],
            "level": [(level.name.lower(), BY_LEVEL[level]) for level in asked.levels],
        }
        for name, choices in offered.items():
            self.fields[name].choices = choices  # type: ignore[attr-defined]
