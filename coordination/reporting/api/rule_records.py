"""`GET rule-records/`: how often each rule of a template was checked and broken, and how often it was right to break it."""

from typing import Any, cast

from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.api.reading import period_in
from coordination.reporting.models import ReportTemplate, RuleRecord
from coordination.reporting.models.rule_records import RuleLine, between, last_validation, rule_lines
from coordination.reporting.models.templates import Severity
from coordination.reporting.rules.periods import PeriodType
from coordination.reporting.views.rule_records import demand_reading
from directorates.foundation.reading import Parameters
from directorates.models import User


class RuleLineSerializer(serializers.Serializer[RuleLine]):
    """A rule over the periods asked for, all versions of the template together."""

    rule = serializers.CharField(source="rule.code")
    severity = serializers.ChoiceField(source="rule.severity", choices=Severity.choices)
    message = serializers.SerializerMethodField()
    checked = serializers.IntegerField(help_text="Reports in which it was checked, as they stand.")
    broken = serializers.IntegerField(help_text="Those of them that break it.")
    approved = serializers.IntegerField(help_text="Reports approved although they break it: it was right to break it.")
    corrected = serializers.IntegerField(help_text="Reports that broke it once and no longer do.")
    waiting = serializers.IntegerField(help_text="Reports that break it and are neither approved nor corrected.")
    explained = serializers.IntegerField(help_text="Reports that break it and give a reason.")

    @extend_schema_field({"type": "object", "properties": {"ar": {"type": "string"}, "en": {"type": "string"}}})
    def get_message(self, line: RuleLine) -> dict[str, str]:
        """What it says, as its latest version has it."""
        return {"ar": line.rule.message_ar, "en": line.rule.message_en}


class RuleRecordSerializer(serializers.Serializer[Any]):
    """The record of a template's rules, and when the whole set was last checked."""

    template = serializers.CharField()
    checked_at = serializers.DateTimeField(allow_null=True)
    results = RuleLineSerializer(many=True)


class RuleRecords(APIView):
    """The record of one template's rules."""

    @extend_schema(
        operation_id="rule_records",
        responses=RuleRecordSerializer,
        parameters=[
            OpenApiParameter("template", required=True, description="Its code."),
            OpenApiParameter("period", description="The first period; without it from the beginning."),
            OpenApiParameter("until", description="The last period."),
        ],
    )
    def get(self, request: Request) -> Response:
        """Every rule of the template, in the order of its latest version."""
        user = cast("User", request.user)
        demand_reading(user)
        parameters = Parameters(request.query_params)
        template = parameters.one("template", ReportTemplate.objects.visible_to(user))
        kind = PeriodType(template.period_type) if template else None
        first, last = (period_in(parameters, parameters.text(name), kind) for name in ("period", "until"))
        if template is None and not parameters.faults:
            parameters.unknown("template", "")
        parameters.done()
        if template is None:
            raise AssertionError("a missing template was told")
        lines = rule_lines(between(RuleRecord.objects.visible_to(user), first, last), template)
        at = last_validation(template)
        return Response(RuleRecordSerializer({"template": template.code, "checked_at": at, "results": lines}).data)
