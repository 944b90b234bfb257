"""`GET indicators/`, `GET indicators/{code}/` and its `values/`: how indicators are computed, and what they come to."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.consolidation import consolidation_state
from coordination.reporting.api.contested import ContestedSerializer
from coordination.reporting.api.figures import exchanged
from coordination.reporting.api.reading import period_in
from coordination.reporting.models import Indicator
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.figures import LEVELS, Borders, open_places
from coordination.reporting.models.indicator_values import (
    DrawnFrom,
    IndicatorValues,
    Question,
    indicator_values,
    reading_of,
)
from coordination.reporting.models.indicators import BetterWay, IndicatorVersion, drawn_in
from coordination.reporting.rules.indicators import Part, Reason
from coordination.reporting.rules.periods import Period
from directorates.api.names import named
from directorates.foundation.reading import Parameters, get_by_code
from directorates.models import User
from directorates.permissions import Permission, require

DRAWN = [one.value for one in DrawnFrom]
REASONS = [one.value for one in Reason]


class BothUnitsSerializer(serializers.Serializer[Any]):
    """A unit in both languages; both empty for a bare number."""

    ar = serializers.CharField(source="unit_ar", allow_blank=True)
    en = serializers.CharField(source="unit_en", allow_blank=True)


class IndicatorVersionSerializer(serializers.Serializer[Any]):
    """How it is computed for periods that begin on a day or later: numerator over denominator, times the factor."""

    number = serializers.IntegerField()
    since = serializers.DateField()
    numerator = serializers.CharField()
    denominator = serializers.CharField()
    factor = serializers.IntegerField()
    unit = BothUnitsSerializer(source="*")
    decimals = serializers.IntegerField()
    templates = serializers.SerializerMethodField()
    why = serializers.CharField(allow_blank=True)
    at = serializers.DateTimeField()

    def get_templates(self, version: IndicatorVersion) -> list[str]:
        """The codes of the reports that it draws on."""
        return [one.code for one in version.drawn.templates]


class BothReadingsSerializer(serializers.Serializer[Any]):
    """How it is read, in both languages."""

    ar = serializers.CharField(source="reading_ar", allow_blank=True)
    en = serializers.CharField(source="reading_en", allow_blank=True)


class IndicatorSerializer(serializers.Serializer[Any]):
    """An indicator with every version of its formula, the last one first."""

    code = serializers.CharField()
    name = named()
    reading = BothReadingsSerializer(source="*")
    better = serializers.ChoiceField(choices=BetterWay.choices)
    retired = serializers.DateTimeField(source="retired_at", allow_null=True)
    versions = IndicatorVersionSerializer(source="formulas", many=True)


class PartSerializer(serializers.Serializer[Any]):
    """One operand: its number and how many reports answer it, or why there is none."""

    operand = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    answers = serializers.IntegerField(help_text="0 where that is not told.")
    least = serializers.BooleanField(help_text="Some report says that it does not know the number.")
    reason = serializers.ChoiceField(choices=REASONS, allow_null=True)


class PartCoverageSerializer(serializers.Serializer[Any]):
    """How many reports were expected and came, of a report that it draws on."""

    template = serializers.CharField()
    expected = serializers.IntegerField()
    received = serializers.IntegerField(help_text="Of those expected.")


class IndicatorValueSerializer(serializers.Serializer[Any]):
    """An indicator in one place; `value` is null where it is not computable, and `reasons` then says why."""

    place = serializers.CharField(allow_null=True, help_text="P-code or directorate; null: outside every jurisdiction.")
    value = serializers.CharField(allow_null=True)
    numerator = serializers.CharField(allow_null=True)
    denominator = serializers.CharField(allow_null=True)
    reasons = serializers.ListField(child=serializers.ChoiceField(choices=REASONS))
    uneven = serializers.BooleanField(
        help_text="In a period not all items are answered by the same number of reports, or some do not know; or the formula "
        "reckons with the length of a period of which a part is not answered at all."
    )
    parts = PartSerializer(many=True)
    reports = PartCoverageSerializer(many=True)


class IndicatorValuesSerializer(serializers.Serializer[Any]):
    """The values of an indicator in one period, by place or directorate."""

    indicator = serializers.CharField()
    version = serializers.IntegerField(allow_null=True)
    period = serializers.CharField()
    drawn_from = serializers.ChoiceField(choices=DRAWN)
    computed_at = serializers.DateTimeField(allow_null=True)
    up_to_date = serializers.BooleanField()
    results = IndicatorValueSerializer(many=True)
    disputes = ContestedSerializer(many=True)


class Indicators(generics.ListAPIView[Indicator]):
    """Every indicator in use."""

    serializer_class = IndicatorSerializer
    queryset = Indicator.objects.none()

    @extend_schema(operation_id="indicators")
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The indicators, by code."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """How something is computed is no secret among those who have a role."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_EDITIONS)
        return Indicator.objects.visible_to(user).in_use().named().order_by("code")


class OneIndicator(APIView):
    """One indicator, a retired one too."""

    @extend_schema(operation_id="indicator", responses=IndicatorSerializer)
    def get(self, request: Request, code: str) -> Response:
        """How it is computed and read."""
        require(cast("User", request.user), Permission.VIEW_EDITIONS)
        return Response(IndicatorSerializer(_one(request, code)).data)


class IndicatorValuesOf(APIView):
    """What an indicator comes to, in one period and at one level."""

    @extend_schema(
        operation_id="indicator_values",
        parameters=[
            OpenApiParameter("period", required=True, description="202404, 2024Q2, 2024, 2024W5, 2024SunW5."),
            OpenApiParameter("level", enum=list(LEVELS), description="Without it, the country."),
            OpenApiParameter("under", description="The place of this P-code and everything inside it."),
            OpenApiParameter("as", enum=[one.value for one in Borders], description="Borders of then, or today's."),
            OpenApiParameter("version", description="A version other than the one that holds in the period."),
        ],
        responses=IndicatorValuesSerializer,
    )
    def get(self, request: Request, code: str) -> Response:
        """The values, each with its two sides, its parts and the reports behind it."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_EDITIONS)
        indicator, parameters = _one(request, code), Parameters(request.query_params)
        asked = _asked(parameters, user, indicator, timezone.localdate())
        parameters.done()
        if asked is None:
            raise AssertionError("whatever cannot be read is a fault")
        (period,), values, state = asked.periods, indicator_values(asked), consolidation_state()
        drawn = asked.drawn.get(period)
        return Response(
            {
                "indicator": indicator.code,
                "version": drawn.number if drawn else None,
                "period": period.id,
                "drawn_from": values.drawn_from.value,
                "computed_at": state.computed_at,
                "up_to_date": state.up_to_date,
                "results": list(_results(values, period)),
                "disputes": ContestedSerializer(values.contested(period), many=True).data,
            }
        )


def _one(request: Request, code: str) -> Indicator:
    """The indicator of a code."""
    found: Indicator = get_by_code(Indicator.objects.visible_to(request.user).named(), code)
    return found


def _asked(parameters: Parameters, user: User, indicator: Indicator, today: datetime.date) -> Question | None:
    """What the address asks for; none, with all faults, where a part cannot be read."""
    period = period_in(parameters, parameters.text("period"), None)
    if parameters.text("period") is None:
        parameters.fault("period", "required", _("This is required."))
    level, borders = parameters.choice("level", LEVELS), parameters.choice("as", list(Borders))
    number = parameters.number("version")
    if number is not None and all(one.number != number for one in indicator.formulas):
        parameters.unknown("version", str(number))
    if period is None:
        return None
    drawn = drawn_in(indicator, [period], number)
    templates = [one for held in drawn.values() for one in held.templates]
    reading = reading_of(user, {one.pk for one in templates})
    source = reading.drawn_from
    wanted = LEVELS[level or "country"]
    if source is DrawnFrom.EDITIONS and (wanted is FigureLevel.DIRECTORATE or borders == Borders.NOW):
        words = _("Published editions hold places by the borders of their period only.")
        parameters.fault("level" if wanted is FigureLevel.DIRECTORATE else "as", "not_in_editions", words)
    permission = Permission.VIEW_EDITIONS if source is DrawnFrom.EDITIONS else Permission.VIEW_FIGURES
    first = next((one for one in templates if one.pk in reading.opened), None)
    under = parameters.one("under", open_places(user, first, permission))
    borders_of = Borders(borders or Borders.THEN)
    return Question(user, (period,), drawn, wanted, under, borders_of, today, doubted=period, reading=reading)


def _results(values: IndicatorValues, period: Period) -> Iterator[dict[str, Any]]:
    """Every place of which there is anything to tell."""
    for key, holder in values.holders.items():
        found = values.outcome(key, period)
        yield {
            "place": holder.code if holder else None,
            "value": exchanged(found.value),
            "numerator": exchanged(found.numerator),
            "denominator": exchanged(found.denominator),
            "reasons": [one.value for one in found.reasons],
            "uneven": found.uneven,
            "parts": [
                _part(cell[0] if cell[1] is None else f"{cell[0]}.{cell[1]}", one)
                for cell, one in (found.parts or {}).items()
            ],
            "reports": [
                {"template": template.code, "expected": covered.expected, "received": covered.answered}
                for template, covered in values.covered(key, period)
            ],
        }


def _part(operand: str, part: Part) -> dict[str, Any]:
    """An operand, as programs read it."""
    number = part.number
    if isinstance(number, Fraction):
        number = Decimal(number.numerator) / Decimal(number.denominator)
    return {
        "operand": operand,
        "value": exchanged(number),
        "answers": part.answers,
        "least": part.least,
        "reason": part.reason.value if part.reason else None,
    }
