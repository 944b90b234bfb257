"""`GET consolidations/runs/`: what consolidation did, for whoever looks after it."""

from typing import Any, cast

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from coordination.reporting.models import ConsolidationRun, ReportTemplate
from coordination.reporting.models.runs import RunKind, RunOrigin, RunState, may_watch
from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.permissions import Permission, Refused

STATES = [(state.removeprefix("run_"), label) for state, label in RunState.choices]


class RunSerializer(serializers.Serializer[ConsolidationRun]):
    """A run; `templates` is null where figures of all were computed, `seconds` while it goes on."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=RunKind.choices)
    origin = serializers.ChoiceField(choices=RunOrigin.choices, help_text="What asked for it.")
    templates = serializers.SerializerMethodField()
    status = serializers.SerializerMethodField()
    began = serializers.DateTimeField()
    ended = serializers.DateTimeField(allow_null=True)
    seconds = serializers.FloatField(allow_null=True)
    lag = serializers.FloatField(help_text="How old the oldest mark was when it began, in seconds.")
    marks = serializers.IntegerField()
    cells = serializers.IntegerField(help_text="Rows of figures that are otherwise than before.")
    fault = serializers.CharField(help_text="The class of a fault and the database's code for it.")

    @extend_schema_field(serializers.ListField(child=serializers.CharField(), allow_null=True))
    def get_templates(self, run: ConsolidationRun) -> list[str] | None:
        """The codes of the templates."""
        codes: dict[int, str] = self.context["codes"]
        if run.kind == RunKind.REBUILD:
            return None
        return [codes[number] for number in run.templates if number in codes]

    @extend_schema_field(serializers.ChoiceField(choices=STATES))
    def get_status(self, run: ConsolidationRun) -> str:
        """How it ended."""
        return run.state.removeprefix("run_")


class Runs(generics.ListAPIView[ConsolidationRun]):
    """Runs of consolidation, the last first."""

    serializer_class = RunSerializer
    queryset = ConsolidationRun.objects.none()

    @extend_schema(
        operation_id="consolidation_runs",
        parameters=[
            OpenApiParameter("template", description="Its code."),
            OpenApiParameter("kind", enum=RunKind.values),
            OpenApiParameter("status", enum=[state for state, _label in STATES]),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The runs that are asked for."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> QuerySet[ConsolidationRun]:
        """Those of a template, a kind, a state."""
        user = cast("User", self.request.user)
        if not may_watch(user):
            raise Refused(Permission.RUN_CONSOLIDATION)
        parameters = Parameters(self.request.query_params)
        template = parameters.one("template", ReportTemplate.objects.visible_to(user))
        kind = parameters.choice("kind", RunKind.values)
        status = parameters.choice("status", [state for state, _label in STATES])
        parameters.done()
        rows = ConsolidationRun.objects.visible_to(user)
        rows = rows.of_template(template.pk) if template else rows
        rows = rows.filter(kind=kind) if kind else rows
        return rows.filter(state=f"run_{status}") if status else rows

    def get_serializer_context(self) -> dict[str, Any]:
        """With the codes of all templates, read once."""
        codes = dict(ReportTemplate.objects.values_list("pk", "code"))
        return {**super().get_serializer_context(), "codes": codes}
