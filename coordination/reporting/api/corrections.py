"""`submissions/{id}/corrections/`: asking for corrections of approved reports, deciding, withdrawing."""

import uuid
from collections.abc import Callable
from typing import Any, cast

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.corrections import (
    accept_correction,
    ask_correction,
    refuse_correction,
    withdraw_correction,
)
from coordination.reporting.api.shapes import NoteSerializer, ReasonSerializer
from coordination.reporting.api.submissions import is_absent, visible
from coordination.reporting.models import CorrectionRequest, Submission
from coordination.reporting.models.corrections import CorrectionState, of_report
from coordination.reporting.models.specifications import specification_of
from coordination.reporting.rules.readings import Said
from directorates.audit import record_reading
from directorates.foundation.problems import Fault
from directorates.foundation.reading import Body
from directorates.models import User
from directorates.permissions import Permission, may, require

MOST_ITEMS = 4000
PARTS = ("element", "category")


class CorrectionItemSerializer(serializers.Serializer[Any]):
    """An item that is wrong; without a category, all of the element's answers."""

    element = serializers.CharField()
    category = serializers.CharField(required=False, allow_null=True)


class CorrectedValueSerializer(serializers.Serializer[Any]):
    """A value as it was, and as it is corrected."""

    element = serializers.CharField()
    category = serializers.CharField(allow_null=True)
    before = serializers.CharField(allow_null=True)
    after = serializers.CharField(allow_null=True)


class CorrectionSerializer(serializers.Serializer[CorrectionRequest]):
    """A correction request; `before` and `after` are numbers of revisions, `after` and `changes` once it is done."""

    number = serializers.IntegerField()
    status = serializers.ChoiceField(source="state", choices=CorrectionState.choices)
    organisation = serializers.CharField(source="acting.code")
    at = serializers.DateTimeField()
    reason = serializers.CharField()
    elements = serializers.SerializerMethodField()
    decided = serializers.DateTimeField(source="decided_at", allow_null=True)
    answer = serializers.CharField(allow_blank=True)
    ended = serializers.DateTimeField(source="ended_at", allow_null=True)
    before = serializers.IntegerField(source="revision.number")
    after = serializers.IntegerField(source="corrected.number", allow_null=True, default=None)
    changes = serializers.SerializerMethodField()

    @extend_schema_field(CorrectionItemSerializer(many=True))
    def get_elements(self, row: CorrectionRequest) -> Any:
        """The items it names."""
        return [{"element": one.code, "category": category and category.code} for one, category in row.items]

    @extend_schema_field(CorrectedValueSerializer(many=True))
    def get_changes(self, row: CorrectionRequest) -> Any:
        """Every value that was corrected."""
        return [
            {
                "element": one.element.code,
                "category": one.category and one.category.code,
                "before": _value(one.first),
                "after": _value(one.second),
            }
            for one in row.changes
        ]


class AskCorrectionSerializer(serializers.Serializer[Any]):
    """What is wrong and why; and which items, where that is known."""

    reason = serializers.CharField()
    elements = CorrectionItemSerializer(many=True, required=False)


def _value(said: Said) -> str | None:
    """A number, a text or a state, as a text."""
    return f"{said.number:f}" if said.number is not None else said.text or said.state or None


class Corrections(APIView):
    """The correction requests of a report."""

    @extend_schema(operation_id="corrections", responses=CorrectionSerializer(many=True))
    def get(self, request: Request, pk: uuid.UUID) -> Response:
        """All of them, the last first; they tell values of the report, so that reading them is on record."""
        user, submission = cast("User", request.user), visible(request, pk)
        rows = [CorrectionSerializer(row).data for row in of_report(submission, user)]
        if rows:
            record_reading(user, submission, *submission.owners())
        return Response(rows)

    @extend_schema(
        operation_id="corrections_create", request=AskCorrectionSerializer, responses={201: CorrectionSerializer}
    )
    def post(self, request: Request, pk: uuid.UUID) -> Response:
        """Ask that the report be corrected; the same again changes nothing and gets the same answer."""
        submission, by = visible(request, pk), cast("User", request.user)
        if not may(by, Permission.SUBMIT_REPORTS, submission):
            require(by, Permission.REVIEW_REPORTS, submission)
        body = Body(request.data, ("reason", "elements"))
        reason, slots = body.text("reason"), _slots_in(body, submission)
        body.done()
        made = ask_correction(by=by, submission=submission, reason=reason, slots=slots, at=timezone.now())
        return Response(CorrectionSerializer(_found(submission, made.number)).data, status=201)


def _slots_in(body: Body, submission: Submission) -> list[str]:
    """The answers that the items name; what the report does not ask is told."""
    asked: dict[str, list[tuple[str | None, str]]] = {}
    for element, (_code, category), slot in specification_of(submission.version).questions():
        asked.setdefault(element.code, []).append((category, slot))
    found = []
    for position, given in enumerate(body.list("elements", MOST_ITEMS)):
        item = Body(given, PARTS)
        code, category = item.text("element", required=True), item.text("category")
        body.faults += [Fault(f"elements[{position}].{f.field}".rstrip("."), f.code, f.message) for f in item.faults]
        slots = [slot for one, slot in asked.get(code, []) if category in ("", one)]
        if code and not slots:
            body.fault(
                f"elements[{position}]",
                "unknown",
                _("The report does not ask this item: %(item)s.") % {"item": code[:60]},
            )
        found += slots
    return found


def _found(submission: Submission, number: int) -> CorrectionRequest:
    row: CorrectionRequest | None = submission.corrections.named().filter(number=number).first()
    if row is None:
        raise Http404
    return row


class CorrectionDeed(APIView):
    """Something that is done to a correction request."""

    takes: tuple[str, ...] = ()
    act: Callable[..., CorrectionRequest]

    def post(self, request: Request, pk: uuid.UUID, number: int) -> Response:
        """Do it, and show the request as it stands then."""
        submission = visible(request, pk)
        held = _found(submission, number)
        body = Body({} if is_absent(request) else request.data, self.takes)
        words = {name: body.text(name) for name in self.takes}
        body.done()
        type(self).act(by=request.user, request=held, at=timezone.now(), **words)
        return Response(CorrectionSerializer(_found(submission, number)).data)


class AcceptCorrection(CorrectionDeed):
    """Give the report back to its reporter; what is approved counts until the corrected one is approved."""

    takes = ("note",)
    act = staticmethod(accept_correction)

    @extend_schema(operation_id="correction_accept", request=NoteSerializer, responses=CorrectionSerializer)
    def post(self, request: Request, pk: uuid.UUID, number: int) -> Response:
        """Accept."""
        return super().post(request, pk, number)


class RefuseCorrection(CorrectionDeed):
    """Let the report stand as it is, with a reason."""

    takes = ("reason",)
    act = staticmethod(refuse_correction)

    @extend_schema(operation_id="correction_refuse", request=ReasonSerializer, responses=CorrectionSerializer)
    def post(self, request: Request, pk: uuid.UUID, number: int) -> Response:
        """Refuse."""
        return super().post(request, pk, number)


class WithdrawCorrection(CorrectionDeed):
    """Take the request back."""

    act = staticmethod(withdraw_correction)

    @extend_schema(operation_id="correction_withdraw", request=None, responses=CorrectionSerializer)
    def post(self, request: Request, pk: uuid.UUID, number: int) -> Response:
        """Withdraw."""
        return super().post(request, pk, number)
