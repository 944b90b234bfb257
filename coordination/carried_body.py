"""Which stored fields the answers of the API about the life of the body carry: members, what is said of texts, reviews, notices; the
others stand in `carried.py`.
"""

from collections.abc import Mapping

from coordination.carrying import BODY, Carried, carried

MEMBERSHIP = "policies.BodyMember"
COMMENT = "policies.PolicyComment"
CONCERN = "policies.Concern"
CONCERN_EVENT = "policies.ConcernEvent"
COMPLIANCE = "policies.ComplianceNote"
EVIDENCE = "policies.Evidence"
REVIEW = "policies.PolicyReview"
NOTICE = "directorates.Notice"
OF_VERSION = "policies.PolicyVersion.number"
OF_SECTION = "policies.PolicySection.anchor"

LIFE: Mapping[str, Carried] = {
    "BodyMemberSerializer": carried(
        id=f"{MEMBERSHIP}.id",
        directorate=f"{MEMBERSHIP}.directorate {BODY}.code",
        status=f"{MEMBERSHIP}.valid {MEMBERSHIP}.called_off",
        since=f"{MEMBERSHIP}.valid",
        until=f"{MEMBERSHIP}.valid",
        called_off=f"{MEMBERSHIP}.called_off",
        basis=f"{MEMBERSHIP}.basis",
        why=f"{MEMBERSHIP}.left_why",
        dissolved=f"{MEMBERSHIP}.dissolved",
        entered=f"{MEMBERSHIP}.at",
    ),
    "CommentSerializer": carried(
        **{name: f"{COMMENT}.{name}" for name in ("id", "text", "at")},
        version=f"{COMMENT}.version {OF_VERSION}",
        section=f"{COMMENT}.section {OF_SECTION}",
        organisation=f"{COMMENT}.organisation {BODY}.code",
    ),
    "ConcernSerializer": carried(
        **{name: f"{CONCERN}.{name}" for name in ("id", "about", "seriousness", "proposal", "at")},
        version=f"{CONCERN}.version {OF_VERSION}",
        section=f"{CONCERN}.section {OF_SECTION}",
        organisation=f"{CONCERN}.organisation {BODY}.code",
        status=f"{CONCERN_EVENT}.state",
        events=f"{CONCERN_EVENT}.id",
    ),
    "ConcernEventSerializer": carried(
        **{name: f"{CONCERN_EVENT}.{name}" for name in ("changes", "text", "at")},
        status=f"{CONCERN_EVENT}.state",
        organisation=f"{CONCERN_EVENT}.organisation {BODY}.code",
    ),
    "ComplianceSerializer": carried(
        **{name: f"{COMPLIANCE}.{name}" for name in ("id", "extent", "text", "at")},
        version=f"{COMPLIANCE}.version {OF_VERSION}",
        organisation=f"{COMPLIANCE}.organisation {BODY}.code",
        evidence=f"{EVIDENCE}.id",
    ),
    "EvidenceSerializer": carried(
        **{name: f"{EVIDENCE}.{name}" for name in ("id", "name", "size")}, sha256=f"{EVIDENCE}.digest"
    ),
    "ReviewSerializer": carried(
        **{name: f"{REVIEW}.{name}" for name in ("id", "due", "done", "outcome")},
        policy="policies.Policy.code",
        version=f"{REVIEW}.version {OF_VERSION}",
    ),
    "NoticeSerializer": carried(
        **{name: f"{NOTICE}.{name}" for name in ("id", "kind", "url", "at", "read")},
        title=f"{NOTICE}.values",
        text=f"{NOTICE}.values",
    ),
}
