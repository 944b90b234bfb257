"""What programs are told of figures about something that two organisations claimed to lead."""

from typing import Any

from rest_framework import serializers

from policies.models import DisputeState, Function


class ContestedSerializer(serializers.Serializer[Any]):
    """A dispute over who leads what the figures are about: of which place, between whom; each report is counted once all the same."""

    id = serializers.IntegerField()
    function = serializers.ChoiceField(choices=Function.choices)
    place = serializers.CharField(source="place.code")
    status = serializers.ChoiceField(choices=DisputeState.choices, source="state")
    first = serializers.CharField(source="first.organisation.code", help_text="An organisation's code.")
    second = serializers.CharField(source="second.organisation.code", help_text="An organisation's code.")
