"""`GET policies/{code}/ballots/`: how the versions of a policy were voted on, and what came of it."""

from typing import Any, cast

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from directorates.foundation.reading import Parameters, get_by_code
from directorates.models import User
from directorates.permissions import Permission, require
from policies.models import Ballot, Policy
from policies.models.ballots import CHOICES, MAJORITIES, OUTCOMES, LeftOut


class ElectorSerializer(serializers.Serializer[Any]):
    """A directorate that had a vote, with the last one it gave: null before the ballot is closed, or where it gave none."""

    organisation = serializers.CharField(source="organisation.code")
    vote = serializers.ChoiceField(
        choices=[(one.value, words) for one, words in CHOICES.items()], source="choice", allow_null=True
    )
    reservation = serializers.CharField(allow_null=True)
    left_out = serializers.ChoiceField(choices=LeftOut.choices, allow_blank=True)


class BallotSerializer(serializers.Serializer[Any]):
    """A ballot: on which version, by which rules, when, what came of it (empty while it is open), and who voted what."""

    id = serializers.IntegerField()
    version = serializers.IntegerField(source="version.number")
    majority = serializers.ChoiceField(choices=[(one.value, words) for one, words in MAJORITIES.items()])
    quorum = serializers.IntegerField(help_text="Percent of the electors.")
    opened = serializers.DateTimeField()
    closes = serializers.DateTimeField()
    closed = serializers.DateTimeField(allow_null=True)
    outcome = serializers.ChoiceField(choices=[(one.value, words) for one, words in OUTCOMES.items()], allow_blank=True)
    electors = serializers.SerializerMethodField()

    @extend_schema(responses=ElectorSerializer(many=True))
    def get_electors(self, ballot: Ballot) -> list[dict[str, Any]]:
        """Who votes, by code."""
        rows = ballot.electors.with_vote().order_by("organisation__code")
        return cast("list[dict[str, Any]]", ElectorSerializer(rows, many=True).data)


class Ballots(APIView):
    """The ballots on a policy."""

    @extend_schema(operation_id="ballots", responses=BallotSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """The ballots on the versions that the caller reads, the last one first."""
        user = cast("User", request.user)
        require(user, Permission.VIEW_POLICIES)
        policy = get_by_code(Policy.objects.visible_to(user), code)
        Parameters(request.query_params).done()
        rows = Ballot.objects.visible_to(user).filter(version__policy=policy).select_related("version")
        return Response(BallotSerializer(rows, many=True).data)
