"""`GET editions/` and `GET editions/{id}/`: published figures, with what is hidden in them hidden."""

from typing import Any, cast

from django.http import Http404
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coordination.reporting.api.contested import ContestedSerializer
from coordination.reporting.api.errata import ErrataSerializer, errata_of
from coordination.reporting.api.figures import exchanged
from coordination.reporting.models import Edition, Element, ReportTemplate
from coordination.reporting.models.contested import contested_in
from coordination.reporting.models.editions import EditionFigure, figures_of
from coordination.reporting.models.figures import LEVELS
from coordination.reporting.models.verifications import made_of
from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.models.places import Level
from directorates.permissions import Permission, require

PLACE_LEVELS = {name: level for name, level in LEVELS.items() if level <= Level.SUBDISTRICT}


class EditionSerializer(serializers.Serializer[Any]):
    """An edition: what was published, and under which limits its figures are hidden."""

    id = serializers.IntegerField(source="pk")
    template = serializers.CharField(source="template.code")
    period = serializers.CharField(source="period.id")
    published = serializers.DateTimeField(source="at")
    publisher = serializers.CharField(source="acting.code")
    reports = serializers.IntegerField()
    smallest = serializers.IntegerField()
    facilities = serializers.IntegerField()
    share = serializers.IntegerField()


class EditionFigureSerializer(serializers.Serializer[Any]):
    """One figure; `value` is null where it is hidden, categories stand beside the whole (null)."""

    place = serializers.CharField()
    element = serializers.CharField()
    category = serializers.CharField(allow_null=True)
    value = serializers.CharField(allow_null=True)
    hidden = serializers.BooleanField()


class VerificationSerializer(serializers.Serializer[Any]):
    """How the last verification went: when every figure was made again, and how many things were not as published."""

    at = serializers.DateTimeField()
    figures = serializers.IntegerField()
    faults = serializers.IntegerField()


class InputsSerializer(serializers.Serializer[Any]):
    """What an edition was made of, in counts and hashes (SHA-256), and the head of the record when it was published."""

    counted = serializers.IntegerField()
    set_aside = serializers.IntegerField()
    digest = serializers.CharField(source="inputs.digest")
    figures_digest = serializers.CharField(source="inputs.figures_digest")
    code_version = serializers.CharField(source="inputs.code_version")
    code_digest = serializers.CharField(source="inputs.code_digest")
    head = serializers.CharField(source="inputs.head")
    verified = VerificationSerializer(source="last", allow_null=True)


class OneEditionSerializer(EditionSerializer):
    """An edition with its figures at one level."""

    corrects = serializers.IntegerField(source="corrects_id", allow_null=True)
    corrected_by = serializers.IntegerField(allow_null=True, help_text="The edition that corrects it.")
    inputs = InputsSerializer(allow_null=True, help_text="Null where it was published before inputs were kept.")
    results = EditionFigureSerializer(many=True)
    disputes = ContestedSerializer(many=True, help_text="As far as they were known when it was published.")
    errata = ErrataSerializer(help_text="What was said beside it since, and how much counts otherwise.")


class Editions(generics.ListAPIView[Edition]):
    """Published editions, the latest period first."""

    serializer_class = EditionSerializer
    queryset = Edition.objects.none()

    @extend_schema(operation_id="editions", parameters=[OpenApiParameter("template", description="Its code.")])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The editions that are open to the caller."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those of one template, where one is named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_EDITIONS)
        parameters = Parameters(self.request.query_params)
        template = parameters.one("template", ReportTemplate.objects.visible_to(user))
        parameters.done()
        rows = Edition.objects.visible_to(user).named()
        return rows.filter(template=template) if template else rows


class OneEdition(APIView):
    """One edition with its figures."""

    @extend_schema(
        operation_id="edition",
        parameters=[
            OpenApiParameter("level", enum=list(PLACE_LEVELS), description="Without it, the country."),
            OpenApiParameter("element", description="One element only."),
        ],
        responses=OneEditionSerializer,
    )
    def get(self, request: Request, pk: int) -> Response:
        """The figures of an edition at a level."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_EDITIONS)
        edition = Edition.objects.visible_to(user).named().filter(pk=pk).first()
        if edition is None:
            raise Http404
        parameters = Parameters(request.query_params)
        level = parameters.choice("level", PLACE_LEVELS)
        element = parameters.one("element", Element.objects.filter(pk__in=edition.figures.values("element")))
        parameters.done()
        places = list(edition.open_places(user).filter(level=PLACE_LEVELS[level or "country"]))
        rows = figures_of(edition, places)
        shown = rows.filter(element=element) if element else rows
        disputes = contested_in(user, edition)
        told = {
            "corrects": edition.corrects_id,
            "corrected_by": edition.corrections.published().values_list("pk", flat=True).first(),
            "inputs": InputsSerializer(made).data if (made := made_of(edition)) else None,
            "results": [_figure(row) for row in shown],
            "disputes": ContestedSerializer(disputes, many=True).data,
            "errata": errata_of(user, edition),
        }
        return Response(EditionSerializer(edition).data | told)


def _figure(row: EditionFigure) -> dict[str, Any]:
    """A figure, as programs read it."""
    return {
        "place": row.place.code,
        "element": row.element.code,
        "category": row.category.code if row.category else None,
        "value": exchanged(row.value),
        "hidden": row.hidden,
    }
