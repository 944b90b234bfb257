"""How sensitive each field of meetings is, and why."""

from directorates.foundation.sensitivity import Sensitivity, kept, said

OPEN, INTERNAL, RESTRICTED, _SEVERE = Sensitivity

WHERE = "where and when people meet: for those who are invited"
SAID = "what was said and decided: for those who were invited"
KEPT = (
    kept(
        "meetings.Meeting",
        said(
            RESTRICTED, "id kind title begins ends zone place agenda quorum organisation called changes search", WHERE
        ),
        said(RESTRICTED, "called_by called_off called_off_why", WHERE),
        walled=True,
    ),
    kept(
        "meetings.MeetingInvitation",
        said(
            RESTRICTED,
            "id meeting organisation answer answered answered_by present uninvited",
            "who comes, and who was there",
        ),
        walled=True,
    ),
    kept(
        "meetings.Minutes",
        said(RESTRICTED, "id meeting text changed changed_by closed closed_by", SAID),
        walled=True,
    ),
    kept("meetings.MinutesCorrection", said(RESTRICTED, "id minutes text at by acting", SAID), walled=True),
    kept(
        "meetings.Decision",
        said(
            RESTRICTED,
            "id meeting number subject text policy_version dispute agreement brand_version at by search",
            SAID,
        ),
        walled=True,
    ),
    kept(
        "meetings.ActionItem",
        said(RESTRICTED, "id meeting decision text owner due at by search", SAID),
        walled=True,
    ),
    kept("meetings.ActionItemEvent", said(RESTRICTED, "id item state note at by acting", SAID), walled=True),
)
