"""`submissions/`: sending reports, reading them, changing drafts, and the deeds of a review."""

import json
import uuid
from collections.abc import Callable
from typing import cast

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import generics
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.filing import file_here, first_event
from coordination.reporting.actions.requests import Answer, once
from coordination.reporting.actions.reviews import approve, reopen, send_back
from coordination.reporting.actions.submissions import save_draft, submit
from coordination.reporting.api.reading import given_answers, narrowed, report_in
from coordination.reporting.api.shapes import (
    ChangedValuesSerializer,
    NewSubmissionSerializer,
    NoteSerializer,
    ReasonSerializer,
    SubmissionRowSerializer,
    SubmissionSerializer,
    described,
    row_of,
    submission_of,
)
from coordination.reporting.models import Submission
from coordination.reporting.models.submissions import Status
from directorates.audit import record_reading
from directorates.foundation.problems import Problem
from directorates.foundation.reading import Body, Parameters
from directorates.models import User

KEY = OpenApiParameter("Idempotency-Key", location="header", required=True, description="A UUID, new for every report.")
MATCH = OpenApiParameter(
    "If-Match", location="header", required=True, description="The ETag of the submission that was read."
)
FILTERS = [
    OpenApiParameter("template"),
    OpenApiParameter("period"),
    OpenApiParameter("facility"),
    OpenApiParameter("status", enum=Status.values),
    OpenApiParameter("place"),
]


class Submissions(generics.GenericAPIView[Submission]):
    """Reports that one may read, and new ones."""

    @extend_schema(operation_id="submissions", parameters=FILTERS, responses=SubmissionRowSerializer(many=True))
    def get(self, request: Request) -> Response:
        """A page of submissions without their values, the last changed first."""
        parameters = Parameters(request.query_params)
        rows = narrowed(Submission.objects.visible_to(request.user), parameters, request.user)
        status = parameters.choice("status", Status.values)
        parameters.done()
        page = self.paginate_queryset(described(rows.filter(status=status) if status else rows))
        return self.get_paginated_response([row_of(submission, request.user) for submission in page or ()])

    @extend_schema(
        operation_id="submissions_create",
        parameters=[KEY],
        request=NewSubmissionSerializer,
        responses={201: SubmissionSerializer},
    )
    def post(self, request: Request) -> HttpResponse:
        """Keep a report as a draft or send it; the same key and body get the same answer again."""
        by, at = cast("User", request.user), timezone.now()

        def effect() -> Answer:
            report = report_in(request.data, by, at)
            filed = file_here(
                by=by,
                filing=report.filing,
                standing=report.standing,
                answers=report.answers,
                send=report.send,
                at=at,
            )
            text = json.dumps(submission_of(filed, by, [first_event(filed, by)]), ensure_ascii=False)
            headers = {"ETag": etag(filed), "Location": f"{request.path}{filed.pk}/"}
            return Answer(201, text, headers)

        key = request.headers.get("Idempotency-Key", "")
        answer = once(by=by, key=key, content=request.data, at=at, effect=effect)
        return HttpResponse(answer.text, status=answer.status, content_type="application/json", headers=answer.headers)


class OneSubmission(APIView):
    """One report."""

    @extend_schema(operation_id="submission", responses=SubmissionSerializer)
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """The submission, with the ETag that a change needs."""
        return shown(request, pk, reading=True)

    @extend_schema(
        operation_id="submission_change",
        parameters=[MATCH],
        request=ChangedValuesSerializer,
        responses=SubmissionSerializer,
    )
    def patch(self, request: Request, pk: uuid.UUID) -> Response:
        """Change answers of a draft, by element and category; `"state": "blank"` empties."""
        submission = visible(request, pk)
        seen = edition_in(request.headers.get("If-Match"))
        body = Body(request.data, ("values",))
        answers = given_answers(body)
        body.done()
        by = cast("User", request.user)
        save_draft(by=by, submission=submission, answers=answers, seen=seen, at=timezone.now(), strict=True)
        return shown(request, pk)


class Deed(APIView):
    """Something that is done to a report."""

    takes: tuple[str, ...] = ()
    act: Callable[..., Submission]

    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Do it, and show the submission as it stands then."""
        submission = visible(request, pk)
        body = Body({} if is_absent(request) else request.data, self.takes)
        words = {name: body.text(name) for name in self.takes}
        body.done()
        type(self).act(by=request.user, submission=submission, at=timezone.now(), **words)
        return shown(request, pk)


@extend_schema_view(post=extend_schema(operation_id="submission_submit", request=None, responses=SubmissionSerializer))
class Submit(Deed):
    """Send a draft, or a report that was sent back."""

    act = staticmethod(submit)


@extend_schema_view(
    post=extend_schema(operation_id="submission_approve", request=NoteSerializer, responses=SubmissionSerializer)
)
class Approve(Deed):
    """Approve a report."""

    takes = ("note",)
    act = staticmethod(approve)


@extend_schema_view(
    post=extend_schema(operation_id="submission_send_back", request=ReasonSerializer, responses=SubmissionSerializer)
)
class SendBack(Deed):
    """Send a report back for correction, with a reason."""

    takes = ("reason",)
    act = staticmethod(send_back)


@extend_schema_view(
    post=extend_schema(operation_id="submission_reopen", request=ReasonSerializer, responses=SubmissionSerializer)
)
class Reopen(Deed):
    """Take an approved report out of the figures, with a reason."""

    takes = ("reason",)
    act = staticmethod(reopen)


def visible(request: Request, pk: uuid.UUID, rows: QuerySet[Submission] | None = None) -> Submission:
    """The submission if the caller may read it, the same 404 otherwise."""
    found = (Submission.objects.all() if rows is None else rows).visible_to(request.user).filter(pk=pk).first()  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    return found


def shown(request: Request, pk: uuid.UUID, *, reading: bool = False) -> Response:
    """The submission as it stands now, with its ETag; a mere reading is recorded, a deed was."""
    submission = visible(request, pk, described(Submission.objects.all()))
    if reading and isinstance(request.user, User):
        record_reading(request.user, submission, *submission.owners())
    return Response(submission_of(submission, request.user), headers={"ETag": etag(submission)})


def etag(submission: Submission) -> str:
    """The edition as a tag."""
    return f'"{submission.edition}"'


def is_absent(request: Request) -> bool:
    """Whether the request has no body at all; one that is empty in JSON is a body of a wrong type."""
    return not int(request.META.get("CONTENT_LENGTH") or 0)


def edition_in(header: str | None) -> int | None:
    """The edition that the caller has read; None for `*`, whichever it is."""
    if not header:
        detail = _("The header If-Match is required: the ETag of the report as it was read.")
        raise Problem("precondition_required", detail, 428)
    tag = header.strip().removeprefix("W/").strip('"')
    if tag == "*":
        return None
    return int(tag) if tag.isdecimal() and tag.isascii() and len(tag) < 10 else -1
