"""How sensitive each field of policies is, and why."""

from directorates.foundation.sensitivity import Sensitivity, kept, said

OPEN, INTERNAL, RESTRICTED, _SEVERE = Sensitivity

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
)
