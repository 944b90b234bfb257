"""Which stored fields the answers of the API about agreements carry; the others stand in `carried.py`."""

from collections.abc import Mapping

from coordination.carrying import BODY, Carried, carried

AGREED = "policies.Agreement"
PARTY = "policies.Party"
SIGNATURE = "policies.Signature"
AGREED_TEXT = "policies.AgreementText"
ARTICLE = "policies.Article"
OWED = "policies.Obligation"
OWED_EVENT = "policies.ObligationEvent"

_AGREEMENT = carried(
    id=f"{AGREED}.id",
    kind=f"{AGREED}.kind",
    name=f"{AGREED}.name_ar {AGREED}.name_en",
    status=f"{AGREED}.valid {AGREED}.called_off",
    keeper=f"{AGREED}.keeper {BODY}.code",
    recorded=f"{AGREED}.recorded",
    since=f"{AGREED}.valid",
    until=f"{AGREED}.valid",
    parties=f"{PARTY}.id",
)

_OWED = carried(
    id=f"{OWED}.id",
    organisation=f"{OWED}.organisation {BODY}.code",
    text=f"{OWED}.text_ar {OWED}.text_en",
    due=f"{OWED}.due",
    status=f"{OWED_EVENT}.state",
    overdue=f"{OWED_EVENT}.state {OWED}.due",
)
AGREEMENTS: Mapping[str, Carried] = {
    "AgreementSerializer": _AGREEMENT,
    "OneAgreementSerializer": _AGREEMENT
    | carried(
        summary=f"{AGREED}.summary_ar {AGREED}.summary_en",
        comes_into_force=f"{AGREED}.rule",
        ended_why=f"{AGREED}.ended_why",
        texts=f"{AGREED_TEXT}.id",
        articles=f"{ARTICLE}.id",
        obligations=f"{OWED}.id",
    ),
    "PartySerializer": carried(
        organisation=f"{PARTY}.organisation {BODY}.code",
        status=f"{PARTY}.valid {PARTY}.declined {PARTY}.objected",
        since=f"{PARTY}.valid",
        until=f"{PARTY}.valid",
        signed=f"{SIGNATURE}.day",
        on_paper=f"{SIGNATURE}.paper",
    ),
    "AmendmentSerializer": carried(
        number=f"{AGREED_TEXT}.number",
        kind=f"{AGREED_TEXT}.kind",
        since=f"{AGREED_TEXT}.valid",
        until=f"{AGREED_TEXT}.valid",
        why=f"{AGREED_TEXT}.why",
        renewed_until=f"{AGREED_TEXT}.until",
    ),
    "ObligationSerializer": _OWED,
    "OwedSerializer": {**_OWED, **carried(agreement=f"{OWED}.agreement")},
}
