"""`GET quality/`: how complete, timely and right reports are, a facility, reporter or directorate each, within the limits of chance."""

from typing import Any, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coordination.reporting.api.reading import period_in
from coordination.reporting.forms.quality import OFFERED
from coordination.reporting.models import ExpectedReport, ReportTemplate
from coordination.reporting.models.quality import Asked, Line, Quality, QualityLevel, QualityMeasure
from coordination.reporting.rules.funnels import Verdict, limits
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.foundation.reading import Parameters
from directorates.models import Place, User
from directorates.permissions import Permission, open_to_members, require

VERDICTS = [(verdict.value, verdict.value) for verdict in Verdict]


class QualityLimitsSerializer(serializers.Serializer[Any]):
    """Between what a share lies by chance, about the mean of all that are answered."""

    low = serializers.FloatField(help_text="95 of 100 lie from here")
    high = serializers.FloatField(help_text="to here;")
    outer_low = serializers.FloatField(help_text="99.8 of 100 from here")
    outer_high = serializers.FloatField(help_text="to here.")


class QualityLineSerializer(serializers.Serializer[Line]):
    """A facility or organisation."""

    code = serializers.CharField(source="holder.code")
    part = serializers.IntegerField(source="unit.part")
    whole = serializers.IntegerField(source="unit.whole")
    verdict = serializers.ChoiceField(choices=VERDICTS, allow_null=True)
    limits = serializers.SerializerMethodField()
    expected = serializers.IntegerField(source="counts.expected")
    excused = serializers.IntegerField(source="counts.excused")
    received = serializers.IntegerField(source="counts.received")
    on_time = serializers.IntegerField(source="counts.received_on_time")
    broken = serializers.IntegerField(source="counts.broken", help_text="Reports that break a rule.")
    rules = serializers.IntegerField(source="counts.rules", help_text="Broken rules.")
    stands_out = serializers.IntegerField(source="counts.stands_out")
    compared = serializers.IntegerField(source="counts.compared")
    corrected = serializers.IntegerField(source="counts.corrected")
    questions = serializers.IntegerField(source="counts.questions", help_text="Questions that are not settled.")

    @extend_schema_field(QualityLimitsSerializer(allow_null=True))
    def get_limits(self, line: Line) -> Any:
        """The limits of chance; none where there is no report."""
        held = limits(line.unit.whole, self.context["mean"]) if line.verdict else None
        return QualityLimitsSerializer(held).data if held else None


class QualitySerializer(serializers.Serializer[Any]):
    """A page of the units that the caller may see, by their codes: this is no ranking."""

    mean = serializers.FloatField(allow_null=True, help_text="Of all units, on whatever page.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = QualityLineSerializer(many=True)


class QualityOfReports(generics.GenericAPIView[Any]):
    """The quality of reports."""

    serializer_class = QualitySerializer
    queryset = ExpectedReport.objects.none()

    @extend_schema(
        operation_id="quality",
        responses=QualitySerializer,
        parameters=[
            OpenApiParameter("template", required=True),
            OpenApiParameter("period", required=True, description="The first period."),
            OpenApiParameter(
                "until", description=f"The last period; without it the first alone. At most {OFFERED} periods."
            ),
            OpenApiParameter("level", enum=QualityLevel.values),
            OpenApiParameter("measure", enum=QualityMeasure.values),
            OpenApiParameter("place"),
            OpenApiParameter("page", int),
            OpenApiParameter("page_size", int),
        ],
    )
    def get(self, request: Request) -> Response:
        """The units of a level with their counts and the limits of chance."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_REPORTS)
        asked, measure = _asked(request, user)
        found = Quality(user, asked, measure)
        page: Any = self.paginate_queryset(found.lines) or []
        answer = self.get_paginated_response(QualityLineSerializer(page, many=True, context={"mean": found.mean}).data)
        answer.data["mean"] = found.mean
        return answer


def _too_long(first: Period, last: Period) -> bool:
    """Whether a stretch has more periods than are counted at once."""
    one = last
    for _number in range(OFFERED):
        if one.start <= first.start:
            return False
        one = one.previous()
    return True


def _asked(request: Request, user: User) -> tuple[Asked, QualityMeasure]:
    """What is asked, every fault at once."""
    parameters = Parameters(request.query_params)
    template = parameters.one("template", ReportTemplate.objects.visible_to(user))
    kind = PeriodType(template.period_type) if template else None
    for name in ("template", "period"):
        if not parameters.text(name):
            parameters.fault(name, "required", _("This is required."))
    first, last = (period_in(parameters, parameters.text(name), kind) for name in ("period", "until"))
    place = parameters.one("place", open_to_members(user, Place.objects.all()))
    level = parameters.choice("level", QualityLevel.values) or QualityLevel.FACILITY
    measure = parameters.choice("measure", QualityMeasure.values) or QualityMeasure.COMPLETE
    if first and last and last.start < first.start:
        parameters.fault("until", "too_early", _("This period lies before the first one."))
    elif first and last and _too_long(first, last):
        message = _("At most %(number)d periods are counted at once.") % {"number": OFFERED}
        parameters.fault("until", "too_long", message)
    parameters.done()
    if template is None or first is None:
        raise AssertionError("what is missing was told")
    return Asked(template, first, last or first, QualityLevel(level), place), QualityMeasure(measure)
