"""`GET consolidations/compare/`: an item of some places in one period, or of one place in some periods, side by side."""

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
from coordination.reporting.models import ReportTemplate
from coordination.reporting.models.figures import Borders, open_places, parts_of
from coordination.reporting.models.figures_compared import FEWEST, MOST_COMPARED, Asking, Side, compare
from coordination.reporting.rules.messages import message_for
from coordination.reporting.rules.periods import FIRST_YEAR, Period, PeriodError, parse_period
from directorates.api.place_changes import PlaceChangeSerializer
from directorates.foundation.reading import Parameters, by_code
from directorates.models import Place, User
from directorates.permissions import Permission, require


class ComparedSideSerializer(serializers.Serializer[Any]):
    """One side; `difference` and `share` are against the first side, null where one of both is not known."""

    place = serializers.CharField()
    period = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    at_least = serializers.BooleanField(help_text="Some reports say that the number is not known.")
    difference = serializers.CharField(allow_null=True)
    share = serializers.CharField(allow_null=True, help_text="Of the first value, which is not 0; a share of 1.")
    expected = serializers.IntegerField()
    received = serializers.IntegerField()
    on_time = serializers.IntegerField()
    excused = serializers.IntegerField()
    disputed = serializers.BooleanField(help_text="Two claimed to lead it there in the period: `disputes` says who.")


class ComparedSerializer(serializers.Serializer[Any]):
    """The sides, in the order in which they were asked for, and what changed in between."""

    results = ComparedSideSerializer(many=True)
    disputes = ContestedSerializer(many=True)
    border_changes = BorderChangeSerializer(many=True)
    place_changes = PlaceChangeSerializer(many=True)


class ComparedFigures(APIView):
    """Figures side by side."""

    @extend_schema(
        operation_id="consolidations_compare",
        parameters=[
            OpenApiParameter("template", required=True, description="Its code."),
            OpenApiParameter("element", required=True),
            OpenApiParameter("places", required=True, description="P-codes with commas between; up to six."),
            OpenApiParameter(
                "periods", required=True, description="Ids with commas between; several for one place alone."
            ),
            OpenApiParameter("as", enum=[one.value for one in Borders]),
        ],
        responses=ComparedSerializer,
    )
    def get(self, request: Request) -> Response:
        """The sides."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_FIGURES)
        parameters = Parameters(request.query_params)
        template = parameters.one("template", ReportTemplate.objects.with_figures_for(user))
        borders = Borders(parameters.choice("as", list(Borders)) or Borders.THEN)
        places, periods = _places_in(parameters, user, template), _periods_in(parameters, template)
        for name in ("template", "element", "places", "periods"):
            if parameters.text(name) is None:
                parameters.fault(name, "required", _("This is required."))
        if not parameters.faults and places and periods and not _fits(places, periods):
            words = _("Two to six places in one period are compared, or one place in two to six periods.")
            parameters.fault("places", "how_many", words)
        if len({period.type for period in periods}) > 1:
            parameters.fault("periods", "unlike", _("Periods of one length are compared: months, quarters or years."))
        element = parameters.text("element") or ""
        clean = template is not None and not parameters.faults
        asking = Asking(user, template, element, borders, timezone.localdate()) if template and clean else None
        compared = compare(asking, places, periods) if asking else None
        if asking and compared is None:
            parameters.unknown("element", element)
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


def _fits(places: list[Place], periods: list[Period]) -> bool:
    """Whether one of both is one, and the other few."""
    several = max(len(places), len(periods))
    return min(len(places), len(periods)) == 1 and FEWEST <= several <= MOST_COMPARED


def _several(parameters: Parameters, name: str) -> list[str]:
    """What stands between commas, each once; one more than can be compared is enough to tell that it is too much."""
    given = (parameters.text(name) or "").split(",", MOST_COMPARED + 1)
    return list(dict.fromkeys(one for one in given if one))[: MOST_COMPARED + 1]


def _places_in(parameters: Parameters, user: User, template: ReportTemplate | None) -> list[Place]:
    """The places that are named."""
    rows, found = open_places(user, template), []
    for code in _several(parameters, "places"):
        place = by_code(rows, code)
        if place is None:
            parameters.unknown("places", code)
        else:
            found.append(place)
    return found


def _periods_in(parameters: Parameters, template: ReportTemplate | None) -> list[Period]:
    """The periods that are named: the report's own, or made of them."""
    found = []
    for text in _several(parameters, "periods"):
        try:
            period = parse_period(text)
            if template is not None:
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
    return {
        "place": side.place.code,
        "period": side.period.id,
        "value": exchanged(side.value.number),
        "at_least": side.value.least,
        "difference": exchanged(between.absolute) if between else None,
        "share": exchanged(between.share) if between else None,
        "expected": covered.expected,
        "received": covered.received,
        "on_time": covered.on_time,
        "excused": covered.excused,
        "disputed": bool(side.contested),
    }
