"""`GET consolidations/across/`: a figure of one element over all templates that ask it, each facility once."""

from collections.abc import Iterator
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
from coordination.reporting.api.reading import period_in
from coordination.reporting.models import Element
from coordination.reporting.models.border_changes import changed_between
from coordination.reporting.models.contested import contested_across
from coordination.reporting.models.figures import LEVELS, Borders, open_places
from coordination.reporting.models.figures_across import AcrossFigures, asking, read_across
from coordination.reporting.models.measures import WHOLE, Measure
from directorates.api.place_changes import PlaceChangeSerializer
from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.permissions import Permission, require


class AcrossFigureSerializer(serializers.Serializer[Any]):
    """One figure; `answers` counts facilities times periods, each once."""

    place = serializers.CharField(allow_null=True, help_text="P-code or directorate; null: outside every jurisdiction.")
    category = serializers.CharField(allow_null=True)
    value = serializers.CharField(allow_null=True)
    answers = serializers.IntegerField()


class AcrossSerializer(serializers.Serializer[Any]):
    """The figures, the templates whose reports they are made of, and how many reports another one replaced."""

    templates = serializers.ListField(child=serializers.CharField())
    passed_over = serializers.IntegerField()
    results = AcrossFigureSerializer(many=True)
    disputes = ContestedSerializer(many=True)
    border_changes = BorderChangeSerializer(many=True, help_text="As of figures of one template, in the whole country.")
    place_changes = PlaceChangeSerializer(many=True, help_text="Which places changed in the same time.")


class Across(APIView):
    """Figures of one element over all templates: of the reports that answer it, one a facility and period counts."""

    @extend_schema(
        operation_id="consolidations_across",
        parameters=[
            OpenApiParameter("element", required=True, description="Its code."),
            OpenApiParameter("period", required=True, description="202404, 2024Q2, 2024, 2024W5, 2024SunW5."),
            OpenApiParameter("level", enum=list(LEVELS), description="Without it, the country."),
            OpenApiParameter("under", description="The place of this P-code and everything inside it."),
            OpenApiParameter(
                "as", enum=[one.value for one in Borders], description="Borders of each period, or today's."
            ),
        ],
        responses=AcrossSerializer,
    )
    def get(self, request: Request) -> Response:
        """The figures of an element at a level."""
        require(cast("User", request.user), Permission.VIEW_FIGURES)
        parameters = Parameters(request.query_params)
        element = parameters.one("element", Element.objects.all())
        period = period_in(parameters, parameters.text("period"), None)
        level = parameters.choice("level", LEVELS)
        under = parameters.one("under", open_places(request.user))
        borders = Borders(parameters.choice("as", [one.value for one in Borders]) or Borders.THEN)
        for name in ("element", "period"):
            if parameters.text(name) is None:
                parameters.fault(name, "required", _("This is required."))
        asked = asking(request.user, element.code, period) if element and period else None
        if element and period and asked is None:
            parameters.unknown("element", element.code)
        parameters.done()
        if asked is None:
            raise AssertionError("whatever cannot be read is a fault")
        today = timezone.localdate()
        figures = read_across(asked, request.user, LEVELS[level or "country"], under, borders, today)
        disputes = contested_across(cast("User", request.user), asked.measures, period, under) if period else []
        changed = changed_between(asked.first, period or asked.first, borders, today)
        return Response(
            {
                "templates": [template.code for template in asked.measures],
                "passed_over": figures.passed_over,
                "disputes": ContestedSerializer(disputes, many=True).data,
                "border_changes": BorderChangeSerializer(changed.border_changes, many=True).data,
                "place_changes": PlaceChangeSerializer(changed.place_changes, many=True).data,
                "results": list(_results(figures, asked.measure)),
            }
        )


def _results(figures: AcrossFigures, measure: Measure) -> Iterator[dict[str, Any]]:
    """The figure of each place that has one, whole and by category."""
    categories = [(WHOLE, None), *((number, one.code) for number, one in measure.categories)]
    for holder, place in figures.holders.items():
        if holder in figures.sums:
            for number, code in categories:
                yield {
                    "place": place.code if place else None,
                    "category": code,
                    "value": exchanged(figures.value(holder, number)),
                    "answers": figures.answers(holder),
                }
