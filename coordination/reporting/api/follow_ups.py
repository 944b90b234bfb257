"""`follow-ups/`: questions about values of reports, and what is said about them."""

from collections.abc import Callable
from typing import Any, cast

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.follow_ups import (
    answer,
    ask_about,
    ask_again,
    demand_answering,
    demand_asking,
    demand_settling,
    settle_follow_up,
)
from coordination.reporting.api.reading import narrowed
from coordination.reporting.models import FollowUp, FollowUpWord, Submission
from coordination.reporting.models.follow_ups import SETTLED, FollowUpDeed, FollowUpState
from coordination.reporting.models.specifications import specification_of
from directorates.audit import record_reading
from directorates.foundation.reading import Body, Parameters
from directorates.models import User
from directorates.permissions import Permission, require


class FollowUpWordSerializer(serializers.Serializer[FollowUpWord]):
    """Something that was said."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=FollowUpDeed.choices)
    organisation = serializers.CharField(source="acting.code")
    text = serializers.CharField()
    at = serializers.DateTimeField()


class FollowUpRowSerializer(serializers.Serializer[FollowUp]):
    """A question about a value, without what was said."""

    id = serializers.IntegerField()
    submission = serializers.UUIDField(source="submission_id")
    template = serializers.CharField(source="submission.template.code")
    facility = serializers.CharField(source="submission.facility.code")
    period = serializers.CharField(source="submission.period.id")
    reporter = serializers.CharField(source="submission.reporter.code")
    element = serializers.CharField(source="element.code", allow_null=True, default=None)
    category = serializers.CharField(source="category.code", allow_null=True, default=None)
    status = serializers.ChoiceField(source="state", choices=FollowUpState.choices)
    organisation = serializers.CharField(source="acting.code", help_text="Who asked.")
    asked = serializers.DateTimeField(source="opened")
    answered = serializers.DateTimeField(allow_null=True)
    settled = serializers.DateTimeField(allow_null=True)


class FollowUpSerializer(FollowUpRowSerializer):
    """A question with its conversation."""

    changed = serializers.BooleanField(help_text="Whether the report gives another value by now.")
    words = FollowUpWordSerializer(many=True, source="said")


class QuestionSerializer(serializers.Serializer[Any]):
    """A question."""

    element = serializers.CharField()
    category = serializers.CharField(required=False, allow_null=True)
    question = serializers.CharField()


class SaidSerializer(serializers.Serializer[Any]):
    """An answer, or a question asked again."""

    text = serializers.CharField()


class OutcomeSerializer(serializers.Serializer[Any]):
    """What it came to."""

    outcome = serializers.ChoiceField(choices=[(state.value, state.label) for state in SETTLED])
    text = serializers.CharField(required=False)
    seen = serializers.IntegerField(required=False, help_text="The id of the last word that was read.")


def _shape(found: FollowUp) -> Response:
    """The answer: the question as it stands."""
    held = FollowUp.objects.named().get(pk=found.pk)
    held.said = list(held.words.select_related("acting").order_by("pk"))  # type: ignore[attr-defined]
    return Response(FollowUpSerializer(held).data)


class FollowUps(generics.ListAPIView[FollowUp]):
    """Questions about values."""

    serializer_class = FollowUpRowSerializer
    queryset = FollowUp.objects.none()

    @extend_schema(
        operation_id="follow_ups",
        parameters=[
            *(OpenApiParameter(name) for name in ("template", "period", "facility", "place")),
            OpenApiParameter("status", enum=FollowUpState.values),
            OpenApiParameter("waiting", enum=["yes"], description="Only those that wait for the caller."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Those about reports that are open to the caller, the last asked first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """The questions asked for."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_REPORTS)
        parameters = Parameters(self.request.query_params)
        reports = narrowed(Submission.objects.visible_to(user), parameters, user)
        status = parameters.choice("status", FollowUpState.values)
        waiting = parameters.choice("waiting", ("yes",))
        parameters.done()
        rows = FollowUp.objects.visible_to(user).filter(submission__in=reports.order_by().values("pk"))
        rows = rows.filter(state=status) if status else rows
        rows = rows.waiting_for(user) if waiting else rows
        return rows.named().order_by("-opened", "-pk")


def _found(request: Request, pk: int) -> FollowUp:
    """The question if the caller may see its report, the same 404 otherwise."""
    found = FollowUp.objects.visible_to(cast("User", request.user)).named().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class OneFollowUp(APIView):
    """One question."""

    @extend_schema(operation_id="follow_up", responses=FollowUpSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The question with everything that was said."""
        found = _found(request, pk)
        record_reading(cast("User", request.user), found.submission, *found.submission.owners())
        return _shape(found)


class Ask(APIView):
    """Asking about a value of a report."""

    @extend_schema(operation_id="submission_ask", request=QuestionSerializer, responses=FollowUpSerializer)
    def post(self, request: Request, pk: str) -> Response:
        """Ask; the same question again answers with the one that is open."""
        user = cast("User", request.user)
        report = Submission.objects.visible_to(user).select_related("version", "template").filter(pk=pk).first()
        if report is None:
            raise Http404
        require(user, Permission.FOLLOW_UP_REPORTS, report)
        body = Body(request.data, ("element", "category", "question"))
        element, category = body.text("element", required=True), body.text("category")
        question = body.text("question", required=True)
        slot = specification_of(report.version).slots.get((element, category or None))
        if element and slot is None:
            body.unknown("element" if not category else "category", category or element)
        body.done()
        return _shape(ask_about(by=user, submission=report, slot=slot or "", question=question, at=timezone.now()))


class Answer(APIView):
    """Answering for the reporter."""

    @extend_schema(operation_id="follow_up_answer", request=SaidSerializer, responses=FollowUpSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Answer; the same again changes nothing."""
        deed = _deed(request, pk, demand_answering)
        return _shape(answer(text=_text(request), **deed))


class AskAgain(APIView):
    """Asking once more."""

    @extend_schema(operation_id="follow_up_again", request=SaidSerializer, responses=FollowUpSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Ask again; it waits for the reporter."""
        deed = _deed(request, pk, demand_asking)
        return _shape(ask_again(text=_text(request), **deed))


class SettleFollowUp(APIView):
    """Settling what was asked."""

    @extend_schema(operation_id="follow_up_settle", request=OutcomeSerializer, responses=FollowUpSerializer)
    def post(self, request: Request, pk: int) -> Response:
        """Settle it; settled alike before, nothing changes."""
        deed = _deed(request, pk, demand_settling)
        body = Body(request.data, ("outcome", "text", "seen"))
        outcome, text = body.text("outcome", required=True), body.text("text")
        seen = body.given.get("seen")
        if seen is not None and type(seen) is not int:
            body.unknown("seen", seen)
        body.done()
        return _shape(settle_follow_up(outcome=outcome, text=text, seen=seen, **deed))


def _deed(request: Request, pk: int, demand: Callable[..., None]) -> dict[str, Any]:
    """Who does it with what, now; the right is asked for before anything is read."""
    given = {"by": cast("User", request.user), "follow_up": _found(request, pk)}
    demand(**given)
    return given | {"at": timezone.now()}


def _text(request: Request) -> str:
    """The text of a body."""
    body = Body(request.data, ("text",))
    text = body.text("text", required=True)
    body.done()
    return text
