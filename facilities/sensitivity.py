"""How sensitive each field about facilities is, and why."""

from directorates.foundation.sensitivity import Sensitivity, kept, said

OPEN, INTERNAL, RESTRICTED, SEVERE = Sensitivity

KEPT = (
    kept(
        "facilities.Facility",
        said(
            INTERNAL,
            "id name_ar name_en code type place other_names search opened status",
            "the register at the precision of a sub-district; a list of facilities is no newspaper's",
        ),
    ),
    kept(
        "facilities.FormerPlacement",
        said(
            INTERNAL, "id facility place until change", "in which sub-district a facility lay, as the register says it"
        ),
    ),
    kept("facilities.FacilityService", said(INTERNAL, "id facility service", "what a facility offers")),
    kept(
        "facilities.Merge",
        said(INTERNAL, "id merged survivor day at", "which entries were one facility"),
        said(RESTRICTED, "reason by acting", "who decided, and why, in free text"),
        walled=True,
    ),
    kept(
        "facilities.NotDuplicate",
        said(INTERNAL, "id first second at", "which entries are two facilities"),
        said(RESTRICTED, "reason by", "who decided, and why, in free text"),
        walled=True,
    ),
    kept(
        "facilities.ExactPosition",
        said(INTERNAL, "facility key at acting", "that there is a position, and under which key"),
        said(RESTRICTED, "by", "who entered it"),
        said(SEVERE, "ciphertext", "leaked coordinates kill; with the key this is one"),
        walled=True,
    ),
    kept(
        "facilities.PositionGrant",
        said(
            INTERNAL,
            "id facility place path directorate organisation day until at ended ended_how",
            "who may read where",
        ),
        said(INTERNAL, "ended_acting", "which body ended it"),
        said(RESTRICTED, "person by ended_by purpose ended_why", "who asked, for what, in free text"),
        walled=True,
    ),
    kept(
        "facilities.PositionApproval",
        said(INTERNAL, "id grant acting at", "which bodies agreed"),
        said(RESTRICTED, "by", "who agreed"),
        walled=True,
    ),
    kept(
        "facilities.PositionReading",
        said(INTERNAL, "id grant facility acting at", "that an exact position was read"),
        said(RESTRICTED, "by reason", "who read it, and why, in free text"),
        walled=True,
    ),
    kept(
        "facilities.ChangeProposal",
        said(INTERNAL, "id facility new place acting at state closed", "what is asked about the register"),
        said(RESTRICTED, "by reason", "who asks, and why, in free text"),
        walled=True,
    ),
    kept(
        "facilities.FieldChange",
        said(INTERNAL, "id proposal facility field old new day state", "fields of the register before and after"),
        said(RESTRICTED, "by", "who asks"),
        walled=True,
    ),
    kept(
        "facilities.ProposalEvent",
        said(INTERNAL, "id proposal at acting what fields", "what became of a proposal"),
        said(RESTRICTED, "by note", "who decided, and why, in free text"),
        walled=True,
    ),
    kept(
        "facilities.OperatingStatus",
        said(INTERNAL, "id valid facility status at", "whether a facility works"),
        said(RESTRICTED, "reason by", "why it closed can tell of an attack; free text"),
        walled=True,
    ),
    kept(
        "facilities.Support",
        said(INTERNAL, "id valid facility organisation share services", "who supports a facility, and how far"),
    ),
)
