"""The filters of the page of figures: what of the address can be shown, and what stands in their place where it cannot."""

from functools import cached_property

from django import forms
from django.http import Http404
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from coordination.reporting.forms.asked_places import AskedPlaces, PlacesFilter
from coordination.reporting.models import Coverage, Element, ReportTemplate
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures_compared import Asking, Compares
from coordination.reporting.models.overviews import Overview
from coordination.reporting.models.saved_views import Picture, Shows, ViewKind
from coordination.reporting.rules.periods import Period
from directorates.models.naming import in_language

SHOWN = (("value", _("The item")), ("completeness", pgettext_lazy("reports", "Completeness")))


class Asked(AskedPlaces):
    """What an address asks of the figures of a report."""

    kind = ViewKind.FIGURES

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
    def held(self) -> list[Period]:
        """The template's periods of which there is anything to tell, the last first."""
        rows = Coverage.objects.filter(template=self.words_of.pk, level=FigureLevel.COUNTRY)
        starts = rows.exclude(expected=0, received=0).order_by("-period_start").values_list("period_start", flat=True)
        return [Period(self.own_type, start) for start in starts]

    @cached_property
    def overview(self) -> Overview:
        """What the page shows."""
        if self.focus is None:
            raise Http404
        wanted = self.given.get("element", "")
        return Overview(self.user, self.words_of, self.period, self.focus, self.level, self.borders, self.today, wanted)

    @property
    def name(self) -> str:
        """The item, or completeness where the map shows that alone."""
        return self._item.name if self._item else str(SHOWN[1][1])

    @property
    def code(self) -> str:
        """The item's code; empty of completeness."""
        return self._item.code if self._item else ""

    @cached_property
    def _item(self) -> Element | None:
        measure = self.overview.measure
        return Element.objects.get(pk=measure.id) if measure else None

    @property
    def completeness(self) -> bool:
        """Whether the map shows completeness in place of the element."""
        return self.given.get("show") == "completeness" or self.overview.measure is None

    def shows(self, picture: Picture, period: str) -> Shows:
        """What a kept view holds: a map of completeness has no item."""
        overview = self.overview
        element = None if self.completeness and picture == Picture.MAP else self._item
        return Shows(
            overview.template, overview.focus, overview.level, element, period, overview.borders, picture, self.kind
        )

    @property
    def compares(self) -> Compares | None:
        """The item, to be laid side by side; None of a report without any."""
        measure = self.overview.measure
        return Asking(self.user, self.words_of, measure.element.code, self.borders, self.today) if measure else None

    @property
    def filters(self) -> dict[str, str]:
        """What the address would be that asks for just this."""
        measure = self.overview.measure
        given = {
            "template": self.words_of.code,
            **self.where,
            "element": measure.element.code if measure else "",
            "show": SHOWN[self.completeness][0],
        }
        return {name: value for name, value in given.items() if value}


class FiguresFilter(PlacesFilter):
    """Every filter in the address, offering what else could be shown."""

    field_order = ("template", "period", "under", "level", "element", "show")

    template = forms.ChoiceField(label=pgettext_lazy("figures", "Report"))
    element = forms.ChoiceField(label=_("Item"))
    show = forms.ChoiceField(label=_("On the map"), choices=SHOWN)

    def __init__(self, asked: Asked) -> None:
        """The fields with what was settled."""
        offered = {
            "template": [(one.code, one.name) for one in asked.templates],
            "element": items_offered(asked.overview),
        }
        super().__init__(asked, asked.filters, offered)


def items_offered(overview: Overview) -> list[tuple[str, str]]:
    """The items that the report asks in the period."""
    elements = (one.element for one in overview.measures.values())
    return [(one.code, in_language(one.name_ar, one.name_en)) for one in elements]
