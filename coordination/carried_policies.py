"""Which stored fields the answers of the API about policies, their ballots, acknowledgements and logos carry."""

from collections.abc import Mapping

from coordination.carrying import BODY, Carried, carried

POLICY = "policies.Policy"
TEXT = "policies.PolicyVersion"
SECTION = "policies.PolicySection"
PAPER = "policies.PolicyPaper"
PICTURE = "policies.PolicyPicture"
BRAND = "policies.BrandVersion"
BRAND_FILE = "policies.BrandFile"
BALLOT = "policies.Ballot"
ACKNOWLEDGEMENT = "policies.Acknowledgement"

_POLICY = carried(
    code=f"{POLICY}.code",
    kind=f"{POLICY}.kind",
    name=f"{POLICY}.name_ar {POLICY}.name_en",
    owner=f"{POLICY}.owner {BODY}.code",
    current=f"{TEXT}.number {TEXT}.valid",
)

POLICIES: Mapping[str, Carried] = {
    "PolicySerializer": _POLICY,
    "OnePolicySerializer": _POLICY
    | carried(
        version=f"{TEXT}.number",
        adopted=f"{TEXT}.adopted",
        basis=f"{TEXT}.basis",
        ballot=f"{TEXT}.ballot",
        since=f"{TEXT}.valid {TEXT}.called_off",
        until=f"{TEXT}.valid {TEXT}.called_off",
        withdrawn=f"{TEXT}.withdrawn_why",
        sha256=f"{TEXT}.digest",
        sections=f"{SECTION}.id",
        papers=f"{PAPER}.id",
        pictures=f"{PICTURE}.id",
    ),
    "BrandFileSerializer": carried(
        format=f"{BRAND_FILE}.format", size=f"{BRAND_FILE}.size", sha256=f"{BRAND_FILE}.digest"
    ),
    "BrandVersionSerializer": carried(
        id=f"{BRAND}.id",
        kind=f"{BRAND}.kind",
        code=f"{BRAND}.code",
        number=f"{BRAND}.number",
        name=f"{BRAND}.name_ar {BRAND}.name_en",
        rules=f"{BRAND}.rules_ar {BRAND}.rules_en",
        decided_by=f"{BRAND}.basis",
        policy=f"{BRAND}.rests_on {POLICY}.code",
        policy_version=f"{BRAND}.rests_on {TEXT}.number",
        since=f"{BRAND}.valid",
        until=f"{BRAND}.valid",
        called_off=f"{BRAND}.called_off",
        withdrawn=f"{BRAND}.withdrawn_why",
        files=f"{BRAND_FILE}.id",
    ),
    "BallotSerializer": carried(
        id=f"{BALLOT}.id",
        version=f"{TEXT}.number",
        majority=f"{BALLOT}.majority",
        quorum=f"{BALLOT}.quorum",
        opened=f"{BALLOT}.opened",
        closes=f"{BALLOT}.closes",
        closed=f"{BALLOT}.closed",
        outcome=f"{BALLOT}.outcome",
        electors="policies.Elector.id",
        tally="policies.Elector.left_out policies.Vote.choice",
    ),
    "TallySerializer": carried(
        electors="policies.Elector.left_out",
        needed_to_vote=f"{BALLOT}.quorum policies.Elector.left_out",
        **dict.fromkeys(("voted", "in_favour", "reserved", "against", "abstained"), "policies.Vote.choice"),
        needed_in_favour=f"{BALLOT}.majority policies.Vote.choice",
    ),
    "ElectorSerializer": carried(
        organisation=f"policies.Elector.organisation {BODY}.code",
        vote="policies.Vote.choice",
        reservation="policies.Vote.reservation",
        left_out="policies.Elector.left_out",
    ),
    "StandingSerializer": carried(
        organisation=f"{ACKNOWLEDGEMENT}.organisation {BODY}.code",
        at=f"{ACKNOWLEDGEMENT}.at",
        since=f"{ACKNOWLEDGEMENT}.since",
        reservation="policies.Vote.reservation",
        facilities=f"{ACKNOWLEDGEMENT}.facility",
        whole="facilities.Support.facility",
    ),
    "PaperSerializer": carried(
        **{name: f"{PAPER}.{name}" for name in ("name", "issuer", "reference", "dated", "size")},
        sha256=f"{PAPER}.digest",
        url=f"{POLICY}.code {TEXT}.number {PAPER}.digest",
    ),
}
