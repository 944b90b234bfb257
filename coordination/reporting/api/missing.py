"""`missing/` and `missing/files/{id}/`: reports that did not come, what is said of why and what shows it, and saying it."""

from collections.abc import Sequence
from typing import Any, cast

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.missing import MOST_FILES, File, explain, open_evidence, take_back
from coordination.reporting.api.reading import narrowed, period_in
from coordination.reporting.models import ExpectedReport, ExplainedReport, Explanation, MissingEvidence, ReportTemplate
from coordination.reporting.models.extensions import Key, key_of
from coordination.reporting.models.missing import (
    MissingReason,
    Side,
    Words,
    explainable,
    not_received,
    texts_in,
    with_reasons,
    words_of,
)
from coordination.reporting.rules.missing import Reason
from coordination.reporting.rules.periods import Period, PeriodType
from directorates.audit import record_readings
from directorates.foundation.attachments import WORDS
from directorates.foundation.pages import file_to_keep
from directorates.foundation.problems import Problem
from directorates.foundation.reading import Body, Parameters, by_code, shown
from directorates.models import Organisation, Place, User
from directorates.models.places import beneath
from directorates.permissions import Permission, Refused, may, open_to_members, require
from directorates.rules.attached import MEGABYTE, MOST_BYTES
from facilities.models import Facility

AT_ONCE = 5000
NAMES = ("template", "period", "until", "facility", "place", "reporter", "reason", "text")
FILES = "files"


class MissingFileSerializer(serializers.Serializer[Any]):
    """A file that shows what was said; `missing/files/{id}/` opens it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    type = serializers.CharField(source="content_type")
    size = serializers.IntegerField(help_text="In bytes.")


class MissingWordSerializer(serializers.Serializer[ExplainedReport]):
    """What one side says now of why a report did not come."""

    side = serializers.ChoiceField(choices=Side.choices)
    organisation = serializers.CharField(source="explanation.body.code")
    reason = serializers.ChoiceField(choices=MissingReason.choices)
    text = serializers.CharField(source="explanation.text")
    at = serializers.DateTimeField(source="explanation.at")
    files = MissingFileSerializer(source="explanation.files", many=True)


class MissingReportSerializer(serializers.Serializer[ExpectedReport]):
    """A report that was expected and did not come; of `reasons` the first decides."""

    template = serializers.CharField(source="template.code")
    facility = serializers.CharField(source="facility.code")
    period = serializers.CharField(source="period.id")
    reporter = serializers.CharField(source="reporter.code")
    directorate = serializers.CharField(source="directorate.code")
    due = serializers.DateField()
    excused = serializers.SerializerMethodField()
    reasons = serializers.SerializerMethodField()

    def _words(self, row: ExpectedReport) -> Words:
        held: dict[Key, Words] = self.context["words"]
        return held.get(key_of(row), Words())

    def get_excused(self, row: ExpectedReport) -> bool:
        """Whether it is excused while it does not come."""
        return self._words(row).excused

    @extend_schema_field(MissingWordSerializer(many=True))
    def get_reasons(self, row: ExpectedReport) -> Any:
        """What both sides say, the one that decides first."""
        return [MissingWordSerializer(word).data for word in self._words(row).standing]


class ExplainSerializer(serializers.Serializer[Any]):
    """Which missing reports, of a facility or a place, from a period to another, and why; `reason` null takes back."""

    template = serializers.CharField()
    period = serializers.CharField()
    until = serializers.CharField(required=False)
    facility = serializers.CharField(required=False)
    place = serializers.CharField(required=False)
    reporter = serializers.CharField(required=False)
    reason = serializers.ChoiceField(choices=MissingReason.choices, allow_null=True)
    text = serializers.CharField(required=False)


class ExplainWithFilesSerializer(ExplainSerializer):
    """The same as a form, with pictures (JPEG, PNG) or PDFs that show it."""

    reason = serializers.ChoiceField(choices=MissingReason.choices)
    files = serializers.ListField(child=serializers.FileField(), required=False, max_length=MOST_FILES)


class ExplainedSerializer(serializers.Serializer[Any]):
    """Of how many reports this was said anew, how many had it said already, how many have come meanwhile."""

    done = serializers.IntegerField()
    same = serializers.IntegerField()
    received = serializers.IntegerField()


class Missing(generics.ListAPIView[ExpectedReport]):
    """Missing reports, the longest due first."""

    serializer_class = MissingReportSerializer
    queryset = ExpectedReport.objects.none()
    # Files come as a form sends them; a body in JSON says the same without any.
    parser_classes = (MultiPartParser, *APIView.parser_classes)

    @extend_schema(
        operation_id="missing",
        parameters=[
            *(OpenApiParameter(name) for name in ("template", "period", "facility", "place", "reporter")),
            OpenApiParameter("reason", enum=MissingReason.values, description="The reason that counts."),
            OpenApiParameter("excused", enum=["yes", "no"]),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The missing reports that are open to the caller, with what is said of each."""
        page = self.paginate_queryset(self.get_queryset()) or []
        words = words_of(page, ExplainedReport.objects.with_texts()) if page else {}
        told = (word for held in words.values() for word in held.standing)
        record_readings(cast("User", request.user), texts_in(told))
        rows = [MissingReportSerializer(row, context={"words": words}).data for row in page]
        return self.get_paginated_response(rows)

    def get_queryset(self) -> QuerySet[Any]:
        """The missing reports asked for."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_REPORTS)
        parameters = Parameters(self.request.query_params)
        rows = with_reasons(not_received(ExpectedReport.objects.visible_to(user)))
        rows = narrowed(rows, parameters, user)
        reporter = parameters.one("reporter", open_to_members(user, Organisation.objects.all()))
        reason = parameters.choice("reason", MissingReason.values)
        excused = parameters.choice("excused", ("yes", "no"))
        parameters.done()
        rows = rows.filter(reporter=reporter) if reporter else rows
        rows = rows.filter(ruling=reason) if reason else rows
        if excused is not None:
            without = {"ruling__in": ("", Reason.NOT_EXCUSED)}
            rows = rows.filter(**without) if excused == "no" else rows.exclude(**without)
        return rows.select_related("template", "facility", "reporter", "directorate").order_by("due", "pk")

    @extend_schema(
        operation_id="missing_explain",
        request={"application/json": ExplainSerializer, "multipart/form-data": ExplainWithFilesSerializer},
        responses=ExplainedSerializer,
    )
    def post(self, request: Request) -> Response:
        """Say why reports did not come, with what shows it, or take it back; the same again changes nothing."""
        by = cast("User", request.user)
        if not may(by, Permission.REVIEW_REPORTS):
            require(by, Permission.SUBMIT_REPORTS)
        body = Body(request.data, (*NAMES, FILES) if request.FILES else NAMES)
        reason, text, files = _reason_in(body), body.text("text"), _files_in(request, body)
        rows = _named_in(body, by)
        at = timezone.now()
        if reason:
            done = explain(by=by, expected=rows, reason=reason, text=text, files=files, at=at)
        else:
            done = take_back(by=by, expected=rows, text=text, at=at)
        return Response({"done": len(done.done), "same": done.same, "received": done.received})


class MissingFile(APIView):
    """A file that shows why reports did not come."""

    @extend_schema(
        operation_id="missing_file",
        responses={200: OpenApiResponse(OpenApiTypes.BINARY, description="The file.")},
    )
    def get(self, request: Request, number: int) -> HttpResponse:
        """The file itself; the record of whoever gave it says who opened it."""
        by = cast("User", request.user)
        rows = MissingEvidence.objects.filter(about__in=Explanation.objects.visible_to(by))
        found = rows.filter(pk=number).first()
        if found is None:
            raise Http404
        return file_to_keep(found.name, found.content_type, open_evidence(by=by, evidence=found))


def _files_in(request: Request, body: Body) -> list[File]:
    """The files of a form, with what is told before any is looked at; further faults of theirs are told by the action."""
    given = request.FILES.getlist(FILES)
    if given and not body.text("reason"):
        body.fault(FILES, "not_asked", _("Files show a reason; what is taken back needs none."))
    for file in given[: MOST_FILES + 1]:
        if (file.size or 0) > MOST_BYTES:
            words = str(WORDS["large"]) % {"most": MOST_BYTES // MEGABYTE}
            body.fault(FILES, "large", f"{shown(file.name)}: {words}")
    # One more than is taken is enough to tell that there are too many.
    return [] if body.faults else [(str(file.name), file.read()) for file in given[: MOST_FILES + 1]]


def _reason_in(body: Body) -> str:
    """The reason; empty where null takes back what was said."""
    if "reason" in body.given and body.given["reason"] is None:
        return ""
    reason = body.text("reason", required=True)
    if reason and reason not in MissingReason.values:
        body.unknown("reason", reason)
    return reason


def _named_in(body: Body, by: User) -> Sequence[ExpectedReport]:
    """The missing reports that a body names, as far as they are the caller's to explain; every fault is told at once."""
    template = _one(body, "template", ReportTemplate.objects.visible_to(by), required=True)
    facility = _one(body, "facility", Facility.objects.visible_to(by))
    place = _one(body, "place", open_to_members(by, Place.objects.all()))
    reporter = _one(body, "reporter", open_to_members(by, Organisation.objects.all()))
    first, last = _periods_in(body, template)
    if not body.text("facility") and not body.text("place"):
        body.fault(
            "facility", "required", _("A facility or a place is needed: a reason is never given for everything.")
        )
    body.done()
    if template is None or first is None or last is None:
        raise AssertionError("whatever is missing was told")
    rows = ExpectedReport.objects.filter(template=template, period_start__range=(first.start, last.last_day))
    rows = rows.filter(facility=facility) if facility else rows
    rows = rows.filter(beneath(place.path, "place_path")) if place else rows
    rows = rows.filter(reporter=reporter) if reporter else rows
    return _demand_theirs(by, rows)


def _one(body: Body, name: str, rows: QuerySet[Any], *, required: bool = False) -> Any:
    """The thing that a name in the body names by its code."""
    given = body.text(name, required=required)
    found = by_code(rows, given) if given else None
    if given and found is None:
        body.unknown(name, given)
    return found


def _periods_in(body: Body, template: ReportTemplate | None) -> tuple[Period | None, Period | None]:
    """The first and the last period, of the template's type; one that ends before it begins is a fault."""
    kind = PeriodType(template.period_type) if template else None
    first = period_in(body, body.text("period", required=True), kind)
    before = len(body.faults)
    last = period_in(body, body.text("until"), kind)
    for fault in body.faults[before:]:
        body.faults.remove(fault)
        body.fault("until", fault.code, str(fault.message))
    if first and last and last.start < first.start:
        body.fault("until", "too_early", _("This period lies before the first one."))
    return first, last or first


def _demand_theirs(by: User, rows: QuerySet[ExpectedReport]) -> list[ExpectedReport]:
    """Those that are the caller's to explain; refused where they are somebody else's, told where none is missing."""
    mine = explainable(by)
    found = list(rows.filter(pk__in=mine.values("pk"))[: AT_ONCE + 1])
    if len(found) > AT_ONCE:
        words = _("At most %(most)d reports are explained at once.") % {"most": AT_ONCE}
        raise Problem("too_many", words, 400)
    if not found:
        seen = not_received(rows.filter(pk__in=ExpectedReport.objects.visible_to(by).values("pk"))).first()
        if seen is not None:
            raise Refused(Permission.SUBMIT_REPORTS, seen)
        raise Problem("received", _("None of these reports is missing."), 409)
    return found
