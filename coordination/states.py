"""How a state looks: its icon and tone. Its words belong to its noun and come from the caller."""

from typing import NamedTuple


class Look(NamedTuple):
    """The icon of a chip and its tone (one of ok, warn, bad, info, excused, or none)."""

    icon: str
    tone: str = ""


UNKNOWN = Look("minus")
LOOKS: dict[str, Look] = {
    # Reports
    "due": Look("clock"),
    "overdue": Look("warn", "bad"),
    "draft": Look("edit"),
    "submitted": Look("send", "info"),
    "returned": Look("back", "warn"),
    "approved": Look("check", "ok"),
    "reopened": Look("back", "warn"),
    "received": Look("check", "ok"),
    "late": Look("clock", "warn"),
    "on_time": Look("check", "ok"),
    "missing": Look("nodata"),
    "not_expected": Look("minus", "excused"),
    "excused": Look("minus", "excused"),
    "double": Look("double", "bad"),
    "counted": Look("check", "ok"),
    "set_aside": Look("minus"),
    "adjusted": Look("edit", "info"),
    "held": Look("lock", "warn"),
    "refused": Look("cross", "bad"),
    # Double reports
    "double_open": Look("double", "bad"),
    "double_proposed": Look("send", "info"),
    "double_arbitration": Look("people", "warn"),
    "double_settled": Look("check", "ok"),
    "double_again": Look("refresh", "warn"),
    "double_over": Look("minus", "excused"),
    # Embedded figures
    "embedded_shown": Look("check", "ok"),
    "embedded_ended": Look("clock"),
    "embedded_revoked": Look("cross", "bad"),
    # Questions about values
    "follow_up_open": Look("help", "warn"),
    "follow_up_answered": Look("report", "info"),
    "follow_up_corrected": Look("edit", "ok"),
    "follow_up_confirmed": Look("check", "ok"),
    "follow_up_withdrawn": Look("back"),
    # Bulletins
    "bulletin_draft": Look("edit"),
    "bulletin_signing": Look("clock", "info"),
    "bulletin_published": Look("check", "ok"),
    "answer_signed": Look("check", "ok"),
    "answer_refused": Look("cross", "bad"),
    "answer_none": Look("clock"),
    # Correction requests
    "correction_open": Look("clock", "info"),
    "correction_accepted": Look("edit", "warn"),
    "correction_refused": Look("cross", "bad"),
    "correction_withdrawn": Look("back"),
    "correction_done": Look("check", "ok"),
    # Runs of consolidation
    "run_goes_on": Look("refresh", "info"),
    "run_done": Look("check", "ok"),
    "run_failed": Look("warn", "bad"),
    "run_broken_off": Look("cross", "warn"),
    # Facilities
    "functioning": Look("check", "ok"),
    "partially_functioning": Look("minus", "warn"),
    "out_of_service": Look("cross", "bad"),
    "closed": Look("lock"),
    "destroyed": Look("cross", "bad"),
    "merged": Look("double", "excused"),
    # Proposed changes
    "proposal_open": Look("clock", "info"),
    "proposal_approved": Look("check", "ok"),
    "proposal_refused": Look("cross", "bad"),
    "proposal_withdrawn": Look("back"),
    "proposal_overtaken": Look("minus", "excused"),
    # Grants of exact positions
    "grant_asked": Look("clock", "info"),
    "grant_granted": Look("check", "ok"),
    "grant_expired": Look("clock", "excused"),
    "grant_refused": Look("cross", "bad"),
    "grant_withdrawn": Look("back"),
    "grant_revoked": Look("lock", "bad"),
    # Sharing agreements
    "sharing_offered": Look("clock", "info"),
    "sharing_coming": Look("calendar", "info"),
    "sharing_running": Look("check", "ok"),
    "sharing_expired": Look("clock", "excused"),
    "sharing_declined": Look("cross"),
    "sharing_ended": Look("minus"),
    # Offers of roles
    "invitation_waits": Look("clock", "warn"),
    "invitation_open": Look("send", "info"),
    "invitation_accepted": Look("check", "ok"),
    "invitation_ended": Look("back"),
    "invitation_expired": Look("clock", "excused"),
    # The logo and stationery
    "member_standing": Look("check", "ok"),
    "member_coming": Look("calendar", "info"),
    "member_left": Look("leave", "excused"),
    "member_called_off": Look("cross", "excused"),
    "brand_in_force": Look("check", "ok"),
    "brand_coming": Look("calendar", "info"),
    "brand_superseded": Look("minus", "excused"),
    "brand_withdrawn": Look("cross", "excused"),
    # Versions of policies
    "policy_draft": Look("edit"),
    "policy_proposed": Look("people", "info"),
    "policy_given_up": Look("cross", "excused"),
    "policy_coming": Look("calendar", "info"),
    "policy_in_force": Look("check", "ok"),
    "policy_superseded": Look("minus", "excused"),
    "policy_withdrawn": Look("cross", "excused"),
    # Places handed over
    "handover_open": Look("clock", "warn"),
    "handover_taken": Look("check", "ok"),
    "handover_partly": Look("check", "warn"),
    "handover_refused": Look("cross"),
    "handover_withdrawn": Look("back", "excused"),
    "handover_lapsed": Look("clock", "excused"),
    # Changes of places
    "place_renamed": Look("edit", "info"),
    "place_moved": Look("next", "info"),
    "place_split": Look("double", "info"),
    "place_merged": Look("down", "info"),
    # Mandates, and disputes over them
    "mandate_coming": Look("calendar", "info"),
    "mandate_standing": Look("check", "ok"),
    "mandate_over": Look("minus", "excused"),
    "mandate_called_off": Look("cross", "excused"),
    "dispute_open": Look("warn", "bad"),
    "dispute_interim": Look("warn", "warn"),
    "dispute_given_way": Look("back", "excused"),
    "dispute_lapsed": Look("minus", "excused"),
    "dispute_decided": Look("check", "ok"),
    "dispute_appealed": Look("back", "warn"),
    "dispute_closed": Look("lock", "ok"),
    # Agreements, their parties, texts and obligations
    "agreement_draft": Look("edit"),
    "agreement_open": Look("people", "info"),
    "agreement_given_up": Look("cross", "excused"),
    "agreement_coming": Look("calendar", "info"),
    "agreement_in_force": Look("check", "ok"),
    "agreement_ended": Look("minus", "excused"),
    "agreement_called_off": Look("cross", "excused"),
    "party_named": Look("clock"),
    "party_signed": Look("check", "info"),
    "party_declined": Look("cross", "bad"),
    "party_coming": Look("calendar", "info"),
    "party_standing": Look("check", "ok"),
    "party_was": Look("minus", "excused"),
    "party_left": Look("leave", "excused"),
    "party_objected": Look("warn", "bad"),
    "text_draft": Look("edit"),
    "text_open": Look("people", "info"),
    "text_given_up": Look("cross", "excused"),
    "text_coming": Look("calendar", "info"),
    "text_holds": Look("check", "ok"),
    "text_replaced": Look("minus", "excused"),
    "obligation_open": Look("clock", "info"),
    "obligation_overdue": Look("warn", "bad"),
    "obligation_done": Look("check", "ok"),
    "obligation_waived": Look("minus", "excused"),
    # Concerns
    "concern_open": Look("clock", "warn"),
    "concern_answered": Look("report", "info"),
    "concern_settled": Look("check", "ok"),
    "concern_unsettled": Look("warn", "bad"),
    # Compliance
    "compliance_full": Look("check", "ok"),
    "compliance_partly": Look("minus", "warn"),
    "compliance_not_yet": Look("clock", "warn"),
    # Acknowledgements
    "acknowledged": Look("check", "ok"),
    "not_acknowledged": Look("clock", "warn"),
    # Ballots
    "ballot_open": Look("clock", "info"),
    "ballot_adopted": Look("check", "ok"),
    "ballot_rejected": Look("cross", "bad"),
    "ballot_tied": Look("minus", "warn"),
    "ballot_no_quorum": Look("minus", "warn"),
    "ballot_called_off": Look("cross", "excused"),
    # Meetings, answers to invitations, action items
    "meeting_planned": Look("calendar", "info"),
    "meeting_held": Look("check", "ok"),
    "meeting_called_off": Look("cross", "excused"),
    "answer_unknown": Look("clock"),
    "answer_coming": Look("check", "ok"),
    "answer_not_coming": Look("minus"),
    "action_open": Look("clock", "info"),
    "action_late": Look("warn", "bad"),
    "action_done": Look("check", "ok"),
    "action_dropped": Look("cross", "excused"),
    # Seals
    "seal_asked": Look("clock", "warn"),
    "seal_sealed": Look("lock", "excused"),
    "seal_lifted": Look("check"),
    "seal_withdrawn": Look("back"),
    # Organisations, memberships, keys
    "active": Look("check", "ok"),
    "current": Look("check", "ok"),
    "suspended": Look("lock", "excused"),
    "dissolved": Look("minus"),
    "ended": Look("minus"),
    "expired": Look("clock"),
    "invited": Look("send", "info"),
    # Templates and jobs
    "published": Look("check", "ok"),
    "waiting": Look("clock"),
    "running": Look("refresh", "info"),
    "done": Look("check", "ok"),
    "failed": Look("warn", "bad"),
    # Findings
    "error": Look("warn", "bad"),
    "warning": Look("warn", "warn"),
    "alert": Look("info", "info"),
    "standout": Look("chart", "excused"),
}


def look(state: str) -> Look:
    """The look of a state; plain where nothing was settled for it."""
    return LOOKS.get(state, UNKNOWN)
