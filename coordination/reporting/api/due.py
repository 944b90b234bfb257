"""`GET reports-due/`: what is expected, and how far it is."""

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics, serializers

from coordination.reporting.api.reading import narrowed
from coordination.reporting.models import ExpectedReport
from coordination.reporting.models.due import DueStatus, reports_due
from directorates.foundation.reading import Parameters
from directorates.models import Organisation
from directorates.permissions import open_to_members


class ReportDueSerializer(serializers.Serializer[ExpectedReport]):
    """An expected report."""

    template = serializers.CharField(source="template.code")
    version = serializers.IntegerField(allow_null=True)
    facility = serializers.CharField(source="facility.code")
    period = serializers.CharField(source="period.id")
    reporter = serializers.CharField(source="reporter.code")
    status = serializers.ChoiceField(choices=DueStatus.choices)
    due = serializers.DateField()
    days_late = serializers.IntegerField()
    submission = serializers.UUIDField(source="submission_id", allow_null=True)


@extend_schema_view(
    get=extend_schema(
        operation_id="reports_due",
        parameters=[
            OpenApiParameter("period"),
            OpenApiParameter("facility"),
            OpenApiParameter("status", enum=DueStatus.values),
            OpenApiParameter("template"),
            OpenApiParameter("reporter"),
            OpenApiParameter("place"),
        ],
    )
)
class ReportsDue(generics.ListAPIView[ExpectedReport]):
    """Expected reports, the longest due first."""

    serializer_class = ReportDueSerializer

    def get_queryset(self) -> QuerySet[ExpectedReport]:
        """The expected reports asked for."""
        user = self.request.user
        parameters = Parameters(self.request.query_params)
        rows = narrowed(reports_due(user, timezone.localdate()), parameters, user)
        reporter = parameters.one("reporter", open_to_members(user, Organisation.objects.all()))
        status = parameters.choice("status", DueStatus.values)
        parameters.done()
        wanted = {"reporter": reporter, "status": status}
        return rows.filter(**{key: value for key, value in wanted.items() if value})
