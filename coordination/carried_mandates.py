"""Which stored fields the answers of the API about mandates and disputes carry; the others stand in `carried.py`."""

from collections.abc import Mapping

from coordination.carrying import BODY, Carried, carried

PLACE = "directorates.Place"
MANDATE = "policies.Mandate"
LIMIT = "policies.MandateLimit"
DISPUTE = "policies.MandateDispute"
DISPUTE_EVENT = "policies.DisputeEvent"

MANDATES: Mapping[str, Carried] = {
    "MandateSerializer": carried(
        id=f"{MANDATE}.id",
        function=f"{MANDATE}.function",
        place=f"{MANDATE}.place {PLACE}.code",
        organisation=f"{MANDATE}.organisation {BODY}.code",
        since=f"{MANDATE}.valid",
        until=f"{MANDATE}.valid",
        called_off=f"{MANDATE}.called_off",
        came=f"{MANDATE}.came",
        basis=f"{MANDATE}.basis",
        limits=f"{LIMIT}.id",
    ),
    "MandateLimitSerializer": carried(place=f"{LIMIT}.place {PLACE}.code", since=f"{LIMIT}.since"),
    "DisputeSerializer": carried(
        id=f"{DISPUTE}.id",
        function=f"{DISPUTE}.function",
        place=f"{DISPUTE}.place {PLACE}.code",
        status=f"{DISPUTE}.state",
        opened=f"{DISPUTE}.opened",
        first=f"{DISPUTE}.first",
        second=f"{DISPUTE}.second",
        decided_for=f"{DISPUTE}.decided_for {BODY}.code",
        events=f"{DISPUTE_EVENT}.id",
    ),
    "DisputeEventSerializer": carried(
        at=f"{DISPUTE_EVENT}.at",
        what=f"{DISPUTE_EVENT}.kind",
        organisation=f"{DISPUTE_EVENT}.acting {BODY}.code",
        text=f"{DISPUTE_EVENT}.text",
        decided_for=f"{DISPUTE_EVENT}.for_whom {BODY}.code",
        day=f"{DISPUTE_EVENT}.day",
        basis=f"{DISPUTE_EVENT}.basis",
    ),
}
