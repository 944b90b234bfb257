"""Which stored fields answers and files about borders carry; the others stand in `carried.py` and `exchange/carried.py`."""

from collections.abc import Mapping

from coordination.carrying import BODY, Carried, carried

PLACE = "directorates.Place"
PART = "directorates.Jurisdiction"
DECIDED = "directorates.JurisdictionDecision"
HANDOVER = "directorates.Handover"
HANDED = "directorates.HandoverPart"
CHANGE = "directorates.PlaceChange"
FOLLOWS = "directorates.PlaceSuccession"

BORDERS: Mapping[str, Carried] = {
    "JurisdictionSerializer": carried(
        place=f"{PART}.place {PLACE}.code",
        organisation=f"{PART}.organisation {BODY}.code",
        since=f"{PART}.valid",
        until=f"{PART}.valid",
    ),
    "HandoverSerializer": carried(
        id=f"{HANDOVER}.id",
        giver=f"{HANDOVER}.giver {BODY}.code",
        taker=f"{HANDOVER}.taker {BODY}.code",
        first=f"{HANDOVER}.first",
        reason=f"{HANDOVER}.reason",
        status=f"{HANDOVER}.answered {HANDOVER}.withdrawn {HANDED}.taken",
        offered=f"{HANDOVER}.offered",
        offered_as=f"{HANDOVER}.offered_as {BODY}.code",
        answered=f"{HANDOVER}.answered",
        answer=f"{HANDOVER}.answer",
        places=f"{HANDED}.place",
    ),
    "BorderChangeSerializer": carried(
        day=f"{PART}.valid",
        before=f"{PART}.organisation {BODY}.code",
        after=f"{PART}.organisation {BODY}.code",
        places=f"{PART}.place",
    ),
    "PlaceChangeSerializer": {
        **carried(
            id=f"{CHANGE}.id", kind=f"{CHANGE}.kind", place=f"{CHANGE}.place {PLACE}.code", first=f"{CHANGE}.first"
        ),
        **carried(formers=f"{FOLLOWS}.former {PLACE}.code", laters=f"{FOLLOWS}.later {PLACE}.code"),
        **carried(
            former_name=f"{CHANGE}.former_ar {CHANGE}.former_en", later_name=f"{CHANGE}.later_ar {CHANGE}.later_en"
        ),
        **carried(reason=f"{CHANGE}.reason", source=f"{CHANGE}.source", decided=f"{CHANGE}.at"),
        **carried(decided_as=f"{CHANGE}.decided_as {BODY}.code"),
    },
    "HandedPlaceSerializer": carried(place=f"{HANDED}.place {PLACE}.code", taken=f"{HANDED}.taken"),
}
BORDER_FILES: Mapping[str, Carried] = {
    "borders._place_changes": {
        **carried(first=f"{CHANGE}.first", kind=f"{CHANGE}.kind", place=f"{CHANGE}.place {PLACE}.code"),
        **carried(formers=f"{FOLLOWS}.former {PLACE}.code", laters=f"{FOLLOWS}.later {PLACE}.code"),
        **carried(
            former_name=f"{CHANGE}.former_ar {CHANGE}.former_en", later_name=f"{CHANGE}.later_ar {CHANGE}.later_en"
        ),
        **carried(reason=f"{CHANGE}.reason", source=f"{CHANGE}.source", decided=f"{CHANGE}.at"),
        **carried(decided_as=f"{CHANGE}.decided_as {BODY}.code"),
    },
    "borders._borders": {
        **carried(place=f"{DECIDED}.place {PLACE}.code", place_name=f"{PLACE}.name_ar {PLACE}.name_en"),
        **carried(organisation=f"{DECIDED}.organisation {BODY}.code"),
        **carried(organisation_name=f"{BODY}.name_ar {BODY}.name_en", subdistricts=f"{PART}.place"),
        **carried(since=f"{DECIDED}.valid", until=f"{DECIDED}.valid", basis=f"{DECIDED}.basis"),
    },
    "borders._handovers": {
        **carried(giver=f"{HANDOVER}.giver {BODY}.code", taker=f"{HANDOVER}.taker {BODY}.code"),
        **carried(places=f"{HANDED}.place {PLACE}.code", taken=f"{HANDED}.taken {PLACE}.code"),
        **carried(first=f"{HANDOVER}.first", state=f"{HANDOVER}.answered {HANDOVER}.withdrawn {HANDED}.taken"),
        **carried(reason=f"{HANDOVER}.reason", offered=f"{HANDOVER}.offered"),
        **carried(offered_as=f"{HANDOVER}.offered_as {BODY}.code", answered=f"{HANDOVER}.answered"),
        **carried(answer=f"{HANDOVER}.answer"),
    },
}
