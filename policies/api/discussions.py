"""`policies/{code}/comments/` and `policies/{code}/concerns/`: what organisations say about texts they are asked about."""

import uuid
from contextlib import suppress
from typing import Any, cast

from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from directorates.foundation.reading import Body, Parameters, get_by_code
from directorates.models import User
from directorates.permissions import Permission, Refused, require
from policies.actions.concerns import raise_concern
from policies.actions.consultations import comment_on
from policies.models import Concern, Policy, PolicyComment, PolicySection, PolicyVersion
from policies.models.concerns import ConcernState, Seriousness

VERSION = OpenApiParameter("version", int, description="Its number; without it, of every version.")
_KEY = "Made by whoever sends it; sent again with the same words, it is kept once."


class CommentSerializer(serializers.Serializer[Any]):
    """A comment of an organisation on a version, or on one of its sections."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(source="version.number")
    section = serializers.CharField(source="section.anchor", default=None, allow_null=True, help_text="Its anchor.")
    organisation = serializers.CharField(source="organisation.code")
    text = serializers.CharField()
    at = serializers.DateTimeField()


class ConcernEventSerializer(serializers.Serializer[Any]):
    """What was said to a concern: an answer, with whether the text changes, or what its organisation makes of it."""

    status = serializers.ChoiceField(choices=ConcernState.choices, source="state")
    changes = serializers.BooleanField(allow_null=True)
    text = serializers.CharField()
    organisation = serializers.CharField(source="organisation.code")
    at = serializers.DateTimeField()


class ConcernSerializer(serializers.Serializer[Any]):
    """A concern with all that was said to it."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(source="version.number")
    section = serializers.CharField(source="section.anchor", default=None, allow_null=True, help_text="Its anchor.")
    organisation = serializers.CharField(source="organisation.code")
    about = serializers.CharField()
    seriousness = serializers.ChoiceField(choices=Seriousness.choices)
    proposal = serializers.CharField()
    status = serializers.ChoiceField(choices=ConcernState.choices, source="state")
    at = serializers.DateTimeField()
    events = ConcernEventSerializer(many=True)


class NewCommentSerializer(serializers.Serializer[Any]):
    """A comment that is sent; `version` is the number of the text that is asked about."""

    version = serializers.IntegerField()
    section = serializers.CharField(required=False)
    text = serializers.CharField()
    key = serializers.UUIDField(help_text=_KEY)


class NewConcernSerializer(serializers.Serializer[Any]):
    """A concern that is sent."""

    version = serializers.IntegerField()
    section = serializers.CharField(required=False)
    about = serializers.CharField()
    seriousness = serializers.ChoiceField(choices=Seriousness.choices)
    proposal = serializers.CharField(required=False)
    key = serializers.UUIDField(help_text=_KEY)


def _said(body: Body, user: User, policy: Policy) -> dict[str, Any]:
    """The version, section and key that a body names; every fault of them at once."""
    given, anchor, key = body.given.get("version"), body.text("section"), body.text("key", required=True)
    version = None
    if isinstance(given, int) and not isinstance(given, bool) and 0 < given < 2**15:
        version = PolicyVersion.objects.visible_to(user).filter(policy=policy, number=given).first()
    if version is None:
        body.unknown("version", given)
    section: PolicySection | None = version.sections.filter(anchor=anchor).first() if version and anchor else None
    if version and anchor and section is None:
        body.unknown("section", anchor)
    made: uuid.UUID | None = None
    with suppress(ValueError):
        made = uuid.UUID(key)
    if key and made is None:
        body.fault("key", "no_uuid", _("A UUID is needed, made by whoever sends this."))
    body.done()
    return {"version": version, "section": section, "key": made}


class _Said(generics.ListAPIView[Any]):
    """A list of what was said about a policy, and one more to be said."""

    def policy(self, code: str) -> Policy:
        """The policy, if the caller reads it."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_POLICIES)
        return get_by_code(Policy.objects.visible_to(user), code)

    def asked(self, code: str, said: PolicyComment | Concern) -> Policy:
        """The policy, if the organisation acted for was asked about one of its texts; before anything is read of what it says."""
        by = cast("User", self.request.user)
        require(by, Permission.COMMENT_ON_POLICIES, said)
        policy = self.policy(code)
        invited = PolicyVersion.objects.visible_to(by).filter(
            policy=policy, invitations__organisation=by.acting_id, invitations__asked=True
        )
        if not invited.exists():
            detail = _("Your organisation was not invited to this version.")
            raise Refused(Permission.COMMENT_ON_POLICIES, policy, code="not_invited", detail=detail)
        return policy

    def narrowed(self, rows: Any) -> Any:
        """Those on the policy, and on one of its versions where one is named."""
        policy = self.policy(self.kwargs["code"])
        parameters = Parameters(self.request.query_params)
        number = parameters.number("version")
        parameters.done()
        rows = rows.filter(version__policy=policy).select_related("version", "section", "organisation")
        return (rows.filter(version__number=number) if number else rows).order_by("at", "pk")


class Comments(_Said):
    """The comments on the versions of a policy."""

    serializer_class = CommentSerializer
    queryset = PolicyComment.objects.none()

    def get_queryset(self) -> Any:
        """Those that the caller reads: of whoever was asked about the version."""
        return self.narrowed(PolicyComment.objects.visible_to(cast("User", self.request.user)))

    @extend_schema(operation_id="policy_comments", parameters=[VERSION])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The comments, the first one first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="comment_on_policy", request=NewCommentSerializer, responses={201: CommentSerializer})
    def post(self, request: Request, code: str) -> Response:
        """Comment for the organisation acted for, while the version is asked about."""
        by = cast("User", request.user)
        policy = self.asked(code, PolicyComment(organisation_id=by.acting_id or 0))
        body = Body(request.data, NewCommentSerializer().fields)
        text = body.text("text", required=True)
        made = comment_on(text=text, by=by, at=timezone.now(), **_said(body, by, policy))
        return Response(CommentSerializer(made).data, 201)


class Concerns(_Said):
    """The concerns about the versions of a policy."""

    serializer_class = ConcernSerializer
    queryset = Concern.objects.none()

    def get_queryset(self) -> Any:
        """Those that the caller reads."""
        rows = Concern.objects.visible_to(cast("User", self.request.user)).with_state()
        return self.narrowed(rows).prefetch_related("events__organisation")

    @extend_schema(operation_id="policy_concerns", parameters=[VERSION])
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The concerns, the first one first."""
        return super().get(request, *args, **kwargs)

    @extend_schema(operation_id="raise_concern", request=NewConcernSerializer, responses={201: ConcernSerializer})
    def post(self, request: Request, code: str) -> Response:
        """Raise a concern of the organisation acted for, while the version is asked about."""
        by = cast("User", request.user)
        policy = self.asked(code, Concern(organisation_id=by.acting_id or 0))
        body = Body(request.data, NewConcernSerializer().fields)
        words: dict[str, Any] = {
            name: body.text(name, required=name != "proposal") for name in ("about", "seriousness", "proposal")
        }
        made = raise_concern(by=by, at=timezone.now(), **words, **_said(body, by, policy))
        held = Concern.objects.visible_to(by).with_state().filter(pk=made.pk).first()
        if held is None:
            raise Http404
        return Response(ConcernSerializer(held).data, 201)
