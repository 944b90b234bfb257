"""`editions/{id}/errata/`: what the custodian says beside a published edition, and what counts otherwise since."""

from typing import Any, cast

from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.actions.errata import publish_erratum
from coordination.reporting.models import Edition, Erratum
from coordination.reporting.models.errata import changed_since, least_told
from directorates.foundation.problems import Fault, Problem
from directorates.foundation.reading import Body
from directorates.models import User
from directorates.permissions import Permission, require

LANGUAGES = ("ar", "en")


class ErratumTextSerializer(serializers.Serializer[Any]):
    """The text in both languages."""

    ar = serializers.CharField()
    en = serializers.CharField()


class ErratumSerializer(serializers.Serializer[Erratum]):
    """An erratum of a published edition."""

    number = serializers.IntegerField()
    at = serializers.DateTimeField()
    publisher = serializers.CharField(source="acting.code")
    text = serializers.SerializerMethodField()

    @extend_schema_field(ErratumTextSerializer)
    def get_text(self, row: Erratum) -> dict[str, str]:
        """The text in both languages."""
        return {"ar": row.text_ar, "en": row.text_en}


class OtherwiseSerializer(serializers.Serializer[Any]):
    """How many reports of a directorate, as the edition counted them, count otherwise since; null: fewer than `least`."""

    directorate = serializers.CharField(source="directorate.code", allow_null=True, default=None)
    reports = serializers.IntegerField(allow_null=True)


class ErrataSerializer(serializers.Serializer[Any]):
    """Errata in their order, and what changed since the edition was published, which itself never changes."""

    results = ErratumSerializer(many=True)
    least = serializers.IntegerField()
    changed = OtherwiseSerializer(many=True)


class NewErratumSerializer(serializers.Serializer[Any]):
    """A new erratum."""

    text = ErratumTextSerializer()


def errata_of(user: User, edition: Edition) -> dict[str, Any]:
    """What programs read of errata and changes of an edition."""
    rows = Erratum.objects.published().filter(edition=edition).select_related("acting")
    return {
        "results": [ErratumSerializer(row).data for row in rows],
        "least": least_told(edition.limits),
        "changed": [OtherwiseSerializer(one).data for one in changed_since(user, edition)],
    }


def _edition(request: Request, pk: int) -> Edition:
    user = cast("User", request.user)
    require(user, Permission.VIEW_EDITIONS)
    found = Edition.objects.visible_to(user).named().filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


class Errata(APIView):
    """The errata of an edition."""

    @extend_schema(operation_id="errata", responses=ErrataSerializer)
    def get(self, request: Request, pk: int) -> Response:
        """What was said beside it, and how much counts otherwise since."""
        return Response(errata_of(cast("User", request.user), _edition(request, pk)))

    @extend_schema(operation_id="errata_create", request=NewErratumSerializer, responses={201: ErratumSerializer})
    def post(self, request: Request, pk: int) -> Response:
        """Append an erratum in both languages; the same as the last one changes nothing and gets the same answer."""
        by, edition = cast("User", request.user), _edition(request, pk)
        require(by, Permission.PUBLISH_EDITIONS, edition.template)
        body = Body(request.data, ("text",))
        given = body.given.get("text")
        texts = Body(given if isinstance(given, dict) else {}, LANGUAGES)
        text_ar, text_en = (texts.text(name) for name in LANGUAGES)
        body.faults += [Fault(f"text.{one.field}", one.code, one.message) for one in texts.faults]
        body.done()
        try:
            made = publish_erratum(by=by, edition=edition, text_ar=text_ar, text_en=text_en, at=timezone.now())
        except Problem as problem:
            problem.errors = [
                Fault(one.field.replace("text_", "text."), one.code, one.message) for one in problem.errors
            ]
            raise
        return Response(ErratumSerializer(made).data, status=201)
