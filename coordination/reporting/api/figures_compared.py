"""`GET consolidations/compare/`: some places in one period, or one place in some periods, side by side.

Of an item of figures, of an item as it was published, or of an indicator, each by the caller's own rights.
"""

from dataclasses import dataclass
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.api.contested import ContestedSerializer
from coordination.reporting.api.figures import BorderChangeSerializer, exchanged
from coordination.reporting.forms.indicator_values import AskedIndicator
from coordination.reporting.models import Edition, EditionFigure, Element, Indicator, ReportTemplate
from coordination.reporting.models.figures import Borders, open_places, parts_of
from coordination.reporting.models.figures_compared import FEWEST, MOST_COMPARED, Asking, Compares, Side, compare
from coordination.reporting.models.overviews import Value
from coordination.reporting.models.saved_views import ViewKind
from coordination.reporting.models.values_compared import AskingEditions
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import FIRST_YEAR, Period, PeriodError, parse_period
from directorates.api.place_changes import PlaceChangeSerializer
from directorates.foundation.reading import Parameters, by_code
from directorates.models import Place, User
from directorates.models.places import PlaceQuerySet
from directorates.permissions import Permission, require


class ComparedSideSerializer(serializers.Serializer[Any]):
    """One side; `difference` and `share` are against the first side, null where one of both is not known.

    `value` is null too where it is hidden in an edition or not computable; counts are null where they are not published.
    """

    place = serializers.CharField()
    period = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    at_least = serializers.BooleanField(help_text="Some reports say that the number is not known.")
    difference = serializers.CharField(allow_null=True)
    share = serializers.CharField(allow_null=True, help_text="Of the first value, which is not 0; a share of 1.")
    expected = serializers.IntegerField(allow_null=True)
    received = serializers.IntegerField(allow_null=True)
    on_time = serializers.IntegerField(allow_null=True)
    excused = serializers.IntegerField(allow_null=True)
    disputed = serializers.BooleanField(help_text="Two claimed to lead it there in the period: `disputes` says who.")
    corrected = serializers.IntegerField(help_text="Of the counted reports; 0 of editions, which bear errata.")


class ComparedSerializer(serializers.Serializer[Any]):
    """The sides, in the order in which they were asked for, and what changed in between."""

    results = ComparedSideSerializer(many=True)
    disputes = ContestedSerializer(many=True)
    border_changes = BorderChangeSerializer(many=True)
    place_changes = PlaceChangeSerializer(many=True)


class ComparedFigures(APIView):
    """Figures, published figures or an indicator, side by side."""

    @extend_schema(
        operation_id="consolidations_compare",
        parameters=[
            OpenApiParameter("kind", enum=list(ViewKind.values), description="Without it, figures of now."),
            OpenApiParameter("template", description="Its code; of figures and editions."),
            OpenApiParameter("element", description="Of figures and editions."),
            OpenApiParameter("indicator", description="Its code; of an indicator, which needs no template."),
            OpenApiParameter("places", required=True, description="P-codes with commas between; up to six."),
            OpenApiParameter(
                "periods", required=True, description="Ids with commas between; several for one place alone."
            ),
            OpenApiParameter("as", enum=[one.value for one in Borders], description="Editions: of then alone."),
        ],
        responses=ComparedSerializer,
    )
    def get(self, request: Request) -> Response:
        """The sides."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_EDITIONS)
        parameters = Parameters(request.query_params)
        for name in ("places", "periods"):
            _need(parameters, name)
        of = _of_kind(parameters, user)
        places, periods = _places_in(parameters, of), _periods_in(parameters, of)
        if not parameters.faults and not _fits(places, periods):
            words = _("Two to six places in one period are compared, or one place in two to six periods.")
            parameters.fault("places", "how_many", words)
        if len({period.type for period in periods}) > 1:
            parameters.fault("periods", "unlike", _("Periods of one length are compared: months, quarters or years."))
        clean = of.compares is not None and not parameters.faults
        compared = compare(of.compares, places, periods) if of.compares is not None and clean else None
        if clean and compared is None:
            parameters.unknown("element", parameters.text("element") or "")
        parameters.done()
        if compared is None:
            raise AssertionError("whatever cannot be read is a fault")
        return Response(
            {
                "results": [_side(side) for side in compared.sides],
                "disputes": ContestedSerializer(compared.contested, many=True).data,
                "border_changes": BorderChangeSerializer(compared.border_changes, many=True).data,
                "place_changes": PlaceChangeSerializer(compared.place_changes, many=True).data,
            }
        )


@dataclass(frozen=True)
class _Of:
    """What is compared, the places that are open, and the reports whose periods make up those asked for."""

    compares: Compares | None
    places: PlaceQuerySet
    templates: tuple[ReportTemplate, ...] = ()


def _need(parameters: Parameters, name: str) -> None:
    if parameters.text(name) is None:
        parameters.fault(name, "required", _("This is required."))


def _of_kind(parameters: Parameters, user: User) -> _Of:
    """What the caller asks of: figures, editions or an indicator; whatever is not open is told as unknown."""
    kind = parameters.choice("kind", list(ViewKind.values)) or ViewKind.FIGURES
    borders = Borders(parameters.choice("as", list(Borders)) or Borders.THEN)
    for name in ("indicator",) if kind == ViewKind.INDICATOR else ("template", "element"):
        _need(parameters, name)
    if kind == ViewKind.INDICATOR:
        return _of_indicator(parameters, user, borders)
    if kind == ViewKind.EDITIONS:
        return _of_editions(parameters, user, borders)
    template = parameters.one("template", ReportTemplate.objects.with_figures_for(user))
    places, element = open_places(user, template), parameters.text("element") or ""
    if template is None:
        return _Of(None, places)
    return _Of(Asking(user, template, element, borders, timezone.localdate()), places, (template,))


def _of_editions(parameters: Parameters, user: User, borders: Borders) -> _Of:
    """An item of what is published of a report."""
    editions = Edition.objects.visible_to(user).order_by()
    template = parameters.one("template", ReportTemplate.objects.filter(pk__in=editions.values("template")))
    told = EditionFigure.objects.filter(edition__in=editions.filter(template=template)).order_by()
    element = parameters.one("element", Element.objects.filter(pk__in=told.values("element")))
    if borders is Borders.NOW:
        words = _("Published editions hold places by the borders of their period only.")
        parameters.fault("as", "not_in_editions", words)
    places = open_places(user, template, Permission.VIEW_EDITIONS)
    if template is None or element is None:
        return _Of(None, places)
    return _Of(AskingEditions(user, template, element, timezone.localdate()), places, (template,))


def _of_indicator(parameters: Parameters, user: User, borders: Borders) -> _Of:
    """An indicator of which at least one report is open."""
    indicator = parameters.one("indicator", Indicator.objects.visible_to(user).named())
    if indicator is None:
        return _Of(None, open_places(user))
    asked = AskedIndicator({"as": borders.value}, indicator, user, timezone.localdate())
    if asked.nothing:
        parameters.unknown("indicator", indicator.code)
    return _Of(None if asked.nothing else asked.compares, asked.places, tuple(asked.templates))


def _fits(places: list[Place], periods: list[Period]) -> bool:
    """Whether one of both is one, and the other few."""
    several = max(len(places), len(periods))
    return min(len(places), len(periods)) == 1 and FEWEST <= several <= MOST_COMPARED


def _several(parameters: Parameters, name: str) -> list[str]:
    """What stands between commas, each once; one more than can be compared is enough to tell that it is too much."""
    given = (parameters.text(name) or "").split(",", MOST_COMPARED + 1)
    return list(dict.fromkeys(one for one in given if one))[: MOST_COMPARED + 1]


def _places_in(parameters: Parameters, of: _Of) -> list[Place]:
    """The places that are named."""
    found = []
    for code in _several(parameters, "places"):
        place = by_code(of.places, code)
        if place is None:
            parameters.unknown("places", code)
        else:
            found.append(place)
    return found


def _periods_in(parameters: Parameters, of: _Of) -> list[Period]:
    """The periods that are named: the reports' own, or made of them."""
    found = []
    for text in _several(parameters, "periods"):
        try:
            period = parse_period(text)
            for template in of.templates:
                parts_of(template, period)
        except PeriodError as fault:
            parameters.fault("periods", fault.code, message_for(fault.code, fault.params))
            continue
        if period.start.year < FIRST_YEAR:
            parameters.fault("periods", "too_early", _("There are no figures of so long ago."))
        found.append(period)
    return found


def _side(side: Side) -> dict[str, Any]:
    """A side, as programs read it."""
    between, covered = side.difference, side.covered
    now = covered if isinstance(side.value, Value) else None
    return {
        "place": side.place.code,
        "period": side.period.id,
        "value": exchanged(side.value.number),
        "at_least": side.value.least,
        "difference": exchanged(between.absolute) if between else None,
        "share": exchanged(between.share) if between else None,
        "expected": covered.expected if covered else None,
        "received": covered.received if covered else None,
        # Editions and indicators do not say them of all reports.
        "on_time": now.on_time if now else None,
        "excused": now.excused if now else None,
        "disputed": bool(side.contested),
        "corrected": side.corrected,
    }
