"""`GET policies/` and `GET policies/{code}/`: adopted policies and their texts."""

from typing import Any, cast

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directorates.api.names import named
from directorates.foundation.attachments import ENDINGS
from directorates.foundation.pages import file_to_keep
from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.permissions import Permission, require
from policies.models import Policy, PolicyKind, PolicyPicture, PolicyVersion
from policies.models.pictures import pictures_of


class WordsSerializer(serializers.Serializer[Any]):
    """Words in both languages."""

    ar = serializers.CharField()
    en = serializers.CharField()


class PolicySerializer(serializers.Serializer[Any]):
    """A policy: what it is, and the number of the version that holds today, or null."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(choices=PolicyKind.choices)
    name = named()
    owner = serializers.CharField(source="owner.code")
    current = serializers.IntegerField(allow_null=True)


class PolicySectionSerializer(serializers.Serializer[Any]):
    """A section: its anchor, heading and text in Markdown."""

    anchor = serializers.CharField()
    heading = WordsSerializer()
    text = WordsSerializer()


class PaperSerializer(serializers.Serializer[Any]):
    """A scanned paper that is text of the version."""

    name = serializers.CharField()
    issuer = serializers.CharField()
    reference = serializers.CharField()
    dated = serializers.DateField(allow_null=True)
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(help_text="Of the file as it is kept.")
    url = serializers.CharField(help_text="The address of its file here, for whoever reads the version.")


class PictureSerializer(serializers.Serializer[Any]):
    """A picture of the version: a text shows it by `![](picture:NUMBER)`."""

    number = serializers.IntegerField()
    words = WordsSerializer(help_text="What it shows.")
    type = serializers.CharField(help_text="Its media type.")
    size = serializers.IntegerField(help_text="Bytes.")
    width = serializers.IntegerField()
    height = serializers.IntegerField()
    sha256 = serializers.CharField(help_text="Of the file as it is kept.")
    url = serializers.CharField(help_text="The address of its file here, for whoever reads the version.")


class OnePolicySerializer(PolicySerializer):
    """A policy with the text of one version and when that holds."""

    version = serializers.IntegerField()
    adopted = serializers.DateField()
    basis = serializers.CharField(help_text="By what it was adopted elsewhere; empty where a ballot did.")
    ballot = serializers.IntegerField(allow_null=True, help_text="The ballot that adopted it.")
    since = serializers.DateField(allow_null=True, help_text="Null where it was withdrawn before it ever held.")
    until = serializers.DateField(allow_null=True)
    withdrawn = serializers.CharField(help_text="Why it was withdrawn; empty where it was not.")
    sha256 = serializers.CharField(
        help_text="The hash of the text, as it is verified; the guide says how to reckon it."
    )
    sections = PolicySectionSerializer(many=True)
    papers = PaperSerializer(many=True)
    pictures = PictureSerializer(many=True)


class Policies(generics.ListAPIView[Policy]):
    """Policies that were adopted, whatever became of them."""

    serializer_class = PolicySerializer
    queryset = Policy.objects.none()

    @extend_schema(operation_id="policies", parameters=[OpenApiParameter("kind", enum=PolicyKind.values)])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The policies that are open to the caller."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those of one kind, where one is named; never those that are only drafted."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_POLICIES)
        parameters = Parameters(self.request.query_params)
        kind = parameters.choice("kind", {value: value for value in PolicyKind.values})
        parameters.done()
        rows = _adopted(user)
        return rows.filter(kind=kind) if kind else rows


def _adopted(user: User) -> Any:
    """The adopted policies that a person sees, with the number of what holds today."""
    versions = PolicyVersion.objects.visible_to(user).adopted()
    rows = Policy.objects.visible_to(user).filter(pk__in=versions.values("policy"))
    return rows.with_state(user, timezone.localdate()).select_related("owner")


class OnePolicy(APIView):
    """One policy with a text."""

    @extend_schema(
        operation_id="policy",
        parameters=[
            OpenApiParameter(
                "version", int, description="Without it, the one that holds today, or else the last adopted."
            )
        ],
        responses=OnePolicySerializer,
    )
    def get(self, request: Request, code: str) -> Response:
        """The policy with the text of a version that was adopted."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_POLICIES)
        policy = _adopted(user).filter(code=code).first()
        if policy is None:
            raise Http404
        versions = policy.versions.adopted()
        parameters = Parameters(request.query_params)
        number = parameters.choice("version", {str(one.number): one.number for one in versions})
        parameters.done()
        wanted = number or policy.current or policy.latest
        shown = versions.select_related("policy").prefetch_related("sections").get(number=wanted)
        return Response(PolicySerializer(policy).data | _text(shown))


def _text(version: PolicyVersion) -> dict[str, Any]:
    """A version, as programs read it."""
    return {
        "version": version.number,
        "adopted": version.adopted,
        "basis": version.basis,
        "ballot": version.ballot_id,
        "since": version.first_day,
        "until": version.last_day,
        "withdrawn": version.withdrawn_why,
        "papers": [
            {name: getattr(one, name) for name in ("name", "issuer", "reference", "dated", "size")}
            | {"sha256": one.digest, "url": _address(version, one.digest)}
            for one in version.papers.listed()
        ],
        "pictures": [_picture(version, one) for one in pictures_of(version)],
        "sha256": version.digest,
        "sections": [
            {
                "anchor": one.anchor,
                "heading": {"ar": one.heading_ar, "en": one.heading_en},
                "text": {"ar": one.text_ar, "en": one.text_en},
            }
            for one in version.sections.all()
        ],
    }


def _address(version: PolicyVersion, digest: str) -> str:
    """Where programs find a file of a version."""
    return reverse("api:policy_file", args=[version.policy.code, version.number, digest])


def _picture(version: PolicyVersion, picture: PolicyPicture) -> dict[str, Any]:
    """A picture, as programs read it."""
    return {
        "number": picture.number,
        "words": {"ar": picture.words_ar, "en": picture.words_en},
        "type": picture.content_type,
        "size": picture.size,
        "width": picture.width,
        "height": picture.height,
        "sha256": picture.digest,
        "url": _address(version, picture.digest),
    }


class OnePolicyFile(APIView):
    """A picture or a scanned paper."""

    @extend_schema(
        operation_id="policy_file",
        responses={200: OpenApiResponse(OpenApiTypes.BINARY, description="The file.")},
    )
    def get(self, request: Request, code: str, number: int, digest: str) -> HttpResponse:
        """The content, for whoever reads the version."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_POLICIES)
        version = get_object_or_404(PolicyVersion.objects.visible_to(user), policy__code=code, number=number)
        found = version.pictures.filter(digest=digest).first() or version.papers.filter(digest=digest).first()
        if found is None:
            raise Http404
        name = getattr(found, "name", f"{found.digest}.{ENDINGS[found.content_type]}")
        return file_to_keep(name, found.content_type, bytes(found.content))
