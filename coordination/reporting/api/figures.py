"""`GET consolidations/` and `GET consolidations/sources/`: figures, and the reports behind one."""

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, cast

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.consolidation import consolidation_state
from coordination.reporting.actions.sources import record_sources
from coordination.reporting.api.contested import ContestedSerializer
from coordination.reporting.api.figure_parameters import Asked, asked_in, measure_in, where_in
from coordination.reporting.models.border_changes import BorderChange, border_changes, place_changes
from coordination.reporting.models.consolidation import FigureLevel
from coordination.reporting.models.contested import contested
from coordination.reporting.models.figures import (
    LEVELS,
    Borders,
    Figures,
    open_places,
    periods_behind,
    read_figures,
    whose,
)
from coordination.reporting.models.lost_services import lost_services
from coordination.reporting.models.measures import WHOLE, Measure
from coordination.reporting.models.sources import Role, Source, sources_of
from coordination.reporting.rules.numbers import plain
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.api.place_changes import PlaceChangeSerializer
from directorates.foundation.reading import Parameters
from directorates.models import Place, PlaceChange, User
from directorates.models.places import Level
from directorates.permissions import Permission, require

# Sums are exact; a share or a mean is cut here.
DECIMALS = 10


class FigureSerializer(serializers.Serializer[Any]):
    """One figure. `value` is null where there are no data, which is not 0; categories stand beside the whole (null)."""

    place = serializers.CharField(
        allow_null=True,
        help_text="P-code or directorate, by today's borders also a P-code that was split and cannot be divided; "
        "null: outside every jurisdiction.",
    )
    element = serializers.CharField()
    category = serializers.CharField(allow_null=True)
    value = serializers.CharField(allow_null=True, help_text="A ratio is numerator over denominator, a share of 1.")
    hidden = serializers.BooleanField()
    expected = serializers.IntegerField()
    received = serializers.IntegerField()
    on_time = serializers.IntegerField()
    excused = serializers.IntegerField(help_text="Of those expected: not received, for a reason that excuses it.")


class BorderChangeSerializer(serializers.Serializer[Any]):
    """So many sub-districts changed hands on a day; null is nobody."""

    day = serializers.DateField()
    before = serializers.CharField(source="before.code", allow_null=True, default=None)
    after = serializers.CharField(source="after.code", allow_null=True, default=None)
    places = serializers.IntegerField()


class LostSerializer(serializers.Serializer[Any]):
    """An estimate of what excused facilities would usually have given: in no figure, and reported by nobody."""

    place = serializers.CharField(allow_null=True)
    element = serializers.CharField()
    value = serializers.CharField(allow_null=True, help_text="Medians added up; null where it is not open.")
    low = serializers.CharField(allow_null=True, help_text="10th percentiles added up.")
    high = serializers.CharField(allow_null=True, help_text="90th percentiles added up.")
    facilities = serializers.IntegerField(allow_null=True)
    hidden = serializers.BooleanField(help_text="Whether some report behind it is not the caller's to read.")


class FiguresSerializer(serializers.Serializer[Any]):
    """Figures of one period at one level."""

    computed_at = serializers.DateTimeField(allow_null=True)
    up_to_date = serializers.BooleanField()
    results = FigureSerializer(many=True)
    disputes = ContestedSerializer(many=True)
    border_changes = BorderChangeSerializer(
        many=True, help_text="What changed hands within the period; by today's borders, since it began and until today."
    )
    place_changes = PlaceChangeSerializer(
        many=True, help_text="Which places changed in the same time. A place that was split stands undivided."
    )
    lost = LostSerializer(
        many=True,
        required=False,
        help_text="Services lost, only where `lost=yes` asks for them of an own period of the report.",
    )


class SourceSerializer(serializers.Serializer[Any]):
    """A report behind a figure; what was set aside gives nothing to it."""

    submission = serializers.UUIDField(allow_null=True, help_text="null: the figure is shared, the report is not.")
    reporter = serializers.CharField()
    facility = serializers.CharField()
    value = serializers.CharField(allow_null=True)
    role = serializers.ChoiceField(choices=[role.value for role in Role])
    reason = serializers.CharField()
    corrected = serializers.DateTimeField(
        required=False, help_text="Only where its values correct earlier ones: since when."
    )


class NotOpenSerializer(serializers.Serializer[Any]):
    """Reports behind the figure that are not open to the caller, and what they give together."""

    count = serializers.IntegerField()
    value = serializers.CharField(allow_null=True)


class SourcesSerializer(serializers.Serializer[Any]):
    """The reports behind one figure."""

    results = SourceSerializer(many=True)
    not_open = NotOpenSerializer()


ASKED = [
    OpenApiParameter("template", required=True, description="Its code."),
    OpenApiParameter(
        "period",
        required=True,
        description="202404, 2024Q2, 2024, 2024W5, 2024SunW5: the template's own, or made of them.",
    ),
    OpenApiParameter(
        "as", enum=[one.value for one in Borders], description="Jurisdictions of each period, or today's."
    ),
]


def exchanged(value: Decimal | None) -> str | None:
    """A figure as programs read it."""
    return None if value is None else f"{plain(round(value, DECIMALS)):f}"


class Consolidations(APIView):
    """Consolidated figures, every place with every element and category."""

    @extend_schema(
        operation_id="consolidations",
        parameters=[
            *ASKED,
            OpenApiParameter("level", enum=list(LEVELS), description="Without it, the country."),
            OpenApiParameter("under", description="The place of this P-code and everything inside it."),
            OpenApiParameter("element", description="One element only."),
            OpenApiParameter("category", description="One of its categories only."),
            OpenApiParameter("lost", enum=["yes"], description="Estimates of services lost of one element, apart."),
        ],
        responses=FiguresSerializer,
    )
    def get(self, request: Request) -> Response:
        """The figures of a template and period at a level."""
        require(cast("User", request.user), Permission.VIEW_FIGURES)
        parameters = Parameters(request.query_params)
        asked, level = asked_in(parameters, request.user), parameters.choice("level", LEVELS)
        under = parameters.one("under", open_places(request.user, asked.template if asked else None))
        measure, category = measure_in(parameters, asked)
        wants_lost = parameters.choice("lost", ["yes"]) is not None
        if wants_lost and asked and (len(asked.starts) > 1 or asked.borders is Borders.NOW):
            words = _("Estimates are made for a single period of the report, by the borders of then.")
            parameters.fault("lost", "not_estimated", words)
        if wants_lost and not parameters.text("element"):
            parameters.fault("element", "required", _("Services lost are asked for one item at a time."))
        parameters.done()
        if asked is None:
            raise AssertionError("whatever cannot be read is a fault")
        owners = whose(
            request.user, asked.template, LEVELS[level or "country"], under, asked.borders, timezone.localdate()
        )
        measures = [measure] if measure else list(asked.measures.values())
        state = consolidation_state()
        figures = read_figures(asked.template, owners, asked.starts, measures)
        only = category if parameters.text("category") else None
        changes, changed = _changes(asked, under)
        disputes = contested(cast("User", request.user), asked.template, asked.period, under)
        return Response(
            {
                "computed_at": state.computed_at,
                "up_to_date": state.up_to_date,
                "results": list(_results(figures, asked.starts, measures, only)),
                "disputes": ContestedSerializer(disputes, many=True).data,
                "border_changes": BorderChangeSerializer(changes, many=True).data,
                "place_changes": PlaceChangeSerializer(changed, many=True).data,
            }
            | ({"lost": list(_lost(request, asked, owners.level, under, measures))} if wants_lost else {})
        )


def _lost(
    request: Request, asked: Asked, level: FigureLevel, under: Place | None, measures: list[Measure]
) -> Iterator[dict[str, Any]]:
    """Services lost in the period, by place and element."""
    by_id = {one.id: one for one in measures}
    for row in lost_services(request.user, asked.template, asked.starts[0], under, measures).rows(level):
        for element, value in row.values.items():
            yield {
                "place": row.holder.code if row.holder else None,
                "element": by_id[element].element.code,
                "value": exchanged(value.middle if value else None),
                "low": exchanged(value.low if value else None),
                "high": exchanged(value.high if value else None),
                "facilities": value.facilities if value else None,
                "hidden": value is None,
            }


def _changes(asked: Asked, under: Place | None) -> tuple[list[BorderChange], list[PlaceChange]]:
    """What changed hands, and which places changed, between the first part of a period and its end or, by today's borders, today."""
    now = asked.borders is Borders.NOW
    until = max(timezone.localdate(), asked.period.last_day) if now else asked.period.last_day
    since = Period(PeriodType(asked.template.period_type), asked.starts[0]).last_day
    place = under or Place.objects.filter(level=Level.COUNTRY).first()
    return (border_changes(place, since, until), place_changes(place, since, until)) if place else ([], [])


def _results(
    figures: Figures, starts: list[datetime.date], measures: list[Measure], only: int | None
) -> Iterator[dict[str, Any]]:
    """Every place of which there is anything to tell, with every element: the whole, then its categories."""
    for holder, place in figures.present().items():
        covered = figures.coverage(holder, starts)
        for measure in measures:
            categories = [(WHOLE, None), *((number, one.code) for number, one in measure.categories)]
            for number, code in categories:
                if only is None or only == number:
                    yield {
                        "place": place.code if place else None,
                        "element": measure.element.code,
                        "category": code,
                        "value": exchanged(figures.value(holder, measure, starts, number)),
                        "hidden": False,
                        "expected": covered.expected,
                        "received": covered.received,
                        "on_time": covered.on_time,
                        "excused": covered.excused,
                    }


class ConsolidationSources(APIView):
    """The reports behind one figure, as far as they are open to the caller."""

    @extend_schema(
        operation_id="consolidation_sources",
        parameters=[
            *ASKED,
            OpenApiParameter("place", required=True, description="P-code, code of a directorate, or “outside”."),
            OpenApiParameter("element", required=True),
            OpenApiParameter("category"),
        ],
        responses=SourcesSerializer,
    )
    def get(self, request: Request) -> Response:
        """The reports behind a figure; with what is not open, they add up to it."""
        require(cast("User", request.user), Permission.VIEW_FIGURES)
        parameters = Parameters(request.query_params)
        asked = asked_in(parameters, request.user)
        measure, category = measure_in(parameters, asked)
        where = where_in(parameters, request.user, asked)
        for name in ("place", "element"):
            if parameters.text(name) is None:
                parameters.fault(name, "required", _("This is required."))
        parameters.done()
        if asked is None or measure is None:
            raise AssertionError("whatever cannot be read is a fault")
        behind = periods_behind(asked.template, measure, asked.starts)
        found = sources_of(asked.template, where, behind, measure, category)
        record_sources(by=cast("User", request.user), template=asked.template, period=asked.period, where=where)
        give = measure.formula.of_period
        return Response(
            {
                "results": [_source(row, give(row.sums)) for row in found.rows],
                "not_open": {"count": found.closed, "value": exchanged(found.closed_value)},
            }
        )


def _source(row: Source, value: Decimal | None) -> dict[str, Any]:
    """A source, as programs read it."""
    return {
        "submission": str(row.submission.pk) if row.opens else None,
        "reporter": row.submission.reporter.code,
        "facility": row.submission.facility.code,
        "value": exchanged(value),
        "role": row.role.value,
        "reason": str(row.reason),
    } | ({"corrected": row.corrected.isoformat()} if row.corrected else {})
