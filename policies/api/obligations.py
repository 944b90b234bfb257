"""`GET obligations/`: what parties owe by agreements that came into force, and what was said of it."""

from typing import Any, cast

from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework import serializers as rest
from rest_framework.request import Request
from rest_framework.response import Response

from directorates.foundation.reading import Parameters
from directorates.models import Organisation, User
from directorates.permissions import Permission, require
from policies.api.agreements import ObligationSerializer
from policies.models import Obligation, ObligationState


class OwedSerializer(ObligationSerializer):
    """An obligation with the agreement by which it is owed."""

    agreement = rest.IntegerField(help_text="The id of the agreement.")


def _told(one: Obligation) -> dict[str, Any]:
    """An obligation, as programs read it."""
    return {
        "id": one.pk,
        "agreement": one.agreement_id,
        "organisation": one.organisation.code,
        "text": {"ar": one.text_ar, "en": one.text_en},
        "due": one.due,
        "status": one.state,
        "overdue": one.is_overdue(timezone.localdate()),
    }


class Obligations(generics.ListAPIView[Obligation]):
    """Obligations of parties, by agreements that hold or held."""

    serializer_class = OwedSerializer
    queryset = Obligation.objects.none()

    @extend_schema(
        operation_id="obligations",
        parameters=[
            OpenApiParameter("organisation", description="The code of whoever owes it."),
            OpenApiParameter("status", enum=ObligationState.values),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The obligations that fit, the first due first."""
        page = self.paginate_queryset(self.get_queryset()) or []
        return self.get_paginated_response([_told(one) for one in page])

    def get_queryset(self) -> Any:
        """Those of an organisation and in a state, where these are named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_POLICIES)
        parameters = Parameters(self.request.query_params)
        organisation = parameters.one("organisation", Organisation.objects.all())
        status = parameters.choice("status", ObligationState.values)
        parameters.done()
        rows = Obligation.objects.visible_to(user).owed(timezone.localdate())
        rows = rows.filter(organisation=organisation) if organisation else rows
        rows = rows.open() if status == ObligationState.OPEN else rows.said(status) if status else rows
        return rows.named().due_first()
