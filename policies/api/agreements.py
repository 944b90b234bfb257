"""`GET agreements/` and `GET agreements/{id}/`: agreements that came into force, with their parties, texts and obligations."""

from typing import Any, cast

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directorates.api.names import named
from directorates.foundation.reading import Parameters
from directorates.models import Organisation, User
from directorates.permissions import Permission, require
from policies.api.policies import PolicySectionSerializer, WordsSerializer
from policies.models import (
    Agreement,
    AgreementKind,
    AgreementState,
    AgreementText,
    ObligationState,
    PartyState,
    TextKind,
)
from policies.models.agreements import RULES

# Only what came into force is told by programs.
_SAID = (AgreementState.COMING, AgreementState.IN_FORCE, AgreementState.ENDED, AgreementState.CALLED_OFF)
STATES = [(one.value, one.label) for one in _SAID]
ASKED = {"in_force": "at", "coming": "coming", "over": "over"}


class PartySerializer(serializers.Serializer[Any]):
    """A party: from when until when, when it signed, whether on paper alone; one that objects is counted in nothing."""

    organisation = serializers.CharField()
    status = serializers.ChoiceField(choices=PartyState.choices)
    since = serializers.DateField(allow_null=True)
    until = serializers.DateField(allow_null=True)
    signed = serializers.DateField(allow_null=True)
    on_paper = serializers.BooleanField()


class AgreementSerializer(serializers.Serializer[Any]):
    """An agreement; one that was called off never held."""

    id = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=AgreementKind.choices)
    name = named()
    status = serializers.ChoiceField(choices=STATES)
    keeper = serializers.CharField(source="keeper.code")
    recorded = serializers.BooleanField(help_text="Entered afterwards from a paper.")
    since = serializers.DateField(source="first_day")
    until = serializers.DateField(source="last_day", allow_null=True)
    parties = PartySerializer(many=True)


class AmendmentSerializer(serializers.Serializer[Any]):
    """A text that took force: the original, an amendment, or a renewal with its later last day."""

    number = serializers.IntegerField()
    kind = serializers.ChoiceField(choices=TextKind.choices)
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    why = serializers.CharField()
    renewed_until = serializers.DateField(allow_null=True)


class ObligationSerializer(serializers.Serializer[Any]):
    """What a party owes, and what was said of it last."""

    id = serializers.IntegerField()
    organisation = serializers.CharField()
    text = WordsSerializer()
    due = serializers.DateField(allow_null=True)
    status = serializers.ChoiceField(choices=ObligationState.choices)
    overdue = serializers.BooleanField()


class OneAgreementSerializer(AgreementSerializer):
    """An agreement with the articles that hold, or held last, its texts and its obligations."""

    summary = WordsSerializer()
    comes_into_force = serializers.ChoiceField(choices=[(one.value, words) for one, words in RULES.items()])
    ended_why = serializers.CharField()
    texts = AmendmentSerializer(many=True)
    articles = PolicySectionSerializer(many=True)
    obligations = ObligationSerializer(many=True)


def _rows(user: User) -> Any:
    """What a person may read of agreements that came into force, with all that a row tells."""
    rows = Agreement.objects.visible_to(user).told().select_related("keeper")
    return rows.prefetch_related("parties__organisation", "parties__signatures", "parties__agreement")


def _told(agreement: Agreement) -> dict[str, Any]:
    """An agreement, as programs read it."""
    today = timezone.localdate()
    parties = []
    for one in agreement.parties.all():
        signatures = list(one.signatures.all())
        days = [signature.day for signature in signatures]
        parties.append(
            {
                "organisation": one.organisation.code,
                "status": one.state(today),
                "since": one.first_day,
                "until": one.last_day,
                "signed": min(days, default=None),
                "on_paper": bool(signatures) and all(signature.paper for signature in signatures),
            }
        )
    return {
        "id": agreement.pk,
        "kind": agreement.kind,
        "name": {"ar": agreement.name_ar, "en": agreement.name_en},
        "status": agreement.state(today),
        "keeper": agreement.keeper.code,
        "recorded": agreement.recorded,
        "since": agreement.first_day,
        "until": agreement.last_day,
        "parties": parties,
    }


class Agreements(generics.ListAPIView[Agreement]):
    """Agreements of every time."""

    serializer_class = AgreementSerializer
    queryset = Agreement.objects.none()

    @extend_schema(
        operation_id="agreements",
        parameters=[
            OpenApiParameter("kind", enum=AgreementKind.values),
            OpenApiParameter("organisation", description="The code of a party."),
            OpenApiParameter("status", enum=list(ASKED), description="As it is today."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The agreements that fit, the last begun first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([_told(one) for one in page])

    def get_queryset(self) -> Any:
        """Those of a kind, of a party and in a state, where these are named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_POLICIES)
        parameters = Parameters(self.request.query_params)
        kind = parameters.choice("kind", AgreementKind.values)
        organisation = parameters.one("organisation", Organisation.objects.all())
        status = parameters.choice("status", ASKED)
        parameters.done()
        rows = _rows(user)
        rows = rows.filter(kind=kind) if kind else rows
        rows = rows.with_party(organisation) if organisation else rows
        return getattr(rows, ASKED[status])(timezone.localdate()) if status else rows


class OneAgreement(APIView):
    """One agreement."""

    @extend_schema(operation_id="agreement", responses=OneAgreementSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """The agreement with its articles, texts and obligations."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_POLICIES)
        found = _rows(user).filter(pk=pk).first()
        if found is None:
            raise Http404
        return Response(_told(found) | _whole(user, found))


def _whole(user: User, agreement: Agreement) -> dict[str, Any]:
    """What one agreement tells beyond a row of the list."""
    today = timezone.localdate()
    texts = AgreementText.objects.visible_to(user).filter(agreement=agreement, valid__isnull=False).order_by("number")
    shown = agreement.texts.written().filter(valid__contains=today).first() or agreement.texts.held().first()
    return {
        "summary": {"ar": agreement.summary_ar, "en": agreement.summary_en},
        "comes_into_force": agreement.rule,
        "ended_why": agreement.ended_why,
        "texts": [
            {
                "number": one.number,
                "kind": one.kind,
                "since": one.first_day,
                "until": one.last_day,
                "why": one.why,
                "renewed_until": one.until,
            }
            for one in texts
        ],
        "articles": [
            {
                "anchor": one.anchor,
                "heading": {"ar": one.heading_ar, "en": one.heading_en},
                "text": {"ar": one.text_ar, "en": one.text_en},
            }
            for one in (shown.articles.all() if shown else [])
        ],
        "obligations": [
            {
                "id": one.pk,
                "organisation": one.organisation.code,
                "text": {"ar": one.text_ar, "en": one.text_en},
                "due": one.due,
                "status": one.state,
                "overdue": one.is_overdue(today),
            }
            for one in agreement.obligations.named().due_first()
        ],
    }
