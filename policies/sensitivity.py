"""How sensitive each field of policies is, and why."""

from directorates.foundation.sensitivity import Sensitivity, kept, said

OPEN, INTERNAL, RESTRICTED, _SEVERE = Sensitivity

LED = "who leads what, and what is disputed about it, is told to everybody with a role"
AGREED = "what was agreed on is for everybody; drafts are kept apart by `visible_to` and by the wall"
KEPT = (
    kept("policies.Policy", said(OPEN, "id code kind name_ar name_en owner place search", AGREED)),
    kept(
        "policies.PolicyVersion",
        said(OPEN, "id policy number valid adopted basis withdrawn_why called_off begun edition changed", AGREED),
        said(RESTRICTED, "changed_by", "who writes it"),
        walled=True,
    ),
    kept(
        "policies.PolicySection",
        said(OPEN, "id version anchor order heading_ar heading_en text_ar text_en", AGREED),
        walled=True,
    ),
    kept(
        "policies.Mandate",
        said(OPEN, "id function place organisation valid basis came called_off ended_why stated stated_as", LED),
        said(RESTRICTED, "stated_by", "who entered it"),
        walled=True,
    ),
    kept("policies.MandateLimit", said(OPEN, "id mandate place since dispute", LED), walled=True),
    kept(
        "policies.MandateDispute",
        said(OPEN, "id function place first second state decided_for opened", LED),
        walled=True,
    ),
    kept(
        "policies.DisputeEvent",
        said(OPEN, "id dispute kind text for_whom basis day acting at", LED),
        said(RESTRICTED, "by", "who wrote it"),
        walled=True,
    ),
)
