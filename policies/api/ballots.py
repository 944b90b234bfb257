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
from policies.models.ballots import CHOICES, MAJORITIES, OUTCOMES, LeftOut, tally_of
from policies.rules.ballots import Majority


class ElectorSerializer(serializers.Serializer[Any]):
    """A directorate that had a vote, with the last one it gave: null before the ballot is closed, or where it gave none."""

    organisation = serializers.CharField(source="organisation.code")
    vote = serializers.ChoiceField(
        choices=[(one.value, words) for one, words in CHOICES.items()], source="choice", allow_null=True
    )
    reservation = serializers.CharField(allow_null=True)
    left_out = serializers.ChoiceField(choices=LeftOut.choices, allow_blank=True)


class TallySerializer(serializers.Serializer[Any]):
    """How a ballot was counted, in numbers of organisations: who took part, and how many were needed."""

    electors = serializers.IntegerField(help_text="Those that were reckoned with.")
    needed_to_vote = serializers.IntegerField(help_text="By the quorum.")
    voted = serializers.IntegerField()
    in_favour = serializers.IntegerField(help_text="With or without reservation.")
    reserved = serializers.IntegerField()
    against = serializers.IntegerField()
    abstained = serializers.IntegerField()
    needed_in_favour = serializers.IntegerField(help_text="By the majority, of those in favour or against.")


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
    tally = serializers.SerializerMethodField()
    electors = serializers.SerializerMethodField()

    @extend_schema(responses=TallySerializer(allow_null=True))
    def get_tally(self, ballot: Ballot) -> dict[str, int] | None:
        """The arithmetic; null before it is counted, and where it was called off."""
        if not ballot.closed or ballot.called_off_why:
            return None
        tally = tally_of(ballot)
        told = {
            name: getattr(tally, name)
            for name in ("electors", "voted", "in_favour", "reserved", "against", "abstained")
        }
        needed = {
            "needed_to_vote": tally.needed(ballot.quorum),
            "needed_in_favour": tally.needed_for(Majority(ballot.majority)),
        }
        return told | needed

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
