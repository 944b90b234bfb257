"""`GET reviews/`: by when policies are to be looked at again, and what came of it."""

from typing import Any, cast

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics, serializers
from rest_framework.request import Request
from rest_framework.response import Response

from directorates.foundation.reading import Parameters
from directorates.models import User
from directorates.permissions import Permission, require
from policies.models import PolicyReview


class ReviewSerializer(serializers.Serializer[Any]):
    """A review of a version; `done` is null while it is still to come."""

    id = serializers.IntegerField()
    policy = serializers.CharField(source="version.policy.code")
    version = serializers.IntegerField(source="version.number")
    due = serializers.DateField()
    done = serializers.DateField(allow_null=True)
    outcome = serializers.CharField()


class Reviews(generics.ListAPIView[PolicyReview]):
    """Reviews of the texts that the caller reads."""

    serializer_class = ReviewSerializer
    queryset = PolicyReview.objects.none()

    @extend_schema(
        operation_id="reviews",
        parameters=[
            OpenApiParameter("due", OpenApiTypes.DATE, description="Only those that are not done and due by this day.")
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """The reviews, the first due first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Those due by a day, where one is named."""
        user = cast("User", self.request.user)
        require(user, Permission.VIEW_POLICIES)
        parameters = Parameters(self.request.query_params)
        day = parameters.day("due")
        parameters.done()
        rows = PolicyReview.objects.visible_to(user).select_related("version__policy")
        return (rows.filter(done=None, due__lte=day) if day else rows).order_by("due", "pk")
